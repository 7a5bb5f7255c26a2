//! The hand-over's client side: what the service says to a reception.

use std::{collections::HashMap, sync::Arc, time::Duration};

use base::{Randomness, ReceptionNumber, Timestamp};
use handover::{
    AccessToken, AnswerRefusal, AuthorizationCode, ClientId, ClientKey, Departure, FORM_MEDIA_TYPE, FormBody, Issuer,
    Location, Metadata, MetadataRefusal, PushedAnswer, ReceptionRequest, ReceptionStatus, RedirectUri, TokenAnswer,
};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use shell::Origin;
use tokio::sync::RwLock;

/// How long a patient waits for a reception.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a page waits to hear whether a registration still stands.
const SHORT_PATIENCE: Duration = Duration::from_secs(2);

/// No answer of a reception is as long.
const LONGEST_ANSWER: usize = 64 * 1024;

/// How the service is known to receptions, and which it knows.
pub struct HandOver {
    /// By what name the service is registered.
    pub client: ClientId,
    /// With what it signs.
    pub key: ClientKey,
    /// The receptions that patients may be handed over to.
    pub receptions: Vec<KnownReception>,
}

/// A reception that patients may be handed over to.
#[derive(Debug, Clone)]
pub struct KnownReception {
    /// Who it is.
    pub issuer: Issuer,
    /// Where its pages are, for the policy of pages that lead there.
    pub origin: Origin,
}

/// Why a reception did not do its part.
#[derive(Debug, thiserror::Error)]
pub enum ReceptionFailure {
    /// It is not one of the known.
    #[error("the reception is not one of those in the settings")]
    Unknown,
    /// It cannot be reached.
    #[error("the reception does not answer")]
    Network(#[source] reqwest::Error),
    /// It answers too much.
    #[error("the reception's answer is too long")]
    TooLong,
    /// It does not speak the profile.
    #[error("the reception's metadata cannot be used")]
    Metadata(#[source] MetadataRefusal),
    /// It refuses, or answers what cannot be used.
    #[error("the reception's answer is not the one awaited")]
    Answer(#[source] AnswerRefusal),
}

/// The receptions, as the service reaches them.
pub(crate) struct Receptions {
    http: reqwest::Client,
    identity: HandOver,
    redirect_uri: RedirectUri,
    randomness: Randomness,
    /// What receptions say about themselves. Only a shortcut: any node can ask again.
    heard: RwLock<HashMap<String, Arc<Metadata>>>,
}

struct Answered {
    status: u16,
    body: Vec<u8>,
}

impl Receptions {
    pub(crate) fn new(
        http: reqwest::Client,
        identity: HandOver,
        redirect_uri: RedirectUri,
        randomness: Randomness,
    ) -> Self {
        Self { http, identity, redirect_uri, randomness, heard: RwLock::default() }
    }

    /// Where the pages of this reception are, if it is known.
    pub(crate) fn origin(&self, issuer: &Issuer) -> Option<&Origin> {
        self.identity.receptions.iter().find(|known| known.issuer == *issuer).map(|known| &known.origin)
    }

    /// A patient who is about to leave.
    pub(crate) fn departure(&self, asked: ReceptionRequest) -> Departure {
        Departure::new(self.identity.client.clone(), self.redirect_uri.clone(), asked, &self.randomness)
    }

    /// The same patient, back again.
    pub(crate) fn resumed(&self, secret: base::Token, asked: ReceptionRequest) -> Departure {
        Departure::resumed(secret, self.identity.client.clone(), self.redirect_uri.clone(), asked)
    }

    /// Pushes the request (RFC 9126) and tells where the browser is to go.
    pub(crate) async fn push(
        &self,
        issuer: &Issuer,
        departure: &Departure,
        now: Timestamp,
    ) -> Result<Location, ReceptionFailure> {
        let metadata = self.metadata(issuer).await?;
        let form = departure.pushed_form(&self.identity.key, &metadata, now, &self.randomness);
        let answer = self.post(metadata.endpoints().pushed_requests.as_str(), &form).await;
        let answer = self.forgetting(issuer, answer).await?;
        let pushed = PushedAnswer::read(answer.status, &answer.body).map_err(ReceptionFailure::Answer)?;
        Ok(metadata.authorization_url(&self.identity.client, &pushed.request_uri))
    }

    /// Redeems the code. A reception that was not reached is tried a second time: the code is then still unspent, or
    /// spent without our having heard, which its refusal tells.
    pub(crate) async fn redeem(
        &self,
        issuer: &Issuer,
        departure: &Departure,
        code: &AuthorizationCode,
        now: Timestamp,
    ) -> Result<TokenAnswer, ReceptionFailure> {
        let metadata = self.metadata(issuer).await?;
        let endpoint = metadata.endpoints().token.as_str();
        let form = || departure.token_form(code, &self.identity.key, &metadata, now, &self.randomness);
        let answer = match self.post(endpoint, &form()).await {
            Err(ReceptionFailure::Network(error)) if error.is_connect() => self.post(endpoint, &form()).await,
            answer => answer,
        };
        let answer = self.forgetting(issuer, answer).await?;
        departure.read_token_answer(answer.status, &answer.body).map_err(ReceptionFailure::Answer)
    }

    /// Whether a registration still stands.
    pub(crate) async fn status(
        &self,
        issuer: &Issuer,
        token: &AccessToken,
        asked: ReceptionNumber,
    ) -> Result<ReceptionStatus, ReceptionFailure> {
        let ask = async {
            let metadata = self.metadata(issuer).await?;
            let request = self
                .http
                .get(metadata.endpoints().status.as_str())
                .header(AUTHORIZATION, format!("Bearer {}", token.reveal()))
                .header(ACCEPT, "application/json")
                .timeout(SHORT_PATIENCE);
            read(request).await
        };
        let answer = ask.await?;
        ReceptionStatus::read(answer.status, &answer.body, asked).map_err(ReceptionFailure::Answer)
    }

    async fn metadata(&self, issuer: &Issuer) -> Result<Arc<Metadata>, ReceptionFailure> {
        if self.origin(issuer).is_none() {
            return Err(ReceptionFailure::Unknown);
        }
        if let Some(known) = self.heard.read().await.get(issuer.as_str()) {
            return Ok(known.clone());
        }
        let request =
            self.http.get(issuer.metadata_url().as_str()).header(ACCEPT, "application/json").timeout(PATIENCE);
        let answer = read(request).await?;
        let metadata = Arc::new(Metadata::read(&answer.body, issuer).map_err(ReceptionFailure::Metadata)?);
        self.heard.write().await.insert(issuer.as_str().to_owned(), metadata.clone());
        Ok(metadata)
    }

    async fn post(&self, url: &str, form: &FormBody) -> Result<Answered, ReceptionFailure> {
        let request = self
            .http
            .post(url)
            .header(CONTENT_TYPE, FORM_MEDIA_TYPE)
            .header(ACCEPT, "application/json")
            .timeout(PATIENCE)
            .body(form.reveal().to_owned());
        read(request).await
    }

    /// A reception whose doors do not open may have moved them: it is asked anew the next time.
    async fn forgetting<T>(&self, issuer: &Issuer, answer: Result<T, ReceptionFailure>) -> Result<T, ReceptionFailure> {
        if answer.is_err() {
            self.heard.write().await.remove(issuer.as_str());
        }
        answer
    }
}

async fn read(request: reqwest::RequestBuilder) -> Result<Answered, ReceptionFailure> {
    let mut response = request.send().await.map_err(|error| ReceptionFailure::Network(error.without_url()))?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| ReceptionFailure::Network(error.without_url()))? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(ReceptionFailure::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answered { status, body })
}
