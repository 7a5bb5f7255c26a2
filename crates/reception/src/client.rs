//! What the room asks of others: the authority's responder, whether a certificate was revoked.

use std::time::Duration;

use reqwest::header;
use url::Url;

/// How long the responder may take. The patient waits with the card in her hand.
const PATIENCE: Duration = Duration::from_secs(6);

/// The largest answer that is read. A real one has some two kilobytes.
const LARGEST_ANSWER: usize = 64 * 1024;

/// The authority's OCSP responder, at the one address that the settings name. What a certificate says about where to ask
/// is never followed: it is what somebody brought along.
pub(crate) struct Responder {
    http: reqwest::Client,
    address: Url,
}

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
pub enum Silent {
    /// The responder could not be reached, or not in time.
    #[error("the responder could not be reached")]
    Unreachable(#[from] reqwest::Error),
    /// It answered with an HTTP status that is none of OCSP.
    #[error("the responder answered with status {0}")]
    Status(u16),
    /// Its answer is longer than any OCSP response.
    #[error("the responder's answer is too long")]
    TooLong,
}

impl Responder {
    pub(crate) fn new(http: reqwest::Client, address: Url) -> Self {
        Self { http, address }
    }

    /// Asks (RFC 6960 appendix A.1, POST) and returns the answer's bytes, of which nothing is believed yet.
    pub(crate) async fn ask(&self, request: Vec<u8>) -> Result<Vec<u8>, Silent> {
        let answer = self
            .http
            .post(self.address.clone())
            .header(header::CONTENT_TYPE, "application/ocsp-request")
            .header(header::ACCEPT, "application/ocsp-response")
            .timeout(PATIENCE)
            .body(request)
            .send()
            .await?;
        if answer.status() != reqwest::StatusCode::OK {
            return Err(Silent::Status(answer.status().as_u16()));
        }
        let mut answer = answer;
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if bytes.len() + chunk.len() > LARGEST_ANSWER {
                return Err(Silent::TooLong);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}
