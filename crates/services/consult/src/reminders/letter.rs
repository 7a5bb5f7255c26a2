//! The letters of reminders.

use text::{Language, Text};

use super::{
    rules::{MissingStep, ReminderRung},
    texts,
};
use crate::{
    appointments::{
        letter::{AppointmentMessage, render_appointment_letter},
        store::letter::LetterContext,
    },
    mail::letter::{Letter, Letterhead, format_date_time},
};

/// The reminder of a visit at a rung: what is missing, and what to do next.
pub(crate) fn render_reminder(
    context: &LetterContext,
    rung: ReminderRung,
    missing: MissingStep,
    head: &Letterhead,
) -> Letter {
    let LetterContext { recipient, language, facts } = context;
    let language = *language;
    let t = |text: &Text| text.in_language(language).to_owned();
    // The subject says the time itself: a letter may be read on another day than it was sent.
    let time = format_date_time(facts.start, language);
    let subject = match missing {
        MissingStep::Nothing => texts::reminder_subject(language, time),
        _ => texts::step_missing_subject(language, time),
    };
    let mut text = t(&message_text(rung, missing));
    if rung == ReminderRung::TwoHours && missing.needs_call() {
        text = join_sentences(language, &text, &t(&texts::YOU_MAY_BE_TELEPHONED));
    }
    text = format!("{text}\n{}", t(&texts::REMINDERS_CAN_BE_SWITCHED_OFF));
    render_appointment_letter(recipient, language, AppointmentMessage { subject, text, calendar: None }, facts, head)
}

/// What a reminder says first.
fn message_text(rung: ReminderRung, missing: MissingStep) -> Text {
    match (missing, rung) {
        (MissingStep::Nothing, ReminderRung::TwoHours) => texts::ALL_IS_READY_AND_IT_IS_SOON,
        (MissingStep::Nothing, _) => texts::ALL_IS_READY,
        (MissingStep::NotBegun, _) => texts::PROCEDURE_HAS_NOT_BEGUN,
        (MissingStep::NotReturned | MissingStep::UnderWay, _) => texts::YOU_HAVE_NOT_RETURNED,
        (MissingStep::ProcedureRequested, _) => texts::PROCEDURE_WAS_REQUESTED,
        (MissingStep::PictureRequested, _) => texts::PICTURE_WAS_REQUESTED,
        (MissingStep::Refused, _) => texts::SENT_COULD_NOT_BE_CONFIRMED,
    }
}

/// Japanese sentences follow each other without a space.
fn join_sentences(language: Language, first: &str, second: &str) -> String {
    match language {
        Language::Japanese => format!("{first}{second}"),
        Language::English => format!("{first} {second}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        appointments::letter::tests::sample_facts,
        mail::letter::{assert_has_letterhead, assert_reveals_nothing},
    };

    fn render(language: Language, rung: ReminderRung, missing: MissingStep) -> Letter {
        let context = LetterContext { recipient: "a@example.jp".to_owned(), language, facts: sample_facts() };
        render_reminder(&context, rung, missing, &Letterhead::for_tests())
    }

    fn all_letters() -> Vec<Letter> {
        let mut letters = Vec::new();
        for language in [Language::Japanese, Language::English] {
            for rung in ReminderRung::ALL {
                letters.extend(MissingStep::ALL.map(|missing| render(language, rung, missing)));
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
    fn each_reminder_has_one_link_and_the_time_in_its_subject() {
        for letter in all_letters() {
            // The address without a path is that of the service, in the signature.
            assert_eq!(letter.body.matches("https://example.jp/").count(), 1, "{}", letter.body);
            let has_time =
                letter.subject.contains("11月24日（火） 10:30") || letter.subject.contains("Tue 24 Nov 10:30");
            assert!(has_time, "{}", letter.subject);
        }
    }

    #[test]
    fn what_is_missing_has_words_of_its_own_and_a_call_is_announced_at_the_last_rung() {
        for language in [Language::Japanese, Language::English] {
            let bodies: BTreeSet<_> =
                MissingStep::ALL.map(|missing| render(language, ReminderRung::DayBefore, missing).body).into();
            // Somebody who is at it just now reads the same as somebody who stopped.
            assert_eq!(bodies.len(), MissingStep::ALL.len() - 1);
        }
        let announces = |rung, missing| render(Language::Japanese, rung, missing).body.contains("お電話");
        assert!(announces(ReminderRung::TwoHours, MissingStep::NotBegun));
        assert!(!announces(ReminderRung::TwoHours, MissingStep::Nothing));
        assert!(!announces(ReminderRung::DayBefore, MissingStep::NotBegun));
    }
}
