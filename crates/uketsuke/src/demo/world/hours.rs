//! Opening hours, as the list of institutions writes them.

use consult::{Opening, OpeningHours};
use jiff::civil::Weekday;

/// Some days of the week.
pub(super) type Days = &'static [Weekday];

/// Hours of some days: from hour and minute to hour and minute.
pub(super) type Hours = (Days, (u32, u32), (u32, u32));

pub(super) const MONDAY_TO_FRIDAY: Days =
    &[Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
pub(super) const MONDAY_TO_SATURDAY: Days =
    &[Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday, Weekday::Saturday];
pub(super) const NOT_WEDNESDAY: Days = &[Weekday::Monday, Weekday::Tuesday, Weekday::Thursday, Weekday::Friday];
pub(super) const NOT_THURSDAY: Days = &[Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Friday];
pub(super) const TUESDAY_TO_FRIDAY: Days = &[Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
pub(super) const SATURDAY: Days = &[Weekday::Saturday];
pub(super) const WEEKEND: Days = &[Weekday::Saturday, Weekday::Sunday];

/// The hours as slots are made from them.
pub(super) fn opening(hours: &[Hours], closed_on_holidays: bool) -> Opening {
    let minute = |(hour, minute): (u32, u32)| hour * 60 + minute;
    let of = |(days, from, to): &Hours| {
        let (from_minute, to_minute) = (minute(*from), minute(*to));
        days.iter().map(move |weekday| OpeningHours { weekday: *weekday, from_minute, to_minute })
    };
    let opening = Opening::new(hours.iter().flat_map(of).collect(), closed_on_holidays);
    opening.expect("the list has hours that visits can stand in")
}
