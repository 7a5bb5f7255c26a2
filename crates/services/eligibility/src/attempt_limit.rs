//! Attempt limit for institutions that try insurance documents one after the other.
//!
//! Misses are counted in this process, by the certificate of the caller. Each has an audit row besides.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use base::{Span, Timestamp};

use crate::Fingerprint;

/// How long misses count.
const WINDOW: Span = Span::from_mins(1);

/// The default limit of misses a minute for one certificate. A desk that types documents has a few.
pub const MISSES_A_MINUTE: u32 = 60;

/// Counts misses. Clones share the count.
#[derive(Clone)]
pub(crate) struct AttemptLimit {
    max_misses: u32,
    counts: Arc<Mutex<HashMap<Fingerprint, MissCount>>>,
}

struct MissCount {
    since: Timestamp,
    misses: u32,
}

/// The effect of a miss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MissEffect {
    Counted,
    /// The limit is exceeded: all requests are refused until the minute is over.
    LimitReached,
}

impl AttemptLimit {
    pub(crate) fn new(max_misses: u32) -> Self {
        Self { max_misses, counts: Arc::default() }
    }

    /// When this certificate is accepted again, if it is refused now.
    pub(crate) fn locked_until(&self, certificate: Fingerprint, now: Timestamp) -> Option<Timestamp> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let MissCount { since, misses } = counts.get(&certificate)?;
        let end = since.plus(WINDOW);
        (*misses > self.max_misses && now >= *since && now < end).then_some(end)
    }

    /// Counts a miss.
    pub(crate) fn record_miss(&self, certificate: Fingerprint, now: Timestamp) -> MissEffect {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        // Expired counts are removed; so are future ones, as a demo's clock can be set back.
        counts.retain(|_, counted| now >= counted.since && now < counted.since.plus(WINDOW));
        let counted = counts.entry(certificate).or_insert(MissCount { since: now, misses: 0 });
        counted.misses += 1;
        if counted.misses == self.max_misses + 1 { MissEffect::LimitReached } else { MissEffect::Counted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misses_of_one_certificate_in_a_minute_are_braked_once() {
        let limit = AttemptLimit::new(3);
        let (certificate, other_certificate) =
            (Fingerprint::from_certificate(b"one"), Fingerprint::from_certificate(b"other"));
        let time = |second: i64| Timestamp::from_seconds(1_000_000 + second);
        for second in 0..3 {
            assert_eq!(limit.record_miss(certificate, time(second)), MissEffect::Counted);
        }
        assert_eq!(limit.locked_until(certificate, time(3)), None);
        assert_eq!(limit.record_miss(certificate, time(4)), MissEffect::LimitReached);
        assert_eq!(limit.record_miss(certificate, time(5)), MissEffect::Counted, "it is reported once");
        assert_eq!(limit.locked_until(certificate, time(6)), Some(time(60)));
        assert_eq!(
            (limit.locked_until(other_certificate, time(6)), limit.locked_until(certificate, time(60))),
            (None, None)
        );
        assert_eq!(limit.record_miss(certificate, time(60)), MissEffect::Counted, "a new minute");
        // A demo's clock can be set back.
        assert_eq!(limit.locked_until(certificate, time(0)), None);
    }
}
