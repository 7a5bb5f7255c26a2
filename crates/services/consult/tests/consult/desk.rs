//! The desk's pages and its JSON interface over HTTP: signing in, and that nothing is done without a CSRF token.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use consult::{NewStaffMember, StaffRole};
use futures_util::{StreamExt, stream::FuturesUnordered};
use test_browser::{Browser, Page, encode_parts};
use tokio::sync::RwLock;

use crate::service::{Service, institution};

const MAIL: &str = "desk@example.jp";
const PASSWORD: &str = "correct horse battery";
const SIGN_IN: &str = "/desk/sign-in";

/// The process checks few passwords at a time: the test that fills the queue needs exclusive access.
static SIGNING_IN: RwLock<()> = RwLock::const_new(());

/// A service, and a browser of its clinic's desk that is not signed in.
async fn open_desk() -> (Service, Browser) {
    let service = Service::open().await;
    let new = NewStaffMember { institution: institution(), mail: MAIL, name: "受付", role: StaffRole::Desk };
    service.consult.add_staff(new, PASSWORD).await.expect("an account is made");
    let browser = service.browser();
    (service, browser)
}

async fn open_page(desk: &mut Browser, path: &str) -> Page {
    let page = desk.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    page
}

/// The secret by which the service knows the browser.
fn browser_secret(desk: &Browser) -> String {
    desk.find_cookie("uketsuke-consult").expect("a cookie").to_owned()
}

#[tokio::test]
async fn a_desk_is_let_in_by_its_password_and_out_again() {
    let _shared = SIGNING_IN.read().await;
    let (_service, mut desk) = open_desk().await;
    assert_eq!(desk.get("/desk/visits").await.redirect_target(), SIGN_IN);
    let page = open_page(&mut desk, SIGN_IN).await;
    let wrong = desk.submit_form(&page, SIGN_IN, &[("mail", MAIL), ("password", "wrong")]).await;
    assert_eq!((wrong.status, wrong.redirect_target()), (StatusCode::SEE_OTHER, "/desk/sign-in?said=wrong"));
    let old_secret = browser_secret(&desk);
    let signed_in = desk.submit_form(&page, SIGN_IN, &[("mail", MAIL), ("password", PASSWORD)]).await;
    assert_eq!(signed_in.redirect_target(), "/desk/visits");
    assert_ne!(browser_secret(&desk), old_secret, "the browser has a new secret");
    let page = open_page(&mut desk, "/desk/visits").await;
    page.assert_contains("本日の予約").assert_contains("この日の予約はありません");
    open_page(&mut desk, "/desk/visits?date=2026-02-30&show=todo").await;
    open_page(&mut desk, "/desk/visits?date_year=2026&date_month=12&date_day=1").await;
    let page = open_page(&mut desk, "/desk/settings").await;
    let letters = desk.submit_form(&page, "/desk/settings/letters", &[("letters", "off")]).await;
    assert_eq!(letters.redirect_target(), "/desk/settings?said=letters");
    let page = open_page(&mut desk, "/desk/settings?said=letters").await;
    let page = page.assert_contains("お知らせの設定を保存しました");
    let seen = desk.post_with_token(&page, "/desk/news", &[("seen_until", "0"), ("date", "2026-11-24")]).await;
    assert_eq!(seen.redirect_target(), "/desk/visits?date=2026-11-24");
    let passwords = [("current_password", "wrong"), ("new_password", "another long one")];
    let wrong = desk.submit_form(&page, "/desk/settings/password", &passwords).await;
    assert_eq!(wrong.status, StatusCode::OK);
    let signed_out = desk.submit_form(&page, "/desk/sign-out", &[]).await;
    assert_eq!(signed_out.redirect_target(), SIGN_IN);
    assert_eq!(desk.get("/desk/visits").await.redirect_target(), SIGN_IN);
}

#[tokio::test]
async fn head_does_not_reach_the_visits_behind_the_door() {
    let _shared = SIGNING_IN.read().await;
    let (_service, mut desk) = open_desk().await;
    let credentials = format!("{{\"mail\":\"{MAIL}\",\"password\":\"{PASSWORD}\"}}");
    let json = Request::post("/door/session").header(header::CONTENT_TYPE, "application/json");
    let response = desk.send(json.body(credentials.into()).expect("a request")).await;
    let session: serde_json::Value = serde_json::from_slice(&response.bytes).expect("JSON");
    let token = session["token"].as_str().expect("a token");
    let path = "/door/visits?date=2026-11-24";
    let bearer = |request: axum::http::request::Builder| {
        let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        request.body(Body::empty()).expect("a request")
    };
    let head = desk.send(bearer(Request::head(path))).await;
    assert_eq!((head.status, head.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET"));
    let get = desk.send(bearer(Request::get(path))).await;
    assert_eq!(get.status, StatusCode::OK);
}

#[tokio::test]
async fn a_page_says_to_wait_while_too_many_passwords_are_checked() {
    let _exclusive = SIGNING_IN.write().await;
    let (_service, mut desk) = open_desk().await;
    let page = &open_page(&mut desk, SIGN_IN).await;
    let mut attempts: FuturesUnordered<_> = (0..100)
        .map(|number| {
            let (mut browser, mail) = (desk.clone(), format!("desk{number}@example.jp"));
            async move { browser.submit_form(page, SIGN_IN, &[("mail", &mail), ("password", "wrong")]).await }
        })
        .collect();
    // Some passwords are checked, others wait; a request that finds the queue full is refused at once.
    let busy = loop {
        let response = attempts.next().await.expect("one finds the queue full");
        if response.status == StatusCode::SERVICE_UNAVAILABLE {
            break response;
        }
        assert_eq!(response.redirect_target(), "/desk/sign-in?said=wrong");
    };
    assert_eq!(busy.header("retry-after"), "10");
    busy.assert_contains("ログインが混み合っています")
        .assert_contains("consult.sign_in.busy")
        .assert_contains("href=\"/desk/sign-in\"");
}

#[tokio::test]
async fn what_is_not_the_desks_is_not_there_and_nothing_is_done_without_the_token() {
    let _shared = SIGNING_IN.read().await;
    let (_service, mut desk) = open_desk().await;
    desk.open_and_submit(SIGN_IN, SIGN_IN, &[("mail", MAIL), ("password", PASSWORD)]).await;
    let page = open_page(&mut desk, "/desk/visits").await;
    let id = "01935c2f-0000-7000-8000-000000000000";
    for path in [
        format!("/desk/visits/{id}"),
        "/desk/visits/nonsense".to_owned(),
        format!("/desk/visits/{id}/pictures/{id}"),
        format!("/desk/pictures/{id}/whole"),
        format!("/desk/pictures/{id}/nonsense"),
    ] {
        assert_eq!(desk.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let visit = format!("/desk/visits/{id}");
    let response = desk.post_with_token(&page, &visit, &[("act", "terminal"), ("seen", "1")]).await;
    assert_eq!(response.status, StatusCode::NOT_FOUND);
    let undo = desk.post_with_token(&page, &format!("{visit}/take-back"), &[("number", "1")]).await;
    assert_eq!(undo.status, StatusCode::NOT_FOUND);
    let forged_form = [("csrf", "forged"), ("act", "terminal"), ("seen", "1"), ("mail", "a"), ("password", "b")];
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
        let forged = desk.post(&path, &forged_form).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN, "{path}");
    }
    // No patient is signed in: the page of pictures redirects to sign in, before an upload is read.
    let upload = desk.get(&format!("/appointments/{id}/picture")).await;
    assert!(upload.redirect_target().starts_with("/sign-in"));
    let (media_type, form) = encode_parts(&[("document", "certificate")], &[]);
    let multipart = Request::post(format!("/appointments/{id}/picture")).header(header::CONTENT_TYPE, media_type);
    let response = desk.send(multipart.body(form.into()).expect("a request")).await;
    assert!(response.redirect_target().starts_with("/sign-in"));
}
