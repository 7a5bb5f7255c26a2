//! What letters to a patient about an appointment have in common: their form, their facts, and the calendar file that some of
//! them carry.

use base::{Span, Timestamp};
use calendar::{CalendarEvent, EventStatus, UnwritableValue};
use text::Language;

use super::{
    rules::{AppointmentId, AppointmentStatus, booking_number},
    texts,
};
use crate::mail::letter::{CalendarAttachment, Letter, Letterhead, format_date_time};

/// How long before a visit a calendar displays its reminder.
const ALARM_BEFORE: Span = Span::from_mins(30);

/// The facts of an appointment in a letter and in a calendar file.
#[derive(Debug, Clone)]
pub(crate) struct AppointmentFacts {
    pub(crate) id: AppointmentId,
    /// The version of the appointment.
    pub(crate) version: i64,
    pub(crate) status: AppointmentStatus,
    /// When the visit begins.
    pub(crate) start: Timestamp,
    pub(crate) minutes: u32,
    /// The page to read on.
    pub(crate) page: String,
    /// The institution's name, unless the patient does not want it in letters.
    pub(crate) institution: Option<String>,
    /// The patient's name, where an account acts for somebody else and wants names in letters.
    pub(crate) relative: Option<String>,
}

/// Subject and sentence of a letter, and what it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AppointmentMessage {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) calendar: Option<CalendarAttachment>,
}

/// A letter to a patient about an appointment: the message, the facts, and the one link.
pub(crate) fn render_appointment_letter(
    recipient: &str,
    language: Language,
    message: AppointmentMessage,
    facts: &AppointmentFacts,
    head: &Letterhead,
) -> Letter {
    let closing = texts::PLEASE_DONT_REPLY_TO_THIS_EMAIL.in_language(language);
    let details = [
        format!("{}{}", texts::YOUR_APPOINTMENT_LABEL.in_language(language), format_date_time(facts.start, language)),
        facts.format_identity(language),
    ];
    Letter {
        to: recipient.to_owned(),
        subject: head.format_subject(language, &message.subject),
        body: head.format_body(language, &[message.text, details.join("\n"), facts.page.clone()], closing),
        calendar: message.calendar,
    }
}

impl AppointmentFacts {
    /// Where it was booked, unless the patient does not want that, and its number.
    fn format_identity(&self, language: Language) -> String {
        let institution =
            self.institution.iter().map(|name| format!("{}{name}", texts::BOOKED_WITH.in_language(language)));
        let relative = self.relative.iter().map(|name| format!("{}{name}", texts::FOR_WHOM.in_language(language)));
        let number = format!("{}{}", texts::BOOKING_NUMBER_LABEL.in_language(language), booking_number(self.id));
        relative.chain(institution).chain([number]).collect::<Vec<_>>().join("\n")
    }

    /// The calendar file of the appointment as it is now. Its UID never changes and its sequence number grows with every
    /// change, so that a calendar replaces what it has.
    pub(crate) fn to_calendar(
        &self,
        language: Language,
        head: &Letterhead,
        now: Timestamp,
    ) -> Result<CalendarAttachment, UnwritableValue> {
        let status = match self.status {
            AppointmentStatus::Cancelled => EventStatus::Cancelled,
            AppointmentStatus::Booked | AppointmentStatus::Completed | AppointmentStatus::NoShow => {
                EventStatus::Confirmed
            }
        };
        let event = CalendarEvent {
            // A UUID needs no domain (RFC 7986 §5.3), and so none that could change.
            uid: self.id.to_string(),
            sequence: u32::try_from(self.version).unwrap_or_default(),
            written_at: now,
            start: self.start,
            end: self.start.plus(Span::from_mins(i64::from(self.minutes))),
            status,
            // A calendar shows it on locked screens, and to whoever shares the calendar.
            summary: texts::appointment_in_calendar(language, booking_number(self.id)),
            description: format!("{}\n{}", self.format_identity(language), self.page),
            location: self.page.clone(),
            url: self.page.clone(),
            organizer: head.sender.clone(),
            alarm: Some(ALARM_BEFORE),
        };
        Ok(CalendarAttachment { method: status.method().to_owned(), content: event.to_ics()? })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::mail::letter::{FORBIDDEN_WORDS, assert_reveals_nothing};

    pub(crate) fn sample_facts() -> AppointmentFacts {
        let start: Timestamp = "2026-11-24T10:30:00+09:00".parse().expect("a timestamp");
        AppointmentFacts {
            id: AppointmentId::new(start, &base::Randomness::repeatable("letter")),
            version: 2,
            status: AppointmentStatus::Booked,
            start,
            minutes: 15,
            page: "https://example.jp/appointments/0192".to_owned(),
            institution: None,
            relative: None,
        }
    }

    fn calendar(language: Language, facts: &AppointmentFacts) -> CalendarAttachment {
        facts.to_calendar(language, &Letterhead::for_tests(), facts.start).expect("it can be written")
    }

    #[test]
    fn no_calendar_file_says_a_word_of_health_or_insurance() {
        for language in [Language::Japanese, Language::English] {
            for status in AppointmentStatus::ALL {
                let file = calendar(language, &AppointmentFacts { status, ..sample_facts() }).content;
                let text = file.replace("\r\n ", "").replace("予約番号", "").to_lowercase();
                for forbidden in FORBIDDEN_WORDS {
                    assert!(!text.contains(forbidden), "'{forbidden}' in:\n{text}");
                }
            }
        }
    }

    #[test]
    fn all_versions_of_an_appointment_are_one_event_of_a_calendar() {
        let uid = |file: &str| {
            file.replace("\r\n ", "").lines().find(|line| line.starts_with("UID:")).expect("a UID").to_owned()
        };
        let facts = sample_facts();
        let booked = calendar(Language::Japanese, &facts);
        let moved = AppointmentFacts { version: 3, start: facts.start.plus(Span::from_hours(24)), ..facts.clone() };
        let moved = calendar(Language::Japanese, &moved);
        let cancelled = AppointmentFacts { version: 4, status: AppointmentStatus::Cancelled, ..facts };
        let cancelled = calendar(Language::English, &cancelled);
        for (file, method, sequence) in [(&booked, "PUBLISH", 2), (&moved, "PUBLISH", 3), (&cancelled, "CANCEL", 4)] {
            assert_eq!(uid(&file.content), uid(&booked.content));
            assert_eq!(file.method, method);
            assert!(file.content.contains(&format!("METHOD:{method}\r\n")), "{}", file.content);
            assert!(file.content.contains(&format!("SEQUENCE:{sequence}\r\n")), "{}", file.content);
        }
    }

    #[test]
    fn a_clinic_is_named_in_a_calendar_where_letters_name_it_and_never_in_the_summary() {
        let summary = |file: &str| {
            file.replace("\r\n ", "").lines().find(|line| line.starts_with("SUMMARY:")).expect("a summary").to_owned()
        };
        let neutral = calendar(Language::Japanese, &sample_facts()).content;
        let facts = AppointmentFacts { institution: Some("見本さくら内科".to_owned()), ..sample_facts() };
        let named = calendar(Language::Japanese, &facts).content;
        assert!(named.replace("\r\n ", "").contains("見本さくら内科"), "{named}");
        assert_eq!(summary(&named), summary(&neutral));
    }

    #[test]
    fn a_name_that_would_add_a_line_to_a_calendar_is_refused_and_one_with_signs_is_escaped() {
        let with_name = |name: &str| AppointmentFacts { institution: Some(name.to_owned()), ..sample_facts() };
        let head = Letterhead::for_tests();
        let refused = with_name("a\rATTENDEE:mailto:b@example.jp").to_calendar(Language::English, &head, head_time());
        assert!(refused.is_err());
        let escaped = with_name("A;B,C\\").to_calendar(Language::English, &head, head_time()).expect("written");
        assert!(escaped.content.replace("\r\n ", "").contains("A\\;B\\,C\\\\"), "{}", escaped.content);
    }

    fn head_time() -> Timestamp {
        sample_facts().start
    }

    #[test]
    fn a_letter_says_when_where_and_of_which_number_and_has_one_link() {
        let message = AppointmentMessage { subject: "件名".to_owned(), text: "本文".to_owned(), calendar: None };
        let head = Letterhead::for_tests();
        let letter = render_appointment_letter("a@example.jp", Language::Japanese, message, &sample_facts(), &head);
        assert_reveals_nothing(&letter);
        assert!(letter.body.contains("11月24日（火） 10:30") && letter.body.contains("予約番号："), "{}", letter.body);
        // The other address is that of the service, in the signature.
        assert_eq!(letter.body.matches("https://example.jp/").count(), 1, "{}", letter.body);
    }
}
