//! The window on a person's own computer, with cards on its readers.

use axum::http::StatusCode;
use card::{TokenLabel, instruction};
use errand::AbortReason;

use crate::{
    readers::{CardEvent, FakeReaders},
    world::{COMPUTER, World, card_data_with_label, plastic_card, return_code, ticket},
};

const READER: &str = "ACME Reader 00 00";

async fn world_with_card() -> (World, FakeReaders) {
    let table = FakeReaders::with_reader(READER);
    table.insert_card(0, plastic_card());
    (World::with_readers(table.clone()).await, table)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_card_is_held_from_the_first_command_to_the_last_and_left_without_power() {
    let (world, table) = world_with_card().await;
    let (mut browser, ticket) = (world.browser(COMPUTER), ticket("computer"));
    let visit = browser.open_app(&ticket, "link").await;
    let asked = browser.get(&visit).await;
    assert!(asked.shows("見本内科クリニック") && asked.shows(world.reception.as_str()) && asked.shows(READER));
    assert!(!asked.shows("name=\"pin\""), "the request is shown before the PIN is asked for");
    assert_eq!(table.events(), [], "nothing touches the card before the person has seen who asks");

    let pin = browser.post_and_follow(&format!("{visit}/card"), &[("card", "reader-0-1")]).await;
    assert!(pin.shows("あと3回") && pin.shows(READER) && !pin.shows("name=\"slip\""));
    assert_eq!(table.connected_count(), 1, "while the PIN is typed nobody else can use the card");

    let back = browser.post(&format!("{visit}/pin"), &[("pin", "1234")]).await;
    assert_eq!(back.location, format!("{}/return?code={}", world.reception, return_code().reveal()));
    assert!(world.response_verifies(&ticket));
    let happened = table.events();
    assert_eq!((happened.first(), happened.last()), (Some(&CardEvent::Connected), Some(&CardEvent::PowerOff)));
    assert_eq!(happened.iter().filter(|what| **what == CardEvent::Connected).count(), 1);
    assert_eq!((table.pins_presented(), table.connected_count()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_confirmation_presents_the_pin_once() {
    let (world, table) = world_with_card().await;
    let mut browser = world.browser(COMPUTER);
    let visit = browser.open_with_card(&ticket("wrong"), "reader-0-1").await;
    let again = browser.post_and_follow(&format!("{visit}/pin"), &[("pin", "9999")]).await;
    assert!(again.shows("暗証番号が違います") && again.shows("あと2回"));
    assert_eq!((table.pins_presented(), table.connected_count()), (1, 1));
    // Sent again as it was, it is another version of the visit: nothing is presented.
    let mut stale = browser.clone();
    browser.post(&format!("{visit}/pin"), &[("pin", "1234")]).await;
    assert_eq!(table.pins_presented(), 2);
    stale.post_and_follow(&format!("{visit}/pin"), &[("pin", "1234")]).await;
    assert_eq!((table.pins_presented(), table.connected_count()), (2, 0));
    let taken = table.events().iter().filter(|what| **what == CardEvent::Connected).count();
    assert_eq!(taken, 1, "it was held over both");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_fails_at_the_pin_is_not_asked_again_by_itself() {
    let (world, table) = world_with_card().await;
    let (mut browser, ticket) = (world.browser(COMPUTER), ticket("hiccup"));
    let visit = browser.open_with_card(&ticket, "reader-0-1").await;
    table.fail_at(instruction::SIGN);
    let lost = browser.post_and_follow(&format!("{visit}/pin"), &[("pin", "1234")]).await;
    assert!(lost.shows("カードリーダーが応答しなくなりました") && lost.shows("暗証番号は正しく"));
    assert_eq!((table.pins_presented(), table.connected_count()), (1, 0));
    browser.post_and_follow(&format!("{visit}/card"), &[("card", "reader-0-1")]).await;
    // The next thing that breaks is the one command that costs a try: the empty VERIFY is over.
    table.fail_at(instruction::READ_BINARY);
    let lost = browser.post_and_follow(&format!("{visit}/pin"), &[("pin", "1234")]).await;
    assert!(lost.shows("暗証番号を確認する前でした"));
    assert_eq!(table.pins_presented(), 1);
    browser.post_and_follow(&format!("{visit}/card"), &[("card", "reader-0-1")]).await;
    browser.post(&format!("{visit}/pin"), &[("pin", "1234")]).await;
    assert!(world.response_verifies(&ticket));
    assert_eq!(table.pins_presented(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_is_pulled_or_exchanged_is_never_given_the_pin() {
    let (world, table) = world_with_card().await;
    let mut browser = world.browser(COMPUTER);
    let visit = browser.open_with_card(&ticket("pulled"), "reader-0-1").await;
    table.insert_card(0, plastic_card());
    let pulled = browser.post_and_follow(&format!("{visit}/pin"), &[("pin", "1234")]).await;
    assert!(pulled.shows("カードが離れました") && pulled.shows("暗証番号を確認する前でした"));
    // The page offered the card that lies there now; a page from before names one that is gone.
    assert!(pulled.shows("value=\"reader-0-2\""));
    let stale = browser.post_and_follow(&format!("{visit}/card"), &[("card", "reader-0-1")]).await;
    assert!(stale.shows("別のカードに替わっています"));
    table.remove_card(0);
    let gone = browser.post_and_follow(&format!("{visit}/card"), &[("card", "reader-0-2")]).await;
    assert!(gone.shows("カードがカードリーダーにありません") && gone.shows("カードを置いてください"));
    table.unplug();
    let unplugged = browser.post_and_follow(&format!("{visit}/card"), &[("card", "reader-0-2")]).await;
    assert!(
        unplugged.shows("カードリーダーが応答しなくなりました") && unplugged.shows("カードリーダーが見つかりません")
    );
    assert_eq!((table.pins_presented(), table.connected_count()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_thing_that_is_missing_is_told_and_the_page_goes_on_when_it_comes() {
    let table = FakeReaders::default();
    table.set_service_stopped(true);
    let world = World::with_readers(table.clone()).await;
    let mut browser = world.browser(COMPUTER);
    let visit = browser.open_app(&ticket("coming"), "link").await;
    let mut seen = String::new();
    let mut waits = async |words: &str| {
        let changed = browser.get(&format!("{visit}/progress?seen={seen}")).await;
        assert!(changed.shows(&format!("{{\"next\":\"{visit}\"}}")), "{}", changed.body);
        let page = browser.get(&visit).await;
        assert!(page.shows(words), "{words}: {}", page.body);
        assert!(!page.shows("name=\"card\""));
        assert!(page.shows("http-equiv=\"refresh\""), "without a script it loads itself");
        let (_, rest) = page.body.split_once("progress?seen=").unwrap();
        seen = rest.split('"').next().unwrap().to_owned();
        let same = browser.get(&format!("{visit}/progress?seen={seen}")).await;
        assert!(same.shows("waiting"), "{}", same.body);
    };
    waits("カードリーダーのサービスが動いていません").await;
    table.set_service_stopped(false);
    waits("カードリーダーが見つかりません").await;
    table.plug_in(READER);
    waits("カードを置いてください").await;
    table.insert_mute_card(0);
    waits("カードが応答しません").await;
    table.insert_card(0, plastic_card());
    assert!(browser.get(&visit).await.shows("value=\"reader-0-2\""));
    // With several, the person chooses.
    table.plug_in("Other Reader 01 00");
    table.insert_card(1, plastic_card());
    assert!(browser.get(&visit).await.shows("どのカードリーダーのカードを使いますか"));
    let none = browser.post(&format!("{visit}/card"), &[("card", "")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        browser.post_and_follow(&format!("{visit}/card"), &[("card", "reader-1-1")]).await.shows("Other Reader 01 00")
    );
    assert!(browser.get("/").await.shows("Other Reader 01 00"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_program_uses_is_let_alone() {
    let (world, table) = world_with_card().await;
    let (mut browser, ticket) = (world.browser(COMPUTER), ticket("in-use"));
    let visit = browser.open_app(&ticket, "link").await;
    table.set_used_elsewhere(true);
    let in_use = browser.post_and_follow(&format!("{visit}/card"), &[("card", "reader-0-1")]).await;
    assert!(in_use.shows("カードは使用中です") && in_use.shows("ほかのプログラム"));
    assert_eq!(table.events(), []);
    table.set_used_elsewhere(false);
    browser.post_and_follow(&format!("{visit}/card"), &[("card", "reader-0-1")]).await;
    browser.post(&format!("{visit}/pin"), &[("pin", "1234")]).await;
    assert!(world.response_verifies(&ticket));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_pressed_last_has_the_card() {
    let (world, table) = world_with_card().await;
    let mut first = world.browser(COMPUTER);
    let abandoned = first.open_with_card(&ticket("abandoned"), "reader-0-1").await;
    let (mut second, ticket) = (world.browser(COMPUTER), ticket("second"));
    let visit = second.open_with_card(&ticket, "reader-0-1").await;
    assert_eq!(table.connected_count(), 1);
    let taken = first.post(&format!("{abandoned}/pin"), &[("pin", "1234")]).await;
    assert!(taken.location.contains("/return?code="), "it was put down for whoever pressed now: {}", taken.body);
    // The card is the same and has the tries that were shown: the other goes on as well.
    second.post(&format!("{visit}/pin"), &[("pin", "1234")]).await;
    assert_eq!((table.pins_presented(), table.connected_count()), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn giving_up_puts_the_card_down_and_leads_back_to_the_reception() {
    let (world, table) = world_with_card().await;
    let mut browser = world.browser(COMPUTER);
    let visit = browser.open_with_card(&ticket("given-up"), "reader-0-1").await;
    assert_eq!(table.connected_count(), 1);
    let back = browser.post(&format!("{visit}/cancel"), &[]).await;
    assert_eq!((back.status, back.location), (StatusCode::SEE_OTHER, format!("{}/return", world.reception)));
    assert_eq!((table.connected_count(), world.give_ups()), (0, vec![AbortReason::Cancelled]));

    let visit = browser.open_with_card(&ticket("another"), "reader-0-1").await;
    browser.post_and_follow(&format!("{visit}/another-card"), &[]).await;
    assert_eq!((table.connected_count(), table.pins_presented()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_on_the_reader_is_told_as_one_and_has_its_own_pin() {
    let table = FakeReaders::with_reader(READER);
    table.insert_card(0, card_data_with_label(TokenLabel::Android));
    let world = World::with_readers(table.clone()).await;
    let (mut browser, ticket) = (world.browser(COMPUTER), ticket("phone"));
    let visit = browser.open_with_card(&ticket, "reader-0-1").await;
    assert!(browser.get(&visit).await.shows("スマートフォンの電子証明書です"));
    browser.post(&format!("{visit}/pin"), &[("pin", "1234")]).await;
    assert!(world.response_verifies(&ticket));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_computer_that_is_wrong_about_the_time_reads_all_the_same() {
    let (world, _) = world_with_card().await;
    world.set_clock_offset(base::Span::from_hours(-24));
    let (mut browser, ticket) = (world.browser(COMPUTER), ticket("yesterday"));
    let visit = browser.open_with_card(&ticket, "reader-0-1").await;
    browser.post(&format!("{visit}/pin"), &[("pin", "1234")]).await;
    assert!(world.response_verifies(&ticket));
}

#[tokio::test(flavor = "multi_thread")]
async fn with_several_receptions_the_person_says_which_and_none_else_is_asked() {
    let table = FakeReaders::with_reader(READER);
    let world = World::with_readers_and_receptions(table, &["https://elsewhere.example"]).await;
    let mut browser = world.browser(COMPUTER);
    let ticket = ticket("several");
    let page = browser.get(&format!("/open?ticket={}", ticket.reveal())).await;
    assert!(page.shows("どの受付の画面から開きましたか"));
    for wrong in [None, Some("https://evil.example")] {
        let reveal = ticket.reveal();
        let mut fields = vec![("ticket", reveal.as_str())];
        fields.extend(wrong.map(|origin| ("reception", origin)));
        let page = browser.post("/open", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(world.claim_count(), 0);
    let chosen = [("ticket", ticket.reveal()), ("reception", world.reception.to_string())];
    let fields: Vec<_> = chosen.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert!(browser.post_and_follow("/open", &fields).await.shows("見本内科クリニック"));
    assert_eq!(world.claim_count(), 1);
}

/// What a stranger's page makes the browser send.
#[tokio::test(flavor = "multi_thread")]
async fn the_window_answers_no_other_sites_page() {
    let (world, table) = world_with_card().await;
    let (mut browser, ticket) = (world.browser(COMPUTER), ticket("attacked"));
    let visit = browser.open_with_card(&ticket, "reader-0-1").await;
    let pin = format!("{visit}/pin");
    let open = format!("/open?ticket={}", ticket.reveal());

    // DNS rebinding: the stranger's own name points at this computer.
    let page = browser.clone().with_headers(&[("host", "evil.example:24731")]).get(&visit).await;
    assert_eq!(page.status, StatusCode::MISDIRECTED_REQUEST);
    assert!(page.shows("portal.window.name") && !page.shows("csrf") && page.cookie.is_empty());

    for (path, said) in [
        // A form, a fetch, a preflight, an image, a link to anything but the way in.
        (pin.as_str(), &[("origin", "https://evil.example")][..]),
        (&pin, &[("origin", "null")]),
        (&pin, &[("origin", "http://127.0.0.1:8400"), ("sec-fetch-site", "same-site")]),
        (&pin, &[("sec-fetch-site", "cross-site")]),
        ("/open", &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")]),
    ] {
        let page = browser.clone().with_headers(said).post(path, &[("pin", "1234")]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} {said:?}");
        assert!(page.shows("portal.window.elsewhere") && page.cookie.is_empty());
    }
    for (path, said, code) in [
        (
            visit.as_str(),
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")][..],
            "elsewhere",
        ),
        (
            &open,
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
            "elsewhere",
        ),
        (
            &open,
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "cors"), ("origin", "https://evil.example")],
            "elsewhere",
        ),
        (
            &open,
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")],
            "framed",
        ),
    ] {
        let page = browser.clone().with_headers(said).get(path).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} {said:?}");
        assert!(page.shows(&format!("portal.window.{code}")) && !page.shows("csrf"));
    }

    // The link itself opens, changes nothing, and cannot be framed by browsers that say nothing.
    let link = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    let page = browser.clone().with_headers(&link).get(&open).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.policy.contains("frame-ancestors 'none'") && page.shows("続ける"));

    // Without the form's token, and with another browser's.
    let mut bare = browser.clone();
    bare.csrf.clear();
    assert_eq!(bare.post(&pin, &[("pin", "1234")]).await.status, StatusCode::FORBIDDEN);
    let mut stranger = world.browser(COMPUTER);
    stranger.get("/open?ticket=x").await;
    assert_eq!(stranger.get(&visit).await.status, StatusCode::NOT_FOUND);
    let mut thief = browser.clone();
    thief.csrf = stranger.csrf;
    assert_eq!(thief.post(&pin, &[("pin", "1234")]).await.status, StatusCode::FORBIDDEN);

    assert_eq!((table.pins_presented(), world.claim_count(), world.give_ups()), (0, 1, vec![]));

    // A ticket that was used is worth nothing in another browser.
    let mut other = world.browser(COMPUTER);
    let replayed = other.open_app(&ticket, "link").await;
    assert!(other.get(&replayed).await.shows("受付で認められませんでした"));
    // What the app on a phone has, a window has not.
    for path in ["/scan?ticket=x", "/store", "/phone"] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
