//! The OAuth provider: RFC 9126 pushed requests, RFC 6749 tokens, RFC 8414 metadata. The rules are `handover`'s; what is
//! once only is the store's.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use base::{Causes, Timestamp, Token};
use handover::{
    AccessToken, AuthenticatedClient, BearerRefusal, CodeExchange, Form, NO_STORE, OauthError, PushedAnswer,
    PushedRequest, RequestUri, TokenAnswer, UnverifiedAssertion, bearer_token,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use shell::Refuse;

use crate::{Inner, Refusal};

/// A refused request of a service.
pub(crate) struct Refused(OauthError);

impl From<OauthError> for Refused {
    fn from(error: OauthError) -> Self {
        Self(error)
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        // What is inside is logged here and never told.
        tracing::error!(code = refusal.code(), cause = %Causes(&refusal), "a service's request failed");
        Self(OauthError::server_error())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::BAD_REQUEST);
        tracing::info!(error = self.0.code().as_str(), "a service's request was refused");
        not_stored(status, &self.0)
    }
}

pub(crate) async fn metadata(State(room): State<Arc<Inner>>) -> Response {
    Json(&room.metadata).into_response()
}

/// RFC 9126 §2.
pub(crate) async fn push(State(room): State<Arc<Inner>>, headers: HeaderMap, body: Bytes) -> Result<Response, Refused> {
    let now = room.site.clock().now();
    let form = form(&headers, &body)?;
    let client = authenticate(&room, &form, now)?;
    let pushed = PushedRequest::parse(&form, &client)?;
    let token = Token::new(room.site.randomness());
    room.store.push(&client, pushed, token.digest(), now).await??;
    let answer = PushedAnswer { request_uri: RequestUri::of(&token), expires_in: crate::store::REQUEST_LIFE };
    let status = StatusCode::from_u16(PushedAnswer::STATUS).unwrap_or(StatusCode::CREATED);
    Ok(not_stored(status, &answer))
}

/// RFC 6749 §4.1.3.
pub(crate) async fn token(
    State(room): State<Arc<Inner>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refused> {
    let now = room.site.clock().now();
    let form = form(&headers, &body)?;
    let client = authenticate(&room, &form, now)?;
    let exchange = CodeExchange::parse(&form, &client)?;
    let token = Token::new(room.site.randomness());
    let redeemed = room.store.redeem(client, exchange, token.digest(), now).await??;
    let answer = TokenAnswer {
        access_token: AccessToken::of(&token),
        expires_in: redeemed.ends.since(now),
        reception: redeemed.reception,
    };
    Ok(not_stored(StatusCode::OK, &answer))
}

/// Whether the reception of an access token still stands.
pub(crate) async fn status(State(room): State<Arc<Inner>>, headers: HeaderMap) -> Result<Response, Refused> {
    let now = room.site.clock().now();
    let token = match bearer_token(headers.get_all(header::AUTHORIZATION).iter().map(HeaderValue::as_bytes)) {
        Ok(token) => token,
        Err(refusal) => return Ok(challenged(refusal)),
    };
    match room.store.status(token.digest(), now).await? {
        Some(status) => Ok(not_stored(StatusCode::OK, &status)),
        None => Ok(challenged(BearerRefusal::Invalid)),
    }
}

fn form(headers: &HeaderMap, body: &[u8]) -> Result<Form, OauthError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    Form::from_body(kind, body)
}

fn authenticate(room: &Inner, form: &Form, now: Timestamp) -> Result<AuthenticatedClient, OauthError> {
    let assertion = UnverifiedAssertion::parse(form)?;
    let service = room.service(assertion.claimed_client()).ok_or_else(OauthError::unknown_client)?;
    assertion.verify(&service.client, &room.metadata.audiences(), now)
}

fn challenged(refusal: BearerRefusal) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::UNAUTHORIZED);
    let mut response = match refusal.error() {
        Some(error) => not_stored(status, &error),
        None => status.into_response(),
    };
    if let Ok(value) = HeaderValue::from_str(&refusal.www_authenticate()) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    response
}

fn not_stored(status: StatusCode, body: &impl Serialize) -> Response {
    let mut response = (status, Json(body)).into_response();
    for (name, value) in NO_STORE {
        if let Ok(name) = HeaderName::try_from(name) {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    response
}
