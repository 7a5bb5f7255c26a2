use app_auth::AbortReason;
use axum::http::StatusCode;

use crate::world::{ANDROID, ReceptionBehaviour, World, ticket};

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_pin_costs_one_try_and_the_same_ticket_goes_on() {
    let world = World::new().await;
    let (mut browser, ticket) = (world.browser(ANDROID), ticket("wrong"));
    let session_path = browser.open_with_card(&ticket, "hanako").await;
    let page = browser.post_and_follow(&format!("{session_path}/pin"), &[("pin", "9999")]).await;
    assert!(page.body.contains("暗証番号が違います") && page.body.contains("あと2回"));
    assert!(!page.body.contains("9999"));
    assert_eq!(world.tries_left("hanako").await, 2);
    let last_try_page = browser.post_and_follow(&format!("{session_path}/pin"), &[("pin", "9998")]).await;
    assert!(last_try_page.body.contains("あと1回です"));
    let response = browser.post(&format!("{session_path}/pin"), &[("pin", "1234")]).await;
    assert!(response.redirect_target().contains("/return?code="));
    assert!(world.response_verifies(&ticket));
    assert_eq!((world.claim_count(), world.tries_left("hanako").await), (1, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn three_misses_lock_the_card_and_the_reception_is_told() {
    let world = World::new().await;
    let mut browser = world.browser(ANDROID);
    let session_path = browser.open_with_card(&ticket("locked"), "hanako").await;
    for wrong in ["0001", "0002"] {
        browser.post_and_follow(&format!("{session_path}/pin"), &[("pin", wrong)]).await;
    }
    let page = browser.post_and_follow(&format!("{session_path}/pin"), &[("pin", "0003")]).await;
    assert!(
        page.body.contains("暗証番号がロックされました")
            && page.body.contains("市区町村の窓口")
            && page.body.contains("画像")
    );
    assert_eq!(world.give_ups(), [AbortReason::Locked]);
    // Later the card is locked before any PIN is asked for.
    let session_path = browser.open_app(&ticket("later"), "link").await;
    let page = browser.post_and_follow(&format!("{session_path}/card"), &[("card", "hanako")]).await;
    assert!(page.body.contains("このカードの暗証番号はロックされています") && !page.body.contains("name=\"pin\""));
    assert_eq!(world.give_ups(), [AbortReason::Locked, AbortReason::Locked]);
    world.card_repository().unlock(&"hanako".parse().unwrap(), card::PinReference::AUTHENTICATION).await.unwrap();
    assert_eq!(world.tries_left("hanako").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_is_pulled_costs_a_try_only_while_the_pin_is_checked() {
    for (fault, text, tries) in [
        ("reading", "暗証番号を確認する前でした", 3),
        ("pin", "暗証番号を確認している途中でした", 2),
        ("signature", "暗証番号は正しく、回数は減っていません", 3),
    ] {
        let world = World::new().await;
        let (mut browser, ticket) = (world.browser(ANDROID), ticket(fault));
        let session_path = browser.open_with_card(&ticket, "hanako").await;
        let page = browser.post_and_follow(&format!("{session_path}/pin"), &[("pin", "1234"), ("slip", fault)]).await;
        assert!(page.body.contains("カードが離れました") && page.body.contains(text), "{fault}");
        assert_eq!(world.tries_left("hanako").await, tries, "{fault}");
        let pin_page = browser.post_and_follow(&format!("{session_path}/card"), &[("card", "hanako")]).await;
        assert!(pin_page.body.contains(&format!("あと{tries}回")), "{fault}");
        browser.post(&format!("{session_path}/pin"), &[("pin", "1234"), ("slip", "none")]).await;
        assert!(world.response_verifies(&ticket), "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slip_of_the_finger_is_no_try() {
    let world = World::new().await;
    let mut browser = world.browser(ANDROID);
    let session_path = browser.open_with_card(&ticket("slip"), "hanako").await;
    for text in ["", "123", "12345", "12a4"] {
        let page = browser.post(&format!("{session_path}/pin"), &[("pin", text)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("数字4桁を入力してください") && page.body.contains("あと3回"));
    }
    assert_eq!(world.tries_left("hanako").await, 3);
    let session_path = browser.open_app(&ticket("none"), "link").await;
    let page = browser.post(&format!("{session_path}/card"), &[]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("使うカードを選んでください"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_is_not_presented_when_the_card_has_other_tries_than_were_shown() {
    let world = World::new().await;
    let (mut first_browser, mut second_browser) = (world.browser(ANDROID), world.browser(ANDROID));
    let first = first_browser.open_with_card(&ticket("one"), "hanako").await;
    let second = second_browser.open_with_card(&ticket("other"), "hanako").await;
    second_browser.post_and_follow(&format!("{second}/pin"), &[("pin", "9999")]).await;
    let page = first_browser.post_and_follow(&format!("{first}/pin"), &[("pin", "8888")]).await;
    assert!(page.body.contains("残り回数が変わっています") && page.body.contains("あと2回"));
    assert_eq!(world.tries_left("hanako").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_without_certificate_ends_before_any_pin_is_asked_for() {
    let world = World::new().await;
    let mut browser = world.browser(ANDROID);
    let session_path = browser.open_with_card(&ticket("bare"), "no-certificate").await;
    let page = browser.get(&session_path).await;
    assert!(page.body.contains("このカードでは手続きできません") && page.body.contains("回数は減っていません"));
    assert_eq!(world.give_ups(), [AbortReason::NoCertificate]);
    assert_eq!(world.tries_left("no-certificate").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_receptions_words_are_shown_when_it_refuses() {
    let world = World::new().await;
    world.set_behaviour(ReceptionBehaviour::Refusing);
    let mut browser = world.browser(ANDROID);
    let session_path = browser.open_with_card(&ticket("expired"), "hanako").await;
    let page = browser.post_and_follow(&format!("{session_path}/pin"), &[("pin", "1234")]).await;
    assert!(page.body.contains("電子証明書の有効期限が切れています") && page.body.contains("jpki.validity.expired"));
    assert!(page.body.contains("ブラウザに戻る"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reception_out_of_reach_is_asked_again_without_losing_anything() {
    let world = World::new().await;
    let (mut browser, ticket) = (world.browser(ANDROID), ticket("reach"));
    world.set_behaviour(ReceptionBehaviour::Unavailable);
    let session_path = browser.open_app(&ticket, "link").await;
    assert!(browser.get(&session_path).await.body.contains("受付につながりませんでした"));
    world.set_behaviour(ReceptionBehaviour::Redirecting);
    assert_eq!(browser.open_app(&ticket, "link").await, session_path);
    assert!(browser.get(&session_path).await.body.contains("受付につながりませんでした"), "nobody else is asked");
    world.set_behaviour(ReceptionBehaviour::Accepting);
    assert_eq!(browser.open_app(&ticket, "link").await, session_path);
    browser.post_and_follow(&format!("{session_path}/card"), &[("card", "hanako")]).await;

    world.set_behaviour(ReceptionBehaviour::Unavailable);
    let page = browser.post_and_follow(&format!("{session_path}/pin"), &[("pin", "1234")]).await;
    assert!(page.body.contains("もう一度送る") && !page.body.contains("name=\"pin\""));
    world.set_behaviour(ReceptionBehaviour::Accepting);
    let response = browser.post(&format!("{session_path}/send"), &[]).await;
    assert!(response.redirect_target().contains("/return?code="));
    assert!(world.response_verifies(&ticket));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_gives_up_is_told_how_to_go_on_and_the_reception_why() {
    let world = World::new().await;
    let mut browser = world.browser(ANDROID);
    let session_path = browser.open_with_card(&ticket("cancel"), "hanako").await;
    let page = browser.post_and_follow(&format!("{session_path}/another-card"), &[]).await;
    assert!(page.body.contains("どのカードを使いますか"));
    let page = browser.post_and_follow(&format!("{session_path}/cancel"), &[]).await;
    assert!(page.body.contains("読み取りをやめました") && page.body.contains("ブラウザに戻る"));
    browser.post_and_follow(&format!("{session_path}/cancel"), &[]).await;
    assert_eq!(world.give_ups(), [AbortReason::Cancelled]);
}
