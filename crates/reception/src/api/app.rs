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
use errand::{Answer, Claim, GiveUp, LARGEST_MESSAGE, Outcome, Request};
use jpki::{Challenge, Grace, Holder, UnverifiedAnswer};
use serde::de::DeserializeOwned;
use shell::{Fault, Language, Refuse};

use crate::{
    ErrandKind, Inner, Refusal,
    rules::errand::{self as rules, CODE_LIFE, End, NUMBER_TRIES, ReturnBy, Validity, Way},
    store::{ErrandView, number_digest},
};

/// A refusal that the app shows to the person.
pub(crate) struct Refused(Refusal);

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (code, cause) = (self.0.code(), Causes(&self.0));
        match self.0.fault() {
            Fault::Us => tracing::error!(code, %cause, "an app's message failed"),
            Fault::OtherParty | Fault::Person => tracing::info!(code, "an app's message was refused"),
        }
        let (happened, meaning) = self.0.words();
        let told = |language: Language| format!("{} {}", happened.in_language(language), meaning.in_language(language));
        let refused = errand::Refused {
            code: code.to_owned(),
            japanese: told(Language::Japanese),
            english: told(Language::English),
        };
        (self.0.status(), Json(refused)).into_response()
    }
}

pub(crate) async fn claim(State(room): State<Arc<Inner>>, body: Bytes) -> Result<Json<Request>, Refused> {
    let claim: Claim = read(&body)?;
    let now = room.site.clock().now();
    let view = room.store.claim(claim.ticket.digest(), claim.device, claim.opened, now).await?;
    Ok(Json(Request {
        purpose: view.purpose,
        nonce: view.nonce,
        browser: view.browser_words,
        began: view.began,
        expires: view.ends,
    }))
}

pub(crate) async fn answer(State(room): State<Arc<Inner>>, body: Bytes) -> Result<Json<Outcome>, Refused> {
    let answer: Answer = read(&body)?;
    let now = room.site.clock().now();
    let ticket = answer.ticket.digest();
    let view = room.store.claimed(ticket, now).await?;
    let verified = verify(&room, &view, ticket, answer, now).await;
    let holder = match verified {
        Ok(holder) => kept(&holder),
        Err(refusal) => {
            let why = End::Refused(refusal.code().to_owned());
            room.store.end_by_ticket(ticket, why, now).await?;
            return Err(refusal.into());
        }
    };
    let return_by = view.stage.return_by(view.return_link).map_err(Refusal::from)?;
    let (way, outcome) = issue_return(&room, view.id, return_by, now);
    room.store.answer(ticket, holder, way, now).await?;
    Ok(Json(outcome))
}

/// What the person comes back by: drawn here, kept as digests, told to the app.
fn issue_return(room: &Inner, errand: Id<ErrandKind>, return_by: ReturnBy, now: Timestamp) -> (Way, Outcome) {
    let (until, tries_left) = (now.plus(CODE_LIFE), NUMBER_TRIES);
    let draw_code = || {
        let code = Token::new(room.site.randomness());
        (*code.digest().as_bytes(), code)
    };
    let draw_digits = || {
        let digits = format!("{:03}", room.site.randomness().below(1000));
        (*number_digest(errand, &digits).as_bytes(), digits)
    };
    match return_by {
        ReturnBy::Code => {
            let (digest, code) = draw_code();
            (Way::Code { digest, until }, Outcome::Return { code })
        }
        ReturnBy::Number => {
            let (digest, digits) = draw_digits();
            (Way::Number { digest, tries_left }, Outcome::Number { digits })
        }
        ReturnBy::CodeOrNumber => {
            let ((code_digest, code), (number, digits)) = (draw_code(), draw_digits());
            let way = Way::CodeOrNumber { code: code_digest, until, number, tries_left };
            (way, Outcome::ReturnOrNumber { code, digits })
        }
    }
}

pub(crate) async fn give_up(State(room): State<Arc<Inner>>, body: Bytes) -> Result<Json<()>, Refused> {
    let given_up: GiveUp = read(&body)?;
    let now = room.site.clock().now();
    room.store.end_by_ticket(given_up.ticket.digest(), End::GaveUp(given_up.why), now).await?;
    Ok(Json(()))
}

/// Whether the answer is the card holder's, to this very question. Without a word on revocation it is not believed.
async fn verify(
    room: &Inner,
    view: &ErrandView,
    ticket: Digest,
    answer: Answer,
    now: Timestamp,
) -> Result<Holder, Refusal> {
    let unverified = UnverifiedAnswer { certificate: answer.certificate, signature: answer.signature };
    let anchors = room.revocation.anchors();
    let trusted = unverified.trust(anchors, &room.remembered, Grace::Granted, now).map_err(Refusal::Card)?;
    let unrevoked = room.revocation.ask(&trusted, &room.remembered).await?;
    let challenge = Challenge { origin: room.site.origin().to_string(), nonce: view.nonce, ticket };
    unrevoked.holder(&challenge).map_err(Refusal::Card)
}

fn kept(holder: &Holder) -> rules::Holder {
    rules::Holder {
        issuer: holder.issuer().as_bytes().to_vec(),
        serial: holder.serial().as_bytes().to_vec(),
        certificate: match holder.validity() {
            jpki::Validity::Valid => Validity::Valid,
            jpki::Validity::Grace { .. } => Validity::Grace,
        },
        ends: Some(holder.not_after()),
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    if body.len() > LARGEST_MESSAGE {
        return Err(Refusal::AppMessage);
    }
    serde_json::from_slice(body).map_err(|_| Refusal::AppMessage)
}
