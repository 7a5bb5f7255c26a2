//! The desk's pages and its JSON interface over HTTP: signing in, and that nothing is done without a CSRF token.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, Response, StatusCode, header},
};
use base::{Clock, InstitutionCode, Key, Prefecture, Randomness, ScoreTable};
use consult::{
    Charge, Consult, HandOverSettings, ImageWorker, Institution, MailTransport, MasterKeys, Menu, NewInstitution,
    OpeningSchedule, ProofMethod, Settings, Specialty, VaultLocation,
};
use database::Location;
use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::sync::RwLock;
use tower::ServiceExt;
use ui::Theme;
use web::Site;

const MAIL: &str = "desk@example.jp";
const PASSWORD: &str = "correct horse battery";

/// The process checks few passwords at a time: the test that fills the queue needs exclusive access.
static SIGNING_IN: RwLock<()> = RwLock::const_new(());

fn institution() -> InstitutionCode {
    InstitutionCode::from_parts(Prefecture::from_code(13).expect("Tokyo"), ScoreTable::Medical, 1)
}

fn clinic() -> NewInstitution {
    let text = || "見本".to_owned();
    NewInstitution {
        institution: Institution {
            code: institution(),
            name: text(),
            name_kana: "ミホン".to_owned(),
            name_english: "Mihon".to_owned(),
            prefecture: Prefecture::from_code(13).expect("Tokyo"),
            city: text(),
            city_english: text(),
            address: text(),
            address_english: text(),
            phone: "03-0000-0000".to_owned(),
            opening_text: text(),
            opening_text_english: text(),
            description: text(),
            description_english: text(),
            specialties: vec![Specialty::InternalMedicine],
            languages: Vec::new(),
            proof_method: ProofMethod::PictureOnly,
        },
        opening: OpeningSchedule { hours: Vec::new(), closed_on_holidays: true },
        notice: consult::ClinicNotice::default(),
        menus: vec![Menu {
            number: 1,
            charge: Charge::Insured,
            name: text(),
            name_english: text(),
            minutes: 15,
            fee: text(),
            fee_english: text(),
            system_fee: 550,
            doctor: None,
        }],
    }
}

struct DeskBrowser {
    pages: Router,
    cookie: String,
    csrf: String,
    _folder: tempfile::TempDir,
}

impl DeskBrowser {
    async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let randomness = Randomness::system();
        let clock = Clock::starting_at("2026-11-24T09:00:00+09:00".parse().expect("a time"));
        let origin = "http://consult.localhost:8400".parse().expect("an origin");
        let consult = Consult::open(Settings {
            site: Site::new(Theme::Service, origin, clock, randomness.clone()),
            database: Location::Sqlite(folder.path().join("consult.db")),
            operator: "見本".to_owned(),
            sealing_key: Key::new(&randomness),
            http: reqwest::Client::new(),
            hand_over: HandOverSettings {
                client_id: "uketsuke".parse().expect("a client's name"),
                client_key: handover::ClientKey::generate(),
                receptions: Vec::new(),
            },
            pictures: VaultLocation::Folder(folder.path().join("pictures")),
            picture_keys: MasterKeys::new("one", Key::new(&randomness)),
            image_worker: ImageWorker::new(env!("CARGO_BIN_EXE_picture-worker").into(), Vec::new()),
            contact: None,
            mail_transport: MailTransport::Outbox,
            picture_retention_days: 30,
            limits: consult::Limits::default(),
            notices: consult::sample_notices(),
        })
        .expect("the service opens");
        consult.add_institution(clinic()).await.expect("an institution is added");
        consult.add_staff(institution(), MAIL, "受付", PASSWORD).await.expect("an account is made");
        let mut desk = Self { pages: consult.pages(), cookie: String::new(), csrf: String::new(), _folder: folder };
        desk.read_page("/desk/sign-in").await;
        desk
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: String) -> Response<Body> {
        let request = request.header(header::COOKIE, &self.cookie).body(Body::from(body)).expect("a request");
        let response = self.pages.clone().oneshot(request).await.expect("the router answers");
        for line in response.headers().get_all(header::SET_COOKIE) {
            let line = line.to_str().expect("a cookie is ASCII");
            if line.starts_with("uketsuke-consult=") {
                self.cookie = String::from(line.split(';').next().unwrap_or_default());
            }
        }
        response
    }

    async fn get(&mut self, path: &str) -> Response<Body> {
        self.send(Request::get(path), String::new()).await
    }

    async fn post(&mut self, path: &str, fields: &str) -> Response<Body> {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, format!("csrf={}&{fields}", self.csrf)).await
    }

    /// The text of a page. Its CSRF token is stored for the next form.
    async fn read_page(&mut self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let bytes = to_bytes(response.into_body(), 1 << 20).await.expect("a page is short");
        let text = String::from_utf8(bytes.to_vec()).expect("a page is UTF-8");
        if let Some((_, rest)) = text.split_once("name=\"csrf\" value=\"") {
            self.csrf = String::from(rest.split('"').next().unwrap_or_default());
        }
        text
    }
}

fn redirect_target(response: &Response<Body>) -> Option<&str> {
    response.headers().get(header::LOCATION)?.to_str().ok()
}

#[tokio::test]
async fn a_desk_is_let_in_by_its_password_and_out_again() {
    let _shared = SIGNING_IN.read().await;
    let mut desk = DeskBrowser::open().await;
    assert_eq!(redirect_target(&desk.get("/desk/visits").await), Some("/desk/sign-in"));
    let wrong = desk.post("/desk/sign-in", &format!("mail={MAIL}&password=wrong")).await;
    assert_eq!((wrong.status(), redirect_target(&wrong)), (StatusCode::SEE_OTHER, Some("/desk/sign-in?said=wrong")));
    let old_cookie = desk.cookie.clone();
    let signed_in = desk.post("/desk/sign-in", &format!("mail={MAIL}&password={PASSWORD}")).await;
    assert_eq!(redirect_target(&signed_in), Some("/desk/visits"));
    assert_ne!(desk.cookie, old_cookie, "the browser has a new secret");
    let page = desk.read_page("/desk/visits").await;
    assert!(page.contains("本日の予約") && page.contains("この日の予約はありません"));
    desk.read_page("/desk/visits?date=2026-02-30&show=todo").await;
    desk.read_page("/desk/visits?date_year=2026&date_month=12&date_day=1").await;
    desk.read_page("/desk/settings").await;
    let letters = desk.post("/desk/settings/letters", "letters=off").await;
    assert_eq!(redirect_target(&letters), Some("/desk/settings?said=letters"));
    assert!(desk.read_page("/desk/settings?said=letters").await.contains("お知らせの設定を保存しました"));
    let seen = desk.post("/desk/news", "seen_until=0&date=2026-11-24").await;
    assert_eq!(redirect_target(&seen), Some("/desk/visits?date=2026-11-24"));
    let wrong = desk.post("/desk/settings/password", "current_password=wrong&new_password=another+long+one").await;
    assert_eq!(wrong.status(), StatusCode::OK);
    let signed_out = desk.post("/desk/sign-out", "").await;
    assert_eq!(redirect_target(&signed_out), Some("/desk/sign-in"));
    assert_eq!(redirect_target(&desk.get("/desk/visits").await), Some("/desk/sign-in"));
}

#[tokio::test]
async fn head_does_not_reach_the_visits_behind_the_door() {
    let _shared = SIGNING_IN.read().await;
    let mut desk = DeskBrowser::open().await;
    let credentials = format!("{{\"mail\":\"{MAIL}\",\"password\":\"{PASSWORD}\"}}");
    let json = Request::post("/door/session").header(header::CONTENT_TYPE, "application/json");
    let response = desk.send(json, credentials).await;
    let body = to_bytes(response.into_body(), 1 << 10).await.expect("it is short");
    let session: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    let token = session["token"].as_str().expect("a token");
    let path = "/door/visits?date=2026-11-24";
    let bearer =
        |request: axum::http::request::Builder| request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    let head = desk.send(bearer(Request::head(path)), String::new()).await;
    assert_eq!(
        (head.status(), &head.headers()[header::ALLOW]),
        (StatusCode::METHOD_NOT_ALLOWED, &"GET".parse().expect("a header"))
    );
    let get = desk.send(bearer(Request::get(path)), String::new()).await;
    assert_eq!(get.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_page_says_to_wait_while_too_many_passwords_are_checked() {
    let _exclusive = SIGNING_IN.write().await;
    let desk = DeskBrowser::open().await;
    let mut attempts: FuturesUnordered<_> = (0..100)
        .map(|number| {
            let request = Request::post("/desk/sign-in")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(header::COOKIE, &desk.cookie)
                .body(Body::from(format!("csrf={}&mail=desk{number}%40example.jp&password=wrong", desk.csrf)));
            desk.pages.clone().oneshot(request.expect("a request"))
        })
        .collect();
    // Some passwords are checked, others wait; a request that finds the queue full is refused at once.
    let busy = loop {
        let response = attempts.next().await.expect("one finds the queue full").expect("the router answers");
        if response.status() == StatusCode::SERVICE_UNAVAILABLE {
            break response;
        }
        assert_eq!(redirect_target(&response), Some("/desk/sign-in?said=wrong"));
    };
    assert_eq!(busy.headers()[header::RETRY_AFTER], "10");
    let page = to_bytes(busy.into_body(), 1 << 20).await.expect("a page is short");
    let page = String::from_utf8(page.to_vec()).expect("a page is UTF-8");
    for text in ["ログインが混み合っています", "consult.sign_in.busy", "href=\"/desk/sign-in\""] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[tokio::test]
async fn what_is_not_the_desks_is_not_there_and_nothing_is_done_without_the_token() {
    let _shared = SIGNING_IN.read().await;
    let mut desk = DeskBrowser::open().await;
    desk.post("/desk/sign-in", &format!("mail={MAIL}&password={PASSWORD}")).await;
    desk.read_page("/desk/visits").await;
    let id = "01935c2f-0000-7000-8000-000000000000";
    for path in [
        format!("/desk/visits/{id}"),
        "/desk/visits/nonsense".to_owned(),
        format!("/desk/visits/{id}/pictures/{id}"),
        format!("/desk/pictures/{id}/whole"),
        format!("/desk/pictures/{id}/nonsense"),
    ] {
        assert_eq!(desk.get(&path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let response = desk.post(&format!("/desk/visits/{id}"), "act=terminal&seen=1").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    let undo = desk.post(&format!("/desk/visits/{id}/take-back"), "number=1").await;
    assert_eq!(undo.status(), StatusCode::NOT_FOUND);
    desk.csrf = "forged".to_owned();
    for path in [
        format!("/desk/visits/{id}"),
        format!("/desk/visits/{id}/take-back"),
        "/desk/news".to_owned(),
        "/desk/settings/letters".to_owned(),
        "/desk/settings/password".to_owned(),
        "/desk/settings/sign-out-elsewhere".to_owned(),
        "/desk/sign-in".to_owned(),
        "/desk/sign-out".to_owned(),
    ] {
        let forged = desk.post(&path, "act=terminal&seen=1&mail=a&password=b").await;
        assert_eq!(forged.status(), StatusCode::FORBIDDEN, "{path}");
    }
    // No patient is signed in: the page of pictures redirects to sign in, before an upload is read.
    let upload = desk.get(&format!("/appointments/{id}/picture")).await;
    assert!(redirect_target(&upload).is_some_and(|target| target.starts_with("/sign-in")));
    let multipart = Request::post(format!("/appointments/{id}/picture"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
    let forged = "--b\r\nContent-Disposition: form-data; name=\"document\"\r\n\r\ncertificate\r\n--b--\r\n";
    let response = desk.send(multipart, forged.to_owned()).await;
    assert!(redirect_target(&response).is_some_and(|target| target.starts_with("/sign-in")));
}
