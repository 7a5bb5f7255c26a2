//! The client of receptions: only of those on the app's own list, never of an address from a link.

use std::time::Duration;

use app_auth::{
    ABORT_PATH, Abort, AuthenticationOutcome, AuthenticationRequest, AuthenticationResponse, CLAIM_PATH, Claim,
    LARGEST_MESSAGE, RESPONSE_PATH,
};
use http_client::BodyError;
use reqwest::header;
use serde::{Serialize, de::DeserializeOwned};
use web::Origin;

use crate::KnownReception;

/// The timeout of a request. The reception queries the certificate authority meanwhile.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The receptions on the app's list, at least one.
pub(crate) struct ReceptionClient {
    http: reqwest::Client,
    receptions: Vec<KnownReception>,
}

/// Why a request to a reception failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// It refused, with texts for the person.
    #[error("the reception refused ({})", .0.code)]
    Refused(app_auth::ErrorResponse),
    /// The request failed or timed out.
    #[error("the reception could not be reached")]
    Unreachable(#[from] reqwest::Error),
    /// A status without an error message of the protocol.
    #[error("the reception answered with status {0} and no words")]
    Status(u16),
    /// The response is no message of the protocol.
    #[error("the reception's answer cannot be read")]
    Unreadable(#[source] serde_json::Error),
    /// The response is longer than any message of the protocol.
    #[error("the reception's answer is too long")]
    TooLong,
    /// The response came from another address, by redirect.
    #[error("the reception's answer came from elsewhere")]
    Redirected,
    /// The reception is no longer on the app's list.
    #[error("this reception is not on the app's list")]
    UnknownReception,
}

impl ReceptionClient {
    /// `None` if the list is empty.
    pub(crate) fn new(http: reqwest::Client, receptions: Vec<KnownReception>) -> Option<Self> {
        (!receptions.is_empty()).then_some(Self { http, receptions })
    }

    /// The first on the list.
    pub(crate) fn first(&self) -> &KnownReception {
        // `new` requires at least one.
        self.receptions.first().expect("the list has a first")
    }

    /// The whole list, in order.
    pub(crate) fn all(&self) -> &[KnownReception] {
        &self.receptions
    }

    /// The reception with this origin, if it is on the list.
    pub(crate) fn find(&self, origin: &Origin) -> Option<&KnownReception> {
        self.receptions.iter().find(|reception| reception.origin == *origin)
    }

    pub(crate) async fn claim(&self, origin: &Origin, claim: &Claim) -> Result<AuthenticationRequest, ClientError> {
        self.post(origin, CLAIM_PATH, claim).await
    }

    pub(crate) async fn submit_response(
        &self,
        origin: &Origin,
        response: &AuthenticationResponse,
    ) -> Result<AuthenticationOutcome, ClientError> {
        self.post(origin, RESPONSE_PATH, response).await
    }

    pub(crate) async fn give_up(&self, origin: &Origin, abort: &Abort) -> Result<(), ClientError> {
        self.post(origin, ABORT_PATH, abort).await
    }

    async fn post<M: Serialize, T: DeserializeOwned>(
        &self,
        origin: &Origin,
        path: &str,
        message: &M,
    ) -> Result<T, ClientError> {
        let reception = self.find(origin).ok_or(ClientError::UnknownReception)?;
        let address = reception.origin.url(path);
        let body = serde_json::to_vec(message).map_err(ClientError::Unreadable)?;
        let response = self
            .http
            .post(&address)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json")
            .timeout(TIMEOUT)
            .body(body)
            .send()
            .await?;
        // The client is configured not to follow redirects; this detects one that does.
        if response.url().as_str() != address {
            return Err(ClientError::Redirected);
        }
        let status = response.status();
        let bytes = http_client::read_body(response, LARGEST_MESSAGE).await.map_err(|error| match error {
            BodyError::Network(error) => ClientError::Unreachable(error),
            BodyError::TooLong(_) => ClientError::TooLong,
        })?;
        if status.is_success() {
            return serde_json::from_slice(&bytes).map_err(ClientError::Unreadable);
        }
        match serde_json::from_slice(&bytes) {
            Ok(response) if status.is_client_error() || status.is_server_error() => Err(ClientError::Refused(response)),
            _ => Err(ClientError::Status(status.as_u16())),
        }
    }
}
