//! A card in hand, wherever it is from.

use std::time::Duration;

use base::Randomness;
use card::{CardData, Memory, VirtualCard};
use portal::{CardRepository, LeasedCard};
use tokio::{sync::Mutex, time};

use super::{
    CardError, CardFault, CardSelector, CardStoreArguments,
    card_file::{CardFile, CardStateFile},
};
use crate::key_store::{KeyStore, database_option_name};

/// How often it is said that a card is still in hand: three times before anybody may think otherwise.
const LEASE_RENEWAL_INTERVAL: Duration = Duration::from_secs(LeasedCard::TERM.as_secs().unsigned_abs() / 3);

/// A card that nobody else has.
pub(super) enum ExclusiveCard {
    FromRepository(LeasedCard),
    FromFile(CardData, Mutex<Option<CardStateFile>>),
}

/// The drawer of the demo whose folder this is. It is never made here.
pub(super) fn open_repository(place: &CardStoreArguments) -> Result<CardRepository, CardError> {
    if !place.data.join("master.key").is_file() {
        return Err(CardError::NoCards(place.data.clone()));
    }
    let randomness = Randomness::system();
    let keep = KeyStore::open(&place.data, &randomness)?;
    let url = place.database.as_ref();
    let location =
        keep.database_location("portal", url).map_err(|wrong| CardError::Location(database_option_name(url), wrong))?;
    Ok(CardRepository::open(&location, keep.key("portal"), randomness)?)
}

impl ExclusiveCard {
    /// Takes the card, alone.
    pub(super) async fn acquire(which: &CardSelector, place: &CardStoreArguments) -> Result<Self, CardError> {
        match which {
            CardSelector::Persona(card) => {
                let taken = open_repository(place)?.lease(card).await?;
                Ok(Self::FromRepository(taken.ok_or(CardError::InUse)?))
            }
            CardSelector::File(path) => {
                let CardFile { data, memory } = CardFile::open(path)?;
                Ok(Self::FromFile(data, Mutex::new(Some(memory))))
            }
        }
    }

    /// The card with these faults. What it begins with is kept before anybody sees it.
    pub(super) async fn to_virtual_card(&self, faults: &[CardFault]) -> Result<VirtualCard, CardError> {
        let with_faults = |data: &CardData| faults.iter().fold(data.clone(), |data, fault| fault.apply_to(data));
        match self {
            Self::FromRepository(taken) => Ok(taken.create_virtual_card(with_faults(taken.data())).await?),
            Self::FromFile(data, memory) => {
                let data = with_faults(data);
                let mut memory = memory.lock().await.take().ok_or(CardError::InUse)?;
                memory.store_counters(&data.counters())?;
                Ok(VirtualCard::new(data, Box::new(memory)))
            }
        }
    }

    /// Holds on to it until it is lost, which is answered.
    pub(super) async fn renew_lease(&self) -> CardError {
        let mut turn = time::interval(LEASE_RENEWAL_INTERVAL);
        loop {
            turn.tick().await;
            if let Self::FromRepository(taken) = self
                && let Err(refusal) = taken.renew_lease().await
            {
                return refusal.into();
            }
        }
    }

    /// Puts it back.
    pub(super) async fn release(self) -> Result<(), CardError> {
        match self {
            Self::FromRepository(taken) => Ok(taken.release().await?),
            Self::FromFile(..) => Ok(()),
        }
    }
}
