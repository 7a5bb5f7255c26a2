//! Opening hours, as the list of institutions writes them.

use consult::{OpeningHours, OpeningSchedule};
use jiff::civil::Weekday;

/// Some days of the week.
pub(super) type Weekdays = &'static [Weekday];

/// Opening hours of some days: from (hour, minute) to (hour, minute).
pub(super) type WeekdayHours = (Weekdays, (u32, u32), (u32, u32));

pub(super) const MONDAY_TO_FRIDAY: Weekdays =
    &[Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
pub(super) const MONDAY_TO_SATURDAY: Weekdays =
    &[Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday, Weekday::Saturday];
pub(super) const NOT_WEDNESDAY: Weekdays = &[Weekday::Monday, Weekday::Tuesday, Weekday::Thursday, Weekday::Friday];
pub(super) const NOT_THURSDAY: Weekdays = &[Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Friday];
pub(super) const TUESDAY_TO_FRIDAY: Weekdays =
    &[Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
pub(super) const SATURDAY: Weekdays = &[Weekday::Saturday];
pub(super) const WEEKEND: Weekdays = &[Weekday::Saturday, Weekday::Sunday];

/// The opening schedule of these hours.
pub(super) fn build_opening(hours: &[WeekdayHours], closed_on_holidays: bool) -> OpeningSchedule {
    let minute = |(hour, minute): (u32, u32)| hour * 60 + minute;
    let opening_hours = |(days, from, to): &WeekdayHours| {
        let (from_minute, to_minute) = (minute(*from), minute(*to));
        days.iter().map(move |weekday| OpeningHours { weekday: *weekday, from_minute, to_minute })
    };
    let opening = OpeningSchedule::new(hours.iter().flat_map(opening_hours).collect(), closed_on_holidays);
    opening.expect("the hours of the list are valid")
}
