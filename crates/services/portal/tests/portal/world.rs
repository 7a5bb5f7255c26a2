//! A reception that records the app's requests, cards to read, and a browser.

use std::sync::{Arc, LazyLock, Mutex};

use app_auth::{
    Abort, AbortReason, AuthenticationOutcome, AuthenticationRequest, AuthenticationResponse, Claim, Device,
    ErrorResponse, ErrorSubject, OpenMethod, Purpose,
};
use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use base::{Clock, Key, Randomness, Span, Timestamp, Token, parse_date};
use card::{CardData, CardHolder, CardKey, Personalisation, PrivateKey, Sex, TokenLabel};
use database::{Location, test_database};
use jpki::{Algorithm, Challenge, Generation, Municipality, Practice, Serial, SigningKey, Subject};
use portal::{CardId, CardRepository, Cards, KnownReception, NewCard, Portal, Settings};
use test_browser::{Browser, Page};
use text::Text;
use ui::Theme;
use web::{Origin, Site};

use crate::readers::FakeReaders;

pub const ANDROID: &str = "Mozilla/5.0 (Linux; Android 16; Pixel 9) Chrome/156.0 Mobile Safari/537.36";
pub const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1";
pub const COMPUTER: &str = "Mozilla/5.0 (Windows NT 10.0) Chrome/156.0 Safari/537.36";

static CARD_KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::RsaSha256).unwrap());
static AUTHORITY_KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::RsaSha256).unwrap());
static NEXT_CARD_KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::generate(Algorithm::EcdsaP384Sha384).unwrap());

/// The requests that the reception received, and its behaviour.
#[derive(Default)]
pub struct ReceptionLog {
    pub claims: Vec<Claim>,
    pub responses: Vec<AuthenticationResponse>,
    pub give_ups: Vec<AbortReason>,
    pub behaviour: ReceptionBehaviour,
    /// The offset of its clock from the app's.
    pub clock_offset: Span,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub enum ReceptionBehaviour {
    #[default]
    Accepting,
    /// Refuses every response.
    Refusing,
    /// A gateway in front of it fails.
    Unavailable,
    /// Redirects the app elsewhere.
    Redirecting,
    /// Gives an iPhone a code and the digits.
    OfferingCodeAndNumber,
}

pub type SharedLog = Arc<Mutex<ReceptionLog>>;

const NONCE: [u8; 32] = [42; 32];

fn failure_response(log: &SharedLog) -> Option<Response> {
    match log.lock().unwrap().behaviour {
        ReceptionBehaviour::Unavailable => Some((StatusCode::BAD_GATEWAY, "the gateway is broken").into_response()),
        ReceptionBehaviour::Redirecting => {
            Some((StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "http://elsewhere.localhost/")]).into_response())
        }
        ReceptionBehaviour::Accepting | ReceptionBehaviour::Refusing | ReceptionBehaviour::OfferingCodeAndNumber => {
            None
        }
    }
}

async fn claim(State(log): State<SharedLog>, Json(claim): Json<Claim>) -> Response {
    if let Some(response) = failure_response(&log) {
        return response;
    }
    let mut log = log.lock().unwrap();
    if log.claims.iter().any(|earlier| earlier.ticket.digest() == claim.ticket.digest()) {
        return refusal_response(
            ErrorSubject::Request,
            "reception.authentication.claimed_before",
            "この依頼は、すでに別のアプリで開かれています。",
        );
    }
    log.claims.push(claim);
    let now = Clock::system().now().plus(log.clock_offset);
    Json(AuthenticationRequest {
        purpose: Purpose::Register {
            institution: "見本内科クリニック".into(),
            visit_date: Some(parse_date("2026-11-24").unwrap()),
        },
        nonce: NONCE,
        browser: "Chrome / Android".into(),
        started_at: now,
        expires_at: now.plus(Span::from_mins(5)),
    })
    .into_response()
}

async fn submit_response(State(log): State<SharedLog>, Json(response): Json<AuthenticationResponse>) -> Response {
    if let Some(failure) = failure_response(&log) {
        return failure;
    }
    let mut log = log.lock().unwrap();
    let Some(claim) = log.claims.iter().find(|claim| claim.ticket.digest() == response.ticket.digest()) else {
        return refusal_response(ErrorSubject::Request, "reception.authentication.step", "先にお進みください。");
    };
    let by_hand = claim.open_method == OpenMethod::Scan || claim.device == Device::Iphone;
    log.responses.push(response);
    if log.behaviour == ReceptionBehaviour::Refusing {
        return refusal_response(ErrorSubject::Card, "jpki.validity.expired", "電子証明書の有効期限が切れています。");
    }
    let outcome = match (by_hand, log.behaviour) {
        (true, ReceptionBehaviour::OfferingCodeAndNumber) => {
            AuthenticationOutcome::ReturnOrConfirmationDigits { code: return_code(), digits: "407".into() }
        }
        (true, _) => AuthenticationOutcome::ConfirmationDigits { digits: "407".into() },
        (false, _) => AuthenticationOutcome::Return { code: return_code() },
    };
    Json(outcome).into_response()
}

async fn give_up(State(log): State<SharedLog>, Json(abort): Json<Abort>) -> Json<()> {
    log.lock().unwrap().give_ups.push(abort.reason);
    Json(())
}

fn refusal_response(subject: ErrorSubject, code: &str, japanese: &str) -> Response {
    let response = ErrorResponse { code: code.into(), subject, japanese: japanese.into(), english: "No.".into() };
    (StatusCode::UNPROCESSABLE_ENTITY, Json(response)).into_response()
}

pub fn return_code() -> Token {
    Token::new(&Randomness::repeatable("code"))
}

pub fn ticket(name: &str) -> Token {
    Token::new(&Randomness::repeatable(name))
}

pub struct World {
    pub portal: Portal,
    pub log: SharedLog,
    pub reception: Origin,
    origin: Origin,
    database: Location,
    key: Key,
    _folder: tempfile::TempDir,
}

impl World {
    /// The app on SQLite, with the cards of this file and a listening reception.
    pub async fn new() -> Self {
        let world = Self::open(Cards::Virtual, "http://portal.localhost:8400", &[]).await;
        world.add_cards().await;
        world
    }

    /// The app's window on a computer with these readers.
    pub async fn with_readers(readers: FakeReaders) -> Self {
        Self::with_readers_and_receptions(readers, &[]).await
    }

    /// The same, with further receptions on its list.
    pub async fn with_readers_and_receptions(readers: FakeReaders, other_origins: &[&str]) -> Self {
        Self::open(Cards::InReaders(Box::new(readers)), "http://127.0.0.1:24731", other_origins).await
    }

    async fn open(cards: Cards, origin: &str, other_origins: &[&str]) -> Self {
        let log = SharedLog::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let reception: Origin = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let router = Router::new()
            .route(app_auth::CLAIM_PATH, post(claim))
            .route(app_auth::RESPONSE_PATH, post(submit_response))
            .route(app_auth::ABORT_PATH, post(give_up))
            .with_state(log.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let (_, database, folder) = test_database::locations().swap_remove(0);
        let key = Key::new(&Randomness::system());
        let origin: Origin = origin.parse().unwrap();
        let name = Text::from_static("マイナ在宅受付Web（模擬）", "マイナ在宅受付Web (simulated)");
        let portal = Portal::open(Settings {
            site: Site::new(Theme::Portal, origin.clone(), Clock::system(), Randomness::system()),
            database: database.clone(),
            key: key.clone(),
            cards,
            receptions: [reception.clone()]
                .into_iter()
                .chain(other_origins.iter().map(|origin| origin.parse().unwrap()))
                .map(|origin| KnownReception { name: name.clone(), origin })
                .collect(),
            http: reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap(),
        })
        .unwrap();
        Self { portal, log, reception, origin, database, key, _folder: folder }
    }

    async fn add_cards(&self) {
        let cards = [
            ("hanako", plastic_card_data(&CARD_KEY)),
            ("android-phone", card_data(&CARD_KEY, TokenLabel::Android, certificate(&CARD_KEY))),
            ("next-card", plastic_card_data(&NEXT_CARD_KEY)),
            ("long-expired", card_data(&CARD_KEY, TokenLabel::Plastic, certificate_issued_at(&CARD_KEY, LONG_AGO))),
            ("no-certificate", card_data(&CARD_KEY, TokenLabel::Plastic, Vec::new())),
        ];
        for (id, data) in cards {
            let label = Text::from_static("見本 花子", "Hanako Mihon");
            let note = Text::from_static("模擬カード", "A virtual card");
            self.portal.add_card(NewCard { id: id.parse().unwrap(), label, note, data }).await.unwrap();
        }
    }

    pub fn card_repository(&self) -> CardRepository {
        CardRepository::open(&self.database, self.key.clone(), Randomness::system()).unwrap()
    }

    /// Sets the offset of the reception's clock from the app's.
    pub fn set_clock_offset(&self, span: Span) {
        self.log.lock().unwrap().clock_offset = span;
    }

    pub fn browser(&self, agent: &'static str) -> AppBrowser {
        let browser = Browser::new(self.portal.pages(), self.origin.as_str()).with_header("user-agent", agent);
        AppBrowser { browser, csrf: String::new(), shown_version: String::new() }
    }

    pub fn set_behaviour(&self, behaviour: ReceptionBehaviour) {
        self.log.lock().unwrap().behaviour = behaviour;
    }

    pub fn give_ups(&self) -> Vec<AbortReason> {
        self.log.lock().unwrap().give_ups.clone()
    }

    pub fn claim_count(&self) -> usize {
        self.log.lock().unwrap().claims.len()
    }

    /// Whether the only response verifies for `origin`, `nonce` and `ticket`.
    pub fn response_verifies_for(&self, origin: &str, nonce: [u8; 32], ticket: &Token) -> bool {
        let log = self.log.lock().unwrap();
        let [response] = log.responses.as_slice() else { panic!("{} answers came", log.responses.len()) };
        let challenge = Challenge { origin: origin.to_owned(), nonce, ticket: ticket.digest() };
        [&CARD_KEY, &NEXT_CARD_KEY].into_iter().any(|key| {
            certificate_matches(&response.certificate, key)
                && key.public_key().verifies(&challenge.to_be_signed(), &response.signature)
        })
    }

    /// Whether the only response verifies for this reception's own request.
    pub fn response_verifies(&self, ticket: &Token) -> bool {
        self.response_verifies_for(self.reception.as_str(), NONCE, ticket)
    }

    pub async fn tries_left(&self, card: &str) -> u8 {
        let id: CardId = card.parse().unwrap();
        self.portal.list_cards().await.unwrap().into_iter().find(|summary| summary.id == id).unwrap().tries_left
    }
}

fn certificate_matches(der: &[u8], key: &SigningKey) -> bool {
    // A certificate contains the DER of its key.
    let spki = key.public_key().spki();
    der.windows(spki.len()).any(|part| part == spki)
}

/// 2024-01-01, and 2014-01-01.
const ISSUED: i64 = 1_704_067_200;
const LONG_AGO: i64 = 1_388_534_400;

fn certificate(key: &SigningKey) -> Vec<u8> {
    certificate_issued_at(key, ISSUED)
}

fn certificate_issued_at(key: &SigningKey, not_before: i64) -> Vec<u8> {
    let not_before = Timestamp::from_seconds(not_before);
    let practice = Practice::simulated(jpki::Purpose::Authentication, "http://ocsp.localhost", "http://cps.localhost");
    let serial = || Serial::try_from(1).unwrap();
    let not_after = not_before.plus(Span::from_hours(24 * 3650));
    let generation = Generation::create(
        jpki::Purpose::Authentication,
        practice,
        AUTHORITY_KEY.clone(),
        serial(),
        not_before,
        not_after,
    )
    .unwrap();
    let municipality = Municipality::new("13221", "Tokyo-to", "Kiyose-shi").unwrap();
    let subject = Subject::new("997794E9AGCIEG", municipality, 3).unwrap();
    let birth = parse_date("1980-02-17").unwrap();
    generation.issue_authentication(&subject, birth, key.public_key(), serial(), not_before).unwrap()
}

/// A plastic card with the PIN 1234.
pub fn plastic_card() -> CardData {
    plastic_card_data(&CARD_KEY)
}

/// A card of another kind with the same keys.
pub fn card_data_with_label(label: TokenLabel) -> CardData {
    card_data(&CARD_KEY, label, certificate(&CARD_KEY))
}

fn plastic_card_data(key: &SigningKey) -> CardData {
    card_data(key, TokenLabel::Plastic, certificate(key))
}

/// A card with the PIN 1234.
fn card_data(key: &SigningKey, label: TokenLabel, certificate: Vec<u8>) -> CardData {
    CardData::new(Personalisation {
        label,
        authentication: CardKey {
            key: PrivateKey::from_pkcs8(&key.to_pkcs8().unwrap()).unwrap(),
            certificate,
            ca_certificate: vec![0x30, 0x03, 0x02, 0x01, 0x06],
        },
        signature: None,
        pin: "1234".parse().unwrap(),
        signature_password: "PASSW0RD".parse().unwrap(),
        holder: CardHolder {
            name: "見本\u{3000}花子".into(),
            address: "東京都".into(),
            birth_date: parse_date("1980-02-17").unwrap(),
            sex: Sex::Female,
        },
        serial: "400000012345678".parse().unwrap(),
        municipality: "13101".parse().unwrap(),
        expiry: parse_date("2035-02-17").unwrap(),
        security_code: "2285".parse().unwrap(),
    })
}

/// A browser in the app, with the hidden fields of the forms that it saw last.
#[derive(Clone)]
pub struct AppBrowser {
    browser: Browser,
    pub csrf: String,
    /// The version that the last PIN page showed.
    shown_version: String,
}

impl AppBrowser {
    /// Adds headers to all further requests.
    pub fn with_headers(mut self, headers: &[(&'static str, &'static str)]) -> Self {
        for (name, value) in headers.iter().copied() {
            self.browser = self.browser.with_header(name, value);
        }
        self
    }

    pub async fn get(&mut self, path: &str) -> Page {
        let page = self.browser.get(path).await;
        self.read_hidden_fields(&page);
        page
    }

    /// Posts these fields with the hidden ones.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let hidden = [("csrf", self.csrf.as_str()), ("seen", self.shown_version.as_str())];
        let hidden = hidden.into_iter().filter(|(_, value)| !value.is_empty());
        let all_fields: Vec<_> = hidden.chain(fields.iter().copied()).collect();
        let page = self.browser.post(path, &all_fields).await;
        self.read_hidden_fields(&page);
        page
    }

    /// Posts, and follows the redirect.
    pub async fn post_and_follow(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.post(path, fields).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}: {}", page.body);
        self.get(page.redirect_target()).await
    }

    fn read_hidden_fields(&mut self, page: &Page) {
        for (name, stored) in [("csrf", &mut self.csrf), ("seen", &mut self.shown_version)] {
            if let Some(value) = page.find_field(name) {
                *stored = value;
            }
        }
    }

    /// Opens the app with a ticket and continues. Returns the session's path.
    pub async fn open_app(&mut self, ticket: &Token, opened: &str) -> String {
        let route = if opened == "scan" { "scan" } else { "open" };
        self.get(&format!("/{route}?ticket={}", ticket.reveal())).await;
        let page = self.post("/open", &[("ticket", &ticket.reveal()), ("opened", opened)]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        page.redirect_target().to_owned()
    }

    /// Opens the app and chooses a card. Returns the session's path; its page asks for the PIN.
    pub async fn open_with_card(&mut self, ticket: &Token, card: &str) -> String {
        let visit = self.open_app(ticket, "link").await;
        self.post_and_follow(&format!("{visit}/card"), &[("card", card)]).await;
        visit
    }
}
