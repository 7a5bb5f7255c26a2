//! The public notices, and what patients do with their personal data.

use http::StatusCode;

use crate::{
    directory,
    tests::world::{Browser, world},
};

const PATIENT: &str = "hanako@example.jp";

#[tokio::test(flavor = "multi_thread")]
async fn every_page_and_every_error_leads_to_the_notices() {
    let world = world().await;
    let mut browser = Browser::for_world(&world);
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
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        for link in ["/privacy", "/terms", "/legal", "/contact", "/emergency"] {
            page.assert_contains(&format!("href=\"{link}\""));
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
    nowhere
        .assert_contains("エラーコード")
        .assert_contains("見本運営 お客さま窓口（電話 03-0000-0001）")
        .assert_contains("医療機関をさがす");
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    browser.get("/desk/nowhere").await.assert_contains("エラーコード").assert_contains("uketsuke 医療機関");
    browser.get("/sign-in").await.assert_contains("健康に関わる情報").assert_contains("個人情報の取扱い");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_stands_where_it_is_about_the_page() {
    let world = world().await;
    let mut browser = Browser::for_world(&world);
    let promise = "このサービスでは一切取得しません";
    let clinic = format!("/institutions/{}", directory::samples::institutions()[0].code);
    browser.get(&clinic).await.assert_contains(promise);
    for path in ["/desk/sign-in", "/sign-in", "/contact"] {
        assert!(!browser.get(path).await.body.contains(promise), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_can_be_seen_taken_along_and_erased() {
    let world = world().await;
    let mut browser = Browser::for_world(&world);
    browser.sign_in(&world, PATIENT).await;
    browser.book(0, "1").await;
    browser
        .get("/profile")
        .await
        .assert_contains("保存している情報を見る")
        .assert_contains("ログイン中の端末")
        .assert_contains("退会する");
    browser
        .get("/profile/data")
        .await
        .assert_contains(PATIENT)
        .assert_contains("診察日から30日")
        .assert_contains("2026年11月1日");
    let file = browser.submit_form("/profile/data/export", "/profile/data/export", &[]).await;
    file.assert_contains("uketsuke-personal-data-1").assert_contains(PATIENT).assert_contains("山田　花子");
    let data: serde_json::Value = serde_json::from_str(&file.body).expect("a file of JSON");
    assert_eq!(data["tables"]["appointment"].as_array().map(Vec::len), Some(1));
    browser.get("/profile/data/erase").await.assert_contains("保存している画像はありません");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_closed_once_its_visits_are_agreed_to_be_cancelled() {
    let world = world().await;
    let mut browser = Browser::for_world(&world);
    browser.sign_in(&world, PATIENT).await;
    let detail = browser.book(0, "1").await;
    let id = detail.rsplit('/').next().expect("an id").to_owned();
    let confirmation = browser.get("/profile/close").await;
    confirmation
        .assert_contains("これからの予約があります")
        .assert_contains(&format!("value=\"{id}\""))
        .assert_contains(&format!("href=\"{detail}\""));
    let unticked = browser.submit_form("/profile/close", "/profile/close", &[("shown", &id)]).await;
    unticked.assert_contains("まだ退会していません");
    browser.get(&detail).await.assert_contains("次は、保険の確認です");
    let closed = browser.submit_form("/profile/close", "/profile/close", &[("shown", &id), ("cancel", "1")]).await;
    assert_eq!(closed.redirect_target(), "/account-closed");
    browser.get("/account-closed").await.assert_contains("退会しました");
    assert!(browser.get("/profile").await.redirect_target().starts_with("/sign-in"));
    browser.sign_in(&world, PATIENT).await;
    assert_eq!(browser.get(&detail).await.status, StatusCode::NOT_FOUND, "a new account knows nothing of the old one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_phone_is_signed_out_from_another_browser() {
    let world = world().await;
    let (mut browser, mut lost_phone) = (Browser::for_world(&world), Browser::for_world(&world));
    lost_phone.sign_in(&world, PATIENT).await;
    browser.get("/").await;
    browser.sign_in(&world, PATIENT).await;
    browser.get("/profile/sessions").await.assert_contains("この端末").assert_contains("ほかの端末からログアウト");
    let ended = browser.submit_form("/profile/sessions", "/profile/sessions", &[]).await;
    assert_eq!(ended.redirect_target(), "/profile/sessions");
    browser.get("/profile/sessions").await.assert_contains("ほかにログイン中の端末はありません");
    assert!(lost_phone.get("/profile").await.redirect_target().starts_with("/sign-in"));
}
