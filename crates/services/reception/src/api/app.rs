//! The portal app's endpoints. The card's response is verified here: path, profile, validity, revocation, signature.
//! The first failure in this order is the one reported.

use std::sync::Arc;

use app_auth::{
    Abort, AuthenticationOutcome, AuthenticationRequest, AuthenticationResponse, Claim, ErrorSubject, LARGEST_MESSAGE,
};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use base::{Causes, Digest, Id, Timestamp, Token};
use jpki::{Challenge, Grace, UnverifiedCardResponse, VerifiedHolder};
use serde::de::DeserializeOwned;
use text::Language;
use web::{Fault, Refuse};

use crate::{
    AuthenticationKind, Inner, Refusal,
    client::RevocationError,
    rules::{
        authentication::{AuthenticationEnd, NUMBER_TRIES, RETURN_CODE_LIFE, ReturnCredential, ReturnMethod},
        refusal_reason::{ReceptionRefusal, RefusalReason},
    },
    store::{AppAuthentication, number_digest},
};

/// A refusal that the app shows to the person.
pub(crate) struct AppErrorResponse(Refusal);

impl From<Refusal> for AppErrorResponse {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl IntoResponse for AppErrorResponse {
    fn into_response(self) -> Response {
        let (code, cause) = (self.0.code(), Causes(&self.0));
        match self.0.fault() {
            Fault::ThisService => tracing::error!(code, %cause, "an app's message failed"),
            Fault::OtherParty | Fault::Person => tracing::info!(code, "an app's message was refused"),
        }
        let (happened, meaning) = self.0.explanation();
        let message =
            |language: Language| format!("{} {}", happened.in_language(language), meaning.in_language(language));
        let error_response = app_auth::ErrorResponse {
            code: code.to_owned(),
            subject: error_subject(&self.0),
            japanese: message(Language::Japanese),
            english: message(Language::English),
        };
        (self.0.status(), Json(error_response)).into_response()
    }
}

/// What is refused: the card with its holder, or the request.
fn error_subject(refusal: &Refusal) -> ErrorSubject {
    match refusal {
        Refusal::Card(_) | Refusal::Eligibility(_) => ErrorSubject::Card,
        Refusal::NoSuchProcedure
        | Refusal::NoSuchAuthentication
        | Refusal::RequestGone(_)
        | Refusal::RequestUsed(_)
        | Refusal::MalformedRequest(_)
        | Refusal::OtherBrowser
        | Refusal::NumberPending
        | Refusal::ReturnUnknown
        | Refusal::VisitDate
        | Refusal::ReviewExpired
        | Refusal::ProcedureStep(_)
        | Refusal::Superseded
        | Refusal::TicketUnknown
        | Refusal::AuthenticationStep(_)
        | Refusal::AppMessage
        | Refusal::RevocationUnavailable(_)
        | Refusal::Encoding(_)
        | Refusal::Store(_) => ErrorSubject::Request,
    }
}

pub(crate) async fn claim(
    State(inner): State<Arc<Inner>>,
    body: Bytes,
) -> Result<Json<AuthenticationRequest>, AppErrorResponse> {
    let claim: Claim = parse_message(&body)?;
    let now = inner.site.clock().now();
    let authentication = inner.store.claim_ticket(claim.ticket.digest(), claim.device, claim.open_method, now).await?;
    Ok(Json(AuthenticationRequest {
        purpose: authentication.purpose,
        nonce: authentication.nonce,
        browser: authentication.browser_label,
        started_at: authentication.began,
        expires_at: authentication.ends,
    }))
}

pub(crate) async fn submit_response(
    State(inner): State<Arc<Inner>>,
    body: Bytes,
) -> Result<Json<AuthenticationOutcome>, AppErrorResponse> {
    let response: AuthenticationResponse = parse_message(&body)?;
    let now = inner.site.clock().now();
    let ticket = response.ticket.digest();
    let authentication = inner.store.find_claimed(ticket, now).await?;
    let verified = verify(&inner, &authentication, ticket, response, now).await;
    let holder = match verified {
        Ok(holder) => holder,
        Err(error) => {
            let end = AuthenticationEnd::Refused(error.reason());
            inner.store.end_by_ticket(ticket, end, now).await?;
            return Err(Refusal::from(error).into());
        }
    };
    let method = authentication.stage.return_method(authentication.return_link).map_err(Refusal::from)?;
    let (credential, outcome) = issue_return_credential(&inner, authentication.id, method, now);
    inner.store.mark_verified(ticket, holder, credential, now).await?;
    Ok(Json(outcome))
}

/// Draws the code or digits that the person returns with. They are stored as digests and sent to the app in clear.
fn issue_return_credential(
    inner: &Inner,
    authentication: Id<AuthenticationKind>,
    method: ReturnMethod,
    now: Timestamp,
) -> (ReturnCredential, AuthenticationOutcome) {
    let (valid_until, tries_left) = (now.plus(RETURN_CODE_LIFE), NUMBER_TRIES);
    let draw_code = || {
        let code = Token::new(inner.site.randomness());
        (*code.digest().as_bytes(), code)
    };
    let draw_digits = || {
        let digits = format!("{:03}", inner.site.randomness().number_below(1000));
        (*number_digest(authentication, &digits).as_bytes(), digits)
    };
    match method {
        ReturnMethod::Code => {
            let (digest, code) = draw_code();
            (ReturnCredential::Code { digest, valid_until }, AuthenticationOutcome::Return { code })
        }
        ReturnMethod::Number => {
            let (digest, digits) = draw_digits();
            (ReturnCredential::Number { digest, tries_left }, AuthenticationOutcome::ConfirmationDigits { digits })
        }
        ReturnMethod::CodeOrNumber => {
            let ((code_digest, code), (number, digits)) = (draw_code(), draw_digits());
            let credential =
                ReturnCredential::CodeOrNumber { code: code_digest, code_valid_until: valid_until, number, tries_left };
            (credential, AuthenticationOutcome::ReturnOrConfirmationDigits { code, digits })
        }
    }
}

pub(crate) async fn give_up(State(inner): State<Arc<Inner>>, body: Bytes) -> Result<Json<()>, AppErrorResponse> {
    let abort: Abort = parse_message(&body)?;
    let now = inner.site.clock().now();
    inner.store.end_by_ticket(abort.ticket.digest(), AuthenticationEnd::GaveUp(abort.reason), now).await?;
    Ok(Json(()))
}

/// Why a card's response is not accepted.
enum VerificationError {
    Card(jpki::Refusal),
    Revocation(RevocationError),
}

impl VerificationError {
    /// The reason, as it is stored with the end of the app authentication.
    fn reason(&self) -> RefusalReason {
        match self {
            Self::Card(refusal) | Self::Revocation(RevocationError::Refused(refusal)) => refusal.kind().into(),
            Self::Revocation(RevocationError::Encoding(_)) => ReceptionRefusal::Encoding.into(),
            Self::Revocation(RevocationError::Unavailable { .. }) => ReceptionRefusal::RevocationUnavailable.into(),
        }
    }
}

impl From<jpki::Refusal> for VerificationError {
    fn from(refusal: jpki::Refusal) -> Self {
        Self::Card(refusal)
    }
}

impl From<RevocationError> for VerificationError {
    fn from(error: RevocationError) -> Self {
        Self::Revocation(error)
    }
}

impl From<VerificationError> for Refusal {
    fn from(error: VerificationError) -> Self {
        match error {
            VerificationError::Card(refusal) => Self::Card(refusal),
            VerificationError::Revocation(error) => error.into(),
        }
    }
}

/// Verifies that the response is the card holder's, to this very request. Without a revocation status it is refused.
async fn verify(
    inner: &Inner,
    authentication: &AppAuthentication,
    ticket: Digest,
    response: AuthenticationResponse,
    now: Timestamp,
) -> Result<VerifiedHolder, VerificationError> {
    let unverified = UnverifiedCardResponse { certificate: response.certificate, signature: response.signature };
    let anchors = inner.revocation.anchors();
    let trusted = unverified.verify_certificate(anchors, &inner.certificate_cache, Grace::Granted, now)?;
    let unrevoked = inner.revocation.check(&trusted, &inner.certificate_cache).await?;
    let challenge = Challenge { origin: inner.site.origin().to_string(), nonce: authentication.nonce, ticket };
    Ok(unrevoked.verify_signature(&challenge)?)
}

fn parse_message<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    if body.len() > LARGEST_MESSAGE {
        return Err(Refusal::AppMessage);
    }
    serde_json::from_slice(body).map_err(|_| Refusal::AppMessage)
}
