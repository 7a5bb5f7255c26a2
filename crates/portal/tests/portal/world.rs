//! A reception that notes what it is told, cards to read, and a browser.

use std::sync::{Arc, LazyLock, Mutex};

use axum::{
    Json, Router,
    body::Body,
    extract::State,
    http::{Method, Request as HttpRequest, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use base::{Clock, Key, Randomness, Span, Timestamp, Token, parse_date};
use card::{CardData, Holder, KeyOnCard, Personalisation, PrivateKey, Sex, TokenLabel};
use database::trial;
use errand::{Answer, Claim, Device, GiveUp, Opened, Outcome, Purpose, Refused, Request, Why};
use http_body_util::BodyExt;
use jpki::{Algorithm, Challenge, Generation, Municipality, Practice, Serial, SigningKey, Subject};
use portal::{CardId, Cards, KnownReception, NewCard, Portal, Settings};
use shell::{Face, Origin, Site, Text};
use tower::ServiceExt;

use crate::readers::Table;

pub const ANDROID: &str = "Mozilla/5.0 (Linux; Android 16; Pixel 9) Chrome/156.0 Mobile Safari/537.36";
pub const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1";
pub const COMPUTER: &str = "Mozilla/5.0 (Windows NT 10.0) Chrome/156.0 Safari/537.36";

static CARD_KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::RsaSha256).unwrap());
static AUTHORITY_KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::RsaSha256).unwrap());
static NEXT_CARD_KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::generate(Algorithm::EcdsaP384Sha384).unwrap());

/// What the reception was told, and how it answers.
#[derive(Default)]
pub struct Told {
    pub claims: Vec<Claim>,
    pub answers: Vec<Answer>,
    pub given_up: Vec<Why>,
    pub mood: Mood,
    /// How far its clock is from the app's.
    pub apart: Span,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    #[default]
    Willing,
    /// It says no to every answer.
    Refusing,
    /// Something before it is broken.
    Broken,
    /// It sends the app elsewhere.
    Redirecting,
}

pub type Notes = Arc<Mutex<Told>>;

const NONCE: [u8; 32] = [42; 32];

fn mood(notes: &Notes) -> Option<Response> {
    match notes.lock().unwrap().mood {
        Mood::Broken => Some((StatusCode::BAD_GATEWAY, "the gateway is broken").into_response()),
        Mood::Redirecting => {
            Some((StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "http://elsewhere.localhost/")]).into_response())
        }
        Mood::Willing | Mood::Refusing => None,
    }
}

async fn claim(State(notes): State<Notes>, Json(claim): Json<Claim>) -> Response {
    if let Some(response) = mood(&notes) {
        return response;
    }
    let mut told = notes.lock().unwrap();
    if told.claims.iter().any(|before| before.ticket.digest() == claim.ticket.digest()) {
        return no("reception.errand.claimed_before", "この依頼は、すでに別のアプリで開かれています。");
    }
    told.claims.push(claim);
    let now = Clock::system().now().plus(told.apart);
    Json(Request {
        purpose: Purpose::Register {
            institution: "見本内科クリニック".into(),
            visit_date: Some(parse_date("2026-11-24").unwrap()),
        },
        nonce: NONCE,
        browser: "Chrome / Android".into(),
        began: now,
        expires: now.plus(Span::from_mins(5)),
    })
    .into_response()
}

async fn answer(State(notes): State<Notes>, Json(answer): Json<Answer>) -> Response {
    if let Some(response) = mood(&notes) {
        return response;
    }
    let mut told = notes.lock().unwrap();
    let Some(claim) = told.claims.iter().find(|claim| claim.ticket.digest() == answer.ticket.digest()) else {
        return no("reception.errand.step", "先にお進みください。");
    };
    let by_hand = claim.opened == Opened::Scan || claim.device == Device::Iphone;
    told.answers.push(answer);
    if told.mood == Mood::Refusing {
        return no("jpki.validity.expired", "電子証明書の有効期限が切れています。");
    }
    let outcome = if by_hand { Outcome::Number { digits: "407".into() } } else { Outcome::Return { code: code() } };
    Json(outcome).into_response()
}

async fn give_up(State(notes): State<Notes>, Json(given_up): Json<GiveUp>) -> Json<()> {
    notes.lock().unwrap().given_up.push(given_up.why);
    Json(())
}

fn no(code: &str, japanese: &str) -> Response {
    let refused = Refused { code: code.into(), japanese: japanese.into(), english: "No.".into() };
    (StatusCode::UNPROCESSABLE_ENTITY, Json(refused)).into_response()
}

pub fn code() -> Token {
    Token::new(&Randomness::repeatable("code"))
}

pub fn ticket(name: &str) -> Token {
    Token::new(&Randomness::repeatable(name))
}

pub struct World {
    pub portal: Portal,
    pub notes: Notes,
    pub reception: Origin,
    origin: Origin,
    _keeps_the_folder: tempfile::TempDir,
}

impl World {
    /// The app on SQLite, with the cards of this file and a reception that listens.
    pub async fn new() -> Self {
        let world = Self::open(Cards::Virtual, "http://portal.localhost:8400", &[]).await;
        world.lay_cards_in().await;
        world
    }

    /// The window of the program on a computer with these readers.
    pub async fn on_a_computer(table: Table) -> Self {
        Self::on_a_computer_that_knows(table, &[]).await
    }

    /// The same, with further receptions on its list.
    pub async fn on_a_computer_that_knows(table: Table, further: &[&str]) -> Self {
        Self::open(Cards::InReaders(Box::new(table)), "http://127.0.0.1:24731", further).await
    }

    async fn open(cards: Cards, origin: &str, further: &[&str]) -> Self {
        let notes = Notes::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let reception: Origin = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let router = Router::new()
            .route(errand::CLAIM_PATH, post(claim))
            .route(errand::ANSWER_PATH, post(answer))
            .route(errand::GIVE_UP_PATH, post(give_up))
            .with_state(notes.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let (_, location, folder) = trial::locations().swap_remove(0);
        let origin: Origin = origin.parse().unwrap();
        let name = Text::fixed("マイナ在宅受付Web（模擬）", "マイナ在宅受付Web (simulated)");
        let portal = Portal::open(Settings {
            site: Site::new(Face::Portal, origin.clone(), Clock::system(), Randomness::system()),
            database: location,
            key: Key::new(&Randomness::system()),
            cards,
            receptions: [reception.clone()]
                .into_iter()
                .chain(further.iter().map(|origin| origin.parse().unwrap()))
                .map(|origin| KnownReception { name: name.clone(), origin })
                .collect(),
            http: reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap(),
        })
        .unwrap();
        Self { portal, notes, reception, origin, _keeps_the_folder: folder }
    }

    async fn lay_cards_in(&self) {
        let cards = [
            ("hanako", plastic(&CARD_KEY)),
            ("android-phone", data(&CARD_KEY, TokenLabel::Android, certificate(&CARD_KEY))),
            ("next-card", plastic(&NEXT_CARD_KEY)),
            ("long-expired", data(&CARD_KEY, TokenLabel::Plastic, certificate_from(&CARD_KEY, LONG_AGO))),
            ("no-certificate", data(&CARD_KEY, TokenLabel::Plastic, Vec::new())),
        ];
        for (id, data) in cards {
            let label = Text::fixed("見本 花子", "Hanako Mihon");
            let note = Text::fixed("模擬カード", "A virtual card");
            self.portal.add_card(NewCard { id: id.parse().unwrap(), label, note, data }).await.unwrap();
        }
    }

    /// How far the reception's clock is from the app's.
    pub fn set_clock_apart(&self, span: Span) {
        self.notes.lock().unwrap().apart = span;
    }

    pub fn browser(&self, agent: &'static str) -> Browser {
        Browser {
            router: self.portal.pages(),
            agent,
            origin: self.origin.clone(),
            said: Vec::new(),
            cookie: None,
            csrf: String::new(),
            seen: String::new(),
        }
    }

    pub fn set_mood(&self, mood: Mood) {
        self.notes.lock().unwrap().mood = mood;
    }

    pub fn given_up(&self) -> Vec<Why> {
        self.notes.lock().unwrap().given_up.clone()
    }

    pub fn claims(&self) -> usize {
        self.notes.lock().unwrap().claims.len()
    }

    /// Whether the one answer that came verifies for `origin`, `nonce` and `ticket`.
    pub fn answer_is_for(&self, origin: &str, nonce: [u8; 32], ticket: &Token) -> bool {
        let told = self.notes.lock().unwrap();
        let [answer] = told.answers.as_slice() else { panic!("{} answers came", told.answers.len()) };
        let challenge = Challenge { origin: origin.to_owned(), nonce, ticket: ticket.digest() };
        [&CARD_KEY, &NEXT_CARD_KEY].into_iter().any(|key| {
            certificate_matches(&answer.certificate, key)
                && key.public_key().verifies(&challenge.to_be_signed(), &answer.signature)
        })
    }

    /// Whether the one answer is good for this reception's own question.
    pub fn answer_is_good_for(&self, ticket: &Token) -> bool {
        self.answer_is_for(self.reception.as_str(), NONCE, ticket)
    }

    pub async fn tries_left(&self, card: &str) -> u8 {
        let id: CardId = card.parse().unwrap();
        self.portal.cards().await.unwrap().into_iter().find(|face| face.id == id).unwrap().tries_left
    }
}

fn certificate_matches(der: &[u8], key: &SigningKey) -> bool {
    // The key stands in the certificate as it is.
    let spki = key.public_key().spki();
    der.windows(spki.len()).any(|part| part == spki)
}

/// 2024-01-01, and 2014-01-01.
const ISSUED: i64 = 1_704_067_200;
const LONG_AGO: i64 = 1_388_534_400;

fn certificate(key: &SigningKey) -> Vec<u8> {
    certificate_from(key, ISSUED)
}

fn certificate_from(key: &SigningKey, from: i64) -> Vec<u8> {
    let from = Timestamp::from_seconds(from);
    let practice = Practice::simulated(jpki::Purpose::Authentication, "http://ocsp.localhost", "http://cps.localhost");
    let serial = || Serial::try_from(1).unwrap();
    let until = from.plus(Span::from_hours(24 * 3650));
    let generation =
        Generation::found(jpki::Purpose::Authentication, practice, AUTHORITY_KEY.clone(), serial(), from, until)
            .unwrap();
    let municipality = Municipality::new("13221", "Tokyo-to", "Kiyose-shi").unwrap();
    let subject = Subject::new("997794E9AGCIEG", municipality, 3).unwrap();
    let birth = parse_date("1980-02-17").unwrap();
    generation.issue_authentication(&subject, birth, key.public_key(), serial(), from).unwrap()
}

/// The card of this file, with the PIN 1234.
pub fn plastic_card() -> CardData {
    plastic(&CARD_KEY)
}

/// The same keys on another kind of token.
pub fn data_of(label: TokenLabel) -> CardData {
    data(&CARD_KEY, label, certificate(&CARD_KEY))
}

fn plastic(key: &SigningKey) -> CardData {
    data(key, TokenLabel::Plastic, certificate(key))
}

/// A card with the PIN 1234.
fn data(key: &SigningKey, label: TokenLabel, certificate: Vec<u8>) -> CardData {
    CardData::new(Personalisation {
        label,
        authentication: KeyOnCard {
            key: PrivateKey::from_pkcs8(&key.to_pkcs8().unwrap()).unwrap(),
            certificate,
            ca_certificate: vec![0x30, 0x03, 0x02, 0x01, 0x06],
        },
        signature: None,
        pin: "1234".parse().unwrap(),
        signature_password: "PASSW0RD".parse().unwrap(),
        holder: Holder {
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

/// A browser with its cookie, and the token of the last form it saw.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    agent: &'static str,
    origin: Origin,
    said: Vec<(&'static str, &'static str)>,
    cookie: Option<String>,
    pub csrf: String,
    /// What the last PIN page said it showed.
    seen: String,
}

pub struct Page {
    pub status: StatusCode,
    pub location: String,
    pub policy: String,
    pub cookie: String,
    pub body: String,
}

impl Page {
    pub fn shows(&self, words: &str) -> bool {
        self.body.contains(words)
    }
}

impl Browser {
    /// From now on its requests say this of themselves.
    pub fn saying(mut self, said: &[(&'static str, &'static str)]) -> Self {
        self.said = said.to_vec();
        self
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.send(HttpRequest::get(path), Body::empty()).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        // All that is sent here is letters that a form carries as they are.
        let hidden = [("csrf", self.csrf.as_str()), ("seen", self.seen.as_str())];
        let pairs = hidden.into_iter().filter(|(_, value)| !value.is_empty()).chain(fields.iter().copied());
        let body = pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
        let request = HttpRequest::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, body.into()).await
    }

    /// Posts, and follows where it leads.
    pub async fn post_on(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.post(path, fields).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}: {}", page.body);
        self.get(&page.location).await
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Page {
        let mut request = request.header(header::USER_AGENT, self.agent);
        let (own, posts) = (self.origin.as_str(), request.method_ref() == Some(&Method::POST));
        let usual = [("host", self.origin.authority())].into_iter().chain(posts.then_some(("origin", own)));
        let usual = usual.filter(|(name, _)| !self.said.iter().any(|(other, _)| name == other));
        for (name, value) in usual.chain(self.said.iter().copied()) {
            request = request.header(name, value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, format!("uketsuke-portal={cookie}"));
        }
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let said =
            |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        if let Some(cookie) = said("set-cookie").strip_prefix("uketsuke-portal=") {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        for (name, kept) in [("csrf", &mut self.csrf), ("seen", &mut self.seen)] {
            if let Some((_, rest)) = body.split_once(&format!("name=\"{name}\" value=\"")) {
                rest.split('"').next().unwrap().clone_into(kept);
            }
        }
        let (location, policy, cookie) = (said("location"), said("content-security-policy"), said("set-cookie"));
        Page { status: parts.status, location, policy, cookie, body }
    }

    /// Opens the app with a ticket and goes on: the address of the visit.
    pub async fn open(&mut self, ticket: &Token, opened: &str) -> String {
        let way = if opened == "scan" { "scan" } else { "open" };
        self.get(&format!("/{way}?ticket={}", ticket.reveal())).await;
        let page = self.post("/open", &[("ticket", &ticket.reveal()), ("opened", opened)]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        page.location
    }

    /// Opens the app and lays a card on: the address of the visit, which asks for the PIN.
    pub async fn open_with(&mut self, ticket: &Token, card: &str) -> String {
        let visit = self.open(ticket, "link").await;
        self.post_on(&format!("{visit}/card"), &[("card", card)]).await;
        visit
    }
}
