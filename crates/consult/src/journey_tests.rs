//! Whole journeys through the pages, with a stand-in for the reception on a real wire.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::{Body, Bytes, to_bytes},
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base::{Clock, Key, Randomness, ReceptionNumber, Span, Timestamp, Token, end_of_day};
use handover::{
    AccessToken, Client, ClientKey, ClientKeys, CodeExchange, Endpoints, FORM_MEDIA_TYPE, Form, Granted, Issuer,
    Metadata, OauthError, PushedAnswer, PushedRequest, ReceptionStatus, RegisteredReception, RequestUri, Standing,
    TokenAnswer, UnverifiedAssertion,
};
use http::{HeaderMap, Request, StatusCode, header};
use maud::Render;
use shell::{Face, Origin, Site};
use tower::ServiceExt;

use crate::{
    Carrier, Consult, HandOver, KnownReception, MasterKeys, NewInstitution, Place, Settings, Workshop, pages::specimen,
    rules::institution::LeaveBy,
};

const NOW: &str = "2026-11-24T08:00:00+09:00";
const START: &str = "2026-11-25T10:00:00+09:00";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

/// How the stand-in behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Well,
    Down,
    TokenBroken,
}

/// The reception's side of the hand-over, as far as a service can see it.
#[derive(Clone)]
struct StandIn {
    metadata: Arc<Metadata>,
    client: Client,
    clock: Clock,
    kept: Arc<Mutex<Kept>>,
}

struct Kept {
    pushed: HashMap<String, PushedRequest>,
    codes: HashMap<String, PushedRequest>,
    registered: Option<RegisteredReception>,
    standing: Standing,
    mood: Mood,
    redeemed: u32,
    asked: u32,
}

impl StandIn {
    fn believe(&self, headers: &HeaderMap, body: &[u8]) -> Result<(Form, handover::AuthenticatedClient), OauthError> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        assert_eq!(kind, Some(FORM_MEDIA_TYPE));
        let form = Form::from_body(kind, body)?;
        let assertion = UnverifiedAssertion::parse(&form)?;
        let client = assertion.verify(&self.client, &self.metadata.audiences(), self.clock.now())?;
        Ok((form, client))
    }

    /// What the browser does at the reception, short: register, and take the address to go back to.
    fn register(&self, location: &str) -> String {
        let request_uri = query_value(location, "request_uri");
        let mut kept = self.kept.lock().expect("not poisoned");
        let pushed = kept.pushed.remove(&request_uri).expect("the request was pushed");
        let code = Token::new(&Randomness::system());
        let back = pushed.redirect_uri.with_code(&code, pushed.state.as_ref(), self.metadata.issuer());
        kept.codes.insert(code.reveal(), pushed);
        path_of(back.reveal())
    }

    /// The same, ended without registering.
    fn end(&self, location: &str) -> String {
        let request_uri = query_value(location, "request_uri");
        let pushed = self.kept.lock().expect("not poisoned").pushed.remove(&request_uri).expect("pushed");
        let error = OauthError::ended_without_registering();
        path_of(pushed.redirect_uri.with_error(&error, pushed.state.as_ref(), self.metadata.issuer()).reveal())
    }

    fn set(&self, change: impl FnOnce(&mut Kept)) {
        change(&mut self.kept.lock().expect("not poisoned"));
    }
}

fn path_of(url: &str) -> String {
    url.strip_prefix("http://consult.localhost:8400").expect("back to the service").to_owned()
}

fn query_value(url: &str, name: &str) -> String {
    let query = url.split_once('?').expect("a query").1;
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).expect("pairs");
    pairs.into_iter().find(|(found, _)| found == name).expect("the parameter is there").1
}

async fn metadata(State(stand_in): State<StandIn>) -> Response {
    if stand_in.kept.lock().expect("not poisoned").mood == Mood::Down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    Json(&*stand_in.metadata).into_response()
}

fn refuse(error: &OauthError) -> Response {
    (StatusCode::from_u16(error.status()).expect("a status"), Json(error)).into_response()
}

async fn push(State(stand_in): State<StandIn>, headers: HeaderMap, body: Bytes) -> Response {
    if stand_in.kept.lock().expect("not poisoned").mood == Mood::Down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let pushed = stand_in.believe(&headers, &body).and_then(|(form, client)| PushedRequest::parse(&form, &client));
    match pushed {
        Err(error) => refuse(&error),
        Ok(pushed) => {
            let request_uri = RequestUri::of(&Token::new(&Randomness::system()));
            stand_in.set(|kept| {
                kept.pushed.insert(request_uri.reveal().to_owned(), pushed);
            });
            (StatusCode::CREATED, Json(PushedAnswer { request_uri, expires_in: Span::from_secs(90) })).into_response()
        }
    }
}

async fn token(State(stand_in): State<StandIn>, headers: HeaderMap, body: Bytes) -> Response {
    if stand_in.kept.lock().expect("not poisoned").mood == Mood::TokenBroken {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let answer = (|| {
        let (form, client) = stand_in.believe(&headers, &body)?;
        let exchange = CodeExchange::parse(&form, &client)?;
        let mut kept = stand_in.kept.lock().expect("not poisoned");
        kept.redeemed += 1;
        let pushed = kept.codes.remove(&exchange.code.reveal()).ok_or_else(OauthError::lapsed_code)?;
        let granted = Granted { client: client.id(), redirect_uri: &pushed.redirect_uri, challenge: &pushed.challenge };
        exchange.fits(&granted, &client)?;
        let reception = RegisteredReception {
            reception_number: ReceptionNumber::new(&Randomness::system()),
            valid_until: end_of_day(pushed.reception.visit_date),
            request: pushed.reception,
        };
        kept.registered = Some(reception.clone());
        let access_token = AccessToken::of(&Token::new(&Randomness::system()));
        Ok(TokenAnswer { access_token, expires_in: Span::from_hours(48), reception })
    })();
    match answer {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => refuse(&error),
    }
}

async fn status(State(stand_in): State<StandIn>) -> Response {
    let mut kept = stand_in.kept.lock().expect("not poisoned");
    kept.asked += 1;
    match (&kept.registered, kept.mood) {
        (Some(reception), Mood::Well) => Json(ReceptionStatus {
            status: kept.standing,
            reception_number: reception.reception_number,
            valid_until: reception.valid_until,
        })
        .into_response(),
        _ => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

struct World {
    consult: Consult,
    stand_in: StandIn,
    clock: Clock,
    _folder: tempfile::TempDir,
}

async fn world() -> World {
    let clock = Clock::starting_at(at(NOW));
    let folder = tempfile::tempdir().expect("a folder");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let issuer: Issuer = address.parse().expect("an issuer");
    let at_path = |path: &str| {
        // `url` is the language crate's own; an endpoint is written as the metadata writes it.
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
    let stand_in = StandIn {
        metadata: Arc::new(Metadata::new(issuer.clone(), endpoints).expect("metadata")),
        client: Client::new(client_id.clone(), keys, vec![redirect]).expect("a client"),
        clock: clock.clone(),
        kept: Arc::new(Mutex::new(Kept {
            pushed: HashMap::new(),
            codes: HashMap::new(),
            registered: None,
            standing: Standing::Registered,
            mood: Mood::Well,
            redeemed: 0,
            asked: 0,
        })),
    };
    let doors = Router::new()
        .route("/.well-known/oauth-authorization-server", get(metadata))
        .route("/par", post(push))
        .route("/token", post(token))
        .route("/status", get(status))
        .with_state(stand_in.clone());
    tokio::spawn(async move { axum::serve(listener, doors).await });
    let origin: Origin = "http://consult.localhost:8400".parse().expect("an origin");
    let consult = Consult::open(Settings {
        site: Site::new(Face::Service, origin, clock.clone(), Randomness::system()),
        database: database::Location::Sqlite(folder.path().join("consult.db")),
        operator: "見本運営".to_owned(),
        sealing_key: Key::new(&Randomness::system()),
        http: reqwest::Client::new(),
        hand_over: HandOver {
            client: client_id,
            key,
            receptions: vec![KnownReception { issuer: issuer.clone(), origin: address.parse().expect("an origin") }],
        },
        pictures: Place::Folder(folder.path().join("pictures")),
        picture_keys: MasterKeys::new("test", Key::new(&Randomness::system())),
        picture_worker: Workshop::new("/nonexistent".into(), Vec::new()),
        carrier: Carrier::Outbox,
        keep_pictures_days: 30,
    })
    .expect("the room opens");
    for mut offer in specimen::offers() {
        if let LeaveBy::HandOver { .. } = offer.institution.leave_by {
            offer.institution.leave_by = LeaveBy::HandOver { issuer: issuer.clone() };
        }
        let new = NewInstitution { institution: offer.institution, opening: offer.opening, menus: offer.menus };
        consult.add_institution(new).await.expect("an institution is added");
    }
    World { consult, stand_in, clock, _folder: folder }
}

/// A browser: a cookie and what it last saw.
struct Browser {
    app: Router,
    cookie: Option<String>,
}

struct Answer {
    status: StatusCode,
    location: Option<String>,
    policy: String,
    body: String,
}

impl Answer {
    fn leads_to(&self) -> &str {
        self.location.as_deref().unwrap_or_else(|| panic!("no redirect but {}: {}", self.status, self.body))
    }

    fn says(&self, text: &str) -> &Self {
        assert!(self.body.contains(text), "'{text}' is not on the page: {}", self.body);
        self
    }
}

impl Browser {
    fn of(world: &World) -> Self {
        Self { app: world.consult.pages(), cookie: None }
    }

    async fn send(&mut self, mut request: Request<Body>) -> Answer {
        if let Some(cookie) = &self.cookie {
            request.headers_mut().insert(header::COOKIE, cookie.parse().expect("a cookie"));
        }
        let response = self.app.clone().oneshot(request).await.expect("an answer");
        let text = |name| response.headers().get(name).map(|value| value.to_str().expect("text").to_owned());
        let (location, policy) = (text(header::LOCATION), text(header::CONTENT_SECURITY_POLICY).unwrap_or_default());
        if let Some(set) = text(header::SET_COOKIE) {
            self.cookie = set.split(';').next().map(str::to_owned);
        }
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        Answer { status, location, policy, body: String::from_utf8(bytes.to_vec()).expect("UTF-8") }
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    /// Presses a button of `page` that posts `fields` to `action`.
    async fn press(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let form = self.get(page).await;
        let mark = "name=\"csrf\" value=\"";
        let from = form.body.find(mark).unwrap_or_else(|| panic!("no form on {page}: {}", form.body)) + mark.len();
        let csrf = form.body[from..].split('"').next().expect("a value").to_owned();
        let mut fields = fields.to_vec();
        fields.push(("csrf", &csrf));
        let body = serde_urlencoded::to_string(&fields).expect("a form");
        self.send(
            Request::post(action)
                .header(header::CONTENT_TYPE, FORM_MEDIA_TYPE)
                .body(Body::from(body))
                .expect("a request"),
        )
        .await
    }

    async fn sign_in(&mut self, world: &World, mail: &str) {
        let sent = self.press("/sign-in", "/sign-in", &[("mail", mail), ("onward", "/appointments")]).await;
        assert_eq!(sent.leads_to(), "/sign-in/code");
        let letters = world.consult.room.store.outbox().await.expect("the outbox");
        let letter = serde_json::to_string(&letters[0].letter).expect("a letter");
        let digits = letter.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).expect("a code").to_owned();
        let answer = self.press("/sign-in/code", "/sign-in/code", &[("code", &digits)]).await;
        if answer.leads_to().starts_with("/profile") {
            let fields = [
                ("name", "山田 花子"),
                ("kana", "やまだ はなこ"),
                ("birth_year", "1985"),
                ("birth_month", "4"),
                ("birth_day", "3"),
                ("onward", "/appointments"),
            ];
            assert_eq!(self.press("/profile", "/profile", &fields).await.leads_to(), "/appointments");
        }
    }

    /// Books at the institution with this place among the specimens, and tells the appointment's path.
    async fn book(&mut self, place: usize, menu: &str) -> String {
        let code = specimen::institutions()[place].code.to_string();
        let start = at(START).milliseconds().to_string();
        let wish = [("institution", code.as_str()), ("menu", menu), ("start", start.as_str())];
        let query = serde_urlencoded::to_string(wish).expect("a query");
        let booked = self.press(&format!("/book?{query}"), "/book", &wish).await;
        let again = self.press(&format!("/book?{query}"), "/book", &wish).await;
        assert_eq!(again.leads_to(), booked.leads_to(), "sent twice, booked once");
        booked.leads_to().strip_suffix("/booked").expect("予約完了画面").to_owned()
    }

    async fn leave(&mut self, detail: &str) -> Answer {
        self.press(detail, &format!("{detail}/leave"), &[]).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_books_leaves_registers_and_comes_back() {
    let world = world().await;
    let mut browser = Browser::of(&world);
    browser.sign_in(&world, "hanako@example.jp").await;
    let detail = browser.book(0, "1").await;
    let done = browser.get(&format!("{detail}/booked")).await;
    done.says("予約が完了しました").says("同意可否を選択する").says("保険証画像をアップロードする");
    assert!(done.policy.contains("form-action 'self' http://127.0.0.1:"), "{}", done.policy);
    let left = browser.leave(&detail).await;
    browser.get(&detail).await.says("登録状況を確認できません").says("同意可否を選択する");
    let back = world.stand_in.register(left.leads_to());
    let returned = browser.get(&back).await;
    let page = returned.leads_to().to_owned();
    browser
        .get(&page)
        .await
        .says("以上で、マイナ保険証の利用のための手続きは完了です")
        .says("2026年11月25日（水） 23:59まで");
    // Back button, reload: the same page, and nothing is redeemed twice.
    assert_eq!(browser.get(&back).await.leads_to(), page);
    assert_eq!(world.stand_in.kept.lock().unwrap().redeemed, 1);
    let detail_page = browser.get(&detail).await;
    detail_page.says("準備ができています").says("受付番号");
    assert!(!detail_page.body.contains("同意可否を選択する"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_ends_without_registering_is_told_so_and_goes_on() {
    let world = world().await;
    let mut browser = Browser::of(&world);
    browser.sign_in(&world, "hanako@example.jp").await;
    let detail = browser.book(0, "1").await;
    let left = browser.leave(&detail).await;
    let back = world.stand_in.end(left.leads_to());
    let page = browser.get(&back).await.leads_to().to_owned();
    browser.get(&page).await.says("同意は登録されていません").says("同意可否を選択する");
    let left = browser.leave(&detail).await;
    let back = world.stand_in.register(left.leads_to());
    let page = browser.get(&back).await.leads_to().to_owned();
    browser.get(&page).await.says("手続きは完了です");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_browser_takes_nothing() {
    let world = world().await;
    let (mut hers, mut other) = (Browser::of(&world), Browser::of(&world));
    hers.sign_in(&world, "hanako@example.jp").await;
    other.sign_in(&world, "taro@example.jp").await;
    let detail = hers.book(0, "1").await;
    assert_eq!(other.get(&detail).await.status, StatusCode::NOT_FOUND);
    let left = hers.leave(&detail).await;
    let back = world.stand_in.register(left.leads_to());
    let refused = other.get(&back).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    refused.says("別のブラウザで手続きが終わりました");
    assert_eq!(world.stand_in.kept.lock().unwrap().redeemed, 0);
    // A changed answer is believed by nobody.
    let wrong_issuer = format!("{back}x");
    assert_eq!(hers.get(&wrong_issuer).await.status, StatusCode::BAD_REQUEST);
    let page = hers.get(&back).await.leads_to().to_owned();
    hers.get(&page).await.says("手続きは完了です");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reception_that_is_down_loses_nothing() {
    let world = world().await;
    let mut browser = Browser::of(&world);
    browser.sign_in(&world, "hanako@example.jp").await;
    let detail = browser.book(0, "1").await;
    world.stand_in.set(|kept| kept.mood = Mood::Down);
    let away = browser.leave(&detail).await;
    assert_eq!(away.status, StatusCode::BAD_GATEWAY);
    away.says("予約は失われていません");
    browser.get(&detail).await.says("保険の確認がまだです");
    world.stand_in.set(|kept| kept.mood = Mood::Well);
    let left = browser.leave(&detail).await;
    let back = world.stand_in.register(left.leads_to());
    world.stand_in.set(|kept| kept.mood = Mood::TokenBroken);
    let unknown = browser.get(&back).await;
    assert_eq!(unknown.status, StatusCode::BAD_GATEWAY);
    unknown.says("登録状況を確認できません");
    world.stand_in.set(|kept| kept.mood = Mood::Well);
    // The code is still good: reloading completes it.
    let page = browser.get(&back).await.leads_to().to_owned();
    browser.get(&page).await.says("手続きは完了です");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_is_seen_and_a_silent_reception_is_no_error() {
    let world = world().await;
    let mut browser = Browser::of(&world);
    browser.sign_in(&world, "hanako@example.jp").await;
    let detail = browser.book(0, "1").await;
    let left = browser.leave(&detail).await;
    let back = world.stand_in.register(left.leads_to());
    browser.get(&back).await;
    world.stand_in.set(|kept| (kept.mood, kept.standing) = (Mood::Down, Standing::Withdrawn));
    world.clock.set(world.clock.now().plus(Span::from_mins(2)));
    browser.get(&detail).await.says("準備ができています");
    world.stand_in.set(|kept| kept.mood = Mood::Well);
    browser.get(&detail).await.says("準備ができています");
    assert_eq!(world.stand_in.kept.lock().unwrap().asked, 1, "at most once a minute");
    world.clock.set(world.clock.now().plus(Span::from_mins(2)));
    browser.get(&detail).await.says("同意が取り消されました").says("同意可否を選択する");
}

#[tokio::test(flavor = "multi_thread")]
async fn moving_voids_and_midnight_ends() {
    let world = world().await;
    let mut browser = Browser::of(&world);
    browser.sign_in(&world, "hanako@example.jp").await;
    let detail = browser.book(0, "1").await;
    let left = browser.leave(&detail).await;
    let back = world.stand_in.register(left.leads_to());
    browser.get(&back).await;
    browser.get(&format!("{detail}/move")).await.says("日付を変えると、保険の手続きは無効になります");
    let start = at("2026-11-26T10:00:00+09:00").milliseconds().to_string();
    let confirm = format!("{detail}/move/confirm?start={start}");
    browser.get(&confirm).await.says("今の保険の手続きは無効になります");
    let moved = browser.press(&confirm, &format!("{detail}/move"), &[("start", &start)]).await;
    assert_eq!(moved.leads_to(), detail);
    browser.get(&detail).await.says("11月25日の診察のための手続きは無効になりました").says("同意可否を選択する");
    world.clock.set(at("2026-11-27T00:00:00+09:00"));
    let over = browser.get(&detail).await;
    over.says("診察日が終わりました");
    assert!(!over.body.contains("同意可否を選択する"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fixed_url_shows_the_day_and_takes_her_word() {
    let world = world().await;
    let mut browser = Browser::of(&world);
    browser.sign_in(&world, "hanako@example.jp").await;
    let detail = browser.book(1, "1").await;
    let left = browser.leave(&detail).await;
    let page = left.leads_to().to_owned();
    assert_eq!(page, format!("{detail}/leave"));
    browser.get(&page).await.says("2026年11月25日（水）").says("手続きを終えました").says("<svg");
    let done = browser.press(&page, &format!("{detail}/done"), &[]).await;
    assert_eq!(done.leads_to(), detail);
    browser.get(&detail).await.says("登録は医療機関が確認します");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clinic_without_the_card_offers_only_the_picture_and_self_pay_nothing() {
    let world = world().await;
    let mut browser = Browser::of(&world);
    browser.sign_in(&world, "hanako@example.jp").await;
    let detail = browser.book(2, "1").await;
    let page = browser.get(&detail).await;
    page.says("保険証画像をアップロードする").says("マイナ保険証に対応していない");
    assert!(!page.body.contains("同意可否を選択する"));
    let code = specimen::institutions()[2].code;
    browser.get(&format!("/institutions/{code}")).await.says("この医療機関はマイナ保険証に対応していません");
    let self_pay = browser.book(0, "2").await;
    browser.get(&self_pay).await.says("保険の確認は必要ありません");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_that_is_not_for_anyone_asks_to_sign_in_or_is_not_there() {
    let world = world().await;
    let mut browser = Browser::of(&world);
    let id = specimen::appointment_id().to_string();
    for route in world.consult.routes() {
        if route.access != shell::Access::Known || route.path.starts_with("/desk") {
            continue;
        }
        let path = route
            .path
            .replace("{id}", &id)
            .replace("{departure}", &id)
            .replace("{picture}", &id)
            .replace("{part}", "front");
        if route.method == http::Method::GET {
            let answer = browser.get(&path).await;
            assert!(answer.leads_to().starts_with("/sign-in?onward=%2F"), "{path}");
        } else {
            let forged = Request::post(&path).header(header::CONTENT_TYPE, FORM_MEDIA_TYPE).body(Body::from("csrf=x"));
            let answer = browser.send(forged.expect("a request")).await;
            assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_requests_are_clear_pages_and_never_a_fault() {
    let world = world().await;
    let mut browser = Browser::of(&world);
    browser.sign_in(&world, "hanako@example.jp").await;
    for (path, expected) in [
        ("/?page=99999999999&area=99&specialty=x&card=%FF", StatusCode::OK),
        ("/?q=%25%5F'%22%00", StatusCode::OK),
        ("/institutions/0000000000", StatusCode::NOT_FOUND),
        ("/institutions/x/menus/1", StatusCode::NOT_FOUND),
        ("/appointments/x", StatusCode::NOT_FOUND),
        ("/book", StatusCode::NOT_FOUND),
        ("/book?institution=1&menu=-1&start=9e99", StatusCode::NOT_FOUND),
        ("/return", StatusCode::BAD_REQUEST),
        ("/return?code=a&state=b&iss=c", StatusCode::BAD_REQUEST),
        ("/return?code=a&code=b&state=c", StatusCode::BAD_REQUEST),
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, expected, "{path}: {}", answer.body);
    }
    let code = specimen::institutions()[0].code;
    let far = format!("/book?institution={code}&menu=1&start=9223372036854775807");
    assert_eq!(browser.get(&far).await.status, StatusCode::BAD_REQUEST);
    let week = format!("/institutions/{code}/menus/1?week=0001-01-01");
    assert_eq!(browser.get(&week).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_is_for_good() {
    let world = world().await;
    let mut browser = Browser::of(&world);
    browser.sign_in(&world, "hanako@example.jp").await;
    let before = browser.cookie.clone();
    let out = browser.press("/profile", "/sign-out", &[]).await;
    assert_eq!(out.leads_to(), "/");
    assert!(browser.get("/profile").await.leads_to().starts_with("/sign-in"));
    browser.cookie = before;
    assert!(browser.get("/profile").await.leads_to().starts_with("/sign-in"), "the old secret is nobody");
}

#[test]
fn samples_are_whole_pages() {
    for language in [shell::Language::Japanese, shell::Language::English] {
        for (name, page) in crate::samples(language) {
            let text = page.render().into_string();
            assert!(text.contains("<main"), "{name}");
            assert!(text.contains("</html>"), "{name}");
        }
    }
}
