use base::{Key, Randomness};
use zeroize::Zeroizing;

/// Seals what the room keeps of cards and visits under the room's own key, bound to the row it belongs to: what was sealed
/// into one row opens in no other.
#[derive(Clone)]
pub(crate) struct Seal {
    key: Key,
    randomness: Randomness,
}

impl Seal {
    pub(crate) fn new(key: Key, randomness: Randomness) -> Self {
        Self { key, randomness }
    }

    #[expect(clippy::needless_pass_by_value, reason = "the clear text is wiped here, once it is sealed")]
    pub(crate) fn seal(&self, row: &str, clear: Zeroizing<Vec<u8>>) -> Vec<u8> {
        self.key.seal(row.as_bytes(), &clear, &self.randomness)
    }

    /// What was sealed for this row, unless a byte of it was changed.
    pub(crate) fn open(&self, row: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.key.open(row.as_bytes(), sealed).ok()
    }
}
