//! The status of an appointment: one sentence and exactly one next step for the patient, and the same for the desk.

use base::{Date, Timestamp};
use text::{Text, dates};

use super::ledgers::{
    ConfirmationMethod, DeskSide, InsuranceProof, NotStartedReason, PatientSide, RequestedProof, is_departure_under_way,
};
use crate::{
    appointments::rules::{Appointment, AppointmentStatus},
    directory::rules::institution::ProofMethodKind,
    proof::texts,
};

/// The facts of a visit that decide the next steps together with the two ledgers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// In Japan.
    pub date: Date,
    pub status: AppointmentStatus,
    pub proof_method: ProofMethodKind,
}

/// Status sentences and next steps of an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextSteps {
    /// The status sentence for the patient.
    pub patient_text: Text,
    pub patient_step: PatientNextStep,
    /// The status sentence for the desk.
    pub desk_text: Text,
    pub desk_step: DeskNextStep,
}

/// The next step of the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PatientNextStep {
    /// 「同意可否を選択する」, with the picture as the alternative.
    ChooseConsent,
    /// The same button, after a departure without a result.
    ContinueConsent,
    /// The picture alone.
    SendPicture,
    /// The institution reviews what the patient sent.
    WaitForInstitution,
    /// The proof is complete.
    WaitForVisit,
    Nothing,
}

/// The next step of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeskNextStep {
    /// Request consent or a picture.
    AskPatient,
    /// The next step is the patient's.
    WaitForPatient,
    /// Look for the registration at the institution's own terminal.
    CheckTerminal,
    ReviewPicture,
    /// Hold the visit at its time.
    SeePatient,
    Nothing,
}

/// The next steps for an appointment at `now`.
pub(crate) fn determine_standing(
    appointment: &Appointment,
    proof_method: ProofMethodKind,
    proof: Option<&InsuranceProof>,
    now: Timestamp,
) -> NextSteps {
    let visit = Visit { date: appointment.visit_date(), status: appointment.status, proof_method };
    decide_next_steps(visit, proof, now)
}

/// The next steps at `now`. Without ledgers it is a self-pay visit, which needs no proof.
pub fn decide_next_steps(visit: Visit, proof: Option<&InsuranceProof>, now: Timestamp) -> NextSteps {
    match visit.status {
        AppointmentStatus::Cancelled => return closed_steps(CANCELLED),
        AppointmentStatus::Completed => return closed_steps(COMPLETED),
        AppointmentStatus::NoShow => return closed_steps(NO_SHOW),
        AppointmentStatus::Booked if now >= base::end_of_day(visit.date) => return closed_steps(day_over_texts(proof)),
        AppointmentStatus::Booked => {}
    }
    let Some(proof) = proof else {
        let (patient_text, desk_text) = SELF_PAY;
        return NextSteps {
            patient_text,
            patient_step: PatientNextStep::WaitForVisit,
            desk_text,
            desk_step: DeskNextStep::SeePatient,
        };
    };
    let (patient_text, patient_step) = decide_patient_step(visit.proof_method, proof);
    let (desk_text, desk_step) = decide_desk_step(proof, now);
    NextSteps { patient_text, patient_step, desk_text, desk_step }
}

type TextPair = (Text, Text);

const CANCELLED: TextPair = (texts::THIS_APPOINTMENT_IS_CANCELLED, texts::CANCELLED);
const COMPLETED: TextPair = (texts::VISIT_IS_OVER_PAYMENT_FOLLOWS, texts::THE_VISIT_WAS_HELD);
const NO_SHOW: TextPair = (texts::YOU_WERE_NOT_THERE, texts::THE_PATIENT_WAS_NOT_THERE);
const SELF_PAY: TextPair = (texts::YOU_PAY_FOR_THIS_VISIT_YOURSELF, texts::SELF_PAY_NO_INSURANCE_TO_CHECK);

fn closed_steps((patient_text, desk_text): TextPair) -> NextSteps {
    NextSteps { patient_text, patient_step: PatientNextStep::Nothing, desk_text, desk_step: DeskNextStep::Nothing }
}

/// The texts after a day without a visit marked as held. Consent ends with the day, other proof does not.
fn day_over_texts(proof: Option<&InsuranceProof>) -> TextPair {
    if proof.is_some_and(|proof| matches!(proof.patient, PatientSide::Registered { .. })) {
        return (texts::YOUR_VISIT_DAY_AND_CONSENT_ARE_OVER, texts::VISIT_DAY_AND_CONSENT_ARE_OVER);
    }
    (texts::VISIT_DAY_IS_OVER_ASK_THE_CLINIC, texts::THE_VISIT_DAY_IS_OVER)
}

/// The patient's step when proof is missing.
fn missing_proof_step(method: ProofMethodKind, consent: PatientNextStep) -> PatientNextStep {
    if method.accepts_card() { consent } else { PatientNextStep::SendPicture }
}

fn decide_patient_step(method: ProofMethodKind, proof: &InsuranceProof) -> (Text, PatientNextStep) {
    match (&proof.desk, &proof.patient) {
        (DeskSide::Confirmed { .. }, _) => (texts::CLINIC_HAS_CONFIRMED_YOUR_INSURANCE, PatientNextStep::WaitForVisit),
        (DeskSide::Requested { requested_proof: requested, reason, .. }, side) => {
            let reason = reason.text();
            match requested {
                RequestedProof::Consent if method.accepts_card() => (
                    texts::clinic_asks_for_consent(reason),
                    if matches!(side, PatientSide::Departed { .. }) {
                        PatientNextStep::ContinueConsent
                    } else {
                        PatientNextStep::ChooseConsent
                    },
                ),
                RequestedProof::Consent | RequestedProof::Picture => {
                    (texts::clinic_asks_for_a_picture(reason), PatientNextStep::SendPicture)
                }
            }
        }
        (DeskSide::Refused { reason, .. }, side) => {
            let reason = reason.text();
            let step = match side {
                // The consent was refused, so the other method is the better one.
                PatientSide::Registered { .. } | PatientSide::ReportedDone { .. } => PatientNextStep::SendPicture,
                _ => missing_proof_step(method, PatientNextStep::ChooseConsent),
            };
            (texts::clinic_could_not_confirm(reason), step)
        }
        (DeskSide::Unseen, side) => decide_unseen_patient_step(method, side),
    }
}

fn decide_unseen_patient_step(method: ProofMethodKind, side: &PatientSide) -> (Text, PatientNextStep) {
    match side {
        PatientSide::NotStarted(reason) => {
            (not_started_text(method, *reason), missing_proof_step(method, PatientNextStep::ChooseConsent))
        }
        PatientSide::Departed { .. } => {
            (texts::CANNOT_TELL_WHETHER_YOU_HAVE_FINISHED, missing_proof_step(method, PatientNextStep::ContinueConsent))
        }
        PatientSide::Registered { .. } => (texts::YOUR_CARD_IS_SET_UP, PatientNextStep::WaitForVisit),
        PatientSide::ReportedDone { .. } => (texts::YOU_TOLD_US_THAT_YOU_FINISHED, PatientNextStep::WaitForInstitution),
        PatientSide::PictureSent { .. } => (texts::YOUR_PICTURE_HAS_ARRIVED, PatientNextStep::WaitForInstitution),
    }
}

fn not_started_text(method: ProofMethodKind, reason: NotStartedReason) -> Text {
    match (reason, method) {
        (NotStartedReason::Booked, ProofMethodKind::PictureOnly) => texts::CLINIC_DOES_NOT_ACCEPT_THE_CARD,
        (NotStartedReason::Booked, _) => texts::USE_YOUR_CARD_OR_A_PICTURE,
        (NotStartedReason::Rescheduled { previous_date }, _) => {
            let day = Text::from_fn(|language| dates::format_short_date(language, previous_date));
            texts::procedure_for_old_day_is_void(day)
        }
        (NotStartedReason::Ended, _) => texts::NO_CONSENT_WAS_REGISTERED_TRY_AGAIN,
        (NotStartedReason::Erased, ProofMethodKind::PictureOnly) => texts::ERASED_PICTURE_UPLOAD_AGAIN,
        (NotStartedReason::Erased, _) => texts::ERASED_PICTURE_USE_CARD_OR_UPLOAD,
        (NotStartedReason::Withdrawn, _) => texts::YOUR_CONSENT_WAS_TAKEN_BACK,
        (NotStartedReason::Expired, _) => texts::YOUR_CONSENT_IS_OVER,
    }
}

fn decide_desk_step(proof: &InsuranceProof, now: Timestamp) -> (Text, DeskNextStep) {
    match (&proof.desk, &proof.patient) {
        (DeskSide::Confirmed { method, .. }, _) => (
            match method {
                ConfirmationMethod::Terminal => texts::INSURANCE_CONFIRMED_AT_THE_TERMINAL,
                ConfirmationMethod::Picture => texts::INSURANCE_CONFIRMED_BY_THE_PICTURE,
                ConfirmationMethod::ShownOnScreen => texts::INSURANCE_CONFIRMED_BY_DOCUMENT_ON_SCREEN,
            },
            DeskNextStep::SeePatient,
        ),
        (
            DeskSide::Unseen | DeskSide::Requested { requested_proof: RequestedProof::Consent, .. },
            PatientSide::Departed { departed_at },
        ) => decide_desk_step_after_departure(*departed_at, now),
        (DeskSide::Requested { requested_proof: RequestedProof::Consent, .. }, _) => {
            (texts::CONSENT_WAS_ASKED_FOR, DeskNextStep::WaitForPatient)
        }
        (DeskSide::Requested { requested_proof: RequestedProof::Picture, .. }, _) => {
            (texts::A_PICTURE_WAS_ASKED_FOR, DeskNextStep::WaitForPatient)
        }
        (DeskSide::Refused { .. }, _) => (texts::PATIENT_WAS_TOLD_OF_THE_REFUSAL, DeskNextStep::WaitForPatient),
        (DeskSide::Unseen, PatientSide::NotStarted(reason)) => (
            match reason {
                NotStartedReason::Booked => texts::NOTHING_CAME_YET,
                NotStartedReason::Rescheduled { .. } => texts::VISIT_WAS_MOVED,
                NotStartedReason::Ended => texts::PATIENT_CAME_BACK_WITHOUT_REGISTERING,
                NotStartedReason::Erased => texts::PATIENT_ERASED_PICTURE,
                NotStartedReason::Withdrawn => texts::PATIENT_TOOK_CONSENT_BACK,
                NotStartedReason::Expired => texts::THE_CONSENT_IS_OVER,
            },
            DeskNextStep::AskPatient,
        ),
        (DeskSide::Unseen, PatientSide::Registered { reception_number, .. }) => {
            (texts::consent_is_registered(reception_number.to_grouped_string()), DeskNextStep::CheckTerminal)
        }
        (DeskSide::Unseen, PatientSide::ReportedDone { .. }) => {
            (texts::PATIENT_SAYS_THAT_IT_IS_DONE, DeskNextStep::CheckTerminal)
        }
        (DeskSide::Unseen, PatientSide::PictureSent { .. }) => {
            (texts::A_PICTURE_HAS_ARRIVED, DeskNextStep::ReviewPicture)
        }
    }
}

/// The desk's step after a departure without a result. After a while the terminal may know more than the service: a
/// registration after which the patient closed the last page.
fn decide_desk_step_after_departure(departed_at: Timestamp, now: Timestamp) -> (Text, DeskNextStep) {
    if is_departure_under_way(departed_at, now) {
        (texts::PATIENT_IS_REGISTERING_CONSENT_JUST_NOW, DeskNextStep::WaitForPatient)
    } else {
        (texts::PATIENT_STARTED_WITHOUT_A_RESULT, DeskNextStep::CheckTerminal)
    }
}

#[cfg(test)]
mod tests;
