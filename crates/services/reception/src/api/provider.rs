//! The OAuth provider: RFC 9126 pushed requests, RFC 6749 tokens, RFC 8414 metadata. `handover` has the rules; the store
//! enforces what may happen only once.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use base::{Causes, Timestamp, Token};
use handover::{
    AccessToken, AuthenticatedClient, BearerRefusal, CodeExchange, Form, NO_STORE, OauthError,
    PushedAuthorizationResponse, PushedRequest, RequestUri, TokenResponse, UnverifiedAssertion, bearer_token,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use web::Refuse;

use crate::{Inner, Refusal};

/// A refused request of a service.
pub(crate) struct OauthErrorResponse(OauthError);

impl From<OauthError> for OauthErrorResponse {
    fn from(error: OauthError) -> Self {
        Self(error)
    }
}

impl From<Refusal> for OauthErrorResponse {
    fn from(refusal: Refusal) -> Self {
        // The cause is logged here and never sent to the client.
        tracing::error!(code = refusal.code(), cause = %Causes(&refusal), "a service's request failed");
        Self(OauthError::server_error())
    }
}

impl IntoResponse for OauthErrorResponse {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::BAD_REQUEST);
        tracing::info!(error = self.0.code().as_str(), "a service's request was refused");
        no_store_response(status, &self.0)
    }
}

pub(crate) async fn metadata(State(inner): State<Arc<Inner>>) -> Response {
    Json(&inner.metadata).into_response()
}

/// RFC 9126 §2.
pub(crate) async fn push_authorization_request(
    State(inner): State<Arc<Inner>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OauthErrorResponse> {
    let now = inner.site.clock().now();
    let form = parse_form(&headers, &body)?;
    let client = authenticate(&inner, &form, now)?;
    let pushed = PushedRequest::parse(&form, &client)?;
    let token = Token::new(inner.site.randomness());
    inner.store.insert_pushed_request(&client, pushed, token.digest(), now).await??;
    let response = PushedAuthorizationResponse {
        request_uri: RequestUri::from_token(&token),
        expires_in: crate::store::REQUEST_LIFE,
    };
    let status = StatusCode::from_u16(PushedAuthorizationResponse::STATUS).unwrap_or(StatusCode::CREATED);
    Ok(no_store_response(status, &response))
}

/// RFC 6749 §4.1.3.
pub(crate) async fn token(
    State(inner): State<Arc<Inner>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OauthErrorResponse> {
    let now = inner.site.clock().now();
    let form = parse_form(&headers, &body)?;
    let client = authenticate(&inner, &form, now)?;
    let exchange = CodeExchange::parse(&form, &client)?;
    let token = Token::new(inner.site.randomness());
    let redeemed = inner.store.redeem_code(client, exchange, token.digest(), now).await??;
    let response = TokenResponse {
        access_token: AccessToken::from_token(&token),
        expires_in: redeemed.ends.duration_since(now),
        reception: redeemed.reception,
    };
    Ok(no_store_response(StatusCode::OK, &response))
}

/// Whether the reception of an access token is still registered.
pub(crate) async fn status(
    State(inner): State<Arc<Inner>>,
    headers: HeaderMap,
) -> Result<Response, OauthErrorResponse> {
    let now = inner.site.clock().now();
    let token = match bearer_token(headers.get_all(header::AUTHORIZATION).iter().map(HeaderValue::as_bytes)) {
        Ok(token) => token,
        Err(refusal) => return Ok(bearer_challenge(refusal)),
    };
    match inner.store.find_reception_status(token.digest(), now).await? {
        Some(status) => Ok(no_store_response(StatusCode::OK, &status)),
        None => Ok(bearer_challenge(BearerRefusal::Invalid)),
    }
}

fn parse_form(headers: &HeaderMap, body: &[u8]) -> Result<Form, OauthError> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    Form::from_body(content_type, body)
}

fn authenticate(inner: &Inner, form: &Form, now: Timestamp) -> Result<AuthenticatedClient, OauthError> {
    let assertion = UnverifiedAssertion::parse(form)?;
    let service = inner.service(assertion.claimed_client()).ok_or_else(OauthError::unknown_client)?;
    assertion.verify(&service.client, &inner.metadata.audiences(), now)
}

fn bearer_challenge(refusal: BearerRefusal) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::UNAUTHORIZED);
    let mut response = match refusal.error() {
        Some(error) => no_store_response(status, &error),
        None => status.into_response(),
    };
    if let Ok(value) = HeaderValue::from_str(&refusal.www_authenticate()) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    response
}

fn no_store_response(status: StatusCode, body: &impl Serialize) -> Response {
    let mut response = (status, Json(body)).into_response();
    for (name, value) in NO_STORE {
        if let Ok(name) = HeaderName::try_from(name) {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    response
}
