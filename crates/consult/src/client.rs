//! The hand-over's client side: what the service says to a reception.

use std::{collections::HashMap, sync::Arc, time::Duration};

use base::{Randomness, ReceptionNumber, Timestamp};
use handover::{
    AccessToken, AuthorizationCode, ClientId, ClientKey, Departure, FORM_MEDIA_TYPE, FormBody, Issuer, Location,
    Metadata, MetadataRefusal, PushedAuthorizationResponse, ReceptionRequest, ReceptionStatus, RedirectUri,
    ResponseRefusal, TokenResponse,
};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use shell::Origin;
use tokio::sync::RwLock;

/// How long a patient waits for a reception.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a page waits to hear whether a registration still stands.
const STATUS_TIMEOUT: Duration = Duration::from_secs(2);

/// No answer of a reception is as long.
const MAX_RESPONSE_BYTES: usize = 64 * 1024;

/// How the service is known to receptions, and which it knows.
pub struct HandOverSettings {
    /// By what name the service is registered.
    pub client_id: ClientId,
    /// With what it signs.
    pub client_key: ClientKey,
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
    ResponseTooLong,
    /// It does not speak the profile.
    #[error("the reception's metadata cannot be used")]
    InvalidMetadata(#[source] MetadataRefusal),
    /// It refuses, or answers what cannot be used.
    #[error("the reception's answer is not the one awaited")]
    InvalidResponse(#[source] ResponseRefusal),
}

/// The receptions, as the service reaches them.
pub(crate) struct ReceptionClient {
    http: reqwest::Client,
    settings: HandOverSettings,
    redirect_uri: RedirectUri,
    randomness: Randomness,
    /// What receptions say about themselves. Only a shortcut: any node can ask again.
    metadata_cache: RwLock<HashMap<String, Arc<Metadata>>>,
}

struct ReceptionResponse {
    status: u16,
    body: Vec<u8>,
}

impl ReceptionClient {
    pub(crate) fn new(
        http: reqwest::Client,
        identity: HandOverSettings,
        redirect_uri: RedirectUri,
        randomness: Randomness,
    ) -> Self {
        Self { http, settings: identity, redirect_uri, randomness, metadata_cache: RwLock::default() }
    }

    /// Where the pages of this reception are, if it is known.
    pub(crate) fn find_origin(&self, issuer: &Issuer) -> Option<&Origin> {
        self.settings.receptions.iter().find(|known| known.issuer == *issuer).map(|known| &known.origin)
    }

    /// A patient who is about to leave.
    pub(crate) fn new_departure(&self, asked: ReceptionRequest) -> Departure {
        Departure::new(self.settings.client_id.clone(), self.redirect_uri.clone(), asked, &self.randomness)
    }

    /// The same patient, back again.
    pub(crate) fn resume_departure(&self, secret: base::Token, asked: ReceptionRequest) -> Departure {
        Departure::resume(secret, self.settings.client_id.clone(), self.redirect_uri.clone(), asked)
    }

    /// Pushes the request (RFC 9126) and tells where the browser is to go.
    pub(crate) async fn push_request(
        &self,
        issuer: &Issuer,
        departure: &Departure,
        now: Timestamp,
    ) -> Result<Location, ReceptionFailure> {
        let metadata = self.fetch_metadata(issuer).await?;
        let form = departure.pushed_request_form(&self.settings.client_key, &metadata, now, &self.randomness);
        let answer = self.post_form(metadata.endpoints().pushed_requests.as_str(), &form).await;
        let answer = self.forget_metadata_on_error(issuer, answer).await?;
        let pushed = PushedAuthorizationResponse::read(answer.status, &answer.body)
            .map_err(ReceptionFailure::InvalidResponse)?;
        Ok(metadata.authorization_url(&self.settings.client_id, &pushed.request_uri))
    }

    /// Redeems the code. A reception that was not reached is tried a second time: the code is then still unspent, or
    /// spent without our having heard, which its refusal tells.
    pub(crate) async fn redeem_code(
        &self,
        issuer: &Issuer,
        departure: &Departure,
        code: &AuthorizationCode,
        now: Timestamp,
    ) -> Result<TokenResponse, ReceptionFailure> {
        let metadata = self.fetch_metadata(issuer).await?;
        let endpoint = metadata.endpoints().token.as_str();
        let form = || departure.token_request_form(code, &self.settings.client_key, &metadata, now, &self.randomness);
        let answer = match self.post_form(endpoint, &form()).await {
            Err(ReceptionFailure::Network(error)) if error.is_connect() => self.post_form(endpoint, &form()).await,
            answer => answer,
        };
        let answer = self.forget_metadata_on_error(issuer, answer).await?;
        departure.read_token_response(answer.status, &answer.body).map_err(ReceptionFailure::InvalidResponse)
    }

    /// Whether a registration still stands.
    pub(crate) async fn fetch_status(
        &self,
        issuer: &Issuer,
        token: &AccessToken,
        asked: ReceptionNumber,
    ) -> Result<ReceptionStatus, ReceptionFailure> {
        let ask = async {
            let metadata = self.fetch_metadata(issuer).await?;
            let request = self
                .http
                .get(metadata.endpoints().status.as_str())
                .header(AUTHORIZATION, format!("Bearer {}", token.reveal()))
                .header(ACCEPT, "application/json")
                .timeout(STATUS_TIMEOUT);
            read_response(request).await
        };
        let answer = ask.await?;
        ReceptionStatus::read(answer.status, &answer.body, asked).map_err(ReceptionFailure::InvalidResponse)
    }

    async fn fetch_metadata(&self, issuer: &Issuer) -> Result<Arc<Metadata>, ReceptionFailure> {
        if self.find_origin(issuer).is_none() {
            return Err(ReceptionFailure::Unknown);
        }
        if let Some(known) = self.metadata_cache.read().await.get(issuer.as_str()) {
            return Ok(known.clone());
        }
        let request =
            self.http.get(issuer.metadata_url().as_str()).header(ACCEPT, "application/json").timeout(REQUEST_TIMEOUT);
        let answer = read_response(request).await?;
        let metadata = Arc::new(Metadata::read(&answer.body, issuer).map_err(ReceptionFailure::InvalidMetadata)?);
        self.metadata_cache.write().await.insert(issuer.as_str().to_owned(), metadata.clone());
        Ok(metadata)
    }

    async fn post_form(&self, url: &str, form: &FormBody) -> Result<ReceptionResponse, ReceptionFailure> {
        let request = self
            .http
            .post(url)
            .header(CONTENT_TYPE, FORM_MEDIA_TYPE)
            .header(ACCEPT, "application/json")
            .timeout(REQUEST_TIMEOUT)
            .body(form.reveal().to_owned());
        read_response(request).await
    }

    /// A reception whose doors do not open may have moved them: it is asked anew the next time.
    async fn forget_metadata_on_error<T>(
        &self,
        issuer: &Issuer,
        answer: Result<T, ReceptionFailure>,
    ) -> Result<T, ReceptionFailure> {
        if answer.is_err() {
            self.metadata_cache.write().await.remove(issuer.as_str());
        }
        answer
    }
}

async fn read_response(request: reqwest::RequestBuilder) -> Result<ReceptionResponse, ReceptionFailure> {
    let mut response = request.send().await.map_err(|error| ReceptionFailure::Network(error.without_url()))?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| ReceptionFailure::Network(error.without_url()))? {
        if body.len() + chunk.len() > MAX_RESPONSE_BYTES {
            return Err(ReceptionFailure::ResponseTooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(ReceptionResponse { status, body })
}
