//! What the room asks of others: the authority, whether a certificate was revoked.

mod revocation;
#[cfg(test)]
mod tests;

use std::time::Duration;

use reqwest::{RequestBuilder, header};
use url::Url;

#[cfg(test)]
pub(crate) use revocation::ResponderError;
pub use revocation::RevocationError;
pub(crate) use revocation::{RevocationChecker, RevocationSource};

/// How long each of the two sources may take. The patient waits with the card in her hand, and the app for both.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The largest answer of the responder that is read. A real one has some two kilobytes.
const LARGEST_RESPONSE: usize = 64 * 1024;

/// The largest revocation list that is read: some hundred thousand entries.
const LARGEST_LIST: usize = 8 * 1024 * 1024;

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// It could not be reached, or not in time.
    #[error("it could not be reached")]
    Unreachable(#[from] reqwest::Error),
    /// It answered with an HTTP status that is no answer.
    #[error("it answered with status {0}")]
    Status(u16),
    /// Its answer is longer than any that is one.
    #[error("its answer is too long")]
    TooLong,
}

/// The authority's OCSP responder, at the one address that the settings name. What a certificate says about where to ask
/// is never followed: it is what somebody brought along.
pub(crate) struct Responder {
    http: reqwest::Client,
    address: Url,
}

impl Responder {
    pub(crate) fn new(http: reqwest::Client, address: Url) -> Self {
        Self { http, address }
    }

    /// Asks (RFC 6960 appendix A.1, POST) and returns the answer's bytes, of which nothing is believed yet.
    pub(crate) async fn query(&self, request: Vec<u8>) -> Result<Vec<u8>, FetchError> {
        let post = self
            .http
            .post(self.address.clone())
            .header(header::CONTENT_TYPE, "application/ocsp-request")
            .header(header::ACCEPT, "application/ocsp-response")
            .body(request);
        fetch_body(post, LARGEST_RESPONSE).await
    }
}

/// The body of a good answer, up to a size.
async fn fetch_body(request: RequestBuilder, largest: usize) -> Result<Vec<u8>, FetchError> {
    let mut answer = request.timeout(TIMEOUT).send().await?;
    if answer.status() != reqwest::StatusCode::OK {
        return Err(FetchError::Status(answer.status().as_u16()));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if bytes.len() + chunk.len() > largest {
            return Err(FetchError::TooLong);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
