//! 再確認の一覧: what is to be checked again, its explanation, and what the desk does next.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, dates};
use ui::{
    Document, Frame,
    components::{self, BadgeTone, ButtonStyle, Tone},
};
use web::{ButtonForm, Form, Visitor};

use super::{
    rules::{FollowUpReason, FollowUpSubject, LookupFailure},
    store::{FollowUp, FollowUpId},
    wording::follow_up_reason_texts,
};
use crate::{
    Refusal, Role, TerminalState,
    appointments::{self, ServiceAccess, client::ProofConfirmation},
    eligibility::{
        rules::{DateCriterion, ListQuery, NextAction},
        wording::format_list_days,
    },
    follow_ups::texts,
    pages::{HandlerError, redirect},
    sign_in::session::{require_role, session_frame},
    wording::format_approximate_time,
};

pub(crate) struct FollowUpsPage {
    pub(crate) open_follow_ups: Vec<FollowUp>,
    pub(crate) service_access: ServiceAccess,
    pub(crate) notice: Option<FollowUpNotice>,
}

base::text_enum! {
    /// The notice on the outcome of the action before, by its text in addresses.
    pub(crate) enum FollowUpNotice {
        ServiceInformed = "told",
        ServiceNotInformed = "untold",
    }
}

#[derive(Deserialize)]
pub(crate) struct FollowUpsQuery {
    #[serde(rename = "said")]
    notice: Option<String>,
}

pub(crate) async fn show(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Query(query): Query<FollowUpsQuery>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Staff).await?;
    let follow_ups = terminal.store.list_open_follow_ups(session.account.institution).await?;
    let notice = query.notice.and_then(|text| text.parse().ok());
    let view =
        FollowUpsPage { open_follow_ups: follow_ups, service_access: appointments::service_access(&session), notice };
    Ok(render_page(&session_frame(&visitor, &session), &view).into_response())
}

pub(crate) async fn complete_follow_up(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Staff).await?;
    let id = id.parse().map_err(|_| Refusal::NotFound)?;
    let result = terminal.store.complete_follow_up(session.account.institution, id, visitor.now()).await;
    result?;
    Ok(redirect("/follow-ups"))
}

/// Reports a proof to the service that it does not have yet. A repeated report changes nothing there.
pub(crate) async fn inform_service(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Staff).await?;
    let institution = session.account.institution;
    let id: FollowUpId = id.parse().map_err(|_| Refusal::NotFound)?;
    let follow_up = terminal.store.find_open_follow_up(institution, id).await?.ok_or(Refusal::NotFound)?;
    let (Some(client), FollowUpReason::ServiceNotInformed, Some(appointment)) =
        (&session.station.desk_client, follow_up.note.reason, follow_up.note.unreported_appointment.clone())
    else {
        return Err(Refusal::NotFound.into());
    };
    match client.confirm_insurance(&appointment, ProofConfirmation::AT_TERMINAL).await {
        Ok(()) => {
            let result = terminal.store.mark_service_informed(institution, follow_up.note.subject, visitor.now()).await;
            result?;
            Ok(redirect(&format!("/follow-ups?said={}", FollowUpNotice::ServiceInformed)))
        }
        Err(failure) => {
            tracing::warn!(
                error = &failure as &dyn std::error::Error,
                "the proof of insurance could not be reported to the service"
            );
            let result = terminal
                .store
                .upsert_follow_up(institution, follow_up.note, visitor.site().randomness(), visitor.now())
                .await;
            result?;
            Ok(redirect(&format!("/follow-ups?said={}", FollowUpNotice::ServiceNotInformed)))
        }
    }
}

pub(crate) fn render_page(frame: &Frame, view: &FollowUpsPage) -> Markup {
    let language = frame.language;
    let title = texts::TO_BE_ASKED_AGAIN.in_language(language);
    Document::new(frame, title).lead(texts::WHAT_IS_TO_BE_ASKED_AGAIN.in_language(language)).main(html! {
        @if let Some(notice) = view.notice { (render_notice(language, notice)) }
        @if view.open_follow_ups.is_empty() {
            (components::empty_state(texts::NOTHING_IS_TO_BE_ASKED_AGAIN.in_language(language), html! {
                p { a href="/receptions" { (texts::TO_THE_RECEPTIONS.in_language(language)) } }
            }))
        }
        @for follow_up in &view.open_follow_ups { (render_entry(frame, follow_up, view.service_access)) }
    })
}

fn render_notice(language: Language, notice: FollowUpNotice) -> Markup {
    match notice {
        FollowUpNotice::ServiceInformed => components::notice(
            Tone::Success,
            texts::THE_DESK_WAS_TOLD.in_language(language),
            html! {
                p { (texts::WHAT_THE_DESK_WAS_TOLD.in_language(language)) }
            },
        ),
        FollowUpNotice::ServiceNotInformed => components::notice(
            Tone::Error,
            texts::DESK_COULD_NOT_BE_TOLD.in_language(language),
            html! {
                p { (texts::WHAT_WAS_CONFIRMED_IS_NOT_LOST.in_language(language)) }
            },
        ),
    }
}

fn render_entry(frame: &Frame, follow_up: &FollowUp, service: ServiceAccess) -> Markup {
    let language = frame.language;
    let FollowUp { id, note, since, attempts } = follow_up;
    let (label, meaning, steps) = follow_up_reason_texts(language, note.reason);
    let steps: Vec<Markup> = steps.into_iter().map(|step| html! { (step) }).collect();
    let heading = match note.subject {
        FollowUpSubject::Reception(number) => texts::reception(language, number.to_grouped_string()),
        FollowUpSubject::Day(DateCriterion::Visit, day) => {
            texts::visits_of(language, dates::format_date(language, day))
        }
        FollowUpSubject::Day(criterion @ DateCriterion::HomeVisit, day) => {
            texts::home_visit_consents_of(language, format_list_days(language, ListQuery { criterion, day }))
        }
        FollowUpSubject::Day(DateCriterion::Consent, day) => {
            texts::consents_of(language, dates::format_date(language, day))
        }
    };
    let done_label = texts::close(language, &heading);
    let tone = match note.reason {
        FollowUpReason::ServiceNotInformed | FollowUpReason::LookupFailure(LookupFailure::InProgress) => {
            BadgeTone::Attention
        }
        _ => BadgeTone::Bad,
    };
    let mut facts = vec![
        (
            texts::DAY_OF_THE_VISIT.in_language(language),
            html! {
                @match note.visit { Some(day) => (dates::format_date(language, day)), None => "—" }
            },
        ),
        (texts::FIRST_ASKED.in_language(language), html! { (dates::format_date_time(language, *since)) }),
        (texts::HOW_OFTEN_ASKED.in_language(language), html! { (texts::times(language, attempts)) }),
    ];
    if let Some(time) = note.retry_at {
        facts.push((texts::OPENS_AGAIN.in_language(language), html! { (format_approximate_time(language, time)) }));
    }
    components::panel(
        &heading,
        html! {
            p { (components::badge(tone, label)) " " (meaning) }
            (components::description_list(&facts))
            p { b { (texts::WHAT_TO_DO_NEXT.in_language(language)) } }
            (components::numbered_list(&steps))
            (components::buttons(html! {
                @if let Some((href, label)) = follow_up_link(language, follow_up) { (components::secondary_link(&href, label, None)) }
                @if note.unreported_appointment.is_some() && service == ServiceAccess::Configured {
                    (components::post_button(
                        frame,
                        &format!("/follow-ups/{id}/tell"),
                        ButtonStyle::Secondary,
                        texts::TELL_IT_AGAIN.in_language(language),
                    ))
                }
                (components::post_button(frame, &format!("/follow-ups/{id}/done"), ButtonStyle::Quiet, &done_label))
            }))
        },
    )
}

/// The link to check again; `None` if that does not help.
fn follow_up_link(language: Language, follow_up: &FollowUp) -> Option<(String, &'static str)> {
    let open_label = texts::OPEN_THE_RECEPTION.in_language(language);
    let label = match follow_up.note.reason {
        // Checking again does not renew the consent.
        FollowUpReason::Finding(finding) if finding.next_action() == NextAction::RegisterAgain => return None,
        FollowUpReason::OtherName | FollowUpReason::ServiceNotInformed => open_label,
        FollowUpReason::Finding(_) | FollowUpReason::LookupFailure(_) => texts::ASK_AGAIN.in_language(language),
    };
    Some(match follow_up.note.list_position() {
        Some((list, None)) => (format!("/receptions?{}", list.to_query_string()), label),
        Some((list, Some(number))) => (format!("/receptions?{}&reception={number}", list.to_query_string()), label),
        None => ("/receptions".to_owned(), texts::LOOK_FOR_RECEPTION_ON_LIST.in_language(language)),
    })
}
