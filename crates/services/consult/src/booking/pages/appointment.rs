//! 予約一覧 and 予約詳細画面: the list of appointments, and the page of one.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, Text, dates, replace_wide_spaces};
use ui::{
    Document, Frame,
    components::{self, BadgeTone},
};
use web::{Access, Routes, Visitor};

use super::{
    calendar::calendar_path,
    next_step::{has_unsent_picture, render_next_step, render_timeline},
    reschedule,
    view::{AppointmentView, load_appointment_view},
};
use crate::{
    appointments::{
        pages::AppointmentPage,
        rules::{AppointmentStatus, Openness, VisitPhase, booking_number},
    },
    booking::{store::details::AppointmentDetails, texts},
    context::Context,
    pages::{
        fees::{cancellation_row, format_yen, system_fee_row},
        frame::{allow_form_action, page_frame},
        signed_in,
        telephone::render_telephone_link,
    },
    proof::rules::{
        ledgers::{DeskSide, InsuranceProof, PatientSide, RequestedProof},
        next_steps::PatientNextStep,
    },
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/appointments", Access::SignedIn, get(show_appointment_list)).page(
        "/appointments/{id}",
        Access::SignedIn,
        get(show_appointment),
    )
}

async fn show_appointment_list(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let account = signed_in::require_account_for_page(&context, &visitor).await?;
    let cases = context.store.list_appointment_details(account.id, visitor.now()).await?;
    let views: Vec<_> =
        cases.into_iter().map(|case| AppointmentView::new(case, visitor.now(), None).for_account(&account)).collect();
    Ok(render_appointment_list(&page_frame(&visitor, Some(&account)), &views).into_response())
}

pub(crate) fn render_appointment_list(frame: &Frame, views: &[AppointmentView]) -> Markup {
    let language = frame.language;
    let (open, over): (Vec<_>, Vec<_>) = views.iter().partition(|view| view.openness != Openness::Closed);
    let cards = |views: &[&AppointmentView]| -> Vec<Markup> {
        views.iter().map(|view| render_appointment_card(language, view)).collect()
    };
    Document::new(frame, texts::APPOINTMENTS.in_language(language)).main(html! {
        @if open.is_empty() {
            (components::empty_state(texts::YOU_HAVE_NO_APPOINTMENT_TO_COME.in_language(language), html! {
                (components::primary_link("/", texts::FIND_A_CLINIC.in_language(language), None))
            }))
        } @else {
            (components::section(texts::TO_COME.in_language(language), components::card_list(&cards(&open))))
        }
        @if !over.is_empty() {
            (components::section(texts::PAST_APPOINTMENTS.in_language(language), components::card_list(&cards(&over))))
        }
    })
}

fn render_appointment_card(language: Language, view: &AppointmentView) -> Markup {
    let appointment = &view.case.appointment;
    components::link_card(
        &format!("/appointments/{}", appointment.id),
        &dates::format_date_time(language, appointment.visit_start),
        html! {
            @if let Some(relative) = &view.relative { p { b { (replace_wide_spaces(&relative.name)) } } }
            p { (view.case.institution.name_in(language)) (texts::SEPARATOR.in_language(language)) (appointment.menu.name_in(language)) }
            p { (render_status_badge(language, view)) }
        },
    )
}

fn render_status_badge(language: Language, view: &AppointmentView) -> Markup {
    let (tone, label) = match (view.case.appointment.status, view.standing.patient_step) {
        (AppointmentStatus::Cancelled, _) => (BadgeTone::Neutral, texts::CANCELLED.in_language(language)),
        (AppointmentStatus::NoShow, _) => (BadgeTone::Neutral, texts::NOT_THERE.in_language(language)),
        (AppointmentStatus::Completed, _) => (BadgeTone::Neutral, texts::VISIT_HELD.in_language(language)),
        (AppointmentStatus::Booked, PatientNextStep::Nothing) => {
            (BadgeTone::Neutral, texts::VISIT_DAY_OVER.in_language(language))
        }
        _ if has_unsent_picture(view) => (BadgeTone::Attention, texts::PICTURE_NOT_SENT_YET.in_language(language)),
        (_, PatientNextStep::ChooseConsent | PatientNextStep::SendPicture) => {
            (BadgeTone::Attention, texts::CONFIRM_YOUR_INSURANCE.in_language(language))
        }
        (_, PatientNextStep::ContinueConsent) => (BadgeTone::Attention, texts::NOT_FINISHED_YET.in_language(language)),
        (_, PatientNextStep::WaitForInstitution | PatientNextStep::WaitForVisit) if view.phase == VisitPhase::After => {
            (BadgeTone::Neutral, texts::VISIT_TIME_HAS_PASSED.in_language(language))
        }
        (_, PatientNextStep::WaitForInstitution) => {
            (BadgeTone::Accent, texts::THE_CLINIC_IS_CHECKING.in_language(language))
        }
        (_, PatientNextStep::WaitForVisit) if view.phase == VisitPhase::During => {
            (BadgeTone::Accent, texts::IT_IS_TIME_FOR_YOUR_VISIT.in_language(language))
        }
        (_, PatientNextStep::WaitForVisit) => (BadgeTone::Good, texts::READY.in_language(language)),
    };
    components::badge(tone, label)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AppointmentQuery {
    /// Present on the redirect after rescheduling.
    #[serde(rename = "moved")]
    rescheduled: Option<String>,
}

async fn show_appointment(
    State(context): State<Arc<Context>>,
    page: AppointmentPage,
    query: Result<Query<AppointmentQuery>, QueryRejection>,
) -> Result<Response, Refusal> {
    let mut view = load_appointment_view(&context, &page).await?;
    if query.unwrap_or_default().rescheduled.is_some() {
        view.rescheduled_from = reschedule::find_recent_reschedule(&context, page.id, page.visitor.now()).await?;
    }
    let response = render_appointment_page(&page.frame(), &view).into_response();
    Ok(allow_form_action(response, view.reception_origin.as_ref()))
}

/// 予約詳細画面
pub(crate) fn render_appointment_page(frame: &Frame, view: &AppointmentView) -> Markup {
    let language = frame.language;
    let id = view.id();
    Document::new(frame, texts::YOUR_APPOINTMENT.in_language(language))
        .above_heading(components::breadcrumbs(
            language,
            &[("/appointments", texts::APPOINTMENTS.in_language(language))],
            texts::YOUR_APPOINTMENT.in_language(language),
        ))
        .main(html! {
            @if let Some(previous_start) = view.rescheduled_from { (reschedule::render_rescheduled_notice(language, previous_start, &view.case.appointment)) }
            (render_next_step(frame, view))
            (render_timeline(language, view))
            (components::panel(texts::WHAT_YOU_BOOKED.in_language(language), render_appointment_facts(language, view)))
            @if view.openness == Openness::Changeable {
                (components::buttons(html! {
                    @if view.can_be_rescheduled {
                        (components::secondary_link(&format!("/appointments/{id}/move"), texts::MOVE.in_language(language), None))
                    }
                    (components::secondary_link(&calendar_path(id), texts::ADD_TO_CALENDAR.in_language(language), None))
                    (components::quiet_link(&format!("/appointments/{id}/cancel"), texts::CANCEL_THE_APPOINTMENT.in_language(language)))
                }))
            }
        })
}

fn render_appointment_facts(language: Language, view: &AppointmentView) -> Markup {
    let AppointmentDetails { appointment, institution, proof, .. } = &view.case;
    let menu = &appointment.menu;
    let mut rows = vec![
        (
            texts::TIME.in_language(language),
            html! { (dates::format_visit_time(language, appointment.visit_start, menu.minutes)) },
        ),
        (
            texts::CLINIC.in_language(language),
            html! { a href=(format!("/institutions/{}", institution.code)) { (institution.name_in(language)) } br; (render_telephone_link(&institution.phone)) },
        ),
        (
            texts::MENU.in_language(language),
            html! { (menu.name_in(language)) (language.in_brackets(menu.charge.name(language))) },
        ),
    ];
    if let Some(relative) = &view.relative {
        rows.insert(0, (texts::PATIENT.in_language(language), html! { b { (replace_wide_spaces(&relative.name)) } }));
    }
    let doctor = view.case.practitioner.details.format_with_registration(language);
    rows.push((texts::DOCTOR.in_language(language), html! { (doctor) }));
    if let Some(words) = menu.medium.description() {
        rows.push((texts::HOW_THE_VISIT_IS_HELD.in_language(language), html! { (words.in_language(language)) }));
    }
    if appointment.cancellation_fee_due > 0 {
        let fee = format_yen(language, appointment.cancellation_fee_due);
        rows.push((texts::CANCELLATION_FEE.in_language(language), html! { (fee) }));
    }
    if appointment.status == AppointmentStatus::Booked {
        rows.extend(cancellation_row(language, menu));
    }
    // A visit that does not take place needs no insurance.
    if !matches!(appointment.status, AppointmentStatus::Cancelled | AppointmentStatus::NoShow) {
        rows.push((texts::MEDICAL_FEE.in_language(language), html! { (menu.fee_in(language)) }));
        rows.extend(system_fee_row(language, menu.system_fee));
        if let Some(proof) = proof {
            rows.push((texts::INSURANCE.in_language(language), html! { (proof_text(language, proof)) }));
        }
    }
    rows.push((
        texts::BOOKED_ON.in_language(language),
        html! { (dates::format_date_time(language, appointment.made_at)) },
    ));
    rows.push((texts::BOOKING_NUMBER.in_language(language), html! { (booking_number(appointment.id)) }));
    components::description_list(&rows)
}

/// The progress of the proof of insurance, in one line.
fn proof_text(language: Language, proof: &InsuranceProof) -> String {
    let with_time = |text: &Text, time: base::Timestamp| {
        text.in_language(language).to_owned() + &language.in_brackets(&dates::format_short_date_time(language, time))
    };
    match (&proof.desk, &proof.patient) {
        (
            DeskSide::Requested { requested_proof: RequestedProof::Picture, requested_at, .. },
            PatientSide::PictureSent { .. },
        ) => with_time(&texts::PLEASE_SEND_IT_AGAIN, *requested_at),
        (_, PatientSide::NotStarted(_)) => texts::NOT_DONE_YET.in_language(language).to_owned(),
        (_, PatientSide::Departed { departed_at }) => with_time(&texts::STARTED_NOT_FINISHED, *departed_at),
        (_, PatientSide::Registered { valid_until, .. }) => {
            texts::consent_registered(language, dates::format_deadline(language, *valid_until))
        }
        (_, PatientSide::ReportedDone { reported_at }) => {
            with_time(&texts::YOU_TOLD_US_THAT_YOU_FINISHED, *reported_at)
        }
        (_, PatientSide::PictureSent { sent_at }) => with_time(&texts::PICTURE_SENT, *sent_at),
    }
}
