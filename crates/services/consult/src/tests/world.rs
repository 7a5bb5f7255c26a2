//! The service with a stub of the reception on a real TCP connection, and browsers that use it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base::{Clock, Key, Randomness, ReceptionNumber, Span, Timestamp, Token, end_of_day};
use handover::{
    AccessToken, Client, ClientKey, ClientKeys, CodeExchange, CodeGrant, Endpoints, FORM_MEDIA_TYPE, Form, Issuer,
    Metadata, OauthError, PushedAuthorizationResponse, PushedRequest, ReceptionStatus, RegisteredReception,
    RegistrationStatus, RequestUri, TokenResponse, UnverifiedAssertion,
};
use http::{HeaderMap, StatusCode, header};
use test_browser::{Browser, Page, encode_form};
use ui::Theme;
use web::{Origin, Site};

use super::stores::new_institution;
use crate::{
    Consult, Settings,
    directory::{self, rules::institution::ProofMethod},
    limits::Limits,
    mail::worker::MailTransport,
    pictures::{
        image_worker::ImageWorker,
        vault::{VaultLocation, master::MasterKeys},
    },
    proof::client::{HandOverSettings, KnownReception},
    sample_data,
};

const ORIGIN: &str = "http://consult.localhost:8400";
const NOW: &str = "2026-11-24T08:00:00+09:00";
pub(crate) const START: &str = "2026-11-25T10:00:00+09:00";

pub(crate) fn parse_timestamp(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum StubBehaviour {
    Normal,
    Down,
    TokenBroken,
}

/// A stub of the reception: its endpoints of the hand-over.
#[derive(Clone)]
pub(crate) struct ReceptionStub {
    metadata: Arc<Metadata>,
    client: Client,
    clock: Clock,
    pub(crate) state: Arc<Mutex<StubState>>,
    /// Notified on each request for the status of a registration.
    pub(crate) status_requested: Arc<tokio::sync::Notify>,
}

pub(crate) struct StubState {
    pushed: HashMap<String, PushedRequest>,
    codes: HashMap<String, PushedRequest>,
    pub(crate) registration: Option<RegisteredReception>,
    pub(crate) registration_status: RegistrationStatus,
    pub(crate) behaviour: StubBehaviour,
    pub(crate) redemptions: u32,
    pub(crate) status_requests: u32,
}

impl ReceptionStub {
    fn authenticate_client(
        &self,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<(Form, handover::AuthenticatedClient), OauthError> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        assert_eq!(kind, Some(FORM_MEDIA_TYPE));
        let form = Form::from_body(kind, body)?;
        let assertion = UnverifiedAssertion::parse(&form)?;
        let client = assertion.verify(&self.client, &self.metadata.audiences(), self.clock.now())?;
        Ok((form, client))
    }

    /// Registers consent at the reception, and returns the path that the browser is sent back to.
    pub(crate) fn register(&self, location: &str) -> String {
        let request_uri = query_value(location, "request_uri");
        let mut state = self.state.lock().expect("not poisoned");
        let pushed = state.pushed.remove(&request_uri).expect("the request was pushed");
        let code = Token::new(&Randomness::system());
        let return_url = pushed.redirect_uri.with_code(&code, pushed.state.as_ref(), self.metadata.issuer());
        state.codes.insert(code.reveal(), pushed);
        strip_origin(return_url.reveal())
    }

    /// Ends the procedure without registering, and returns the path that the browser is sent back to.
    pub(crate) fn end_without_registering(&self, location: &str) -> String {
        let request_uri = query_value(location, "request_uri");
        let pushed = self.state.lock().expect("not poisoned").pushed.remove(&request_uri).expect("pushed");
        let error = OauthError::access_denied();
        strip_origin(pushed.redirect_uri.with_error(&error, pushed.state.as_ref(), self.metadata.issuer()).reveal())
    }

    pub(crate) fn update_state(&self, change: impl FnOnce(&mut StubState)) {
        change(&mut self.state.lock().expect("not poisoned"));
    }
}

fn strip_origin(url: &str) -> String {
    url.strip_prefix(ORIGIN).expect("back to the service").to_owned()
}

fn query_value(url: &str, name: &str) -> String {
    let query = url.split_once('?').expect("a query").1;
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).expect("pairs");
    pairs.into_iter().find(|(pair_name, _)| pair_name == name).expect("the parameter is there").1
}

async fn metadata(State(stub): State<ReceptionStub>) -> Response {
    if stub.state.lock().expect("not poisoned").behaviour == StubBehaviour::Down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    Json(&*stub.metadata).into_response()
}

fn error_response(error: &OauthError) -> Response {
    (StatusCode::from_u16(error.status()).expect("a status"), Json(error)).into_response()
}

async fn push(State(stub): State<ReceptionStub>, headers: HeaderMap, body: Bytes) -> Response {
    if stub.state.lock().expect("not poisoned").behaviour == StubBehaviour::Down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let pushed =
        stub.authenticate_client(&headers, &body).and_then(|(form, client)| PushedRequest::parse(&form, &client));
    match pushed {
        Err(error) => error_response(&error),
        Ok(pushed) => {
            let request_uri = RequestUri::from_token(&Token::new(&Randomness::system()));
            stub.update_state(|state| {
                state.pushed.insert(request_uri.reveal().to_owned(), pushed);
            });
            (StatusCode::CREATED, Json(PushedAuthorizationResponse { request_uri, expires_in: Span::from_secs(90) }))
                .into_response()
        }
    }
}

async fn token(State(stub): State<ReceptionStub>, headers: HeaderMap, body: Bytes) -> Response {
    if stub.state.lock().expect("not poisoned").behaviour == StubBehaviour::TokenBroken {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let response = (|| {
        let (form, client) = stub.authenticate_client(&headers, &body)?;
        let exchange = CodeExchange::parse(&form, &client)?;
        let mut state = stub.state.lock().expect("not poisoned");
        state.redemptions += 1;
        let pushed = state.codes.remove(&exchange.code.reveal()).ok_or_else(OauthError::lapsed_code)?;
        let granted =
            CodeGrant { client: client.id(), redirect_uri: &pushed.redirect_uri, challenge: &pushed.challenge };
        exchange.check_grant(&granted, &client)?;
        let reception = RegisteredReception {
            reception_number: ReceptionNumber::new(&Randomness::system()),
            valid_until: end_of_day(pushed.reception.visit_date),
            request: pushed.reception,
        };
        state.registration = Some(reception.clone());
        let access_token = AccessToken::from_token(&Token::new(&Randomness::system()));
        Ok(TokenResponse { access_token, expires_in: Span::from_hours(48), reception })
    })();
    match response {
        Ok(response) => Json(response).into_response(),
        Err(error) => error_response(&error),
    }
}

async fn status(State(stub): State<ReceptionStub>) -> Response {
    let mut state = stub.state.lock().expect("not poisoned");
    state.status_requests += 1;
    stub.status_requested.notify_one();
    match (&state.registration, state.behaviour) {
        (Some(reception), StubBehaviour::Normal) => Json(ReceptionStatus {
            status: state.registration_status,
            reception_number: reception.reception_number,
            valid_until: reception.valid_until,
        })
        .into_response(),
        _ => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

pub(crate) struct World {
    pub(crate) consult: Consult,
    pub(crate) reception: ReceptionStub,
    pub(crate) clock: Clock,
    _folder: tempfile::TempDir,
}

pub(crate) async fn world() -> World {
    let clock = Clock::stopped_at(parse_timestamp(NOW));
    let folder = tempfile::tempdir().expect("a folder");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let issuer: Issuer = address.parse().expect("an issuer");
    let at_path = |path: &str| {
        // Endpoints are on the origin of the metadata.
        let mut url = issuer.metadata_url();
        url.set_path(path);
        url
    };
    let endpoints = Endpoints {
        pushed_requests: at_path("/par"),
        authorization: at_path("/authorize"),
        token: at_path("/token"),
        status: at_path("/status"),
    };
    let key = ClientKey::generate();
    let client_id: handover::ClientId = "consult".parse().expect("a client id");
    let redirect = "http://consult.localhost:8400/return".parse().expect("a redirect URI");
    let keys = ClientKeys::parse(key.public_jwks().as_bytes()).expect("keys");
    let stub = ReceptionStub {
        metadata: Arc::new(Metadata::new(issuer.clone(), endpoints).expect("metadata")),
        client: Client::new(client_id.clone(), keys, vec![redirect]).expect("a client"),
        clock: clock.clone(),
        state: Arc::new(Mutex::new(StubState {
            pushed: HashMap::new(),
            codes: HashMap::new(),
            registration: None,
            registration_status: RegistrationStatus::Registered,
            behaviour: StubBehaviour::Normal,
            redemptions: 0,
            status_requests: 0,
        })),
        status_requested: Arc::default(),
    };
    let app = Router::new()
        .route("/.well-known/oauth-authorization-server", get(metadata))
        .route("/par", post(push))
        .route("/token", post(token))
        .route("/status", get(status))
        .with_state(stub.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let origin: Origin = ORIGIN.parse().expect("an origin");
    let consult = crate::Consult::open(Settings {
        site: Site::new(Theme::Service, origin, clock.clone(), Randomness::system()),
        database: database::Location::Sqlite(folder.path().join("consult.db")),
        operator: "見本運営".to_owned(),
        sealing_key: Key::new(&Randomness::system()),
        http: reqwest::Client::new(),
        hand_over: HandOverSettings {
            client_id,
            client_key: key,
            receptions: vec![KnownReception { issuer: issuer.clone(), origin: address.parse().expect("an origin") }],
        },
        pictures: VaultLocation::Folder(folder.path().join("pictures")),
        picture_keys: MasterKeys::new("test", Key::new(&Randomness::system())),
        image_worker: ImageWorker::new("/nonexistent".into(), Vec::new()),
        contact: None,
        mail_transport: MailTransport::Outbox,
        picture_retention_days: 30,
        limits: Limits::default(),
        notices: sample_data::notices(),
    })
    .expect("the service opens");
    for mut offer in directory::samples::offers() {
        if let ProofMethod::HandOver { .. } = offer.institution.proof_method {
            offer.institution.proof_method = ProofMethod::HandOver { issuer: issuer.clone() };
        }
        consult.add_institution(new_institution(offer)).await.expect("an institution is added");
    }
    World { consult, reception: stub, clock, _folder: folder }
}

impl World {
    /// A browser without cookies. A millisecond goes by with each of its requests, so that what it does has an order.
    pub(crate) fn browser(&self) -> Browser {
        let clock = self.clock.clone();
        let pages = self.consult.pages().layer(axum::middleware::map_request(move |request: Request| {
            let clock = clock.clone();
            async move {
                clock.set(clock.now().plus(Span::from_millis(1)));
                request
            }
        }));
        Browser::new(pages, ORIGIN)
    }
}

/// What patients do in several steps.
pub(crate) trait PatientBrowser {
    /// Signs in by the code in a letter, and fills in the profile where it is asked for.
    async fn sign_in(&mut self, world: &World, mail: &str);

    /// Books at the sample institution of this index, and returns the path of the appointment.
    async fn book(&mut self, institution_index: usize, menu: &str) -> String;

    /// Leaves for the reception from the page of an appointment.
    async fn depart(&mut self, detail: &str) -> Page;
}

impl PatientBrowser for Browser {
    async fn sign_in(&mut self, world: &World, mail: &str) {
        let code_sent =
            self.open_and_submit("/sign-in", "/sign-in", &[("mail", mail), ("onward", "/appointments")]).await;
        assert_eq!(code_sent.redirect_target(), "/sign-in/code");
        let letters = world.consult.context.store.list_outbox().await.expect("the outbox");
        let letter = serde_json::to_string(&letters[0].letter).expect("a letter");
        let digits = letter.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).expect("a code").to_owned();
        let response = self.open_and_submit("/sign-in/code", "/sign-in/code", &[("code", &digits)]).await;
        if response.redirect_target().starts_with("/profile") {
            let fields = [
                ("name", "山田 花子"),
                ("kana", "やまだ はなこ"),
                ("birth_year", "1985"),
                ("birth_month", "4"),
                ("birth_day", "3"),
                ("phone", "090-1234-5678"),
                ("onward", "/appointments"),
            ];
            assert_eq!(self.open_and_submit("/profile", "/profile", &fields).await.redirect_target(), "/appointments");
        }
    }

    async fn book(&mut self, institution_index: usize, menu: &str) -> String {
        let code = directory::samples::institutions()[institution_index].code.to_string();
        let start = parse_timestamp(START).milliseconds().to_string();
        let query = encode_form(&[("institution", code.as_str()), ("menu", menu), ("start", &start)]);
        let menu_path = format!("/institutions/{code}/menus/{menu}");
        let held = self.open_and_submit(&menu_path, &format!("{menu_path}/hold"), &[("start", &start)]).await;
        assert_eq!(held.redirect_target(), format!("/book?{query}"));
        // If the page shows another visit at that time, the form accepts both.
        let confirm = self.get(&format!("/book?{query}")).await;
        let accepted = ["overlap", "same_day"].map(|name| (name, confirm.find_field(name)));
        let fields: Vec<_> =
            accepted.iter().filter_map(|(name, visit_id)| Some((*name, visit_id.as_deref()?))).collect();
        let booked = self.submit_form(&confirm, "/book", &fields).await;
        let repeated = self.submit_form(&confirm, "/book", &fields).await;
        assert_eq!(repeated.redirect_target(), booked.redirect_target(), "sent twice, booked once");
        assert_eq!(
            self.get(&format!("/book?{query}")).await.redirect_target(),
            booked.redirect_target(),
            "and so is going back"
        );
        booked.redirect_target().strip_suffix("/booked").expect("予約完了画面").to_owned()
    }

    async fn depart(&mut self, detail: &str) -> Page {
        self.open_and_submit(detail, &format!("{detail}/leave"), &[]).await
    }
}
