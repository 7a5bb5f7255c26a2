//! The parts that the pages of several features share.

pub(crate) mod texts;

use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use oqs::ReadWarning;
use text::Language;
use ui::{
    Frame,
    components::{self, Tone},
};
use web::Refuse;

use crate::{Refusal, client::EligibilityError};

/// Why a handler does not show its page.
pub(crate) enum HandlerError {
    /// Redirects to the sign-in page.
    NotSignedIn,
    Refused(Refusal),
}

impl From<Refusal> for HandlerError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<database::Error> for HandlerError {
    fn from(error: database::Error) -> Self {
        Self::Refused(error.into())
    }
}

impl IntoResponse for HandlerError {
    fn into_response(self) -> Response {
        match self {
            Self::NotSignedIn => redirect("/sign-in"),
            Self::Refused(refusal) => refusal.into_response(),
        }
    }
}

/// Redirects to another page, by GET (RFC 9110 §15.4.4).
pub(crate) fn redirect(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// What the system responded, or the refusal to show within the page.
pub(crate) enum SystemResponse<T> {
    Received(T),
    Failed(Refusal),
}

impl<T> SystemResponse<T> {
    /// A failure is logged here.
    pub(crate) fn from_result(result: Result<T, EligibilityError>) -> Self {
        match result {
            Ok(received) => Self::Received(received),
            Err(failure) => {
                let refusal = Refusal::Interface(failure);
                let cause: &(dyn std::error::Error + 'static) = &refusal;
                tracing::warn!(code = refusal.code(), cause, "the eligibility system did not answer");
                Self::Failed(refusal)
            }
        }
    }

    pub(crate) fn status(&self) -> http::StatusCode {
        match self {
            Self::Received(_) => http::StatusCode::OK,
            Self::Failed(refusal) => refusal.status(),
        }
    }
}

/// A failure of the system, and what the desk does next.
pub(crate) fn render_failure(frame: &Frame, refusal: &Refusal) -> Markup {
    let language = frame.language;
    let error_page = refusal.error_page();
    components::notice(
        Tone::Error,
        error_page.title.in_language(language),
        html! {
            p { (error_page.explanation.in_language(language)) }
            (components::secondary_link(&frame.path_and_query, texts::ASK_AGAIN.in_language(language), None))
            p .fine { (texts::ERROR_CODE.in_language(language)) code { (refusal.code()) } }
        },
    )
}

/// A message of the system, unchanged.
pub(crate) fn render_system_message(language: Language, message: &str, code: Option<&str>) -> Markup {
    html! {
        p { (texts::THE_SYSTEM_SAYS.in_language(language)) span lang="ja" { (message) }
            @if let Some(code) = code { " (" code { (code) } ")" } }
    }
}

/// The values that could not be read, shown to the desk as received.
pub(crate) fn render_doubts(language: Language, doubts: &[ReadWarning]) -> Markup {
    html! {
        @if !doubts.is_empty() {
            (components::notice(Tone::Warning, texts::SOME_VALUES_COULD_NOT_BE_READ.in_language(language), html! {
                p { (texts::THESE_VALUES_ARE_LEFT_OUT.in_language(language)) }
                ul {
                    @for doubt in doubts {
                        // The last part of the path is the element's name.
                        li { code { (doubt.element.rsplit('/').next().unwrap_or(&doubt.element)) } "：「" (doubt.text) "」" }
                    }
                }
            }))
        }
    }
}
