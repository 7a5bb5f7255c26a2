//! 予約一覧 and 予約詳細画面: the list of appointments, and the page of one.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};
use serde::Deserialize;
use text::Language;
use ui::{
    Document, Frame,
    components::{self, BadgeTone},
};
use web::{Access, Routes, Visitor};

use super::{
    next_step::{has_unsent_picture, render_next_step, render_timeline},
    reschedule,
    view::{AppointmentView, load_appointment_view},
};
use crate::{
    appointments::{
        pages::AppointmentPage,
        rules::{AppointmentStatus, Openness, VisitPhase, booking_number},
    },
    booking::store::details::AppointmentDetails,
    context::Context,
    pages::{
        date_text,
        fees::system_fee_row,
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
    let person = signed_in::require_patient_for_page(&context, &visitor).await?;
    let cases = context.store.list_appointment_details(person.id, visitor.now()).await?;
    let views: Vec<_> = cases.into_iter().map(|case| AppointmentView::new(case, visitor.now(), None)).collect();
    Ok(render_appointment_list(&page_frame(&visitor, Some(&person)), &views).into_response())
}

pub(crate) fn render_appointment_list(frame: &Frame, views: &[AppointmentView]) -> Markup {
    let language = frame.language;
    let (open, over): (Vec<_>, Vec<_>) = views.iter().partition(|view| view.openness != Openness::Closed);
    let cards = |views: &[&AppointmentView]| -> Vec<Markup> {
        views.iter().map(|view| render_appointment_card(language, view)).collect()
    };
    Document::new(frame, language.t("予約一覧", "Appointments")).main(html! {
        @if open.is_empty() {
            (components::empty_state(language.t("これからの予約はありません", "You have no appointment to come"), html! {
                (components::primary_link("/", language.t("医療機関をさがす", "Find a clinic"), None))
            }))
        } @else {
            (components::section(language.t("これからの予約", "To come"), components::card_list(&cards(&open))))
        }
        @if !over.is_empty() {
            (components::section(language.t("過去の予約", "Over"), components::card_list(&cards(&over))))
        }
    })
}

fn render_appointment_card(language: Language, view: &AppointmentView) -> Markup {
    let appointment = &view.case.appointment;
    components::link_card(
        &format!("/appointments/{}", appointment.id),
        &date_text::format_date_time(language, appointment.visit_start),
        html! {
            p { (view.case.institution.name_in(language)) (language.t(" ／ ", " · ")) (appointment.menu.name_in(language)) }
            p { (render_status_badge(language, view)) }
        },
    )
}

fn render_status_badge(language: Language, view: &AppointmentView) -> Markup {
    let (tone, label) = match (view.case.appointment.status, view.standing.patient_step) {
        (AppointmentStatus::Cancelled, _) => (BadgeTone::Neutral, language.t("キャンセル済み", "Cancelled")),
        (AppointmentStatus::Completed, _) => (BadgeTone::Neutral, language.t("診察が終わりました", "Visit held")),
        (AppointmentStatus::Booked, PatientNextStep::Nothing) => {
            (BadgeTone::Neutral, language.t("診察日が終わりました", "Visit day over"))
        }
        _ if has_unsent_picture(view) => {
            (BadgeTone::Attention, language.t("選んだ画像をまだ送っていません", "Picture not sent yet"))
        }
        (_, PatientNextStep::ChooseConsent | PatientNextStep::SendPicture) => {
            (BadgeTone::Attention, language.t("保険の手続きが必要です", "Confirm your insurance"))
        }
        (_, PatientNextStep::ContinueConsent) => {
            (BadgeTone::Attention, language.t("手続きの途中です", "Not finished yet"))
        }
        (_, PatientNextStep::WaitForInstitution | PatientNextStep::WaitForVisit) if view.phase == VisitPhase::After => {
            (BadgeTone::Neutral, language.t("診察の時間が過ぎました", "Visit time has passed"))
        }
        (_, PatientNextStep::WaitForInstitution) => {
            (BadgeTone::Accent, language.t("医療機関が確認します", "The clinic is checking"))
        }
        (_, PatientNextStep::WaitForVisit) if view.phase == VisitPhase::During => {
            (BadgeTone::Accent, language.t("診察の時間です", "It is time for your visit"))
        }
        (_, PatientNextStep::WaitForVisit) => (BadgeTone::Good, language.t("準備ができています", "Ready")),
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
    Document::new(frame, language.t("予約詳細", "Your appointment"))
        .above_heading(components::breadcrumbs(
            language,
            &[("/appointments", language.t("予約一覧", "Appointments"))],
            language.t("予約詳細", "Your appointment"),
        ))
        .main(html! {
            @if let Some(previous_start) = view.rescheduled_from { (reschedule::render_rescheduled_notice(language, previous_start, &view.case.appointment)) }
            (render_next_step(frame, view))
            (render_timeline(language, view))
            (components::panel(language.t("予約の内容", "What you booked"), render_appointment_facts(language, view)))
            @if view.openness == Openness::Changeable {
                (components::buttons(html! {
                    (components::secondary_link(&format!("/appointments/{id}/move"), language.t("日時を変更する", "Move"), None))
                    (components::quiet_link(&format!("/appointments/{id}/cancel"), language.t("予約をキャンセルする", "Cancel the appointment")))
                }))
            }
        })
}

fn render_appointment_facts(language: Language, view: &AppointmentView) -> Markup {
    let AppointmentDetails { appointment, institution, proof, .. } = &view.case;
    let menu = &appointment.menu;
    let mut rows = vec![
        (
            language.t("日時", "Time"),
            html! { (date_text::format_visit_time(language, appointment.visit_start, menu.minutes)) },
        ),
        (
            language.t("医療機関", "Clinic"),
            html! { a href=(format!("/institutions/{}", institution.code)) { (institution.name_in(language)) } br; (render_telephone_link(&institution.phone)) },
        ),
        (
            language.t("メニュー", "Menu"),
            html! { (menu.name_in(language)) (language.in_brackets(menu.charge.name(language))) },
        ),
    ];
    if let Some(doctor) = &menu.doctor {
        rows.push((language.t("医師", "Doctor"), html! { (doctor) }));
    }
    // A cancelled visit costs nothing and needs no insurance.
    if appointment.status != AppointmentStatus::Cancelled {
        rows.push((language.t("診療の費用", "Medical fee"), html! { (menu.fee_in(language)) }));
        rows.extend(system_fee_row(language, menu.system_fee));
        if let Some(proof) = proof {
            rows.push((language.t("保険の手続き", "Insurance"), html! { (proof_text(language, proof)) }));
        }
    }
    rows.push((
        language.t("予約した日", "Booked on"),
        html! { (date_text::format_date_time(language, appointment.made_at)) },
    ));
    rows.push((language.t("予約番号", "Booking number"), html! { (booking_number(appointment.id)) }));
    components::description_list(&rows)
}

/// The progress of the proof of insurance, in one line.
fn proof_text(language: Language, proof: &InsuranceProof) -> String {
    let with_time = |japanese: &str, english: &str, time: base::Timestamp| {
        language.t(japanese, english).to_owned()
            + &language.in_brackets(&date_text::format_short_date_time(language, time))
    };
    match (&proof.desk, &proof.patient) {
        (
            DeskSide::Requested { requested_proof: RequestedProof::Picture, requested_at, .. },
            PatientSide::PictureSent { .. },
        ) => with_time("送り直しのお願い", "Please send it again", *requested_at),
        (_, PatientSide::NotStarted(_)) => language.t("まだです", "Not done yet").to_owned(),
        (_, PatientSide::Departed { departed_at }) => {
            with_time("手続きの途中です", "Started, not finished", *departed_at)
        }
        (_, PatientSide::Registered { valid_until, .. }) => match language {
            Language::Japanese => format!("同意登録済み。{}", date_text::format_deadline(language, *valid_until)),
            Language::English => format!("Consent registered ({})", date_text::format_deadline(language, *valid_until)),
        },
        (_, PatientSide::ReportedDone { reported_at }) => {
            with_time("手続きを終えたとのご連絡を受け付けました", "You told us that you finished", *reported_at)
        }
        (_, PatientSide::PictureSent { sent_at }) => with_time("保険証画像を送信済み", "Picture sent", *sent_at),
    }
}
