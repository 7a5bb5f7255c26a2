//! Removing a relative from an account.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Timestamp;
use maud::{Markup, html};
use text::replace_wide_spaces;
use ui::{
    Document, Frame,
    components::{self, Problem, Tone},
};
use web::{Access, Form, Routes, Visitor};

use super::close::{CloseAccountForm, VisitUnderWay, divide_open_visits, render_visits_to_cancel};
use crate::{
    booking::store::details::AppointmentDetails,
    context::Context,
    pages::{frame::page_frame, signed_in},
    people::rules::{
        account::{Account, Relationship},
        patient::PatientId,
    },
    personal_data::{rules::CloseOutcome, texts},
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/profile/family/{id}/remove", Access::SignedIn, get(show_removal)).action(
        "/profile/family/{id}/remove",
        Access::SignedIn,
        post(submit_removal),
    )
}

/// What removing a patient from an account does to the patient's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RemovalEffect {
    /// Another account acts for the patient: nothing is erased.
    Kept,
    /// No other account does: everything that identifies the patient is erased.
    Erased,
}

pub(crate) struct RemovalPage {
    pub(crate) patient: PatientId,
    pub(crate) name: String,
    pub(crate) effect: RemovalEffect,
    /// Visits that have not begun and would be cancelled.
    pub(crate) upcoming_visits: Vec<AppointmentDetails>,
    pub(crate) visit_under_way: VisitUnderWay,
    pub(crate) problem: Option<&'static str>,
}

async fn load_page(context: &Context, account: &Account, id: &str, now: Timestamp) -> Result<RemovalPage, Refusal> {
    let id = id.parse().map_err(|_| Refusal::NotFound)?;
    let relative = account.find_patient(id).filter(|found| found.relationship != Relationship::Oneself);
    let profile = relative.and_then(|relative| relative.patient.profile.as_ref()).ok_or(Refusal::NotFound)?;
    let others = context.store.list_other_accounts(account.id, id).await?;
    let mut open = context.store.list_visits_ended_by_closing(account.id, now).await?;
    open.retain(|details| details.patient.id == id);
    let (upcoming_visits, visit_under_way) = divide_open_visits(open, now);
    Ok(RemovalPage {
        patient: id,
        name: replace_wide_spaces(&profile.name),
        effect: if others.is_empty() { RemovalEffect::Erased } else { RemovalEffect::Kept },
        upcoming_visits,
        visit_under_way,
        problem: None,
    })
}

async fn show_removal(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let account = signed_in::require_account_for_page(&context, &visitor).await?;
    let view = load_page(&context, &account, &id, visitor.now()).await?;
    Ok(render_removal_page(&page_frame(&visitor, Some(&account)), &view).into_response())
}

async fn submit_removal(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<CloseAccountForm>,
) -> Result<Response, Response> {
    let account = signed_in::require_account_for_action(&context, &visitor).await?;
    let view = load_page(&context, &account, &id, visitor.now()).await?;
    let outcome = context.store.remove_patient(account.id, view.patient, form.parse_upcoming(), visitor.now()).await?;
    match outcome {
        CloseOutcome::Closed => Ok(Redirect::to("/profile/family").into_response()),
        CloseOutcome::StillBooked => {
            let problem = Some(texts::TICK_BOX_TO_CANCEL_THESE_APPOINTMENTS.in_language(visitor.language()));
            let view = RemovalPage { problem, ..view };
            Ok(render_removal_page(&page_frame(&visitor, Some(&account)), &view).into_response())
        }
        CloseOutcome::VisitUnderWay => {
            Ok(Redirect::to(&format!("/profile/family/{}/remove", view.patient)).into_response())
        }
    }
}

/// アカウントから外す
pub(crate) fn render_removal_page(frame: &Frame, view: &RemovalPage) -> Markup {
    let language = frame.language;
    let problems: Vec<_> = view.problem.iter().map(|message| Problem { field: "cancel", message }).collect();
    let (effect, way_back) = match view.effect {
        RemovalEffect::Kept => (texts::ANOTHER_ACCOUNT_GOES_ON, texts::AN_INVITATION_BRINGS_THEM_BACK),
        RemovalEffect::Erased => (texts::DETAILS_AND_PICTURES_ARE_ERASED, texts::REMOVED_FOR_GOOD),
    };
    let mut document = Document::new(frame, texts::REMOVE_FROM_THIS_ACCOUNT.in_language(language))
        .above_heading(components::back_link("/profile/family", texts::BACK_TO_FAMILY.in_language(language)));
    if !problems.is_empty() {
        document = document.with_problems();
    }
    document.main(html! {
        (components::error_summary(language, &problems))
        p { b { (view.name) } }
        p { (effect.in_language(language)) }
        @if view.visit_under_way == VisitUnderWay::Yes {
            (components::notice(Tone::Warning, texts::REMOVE_AFTER_TODAYS_VISIT.in_language(language), html! {
                p { (texts::NOT_REMOVED_DURING_A_VISIT.in_language(language)) }
            }))
        } @else {
            (components::form(frame, &format!("/profile/family/{}/remove", view.patient), html! {
                @if !view.upcoming_visits.is_empty() { (render_visits_to_cancel(language, &view.upcoming_visits)) }
                (components::danger_button(
                    texts::REMOVE_FROM_THIS_ACCOUNT.in_language(language),
                    Some(way_back.in_language(language))))
            }))
        }
    })
}
