//! ③同意可否を登録する: the choices, displayed once more.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use base::{Date, Id};
use eligibility::{ConsentChoice, ConsentChoices, ConsentItem};
use http::HeaderMap;
use maud::{Markup, html};
use serde::Deserialize;
use text::Language;
use ui::{Document, Frame, components};
use web::{Form, Visitor};

use super::{ProcedureId, authenticate, or_redirect_to_step, procedure_response, redirect, request_context, step_path};
use crate::{
    Inner, Refusal,
    pages::texts,
    rules::procedure::{ProcedureStage, ProcedureTransitionError, format_choices},
    store::{ConsentProcedure, NewAuthentication},
};

pub(super) async fn show(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
    Query(query): Query<ConfirmQuery>,
) -> Result<Response, Refusal> {
    let procedure = inner.store.find_procedure(id, request_context(&visitor)).await?;
    let (ProcedureStage::Chosen(choices) | ProcedureStage::Confirmed(choices)) = procedure.stage else {
        return Ok(redirect(&step_path(&procedure)));
    };
    // Shown only if it is true: anyone can make up an address.
    let all_agreed =
        query.chosen.is_some_and(|chosen| chosen == "all") && choices == ConsentChoices::all(ConsentChoice::Agree);
    let last_change = if all_agreed { LastChange::AllAgreed } else { LastChange::Chosen };
    Ok(page_response(&inner, &visitor, procedure, choices, last_change))
}

/// The query of the page's address.
#[derive(Deserialize)]
pub(super) struct ConfirmQuery {
    chosen: Option<String>,
}

fn page_response(
    inner: &Inner,
    visitor: &Visitor,
    procedure: ConsentProcedure,
    choices: ConsentChoices,
    last_change: LastChange,
) -> Response {
    let institution = procedure.institution.name;
    let view =
        ConfirmPage { id: procedure.id, institution, visit_date: procedure.request.visit_date, choices, last_change };
    procedure_response(inner, &procedure.request, page(&super::step_frame(visitor), &view))
}

pub(super) async fn submit(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
    headers: HeaderMap,
    Form(form): Form<ConfirmForm>,
) -> Result<Response, Refusal> {
    let new = new_authentication(&visitor, &headers);
    let authentication = new.id;
    let outcome = inner.store.confirm(id, form.shown_choices, new, request_context(&visitor)).await;
    if let Err(Refusal::ProcedureStep(ProcedureTransitionError::OtherChoices)) = outcome {
        // Chosen otherwise in another tab, perhaps confirmed there too: the current choices must be seen before registration.
        let procedure = inner.store.find_procedure(id, request_context(&visitor)).await?;
        if let ProcedureStage::Chosen(choices) | ProcedureStage::Confirmed(choices) = procedure.stage {
            let mut response = page_response(&inner, &visitor, procedure, choices, LastChange::ChangedElsewhere);
            *response.status_mut() = http::StatusCode::CONFLICT;
            return Ok(response);
        }
    }
    or_redirect_to_step(outcome.map(|()| redirect(&format!("/authenticate/{authentication}"))), id)
}

#[derive(Deserialize)]
pub(super) struct ConfirmForm {
    /// The displayed choices, as [`format_choices`] writes them.
    #[serde(rename = "seen")]
    shown_choices: String,
}

/// A new app authentication of this browser, with fresh tickets and nonce.
pub(super) fn new_authentication(visitor: &Visitor, headers: &HeaderMap) -> NewAuthentication {
    let randomness = visitor.site().randomness();
    let id = Id::new(visitor.now(), randomness);
    NewAuthentication {
        id,
        ticket: authenticate::link_ticket(visitor.browser(), id).digest(),
        scan_ticket: authenticate::scan_ticket(visitor.browser(), id).digest(),
        nonce: randomness.bytes(),
        browser_label: authenticate::browser_label(headers),
        return_link: authenticate::return_link(headers),
    }
}

pub(super) struct ConfirmPage {
    pub(super) id: ProcedureId,
    pub(super) institution: String,
    pub(super) visit_date: Option<Date>,
    pub(super) choices: ConsentChoices,
    pub(super) last_change: LastChange,
}

/// How the displayed choices were made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LastChange {
    /// The person chose them on the page before.
    Chosen,
    /// The person pressed 「すべての項目に同意する」 on the page before.
    AllAgreed,
    /// They were changed in another window, after this one displayed others.
    ChangedElsewhere,
}

pub(super) fn page(frame: &Frame, view: &ConfirmPage) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::CHECK_YOUR_CHOICES.in_language(language))
        .above_heading(components::reception_steps(language, components::ReceptionStep::Confirm))
        .main(html! {
            @match view.last_change {
                LastChange::Chosen => {}
                LastChange::AllAgreed => p role="status" { b { (texts::ALL_SIX_ITEMS_ARE_SET_TO_AGREE.in_language(language)) } " " (texts::NOTHING_IS_REGISTERED_YET.in_language(language)) },
                LastChange::ChangedElsewhere => (components::notice(
                    components::Tone::Warning,
                    texts::CHOICES_WERE_CHANGED_ELSEWHERE.in_language(language),
                    html! { p { (texts::THESE_ARE_YOUR_CHOICES_NOW.in_language(language)) } },
                )),
            }
            (super::visit_summary(language, &view.institution, view.visit_date))
            (choice_list(language, view.choices))
            (components::notice(
                components::Tone::Info,
                texts::NEXT_SCAN_YOUR_CARD.in_language(language),
                html! {
                    p { (texts::YOU_WILL_BE_ASKED_FOR_PIN.in_language(language)) }
                    p { (texts::IF_PIN_UNKNOWN_SEND_PICTURE.in_language(language)) }
                },
            ))
            (components::form(frame, &format!("/procedures/{}/confirm", view.id), html! {
                (components::hidden_field("seen", &format_choices(view.choices)))
                (components::bottom_bar(components::primary_button(
                    texts::REGISTER_THESE_CHOICES.in_language(language),
                    Some(texts::NEXT_ENTER_PIN_AND_SCAN_CARD.in_language(language)),
                )))
            }))
            (components::secondary_link(
                &format!("/procedures/{}/choose", view.id),
                texts::CHANGE_YOUR_CHOICES.in_language(language),
                Some(texts::BACK_TO_THE_PREVIOUS_PAGE.in_language(language)),
            ))
            (super::abandon_button(frame, view.id))
        })
}

/// Each item with its choice.
pub(super) fn choice_list(language: Language, choices: ConsentChoices) -> Markup {
    let names: Vec<String> =
        ConsentItem::ALL.into_iter().map(|item| texts::providing_item(language, item.name(language))).collect();
    let rows: Vec<_> = choices
        .iter()
        .zip(&names)
        .map(|((_, choice), name)| {
            let badge = match choice {
                ConsentChoice::Agree => {
                    components::badge(components::BadgeTone::Good, texts::AGREE.in_language(language))
                }
                ConsentChoice::Decline => {
                    components::badge(components::BadgeTone::Neutral, texts::DECLINE.in_language(language))
                }
            };
            (name.as_str(), badge)
        })
        .collect();
    components::description_list(&rows)
}
