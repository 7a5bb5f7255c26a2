use std::{
    fmt,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::{SignedDuration, Zoned, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// A calendar day. Visit days are days in Japan.
pub type Date = jiff::civil::Date;

/// A length of time.
pub type Span = SignedDuration;

/// A point in time, to the millisecond, in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since 1970-01-01T00:00:00Z, as stored. Clamped to the years 1 to 9999.
    pub fn from_milliseconds(milliseconds: i64) -> Self {
        Self(milliseconds.clamp(-62_135_596_800_000, 253_402_300_799_999))
    }

    /// From seconds since 1970-01-01T00:00:00Z, as in JWT and OCSP.
    pub fn from_seconds(seconds: i64) -> Self {
        Self::from_milliseconds(seconds.saturating_mul(1000))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn milliseconds(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The point `span` later (or earlier, if negative).
    #[must_use]
    pub fn plus(self, span: Span) -> Self {
        Self::from_milliseconds(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The point `span` earlier.
    #[must_use]
    pub fn minus(self, span: Span) -> Self {
        self.plus(-span)
    }

    /// How long after `earlier` this is.
    pub fn duration_since(self, earlier: Self) -> Span {
        Span::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// The same instant in Japan's time zone.
    pub fn in_japan(self) -> Zoned {
        self.instant().to_zoned(japan_time_zone())
    }

    /// Its date in Japan.
    pub fn japan_date(self) -> Date {
        self.in_japan().date()
    }

    fn instant(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

/// Japan's time zone. Japan has had no summer time since 1951, so a fixed offset is exact for every date in use here.
fn japan_time_zone() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(9))
}

/// The first instant of a day in Japan.
pub fn start_of_day(date: Date) -> Timestamp {
    let midnight = date.to_datetime(jiff::civil::Time::midnight());
    japan_time_zone()
        .to_ambiguous_timestamp(midnight)
        .compatible()
        .map_or(Timestamp(0), |instant| Timestamp::from_milliseconds(instant.as_millisecond()))
}

/// The first instant after a day in Japan: valid on the day means valid before this instant.
pub fn end_of_day(date: Date) -> Timestamp {
    start_of_day(date).plus(Span::from_hours(24))
}

/// A text that is no calendar date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a date as YYYY-MM-DD")]
pub struct UnreadableDate(pub String);

/// Reads `YYYY-MM-DD` or `YYYYMMDD`.
pub fn parse_date(text: &str) -> Result<Date, UnreadableDate> {
    let plain = text.is_ascii() && matches!((text.len(), text.matches('-').count()), (10, 2) | (8, 0));
    let wrong = || UnreadableDate(text.chars().take(40).collect());
    if plain { text.parse().map_err(|_| wrong()) } else { Err(wrong()) }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in Japan's time, to the second.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.in_japan().strftime("%Y-%m-%dT%H:%M:%S%:z"))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for Timestamp {
    type Err = UnreadableDate;

    fn from_str(text: &str) -> Result<Self, UnreadableDate> {
        text.parse::<jiff::Timestamp>()
            .map(|instant| Self::from_milliseconds(instant.as_millisecond()))
            .map_err(|_| UnreadableDate(text.chars().take(40).collect()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The clock of a service, read once per request.
///
/// The demonstration's clock starts at a chosen time and can be set, so that midnight in Japan can be tried at noon.
#[derive(Clone)]
pub struct Clock {
    hands: Arc<Hands>,
}

/// What all clones of a clock read and set, in milliseconds.
enum Hands {
    /// Runs with the machine, this much ahead of it.
    Running { ahead: AtomicI64 },
    /// Shows this time until it is set.
    Stopped { at: AtomicI64 },
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self { hands: Arc::new(Hands::Running { ahead: AtomicI64::new(0) }) }
    }

    /// A clock that starts at `start` and runs on from there.
    pub fn starting_at(start: Timestamp) -> Self {
        let clock = Self::system();
        clock.set(start);
        clock
    }

    /// A clock that shows `time` until it is set, so that what a test sees does not depend on the machine's speed.
    pub fn stopped_at(time: Timestamp) -> Self {
        Self { hands: Arc::new(Hands::Stopped { at: AtomicI64::new(time.milliseconds()) }) }
    }

    /// The current time.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_milliseconds(match &*self.hands {
            Hands::Running { ahead } => machine_time().saturating_add(ahead.load(Ordering::Relaxed)),
            Hands::Stopped { at } => at.load(Ordering::Relaxed),
        })
    }

    /// Sets all clones of this clock to `time`; a running clock runs on from there.
    pub fn set(&self, time: Timestamp) {
        match &*self.hands {
            Hands::Running { ahead } => {
                ahead.store(time.milliseconds().saturating_sub(machine_time()), Ordering::Relaxed);
            }
            Hands::Stopped { at } => at.store(time.milliseconds(), Ordering::Relaxed),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the clock itself")]
fn machine_time() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timestamp(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn the_day_in_japan_turns_at_three_in_the_afternoon_utc() {
        assert_eq!(timestamp("2026-11-24T14:59:59Z").japan_date(), parse_date("2026-11-24").unwrap());
        assert_eq!(timestamp("2026-11-24T15:00:00Z").japan_date(), parse_date("2026-11-25").unwrap());
        assert_eq!(end_of_day(parse_date("2026-11-24").unwrap()), timestamp("2026-11-24T15:00:00Z"));
    }

    #[test]
    fn a_timestamp_reads_what_it_writes() {
        let time = timestamp("2026-11-24T09:00:00+09:00");
        assert_eq!(time.to_string(), "2026-11-24T09:00:00+09:00");
        assert_eq!(timestamp(&time.to_string()), time);
    }

    #[test]
    fn a_moved_clock_is_moved_for_all_who_hold_it() {
        let clock = Clock::starting_at(timestamp("2026-11-24T09:00:00+09:00"));
        let clone = clock.clone();
        clock.set(timestamp("2027-01-01T00:00:00+09:00"));
        assert!(clone.now() >= timestamp("2027-01-01T00:00:00+09:00"));
    }

    #[test]
    fn a_stopped_clock_shows_the_time_it_was_set_to() {
        let clock = Clock::stopped_at(timestamp("2026-11-24T09:00:00+09:00"));
        assert_eq!(clock.now(), timestamp("2026-11-24T09:00:00+09:00"));
        clock.clone().set(timestamp("2027-01-01T00:00:00+09:00"));
        assert_eq!(clock.now(), timestamp("2027-01-01T00:00:00+09:00"));
    }

    #[test]
    fn days_are_read_in_two_ways_and_no_third() {
        assert_eq!(parse_date("20261124"), parse_date("2026-11-24"));
        for wrong in ["2026-02-30", "2026-11-24T00:00", "26-11-24", "", "２０２６1124", "2026-1-024"] {
            assert!(parse_date(wrong).is_err(), "{wrong}");
        }
    }
}
