//! Sealing of stored values.

use base::{Key, Randomness};
use zeroize::Zeroizing;

/// Authenticated encryption of stored values under the service's own key. What was sealed for one purpose does not open for
/// another.
#[derive(Clone)]
pub(crate) struct Seal(Key);

impl Seal {
    pub(crate) fn new(key: Key) -> Self {
        Self(key)
    }

    /// The key of the audit chain.
    pub(crate) fn audit_key(&self) -> Key {
        self.0.for_purpose("audit")
    }

    /// The key of the digests of recovery codes.
    pub(crate) fn recovery_code_key(&self) -> Key {
        self.0.for_purpose("recovery codes")
    }

    /// A name of the key that reveals nothing of it: a node compares it to know what it can open.
    pub(crate) fn key_tag(&self) -> String {
        let digest = self.0.for_purpose("key tag").mac(&[b"key tag"]);
        hex::encode(&digest.as_bytes()[..8])
    }

    pub(crate) fn seal(&self, purpose: &str, clear: &[u8], randomness: &Randomness) -> Vec<u8> {
        self.0.seal(purpose.as_bytes(), clear, randomness)
    }

    /// The clear bytes; None if they were sealed for another purpose or changed.
    pub(crate) fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.0.open(purpose.as_bytes(), sealed).ok()
    }
}
