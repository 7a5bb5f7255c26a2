//! One journey, request by request, as service, browser and app send them.

use std::{net::SocketAddr, path::Path};

use base::{Clock, InstitutionCode, Randomness, Span, Token};
use card::VirtualCard;
use errand::{ANSWER_PATH, Answer as CardAnswer, CLAIM_PATH, Claim, Device, Opened, Outcome, RETURN_PATH};
use handover::{
    AuthorizationCode, ClientKey, Departure, FORM_MEDIA_TYPE, Issuer, Metadata, PushedAnswer, ReceptionRequest, Return,
    UnverifiedReturn,
};
use http::{Method, Request, StatusCode, header, request::Builder};
use http_body_util::Full;
use hyper::body::Bytes;
use jpki::Challenge;
use serde::de::DeserializeOwned;
use shell::Origin;
use url::form_urlencoded;

use crate::{
    Failure,
    connection::{Answer, Connection, Form},
    deck,
};

/// A browser whose waiting page leads back by itself.
const ANDROID: &str = "Mozilla/5.0 (Linux; Android 16) Chrome/156.0 Mobile Safari/537.36";

/// By what name the reception knows the service of the measurement, and where its browsers come back to. Nobody answers
/// there: the driver reads the address.
const CLIENT: &str = "bench";
const REDIRECT: &str = "http://bench.localhost:1/return";

/// The service that hands over.
pub(crate) struct Service {
    key: ClientKey,
    institutions: Vec<InstitutionCode>,
}

/// How the reception is reached.
pub(crate) struct Reception {
    pub(crate) address: SocketAddr,
    origin: Origin,
    metadata: Metadata,
    compressed: bool,
}

/// A person with her browser and app, and her service, on one connection.
pub(crate) struct Walker<'a> {
    service: &'a Service,
    reception: &'a Reception,
    connection: &'a mut Connection,
    clock: Clock,
    randomness: Randomness,
    cookie: Option<String>,
}

impl Service {
    /// A service with a new key, and the file that registers it.
    pub(crate) fn register(file: &Path) -> Result<ClientKey, Failure> {
        let key = ClientKey::generate();
        let jwks: serde_json::Value = serde_json::from_str(&key.public_jwks())?;
        let registration = serde_json::json!({
            "client_id": CLIENT,
            "name": "計測用サービス",
            "home": "http://bench.localhost:1",
            "redirect_uris": [REDIRECT],
            "jwks": jwks,
        });
        std::fs::write(file, registration.to_string())?;
        Ok(key)
    }

    pub(crate) fn new(key: ClientKey, institutions: Vec<InstitutionCode>) -> Self {
        Self { key, institutions }
    }

    /// A departure for tomorrow's visit at one of the institutions.
    fn departure(&self, place: usize, clock: &Clock, randomness: &Randomness) -> Result<Departure, Failure> {
        let request = ReceptionRequest {
            institution: self.institutions[place % self.institutions.len()],
            visit_date: clock.now().plus(Span::from_hours(24)).japan_date(),
            reference: format!("appointment-{place}").parse()?,
        };
        Ok(Departure::new(CLIENT.parse()?, REDIRECT.parse()?, request, randomness))
    }
}

impl Reception {
    /// The reception at `origin`, with what it says of itself.
    pub(crate) async fn at(origin: Origin, compressed: bool) -> Result<Self, Failure> {
        // RFC 6761 §6.3: every name beneath `localhost` is this machine.
        let port = origin.authority().rsplit_once(':').map(|(_, port)| port.parse()).ok_or("no port")??;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let issuer: Issuer = origin.as_str().parse()?;
        let mut connection = Connection::open(address).await?;
        let request = Request::get(issuer.metadata_url().path()).header(header::HOST, origin.authority());
        let answer = connection.send(request.body(Full::default())?).await?;
        let metadata = Metadata::read(&answer.body, &issuer)?;
        Ok(Self { address, origin, metadata, compressed })
    }
}

impl<'a> Walker<'a> {
    pub(crate) fn new(service: &'a Service, reception: &'a Reception, connection: &'a mut Connection) -> Self {
        let (clock, randomness) = (Clock::system(), Randomness::system());
        Self { service, reception, connection, clock, randomness, cookie: None }
    }

    /// From the first request to the last.
    pub(crate) async fn journey(&mut self, place: usize, card: &mut VirtualCard) -> Result<(), Failure> {
        let (departure, code) = self.walk_to_code(place, card).await?;
        self.redeem(&departure, &code).await
    }

    /// The whole journey but its token.
    pub(crate) async fn walk_to_code(
        &mut self,
        place: usize,
        card: &mut VirtualCard,
    ) -> Result<(Departure, AuthorizationCode), Failure> {
        let (departure, arrived) = self.arrive(place).await?;
        let choose = self.read(arrived).await?;
        let confirm = self.submit(&choose, "/choose", &[("all", "agree")]).await?;
        let confirm = self.read(confirm).await?;
        let open = self.submit(&confirm, "/confirm", &[]).await?;
        let open = self.read(open).await?;
        let code = self.show_card(card, open.between("/open?ticket=", "\"")?.parse()?).await?;
        let registered = self.read(format!("{RETURN_PATH}?code={}", code.reveal())).await?;
        let back = self.submit(&registered, "/finish", &[]).await?;
        let query = back.strip_prefix(REDIRECT).and_then(|rest| rest.strip_prefix('?')).ok_or("not led back")?;
        match UnverifiedReturn::parse(query)?.check(&departure.state(), self.reception.metadata.issuer())? {
            Return::Code(code) => Ok((departure, code)),
            Return::Ended | Return::Failed(_) => Err("the journey ended without a code".into()),
        }
    }

    /// PAR (RFC 9126 §2) and the authorization request, up to the redirect that answers it. Where it leads.
    pub(crate) async fn arrive(&mut self, place: usize) -> Result<(Departure, String), Failure> {
        let departure = self.service.departure(place, &self.clock, &self.randomness)?;
        let metadata = &self.reception.metadata;
        let form = departure.pushed_form(&self.service.key, metadata, self.clock.now(), &self.randomness);
        let answer = self.post_form(metadata.endpoints().pushed_requests.path(), form.reveal()).await?;
        let pushed = PushedAnswer::read(answer.status.as_u16(), &answer.body)?;
        let location = metadata.authorization_url(&CLIENT.parse()?, &pushed.request_uri);
        let path = self.path(location.reveal())?;
        let answer = self.browse(Method::GET, &path, None).await?;
        Ok((departure, self.led(&answer)?))
    }

    /// RFC 6749 §4.1.3
    pub(crate) async fn redeem(&mut self, departure: &Departure, code: &AuthorizationCode) -> Result<(), Failure> {
        let metadata = &self.reception.metadata;
        let form = departure.token_form(code, &self.service.key, metadata, self.clock.now(), &self.randomness);
        let answer = self.post_form(metadata.endpoints().token.path(), form.reveal()).await?;
        departure.read_token_answer(answer.status.as_u16(), &answer.body)?;
        Ok(())
    }

    /// The app: claims, has the card sign, answers. The code that leads back.
    async fn show_card(&mut self, card: &mut VirtualCard, ticket: Token) -> Result<Token, Failure> {
        let claim = Claim { ticket: ticket.clone(), device: Device::Android, opened: Opened::Link };
        let request: errand::Request = self.post_json(CLAIM_PATH, &claim).await?;
        let origin = self.reception.origin.to_string();
        let challenge = Challenge { origin, nonce: request.nonce, ticket: ticket.digest() };
        let (certificate, signature) = deck::read(card, &challenge)?;
        match self.post_json(ANSWER_PATH, &CardAnswer { ticket, certificate, signature }).await? {
            Outcome::Return { code } => Ok(code),
            Outcome::Number { .. } | Outcome::ReturnOrNumber { .. } => {
                Err("an Android phone is led back by a code".into())
            }
        }
    }

    /// A page, behind every redirect.
    async fn read(&mut self, mut path: String) -> Result<Answer, Failure> {
        loop {
            let answer = self.browse(Method::GET, &path, None).await?;
            if answer.status == StatusCode::OK {
                return Ok(answer);
            }
            path = self.led(&answer)?;
        }
    }

    /// Sends a page's form with its hidden fields and these, and tells where the answer leads.
    async fn submit(&mut self, page: &Answer, action: &str, fields: &[(&str, &str)]) -> Result<String, Failure> {
        let Form { action, hidden } = page.form(action)?;
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(hidden).extend_pairs(fields).finish();
        let answer = self.browse(Method::POST, action, Some(body)).await?;
        self.led(&answer)
    }

    async fn browse(&mut self, method: Method, path: &str, form: Option<String>) -> Result<Answer, Failure> {
        let mut request = self.request(method, path).header(header::USER_AGENT, ANDROID);
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
        let answer = self.connection.send(request.body(form.unwrap_or_default().into())?).await?;
        if let Some(cookie) = answer.headers.get(header::SET_COOKIE) {
            let pair = cookie.to_str()?.split(';').next().unwrap_or_default();
            self.cookie = Some(pair.to_owned());
        }
        Ok(answer)
    }

    async fn post_form(&mut self, path: &str, form: &str) -> Result<Answer, Failure> {
        let request = self.request(Method::POST, path).header(header::CONTENT_TYPE, FORM_MEDIA_TYPE);
        self.connection.send(request.body(form.to_owned().into())?).await
    }

    async fn post_json<T: DeserializeOwned>(
        &mut self,
        path: &str,
        message: &impl serde::Serialize,
    ) -> Result<T, Failure> {
        let request = self.request(Method::POST, path).header(header::CONTENT_TYPE, "application/json");
        let body = Full::from(Bytes::from(serde_json::to_vec(message)?));
        let answer = self.connection.send(request.body(body)?).await?;
        if answer.status != StatusCode::OK {
            return Err(format!("{path}: {} {}", answer.status, String::from_utf8_lossy(&answer.body)).into());
        }
        Ok(serde_json::from_slice(&answer.body)?)
    }

    fn request(&self, method: Method, path: &str) -> Builder {
        Request::builder().method(method).uri(path).header(header::HOST, self.reception.origin.authority())
    }

    /// Where an answer leads: a path of the reception, or an address elsewhere.
    fn led(&self, answer: &Answer) -> Result<String, Failure> {
        let refused = || format!("the browser is led nowhere: {}", answer.refusal());
        let location = answer.location().filter(|_| answer.status.is_redirection()).ok_or_else(refused)?;
        Ok(self.path(location).unwrap_or_else(|_| location.to_owned()))
    }

    fn path(&self, address: &str) -> Result<String, Failure> {
        let path = address.strip_prefix(self.reception.origin.as_str()).unwrap_or(address);
        if path.starts_with('/') { Ok(path.to_owned()) } else { Err("an address of another site".into()) }
    }
}
