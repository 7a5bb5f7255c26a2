//! Signing in by a code that is sent by mail.

use base::{Randomness, Span, Timestamp};

/// How long a code is good for.
pub const CODE_LIFETIME: Span = Span::from_mins(10);

/// How long one waits before another code is sent to the same address.
pub const RESEND_AFTER: Span = Span::from_secs(30);

/// How many seconds are to be waited at `now` before another code is sent.
pub fn seconds_until_resend(sent_at: Timestamp, now: Timestamp) -> i64 {
    (sent_at.plus(RESEND_AFTER).milliseconds() - now.milliseconds() + 999).max(0) / 1000
}

/// How often a code may be tried.
pub const MAX_CODE_TRIES: u32 = 5;

/// How long somebody stays signed in.
pub const SESSION_LIFETIME: Span = Span::from_hours(24 * 30);

/// A code that was sent, as it is kept: only its digest, and only for the browser that asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentCode {
    /// How often it was tried.
    pub tries: u32,
    /// The first instant in which it is good no more.
    pub expires_at: Timestamp,
}

/// What comes of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeCheckOutcome {
    /// It is the code.
    Correct,
    /// It is not; so many tries are left.
    Wrong {
        /// How many more.
        tries_left: u32,
    },
    /// The code is good no more.
    Unusable,
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
    pub fn check_code(self, comparison: Comparison, now: Timestamp) -> CodeCheckOutcome {
        if now >= self.expires_at || self.tries >= MAX_CODE_TRIES {
            return CodeCheckOutcome::Unusable;
        }
        match comparison {
            Comparison::Same => CodeCheckOutcome::Correct,
            Comparison::Different if self.tries + 1 >= MAX_CODE_TRIES => CodeCheckOutcome::Unusable,
            Comparison::Different => CodeCheckOutcome::Wrong { tries_left: MAX_CODE_TRIES - self.tries - 1 },
        }
    }
}

/// A new code: six digits.
pub fn new_code(randomness: &Randomness) -> String {
    format!("{:06}", randomness.number_below(1_000_000))
}

/// How many codes may be asked for within a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeLimit {
    /// How many.
    pub max: u32,
    /// Within how long.
    pub window: Span,
}

/// For one address, so that nobody's mailbox is filled.
pub const LIMIT_PER_ADDRESS: CodeLimit = CodeLimit { max: 5, window: Span::from_mins(15) };

/// How long codes count that are sent in all.
pub const GLOBAL_LIMIT_WINDOW: Span = Span::from_mins(1);

/// For one browser, so that nobody tries addresses one after the other.
pub const LIMIT_PER_BROWSER: CodeLimit = CodeLimit { max: 8, window: Span::from_mins(15) };

impl CodeLimit {
    /// For one network address, so that cookies that are thrown away win nothing.
    pub const fn per_peer(most: u32) -> Self {
        Self { max: most, window: LIMIT_PER_ADDRESS.window }
    }

    /// For everybody together, so that the service is no machine for sending mail.
    pub const fn global(most: u32) -> Self {
        Self { max: most, window: GLOBAL_LIMIT_WINDOW }
    }

    /// From when on attempts count at `now`.
    pub fn window_start(self, now: Timestamp) -> Timestamp {
        now.minus(self.window)
    }
}

/// The mailbox that an address leads to, as far as codes are counted by it: `name+word@` is the mailbox `name@`
/// (RFC 5233), and no mailbox of life differs from another by its letters' case.
pub fn canonical_mailbox(address: &str) -> String {
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
        let check = |address: &str, expected: &str| assert_eq!(canonical_mailbox(address), expected, "{address}");
        check("hanako@example.jp", "hanako@example.jp");
        check("Hanako+1@Example.jp", "hanako@example.jp");
        check("hanako+a+b@example.jp", "hanako@example.jp");
        check("+81@example.jp", "+81@example.jp");
        check("ha.nako@example.jp", "ha.nako@example.jp");
    }

    fn at_second(second: i64) -> Timestamp {
        Timestamp::from_seconds(second)
    }

    #[test]
    fn a_code_is_tried_five_times_within_ten_minutes() {
        let check = |tries, comparison, second, expected| {
            assert_eq!(
                SentCode { tries, expires_at: at_second(600) }.check_code(comparison, at_second(second)),
                expected,
                "{tries} {second}"
            );
        };
        check(0, Comparison::Same, 0, CodeCheckOutcome::Correct);
        check(0, Comparison::Different, 0, CodeCheckOutcome::Wrong { tries_left: 4 });
        check(3, Comparison::Different, 0, CodeCheckOutcome::Wrong { tries_left: 1 });
        check(4, Comparison::Different, 0, CodeCheckOutcome::Unusable);
        check(4, Comparison::Same, 0, CodeCheckOutcome::Correct);
        check(5, Comparison::Same, 0, CodeCheckOutcome::Unusable);
        check(0, Comparison::Same, 599, CodeCheckOutcome::Correct);
        check(0, Comparison::Same, 600, CodeCheckOutcome::Unusable);
    }

    #[test]
    fn another_code_is_sent_after_half_a_minute() {
        let check = |milliseconds, expected| {
            let now = Timestamp::from_milliseconds(milliseconds);
            assert_eq!(seconds_until_resend(at_second(100), now), expected, "{milliseconds}");
        };
        check(100_000, 30);
        check(129_001, 1);
        check(130_000, 0);
        check(900_000, 0);
    }

    #[test]
    fn a_new_code_has_six_digits() {
        let randomness = Randomness::repeatable("code");
        assert!((0..200).all(|_| base::text::parse_one_time_code(&new_code(&randomness)).is_some()));
    }
}
