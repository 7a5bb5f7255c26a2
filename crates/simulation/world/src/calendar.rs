//! Computes the dates of the world.

use base::Date;
use jiff::ToSpan;

/// The date `days` days before `today`.
pub(super) fn days_before(today: Date, days: i64) -> Date {
    today.saturating_sub(days.days())
}

/// A day of the month that is `months` after (or before, if negative) the month of `today`.
pub(super) fn day_of_month(today: Date, months: i32, day: i8) -> Date {
    let month = today.first_of_month().saturating_add(months.months());
    month.saturating_add(i64::from(day - 1).days())
}

/// The birthday of a person in a year; for a birth on 29 February it is the last day of the month (民法 143条2項).
fn birthday_in_year(birth: Date, year: i16) -> Date {
    Date::new(year, birth.month(), birth.day()).unwrap_or(jiff::civil::date(year, 2, 28))
}

/// The birthday number `count` after the day of issue.
fn nth_birthday_after(birth: Date, issued: Date, count: i16) -> Date {
    let birthday_passed = i16::from(birthday_in_year(birth, issued.year()) <= issued);
    birthday_in_year(birth, issued.year() + birthday_passed + count - 1)
}

/// The last day of both certificates of a card that was issued on `issued`.
pub(super) fn certificates_expire_on(birth: Date, issued: Date) -> Date {
    nth_birthday_after(birth, issued, 5)
}

/// The last day of the card: the tenth birthday after the issue, or the fifth for holders under 18.
pub(super) fn card_expires_on(birth: Date, issued: Date) -> Date {
    let is_adult = nth_birthday_after(birth, birth, 18) <= issued;
    nth_birthday_after(birth, issued, if is_adult { 10 } else { 5 })
}

/// A day of issue with which the certificates end on `end`, which is a birthday.
pub(super) fn issue_date_for_expiry(end: Date) -> Date {
    // The first birthday after the issue is four years before the end, so any day of the year before it fits.
    end.saturating_sub(5.years()).saturating_add(100.days())
}

/// The terms of insurers' certificates, from August to July: this year's, and the next year's, which is issued already.
pub(super) fn insurance_years(today: Date) -> [(Date, Date); 2] {
    let first = if today.month() >= 8 { today.year() } else { today.year() - 1 };
    [first, first + 1].map(|year| (jiff::civil::date(year, 8, 1), jiff::civil::date(year + 1, 7, 31)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        base::parse_date(text).unwrap()
    }

    #[test]
    fn cards_and_certificates_end_on_birthdays() {
        let check = |birth: &str, issued: &str, certificates: &str, card: &str| {
            assert_eq!(certificates_expire_on(day(birth), day(issued)), day(certificates), "{birth} {issued}");
            assert_eq!(card_expires_on(day(birth), day(issued)), day(card), "{birth} {issued}");
        };
        check("1980-06-15", "2026-06-14", "2030-06-15", "2035-06-15");
        check("1980-06-15", "2026-06-15", "2031-06-15", "2036-06-15");
        check("2022-05-20", "2025-06-01", "2030-05-20", "2030-05-20");
        check("2008-05-20", "2026-05-20", "2031-05-20", "2036-05-20");
        check("2000-02-29", "2026-01-01", "2030-02-28", "2035-02-28");
    }

    #[test]
    fn a_wanted_end_has_its_day_of_issue() {
        for end in ["2026-10-12", "2024-02-29", "2026-01-12", "2026-12-12"] {
            assert_eq!(certificates_expire_on(day(end), issue_date_for_expiry(day(end))), day(end), "{end}");
        }
    }

    #[test]
    fn months_are_counted_across_years() {
        let check = |today: &str, months, expected: &str| {
            assert_eq!(day_of_month(day(today), months, 12), day(expected), "{today} {months}");
        };
        check("2026-01-31", -1, "2025-12-12");
        check("2026-03-31", -1, "2026-02-12");
        check("2026-11-01", 2, "2027-01-12");
    }
}
