//! The return from the reception (OAuth redirection endpoint, RFC 6749 §3.1.2).

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use handover::{
    AuthorizationCode, AuthorizationResponse, ReceptionRequest, ResponseRefusal, UnverifiedAuthorizationResponse,
};
use web::{Access, Routes, Visitor};

use crate::{
    context::Context,
    proof::{client::ReceptionFailure, store::departure::StoredDeparture},
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page(RETURN_PATH, Access::Session, get(receive_reception_return))
}

/// Processes the authorization response and redirects to a page that can be reloaded.
async fn receive_reception_return(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Response> {
    let departure = complete_return(&context, &visitor, &query.unwrap_or_default()).await?;
    Ok(Redirect::to(&format!("/appointments/{}/returned/{}", departure.appointment, departure.id)).into_response())
}

async fn complete_return(context: &Context, visitor: &Visitor, query: &str) -> Result<StoredDeparture, Refusal> {
    let response =
        UnverifiedAuthorizationResponse::parse(query).map_err(|error| Refusal::InvalidReturn(Some(error)))?;
    let stored_departure =
        context.store.find_departure_by_state(response.state().digest()).await?.ok_or(Refusal::InvalidReturn(None))?;
    // It must be the browser that departed, with the same account signed in.
    let same_browser =
        base::constant_time_eq(stored_departure.browser.as_bytes(), visitor.browser().digest().as_bytes());
    let account = context.store.find_signed_in_account(visitor.browser().digest(), visitor.now()).await?;
    if !same_browser || account.is_none_or(|account| account.id != stored_departure.account) {
        return Err(Refusal::AnotherBrowser);
    }
    let request = ReceptionRequest {
        institution: stored_departure.institution,
        visit_date: stored_departure.visit_date,
        reference: stored_departure
            .appointment
            .to_string()
            .parse()
            .expect("an id is 36 characters that a reference may hold"),
    };
    let departure = context.receptions.resume_departure(stored_departure.secret.clone(), request);
    let outcome = response
        .check(&departure.state(), &stored_departure.issuer)
        .map_err(|error| Refusal::InvalidReturn(Some(error)))?;
    match outcome {
        AuthorizationResponse::Code(code) => {
            redeem_code(context, visitor, &stored_departure, &departure, &code).await?;
        }
        AuthorizationResponse::Denied => context.store.record_ended_return(&stored_departure).await?,
        AuthorizationResponse::Failed(error) => {
            tracing::warn!(code = error.code(), "the reception ended the hand-over with an error");
            context.store.record_ended_return(&stored_departure).await?;
        }
    }
    Ok(stored_departure)
}

/// Redeems the code once: of concurrent or repeated requests the first redeems it, and the others show its outcome.
async fn redeem_code(
    context: &Context,
    visitor: &Visitor,
    stored_departure: &StoredDeparture,
    departure: &handover::Departure,
    code: &AuthorizationCode,
) -> Result<(), Refusal> {
    if !context.store.claim_return(stored_departure.id).await? {
        return Ok(());
    }
    match context.receptions.redeem_code(&stored_departure.issuer, departure, code, visitor.now()).await {
        Ok(registration) => {
            context
                .store
                .record_registered_return(
                    stored_departure,
                    registration.reception,
                    registration.access_token,
                    visitor.now(),
                )
                .await
        }
        Err(failure) if is_final(&failure) => {
            context.store.mark_return_unconfirmed(stored_departure.id).await?;
            Err(Refusal::RegistrationNotConfirmed(stored_departure.appointment, failure))
        }
        Err(failure) => {
            // The code may still be valid: a reload of the page tries again.
            context.store.release_return(stored_departure.id).await?;
            Err(Refusal::RegistrationNotConfirmed(stored_departure.appointment, failure))
        }
    }
}

/// Whether a retry cannot succeed.
fn is_final(failure: &ReceptionFailure) -> bool {
    match failure {
        ReceptionFailure::Network(_) => false,
        ReceptionFailure::InvalidResponse(ResponseRefusal::Status(status)) => *status < 500,
        _ => true,
    }
}

/// The path of the redirect URI, to which receptions send browsers back.
pub const RETURN_PATH: &str = "/return";
