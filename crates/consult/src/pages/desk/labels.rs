//! The ledgers and the trail in words for the desk.

use base::Timestamp;
use maud::{Markup, html};
use shell::{
    Language,
    components::{self, BadgeTone},
};

use crate::{
    pages::date_text,
    rules::{
        appointment::{Appointment, AppointmentStatus},
        desk_action::DeskActionKind,
        institution::ProofMethodKind,
        next_steps::{DeskNextStep, NextSteps, Visit, decide_next_steps},
        picture::DocumentSide,
        proof::{
            ConfirmationMethod, DeskSide, InsuranceProof, NotStartedReason, PatientSide, RequestedProof,
            is_departure_under_way,
        },
    },
    store::desk::{AuditActor, UNDONE_SUFFIX, VisitAuditEntry},
};

/// Where an appointment stands.
pub(super) fn determine_standing(
    appointment: &Appointment,
    way: ProofMethodKind,
    proof: Option<&InsuranceProof>,
    now: base::Timestamp,
) -> NextSteps {
    let visit = Visit {
        date: appointment.visit_date(),
        start: appointment.visit_start,
        status: appointment.status,
        proof_method: way,
    };
    decide_next_steps(&visit, proof, now)
}

/// What the patient's side knows.
pub(super) fn render_patient_side(language: Language, proof: Option<&InsuranceProof>, now: Timestamp) -> Markup {
    let Some(proof) = proof else {
        return components::badge(BadgeTone::Neutral, language.t("自費診療", "Self-pay"));
    };
    match &proof.patient {
        PatientSide::NotStarted(beginning) => {
            let words = match beginning {
                NotStartedReason::Booked => language.t("手続きなし", "Nothing yet"),
                NotStartedReason::Rescheduled { .. } => language.t("日時変更で無効", "Void: moved"),
                NotStartedReason::Ended => language.t("登録せずに終了", "Ended without registering"),
                NotStartedReason::Erased => language.t("画像を消去", "Picture erased"),
                NotStartedReason::Withdrawn => language.t("同意を取消し", "Withdrawn"),
                NotStartedReason::Expired => language.t("同意の期限切れ", "Over"),
            };
            components::badge(BadgeTone::Attention, words)
        }
        PatientSide::Departed { departed_at: at } => {
            let since = format_since(language, *at, now);
            if is_departure_under_way(*at, now) {
                let words = format!("{}{since}", language.t("手続きの途中", "In progress"));
                components::badge(BadgeTone::Accent, &words)
            } else {
                let words = format!("{}{since}", language.t("手続きが途中で止まっています", "Started, not finished"));
                components::badge(BadgeTone::Attention, &words)
            }
        }
        PatientSide::Registered { reception_number, .. } => html! {
            (components::badge(BadgeTone::Good, language.t("同意登録済み", "Consent registered")))
            br; small { (language.t("受付番号 ", "Reception ")) (reception_number.to_grouped_string()) }
        },
        PatientSide::ReportedDone { reported_at: at } => html! {
            (components::badge(BadgeTone::Accent, language.t("「終わった」と連絡あり", "Says it is done")))
            br; small { (date_text::format_short_date_time(language, *at)) }
        },
        PatientSide::PictureSent { sent_at: at } => html! {
            (components::badge(BadgeTone::Accent, language.t("画像が届いています", "Picture sent")))
            br; small { (date_text::format_short_date_time(language, *at)) }
        },
    }
}

/// （9:08から）, with the day where it is another.
fn format_since(language: Language, since: Timestamp, now: Timestamp) -> String {
    let time = if since.japan_date() == now.japan_date() {
        date_text::format_time(since)
    } else {
        date_text::format_short_date_time(language, since)
    };
    match language {
        Language::Japanese => format!("（{time}から）"),
        Language::English => format!(" (since {time})"),
    }
}

/// What the desk knows.
pub(super) fn render_desk_side(language: Language, proof: Option<&InsuranceProof>) -> Markup {
    let Some(proof) = proof else {
        return components::badge(BadgeTone::Neutral, language.t("確認不要", "Nothing to check"));
    };
    match &proof.desk {
        DeskSide::Unseen => components::badge(BadgeTone::Attention, language.t("未確認", "Not checked")),
        DeskSide::Requested { requested_proof: what, requested_at: at, .. } => html! {
            (components::badge(BadgeTone::Accent, match what {
                RequestedProof::Consent => language.t("同意を依頼中", "Consent asked"),
                RequestedProof::Picture => language.t("画像を依頼中", "Picture asked"),
            }))
            br; small { (date_text::format_short_date_time(language, *at)) }
        },
        DeskSide::Confirmed { method: how, confirmed_by: by, confirmed_at: at } => html! {
            (components::badge(BadgeTone::Good, match how {
                ConfirmationMethod::Terminal => language.t("端末で確認済み", "Checked at terminal"),
                ConfirmationMethod::Picture => language.t("画像で確認済み", "Checked by picture"),
                ConfirmationMethod::ShownOnScreen => language.t("画面で確認済み", "Checked on screen"),
            }))
            br; small { (by) " " (date_text::format_short_date_time(language, *at)) }
        },
        DeskSide::Refused { reason, refused_by: by, refused_at: at } => html! {
            (components::badge(BadgeTone::Bad, language.t("確認できず", "Refused")))
            br; small { (reason.text().in_language(language)) " " (by) " " (date_text::format_short_date_time(language, *at)) }
        },
    }
}

/// The next step, as the list's link says it.
pub(super) fn next_step_label(language: Language, next: DeskNextStep) -> &'static str {
    match next {
        DeskNextStep::AskPatient => language.t("患者さんにお願いする", "Ask the patient"),
        DeskNextStep::WaitForPatient => language.t("患者を待つ", "Wait for the patient"),
        DeskNextStep::CheckTerminal => language.t("端末で確認する", "Check the terminal"),
        DeskNextStep::ReviewPicture => language.t("画像を確認する", "Look at the picture"),
        DeskNextStep::SeePatient => language.t("診察へ", "See the patient"),
        DeskNextStep::Nothing => language.t("開く", "Open"),
    }
}

/// How far the appointment has come, where it is not simply to be.
pub(super) fn render_status_badge(language: Language, status: AppointmentStatus) -> Markup {
    match status {
        AppointmentStatus::Booked => html! {},
        AppointmentStatus::Cancelled => components::badge(BadgeTone::Neutral, language.t("キャンセル", "Cancelled")),
        AppointmentStatus::Completed => components::badge(BadgeTone::Good, language.t("診察済み", "Held")),
    }
}

/// What a line of the trail says; `None` for what a desk need not know.
pub(super) fn audit_entry_text(language: Language, deed: &VisitAuditEntry) -> Option<String> {
    let said = match deed.action.as_str() {
        "picture.look" => language.t("画像を見た", "looked at the picture").to_owned(),
        "picture.look_small" => language.t("一覧で画像を見た", "saw the picture in the list").to_owned(),
        "picture.send" => language.t("画像を送った", "sent the picture").to_owned(),
        "picture.erase" => language.t("画像を消した", "erased the picture").to_owned(),
        "desk.visit" => language.t("この画面を開いた", "opened this page").to_owned(),
        act => match (act.parse::<DeskActionKind>(), act.strip_suffix(UNDONE_SUFFIX).map(str::parse::<DeskActionKind>))
        {
            (Ok(kind), _) => kind.text().in_language(language).to_owned(),
            (Err(_), Some(Ok(kind))) => {
                let done = kind.text();
                match language {
                    Language::Japanese => format!("「{}」を取り消した", done.in_language(language)),
                    Language::English => format!("took back: {}", done.in_language(language)),
                }
            }
            _ => return None,
        },
    };
    let by = match &deed.actor {
        AuditActor::Patient => language.t("患者", "Patient").to_owned(),
        AuditActor::Desk(name) => name.clone(),
        AuditActor::Service => language.t("システム", "Service").to_owned(),
    };
    let side = match deed.side {
        Some(DocumentSide::Front) => language.t("（1枚目）", " (first)"),
        Some(DocumentSide::Back) => language.t("（2枚目）", " (second)"),
        None => "",
    };
    Some(format!(
        "{} {by}{}{said}{side}",
        date_text::format_short_date_time(language, deed.occurred_at),
        language.t("：", ": ")
    ))
}
