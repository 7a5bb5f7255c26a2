//! The texts of days, times and persons on the pages.

pub(crate) mod texts;

use base::{Date, Timestamp, era_text};
use maud::{Markup, html};
use oqs::{FullName, KanaName, Month, Sex};
use text::{Language, age_on, dates};
use ui::components::{self, BadgeTone};

/// Stands for characters that the system does not have (外字).
const UNKNOWN_CHARACTER: char = '●';

pub(crate) fn format_month(language: Language, month: Month) -> String {
    dates::format_month(language, month.first_day())
}

/// An approximate time, for the `Retry-After` of a closed system.
pub(crate) fn format_approximate_time(language: Language, time: Timestamp) -> String {
    texts::approximate_time(language, dates::format_short_date_time(language, time))
}

/// The age on a day, in full years; `None` before birth.
pub(crate) fn age(birth_date: Date, day: Date) -> Option<i16> {
    Some(age_on(birth_date, day)).filter(|age| *age >= 0)
}

pub(crate) fn sex_label(language: Language, sex: Option<Sex>) -> &'static str {
    match sex {
        Some(Sex::Male) => texts::MALE.in_language(language),
        Some(Sex::Female) => texts::FEMALE.in_language(language),
        Some(Sex::NotSet) => texts::SEX_NOT_SET.in_language(language),
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
        (render_unknown_characters_badge(language, name))
    }
}

/// The mark beside a name in which characters were replaced.
pub(crate) fn render_unknown_characters_badge(language: Language, name: &FullName) -> Markup {
    html! {
        @if has_unknown_characters(name) {
            " " (components::badge(BadgeTone::Attention, texts::HAS_UNKNOWN_CHARACTERS.in_language(language)))
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
