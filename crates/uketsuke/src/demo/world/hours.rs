//! Opening hours, and the words that tell them: made from the same list, so that they cannot disagree.

use consult::{Opening, OpeningHours};
use jiff::civil::Weekday;

/// Some days of the week, as people name them together.
#[derive(Clone, Copy)]
pub(super) struct Days {
    japanese: &'static str,
    english: &'static str,
    weekdays: &'static [Weekday],
}

/// Hours of some days: from hour and minute to hour and minute.
pub(super) type Hours = (Days, (u32, u32), (u32, u32));

pub(super) const MONDAY_TO_FRIDAY: Days = Days {
    japanese: "月〜金",
    english: "Mon–Fri",
    weekdays: &[Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday],
};
pub(super) const MONDAY_TO_SATURDAY: Days = Days {
    japanese: "月〜土",
    english: "Mon–Sat",
    weekdays: &[
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
    ],
};
pub(super) const NOT_WEDNESDAY: Days = Days {
    japanese: "月・火・木・金",
    english: "Mon, Tue, Thu, Fri",
    weekdays: &[Weekday::Monday, Weekday::Tuesday, Weekday::Thursday, Weekday::Friday],
};
pub(super) const NOT_THURSDAY: Days = Days {
    japanese: "月・火・水・金",
    english: "Mon, Tue, Wed, Fri",
    weekdays: &[Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Friday],
};
pub(super) const TUESDAY_TO_FRIDAY: Days = Days {
    japanese: "火〜金",
    english: "Tue–Fri",
    weekdays: &[Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday],
};
pub(super) const SATURDAY: Days = Days { japanese: "土", english: "Sat", weekdays: &[Weekday::Saturday] };
pub(super) const WEEKEND: Days =
    Days { japanese: "土・日", english: "Sat, Sun", weekdays: &[Weekday::Saturday, Weekday::Sunday] };

/// The hours as slots are made from them.
pub(super) fn opening(hours: &[Hours], closed_on_holidays: bool) -> Opening {
    let minute = |(hour, minute): (u32, u32)| hour * 60 + minute;
    let of = |(days, from, to): &Hours| {
        let (from_minute, to_minute) = (minute(*from), minute(*to));
        days.weekdays.iter().map(move |weekday| OpeningHours { weekday: *weekday, from_minute, to_minute })
    };
    Opening { hours: hours.iter().flat_map(of).collect(), closed_on_holidays }
}

/// The hours in words, in Japanese and English.
pub(super) fn words(hours: &[Hours], closed_on_holidays: bool) -> (String, String) {
    let time = |(hour, minute): (u32, u32)| format!("{hour}:{minute:02}");
    // Hours of the same days stand one after the other and are told together.
    let (mut japanese, mut english) = (Vec::new(), Vec::new());
    for of_days in hours.chunk_by(|(one, ..), (other, ..)| one.japanese == other.japanese) {
        let days = of_days[0].0;
        let spans =
            |to: &str| of_days.iter().map(|(_, from, until)| time(*from) + to + &time(*until)).collect::<Vec<_>>();
        japanese.push(format!("{} {}", days.japanese, spans("〜").join("、")));
        english.push(format!("{} {}", days.english, spans("–").join(", ")));
    }
    let (holidays, holidays_english) = if closed_on_holidays {
        ("（祝日休診）", " (closed on public holidays)")
    } else {
        ("（祝日も診療）", " (open on public holidays)")
    };
    (japanese.join("／") + holidays, english.join("; ") + holidays_english)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_slots_tell_the_same_hours() {
        let hours =
            [(MONDAY_TO_FRIDAY, (9, 0), (12, 0)), (MONDAY_TO_FRIDAY, (14, 0), (18, 30)), (SATURDAY, (9, 0), (13, 0))];
        let (japanese, english) = words(&hours, true);
        assert_eq!(japanese, "月〜金 9:00〜12:00、14:00〜18:30／土 9:00〜13:00（祝日休診）");
        assert_eq!(english, "Mon–Fri 9:00–12:00, 14:00–18:30; Sat 9:00–13:00 (closed on public holidays)");
        let opening = opening(&hours, true);
        assert_eq!(opening.hours.len(), 11);
        assert_eq!(opening.hours[5].from_minute, 14 * 60);
        assert_eq!(opening.hours[10].weekday, Weekday::Saturday);
    }
}
