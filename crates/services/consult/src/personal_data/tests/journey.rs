//! What patients do with their personal data.

use http::StatusCode;

use crate::tests::world::{PatientBrowser, world};

const PATIENT: &str = "hanako@example.jp";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_can_be_seen_taken_along_and_erased() {
    let world = world().await;
    let mut browser = world.browser();
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
    let file = browser.open_and_submit("/profile/data/export", "/profile/data/export", &[]).await;
    let file = file.assert_contains("uketsuke-personal-data-1").assert_contains(PATIENT).assert_contains("山田　花子");
    let data: serde_json::Value = serde_json::from_str(&file.body).expect("a file of JSON");
    assert_eq!(data["tables"]["appointment"].as_array().map(Vec::len), Some(1));
    browser.get("/profile/data/erase").await.assert_contains("保存している画像はありません");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_closed_once_its_visits_are_agreed_to_be_cancelled() {
    let world = world().await;
    let mut browser = world.browser();
    browser.sign_in(&world, PATIENT).await;
    let detail = browser.book(0, "1").await;
    let id = detail.rsplit('/').next().expect("an id").to_owned();
    let confirmation = browser.get("/profile/close").await;
    confirmation
        .assert_contains("これからの予約があります")
        .assert_contains(&format!("value=\"{id}\""))
        .assert_contains(&format!("href=\"{detail}\""));
    let unticked = browser.open_and_submit("/profile/close", "/profile/close", &[("shown", &id)]).await;
    unticked.assert_contains("まだ退会していません");
    browser.get(&detail).await.assert_contains("次は、保険の確認です");
    let closed = browser.open_and_submit("/profile/close", "/profile/close", &[("shown", &id), ("cancel", "1")]).await;
    assert_eq!(closed.redirect_target(), "/account-closed");
    browser.get("/account-closed").await.assert_contains("退会しました");
    assert!(browser.get("/profile").await.redirect_target().starts_with("/sign-in"));
    browser.sign_in(&world, PATIENT).await;
    assert_eq!(browser.get(&detail).await.status, StatusCode::NOT_FOUND, "a new account knows nothing of the old one");
}
