//! What the portal app asks and answers. The card's answer is verified here: path, profile, validity, revocation,
//! signature, in that order of telling errors.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use base::{Causes, Digest, Id, Timestamp, Token};
use errand::{Abort, AuthenticationOutcome, AuthenticationRequest, AuthenticationResponse, Claim, LARGEST_MESSAGE};
use jpki::{Challenge, Grace, UnverifiedCardResponse, VerifiedHolder};
use serde::de::DeserializeOwned;
use shell::{Fault, Language, Refuse};

use crate::{
    AuthenticationKind, Inner, Refusal,
    rules::authentication::{
        self as rules, AuthenticationEnd, CertificateValidity, NUMBER_TRIES, RETURN_CODE_LIFE, ReturnCredential,
        ReturnMethod,
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
        let told = |language: Language| format!("{} {}", happened.in_language(language), meaning.in_language(language));
        let refused = errand::ErrorResponse {
            code: code.to_owned(),
            japanese: told(Language::Japanese),
            english: told(Language::English),
        };
        (self.0.status(), Json(refused)).into_response()
    }
}

pub(crate) async fn claim(
    State(room): State<Arc<Inner>>,
    body: Bytes,
) -> Result<Json<AuthenticationRequest>, AppErrorResponse> {
    let claim: Claim = parse_message(&body)?;
    let now = room.site.clock().now();
    let view = room.store.claim_ticket(claim.ticket.digest(), claim.device, claim.open_method, now).await?;
    Ok(Json(AuthenticationRequest {
        purpose: view.purpose,
        nonce: view.nonce,
        browser: view.browser_label,
        started_at: view.began,
        expires_at: view.ends,
    }))
}

pub(crate) async fn submit_response(
    State(room): State<Arc<Inner>>,
    body: Bytes,
) -> Result<Json<AuthenticationOutcome>, AppErrorResponse> {
    let answer: AuthenticationResponse = parse_message(&body)?;
    let now = room.site.clock().now();
    let ticket = answer.ticket.digest();
    let view = room.store.find_claimed(ticket, now).await?;
    let verified = verify(&room, &view, ticket, answer, now).await;
    let holder = match verified {
        Ok(holder) => stored_holder(&holder),
        Err(refusal) => {
            let why = AuthenticationEnd::Refused(refusal.code().to_owned());
            room.store.end_by_ticket(ticket, why, now).await?;
            return Err(refusal.into());
        }
    };
    let return_by = view.stage.return_method(view.return_link).map_err(Refusal::from)?;
    let (way, outcome) = issue_return_credential(&room, view.id, return_by, now);
    room.store.mark_verified(ticket, holder, way, now).await?;
    Ok(Json(outcome))
}

/// What the person comes back by: drawn here, kept as digests, told to the app.
fn issue_return_credential(
    room: &Inner,
    errand: Id<AuthenticationKind>,
    return_by: ReturnMethod,
    now: Timestamp,
) -> (ReturnCredential, AuthenticationOutcome) {
    let (until, tries_left) = (now.plus(RETURN_CODE_LIFE), NUMBER_TRIES);
    let draw_code = || {
        let code = Token::new(room.site.randomness());
        (*code.digest().as_bytes(), code)
    };
    let draw_digits = || {
        let digits = format!("{:03}", room.site.randomness().number_below(1000));
        (*number_digest(errand, &digits).as_bytes(), digits)
    };
    match return_by {
        ReturnMethod::Code => {
            let (digest, code) = draw_code();
            (ReturnCredential::Code { digest, valid_until: until }, AuthenticationOutcome::Return { code })
        }
        ReturnMethod::Number => {
            let (digest, digits) = draw_digits();
            (ReturnCredential::Number { digest, tries_left }, AuthenticationOutcome::ConfirmationDigits { digits })
        }
        ReturnMethod::CodeOrNumber => {
            let ((code_digest, code), (number, digits)) = (draw_code(), draw_digits());
            let way = ReturnCredential::CodeOrNumber { code: code_digest, code_valid_until: until, number, tries_left };
            (way, AuthenticationOutcome::ReturnOrConfirmationDigits { code, digits })
        }
    }
}

pub(crate) async fn give_up(State(room): State<Arc<Inner>>, body: Bytes) -> Result<Json<()>, AppErrorResponse> {
    let given_up: Abort = parse_message(&body)?;
    let now = room.site.clock().now();
    room.store.end_by_ticket(given_up.ticket.digest(), AuthenticationEnd::GaveUp(given_up.reason), now).await?;
    Ok(Json(()))
}

/// Whether the answer is the card holder's, to this very question. Without a word on revocation it is not believed.
async fn verify(
    room: &Inner,
    view: &AppAuthentication,
    ticket: Digest,
    answer: AuthenticationResponse,
    now: Timestamp,
) -> Result<VerifiedHolder, Refusal> {
    let unverified = UnverifiedCardResponse { certificate: answer.certificate, signature: answer.signature };
    let anchors = room.revocation.anchors();
    let trusted =
        unverified.verify_certificate(anchors, &room.certificate_cache, Grace::Granted, now).map_err(Refusal::Card)?;
    let unrevoked = room.revocation.check(&trusted, &room.certificate_cache).await?;
    let challenge = Challenge { origin: room.site.origin().to_string(), nonce: view.nonce, ticket };
    unrevoked.verify_signature(&challenge).map_err(Refusal::Card)
}

fn stored_holder(holder: &VerifiedHolder) -> rules::StoredHolder {
    rules::StoredHolder {
        issuer: holder.issuer().as_bytes().to_vec(),
        serial: holder.serial().as_bytes().to_vec(),
        certificate: match holder.validity() {
            jpki::Validity::Valid => CertificateValidity::Valid,
            jpki::Validity::Grace { .. } => CertificateValidity::Grace,
        },
        ends: Some(holder.not_after()),
    }
}

fn parse_message<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    if body.len() > LARGEST_MESSAGE {
        return Err(Refusal::AppMessage);
    }
    serde_json::from_slice(body).map_err(|_| Refusal::AppMessage)
}
