//! Dates and times as texts of pages and letters, in Japan Standard Time.

use base::{Date, Span, Timestamp};
use jiff::{ToSpan, civil::Weekday};

use crate::Language;

/// 火
pub fn format_weekday(language: Language, date: Date) -> &'static str {
    let (japanese, english) = match date.weekday() {
        Weekday::Monday => ("月", "Mon"),
        Weekday::Tuesday => ("火", "Tue"),
        Weekday::Wednesday => ("水", "Wed"),
        Weekday::Thursday => ("木", "Thu"),
        Weekday::Friday => ("金", "Fri"),
        Weekday::Saturday => ("土", "Sat"),
        Weekday::Sunday => ("日", "Sun"),
    };
    language.t(japanese, english)
}

/// 2026年11月24日（火）
pub fn format_date(language: Language, date: Date) -> String {
    let weekday = format_weekday(language, date);
    match language {
        Language::Japanese => format!("{}年{}月{}日（{weekday}）", date.year(), date.month(), date.day()),
        Language::English => format!("{weekday} {}", date.strftime("%-d %B %Y")),
    }
}

/// 1945年（昭和20年）11月3日・81歳: a date of birth for confirmation, with era and age so that a wrong year is noticed.
pub fn format_birth_date(language: Language, birth: Date, today: Date) -> String {
    let (date, age) = (format_date_with_era(language, birth), crate::age_on(birth, today));
    match language {
        Language::Japanese => format!("{date}・{age}歳"),
        Language::English => format!("{date}, age {age}"),
    }
}

/// 1945年（昭和20年）11月3日
pub fn format_date_with_era(language: Language, date: Date) -> String {
    match language {
        Language::Japanese => {
            let era = crate::era_year_text(date).map(|era| format!("（{era}）")).unwrap_or_default();
            format!("{}年{era}{}月{}日", date.year(), date.month(), date.day())
        }
        Language::English => {
            let era = crate::era_year_latin(date).map(|era| format!(" ({era})")).unwrap_or_default();
            format!("{}{era}", date.strftime("%-d %B %Y"))
        }
    }
}

/// 1984年5月2日（昭和59年5月2日）: whole in either calendar, to be compared with what is printed on documents.
pub fn format_in_both_calendars(language: Language, date: Date) -> String {
    let era = base::era_text(date);
    match language {
        Language::Japanese => format!("{}年{}月{}日（{era}）", date.year(), date.month(), date.day()),
        Language::English => format!("{} ({era})", date.strftime("%-d %B %Y")),
    }
}

/// 2026年11月: the month of a date.
pub fn format_month(language: Language, date: Date) -> String {
    match language {
        Language::Japanese => format!("{}年{}月", date.year(), date.month()),
        Language::English => date.strftime("%B %Y").to_string(),
    }
}

/// 11月24日（火）
pub fn format_short_date(language: Language, date: Date) -> String {
    let weekday = format_weekday(language, date);
    match language {
        Language::Japanese => format!("{}月{}日（{weekday}）", date.month(), date.day()),
        Language::English => format!("{weekday} {}", date.strftime("%-d %b")),
    }
}

/// 9:30, in Japan Standard Time.
pub fn format_time(moment: Timestamp) -> String {
    moment.in_japan().strftime("%-H:%M").to_string()
}

/// 2026年11月24日（火） 9:30
pub fn format_date_time(language: Language, moment: Timestamp) -> String {
    format!("{} {}", format_date(language, moment.japan_date()), format_time(moment))
}

/// 11月24日（火） 9:30
pub fn format_short_date_time(language: Language, moment: Timestamp) -> String {
    format!("{} {}", format_short_date(language, moment.japan_date()), format_time(moment))
}

/// As [`format_short_date_time`], with 今日 or 明日 instead of the date where it applies.
pub fn format_near_date_time(language: Language, moment: Timestamp, now: Timestamp) -> String {
    let (date, today) = (moment.japan_date(), now.japan_date());
    let day = if date == today {
        language.t("今日", "Today").to_owned()
    } else if date == today.saturating_add(1.day()) {
        language.t("明日", "Tomorrow").to_owned()
    } else {
        format_short_date(language, date)
    };
    format!("{day} {}", format_time(moment))
}

/// Date, start and end of a visit.
pub fn format_visit_time(language: Language, start: Timestamp, minutes: u32) -> String {
    let end = start.plus(Span::from_mins(i64::from(minutes)));
    format!(
        "{} {}{}{}",
        format_date(language, start.japan_date()),
        format_time(start),
        language.t("〜", "–"),
        format_time(end)
    )
}

/// 11月24日（火）の夜12時まで: `end` is exclusive, the first instant after the deadline.
pub fn format_deadline(language: Language, end: Timestamp) -> String {
    let last_minute = end.minus(Span::from_secs(60));
    let day = format_short_date(language, last_minute.japan_date());
    let ends_with_the_day = end == base::end_of_day(last_minute.japan_date());
    match (language, ends_with_the_day) {
        (Language::Japanese, true) => format!("{day}の夜12時まで"),
        (Language::Japanese, false) => format!("{day} {}まで", format_time(end)),
        (Language::English, true) => format!("until the end of {day}"),
        (Language::English, false) => format!("until {day} {}", format_time(end)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_day_is_called_by_its_name() {
        let time = |text: &str| text.parse::<Timestamp>().expect("a timestamp");
        let now = time("2026-11-24T09:00:00+09:00");
        let check = |moment: &str, expected: &str| {
            assert_eq!(format_near_date_time(Language::Japanese, time(moment), now), expected, "{moment}");
        };
        check("2026-11-24T09:15:00+09:00", "今日 9:15");
        check("2026-11-25T00:00:00+09:00", "明日 0:00");
        check("2026-11-26T10:00:00+09:00", "11月26日（木） 10:00");
    }

    #[test]
    fn a_birthday_is_said_back_with_era_and_age() {
        let date = |text: &str| base::parse_date(text).expect("a date");
        let text = |language| format_birth_date(language, date("1945-11-03"), date("2026-11-24"));
        assert_eq!(text(Language::Japanese), "1945年（昭和20年）11月3日・81歳");
        assert_eq!(text(Language::English), "3 November 1945 (Showa 20), age 81");
    }

    #[test]
    fn a_date_stands_in_both_calendars() {
        let check = |date, japanese, english| {
            let date = base::parse_date(date).expect("a date");
            assert_eq!(format_date_with_era(Language::Japanese, date), japanese);
            assert_eq!(format_date_with_era(Language::English, date), english);
        };
        check("1945-11-03", "1945年（昭和20年）11月3日", "3 November 1945 (Showa 20)");
        check("2019-05-01", "2019年（令和元年）5月1日", "1 May 2019 (Reiwa 1)");
        check("1989-01-07", "1989年（昭和64年）1月7日", "7 January 1989 (Showa 64)");
    }

    #[test]
    fn a_date_is_whole_in_both_calendars() {
        let date = base::parse_date("1984-05-02").expect("a date");
        assert_eq!(format_in_both_calendars(Language::Japanese, date), "1984年5月2日（昭和59年5月2日）");
        assert_eq!(format_in_both_calendars(Language::English, date), "2 May 1984 (昭和59年5月2日)");
        assert_eq!(format_month(Language::English, date), "May 1984");
    }

    #[test]
    fn a_deadline_has_one_form() {
        let end = base::end_of_day(base::parse_date("2026-11-24").expect("a date"));
        assert_eq!(format_deadline(Language::Japanese, end), "11月24日（火）の夜12時まで");
        assert_eq!(format_deadline(Language::English, end), "until the end of Tue 24 Nov");
        let earlier = end.minus(Span::from_hours(3));
        assert_eq!(format_deadline(Language::Japanese, earlier), "11月24日（火） 21:00まで");
        assert_eq!(format_deadline(Language::English, earlier), "until Tue 24 Nov 21:00");
    }
}
