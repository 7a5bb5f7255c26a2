//! ⑦⑧ The consent is registered and the person returns to the service; or the procedure ended before.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base::{ReceptionNumber, Timestamp, Token};
use maud::{Markup, html};
use text::{Language, dates};
use ui::{Document, Frame, components};
use web::{ButtonForm, Form, Visitor};

use super::{ProcedureId, or_redirect_to_step, procedure_response, redirect, request_context, step_path};
use crate::{
    Inner, Refusal,
    pages::texts,
    rules::{
        procedure::{EntryRoute, LapseReason, ProcedureStage},
        renewal::Renewal,
    },
    store::{CompletionOutcome, ConsentProcedure, abandoned_redirect},
};

pub(super) async fn show_registered(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
) -> Result<Response, Refusal> {
    let procedure = inner.store.find_procedure(id, request_context(&visitor)).await?;
    let ProcedureStage::Registered { number, valid_until, renewal } = procedure.stage else {
        return Ok(redirect(&step_path(&procedure)));
    };
    let holder = inner.store.find_masked_holder_name(number).await?;
    Ok(page_response(&inner, &visitor, procedure, (number, valid_until, renewal, holder), registered_page))
}

/// A page about a registered reception.
fn page_response(
    inner: &Inner,
    visitor: &Visitor,
    procedure: ConsentProcedure,
    (number, valid_until, renewal, holder): (ReceptionNumber, Option<Timestamp>, Renewal, Option<String>),
    page: impl FnOnce(&Frame, &ReceptionPage) -> Markup,
) -> Response {
    let destination = return_destination(inner, &procedure.request.route, visitor.language());
    let view = ReceptionPage {
        id: procedure.id,
        institution: procedure.institution.name,
        number,
        valid_until,
        renewal,
        holder,
        destination,
    };
    procedure_response(inner, &procedure.request, page(&super::step_frame(visitor), &view))
}

pub(super) async fn complete(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    let code = Token::new(visitor.site().randomness());
    let outcome = inner.store.complete_procedure(id, code.digest(), request_context(&visitor)).await;
    let response = outcome.map(|completion| match completion {
        CompletionOutcome::HandOver(hand_over) => {
            let location = hand_over.redirect_uri.with_code(&code, hand_over.state.as_ref(), &inner.issuer);
            Redirect::to(location.reveal()).into_response()
        }
        CompletionOutcome::FixedUrl | CompletionOutcome::AlreadyRedeemed => {
            redirect(&format!("/procedures/{id}/finished"))
        }
    });
    or_redirect_to_step(response, id)
}

pub(super) async fn show_completed(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
) -> Result<Response, Refusal> {
    let procedure = inner.store.find_procedure(id, request_context(&visitor)).await?;
    let ProcedureStage::Completed { number, valid_until, renewal } = procedure.stage else {
        return Ok(redirect(&step_path(&procedure)));
    };
    Ok(page_response(&inner, &visitor, procedure, (number, valid_until, renewal, None), completed_page))
}

/// The person reports that the card was another's: the registration is cancelled.
pub(super) async fn cancel_registration(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    let outcome = inner.store.cancel_registration(id, request_context(&visitor)).await;
    or_redirect_to_step(outcome.map(|()| redirect(&format!("/procedures/{id}/over"))), id)
}

pub(super) async fn abandon(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    let outcome = inner.store.abandon(id, request_context(&visitor)).await;
    let response = outcome.map(|procedure| match &procedure.request.route {
        EntryRoute::HandOver(hand_over) => {
            Redirect::to(abandoned_redirect(hand_over, &inner.issuer).reveal()).into_response()
        }
        EntryRoute::FixedUrl => redirect(&format!("/procedures/{id}/over")),
    });
    or_redirect_to_step(response, id)
}

pub(super) async fn show_lapsed(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
) -> Result<Response, Refusal> {
    let procedure = inner.store.find_procedure(id, request_context(&visitor)).await?;
    let ProcedureStage::Lapsed(reason) = procedure.stage else { return Ok(redirect(&step_path(&procedure))) };
    let destination = return_destination(&inner, &procedure.request.route, visitor.language());
    Ok(procedure_response(
        &inner,
        &procedure.request,
        lapsed_page(&super::step_frame(&visitor), id, reason, &destination),
    ))
}

/// Where the person goes afterwards.
pub(super) enum ReturnDestination {
    Service { name: String, home: String },
    NoService,
}

fn return_destination(inner: &Inner, route: &EntryRoute, language: Language) -> ReturnDestination {
    match route {
        EntryRoute::HandOver(hand_over) => ReturnDestination::Service {
            name: inner.service_name(&hand_over.client, language).to_owned(),
            home: inner.service(&hand_over.client).map_or_else(|| "/".to_owned(), |service| service.home.url("/")),
        },
        EntryRoute::FixedUrl => ReturnDestination::NoService,
    }
}

pub(super) struct ReceptionPage {
    pub(super) id: ProcedureId,
    pub(super) institution: String,
    pub(super) number: ReceptionNumber,
    /// None if only a withdrawal ends it.
    pub(super) valid_until: Option<Timestamp>,
    pub(super) renewal: Renewal,
    /// The masked name of the card's holder, as long as the registration can be cancelled here.
    pub(super) holder: Option<String>,
    pub(super) destination: ReturnDestination,
}

/// The remaining step comes first, with its button; the details are below. Nothing here says that everything is done:
/// a person who reads that closes the page, and the service never learns that the consent is registered.
pub(super) fn registered_page(frame: &Frame, view: &ReceptionPage) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::ONE_MORE_STEP_FINISH_AND_GO_BACK.in_language(language))
        .above_heading(components::reception_steps(language, components::ReceptionStep::Finish))
        .main(html! {
            p {
                @match &view.holder {
                    Some(holder) => {
                        (texts::REGISTERED_WITH_CARD_BEFORE_HOLDER.in_language(language))
                        b { (texts::card_holder(language, holder)) }
                        (texts::REGISTERED_WITH_CARD_AFTER_HOLDER.in_language(language))
                    }
                    None => (texts::YOUR_CONSENT_IS_REGISTERED.in_language(language)),
                }
                (texts::ONE_IMPORTANT_STEP_IS_LEFT.in_language(language))
            }
            (components::form(frame, &format!("/procedures/{}/finish", view.id), html! {
                @let next = match &view.destination {
                    ReturnDestination::Service { name, .. } => texts::takes_you_back_to(language, name),
                    ReturnDestination::NoService => texts::NEXT_SEE_HOW_TO_GO_BACK.in_language(language).to_owned(),
                };
                (components::bottom_bar(components::primary_button(
                    texts::FINISH_BUTTON.in_language(language),
                    Some(&next),
                )))
            }))
            @if let ReturnDestination::Service { .. } = &view.destination {
                p { (texts::IF_YOU_CLOSE_WITHOUT_FINISHING.in_language(language)) }
            }
            (details(language, view))
            (renewal_notice(language, view.renewal))
            @if view.holder.is_some() { (other_card_section(frame, view)) }
        })
}

/// For a person who sees another name: somebody else's card was read for this procedure.
fn other_card_section(frame: &Frame, view: &ReceptionPage) -> Markup {
    let language = frame.language;
    components::disclosure(
        texts::IF_THIS_IS_NOT_YOUR_CARD.in_language(language),
        html! {
            p { (texts::SOMEBODY_ELSES_CARD_WAS_SCANNED.in_language(language)) }
            (components::post_button(
                frame,
                &format!("/procedures/{}/disown", view.id),
                components::ButtonStyle::Secondary,
                texts::CANCEL_REGISTRATION_WITH_THIS_CARD.in_language(language),
            ))
        },
    )
}

fn details(language: Language, view: &ReceptionPage) -> Markup {
    components::description_list(&[
        (texts::INSTITUTION.in_language(language), html! { (view.institution) }),
        (texts::RECEPTION_NUMBER.in_language(language), html! { (view.number.to_grouped_string()) }),
        (
            texts::CONSENT_IS_VALID.in_language(language),
            html! {
                @if let Some(end) = view.valid_until {
                    (dates::format_deadline(language, end))
                } @else {
                    (texts::UNTIL_YOU_WITHDRAW_IT.in_language(language))
                }
            },
        ),
    ])
}

/// What the card's certificate is still valid for, and where it is renewed.
fn renewal_notice(language: Language, renewal: Renewal) -> Markup {
    match renewal {
        Renewal::NotDue => html! {},
        Renewal::Soon { last_day } => components::notice(
            components::Tone::Info,
            texts::RENEW_YOUR_CERTIFICATE_SOON.in_language(language),
            html! {
                p {
                    (texts::CERTIFICATE_IS_VALID_TO.in_language(language))
                    b { (dates::format_date(language, last_day)) }
                    (texts::THIS_REGISTRATION_IS_NOT_AFFECTED.in_language(language))
                }
                p { (texts::RENEW_IT_AT_MUNICIPAL_OFFICE.in_language(language)) }
            },
        ),
        Renewal::Overdue { last_day } => components::notice(
            components::Tone::Warning,
            texts::CERTIFICATE_HAS_EXPIRED.in_language(language),
            html! {
                p {
                    (texts::CERTIFICATE_WAS_VALID_TO.in_language(language))
                    b { (dates::format_date(language, last_day)) }
                    (texts::ONLY_YOUR_INSURANCE_IS_CONFIRMED.in_language(language))
                }
                p { (texts::RENEW_WITHIN_THREE_MONTHS.in_language(language)) }
            },
        ),
    }
}

pub(super) fn completed_page(frame: &Frame, view: &ReceptionPage) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::ALL_DONE.in_language(language))
        .above_heading(components::reception_steps(language, components::ReceptionStep::Done))
        .main(html! {
            p { (texts::NO_NEED_TO_REGISTER_AGAIN.in_language(language)) }
            (details(language, view))
            (renewal_notice(language, view.renewal))
            @match &view.destination {
                ReturnDestination::Service { name, home } => {
                    @let label = texts::to_service(language, name);
                    (components::bottom_bar(components::primary_link(home, &label, Some(texts::YOUR_BOOKING_DETAILS_SHOW_WHAT_IS_DONE.in_language(language)))))
                }
                ReturnDestination::NoService => {
                    p { (texts::CLOSE_PAGE_AND_GO_BACK.in_language(language)) }
                }
            }
        })
}

pub(super) fn lapsed_page(
    frame: &Frame,
    id: ProcedureId,
    reason: LapseReason,
    destination: &ReturnDestination,
) -> Markup {
    let language = frame.language;
    let meaning = match reason {
        LapseReason::Abandoned => texts::YOU_ENDED_THE_PROCEDURE.in_language(language),
        LapseReason::OtherCard => texts::REGISTRATION_WAS_CANCELLED.in_language(language),
        LapseReason::TooLong => texts::PROCEDURE_ENDED_AFTER_HOUR.in_language(language),
    };
    Document::new(frame, texts::NOTHING_WAS_REGISTERED.in_language(language)).main(html! {
        p { (meaning) }
        @match destination {
            ReturnDestination::Service { name, .. } => {
                (components::form(frame, &format!("/procedures/{id}/abandon"), html! {
                    @let label = texts::back_to_service(language, name);
                    (components::bottom_bar(components::primary_button(&label, Some(texts::THERE_YOU_CAN_START_AGAIN.in_language(language)))))
                }))
            }
            ReturnDestination::NoService => {
                p { (texts::TO_REGISTER_USE_THE_ADDRESS.in_language(language)) }
                (components::primary_link("/", texts::TO_THE_FIRST_PAGE.in_language(language), None))
            }
        }
    })
}
