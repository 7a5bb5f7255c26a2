//! Exclusive use of a card from the repository or from a file.

use std::time::Duration;

use base::{Clock, Randomness};
use card::{CardData, Memory, VirtualCard};
use portal::{CardRepository, LeasedCard};
use tokio::{sync::Mutex, time};

use super::{
    card_file::{CardFile, CardStateFile},
    error::CardError,
};
use crate::{
    arguments::card::{CardFault, CardSelector, CardStoreArguments},
    compose::Composer,
    key_store::{KeyStore, KeyStoreError},
};

/// The interval of lease renewals: three in the term of a lease.
const LEASE_RENEWAL_INTERVAL: Duration = Duration::from_secs(LeasedCard::TERM.as_secs().unsigned_abs() / 3);

/// A card that no other process uses.
pub(super) enum ExclusiveCard {
    FromRepository(LeasedCard),
    FromFile(CardData, Mutex<Option<CardStateFile>>),
}

/// The card repository of the demo with this data folder. It is never created here.
pub(super) fn open_repository(card_store: &CardStoreArguments) -> Result<CardRepository, CardError> {
    let randomness = Randomness::system();
    let key_store = KeyStore::open_used(&card_store.data, &randomness).map_err(|error| match error {
        KeyStoreError::NotInitialised(folder) => CardError::NoCards(folder),
        error => error.into(),
    })?;
    let composer = Composer::new(key_store, card_store.database.as_deref(), Clock::system(), randomness)?;
    Ok(composer.open_card_repository()?)
}

impl ExclusiveCard {
    /// Acquires the card exclusively.
    pub(super) async fn acquire(selector: &CardSelector, card_store: &CardStoreArguments) -> Result<Self, CardError> {
        match selector {
            CardSelector::Persona(card) => {
                let lease = open_repository(card_store)?.lease(card).await?;
                Ok(Self::FromRepository(lease.ok_or(CardError::InUse)?))
            }
            CardSelector::File(path) => {
                let CardFile { data, memory } = CardFile::open(path)?;
                Ok(Self::FromFile(data, Mutex::new(Some(memory))))
            }
        }
    }

    /// The card with these faults. Its initial state is stored before it is used.
    pub(super) async fn to_virtual_card(&self, faults: &[CardFault]) -> Result<VirtualCard, CardError> {
        let with_faults = |data: &CardData| faults.iter().fold(data.clone(), |data, fault| fault.apply_to(data));
        match self {
            Self::FromRepository(lease) => Ok(lease.create_virtual_card(with_faults(lease.data())).await?),
            Self::FromFile(data, memory) => {
                let data = with_faults(data);
                let mut memory = memory.lock().await.take().ok_or(CardError::InUse)?;
                memory.store_counters(&data.counters())?;
                Ok(VirtualCard::new(data, Box::new(memory)))
            }
        }
    }

    /// Renews the lease until that fails; the error.
    pub(super) async fn renew_lease(&self) -> CardError {
        let mut interval = time::interval(LEASE_RENEWAL_INTERVAL);
        loop {
            interval.tick().await;
            if let Self::FromRepository(lease) = self
                && let Err(refusal) = lease.renew_lease().await
            {
                return refusal.into();
            }
        }
    }

    /// Releases the card.
    pub(super) async fn release(self) -> Result<(), CardError> {
        match self {
            Self::FromRepository(lease) => Ok(lease.release().await?),
            Self::FromFile(..) => Ok(()),
        }
    }
}
