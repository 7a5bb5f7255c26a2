use std::time::Duration;

use axum::{
    extract::{FromRequest, Request},
    response::Response,
};
use http_body_util::{BodyExt, Limited};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::time::timeout;

use crate::{Visitor, refusal};

/// The field of every form that contains the CSRF token.
pub(crate) const CSRF_FIELD: &str = "csrf";

/// How long a form may take to arrive. A few kilobytes take a second on the slowest connection.
const READ_TIMEOUT: Duration = Duration::from_mins(1);

/// The largest form that is read, far larger than any form of a page.
const LARGEST_FORM: usize = 64 * 1024;

/// The fields of a form that this site gave to this browser.
///
/// A posted body can only be read through this type, which checks the CSRF token first.
pub struct Form<T>(pub T);

/// The fields of a form that is a button and nothing else: none beside the token that [`Form`] checks.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct ButtonForm {}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        let Some(visitor) = request.extensions().get::<Visitor>().cloned() else {
            return Err(refusal::missing_guard_response());
        };
        let read = timeout(READ_TIMEOUT, Limited::new(request.into_body(), LARGEST_FORM).collect()).await;
        let body = read.map_err(|_| refusal::unreadable_form_response())?.map_err(|_| refusal::too_large_response())?;
        let body = body.to_bytes();
        // Parsed as pairs first: the token is checked before anything else is used.
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_bytes(&body).map_err(|_| refusal::unreadable_form_response())?;
        let token = pairs.iter().find(|(name, _)| name == CSRF_FIELD).map(|(_, value)| value.as_str());
        if !token.is_some_and(|token| visitor.accepts_csrf(token)) {
            return Err(refusal::stale_form_response(&visitor, pairs));
        }
        serde_urlencoded::from_bytes(&body).map(Self).map_err(|_| refusal::unreadable_form_response())
    }
}

/// Whether a value typed into this field is never rendered in a page: passwords, PINs and codes.
pub fn is_secret_field(name: &str) -> bool {
    name.contains("password") || matches!(name, "pin" | "code" | "recovery_code" | "digits")
}
