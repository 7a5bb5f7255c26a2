//! One address for a whole visit: it shows where the visit stands, whatever button was pressed before.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use base::{Id, Timestamp, half_width_digit};
use card::Pin;
use errand::{Outcome, RETURN_PATH};
use http::{HeaderMap, StatusCode};
use maud::Markup;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use shell::{Form, Frame, LeadsTo, Visitor};
use zeroize::Zeroizing;

use super::{
    Pressed, WayBack, asked, asking, frame, outcome, phone, pin,
    readers::{self, Attached},
    see, way_back,
};
use crate::{
    CardFace, CardId, Inner, KnownReception, Refusal, VisitKind,
    deck::Deck,
    hand::Slip,
    rules::{phone::Phone, visit::Stage},
    steps,
    store::Visit,
};

type VisitId = Id<VisitKind>;

pub(super) struct View {
    pub(super) visit: Visit,
    /// Who asks, from the app's own list.
    pub(super) reception: KnownReception,
    /// What there is to choose from, while a card is to be chosen.
    pub(super) lying: Lying,
    pub(super) now: Timestamp,
    pub(super) problem: Option<Problem>,
}

/// The cards that lie there.
pub(super) enum Lying {
    /// The virtual ones, and which of them is at hand.
    Virtual { cards: Vec<CardFace>, at_hand: Option<CardId> },
    /// Those on the readers of this computer.
    InReaders(Attached),
}

/// What was filled in wrongly. Nothing of it has touched the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    /// No card was chosen.
    NoCard,
    /// No four digits.
    NotFourDigits,
}

pub(super) async fn show(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<VisitId>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    shown(&room, &visitor, id, &headers, None).await
}

async fn shown(
    room: &Inner,
    visitor: &Visitor,
    id: VisitId,
    headers: &HeaderMap,
    problem: Option<Problem>,
) -> Result<Response, Refusal> {
    let now = visitor.now();
    let visit = room.store.visit(id, visitor.browser().digest(), now).await?;
    // A reception that was taken off the list meanwhile is shown by its address alone.
    let reception = room.receptions.known(&visit.reception).cloned().unwrap_or_else(|| {
        let origin = visit.reception.to_string();
        KnownReception { name: shell::Text::filled(origin.clone(), origin), origin: visit.reception.clone() }
    });
    let wanted = matches!(visit.stage, Stage::Asked { .. } | Stage::Pin { .. });
    let lying = match &room.deck {
        Deck::InReaders(hold) if wanted => Lying::InReaders(hold.attached().await?),
        Deck::InReaders(_) => Lying::InReaders(Ok(Vec::new())),
        Deck::Virtual => Lying::Virtual {
            cards: if wanted { room.store.cards().await? } else { Vec::new() },
            at_hand: phone(room, visitor, headers).await?.card,
        },
    };
    let view = View { visit, reception, lying, now, problem };
    // Whatever was sent to get here, this is the page to come back to.
    let frame = Frame { here: format!("/visits/{id}"), ..frame(visitor) };
    let mut response = page(&frame, &view).into_response();
    if let WayBack::Link(_) = way_back(&view.visit) {
        // Reading ends with a redirect to the reception.
        response.extensions_mut().insert(LeadsTo(vec![view.visit.reception.clone()]));
    }
    if problem.is_some() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    match &view.visit.stage {
        Stage::Opening { trying: Some(_) } => outcome::opening(frame, view),
        Stage::Opening { trying: None } => outcome::unopened(frame, view),
        Stage::Asked { request, last } => asked::page(frame, view, request, *last),
        Stage::Pin { card, token, ends, tries_left, last, .. } => {
            let card = pin::Card { id: card, token: *token, ends: *ends, tries_left: *tries_left };
            pin::page(frame, view, &card, *last)
        }
        Stage::Reading { .. } => outcome::reading(frame, view),
        Stage::Signed { sending: Some(_), .. } => outcome::sending(frame, view),
        Stage::Signed { sending: None, .. } => outcome::unsent(frame, view),
        Stage::Answered { outcome, at } => outcome::answered(frame, view, outcome, *at),
        Stage::Ended(end) => outcome::ended(frame, view, end),
    }
}

/// How far it is, for the page that waits.
pub(super) async fn progress(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<VisitId>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Refusal> {
    let visit = room.store.visit(id, visitor.browser().digest(), visitor.now()).await?;
    if let (Deck::InReaders(hold), Stage::Asked { .. }) = (&room.deck, &visit.stage) {
        // The page waits for a card.
        let attached = hold.attached().await?;
        return Ok(Json(readers::progress(&attached, query.get("seen"), &format!("/visits/{id}"))));
    }
    Ok(Json(if visit.stage.is_under_way() {
        json!({ "state": "waiting" })
    } else {
        json!({ "next": format!("/visits/{id}") })
    }))
}

#[derive(Deserialize)]
pub(super) struct ChosenCard {
    #[serde(default)]
    card: String,
}

/// The person lays a card on. It is looked at; nothing is tried.
pub(super) async fn look(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<VisitId>,
    headers: HeaderMap,
    Form(chosen): Form<ChosenCard>,
) -> Result<Response, Refusal> {
    let Ok(card) = chosen.card.parse::<CardId>() else {
        return shown(&room, &visitor, id, &headers, Some(Problem::NoCard)).await;
    };
    let phone = phone(&room, &visitor, &headers).await?;
    let looked = steps::to_the_end(steps::look(room.clone(), id, card.clone(), asking(&visitor))).await;
    let stays_at_hand = matches!(room.deck, Deck::Virtual);
    if stays_at_hand && looked.is_ok() && phone.card.as_ref() != Some(&card) {
        let phone = Phone { card: Some(card), ..phone };
        room.store.keep_phone(visitor.browser().digest(), phone, visitor.now()).await?;
    }
    where_it_stands(looked, id)
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
pub(super) struct Confirmed {
    #[serde(default)]
    pin: TypedPin,
    /// The version of the visit that the page showed; without it nothing was confirmed.
    #[serde(default)]
    seen: i64,
    #[serde(default)]
    slip: Slip,
}

/// The person confirms the PIN and holds the card to the phone: one form, so that the PIN lives in one request and is kept
/// nowhere between two.
pub(super) async fn read(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<VisitId>,
    headers: HeaderMap,
    Form(confirmed): Form<Confirmed>,
) -> Result<Response, Refusal> {
    let Some(pin) = confirmed.pin.0 else {
        return shown(&room, &visitor, id, &headers, Some(Problem::NotFourDigits)).await;
    };
    let confirmed = steps::Confirmed { pin, seen: confirmed.seen, slip: confirmed.slip };
    on(steps::to_the_end(steps::read(room, id, confirmed, asking(&visitor))).await, id)
}

pub(super) async fn send_again(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<VisitId>,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Refusal> {
    on(steps::to_the_end(steps::send_again(room, id, asking(&visitor))).await, id)
}

pub(super) async fn another_card(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<VisitId>,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Refusal> {
    where_it_stands(steps::to_the_end(steps::another_card(room, id, asking(&visitor))).await, id)
}

pub(super) async fn cancel(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<VisitId>,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Refusal> {
    let cancelled = steps::to_the_end(steps::cancel(room.clone(), id, asking(&visitor))).await;
    match (&cancelled, &room.deck) {
        // A window of a program is not left standing: the browser goes back to where it came from.
        (Ok(reception), Deck::InReaders(_)) => Ok(see(&reception.at(RETURN_PATH))),
        _ => where_it_stands(cancelled.map(|_| ()), id),
    }
}

/// Straight back to the reception where the app may lead there by itself, else to the visit's page.
fn on(outcome: Result<Visit, Refusal>, id: VisitId) -> Result<Response, Refusal> {
    match &outcome {
        Ok(visit) => match &visit.stage {
            Stage::Answered { outcome: Outcome::Return { code }, .. } => Ok(see(&return_link(visit, &code.reveal()))),
            _ => where_it_stands(outcome.map(|_| ()), id),
        },
        Err(_) => where_it_stands(outcome.map(|_| ()), id),
    }
}

/// Where the reception takes a return code.
pub(super) fn return_link(visit: &Visit, code: &str) -> String {
    // A code has the letters of base64url and needs no escaping.
    format!("{}?code={code}", visit.reception.at(RETURN_PATH))
}

/// What a step answers, in turn or out of turn: the page where the visit stands.
fn where_it_stands(outcome: Result<(), Refusal>, id: VisitId) -> Result<Response, Refusal> {
    match outcome {
        Ok(()) | Err(Refusal::Step(_)) => Ok(see(&format!("/visits/{id}"))),
        Err(refusal) => Err(refusal),
    }
}
