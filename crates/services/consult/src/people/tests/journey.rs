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

#[tokio::test(flavor = "multi_thread")]
async fn reminders_are_switched_off_and_on_where_letters_are_chosen() {
    let world = world().await;
    let mut browser = world.browser();
    browser.sign_in(&world, PATIENT).await;
    let fields = [
        ("name", "山田 花子"),
        ("kana", "やまだ はなこ"),
        ("birth", "1985-04-03"),
        ("phone", "090-1234-5678"),
        ("asks_for_mail", "1"),
        ("onward", "/appointments"),
    ];
    for reminders in [None, Some(("reminders", "1"))] {
        let profile = browser.get("/profile").await;
        let fields: Vec<_> = fields.into_iter().chain(reminders).collect();
        assert_eq!(browser.post_with_token(&profile, "/profile", &fields).await.redirect_target(), "/appointments");
        let body = browser.get("/profile").await.body;
        let (_, checkbox) = body.split_once("name=\"reminders\"").expect("the checkbox");
        let checkbox = checkbox.split('>').next().unwrap_or_default();
        assert_eq!(checkbox.contains("checked"), reminders.is_some(), "{checkbox}");
    }
}
