/// An error of the authority.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// No generation was valid at the requested `notBefore`.
    #[error("the authority had no key that was valid on {0}")]
    NoGeneration(base::Timestamp),
    #[error("the authority has no key '{0}'")]
    UnknownIssuer(jpki::KeyIdentifier),
    /// Never issued, or already revoked.
    #[error("nothing that stands was issued under the number {0}")]
    UnknownSerial(jpki::Serial),
    #[error("the certificate could not be made")]
    Unissuable(#[from] jpki::Unissuable),
    /// The stored keys do not open with the master key of the settings.
    #[error("the master key does not open the authority's stored keys; give the one with which it was founded")]
    MasterKey,
    /// A stored value is not valid.
    #[error("a stored {0} cannot be read")]
    UnreadableStored(&'static str),
    #[error("the authority's database could not be opened")]
    Opening(#[from] database::MigrationError),
    #[error("the store failed")]
    Store(#[from] database::Error),
}
