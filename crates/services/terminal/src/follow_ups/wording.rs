//! The texts of what is to be checked again.

use text::Language;

use super::rules::{FollowUpReason, LookupFailure};
use crate::{
    eligibility::{
        rules::{Finding, HiddenReason},
        wording::{finding_label, next_steps},
    },
    follow_ups::texts,
};

/// The reason of a follow-up: its name, its meaning, and what the desk does next.
pub(crate) fn follow_up_reason_texts(
    language: Language,
    reason: FollowUpReason,
) -> (&'static str, &'static str, Vec<&'static str>) {
    let ask_again = texts::ASK_AGAIN_LATER.in_language(language);
    let meanwhile = texts::IF_URGENT_LOOK_AT_CERTIFICATE.in_language(language);
    match reason {
        FollowUpReason::Finding(finding) => {
            (finding_label(language, finding).0, finding_meaning(language, finding), next_steps(language, finding))
        }
        FollowUpReason::LookupFailure(failure) => {
            let (label, meaning, first) = lookup_failure_texts(language, failure);
            (label, meaning, vec![first, ask_again, meanwhile])
        }
        FollowUpReason::OtherName => (
            texts::CHECK_WHO_IT_IS.in_language(language),
            texts::APPOINTMENT_HAS_ANOTHER_NAME.in_language(language),
            vec![
                texts::CHECK_WHO_PATIENT_IS.in_language(language),
                texts::IF_SAME_PERSON_RECORD_IT.in_language(language),
                texts::IF_SOMEBODY_ELSE_REGISTERED.in_language(language),
            ],
        ),
        FollowUpReason::ServiceNotInformed => (
            texts::SERVICE_NOT_TOLD.in_language(language),
            texts::PROVEN_BUT_SERVICE_NOT_TOLD.in_language(language),
            vec![
                texts::TELL_IT_AGAIN_STEP.in_language(language),
                texts::IF_TELLING_FAILS_RECORD_AT_DESK.in_language(language),
            ],
        ),
    }
}

/// The reason of a missing response: its name, its meaning, and what the desk does first.
fn lookup_failure_texts(language: Language, failure: LookupFailure) -> (&'static str, &'static str, &'static str) {
    match failure {
        LookupFailure::Unreachable => (
            texts::NOT_REACHED.in_language(language),
            texts::ELIGIBILITY_SYSTEM_WAS_NOT_REACHED.in_language(language),
            texts::CHECK_LINE_AND_ADDRESS.in_language(language),
        ),
        LookupFailure::Timeout => (
            texts::NO_ANSWER_IN_TIME.in_language(language),
            texts::THERE_WAS_NO_ANSWER_IN_TIME.in_language(language),
            texts::WAIT_ABOUT_A_MINUTE.in_language(language),
        ),
        LookupFailure::Closed => (
            texts::SYSTEM_CLOSED.in_language(language),
            texts::CLOSED_FOR_MAINTENANCE_OR_FAULT.in_language(language),
            texts::SEE_NOTICES_WHEN_IT_OPENS_AGAIN.in_language(language),
        ),
        LookupFailure::CutOff => (
            texts::CUT_OFF.in_language(language),
            texts::ANSWER_DID_NOT_ARRIVE_WHOLE.in_language(language),
            texts::IF_IT_GOES_ON_CHECK_LINE.in_language(language),
        ),
        LookupFailure::InProgress => (
            texts::BEING_MADE.in_language(language),
            texts::LIST_HAS_NOT_COME_YET.in_language(language),
            texts::WAIT_A_LITTLE.in_language(language),
        ),
        LookupFailure::Other => (
            texts::NOT_READABLE.in_language(language),
            texts::NO_ANSWER_COULD_BE_READ.in_language(language),
            texts::TELL_THE_ADMINISTRATOR.in_language(language),
        ),
    }
}

/// The meaning of a finding, for the follow-up list.
fn finding_meaning(language: Language, finding: Finding) -> &'static str {
    match finding {
        Finding::Valid => texts::THE_INSURANCE_IS_VALID.in_language(language),
        Finding::Invalid => texts::INSURANCE_IS_NOT_VALID.in_language(language),
        Finding::InvalidWithNewer => texts::INSURANCE_HAS_ENDED_NEW_ONE_EXISTS.in_language(language),
        Finding::NotFound => texts::NO_INSURANCE_WAS_FOUND.in_language(language),
        Finding::Several => texts::SEVERAL_INSURANCES_ARE_VALID.in_language(language),
        Finding::ValidUnregistered => texts::TICKET_IS_NOT_REGISTERED.in_language(language),
        Finding::Hidden(HiddenReason::WithdrawnByPatient) => texts::PATIENT_WITHDREW_CONSENT.in_language(language),
        Finding::Hidden(HiddenReason::WithdrawnByInstitution) => texts::CLINIC_WITHDREW_CONSENT.in_language(language),
        Finding::Hidden(HiddenReason::Expired) => texts::CONSENT_ENDED_WITH_VISIT_DAY.in_language(language),
        Finding::Hidden(_) | Finding::NotStated => texts::THE_ANSWER_PROVED_NOTHING.in_language(language),
    }
}
