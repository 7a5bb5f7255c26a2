//! Why `uketsuke ca` failed.

use std::{io, path::PathBuf};

use jpki::{KeyIdentifier, Serial};

use crate::{compose::NoDatabase, key_store::KeyStoreError};

/// Why an operation failed or was not completed. Repeating it resumes where it stopped.
#[derive(Debug, thiserror::Error)]
pub enum CaError {
    #[error("the data folder cannot be used")]
    KeyStore(#[from] KeyStoreError),
    #[error(transparent)]
    Database(#[from] NoDatabase),
    #[error("the database cannot be opened; if a program holds it for more than ten seconds, try again")]
    Migration(#[from] database::MigrationError),
    #[error("the authority refused")]
    Authority(#[from] authority::Refusal),
    #[error("the eligibility system refused")]
    Eligibility(#[from] eligibility::Refusal),
    #[error("the app refused")]
    Portal(#[from] portal::Refusal),
    #[error("a key cannot be made or written")]
    Key(#[from] jpki::Unissuable),
    /// A key does not fit onto a card.
    #[error("the card does not take its key")]
    Card(#[from] card::UnreadableKey),
    /// No card of the app has this name.
    #[error("no card is called '{0}'; the demo's page of people names them")]
    NoPersona(String),
    /// No certificate has this serial number.
    #[error("nothing was issued under the number {0}; `ca list` shows what was")]
    NoSuchSerial(Serial),
    /// Several generations have issued this serial number.
    #[error("several generations gave out the number {serial}; name one with --issuer: {}", join_identifiers(.issuers))]
    Ambiguous { serial: Serial, issuers: Vec<KeyIdentifier> },
    /// The institution has no certificate that is in force.
    #[error("the institution {0} has no certificate that stands")]
    NothingToRevoke(base::InstitutionCode),
    /// No generation, or several, match the beginning of the key.
    #[error("no key or several begin with '{0}'; `ca show` names them")]
    NoSuchIssuer(String),
    /// An issued certificate cannot be parsed.
    #[error("the certificate {0} cannot be read")]
    Unreadable(Serial),
    /// A file cannot be written or exists already.
    #[error("'{path}' cannot be written")]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the system refused")]
    System(#[from] io::Error),
}

fn join_identifiers(issuers: &[KeyIdentifier]) -> String {
    issuers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
