//! Actions of the desk: their parsing and their outcome.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use serde::Deserialize;
use web::{Access, Form, Routes, Visitor};

use super::{
    frame::require_staff,
    picture::{self, respond_with_picture_page},
};
use crate::{
    appointments::{pages::parse_appointment_id, rules::AppointmentId},
    clinic::rules::{
        desk_action::{DeskAction, DocumentCheck, DocumentTicks},
        seen_version::SeenVersion,
    },
    context::Context,
    pictures::rules::{
        note::{Note, NoteReview, review_note},
        picture::PictureId,
    },
    proof::rules::ledgers::{RequestReason, RequestedProof},
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().action("/desk/visits/{id}", Access::SignedIn, post(submit_desk_action)).action(
        "/desk/visits/{id}/take-back",
        Access::SignedIn,
        post(undo_desk_action),
    )
}

/// The fields of a button of the desk. `act` names the action, which decides the other fields.
#[derive(Debug, Default, Deserialize)]
struct DeskActionForm {
    /// The version of the visit that the page showed.
    #[serde(default)]
    #[serde(rename = "seen")]
    seen_version: String,
    #[serde(rename = "act")]
    action: String,
    // Each form of the page has its own field, because the name of a field is also its HTML id.
    #[serde(rename = "why_consent")]
    consent_reason: Option<String>,
    #[serde(rename = "why_picture")]
    picture_reason: Option<String>,
    #[serde(rename = "why_again")]
    repeat_reason: Option<String>,
    #[serde(rename = "why_refused")]
    refusal_reason: Option<String>,
    note: Option<String>,
    /// The picture that the page showed.
    picture: Option<String>,
    /// The ids of all pictures that the page listed as proof, separated by commas.
    pictures: Option<String>,
    compared_name: Option<String>,
    compared_birth_date: Option<String>,
    compared_expiry: Option<String>,
}

/// The outcome of parsing a [`DeskActionForm`].
enum DeskActionInput {
    Valid(DeskAction),
    /// The form has to be corrected on the page of the picture.
    Invalid(PictureId, picture::PictureFormError),
    /// No known action, or a field of it is missing.
    Unknown,
}

impl DeskActionForm {
    fn parse(&self) -> DeskActionInput {
        self.parse_known_action().unwrap_or(DeskActionInput::Unknown)
    }

    fn parse_known_action(&self) -> Option<DeskActionInput> {
        let reason = |text: &Option<String>| text.as_deref()?.parse::<RequestReason>().ok();
        Some(DeskActionInput::Valid(match self.action.as_str() {
            "ask_consent" => DeskAction::Request(RequestedProof::Consent, reason(&self.consent_reason)?),
            "ask_picture" => DeskAction::Request(RequestedProof::Picture, reason(&self.picture_reason)?),
            "ask_again" | "ask_again_with_number" => {
                return Some(
                    self.parse_repeat_request(self.picture.as_deref()?.parse().ok()?, reason(&self.repeat_reason)?),
                );
            }
            "accept" => return self.parse_confirmation(self.picture.as_deref()?.parse().ok()?),
            "terminal" => DeskAction::ConfirmAtTerminal,
            "screen" => DeskAction::ConfirmOnScreen,
            "refuse" => DeskAction::RefuseProof(self.refusal_reason.as_deref()?.parse().ok()?),
            "complete" => DeskAction::Complete,
            "no_show" => DeskAction::NoShow,
            _ => return None,
        }))
    }

    fn parse_repeat_request(&self, picture: PictureId, reason: RequestReason) -> DeskActionInput {
        let request =
            |note: Option<Note>| DeskActionInput::Valid(DeskAction::RequestPictureAgain { picture, reason, note });
        match review_note(self.note.as_deref().unwrap_or_default()) {
            NoteReview::Empty => request(None),
            NoteReview::Clear(note) => request(Some(note)),
            NoteReview::HasNumber(note) if self.action == "ask_again_with_number" => request(Some(note)),
            NoteReview::HasNumber(note) => {
                DeskActionInput::Invalid(picture, picture::PictureFormError::NumberInNote { reason, note })
            }
        }
    }

    fn parse_confirmation(&self, picture: PictureId) -> Option<DeskActionInput> {
        let ticks = DocumentTicks {
            name: self.compared_name.is_some(),
            birth_date: self.compared_birth_date.is_some(),
            expiry: self.compared_expiry.is_some(),
        };
        let seen = self.pictures.as_deref()?.split(',').map(|id| id.parse().ok()).collect::<Option<Vec<_>>>()?;
        Some(match DocumentCheck::from_ticks(ticks) {
            Some(check) => DeskActionInput::Valid(DeskAction::ConfirmByPictures { viewed: seen, check }),
            None => DeskActionInput::Invalid(picture, picture::PictureFormError::NotCompared(ticks)),
        })
    }
}

async fn submit_desk_action(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<DeskActionForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let id = parse_appointment_id(&id)?;
    let action = match form.parse() {
        DeskActionInput::Valid(action) => action,
        DeskActionInput::Invalid(picture, error) => {
            let viewport = picture::PictureViewport::default();
            return respond_with_picture_page(&context, &visitor, &staff, id, &picture.to_string(), viewport, error)
                .await;
        }
        DeskActionInput::Unknown => return Ok(Redirect::to(&format!("/desk/visits/{id}")).into_response()),
    };
    let done = match form.seen_version.parse::<SeenVersion>() {
        Ok(seen) => context.store.perform_desk_action(staff, id, seen, action, visitor.now()).await,
        Err(_) => Err(Refusal::Changed),
    };
    redirect_to_visit(id, done, "done")
}

#[derive(Deserialize)]
struct UndoDeskActionForm {
    number: u32,
}

async fn undo_desk_action(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(UndoDeskActionForm { number }): Form<UndoDeskActionForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let id = parse_appointment_id(&id)?;
    let outcome = context.store.undo_desk_action(staff, id, number, visitor.now()).await;
    redirect_to_visit(id, outcome, "taken-back")
}

/// Redirects to the page of the visit, which shows the outcome.
#[expect(clippy::result_large_err, reason = "the error is the page that answers")]
fn redirect_to_visit(id: AppointmentId, outcome: Result<(), Refusal>, success: &str) -> Result<Response, Response> {
    let notice = match outcome {
        Ok(()) => success,
        // Another change came first, or the form was sent twice: the page shows the current state and the last action.
        Err(Refusal::Changed | Refusal::Closed(_)) => "changed",
        Err(Refusal::TooEarly(_)) => "too-early",
        Err(Refusal::TooLate(_)) => "too-late",
        Err(refusal) => return Err(refusal.into_response()),
    };
    Ok(Redirect::to(&format!("/desk/visits/{id}?said={notice}")).into_response())
}
