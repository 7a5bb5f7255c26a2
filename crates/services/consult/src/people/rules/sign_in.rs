//! Signing in with a one-time code that is sent by mail.

use base::{Span, Timestamp};

/// For how long a code is valid.
pub const CODE_LIFETIME: Span = Span::from_mins(10);

/// The minimum time between two codes to the same address.
pub const RESEND_AFTER: Span = Span::from_secs(30);

/// The seconds from `now` until another code can be sent, rounded up; 0 if at once.
pub fn seconds_until_resend(sent_at: Timestamp, now: Timestamp) -> i64 {
    (sent_at.plus(RESEND_AFTER).milliseconds() - now.milliseconds() + 999).max(0) / 1000
}

/// How many attempts a code allows.
pub const MAX_CODE_TRIES: u32 = 5;

/// How long a session lasts.
pub const SESSION_LIFETIME: Span = Span::from_hours(24 * 30);

/// The state of a code that was sent. The code itself is stored as a digest, for the browser that requested it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentCode {
    /// How many attempts were made.
    pub tries: u32,
    /// The first instant at which the code is invalid.
    pub expires_at: Timestamp,
}

/// The outcome of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeCheckOutcome {
    Correct,
    /// Another code, with attempts left.
    Wrong {
        tries_left: u32,
    },
    /// The code has expired or has no attempts left.
    Unusable,
}

/// Whether the input equals the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Same,
    Different,
}

impl SentCode {
    /// The outcome of this attempt.
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

/// How many codes may be requested within a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeLimit {
    pub max: u32,
    pub window: Span,
}

/// Per mailbox, so that none is flooded.
pub const LIMIT_PER_ADDRESS: CodeLimit = CodeLimit { max: 5, window: Span::from_mins(15) };

/// The window of [`CodeLimit::global`].
pub const GLOBAL_LIMIT_WINDOW: Span = Span::from_mins(1);

/// Per browser, so that nobody tries many addresses in a row.
pub const LIMIT_PER_BROWSER: CodeLimit = CodeLimit { max: 8, window: Span::from_mins(15) };

impl CodeLimit {
    /// Per network address, so that deleting cookies does not evade the limit.
    pub const fn per_peer(max: u32) -> Self {
        Self { max, window: LIMIT_PER_ADDRESS.window }
    }

    /// For all requests together, so that the service cannot be abused for sending mail.
    pub const fn global(max: u32) -> Self {
        Self { max, window: GLOBAL_LIMIT_WINDOW }
    }

    /// From when on requests count at `now`.
    pub fn window_start(self, now: Timestamp) -> Timestamp {
        now.minus(self.window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
