//! Hours as managers type them: one line for each day of the week, such as `9:00-12:30, 14:00-18:00`.

use jiff::civil::Weekday;
use text::Text;

use crate::{
    clinic_settings::texts,
    directory::rules::hours::{MinuteRange, WrongHours},
    schedule::rules::opening::{OpeningHours, OpeningSchedule},
};

/// The days of a week, in the order of the form.
pub(crate) const WEEKDAYS: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// The lines of the form, from Monday on. An empty line is a day off.
pub(crate) type HoursLines = [String; 7];

/// Why a line cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HoursProblem {
    /// Not times such as `9:00-12:30`.
    Unreadable,
    /// Times that no visit can stand in.
    Wrong(WrongHours),
}

impl HoursProblem {
    /// What is wrong, and what to write.
    pub(crate) fn text(self) -> Text {
        match self {
            Self::Unreadable => texts::WRITE_HOURS_LIKE_THIS,
            Self::Wrong(WrongHours::OffGrid) => texts::HOURS_ARE_IN_QUARTERS,
            Self::Wrong(WrongHours::Order) => texts::HOURS_END_AFTER_THEY_BEGIN,
            Self::Wrong(WrongHours::Overlap) => texts::HOURS_OF_ONE_DAY_OVERLAP,
        }
    }
}

/// The schedule of these lines.
///
/// # Errors
/// The first day whose line cannot be read, by its place in the week, and why.
pub(crate) fn parse_hours_lines(
    lines: &HoursLines,
    closed_on_holidays: bool,
) -> Result<OpeningSchedule, (usize, HoursProblem)> {
    let mut hours = Vec::new();
    for (index, (weekday, line)) in WEEKDAYS.into_iter().zip(lines).enumerate() {
        let ranges = parse_ranges(line).ok_or((index, HoursProblem::Unreadable))?;
        let of_day =
            ranges.into_iter().map(|(from_minute, to_minute)| OpeningHours { weekday, from_minute, to_minute });
        let of_day: Vec<_> = of_day.collect();
        OpeningSchedule::new(of_day.clone(), closed_on_holidays)
            .map_err(|wrong| (index, HoursProblem::Wrong(wrong)))?;
        hours.extend(of_day);
    }
    Ok(OpeningSchedule { hours, closed_on_holidays })
}

/// The lines of hours, as the form shows them.
pub(crate) fn format_hours_lines(hours: &[OpeningHours]) -> HoursLines {
    WEEKDAYS.map(|weekday| {
        let of_day = hours.iter().filter(|hours| hours.weekday == weekday);
        let ranges: Vec<_> = of_day.map(|hours| format_range((hours.from_minute, hours.to_minute))).collect();
        ranges.join(", ")
    })
}

/// `9:00-12:30`
pub(crate) fn format_range((from, to): MinuteRange) -> String {
    format!("{}-{}", format_minute(from), format_minute(to))
}

fn format_minute(minute: u32) -> String {
    format!("{}:{:02}", minute / 60, minute % 60)
}

/// One range, such as `9:00-12:30`, in any width.
pub(crate) fn parse_range(text: &str) -> Result<MinuteRange, HoursProblem> {
    let ranges = parse_ranges(text).ok_or(HoursProblem::Unreadable)?;
    let [(from_minute, to_minute)] = ranges[..] else { return Err(HoursProblem::Unreadable) };
    let hours = OpeningHours { weekday: Weekday::Monday, from_minute, to_minute };
    OpeningSchedule::new(vec![hours], false).map_err(HoursProblem::Wrong)?;
    Ok((from_minute, to_minute))
}

/// The ranges of a line: times in pairs, whatever stands between them.
fn parse_ranges(line: &str) -> Option<Vec<MinuteRange>> {
    let minutes = line
        .split(|c: char| !(c.is_numeric() || matches!(c, ':' | '：' | '時' | '分')))
        .filter(|time| !time.is_empty())
        .map(parse_time)
        .collect::<Option<Vec<_>>>()?;
    if minutes.len() % 2 == 1 || minutes.is_empty() && !line.trim().is_empty() {
        return None;
    }
    Some(minutes.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect())
}

/// Minutes after midnight of `9:00`, `９：００`, `9時`, `9時30分` or `24:00`.
pub(crate) fn parse_time(text: &str) -> Option<u32> {
    let narrow: String = text.trim().chars().map(text::half_width_digit).collect();
    let narrow = narrow.replace(['：', '時'], ":").replace('分', "");
    let (hour, minute) = narrow.split_once(':')?;
    let minute = if minute.is_empty() { "0" } else { minute };
    let is_number = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(hour) || !is_number(minute) {
        return None;
    }
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    (minute < 60 && hour * 60 + minute <= 24 * 60).then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(monday: &str) -> HoursLines {
        let mut lines = HoursLines::default();
        monday.clone_into(&mut lines[0]);
        lines
    }

    #[test]
    fn hours_are_read_however_they_are_typed() {
        let check = |line: &str, expected: &[MinuteRange]| {
            let schedule = parse_hours_lines(&lines(line), true).expect(line);
            let read: Vec<_> = schedule.hours.iter().map(|hours| (hours.from_minute, hours.to_minute)).collect();
            assert_eq!(read, expected, "{line}");
        };
        check("", &[]);
        check(" ", &[]);
        check("9:00-12:30, 14:00-18:00", &[(540, 750), (840, 1080)]);
        check("９：００〜１２：３０、14:00～18:00", &[(540, 750), (840, 1080)]);
        check("9時から12時30分まで", &[(540, 750)]);
        check("22:00-24:00", &[(1320, 1440)]);
    }

    #[test]
    fn a_line_that_is_wrong_says_on_which_day_and_why() {
        let check = |line: &str, expected| {
            let mut lines = HoursLines::default();
            line.clone_into(&mut lines[2]);
            assert_eq!(parse_hours_lines(&lines, true), Err((2, expected)), "{line}");
        };
        check("休診", HoursProblem::Unreadable);
        check("9:00", HoursProblem::Unreadable);
        check("9-12", HoursProblem::Unreadable);
        check("9:60-12:00", HoursProblem::Unreadable);
        check("22:00-26:00", HoursProblem::Unreadable);
        check("9:10-12:00", HoursProblem::Wrong(WrongHours::OffGrid));
        check("12:00-9:00", HoursProblem::Wrong(WrongHours::Order));
        check("9:00-12:00, 11:00-13:00", HoursProblem::Wrong(WrongHours::Overlap));
    }

    #[test]
    fn a_form_shows_hours_as_it_reads_them() {
        let schedule = parse_hours_lines(&lines("9:00-12:30, 14:00-18:15"), false).expect("hours");
        let shown = format_hours_lines(&schedule.hours);
        assert_eq!(shown[0], "9:00-12:30, 14:00-18:15");
        assert_eq!(parse_hours_lines(&shown, false), Ok(schedule));
    }

    #[test]
    fn one_range_is_one() {
        assert_eq!(parse_range("18:00-20:00"), Ok((1080, 1200)));
        assert_eq!(parse_range(""), Err(HoursProblem::Unreadable));
        assert_eq!(parse_range("9:00-10:00, 11:00-12:00"), Err(HoursProblem::Unreadable));
        assert_eq!(parse_range("10:00-9:00"), Err(HoursProblem::Wrong(WrongHours::Order)));
    }
}
