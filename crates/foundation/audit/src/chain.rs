//! An audit chain: rows that cannot be changed unnoticed without the chain's key.
//!
//! Each row's digest is keyed (HMAC) and covers the digest of the row before it. The end holds the length of the chain and
//! is authenticated with the key too, so that truncation is detected. The key alone cannot detect that the whole chain was
//! restored to an earlier state; [`ChainAnchor`]s, which are stored elsewhere, do.

use std::fmt;

use base::{Digest, Key, constant_time_eq};
use serde::{Deserialize, Serialize};

/// A chain with its key. Two chains of the same key differ by their names.
pub struct AuditChain {
    key: Key,
    name: String,
}

/// The end of a chain as stored beside the rows. Not trusted before [`AuditChain::is_valid_end`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainEnd {
    /// The position of the last row, counted from 1; 0 for an empty chain.
    pub position: i64,
    /// The digest of the last row.
    pub digest: Vec<u8>,
    /// HMAC over position, digest and chain name.
    pub mac: Vec<u8>,
}

/// The end of a chain when it was last checked. Stored elsewhere, it reveals that the chain was rolled back since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainAnchor {
    pub chain: String,
    /// The position of the last row.
    #[serde(rename = "place")]
    pub position: i64,
    /// The digest of the last row, in hexadecimal.
    pub digest: String,
}

/// The first faulty row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainFault {
    /// Counted from 1.
    pub position: i64,
    pub kind: ChainFaultKind,
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainFaultKind {
    Missing,
    /// The row, or one before it, differs from what was written.
    Changed,
    /// The row was not written with the key.
    Added,
    /// The row differs from the one at this position when the chain was last checked.
    RolledBack,
}

impl fmt::Display for ChainFaultKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Missing => "missing",
            Self::Changed => "changed",
            Self::Added => "added",
            Self::RolledBack => "put back",
        })
    }
}

impl AuditChain {
    /// The chain of this name.
    pub fn new(key: Key, name: impl Into<String>) -> Self {
        Self { key, name: name.into() }
    }

    /// The end of a chain without rows.
    pub fn empty_end(&self) -> ChainEnd {
        let digest = self.key.mac(&[b"uketsuke audit beginning\0", self.name.as_bytes()]);
        self.build_end(0, &digest)
    }

    /// Whether this end was made with the key.
    pub fn is_valid_end(&self, end: &ChainEnd) -> bool {
        constant_time_eq(self.end_mac(end.position, &end.digest).as_bytes(), &end.mac)
    }

    /// The end after this row is appended. `row` must be an unambiguous encoding (each field preceded by its length), so that
    /// no two rows have the same bytes.
    pub fn append_row(&self, end: &ChainEnd, row: &[u8]) -> ChainEnd {
        let position = end.position + 1;
        self.build_end(position, &self.row_mac(&end.digest, position, row))
    }

    /// The end to continue from where the stored end is invalid. No row verifies after it, so that continuing the chain does
    /// not hide the change.
    pub fn broken_end(&self, end: &ChainEnd) -> ChainEnd {
        self.build_end(end.position, &self.key.mac(&[b"uketsuke audit broken\0", &end.digest]))
    }

    /// The anchor of an end, to be stored elsewhere.
    pub fn anchor(&self, end: &ChainEnd) -> ChainAnchor {
        ChainAnchor { chain: self.name.clone(), position: end.position, digest: hex::encode(&end.digest) }
    }

    /// Starts verifying every row up to this end, and against the anchor.
    pub fn verifier<'a>(&'a self, end: ChainEnd, anchor: Option<&'a ChainAnchor>) -> ChainVerifier<'a> {
        ChainVerifier { chain: self, last_digest: self.empty_end().digest, expected_position: 1, end, anchor }
    }

    /// Starts verifying the rows after one that was verified before, at this position and with this digest, up to this end.
    pub(crate) fn verifier_after(&self, position: i64, last_digest: Vec<u8>, end: ChainEnd) -> ChainVerifier<'_> {
        ChainVerifier { chain: self, last_digest, expected_position: position + 1, end, anchor: None }
    }

    fn row_mac(&self, previous_digest: &[u8], position: i64, row: &[u8]) -> Digest {
        self.key.mac(&[b"uketsuke audit row\0", previous_digest, &position.to_be_bytes(), row])
    }

    /// The position has a fixed width and the name comes last, so that no two ends have the same bytes.
    fn end_mac(&self, position: i64, digest: &[u8]) -> Digest {
        self.key.mac(&[b"uketsuke audit end\0", &position.to_be_bytes(), digest, self.name.as_bytes()])
    }

    fn build_end(&self, position: i64, digest: &Digest) -> ChainEnd {
        let mac = self.end_mac(position, digest.as_bytes());
        ChainEnd { position, digest: digest.as_bytes().to_vec(), mac: mac.as_bytes().to_vec() }
    }
}

/// Verifies every row of a chain, in the order of their positions.
pub struct ChainVerifier<'a> {
    chain: &'a AuditChain,
    end: ChainEnd,
    anchor: Option<&'a ChainAnchor>,
    last_digest: Vec<u8>,
    expected_position: i64,
}

impl ChainVerifier<'_> {
    /// Verifies the next row as stored.
    pub fn check_row(&mut self, position: i64, row: &[u8], digest: &[u8]) -> Result<(), ChainFault> {
        let fault = |position, kind| Err(ChainFault { position, kind });
        // No row was ever written after the end.
        if position > self.end.position && self.expected_position > self.end.position {
            return fault(position, ChainFaultKind::Added);
        }
        if position != self.expected_position {
            return fault(self.expected_position, ChainFaultKind::Missing);
        }
        let expected_digest = self.chain.row_mac(&self.last_digest, position, row);
        if !constant_time_eq(expected_digest.as_bytes(), digest) {
            return fault(position, ChainFaultKind::Changed);
        }
        if self.anchor.is_some_and(|anchor| anchor.position == position && anchor.digest != hex::encode(digest)) {
            return fault(position, ChainFaultKind::RolledBack);
        }
        self.last_digest = expected_digest.as_bytes().to_vec();
        self.expected_position += 1;
        Ok(())
    }

    /// Verifies that there are no more rows; returns the number of rows.
    pub fn finish(self) -> Result<i64, ChainFault> {
        let fault = |kind| Err(ChainFault { position: self.expected_position, kind });
        if self.expected_position <= self.end.position {
            return fault(ChainFaultKind::Missing);
        }
        if self.anchor.is_some_and(|anchor| anchor.position >= self.expected_position) {
            return fault(ChainFaultKind::RolledBack);
        }
        // A valid MAC proves that this end was written; otherwise the rows after it are missing.
        let is_complete = constant_time_eq(&self.last_digest, &self.end.digest) && self.chain.is_valid_end(&self.end);
        if is_complete { Ok(self.end.position) } else { fault(ChainFaultKind::Missing) }
    }
}

#[cfg(test)]
mod tests {
    use base::Randomness;

    use super::*;

    type Rows = Vec<(i64, Vec<u8>, Vec<u8>)>;

    fn chain(seed: &str) -> AuditChain {
        AuditChain::new(Key::new(&Randomness::repeatable(seed)), "test")
    }

    fn write_rows(chain: &AuditChain, rows: &[&str]) -> (Rows, ChainEnd) {
        let mut end = chain.empty_end();
        let mut stored = Vec::new();
        for row in rows {
            end = chain.append_row(&end, row.as_bytes());
            stored.push((end.position, row.as_bytes().to_vec(), end.digest.clone()));
        }
        (stored, end)
    }

    fn verify_rows(
        chain: &AuditChain,
        rows: &Rows,
        end: &ChainEnd,
        anchor: Option<&ChainAnchor>,
    ) -> Result<i64, ChainFault> {
        let mut verifier = chain.verifier(end.clone(), anchor);
        for (position, row, digest) in rows {
            verifier.check_row(*position, row, digest)?;
        }
        verifier.finish()
    }

    #[test]
    fn a_chain_is_whole_until_somebody_changes_it() {
        use ChainFaultKind::{Added, Changed, Missing, RolledBack};
        let chain = chain("own");
        let (rows, end) = write_rows(&chain, &["a", "b", "c", "d"]);
        assert_eq!(verify_rows(&chain, &rows, &end, Some(&chain.anchor(&end))), Ok(4));
        assert_eq!(verify_rows(&chain, &Vec::new(), &chain.empty_end(), None), Ok(0));
        let check = |case: &str, change: &dyn Fn(&mut Rows, &mut ChainEnd), position, kind| {
            let (mut rows, mut end) = (rows.clone(), end.clone());
            change(&mut rows, &mut end);
            let fault = Err(ChainFault { position, kind });
            assert_eq!(verify_rows(&chain, &rows, &end, None), fault, "{case}");
        };
        let (shorter, earlier) = write_rows(&chain, &["a", "b"]);
        check("a changed row", &|rows, _| rows[1].1 = b"x".to_vec(), 2, Changed);
        check("a changed digest", &|rows, _| rows[1].2[0] ^= 1, 2, Changed);
        check("a gap", &|rows, _| drop(rows.remove(1)), 2, Missing);
        check("a gap at the beginning", &|rows, _| drop(rows.remove(0)), 1, Missing);
        check("a cut end", &|rows, _| rows.truncate(2), 3, Missing);
        let truncated = |rows: &mut Rows, end: &mut ChainEnd| {
            rows.truncate(2);
            (end.position, end.digest) = (2, rows[1].2.clone());
        };
        check("a cut end whose seal is not made anew", &truncated, 3, Missing);
        check("nothing left", &|rows, _| rows.clear(), 1, Missing);
        let swapped = |rows: &mut Rows, _: &mut ChainEnd| {
            let (first, second) = (rows[1].1.clone(), rows[2].1.clone());
            (rows[1].1, rows[2].1) = (second, first);
        };
        check("another order", &swapped, 2, Changed);
        let swapped_with_digests = |rows: &mut Rows, _: &mut ChainEnd| {
            rows.swap(1, 2);
            (rows[1].0, rows[2].0) = (2, 3);
        };
        check("another order with their digests", &swapped_with_digests, 2, Changed);
        check("a row behind the end", &|rows, _| rows.push((5, b"e".to_vec(), vec![0; 32])), 5, Added);
        check("a seal of another length", &|_, end| end.mac.clear(), 5, Missing);
        // The key alone does not detect a rollback; the anchor does.
        assert_eq!(verify_rows(&chain, &shorter, &earlier, None), Ok(2));
        let rolled_back = Err(ChainFault { position: 3, kind: RolledBack });
        assert_eq!(verify_rows(&chain, &shorter, &earlier, Some(&chain.anchor(&end))), rolled_back);
        let (other_rows, other_end) = write_rows(&chain, &["a", "x", "c", "d"]);
        let rolled_back = Err(ChainFault { position: 4, kind: RolledBack });
        assert_eq!(verify_rows(&chain, &other_rows, &other_end, Some(&chain.anchor(&end))), rolled_back);
    }

    #[test]
    fn another_key_or_another_name_makes_another_chain() {
        let (first, second) = (chain("own"), chain("other"));
        let renamed = AuditChain::new(Key::new(&Randomness::repeatable("own")), "another");
        let (rows, end) = write_rows(&first, &["a"]);
        assert!(first.is_valid_end(&end) && !second.is_valid_end(&end) && !renamed.is_valid_end(&end));
        for wrong in [&second, &renamed] {
            let fault = Err(ChainFault { position: 1, kind: ChainFaultKind::Changed });
            assert_eq!(verify_rows(wrong, &rows, &end, None), fault);
        }
    }

    #[test]
    fn an_end_that_was_changed_stays_found_behind_what_is_written_next() {
        let chain = chain("own");
        let (mut rows, mut end) = write_rows(&chain, &["a", "b"]);
        rows.truncate(1);
        (end.position, end.digest) = (1, rows[0].2.clone());
        assert!(!chain.is_valid_end(&end));
        let end = chain.append_row(&chain.broken_end(&end), b"c");
        rows.push((2, b"c".to_vec(), end.digest.clone()));
        let fault = Err(ChainFault { position: 2, kind: ChainFaultKind::Changed });
        assert_eq!(verify_rows(&chain, &rows, &end, None), fault);
    }
}
