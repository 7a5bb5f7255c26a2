//! The request: requester and purpose, shown before the card is inspected and before any PIN.

use app_auth::{AuthenticationRequest, OpenMethod, Purpose};
use maud::{Markup, html};
use text::{Language, dates};
use ui::{Document, Frame, components};

use super::{
    card_choice, no_cards_notice, readers,
    session::{AvailableCards, SessionPage, SessionProblem},
};
use crate::{
    CardId, CardSummary,
    pages::texts,
    rules::session::{PinState, ReadFailure},
};

pub(super) fn page(
    frame: &Frame,
    view: &SessionPage,
    request: &AuthenticationRequest,
    retry_reason: Option<ReadFailure>,
) -> Markup {
    let language = frame.language;
    let id = view.session.id;
    let title = match retry_reason {
        None => texts::CHECK_THE_REQUEST.in_language(language),
        Some(_) => texts::PLEASE_SCAN_THE_CARD_AGAIN.in_language(language),
    };
    let document = Document::new(frame, title);
    let message =
        (view.problem == Some(SessionProblem::NoCard)).then(|| texts::PLEASE_CHOOSE_A_CARD.in_language(language));
    let document = if message.is_some() { document.with_problems() } else { document };
    let problem = message.map(|message| components::Problem { field: "card", message });
    document.main(html! {
        (components::error_summary(language, problem.as_slice()))
        @if let Some(failure) = retry_reason { (render_failure(language, failure, &view.cards)) }
        (request_details(language, view, request))
        @if view.session.claim.open_method == OpenMethod::Scan { (other_device_warning(language, request)) }
        @match &view.cards {
            AvailableCards::InReaders(reader_list) => (readers::render_card_choice(frame, &format!("/visits/{id}"), reader_list, message)),
            AvailableCards::Virtual { cards, .. } if cards.is_empty() => (no_cards_notice(language)),
            AvailableCards::Virtual { cards, preselected } => (components::form(frame, &format!("/visits/{id}/card"), html! {
                (preselected_choice(language, cards, preselected.as_ref(), message))
                (components::bottom_bar(components::primary_button(texts::NEXT.in_language(language), Some(texts::NEXT_ENTER_THE_PIN.in_language(language)))))
            })),
        }
        (components::post_button(frame, &format!("/visits/{id}/cancel"), components::ButtonStyle::Quiet, texts::CANCEL.in_language(language)))
    })
}

/// The items of the request. Institution, day and browser are stated by the reception; its name and address are from the
/// app's own list.
fn request_details(language: Language, view: &SessionPage, request: &AuthenticationRequest) -> Markup {
    let mut rows = vec![(
        texts::REQUESTED_BY.in_language(language),
        html! { (view.reception.name.in_language(language)) br; span.fine { (view.reception.origin) } },
    )];
    match &request.purpose {
        Purpose::Register { institution, visit_date } => {
            rows.push((
                texts::PURPOSE.in_language(language),
                html! { (texts::TO_REGISTER_YOUR_CONSENT.in_language(language)) },
            ));
            rows.push((texts::INSTITUTION.in_language(language), html! { (institution) }));
            rows.push(match visit_date {
                Some(date) => (texts::VISIT_DAY.in_language(language), html! { (dates::format_date(language, *date)) }),
                None => (
                    texts::KIND_OF_CARE.in_language(language),
                    html! { (texts::HOME_VISITS_VALID_UNTIL_YOU_WITHDRAW.in_language(language)) },
                ),
            });
        }
        Purpose::Review => rows.push((
            texts::PURPOSE.in_language(language),
            html! { (texts::TO_SEE_AND_CHANGE_CONSENTS.in_language(language)) },
        )),
        Purpose::Withdraw => rows.push((
            texts::PURPOSE.in_language(language),
            html! { (texts::TO_WITHDRAW_ALL_CONSENTS.in_language(language)) },
        )),
    }
    rows.push((texts::STARTED_IN.in_language(language), html! { (request.browser) }));
    rows.push((
        texts::STARTED_AT.in_language(language),
        html! { (dates::format_date_time(language, request.started_at)) },
    ));
    components::plain_panel(components::description_list(&rows))
}

fn other_device_warning(language: Language, request: &AuthenticationRequest) -> Markup {
    components::notice(
        components::Tone::Warning,
        texts::STARTED_ON_ANOTHER_DEVICE.in_language(language),
        html! {
            p { (texts::this_was_started_in(language, &request.browser)) }
        },
    )
}

fn preselected_choice(
    language: Language,
    cards: &[CardSummary],
    preselected: Option<&CardId>,
    error: Option<&str>,
) -> Markup {
    let preselected = preselected.and_then(|id| cards.iter().find(|card| card.id == *id));
    match preselected {
        None => card_choice(language, cards, None, error),
        Some(card) => html! {
            p { (texts::YOUR_CARD_LABEL.in_language(language)) b { (card.label.in_language(language)) } }
            (components::disclosure(
                texts::USE_ANOTHER_CARD.in_language(language),
                card_choice(language, cards, Some(&card.id), error),
            ))
        },
    }
}

/// Why the last reading failed, and whether a try was spent.
fn render_failure(language: Language, failure: ReadFailure, cards: &AvailableCards) -> Markup {
    let (heading, text) = match failure {
        ReadFailure::Removed(state) => {
            (texts::CARD_MOVED_AWAY_TOO_EARLY.in_language(language), pin_cost_text(language, state))
        }
        ReadFailure::Failed(state) => {
            (texts::CARD_COULD_NOT_BE_READ.in_language(language), pin_cost_text(language, state))
        }
        ReadFailure::InUse => (
            texts::THE_CARD_IS_IN_USE.in_language(language),
            match cards {
                AvailableCards::InReaders(_) => texts::ANOTHER_PROGRAM_IS_USING_THIS_CARD.in_language(language),
                AvailableCards::Virtual { .. } => texts::ANOTHER_WINDOW_IS_READING_THIS_CARD.in_language(language),
            },
        ),
        ReadFailure::NoCard => (
            texts::CARD_IS_NO_LONGER_ON_READER.in_language(language),
            texts::CARD_LEFT_BEFORE_READING.in_language(language),
        ),
        ReadFailure::Changed => (
            texts::ANOTHER_CARD_LIES_THERE_NOW.in_language(language),
            texts::NOT_THE_CARD_LOOKED_AT.in_language(language),
        ),
        ReadFailure::Mute => (
            texts::THE_CARD_DOES_NOT_ANSWER.in_language(language),
            texts::NO_ATTEMPT_LOST_LAY_CARD_AGAIN.in_language(language),
        ),
        ReadFailure::ReaderLost(state) => {
            (texts::THE_CARD_READER_STOPPED_ANSWERING.in_language(language), pin_cost_text(language, state))
        }
        ReadFailure::OtherCard => (
            texts::THIS_SEEMS_TO_BE_ANOTHER_CARD.in_language(language),
            texts::NO_CERTIFICATE_FOR_USER_AUTHENTICATION.in_language(language),
        ),
        ReadFailure::Interrupted => (
            texts::THE_LAST_READING_WAS_INTERRUPTED.in_language(language),
            texts::CHOICES_KEPT_AFTER_INTERRUPTION.in_language(language),
        ),
    };
    components::notice(
        components::Tone::Error,
        heading,
        html! {
            p { (text) }
            @if matches!(failure, ReadFailure::Removed(_) | ReadFailure::Failed(_)) {
                p { (texts::TAKE_CARD_OUT_OF_ITS_CASE.in_language(language)) }
            }
            @if matches!(failure, ReadFailure::ReaderLost(_)) {
                p { (texts::PLUG_CARD_READER_AGAIN.in_language(language)) }
            }
        },
    )
}

fn pin_cost_text(language: Language, state: PinState) -> &'static str {
    match state {
        PinState::NotPresented => texts::PIN_WAS_NOT_CHECKED_YET.in_language(language),
        PinState::Unanswered => texts::ATTEMPT_MAY_HAVE_BEEN_COUNTED.in_language(language),
        PinState::Right => texts::PIN_WAS_RIGHT.in_language(language),
    }
}
