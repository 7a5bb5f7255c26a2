//! Journeys through the pages of all features over HTTP.

use axum::body::Body;
use handover::FORM_MEDIA_TYPE;
use http::{Request, StatusCode, header};
use maud::Render;

use super::world::{PatientBrowser, world};
use crate::{appointments, directory};

#[tokio::test(flavor = "multi_thread")]
async fn every_page_that_is_not_for_anyone_asks_to_sign_in_or_is_not_there() {
    let world = world().await;
    let mut browser = world.browser();
    let id = appointments::samples::appointment_id().to_string();
    for route in world.consult.routes() {
        if route.access != web::Access::SignedIn || route.path.starts_with("/desk") {
            continue;
        }
        let path = route
            .path
            .replace("{id}", &id)
            .replace("{departure}", &id)
            .replace("{picture}", &id)
            .replace("{part}", "front");
        if route.method == http::Method::GET {
            let response = browser.get(&path).await;
            assert!(response.redirect_target().starts_with("/sign-in?onward=%2F"), "{path}");
        } else {
            let forged = Request::post(&path).header(header::CONTENT_TYPE, FORM_MEDIA_TYPE).body(Body::from("csrf=x"));
            let response = browser.send(forged.expect("a request")).await;
            // The body of an upload is not read before the patient is known.
            let is_redirected_to_sign_in =
                path.ends_with("/picture") && response.redirect_target().starts_with("/sign-in");
            assert!(is_redirected_to_sign_in || response.status.is_client_error(), "{path}: {}", response.status);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_presses_a_button_after_signing_out_signs_in_and_comes_to_a_page() {
    let world = world().await;
    let mut browser = world.browser();
    let id = appointments::samples::appointment_id().to_string();
    let routes = world.consult.routes();
    let is_listed = |method, path: &str| {
        let is = |route: &&web::Route| route.method == method && route.access == web::Access::SignedIn;
        routes.iter().filter(is).any(|route| route.path == path)
    };
    for route in &routes {
        let action = route.method == http::Method::POST && route.access == web::Access::SignedIn;
        // The desk has its own page for signing in.
        if !action || route.path.starts_with("/desk") {
            continue;
        }
        let path = route.path.replace("{id}", &id).replace("{picture}", &id);
        let page = browser.get("/sign-in").await;
        let response = browser.post_with_token(&page, &path, &[]).await;
        let onward =
            response.redirect_target().strip_prefix("/sign-in?onward=").expect("a redirect to sign in").to_owned();
        let onward = onward.replace("%2F", "/").replace(&id, "{id}");
        assert!(is_listed(http::Method::GET, &onward), "{path} leads on to {onward}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_requests_are_clear_pages_and_never_a_fault() {
    let world = world().await;
    let mut browser = world.browser();
    browser.sign_in(&world, "hanako@example.jp").await;
    for (path, expected) in [
        ("/?page=99999999999&area=99&specialty=x&card=%FF", StatusCode::OK),
        ("/?q=%25%5F'%22%00", StatusCode::OK),
        ("/?area=13-%00", StatusCode::OK),
        ("/?area=%00&specialty=%00&card=%00&page=%00", StatusCode::OK),
        ("/institutions/%00", StatusCode::NOT_FOUND),
        ("/appointments/%00", StatusCode::NOT_FOUND),
        ("/book?institution=%00&menu=%00&start=%00", StatusCode::NOT_FOUND),
        ("/return?code=%00&state=%00&iss=%00", StatusCode::BAD_REQUEST),
        ("/institutions/0000000000", StatusCode::NOT_FOUND),
        ("/institutions/x/menus/1", StatusCode::NOT_FOUND),
        ("/appointments/x", StatusCode::NOT_FOUND),
        ("/book", StatusCode::NOT_FOUND),
        ("/book?institution=1&menu=-1&start=9e99", StatusCode::NOT_FOUND),
        ("/return", StatusCode::BAD_REQUEST),
        ("/return?code=a&state=b&iss=c", StatusCode::BAD_REQUEST),
        ("/return?code=a&code=b&state=c", StatusCode::BAD_REQUEST),
    ] {
        let response = browser.get(path).await;
        assert_eq!(response.status, expected, "{path}: {}", response.body);
    }
    let code = directory::samples::institutions()[0].code;
    let far = format!("/book?institution={code}&menu=1&start=9223372036854775807");
    assert_eq!(browser.get(&far).await.status, StatusCode::BAD_REQUEST);
    let week = format!("/institutions/{code}/menus/1?week=0001-01-01");
    assert_eq!(browser.get(&week).await.status, StatusCode::OK);
}

#[test]
fn samples_are_whole_pages() {
    for language in [text::Language::Japanese, text::Language::English] {
        for (name, page) in crate::samples(language) {
            let text = page.render().into_string();
            assert!(text.contains("<main"), "{name}");
            assert!(text.contains("</html>"), "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_and_every_error_leads_to_the_notices() {
    let world = world().await;
    let mut browser = world.browser();
    let code = directory::samples::institutions()[0].code;
    let clinic = format!("/institutions/{code}");
    let menu = format!("{clinic}/menus/1");
    let (legal, emergency) = (format!("{clinic}/legal"), format!("{clinic}/emergency"));
    for path in [
        "/",
        "/privacy",
        "/terms",
        "/legal",
        "/contact",
        "/emergency",
        "/sign-in",
        "/desk/sign-in",
        "/help/card",
        &clinic,
        &menu,
        &legal,
        &emergency,
    ] {
        let mut page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        for link in ["/privacy", "/terms", "/legal", "/contact", "/emergency"] {
            page = page.assert_contains(&format!("href=\"{link}\""));
        }
    }
    browser.get("/privacy").await.assert_contains("取得する情報").assert_contains("2026年11月1日");
    browser.get("/contact").await.assert_contains("href=\"tel:0300000001\"").assert_contains("mailto:help@example.jp");
    browser
        .get(&legal)
        .await
        .assert_contains("管理者")
        .assert_contains("見本 太郎")
        .assert_contains("キャンセルについて");
    for path in [&clinic, &menu] {
        browser.get(path).await.assert_contains("予約せずに119番へ").assert_contains(&format!("href=\"{emergency}\""));
    }
    let nowhere = browser.get("/nowhere").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    nowhere
        .assert_contains("エラーコード")
        .assert_contains("見本運営 お客さま窓口（電話 03-0000-0001）")
        .assert_contains("医療機関をさがす");
    browser.get("/desk/nowhere").await.assert_contains("エラーコード").assert_contains("uketsuke 医療機関");
    browser.get("/sign-in").await.assert_contains("健康に関わる情報").assert_contains("個人情報の取扱い");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_stands_where_it_is_about_the_page() {
    let world = world().await;
    let mut browser = world.browser();
    let promise = "このサービスでは一切取得しません";
    let clinic = format!("/institutions/{}", directory::samples::institutions()[0].code);
    browser.get(&clinic).await.assert_contains(promise);
    for path in ["/desk/sign-in", "/sign-in", "/contact"] {
        assert!(!browser.get(path).await.body.contains(promise), "{path}");
    }
}
