//! The grid of slots, and when a slot may be booked.

use base::{Date, InstitutionCode, Span, Timestamp, UnreadableId};
use jiff::ToSpan;

use crate::practitioners::rules::practitioner::PractitionerId;

/// The unit of the grid of slots. A longer visit takes several units.
pub const UNIT_MINUTES: u32 = 15;

/// How many days ahead, today included, patients can book at most.
pub const HORIZON_DAYS: u32 = 60;

/// Why a time is not a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotASlot {
    #[error("the time has passed")]
    Past,
    /// Later than the menu's notice allows.
    #[error("the menu has to be booked earlier")]
    TooLate,
    /// Beyond the horizon of the menu.
    #[error("the time is too many days ahead")]
    TooFar,
    /// Outside of the hours of every doctor, or during a closure.
    #[error("no doctor receives patients at that time")]
    Closed,
    /// The menu has as many visits on that day as it takes.
    #[error("the menu is fully booked on that day")]
    DayFull,
    /// Not on the grid of quarter hours.
    #[error("no visit begins at that time")]
    OffGrid,
}

/// When a menu may be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookingWindow {
    /// How many minutes before the visit it must be booked at the latest.
    pub notice_minutes: u32,
    /// How many days ahead, today included, it can be booked.
    pub horizon_days: u32,
}

impl Default for BookingWindow {
    fn default() -> Self {
        Self { notice_minutes: 0, horizon_days: HORIZON_DAYS }
    }
}

impl BookingWindow {
    /// The last day that can be booked.
    pub fn last_day(self, today: Date) -> Date {
        today.saturating_add((i64::from(self.horizon_days.max(1)) - 1).days())
    }

    /// Whether a visit may begin at `start`, by its distance from `now`.
    ///
    /// # Errors
    /// The start has passed, is nearer than the notice allows, or is beyond the horizon.
    pub fn check(self, start: Timestamp, now: Timestamp) -> Result<(), NotASlot> {
        if start <= now {
            return Err(NotASlot::Past);
        }
        if start < now.plus(Span::from_mins(i64::from(self.notice_minutes))) {
            return Err(NotASlot::TooLate);
        }
        if start.japan_date() > self.last_day(now.japan_date()) { Err(NotASlot::TooFar) } else { Ok(()) }
    }
}

/// What a visit needs of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotTerms {
    /// The length of the visit.
    pub minutes: u32,
    /// The doctor's time after the visit.
    pub buffer_minutes: u32,
    pub window: BookingWindow,
    pub capacity: Option<DailyCapacity>,
}

/// How many visits of a menu an institution takes on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailyCapacity {
    pub institution: InstitutionCode,
    pub menu: u32,
    pub visits: u32,
}

impl SlotTerms {
    /// How long the doctor is occupied, in whole units.
    pub fn block_minutes(self) -> u32 {
        count_units(self.minutes + self.buffer_minutes) * UNIT_MINUTES
    }

    /// The quarter hours that a visit takes. The database has a unique row for each.
    pub fn units(self, start: Timestamp) -> impl Iterator<Item = Timestamp> {
        units_from(start, self.block_minutes())
    }
}

fn units_from(start: Timestamp, minutes: u32) -> impl Iterator<Item = Timestamp> {
    (0..i64::from(count_units(minutes))).map(move |unit| start.plus(Span::from_mins(unit * i64::from(UNIT_MINUTES))))
}

fn count_units(minutes: u32) -> u32 {
    minutes.div_ceil(UNIT_MINUTES).max(1)
}

/// The menu and the slot to book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookingRequest {
    pub institution: InstitutionCode,
    pub menu: u32,
    /// The doctor; None if any will do.
    pub practitioner: Option<PractitionerId>,
    pub start: Timestamp,
}

impl BookingRequest {
    /// Parses the parameters of an address or a form; the start in milliseconds since 1970. An empty text stands for any
    /// doctor.
    pub fn parse(institution: &str, menu: &str, practitioner: &str, start: &str) -> Option<Self> {
        let start = Timestamp::from_milliseconds(start.parse().ok()?);
        let practitioner = parse_practitioner_choice(practitioner).ok()?;
        Some(Self { institution: institution.parse().ok()?, menu: menu.parse().ok()?, practitioner, start })
    }
}

/// The doctor of a parameter: an id, or an empty text for any.
pub fn parse_practitioner_choice(text: &str) -> Result<Option<PractitionerId>, UnreadableId> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

/// The end of the hold of a slot that is chosen at `now`: after `minutes`, and never after the start of the visit.
pub fn hold_end(now: Timestamp, start: Timestamp, minutes: u16) -> Timestamp {
    now.plus(Span::from_mins(i64::from(minutes))).min(start)
}

/// Whether a time is on the grid.
pub fn is_on_grid(start: Timestamp) -> bool {
    start.milliseconds() % (i64::from(UNIT_MINUTES) * 60_000) == 0
}

/// The Monday of the week of a day.
pub fn monday_of_week(date: Date) -> Date {
    date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_timestamp(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    fn parse_date(text: &str) -> Date {
        base::parse_date(text).expect("a date")
    }

    #[test]
    fn a_menu_is_booked_neither_too_late_nor_too_far_ahead() {
        let now = parse_timestamp("2026-11-30T09:10:00+09:00");
        let check = |notice_minutes, horizon_days, start: &str, expected| {
            let window = BookingWindow { notice_minutes, horizon_days };
            assert_eq!(window.check(parse_timestamp(start), now), expected, "{window:?} {start}");
        };
        check(0, 60, "2026-11-30T09:15:00+09:00", Ok(()));
        check(0, 60, "2026-11-30T09:10:00+09:00", Err(NotASlot::Past));
        check(60, 60, "2026-11-30T10:10:00+09:00", Ok(()));
        check(60, 60, "2026-11-30T10:00:00+09:00", Err(NotASlot::TooLate));
        check(0, 1, "2026-11-30T23:45:00+09:00", Ok(()));
        check(0, 1, "2026-12-01T00:00:00+09:00", Err(NotASlot::TooFar));
        check(0, 60, "2027-01-28T23:45:00+09:00", Ok(()));
        check(0, 60, "2027-01-29T00:00:00+09:00", Err(NotASlot::TooFar));
    }

    #[test]
    fn a_visit_takes_whole_quarter_hours_with_its_buffer() {
        let check = |minutes, buffer_minutes, expected: usize| {
            let terms = SlotTerms { minutes, buffer_minutes, window: BookingWindow::default(), capacity: None };
            let start = parse_timestamp("2026-11-30T09:00:00+09:00");
            assert_eq!(terms.units(start).count(), expected, "{terms:?}");
        };
        check(15, 0, 1);
        check(20, 0, 2);
        check(10, 5, 1);
        check(15, 5, 2);
        check(30, 15, 3);
        check(0, 0, 1);
    }

    #[test]
    fn a_hold_ends_with_its_minutes_or_with_the_visit() {
        let check = |start: &str, expected: &str| {
            assert_eq!(
                hold_end(parse_timestamp("2026-11-30T09:20:00+09:00"), parse_timestamp(start), 10),
                parse_timestamp(expected),
                "{start}"
            );
        };
        check("2026-11-30T10:00:00+09:00", "2026-11-30T09:30:00+09:00");
        check("2026-11-30T09:25:00+09:00", "2026-11-30T09:25:00+09:00");
    }

    #[test]
    fn any_doctor_is_an_empty_parameter_and_nothing_else() {
        assert_eq!(parse_practitioner_choice(""), Ok(None));
        assert_eq!(parse_practitioner_choice("1"), Err(UnreadableId));
        let id = PractitionerId::new(Timestamp::from_seconds(0), &base::Randomness::repeatable("doctor"));
        assert_eq!(parse_practitioner_choice(&id.to_string()), Ok(Some(id)));
    }

    #[test]
    fn weeks_begin_on_monday() {
        assert_eq!(monday_of_week(parse_date("2026-11-22")), parse_date("2026-11-16"));
        assert_eq!(monday_of_week(parse_date("2026-11-23")), parse_date("2026-11-23"));
    }
}
