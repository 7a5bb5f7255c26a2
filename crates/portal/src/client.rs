//! What the app asks of receptions: always one on its own list, never an address from a link.

use std::time::Duration;

use errand::{ANSWER_PATH, Answer, CLAIM_PATH, Claim, GIVE_UP_PATH, GiveUp, LARGEST_MESSAGE, Outcome, Request};
use reqwest::header;
use serde::{Serialize, de::DeserializeOwned};
use shell::Origin;

use crate::KnownReception;

/// How long a reception may take. It asks the authority about the certificate meanwhile.
const PATIENCE: Duration = Duration::from_secs(15);

/// The receptions on the app's list. The first is the one that tickets are taken to.
pub(crate) struct Receptions {
    http: reqwest::Client,
    known: Vec<KnownReception>,
}

/// Why a reception did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// It said no, with words for the person.
    #[error("the reception refused ({})", .0.code)]
    Refused(errand::Refused),
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
    Elsewhere,
    /// It is no longer on the list.
    #[error("this reception is not on the app's list")]
    NotOnTheList,
}

impl Receptions {
    /// None without a first.
    pub(crate) fn new(http: reqwest::Client, known: Vec<KnownReception>) -> Option<Self> {
        (!known.is_empty()).then_some(Self { http, known })
    }

    /// The one that tickets are taken to.
    pub(crate) fn first(&self) -> &KnownReception {
        // `new` makes none without.
        self.known.first().expect("the list has a first")
    }

    /// All of them, the first first.
    pub(crate) fn all(&self) -> &[KnownReception] {
        &self.known
    }

    /// The one at this origin, if it is on the list.
    pub(crate) fn known(&self, origin: &Origin) -> Option<&KnownReception> {
        self.known.iter().find(|reception| reception.origin == *origin)
    }

    pub(crate) async fn claim(&self, origin: &Origin, claim: &Claim) -> Result<Request, Failure> {
        self.post(origin, CLAIM_PATH, claim).await
    }

    pub(crate) async fn answer(&self, origin: &Origin, answer: &Answer) -> Result<Outcome, Failure> {
        self.post(origin, ANSWER_PATH, answer).await
    }

    pub(crate) async fn give_up(&self, origin: &Origin, give_up: &GiveUp) -> Result<(), Failure> {
        self.post(origin, GIVE_UP_PATH, give_up).await
    }

    async fn post<M: Serialize, T: DeserializeOwned>(
        &self,
        to: &Origin,
        path: &str,
        message: &M,
    ) -> Result<T, Failure> {
        let reception = self.known(to).ok_or(Failure::NotOnTheList)?;
        let address = reception.origin.at(path);
        let body = serde_json::to_vec(message).map_err(Failure::Unreadable)?;
        let mut answer = self
            .http
            .post(&address)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json")
            .timeout(PATIENCE)
            .body(body)
            .send()
            .await?;
        // The composition hands in a client that follows nothing; one that does is noticed here.
        if answer.url().as_str() != address {
            return Err(Failure::Elsewhere);
        }
        let status = answer.status();
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if bytes.len() + chunk.len() > LARGEST_MESSAGE {
                return Err(Failure::TooLong);
            }
            bytes.extend_from_slice(&chunk);
        }
        if status.is_success() {
            return serde_json::from_slice(&bytes).map_err(Failure::Unreadable);
        }
        match serde_json::from_slice(&bytes) {
            Ok(refused) if status.is_client_error() || status.is_server_error() => Err(Failure::Refused(refused)),
            _ => Err(Failure::Status(status.as_u16())),
        }
    }
}
