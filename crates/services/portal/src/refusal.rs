//! The refusals of the app that have a page of their own. A refusal of a reception is none of these: the session ends, and
//! its page shows the reception's text.

pub(crate) mod texts;

use axum::response::{IntoResponse, Response};
use base::CatalogueEntry;
use card::OfficeRefusal;
use http::StatusCode;
use web::{ErrorPage, Fault, Link, Refuse};

use crate::rules::{loopback_guard::ForeignRequest, session::TransitionError};

/// Why a request was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The link has no ticket.
    #[error("the link carries no ticket")]
    NoTicket,
    /// The session does not exist, or is another browser's.
    #[error("this browser has no such visit")]
    NoSuchSession,
    /// The session is at another step.
    #[error(transparent)]
    Step(#[from] TransitionError),
    #[error("there is no such card")]
    NoSuchCard,
    /// The card is leased by another.
    #[error("somebody else has the card in hand")]
    CardInUse,
    /// The municipal office refused the operation.
    #[error("the office did not do it")]
    Office(#[from] OfficeRefusal),
    /// The window on a person's computer refuses the request of another site.
    #[error(transparent)]
    ForeignRequest(#[from] ForeignRequest),
    /// The task of a card session panicked or was cancelled.
    #[error("the session with the card broke down")]
    CardSession(#[source] tokio::task::JoinError),
    /// A sealed row cannot be opened with the service's key.
    #[error("what is kept sealed does not open with this key")]
    Unsealable,
    /// A stored value cannot be deserialized or serialized.
    #[error("what is kept cannot be read or written out")]
    StoredContent(#[source] serde_json::Error),
    #[error("the store failed")]
    Store(#[from] database::Error),
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NoTicket => "portal.open.ticket",
            Self::NoSuchSession => "portal.visit.none",
            Self::Step(_) => "portal.visit.step",
            Self::NoSuchCard => "portal.card.none",
            Self::CardInUse => "portal.card.in_use",
            Self::Office(_) => "portal.card.office",
            Self::ForeignRequest(ForeignRequest::Host) => "portal.window.name",
            Self::ForeignRequest(ForeignRequest::Framed) => "portal.window.framed",
            Self::ForeignRequest(ForeignRequest::CrossSite) => "portal.window.elsewhere",
            Self::CardSession(_) => "portal.card.session",
            Self::Unsealable => "portal.store.key",
            Self::StoredContent(_) => "portal.store.content",
            Self::Store(_) => "portal.store.failed",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::NoTicket
            | Self::NoSuchSession
            | Self::Step(_)
            | Self::NoSuchCard
            | Self::CardInUse
            | Self::Office(_) => Fault::Person,
            Self::ForeignRequest(_) => Fault::OtherParty,
            Self::CardSession(_) | Self::Unsealable | Self::StoredContent(_) | Self::Store(_) => Fault::ThisService,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Store(error) if error.is_outage() => StatusCode::SERVICE_UNAVAILABLE,
            Self::NoTicket => StatusCode::BAD_REQUEST,
            Self::NoSuchSession | Self::NoSuchCard => StatusCode::NOT_FOUND,
            Self::Step(_) | Self::CardInUse => StatusCode::CONFLICT,
            Self::Office(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::ForeignRequest(ForeignRequest::Host) => StatusCode::MISDIRECTED_REQUEST,
            Self::ForeignRequest(ForeignRequest::Framed | ForeignRequest::CrossSite) => StatusCode::FORBIDDEN,
            Self::CardSession(_) | Self::Unsealable | Self::StoredContent(_) | Self::Store(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    fn is_outage(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_outage())
    }

    fn error_page(&self) -> ErrorPage {
        let (title, explanation) = match self {
            Self::NoTicket => (texts::THIS_LINK_DOES_NOT_BEGIN_ANYTHING, texts::LINK_SEEMS_TO_BE_CUT_OFF),
            Self::NoSuchSession => (texts::THIS_READING_CANNOT_GO_ON, texts::OPENED_ON_ANOTHER_DEVICE_OR_ENDED),
            Self::Step(_) => (texts::THIS_WENT_ON_IN_ANOTHER_WINDOW, texts::GO_BACK_TO_SEE_THE_REST),
            Self::NoSuchCard => (texts::THIS_CARD_IS_NOT_HERE, texts::GO_BACK_AND_CHOOSE_CARD),
            Self::CardInUse => (texts::THE_CARD_IS_IN_USE, texts::ANOTHER_WINDOW_IS_READING_THIS_CARD),
            Self::Office(_) => (texts::THE_PIN_WAS_NOT_CHANGED, texts::CHECK_LENGTH_AND_LETTERS_OF_PIN),
            Self::ForeignRequest(_) => (texts::THIS_WAS_NOT_ACCEPTED, texts::NOT_SENT_FROM_RIGHT_PAGE),
            Self::CardSession(_) | Self::Unsealable | Self::StoredContent(_) | Self::Store(_) => {
                (texts::WE_ARE_SORRY_THIS_COULD_NOT_BE_DONE, texts::FAULT_IS_OURS)
            }
        };
        ErrorPage { title, explanation, links: vec![Link::new("/", texts::TO_THE_APPS_FIRST_PAGE)] }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        web::refusal_response(self)
    }
}

/// The codes of the app, for the reference.
pub const CATALOGUE: &[CatalogueEntry] = &[
    CatalogueEntry {
        code: "portal.open.ticket",
        meaning: "The link that opened the app carries no ticket, or one that is cut off.",
        remedy: "Open the app from the reception's page again.",
    },
    CatalogueEntry {
        code: "portal.visit.none",
        meaning: "This browser has no such visit: it is another browser's, or it is long over.",
        remedy: "Open the app from the reception's page again.",
    },
    CatalogueEntry {
        code: "portal.visit.step",
        meaning: "The visit is not at the step that was asked for (two windows, the back button, a double submit).",
        remedy: "Follow the redirect to where it is.",
    },
    CatalogueEntry {
        code: "portal.card.none",
        meaning: "The room has no virtual card of this name.",
        remedy: "Choose one of the cards on the app's first page.",
    },
    CatalogueEntry {
        code: "portal.card.in_use",
        meaning: "Another session has the card in hand. It is put down at the session's end, or after 30 seconds.",
        remedy: "Wait and try again.",
    },
    CatalogueEntry {
        code: "portal.card.office",
        meaning: "The municipal office's change does not fit the card: no such PIN, or a new PIN of another form.",
        remedy: "Name a PIN that the card has, and a value of its form.",
    },
    CatalogueEntry {
        code: "portal.window.name",
        meaning: "The window on a person's computer was asked for under a name other than its own address and port.",
        remedy: "Open it as http://127.0.0.1:PORT, with the port that `uketsuke portal` tells.",
    },
    CatalogueEntry {
        code: "portal.window.framed",
        meaning: "Another page wanted to show the window within itself.",
        remedy: "Open the app by a link that leads the whole tab to it.",
    },
    CatalogueEntry {
        code: "portal.window.elsewhere",
        meaning: "Another site's page sent something to the window, or wanted to read it.",
        remedy: "From another site only a link to /open is answered, as a page of its own.",
    },
    CatalogueEntry {
        code: "portal.card.session",
        meaning: "The session with the card broke down inside the program; the log has the cause.",
        remedy: "Try again; if it persists, read the log at this time.",
    },
    CatalogueEntry {
        code: "portal.store.key",
        meaning: "A sealed card or visit does not open: the room's key is another than the one that sealed it.",
        remedy: "Start the room with the key that belongs to its database.",
    },
    CatalogueEntry {
        code: "portal.store.content",
        meaning: "A stored card or visit cannot be read or written out.",
        remedy: "Read the log at this time; was the database written by a newer program?",
    },
    CatalogueEntry {
        code: "portal.store.failed",
        meaning: "The room's database failed; the log has the whole chain of causes.",
        remedy: "Try again; if it persists, read the log at this time.",
    },
];

#[cfg(test)]
mod tests {
    use card::PinReference;

    use super::*;

    #[test]
    fn an_outage_of_the_database_is_one_that_passes() {
        let outage = Refusal::Store(database::Error::Stopped);
        assert_eq!((outage.status(), outage.is_outage()), (StatusCode::SERVICE_UNAVAILABLE, true));
        let panicked = Refusal::Store(database::Error::Panicked);
        assert_eq!((panicked.status(), panicked.is_outage()), (StatusCode::INTERNAL_SERVER_ERROR, false));
    }

    #[tokio::test]
    async fn every_code_has_its_entry_and_every_entry_its_code() {
        let cancelled = tokio::spawn(std::future::pending::<()>());
        cancelled.abort();
        let unreadable = serde_json::from_str::<bool>("?").unwrap_err();
        let all = [
            Refusal::NoTicket,
            Refusal::NoSuchSession,
            Refusal::Step(TransitionError),
            Refusal::NoSuchCard,
            Refusal::CardInUse,
            Refusal::Office(OfficeRefusal::NoSuchPin(PinReference::AUTHENTICATION)),
            Refusal::ForeignRequest(ForeignRequest::Host),
            Refusal::ForeignRequest(ForeignRequest::Framed),
            Refusal::ForeignRequest(ForeignRequest::CrossSite),
            Refusal::CardSession(cancelled.await.unwrap_err()),
            Refusal::Unsealable,
            Refusal::StoredContent(unreadable),
            Refusal::Store(database::Error::Stopped),
        ];
        let codes: Vec<_> = all.iter().map(Refuse::code).collect();
        let entries: Vec<_> = CATALOGUE.iter().map(|entry| entry.code).collect();
        assert_eq!(codes, entries);
    }
}
