//! `uketsuke portal` on a patient's computer, with a card behind a stock `pcscd`: whole app authentications, and what a second
//! program can do with the card meanwhile.

use std::process::Output;

use card::{CardData, instruction};
use testkit::{Browser, Card, CardEvent, PIN, Page, Pcscd, PortalProcess, ReaderKind, RecordingCard, World, block_on};

/// SELECT of the JPKI application and of the authentication key, and a signature with it.
const SIGN_COMMANDS: [&str; 3] = [
    "00A4040C0AD392F000260100000001",
    "00A4020C020017",
    "802A0080333031300D0609608648016503040201050004200000000000000000000000000000000000000000000000000000000000000000",
];

fn world() -> &'static World {
    World::shared()
}

fn test_card() -> CardData {
    block_on(async { Card::issue(world()).await.build_card_data(world()).await })
}

/// A patient's browser with an authentication request open in the portal window.
struct OpenPortalWindow {
    browser: Browser<'static>,
    /// The page that shows who requests the authentication, and for what.
    request_page: Page,
    /// The address that opened the window.
    link: String,
}

impl OpenPortalWindow {
    fn open_for(portal: &PortalProcess, reference: &str) -> Self {
        block_on(async {
            let browser = Browser::on_computer(world());
            let institution = uketsuke::commands::demo::online_institutions(world().addresses())[0];
            let departure = world().service().new_departure(institution, world().now().japan_date(), reference);
            let page = browser.open(&world().service().push_departure(&departure).await).await;
            let page = browser.submit_form(&page, "/choose", &[("all", "agree")]).await;
            let page = browser.submit_form(&page, "/confirm", &[]).await;
            let ticket = page.find_link("http://127.0.0.1:24731/open?ticket=");
            let (_, ticket) = ticket.split_once('?').expect("the link carries a ticket");
            let link = format!("{}/open?{ticket}", portal.address());
            let opening_page = browser.open(&link).await;
            let request_page = browser.submit_form(&opening_page, "/open", &[]).await;
            Self { browser, request_page, link }
        })
    }

    fn submit_form(&self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        block_on(self.browser.submit_form(page, action, fields))
    }

    fn open_address(&self, address: &str) -> Page {
        block_on(self.browser.open(address))
    }

    /// Has the card read; the page that asks for the PIN.
    fn show_card(&self, page: &Page) -> Page {
        self.submit_form(page, "/card", &[])
    }
}

/// The output of another program that requests a signature from the card.
fn sign_from_another_program(pcscd: &Pcscd) -> Output {
    let mut arguments = vec!["transmit"];
    arguments.extend(SIGN_COMMANDS);
    pcscd.card_client_command(&arguments).output().expect("the client runs")
}

fn is_signature(command: &CardEvent) -> bool {
    matches!(command, CardEvent::Command(bytes) if bytes[1] == instruction::SIGN)
}

#[test]
fn a_whole_authentication_leaves_nothing_to_a_second_program() {
    let pcscd = Pcscd::start(ReaderKind::Own);
    let card = RecordingCard::insert(&pcscd, test_card());
    let portal = PortalProcess::start(world(), &pcscd);
    let window = OpenPortalWindow::open_for(&portal, "computer-whole");
    let request_page =
        window.request_page.clone().assert_contains("依頼元").assert_contains("uketsuke simulated card reader");
    assert!(!card.events().iter().any(|event| matches!(event, CardEvent::Command(_))), "the patient was not asked yet");

    let pin_page = window.show_card(&request_page).assert_contains("あと3回");
    let concurrent = sign_from_another_program(&pcscd);
    assert!(!concurrent.status.success(), "the card is locked while the PIN is entered");
    let error = String::from_utf8_lossy(&concurrent.stderr).into_owned();
    assert!(error.contains("SharingViolation"), "{error}");

    let event_count = card.events().len();
    window.submit_form(&pin_page, "/pin", &[("pin", PIN)]).assert_contains("あと1つ：手続きを終了する");
    assert_eq!(card.count_pins_presented(), 1);
    assert!(card.is_powered_off());
    let events = card.events();
    assert!(!events[event_count..].contains(&CardEvent::PowerOn), "connected from the first command to the last");
    assert_eq!(events.iter().filter(|event| is_signature(event)).count(), 1);

    let later = sign_from_another_program(&pcscd);
    let responses = String::from_utf8_lossy(&later.stdout).into_owned();
    assert_eq!(responses.lines().collect::<Vec<_>>(), ["9000", "9000", "6982"], "the card has forgotten the PIN");
}

#[test]
fn a_pin_is_presented_once_for_each_confirmation() {
    let pcscd = Pcscd::start(ReaderKind::Own);
    let card = RecordingCard::insert(&pcscd, test_card());
    let portal = PortalProcess::start(world(), &pcscd);
    let window = OpenPortalWindow::open_for(&portal, "computer-wrong");
    let pin_page = window.show_card(&window.request_page);
    let second_pin_page = window
        .submit_form(&pin_page, "/pin", &[("pin", "0000")])
        .assert_contains("暗証番号が違います")
        .assert_contains("あと2回");
    assert_eq!(card.count_pins_presented(), 1);
    // The first page sent once more, as by the back button: it confirms nothing.
    window.submit_form(&pin_page, "/pin", &[("pin", PIN)]).assert_contains("あと2回");
    assert_eq!(card.count_pins_presented(), 1);
    window.submit_form(&second_pin_page, "/pin", &[("pin", PIN)]).assert_contains("あと1つ：手続きを終了する");
    assert_eq!(card.count_pins_presented(), 2);
    assert!(card.is_powered_off());
}

#[test]
fn a_card_that_is_pulled_is_read_again_only_by_the_persons_own_press() {
    let pcscd = Pcscd::start(ReaderKind::Own);
    let card = RecordingCard::insert(&pcscd, test_card());
    let portal = PortalProcess::start(world(), &pcscd);
    let window = OpenPortalWindow::open_for(&portal, "computer-pulled");
    let mut page = window.request_page.clone();
    let is_pin: fn(&[u8]) -> bool = |command| command[1] == instruction::VERIFY && command.len() > 4;
    let is_signing: fn(&[u8]) -> bool = |command| command[1] == instruction::SIGN;
    let is_certificate_read: fn(&[u8]) -> bool =
        |command| command[1] == instruction::READ_BINARY && command[2..4] != [0, 0];
    for (remove_at, explanation, pins_presented) in [
        (is_certificate_read, "暗証番号を確認する前でした", 0),
        (is_pin, "1回分として数えられた可能性があります", 1),
        (is_signing, "暗証番号は正しく、回数は減っていません", 2),
    ] {
        let pin_page = window.show_card(&page);
        card.remove_at(remove_at);
        let error_page = window.submit_form(&pin_page, "/pin", &[("pin", PIN)]);
        let error_page = error_page.assert_contains("読み取りの途中でカードが離れました").assert_contains(explanation);
        assert_eq!(card.count_pins_presented(), pins_presented);
        card.reinsert(&pcscd);
        page = window.open_address(error_page.url.as_str()).assert_contains("次へ");
        assert_eq!(card.count_pins_presented(), pins_presented, "opening the page again presents no PIN");
    }
    let pin_page = window.show_card(&page).assert_contains("あと3回");
    window.submit_form(&pin_page, "/pin", &[("pin", PIN)]).assert_contains("あと1つ：手続きを終了する");
    assert_eq!(card.count_pins_presented(), 3);
    assert!(card.is_powered_off());
}

#[test]
fn a_service_that_restarts_or_is_gone_costs_no_try_and_is_found_again() {
    let pcscd = Pcscd::start(ReaderKind::Own);
    let portal = PortalProcess::start(world(), &pcscd);
    let window = OpenPortalWindow::open_for(&portal, "computer-restart");
    window.request_page.clone().assert_contains("カードを置いてください");
    let card = RecordingCard::insert(&pcscd, test_card());
    let request_page = window.open_address(window.request_page.url.as_str());
    let pin_page = window.show_card(&request_page).assert_contains("あと3回");
    // The daemon restarts while the program is connected to the card.
    pcscd.restart();
    let error_page = window.submit_form(&pin_page, "/pin", &[("pin", PIN)]);
    let error_page = error_page
        .assert_contains("カードリーダーが応答しなくなりました")
        .assert_contains("暗証番号を確認する前でした");
    RecordingCard::wait_until_present(&pcscd);
    let request_page = window.open_address(error_page.url.as_str());
    let pin_page = window.show_card(&request_page).assert_contains("あと3回");
    window.submit_form(&pin_page, "/pin", &[("pin", PIN)]).assert_contains("あと1つ：手続きを終了する");
    assert_eq!(card.count_pins_presented(), 1);
}

#[test]
fn a_program_that_is_killed_leaves_no_card_that_signs() {
    let pcscd = Pcscd::start(ReaderKind::Own);
    let card = RecordingCard::insert(&pcscd, test_card());
    let portal = PortalProcess::start(world(), &pcscd);
    let window = OpenPortalWindow::open_for(&portal, "computer-killed");
    window.show_card(&window.request_page).assert_contains("あと3回");
    portal.kill();
    let responses = loop {
        // The daemon releases the card some time after its client has ended.
        let output = sign_from_another_program(&pcscd);
        if output.status.success() {
            break String::from_utf8_lossy(&output.stdout).into_owned();
        }
    };
    assert!(responses.ends_with("6982\n"), "{responses}");
    assert_eq!(card.count_pins_presented(), 0);
}

#[test]
fn another_program_that_has_the_card_is_told_of_and_waited_for() {
    let pcscd = Pcscd::start(ReaderKind::Own);
    let card = RecordingCard::insert(&pcscd, test_card());
    let (first_portal, second_portal) = (PortalProcess::start(world(), &pcscd), PortalProcess::start(world(), &pcscd));
    let (first_window, second_window) = (
        OpenPortalWindow::open_for(&first_portal, "computer-one"),
        OpenPortalWindow::open_for(&second_portal, "computer-other"),
    );
    let pin_page = first_window.show_card(&first_window.request_page).assert_contains("あと3回");
    let busy_page = second_window
        .show_card(&second_window.request_page)
        .assert_contains("カードは使用中です")
        .assert_contains("ほかのプログラム");
    first_window.submit_form(&pin_page, "/pin", &[("pin", PIN)]).assert_contains("あと1つ：手続きを終了する");
    let pin_page = second_window.show_card(&busy_page).assert_contains("あと3回");
    second_window.submit_form(&pin_page, "/pin", &[("pin", PIN)]).assert_contains("あと1つ：手続きを終了する");
    assert_eq!(card.count_pins_presented(), 2);
}

#[test]
fn the_window_is_this_computers_and_answers_no_other_site() {
    let pcscd = Pcscd::start(ReaderKind::Own);
    let card = RecordingCard::insert(&pcscd, test_card());
    let portal = PortalProcess::start(world(), &pcscd);
    let window = OpenPortalWindow::open_for(&portal, "computer-attacked");
    let pin_page = window.show_card(&window.request_page);
    let (url, hidden) = pin_page.find_form("/pin");
    let fields: Vec<_> = hidden.iter().cloned().chain([("pin".to_owned(), PIN.to_owned())]).collect();

    // Forms of other sites with the browser's cookies, and a form without its token.
    for header in
        [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site"), ("x-nothing", "")]
    {
        let page = block_on(window.browser.post_with_header(url.clone(), &fields, header));
        assert_eq!(page.status.as_u16(), 403, "{header:?}");
    }
    let without_token: Vec<_> = fields.iter().filter(|(name, _)| name != "csrf").cloned().collect();
    assert_eq!(block_on(window.browser.post(url.clone(), &without_token)).status.as_u16(), 403);
    // Another browser on this computer that knows the address.
    let other_browser = Browser::on_computer(world());
    assert_eq!(block_on(other_browser.open(pin_page.url.as_str())).status.as_u16(), 404);
    assert_eq!(block_on(other_browser.post(url, &fields)).status.as_u16(), 403);
    // The same ticket in another browser.
    let opening_page = block_on(other_browser.open(&window.link));
    block_on(other_browser.submit_form(&opening_page, "/open", &[])).assert_contains("受付で認められませんでした");
    // Another host name for this computer, as by DNS rebinding; and a frame in another page.
    for (name, value, status) in
        [("host", "evil.example", 421), ("sec-fetch-dest", "iframe", 403), ("origin", "https://evil.example", 403)]
    {
        let request = world().http().get(&window.link).header(name, value).send();
        assert_eq!(block_on(request).expect("a response").status().as_u16(), status, "{name}");
    }
    let policy = pin_page.headers["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("frame-ancestors 'none'"));
    assert_eq!(card.count_pins_presented(), 0);
    window.submit_form(&pin_page, "/pin", &[("pin", PIN)]).assert_contains("あと1つ：手続きを終了する");
    assert_eq!(card.count_pins_presented(), 1);
}
