/// Why the authority did not do something.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// No generation was valid at the time from which a certificate was to be.
    #[error("the authority had no key that was valid on {0}")]
    NoGeneration(base::Timestamp),
    /// No generation has this key.
    #[error("the authority has no key '{0}'")]
    UnknownIssuer(jpki::KeyIdentifier),
    /// It issued nothing under this number, or revoked it before.
    #[error("nothing that stands was issued under the number {0}")]
    UnknownSerial(jpki::Serial),
    /// A certificate could not be made.
    #[error("the certificate could not be made")]
    Unissuable(#[from] jpki::Unissuable),
    /// The stored keys do not open with the master key of the settings.
    #[error("the master key does not open the authority's stored keys; give the one with which it was founded")]
    MasterKey,
    /// Something stored cannot be read.
    #[error("a stored {0} cannot be read")]
    UnreadableStored(&'static str),
    /// The database could not be opened.
    #[error("the authority's database could not be opened")]
    Opening(#[from] database::MigrationError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] database::Error),
}
