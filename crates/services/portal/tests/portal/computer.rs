//! The app's window on a person's own computer, with cards in its readers.

use app_auth::AbortReason;
use axum::http::StatusCode;
use card::{TokenLabel, instruction};

use crate::{
    readers::{CardEvent, FakeReaders},
    world::{COMPUTER, World, card_data_with_label, plastic_card, return_code, ticket},
};

const READER: &str = "ACME Reader 00 00";

async fn world_with_card() -> (World, FakeReaders) {
    let readers = FakeReaders::with_reader(READER);
    readers.insert_card(0, plastic_card());
    (World::with_readers(readers.clone()).await, readers)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_card_is_held_from_the_first_command_to_the_last_and_left_without_power() {
    let (world, readers) = world_with_card().await;
    let (mut browser, ticket) = (world.browser(COMPUTER), ticket("computer"));
    let session_path = browser.open_app(&ticket, "link").await;
    let request_page = browser.get(&session_path).await;
    assert!(
        request_page.body.contains("見本内科クリニック")
            && request_page.body.contains(world.reception.as_str())
            && request_page.body.contains(READER)
    );
    assert!(!request_page.body.contains("name=\"pin\""), "the request is shown before the PIN is asked for");
    assert_eq!(readers.events(), [], "nothing touches the card before the person has seen who asks");

    let pin_page = browser.post_and_follow(&format!("{session_path}/card"), &[("card", "reader-0-1")]).await;
    assert!(
        pin_page.body.contains("あと3回") && pin_page.body.contains(READER) && !pin_page.body.contains("name=\"slip\"")
    );
    assert_eq!(readers.connected_count(), 1, "while the PIN is typed nobody else can use the card");

    let response = browser.post(&format!("{session_path}/pin"), &[("pin", "1234")]).await;
    assert_eq!(response.redirect_target(), format!("{}/return?code={}", world.reception, return_code().reveal()));
    assert!(world.response_verifies(&ticket));
    let events = readers.events();
    assert_eq!((events.first(), events.last()), (Some(&CardEvent::Connected), Some(&CardEvent::PowerOff)));
    assert_eq!(events.iter().filter(|event| **event == CardEvent::Connected).count(), 1);
    assert_eq!((readers.pins_presented(), readers.connected_count()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_confirmation_presents_the_pin_once() {
    let (world, readers) = world_with_card().await;
    let mut browser = world.browser(COMPUTER);
    let session_path = browser.open_with_card(&ticket("wrong"), "reader-0-1").await;
    let page = browser.post_and_follow(&format!("{session_path}/pin"), &[("pin", "9999")]).await;
    assert!(page.body.contains("暗証番号が違います") && page.body.contains("あと2回"));
    assert_eq!((readers.pins_presented(), readers.connected_count()), (1, 1));
    // Sent again, the form has an old version of the session: nothing is presented.
    let mut stale = browser.clone();
    browser.post(&format!("{session_path}/pin"), &[("pin", "1234")]).await;
    assert_eq!(readers.pins_presented(), 2);
    stale.post_and_follow(&format!("{session_path}/pin"), &[("pin", "1234")]).await;
    assert_eq!((readers.pins_presented(), readers.connected_count()), (2, 0));
    let connections = readers.events().iter().filter(|event| **event == CardEvent::Connected).count();
    assert_eq!(connections, 1, "it stayed connected over both");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_fails_at_the_pin_is_not_asked_again_by_itself() {
    let (world, readers) = world_with_card().await;
    let (mut browser, ticket) = (world.browser(COMPUTER), ticket("hiccup"));
    let session_path = browser.open_with_card(&ticket, "reader-0-1").await;
    readers.fail_at(instruction::SIGN);
    let page = browser.post_and_follow(&format!("{session_path}/pin"), &[("pin", "1234")]).await;
    assert!(page.body.contains("カードリーダーが応答しなくなりました") && page.body.contains("暗証番号は正しく"));
    assert_eq!((readers.pins_presented(), readers.connected_count()), (1, 0));
    browser.post_and_follow(&format!("{session_path}/card"), &[("card", "reader-0-1")]).await;
    // The next failure comes before the PIN is presented.
    readers.fail_at(instruction::READ_BINARY);
    let page = browser.post_and_follow(&format!("{session_path}/pin"), &[("pin", "1234")]).await;
    assert!(page.body.contains("暗証番号を確認する前でした"));
    assert_eq!(readers.pins_presented(), 1);
    browser.post_and_follow(&format!("{session_path}/card"), &[("card", "reader-0-1")]).await;
    browser.post(&format!("{session_path}/pin"), &[("pin", "1234")]).await;
    assert!(world.response_verifies(&ticket));
    assert_eq!(readers.pins_presented(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_is_pulled_or_exchanged_is_never_given_the_pin() {
    let (world, readers) = world_with_card().await;
    let mut browser = world.browser(COMPUTER);
    let session_path = browser.open_with_card(&ticket("pulled"), "reader-0-1").await;
    readers.insert_card(0, plastic_card());
    let page = browser.post_and_follow(&format!("{session_path}/pin"), &[("pin", "1234")]).await;
    assert!(page.body.contains("カードが離れました") && page.body.contains("暗証番号を確認する前でした"));
    // The page offers the current card; an older page names one that is gone.
    assert!(page.body.contains("value=\"reader-0-2\""));
    let page = browser.post_and_follow(&format!("{session_path}/card"), &[("card", "reader-0-1")]).await;
    assert!(page.body.contains("別のカードに替わっています"));
    readers.remove_card(0);
    let page = browser.post_and_follow(&format!("{session_path}/card"), &[("card", "reader-0-2")]).await;
    assert!(page.body.contains("カードがカードリーダーにありません") && page.body.contains("カードを置いてください"));
    readers.unplug();
    let page = browser.post_and_follow(&format!("{session_path}/card"), &[("card", "reader-0-2")]).await;
    assert!(
        page.body.contains("カードリーダーが応答しなくなりました")
            && page.body.contains("カードリーダーが見つかりません")
    );
    assert_eq!((readers.pins_presented(), readers.connected_count()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_thing_that_is_missing_is_told_and_the_page_goes_on_when_it_comes() {
    let readers = FakeReaders::default();
    readers.set_service_stopped(true);
    let world = World::with_readers(readers.clone()).await;
    let mut browser = world.browser(COMPUTER);
    let session_path = browser.open_app(&ticket("coming"), "link").await;
    let mut shown_hash = String::new();
    let mut check = async |text: &str| {
        let progress = browser.get(&format!("{session_path}/progress?seen={shown_hash}")).await;
        assert!(progress.body.contains(&format!("{{\"next\":\"{session_path}\"}}")), "{}", progress.body);
        let page = browser.get(&session_path).await;
        assert!(page.body.contains(text), "{text}: {}", page.body);
        assert!(!page.body.contains("name=\"card\""));
        assert!(page.body.contains("http-equiv=\"refresh\""), "without a script it loads itself");
        let (_, rest) = page.body.split_once("progress?seen=").unwrap();
        shown_hash = rest.split('"').next().unwrap().to_owned();
        let progress = browser.get(&format!("{session_path}/progress?seen={shown_hash}")).await;
        assert!(progress.body.contains("waiting"), "{}", progress.body);
    };
    check("カードリーダーのサービスが動いていません").await;
    readers.set_service_stopped(false);
    check("カードリーダーが見つかりません").await;
    readers.plug_in(READER);
    check("カードを置いてください").await;
    readers.insert_mute_card(0);
    check("カードが応答しません").await;
    readers.insert_card(0, plastic_card());
    assert!(browser.get(&session_path).await.body.contains("value=\"reader-0-2\""));
    // With several cards the person chooses.
    readers.plug_in("Other Reader 01 00");
    readers.insert_card(1, plastic_card());
    assert!(browser.get(&session_path).await.body.contains("どのカードリーダーのカードを使いますか"));
    let response = browser.post(&format!("{session_path}/card"), &[("card", "")]).await;
    assert_eq!(response.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        browser
            .post_and_follow(&format!("{session_path}/card"), &[("card", "reader-1-1")])
            .await
            .body
            .contains("Other Reader 01 00")
    );
    assert!(browser.get("/").await.body.contains("Other Reader 01 00"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_program_uses_is_let_alone() {
    let (world, readers) = world_with_card().await;
    let (mut browser, ticket) = (world.browser(COMPUTER), ticket("in-use"));
    let session_path = browser.open_app(&ticket, "link").await;
    readers.set_used_elsewhere(true);
    let page = browser.post_and_follow(&format!("{session_path}/card"), &[("card", "reader-0-1")]).await;
    assert!(page.body.contains("カードは使用中です") && page.body.contains("ほかのプログラム"));
    assert_eq!(readers.events(), []);
    readers.set_used_elsewhere(false);
    browser.post_and_follow(&format!("{session_path}/card"), &[("card", "reader-0-1")]).await;
    browser.post(&format!("{session_path}/pin"), &[("pin", "1234")]).await;
    assert!(world.response_verifies(&ticket));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_pressed_last_has_the_card() {
    let (world, readers) = world_with_card().await;
    let mut first = world.browser(COMPUTER);
    let abandoned = first.open_with_card(&ticket("abandoned"), "reader-0-1").await;
    let (mut second, ticket) = (world.browser(COMPUTER), ticket("second"));
    let session_path = second.open_with_card(&ticket, "reader-0-1").await;
    assert_eq!(readers.connected_count(), 1);
    let response = first.post(&format!("{abandoned}/pin"), &[("pin", "1234")]).await;
    assert!(
        response.redirect_target().contains("/return?code="),
        "it was disconnected for the last request: {}",
        response.body
    );
    // The card is the same and has the tries that were shown, so the other session continues too.
    second.post(&format!("{session_path}/pin"), &[("pin", "1234")]).await;
    assert_eq!((readers.pins_presented(), readers.connected_count()), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn giving_up_puts_the_card_down_and_leads_back_to_the_reception() {
    let (world, readers) = world_with_card().await;
    let mut browser = world.browser(COMPUTER);
    let session_path = browser.open_with_card(&ticket("given-up"), "reader-0-1").await;
    assert_eq!(readers.connected_count(), 1);
    let response = browser.post(&format!("{session_path}/cancel"), &[]).await;
    let return_address = format!("{}/return", world.reception);
    assert_eq!((response.status, response.redirect_target()), (StatusCode::SEE_OTHER, return_address.as_str()));
    assert_eq!((readers.connected_count(), world.give_ups()), (0, vec![AbortReason::Cancelled]));

    let session_path = browser.open_with_card(&ticket("another"), "reader-0-1").await;
    browser.post_and_follow(&format!("{session_path}/another-card"), &[]).await;
    assert_eq!((readers.connected_count(), readers.pins_presented()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_on_the_reader_is_told_as_one_and_has_its_own_pin() {
    let readers = FakeReaders::with_reader(READER);
    readers.insert_card(0, card_data_with_label(TokenLabel::Android));
    let world = World::with_readers(readers.clone()).await;
    let (mut browser, ticket) = (world.browser(COMPUTER), ticket("phone"));
    let session_path = browser.open_with_card(&ticket, "reader-0-1").await;
    assert!(browser.get(&session_path).await.body.contains("スマートフォンの電子証明書です"));
    browser.post(&format!("{session_path}/pin"), &[("pin", "1234")]).await;
    assert!(world.response_verifies(&ticket));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_computer_that_is_wrong_about_the_time_reads_all_the_same() {
    let (world, _) = world_with_card().await;
    world.set_clock_offset(base::Span::from_hours(-24));
    let (mut browser, ticket) = (world.browser(COMPUTER), ticket("yesterday"));
    let session_path = browser.open_with_card(&ticket, "reader-0-1").await;
    browser.post(&format!("{session_path}/pin"), &[("pin", "1234")]).await;
    assert!(world.response_verifies(&ticket));
}

#[tokio::test(flavor = "multi_thread")]
async fn with_several_receptions_the_person_says_which_and_none_else_is_asked() {
    let readers = FakeReaders::with_reader(READER);
    let world = World::with_readers_and_receptions(readers, &["https://elsewhere.example"]).await;
    let mut browser = world.browser(COMPUTER);
    let ticket = ticket("several");
    let page = browser.get(&format!("/open?ticket={}", ticket.reveal())).await;
    assert!(page.body.contains("どの受付の画面から開きましたか"));
    for origin in [None, Some("https://evil.example")] {
        let ticket_text = ticket.reveal();
        let mut fields = vec![("ticket", ticket_text.as_str())];
        fields.extend(origin.map(|origin| ("reception", origin)));
        let page = browser.post("/open", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(world.claim_count(), 0);
    let chosen = [("ticket", ticket.reveal()), ("reception", world.reception.to_string())];
    let fields: Vec<_> = chosen.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert!(browser.post_and_follow("/open", &fields).await.body.contains("見本内科クリニック"));
    assert_eq!(world.claim_count(), 1);
}

/// Requests that a page of another site makes the browser send.
#[tokio::test(flavor = "multi_thread")]
async fn the_window_answers_no_other_sites_page() {
    let (world, readers) = world_with_card().await;
    let (mut browser, ticket) = (world.browser(COMPUTER), ticket("attacked"));
    let session_path = browser.open_with_card(&ticket, "reader-0-1").await;
    let pin_path = format!("{session_path}/pin");
    let open_path = format!("/open?ticket={}", ticket.reveal());

    // DNS rebinding: the other site's name points at this computer.
    let page = browser.clone().with_headers(&[("host", "evil.example:24731")]).get(&session_path).await;
    assert_eq!(page.status, StatusCode::MISDIRECTED_REQUEST);
    assert!(
        page.body.contains("portal.window.name")
            && !page.body.contains("csrf")
            && !page.headers.contains_key("set-cookie")
    );

    for (path, headers) in [
        // Forms and fetches of other sites.
        (pin_path.as_str(), &[("origin", "https://evil.example")][..]),
        (&pin_path, &[("origin", "null")]),
        (&pin_path, &[("origin", "http://127.0.0.1:8400"), ("sec-fetch-site", "same-site")]),
        (&pin_path, &[("sec-fetch-site", "cross-site")]),
        ("/open", &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")]),
    ] {
        let page = browser.clone().with_headers(headers).post(path, &[("pin", "1234")]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
        assert!(page.body.contains("portal.window.elsewhere") && !page.headers.contains_key("set-cookie"));
    }
    for (path, headers, code) in [
        (
            session_path.as_str(),
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")][..],
            "elsewhere",
        ),
        (
            &open_path,
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
            "elsewhere",
        ),
        (
            &open_path,
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "cors"), ("origin", "https://evil.example")],
            "elsewhere",
        ),
        (
            &open_path,
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")],
            "framed",
        ),
    ] {
        let page = browser.clone().with_headers(headers).get(path).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
        assert!(page.body.contains(&format!("portal.window.{code}")) && !page.body.contains("csrf"));
    }

    // The link itself opens and changes nothing. Its CSP forbids frames also in browsers without Sec-Fetch headers.
    let link = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    let page = browser.clone().with_headers(&link).get(&open_path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'") && page.body.contains("続ける"));

    // Without the CSRF token, and with that of another browser.
    let mut without_token = browser.clone();
    without_token.csrf.clear();
    assert_eq!(without_token.post(&pin_path, &[("pin", "1234")]).await.status, StatusCode::FORBIDDEN);
    let mut other_browser = world.browser(COMPUTER);
    other_browser.get("/open?ticket=x").await;
    assert_eq!(other_browser.get(&session_path).await.status, StatusCode::NOT_FOUND);
    let mut with_other_token = browser.clone();
    with_other_token.csrf = other_browser.csrf;
    assert_eq!(with_other_token.post(&pin_path, &[("pin", "1234")]).await.status, StatusCode::FORBIDDEN);

    assert_eq!((readers.pins_presented(), world.claim_count(), world.give_ups()), (0, 1, vec![]));

    // A claimed ticket is refused in another browser.
    let mut second_browser = world.browser(COMPUTER);
    let replayed_path = second_browser.open_app(&ticket, "link").await;
    assert!(second_browser.get(&replayed_path).await.body.contains("受付で認められませんでした"));
    // Routes of the simulated phone do not exist in the window.
    for path in ["/scan?ticket=x", "/store", "/phone"] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
