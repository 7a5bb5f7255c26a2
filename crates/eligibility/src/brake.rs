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
pub(crate) struct Brake {
    most: u32,
    counted: Arc<Mutex<HashMap<Fingerprint, Counted>>>,
}

struct Counted {
    since: Timestamp,
    misses: u32,
}

/// What a miss did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It was counted.
    Counted,
    /// It was one too many: nothing more is answered until the minute is over.
    Braked,
}

impl Brake {
    pub(crate) fn new(most: u32) -> Self {
        Self { most, counted: Arc::default() }
    }

    /// From when on this certificate is answered again, if it is not answered now.
    pub(crate) fn until(&self, certificate: Fingerprint, now: Timestamp) -> Option<Timestamp> {
        let counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let Counted { since, misses } = counted.get(&certificate)?;
        let end = since.plus(WINDOW);
        (*misses > self.most && now >= *since && now < end).then_some(end)
    }

    /// Counts a miss.
    pub(crate) fn note(&self, certificate: Fingerprint, now: Timestamp) -> Effect {
        let mut all = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        // What is over is of no use, and a clock may have been set back.
        all.retain(|_, counted| now >= counted.since && now < counted.since.plus(WINDOW));
        let counted = all.entry(certificate).or_insert(Counted { since: now, misses: 0 });
        counted.misses += 1;
        if counted.misses == self.most + 1 { Effect::Braked } else { Effect::Counted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misses_of_one_certificate_in_a_minute_are_braked_once() {
        let brake = Brake::new(3);
        let (one, other) = (Fingerprint::of(b"one"), Fingerprint::of(b"other"));
        let at = |second: i64| Timestamp::from_seconds(1_000_000 + second);
        for second in 0..3 {
            assert_eq!(brake.note(one, at(second)), Effect::Counted);
        }
        assert_eq!(brake.until(one, at(3)), None);
        assert_eq!(brake.note(one, at(4)), Effect::Braked);
        assert_eq!(brake.note(one, at(5)), Effect::Counted, "it is told once");
        assert_eq!(brake.until(one, at(6)), Some(at(60)));
        assert_eq!((brake.until(other, at(6)), brake.until(one, at(60))), (None, None));
        assert_eq!(brake.note(one, at(60)), Effect::Counted, "another minute");
        // A demo's clock can be set back.
        assert_eq!(brake.until(one, at(0)), None);
    }
}
