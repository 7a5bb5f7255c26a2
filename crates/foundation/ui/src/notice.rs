use maud::{Markup, html};
use text::Language;

use super::icon;
use crate::texts;

/// The tone of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Information.
    Info,
    /// Success.
    Success,
    /// A warning.
    Warning,
    /// An error.
    Error,
}

/// A notice with its heading; shape and text express the same as its colour.
pub fn notice(tone: Tone, heading: &str, body: Markup) -> Markup {
    let (class, role, icon) = match tone {
        Tone::Info => ("notice", None, icon::info()),
        Tone::Success => ("notice success", Some("status"), icon::check()),
        Tone::Warning => ("notice warning", None, icon::warning()),
        Tone::Error => ("notice error", Some("alert"), icon::error()),
    };
    html! { div class=(class) role=[role] { h2 { (icon) (heading) } (body) } }
}

/// The tone of a badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadgeTone {
    /// A plain fact.
    Neutral,
    /// All is well.
    Good,
    /// Something has to be done.
    Attention,
    /// Something is wrong.
    Bad,
    /// A feature of the service.
    Accent,
}

/// A label of one or two words.
pub fn badge(tone: BadgeTone, label: &str) -> Markup {
    let class = match tone {
        BadgeTone::Neutral => "badge",
        BadgeTone::Good => "badge good",
        BadgeTone::Attention => "badge attention",
        BadgeTone::Bad => "badge bad",
        BadgeTone::Accent => "badge accent",
    };
    html! { span class=(class) { (label) } }
}

/// 「マイナ保険証対応」
pub fn insured_badge(language: Language) -> Markup {
    html! { span.badge.accent { (icon::card()) (texts::ACCEPTS_MY_NUMBER_CARD.in_language(language)) } }
}

/// The code to quote when asking for help about an error.
pub fn error_code(language: Language, code: &str) -> Markup {
    html! {
        p.fine {
            (texts::IF_YOU_CONTACT_US.in_language(language))
            code { (code) }
        }
    }
}

/// An empty list: why it is empty, and what to do.
pub fn empty_state(heading: &str, body: Markup) -> Markup {
    html! { div.empty { (icon::search()) h2 { (heading) } (body) } }
}
