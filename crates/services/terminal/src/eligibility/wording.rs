//! The texts of verdicts and consents.

use maud::{Markup, html};
use oqs::ExpiryReason;
use text::{Language, dates};
use ui::components::{self, BadgeTone, Tone};

use super::rules::{Care, ConsentItem, ConsentState, Consents, Finding, HiddenReason, ListQuery};
use crate::eligibility::texts;

pub(crate) fn care_label(language: Language, care: Care) -> &'static str {
    match care {
        Care::Online => texts::ONLINE_CARE.in_language(language),
        Care::HomeVisit => texts::HOME_VISITS.in_language(language),
    }
}

/// The days of a list.
pub(crate) fn format_list_days(language: Language, list: ListQuery) -> String {
    let (first_day, last_day) = (list.first_day(), list.day);
    if first_day == last_day {
        return dates::format_date(language, last_day);
    }
    texts::days_from_to(language, dates::format_date(language, first_day), dates::format_date(language, last_day))
}

/// The end of access to medical information. For 訪問診療等 the response has none: access ends by withdrawal.
pub(crate) fn format_available_until(language: Language, consents: &Consents, care: Care) -> String {
    let has_consent = consents.items.iter().any(|(_, state)| *state == ConsentState::Given);
    match (consents.available_until, care) {
        (Some(end), _) => dates::format_date_time(language, end),
        (None, Care::HomeVisit) if has_consent => texts::UNTIL_IT_IS_WITHDRAWN.in_language(language).to_owned(),
        (None, _) => "—".to_owned(),
    }
}

pub(crate) fn item_label(language: Language, item: ConsentItem) -> &'static str {
    match item {
        ConsentItem::Limits => texts::LIMIT_OF_PAYMENT.in_language(language),
        ConsentItem::SpecificDiseases => texts::SPECIFIC_DISEASES.in_language(language),
        ConsentItem::CheckUps => texts::HEALTH_CHECK_UPS.in_language(language),
        ConsentItem::Medicines => texts::MEDICINES.in_language(language),
        ConsentItem::Diagnoses => texts::DIAGNOSES_AND_TREATMENT.in_language(language),
        ConsentItem::Operations => texts::OPERATIONS.in_language(language),
    }
}

fn short_item_label(language: Language, item: ConsentItem) -> &'static str {
    match item {
        ConsentItem::Limits => texts::SHORT_LIMIT.in_language(language),
        ConsentItem::SpecificDiseases => texts::SHORT_DISEASES.in_language(language),
        ConsentItem::CheckUps => texts::SHORT_CHECK_UPS.in_language(language),
        ConsentItem::Medicines => texts::SHORT_MEDICINES.in_language(language),
        ConsentItem::Diagnoses => texts::SHORT_TREATMENT.in_language(language),
        ConsentItem::Operations => texts::SHORT_OPERATIONS.in_language(language),
    }
}

pub(crate) fn consent_label(language: Language, state: ConsentState) -> (&'static str, BadgeTone) {
    match state {
        ConsentState::Given => (texts::AGREED.in_language(language), BadgeTone::Good),
        ConsentState::NotGiven => (texts::NOT_AGREED.in_language(language), BadgeTone::Neutral),
        ConsentState::Expired(Some(ExpiryReason::WithdrawnByPatient)) => {
            (texts::CONSENT_WITHDRAWN.in_language(language), BadgeTone::Attention)
        }
        ConsentState::Expired(Some(ExpiryReason::WithdrawnByInstitution)) => {
            (texts::CONSENT_ENDED_BY_CLINIC.in_language(language), BadgeTone::Attention)
        }
        ConsentState::Expired(_) => (texts::CONSENT_EXPIRED.in_language(language), BadgeTone::Attention),
        ConsentState::Unobtainable => (texts::CONSENT_NOT_OBTAINABLE.in_language(language), BadgeTone::Neutral),
        ConsentState::NotStated => (texts::CONSENT_NOT_SAID.in_language(language), BadgeTone::Neutral),
    }
}

/// The states of some consents as badges.
pub(crate) fn render_consent_flags(language: Language, consents: &Consents, only: &[ConsentItem]) -> Markup {
    html! {
        div {
            @for (item, state) in consents.items.iter().filter(|(item, _)| only.contains(item)) {
                @let (label, tone) = consent_label(language, *state);
                (components::badge(tone, &format!("{} {label}", short_item_label(language, *item)))) " "
            }
        }
    }
}

/// The name of a finding, and its tones.
pub(crate) fn finding_label(language: Language, finding: Finding) -> (&'static str, BadgeTone, Tone) {
    match finding {
        Finding::Valid => (texts::VALID.in_language(language), BadgeTone::Good, Tone::Success),
        Finding::Invalid => (texts::NOT_VALID.in_language(language), BadgeTone::Bad, Tone::Error),
        Finding::InvalidWithNewer => (texts::NOT_VALID_CHANGED.in_language(language), BadgeTone::Bad, Tone::Error),
        Finding::NotFound => (texts::NONE_FOUND.in_language(language), BadgeTone::Bad, Tone::Error),
        Finding::Several => (texts::SEVERAL_FOUND.in_language(language), BadgeTone::Attention, Tone::Warning),
        Finding::ValidUnregistered => {
            (texts::VALID_UNREGISTERED.in_language(language), BadgeTone::Attention, Tone::Warning)
        }
        Finding::Hidden(reason) => (hidden_reason_texts(language, reason).0, BadgeTone::Attention, Tone::Warning),
        Finding::NotStated => (texts::NO_RESULT.in_language(language), BadgeTone::Attention, Tone::Warning),
    }
}

/// What the desk does next, step by step.
pub(crate) fn next_steps(language: Language, finding: Finding) -> Vec<&'static str> {
    let document = texts::LET_PATIENT_SHOW_CERTIFICATE.in_language(language);
    let statement = texts::IF_NEITHER_LET_PATIENT_WRITE_STATEMENT.in_language(language);
    let ask_again = texts::ASK_AGAIN_LATER.in_language(language);
    match finding {
        Finding::Valid => vec![texts::COMPARE_WITH_BOOKING_AND_RECORD.in_language(language)],
        Finding::Invalid => {
            vec![texts::ASK_WHETHER_INSURANCE_HAS_CHANGED.in_language(language), document, statement, ask_again]
        }
        Finding::InvalidWithNewer => {
            vec![texts::ASK_FOR_NEW_INSURER.in_language(language), document, ask_again]
        }
        Finding::NotFound => vec![document, statement, ask_again],
        Finding::Several => vec![
            texts::ASK_WHICH_INSURANCE_APPLIES.in_language(language),
            texts::IF_UNCLEAR_ASK_INSURERS.in_language(language),
            ask_again,
        ],
        Finding::ValidUnregistered => vec![texts::ASK_WELFARE_OFFICE_ABOUT_TICKET.in_language(language), ask_again],
        Finding::Hidden(
            HiddenReason::WithdrawnByPatient | HiddenReason::WithdrawnByInstitution | HiddenReason::Expired,
        ) => vec![
            texts::ASKING_AGAIN_SHOWS_NOTHING.in_language(language),
            texts::CLOSE_ONCE_NEW_RECEPTION_IS_PROVEN.in_language(language),
        ],
        Finding::Hidden(HiddenReason::FunctionOff) => vec![
            texts::ASK_ADMINISTRATOR_TO_CHANGE_SETTINGS.in_language(language),
            texts::ASK_AGAIN_ONCE_SETTINGS_ARE_CHANGED.in_language(language),
        ],
        Finding::Hidden(reason) => vec![hidden_reason_texts(language, reason).1],
        Finding::NotStated => vec![ask_again],
    }
}

/// Why something is not shown: heading and explanation.
pub(crate) fn hidden_reason_texts(language: Language, reason: HiddenReason) -> (&'static str, &'static str) {
    match reason {
        HiddenReason::Declined => (
            texts::NOT_AGREED_TO.in_language(language),
            texts::PATIENT_DID_NOT_AGREE_TO_SHOW_THIS.in_language(language),
        ),
        HiddenReason::WithdrawnByPatient => (
            texts::WITHDRAWN_BY_THE_PATIENT.in_language(language),
            texts::NOTHING_CAN_BE_SEEN_ANY_MORE.in_language(language),
        ),
        HiddenReason::WithdrawnByInstitution => (
            texts::WITHDRAWN_BY_THE_CLINIC.in_language(language),
            texts::NOTHING_CAN_BE_SEEN_ANY_MORE.in_language(language),
        ),
        HiddenReason::Expired => (
            texts::THE_CONSENT_HAS_EXPIRED.in_language(language),
            texts::CONSENT_HOLDS_TO_END_OF_VISIT_DAY.in_language(language),
        ),
        HiddenReason::Grace => (
            texts::CERTIFICATE_ENDED_GRACE_PERIOD.in_language(language),
            texts::GRACE_PERIOD_CONFIRMS_INSURANCE_ONLY.in_language(language),
        ),
        HiddenReason::NotFound => (
            texts::THERE_IS_NO_SUCH_RECEPTION.in_language(language),
            texts::NEWER_REGISTRATION_TOOK_ITS_PLACE.in_language(language),
        ),
        HiddenReason::SeveralPersons => (
            texts::SEVERAL_PERSONS_MATCH.in_language(language),
            texts::ASK_PATIENT_FOR_BRANCH_NUMBER.in_language(language),
        ),
        HiddenReason::FunctionOff => (
            texts::TURNED_OFF_IN_THE_SETTINGS.in_language(language),
            texts::INSTITUTIONS_SETTINGS_HAVE_IT_OFF.in_language(language),
        ),
        HiddenReason::Other => {
            (texts::THERE_IS_NOTHING_TO_SHOW.in_language(language), texts::SEE_MESSAGE_OF_SYSTEM.in_language(language))
        }
    }
}
