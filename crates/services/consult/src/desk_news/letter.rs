//! Letters to a clinic's desk, in both languages, since the reader's is not known. One letter reports all gathered events.

use base::Timestamp;
use text::Language;

use super::rules::DeskEvent;
use crate::{
    desk_news::texts,
    mail::letter::{Letter, format_date_time},
};

/// How many events a letter lists. The rest is a number: the list on the page has them all.
const MAX_NAMED_EVENTS: usize = 20;

/// The languages of a letter, in their order.
const LANGUAGES: [Language; 2] = [Language::Japanese, Language::English];

/// One event of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GatheredEvent {
    pub(crate) event: DeskEvent,
    /// When the visit begins.
    pub(crate) start: Timestamp,
    /// The page of the visit.
    pub(crate) page: String,
}

/// A letter about `events`, of which there is at least one. `list` is the page of the day's visits, `settings` the
/// page on which letters are switched off.
pub(crate) fn render_gathered_letter(recipient: &str, events: &[GatheredEvent], list: &str, settings: &str) -> Letter {
    let subject = match events {
        [only] => only.event.text().in_language(Language::Japanese).to_owned(),
        several => format!("新しいお知らせが{}件あります", several.len()),
    };
    let mut paragraphs: Vec<String> = events.iter().take(MAX_NAMED_EVENTS).map(format_paragraph).collect();
    if let Some(more) = events.len().checked_sub(MAX_NAMED_EVENTS).filter(|more| *more > 0) {
        let [japanese, english] = LANGUAGES.map(|language| texts::more_events(language, more));
        paragraphs.push(format!("{japanese}\n{english}\n{list}"));
    }
    let [japanese, english] = LANGUAGES.map(|language| texts::THIS_ADDRESS_READS_NO_REPLIES.in_language(language));
    paragraphs.push(format!("{japanese}\n{english}\n{settings}"));
    Letter { to: recipient.to_owned(), subject, body: format!("{}\n", paragraphs.join("\n\n")), calendar: None }
}

fn format_paragraph(event: &GatheredEvent) -> String {
    let text = event.event.text();
    let [japanese, english] = LANGUAGES.map(|language| {
        texts::event_of_appointment(language, text.in_language(language), format_date_time(event.start, language))
    });
    format!("{japanese}\n{english}\n{}", event.page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::letter::assert_reveals_nothing;

    const LIST: &str = "https://example.jp/desk/visits";

    const SETTINGS: &str = "https://example.jp/desk/settings";

    fn gathered_event(event: DeskEvent) -> GatheredEvent {
        GatheredEvent {
            event,
            start: "2026-11-24T10:30:00+09:00".parse().expect("a timestamp"),
            page: "https://example.jp/desk/visits/0192".to_owned(),
        }
    }

    fn letter(events: &[GatheredEvent]) -> Letter {
        render_gathered_letter("desk@example.jp", events, LIST, SETTINGS)
    }

    #[test]
    fn no_letter_says_a_word_of_health_or_insurance() {
        for kind in DeskEvent::ALL {
            assert_reveals_nothing(&letter(&[gathered_event(kind)]));
        }
    }

    #[test]
    fn one_event_is_the_subject_and_its_page_and_time_stand_in_the_letter() {
        let letter = letter(&[gathered_event(DeskEvent::PictureArrived)]);
        assert_eq!(letter.subject, "画像が届きました");
        for text in
            ["11月24日（火） 10:30", "Tue 24 Nov 10:30 (Japan)", "https://example.jp/desk/visits/0192", SETTINGS]
        {
            assert!(letter.body.contains(text), "{text}: {}", letter.body);
        }
    }

    #[test]
    fn several_events_are_one_letter_which_stays_short() {
        let letter = letter(&vec![gathered_event(DeskEvent::Booked); 30]);
        assert_eq!(letter.subject, "新しいお知らせが30件あります");
        assert_eq!(letter.body.matches("新しい予約が入りました").count(), MAX_NAMED_EVENTS);
        assert!(letter.body.contains("ほか10件") && letter.body.contains(LIST));
    }
}
