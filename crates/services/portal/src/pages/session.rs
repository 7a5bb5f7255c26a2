//! The page of a session: one address, which shows the current stage.

use std::{collections::HashMap, sync::Arc};

use app_auth::{AuthenticationOutcome, RETURN_PATH};
use axum::{
    Json,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use base::Timestamp;
use card::Pin;
use http::{HeaderMap, StatusCode};
use maud::Markup;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use text::half_width_digit;
use ui::Frame;
use web::{ButtonForm, Form, FormTargets, Visitor};
use zeroize::Zeroizing;

use super::{
    ReturnRoute, find_phone, frame, outcome, pin,
    readers::{self, ReaderList},
    redirect, request_context, request_page, return_route,
};
use crate::{
    CardId, CardSummary, Inner, KnownReception, Refusal, SessionId,
    card_source::CardSource,
    rules::{phone::Phone, session::SessionStage},
    simulated_contact::RemovalFault,
    steps,
    store::AuthenticationSession,
};

pub(super) struct SessionPage {
    pub(super) session: AuthenticationSession,
    /// The requester, from the app's own list.
    pub(super) reception: KnownReception,
    /// Filled only while a card is to be chosen or read.
    pub(super) cards: AvailableCards,
    pub(super) now: Timestamp,
    pub(super) problem: Option<SessionProblem>,
}

/// The available cards.
pub(super) enum AvailableCards {
    /// The virtual cards, and the one that is preselected while one is to be chosen.
    Virtual { cards: Vec<CardSummary>, preselected: Option<CardId> },
    /// The cards in the readers of this computer.
    InReaders(ReaderList),
}

/// What is wrong with the form. Nothing was sent to the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SessionProblem {
    NoCard,
    NotFourDigits,
}

pub(super) async fn show(
    State(portal): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    page_response(&portal, &visitor, id, &headers, None).await
}

async fn page_response(
    portal: &Inner,
    visitor: &Visitor,
    id: SessionId,
    headers: &HeaderMap,
    problem: Option<SessionProblem>,
) -> Result<Response, Refusal> {
    let now = visitor.now();
    let session = portal.store.find_session(id, visitor.browser().digest(), now).await?;
    // A reception that was removed from the list meanwhile is shown by its address.
    let reception = portal.receptions.find(&session.reception).cloned().unwrap_or_else(|| {
        let origin = session.reception.to_string();
        KnownReception { name: text::Text::from_strings(origin.clone(), origin), origin: session.reception.clone() }
    });
    let shows_cards = matches!(session.stage, SessionStage::Requested { .. } | SessionStage::Pin { .. });
    let cards = match &portal.card_source {
        CardSource::InReaders(lock) if shows_cards => AvailableCards::InReaders(lock.list_readers().await?),
        CardSource::InReaders(_) => AvailableCards::InReaders(Ok(Vec::new())),
        CardSource::Virtual => AvailableCards::Virtual {
            cards: if shows_cards { portal.store.list_cards().await? } else { Vec::new() },
            preselected: match session.stage {
                SessionStage::Requested { .. } => find_phone(portal, visitor, headers).await?.card,
                _ => None,
            },
        },
    };
    let view = SessionPage { session, reception, cards, now, problem };
    // Links back must lead here, also from the response to a POST.
    let frame = Frame { path_and_query: format!("/visits/{id}"), ..frame(visitor) };
    let mut response = page(&frame, &view).into_response();
    if let ReturnRoute::Link(_) = return_route(&view.session) {
        // After reading, the POST redirects to the reception (CSP form-action).
        response.extensions_mut().insert(FormTargets(vec![view.session.reception.clone()]));
    }
    if problem.is_some() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

pub(super) fn page(frame: &Frame, view: &SessionPage) -> Markup {
    match &view.session.stage {
        SessionStage::Opening { trying_since: Some(_) } => outcome::opening_page(frame, view),
        SessionStage::Opening { trying_since: None } => outcome::unreachable_page(frame, view),
        SessionStage::Requested { request, retry_reason } => request_page::page(frame, view, request, *retry_reason),
        SessionStage::Pin { card, token, ends, tries_left, last_failure, .. } => {
            let card = pin::InspectedCard { id: card, token: *token, ends: *ends, tries_left: *tries_left };
            pin::page(frame, view, &card, *last_failure)
        }
        SessionStage::Reading { .. } => outcome::reading_page(frame, view),
        SessionStage::Signed { sending_since: Some(_), .. } => outcome::sending_page(frame, view),
        SessionStage::Signed { sending_since: None, .. } => outcome::unsent_page(frame, view),
        SessionStage::Completed { outcome, completed_at } => {
            outcome::completed_page(frame, view, outcome, *completed_at)
        }
        SessionStage::Ended(end) => outcome::ended_page(frame, view, end),
    }
}

/// The progress, for a page that polls.
pub(super) async fn show_progress(
    State(portal): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<SessionId>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Refusal> {
    let session = portal.store.find_session(id, visitor.browser().digest(), visitor.now()).await?;
    if let (CardSource::InReaders(lock), SessionStage::Requested { .. }) = (&portal.card_source, &session.stage) {
        // The page polls for a card.
        let reader_list = lock.list_readers().await?;
        return Ok(Json(readers::progress(&reader_list, query.get("seen"), &format!("/visits/{id}"))));
    }
    Ok(Json(if session.stage.is_under_way() {
        json!({ "state": "waiting" })
    } else {
        json!({ "next": format!("/visits/{id}") })
    }))
}

#[derive(Deserialize)]
pub(super) struct CardForm {
    #[serde(default)]
    card: String,
}

/// Inspects the chosen card. The PIN is not presented.
pub(super) async fn submit_card(
    State(portal): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    Form(form): Form<CardForm>,
) -> Result<Response, Refusal> {
    let Ok(card) = form.card.parse::<CardId>() else {
        return page_response(&portal, &visitor, id, &headers, Some(SessionProblem::NoCard)).await;
    };
    let phone = find_phone(&portal, &visitor, &headers).await?;
    let result =
        steps::run_to_completion(steps::inspect_card(portal.clone(), id, card.clone(), request_context(&visitor)))
            .await;
    let is_virtual = matches!(portal.card_source, CardSource::Virtual);
    if is_virtual && result.is_ok() && phone.card.as_ref() != Some(&card) {
        let phone = Phone { card: Some(card), ..phone };
        portal.store.store_phone(visitor.browser().digest(), phone, visitor.now()).await?;
    }
    redirect_to_session(result, id)
}

/// The typed PIN; `None` if it is not four digits. It is wiped when it is dropped, and has no `Debug`.
#[derive(Default)]
struct TypedPin(Option<Pin>);

impl<'de> Deserialize<'de> for TypedPin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        // The keyboard may be set to full-width digits.
        let mut digits = Zeroizing::new(String::with_capacity(text.len()));
        digits.extend(text.chars().map(half_width_digit));
        Ok(Self(digits.parse().ok()))
    }
}

#[derive(Deserialize)]
pub(super) struct PinForm {
    #[serde(default)]
    pin: TypedPin,
    /// The version of the session that the page showed; without it nothing is confirmed.
    #[serde(default)]
    #[serde(rename = "seen")]
    shown_version: i64,
    #[serde(default)]
    #[serde(rename = "slip")]
    removal_fault: RemovalFault,
}

/// Reads the card with the PIN. One form has both, so that the PIN lives in one request and is not stored.
pub(super) async fn submit_pin(
    State(portal): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    Form(form): Form<PinForm>,
) -> Result<Response, Refusal> {
    let Some(pin) = form.pin.0 else {
        return page_response(&portal, &visitor, id, &headers, Some(SessionProblem::NotFourDigits)).await;
    };
    let confirmed = steps::ConfirmedPin { pin, shown_version: form.shown_version, removal_fault: form.removal_fault };
    redirect_after_step(
        steps::run_to_completion(steps::read_card(portal, id, confirmed, request_context(&visitor))).await,
        id,
    )
}

pub(super) async fn send_again(
    State(portal): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<SessionId>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    redirect_after_step(steps::run_to_completion(steps::send_again(portal, id, request_context(&visitor))).await, id)
}

pub(super) async fn choose_another_card(
    State(portal): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<SessionId>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    redirect_to_session(
        steps::run_to_completion(steps::choose_another_card(portal, id, request_context(&visitor))).await,
        id,
    )
}

pub(super) async fn cancel(
    State(portal): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<SessionId>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    let result = steps::run_to_completion(steps::cancel(portal.clone(), id, request_context(&visitor))).await;
    match (&result, &portal.card_source) {
        // The browser returns from the program's window to the reception.
        (Ok(reception), CardSource::InReaders(_)) => Ok(redirect(&reception.url(RETURN_PATH))),
        _ => redirect_to_session(result.map(|_| ()), id),
    }
}

/// Redirects to the reception with the return code, if there is one alone; else to the session's page.
fn redirect_after_step(outcome: Result<AuthenticationSession, Refusal>, id: SessionId) -> Result<Response, Refusal> {
    match &outcome {
        Ok(session) => match &session.stage {
            SessionStage::Completed { outcome: AuthenticationOutcome::Return { code }, .. } => {
                Ok(redirect(&return_link(session, &code.reveal())))
            }
            _ => redirect_to_session(outcome.map(|_| ()), id),
        },
        Err(_) => redirect_to_session(outcome.map(|_| ()), id),
    }
}

/// The reception's address for a return code.
pub(super) fn return_link(session: &AuthenticationSession, code: &str) -> String {
    // A code is base64url and needs no escaping.
    format!("{}?code={code}", session.reception.url(RETURN_PATH))
}

/// Redirects to the session's page, also after a transition that did not fit the stage.
fn redirect_to_session(outcome: Result<(), Refusal>, id: SessionId) -> Result<Response, Refusal> {
    match outcome {
        Ok(()) | Err(Refusal::Step(_)) => Ok(redirect(&format!("/visits/{id}"))),
        Err(refusal) => Err(refusal),
    }
}
