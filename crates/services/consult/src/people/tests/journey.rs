//! Signing in and out in a browser.

use crate::tests::world::{PatientBrowser, world};

const PATIENT: &str = "hanako@example.jp";

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_is_for_good() {
    let world = world().await;
    let mut browser = world.browser();
    browser.sign_in(&world, PATIENT).await;
    let mut old_browser = browser.clone();
    let signed_out = browser.open_and_submit("/profile", "/sign-out", &[]).await;
    assert_eq!(signed_out.redirect_target(), "/");
    assert!(browser.get("/profile").await.redirect_target().starts_with("/sign-in"));
    assert!(
        old_browser.get("/profile").await.redirect_target().starts_with("/sign-in"),
        "the old secret is of no session"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_phone_is_signed_out_from_another_browser() {
    let world = world().await;
    let (mut browser, mut lost_phone) = (world.browser(), world.browser());
    lost_phone.sign_in(&world, PATIENT).await;
    browser.get("/").await;
    browser.sign_in(&world, PATIENT).await;
    browser.get("/profile/sessions").await.assert_contains("この端末").assert_contains("ほかの端末からログアウト");
    let ended = browser.open_and_submit("/profile/sessions", "/profile/sessions", &[]).await;
    assert_eq!(ended.redirect_target(), "/profile/sessions");
    browser.get("/profile/sessions").await.assert_contains("ほかにログイン中の端末はありません");
    assert!(lost_phone.get("/profile").await.redirect_target().starts_with("/sign-in"));
}
