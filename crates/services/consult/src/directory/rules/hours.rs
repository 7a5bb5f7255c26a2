//! Opening hours of an institution, and their description for patients.

use jiff::civil::Weekday;
use text::Language;

use crate::directory::texts;
use crate::schedule::rules::{
    opening::{OpeningHours, OpeningSchedule},
    slot::UNIT_MINUTES,
};

/// First and last minute of a day.
pub(crate) type MinuteRange = (u32, u32);

const MINUTES_PER_DAY: u32 = 24 * 60;

/// Why hours cannot be those of an institution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongHours {
    /// Not on the grid of quarter hours that visits begin on.
    #[error("hours begin and end at quarters of an hour")]
    OffGrid,
    #[error("hours end after they begin and by 24:00")]
    Order,
    #[error("two of the hours of one day overlap")]
    Overlap,
}

impl OpeningSchedule {
    /// The schedule of an institution that receives patients in these hours.
    pub fn new(hours: Vec<OpeningHours>, closed_on_holidays: bool) -> Result<Self, WrongHours> {
        for (index, range) in hours.iter().enumerate() {
            if range.from_minute % UNIT_MINUTES != 0 || range.to_minute % UNIT_MINUTES != 0 {
                return Err(WrongHours::OffGrid);
            }
            if range.from_minute >= range.to_minute || range.to_minute > MINUTES_PER_DAY {
                return Err(WrongHours::Order);
            }
            let overlaps = |earlier: &OpeningHours| {
                earlier.weekday == range.weekday
                    && earlier.from_minute < range.to_minute
                    && range.from_minute < earlier.to_minute
            };
            if hours[..index].iter().any(overlaps) {
                return Err(WrongHours::Overlap);
            }
        }
        Ok(Self { hours, closed_on_holidays })
    }

    /// The hours in words, in Japanese and English. Derived from the same values as the slots, so that both agree.
    pub fn format_hours(&self) -> (String, String) {
        (self.format_hours_in(Language::Japanese), self.format_hours_in(Language::English))
    }

    fn format_hours_in(&self, language: Language) -> String {
        let format_spans = |spans: &[MinuteRange]| {
            let spans: Vec<_> = spans
                .iter()
                .map(|(start, end)| texts::from_to(language, format_minute(*start), format_minute(*end)))
                .collect();
            spans.join(texts::COMMA.in_language(language))
        };
        let groups: Vec<_> = self
            .group_by_days()
            .iter()
            .map(|(days, spans)| format!("{} {}", format_weekdays(language, days), format_spans(spans)))
            .collect();
        let holidays = if self.closed_on_holidays {
            texts::CLOSED_ON_PUBLIC_HOLIDAYS.in_language(language)
        } else {
            texts::OPEN_ON_PUBLIC_HOLIDAYS.in_language(language)
        };
        groups.join(texts::SEMICOLON.in_language(language)) + holidays
    }

    /// Groups days with the same hours, and then hours with the same days.
    fn group_by_days(&self) -> Vec<(Vec<Weekday>, Vec<MinuteRange>)> {
        let mut by_span: Vec<(MinuteRange, Vec<Weekday>)> = Vec::new();
        for hours in &self.hours {
            let span = (hours.from_minute, hours.to_minute);
            match by_span.iter_mut().find(|(existing, _)| *existing == span) {
                Some((_, days)) => days.push(hours.weekday),
                None => by_span.push((span, vec![hours.weekday])),
            }
        }
        let mut by_days: Vec<(Vec<Weekday>, Vec<MinuteRange>)> = Vec::new();
        for (span, mut days) in by_span {
            days.sort_by_key(|day| day.to_monday_zero_offset());
            match by_days.iter_mut().find(|(existing, _)| *existing == days) {
                Some((_, spans)) => spans.push(span),
                None => by_days.push((days, vec![span])),
            }
        }
        by_days
    }
}

fn format_minute(minute: u32) -> String {
    format!("{}:{:02}", minute / 60, minute % 60)
}

/// Days in their order. Three or more consecutive days are written as their first and last.
fn format_weekdays(language: Language, days: &[Weekday]) -> String {
    let name = |day: &Weekday| weekday_name(language, *day);
    let consecutive = days.windows(2).all(|pair| pair[0].next() == pair[1]);
    match days {
        [first, .., last] if consecutive && days.len() > 2 => texts::from_to(language, name(first), name(last)),
        _ => days.iter().map(name).collect::<Vec<_>>().join(texts::MIDDLE_DOT.in_language(language)),
    }
}

/// The short name of a day of the week.
pub(crate) fn weekday_name(language: Language, day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => texts::MONDAY.in_language(language),
        Weekday::Tuesday => texts::TUESDAY.in_language(language),
        Weekday::Wednesday => texts::WEDNESDAY.in_language(language),
        Weekday::Thursday => texts::THURSDAY.in_language(language),
        Weekday::Friday => texts::FRIDAY.in_language(language),
        Weekday::Saturday => texts::SATURDAY.in_language(language),
        Weekday::Sunday => texts::SUNDAY.in_language(language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(days: &[Weekday], from_minute: u32, to_minute: u32) -> Vec<OpeningHours> {
        let hours = |weekday: &Weekday| OpeningHours { weekday: *weekday, from_minute, to_minute };
        days.iter().map(hours).collect()
    }

    const WEEKDAYS: [Weekday; 5] =
        [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];

    #[test]
    fn words_tell_the_hours_together_that_belong_together() {
        let check = |all: &[Vec<OpeningHours>], closed, japanese: &str, english: &str| {
            let opening = OpeningSchedule::new(all.concat(), closed).unwrap();
            assert_eq!(opening.format_hours(), (japanese.to_owned(), english.to_owned()));
        };
        check(
            &[hours(&WEEKDAYS, 540, 720), hours(&WEEKDAYS, 840, 1110), hours(&[Weekday::Saturday], 540, 780)],
            true,
            "月〜金 9:00〜12:00、14:00〜18:30／土 9:00〜13:00（祝日休診）",
            "Mon–Fri 9:00–12:00, 14:00–18:30; Sat 9:00–13:00 (closed on public holidays)",
        );
        let split = [Weekday::Friday, Weekday::Monday, Weekday::Tuesday, Weekday::Thursday];
        check(
            &[hours(&split, 0, 1440), hours(&[Weekday::Saturday, Weekday::Sunday], 600, 615)],
            false,
            "月・火・木・金 0:00〜24:00／土・日 10:00〜10:15（祝日も診療）",
            "Mon, Tue, Thu, Fri 0:00–24:00; Sat, Sun 10:00–10:15 (open on public holidays)",
        );
    }

    #[test]
    fn hours_that_no_visit_can_stand_in_are_refused() {
        let check = |all: &[(Weekday, u32, u32)], expected: Option<WrongHours>| {
            let all =
                all.iter().flat_map(|(day, from_minute, to_minute)| hours(&[*day], *from_minute, *to_minute)).collect();
            assert_eq!(OpeningSchedule::new(all, true).err(), expected);
        };
        check(&[(Weekday::Monday, 540, 720), (Weekday::Monday, 720, 780), (Weekday::Tuesday, 600, 700 + 20)], None);
        check(&[(Weekday::Monday, 545, 720)], Some(WrongHours::OffGrid));
        check(&[(Weekday::Monday, 540, 721)], Some(WrongHours::OffGrid));
        check(&[(Weekday::Monday, 540, 540)], Some(WrongHours::Order));
        check(&[(Weekday::Monday, 1380, 1455)], Some(WrongHours::Order));
        check(
            &[(Weekday::Monday, 540, 720), (Weekday::Tuesday, 600, 720), (Weekday::Monday, 705, 780)],
            Some(WrongHours::Overlap),
        );
    }
}
