//! A chain of rows that nobody without its key can change unseen.
//!
//! Each row's digest is keyed and covers the row before it. The end says how long the chain is and is sealed with the key
//! too, so that a cut-off end shows. What a key cannot show is that everything was put back to how it once was; for that
//! there are [`ChainAnchor`]s, which are kept elsewhere.

use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};

use crate::{Digest, Key, same};

/// A chain with its key. Two chains of one key differ by their names.
pub struct Chain {
    key: Key,
    name: String,
}

/// Where a chain ends, as it is kept beside the rows. Not believed before [`Chain::holds`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainEnd {
    /// The place of the last row, counted from 1; 0 where there is none.
    pub place: i64,
    /// That row's digest.
    pub digest: Vec<u8>,
    /// What says that it is the last.
    pub seal: Vec<u8>,
}

/// Where a chain ended when it was checked. Whoever keeps it elsewhere sees when the chain was put back since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainAnchor {
    /// The chain's name.
    pub chain: String,
    /// The place of the last row.
    pub place: i64,
    /// That row's digest, in hexadecimal.
    pub digest: String,
}

/// The first row at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainFault {
    /// Its place, counted from 1.
    pub place: i64,
    /// What is wrong with it.
    pub what: ChainFaultKind,
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
    PutBack,
}

impl fmt::Display for ChainFaultKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Missing => "missing",
            Self::Changed => "changed",
            Self::Added => "added",
            Self::PutBack => "put back",
        })
    }
}

impl Chain {
    /// The chain with this name.
    pub fn new(key: Key, name: impl Into<String>) -> Self {
        Self { key, name: name.into() }
    }

    /// Its end before the first row.
    pub fn beginning(&self) -> ChainEnd {
        let digest = self.key.mac(&[b"uketsuke audit beginning\0", self.name.as_bytes()]);
        self.ending(0, &digest)
    }

    /// Whether this is an end that was written with the key.
    pub fn holds(&self, end: &ChainEnd) -> bool {
        same(self.seal(end.place, &end.digest).as_bytes(), &end.seal)
    }

    /// The end once this row stands behind it. The row's fields stand behind their lengths in it, so that no two rows are
    /// written alike.
    pub fn behind(&self, end: &ChainEnd, row: &[u8]) -> ChainEnd {
        let place = end.place + 1;
        self.ending(place, &self.row(&end.digest, place, row))
    }

    /// The end to go on from where the one that was found does not hold: no row fits behind it, so that what is sealed anew
    /// does not hide that somebody changed it.
    pub fn broken(&self, end: &ChainEnd) -> ChainEnd {
        self.ending(end.place, &self.key.mac(&[b"uketsuke audit broken\0", &end.digest]))
    }

    /// What is kept elsewhere of an end.
    pub fn anchor(&self, end: &ChainEnd) -> ChainAnchor {
        ChainAnchor { chain: self.name.clone(), place: end.place, digest: shown(&end.digest) }
    }

    /// Begins to look at every row, up to this end and past what was kept elsewhere of this chain.
    pub fn walk<'a>(&'a self, end: ChainEnd, anchor: Option<&'a ChainAnchor>) -> Walk<'a> {
        Walk { chain: self, last: self.beginning().digest, expected: 1, end, anchor }
    }

    fn row(&self, before: &[u8], place: i64, row: &[u8]) -> Digest {
        self.key.mac(&[b"uketsuke audit row\0", before, &place.to_be_bytes(), row])
    }

    /// A length of fixed width stands before the name, so that no two ends read alike.
    fn seal(&self, place: i64, digest: &[u8]) -> Digest {
        self.key.mac(&[b"uketsuke audit end\0", &place.to_be_bytes(), digest, self.name.as_bytes()])
    }

    fn ending(&self, place: i64, digest: &Digest) -> ChainEnd {
        let seal = self.seal(place, digest.as_bytes());
        ChainEnd { place, digest: digest.as_bytes().to_vec(), seal: seal.as_bytes().to_vec() }
    }
}

/// A look at every row of a chain, in the order of their places.
pub struct Walk<'a> {
    chain: &'a Chain,
    end: ChainEnd,
    anchor: Option<&'a ChainAnchor>,
    last: Vec<u8>,
    expected: i64,
}

impl Walk<'_> {
    /// The next row as it stands.
    pub fn step(&mut self, place: i64, row: &[u8], digest: &[u8]) -> Result<(), ChainFault> {
        let fault = |place, what| Err(ChainFault { place, what });
        // Behind the end nothing was ever written.
        if place > self.end.place && self.expected > self.end.place {
            return fault(place, ChainFaultKind::Added);
        }
        if place != self.expected {
            return fault(self.expected, ChainFaultKind::Missing);
        }
        let own = self.chain.row(&self.last, place, row);
        if !same(own.as_bytes(), digest) {
            return fault(place, ChainFaultKind::Changed);
        }
        if self.anchor.is_some_and(|anchor| anchor.place == place && anchor.digest != shown(digest)) {
            return fault(place, ChainFaultKind::PutBack);
        }
        self.last = own.as_bytes().to_vec();
        self.expected += 1;
        Ok(())
    }

    /// That there are no more rows. Tells how many there were.
    pub fn finish(self) -> Result<i64, ChainFault> {
        let fault = |what| Err(ChainFault { place: self.expected, what });
        if self.expected <= self.end.place {
            return fault(ChainFaultKind::Missing);
        }
        if self.anchor.is_some_and(|anchor| anchor.place >= self.expected) {
            return fault(ChainFaultKind::PutBack);
        }
        // A right seal says that this is the end that was written last; a wrong one, that what came behind is gone.
        let ends = same(&self.last, &self.end.digest) && self.chain.holds(&self.end);
        if ends { Ok(self.end.place) } else { fault(ChainFaultKind::Missing) }
    }
}

fn shown(digest: &[u8]) -> String {
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

    fn chain(seed: &str) -> Chain {
        Chain::new(Key::new(&Randomness::repeatable(seed)), "test")
    }

    fn written(chain: &Chain, rows: &[&str]) -> (Rows, ChainEnd) {
        let mut end = chain.beginning();
        let mut kept = Vec::new();
        for row in rows {
            end = chain.behind(&end, row.as_bytes());
            kept.push((end.place, row.as_bytes().to_vec(), end.digest.clone()));
        }
        (kept, end)
    }

    fn looked_at(chain: &Chain, rows: &Rows, end: &ChainEnd, anchor: Option<&ChainAnchor>) -> Result<i64, ChainFault> {
        let mut walk = chain.walk(end.clone(), anchor);
        for (place, row, digest) in rows {
            walk.step(*place, row, digest)?;
        }
        walk.finish()
    }

    #[test]
    fn a_chain_is_whole_until_somebody_changes_it() {
        use ChainFaultKind::{Added, Changed, Missing, PutBack};
        let chain = chain("own");
        let (rows, end) = written(&chain, &["a", "b", "c", "d"]);
        assert_eq!(looked_at(&chain, &rows, &end, Some(&chain.anchor(&end))), Ok(4));
        assert_eq!(looked_at(&chain, &Vec::new(), &chain.beginning(), None), Ok(0));
        let check = |what: &str, change: &dyn Fn(&mut Rows, &mut ChainEnd), place, kind| {
            let (mut rows, mut end) = (rows.clone(), end.clone());
            change(&mut rows, &mut end);
            let fault = Err(ChainFault { place, what: kind });
            assert_eq!(looked_at(&chain, &rows, &end, None), fault, "{what}");
        };
        let (shorter, earlier) = written(&chain, &["a", "b"]);
        check("a changed row", &|rows, _| rows[1].1 = b"x".to_vec(), 2, Changed);
        check("a changed digest", &|rows, _| rows[1].2[0] ^= 1, 2, Changed);
        check("a gap", &|rows, _| drop(rows.remove(1)), 2, Missing);
        check("a gap at the beginning", &|rows, _| drop(rows.remove(0)), 1, Missing);
        check("a cut end", &|rows, _| rows.truncate(2), 3, Missing);
        let moved = |rows: &mut Rows, end: &mut ChainEnd| {
            rows.truncate(2);
            (end.place, end.digest) = (2, rows[1].2.clone());
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
        check("a seal of another length", &|_, end| end.seal.clear(), 5, Missing);
        // Put back to how it once was, the key alone shows nothing; what is kept elsewhere does.
        assert_eq!(looked_at(&chain, &shorter, &earlier, None), Ok(2));
        let put_back = Err(ChainFault { place: 3, what: PutBack });
        assert_eq!(looked_at(&chain, &shorter, &earlier, Some(&chain.anchor(&end))), put_back);
        let (other, others) = written(&chain, &["a", "x", "c", "d"]);
        let put_back = Err(ChainFault { place: 4, what: PutBack });
        assert_eq!(looked_at(&chain, &other, &others, Some(&chain.anchor(&end))), put_back);
    }

    #[test]
    fn another_key_or_another_name_makes_another_chain() {
        let (own, other) = (chain("own"), chain("other"));
        let named = Chain::new(Key::new(&Randomness::repeatable("own")), "another");
        let (rows, end) = written(&own, &["a"]);
        assert!(own.holds(&end) && !other.holds(&end) && !named.holds(&end));
        for wrong in [&other, &named] {
            let fault = Err(ChainFault { place: 1, what: ChainFaultKind::Changed });
            assert_eq!(looked_at(wrong, &rows, &end, None), fault);
        }
    }

    #[test]
    fn an_end_that_was_changed_stays_found_behind_what_is_written_next() {
        let chain = chain("own");
        let (mut rows, mut end) = written(&chain, &["a", "b"]);
        rows.truncate(1);
        (end.place, end.digest) = (1, rows[0].2.clone());
        assert!(!chain.holds(&end));
        let end = chain.behind(&chain.broken(&end), b"c");
        rows.push((2, b"c".to_vec(), end.digest.clone()));
        let fault = Err(ChainFault { place: 2, what: ChainFaultKind::Changed });
        assert_eq!(looked_at(&chain, &rows, &end, None), fault);
    }
}
