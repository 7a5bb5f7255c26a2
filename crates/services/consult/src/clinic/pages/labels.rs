//! States and steps in words.

use base::Timestamp;
use maud::{Markup, html};
use text::Language;
use ui::components::{self, BadgeTone};

use crate::{
    appointments::rules::{Appointment, AppointmentStatus},
    audit::rules::{
        AuditActor,
        action::{AuditAction, DeskView, PictureAction},
    },
    directory::rules::institution::ProofMethodKind,
    pages::date_text,
    pictures::{rules::picture::DocumentSide, store::audit_trail::VisitAuditEntry},
    proof::rules::{
        ledgers::{
            ConfirmationMethod, DeskSide, InsuranceProof, NotStartedReason, PatientSide, RequestedProof,
            is_departure_under_way,
        },
        next_steps::{DeskNextStep, NextSteps, Visit, decide_next_steps},
    },
};

/// The next steps of patient and desk for an appointment.
pub(crate) fn determine_standing(
    appointment: &Appointment,
    proof_method: ProofMethodKind,
    proof: Option<&InsuranceProof>,
    now: base::Timestamp,
) -> NextSteps {
    let visit = Visit {
        date: appointment.visit_date(),
        start: appointment.visit_start,
        status: appointment.status,
        proof_method,
    };
    decide_next_steps(&visit, proof, now)
}

/// The state of the patient's ledger.
pub(crate) fn render_patient_side(language: Language, proof: Option<&InsuranceProof>, now: Timestamp) -> Markup {
    let Some(proof) = proof else {
        return components::badge(BadgeTone::Neutral, language.t("自費診療", "Self-pay"));
    };
    match &proof.patient {
        PatientSide::NotStarted(beginning) => {
            let text = match beginning {
                NotStartedReason::Booked => language.t("手続きなし", "Nothing yet"),
                NotStartedReason::Rescheduled { .. } => language.t("日時変更で無効", "Void: moved"),
                NotStartedReason::Ended => language.t("登録せずに終了", "Ended without registering"),
                NotStartedReason::Erased => language.t("画像を消去", "Picture erased"),
                NotStartedReason::Withdrawn => language.t("同意を取消し", "Withdrawn"),
                NotStartedReason::Expired => language.t("同意の期限切れ", "Over"),
            };
            components::badge(BadgeTone::Attention, text)
        }
        PatientSide::Departed { departed_at } => {
            let since_text = format_since(language, *departed_at, now);
            if is_departure_under_way(*departed_at, now) {
                let text = format!("{}{since_text}", language.t("手続きの途中", "In progress"));
                components::badge(BadgeTone::Accent, &text)
            } else {
                let text =
                    format!("{}{since_text}", language.t("手続きが途中で止まっています", "Started, not finished"));
                components::badge(BadgeTone::Attention, &text)
            }
        }
        PatientSide::Registered { reception_number, .. } => html! {
            (components::badge(BadgeTone::Good, language.t("同意登録済み", "Consent registered")))
            br; small { (language.t("受付番号 ", "Reception ")) (reception_number.to_grouped_string()) }
        },
        PatientSide::ReportedDone { reported_at } => html! {
            (components::badge(BadgeTone::Accent, language.t("「終わった」と連絡あり", "Says it is done")))
            br; small { (date_text::format_short_date_time(language, *reported_at)) }
        },
        PatientSide::PictureSent { sent_at } => html! {
            (components::badge(BadgeTone::Accent, language.t("画像が届いています", "Picture sent")))
            br; small { (date_text::format_short_date_time(language, *sent_at)) }
        },
    }
}

/// （9:08から）, with the date unless it is today.
fn format_since(language: Language, start: Timestamp, now: Timestamp) -> String {
    let time = if start.japan_date() == now.japan_date() {
        date_text::format_time(start)
    } else {
        date_text::format_short_date_time(language, start)
    };
    match language {
        Language::Japanese => format!("（{time}から）"),
        Language::English => format!(" (since {time})"),
    }
}

/// The state of the desk's ledger.
pub(crate) fn render_desk_side(language: Language, proof: Option<&InsuranceProof>) -> Markup {
    let Some(proof) = proof else {
        return components::badge(BadgeTone::Neutral, language.t("確認不要", "Nothing to check"));
    };
    match &proof.desk {
        DeskSide::Unseen => components::badge(BadgeTone::Attention, language.t("未確認", "Not checked")),
        DeskSide::Requested { requested_proof, requested_at, .. } => html! {
            (components::badge(BadgeTone::Accent, match requested_proof {
                RequestedProof::Consent => language.t("同意を依頼中", "Consent asked"),
                RequestedProof::Picture => language.t("画像を依頼中", "Picture asked"),
            }))
            br; small { (date_text::format_short_date_time(language, *requested_at)) }
        },
        DeskSide::Confirmed { method, confirmed_by, confirmed_at } => html! {
            (components::badge(BadgeTone::Good, match method {
                ConfirmationMethod::Terminal => language.t("端末で確認済み", "Checked at terminal"),
                ConfirmationMethod::Picture => language.t("画像で確認済み", "Checked by picture"),
                ConfirmationMethod::ShownOnScreen => language.t("画面で確認済み", "Checked on screen"),
            }))
            br; small { (confirmed_by) " " (date_text::format_short_date_time(language, *confirmed_at)) }
        },
        DeskSide::Refused { reason, refused_by, refused_at } => html! {
            (components::badge(BadgeTone::Bad, language.t("確認できず", "Refused")))
            br; small { (reason.text().in_language(language)) " " (refused_by) " " (date_text::format_short_date_time(language, *refused_at)) }
        },
    }
}

/// The label of the link in the list of visits.
pub(crate) fn next_step_label(language: Language, step: DeskNextStep) -> &'static str {
    match step {
        DeskNextStep::AskPatient => language.t("患者さんにお願いする", "Ask the patient"),
        DeskNextStep::WaitForPatient => language.t("患者を待つ", "Wait for the patient"),
        DeskNextStep::CheckTerminal => language.t("端末で確認する", "Check the terminal"),
        DeskNextStep::ReviewPicture => language.t("画像を確認する", "Look at the picture"),
        DeskNextStep::SeePatient => language.t("診察へ", "See the patient"),
        DeskNextStep::Nothing => language.t("開く", "Open"),
    }
}

/// The status, unless the appointment is simply booked.
pub(crate) fn render_status_badge(language: Language, status: AppointmentStatus) -> Markup {
    match status {
        AppointmentStatus::Booked => html! {},
        AppointmentStatus::Cancelled => components::badge(BadgeTone::Neutral, language.t("キャンセル", "Cancelled")),
        AppointmentStatus::Completed => components::badge(BadgeTone::Good, language.t("診察済み", "Held")),
    }
}

/// The text of an audit entry; `None` if it is of no use to the desk.
pub(crate) fn audit_entry_text(language: Language, entry: &VisitAuditEntry) -> Option<String> {
    let text = match entry.action {
        AuditAction::Picture(action) => match action {
            PictureAction::View => language.t("画像を見た", "looked at the picture").to_owned(),
            PictureAction::ViewThumbnail => language.t("一覧で画像を見た", "saw the picture in the list").to_owned(),
            PictureAction::Send => language.t("画像を送った", "sent the picture").to_owned(),
            PictureAction::Erase => language.t("画像を消した", "erased the picture").to_owned(),
            // The desk sees a picture when it was sent.
            PictureAction::Receive => return None,
        },
        AuditAction::DeskView(DeskView::Visit) => language.t("この画面を開いた", "opened this page").to_owned(),
        AuditAction::Desk(kind) => kind.text().in_language(language).to_owned(),
        AuditAction::DeskUndone(kind) => {
            let done = kind.text();
            match language {
                Language::Japanese => format!("「{}」を取り消した", done.in_language(language)),
                Language::English => format!("took back: {}", done.in_language(language)),
            }
        }
        AuditAction::DeskView(DeskView::Day) | AuditAction::Account(_) | AuditAction::ChainOpened => return None,
    };
    let actor = match &entry.actor {
        AuditActor::Patient => language.t("患者", "Patient").to_owned(),
        AuditActor::Desk(name) => name.clone(),
        AuditActor::Service => language.t("システム", "Service").to_owned(),
    };
    let side = match entry.side {
        Some(DocumentSide::Front) => language.t("（1枚目）", " (first)"),
        Some(DocumentSide::Back) => language.t("（2枚目）", " (second)"),
        None => "",
    };
    Some(format!(
        "{} {actor}{}{text}{side}",
        date_text::format_short_date_time(language, entry.occurred_at),
        language.t("：", ": ")
    ))
}
