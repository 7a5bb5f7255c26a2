//! The PIN and the reading of the card, as one form. The guide's steps ④ and ⑤ are one page here, so that the PIN is never
//! stored between two requests.

use app_auth::Device;
use base::Timestamp;
use maud::{Markup, html};
use text::{Language, dates};
use ui::{Document, Frame, components, drawing};

use card::TokenLabel;

use super::{
    readers,
    session::{AvailableCards, SessionPage, SessionProblem},
};
use crate::{CardId, pages::texts, rules::session::PinRetryReason};

/// The card that was inspected.
pub(super) struct InspectedCard<'c> {
    pub(super) id: &'c CardId,
    pub(super) token: TokenLabel,
    /// The last second of its certificate, if known.
    pub(super) ends: Option<Timestamp>,
    pub(super) tries_left: u8,
}

pub(super) fn page(
    frame: &Frame,
    view: &SessionPage,
    card: &InspectedCard<'_>,
    retry_reason: Option<PinRetryReason>,
) -> Markup {
    let language = frame.language;
    let id = view.session.id;
    let title = texts::ENTER_THE_PIN.in_language(language);
    let error = match (view.problem, retry_reason) {
        (Some(SessionProblem::NotFourDigits), _) => Some(texts::not_four_digits(language, card.tries_left)),
        (_, Some(PinRetryReason::Wrong)) => Some(wrong_pin(language, card.tries_left)),
        _ => None,
    };
    let label = if card.token == TokenLabel::Plastic {
        texts::FOUR_DIGITS_FOR_USER_AUTHENTICATION.in_language(language)
    } else {
        texts::PHONES_FOUR_DIGITS_FOR_USER_AUTHENTICATION.in_language(language)
    };
    let lead = requester(language, view, card.id);
    let document = Document::new(frame, title).lead(&lead);
    let document = if error.is_some() { document.with_problems() } else { document };
    let note = match (retry_reason, card.tries_left) {
        (Some(PinRetryReason::TriesChanged), tries) => Some(tries_changed_notice(language, tries)),
        (_, 1) => Some(last_try_note(language).to_owned()),
        _ => None,
    };
    document.main(html! {
        @if card.ends.is_some_and(|ends| view.now > ends) {
            p { b { (texts::THE_CERTIFICATE_HAS_EXPIRED.in_language(language)) }
                (texts::EXPIRED_CERTIFICATE_CONFIRMS_INSURANCE_ONLY.in_language(language)) }
        }
        (components::form(frame, &format!("/visits/{id}/pin"), html! {
            (components::hidden_field("seen", &view.session.version.to_string()))
            (components::PinEntry::new(language, "pin", label)
                .tries_left(card.tries_left)
                .note(note.as_deref())
                .error(error.as_deref()))
            (components::bottom_bar(components::primary_button(texts::START_SCANNING.in_language(language), Some(texts::HOLD_CARD_STILL.in_language(language)))))
            @match &view.cards {
                AvailableCards::Virtual { .. } => { (hold_instructions(language, view.session.claim.device)) (removal_fault_choice(language)) }
                AvailableCards::InReaders(_) => (reader_instructions(language)),
            }
        }))
        (components::buttons(html! {
            (components::post_button(frame, &format!("/visits/{id}/cancel"), components::ButtonStyle::Quiet, texts::CANCEL.in_language(language)))
            (components::post_button(frame, &format!("/visits/{id}/another-card"), components::ButtonStyle::Quiet, texts::USE_ANOTHER_CARD.in_language(language)))
        }))
        (pin_help(language))
        @if card.token != TokenLabel::Plastic { (phone_notice(language)) }
        @if let Some(ends) = card.ends { (renewal_notice(language, ends, view.now)) }
    })
}

/// The requester and the card, in one line.
fn requester(language: Language, view: &SessionPage, card: &CardId) -> String {
    let name = view.reception.name.in_language(language);
    let card = match &view.cards {
        AvailableCards::Virtual { cards, .. } => cards
            .iter()
            .find(|summary| summary.id == *card)
            .map_or(card.as_str(), |summary| summary.label.in_language(language)),
        AvailableCards::InReaders(reader_list) => {
            readers::find_reader_name(reader_list, card).unwrap_or(texts::THE_CARD_IS_GONE.in_language(language))
        }
    };
    texts::requester_and_card(language, name, card)
}

/// The error for a wrong PIN, with the remaining tries and what to do.
fn wrong_pin(language: Language, tries_left: u8) -> String {
    if tries_left == 1 {
        texts::wrong_pin_last_try(language, last_try_note(language))
    } else {
        texts::wrong_pin(language, tries_left)
    }
}

/// The notice for a phone as card, which has a PIN of its own.
fn phone_notice(language: Language) -> Markup {
    components::notice(
        components::Tone::Info,
        texts::THIS_IS_A_PHONES_CERTIFICATE.in_language(language),
        html! {
            p { (texts::ENTER_FOUR_DIGITS_OF_PHONE.in_language(language)) }
        },
    )
}

/// The notice for a certificate near or past its end: its use, and where to renew it.
fn renewal_notice(language: Language, ends: Timestamp, now: Timestamp) -> Markup {
    let last_day = dates::format_date(language, ends.japan_date());
    if now > ends {
        components::notice(
            components::Tone::Warning,
            texts::CERTIFICATE_ON_THIS_CARD_HAS_EXPIRED.in_language(language),
            html! {
                p { (texts::CERTIFICATE_WAS_VALID_TO.in_language(language)) b { (last_day) } (texts::CERTIFICATE_WAS_VALID_TO_END.in_language(language)) }
                p { (texts::FOR_THREE_MONTHS_INSURANCE_ONLY.in_language(language)) }
            },
        )
    } else if jpki::is_due_for_renewal(ends, now) {
        components::notice(
            components::Tone::Info,
            texts::RENEW_YOUR_CERTIFICATE_SOON.in_language(language),
            html! {
                p { (texts::CERTIFICATE_IS_VALID_TO.in_language(language)) b { (last_day) } (texts::CERTIFICATE_CAN_BE_USED_NOW.in_language(language)) }
                p { (texts::RENEW_IT_AT_MUNICIPAL_OFFICE.in_language(language)) }
            },
        )
    } else {
        html! {}
    }
}

fn reader_instructions(language: Language) -> Markup {
    html! {
        p { (texts::LEAVE_CARD_ON_READER.in_language(language)) }
        (drawing::card_reader(language))
    }
}

fn hold_instructions(language: Language, device: Device) -> Markup {
    let (picture, text) = match device {
        Device::Android => (
            drawing::hold_card(language, drawing::PhoneKind::Android),
            texts::PLACE_BACK_OF_PHONE_ON_CARD.in_language(language),
        ),
        Device::Iphone => (
            drawing::hold_card(language, drawing::PhoneKind::Iphone),
            texts::PLACE_EDGE_OF_IPHONE_ON_CARD.in_language(language),
        ),
        Device::Computer => (drawing::card_reader(language), texts::PLACE_CARD_ON_READER.in_language(language)),
    };
    html! { p { (text) } (picture) }
}

/// The removal faults, which only a simulation offers.
fn removal_fault_choice(language: Language) -> Markup {
    let options = [
        components::Choice::new("none", texts::HOLD_IT_STILL.in_language(language)),
        components::Choice::new("reading", texts::MOVE_AWAY_BEFORE_PIN_IS_CHECKED.in_language(language)),
        components::Choice::new("pin", texts::MOVE_AWAY_WHILE_PIN_IS_CHECKED.in_language(language)),
        components::Choice::new("signature", texts::MOVE_AWAY_AFTER_PIN_WAS_CHECKED.in_language(language)),
    ];
    components::disclosure(
        texts::SIMULATION_HOW_CARD_IS_HELD.in_language(language),
        html! {
            (components::Select::new(language, "slip", texts::CARD_WHILE_IT_IS_READ.in_language(language), &options)
                .selected("none").without_mark())
        },
    )
}

fn last_try_note(language: Language) -> &'static str {
    texts::ONE_ATTEMPT_IS_LEFT.in_language(language)
}

/// The notice that the card was used elsewhere meanwhile.
fn tries_changed_notice(language: Language, tries_left: u8) -> String {
    if tries_left == 1 {
        texts::attempts_left_have_changed_last_try(language, last_try_note(language))
    } else {
        texts::attempts_left_have_changed(language, tries_left)
    }
}

fn pin_help(language: Language) -> Markup {
    components::disclosure(
        texts::IF_YOU_DO_NOT_KNOW_PIN.in_language(language),
        html! {
            ul {
                li { (texts::CARD_HAS_FOUR_PINS.in_language(language)) }
                li { (texts::PIN_LOCKS_AFTER_THREE_ATTEMPTS.in_language(language)) }
                li { (texts::IF_YOU_DO_NOT_KNOW_IT_CANCEL.in_language(language)) }
                li { (texts::DO_NOT_ENTER_REAL_CARDS_PIN.in_language(language)) }
            }
        },
    )
}
