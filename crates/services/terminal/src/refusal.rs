pub(crate) mod texts;

use axum::response::{IntoResponse, Response};
use base::CatalogueEntry;
use http::StatusCode;
use text::Text;
use web::{ErrorPage, Fault, Link, Refuse};

use crate::{client::EligibilityError, wording::format_approximate_time};

/// All refusals of the terminal.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    // Fault::Person
    /// The page does not exist, or is not for this account.
    #[error("there is no such page for this account")]
    NotFound,
    /// The link to a reception was sealed for another sign-in.
    #[error("the link was made for another sign-in")]
    StaleLink,

    /// Too many passwords wait to be hashed.
    #[error("too many sign in at once")]
    SignInsBusy(#[from] accounts::password::HashingBusy),

    // Fault::OtherParty
    /// オンライン資格確認等システム failed or refused.
    #[error("the eligibility system did not answer")]
    Interface(#[from] EligibilityError),

    // Fault::ThisService
    /// The exchange folder `face` is not writable.
    #[error("the folder face cannot be written")]
    Folder(#[source] std::io::Error),
    #[error("the database failed")]
    Database(#[from] database::Error),
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "terminal.page.none",
            Self::StaleLink => "terminal.link.stale",
            Self::SignInsBusy(_) => "terminal.sign_in.busy",
            Self::Interface(failure) => match failure {
                EligibilityError::Unreachable(_) => "terminal.interface.unreachable",
                EligibilityError::Timeout(_) => "terminal.interface.slow",
                EligibilityError::UntrustedServer(_) => "terminal.interface.server",
                EligibilityError::CertificateRefused(_) => "terminal.interface.certificate",
                EligibilityError::Closed { .. } => "terminal.interface.closed",
                EligibilityError::CutOff(_) => "terminal.interface.cut_off",
                EligibilityError::Status(_) => "terminal.interface.status",
                EligibilityError::TooLarge(_) => "terminal.interface.too_long",
                EligibilityError::Archive(_) => "terminal.interface.archive",
                EligibilityError::Unreadable(_) => "terminal.interface.unreadable",
                EligibilityError::UnexpectedMessage => "terminal.interface.message",
                EligibilityError::MismatchedResponse => "terminal.interface.not_ours",
                EligibilityError::Refused(_) => "terminal.interface.refused",
            },
            Self::Folder(_) => "terminal.face.unwritten",
            Self::Database(_) => "terminal.store.database",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::NotFound | Self::StaleLink | Self::SignInsBusy(_) => Fault::Person,
            Self::Interface(_) => Fault::OtherParty,
            Self::Folder(_) | Self::Database(_) => Fault::ThisService,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Database(error) if error.is_outage() => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotFound | Self::StaleLink => StatusCode::NOT_FOUND,
            Self::SignInsBusy(_) | Self::Interface(EligibilityError::Closed { .. }) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Interface(EligibilityError::Timeout(_)) => StatusCode::GATEWAY_TIMEOUT,
            Self::Interface(_) => StatusCode::BAD_GATEWAY,
            Self::Folder(_) | Self::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn is_outage(&self) -> bool {
        matches!(self, Self::Database(error) if error.is_outage())
    }

    fn retry_after(&self) -> Option<u32> {
        matches!(self, Self::SignInsBusy(_)).then_some(10)
    }

    fn error_page(&self) -> ErrorPage {
        let (title, explanation) = match self {
            Self::SignInsBusy(_) => (texts::MANY_PEOPLE_ARE_SIGNING_IN, texts::YOUR_PASSWORD_WAS_NOT_CHECKED),
            Self::NotFound => (texts::PAGE_NOT_FOUND, texts::ADDRESS_IS_WRONG),
            Self::StaleLink => (texts::THIS_PAGE_HAS_TO_BE_OPENED_AGAIN, texts::OPEN_PATIENT_FROM_LIST_AGAIN),
            Self::Interface(failure) => eligibility_error_texts(failure),
            Self::Folder(_) => (texts::NOT_HANDED_TO_RECEIPT_COMPUTER, texts::FOLDER_FACE_CANNOT_BE_WRITTEN),
            Self::Database(_) => (texts::WE_ARE_SORRY_THIS_COULD_NOT_BE_DONE, texts::FAULT_IS_TERMINALS),
        };
        ErrorPage { title, explanation, links: vec![Link::new("/", texts::TO_THE_FIRST_PAGE)] }
    }
}

/// Title and explanation of a failure of the system: what happened, and what the desk does next.
pub(crate) fn eligibility_error_texts(failure: &EligibilityError) -> (Text, Text) {
    match failure {
        EligibilityError::Unreachable(_) => {
            (texts::ELIGIBILITY_SYSTEM_CANNOT_BE_REACHED, texts::CHECK_LINE_AND_ADDRESS)
        }
        EligibilityError::Timeout(_) => (texts::THE_ANSWER_TAKES_TOO_LONG, texts::SYSTEM_MAY_BE_BUSY),
        EligibilityError::UntrustedServer(_) => {
            (texts::SERVER_COULD_NOT_PROVE_WHAT_IT_IS, texts::SERVERS_CERTIFICATE_IS_NOT_TRUSTED)
        }
        EligibilityError::CertificateRefused(_) => {
            (texts::THIS_TERMINALS_CERTIFICATE_IS_NOT_ACCEPTED, texts::INSTITUTIONS_CERTIFICATE_MUST_BE_RENEWED)
        }
        EligibilityError::Closed { retry_at } => {
            let when = match retry_at {
                None => texts::LATER,
                Some(time) => texts::at_about(Text::from_fn(|language| format_approximate_time(language, *time))),
            };
            (texts::THE_ELIGIBILITY_SYSTEM_IS_CLOSED, texts::ask_again_when_it_is_open(when))
        }
        EligibilityError::CutOff(_) => (texts::THE_CONNECTION_BROKE_OFF, texts::ANSWER_DID_NOT_ARRIVE_WHOLE),
        EligibilityError::Refused(fault) => {
            let message = fault.message.clone().or_else(|| fault.code.clone()).unwrap_or_default();
            (texts::SYSTEM_DID_NOT_TAKE_QUESTION, texts::the_system_says(message))
        }
        EligibilityError::MismatchedResponse => {
            (texts::ANSWER_IS_NOT_TO_THIS_QUESTION, texts::ANSWER_TO_ANOTHER_QUESTION_CAME)
        }
        EligibilityError::Status(_)
        | EligibilityError::TooLarge(_)
        | EligibilityError::Archive(_)
        | EligibilityError::Unreadable(_)
        | EligibilityError::UnexpectedMessage => (texts::ANSWER_COULD_NOT_BE_READ, texts::ANSWER_HAS_WRONG_FORM),
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        web::refusal_response(self)
    }
}

/// The codes of the terminal, for the reference.
pub const CATALOGUE: &[CatalogueEntry] = &[
    CatalogueEntry {
        code: "terminal.page.none",
        meaning: "There is no such page, or the account that is signed in does not see it.",
        remedy: "Sign in with the account that the page is for: 一般, 医療情報閲覧 or 管理者.",
    },
    CatalogueEntry {
        code: "terminal.link.stale",
        meaning: "A link to one reception was made for another sign-in, browser or institution, or was changed.",
        remedy: "Open the reception from the list again.",
    },
    CatalogueEntry {
        code: "terminal.sign_in.busy",
        meaning: "More passwords wait to be checked than the terminal checks within seconds.",
        remedy: "Wait some seconds and sign in again.",
    },
    CatalogueEntry {
        code: "terminal.interface.unreachable",
        meaning: "No connection to the eligibility system could be opened.",
        remedy: "Check that it runs, the line, and the interface's address in the settings.",
    },
    CatalogueEntry {
        code: "terminal.interface.slow",
        meaning: "The eligibility system did not answer within 30 seconds (5 for connecting).",
        remedy: "Ask again; look at the system's load if it goes on.",
    },
    CatalogueEntry {
        code: "terminal.interface.server",
        meaning: "The server's certificate is not of the root in the settings, not for this host, or not valid now.",
        remedy: "Compare the root certificate and the address in the settings with those of the system.",
    },
    CatalogueEntry {
        code: "terminal.interface.certificate",
        meaning: "The system refuses the institution's client certificate: unknown, ended or revoked.",
        remedy: "Issue the institution a new certificate and put it into the settings of its station.",
    },
    CatalogueEntry {
        code: "terminal.interface.closed",
        meaning: "The system says that it is closed (HTTP 503): maintenance, or a fault of its own.",
        remedy: "Ask again later; look at the system's log.",
    },
    CatalogueEntry {
        code: "terminal.interface.cut_off",
        meaning: "The connection broke before the answer was whole. A refused client certificate may look like this too.",
        remedy: "Ask again; check the line, then the institution's certificate.",
    },
    CatalogueEntry {
        code: "terminal.interface.status",
        meaning: "The system answered with an HTTP status that the interface does not have.",
        remedy: "Check that the address in the settings is that of the institutions' interface.",
    },
    CatalogueEntry {
        code: "terminal.interface.too_long",
        meaning: "The answer is longer than a message of its kind can be.",
        remedy: "Ask for fewer days; look at what answers at the interface's address.",
    },
    CatalogueEntry {
        code: "terminal.interface.archive",
        meaning: "The answer came packed and cannot be unpacked.",
        remedy: "Ask again; if it goes on, look at the system's answer.",
    },
    CatalogueEntry {
        code: "terminal.interface.unreadable",
        meaning: "The answer is no message of the interface; the log names the element.",
        remedy: "Look at the log; compare the versions of terminal and system.",
    },
    CatalogueEntry {
        code: "terminal.interface.message",
        meaning: "The answer lacks what the question was for, as the number under which a list is fetched.",
        remedy: "Look at the log; compare the versions of terminal and system.",
    },
    CatalogueEntry {
        code: "terminal.interface.not_ours",
        meaning: "The answer names another institution, or another question's identifier. It is not shown.",
        remedy: "Ask again; if it goes on, the system mixes up answers and must be stopped.",
    },
    CatalogueEntry {
        code: "terminal.interface.refused",
        meaning: "The system itself says no (処理結果区分 9); its own message is shown.",
        remedy: "Do what the message says.",
    },
    CatalogueEntry {
        code: "terminal.face.unwritten",
        meaning: "The result of a reception could not be written into the exchange folder face.",
        remedy: "Look at the folder's space and permissions; the log has the cause.",
    },
    CatalogueEntry {
        code: "terminal.store.database",
        meaning: "The terminal's database failed; its log has the whole chain of causes.",
        remedy: "Try again; if it persists, read the log at this time.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_of_the_database_is_one_that_passes() {
        let outage = Refusal::Database(database::Error::Stopped);
        assert_eq!((outage.status(), outage.is_outage()), (StatusCode::SERVICE_UNAVAILABLE, true));
        let panicked = Refusal::Database(database::Error::Panicked);
        assert_eq!((panicked.status(), panicked.is_outage()), (StatusCode::INTERNAL_SERVER_ERROR, false));
    }

    #[test]
    fn every_code_has_its_entry_and_every_entry_its_code() {
        let mut all =
            vec![Refusal::NotFound, Refusal::StaleLink, Refusal::SignInsBusy(accounts::password::HashingBusy)];
        all.extend(EligibilityError::examples().into_iter().map(Refusal::Interface));
        all.push(Refusal::Folder(std::io::Error::other("full")));
        all.push(Refusal::Database(database::Error::Stopped));
        let codes: Vec<_> = all.iter().map(Refuse::code).collect();
        let entries: Vec<_> = CATALOGUE.iter().map(|entry| entry.code).collect();
        assert_eq!(codes, entries);
    }
}
