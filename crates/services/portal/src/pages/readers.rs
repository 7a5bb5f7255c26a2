//! The readers of a person's own computer: the window's first page, and the choice of a card.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Query, State},
};
use maud::{Markup, html};
use serde_json::{Value, json};
use text::Language;
use ui::{Document, Frame, components, drawing};
use web::Visitor;

use super::frame;
use crate::{
    CardId, Inner, KnownReception, NoReaderService, Reader, Refusal, Slot, card_source::CardSource, pages::texts,
    rules::phone::short_hash,
};

/// The attached readers with their slots, or that they cannot be listed.
pub(super) type ReaderList = Result<Vec<Reader>, NoReaderService>;

/// The interval at which a page polls for changes of readers and cards.
const POLL_MILLISECONDS: u32 = 1000;

/// The readers of this computer.
async fn list_readers(portal: &Inner) -> Result<ReaderList, Refusal> {
    match &portal.card_source {
        CardSource::Virtual => Ok(Ok(Vec::new())),
        CardSource::InReaders(lock) => lock.list_readers().await,
    }
}

pub(super) async fn show_home(State(portal): State<Arc<Inner>>, visitor: Visitor) -> Result<Markup, Refusal> {
    Ok(home_page(&frame(&visitor), &list_readers(&portal).await?, portal.receptions.all()))
}

/// Whether readers or cards have changed since the first page was shown.
pub(super) async fn show_home_progress(
    State(portal): State<Arc<Inner>>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Refusal> {
    Ok(Json(progress(&list_readers(&portal).await?, query.get("seen"), "/")))
}

/// The progress for a page that shows the readers: it is reloaded if they have changed since `shown_hash`.
pub(super) fn progress(reader_list: &ReaderList, shown_hash: Option<&String>, page: &str) -> Value {
    if shown_hash == Some(&readers_hash(reader_list)) { json!({ "state": "waiting" }) } else { json!({ "next": page }) }
}

/// A hash of the readers and their slots. It differs after every change.
fn readers_hash(reader_list: &ReaderList) -> String {
    let Ok(readers) = reader_list else { return "none".to_owned() };
    let lines = readers.iter().map(|reader| {
        let slot = match &reader.slot {
            Slot::Empty => "-",
            Slot::Mute => "?",
            Slot::Card(card) => card.as_str(),
        };
        format!("{}\n{slot}\n", reader.name)
    });
    short_hash(lines.collect::<String>().as_bytes())
}

fn poll(path: &str, reader_list: &ReaderList) -> components::Poll {
    components::Poll {
        url: format!("{path}?seen={}", readers_hash(reader_list)),
        every_milliseconds: POLL_MILLISECONDS,
    }
}

pub(super) fn home_page(frame: &Frame, reader_list: &ReaderList, receptions: &[KnownReception]) -> Markup {
    let language = frame.language;
    let title = texts::SCAN_YOUR_CARD_ON_THIS_COMPUTER.in_language(language);
    Document::new(frame, title).main(html! {
        (components::waiting_panel(frame, &poll("/progress", reader_list), texts::WAITING_FOR_RECEPTION_WEB.in_language(language), html! { p { (texts::START_WITH_CARD_READER_BUTTON.in_language(language)) } }))
        (components::panel(texts::CARD_READERS.in_language(language), html! {
            @match reader_list {
                Ok(readers) if !readers.is_empty() => (components::description_list(
                    &readers.iter().map(|reader| (reader.name.as_str(), html! { (slot_label(language, &reader.slot)) })).collect::<Vec<_>>()
                )),
                _ => { @let (label, text) = missing_card_text(language, reader_list); p { b { (label) } } p { (text) } }
            }
        }))
        (components::panel(texts::RECEPTIONS_THAT_APP_ANSWERS.in_language(language), html! {
            ul { @for reception in receptions { li { (reception.name.in_language(language)) " " span.fine { (reception.origin) } } } }
        }))
        (components::notice(components::Tone::Warning, texts::DO_NOT_ENTER_REAL_PIN.in_language(language), html! {
            p { (texts::ONLY_SIMULATED_CARDS_ARE_ACCEPTED.in_language(language)) }
        }))
    })
}

fn slot_label(language: Language, slot: &Slot) -> &'static str {
    match slot {
        Slot::Empty => texts::SLOT_NO_CARD.in_language(language),
        Slot::Card(_) => texts::SLOT_CARD.in_language(language),
        Slot::Mute => texts::SLOT_PLACE_CARD_AGAIN.in_language(language),
    }
}

/// Why there is no card to choose, and what to do about it.
fn missing_card_text(language: Language, reader_list: &ReaderList) -> (&'static str, &'static str) {
    match reader_list {
        Err(NoReaderService) => (
            texts::SERVICE_FOR_CARD_READERS_IS_NOT_RUNNING.in_language(language),
            texts::START_PC_SC_SERVICE.in_language(language),
        ),
        Ok(readers) if readers.is_empty() => {
            (texts::NO_CARD_READER_WAS_FOUND.in_language(language), texts::PLUG_A_CARD_READER.in_language(language))
        }
        Ok(readers) if readers.iter().any(|reader| reader.slot == Slot::Mute) => (
            texts::THE_CARD_DOES_NOT_ANSWER.in_language(language),
            texts::CHECK_WHICH_WAY_ROUND_CARD_LIES.in_language(language),
        ),
        Ok(_) => (
            texts::PLEASE_LAY_YOUR_CARD_ON_READER.in_language(language),
            texts::LAY_CARD_ON_OUT_OF_CASE.in_language(language),
        ),
    }
}

/// The cards that can be chosen, each with its reader's name.
fn list_cards(readers: &[Reader]) -> Vec<(&CardId, &str)> {
    let cards = readers.iter().map(|reader| match &reader.slot {
        Slot::Card(card) => Some((card, reader.name.as_str())),
        Slot::Empty | Slot::Mute => None,
    });
    cards.flatten().collect()
}

/// The name of the reader that has this card, if any has.
pub(super) fn find_reader_name<'a>(reader_list: &'a ReaderList, card: &CardId) -> Option<&'a str> {
    let readers = reader_list.as_ref().ok()?;
    list_cards(readers).into_iter().find(|(listed, _)| *listed == card).map(|(_, reader)| reader)
}

/// The form with the only card or a choice of several, or the wait for a card.
pub(super) fn render_card_choice(
    frame: &Frame,
    session_path: &str,
    reader_list: &ReaderList,
    error: Option<&str>,
) -> Markup {
    let language = frame.language;
    let cards = reader_list.as_deref().map(list_cards).unwrap_or_default();
    if cards.is_empty() {
        let (label, text) = missing_card_text(language, reader_list);
        return html! {
            (drawing::card_reader(language))
            (components::waiting_panel(frame, &poll(&format!("{session_path}/progress"), reader_list), label, html! {
                p { (text) " " (texts::THIS_PAGE_GOES_ON_BY_ITSELF_THEN.in_language(language)) }
            }))
        };
    }
    components::form(
        frame,
        &format!("{session_path}/card"),
        html! {
            @if let [(card, reader)] = cards.as_slice() {
                (components::hidden_field("card", card.as_str()))
                p { (texts::THE_CARD_LIES_ON.in_language(language)) b { (reader) } }
            } @else {
                (reader_choice(language, &cards, error))
            }
            (components::bottom_bar(components::primary_button(texts::NEXT.in_language(language), Some(texts::NEXT_ENTER_PIN_LEAVE_CARD.in_language(language)))))
        },
    )
}

fn reader_choice(language: Language, cards: &[(&CardId, &str)], error: Option<&str>) -> Markup {
    let options: Vec<_> = cards.iter().map(|(card, reader)| components::Choice::new(card.as_str(), reader)).collect();
    let question = texts::WHICH_READERS_CARD_DO_YOU_USE.in_language(language);
    html! { (components::ChoiceGroup::radio(language, "card", question, &options).without_mark().error(error)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(name: &str, slot: Slot) -> Reader {
        Reader { name: name.to_owned(), slot }
    }

    #[test]
    fn every_coming_and_going_changes_the_word() {
        let card = |change| Slot::Card(CardId::from_reader(b"A", change));
        let all: [ReaderList; 7] = [
            Err(NoReaderService),
            Ok(vec![]),
            Ok(vec![reader("A", Slot::Empty)]),
            Ok(vec![reader("A", Slot::Mute)]),
            Ok(vec![reader("A", card(1))]),
            Ok(vec![reader("A", card(2))]),
            Ok(vec![reader("A", card(1)), reader("B", Slot::Empty)]),
        ];
        for (index, readers) in all.iter().enumerate() {
            for (other_index, other_readers) in all.iter().enumerate() {
                let response = progress(readers, Some(&readers_hash(other_readers)), "/");
                assert_eq!(response.get("next").is_none(), index == other_index, "{readers:?} {other_readers:?}");
            }
        }
    }
}
