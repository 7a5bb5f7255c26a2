//! One visit: its state, what the desk can do, and who did what.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};
use serde::Deserialize;
use text::Language;
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
    labels, patient_identity,
    view::{self, DeskVisitNotice, DeskVisitPage},
};
use crate::{
    appointments::{pages::parse_appointment_id, rules::AppointmentStatus},
    audit::rules::action::{AuditAction, DeskActionKind},
    clinic::{
        rules::urgency::{UrgencyBand, minutes_until},
        store::visits::DeskVisit,
    },
    context::Context,
    pages::date_text,
    pictures::rules::picture::{InsurancePicture, PictureState},
    proof::{
        registration_watch,
        rules::{
            ledgers::{DeskSide, PatientSide, RequestedProof},
            next_steps::{DeskNextStep, NextSteps},
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
    let standing = labels::determine_standing(&visit.appointment, visit.proof_method, proof, view.now);
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
                (render_audit_trail(language, view))
            },
        ))
    };
    Document::new(frame, &title)
        .above_heading(components::breadcrumbs(
            language,
            &[(&list, language.t("予約一覧", "Visits"))],
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
        language.t("診察 ", "Visit: "),
        date_text::format_short_date(language, start.japan_date()),
        date_text::format_time(start)
    );
    if view.visit.appointment.status == AppointmentStatus::Booked
        && let Some(minutes_left) = minutes_until(start, view.now).filter(|minutes_left| *minutes_left <= 120)
    {
        let (before, after) = match language {
            Language::Japanese => (" あと", "分"),
            Language::English => (" (in ", " min)"),
        };
        lead.extend([before, minutes_left.to_string().as_str(), after]);
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
        language.t("患者さんに電話してください", "Please phone the patient"),
        html! {
            p { (language.t(
                "診察が近いのに、保険を確認できるものが届いていません。",
                "The visit is near, and nothing has come by which insurance could be confirmed.",
            )) }
            @match phone {
                Some(number) => (patient_identity::render_phone_button(language, number, ButtonStyle::Secondary)),
                None => p { (language.t("電話番号の登録がありません。", "There is no telephone number.")) },
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
            language.t("記録しました", "Recorded"),
            html! {
                @if let Some(latest) = latest { p { (latest) } }
                @if let Some(action) = view.find_undoable_action() { (render_undo_form(frame, view, action)) }
                (render_next_picture_link(language, &view.visit))
            },
        ),
        DeskVisitNotice::Undone => components::notice(
            Tone::Success,
            language.t("取り消しました", "Undone"),
            html! {
                @if let Some(latest) = latest { p { (latest) } }
                p { (language.t(
                    "患者さんへのお知らせがまだ送られていなければ送りません。送られていたときは、取り消したことを患者さんに知らせます。",
                    "If the patient has not been told yet, nothing is sent. Otherwise the patient is told that it was undone.",
                )) }
            },
        ),
        DeskVisitNotice::Changed => components::notice(
            Tone::Warning,
            language.t("先に変更がありました", "Something changed before"),
            html! {
                p { (language.t(
                    "この画面を開いたあとに、患者さんの手続きやほかの担当者の操作がありました。今回の操作は記録していません。下の内容をご確認ください。",
                    "The patient or a colleague did something after you opened the page. Your action was not recorded. Please check what the page shows now.",
                )) }
                @if let Some(latest) = latest { p { (language.t("受付の最後の操作：", "The desk's last action: ")) (latest) } }
            },
        ),
        DeskVisitNotice::TooEarly => components::notice(
            Tone::Warning,
            language.t("まだこの操作はできません", "It is too early for this"),
            html! { p { (language.t(
                "何も記録していません。診察の時間になってから、もう一度操作してください。",
                "Nothing was recorded. Please try again when the time of the visit has come.",
            )) } },
        ),
        DeskVisitNotice::TooLate => components::notice(
            Tone::Warning,
            language.t("取り消せる時間が過ぎました", "This can no longer be undone"),
            html! { p { (language.t(
                "操作は10分以内であれば取り消せます。何も変わっていません。いまの状況に合わせて、下から操作してください。",
                "An action can be undone within ten minutes. Nothing was changed. Please use the actions below.",
            )) } },
        ),
    }
}

/// The last desk action, if it can still be undone.
fn render_last_action(frame: &Frame, view: &DeskVisitPage) -> Markup {
    let language = frame.language;
    match view.find_undoable_action() {
        None => html! {},
        Some(action) => components::panel(
            language.t("最後の操作", "Last action"),
            html! {
                p {
                    (date_text::format_time(action.done_at)) " " (action.done_by) (language.t("：", ": "))
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
    let label = match language {
        Language::Japanese => format!("次の画像へ（あと{}件）", waiting.visits),
        Language::English => format!("Next picture ({} more)", waiting.visits),
    };
    components::secondary_link(&format!("/desk/visits/{visit}/pictures/{picture}"), &label, None)
}

fn render_next_step(frame: &Frame, view: &DeskVisitPage, standing: &NextSteps) -> Markup {
    let language = frame.language;
    let visit = &view.visit;
    let step = match standing.desk_step {
        DeskNextStep::AskPatient => render_primary_request_forms(frame, view, standing),
        DeskNextStep::CheckTerminal => html! {
            p { (language.t(
                "医療機関の資格確認端末で、この患者さんの受付を開いてください。",
                "Open this patient's reception at the clinic's own terminal.",
            )) }
            (render_action_form(frame, view, "terminal", ButtonStyle::Primary, language.t("端末で確認しました", "Confirmed at the terminal"),
                Some(language.t("確認済みとして記録し、患者さんに知らせます。", "It is recorded, and the patient is told."))))
            (components::disclosure(
                language.t("端末に見つからない", "Not found at the terminal"),
                render_request_forms(frame, view, standing, ButtonStyle::Secondary),
            ))
        },
        DeskNextStep::ReviewPicture => match find_picture_to_review(&visit.pictures) {
            Some(picture) => components::primary_link(
                &format!("{}/pictures/{}", view.path(), picture.id),
                language.t("画像を確認する", "Look at the picture"),
                Some(language.t(
                    "見たことは記録され、患者さんにも表示されます。",
                    "That you looked is recorded, and the patient sees it.",
                )),
            ),
            None => render_primary_request_forms(frame, view, standing),
        },
        DeskNextStep::WaitForPatient => html! { p { (waiting_text(language, view)) } },
        DeskNextStep::SeePatient if view.is_possible_now(DeskActionKind::Complete) => render_action_form(
            frame,
            view,
            "complete",
            ButtonStyle::Primary,
            language.t("診察済みにする", "Mark the visit as held"),
            Some(language.t("診察が終わったら押してください。", "Press it when the visit is over.")),
        ),
        DeskNextStep::SeePatient => html! { p { (language.t(
            "診察の時間になると、ここから診察済みにできます。",
            "When the time of the visit has come, it can be marked as held here.",
        )) } },
        DeskNextStep::Nothing => html! {},
    };
    components::panel(
        language.t("次にすること", "Next"),
        html! {
            p { b { (standing.desk_text.in_language(language)) } }
            (step)
        },
    )
}

fn waiting_text(language: Language, view: &DeskVisitPage) -> &'static str {
    let proof = view.visit.proof.as_ref().map(|(proof, _)| proof);
    match proof.map(|proof| (&proof.desk, &proof.patient)) {
        Some((_, PatientSide::Departed { .. })) => {
            language.t("登録が終わると、ここに表示されます。", "As soon as consent is registered, it appears here.")
        }
        Some((DeskSide::Requested { .. } | DeskSide::Refused { .. }, _)) => language.t(
            "患者さんにメールで知らせました。手続きが届くと、ここに表示されます。",
            "The patient was told by mail. What arrives appears here.",
        ),
        _ => language.t("手続きが届くと、ここに表示されます。", "What arrives appears here."),
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
    components::section(language.t("保険の書類の画像", "Pictures of the document"), components::card_list(&cards))
}

/// The name of the side of the document that the picture shows.
pub(crate) fn picture_name(language: Language, picture: &InsurancePicture) -> String {
    picture.document.slot(picture.side).subject.name().in_language(language).to_owned()
}

pub(crate) fn render_picture_state(language: Language, picture: &InsurancePicture) -> Markup {
    let (tone, text) = match picture.state {
        PictureState::Draft => (BadgeTone::Neutral, language.t("未送信", "Not sent")),
        PictureState::Sent => (BadgeTone::Attention, language.t("未確認", "Not checked")),
        PictureState::Accepted => (BadgeTone::Good, language.t("確認済み", "Checked")),
        PictureState::Refused => (BadgeTone::Bad, language.t("送り直しを依頼中", "Asked for again")),
    };
    components::badge(tone, text)
}

fn render_visit_facts(language: Language, view: &DeskVisitPage) -> Markup {
    let visit = &view.visit;
    let appointment = &visit.appointment;
    let proof = visit.proof.as_ref().map(|(proof, _)| proof);
    let mut rows = Vec::new();
    if let Some(PatientSide::Registered { reception_number, .. }) = proof.map(|proof| &proof.patient) {
        let label = language.t("受付番号", "Reception number");
        let (displayed, copied) = (reception_number.to_grouped_string(), reception_number.to_string());
        rows.push((label, components::copyable_text(language, label, &displayed, &copied)));
    }
    if let Some(profile) = &visit.patient.profile {
        let name = profile.name.replace('\u{3000}', " ");
        rows.push((language.t("氏名", "Name"), html! { (name) }));
        if let Some(kana) = &profile.kana {
            let (label, displayed) = (language.t("カナ", "Kana"), kana.replace('\u{3000}', " "));
            rows.push((label, components::copyable_text(language, label, &displayed, kana)));
        }
        let label = language.t("生年月日", "Date of birth");
        let displayed = date_text::format_date_with_era(language, profile.birth_date);
        // Eight digits: the format of dates at terminals.
        let copied = profile.birth_date.strftime("%Y%m%d").to_string();
        rows.push((label, components::copyable_text(language, label, &displayed, &copied)));
        if let Some(phone) = &profile.phone {
            rows.push((language.t("電話番号", "Telephone"), patient_identity::render_phone_link(phone)));
        }
    }
    rows.push((
        language.t("診察日時", "Visit"),
        html! { (date_text::format_visit_time(language, appointment.visit_start, appointment.menu.minutes)) " " (labels::render_status_badge(language, appointment.status)) },
    ));
    rows.push((
        language.t("メニュー", "Menu"),
        html! { (appointment.menu.name_in(language)) (language.in_brackets(appointment.menu.charge.name(language))) },
    ));
    if let Some(doctor) = &appointment.menu.doctor {
        rows.push((language.t("医師", "Doctor"), html! { (doctor) }));
    }
    rows.push((language.t("患者の手続き", "Patient's side"), labels::render_patient_side(language, proof, view.now)));
    rows.push((language.t("受付の確認", "Desk's side"), labels::render_desk_side(language, proof)));
    if let Some(DeskSide::Requested { requested_proof, reason, .. }) = proof.map(|proof| &proof.desk) {
        let text = match requested_proof {
            RequestedProof::Consent => language.t("同意登録", "Consent"),
            RequestedProof::Picture => language.t("画像", "A picture"),
        };
        rows.push((
            language.t("お願いした内容", "Asked for"),
            html! { (text) br; small { (reason.text().in_language(language)) } },
        ));
    }
    components::panel(language.t("予約の内容", "The visit"), components::description_list(&rows))
}

fn render_audit_trail(language: Language, view: &DeskVisitPage) -> Markup {
    let lines: Vec<_> =
        view.visit.audit_trail.iter().filter_map(|entry| labels::audit_entry_text(language, entry)).collect();
    components::disclosure(
        language.t("この予約の記録", "What was done with this visit"),
        html! {
            @if lines.is_empty() { p { (language.t("まだ記録はありません。", "Nothing yet.")) } }
            ul { @for line in &lines { li { (line) } } }
        },
    )
}
