use unicode_normalization::UnicodeNormalization;

use crate::{is_dash, is_invisible};
use base::{Date, Era, era_date};

/// The highest age that is plausible for somebody who books.
const MAX_AGE: i16 = 120;

/// Why a text is no date of birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongBirthDate {
    #[error("no date")]
    Empty,
    /// It has no year, month and day.
    #[error("not a date")]
    Unreadable,
    /// The year has two digits and no era.
    #[error("a year without its era or century")]
    NoEra,
    /// The era did not last so long, as in 昭和65年.
    #[error("a year that its era does not have")]
    EraYear,
    /// The calendar has no such day.
    #[error("not a day of the calendar")]
    NoSuchDay,
    #[error("a day in the future")]
    Future,
    /// Before the birth of anybody alive.
    #[error("a day too long ago")]
    TooLongAgo,
}

/// Parses the date of birth of somebody alive from one text: 昭和20年11月3日, S20.11.3, 1945-11-03, 19451103,
/// 3 November 1945 and the like, in any width, with or without a label.
pub fn parse_birth_date(text: &str, today: Date) -> Result<Date, WrongBirthDate> {
    check_age(parse_written_date(text)?, today)
}

/// Parses a date of birth from three fields. The year may be one of an era; a whole date in the first field is parsed alone.
pub fn parse_date_parts(year: &str, month: &str, day: &str, today: Date) -> Result<Date, WrongBirthDate> {
    let [year, month, day] = [year, month, day].map(str::trim);
    if month.is_empty() && day.is_empty() {
        return parse_birth_date(year, today);
    }
    if year.is_empty() || month.is_empty() || day.is_empty() {
        return Err(WrongBirthDate::Unreadable);
    }
    parse_birth_date(&format!("{year}/{month}/{day}"), today)
}

/// The age in full years on a day.
pub fn age_on(birth: Date, day: Date) -> i16 {
    let birthday_is_to_come = (day.month(), day.day()) < (birth.month(), birth.day());
    day.year() - birth.year() - i16::from(birthday_is_to_come)
}

/// The year of a date in its era: 昭和20年, 令和元年. `None` before Meiji.
pub fn era_year_text(date: Date) -> Option<String> {
    let (era, year) = era_date(date)?;
    Some(if year == 1 { format!("{}元年", era.name()) } else { format!("{}{year}年", era.name()) })
}

/// The year of a date in its era in Latin letters: Showa 20, Reiwa 1.
pub fn era_year_latin(date: Date) -> Option<String> {
    let (era, year) = era_date(date)?;
    let (_, latin, _) = ERAS.into_iter().find(|(_, _, row_era)| *row_era == era)?;
    let (initial, rest) = latin.split_at(1);
    Some(format!("{}{rest} {year}", initial.to_uppercase()))
}

fn check_age(birth: Date, today: Date) -> Result<Date, WrongBirthDate> {
    if birth > today {
        Err(WrongBirthDate::Future)
    } else if age_on(birth, today) > MAX_AGE {
        Err(WrongBirthDate::TooLongAgo)
    } else {
        Ok(birth)
    }
}

/// Parses a date in the forms of people and programs. The era may precede the year, in kanji, as one kanji or one letter.
pub fn parse_written_date(text: &str) -> Result<Date, WrongBirthDate> {
    let tokens = tokenize(&normalise(text)).ok_or(WrongBirthDate::Unreadable)?;
    match &tokens[..] {
        [] => Err(WrongBirthDate::Empty),
        [DateToken::Era(era), DateToken::Number(year), DateToken::Number(month), DateToken::Number(day)] => {
            new_date(era_year(*era, year)?, month, day)
        }
        // S201103
        [DateToken::Era(era), DateToken::Number(all)] if all.len() == 6 => {
            new_date(era_year(*era, &all[..2])?, &all[2..4], &all[4..])
        }
        // 19451103
        [DateToken::Number(all)] if all.len() == 8 => new_date(parse_number(&all[..4])?, &all[4..6], &all[6..]),
        [DateToken::Number(year), DateToken::Number(month), DateToken::Number(day)] if year.len() == 4 => {
            new_date(parse_number(year)?, month, day)
        }
        [DateToken::Number(first), DateToken::Number(second), DateToken::Number(year)] if year.len() == 4 => {
            let (month, day) =
                infer_month_and_day(parse_number(first)?, parse_number(second)?).ok_or(WrongBirthDate::Unreadable)?;
            new_date(parse_number(year)?, &month.to_string(), &day.to_string())
        }
        [DateToken::Number(year), DateToken::Number(_), DateToken::Number(_)] if year.len() <= 2 => {
            Err(WrongBirthDate::NoEra)
        }
        [DateToken::Month(month), DateToken::Number(day), DateToken::Number(year)]
        | [DateToken::Number(day), DateToken::Month(month), DateToken::Number(year)]
        | [DateToken::Number(year), DateToken::Month(month), DateToken::Number(day)]
            if year.len() == 4 =>
        {
            new_date(parse_number(year)?, &month.to_string(), day)
        }
        _ => Err(WrongBirthDate::Unreadable),
    }
}

/// Month and day where the year comes last; `None` unless exactly one order gives a date.
fn infer_month_and_day(first: i16, second: i16) -> Option<(i16, i16)> {
    match (first <= 12, second <= 12) {
        (true, false) => Some((first, second)),
        (false, true) => Some((second, first)),
        (true, true) if first == second => Some((first, second)),
        _ => None,
    }
}

fn parse_number(digits: &str) -> Result<i16, WrongBirthDate> {
    digits.parse().map_err(|_| WrongBirthDate::NoSuchDay)
}

fn new_date(year: i16, month: &str, day: &str) -> Result<Date, WrongBirthDate> {
    let part = |digits: &str| digits.parse::<i8>().map_err(|_| WrongBirthDate::NoSuchDay);
    Date::new(year, part(month)?, part(day)?).map_err(|_| WrongBirthDate::NoSuchDay)
}

/// The Western year of an era's year. A day of the era's last calendar year after its end is accepted too: 昭和64年 is used
/// for the whole of 1989.
fn era_year(era: Era, year: &str) -> Result<i16, WrongBirthDate> {
    let (first, last): (i16, i16) = match era {
        Era::Meiji => (1868, 1912),
        Era::Taisho => (1912, 1926),
        Era::Showa => (1926, 1989),
        Era::Heisei => (1989, 2019),
        Era::Reiwa => (2019, i16::MAX),
    };
    let year: i16 = year.parse().map_err(|_| WrongBirthDate::EraYear)?;
    match first.checked_add(year - 1) {
        Some(western) if year >= 1 && western <= last => Ok(western),
        _ => Err(WrongBirthDate::EraYear),
    }
}

/// A part of a written date.
#[derive(Debug, PartialEq, Eq)]
enum DateToken {
    Era(Era),
    Number(String),
    Month(i8),
    /// A word without meaning for the date.
    Filler,
}

const ERAS: [(&str, &str, Era); 5] = [
    ("令和", "reiwa", Era::Reiwa),
    ("平成", "heisei", Era::Heisei),
    ("昭和", "showa", Era::Showa),
    ("大正", "taisho", Era::Taisho),
    ("明治", "meiji", Era::Meiji),
];

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The text in one width and case, without invisible characters, labels, text in brackets, and a following age or time.
/// Eras and kanji numbers become ASCII, each dash a hyphen.
fn normalise(text: &str) -> String {
    let mut plain: String = text
        .nfkc()
        .filter(|c| !is_invisible(*c))
        .map(|c| if is_dash(c) { '-' } else { c })
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'ō' { 'o' } else { c })
        .collect();
    while let Some((start, length)) = plain.find('(').and_then(|start| Some((start, plain[start..].find(')')?))) {
        plain.replace_range(start..=start + length, " ");
    }
    let is_digit = |c: char| c.is_ascii_digit();
    let time = plain.match_indices(':').map(|(colon, _)| colon).find(|colon| plain[..*colon].ends_with(is_digit));
    if let Some(end) = [plain.find(['歳', '才']), time].into_iter().flatten().min() {
        let length = plain[..end].trim_end_matches(is_digit).trim_end_matches('t').len();
        plain.truncate(length);
    }
    for label in ["生年月日", "誕生日", "生まれ", "うまれ", "生", ":"] {
        plain = plain.replace(label, " ");
    }
    for (name, latin, _) in ERAS {
        let initial = name.chars().next().unwrap_or_default();
        plain = plain.replace(name, &format!(" {latin} ")).replace(initial, &format!(" {latin} "));
    }
    kanji_numbers_to_digits(&plain.replace("元年", "1年").replace('元', " 1 "))
}

/// Replaces kanji numbers by digits: 二十 by 20, 一九四五 by 1945.
fn kanji_numbers_to_digits(text: &str) -> String {
    const DIGITS: &str = "〇一二三四五六七八九";
    let digit = |c: char| DIGITS.chars().position(|kanji| kanji == if c == '零' { '〇' } else { c });
    let mut out = String::new();
    let mut tens = None;
    let mut ones = String::new();
    for c in text.chars().chain(['\n']) {
        if c == '十' {
            tens = Some(ones.parse::<u32>().unwrap_or(1));
            ones.clear();
        } else if let Some(value) = digit(c) {
            ones.push_str(&value.to_string());
        } else {
            match tens.take() {
                Some(tens) => out.push_str(&(tens.saturating_mul(10) + ones.parse::<u32>().unwrap_or(0)).to_string()),
                None => out.push_str(&ones),
            }
            ones.clear();
            out.push(c);
        }
    }
    out
}

/// The tokens of a normalised text; `None` where a word is no part of a date.
fn tokenize(plain: &str) -> Option<Vec<DateToken>> {
    let mut tokens = Vec::new();
    let mut rest = plain;
    while let Some(c) = rest.chars().next() {
        let kind = |c: char| (c.is_ascii_digit(), c.is_alphabetic() && !matches!(c, '年' | '月' | '日'));
        let length = rest.find(|next| kind(next) != kind(c)).unwrap_or(rest.len());
        let (word, following) = rest.split_at(length);
        match kind(c) {
            (true, _) => tokens.push(DateToken::Number(word.to_owned())),
            (_, true) => {
                tokens.extend(Some(parse_word_token(word, following)?).filter(|word| *word != DateToken::Filler));
            }
            _ if word.chars().all(is_separator) => {}
            _ => return None,
        }
        rest = following;
    }
    Some(tokens)
}

/// The token of a word: an era, a month's name, or a filler. A single letter is an era only where a number follows.
fn parse_word_token(word: &str, following: &str) -> Option<DateToken> {
    if let Some((_, _, era)) = ERAS.into_iter().find(|(_, latin, _)| *latin == word) {
        return Some(DateToken::Era(era));
    }
    let leads_a_number = following.trim_start_matches(['.', ' ', '-']).starts_with(|c: char| c.is_ascii_digit());
    if word.len() == 1 && leads_a_number {
        return ERAS.into_iter().find(|(_, latin, _)| latin.starts_with(word)).map(|(_, _, era)| DateToken::Era(era));
    }
    if matches!(word, "st" | "nd" | "rd" | "th" | "of" | "born" | "dob" | "date" | "birth" | "birthday") {
        return Some(DateToken::Filler);
    }
    let month = (1..).zip(MONTHS).find(|(_, name)| word.len() >= 3 && name.starts_with(word));
    month.map(|(month, _)| DateToken::Month(month))
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '/' | '.' | ',' | '、' | '・' | '年' | '月' | '日')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(text: &str) -> Date {
        base::parse_date(text).expect("a date")
    }

    fn today() -> Date {
        date("2026-11-24")
    }

    fn check(text: &str, expected: Result<&str, WrongBirthDate>) {
        assert_eq!(parse_birth_date(text, today()), expected.map(date), "{text}");
    }

    #[test]
    fn a_birthday_is_read_as_documents_and_people_write_it() {
        for text in [
            "昭和20年11月3日",
            "昭和２０年１１月３日",
            "昭和 20 年 11 月 3 日",
            "昭和20年11月03日生",
            "生年月日：昭和20年11月3日",
            "昭和二十年十一月三日",
            "㍼20年11月3日",
            "昭20.11.3",
            "昭和20.11.3",
            "昭和20-11-03",
            "S20.11.3",
            "s20/11/3",
            "Ｓ２０．１１．３",
            "S.20.11.3",
            "S 20 11 3",
            "S201103",
            "Showa 20, 11, 3",
            "Shōwa 20, 11, 3",
            "昭和20年（1945年）11月3日",
            "1945年（昭和20年）11月3日・81歳",
            "1945年（昭和20年）11月3日（土）",
            "1945年11月3日",
            "１９４５年１１月３日",
            "一九四五年十一月三日",
            "1945-11-03",
            "1945–11–03",
            "1945/11/3",
            "1945.11.3",
            "1945 11 3",
            "1945/11/03 0:00",
            "1945-11-03T00:00:00",
            "19451103",
            "\u{200e}1945-11-03\u{200e}",
            "3 November 1945",
            "3rd of Nov 1945",
            "Nov. 3, 1945",
            "Born: 3 Nov 1945",
        ] {
            check(text, Ok("1945-11-03"));
        }
        check("令和元年5月1日", Ok("2019-05-01"));
        check("R1.5.1", Ok("2019-05-01"));
        check("平成元年1月8日", Ok("1989-01-08"));
        check("H元.1.8", Ok("1989-01-08"));
        check("平31.4.30", Ok("2019-04-30"));
        check("大正15年12月24日", Ok("1926-12-24"));
        check("T5.10.10", Ok("1916-10-10"));
        check("13/5/1985", Ok("1985-05-13"));
        check("5/13/1985", Ok("1985-05-13"));
        check("昭和64年1月8日", Ok("1989-01-08"));
        check("2026-11-24", Ok("2026-11-24"));
    }

    #[test]
    fn what_is_wrong_with_a_date_is_told_apart() {
        use WrongBirthDate as W;
        check("", Err(W::Empty));
        check("　", Err(W::Empty));
        check("昭和", Err(W::Unreadable));
        check("昭和20年", Err(W::Unreadable));
        check("1945", Err(W::Unreadable));
        check("きのう", Err(W::Unreadable));
        check("1945-11-03 1945-11-04", Err(W::Unreadable));
        check("3/4/1985", Err(W::Unreadable));
        check("20年11月3日", Err(W::NoEra));
        check("20.11.3", Err(W::NoEra));
        check("昭和65年1月1日", Err(W::EraYear));
        check("昭和0年1月1日", Err(W::EraYear));
        check("平成32年1月1日", Err(W::EraYear));
        check("昭和99999年1月1日", Err(W::EraYear));
        check("1985年2月30日", Err(W::NoSuchDay));
        check("1985-13-01", Err(W::NoSuchDay));
        check("1985-1-99999999999", Err(W::NoSuchDay));
        check("2026-11-25", Err(W::Future));
        check("令和9年1月1日", Err(W::Future));
        check("明治30年1月1日", Err(W::TooLongAgo));
        check("1899-12-31", Err(W::TooLongAgo));
    }

    #[test]
    fn three_fields_are_one_date() {
        let check = |[year, month, day]: [&str; 3], expected: Result<&str, WrongBirthDate>| {
            assert_eq!(parse_date_parts(year, month, day, today()), expected.map(date), "{year} {month} {day}");
        };
        check(["1945", "11", "3"], Ok("1945-11-03"));
        check(["１９４５", "１１", "０３"], Ok("1945-11-03"));
        check(["昭和20", "11", "3"], Ok("1945-11-03"));
        check(["昭和20年", "11月", "3日"], Ok("1945-11-03"));
        check(["S20", "11", "3"], Ok("1945-11-03"));
        check(["昭和20年11月3日", "", ""], Ok("1945-11-03"));
        check(["20", "11", "3"], Err(WrongBirthDate::NoEra));
        check(["1945", "", "3"], Err(WrongBirthDate::Unreadable));
        check(["", "", ""], Err(WrongBirthDate::Empty));
        check(["1945", "4-3", "3"], Err(WrongBirthDate::Unreadable));
    }

    #[test]
    fn an_age_is_reached_on_the_birthday() {
        let check =
            |birth: &str, day: &str, expected| assert_eq!(age_on(date(birth), date(day)), expected, "{birth} {day}");
        check("1945-11-03", "2026-11-24", 81);
        check("1945-11-24", "2026-11-24", 81);
        check("1945-11-25", "2026-11-24", 80);
        check("2026-11-24", "2026-11-24", 0);
        check("2024-02-29", "2025-02-28", 0);
        check("2024-02-29", "2025-03-01", 1);
    }

    #[test]
    fn a_year_is_said_in_its_era() {
        assert_eq!(era_year_text(date("1945-11-03")).as_deref(), Some("昭和20年"));
        assert_eq!(era_year_text(date("2019-05-01")).as_deref(), Some("令和元年"));
        assert_eq!(era_year_text(date("1867-01-01")), None);
        assert_eq!(era_year_latin(date("1945-11-03")).as_deref(), Some("Showa 20"));
    }

    proptest! {
        #[test]
        fn every_day_is_read_again_in_each_form(days in 0_i32..52_000) {
            let birth = date("1885-01-01").checked_add(jiff::Span::new().days(days)).expect("a day of the calendar");
            let western = format!("{}年{}月{}日", birth.year(), birth.month(), birth.day());
            for text in [base::era_text(birth), western, birth.to_string(), birth.strftime("%Y%m%d").to_string(),
                         birth.strftime("%-d %B %Y").to_string()] {
                prop_assert_eq!(parse_written_date(&text), Ok(birth), "{}", text);
            }
        }

        #[test]
        fn no_text_is_too_odd_to_be_answered(text in "\\PC{0,40}|[SHRTM昭平令大明元年月日0-9./ -]{0,20}") {
            let _ = parse_birth_date(&text, today());
        }
    }
}
