//! What the public is told before it comes in, and what a person does about what is kept.

use http::StatusCode;

use super::world::{Browser, world};
use crate::pages::specimen;

const PATIENT: &str = "hanako@example.jp";

#[tokio::test(flavor = "multi_thread")]
async fn every_page_and_every_error_leads_to_the_notices() {
    let world = world().await;
    let mut browser = Browser::of(&world);
    let code = specimen::institutions()[0].code;
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
            page.says(&format!("href=\"{link}\""));
        }
    }
    browser.get("/privacy").await.says("取得する情報").says("2026年11月1日");
    browser.get("/contact").await.says("href=\"tel:0300000001\"").says("mailto:help@example.jp");
    browser.get(&legal).await.says("管理者").says("見本 太郎").says("キャンセルについて");
    for path in [&clinic, &menu] {
        browser.get(path).await.says("予約せずに119番へ").says(&format!("href=\"{emergency}\""));
    }
    let nowhere = browser.get("/nowhere").await;
    nowhere.says("エラーコード").says("見本運営 お客さま窓口（電話 03-0000-0001）").says("医療機関をさがす");
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    browser.get("/desk/nowhere").await.says("エラーコード").says("uketsuke 医療機関");
    browser.get("/sign-in").await.says("健康に関わる情報").says("個人情報の取扱い");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_stands_where_it_is_about_the_page() {
    let world = world().await;
    let mut browser = Browser::of(&world);
    let promise = "このサービスでは一切取得しません";
    let clinic = format!("/institutions/{}", specimen::institutions()[0].code);
    browser.get(&clinic).await.says(promise);
    for path in ["/desk/sign-in", "/sign-in", "/contact"] {
        assert!(!browser.get(path).await.body.contains(promise), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_can_be_seen_taken_along_and_erased() {
    let world = world().await;
    let mut browser = Browser::of(&world);
    browser.sign_in(&world, PATIENT).await;
    browser.book(0, "1").await;
    browser.get("/profile").await.says("保存している情報を見る").says("ログイン中の端末").says("退会する");
    browser.get("/profile/data").await.says(PATIENT).says("診察日から30日").says("2026年11月1日");
    let file = browser.press("/profile/data/export", "/profile/data/export", &[]).await;
    file.says("uketsuke-personal-data-1").says(PATIENT).says("山田　花子");
    let data: serde_json::Value = serde_json::from_str(&file.body).expect("a file of JSON");
    assert_eq!(data["tables"]["appointment"].as_array().map(Vec::len), Some(1));
    browser.get("/profile/data/erase").await.says("保存している画像はありません");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_closed_once_its_visits_are_agreed_to_be_cancelled() {
    let world = world().await;
    let mut browser = Browser::of(&world);
    browser.sign_in(&world, PATIENT).await;
    let detail = browser.book(0, "1").await;
    let id = detail.rsplit('/').next().expect("an id").to_owned();
    let asked = browser.get("/profile/close").await;
    asked.says("これからの予約があります").says(&format!("value=\"{id}\"")).says(&format!("href=\"{detail}\""));
    let unticked = browser.press("/profile/close", "/profile/close", &[("shown", &id)]).await;
    unticked.says("まだ退会していません");
    browser.get(&detail).await.says("次は、保険の確認です");
    let closed = browser.press("/profile/close", "/profile/close", &[("shown", &id), ("cancel", "1")]).await;
    assert_eq!(closed.leads_to(), "/account-closed");
    browser.get("/account-closed").await.says("退会しました");
    assert!(browser.get("/profile").await.leads_to().starts_with("/sign-in"));
    browser.sign_in(&world, PATIENT).await;
    assert_eq!(browser.get(&detail).await.status, StatusCode::NOT_FOUND, "a new account knows nothing of the old one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_phone_is_signed_out_from_another_browser() {
    let world = world().await;
    let (mut here, mut lost) = (Browser::of(&world), Browser::of(&world));
    lost.sign_in(&world, PATIENT).await;
    here.get("/").await;
    here.sign_in(&world, PATIENT).await;
    here.get("/profile/sessions").await.says("この端末").says("ほかの端末からログアウト");
    let ended = here.press("/profile/sessions", "/profile/sessions", &[]).await;
    assert_eq!(ended.leads_to(), "/profile/sessions");
    here.get("/profile/sessions").await.says("ほかにログイン中の端末はありません");
    assert!(lost.get("/profile").await.leads_to().starts_with("/sign-in"));
}
