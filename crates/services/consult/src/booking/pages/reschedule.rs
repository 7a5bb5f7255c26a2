//! Rescheduling an appointment.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::{Span, Timestamp};
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, dates};
use ui::{
    Document, Frame,
    components::{self, Tone},
};
use web::{Access, Routes, Visitor};

use super::{
    nearby::{nearby_fields, nearby_notices},
    slot_choice::{ChosenSlotParams, count_hold, count_refusal, parse_chosen_slot},
    slots,
    view::{AppointmentView, load_changeable_appointment},
};
use crate::{
    appointments::{
        pages::{AppointmentForm, AppointmentPage},
        rules::{Appointment, AppointmentId},
    },
    booking::{
        rules::{AcceptedVisits, Booker, BookingObstacle, NearbyVisits},
        store::{booking::RescheduleCheck, hold::SlotHolder, slot_choice::WantedSlot},
        texts,
    },
    context::Context,
    directory::pages::chosen_visit,
    pages::{addresses::path_with_doctor, frame::page_frame},
    people::rules::account::Account,
    practitioners::rules::practitioner::Practitioner,
    proof::rules::ledgers::{InsuranceProof, ReschedulingLoss},
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page("/appointments/{id}/move", Access::SignedIn, get(show_reschedule_slots))
        .action("/appointments/{id}/move", Access::SignedIn, post(submit_reschedule))
        .action("/appointments/{id}/move/hold", Access::SignedIn, post(submit_reschedule_hold))
        .page("/appointments/{id}/move/confirm", Access::SignedIn, get(show_reschedule_confirmation))
}

/// What rescheduling to another day invalidates. A self-pay visit has no proof to lose.
fn determine_rescheduling_loss(view: &AppointmentView) -> ReschedulingLoss {
    view.case.proof.as_ref().map_or(ReschedulingLoss::Nothing, InsuranceProof::rescheduling_loss)
}

async fn show_reschedule_slots(
    State(context): State<Arc<Context>>,
    page: AppointmentPage,
    week: Result<Query<slots::WeekQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let view = load_changeable_appointment(&context, &page).await?;
    let view = load_reschedule_slots(&context, &page.visitor, view, &slots::WeekQuery::from_query(week)).await?;
    Ok(slots::render_slot_list_page(&page.frame(), &view).into_response())
}

/// The slots that an appointment can be rescheduled to.
async fn load_reschedule_slots(
    context: &Context,
    visitor: &Visitor,
    view: AppointmentView,
    week: &slots::WeekQuery,
) -> Result<slots::SlotListPage, Refusal> {
    let loss = determine_rescheduling_loss(&view);
    let appointment = view.case.appointment;
    let choices = context.store.find_reschedule_choices(&appointment, visitor.now()).await?;
    let source = slots::SlotSource::from_choices(&choices);
    let name = appointment.menu.name_in(visitor.language()).to_owned();
    let purpose =
        slots::SlotPurpose::Reschedule { appointment: appointment.id, current_start: appointment.visit_start, loss };
    slots::load_slot_list_page(context, visitor, source, week, (name, purpose)).await
}

async fn submit_reschedule_hold(
    State(context): State<Arc<Context>>,
    AppointmentForm { visitor, account, id, form }: AppointmentForm<ChosenSlotParams>,
) -> Result<Response, Response> {
    let wanted = form.parse()?;
    let holder = SlotHolder { browser: visitor.browser().digest(), account: Some(account.id), peer: visitor.peer() };
    match context.store.hold_slot_for_reschedule(holder, account.id, id, wanted, visitor.now()).await {
        Ok(outcome) => {
            count_hold(outcome);
            Ok(Redirect::to(&reschedule_confirmation_path(id, wanted)).into_response())
        }
        Err(refusal) => Err(respond_to_reschedule_refusal(&context, &visitor, &account, (id, wanted), refusal).await),
    }
}

fn reschedule_confirmation_path(id: AppointmentId, wanted: WantedSlot) -> String {
    let start = wanted.start.milliseconds().to_string();
    let path = format!("/appointments/{id}/move/confirm");
    path_with_doctor(&path, &[("start", &start)], wanted.practitioner)
}

/// The response to a refused rescheduling: the slots if another one can be chosen, else the error page.
async fn respond_to_reschedule_refusal(
    context: &Context,
    visitor: &Visitor,
    account: &Account,
    (id, wanted): (AppointmentId, WantedSlot),
    refusal: Refusal,
) -> Response {
    count_refusal(&refusal);
    let Some(lost) = slots::LostSlot::from_refusal(&refusal, wanted.start) else { return refusal.into_response() };
    let loaded = async {
        let case = context.store.find_appointment_details(account.id, id).await?;
        load_reschedule_slots(
            context,
            visitor,
            AppointmentView::new(case, visitor.now(), None).for_account(account),
            &slots::WeekQuery::from_slot(wanted),
        )
        .await
    };
    match loaded.await {
        Ok(view) => {
            let view = slots::SlotListPage { lost_slot: Some(lost), ..view };
            slots::respond_with_lost_slot(page_frame(visitor, Some(account)), &view, &refusal)
        }
        Err(refusal) => refusal.into_response(),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RescheduleForm {
    start: String,
    /// The id of the doctor; empty if any will do.
    doctor: String,
    /// The id of the patient's other visit at that time, if the page has shown it.
    overlap: String,
    /// The id of the patient's other visit at the institution on that day, if the page has shown it.
    same_day: String,
}

/// A new slot for an appointment, before it is confirmed.
pub(crate) struct ReschedulePage {
    pub(crate) appointment: AppointmentView,
    pub(crate) wanted: WantedSlot,
    /// The doctor who would take the visit.
    pub(crate) practitioner: Practitioner,
    pub(crate) held_until: Option<Timestamp>,
    /// Other visits of the patient at that time or on that day.
    pub(crate) nearby: NearbyVisits,
}

async fn show_reschedule_confirmation(
    State(context): State<Arc<Context>>,
    page: AppointmentPage,
    chosen: Result<Query<ChosenSlotParams>, QueryRejection>,
) -> Result<Response, Response> {
    let view = load_changeable_appointment(&context, &page).await?;
    let wanted = chosen.unwrap_or_default().parse()?;
    let start = wanted.start;
    let AppointmentPage { visitor, account, id } = &page;
    if start == view.case.appointment.visit_start {
        return Ok(Redirect::to(&format!("/appointments/{id}")).into_response());
    }
    let booker = Booker::with_browser(account.id, visitor.browser().digest());
    let check = match context.store.check_reschedule(booker, *id, wanted, visitor.now()).await {
        Ok(check) => check,
        Err(refusal) => {
            return Err(respond_to_reschedule_refusal(&context, visitor, account, (*id, wanted), refusal).await);
        }
    };
    let RescheduleCheck { practitioner, nearby } = check;
    let time = (view.case.appointment.institution, start);
    let held_until = chosen_visit::find_held_until(&context, visitor, time).await?;
    let view = ReschedulePage { appointment: view, wanted, practitioner, held_until, nearby };
    Ok(render_reschedule_confirmation(&page.frame(), &view).into_response())
}

pub(crate) fn render_reschedule_confirmation(frame: &Frame, page: &ReschedulePage) -> Markup {
    let language = frame.language;
    let ReschedulePage { appointment: view, wanted, practitioner, held_until, nearby } = page;
    let start = wanted.start;
    let appointment = &view.case.appointment;
    let id = appointment.id;
    let minutes = appointment.menu.minutes;
    let another_day = start.japan_date() != appointment.visit_date();
    let loss = determine_rescheduling_loss(view);
    let proves_again =
        view.case.proof.is_some() && matches!(loss, ReschedulingLoss::Nothing | ReschedulingLoss::Consent);
    let support = if another_day && proves_again {
        texts::MOVED_CONFIRM_YOUR_INSURANCE_AGAIN.in_language(language)
    } else {
        texts::YOUR_VISIT_IS_MOVED.in_language(language)
    };
    let label = match nearby {
        NearbyVisits { overlap: Some(_), .. } => texts::KEEP_BOTH_AT_THE_SAME_TIME.in_language(language),
        NearbyVisits { same_day: Some(_), .. } => texts::KEEP_BOTH_ON_THE_SAME_DAY.in_language(language),
        _ => texts::MOVE_TO_THIS_TIME.in_language(language),
    };
    Document::new(frame, texts::CHECK_AND_MOVE.in_language(language))
        .above_heading(components::back_link(
            &format!("/appointments/{id}/move"),
            texts::CHOOSE_THE_TIME_AGAIN.in_language(language),
        ))
        .main(html! {
            (components::form(frame, &format!("/appointments/{id}/move"), html! {
                (components::hidden_field("start", &start.milliseconds().to_string()))
                @if let Some(doctor) = wanted.practitioner { (components::hidden_field("doctor", &doctor.to_string())) }
                (nearby_fields(nearby))
                (components::plain_panel(components::description_list(&[
                    (texts::CLINIC.in_language(language), html! { (view.case.institution.name_in(language)) }),
                    (texts::NOW.in_language(language), html! { (dates::format_visit_time(language, appointment.visit_start, minutes)) }),
                    (texts::NEW.in_language(language), html! { strong { (dates::format_visit_time(language, start, minutes)) } }),
                    (texts::DOCTOR.in_language(language), html! {
                        (practitioner.details.format_with_registration(language))
                        @if practitioner.id != view.case.practitioner.id { br; b { (texts::DOCTOR_CHANGES.in_language(language)) } }
                    }),
                ])))
                (chosen_visit::render_hold(language, *held_until))
                (nearby_notices(language, nearby))
                @if another_day { (render_rescheduling_loss(language, loss)) }
                (components::bottom_bar(components::primary_button(label, Some(support))))
            }))
        })
}

/// How long after rescheduling the page of the appointment shows a notice.
const RESCHEDULED_NOTICE_DURATION: Span = Span::from_mins(10);

/// The former start of an appointment, if the patient rescheduled it within [`RESCHEDULED_NOTICE_DURATION`].
pub(crate) async fn find_recent_reschedule(
    context: &Context,
    id: AppointmentId,
    now: Timestamp,
) -> Result<Option<Timestamp>, Refusal> {
    let reschedule = context.store.find_last_reschedule(id).await?;
    Ok(reschedule
        .filter(|(_, rescheduled_at)| now < rescheduled_at.plus(RESCHEDULED_NOTICE_DURATION))
        .map(|(previous_start, _)| previous_start))
}

pub(crate) fn render_rescheduled_notice(
    language: Language,
    previous_start: Timestamp,
    appointment: &Appointment,
) -> Markup {
    let minutes = appointment.menu.minutes;
    components::notice(
        Tone::Success,
        texts::YOUR_VISIT_WAS_MOVED.in_language(language),
        html! {
            p {
                (texts::FROM.in_language(language)) (dates::format_visit_time(language, previous_start, minutes)) br;
                (texts::TO.in_language(language)) b { (dates::format_visit_time(language, appointment.visit_start, minutes)) }
            }
        },
    )
}

fn render_rescheduling_loss(language: Language, loss: ReschedulingLoss) -> Markup {
    let (tone, heading, text) = match loss {
        ReschedulingLoss::Nothing => return Markup::default(),
        ReschedulingLoss::Consent => (
            Tone::Warning,
            texts::INSURANCE_PROCEDURE_BECOMES_VOID.in_language(language),
            texts::REGISTER_CONSENT_AGAIN_AFTER_MOVING.in_language(language),
        ),
        ReschedulingLoss::PictureReview => (
            Tone::Info,
            texts::PICTURE_NEED_NOT_BE_SENT_AGAIN.in_language(language),
            texts::CLINIC_CHECKS_AGAIN.in_language(language),
        ),
        ReschedulingLoss::Confirmation => (
            Tone::Info,
            texts::CLINIC_CHECKS_YOUR_INSURANCE_AGAIN.in_language(language),
            texts::CHECKS_INSURANCE_FOR_THE_NEW_DAY.in_language(language),
        ),
    };
    components::notice(tone, heading, html! { p { (text) } })
}

async fn submit_reschedule(
    State(context): State<Arc<Context>>,
    AppointmentForm { visitor, account, id, form }: AppointmentForm<RescheduleForm>,
) -> Result<Response, Response> {
    let wanted = parse_chosen_slot(&form.start, &form.doctor)?;
    let accepted = AcceptedVisits::parse(&form.overlap, &form.same_day);
    let booker = Booker { accepted_visits: accepted, ..Booker::with_browser(account.id, visitor.browser().digest()) };
    match context.store.reschedule_appointment(booker, id, wanted, visitor.now()).await {
        Ok(()) => Ok(Redirect::to(&format!("/appointments/{id}?moved=1")).into_response()),
        // Back to the page, which shows the visit that its form did not name.
        Err(Refusal::Booking(BookingObstacle::Overlaps(_) | BookingObstacle::SameDay(_))) => {
            Ok(Redirect::to(&reschedule_confirmation_path(id, wanted)).into_response())
        }
        Err(refusal) => Err(respond_to_reschedule_refusal(&context, &visitor, &account, (id, wanted), refusal).await),
    }
}
