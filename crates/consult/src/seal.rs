use base::{Key, Randomness};
use zeroize::Zeroizing;

/// Seals what the service must read again and nobody else may, under the service's own key, for one purpose: what was sealed
/// for one opens for no other.
#[derive(Clone)]
pub(crate) struct Seal(Key);

impl Seal {
    pub(crate) fn new(key: Key) -> Self {
        Self(key)
    }

    /// With which the audit is keyed.
    pub(crate) fn audit_key(&self) -> Key {
        self.0.for_purpose("audit")
    }

    /// A name for the key that says nothing of it: by it a node knows what it can open.
    pub(crate) fn key_tag(&self) -> String {
        let digest = self.0.for_purpose("key tag").mac(&[b"key tag"]);
        hex::encode(&digest.as_bytes()[..8])
    }

    pub(crate) fn seal(&self, purpose: &str, clear: &[u8], randomness: &Randomness) -> Vec<u8> {
        self.0.seal(purpose.as_bytes(), clear, randomness)
    }

    /// What was sealed for this purpose, unless a byte of it was changed.
    pub(crate) fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.0.open(purpose.as_bytes(), sealed).ok()
    }
}
