use maud::{Markup, html};
use text::Language;

use super::{
    button::{ButtonStyle, submit},
    field::field_id,
    icon,
};
use crate::{Frame, texts};

/// A mistake in one field.
#[derive(Debug, Clone, Copy)]
pub struct Problem<'a> {
    pub field: &'a str,
    /// What to do about it, the same text as at the field.
    pub message: &'a str,
}

/// A form that posts, with the CSRF token. The server reports mistakes, so the browser's own validation is off.
pub fn form(frame: &Frame, action: &str, body: Markup) -> Markup {
    html! { form method="post" action=(action) novalidate { (csrf(frame)) (body) } }
}

/// A form that uploads pictures. The token is the first part, so that it can be checked before a picture is read.
pub fn upload_form(frame: &Frame, action: &str, body: Markup) -> Markup {
    html! { form method="post" action=(action) enctype="multipart/form-data" novalidate { (csrf(frame)) (body) } }
}

/// A form that only queries, and so needs no token.
pub fn search_form(action: &str, body: Markup) -> Markup {
    html! { form method="get" action=(action) role="search" novalidate { (body) } }
}

/// A form that consists of one button.
pub fn post_button(frame: &Frame, action: &str, style: ButtonStyle, label: &str) -> Markup {
    html! { form.single method="post" action=(action) { (csrf(frame)) (submit(style, None, label, None)) } }
}

/// A hidden field.
pub fn hidden_field(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// Fields in one row where the width suffices.
pub fn field_row(body: Markup) -> Markup {
    html! { div.field-row { (body) } }
}

/// The list of mistakes at the top of the form, each linked to its field. Empty without mistakes.
pub fn error_summary(language: Language, problems: &[Problem<'_>]) -> Markup {
    html! {
        @if !problems.is_empty() {
            // It is focused when the page returns.
            div.notice.error.summary role="alert" tabindex="-1" autofocus {
                h2 { (icon::error()) (texts::PLEASE_CHECK_WHAT_YOU_ENTERED.in_language(language)) }
                ul {
                    @for problem in problems {
                        li { a href={ "#" (field_id(problem.field)) } { (problem.message) } }
                    }
                }
            }
        }
    }
}

pub(super) fn csrf(frame: &Frame) -> Markup {
    hidden_field("csrf", &frame.csrf)
}
