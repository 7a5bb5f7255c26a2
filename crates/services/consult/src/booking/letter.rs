//! Letters to a patient about an event of an appointment.

use base::Timestamp;
use text::{Language, Text};

use super::rules::PatientEvent;
use crate::{
    appointments::letter::{AppointmentFacts, AppointmentMessage, render_appointment_letter},
    booking::texts,
    mail::letter::{Letter, Letterhead},
    proof::rules::ledgers::{RequestReason, RequestedProof},
};

/// What a letter about an event says beside the facts of the appointment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EventFacts {
    pub(crate) event: PatientEvent,
    /// What the desk requested, for [`PatientEvent::Requested`].
    pub(crate) request: Option<(RequestedProof, RequestReason)>,
    pub(crate) occurred_at: Timestamp,
}

/// A letter to a patient. Where the time of the visit is new or void, it carries a calendar file.
pub(crate) fn render_patient_letter(
    recipient: &str,
    language: Language,
    EventFacts { event, request, occurred_at }: EventFacts,
    facts: &AppointmentFacts,
    head: &Letterhead,
) -> Letter {
    let (subject, text) = event_texts(event, request, language);
    let calendar = if event.changes_calendar() {
        // A name that a calendar file cannot have keeps nobody from the letter.
        facts.to_calendar(language, head, occurred_at).ok()
    } else {
        None
    };
    render_appointment_letter(recipient, language, AppointmentMessage { subject, text, calendar }, facts, head)
}

/// The subject and the sentence for an event.
fn event_texts(
    event: PatientEvent,
    request: Option<(RequestedProof, RequestReason)>,
    language: Language,
) -> (String, String) {
    let t = |text: &Text| text.in_language(language).to_owned();
    match event {
        PatientEvent::Booked => (t(&texts::YOUR_APPOINTMENT_IS_BOOKED), t(&texts::YOUR_APPOINTMENT_IS_BOOKED_SENTENCE)),
        PatientEvent::Rescheduled => {
            (t(&texts::YOUR_APPOINTMENT_WAS_MOVED), t(&texts::YOUR_APPOINTMENT_WAS_MOVED_SENTENCE))
        }
        PatientEvent::RescheduledWithLoss => {
            (t(&texts::YOUR_APPOINTMENT_WAS_MOVED), t(&texts::MOVED_TO_ANOTHER_DAY_DO_IT_AGAIN))
        }
        PatientEvent::BookedByClinic => {
            (t(&texts::YOUR_APPOINTMENT_IS_BOOKED), t(&texts::THE_CLINIC_BOOKED_IT_FOR_YOU))
        }
        PatientEvent::NoShow => (t(&texts::WE_MISSED_YOU), t(&texts::YOU_WERE_NOT_THERE_BOOK_AGAIN)),
        PatientEvent::MovedByClinic => (t(&texts::YOUR_APPOINTMENT_WAS_MOVED), t(&texts::THE_CLINIC_MOVED_IT)),
        PatientEvent::MovedByClinicWithLoss => {
            (t(&texts::YOUR_APPOINTMENT_WAS_MOVED), t(&texts::THE_CLINIC_MOVED_IT_TO_ANOTHER_DAY))
        }
        PatientEvent::CancelledByClinic => {
            (t(&texts::YOUR_APPOINTMENT_WAS_CANCELLED), t(&texts::THE_CLINIC_CANCELLED_IT))
        }
        PatientEvent::Cancelled => {
            (t(&texts::YOUR_APPOINTMENT_WAS_CANCELLED), t(&texts::YOUR_APPOINTMENT_WAS_CANCELLED_SENTENCE))
        }
        PatientEvent::Requested => (
            t(&texts::SOMETHING_IS_NEEDED_FROM_YOU),
            request.map_or_else(
                || t(&texts::SOMETHING_IS_NEEDED_FOR_YOUR_APPOINTMENT),
                |(proof, reason)| request_text(proof, reason, language),
            ),
        ),
        PatientEvent::Confirmed => (t(&texts::THE_CHECK_IS_COMPLETE), t(&texts::WHAT_YOU_SENT_HAS_BEEN_CHECKED)),
        PatientEvent::Refused => {
            (t(&texts::PLEASE_LOOK_AT_YOUR_APPOINTMENT), t(&texts::WHAT_YOU_SENT_COULD_NOT_BE_CONFIRMED))
        }
        PatientEvent::Undone => {
            (t(&texts::LAST_MESSAGE_NO_LONGER_APPLIES), t(&texts::LAST_MESSAGE_WAS_SENT_BY_MISTAKE))
        }
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
    use base::Randomness;

    use super::*;
    use crate::{
        appointments::{letter::tests::sample_facts, rules::AppointmentId},
        mail::letter::{assert_has_letterhead, assert_reveals_nothing},
    };

    fn patient_letter(language: Language, event: PatientEvent, facts: &AppointmentFacts) -> Letter {
        requesting_letter(language, event, None, facts)
    }

    fn requesting_letter(
        language: Language,
        event: PatientEvent,
        request: Option<(RequestedProof, RequestReason)>,
        facts: &AppointmentFacts,
    ) -> Letter {
        let event = EventFacts { event, request, occurred_at: facts.start };
        render_patient_letter("a@example.jp", language, event, facts, &Letterhead::for_tests())
    }

    fn all_letters() -> Vec<Letter> {
        let mut letters = Vec::new();
        for language in [Language::Japanese, Language::English] {
            for event in PatientEvent::ALL {
                letters.push(patient_letter(language, event, &sample_facts()));
            }
            for proof in RequestedProof::ALL {
                for reason in RequestReason::ALL {
                    let request = Some((proof, reason));
                    letters.push(requesting_letter(language, PatientEvent::Requested, request, &sample_facts()));
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
        let named = |institution: Option<&str>, seed: &str| {
            let facts = AppointmentFacts {
                institution: institution.map(ToOwned::to_owned),
                id: AppointmentId::new(sample_facts().start, &Randomness::repeatable(seed)),
                ..sample_facts()
            };
            patient_letter(Language::Japanese, PatientEvent::Booked, &facts).body
        };
        assert!(named(Some("見本さくら内科"), "a").contains("予約先：見本さくら内科\n予約番号："));
        assert!(!named(None, "a").contains("予約先"));
        assert_ne!(named(None, "a"), named(None, "b"));
    }

    #[test]
    fn a_calendar_file_comes_with_what_is_booked_moved_or_cancelled() {
        for event in PatientEvent::ALL {
            let letter = patient_letter(Language::Japanese, event, &sample_facts());
            assert_eq!(letter.calendar.is_some(), event.changes_calendar(), "{event:?}");
        }
    }
}
