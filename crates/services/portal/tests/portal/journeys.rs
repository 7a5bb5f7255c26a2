use axum::http::StatusCode;

use crate::world::{ANDROID, COMPUTER, IPHONE, ReceptionBehaviour, World, return_code, ticket};

#[tokio::test(flavor = "multi_thread")]
async fn an_android_phone_signs_for_the_reception_on_its_list_and_leads_back_with_the_code() {
    let world = World::new().await;
    let mut browser = world.browser(ANDROID);
    let ticket = ticket("android");
    let session_path = browser.open_app(&ticket, "link").await;

    let request_page = browser.get(&session_path).await;
    assert!(request_page.body.contains("見本内科クリニック") && request_page.body.contains("2026年11月24日（火）"));
    assert!(request_page.body.contains(world.reception.as_str()) && request_page.body.contains("Chrome / Android"));
    assert!(!request_page.body.contains("name=\"pin\""), "the request is shown before the PIN is asked for");

    let pin_page = browser.post_and_follow(&format!("{session_path}/card"), &[("card", "hanako")]).await;
    assert!(pin_page.body.contains("name=\"pin\"") && pin_page.body.contains("あと3回"));
    let policy = pin_page.header("content-security-policy");
    assert!(policy.contains(&format!("form-action 'self' {}", world.reception)), "{policy}");

    let response = browser.post(&format!("{session_path}/pin"), &[("pin", "1234")]).await;
    assert_eq!(response.status, StatusCode::SEE_OTHER);
    assert_eq!(response.redirect_target(), format!("{}/return?code={}", world.reception, return_code().reveal()));
    assert!(world.response_verifies(&ticket));
    assert!(!world.response_verifies_for("https://elsewhere.example", [42; 32], &ticket));
    assert!(!world.response_verifies_for(world.reception.as_str(), [43; 32], &ticket));
    assert_eq!(world.tries_left("hanako").await, 3);

    // Reload, back and a second submit do no harm.
    assert!(browser.get(&session_path).await.body.contains("あと1つ：ブラウザに戻る"));
    assert!(
        browser
            .post_and_follow(&format!("{session_path}/pin"), &[("pin", "9999")])
            .await
            .body
            .contains("あと1つ：ブラウザに戻る")
    );
    assert!(
        browser.post_and_follow(&format!("{session_path}/cancel"), &[]).await.body.contains("あと1つ：ブラウザに戻る")
    );
    assert_eq!((world.claim_count(), world.tries_left("hanako").await), (1, 3));
    assert_eq!(world.give_ups(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_whose_certificate_is_over_is_told_before_any_pin_is_asked_for() {
    const ENDED: &str = "電子証明書の有効期限が切れています";
    let world = World::new().await;
    let mut browser = world.browser(ANDROID);
    let session_path = browser.open_with_card(&ticket("expired"), "long-expired").await;
    let page = browser.get(&session_path).await;
    assert!(
        page.body.contains(ENDED)
            && page.body.contains("暗証番号は入力していません")
            && !page.body.contains("name=\"pin\"")
    );
    assert!(page.body.contains("資格確認書などの画像"), "the alternative is shown");
    assert_eq!(world.give_ups(), [app_auth::AbortReason::Expired]);
    assert_eq!(world.tries_left("long-expired").await, 3);
    let session_path = browser.open_with_card(&ticket("good"), "hanako").await;
    let pin_page = browser.get(&session_path).await;
    assert!(pin_page.body.contains("name=\"pin\"") && !pin_page.body.contains(ENDED));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_iphone_offers_the_link_and_the_number_where_the_reception_gives_both() {
    let world = World::new().await;
    world.set_behaviour(ReceptionBehaviour::OfferingCodeAndNumber);
    let mut browser = world.browser(IPHONE);
    let session_path = browser.open_with_card(&ticket("iphone-link"), "hanako").await;
    let page = browser.post_and_follow(&format!("{session_path}/pin"), &[("pin", "1234")]).await;
    let link = format!("href=\"{}/return?code={}\"", world.reception, return_code().reveal());
    assert!(page.body.contains("あと1つ：ブラウザに戻る") && page.body.contains(&link) && page.body.contains("4 0 7"));
    assert!(!page.body.contains("完了"), "nothing says that it is done");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_iphone_shows_three_digits_and_how_to_go_back() {
    let world = World::new().await;
    let mut browser = world.browser(IPHONE);
    let session_path = browser.open_with_card(&ticket("iphone"), "hanako").await;
    let page = browser.post_and_follow(&format!("{session_path}/pin"), &[("pin", "1234")]).await;
    assert!(page.body.contains("4 0 7") && page.body.contains("画面の左上にあるブラウザの名前"));
    assert!(browser.get(&session_path).await.body.contains("4 0 7"), "the number stays on reload");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanned_code_says_that_another_device_began_and_shows_three_digits() {
    let world = World::new().await;
    let mut browser = world.browser(ANDROID);
    let session_path = browser.open_app(&ticket("scan"), "scan").await;
    let request_page = browser.get(&session_path).await;
    assert!(request_page.body.contains("別の端末で始めた手続きです"));
    let policy = request_page.header("content-security-policy");
    assert!(!policy.contains(world.reception.as_str()), "no form here leads to the reception");
    browser.post_and_follow(&format!("{session_path}/card"), &[("card", "hanako")]).await;
    let page = browser.post_and_follow(&format!("{session_path}/pin"), &[("pin", "1234")]).await;
    assert!(page.body.contains("4 0 7") && page.body.contains("手続きを始めた端末の画面に"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_computer_leads_back_too() {
    let world = World::new().await;
    let mut browser = world.browser(COMPUTER);
    let session_path = browser.open_with_card(&ticket("computer"), "hanako").await;
    let response = browser.post(&format!("{session_path}/pin"), &[("pin", "１２３４")]).await;
    assert!(response.redirect_target().starts_with(world.reception.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_device_can_be_another_than_the_browser_says() {
    let world = World::new().await;
    let mut browser = world.browser(COMPUTER);
    browser.get("/").await;
    assert_eq!(browser.post("/phone", &[("device", "fridge")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    browser.post_and_follow("/phone", &[("device", "iphone")]).await;
    browser.post_and_follow("/phone/card", &[("card", "hanako")]).await;
    let session_path = browser.open_app(&ticket("changed"), "link").await;
    assert!(browser.get(&session_path).await.body.contains("手元のカード"));
    browser.post_and_follow(&format!("{session_path}/card"), &[("card", "hanako")]).await;
    assert!(browser.post_and_follow(&format!("{session_path}/pin"), &[("pin", "1234")]).await.body.contains("4 0 7"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_app_its_store_page_opens_and_leads_back_in_with_the_same_ticket() {
    let world = World::new().await;
    let mut browser = world.browser(ANDROID);
    browser.get("/").await;
    assert!(browser.post_and_follow("/phone/remove", &[]).await.body.contains("アプリがインストールされていません"));
    for (route, opened) in [("open", "link"), ("scan", "scan")] {
        browser.post_and_follow("/phone/remove", &[]).await;
        let ticket = ticket(route);
        let store = browser.get(&format!("/{route}?ticket={}", ticket.reveal())).await;
        assert!(store.body.contains("アプリストア") && store.body.contains("インストール"));
        let page = browser.post("/store", &[("ticket", &ticket.reveal()), ("opened", opened)]).await;
        assert_eq!(page.redirect_target(), format!("/{route}?ticket={}", ticket.reveal()));
        assert!(browser.get(page.redirect_target()).await.body.contains("続ける"));
    }
    assert_eq!(world.claim_count(), 0);
    assert!(browser.get("/store").await.body.contains("インストール済みです"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_as_card_shows_its_certificate_after_the_pin() {
    let world = World::new().await;
    let (mut browser, ticket) = (world.browser(ANDROID), ticket("phone"));
    let session_path = browser.open_with_card(&ticket, "android-phone").await;
    browser.post(&format!("{session_path}/pin"), &[("pin", "1234")]).await;
    assert!(world.response_verifies(&ticket));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_card_signs_with_its_own_algorithm() {
    let world = World::new().await;
    let (mut browser, ticket) = (world.browser(ANDROID), ticket("next"));
    let session_path = browser.open_with_card(&ticket, "next-card").await;
    browser.post(&format!("{session_path}/pin"), &[("pin", "1234")]).await;
    assert!(world.response_verifies(&ticket));
}
