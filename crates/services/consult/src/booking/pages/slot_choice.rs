//! The choice of a slot for a new appointment.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::{InstitutionCode, Timestamp};
use serde::Deserialize;
use web::{Access, Form, Refuse, Routes, Visitor};

use super::slots;
use crate::{
    booking::store::{
        hold::{HoldOutcome, SlotHolder},
        slot_choice::WantedSlot,
    },
    context::Context,
    directory::{
        pages::{chosen_visit, load_offer},
        store::institutions::InstitutionOffer,
    },
    pages::{frame::page_frame, signed_in},
    people::rules::account::Account,
    refusal::Refusal,
    schedule::rules::slot::{BookingRequest, parse_practitioner_choice},
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/institutions/{code}/menus/{menu}", Access::Anyone, get(show_menu_slots)).action(
        "/institutions/{code}/menus/{menu}/hold",
        Access::Anyone,
        post(submit_slot_hold),
    )
}

async fn show_menu_slots(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path((code, menu)): Path<(String, String)>,
    week: Result<Query<slots::WeekQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let account = signed_in::find_signed_in_account(&context, &visitor).await?;
    let offer = load_offer(&context, &code, visitor.now()).await?;
    let number = menu.parse().map_err(|_| Refusal::NotFound)?;
    let view = load_menu_slots(&context, &visitor, offer, number, &slots::WeekQuery::from_query(week)).await?;
    Ok(slots::render_slot_list_page(&page_frame(&visitor, account.as_ref()), &view).into_response())
}

/// The free slots of a menu in one week.
pub(crate) async fn load_menu_slots(
    context: &Context,
    visitor: &Visitor,
    offer: InstitutionOffer,
    number: u32,
    week: &slots::WeekQuery,
) -> Result<slots::SlotListPage, Refusal> {
    let menu = offer.menu(number).ok_or(Refusal::NotFound)?;
    let source = slots::SlotSource::from_menu(&offer, menu, menu.slot_terms(offer.institution.code));
    let name = menu.menu.name_in(visitor.language()).to_owned();
    let purpose = slots::SlotPurpose::Book { menu_number: number };
    slots::load_slot_list_page(context, visitor, source, week, (name, purpose)).await
}

/// The slot that a button submits, in milliseconds since 1970, and the doctor: empty for any.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ChosenSlotParams {
    pub(crate) start: String,
    pub(crate) doctor: String,
}

impl ChosenSlotParams {
    pub(crate) fn parse(&self) -> Result<WantedSlot, Refusal> {
        parse_chosen_slot(&self.start, &self.doctor)
    }
}

/// Parses the slot that a form submits: the start in milliseconds since 1970, and the doctor, empty for any.
pub(crate) fn parse_chosen_slot(start: &str, doctor: &str) -> Result<WantedSlot, Refusal> {
    let start = start.parse().map_err(|_| Refusal::NotFound)?;
    let practitioner = parse_practitioner_choice(doctor).map_err(|_| Refusal::NotFound)?;
    Ok(WantedSlot { start: Timestamp::from_milliseconds(start), practitioner })
}

async fn submit_slot_hold(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path((code, menu)): Path<(String, String)>,
    Form(chosen): Form<ChosenSlotParams>,
) -> Result<Response, Response> {
    let account = signed_in::find_signed_in_account(&context, &visitor).await?;
    let institution: InstitutionCode = code.parse().map_err(|_| Refusal::NotFound)?;
    let menu = menu.parse().map_err(|_| Refusal::NotFound)?;
    let WantedSlot { start, practitioner } = chosen.parse()?;
    let request = BookingRequest { institution, menu, practitioner, start };
    let holder = SlotHolder {
        browser: visitor.browser().digest(),
        account: account.as_ref().map(|account| account.id),
        peer: visitor.peer(),
    };
    match context.store.hold_slot(holder, request, visitor.now()).await {
        Ok(outcome) => {
            count_hold(outcome);
            Ok(Redirect::to(&chosen_visit::booking_path(request)).into_response())
        }
        Err(refusal) => Err(respond_to_booking_refusal(&context, &visitor, account.as_ref(), request, refusal).await),
    }
}

pub(crate) fn count_hold(outcome: HoldOutcome) {
    let outcome = match outcome {
        HoldOutcome::Held { .. } => "held",
        HoldOutcome::NotHeld => "not_held",
    };
    metrics::counter!("uketsuke_slot_holds_total", "outcome" => outcome).increment(1);
}

/// The response to a refused booking: the slots of the same menu if another one can be chosen, else the error page.
pub(crate) async fn respond_to_booking_refusal(
    context: &Context,
    visitor: &Visitor,
    account: Option<&Account>,
    request: BookingRequest,
    refusal: Refusal,
) -> Response {
    count_refusal(&refusal);
    let Some(lost) = slots::LostSlot::from_refusal(&refusal, request.start) else { return refusal.into_response() };
    let offer = match context.store.find_offer(request.institution, visitor.now()).await {
        Ok(offer) => offer,
        Err(refusal) => return refusal.into_response(),
    };
    let week = slots::WeekQuery::from_slot(request.into());
    match load_menu_slots(context, visitor, offer, request.menu, &week).await {
        Ok(view) => {
            let view = slots::SlotListPage { lost_slot: Some(lost), ..view };
            slots::respond_with_lost_slot(page_frame(visitor, account), &view, &refusal)
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// Counts refusals by booking limits.
pub(crate) fn count_refusal(refusal: &Refusal) {
    if let Refusal::Booking(obstacle) = refusal
        && obstacle.is_limit()
    {
        metrics::counter!("uketsuke_bookings_refused_total", "code" => refusal.code()).increment(1);
    }
}
