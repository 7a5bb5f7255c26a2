//! Pseudo-random numbers that depend on a seed alone.

/// A stream of numbers (SplitMix64): the same on every machine, with one stream for each purpose, so that a draw for one
/// purpose does not affect another. Unsuitable for secrets.
#[derive(Debug, Clone)]
pub(super) struct Draw(u64);

/// The purpose of a stream. The numbers never change: they are part of what a seed determines.
#[derive(Debug, Clone, Copy)]
pub(super) enum StreamKind {
    Block = 1,
    Household = 2,
    Member = 3,
    Name = 4,
    Work = 5,
    Term = 6,
    Income = 7,
    Certificate = 8,
    Health = 9,
    CheckUp = 10,
    Card = 11,
    Home = 12,
    Assistance = 13,
}

impl Draw {
    /// The stream of one kind with this number.
    pub(super) fn new(seed: u32, kind: StreamKind, number: u64) -> Self {
        Self(mix(mix((u64::from(seed) << 8) | kind as u64) ^ number))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number below `bound`. The bias of the multiplication is negligible for ten million persons.
    pub(super) fn next_below(&mut self, bound: u32) -> u32 {
        let high = self.next() >> 32;
        u32::try_from((high * u64::from(bound)) >> 32).unwrap_or(0)
    }

    /// A number from the first to the last, both included.
    pub(super) fn next_between(&mut self, first: u32, last: u32) -> u32 {
        first + self.next_below(last - first + 1)
    }

    /// True with this probability in ten thousandths.
    pub(super) fn next_chance(&mut self, in_ten_thousand: u32) -> bool {
        self.next_below(10_000) < in_ten_thousand
    }

    /// An element of a non-empty list.
    pub(super) fn pick<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[self.next_below(u32::try_from(list.len()).unwrap_or(u32::MAX)) as usize]
    }

    /// An element of a list, the first ones far more often, as with family names.
    pub(super) fn pick_common<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[self.next_common_index(list.len())]
    }

    /// An index of a list of this length: the smaller one of two draws.
    pub(super) fn next_common_index(&mut self, length: usize) -> usize {
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        self.next_below(length).min(self.next_below(length)) as usize
    }

    /// An element of a list by weight, of which at least one is not zero.
    pub(super) fn pick_weighted<T: Copy>(&mut self, list: &[(u32, T)]) -> T {
        let mut remaining = self.next_below(list.iter().map(|(weight, _)| weight).sum());
        for (weight, value) in list {
            if remaining < *weight {
                return *value;
            }
            remaining -= weight;
        }
        list[list.len() - 1].1
    }
}

/// The finalizer of SplitMix64.
fn mix(mut state: u64) -> u64 {
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_its_seed_and_nothing_else() {
        let first = |seed, kind, number| Draw::new(seed, kind, number).next_below(1_000_000);
        assert_eq!(first(1, StreamKind::Name, 7), first(1, StreamKind::Name, 7));
        assert_ne!(first(1, StreamKind::Name, 7), first(2, StreamKind::Name, 7));
        assert_ne!(first(1, StreamKind::Name, 7), first(1, StreamKind::Work, 7));
        assert_ne!(first(1, StreamKind::Name, 7), first(1, StreamKind::Name, 8));
    }

    #[test]
    fn draws_stay_in_their_bounds() {
        let mut draw = Draw::new(1, StreamKind::Name, 0);
        for _ in 0..10_000 {
            assert!(draw.next_below(7) < 7);
            assert!((3..=5).contains(&draw.next_between(3, 5)));
            assert_ne!(draw.pick_weighted(&[(1, 'a'), (0, 'b'), (3, 'c')]), 'b');
        }
        assert!((0..1000).all(|_| draw.next_chance(10_000) && !draw.next_chance(0)));
    }
}
