//! Arithmetic with days.

use base::{Date, Span};

/// The day so many days later. No day of a nation is near the end of the calendar.
pub(super) fn add_days(day: Date, days: u32) -> Date {
    day.saturating_add(Span::from_hours(24 * i64::from(days)))
}

/// The day so many days earlier.
pub(super) fn subtract_days(day: Date, days: u32) -> Date {
    day.saturating_sub(Span::from_hours(24 * i64::from(days)))
}

/// The number of days from `first` to `last`; 0 if `last` is not after `first`.
pub(super) fn days_between(first: Date, last: Date) -> u32 {
    u32::try_from(last.duration_since(first).as_hours() / 24).unwrap_or(0)
}

/// The birthday at this age; for 29 February it is 1 March in other years.
pub(super) fn birthday(birth: Date, age: i16) -> Date {
    let year = birth.year() + age;
    Date::new(year, birth.month(), birth.day()).unwrap_or(Date::constant(year, 3, 1))
}

/// The age on a day, in years.
pub(super) fn age(birth: Date, day: Date) -> u32 {
    let before_birthday = (day.month(), day.day()) < (birth.month(), birth.day());
    u32::try_from(day.year() - birth.year() - i16::from(before_birthday)).unwrap_or(0)
}

/// The insurance year that a day is in: from 1 August to 31 July, like the validity of certificates.
pub(super) fn insurance_year(day: Date) -> (Date, Date) {
    let year = if day.month() >= 8 { day.year() } else { day.year() - 1 };
    (Date::constant(year, 8, 1), Date::constant(year + 1, 7, 31))
}

/// 1 April on which school begins: after the sixth birthday, or on it.
pub(super) fn school_start(birth: Date) -> Date {
    let late = (birth.month(), birth.day()) > (4, 1);
    Date::constant(birth.year() + 6 + i16::from(late), 4, 1)
}

/// The first day of the next month.
pub(super) fn next_month(day: Date) -> Date {
    add_days(day.last_of_month(), 1)
}
