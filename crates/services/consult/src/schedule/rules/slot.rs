//! The slots of an institution: from its opening hours in Japan time, without holidays, on a grid of quarter hours.

use std::collections::HashSet;

use base::{Date, InstitutionCode, Span, Timestamp, end_of_day, start_of_day};
use jiff::{ToSpan, civil::Weekday};
use jpholiday::{chrono::NaiveDate, jpholiday::JPHoliday};

/// The unit of the grid of slots. A longer menu takes several units.
pub const UNIT_MINUTES: u32 = 15;

/// How many days ahead, today included, a visit can be booked.
pub const HORIZON_DAYS: i32 = 60;

/// Hours of one weekday, in minutes after midnight in Japan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpeningHours {
    pub weekday: Weekday,
    pub from_minute: u32,
    pub to_minute: u32,
}

/// When an institution receives patients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningSchedule {
    pub hours: Vec<OpeningHours>,
    /// Whether it is closed on 国民の祝日.
    pub closed_on_holidays: bool,
}

/// Why a time is not a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotASlot {
    #[error("the time has passed")]
    Past,
    /// Beyond [`HORIZON_DAYS`].
    #[error("the time is more than {HORIZON_DAYS} days ahead")]
    TooFar,
    /// Outside the opening hours.
    #[error("the institution does not receive patients at that time")]
    Closed,
    /// Not on the grid of quarter hours.
    #[error("no visit begins at that time")]
    OffGrid,
}

/// The menu and the slot to book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookingRequest {
    pub institution: InstitutionCode,
    pub menu: u32,
    pub start: Timestamp,
}

impl BookingRequest {
    /// Parses the parameters of an address or a form; the start in milliseconds since 1970.
    pub fn parse(institution: &str, menu: &str, start: &str) -> Option<Self> {
        let start = Timestamp::from_milliseconds(start.parse().ok()?);
        Some(Self { institution: institution.parse().ok()?, menu: menu.parse().ok()?, start })
    }
}

/// The last day that can be booked.
pub fn last_bookable_day(today: Date) -> Date {
    today.saturating_add((HORIZON_DAYS - 1).days())
}

/// 国民の祝日 of the day, if it is one (国民の祝日に関する法律, 振替休日 included).
pub fn holiday_name(date: Date) -> Option<String> {
    let month = u32::try_from(date.month()).ok()?;
    let day = u32::try_from(date.day()).ok()?;
    JPHoliday::new().is_holiday_name(&NaiveDate::from_ymd_opt(i32::from(date.year()), month, day)?)
}

/// All slots of a day for a visit of `minutes`, free or not.
pub fn slots_of_day(opening: &OpeningSchedule, date: Date, minutes: u32) -> Vec<Timestamp> {
    if opening.closed_on_holidays && holiday_name(date).is_some() {
        return Vec::new();
    }
    let midnight = start_of_day(date);
    let step = count_units(minutes) * UNIT_MINUTES;
    let mut starts = Vec::new();
    for hours in opening.hours.iter().filter(|hours| hours.weekday == date.weekday()) {
        let mut minute = hours.from_minute;
        while minute + step <= hours.to_minute {
            starts.push(midnight.plus(Span::from_mins(i64::from(minute))));
            minute += step;
        }
    }
    starts.sort_unstable();
    starts
}

/// The free slots of a day: in the future, with all quarter hours of the visit free.
pub fn free_slots_of_day(
    opening: &OpeningSchedule,
    date: Date,
    minutes: u32,
    taken_units: &HashSet<Timestamp>,
    now: Timestamp,
) -> Vec<Timestamp> {
    let mut starts = slots_of_day(opening, date, minutes);
    starts.retain(|start| *start > now && visit_units(*start, minutes).all(|unit| !taken_units.contains(&unit)));
    starts
}

/// The first bookable day not before `earliest` with a free slot.
pub fn first_free_day(
    opening: &OpeningSchedule,
    earliest: Date,
    minutes: u32,
    taken_units: &HashSet<Timestamp>,
    now: Timestamp,
) -> Option<Date> {
    let today = now.japan_date();
    earliest
        .max(today)
        .series(1.day())
        .take_while(|date| *date <= last_bookable_day(today))
        .find(|date| !free_slots_of_day(opening, *date, minutes, taken_units, now).is_empty())
}

/// The free slots from now to the last bookable day.
pub fn free_slots<'a>(
    opening: &'a OpeningSchedule,
    minutes: u32,
    taken_units: &'a HashSet<Timestamp>,
    now: Timestamp,
) -> impl Iterator<Item = Timestamp> + 'a {
    let today = now.japan_date();
    today
        .series(1.day())
        .take_while(move |date| *date <= last_bookable_day(today))
        .flat_map(move |date| free_slots_of_day(opening, date, minutes, taken_units, now))
}

/// The end of the hold of a slot that is chosen at `now`: after `minutes`, and never after the start of the visit.
pub fn hold_end(now: Timestamp, start: Timestamp, minutes: u16) -> Timestamp {
    now.plus(Span::from_mins(i64::from(minutes))).min(start)
}

/// Whether a visit of `minutes` may begin at `start`.
pub fn check_bookable(
    opening: &OpeningSchedule,
    start: Timestamp,
    minutes: u32,
    now: Timestamp,
) -> Result<(), NotASlot> {
    if start <= now {
        return Err(NotASlot::Past);
    }
    if start >= end_of_day(last_bookable_day(now.japan_date())) {
        return Err(NotASlot::TooFar);
    }
    if start.milliseconds() % (i64::from(UNIT_MINUTES) * 60_000) != 0 {
        return Err(NotASlot::OffGrid);
    }
    if slots_of_day(opening, start.japan_date(), minutes).contains(&start) { Ok(()) } else { Err(NotASlot::Closed) }
}

/// The quarter hours that a visit takes. The database has a unique row for each.
pub fn visit_units(start: Timestamp, minutes: u32) -> impl Iterator<Item = Timestamp> {
    (0..i64::from(count_units(minutes))).map(move |unit| start.plus(Span::from_mins(unit * i64::from(UNIT_MINUTES))))
}

fn count_units(minutes: u32) -> u32 {
    minutes.div_ceil(UNIT_MINUTES).max(1)
}

/// The Monday of the week of a day.
pub fn monday_of_week(date: Date) -> Date {
    date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening() -> OpeningSchedule {
        let hours = |weekday, from_minute, to_minute| OpeningHours { weekday, from_minute, to_minute };
        OpeningSchedule {
            hours: vec![hours(Weekday::Monday, 9 * 60, 10 * 60), hours(Weekday::Tuesday, 9 * 60, 9 * 60 + 45)],
            closed_on_holidays: true,
        }
    }

    fn parse_timestamp(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    fn parse_date(text: &str) -> Date {
        base::parse_date(text).expect("a date")
    }

    #[test]
    fn slots_stand_within_the_hours_in_japan() {
        let check = |date: &str, minutes, expected: &[&str]| {
            let starts: Vec<_> = slots_of_day(&opening(), parse_date(date), minutes)
                .iter()
                .map(|start| start.to_string()[11..16].to_owned())
                .collect();
            assert_eq!(starts, expected, "{date} {minutes}");
        };
        check("2026-11-30", 15, &["09:00", "09:15", "09:30", "09:45"]);
        check("2026-11-30", 30, &["09:00", "09:30"]);
        check("2026-11-30", 20, &["09:00", "09:30"]);
        check("2026-12-01", 30, &["09:00"]);
        check("2026-12-02", 15, &[]);
        // 勤労感謝の日 is a Monday in 2026.
        check("2026-11-23", 15, &[]);
    }

    #[test]
    fn an_institution_may_open_on_holidays() {
        let open = OpeningSchedule { closed_on_holidays: false, ..opening() };
        assert_eq!(slots_of_day(&open, parse_date("2026-11-23"), 30).len(), 2);
    }

    #[test]
    fn a_moved_holiday_is_a_holiday() {
        let check =
            |date: &str, expected: bool| assert_eq!(holiday_name(parse_date(date)).is_some(), expected, "{date}");
        check("2026-05-06", true); // 振替休日: 憲法記念日 is a Sunday.
        check("2026-09-22", true); // 国民の休日 between two holidays.
        check("2027-01-01", true);
        check("2026-11-24", false);
    }

    #[test]
    fn a_time_is_refused_for_its_own_reason() {
        let now = parse_timestamp("2026-11-30T09:10:00+09:00");
        let check = |start: &str, expected| {
            assert_eq!(check_bookable(&opening(), parse_timestamp(start), 15, now), expected, "{start}");
        };
        check("2026-11-30T09:15:00+09:00", Ok(()));
        check("2026-11-30T09:00:00+09:00", Err(NotASlot::Past));
        check("2026-11-30T09:20:00+09:00", Err(NotASlot::OffGrid));
        check("2026-11-30T10:00:00+09:00", Err(NotASlot::Closed));
        check("2027-01-26T09:00:00+09:00", Ok(()));
        check("2027-02-01T09:00:00+09:00", Err(NotASlot::TooFar));
    }

    #[test]
    fn a_longer_visit_needs_all_its_quarter_hours() {
        let now = parse_timestamp("2026-11-29T09:00:00+09:00");
        let taken_units = HashSet::from([parse_timestamp("2026-11-30T09:15:00+09:00")]);
        let free = free_slots_of_day(&opening(), parse_date("2026-11-30"), 30, &taken_units, now);
        assert_eq!(free, [parse_timestamp("2026-11-30T09:30:00+09:00")]);
    }

    #[test]
    fn the_first_free_day_is_not_taken_not_over_and_not_too_far() {
        let now = parse_timestamp("2026-11-30T09:50:00+09:00");
        let check = |earliest: &str, taken_units: &[&str], expected: Option<&str>| {
            let taken_units = taken_units.iter().map(|start| parse_timestamp(start)).collect();
            assert_eq!(
                first_free_day(&opening(), parse_date(earliest), 30, &taken_units, now),
                expected.map(parse_date),
                "{earliest}"
            );
        };
        // A Monday whose last visit has begun; on Tuesdays there is one.
        check("2026-11-30", &[], Some("2026-12-01"));
        check("2026-11-23", &[], Some("2026-12-01"));
        check("2026-12-01", &["2026-12-01T09:15:00+09:00"], Some("2026-12-07"));
        check("2026-12-02", &[], Some("2026-12-07"));
        check("2027-01-26", &[], Some("2027-01-26"));
        check("2027-01-27", &[], None);
    }

    #[test]
    fn the_next_free_times_leave_out_what_is_taken_and_over() {
        let now = parse_timestamp("2026-11-30T09:20:00+09:00");
        let taken_units = HashSet::from([parse_timestamp("2026-11-30T09:30:00+09:00")]);
        let next: Vec<_> = free_slots(&opening(), 15, &taken_units, now).take(2).collect();
        assert_eq!(next, [parse_timestamp("2026-11-30T09:45:00+09:00"), parse_timestamp("2026-12-01T09:00:00+09:00")]);
        let closed = OpeningSchedule { hours: Vec::new(), closed_on_holidays: true };
        assert_eq!(free_slots(&closed, 15, &taken_units, now).next(), None);
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
    fn weeks_begin_on_monday() {
        assert_eq!(monday_of_week(parse_date("2026-11-22")), parse_date("2026-11-16"));
        assert_eq!(monday_of_week(parse_date("2026-11-23")), parse_date("2026-11-23"));
    }
}
