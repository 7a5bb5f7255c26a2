//! One address for a whole visit: it shows where the visit stands, whatever button was pressed before.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use base::{Id, Timestamp, half_width_digit};
use card::Pin;
use errand::{AuthenticationOutcome, RETURN_PATH};
use http::{HeaderMap, StatusCode};
use maud::Markup;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use shell::{ButtonForm, Form, FormTargets, Frame, Visitor};
use zeroize::Zeroizing;

use super::{
    ReturnRoute, find_phone, frame, outcome, pin,
    readers::{self, ReaderList},
    redirect, request_context, request_page, return_route,
};
use crate::{
    CardId, CardSummary, Inner, KnownReception, Refusal, SessionKind,
    card_source::CardSource,
    rules::{phone::Phone, session::SessionStage},
    simulated_contact::RemovalFault,
    steps,
    store::AuthenticationSession,
};

type SessionId = Id<SessionKind>;

pub(super) struct SessionPage {
    pub(super) session: AuthenticationSession,
    /// Who asks, from the app's own list.
    pub(super) reception: KnownReception,
    /// What there is to choose from, while a card is to be chosen.
    pub(super) cards: AvailableCards,
    pub(super) now: Timestamp,
    pub(super) problem: Option<SessionProblem>,
}

/// The cards that lie there.
pub(super) enum AvailableCards {
    /// The virtual ones, and which of them is at hand.
    Virtual { cards: Vec<CardSummary>, preselected: Option<CardId> },
    /// Those on the readers of this computer.
    InReaders(ReaderList),
}

/// What was filled in wrongly. Nothing of it has touched the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SessionProblem {
    /// No card was chosen.
    NoCard,
    /// No four digits.
    NotFourDigits,
}

pub(super) async fn show(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    page_response(&room, &visitor, id, &headers, None).await
}

async fn page_response(
    room: &Inner,
    visitor: &Visitor,
    id: SessionId,
    headers: &HeaderMap,
    problem: Option<SessionProblem>,
) -> Result<Response, Refusal> {
    let now = visitor.now();
    let visit = room.store.find_session(id, visitor.browser().digest(), now).await?;
    // A reception that was taken off the list meanwhile is shown by its address alone.
    let reception = room.receptions.find(&visit.reception).cloned().unwrap_or_else(|| {
        let origin = visit.reception.to_string();
        KnownReception { name: shell::Text::from_strings(origin.clone(), origin), origin: visit.reception.clone() }
    });
    let wanted = matches!(visit.stage, SessionStage::Requested { .. } | SessionStage::Pin { .. });
    let lying = match &room.card_source {
        CardSource::InReaders(hold) if wanted => AvailableCards::InReaders(hold.list_readers().await?),
        CardSource::InReaders(_) => AvailableCards::InReaders(Ok(Vec::new())),
        CardSource::Virtual => AvailableCards::Virtual {
            cards: if wanted { room.store.list_cards().await? } else { Vec::new() },
            preselected: find_phone(room, visitor, headers).await?.card,
        },
    };
    let view = SessionPage { session: visit, reception, cards: lying, now, problem };
    // Whatever was sent to get here, this is the page to come back to.
    let frame = Frame { path_and_query: format!("/visits/{id}"), ..frame(visitor) };
    let mut response = page(&frame, &view).into_response();
    if let ReturnRoute::Link(_) = return_route(&view.session) {
        // Reading ends with a redirect to the reception.
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
        SessionStage::Pin { card, token, ends, tries_left, last_failure: last, .. } => {
            let card = pin::InspectedCard { id: card, token: *token, ends: *ends, tries_left: *tries_left };
            pin::page(frame, view, &card, *last)
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

/// How far it is, for the page that waits.
pub(super) async fn show_progress(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<SessionId>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Refusal> {
    let visit = room.store.find_session(id, visitor.browser().digest(), visitor.now()).await?;
    if let (CardSource::InReaders(hold), SessionStage::Requested { .. }) = (&room.card_source, &visit.stage) {
        // The page waits for a card.
        let attached = hold.list_readers().await?;
        return Ok(Json(readers::progress(&attached, query.get("seen"), &format!("/visits/{id}"))));
    }
    Ok(Json(if visit.stage.is_under_way() {
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

/// The person lays a card on. It is looked at; nothing is tried.
pub(super) async fn submit_card(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    Form(chosen): Form<CardForm>,
) -> Result<Response, Refusal> {
    let Ok(card) = chosen.card.parse::<CardId>() else {
        return page_response(&room, &visitor, id, &headers, Some(SessionProblem::NoCard)).await;
    };
    let phone = find_phone(&room, &visitor, &headers).await?;
    let looked =
        steps::run_to_completion(steps::inspect_card(room.clone(), id, card.clone(), request_context(&visitor))).await;
    let stays_at_hand = matches!(room.card_source, CardSource::Virtual);
    if stays_at_hand && looked.is_ok() && phone.card.as_ref() != Some(&card) {
        let phone = Phone { card: Some(card), ..phone };
        room.store.store_phone(visitor.browser().digest(), phone, visitor.now()).await?;
    }
    redirect_to_session(looked, id)
}

/// What the person typed as PIN: four digits, or not. It is wiped when it is dropped, and has no `Debug`.
#[derive(Default)]
struct TypedPin(Option<Pin>);

impl<'de> Deserialize<'de> for TypedPin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let typed = Zeroizing::new(String::deserialize(deserializer)?);
        // A keyboard may be set to full-width digits.
        let mut digits = Zeroizing::new(String::with_capacity(typed.len()));
        digits.extend(typed.chars().map(half_width_digit));
        Ok(Self(digits.parse().ok()))
    }
}

#[derive(Deserialize)]
pub(super) struct PinForm {
    #[serde(default)]
    pin: TypedPin,
    /// The version of the visit that the page showed; without it nothing was confirmed.
    #[serde(default)]
    #[serde(rename = "seen")]
    shown_version: i64,
    #[serde(default)]
    #[serde(rename = "slip")]
    removal_fault: RemovalFault,
}

/// The person confirms the PIN and holds the card to the phone: one form, so that the PIN lives in one request and is kept
/// nowhere between two.
pub(super) async fn submit_pin(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    Form(confirmed): Form<PinForm>,
) -> Result<Response, Refusal> {
    let Some(pin) = confirmed.pin.0 else {
        return page_response(&room, &visitor, id, &headers, Some(SessionProblem::NotFourDigits)).await;
    };
    let confirmed =
        steps::ConfirmedPin { pin, shown_version: confirmed.shown_version, removal_fault: confirmed.removal_fault };
    redirect_after_step(
        steps::run_to_completion(steps::read_card(room, id, confirmed, request_context(&visitor))).await,
        id,
    )
}

pub(super) async fn send_again(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<SessionId>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    redirect_after_step(steps::run_to_completion(steps::send_again(room, id, request_context(&visitor))).await, id)
}

pub(super) async fn choose_another_card(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<SessionId>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    redirect_to_session(
        steps::run_to_completion(steps::choose_another_card(room, id, request_context(&visitor))).await,
        id,
    )
}

pub(super) async fn cancel(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<SessionId>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    let cancelled = steps::run_to_completion(steps::cancel(room.clone(), id, request_context(&visitor))).await;
    match (&cancelled, &room.card_source) {
        // A window of a program is not left standing: the browser goes back to where it came from.
        (Ok(reception), CardSource::InReaders(_)) => Ok(redirect(&reception.url(RETURN_PATH))),
        _ => redirect_to_session(cancelled.map(|_| ()), id),
    }
}

/// Straight back to the reception where the app may lead there by itself, else to the visit's page.
fn redirect_after_step(outcome: Result<AuthenticationSession, Refusal>, id: SessionId) -> Result<Response, Refusal> {
    match &outcome {
        Ok(visit) => match &visit.stage {
            SessionStage::Completed { outcome: AuthenticationOutcome::Return { code }, .. } => {
                Ok(redirect(&return_link(visit, &code.reveal())))
            }
            _ => redirect_to_session(outcome.map(|_| ()), id),
        },
        Err(_) => redirect_to_session(outcome.map(|_| ()), id),
    }
}

/// Where the reception takes a return code.
pub(super) fn return_link(visit: &AuthenticationSession, code: &str) -> String {
    // A code has the letters of base64url and needs no escaping.
    format!("{}?code={code}", visit.reception.url(RETURN_PATH))
}

/// What a step answers, in turn or out of turn: the page where the visit stands.
fn redirect_to_session(outcome: Result<(), Refusal>, id: SessionId) -> Result<Response, Refusal> {
    match outcome {
        Ok(()) | Err(Refusal::Step(_)) => Ok(redirect(&format!("/visits/{id}"))),
        Err(refusal) => Err(refusal),
    }
}
