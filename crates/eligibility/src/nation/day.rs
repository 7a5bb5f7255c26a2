//! Days before and after one another.

use base::{Date, Span};

/// So many days later. No day of a nation is near the end of the calendar.
pub(super) fn add_days(day: Date, days: u32) -> Date {
    day.saturating_add(Span::from_hours(24 * i64::from(days)))
}

/// So many days before.
pub(super) fn subtract_days(day: Date, days: u32) -> Date {
    day.saturating_sub(Span::from_hours(24 * i64::from(days)))
}

/// How many days lie between; none where `last` is not after `first`.
pub(super) fn days_between(first: Date, last: Date) -> u32 {
    u32::try_from(last.duration_since(first).as_hours() / 24).unwrap_or(0)
}

/// The birthday on which somebody becomes so old; who was born on 29 February has it on 1 March in other years.
pub(super) fn birthday(birth: Date, age: i16) -> Date {
    let year = birth.year() + age;
    Date::new(year, birth.month(), birth.day()).unwrap_or(Date::constant(year, 3, 1))
}

/// How old somebody is.
pub(super) fn age(birth: Date, day: Date) -> u32 {
    let before_birthday = (day.month(), day.day()) < (birth.month(), birth.day());
    u32::try_from(day.year() - birth.year() - i16::from(before_birthday)).unwrap_or(0)
}

/// The year of insurance that a day is in: from 1 August to 31 July, as certificates run.
pub(super) fn insurance_year(day: Date) -> (Date, Date) {
    let year = if day.month() >= 8 { day.year() } else { day.year() - 1 };
    (Date::constant(year, 8, 1), Date::constant(year + 1, 7, 31))
}

/// 1 April on which school begins: after the sixth birthday, and of it for whoever is born on that day.
pub(super) fn school_start(birth: Date) -> Date {
    let late = (birth.month(), birth.day()) > (4, 1);
    Date::constant(birth.year() + 6 + i16::from(late), 4, 1)
}

/// The first day of the next month.
pub(super) fn next_month(day: Date) -> Date {
    add_days(day.last_of_month(), 1)
}
