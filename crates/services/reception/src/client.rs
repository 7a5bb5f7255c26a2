//! Outgoing requests: whether the authority has revoked a certificate.

mod revocation;
#[cfg(test)]
mod tests;

use std::time::Duration;

use http_client::BodyError;
use reqwest::{RequestBuilder, header};
use url::Url;

#[cfg(test)]
pub(crate) use revocation::ResponderError;
pub use revocation::RevocationError;
pub(crate) use revocation::{RevocationChecker, RevocationSource};

/// How long each of the two sources may take. The patient and the app wait for both.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The largest OCSP response that is read. A real one has about two kilobytes.
const LARGEST_RESPONSE: usize = 64 * 1024;

/// The largest revocation list that is read: some hundred thousand entries.
const LARGEST_LIST: usize = 8 * 1024 * 1024;

/// Why a source gave no response.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// It could not be reached, or not in time.
    #[error("it could not be reached")]
    Unreachable(#[from] reqwest::Error),
    /// An HTTP status other than 200.
    #[error("it answered with status {0}")]
    Status(u16),
    /// Longer than the limit.
    #[error("its answer is too long")]
    TooLong,
}

/// The authority's OCSP responder, at the address in the settings. The responder address in a certificate is never
/// followed: the certificate is untrusted input.
pub(crate) struct Responder {
    http: reqwest::Client,
    address: Url,
}

impl Responder {
    pub(crate) fn new(http: reqwest::Client, address: Url) -> Self {
        Self { http, address }
    }

    /// Posts the request (RFC 6960 appendix A.1) and returns the body, still unverified.
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

/// The body of a response with status 200, up to `largest` bytes.
async fn fetch_body(request: RequestBuilder, largest: usize) -> Result<Vec<u8>, FetchError> {
    let response = request.timeout(TIMEOUT).send().await?;
    if response.status() != reqwest::StatusCode::OK {
        return Err(FetchError::Status(response.status().as_u16()));
    }
    http_client::read_body(response, largest).await.map_err(|error| match error {
        BodyError::Network(error) => FetchError::Unreachable(error),
        BodyError::TooLong(_) => FetchError::TooLong,
    })
}
