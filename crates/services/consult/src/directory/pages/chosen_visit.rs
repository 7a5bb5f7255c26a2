//! The visit that is being booked, which every page before its confirmation shows.

use base::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, dates};
use web::Visitor;

use crate::{
    context::Context,
    directory::{rules::institution::Institution, texts},
    pages::addresses::path_with_doctor,
    refusal::Refusal,
    schedule::rules::slot::BookingRequest,
};

/// A clinic and a slot that were chosen and are not booked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChosenVisit {
    pub(crate) institution: Institution,
    pub(crate) start: Timestamp,
    /// The end of the hold, if this browser holds the slot.
    pub(crate) held_until: Option<Timestamp>,
}

/// The pages between choosing a slot and booking it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BookingStep {
    Address,
    Code,
    Details,
    Check,
}

impl BookingStep {
    fn number(self) -> u8 {
        match self {
            Self::Address => 1,
            Self::Code => 2,
            Self::Details => 3,
            Self::Check => 4,
        }
    }
}

/// The path of the page that confirms a booking.
pub(crate) fn booking_path(request: BookingRequest) -> String {
    path_with_booking("/book", request)
}

/// An address with the parameters of a booking, as [`BookingPathParams`] reads them.
pub(crate) fn path_with_booking(path: &str, request: BookingRequest) -> String {
    let (institution, menu) = (request.institution.to_string(), request.menu.to_string());
    let start = request.start.milliseconds().to_string();
    let parameters = [("institution", institution.as_str()), ("menu", &menu), ("start", &start)];
    path_with_doctor(path, &parameters, request.practitioner)
}

/// The parameters of a booking in an address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct BookingPathParams {
    institution: String,
    menu: String,
    /// The id of the doctor; empty if any will do.
    doctor: String,
    start: String,
}

impl BookingPathParams {
    pub(crate) fn parse(&self) -> Option<BookingRequest> {
        BookingRequest::parse(&self.institution, &self.menu, &self.doctor, &self.start)
    }
}

/// The booking of `path`, if it is the path of one.
fn parse_booking_path(path: &str) -> Option<BookingRequest> {
    let params: BookingPathParams = serde_urlencoded::from_str(path.strip_prefix("/book?")?).ok()?;
    params.parse()
}

/// The visit that `onward` books, if it is the path of a booking.
pub(crate) async fn find_chosen_visit(
    context: &Context,
    visitor: &Visitor,
    onward: &str,
) -> Result<Option<ChosenVisit>, Refusal> {
    match parse_booking_path(onward) {
        Some(request) => load_chosen_visit(context, visitor, request).await,
        None => Ok(None),
    }
}

/// The visit of a request; None if the clinic offers nothing.
pub(crate) async fn load_chosen_visit(
    context: &Context,
    visitor: &Visitor,
    request: BookingRequest,
) -> Result<Option<ChosenVisit>, Refusal> {
    let offer = match context.store.find_offer(request.institution, visitor.now()).await {
        Ok(offer) => offer,
        Err(Refusal::NotFound) => return Ok(None),
        Err(refusal) => return Err(refusal),
    };
    let held_until = find_held_until(context, visitor, (offer.institution.code, request.start)).await?;
    Ok(Some(ChosenVisit { institution: offer.institution, start: request.start, held_until }))
}

/// The end of the hold of that slot, if this browser holds it.
pub(crate) async fn find_held_until(
    context: &Context,
    visitor: &Visitor,
    (institution, start): (base::InstitutionCode, Timestamp),
) -> Result<Option<Timestamp>, Refusal> {
    let hold = context.store.find_hold(visitor.browser().digest(), visitor.now()).await?;
    Ok(hold.filter(|hold| (hold.institution, hold.start) == (institution, start)).map(|hold| hold.held_until))
}

pub(crate) fn render_chosen_visit(language: Language, chosen: Option<&ChosenVisit>, step: BookingStep) -> Markup {
    let Some(chosen) = chosen else { return Markup::default() };
    html! {
        div.chosen {
            p {
                b { (texts::BOOKING.in_language(language)) " " (step.number()) "/4" } " "
                (chosen.institution.name_in(language)) " "
                b { (dates::format_short_date_time(language, chosen.start)) }
            }
            (render_hold(language, chosen.held_until))
        }
    }
}

pub(crate) fn render_hold(language: Language, held_until: Option<Timestamp>) -> Markup {
    let Some(end) = held_until else { return Markup::default() };
    html! { p { (texts::time_is_held_until(language, dates::format_time(end))) } }
}
