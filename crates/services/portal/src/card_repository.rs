//! The app's virtual cards without the app: for simulated card readers and the municipal office.

use base::{Clock, Key, Randomness};
use card::{CardData, Counters, Memory, PinReference, PrivateKey, ReferenceData, VirtualCard};
use database::{Database, Location, MigrationError};
use tokio::runtime::Handle;

use crate::{
    CardId, CardSummary, MIGRATIONS, Refusal,
    cards::{OfficeOperation, StoredMemory, read_certificate, run_office_operation},
    seal::Seal,
    store::{CardLease, LEASE_TERM, LeasedCardData, Store},
};

/// The repository of the app's virtual cards.
pub struct CardRepository {
    store: Store,
}

/// A card that is leased from the repository. Until it is released nothing else can use it, not even the app.
pub struct LeasedCard {
    store: Store,
    lease: CardLease,
    data: CardData,
}

impl CardRepository {
    /// Opens the repository in the app's database, with the app's key.
    pub fn open(database: &Location, key: Key, randomness: Randomness) -> Result<Self, MigrationError> {
        let database = Database::open_sealed(database, "portal", MIGRATIONS, &key)?;
        let seal = Seal::new(key, randomness.clone());
        Ok(Self { store: Store::new(database, seal, Clock::system(), randomness) })
    }

    /// The cards, in the order in which they were added.
    pub async fn list_cards(&self) -> Result<Vec<CardSummary>, Refusal> {
        self.store.list_cards().await
    }

    /// The current data of a card, without a lease.
    pub async fn read_card(&self, card: &CardId) -> Result<CardData, Refusal> {
        self.store.read_card(card.clone()).await
    }

    /// Leases a card; `None` while it is leased by another. The lease ends unless it is renewed within
    /// [`LeasedCard::TERM`].
    pub async fn lease(&self, card: &CardId) -> Result<Option<LeasedCard>, Refusal> {
        let leased = self.store.lease_card(card.clone()).await?;
        Ok(leased.map(|LeasedCardData { data, lease }| LeasedCard { store: self.store.clone(), lease, data }))
    }

    /// DER of the authentication certificate on a card.
    pub async fn certificate(&self, card: &CardId) -> Result<Vec<u8>, Refusal> {
        read_certificate(&self.store, card).await
    }

    /// 市区町村の窓口: replaces the authentication key and certificate (DER) of a card. Its PINs stay.
    pub async fn renew(&self, card: &CardId, key: PrivateKey, certificate: Vec<u8>) -> Result<(), Refusal> {
        run_office_operation(&self.store, card, OfficeOperation::Renew(key, certificate)).await
    }

    /// 市区町村の窓口: resets the tries of a PIN.
    pub async fn unlock(&self, card: &CardId, pin: PinReference) -> Result<(), Refusal> {
        run_office_operation(&self.store, card, OfficeOperation::Unlock(pin)).await
    }

    /// 市区町村の窓口: sets a new PIN and resets its tries.
    pub async fn set_pin(&self, card: &CardId, pin: PinReference, value: ReferenceData) -> Result<(), Refusal> {
        run_office_operation(&self.store, card, OfficeOperation::SetPin(pin, value)).await
    }
}

impl LeasedCard {
    /// The term of a lease that is not renewed.
    pub const TERM: base::Span = LEASE_TERM;

    /// The card as it was when leased.
    pub fn data(&self) -> &CardData {
        &self.data
    }

    /// The card's memory in the repository. Its methods block on the database, so they may be called only on a thread that
    /// may block.
    pub fn memory(&self) -> impl Memory + Send + 'static {
        StoredMemory::new(self.store.clone(), Handle::current(), self.lease.clone(), self.data.clone())
    }

    /// A virtual card of `data` (as leased, or with faults), whose counters are stored in the repository from the start.
    pub async fn create_virtual_card(&self, data: CardData) -> Result<VirtualCard, Refusal> {
        let counters: Counters = data.counters();
        self.store.update_counters(self.lease.clone(), counters).await?;
        Ok(VirtualCard::new(data, Box::new(self.memory())))
    }

    /// Renews the lease.
    pub async fn renew_lease(&self) -> Result<(), Refusal> {
        self.store.renew_lease(self.lease.clone()).await
    }

    /// Ends the lease.
    pub async fn release(self) -> Result<(), Refusal> {
        self.store.release_card(self.lease).await
    }
}
