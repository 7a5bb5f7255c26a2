//! Letters to a patient about an appointment.

use base::Timestamp;
use text::{Language, Text};

use super::rules::PatientEvent;
use crate::{
    booking::texts,
    mail::letter::{Letter, Letterhead, format_date_time},
    proof::rules::ledgers::{RequestReason, RequestedProof},
};

/// The facts of an appointment in a letter.
#[derive(Debug, Clone)]
pub(crate) struct AppointmentFacts {
    /// When the visit begins.
    pub(crate) start: Timestamp,
    /// The page to read on.
    pub(crate) page: String,
    /// What the desk requested, for [`PatientEvent::Requested`].
    pub(crate) request: Option<(RequestedProof, RequestReason)>,
    /// The institution's name, unless the patient does not want it in letters.
    pub(crate) institution: Option<String>,
    /// 予約番号
    pub(crate) booking_number: String,
}

/// A letter to a patient.
pub(crate) fn render_patient_letter(
    recipient: &str,
    language: Language,
    event: PatientEvent,
    facts: &AppointmentFacts,
    head: &Letterhead,
) -> Letter {
    let t = |text: &Text| text.in_language(language).to_owned();
    let mut details = vec![format!("{}{}", t(&texts::YOUR_APPOINTMENT_LABEL), format_date_time(facts.start, language))];
    if let Some(institution) = &facts.institution {
        details.push(format!("{}{institution}", t(&texts::BOOKED_WITH)));
    }
    details.push(format!("{}{}", t(&texts::BOOKING_NUMBER_LABEL), facts.booking_number));
    let request = facts.request.map(|(proof, reason)| request_text(proof, reason, language));
    let (subject, text) = match event {
        PatientEvent::Booked => (t(&texts::YOUR_APPOINTMENT_IS_BOOKED), t(&texts::YOUR_APPOINTMENT_IS_BOOKED_SENTENCE)),
        PatientEvent::Rescheduled => {
            (t(&texts::YOUR_APPOINTMENT_WAS_MOVED), t(&texts::YOUR_APPOINTMENT_WAS_MOVED_SENTENCE))
        }
        PatientEvent::Cancelled => {
            (t(&texts::YOUR_APPOINTMENT_WAS_CANCELLED), t(&texts::YOUR_APPOINTMENT_WAS_CANCELLED_SENTENCE))
        }
        PatientEvent::Requested => (
            t(&texts::SOMETHING_IS_NEEDED_FROM_YOU),
            request.unwrap_or_else(|| t(&texts::SOMETHING_IS_NEEDED_FOR_YOUR_APPOINTMENT)),
        ),
        PatientEvent::Confirmed => (t(&texts::THE_CHECK_IS_COMPLETE), t(&texts::WHAT_YOU_SENT_HAS_BEEN_CHECKED)),
        PatientEvent::Refused => {
            (t(&texts::PLEASE_LOOK_AT_YOUR_APPOINTMENT), t(&texts::WHAT_YOU_SENT_COULD_NOT_BE_CONFIRMED))
        }
        PatientEvent::Undone => {
            (t(&texts::LAST_MESSAGE_NO_LONGER_APPLIES), t(&texts::LAST_MESSAGE_WAS_SENT_BY_MISTAKE))
        }
    };
    let closing = texts::PLEASE_DONT_REPLY_TO_THIS_EMAIL.in_language(language);
    Letter {
        to: recipient.to_owned(),
        subject: head.format_subject(language, &subject),
        body: head.format_body(language, &[text, details.join("\n"), facts.page.clone()], closing),
    }
}

/// The sentence for the desk's request: kind and reason alone.
fn request_text(proof: RequestedProof, reason: RequestReason, language: Language) -> String {
    let t = |text: &Text| text.in_language(language).to_owned();
    if proof == RequestedProof::Consent {
        return t(&texts::PLEASE_COMPLETE_ONLINE_PROCEDURE);
    }
    let cause = match reason {
        RequestReason::Blurred => t(&texts::THE_PICTURE_WAS_BLURRED),
        RequestReason::CutOff => t(&texts::PICTURE_WAS_CUT_OFF_AT_EDGE),
        RequestReason::Glare => t(&texts::LIGHT_WAS_REFLECTED_IN_PICTURE),
        RequestReason::WrongDocument => t(&texts::THE_PICTURE_SHOWED_ANOTHER_DOCUMENT),
        RequestReason::SideMissing => t(&texts::ONLY_ONE_SIDE_ARRIVED),
        RequestReason::Expired => t(&texts::DOCUMENT_WAS_PAST_ITS_DATE),
        _ => String::new(),
    };
    let instruction = t(&texts::PLEASE_SEND_PICTURE_FROM_THIS_PAGE);
    if cause.is_empty() { instruction } else { format!("{cause}{}{instruction}", texts::SPACE.in_language(language)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::letter::{assert_has_letterhead, assert_reveals_nothing};

    fn facts(request: Option<(RequestedProof, RequestReason)>) -> AppointmentFacts {
        AppointmentFacts {
            start: "2026-11-24T10:30:00+09:00".parse().expect("a timestamp"),
            page: "https://example.jp/appointments/0192".to_owned(),
            request,
            institution: None,
            booking_number: "042".to_owned(),
        }
    }

    fn patient_letter(language: Language, event: PatientEvent, facts: &AppointmentFacts) -> Letter {
        render_patient_letter("a@example.jp", language, event, facts, &Letterhead::for_tests())
    }

    fn all_letters() -> Vec<Letter> {
        let mut letters = Vec::new();
        for language in [Language::Japanese, Language::English] {
            for event in PatientEvent::ALL {
                letters.push(patient_letter(language, event, &facts(None)));
            }
            for proof in RequestedProof::ALL {
                for reason in RequestReason::ALL {
                    let facts = facts(Some((proof, reason)));
                    letters.push(patient_letter(language, PatientEvent::Requested, &facts));
                }
            }
        }
        letters
    }

    #[test]
    fn no_letter_says_a_word_of_health_or_insurance() {
        all_letters().iter().for_each(assert_reveals_nothing);
    }

    #[test]
    fn a_letter_is_in_one_language_and_says_whose_it_is_and_where_questions_go() {
        all_letters().iter().for_each(assert_has_letterhead);
    }

    #[test]
    fn every_letter_about_an_appointment_leads_to_its_page_and_says_when_it_is() {
        for letter in all_letters() {
            assert!(letter.body.contains("https://example.jp/appointments/0192"), "{}", letter.body);
            assert!(letter.body.contains("11月24日（火） 10:30") || letter.body.contains("Tue 24 Nov 10:30 (Japan)"));
        }
    }

    #[test]
    fn two_appointments_at_one_time_have_different_letters() {
        let named = |institution: Option<&str>, number: &str| {
            let facts = AppointmentFacts {
                institution: institution.map(ToOwned::to_owned),
                booking_number: number.to_owned(),
                ..facts(None)
            };
            patient_letter(Language::Japanese, PatientEvent::Booked, &facts).body
        };
        assert!(named(Some("見本さくら内科"), "042").contains("予約先：見本さくら内科\n予約番号：042"));
        assert!(!named(None, "042").contains("予約先"));
        assert_ne!(named(None, "042"), named(None, "043"));
    }
}
