//! Signing in by a code that is sent by mail.

use base::{Randomness, Span, Timestamp};

/// How long a code is good for.
pub const CODE_LIFETIME: Span = Span::from_mins(10);

/// How often a code may be tried.
pub const MOST_TRIES: u32 = 5;

/// How long somebody stays signed in.
pub const SESSION: Span = Span::from_hours(24 * 30);

/// A code that was sent, as it is kept: only its digest, and only for the browser that asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentCode {
    /// How often it was tried.
    pub tries: u32,
    /// The first instant in which it is good no more.
    pub ends: Timestamp,
}

/// What comes of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    /// It is the code.
    Right,
    /// It is not; so many tries are left.
    Wrong {
        /// How many more.
        left: u32,
    },
    /// The code is good no more.
    Spent,
}

/// Whether what was typed is the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// It is.
    Same,
    /// It is not.
    Different,
}

impl SentCode {
    /// What comes of this try.
    pub fn tried(self, comparison: Comparison, now: Timestamp) -> Tried {
        if now >= self.ends || self.tries >= MOST_TRIES {
            return Tried::Spent;
        }
        match comparison {
            Comparison::Same => Tried::Right,
            Comparison::Different if self.tries + 1 >= MOST_TRIES => Tried::Spent,
            Comparison::Different => Tried::Wrong { left: MOST_TRIES - self.tries - 1 },
        }
    }
}

/// A new code: six digits.
pub fn new_code(randomness: &Randomness) -> String {
    format!("{:06}", randomness.below(1_000_000))
}

/// How many codes may be asked for within a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How many.
    pub most: u32,
    /// Within how long.
    pub within: Span,
}

/// For one address, so that nobody's mailbox is filled.
pub const PER_ADDRESS: Limit = Limit { most: 5, within: Span::from_mins(15) };

/// How long codes count that are sent in all.
pub const IN_ALL: Span = Span::from_mins(1);

/// For one browser, so that nobody tries addresses one after the other.
pub const PER_BROWSER: Limit = Limit { most: 8, within: Span::from_mins(15) };

impl Limit {
    /// For one network address, so that cookies that are thrown away win nothing.
    pub const fn per_peer(most: u32) -> Self {
        Self { most, within: PER_ADDRESS.within }
    }

    /// For everybody together, so that the service is no machine for sending mail.
    pub const fn in_all(most: u32) -> Self {
        Self { most, within: IN_ALL }
    }

    /// From when on attempts count at `now`.
    pub fn since(self, now: Timestamp) -> Timestamp {
        now.minus(self.within)
    }
}

/// The mailbox that an address leads to, as far as codes are counted by it: `name+word@` is the mailbox `name@`
/// (RFC 5233), and no mailbox of life differs from another by its letters' case.
pub fn mailbox(address: &str) -> String {
    let address = address.to_lowercase();
    let Some((local, domain)) = address.rsplit_once('@') else { return address };
    // A word before it is the mailbox; without one the plus is part of the name.
    let local = local.split_once('+').map_or(local, |(name, _)| if name.is_empty() { local } else { name });
    format!("{local}@{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_mailbox_are_counted_as_one() {
        let check = |address: &str, expected: &str| assert_eq!(mailbox(address), expected, "{address}");
        check("hanako@example.jp", "hanako@example.jp");
        check("Hanako+1@Example.jp", "hanako@example.jp");
        check("hanako+a+b@example.jp", "hanako@example.jp");
        check("+81@example.jp", "+81@example.jp");
        check("ha.nako@example.jp", "ha.nako@example.jp");
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(second)
    }

    #[test]
    fn a_code_is_tried_five_times_within_ten_minutes() {
        let check = |tries, comparison, second, expected| {
            assert_eq!(SentCode { tries, ends: at(600) }.tried(comparison, at(second)), expected, "{tries} {second}");
        };
        check(0, Comparison::Same, 0, Tried::Right);
        check(0, Comparison::Different, 0, Tried::Wrong { left: 4 });
        check(3, Comparison::Different, 0, Tried::Wrong { left: 1 });
        check(4, Comparison::Different, 0, Tried::Spent);
        check(4, Comparison::Same, 0, Tried::Right);
        check(5, Comparison::Same, 0, Tried::Spent);
        check(0, Comparison::Same, 599, Tried::Right);
        check(0, Comparison::Same, 600, Tried::Spent);
    }

    #[test]
    fn a_new_code_has_six_digits() {
        let randomness = Randomness::repeatable("code");
        assert!((0..200).all(|_| base::text::parse_one_time_code(&new_code(&randomness)).is_some()));
    }
}
