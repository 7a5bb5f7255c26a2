//! One journey, request by request, as service, browser and app send them.

use std::{net::SocketAddr, path::Path};

use app_auth::{
    AuthenticationOutcome, AuthenticationResponse, CLAIM_PATH, Claim, Device, OpenMethod, RESPONSE_PATH, RETURN_PATH,
};
use base::{Clock, InstitutionCode, Randomness, Span, Token};
use card::VirtualCard;
use handover::{
    AuthorizationCode, AuthorizationResponse, ClientKey, Departure, FORM_MEDIA_TYPE, Issuer, Metadata,
    PushedAuthorizationResponse, ReceptionRequest, UnverifiedAuthorizationResponse,
};
use http::{Method, Request, StatusCode, header, request::Builder};
use http_body_util::Full;
use hyper::body::Bytes;
use jpki::Challenge;
use serde::de::DeserializeOwned;
use url::form_urlencoded;
use web::Origin;

use crate::{
    Failure, card_pool,
    connection::{Connection, HttpResponse, PageForm},
};

/// A browser whose waiting page returns by itself.
const ANDROID_USER_AGENT: &str = "Mozilla/5.0 (Linux; Android 16) Chrome/156.0 Mobile Safari/537.36";

/// The registration of the measured service at the reception. No server listens at the redirect URI: the driver reads the
/// address.
const CLIENT_ID: &str = "bench";
const REDIRECT_URI: &str = "http://bench.localhost:1/return";

/// The online-consultation service: an OAuth client of the reception.
pub(crate) struct BenchService {
    key: ClientKey,
    institutions: Vec<InstitutionCode>,
}

/// The reception, with the metadata that it publishes.
pub(crate) struct ReceptionClient {
    pub(crate) address: SocketAddr,
    origin: Origin,
    metadata: Metadata,
    compressed: bool,
}

/// A patient's browser and app, and the service, on one connection.
pub(crate) struct JourneyRunner<'a> {
    service: &'a BenchService,
    reception: &'a ReceptionClient,
    connection: &'a mut Connection,
    clock: Clock,
    randomness: Randomness,
    cookie: Option<String>,
}

impl BenchService {
    /// Generates the service's key and writes the file that registers the service.
    pub(crate) fn register(file: &Path) -> Result<ClientKey, Failure> {
        let key = ClientKey::generate();
        let jwks: serde_json::Value = serde_json::from_str(&key.public_jwks())?;
        let registration = serde_json::json!({
            "client_id": CLIENT_ID,
            "name": "計測用サービス",
            "home": "http://bench.localhost:1",
            "redirect_uris": [REDIRECT_URI],
            "jwks": jwks,
        });
        std::fs::write(file, registration.to_string())?;
        Ok(key)
    }

    pub(crate) fn new(key: ClientKey, institutions: Vec<InstitutionCode>) -> Self {
        Self { key, institutions }
    }

    /// The departure for a visit tomorrow at one of the institutions.
    fn new_departure(&self, index: usize, clock: &Clock, randomness: &Randomness) -> Result<Departure, Failure> {
        let request = ReceptionRequest {
            institution: self.institutions[index % self.institutions.len()],
            visit_date: clock.now().plus(Span::from_hours(24)).japan_date(),
            reference: format!("appointment-{index}").parse()?,
        };
        Ok(Departure::new(CLIENT_ID.parse()?, REDIRECT_URI.parse()?, request, randomness))
    }
}

impl ReceptionClient {
    /// Reads the metadata of the reception at `origin`.
    pub(crate) async fn discover(origin: Origin, compressed: bool) -> Result<Self, Failure> {
        // RFC 6761 §6.3: every name beneath `localhost` is this machine.
        let port = origin.authority().rsplit_once(':').map(|(_, port)| port.parse()).ok_or("no port")??;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let issuer: Issuer = origin.as_str().parse()?;
        let mut connection = Connection::open(address).await?;
        let request = Request::get(issuer.metadata_url().path()).header(header::HOST, origin.authority());
        let response = connection.send(request.body(Full::default())?).await?;
        let metadata = Metadata::read(&response.body, &issuer)?;
        Ok(Self { address, origin, metadata, compressed })
    }
}

impl<'a> JourneyRunner<'a> {
    pub(crate) fn new(
        service: &'a BenchService,
        reception: &'a ReceptionClient,
        connection: &'a mut Connection,
    ) -> Self {
        let (clock, randomness) = (Clock::system(), Randomness::system());
        Self { service, reception, connection, clock, randomness, cookie: None }
    }

    /// The whole journey, from the first request to the token.
    pub(crate) async fn run_journey(&mut self, index: usize, card: &mut VirtualCard) -> Result<(), Failure> {
        let (departure, code) = self.run_to_code(index, card).await?;
        self.redeem_code(&departure, &code).await
    }

    /// The journey up to its authorization code.
    pub(crate) async fn run_to_code(
        &mut self,
        index: usize,
        card: &mut VirtualCard,
    ) -> Result<(Departure, AuthorizationCode), Failure> {
        let (departure, location) = self.request_authorization(index).await?;
        let choices_page = self.get_page(location).await?;
        let confirmation_path = self.submit_form(&choices_page, "/choose", &[("all", "agree")]).await?;
        let confirmation_page = self.get_page(confirmation_path).await?;
        let app_path = self.submit_form(&confirmation_page, "/confirm", &[]).await?;
        let app_page = self.get_page(app_path).await?;
        let code = self.authenticate_with_card(card, app_page.text_between("/open?ticket=", "\"")?.parse()?).await?;
        let result_page = self.get_page(format!("{RETURN_PATH}?code={}", code.reveal())).await?;
        let return_address = self.submit_form(&result_page, "/finish", &[]).await?;
        let query =
            return_address.strip_prefix(REDIRECT_URI).and_then(|rest| rest.strip_prefix('?')).ok_or("not led back")?;
        match UnverifiedAuthorizationResponse::parse(query)?
            .check(&departure.state(), self.reception.metadata.issuer())?
        {
            AuthorizationResponse::Code(code) => Ok((departure, code)),
            AuthorizationResponse::Denied | AuthorizationResponse::Failed(_) => {
                Err("the journey ended without a code".into())
            }
        }
    }

    /// PAR (RFC 9126 §2) and the authorization request. The location of the redirect that answers it.
    pub(crate) async fn request_authorization(&mut self, index: usize) -> Result<(Departure, String), Failure> {
        let departure = self.service.new_departure(index, &self.clock, &self.randomness)?;
        let metadata = &self.reception.metadata;
        let form = departure.pushed_request_form(&self.service.key, metadata, self.clock.now(), &self.randomness);
        let response = self.post_form(metadata.endpoints().pushed_requests.path(), form.reveal()).await?;
        let pushed = PushedAuthorizationResponse::read(response.status.as_u16(), &response.body)?;
        let location = metadata.authorization_url(&CLIENT_ID.parse()?, &pushed.request_uri);
        let path = self.local_path(location.reveal())?;
        let response = self.send_browser_request(Method::GET, &path, None).await?;
        Ok((departure, self.redirect_target(&response)?))
    }

    /// RFC 6749 §4.1.3
    pub(crate) async fn redeem_code(&mut self, departure: &Departure, code: &AuthorizationCode) -> Result<(), Failure> {
        let metadata = &self.reception.metadata;
        let form = departure.token_request_form(code, &self.service.key, metadata, self.clock.now(), &self.randomness);
        let response = self.post_form(metadata.endpoints().token.path(), form.reveal()).await?;
        departure.read_token_response(response.status.as_u16(), &response.body)?;
        Ok(())
    }

    /// The app: claims the ticket, has the card sign, responds. The return code.
    async fn authenticate_with_card(&mut self, card: &mut VirtualCard, ticket: Token) -> Result<Token, Failure> {
        let claim = Claim { ticket: ticket.clone(), device: Device::Android, open_method: OpenMethod::Link };
        let request: app_auth::AuthenticationRequest = self.post_json(CLAIM_PATH, &claim).await?;
        let origin = self.reception.origin.to_string();
        let challenge = Challenge { origin, nonce: request.nonce, ticket: ticket.digest() };
        let (certificate, signature) = card_pool::sign_with_card(card, &challenge)?;
        match self.post_json(RESPONSE_PATH, &AuthenticationResponse { ticket, certificate, signature }).await? {
            AuthenticationOutcome::Return { code } => Ok(code),
            AuthenticationOutcome::ConfirmationDigits { .. }
            | AuthenticationOutcome::ReturnOrConfirmationDigits { .. } => {
                Err("an Android phone is led back by a code".into())
            }
        }
    }

    /// A page, after following all redirects.
    async fn get_page(&mut self, mut path: String) -> Result<HttpResponse, Failure> {
        loop {
            let response = self.send_browser_request(Method::GET, &path, None).await?;
            if response.status == StatusCode::OK {
                return Ok(response);
            }
            path = self.redirect_target(&response)?;
        }
    }

    /// Sends a page's form with its hidden fields and `fields`. The location that the response redirects to.
    async fn submit_form(
        &mut self,
        page: &HttpResponse,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Result<String, Failure> {
        let PageForm { action, hidden_fields: hidden } = page.find_form(action)?;
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(hidden).extend_pairs(fields).finish();
        let response = self.send_browser_request(Method::POST, action, Some(body)).await?;
        self.redirect_target(&response)
    }

    async fn send_browser_request(
        &mut self,
        method: Method,
        path: &str,
        form: Option<String>,
    ) -> Result<HttpResponse, Failure> {
        let mut request = self.build_request(method, path).header(header::USER_AGENT, ANDROID_USER_AGENT);
        request = request.header(header::ACCEPT_LANGUAGE, "ja");
        if self.reception.compressed {
            request = request.header(header::ACCEPT_ENCODING, "gzip");
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if form.is_some() {
            let origin = self.reception.origin.as_str();
            request = request.header(header::CONTENT_TYPE, FORM_MEDIA_TYPE).header(header::ORIGIN, origin);
            request = request.header("sec-fetch-site", "same-origin");
        }
        let response = self.connection.send(request.body(form.unwrap_or_default().into())?).await?;
        if let Some(cookie) = response.headers.get(header::SET_COOKIE) {
            let pair = cookie.to_str()?.split(';').next().unwrap_or_default();
            self.cookie = Some(pair.to_owned());
        }
        Ok(response)
    }

    async fn post_form(&mut self, path: &str, form: &str) -> Result<HttpResponse, Failure> {
        let request = self.build_request(Method::POST, path).header(header::CONTENT_TYPE, FORM_MEDIA_TYPE);
        self.connection.send(request.body(form.to_owned().into())?).await
    }

    async fn post_json<T: DeserializeOwned>(
        &mut self,
        path: &str,
        message: &impl serde::Serialize,
    ) -> Result<T, Failure> {
        let request = self.build_request(Method::POST, path).header(header::CONTENT_TYPE, "application/json");
        let body = Full::from(Bytes::from(serde_json::to_vec(message)?));
        let response = self.connection.send(request.body(body)?).await?;
        if response.status != StatusCode::OK {
            return Err(format!("{path}: {} {}", response.status, String::from_utf8_lossy(&response.body)).into());
        }
        Ok(serde_json::from_slice(&response.body)?)
    }

    fn build_request(&self, method: Method, path: &str) -> Builder {
        Request::builder().method(method).uri(path).header(header::HOST, self.reception.origin.authority())
    }

    /// The location of a redirect: a path of the reception, or an address of another site.
    fn redirect_target(&self, response: &HttpResponse) -> Result<String, Failure> {
        let no_redirect = || format!("the browser is led nowhere: {}", response.describe_refusal());
        let location = response.location().filter(|_| response.status.is_redirection()).ok_or_else(no_redirect)?;
        Ok(self.local_path(location).unwrap_or_else(|_| location.to_owned()))
    }

    fn local_path(&self, address: &str) -> Result<String, Failure> {
        let path = address.strip_prefix(self.reception.origin.as_str()).unwrap_or(address);
        if path.starts_with('/') { Ok(path.to_owned()) } else { Err("an address of another site".into()) }
    }
}
