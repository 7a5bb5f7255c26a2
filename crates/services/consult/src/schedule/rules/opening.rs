//! 診療時間: weekly hours, and public holidays.

use base::Date;
use jiff::civil::Weekday;
use jpholiday::{chrono::NaiveDate, jpholiday::JPHoliday};

/// Hours of one weekday, in minutes after midnight in Japan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpeningHours {
    pub weekday: Weekday,
    pub from_minute: u32,
    pub to_minute: u32,
}

/// When patients are received in every week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningSchedule {
    pub hours: Vec<OpeningHours>,
    /// Whether it is closed on 国民の祝日.
    pub closed_on_holidays: bool,
}

impl OpeningSchedule {
    /// The hours of a day, in no order; none on a public holiday that is closed.
    pub fn hours_of_day(&self, date: Date) -> impl Iterator<Item = OpeningHours> {
        let closed = self.closed_on_holidays && holiday_name(date).is_some();
        self.hours.iter().copied().filter(move |hours| !closed && hours.weekday == date.weekday())
    }
}

/// 国民の祝日 of the day, if it is one (国民の祝日に関する法律, 振替休日 included).
pub fn holiday_name(date: Date) -> Option<String> {
    let month = u32::try_from(date.month()).ok()?;
    let day = u32::try_from(date.day()).ok()?;
    JPHoliday::new().is_holiday_name(&NaiveDate::from_ymd_opt(i32::from(date.year()), month, day)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_holiday_is_a_holiday() {
        let check = |date: &str, expected: bool| {
            assert_eq!(holiday_name(base::parse_date(date).expect("a date")).is_some(), expected, "{date}");
        };
        check("2026-05-06", true); // 振替休日: 憲法記念日 is a Sunday.
        check("2026-09-22", true); // 国民の休日 between two holidays.
        check("2027-01-01", true);
        check("2026-11-24", false);
    }
}
