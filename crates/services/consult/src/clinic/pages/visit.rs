//! One visit: its state, what the desk can do, and who did what.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, Text, dates};
use ui::{
    Document, Frame,
    components::{self, BadgeTone, ButtonStyle, Tone},
};
use web::{Access, Routes, Visitor};

use super::{
    action_form::{
        render_action_form, render_other_actions, render_primary_request_forms, render_request_forms, render_undo_form,
    },
    frame::{desk_frame, require_staff},
    labels,
    late::render_arrival_forms,
    patient_identity,
    view::{self, DeskVisitNotice, DeskVisitPage},
    visit_change::render_change_links,
};
use crate::{
    appointments::{pages::parse_appointment_id, rules::AppointmentStatus},
    audit::rules::action::{AuditAction, DeskActionKind},
    clinic::{
        rules::urgency::{UrgencyBand, minutes_until},
        store::visits::{ContactByLetter, DeskVisit},
        texts,
    },
    context::Context,
    pages::fees::format_yen,
    people::rules::account::Relationship,
    pictures::rules::picture::{InsurancePicture, PictureState},
    proof::{
        registration_watch,
        rules::{
            ledgers::{DeskSide, PatientSide, RequestedProof},
            next_steps::{DeskNextStep, NextSteps, determine_standing},
        },
    },
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/desk/visits/{id}", Access::SignedIn, get(show_visit))
}

#[derive(Deserialize)]
struct DeskVisitQuery {
    #[serde(rename = "said")]
    notice: Option<String>,
}

async fn show_visit(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(query): Query<DeskVisitQuery>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let id = parse_appointment_id(&id)?;
    if context.store.is_visit_registered(staff.clone(), id).await? {
        registration_watch::refresh_registration(&context, id, visitor.now()).await;
    }
    let visit = context.store.load_desk_visit(staff.clone(), id, visitor.now()).await?;
    let notice = match query.notice.as_deref() {
        Some("changed") => view::DeskVisitNotice::Changed,
        Some("done") => view::DeskVisitNotice::Done,
        Some("taken-back") => view::DeskVisitNotice::Undone,
        Some("too-early") => view::DeskVisitNotice::TooEarly,
        Some("too-late") => view::DeskVisitNotice::TooLate,
        Some("moved") => view::DeskVisitNotice::Moved,
        Some("booked") => view::DeskVisitNotice::Booked,
        Some("cancelled") => view::DeskVisitNotice::Cancelled,
        _ => view::DeskVisitNotice::Nothing,
    };
    let view = view::DeskVisitPage { now: visitor.now(), notice, visit };
    Ok(render_visit_page(&desk_frame(visitor.frame(), Some(&staff)), &view).into_response())
}

/// 予約の詳細, for the desk.
pub(crate) fn render_visit_page(frame: &Frame, view: &DeskVisitPage) -> Markup {
    let language = frame.language;
    let visit = &view.visit;
    let proof = visit.proof.as_ref().map(|(proof, _)| proof);
    let standing = determine_standing(&visit.appointment, visit.proof_method, proof, view.now);
    let date = visit.appointment.visit_date();
    let title = patient_identity::patient_title(language, &visit.patient, date);
    let list = format!("/desk/visits?date={date}");
    let lead = lead_text(language, view);
    let main = html! {
        (render_outcome(frame, view))
        (render_phone_notice(language, view))
        (components::columns(
            html! {
                (render_next_step(frame, view, &standing))
                @if !visit.pictures.is_empty() { (render_pictures(language, view)) }
                @if visit.appointment.status == AppointmentStatus::Booked && proof.is_some() { (render_other_actions(frame, view, &standing)) }
            },
            html! {
                @if view.notice != DeskVisitNotice::Done { (render_last_action(frame, view)) }
                (render_visit_facts(language, view))
                (render_arrival_forms(frame, view))
                (render_change_links(language, &view.visit))
                (render_audit_trail(language, view))
            },
        ))
    };
    Document::new(frame, &title)
        .above_heading(components::breadcrumbs(
            language,
            &[(&list, texts::VISITS.in_language(language))],
            &patient_identity::short_name(language, &visit.patient),
        ))
        .lead(&lead)
        .wide()
        .main(main)
}

/// 11月24日（火） 10:30 あと12分
fn lead_text(language: Language, view: &DeskVisitPage) -> String {
    let start = view.visit.appointment.visit_start;
    let mut lead = format!(
        "{}{} {}",
        texts::VISIT_LABEL.in_language(language),
        dates::format_short_date(language, start.japan_date()),
        dates::format_time(start)
    );
    if view.visit.appointment.status == AppointmentStatus::Booked
        && let Some(minutes_left) = minutes_until(start, view.now).filter(|minutes_left| *minutes_left <= 120)
    {
        lead.push_str(&texts::visit_in_minutes(language, minutes_left));
    }
    lead
}

/// A notice to telephone the patient, if that is due; the first part of the page.
fn render_phone_notice(language: Language, view: &DeskVisitPage) -> Markup {
    if view.band() != UrgencyBand::Telephone {
        return html! {};
    }
    let phone = view.visit.patient.profile.as_ref().and_then(|profile| profile.phone.as_deref());
    components::notice(
        Tone::Warning,
        texts::PLEASE_PHONE_THE_PATIENT.in_language(language),
        html! {
            p { (texts::VISIT_IS_NEAR.in_language(language)) }
            @match phone {
                Some(number) => (patient_identity::render_phone_button(language, number, ButtonStyle::Secondary)),
                None => p { (texts::THERE_IS_NO_TELEPHONE_NUMBER.in_language(language)) },
            }
        },
    )
}

fn render_outcome(frame: &Frame, view: &DeskVisitPage) -> Markup {
    let language = frame.language;
    let is_desk_action = |action| matches!(action, AuditAction::Desk(_) | AuditAction::DeskUndone(_));
    let mut desk_entries = view.visit.audit_trail.iter().filter(|entry| is_desk_action(entry.action));
    let latest = desk_entries.find_map(|entry| labels::audit_entry_text(language, entry));
    match view.notice {
        DeskVisitNotice::Nothing => html! {},
        DeskVisitNotice::Done => components::notice(
            Tone::Success,
            texts::RECORDED.in_language(language),
            html! {
                @if let Some(latest) = latest { p { (latest) } }
                @if let Some(action) = view.find_undoable_action() { (render_undo_form(frame, view, action)) }
                (render_next_picture_link(language, &view.visit))
            },
        ),
        DeskVisitNotice::Undone => components::notice(
            Tone::Success,
            texts::UNDONE.in_language(language),
            html! {
                @if let Some(latest) = latest { p { (latest) } }
                p { (texts::IF_PATIENT_HAS_NOT_BEEN_TOLD_YET.in_language(language)) }
            },
        ),
        DeskVisitNotice::Changed => components::notice(
            Tone::Warning,
            texts::SOMETHING_CHANGED_BEFORE.in_language(language),
            html! {
                p { (texts::PATIENT_OR_COLLEAGUE_DID_SOMETHING.in_language(language)) }
                @if let Some(latest) = latest { p { (texts::THE_DESKS_LAST_ACTION.in_language(language)) (latest) } }
            },
        ),
        DeskVisitNotice::Moved | DeskVisitNotice::Cancelled | DeskVisitNotice::Booked => {
            let heading = match view.notice {
                DeskVisitNotice::Moved => texts::THE_VISIT_WAS_MOVED,
                DeskVisitNotice::Booked => texts::THE_VISIT_IS_BOOKED,
                _ => texts::THE_VISIT_WAS_CANCELLED,
            };
            components::notice(
                Tone::Success,
                heading.in_language(language),
                html! { p { (told_text(view.visit.patient_contact).in_language(language)) } },
            )
        }
        DeskVisitNotice::TooEarly => components::notice(
            Tone::Warning,
            texts::IT_IS_TOO_EARLY_FOR_THIS.in_language(language),
            html! { p { (texts::NOTHING_WAS_RECORDED.in_language(language)) } },
        ),
        DeskVisitNotice::TooLate => components::notice(
            Tone::Warning,
            texts::THIS_CAN_NO_LONGER_BE_UNDONE.in_language(language),
            html! { p { (texts::UNDO_WITHIN_TEN_MINUTES.in_language(language)) } },
        ),
    }
}

/// The last desk action, if it can still be undone.
fn render_last_action(frame: &Frame, view: &DeskVisitPage) -> Markup {
    let language = frame.language;
    match view.find_undoable_action() {
        None => html! {},
        Some(action) => components::panel(
            texts::LAST_ACTION.in_language(language),
            html! {
                p {
                    (dates::format_time(action.done_at)) " " (action.done_by) (texts::COLON.in_language(language))
                    (action.kind.text().in_language(language))
                }
                (render_undo_form(frame, view, action))
            },
        ),
    }
}

/// A link to the next visit with a picture that the desk has not reviewed.
pub(crate) fn render_next_picture_link(language: Language, visit: &DeskVisit) -> Markup {
    let waiting = visit.waiting_pictures;
    let Some((visit, picture)) = waiting.next_picture else { return html! {} };
    let label = texts::next_picture(language, waiting.visits);
    components::secondary_link(&format!("/desk/visits/{visit}/pictures/{picture}"), &label, None)
}

fn render_next_step(frame: &Frame, view: &DeskVisitPage, standing: &NextSteps) -> Markup {
    let language = frame.language;
    let visit = &view.visit;
    let step = match standing.desk_step {
        DeskNextStep::AskPatient => render_primary_request_forms(frame, view, standing),
        DeskNextStep::CheckTerminal => html! {
            p { (texts::OPEN_THIS_PATIENTS_RECEPTION.in_language(language)) }
            (render_action_form(frame, view, "terminal", ButtonStyle::Primary, texts::CONFIRMED_AT_THE_TERMINAL_BUTTON.in_language(language),
                Some(texts::IT_IS_RECORDED_AND_PATIENT_IS_TOLD.in_language(language))))
            (components::disclosure(
                texts::NOT_FOUND_AT_THE_TERMINAL.in_language(language),
                render_request_forms(frame, view, standing, ButtonStyle::Secondary),
            ))
        },
        DeskNextStep::ReviewPicture => match find_picture_to_review(&visit.pictures) {
            Some(picture) => components::primary_link(
                &format!("{}/pictures/{}", view.path(), picture.id),
                texts::LOOK_AT_THE_PICTURE.in_language(language),
                Some(texts::THAT_YOU_LOOKED_IS_RECORDED.in_language(language)),
            ),
            None => render_primary_request_forms(frame, view, standing),
        },
        DeskNextStep::WaitForPatient => html! { p { (waiting_text(language, view)) } },
        DeskNextStep::SeePatient if view.is_possible_now(DeskActionKind::Complete) => render_action_form(
            frame,
            view,
            "complete",
            ButtonStyle::Primary,
            texts::MARK_THE_VISIT_AS_HELD.in_language(language),
            Some(texts::PRESS_IT_WHEN_VISIT_IS_OVER.in_language(language)),
        ),
        DeskNextStep::SeePatient => html! { p { (texts::MARK_AS_HELD_ONCE_IT_BEGINS.in_language(language)) } },
        DeskNextStep::Nothing => html! {},
    };
    components::panel(
        texts::NEXT.in_language(language),
        html! {
            p { b { (standing.desk_text.in_language(language)) } }
            (step)
        },
    )
}

fn waiting_text(language: Language, view: &DeskVisitPage) -> &'static str {
    let proof = view.visit.proof.as_ref().map(|(proof, _)| proof);
    match proof.map(|proof| (&proof.desk, &proof.patient)) {
        Some((_, PatientSide::Departed { .. })) => texts::CONSENT_APPEARS_ONCE_REGISTERED.in_language(language),
        Some((DeskSide::Requested { .. } | DeskSide::Refused { .. }, _)) => {
            texts::PATIENT_WAS_TOLD_BY_MAIL.in_language(language)
        }
        _ => texts::WHAT_ARRIVES_APPEARS_HERE.in_language(language),
    }
}

fn find_picture_to_review(pictures: &[InsurancePicture]) -> Option<&InsurancePicture> {
    pictures.iter().find(|picture| picture.state == PictureState::Sent)
}

fn render_pictures(language: Language, view: &DeskVisitPage) -> Markup {
    let cards: Vec<_> = view
        .visit
        .pictures
        .iter()
        .map(|picture| {
            components::link_card(
                &format!("{}/pictures/{}", view.path(), picture.id),
                &picture_name(language, picture),
                html! {
                    p { (render_picture_state(language, picture)) }
                    @for hint in picture.hints.iter() { p { (ui::icon::warning()) " " (hint.text().in_language(language)) } }
                },
            )
        })
        .collect();
    components::section(texts::PICTURES_OF_THE_DOCUMENT.in_language(language), components::card_list(&cards))
}

/// The name of the side of the document that the picture shows.
pub(crate) fn picture_name(language: Language, picture: &InsurancePicture) -> String {
    picture.document.slot(picture.side).subject.name().in_language(language).to_owned()
}

pub(crate) fn render_picture_state(language: Language, picture: &InsurancePicture) -> Markup {
    let (tone, text) = match picture.state {
        PictureState::Draft => (BadgeTone::Neutral, texts::NOT_SENT.in_language(language)),
        PictureState::Sent => (BadgeTone::Attention, texts::NOT_CHECKED.in_language(language)),
        PictureState::Accepted => (BadgeTone::Good, texts::CHECKED.in_language(language)),
        PictureState::Refused => (BadgeTone::Bad, texts::ASKED_FOR_AGAIN.in_language(language)),
    };
    components::badge(tone, text)
}

/// How the patient learns of what the desk did.
fn told_text(contact: ContactByLetter) -> Text {
    match contact {
        ContactByLetter::Account => texts::THE_PATIENT_IS_TOLD_BY_MAIL,
        ContactByLetter::Missing => texts::TELL_THE_PATIENT_YOURSELF,
    }
}

/// Who booked: whoever acts for the patient, or the clinic.
fn booked_by_text(language: Language, visit: &DeskVisit) -> String {
    let Some(booker) = &visit.booked_by else { return texts::THE_CLINIC_ITSELF.in_language(language).to_owned() };
    let relationship = match booker.relationship {
        Relationship::Oneself => return texts::THE_PATIENT_THEMSELVES.in_language(language).to_owned(),
        Relationship::Child => texts::A_PARENT,
        Relationship::Parent => texts::A_SON_OR_DAUGHTER,
        Relationship::Other => texts::ANOTHER_RELATIVE,
    };
    let name = booker.name.as_deref().map(text::replace_wide_spaces).unwrap_or_default();
    format!("{name}{}", language.in_brackets(relationship.in_language(language)))
}

fn render_visit_facts(language: Language, view: &DeskVisitPage) -> Markup {
    let visit = &view.visit;
    let appointment = &visit.appointment;
    let proof = visit.proof.as_ref().map(|(proof, _)| proof);
    let mut rows = Vec::new();
    if let Some(PatientSide::Registered { reception_number, .. }) = proof.map(|proof| &proof.patient) {
        let label = texts::RECEPTION_NUMBER.in_language(language);
        let (displayed, copied) = (reception_number.to_grouped_string(), reception_number.to_string());
        rows.push((label, components::copyable_text(language, label, &displayed, &copied)));
    }
    if let Some(profile) = &visit.patient.profile {
        let name = text::replace_wide_spaces(&profile.name);
        rows.push((texts::NAME.in_language(language), html! { (name) }));
        if let Some(kana) = &profile.kana {
            let (label, displayed) = (texts::KANA.in_language(language), text::replace_wide_spaces(kana));
            rows.push((label, components::copyable_text(language, label, &displayed, kana)));
        }
        let label = texts::DATE_OF_BIRTH.in_language(language);
        let displayed = dates::format_date_with_era(language, profile.birth_date);
        // Eight digits: the format of dates at terminals.
        let copied = profile.birth_date.strftime("%Y%m%d").to_string();
        rows.push((label, components::copyable_text(language, label, &displayed, &copied)));
        if let Some(phone) = &profile.phone {
            rows.push((texts::TELEPHONE.in_language(language), patient_identity::render_phone_link(phone)));
        }
    }
    rows.push((texts::BOOKED_BY.in_language(language), html! { (booked_by_text(language, visit)) }));
    rows.push((
        texts::VISIT.in_language(language),
        html! { (dates::format_visit_time(language, appointment.visit_start, appointment.menu.minutes)) " " (labels::render_status_badge(language, appointment.status)) },
    ));
    rows.push((
        texts::MENU.in_language(language),
        html! { (appointment.menu.name_in(language)) (language.in_brackets(appointment.menu.charge.name(language))) },
    ));
    let doctor = view.visit.practitioner.details.name_in(language);
    rows.push((texts::DOCTOR.in_language(language), html! { (doctor) }));
    if appointment.cancellation_fee_due > 0 {
        let fee = format_yen(language, appointment.cancellation_fee_due);
        rows.push((texts::CANCELLATION_FEE.in_language(language), html! { (fee) }));
    }
    rows.push((texts::PATIENTS_SIDE.in_language(language), labels::render_patient_side(language, proof, view.now)));
    rows.push((texts::DESKS_SIDE.in_language(language), labels::render_desk_side(language, proof)));
    if let Some(DeskSide::Requested { requested_proof, reason, .. }) = proof.map(|proof| &proof.desk) {
        let text = match requested_proof {
            RequestedProof::Consent => texts::CONSENT.in_language(language),
            RequestedProof::Picture => texts::A_PICTURE.in_language(language),
        };
        rows.push((
            texts::ASKED_FOR.in_language(language),
            html! { (text) br; small { (reason.text().in_language(language)) } },
        ));
    }
    components::panel(texts::THE_VISIT.in_language(language), components::description_list(&rows))
}

fn render_audit_trail(language: Language, view: &DeskVisitPage) -> Markup {
    let lines: Vec<_> =
        view.visit.audit_trail.iter().filter_map(|entry| labels::audit_entry_text(language, entry)).collect();
    components::disclosure(
        texts::WHAT_WAS_DONE_WITH_THIS_VISIT.in_language(language),
        html! {
            @if lines.is_empty() { p { (texts::NOTHING_YET_SENTENCE.in_language(language)) } }
            ul { @for line in &lines { li { (line) } } }
        },
    )
}
