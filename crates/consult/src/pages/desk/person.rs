//! Who a patient is, as a desk reads it: the name as a title, the birth date in both calendars, the age, the telephone.

use base::{Date, Era, era_date};
use maud::{Markup, html};
use shell::{
    Language,
    parts::{self, ButtonLook},
};

use crate::rules::patient::{Person, Profile};

/// How old somebody born on `birth` is on `day`, in full years.
pub(super) fn age_on(birth: Date, day: Date) -> i16 {
    let had_birthday = (day.month(), day.day()) >= (birth.month(), birth.day());
    day.year() - birth.year() - i16::from(!had_birthday)
}

/// 81歳
pub(super) fn age_text(language: Language, birth: Date, day: Date) -> String {
    let age = age_on(birth, day);
    match language {
        Language::Japanese => format!("{age}歳"),
        Language::English => format!("aged {age}"),
    }
}

/// 1945年（昭和20年）11月3日
pub(super) fn birth_date_text(language: Language, birth: Date) -> String {
    let (year, month, day) = (birth.year(), birth.month(), birth.day());
    match (language, era_date(birth)) {
        (Language::Japanese, Some((era, 1))) => format!("{year}年（{}元年）{month}月{day}日", era.name()),
        (Language::Japanese, Some((era, in_era))) => format!("{year}年（{}{in_era}年）{month}月{day}日", era.name()),
        (Language::Japanese, None) => format!("{year}年{month}月{day}日"),
        (Language::English, Some((era, in_era))) => {
            format!("{} ({} {in_era})", birth.strftime("%-d %B %Y"), era_in_english(era))
        }
        (Language::English, None) => birth.strftime("%-d %B %Y").to_string(),
    }
}

fn era_in_english(era: Era) -> &'static str {
    match era {
        Era::Meiji => "Meiji",
        Era::Taisho => "Taisho",
        Era::Showa => "Showa",
        Era::Heisei => "Heisei",
        Era::Reiwa => "Reiwa",
    }
}

/// 瀬川 トミ（セガワ トミ）様 81歳
pub(super) fn title(language: Language, patient: &Person, day: Date) -> String {
    let Some(profile) = &patient.profile else { return no_name(language).to_owned() };
    let kana = profile.kana.as_deref().map(narrow).map(|kana| language.bracketed(&kana)).unwrap_or_default();
    let age = age_text(language, profile.birth_date, day);
    match language {
        Language::Japanese => format!("{}{kana}様 {age}", narrow(&profile.name)),
        Language::English => format!("{}{kana}, {age}", narrow(&profile.name)),
    }
}

/// The name alone, for lists and trails of links.
pub(super) fn short_name(language: Language, patient: &Person) -> String {
    match &patient.profile {
        Some(profile) => {
            let name = narrow(&profile.name);
            match language {
                Language::Japanese => format!("{name}様"),
                Language::English => name,
            }
        }
        None => no_name(language).to_owned(),
    }
}

fn no_name(language: Language) -> &'static str {
    language.t("（名前は未登録）", "(no name yet)")
}

/// A name with one plain space between its parts.
fn narrow(name: &str) -> String {
    name.replace('\u{3000}', " ")
}

/// The name with kana and age, for a cell of the list.
pub(super) fn cell(language: Language, patient: &Person, day: Date) -> Markup {
    html! {
        @match &patient.profile {
            Some(profile) => {
                b { (narrow(&profile.name)) } " " (age_text(language, profile.birth_date, day))
                @if let Some(kana) = &profile.kana { br; small { (narrow(kana)) } }
            }
            None => (no_name(language)),
        }
    }
}

/// A telephone number with the hyphens that it is read with. The lengths of area codes differ; where they cannot be told
/// from the first digits, three are set off.
pub(super) fn phone_text(number: &str) -> String {
    let groups: &[usize] = match (number.len(), number) {
        _ if !number.bytes().all(|byte| byte.is_ascii_digit()) => return number.to_owned(),
        (10, number) if number.starts_with("0120") || number.starts_with("0570") => &[4, 3, 3],
        (10, number) if number.starts_with("03") || number.starts_with("06") => &[2, 4, 4],
        (10, _) => &[3, 3, 4],
        (11, number) if number.starts_with("0800") => &[4, 3, 4],
        (11, _) => &[3, 4, 4],
        _ => return number.to_owned(),
    };
    let mut rest = number;
    let mut parts = Vec::new();
    for length in groups {
        let (part, after) = rest.split_at(*length);
        parts.push(part);
        rest = after;
    }
    parts.join("-")
}

/// The telephone number as a link that calls it.
pub(super) fn phone_link(number: &str) -> Markup {
    html! { a href={ "tel:" (number) } { (phone_text(number)) } }
}

/// 電話する 090-1234-5678
pub(super) fn phone_button(language: Language, number: &str, look: ButtonLook) -> Markup {
    let (address, label) =
        (format!("tel:{number}"), format!("{}{}", language.t("電話する ", "Phone "), phone_text(number)));
    match look {
        ButtonLook::Primary => parts::primary_link(&address, &label, None),
        _ => parts::secondary_link(&address, &label, None),
    }
}

/// What a desk compares a document with: name, kana, birth date in both calendars, age on the day of the visit.
pub(super) fn identity(language: Language, profile: &Profile, day: Date) -> Markup {
    let mut rows = vec![(language.t("氏名", "Name"), html! { b { (narrow(&profile.name)) } })];
    if let Some(kana) = &profile.kana {
        rows.push((language.t("カナ", "Kana"), html! { (narrow(kana)) }));
    }
    rows.push((
        language.t("生年月日", "Date of birth"),
        html! { b { (birth_date_text(language, profile.birth_date)) } },
    ));
    rows.push((
        language.t("診察日の年齢", "Age at the visit"),
        html! { (age_text(language, profile.birth_date, day)) },
    ));
    parts::description_list(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        base::parse_date(text).expect("a date")
    }

    #[test]
    fn age_is_counted_in_full_years() {
        let check = |birth, day, expected| assert_eq!(age_on(date(birth), date(day)), expected, "{birth} on {day}");
        check("1945-11-03", "2026-11-24", 81);
        check("1945-11-03", "2026-11-03", 81);
        check("1945-11-03", "2026-11-02", 80);
        check("2024-02-29", "2025-02-28", 0);
        check("2024-02-29", "2025-03-01", 1);
    }

    #[test]
    fn a_birth_date_stands_in_both_calendars() {
        let check = |birth, japanese, english| {
            assert_eq!(birth_date_text(Language::Japanese, date(birth)), japanese);
            assert_eq!(birth_date_text(Language::English, date(birth)), english);
        };
        check("1945-11-03", "1945年（昭和20年）11月3日", "3 November 1945 (Showa 20)");
        check("2019-05-01", "2019年（令和元年）5月1日", "1 May 2019 (Reiwa 1)");
        check("1989-01-07", "1989年（昭和64年）1月7日", "7 January 1989 (Showa 64)");
    }

    #[test]
    fn a_telephone_number_has_its_hyphens() {
        let check = |number, expected| assert_eq!(phone_text(number), expected);
        check("09012345678", "090-1234-5678");
        check("0312345678", "03-1234-5678");
        check("0451234567", "045-123-4567");
        check("0120123456", "0120-123-456");
        check("08001234567", "0800-123-4567");
        check("+84901234567", "+84901234567");
        check("012345678", "012345678");
    }

    #[test]
    fn the_title_names_the_patient() {
        let mut patient = crate::pages::specimen::person();
        let day = date("2026-11-24");
        assert_eq!(title(Language::Japanese, &patient, day), "見本 花子（ミホン ハナコ）様 41歳");
        assert_eq!(title(Language::English, &patient, day), "見本 花子 (ミホン ハナコ), aged 41");
        assert_eq!(short_name(Language::Japanese, &patient), "見本 花子様");
        patient.profile = None;
        assert_eq!(title(Language::Japanese, &patient, day), "（名前は未登録）");
    }
}
