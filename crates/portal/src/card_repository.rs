//! The app's virtual cards without the app: for whoever lays one into a card reader, and for the municipal office.

use base::{Clock, Key, Randomness};
use card::{CardData, Counters, Memory, PinReference, ReferenceData, VirtualCard};
use database::{Database, Location, MigrationError};
use tokio::runtime::Handle;

use crate::{
    CardId, CardSummary, MIGRATIONS, Refusal,
    cards::{OfficeOperation, StoredMemory, run_office_operation},
    seal::Seal,
    store::{LEASE_TERM, Lease, LeasedCardData, Store},
};

/// The drawer that the app's virtual cards lie in.
pub struct CardRepository {
    store: Store,
}

/// A card that was taken out of the drawer. Nobody else uses it, the app neither, until it is put back.
pub struct LeasedCard {
    store: Store,
    lease: Lease,
    data: CardData,
}

impl CardRepository {
    /// The drawer of the app whose database and key these are.
    pub fn open(database: &Location, key: Key, randomness: Randomness) -> Result<Self, MigrationError> {
        let database = Database::open_sealed(database, "portal", MIGRATIONS, &key)?;
        let seal = Seal::new(key, randomness.clone());
        Ok(Self { store: Store::new(database, seal, Clock::system(), randomness) })
    }

    /// The cards, in the order in which they were laid in.
    pub async fn list_cards(&self) -> Result<Vec<CardSummary>, Refusal> {
        self.store.list_cards().await
    }

    /// A card as it is, without taking it.
    pub async fn read_card(&self, card: &CardId) -> Result<CardData, Refusal> {
        self.store.read_card(card.clone()).await
    }

    /// Takes a card out: none while somebody else has it. It is lost to its holder unless he says within
    /// [`LeasedCard::TERM`], again and again, that he still has it.
    pub async fn lease(&self, card: &CardId) -> Result<Option<LeasedCard>, Refusal> {
        let held = self.store.lease_card(card.clone()).await?;
        Ok(held.map(|LeasedCardData { data, lease }| LeasedCard { store: self.store.clone(), lease, data }))
    }

    /// 市区町村の窓口: gives all tries at a PIN back.
    pub async fn unlock(&self, card: &CardId, pin: PinReference) -> Result<(), Refusal> {
        run_office_operation(&self.store, card, OfficeOperation::Unlock(pin)).await
    }

    /// 市区町村の窓口: sets a new PIN and gives all tries at it back.
    pub async fn set_pin(&self, card: &CardId, pin: PinReference, value: ReferenceData) -> Result<(), Refusal> {
        run_office_operation(&self.store, card, OfficeOperation::SetPin(pin, value)).await
    }
}

impl LeasedCard {
    /// How long a card is taken to be in the hand of somebody who says nothing.
    pub const TERM: base::Span = LEASE_TERM;

    /// The card as it was taken out.
    pub fn data(&self) -> &CardData {
        &self.data
    }

    /// What the card must remember goes here. Its methods wait for the drawer, so they may be called only on a thread that
    /// may wait.
    pub fn memory(&self) -> impl Memory + Send + 'static {
        StoredMemory::new(self.store.clone(), Handle::current(), self.lease.clone(), self.data.clone())
    }

    /// The card, of `data` (as it was taken out, or with faults), with counters that the drawer keeps from the beginning.
    pub async fn create_virtual_card(&self, data: CardData) -> Result<VirtualCard, Refusal> {
        let counters: Counters = data.counters();
        self.store.update_counters(self.lease.clone(), counters).await?;
        Ok(VirtualCard::new(data, Box::new(self.memory())))
    }

    /// Says that it is still in hand.
    pub async fn renew_lease(&self) -> Result<(), Refusal> {
        self.store.renew_lease(self.lease.clone()).await
    }

    /// Puts it back.
    pub async fn release(self) -> Result<(), Refusal> {
        self.store.release_card(self.lease).await
    }
}
