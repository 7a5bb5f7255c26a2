//! Every refusal of the reception.

pub(crate) mod texts;

use app_auth::AbortReason;
use axum::response::{IntoResponse, Response};
use base::CatalogueEntry;
use http::StatusCode;
use jpki::{RefusalKind, RefusalSource};
use text::Text;
use web::{ErrorPage, Fault, Link, Refuse};

use crate::{
    client::RevocationError,
    rules::{
        authentication::{self, AuthenticationEnd},
        procedure,
        refusal_reason::{ReceptionRefusal, RefusalReason},
    },
};

/// Why a request was refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("this browser began no such procedure")]
    NoSuchProcedure,
    #[error("this browser began no such app authentication")]
    NoSuchAuthentication,
    /// With the service that pushed it, if known.
    #[error("the pushed request is unknown or too old")]
    RequestGone(Option<ServiceHome>),
    /// With the service that pushed it, if known.
    #[error("the pushed request was used before, in another browser")]
    RequestUsed(Option<ServiceHome>),
    #[error("the browser arrived with a malformed request")]
    MalformedRequest(#[source] handover::OauthError),
    #[error("the procedure was begun in another browser")]
    OtherBrowser,
    /// The browser that began still asks for the number.
    #[error("the return code came in another browser than the one that began")]
    NumberPending,
    #[error("the return code is unknown")]
    ReturnUnknown,
    #[error("the visit date cannot be registered")]
    VisitDate,
    /// The card was read too long ago, or not at all.
    #[error("what is registered can be seen only after the card was read")]
    ReviewExpired,
    #[error("the procedure is not at this step")]
    ProcedureStep(#[from] procedure::ProcedureTransitionError),
    #[error("the app authentication was started again")]
    Superseded,
    #[error("the ticket is unknown or too old")]
    TicketUnknown,
    #[error("the app authentication is not at this step")]
    AuthenticationStep(#[from] authentication::AuthenticationTransitionError),
    #[error("the app's message cannot be read")]
    AppMessage,
    #[error("the card's answer is not accepted")]
    Card(#[source] jpki::Refusal),
    /// Neither the responder nor a revocation list gave the certificate's status.
    #[error("the revocation status of the certificate is unavailable")]
    RevocationUnavailable(#[source] RevocationError),
    /// The eligibility system refused.
    #[error("the registration was refused")]
    Eligibility(#[from] eligibility::Refusal),
    /// An OCSP request could not be encoded.
    #[error("the OCSP request could not be encoded")]
    Encoding(#[source] jpki::Unissuable),
    #[error("the store failed")]
    Store(#[from] database::Error),
}

/// A service that hands over, with the link back to it.
#[derive(Debug, Clone)]
pub struct ServiceHome {
    /// The name shown to patients.
    pub name: Text,
    /// The address of its first page.
    pub address: String,
}

impl ServiceHome {
    fn back_link(&self) -> Link {
        Link { href: self.address.clone(), label: texts::back_to_service(&self.name) }
    }
}

impl Refusal {
    /// The same refusal with the link back to the service, if its kind carries one.
    pub(crate) fn with_service_home(self, home: ServiceHome) -> Self {
        match self {
            Self::RequestGone(None) => Self::RequestGone(Some(home)),
            Self::RequestUsed(None) => Self::RequestUsed(Some(home)),
            refusal => refusal,
        }
    }

    /// The stable code, as sent to the app.
    pub(crate) fn code_text(&self) -> &'static str {
        match self {
            Self::NoSuchProcedure => "reception.procedure.none",
            Self::NoSuchAuthentication => "reception.authentication.none",
            Self::RequestGone(_) => "reception.arrive.request_gone",
            Self::RequestUsed(_) => "reception.arrive.request_used",
            Self::MalformedRequest(_) => "reception.arrive.malformed",
            Self::OtherBrowser => ReceptionRefusal::OtherBrowser.as_str(),
            Self::NumberPending => "reception.return.number_left",
            Self::ReturnUnknown => "reception.return.unknown",
            Self::VisitDate => "reception.begin.visit_date",
            Self::ReviewExpired => "reception.review.over",
            Self::ProcedureStep(_) => "reception.procedure.step",
            Self::Superseded => ReceptionRefusal::Superseded.as_str(),
            Self::TicketUnknown => "reception.authentication.ticket",
            Self::AuthenticationStep(authentication::AuthenticationTransitionError::AlreadyClaimed) => {
                "reception.authentication.claimed_before"
            }
            Self::AuthenticationStep(_) => "reception.authentication.step",
            Self::AppMessage => "reception.app.message",
            Self::Card(refusal) => refusal.code(),
            Self::RevocationUnavailable(_) => ReceptionRefusal::RevocationUnavailable.as_str(),
            Self::Eligibility(refusal) => refusal.code(),
            Self::Encoding(_) => ReceptionRefusal::Encoding.as_str(),
            Self::Store(_) => "reception.store.failed",
        }
    }

    /// What happened and what it means for the person, for pages and the app.
    pub(crate) fn explanation(&self) -> (Text, Text) {
        match self {
            Self::NoSuchProcedure | Self::NoSuchAuthentication => {
                (texts::THIS_PROCEDURE_CANNOT_GO_ON, texts::BEGUN_IN_ANOTHER_BROWSER_OR_ENDED)
            }
            Self::RequestGone(_) | Self::MalformedRequest(_) => {
                (texts::THIS_LINK_NO_LONGER_WORKS, texts::LINK_WORKS_ONCE_FOR_TWO_MINUTES)
            }
            Self::RequestUsed(_) => (texts::THIS_LINK_HAS_ALREADY_BEEN_USED, texts::LINK_WORKS_ONCE),
            Self::OtherBrowser => explain_reason(ReceptionRefusal::OtherBrowser.into()),
            Self::NumberPending => (texts::NOT_THE_BROWSER_WHERE_YOU_BEGAN, texts::ENTER_NUMBER_WHERE_YOU_BEGAN),
            Self::ReturnUnknown => (texts::THIS_WAY_BACK_NO_LONGER_WORKS, texts::REGISTRATION_IS_NOT_LOST),
            Self::VisitDate => (texts::THIS_VISIT_DAY_CANNOT_BE_REGISTERED, texts::ENTER_VISIT_DAY_FROM_TODAY),
            Self::ReviewExpired => (texts::SCAN_YOUR_CARD_AGAIN, texts::CONSENTS_ARE_SHOWN_FOR_TEN_MINUTES),
            Self::ProcedureStep(_) => {
                (texts::PROCEDURE_IS_AT_ANOTHER_STEP, texts::CONTINUED_IN_ANOTHER_WINDOW_OR_CHANGED)
            }
            Self::Superseded => explain_reason(ReceptionRefusal::Superseded.into()),
            Self::TicketUnknown => (texts::TIME_FOR_READING_IS_OVER, texts::GO_BACK_AND_OPEN_APP_AGAIN),
            Self::AuthenticationStep(authentication::AuthenticationTransitionError::AlreadyClaimed) => {
                (texts::ANOTHER_APP_HAS_OPENED_THIS, texts::IF_NOT_YOU_END_THE_PROCEDURE)
            }
            Self::AuthenticationStep(_) | Self::AppMessage => {
                (texts::WHAT_APP_SENT_WAS_NOT_ACCEPTED, texts::GO_BACK_AND_OPEN_APP_AGAIN)
            }
            Self::Card(refusal) => explain_reason(refusal.kind().into()),
            Self::RevocationUnavailable(_) => explain_reason(ReceptionRefusal::RevocationUnavailable.into()),
            Self::Eligibility(refusal) => explain_eligibility(refusal),
            Self::Encoding(_) => explain_reason(ReceptionRefusal::Encoding.into()),
            Self::Store(_) => own_fault(),
        }
    }
}

/// A fault of the reception itself.
fn own_fault() -> (Text, Text) {
    (texts::WE_ARE_SORRY_THIS_COULD_NOT_BE_DONE, texts::FAULT_IS_OURS)
}

fn explain_eligibility(refusal: &eligibility::Refusal) -> (Text, Text) {
    let ErrorPage { title, explanation, .. } = refusal.error_page();
    (title, explanation)
}

/// What it means for the person that the response to an app authentication was refused.
pub(crate) fn explain_reason(reason: RefusalReason) -> (Text, Text) {
    match reason {
        RefusalReason::Card(kind) => explain_card(kind),
        RefusalReason::Registration(refusal) => explain_eligibility(&refusal.to_refusal()),
        RefusalReason::Reception(ReceptionRefusal::RevocationUnavailable) => status_unavailable(),
        RefusalReason::Reception(ReceptionRefusal::Encoding) => own_fault(),
        RefusalReason::Reception(ReceptionRefusal::OtherBrowser) => {
            (texts::STARTED_IN_ANOTHER_BROWSER, texts::CONTINUE_ONLY_WHERE_YOU_BEGAN)
        }
        RefusalReason::Reception(ReceptionRefusal::Superseded) => {
            (texts::A_NEWER_READING_HAS_BEGUN, texts::CONTINUE_ON_NEWER_PAGE)
        }
    }
}

/// The authority does not give the status of the certificate.
fn status_unavailable() -> (Text, Text) {
    (texts::CARD_CANNOT_BE_CHECKED_JUST_NOW, texts::AUTHORITY_DOES_NOT_ANSWER)
}

/// What a refusal of the card means for the person.
fn explain_card(kind: RefusalKind) -> (Text, Text) {
    match kind {
        RefusalKind::ValidityExpired | RefusalKind::ValidityInGrace => {
            (texts::CERTIFICATE_HAS_EXPIRED, texts::RENEW_CERTIFICATE_AT_MUNICIPAL_OFFICE)
        }
        RefusalKind::Revoked => (texts::CERTIFICATE_WAS_REVOKED, texts::CARD_WAS_REISSUED_OR_STOPPED),
        RefusalKind::CertificateForSignature => {
            (texts::OTHER_KIND_OF_CERTIFICATE_WAS_READ, texts::USE_CERTIFICATE_FOR_USER_AUTHENTICATION)
        }
        _ => match kind.source() {
            RefusalSource::RevocationList => status_unavailable(),
            RefusalSource::Card | RefusalSource::Responder => {
                (texts::THIS_CARD_COULD_NOT_BE_ACCEPTED, texts::CARD_CANNOT_BE_USED_HERE)
            }
        },
    }
}

/// Why an app authentication ended, and what that means for the person.
pub(crate) fn explain_end(end: &AuthenticationEnd) -> (Text, Text) {
    match end {
        AuthenticationEnd::GaveUp(AbortReason::Cancelled) => {
            (texts::YOU_CANCELLED_IN_THE_APP, texts::YOU_CAN_SCAN_THE_CARD_AGAIN)
        }
        AuthenticationEnd::GaveUp(AbortReason::Locked) => (texts::THE_PIN_IS_LOCKED, texts::PIN_WAS_WRONG_THREE_TIMES),
        AuthenticationEnd::GaveUp(AbortReason::NoCertificate) => {
            (texts::CARD_HAS_NO_CERTIFICATE, texts::MUNICIPAL_OFFICE_ISSUES_CERTIFICATES)
        }
        AuthenticationEnd::GaveUp(AbortReason::Expired) => explain_card(RefusalKind::ValidityExpired),
        AuthenticationEnd::Refused(reason) => explain_reason(*reason),
        AuthenticationEnd::WrongNumber => (texts::THE_NUMBER_WAS_WRONG_TWICE, texts::SCAN_ENDED_ENTER_NEW_NUMBER),
        AuthenticationEnd::TooLate => (texts::TIME_IS_UP, texts::SCAN_TAKES_FIVE_MINUTES_AT_MOST),
        AuthenticationEnd::Superseded => explain_reason(ReceptionRefusal::Superseded.into()),
    }
}

impl From<RevocationError> for Refusal {
    fn from(error: RevocationError) -> Self {
        match error {
            RevocationError::Refused(refusal) => Self::Card(refusal),
            RevocationError::Encoding(unissuable) => Self::Encoding(unissuable),
            unavailable @ RevocationError::Unavailable { .. } => Self::RevocationUnavailable(unavailable),
        }
    }
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        self.code_text()
    }

    fn fault(&self) -> Fault {
        match self {
            Self::Store(_) | Self::Encoding(_) => Fault::ThisService,
            Self::Eligibility(refusal) => refusal.fault(),
            Self::RevocationUnavailable(_) | Self::MalformedRequest(_) | Self::AppMessage => Fault::OtherParty,
            _ => Fault::Person,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Store(error) if error.is_outage() => StatusCode::SERVICE_UNAVAILABLE,
            Self::NoSuchProcedure | Self::NoSuchAuthentication | Self::TicketUnknown => StatusCode::NOT_FOUND,
            Self::RequestGone(_) | Self::RequestUsed(_) | Self::ReturnUnknown => StatusCode::GONE,
            Self::MalformedRequest(_) | Self::AppMessage => StatusCode::BAD_REQUEST,
            Self::OtherBrowser | Self::NumberPending => StatusCode::FORBIDDEN,
            Self::VisitDate | Self::Card(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::ReviewExpired => StatusCode::UNAUTHORIZED,
            Self::ProcedureStep(_) | Self::Superseded | Self::AuthenticationStep(_) => StatusCode::CONFLICT,
            Self::RevocationUnavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Eligibility(refusal) => refusal.status(),
            Self::Store(_) | Self::Encoding(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn is_outage(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_outage())
    }

    fn error_page(&self) -> ErrorPage {
        let (title, explanation) = self.explanation();
        let links = match self {
            Self::RequestGone(Some(home)) | Self::RequestUsed(Some(home)) => vec![home.back_link()],
            Self::ReviewExpired => vec![
                Link::new("/review", texts::READ_THE_CARD_AGAIN),
                Link::new("/review/withdraw", texts::WITHDRAW_ALL_CONSENTS),
            ],
            _ => {
                vec![Link::new("/", texts::TO_THE_RECEPTIONS_FIRST_PAGE)]
            }
        };
        ErrorPage { title, explanation, links }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        web::refusal_response(self)
    }
}

/// What each code means and what to do. The codes of `jpki` and `eligibility` are in their own lists.
pub const CATALOGUE: &[CatalogueEntry] = &[
    CatalogueEntry {
        code: "reception.procedure.none",
        meaning: "This browser began no procedure with this id.",
        remedy: "Begin again at the service; allow cookies; use one browser throughout.",
    },
    CatalogueEntry {
        code: "reception.authentication.none",
        meaning: "This browser began no authentication with this id.",
        remedy: "Begin again at the service; allow cookies; use one browser throughout.",
    },
    CatalogueEntry {
        code: "reception.arrive.request_gone",
        meaning: "The request_uri is unknown, belongs to another client, or is older than two minutes.",
        remedy: "Push the request at the moment the patient leaves, and send the browser on at once.",
    },
    CatalogueEntry {
        code: "reception.arrive.request_used",
        meaning: "The request_uri was used before, in another browser.",
        remedy: "Push a new request for each time that a patient leaves. The page leads the patient back to the service.",
    },
    CatalogueEntry {
        code: "reception.arrive.malformed",
        meaning: "The browser arrived without a well-formed client_id and request_uri.",
        remedy: "Send the browser to the authorization endpoint with exactly these two (RFC 9126 section 4).",
    },
    CatalogueEntry {
        code: "reception.return.other_browser",
        meaning: "A return code came in a browser that did not begin the procedure.",
        remedy: "The patient goes on in the browser where she began. Nothing was registered.",
    },
    CatalogueEntry {
        code: "reception.return.number_left",
        meaning: "A return code came in a browser that did not begin the procedure. It is spent; the three digits still count.",
        remedy: "The patient types the digits on the page where the procedure began. Nothing is registered before.",
    },
    CatalogueEntry {
        code: "reception.return.unknown",
        meaning: "No authentication has this return code.",
        remedy: "Go back to the page where the procedure was begun.",
    },
    CatalogueEntry {
        code: "reception.begin.visit_date",
        meaning: "The visit date is past, too far ahead, or the institution takes no receptions.",
        remedy: "Enter the date of the appointment.",
    },
    CatalogueEntry {
        code: "reception.review.over",
        meaning: "What is registered was asked for without a card read in the last ten minutes.",
        remedy: "Read the card again.",
    },
    CatalogueEntry {
        code: "reception.procedure.step",
        meaning: "The procedure is not at the step that was asked for (two windows, the back button).",
        remedy: "Follow the redirect to where it is.",
    },
    CatalogueEntry {
        code: "reception.authentication.superseded",
        meaning: "A newer authentication was begun for the same procedure.",
        remedy: "Go on with the newer one.",
    },
    CatalogueEntry {
        code: "reception.authentication.ticket",
        meaning: "The ticket is unknown or older than five minutes.",
        remedy: "Open the app again from the reception's page.",
    },
    CatalogueEntry {
        code: "reception.authentication.claimed_before",
        meaning: "An app has claimed this ticket before.",
        remedy: "Open the app again from the reception's page, which makes a new ticket.",
    },
    CatalogueEntry {
        code: "reception.authentication.step",
        meaning: "The app's message does not fit the authentication's state.",
        remedy: "Claim, then answer once.",
    },
    CatalogueEntry {
        code: "reception.app.message",
        meaning: "The app's message is not the JSON that the crate app_auth describes.",
        remedy: "Send it as application/json, at most 16 kilobytes.",
    },
    CatalogueEntry {
        code: "reception.card.responder_silent",
        meaning: "Neither the authority's OCSP responder nor its revocation list was to be had; the certificate is not accepted without one of them.",
        remedy: "Check the addresses and the state of both; try again.",
    },
    CatalogueEntry {
        code: "reception.card.encoding",
        meaning: "The question to the responder could not be encoded.",
        remedy: "Read the log at this time.",
    },
    CatalogueEntry {
        code: "reception.store.failed",
        meaning: "The room's database failed; the log has the whole chain of causes.",
        remedy: "Try again; if it persists, read the log at this time.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{FetchError, ResponderError};

    fn all_refusals() -> Vec<Refusal> {
        vec![
            Refusal::NoSuchProcedure,
            Refusal::NoSuchAuthentication,
            Refusal::RequestGone(None),
            Refusal::RequestUsed(None),
            Refusal::MalformedRequest(handover::OauthError::lapsed_request_uri()),
            Refusal::OtherBrowser,
            Refusal::NumberPending,
            Refusal::ReturnUnknown,
            Refusal::VisitDate,
            Refusal::ReviewExpired,
            Refusal::ProcedureStep(procedure::ProcedureTransitionError::TooEarly),
            Refusal::Superseded,
            Refusal::TicketUnknown,
            Refusal::AuthenticationStep(authentication::AuthenticationTransitionError::AlreadyClaimed),
            Refusal::AuthenticationStep(authentication::AuthenticationTransitionError::OutOfTurn),
            Refusal::AppMessage,
            Refusal::RevocationUnavailable(RevocationError::Unavailable {
                responder: ResponderError::Fetch(FetchError::TooLong),
                list: FetchError::Status(503),
            }),
            Refusal::Encoding(jpki::Unissuable::Signing),
            Refusal::Store(database::Error::Stopped),
        ]
    }

    #[test]
    fn an_outage_of_the_database_is_one_that_passes() {
        let outage = Refusal::Store(database::Error::Stopped);
        assert_eq!((outage.status(), outage.is_outage()), (StatusCode::SERVICE_UNAVAILABLE, true));
        let failure = Refusal::Store(database::Error::Panicked);
        assert_eq!((failure.status(), failure.is_outage()), (StatusCode::INTERNAL_SERVER_ERROR, false));
    }

    #[test]
    fn every_code_has_its_entry_and_every_entry_its_code() {
        let codes: Vec<_> = all_refusals().iter().map(Refuse::code).collect();
        let entries: Vec<_> = CATALOGUE.iter().map(|entry| entry.code).collect();
        assert_eq!(codes, entries);
    }

    #[test]
    fn a_request_that_cannot_be_used_leads_back_to_its_service() {
        let home = ServiceHome {
            name: Text::from_static("受診サービス", "Care"),
            address: "https://care.example/".to_owned(),
        };
        for refusal in [Refusal::RequestGone(None), Refusal::RequestUsed(None)] {
            assert_eq!(refusal.error_page().links[0].href, "/");
            let link = refusal.with_service_home(home.clone()).error_page().links.swap_remove(0);
            assert_eq!(link.href, "https://care.example/");
            assert_eq!(link.label.in_language(text::Language::Japanese), "受診サービスに戻る");
            assert_eq!(link.label.in_language(text::Language::English), "Back to Care");
        }
        assert_eq!(Refusal::OtherBrowser.with_service_home(home).error_page().links[0].href, "/");
    }

    #[test]
    fn every_refusal_of_a_person_has_words_of_its_own() {
        let fallback = own_fault();
        for refusal in all_refusals() {
            assert_eq!(refusal.explanation() == fallback, refusal.fault() == Fault::ThisService, "{}", refusal.code());
        }
    }
}
