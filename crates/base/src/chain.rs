//! A chain of rows that nobody without its key can change unseen.
//!
//! Each row's digest is keyed and covers the row before it. The end says how long the chain is and is sealed with the key
//! too, so that a cut-off end shows. What a key cannot show is that everything was put back to how it once was; for that
//! there are [`ChainAnchor`]s, which are kept elsewhere.

use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};

use crate::{Digest, Key, constant_time_eq};

/// A chain with its key. Two chains of one key differ by their names.
pub struct AuditChain {
    key: Key,
    name: String,
}

/// Where a chain ends, as it is kept beside the rows. Not believed before [`AuditChain::is_valid_end`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainEnd {
    /// The place of the last row, counted from 1; 0 where there is none.
    pub position: i64,
    /// That row's digest.
    pub digest: Vec<u8>,
    /// What says that it is the last.
    pub mac: Vec<u8>,
}

/// Where a chain ended when it was checked. Whoever keeps it elsewhere sees when the chain was put back since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainAnchor {
    /// The chain's name.
    pub chain: String,
    /// The place of the last row.
    #[serde(rename = "place")]
    pub position: i64,
    /// That row's digest, in hexadecimal.
    pub digest: String,
}

/// The first row at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainFault {
    /// Its place, counted from 1.
    pub position: i64,
    /// What is wrong with it.
    pub kind: ChainFaultKind,
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainFaultKind {
    /// The row is missing.
    Missing,
    /// The row, or one before it, reads differently from when it was written.
    Changed,
    /// The row was never written by whoever has the key.
    Added,
    /// The row is not the one that was there when the chain was last checked.
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
    /// The chain with this name.
    pub fn new(key: Key, name: impl Into<String>) -> Self {
        Self { key, name: name.into() }
    }

    /// Its end before the first row.
    pub fn empty_end(&self) -> ChainEnd {
        let digest = self.key.mac(&[b"uketsuke audit beginning\0", self.name.as_bytes()]);
        self.build_end(0, &digest)
    }

    /// Whether this is an end that was written with the key.
    pub fn is_valid_end(&self, end: &ChainEnd) -> bool {
        constant_time_eq(self.end_mac(end.position, &end.digest).as_bytes(), &end.mac)
    }

    /// The end once this row stands behind it. The row's fields stand behind their lengths in it, so that no two rows are
    /// written alike.
    pub fn append_row(&self, end: &ChainEnd, row: &[u8]) -> ChainEnd {
        let place = end.position + 1;
        self.build_end(place, &self.row_mac(&end.digest, place, row))
    }

    /// The end to go on from where the one that was found does not hold: no row fits behind it, so that what is sealed anew
    /// does not hide that somebody changed it.
    pub fn broken_end(&self, end: &ChainEnd) -> ChainEnd {
        self.build_end(end.position, &self.key.mac(&[b"uketsuke audit broken\0", &end.digest]))
    }

    /// What is kept elsewhere of an end.
    pub fn anchor(&self, end: &ChainEnd) -> ChainAnchor {
        ChainAnchor { chain: self.name.clone(), position: end.position, digest: to_hex(&end.digest) }
    }

    /// Begins to look at every row, up to this end and past what was kept elsewhere of this chain.
    pub fn verifier<'a>(&'a self, end: ChainEnd, anchor: Option<&'a ChainAnchor>) -> ChainVerifier<'a> {
        ChainVerifier { chain: self, last_digest: self.empty_end().digest, expected_position: 1, end, anchor }
    }

    fn row_mac(&self, before: &[u8], place: i64, row: &[u8]) -> Digest {
        self.key.mac(&[b"uketsuke audit row\0", before, &place.to_be_bytes(), row])
    }

    /// A length of fixed width stands before the name, so that no two ends read alike.
    fn end_mac(&self, place: i64, digest: &[u8]) -> Digest {
        self.key.mac(&[b"uketsuke audit end\0", &place.to_be_bytes(), digest, self.name.as_bytes()])
    }

    fn build_end(&self, place: i64, digest: &Digest) -> ChainEnd {
        let seal = self.end_mac(place, digest.as_bytes());
        ChainEnd { position: place, digest: digest.as_bytes().to_vec(), mac: seal.as_bytes().to_vec() }
    }
}

/// A look at every row of a chain, in the order of their places.
pub struct ChainVerifier<'a> {
    chain: &'a AuditChain,
    end: ChainEnd,
    anchor: Option<&'a ChainAnchor>,
    last_digest: Vec<u8>,
    expected_position: i64,
}

impl ChainVerifier<'_> {
    /// The next row as it stands.
    pub fn check_row(&mut self, place: i64, row: &[u8], digest: &[u8]) -> Result<(), ChainFault> {
        let fault = |place, what| Err(ChainFault { position: place, kind: what });
        // Behind the end nothing was ever written.
        if place > self.end.position && self.expected_position > self.end.position {
            return fault(place, ChainFaultKind::Added);
        }
        if place != self.expected_position {
            return fault(self.expected_position, ChainFaultKind::Missing);
        }
        let own = self.chain.row_mac(&self.last_digest, place, row);
        if !constant_time_eq(own.as_bytes(), digest) {
            return fault(place, ChainFaultKind::Changed);
        }
        if self.anchor.is_some_and(|anchor| anchor.position == place && anchor.digest != to_hex(digest)) {
            return fault(place, ChainFaultKind::RolledBack);
        }
        self.last_digest = own.as_bytes().to_vec();
        self.expected_position += 1;
        Ok(())
    }

    /// That there are no more rows. Tells how many there were.
    pub fn finish(self) -> Result<i64, ChainFault> {
        let fault = |what| Err(ChainFault { position: self.expected_position, kind: what });
        if self.expected_position <= self.end.position {
            return fault(ChainFaultKind::Missing);
        }
        if self.anchor.is_some_and(|anchor| anchor.position >= self.expected_position) {
            return fault(ChainFaultKind::RolledBack);
        }
        // A right seal says that this is the end that was written last; a wrong one, that what came behind is gone.
        let ends = constant_time_eq(&self.last_digest, &self.end.digest) && self.chain.is_valid_end(&self.end);
        if ends { Ok(self.end.position) } else { fault(ChainFaultKind::Missing) }
    }
}

fn to_hex(digest: &[u8]) -> String {
    digest.iter().fold(String::with_capacity(2 * digest.len()), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a text takes every letter");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Randomness;

    type Rows = Vec<(i64, Vec<u8>, Vec<u8>)>;

    fn chain(seed: &str) -> AuditChain {
        AuditChain::new(Key::new(&Randomness::repeatable(seed)), "test")
    }

    fn write_rows(chain: &AuditChain, rows: &[&str]) -> (Rows, ChainEnd) {
        let mut end = chain.empty_end();
        let mut kept = Vec::new();
        for row in rows {
            end = chain.append_row(&end, row.as_bytes());
            kept.push((end.position, row.as_bytes().to_vec(), end.digest.clone()));
        }
        (kept, end)
    }

    fn verify_rows(
        chain: &AuditChain,
        rows: &Rows,
        end: &ChainEnd,
        anchor: Option<&ChainAnchor>,
    ) -> Result<i64, ChainFault> {
        let mut walk = chain.verifier(end.clone(), anchor);
        for (place, row, digest) in rows {
            walk.check_row(*place, row, digest)?;
        }
        walk.finish()
    }

    #[test]
    fn a_chain_is_whole_until_somebody_changes_it() {
        use ChainFaultKind::{Added, Changed, Missing, RolledBack};
        let chain = chain("own");
        let (rows, end) = write_rows(&chain, &["a", "b", "c", "d"]);
        assert_eq!(verify_rows(&chain, &rows, &end, Some(&chain.anchor(&end))), Ok(4));
        assert_eq!(verify_rows(&chain, &Vec::new(), &chain.empty_end(), None), Ok(0));
        let check = |what: &str, change: &dyn Fn(&mut Rows, &mut ChainEnd), place, kind| {
            let (mut rows, mut end) = (rows.clone(), end.clone());
            change(&mut rows, &mut end);
            let fault = Err(ChainFault { position: place, kind });
            assert_eq!(verify_rows(&chain, &rows, &end, None), fault, "{what}");
        };
        let (shorter, earlier) = write_rows(&chain, &["a", "b"]);
        check("a changed row", &|rows, _| rows[1].1 = b"x".to_vec(), 2, Changed);
        check("a changed digest", &|rows, _| rows[1].2[0] ^= 1, 2, Changed);
        check("a gap", &|rows, _| drop(rows.remove(1)), 2, Missing);
        check("a gap at the beginning", &|rows, _| drop(rows.remove(0)), 1, Missing);
        check("a cut end", &|rows, _| rows.truncate(2), 3, Missing);
        let moved = |rows: &mut Rows, end: &mut ChainEnd| {
            rows.truncate(2);
            (end.position, end.digest) = (2, rows[1].2.clone());
        };
        check("a cut end whose seal is not made anew", &moved, 3, Missing);
        check("nothing left", &|rows, _| rows.clear(), 1, Missing);
        let swapped = |rows: &mut Rows, _: &mut ChainEnd| {
            let (first, second) = (rows[1].1.clone(), rows[2].1.clone());
            (rows[1].1, rows[2].1) = (second, first);
        };
        check("another order", &swapped, 2, Changed);
        let exchanged = |rows: &mut Rows, _: &mut ChainEnd| {
            rows.swap(1, 2);
            (rows[1].0, rows[2].0) = (2, 3);
        };
        check("another order with their digests", &exchanged, 2, Changed);
        check("a row behind the end", &|rows, _| rows.push((5, b"e".to_vec(), vec![0; 32])), 5, Added);
        check("a seal of another length", &|_, end| end.mac.clear(), 5, Missing);
        // Put back to how it once was, the key alone shows nothing; what is kept elsewhere does.
        assert_eq!(verify_rows(&chain, &shorter, &earlier, None), Ok(2));
        let put_back = Err(ChainFault { position: 3, kind: RolledBack });
        assert_eq!(verify_rows(&chain, &shorter, &earlier, Some(&chain.anchor(&end))), put_back);
        let (other, others) = write_rows(&chain, &["a", "x", "c", "d"]);
        let put_back = Err(ChainFault { position: 4, kind: RolledBack });
        assert_eq!(verify_rows(&chain, &other, &others, Some(&chain.anchor(&end))), put_back);
    }

    #[test]
    fn another_key_or_another_name_makes_another_chain() {
        let (own, other) = (chain("own"), chain("other"));
        let named = AuditChain::new(Key::new(&Randomness::repeatable("own")), "another");
        let (rows, end) = write_rows(&own, &["a"]);
        assert!(own.is_valid_end(&end) && !other.is_valid_end(&end) && !named.is_valid_end(&end));
        for wrong in [&other, &named] {
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
