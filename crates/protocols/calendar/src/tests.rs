use icalendar::{Component, EventLike};
use proptest::prelude::*;

use super::*;
use crate::line::MAX_LINE_OCTETS;

fn timestamp(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

fn sample_event() -> CalendarEvent {
    CalendarEvent {
        uid: "0192@example.jp".to_owned(),
        sequence: 3,
        written_at: timestamp("2026-11-20T09:00:00+09:00"),
        start: timestamp("2026-11-24T10:30:00+09:00"),
        end: timestamp("2026-11-24T10:45:00+09:00"),
        status: EventStatus::Confirmed,
        summary: "予約（予約番号：042）".to_owned(),
        description: "予約先：見本\nhttps://example.jp/appointments/0192".to_owned(),
        location: "https://example.jp/appointments/0192".to_owned(),
        url: "https://example.jp/appointments/0192".to_owned(),
        organizer: "no-reply@example.jp".to_owned(),
        alarm: Some(Span::from_mins(30)),
    }
}

/// The event as a foreign parser reads it, and the value of the calendar's METHOD.
fn read_back(file: &str) -> (icalendar::Event, String) {
    let calendar: icalendar::Calendar = file.parse().expect("a foreign parser reads it");
    let method = calendar.property_value("METHOD").expect("a method").to_owned();
    let events: Vec<_> = calendar.events().cloned().collect();
    let [event] = <[icalendar::Event; 1]>::try_from(events).expect("one event");
    (event, method)
}

#[test]
fn an_event_is_written_as_its_standard_says() {
    let file = sample_event().to_ics().expect("it can be written");
    let expected = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//uketsuke//calendar//EN\r\nCALSCALE:GREGORIAN\r\n\
        METHOD:PUBLISH\r\nBEGIN:VEVENT\r\nUID:0192@example.jp\r\nSEQUENCE:3\r\nDTSTAMP:20261120T000000Z\r\n\
        DTSTART:20261124T013000Z\r\nDTEND:20261124T014500Z\r\nSTATUS:CONFIRMED\r\nCLASS:PRIVATE\r\n\
        SUMMARY:予約（予約番号：042）\r\n\
        DESCRIPTION:予約先：見本\\nhttps://example.jp/appointments/0192\r\n\
        LOCATION:https://example.jp/appointments/0192\r\nURL:https://example.jp/appointments/0192\r\n\
        ORGANIZER:mailto:no-reply@example.jp\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\n\
        DESCRIPTION:予約（予約番号：042）\r\nTRIGGER:-PT30M\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    assert_eq!(file, expected);
}

#[test]
fn a_long_line_goes_on_after_a_space_and_no_character_is_divided() {
    let check = |line: &str, expected: &str| {
        let mut file = String::new();
        push_line(&mut file, line);
        assert_eq!(file, expected);
    };
    let ascii = "a".repeat(75);
    check(&ascii, &format!("{ascii}\r\n"));
    check(&format!("{ascii}b"), &format!("{ascii}\r\n b\r\n"));
    check(&format!("{}{}", "a".repeat(74), "漢b"), &format!("{}\r\n 漢b\r\n", "a".repeat(74)));
    check(&"b".repeat(150), &format!("{}\r\n {}\r\n b\r\n", "b".repeat(75), "b".repeat(74)));
}

#[test]
fn a_cancelled_event_has_its_uid_and_no_alarm() {
    let cancelled = CalendarEvent { status: EventStatus::Cancelled, sequence: 4, ..sample_event() };
    let file = cancelled.to_ics().expect("it can be written");
    let (event, method) = read_back(&file);
    assert_eq!((method.as_str(), event.get_uid(), event.get_sequence()), ("CANCEL", Some("0192@example.jp"), Some(4)));
    assert!(file.contains("STATUS:CANCELLED\r\n") && !file.contains("VALARM"), "{file}");
}

#[test]
fn what_could_leave_its_value_is_refused() {
    let check = |change: fn(&mut CalendarEvent), property: &'static str| {
        let mut event = sample_event();
        change(&mut event);
        assert_eq!(event.to_ics(), Err(UnwritableValue { property }));
    };
    check(|event| event.summary = "a\r\nATTENDEE:mailto:b@example.jp".to_owned(), "SUMMARY");
    check(|event| event.description = "a\0".to_owned(), "DESCRIPTION");
    check(|event| event.location = "a\u{85}b".to_owned(), "LOCATION");
    check(|event| event.location = "a\u{2028}b".to_owned(), "LOCATION");
    check(|event| event.uid = "a\u{7f}".to_owned(), "UID");
    check(|event| event.url = "https://example.jp/a b".to_owned(), "URL");
    check(|event| event.organizer = "a@example.jp\nX:b".to_owned(), "ORGANIZER");
    check(|event| event.organizer = "あ@example.jp".to_owned(), "ORGANIZER");
}

/// Whether a calendar file can have the character.
fn is_writable(character: char) -> bool {
    matches!(character, '\n' | '\t') || !(character.is_control() || matches!(character, '\u{2028}' | '\u{2029}'))
}

/// A value with its escapes resolved (RFC 5545 §3.3.11), independent of the writer and of the foreign parser.
fn unescape(value: &str) -> String {
    let mut text = String::new();
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match (character, character == '\\') {
            (_, true) => match characters.next() {
                Some('n') => text.push('\n'),
                Some(escaped) => text.push(escaped),
                None => panic!("an escape without a character"),
            },
            (character, false) => text.push(character),
        }
    }
    text
}

proptest! {
    #[test]
    fn lines_are_folded_within_75_octets_and_unfold_to_the_same_text(
        summary in any::<String>(),
        description in "[\\PC\\n\\t,;:\\\\\"漢𠮷é ]{0,200}",
    ) {
        let event = CalendarEvent { summary, description, ..sample_event() };
        let writable = [&event.summary, &event.description].iter().all(|text| text.chars().all(is_writable));
        let Ok(file) = event.to_ics() else {
            prop_assert!(!writable);
            return Ok(());
        };
        prop_assert!(writable);
        prop_assert!(file.ends_with("\r\n"));
        let without_ends = file.replace("\r\n", "");
        prop_assert!(!without_ends.contains(['\r', '\n']), "every line ends with CRLF");
        prop_assert!(file.split("\r\n").all(|line| line.len() <= MAX_LINE_OCTETS));
        let unfolded = file.replace("\r\n ", "");
        let value = |name: &str| {
            unfolded.split("\r\n").find_map(|line| line.strip_prefix(name)).map(unescape)
        };
        prop_assert_eq!(value("SUMMARY:"), Some(event.summary.clone()));
        prop_assert_eq!(value("DESCRIPTION:"), Some(event.description.clone()));
        // No text opens a property or a component of its own.
        let names: Vec<_> = unfolded.split("\r\n").filter_map(|line| line.split([':', ';']).next()).collect();
        let plain = sample_event().to_ics().expect("it can be written").replace("\r\n ", "");
        let expected: Vec<_> = plain.split("\r\n").filter_map(|line| line.split([':', ';']).next()).collect();
        prop_assert_eq!(names, expected);
    }

    #[test]
    fn a_foreign_parser_reads_what_was_written(
        summary in "[\\PC]{1,120}",
        location in "[a-zA-Z0-9,;漢字 ]{1,80}",
        sequence in 0_u32..1000,
    ) {
        // The parser trims its values.
        prop_assume!(summary.trim() == summary && location.trim() == location);
        prop_assume!(summary.chars().all(is_writable));
        let event = CalendarEvent { sequence, summary, location, ..sample_event() };
        let (read, method) = read_back(&event.to_ics().expect("it can be written"));
        prop_assert_eq!(method, "PUBLISH");
        prop_assert_eq!(read.get_summary(), Some(event.summary.as_str()));
        prop_assert_eq!(read.get_location(), Some(event.location.as_str()));
        prop_assert_eq!(read.get_uid(), Some(event.uid.as_str()));
        prop_assert_eq!(read.get_sequence(), Some(sequence));
        prop_assert_eq!(read.property_value("DTSTART"), Some("20261124T013000Z"));
    }
}
