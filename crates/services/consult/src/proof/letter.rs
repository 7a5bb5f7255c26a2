//! The letter to a patient whose registration has ended before the visit.

use super::{rules::lapse::RegistrationLapse, texts};
use crate::{
    appointments::{
        letter::{AppointmentMessage, render_appointment_letter},
        store::letter::LetterContext,
    },
    mail::letter::{Letter, Letterhead},
};

/// The letter about the end of a registration: what is void, and that it has to be done again.
pub(crate) fn render_lapse_letter(context: &LetterContext, lapse: RegistrationLapse, head: &Letterhead) -> Letter {
    let LetterContext { recipient, language, facts } = context;
    let text = match lapse {
        RegistrationLapse::Withdrawn => texts::PROCEDURE_WAS_WITHDRAWN_DO_IT_AGAIN,
        RegistrationLapse::Expired => texts::PROCEDURE_HAS_EXPIRED_DO_IT_AGAIN,
    };
    let message = AppointmentMessage {
        subject: texts::A_STEP_IS_NEEDED_AGAIN.in_language(*language).to_owned(),
        text: text.in_language(*language).to_owned(),
        calendar: None,
    };
    render_appointment_letter(recipient, *language, message, facts, head)
}

#[cfg(test)]
mod tests {
    use text::Language;

    use super::*;
    use crate::{
        appointments::letter::tests::sample_facts,
        mail::letter::{assert_has_letterhead, assert_reveals_nothing},
    };

    #[test]
    fn a_letter_about_what_has_lapsed_says_no_word_of_health_and_leads_to_the_appointment() {
        for language in [Language::Japanese, Language::English] {
            for lapse in [RegistrationLapse::Withdrawn, RegistrationLapse::Expired] {
                let context = LetterContext { recipient: "a@example.jp".to_owned(), language, facts: sample_facts() };
                let letter = render_lapse_letter(&context, lapse, &Letterhead::for_tests());
                assert_reveals_nothing(&letter);
                assert_has_letterhead(&letter);
                assert!(letter.body.contains("https://example.jp/appointments/0192"), "{}", letter.body);
            }
        }
    }
}
