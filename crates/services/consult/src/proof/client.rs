//! The client of the hand-over: requests of the service to a reception.

use std::{collections::HashMap, sync::Arc, time::Duration};

use base::{Randomness, ReceptionNumber, Timestamp};
use handover::{
    AccessToken, AuthorizationCode, ClientId, ClientKey, Departure, FORM_MEDIA_TYPE, FormBody, Issuer, Location,
    Metadata, MetadataRefusal, PushedAuthorizationResponse, ReceptionRequest, ReceptionStatus, RedirectUri,
    ResponseRefusal, TokenResponse,
};
use http_client::BodyError;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use tokio::sync::RwLock;
use web::Origin;

/// How long a patient waits for a reception.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a page waits for the status of a registration.
const STATUS_TIMEOUT: Duration = Duration::from_secs(2);

/// The longest response of a reception that is read, in bytes.
const MAX_RESPONSE_BYTES: usize = 64 * 1024;

/// The service's registration at receptions, and the receptions that it accepts.
pub struct HandOverSettings {
    /// The `client_id` under which the service is registered.
    pub client_id: ClientId,
    /// Signs client assertions.
    pub client_key: ClientKey,
    /// The receptions that patients may be handed over to.
    pub receptions: Vec<KnownReception>,
}

/// A reception that patients may be handed over to.
#[derive(Debug, Clone)]
pub struct KnownReception {
    pub issuer: Issuer,
    /// Where its pages are, for the Content-Security-Policy of pages that lead there.
    pub origin: Origin,
}

/// Why a request to a reception failed.
#[derive(Debug, thiserror::Error)]
pub enum ReceptionFailure {
    /// The issuer is not in the settings.
    #[error("the reception is not one of those in the settings")]
    Unknown,
    /// The reception cannot be reached.
    #[error("the reception does not answer")]
    Network(#[source] reqwest::Error),
    /// The response exceeds the limit.
    #[error("the reception's answer is too long")]
    ResponseTooLong,
    /// Its metadata does not follow the profile.
    #[error("the reception's metadata cannot be used")]
    InvalidMetadata(#[source] MetadataRefusal),
    /// An error response, or one that cannot be used.
    #[error("the reception's answer is not the one awaited")]
    InvalidResponse(#[source] ResponseRefusal),
}

/// The client of all receptions.
pub(crate) struct ReceptionClient {
    http: reqwest::Client,
    settings: HandOverSettings,
    redirect_uri: RedirectUri,
    randomness: Randomness,
    /// Metadata by issuer. Only a cache: every node can fetch it again.
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
        self.settings.receptions.iter().find(|reception| reception.issuer == *issuer).map(|reception| &reception.origin)
    }

    /// A new departure of a patient to the reception.
    pub(crate) fn new_departure(&self, request: ReceptionRequest) -> Departure {
        Departure::new(self.settings.client_id.clone(), self.redirect_uri.clone(), request, &self.randomness)
    }

    /// The departure of a patient who has returned.
    pub(crate) fn resume_departure(&self, secret: base::Token, request: ReceptionRequest) -> Departure {
        Departure::resume(secret, self.settings.client_id.clone(), self.redirect_uri.clone(), request)
    }

    /// Pushes the authorization request (RFC 9126) and returns the address to redirect the browser to.
    pub(crate) async fn push_request(
        &self,
        issuer: &Issuer,
        departure: &Departure,
        now: Timestamp,
    ) -> Result<Location, ReceptionFailure> {
        let metadata = self.fetch_metadata(issuer).await?;
        let form = departure.pushed_request_form(&self.settings.client_key, &metadata, now, &self.randomness);
        let response = self.post_form(metadata.endpoints().pushed_requests.as_str(), &form).await;
        let response = self.forget_metadata_on_error(issuer, response).await?;
        let pushed = PushedAuthorizationResponse::read(response.status, &response.body)
            .map_err(ReceptionFailure::InvalidResponse)?;
        Ok(metadata.authorization_url(&self.settings.client_id, &pushed.request_uri))
    }

    /// Redeems the authorization code. If no connection is made, a second attempt follows: should the first have reached
    /// the reception after all, it refuses the code as used.
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
        let response = match self.post_form(endpoint, &form()).await {
            Err(ReceptionFailure::Network(error)) if error.is_connect() => self.post_form(endpoint, &form()).await,
            response => response,
        };
        let response = self.forget_metadata_on_error(issuer, response).await?;
        departure.read_token_response(response.status, &response.body).map_err(ReceptionFailure::InvalidResponse)
    }

    /// Asks whether a registration is still in force.
    pub(crate) async fn fetch_status(
        &self,
        issuer: &Issuer,
        token: &AccessToken,
        number: ReceptionNumber,
    ) -> Result<ReceptionStatus, ReceptionFailure> {
        let exchange = async {
            let metadata = self.fetch_metadata(issuer).await?;
            let request = self
                .http
                .get(metadata.endpoints().status.as_str())
                .header(AUTHORIZATION, format!("Bearer {}", token.reveal()))
                .header(ACCEPT, "application/json")
                .timeout(STATUS_TIMEOUT);
            read_response(request).await
        };
        let response = exchange.await?;
        ReceptionStatus::read(response.status, &response.body, number).map_err(ReceptionFailure::InvalidResponse)
    }

    async fn fetch_metadata(&self, issuer: &Issuer) -> Result<Arc<Metadata>, ReceptionFailure> {
        if self.find_origin(issuer).is_none() {
            return Err(ReceptionFailure::Unknown);
        }
        if let Some(metadata) = self.metadata_cache.read().await.get(issuer.as_str()) {
            return Ok(metadata.clone());
        }
        let request =
            self.http.get(issuer.metadata_url().as_str()).header(ACCEPT, "application/json").timeout(REQUEST_TIMEOUT);
        let response = read_response(request).await?;
        let metadata = Arc::new(Metadata::read(&response.body, issuer).map_err(ReceptionFailure::InvalidMetadata)?);
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

    /// After a failed request the endpoints may have changed: the metadata is fetched again the next time.
    async fn forget_metadata_on_error<T>(
        &self,
        issuer: &Issuer,
        result: Result<T, ReceptionFailure>,
    ) -> Result<T, ReceptionFailure> {
        if result.is_err() {
            self.metadata_cache.write().await.remove(issuer.as_str());
        }
        result
    }
}

async fn read_response(request: reqwest::RequestBuilder) -> Result<ReceptionResponse, ReceptionFailure> {
    let response = request.send().await.map_err(|error| ReceptionFailure::Network(error.without_url()))?;
    let status = response.status().as_u16();
    let body = http_client::read_body(response, MAX_RESPONSE_BYTES).await.map_err(|error| match error {
        BodyError::Network(error) => ReceptionFailure::Network(error),
        BodyError::TooLong(_) => ReceptionFailure::ResponseTooLong,
    })?;
    Ok(ReceptionResponse { status, body })
}
