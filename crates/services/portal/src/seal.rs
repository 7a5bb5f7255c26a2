use base::{Key, Randomness};
use zeroize::Zeroizing;

/// Seals stored cards and sessions under the service's key, bound to their row: what was sealed for one row cannot be
/// opened for another.
#[derive(Clone)]
pub(crate) struct Seal {
    key: Key,
    randomness: Randomness,
}

impl Seal {
    pub(crate) fn new(key: Key, randomness: Randomness) -> Self {
        Self { key, randomness }
    }

    #[expect(clippy::needless_pass_by_value, reason = "the plaintext is wiped here, once it is sealed")]
    pub(crate) fn seal(&self, row: &str, plaintext: Zeroizing<Vec<u8>>) -> Vec<u8> {
        self.key.seal(row.as_bytes(), &plaintext, &self.randomness)
    }

    /// Opens what was sealed for this row; `None` if it was changed or is of another row or key.
    pub(crate) fn open(&self, row: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.key.open(row.as_bytes(), sealed).ok()
    }
}
