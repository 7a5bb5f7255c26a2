//! Verifying the whole chain of a clinic, some thousand rows with each request.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
    routing::post,
};
use maud::{Markup, html};
use serde::Deserialize;
use ui::{
    Document, Frame,
    components::{self, Tone},
};
use web::{Form, Routes, Visitor};

use super::AUDIT_PATH;
use crate::{
    clinic::pages::frame::{MANAGERS, desk_frame, require_manager},
    clinic_audit::{rules::VerificationResult, store::VerificationStep, texts},
    context::Context,
};

const VERIFICATION_PATH: &str = "/desk/clinic/audit/verify";

pub(super) fn routes() -> Routes<Arc<Context>> {
    Routes::new().action(VERIFICATION_PATH, MANAGERS, post(verify_audit))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct VerificationForm {
    /// How far an earlier request came; empty for the first.
    progress: String,
}

async fn verify_audit(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<VerificationForm>,
) -> Result<Response, Response> {
    let manager = require_manager(&context, &visitor).await?;
    let step = context.store.verify_clinic_audit(&manager, form.progress).await?;
    if let VerificationStep::Finished(result) = step {
        context.store.record_clinic_audit_verification(&manager, result, visitor.now()).await?;
    }
    // Without a redirect: what an address says could be anybody's word.
    let frame = Frame { path_and_query: AUDIT_PATH.to_owned(), ..visitor.frame() };
    Ok(render_verification_page(&desk_frame(frame, Some(manager.staff())), &step).into_response())
}

/// The form that verifies, or goes on from where an earlier request stopped.
pub(super) fn verification_form(frame: &Frame, progress: &str, button: &Markup) -> Markup {
    components::form(
        frame,
        VERIFICATION_PATH,
        html! {
            @if !progress.is_empty() { (components::hidden_field("progress", progress)) }
            (button)
        },
    )
}

pub(crate) fn render_verification_page(frame: &Frame, step: &VerificationStep) -> Markup {
    let language = frame.language;
    let content = match step {
        VerificationStep::MoreRows(progress) => html! {
            (components::notice(
                Tone::Info,
                texts::THERE_ARE_MORE_ROWS.in_language(language),
                html! { p { (texts::verified_so_far(language, progress.position)) } },
            ))
            (verification_form(frame, progress.as_str(), &components::primary_button(
                texts::GO_ON_VERIFYING.in_language(language),
                None,
            )))
        },
        VerificationStep::Finished(VerificationResult::Whole { rows }) => components::notice(
            Tone::Success,
            texts::THE_AUDIT_IS_WHOLE.in_language(language),
            html! { p { (texts::all_rows_are_unchanged(language, rows)) } },
        ),
        VerificationStep::Finished(VerificationResult::Faulty { position }) => components::notice(
            Tone::Error,
            texts::THE_AUDIT_WAS_CHANGED.in_language(language),
            html! {
                p { (texts::row_was_changed(language, position)) }
                p { (texts::TELL_THE_OPERATOR.in_language(language)) }
            },
        ),
    };
    Document::new(frame, texts::VERIFICATION.in_language(language))
        .above_heading(components::back_link(AUDIT_PATH, texts::BACK_TO_THE_AUDIT.in_language(language)))
        .main(content)
}
