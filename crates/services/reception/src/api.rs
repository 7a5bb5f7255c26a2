//! Endpoints for services (OAuth) and the portal app. Cookies are ignored here, and no page is rendered.

mod app;
mod provider;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

use crate::Inner;

pub(crate) const METADATA: &str = "/.well-known/oauth-authorization-server";
pub(crate) const PUSH: &str = "/oauth/par";
pub(crate) const TOKEN: &str = "/oauth/token";
pub(crate) const STATUS: &str = "/oauth/reception";

/// The largest form of a service: an assertion, the details and a few short parameters.
const LARGEST_FORM: usize = 32 * 1024;

pub(crate) fn router(inner: Arc<Inner>) -> Router {
    Router::new()
        .route(METADATA, get(provider::metadata))
        .route(PUSH, post(provider::push_authorization_request))
        .route(TOKEN, post(provider::token))
        .route(STATUS, get(provider::status))
        .route(app_auth::CLAIM_PATH, post(app::claim))
        .route(app_auth::RESPONSE_PATH, post(app::submit_response))
        .route(app_auth::ABORT_PATH, post(app::give_up))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .with_state(inner)
}
