//! What the app asks of receptions: always one on its own list, never an address from a link.

use std::time::Duration;

use errand::{
    ABORT_PATH, Abort, AuthenticationOutcome, AuthenticationRequest, AuthenticationResponse, CLAIM_PATH, Claim,
    LARGEST_MESSAGE, RESPONSE_PATH,
};
use reqwest::header;
use serde::{Serialize, de::DeserializeOwned};
use shell::Origin;

use crate::KnownReception;

/// How long a reception may take. It asks the authority about the certificate meanwhile.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The receptions on the app's list. The first is the one that tickets are taken to.
pub(crate) struct ReceptionClient {
    http: reqwest::Client,
    receptions: Vec<KnownReception>,
}

/// Why a reception did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// It said no, with words for the person.
    #[error("the reception refused ({})", .0.code)]
    Refused(errand::ErrorResponse),
    /// It could not be reached, or not in time.
    #[error("the reception could not be reached")]
    Unreachable(#[from] reqwest::Error),
    /// It answered with a status and no words that we know.
    #[error("the reception answered with status {0} and no words")]
    Status(u16),
    /// It answered what is no message of the language.
    #[error("the reception's answer cannot be read")]
    Unreadable(#[source] serde_json::Error),
    /// Its answer is longer than any message of the language.
    #[error("the reception's answer is too long")]
    TooLong,
    /// Somebody else answered: it was redirected.
    #[error("the reception's answer came from elsewhere")]
    Redirected,
    /// It is no longer on the list.
    #[error("this reception is not on the app's list")]
    UnknownReception,
}

impl ReceptionClient {
    /// None without a first.
    pub(crate) fn new(http: reqwest::Client, known: Vec<KnownReception>) -> Option<Self> {
        (!known.is_empty()).then_some(Self { http, receptions: known })
    }

    /// The one that tickets are taken to.
    pub(crate) fn first(&self) -> &KnownReception {
        // `new` makes none without.
        self.receptions.first().expect("the list has a first")
    }

    /// All of them, the first first.
    pub(crate) fn all(&self) -> &[KnownReception] {
        &self.receptions
    }

    /// The one at this origin, if it is on the list.
    pub(crate) fn find(&self, origin: &Origin) -> Option<&KnownReception> {
        self.receptions.iter().find(|reception| reception.origin == *origin)
    }

    pub(crate) async fn claim(&self, origin: &Origin, claim: &Claim) -> Result<AuthenticationRequest, ClientError> {
        self.post(origin, CLAIM_PATH, claim).await
    }

    pub(crate) async fn submit_response(
        &self,
        origin: &Origin,
        answer: &AuthenticationResponse,
    ) -> Result<AuthenticationOutcome, ClientError> {
        self.post(origin, RESPONSE_PATH, answer).await
    }

    pub(crate) async fn give_up(&self, origin: &Origin, give_up: &Abort) -> Result<(), ClientError> {
        self.post(origin, ABORT_PATH, give_up).await
    }

    async fn post<M: Serialize, T: DeserializeOwned>(
        &self,
        to: &Origin,
        path: &str,
        message: &M,
    ) -> Result<T, ClientError> {
        let reception = self.find(to).ok_or(ClientError::UnknownReception)?;
        let address = reception.origin.url(path);
        let body = serde_json::to_vec(message).map_err(ClientError::Unreadable)?;
        let mut answer = self
            .http
            .post(&address)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json")
            .timeout(TIMEOUT)
            .body(body)
            .send()
            .await?;
        // The composition hands in a client that follows nothing; one that does is noticed here.
        if answer.url().as_str() != address {
            return Err(ClientError::Redirected);
        }
        let status = answer.status();
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if bytes.len() + chunk.len() > LARGEST_MESSAGE {
                return Err(ClientError::TooLong);
            }
            bytes.extend_from_slice(&chunk);
        }
        if status.is_success() {
            return serde_json::from_slice(&bytes).map_err(ClientError::Unreadable);
        }
        match serde_json::from_slice(&bytes) {
            Ok(refused) if status.is_client_error() || status.is_server_error() => Err(ClientError::Refused(refused)),
            _ => Err(ClientError::Status(status.as_u16())),
        }
    }
}
