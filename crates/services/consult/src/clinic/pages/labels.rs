//! States and steps in words.

use base::Timestamp;
use maud::{Markup, html};
use text::{Language, dates};
use ui::components::{self, BadgeTone};

use crate::{
    appointments::rules::AppointmentStatus,
    audit::rules::{
        AuditActor,
        action::{AuditAction, DeskView, PictureAction, VisitChange},
    },
    clinic::texts,
    pictures::{rules::picture::DocumentSide, store::audit_trail::VisitAuditEntry},
    proof::rules::{
        ledgers::{
            ConfirmationMethod, DeskSide, InsuranceProof, NotStartedReason, PatientSide, RequestedProof,
            is_departure_under_way,
        },
        next_steps::DeskNextStep,
    },
};

/// The state of the proof in a few words: what the desk did about it last, or else what the patient did.
pub(crate) fn proof_label(language: Language, proof: Option<&InsuranceProof>, now: Timestamp) -> &'static str {
    match proof {
        None => texts::SELF_PAY.in_language(language),
        Some(InsuranceProof { patient, desk: DeskSide::Unseen }) => patient_side_label(language, patient, now).1,
        Some(InsuranceProof { desk, .. }) => desk_side_label(language, desk).1,
    }
}

fn patient_side_label(language: Language, side: &PatientSide, now: Timestamp) -> (BadgeTone, &'static str) {
    let (tone, label) = match side {
        PatientSide::NotStarted(reason) => {
            let label = match reason {
                NotStartedReason::Booked => texts::NOTHING_YET.in_language(language),
                NotStartedReason::Rescheduled { .. } => texts::VOID_MOVED.in_language(language),
                NotStartedReason::Ended => texts::ENDED_WITHOUT_REGISTERING.in_language(language),
                NotStartedReason::Erased => texts::PICTURE_ERASED.in_language(language),
                NotStartedReason::Withdrawn => texts::WITHDRAWN.in_language(language),
                NotStartedReason::Expired => texts::CONSENT_IS_OVER.in_language(language),
            };
            (BadgeTone::Attention, label)
        }
        PatientSide::Departed { departed_at } if is_departure_under_way(*departed_at, now) => {
            (BadgeTone::Accent, texts::IN_PROGRESS.in_language(language))
        }
        PatientSide::Departed { .. } => (BadgeTone::Attention, texts::STARTED_NOT_FINISHED.in_language(language)),
        PatientSide::Registered { .. } => (BadgeTone::Good, texts::CONSENT_REGISTERED.in_language(language)),
        PatientSide::ReportedDone { .. } => (BadgeTone::Accent, texts::SAYS_IT_IS_DONE.in_language(language)),
        PatientSide::PictureSent { .. } => (BadgeTone::Accent, texts::PICTURE_SENT.in_language(language)),
    };
    (tone, label)
}

/// The state of the patient's ledger.
pub(crate) fn render_patient_side(language: Language, proof: Option<&InsuranceProof>, now: Timestamp) -> Markup {
    let Some(proof) = proof else {
        return components::badge(BadgeTone::Neutral, texts::SELF_PAY.in_language(language));
    };
    let (tone, label) = patient_side_label(language, &proof.patient, now);
    match &proof.patient {
        PatientSide::NotStarted(_) => components::badge(tone, label),
        PatientSide::Departed { departed_at } => {
            components::badge(tone, &format!("{label}{}", format_since(language, *departed_at, now)))
        }
        PatientSide::Registered { reception_number, .. } => html! {
            (components::badge(tone, label))
            br; small { (texts::RECEPTION.in_language(language)) (reception_number.to_grouped_string()) }
        },
        PatientSide::ReportedDone { reported_at: changed_at } | PatientSide::PictureSent { sent_at: changed_at } => {
            html! {
                (components::badge(tone, label))
                br; small { (dates::format_short_date_time(language, *changed_at)) }
            }
        }
    }
}

/// （9:08から）, with the date unless it is today.
fn format_since(language: Language, start: Timestamp, now: Timestamp) -> String {
    let time = if start.japan_date() == now.japan_date() {
        dates::format_time(start)
    } else {
        dates::format_short_date_time(language, start)
    };
    texts::since_time(language, time)
}

fn desk_side_label(language: Language, side: &DeskSide) -> (BadgeTone, &'static str) {
    match side {
        DeskSide::Unseen => (BadgeTone::Attention, texts::NOT_CHECKED.in_language(language)),
        DeskSide::Requested { requested_proof, .. } => {
            let label = match requested_proof {
                RequestedProof::Consent => texts::CONSENT_ASKED.in_language(language),
                RequestedProof::Picture => texts::PICTURE_ASKED.in_language(language),
            };
            (BadgeTone::Accent, label)
        }
        DeskSide::Confirmed { method, .. } => {
            let label = match method {
                ConfirmationMethod::Terminal => texts::CHECKED_AT_TERMINAL.in_language(language),
                ConfirmationMethod::Picture => texts::CHECKED_BY_PICTURE.in_language(language),
                ConfirmationMethod::ShownOnScreen => texts::CHECKED_ON_SCREEN.in_language(language),
            };
            (BadgeTone::Good, label)
        }
        DeskSide::Refused { .. } => (BadgeTone::Bad, texts::REFUSED.in_language(language)),
    }
}

/// The state of the desk's ledger.
pub(crate) fn render_desk_side(language: Language, proof: Option<&InsuranceProof>) -> Markup {
    let Some(proof) = proof else {
        return components::badge(BadgeTone::Neutral, texts::NOTHING_TO_CHECK.in_language(language));
    };
    let (tone, label) = desk_side_label(language, &proof.desk);
    html! {
        (components::badge(tone, label))
        @match &proof.desk {
            DeskSide::Unseen => {},
            DeskSide::Requested { requested_at, .. } => {
                br; small { (dates::format_short_date_time(language, *requested_at)) }
            },
            DeskSide::Confirmed { confirmed_by, confirmed_at, .. } => {
                br; small { (confirmed_by) " " (dates::format_short_date_time(language, *confirmed_at)) }
            },
            DeskSide::Refused { reason, refused_by, refused_at } => {
                br; small { (reason.text().in_language(language)) " " (refused_by) " " (dates::format_short_date_time(language, *refused_at)) }
            },
        }
    }
}

/// The label of the link in the list of visits.
pub(crate) fn next_step_label(language: Language, step: DeskNextStep) -> &'static str {
    match step {
        DeskNextStep::AskPatient => texts::ASK_THE_PATIENT.in_language(language),
        DeskNextStep::WaitForPatient => texts::WAIT_FOR_THE_PATIENT.in_language(language),
        DeskNextStep::CheckTerminal => texts::CHECK_THE_TERMINAL.in_language(language),
        DeskNextStep::ReviewPicture => texts::LOOK_AT_THE_PICTURE.in_language(language),
        DeskNextStep::SeePatient => texts::SEE_THE_PATIENT.in_language(language),
        DeskNextStep::Nothing => texts::OPEN.in_language(language),
    }
}

/// The status, unless the appointment is simply booked.
pub(crate) fn render_status_badge(language: Language, status: AppointmentStatus) -> Markup {
    match status {
        AppointmentStatus::Booked => html! {},
        AppointmentStatus::Cancelled => components::badge(BadgeTone::Neutral, texts::CANCELLED.in_language(language)),
        AppointmentStatus::NoShow => components::badge(BadgeTone::Bad, texts::NO_SHOW.in_language(language)),
        AppointmentStatus::Completed => components::badge(BadgeTone::Good, texts::HELD.in_language(language)),
    }
}

/// The text of an audit entry; `None` if it is of no use to the desk.
pub(crate) fn audit_entry_text(language: Language, entry: &VisitAuditEntry) -> Option<String> {
    let text = match entry.action {
        AuditAction::Picture(action) => match action {
            PictureAction::View => texts::LOOKED_AT_THE_PICTURE.in_language(language).to_owned(),
            PictureAction::ViewThumbnail => texts::SAW_PICTURE_IN_LIST.in_language(language).to_owned(),
            PictureAction::Send => texts::SENT_THE_PICTURE.in_language(language).to_owned(),
            PictureAction::Erase => texts::ERASED_THE_PICTURE.in_language(language).to_owned(),
            // The desk sees a picture when it was sent.
            PictureAction::Receive => return None,
        },
        AuditAction::DeskView(DeskView::Visit) => texts::OPENED_THIS_PAGE.in_language(language).to_owned(),
        AuditAction::Desk(kind) => kind.text().in_language(language).to_owned(),
        AuditAction::Visit(VisitChange::Moved) => texts::MOVED_THE_VISIT.in_language(language).to_owned(),
        AuditAction::Visit(VisitChange::Cancelled) => texts::CANCELLED_THE_VISIT.in_language(language).to_owned(),
        AuditAction::Visit(VisitChange::Booked) => texts::BOOKED_THE_VISIT.in_language(language).to_owned(),
        AuditAction::Visit(VisitChange::Late) => texts::RECORDED_A_DELAY.in_language(language).to_owned(),
        AuditAction::DeskUndone(kind) => texts::took_back(language, kind.text().in_language(language)),
        AuditAction::DeskView(
            DeskView::Day
            | DeskView::Search
            | DeskView::Concerned
            | DeskView::Print
            | DeskView::Export
            | DeskView::Patient,
        )
        | AuditAction::ClinicPatient(_)
        | AuditAction::Account(_)
        | AuditAction::Staff(_)
        | AuditAction::Clinic(_)
        | AuditAction::Audit(_)
        | AuditAction::ChainOpened => return None,
    };
    let actor = match &entry.actor {
        AuditActor::Patient | AuditActor::OtherAccount => texts::PATIENT.in_language(language).to_owned(),
        AuditActor::Desk(name) => name.clone(),
        AuditActor::Service => texts::SERVICE.in_language(language).to_owned(),
    };
    let side = match entry.side {
        Some(DocumentSide::Front) => texts::FIRST_PICTURE.in_language(language),
        Some(DocumentSide::Back) => texts::SECOND_PICTURE.in_language(language),
        None => "",
    };
    Some(format!(
        "{} {actor}{}{text}{side}",
        dates::format_short_date_time(language, entry.occurred_at),
        texts::COLON.in_language(language)
    ))
}
