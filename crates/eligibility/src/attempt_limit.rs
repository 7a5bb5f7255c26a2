//! A brake for an institution that tries insurance documents one after the other.
//!
//! Misses are counted in this process, by the certificate that asked. Each stands in the audit besides.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use base::{Span, Timestamp};

use crate::Fingerprint;

/// How long misses count.
const WINDOW: Span = Span::from_mins(1);

/// How many misses a minute one certificate may have, where nobody sets it. A desk that types documents off has a few.
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

/// What a miss did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MissEffect {
    /// It was counted.
    Counted,
    /// It was one too many: nothing more is answered until the minute is over.
    LimitReached,
}

impl AttemptLimit {
    pub(crate) fn new(most: u32) -> Self {
        Self { max_misses: most, counts: Arc::default() }
    }

    /// From when on this certificate is answered again, if it is not answered now.
    pub(crate) fn locked_until(&self, certificate: Fingerprint, now: Timestamp) -> Option<Timestamp> {
        let counted = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let MissCount { since, misses } = counted.get(&certificate)?;
        let end = since.plus(WINDOW);
        (*misses > self.max_misses && now >= *since && now < end).then_some(end)
    }

    /// Counts a miss.
    pub(crate) fn record_miss(&self, certificate: Fingerprint, now: Timestamp) -> MissEffect {
        let mut all = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        // What is over is of no use, and a clock may have been set back.
        all.retain(|_, counted| now >= counted.since && now < counted.since.plus(WINDOW));
        let counted = all.entry(certificate).or_insert(MissCount { since: now, misses: 0 });
        counted.misses += 1;
        if counted.misses == self.max_misses + 1 { MissEffect::LimitReached } else { MissEffect::Counted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misses_of_one_certificate_in_a_minute_are_braked_once() {
        let brake = AttemptLimit::new(3);
        let (one, other) = (Fingerprint::from_certificate(b"one"), Fingerprint::from_certificate(b"other"));
        let at = |second: i64| Timestamp::from_seconds(1_000_000 + second);
        for second in 0..3 {
            assert_eq!(brake.record_miss(one, at(second)), MissEffect::Counted);
        }
        assert_eq!(brake.locked_until(one, at(3)), None);
        assert_eq!(brake.record_miss(one, at(4)), MissEffect::LimitReached);
        assert_eq!(brake.record_miss(one, at(5)), MissEffect::Counted, "it is told once");
        assert_eq!(brake.locked_until(one, at(6)), Some(at(60)));
        assert_eq!((brake.locked_until(other, at(6)), brake.locked_until(one, at(60))), (None, None));
        assert_eq!(brake.record_miss(one, at(60)), MissEffect::Counted, "another minute");
        // A demo's clock can be set back.
        assert_eq!(brake.locked_until(one, at(0)), None);
    }
}
