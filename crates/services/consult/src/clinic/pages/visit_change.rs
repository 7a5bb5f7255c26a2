//! Moving and cancelling a visit at the desk.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, dates};
use ui::{
    Document, Frame,
    components::{self, Tone},
};
use web::{Access, Form, Routes, Visitor};

use super::{
    frame::{desk_frame, require_staff},
    patient_identity,
};
use crate::{
    appointments::{
        pages::parse_appointment_id,
        rules::{AppointmentId, AppointmentStatus},
    },
    booking::{
        pages::{slot_choice::parse_chosen_slot, slots},
        store::slot_choice::WantedSlot,
    },
    clinic::{
        rules::seen_version::SeenVersion,
        store::{staff::StaffMember, visit_change::DeskMoveCheck, visits::DeskVisit},
        texts,
    },
    context::Context,
    proof::rules::ledgers::ReschedulingLoss,
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page("/desk/visits/{id}/move", Access::SignedIn, get(show_slots))
        .action("/desk/visits/{id}/move", Access::SignedIn, post(submit_move))
        .action("/desk/visits/{id}/move/hold", Access::SignedIn, post(check_move))
        .page("/desk/visits/{id}/cancel", Access::SignedIn, get(show_cancellation))
        .action("/desk/visits/{id}/cancel", Access::SignedIn, post(submit_cancellation))
}

/// The visit, if it can be changed; else a redirect to its page.
async fn load_open_visit(context: &Context, visitor: &Visitor, id: &str) -> Result<(StaffMember, DeskVisit), Response> {
    let staff = require_staff(context, visitor).await?;
    let id = parse_appointment_id(id)?;
    let visit = context.store.load_desk_visit(staff.clone(), id, visitor.now()).await?;
    if visit.appointment.status != AppointmentStatus::Booked {
        return Err(Redirect::to(&visit_path(id, "changed")).into_response());
    }
    Ok((staff, visit))
}

fn visit_path(id: AppointmentId, notice: &str) -> String {
    format!("/desk/visits/{id}?said={notice}")
}

async fn show_slots(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    week: Result<Query<slots::WeekQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let (staff, visit) = load_open_visit(&context, &visitor, &id).await?;
    let page = load_slots(&context, &visitor, &staff, &visit, &slots::WeekQuery::from_query(week)).await?;
    Ok(slots::render_slot_list_page(&desk_frame(visitor.frame(), Some(&staff)), &page).into_response())
}

/// The slots to which the desk can move a visit.
async fn load_slots(
    context: &Context,
    visitor: &Visitor,
    staff: &StaffMember,
    visit: &DeskVisit,
    week: &slots::WeekQuery,
) -> Result<slots::SlotListPage, Refusal> {
    let appointment = &visit.appointment;
    let choices = context.store.find_desk_choices(staff, appointment.id, visitor.now()).await?;
    let source = slots::SlotSource::from_choices(&choices);
    let name = appointment.menu.name_in(visitor.language()).to_owned();
    let purpose = slots::SlotPurpose::DeskMove { appointment: appointment.id, current_start: appointment.visit_start };
    slots::load_slot_list_page(context, visitor, source, week, (name, purpose)).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct MoveForm {
    start: String,
    doctor: String,
    /// The version of the visit that the page showed.
    #[serde(rename = "seen")]
    seen_version: String,
}

impl MoveForm {
    fn parse(&self) -> Result<WantedSlot, Refusal> {
        parse_chosen_slot(&self.start, &self.doctor)
    }
}

/// A move of a visit before it is confirmed.
pub(crate) struct DeskMovePage {
    pub(crate) visit: DeskVisit,
    pub(crate) wanted: WantedSlot,
    pub(crate) check: DeskMoveCheck,
}

async fn check_move(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<MoveForm>,
) -> Result<Response, Response> {
    let (staff, visit) = load_open_visit(&context, &visitor, &id).await?;
    let wanted = form.parse()?;
    match context.store.check_desk_move(&staff, visit.appointment.id, wanted, visitor.now()).await {
        Ok(check) => {
            let page = DeskMovePage { visit, wanted, check };
            Ok(render_move_confirmation(&desk_frame(visitor.frame(), Some(&staff)), &page).into_response())
        }
        Err(refusal) => Ok(respond_with_slots(&context, &visitor, (&staff, &visit), wanted, refusal).await),
    }
}

/// The response to a refused move: the slots if another one can be chosen, else the error page.
async fn respond_with_slots(
    context: &Context,
    visitor: &Visitor,
    (staff, visit): (&StaffMember, &DeskVisit),
    wanted: WantedSlot,
    refusal: Refusal,
) -> Response {
    let Some(lost) = slots::LostSlot::from_refusal(&refusal, wanted.start) else { return refusal.into_response() };
    match load_slots(context, visitor, staff, visit, &slots::WeekQuery::from_slot(wanted)).await {
        Ok(page) => {
            let page = slots::SlotListPage { lost_slot: Some(lost), ..page };
            slots::respond_with_lost_slot(desk_frame(visitor.frame(), Some(staff)), &page, &refusal)
        }
        Err(refusal) => refusal.into_response(),
    }
}

async fn submit_move(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<MoveForm>,
) -> Result<Response, Response> {
    let (staff, visit) = load_open_visit(&context, &visitor, &id).await?;
    let (wanted, id) = (form.parse()?, visit.appointment.id);
    let Ok(seen) = form.seen_version.parse::<SeenVersion>() else {
        return Ok(Redirect::to(&visit_path(id, "changed")).into_response());
    };
    match context.store.move_desk_visit(&staff, (id, seen), wanted, visitor.now()).await {
        Ok(()) => Ok(Redirect::to(&visit_path(id, "moved")).into_response()),
        Err(Refusal::Changed | Refusal::Closed(_)) => Ok(Redirect::to(&visit_path(id, "changed")).into_response()),
        Err(refusal) => Ok(respond_with_slots(&context, &visitor, (&staff, &visit), wanted, refusal).await),
    }
}

async fn show_cancellation(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let (staff, visit) = load_open_visit(&context, &visitor, &id).await?;
    Ok(render_desk_cancellation(&desk_frame(visitor.frame(), Some(&staff)), &visit).into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CancelForm {
    /// The version of the visit that the page showed.
    #[serde(rename = "seen")]
    seen_version: String,
}

async fn submit_cancellation(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<CancelForm>,
) -> Result<Response, Response> {
    let (staff, visit) = load_open_visit(&context, &visitor, &id).await?;
    let id = visit.appointment.id;
    let outcome = match form.seen_version.parse::<SeenVersion>() {
        Ok(seen) => context.store.cancel_desk_visit(&staff, (id, seen), visitor.now()).await,
        Err(_) => Err(Refusal::Changed),
    };
    match outcome {
        Ok(()) => Ok(Redirect::to(&visit_path(id, "cancelled")).into_response()),
        Err(Refusal::Changed | Refusal::Closed(_)) => Ok(Redirect::to(&visit_path(id, "changed")).into_response()),
        Err(refusal) => Err(refusal.into_response()),
    }
}

/// The links of a visit's page to moving and cancelling it.
pub(crate) fn render_change_links(language: Language, visit: &DeskVisit) -> Markup {
    if visit.appointment.status != AppointmentStatus::Booked {
        return html! {};
    }
    let path = format!("/desk/visits/{}", visit.appointment.id);
    components::buttons(html! {
        (components::secondary_link(&format!("{path}/move"), texts::MOVE_THE_VISIT.in_language(language), None))
        (components::quiet_link(&format!("{path}/cancel"), texts::CANCEL_THE_VISIT.in_language(language)))
    })
}

fn visit_title(language: Language, visit: &DeskVisit) -> String {
    patient_identity::short_name(language, &visit.patient)
}

pub(crate) fn render_move_confirmation(frame: &Frame, page: &DeskMovePage) -> Markup {
    let language = frame.language;
    let DeskMovePage { visit, wanted, check } = page;
    let appointment = &visit.appointment;
    let path = format!("/desk/visits/{}", appointment.id);
    let minutes = appointment.menu.minutes;
    let doctor = check.practitioner.details.name_in(language);
    Document::new(frame, texts::CHECK_THE_MOVE.in_language(language))
        .above_heading(components::back_link(&format!("{path}/move"), texts::CHOOSE_ANOTHER_TIME.in_language(language)))
        .main(html! {
            (components::plain_panel(components::description_list(&[
                (texts::PATIENT.in_language(language), html! { (visit_title(language, visit)) }),
                (texts::TIME_BEFORE.in_language(language), html! {
                    (dates::format_visit_time(language, appointment.visit_start, minutes)) br;
                    (visit.practitioner.details.name_in(language))
                }),
                (texts::TIME_AFTER.in_language(language), html! {
                    strong { (dates::format_visit_time(language, wanted.start, minutes)) } br;
                    (doctor)
                }),
            ])))
            @if check.loss == ReschedulingLoss::Consent {
                (components::notice(
                    Tone::Warning,
                    texts::PATIENT_HAS_TO_REGISTER_AGAIN.in_language(language),
                    html! { p { (texts::CONSENT_HOLDS_FOR_ONE_DAY.in_language(language)) } },
                ))
            }
            (components::form(frame, &format!("{path}/move"), html! {
                (components::hidden_field("seen", &visit.seen_version().to_string()))
                (components::hidden_field("start", &wanted.start.milliseconds().to_string()))
                @if let Some(doctor) = wanted.practitioner { (components::hidden_field("doctor", &doctor.to_string())) }
                (components::primary_button(
                    texts::MOVE_TO_THIS_TIME.in_language(language),
                    Some(texts::THE_PATIENT_GETS_A_LETTER.in_language(language)),
                ))
            }))
        })
}

pub(crate) fn render_desk_cancellation(frame: &Frame, visit: &DeskVisit) -> Markup {
    let language = frame.language;
    let appointment = &visit.appointment;
    let path = format!("/desk/visits/{}", appointment.id);
    Document::new(frame, texts::CANCEL_THE_VISIT.in_language(language)).main(html! {
        (components::plain_panel(components::description_list(&[
            (texts::PATIENT.in_language(language), html! { (visit_title(language, visit)) }),
            (texts::TIME.in_language(language), html! {
                (dates::format_visit_time(language, appointment.visit_start, appointment.menu.minutes))
            }),
            (texts::DOCTOR.in_language(language), html! { (visit.practitioner.details.name_in(language)) }),
        ])))
        p { (texts::CANCELLED_FOR_THE_CLINIC.in_language(language)) }
        (components::form(frame, &format!("{path}/cancel"), html! {
            (components::hidden_field("seen", &visit.seen_version().to_string()))
            (components::danger_button(
                texts::CANCEL_THE_VISIT.in_language(language),
                Some(texts::THE_PATIENT_GETS_A_LETTER.in_language(language)),
            ))
        }))
        (components::secondary_link(&path, texts::KEEP_THE_VISIT.in_language(language), None))
    })
}
