//! Why `uketsuke card` failed.

use std::{io, path::PathBuf};

use super::{card_file::WrongCardFile, reader::ReaderError};
use crate::{compose::NoDatabase, key_store::KeyStoreError};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// The reader refused.
    #[error("the card reader refused")]
    Reader(#[from] ReaderError),
    #[error("the card's file cannot be used")]
    File(#[from] WrongCardFile),
    /// The data folder has no cards yet.
    #[error("there are no cards in '{0}' yet: start `uketsuke demo` once on that folder, or name a card's data file")]
    NoCards(PathBuf),
    #[error("the data folder cannot be used")]
    KeyStore(#[from] KeyStoreError),
    #[error(transparent)]
    Location(#[from] NoDatabase),
    #[error("the cards' database cannot be opened")]
    Database(#[from] database::MigrationError),
    /// The card repository refused.
    #[error("the card cannot be taken")]
    Repository(#[from] portal::Refusal),
    /// The app or another process uses the card.
    #[error("somebody else has this card in hand: the app, or another reader")]
    InUse,
    /// The office refused.
    #[error("the municipal office refused")]
    Office(#[from] card::OfficeRefusal),
    /// The card's state could not be stored.
    #[error("the card's tries could not be kept")]
    Memory(#[from] card::MemoryFailure),
    /// The first line of the standard input is not a PIN.
    #[error("the first line of the standard input is no PIN")]
    NoPin(#[from] card::WrongReferenceData),
    /// The card cannot be serialized.
    #[error("the card cannot be written")]
    Serialization(#[from] serde_json::Error),
    /// The runtime, a signal or a stream failed.
    #[error("the system refused")]
    System(#[from] io::Error),
    /// The driver or its configuration cannot be written.
    #[error("'{0}' cannot be written")]
    Install(PathBuf, #[source] io::Error),
}
