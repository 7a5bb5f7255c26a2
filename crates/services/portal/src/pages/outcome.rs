//! The pages of waiting and of each outcome, with the link to continue.

use app_auth::{AuthenticationOutcome, ErrorSubject, RETURN_PATH};
use base::Timestamp;
use maud::{Markup, html};
use text::{Language, dates};
use ui::{Document, Frame, components, drawing};

use super::{
    ReturnRoute, return_route,
    session::{SessionPage, return_link},
};
use crate::{
    pages::texts,
    rules::session::{LockTime, RETURN_CODE_LIFE, SessionEnd},
};

/// The interval at which a waiting page polls.
const POLL_MILLISECONDS: u32 = 1000;

fn waiting_page(frame: &Frame, view: &SessionPage, title: &str, label: &str, text: &str) -> Markup {
    let poll = components::Poll {
        url: format!("/visits/{}/progress", view.session.id),
        every_milliseconds: POLL_MILLISECONDS,
    };
    Document::new(frame, title).main(components::waiting_panel(frame, &poll, label, html! { p { (text) } }))
}

pub(super) fn opening_page(frame: &Frame, view: &SessionPage) -> Markup {
    let language = frame.language;
    waiting_page(
        frame,
        view,
        texts::OPENING_PORTAL_APP.in_language(language),
        texts::GETTING_THE_REQUEST.in_language(language),
        texts::PLEASE_LEAVE_THIS_PAGE_OPEN.in_language(language),
    )
}

pub(super) fn reading_page(frame: &Frame, view: &SessionPage) -> Markup {
    let language = frame.language;
    waiting_page(
        frame,
        view,
        texts::SCANNING.in_language(language),
        texts::SCANNING_THE_CARD.in_language(language),
        texts::DO_NOT_MOVE_THE_CARD.in_language(language),
    )
}

pub(super) fn sending_page(frame: &Frame, view: &SessionPage) -> Markup {
    let language = frame.language;
    waiting_page(
        frame,
        view,
        texts::SENDING.in_language(language),
        texts::SENDING_TO_THE_RECEPTION.in_language(language),
        texts::YOU_CAN_TAKE_CARD_AWAY_NOW.in_language(language),
    )
}

pub(super) fn unreachable_page(frame: &Frame, view: &SessionPage) -> Markup {
    let language = frame.language;
    let title = texts::RECEPTION_COULD_NOT_BE_REACHED.in_language(language);
    Document::new(frame, title).main(html! {
        p { (texts::APP_COULD_NOT_GET_REQUEST.in_language(language)) }
        (components::form(frame, "/open", html! {
            (components::hidden_field("ticket", &view.session.claim.ticket.reveal()))
            (components::hidden_field("opened", view.session.claim.open_method.as_str()))
            (components::primary_button(texts::TRY_TO_CONNECT_AGAIN.in_language(language), Some(texts::THEN_YOU_SEE_THE_REQUEST.in_language(language))))
        }))
        (cancel_button(frame, view))
    })
}

pub(super) fn unsent_page(frame: &Frame, view: &SessionPage) -> Markup {
    let language = frame.language;
    let title = texts::COULD_NOT_SEND_TO_RECEPTION.in_language(language);
    Document::new(frame, title).main(html! {
        p { (texts::CARD_WAS_SCANNED_NOT_NEEDED_AGAIN.in_language(language)) }
        (components::form(frame, &format!("/visits/{}/send", view.session.id), components::primary_button(
            texts::SEND_TO_RECEPTION_AGAIN.in_language(language),
            Some(texts::AFTER_SENDING_PROCEDURE_CONTINUES.in_language(language)),
        )))
        (cancel_button(frame, view))
    })
}

fn cancel_button(frame: &Frame, view: &SessionPage) -> Markup {
    let action = format!("/visits/{}/cancel", view.session.id);
    components::post_button(frame, &action, components::ButtonStyle::Quiet, texts::CANCEL.in_language(frame.language))
}

/// The card was read, but the procedure is not finished before the person has returned: the title says what is left to do,
/// and nothing looks finished.
pub(super) fn completed_page(
    frame: &Frame,
    view: &SessionPage,
    outcome: &AuthenticationOutcome,
    completed_at: Timestamp,
) -> Markup {
    let language = frame.language;
    let return_title = texts::ONE_MORE_STEP_GO_BACK_TO_BROWSER.in_language(language);
    let number_title = texts::ONE_MORE_STEP_ENTER_NUMBER.in_language(language);
    let is_fresh = view.now < completed_at.plus(RETURN_CODE_LIFE);
    match outcome {
        AuthenticationOutcome::Return { code } => {
            // An expired code is useless; without a code the browser opens the page that it left.
            let href = if is_fresh {
                return_link(&view.session, &code.reveal())
            } else {
                view.session.reception.url(RETURN_PATH)
            };
            Document::new(frame, return_title).main(html! {
                p { (texts::CARD_WAS_SCANNED_YOU_WILL_RETURN.in_language(language)) }
                (components::bottom_bar(components::primary_link(&href, texts::BACK_TO_THE_BROWSER.in_language(language), None)))
                p { (texts::IF_BACK_ALREADY_CLOSE_PAGE.in_language(language)) }
            })
        }
        AuthenticationOutcome::ReturnOrConfirmationDigits { code, digits } if is_fresh => {
            Document::new(frame, return_title).main(html! {
                p { (texts::CARD_WAS_SCANNED_GO_BACK.in_language(language)) }
                (components::bottom_bar(components::primary_link(
                    &return_link(&view.session, &code.reveal()),
                    texts::BACK_TO_THE_BROWSER.in_language(language),
                    Some(texts::THIS_OPENS_RECEPTION_WEB.in_language(language)),
                )))
                h2 { (texts::IF_YOU_ARE_ASKED_FOR_NUMBER.in_language(language)) }
                p { (texts::IF_YOU_WENT_BACK_BY_YOURSELF.in_language(language)) }
                (number_section(language, view, digits))
            })
        }
        AuthenticationOutcome::ConfirmationDigits { digits }
        | AuthenticationOutcome::ReturnOrConfirmationDigits { digits, .. } => {
            Document::new(frame, number_title).main(html! {
                p { (match return_route(&view.session) {
                    ReturnRoute::OtherDevice => texts::ENTER_DIGITS_ON_OTHER_DEVICE.in_language(language),
                    ReturnRoute::ByHand | ReturnRoute::Link(_) => texts::GO_BACK_AND_ENTER_DIGITS.in_language(language),
                }) }
                (number_section(language, view, digits))
            })
        }
    }
}

fn number_section(language: Language, view: &SessionPage, digits: &str) -> Markup {
    let label = texts::NUMBER_TO_ENTER.in_language(language);
    html! {
        @match return_route(&view.session) {
            ReturnRoute::OtherDevice => (components::big_digits(label, digits)),
            ReturnRoute::ByHand | ReturnRoute::Link(_) => {
                (components::copyable_digits(
                    language,
                    label,
                    digits,
                    texts::COPY_NUMBER_AND_GO_BACK.in_language(language),
                    texts::COPIED_TAP_BROWSERS_NAME.in_language(language),
                ))
                (drawing::back_to_browser(language))
                (switch_back_steps(language))
            }
        }
        (components::notice(components::Tone::Warning, texts::IF_SOMEBODY_ASKS_YOU_FOR_THIS_NUMBER.in_language(language), html! {
            p { (texts::ENTER_NUMBER_ONLY_WHERE_YOU_BEGAN.in_language(language)) }
        }))
    }
}

fn switch_back_steps(language: Language) -> Markup {
    components::numbered_list(&[
        html! { (texts::TAP_BROWSERS_NAME_AT_TOP_LEFT.in_language(language)) },
        html! { (texts::IF_NOT_SEEN_SWITCH_APPS.in_language(language)) },
    ])
}

pub(super) fn ended_page(frame: &Frame, view: &SessionPage, end: &SessionEnd) -> Markup {
    let language = frame.language;
    let title = match end {
        SessionEnd::Cancelled => texts::YOU_CANCELLED.in_language(language),
        SessionEnd::Locked(LockTime::JustNow) => texts::THE_PIN_IS_NOW_LOCKED.in_language(language),
        SessionEnd::Locked(LockTime::Earlier) => texts::PIN_OF_THIS_CARD_IS_LOCKED.in_language(language),
        SessionEnd::NoCertificate => texts::THIS_CARD_CANNOT_BE_USED.in_language(language),
        SessionEnd::Expired { .. } => texts::CERTIFICATE_ON_THIS_CARD_HAS_EXPIRED.in_language(language),
        SessionEnd::Refused { subject: ErrorSubject::Card, .. } => {
            texts::THIS_CARD_COULD_NOT_BE_USED.in_language(language)
        }
        SessionEnd::Refused { subject: ErrorSubject::Request, .. } => {
            texts::RECEPTION_DID_NOT_ACCEPT_IT.in_language(language)
        }
        SessionEnd::TooLate => texts::TIME_IS_UP.in_language(language),
    };
    Document::new(frame, title).main(html! {
        @match end {
            SessionEnd::Cancelled => p { (texts::NOTHING_REGISTERED_NO_ATTEMPT_LOST.in_language(language)) },
            SessionEnd::Locked(lock_time) => (locked_section(language, *lock_time)),
            SessionEnd::NoCertificate => {
                p { (texts::CARD_HAS_NO_USABLE_CERTIFICATE.in_language(language)) }
                (alternatives(language))
            }
            SessionEnd::Expired { not_after } => {
                p {
                    (texts::CERTIFICATE_WAS_VALID_TO.in_language(language)) b { (dates::format_date(language, not_after.japan_date())) }
                    (texts::CERTIFICATE_ENDED_LONG_AGO.in_language(language))
                }
                (alternatives(language))
            }
            SessionEnd::Refused { code, japanese, english, .. } => {
                p { (language.t(japanese, english)) }
                (components::error_code(language, code))
            }
            SessionEnd::TooLate => p { (texts::APP_CLOSES_AFTER_FIVE_MINUTES.in_language(language)) },
        }
        (back_section(language, view))
    })
}

fn locked_section(language: Language, lock_time: LockTime) -> Markup {
    html! {
        (drawing::locked(language))
        p { (match lock_time {
            LockTime::JustNow => texts::PIN_LOCKED_AFTER_THREE_ATTEMPTS.in_language(language),
            LockTime::Earlier => texts::PIN_WAS_LOCKED_BEFORE.in_language(language),
        }) }
        (alternatives(language))
    }
}

/// The alternatives to the card: a picture today, the municipal office later.
fn alternatives(language: Language) -> Markup {
    html! {
        h2 { (texts::FOR_TODAYS_VISIT.in_language(language)) }
        p { (texts::GO_BACK_AND_SEND_PICTURE.in_language(language)) }
        h2 { (texts::TO_USE_THE_CARD_AGAIN.in_language(language)) }
        p { (texts::TAKE_CARD_TO_YOUR_MUNICIPAL_OFFICE.in_language(language)) }
    }
}

fn back_section(language: Language, view: &SessionPage) -> Markup {
    match return_route(&view.session) {
        ReturnRoute::Link(href) => components::bottom_bar(components::primary_link(
            &href,
            texts::BACK_TO_THE_BROWSER.in_language(language),
            Some(texts::THERE_YOU_CHOOSE_HOW_TO_CONTINUE.in_language(language)),
        )),
        ReturnRoute::ByHand => html! {
            h2 { (texts::BACK_TO_THE_BROWSER.in_language(language)) }
            (drawing::back_to_browser(language))
            (switch_back_steps(language))
        },
        ReturnRoute::OtherDevice => html! {
            p { (texts::OTHER_DEVICE_SHOWS_HOW_TO_CONTINUE.in_language(language)) }
        },
    }
}
