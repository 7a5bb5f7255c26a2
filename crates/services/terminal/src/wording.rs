//! The texts of days, times and persons on the pages.

use base::{Date, Timestamp, era_text};
use maud::{Markup, html};
use oqs::{FullName, KanaName, Month, Sex};
use text::Language;
use ui::components::{self, BadgeTone};

/// Stands for characters that the system does not have (外字).
const UNKNOWN_CHARACTER: char = '●';

/// A day with its weekday.
pub(crate) fn format_day(language: Language, date: Date) -> String {
    match language {
        Language::Japanese => {
            let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
            let names = ["月", "火", "水", "木", "金", "土", "日"];
            format!("{}年{}月{}日（{}）", date.year(), date.month(), date.day(), names[weekday])
        }
        Language::English => date.strftime("%a, %-d %B %Y").to_string(),
    }
}

pub(crate) fn format_month(language: Language, month: Month) -> String {
    let first = month.first_day();
    match language {
        Language::Japanese => format!("{}年{}月", first.year(), first.month()),
        Language::English => first.strftime("%B %Y").to_string(),
    }
}

/// A day in both calendars, as insurance documents and patients use them.
pub(crate) fn format_both_calendars(language: Language, date: Date) -> String {
    let era = era_text(date);
    match language {
        Language::Japanese => format!("{}年{}月{}日（{era}）", date.year(), date.month(), date.day()),
        Language::English => format!("{} ({era})", date.strftime("%-d %B %Y")),
    }
}

/// Day and time in Japan.
pub(crate) fn format_time(language: Language, time: Timestamp) -> String {
    let japan_time = time.in_japan();
    match language {
        Language::Japanese => {
            format!(
                "{}年{}月{}日 {}:{:02}",
                japan_time.year(),
                japan_time.month(),
                japan_time.day(),
                japan_time.hour(),
                japan_time.minute()
            )
        }
        Language::English => japan_time.strftime("%-d %b %Y, %-H:%M").to_string(),
    }
}

/// An approximate time, for the `Retry-After` of a closed system.
pub(crate) fn format_approximate_time(language: Language, time: Timestamp) -> String {
    let japan_time = time.in_japan();
    match language {
        Language::Japanese => {
            format!(
                "{}月{}日 {}:{:02}ごろ",
                japan_time.month(),
                japan_time.day(),
                japan_time.hour(),
                japan_time.minute()
            )
        }
        Language::English => format!("about {}", japan_time.strftime("%-H:%M on %-d %B")),
    }
}

/// The age on a day, in full years; `None` before birth.
pub(crate) fn age(birth_date: Date, day: Date) -> Option<i16> {
    let before_birthday = (day.month(), day.day()) < (birth_date.month(), birth_date.day());
    let age = day.year() - birth_date.year() - i16::from(before_birthday);
    (age >= 0).then_some(age)
}

pub(crate) fn sex_label(language: Language, sex: Option<Sex>) -> &'static str {
    match sex {
        Some(Sex::Male) => language.t("男", "Male"),
        Some(Sex::Female) => language.t("女", "Female"),
        Some(Sex::NotSet) => language.t("未設定", "Not set"),
        None => "—",
    }
}

/// A day in both calendars, one below the other, for a narrow column.
pub(crate) fn render_birth_date(language: Language, date: Date) -> Markup {
    let western = match language {
        Language::Japanese => date.strftime("%Y/%m/%d").to_string(),
        Language::English => date.strftime("%-d %b %Y").to_string(),
    };
    html! { div { (western) br; span lang="ja" { (era_text(date)) } } }
}

/// A name, marked if characters in it were replaced.
pub(crate) fn render_name(language: Language, name: &FullName) -> Markup {
    html! {
        span lang="ja" { (name.as_str()) }
        @if name.as_str().contains(UNKNOWN_CHARACTER) {
            " " (components::badge(BadgeTone::Attention, language.t("外字あり", "Has ●")))
        }
    }
}

/// Whether characters of a name were replaced.
pub(crate) fn has_unknown_characters(name: &FullName) -> bool {
    name.as_str().contains(UNKNOWN_CHARACTER)
}

/// A reading in full width, which is easier to read than the half width of the messages.
pub(crate) fn render_kana(kana: Option<&KanaName>) -> Markup {
    html! { @if let Some(kana) = kana { span lang="ja" { (oqs::full_width(kana.as_str())) } } @else { "—" } }
}
