//! `uketsuke portal` on a patient's computer, with a card behind a stock `pcscd`: whole errands, and what a second program
//! gets of the card meanwhile.

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

/// A patient's browser whose errand waits in the window.
struct OpenPortalWindow {
    browser: Browser<'static>,
    /// The window: who asks, and for what.
    request_page: Page,
    /// The address that opened it.
    link: String,
}

impl OpenPortalWindow {
    fn open_for(computer: &PortalProcess, reference: &str) -> Self {
        block_on(async {
            let browser = Browser::on_computer(world());
            let institution = uketsuke::demo::online_institutions(world().addresses())[0];
            let departure = world().service().new_departure(institution, world().now().japan_date(), reference);
            let page = browser.open(&world().service().push_departure(&departure).await).await;
            let page = browser.submit_form(&page, "/choose", &[("all", "agree")]).await;
            let page = browser.submit_form(&page, "/confirm", &[]).await;
            let ticket = page.find_link("http://127.0.0.1:24731/open?ticket=");
            let (_, ticket) = ticket.split_once('?').expect("the link carries a ticket");
            let link = format!("{}/open?{ticket}", computer.address());
            let opened = browser.open(&link).await;
            let asked = browser.submit_form(&opened, "/open", &[]).await;
            Self { browser, request_page: asked, link }
        })
    }

    fn submit_form(&self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        block_on(self.browser.submit_form(page, action, fields))
    }

    fn open_address(&self, address: &str) -> Page {
        block_on(self.browser.open(address))
    }

    /// The card is looked at, and the PIN is asked for.
    fn show_card(&self, page: &Page) -> Page {
        self.submit_form(page, "/card", &[])
    }
}

/// What another program gets that wants the card to sign.
fn sign_from_another_program(pcscd: &Pcscd) -> Output {
    let mut words = vec!["transmit"];
    words.extend(SIGN_COMMANDS);
    pcscd.card_client_command(&words).output().expect("the client runs")
}

fn is_signature(command: &CardEvent) -> bool {
    matches!(command, CardEvent::Command(bytes) if bytes[1] == instruction::SIGN)
}

#[test]
fn a_whole_errand_leaves_nothing_to_a_second_program() {
    let pcscd = Pcscd::start(ReaderKind::Own);
    let witness = RecordingCard::insert(&pcscd, test_card());
    let computer = PortalProcess::start(world(), &pcscd);
    let waiting = OpenPortalWindow::open_for(&computer, "computer-whole");
    let asked =
        waiting.request_page.clone().assert_contains("依頼元").assert_contains("uketsuke simulated card reader");
    assert!(!witness.events().iter().any(|what| matches!(what, CardEvent::Command(_))), "nobody was asked yet");

    let pin = waiting.show_card(&asked).assert_contains("あと3回");
    let meanwhile = sign_from_another_program(&pcscd);
    assert!(!meanwhile.status.success(), "the card is held while the PIN is typed");
    let said = String::from_utf8_lossy(&meanwhile.stderr).into_owned();
    assert!(said.contains("SharingViolation"), "{said}");

    let held = witness.events().len();
    waiting.submit_form(&pin, "/pin", &[("pin", PIN)]).assert_contains("あと1つ：手続きを終了する");
    assert_eq!(witness.count_pins_presented(), 1);
    assert!(witness.is_powered_off());
    let happened = witness.events();
    assert!(!happened[held..].contains(&CardEvent::PowerOn), "held from the first command to the last");
    assert_eq!(happened.iter().filter(|what| is_signature(what)).count(), 1);

    let afterwards = sign_from_another_program(&pcscd);
    let answers = String::from_utf8_lossy(&afterwards.stdout).into_owned();
    assert_eq!(answers.lines().collect::<Vec<_>>(), ["9000", "9000", "6982"], "the card has forgotten the PIN");
}

#[test]
fn a_pin_is_presented_once_for_each_confirmation() {
    let pcscd = Pcscd::start(ReaderKind::Own);
    let witness = RecordingCard::insert(&pcscd, test_card());
    let computer = PortalProcess::start(world(), &pcscd);
    let waiting = OpenPortalWindow::open_for(&computer, "computer-wrong");
    let pin = waiting.show_card(&waiting.request_page);
    let again = waiting
        .submit_form(&pin, "/pin", &[("pin", "0000")])
        .assert_contains("暗証番号が違います")
        .assert_contains("あと2回");
    assert_eq!(witness.count_pins_presented(), 1);
    // The first page sent once more, as by the back button: it confirms nothing.
    waiting.submit_form(&pin, "/pin", &[("pin", PIN)]).assert_contains("あと2回");
    assert_eq!(witness.count_pins_presented(), 1);
    waiting.submit_form(&again, "/pin", &[("pin", PIN)]).assert_contains("あと1つ：手続きを終了する");
    assert_eq!(witness.count_pins_presented(), 2);
    assert!(witness.is_powered_off());
}

#[test]
fn a_card_that_is_pulled_is_read_again_only_by_the_persons_own_press() {
    let pcscd = Pcscd::start(ReaderKind::Own);
    let witness = RecordingCard::insert(&pcscd, test_card());
    let computer = PortalProcess::start(world(), &pcscd);
    let waiting = OpenPortalWindow::open_for(&computer, "computer-pulled");
    let mut page = waiting.request_page.clone();
    let at_pin: fn(&[u8]) -> bool = |command| command[1] == instruction::VERIFY && command.len() > 4;
    let at_signature: fn(&[u8]) -> bool = |command| command[1] == instruction::SIGN;
    let at_certificate: fn(&[u8]) -> bool = |command| command[1] == instruction::READ_BINARY && command[2..4] != [0, 0];
    for (pulled_at, words, presented) in [
        (at_certificate, "暗証番号を確認する前でした", 0),
        (at_pin, "1回分として数えられた可能性があります", 1),
        (at_signature, "暗証番号は正しく、回数は減っていません", 2),
    ] {
        let pin = waiting.show_card(&page);
        witness.remove_at(pulled_at);
        let pulled = waiting.submit_form(&pin, "/pin", &[("pin", PIN)]);
        let pulled = pulled.assert_contains("読み取りの途中でカードが離れました").assert_contains(words);
        assert_eq!(witness.count_pins_presented(), presented);
        witness.reinsert(&pcscd);
        page = waiting.open_address(pulled.url.as_str()).assert_contains("次へ");
        assert_eq!(witness.count_pins_presented(), presented, "coming back presents nothing by itself");
    }
    let pin = waiting.show_card(&page).assert_contains("あと3回");
    waiting.submit_form(&pin, "/pin", &[("pin", PIN)]).assert_contains("あと1つ：手続きを終了する");
    assert_eq!(witness.count_pins_presented(), 3);
    assert!(witness.is_powered_off());
}

#[test]
fn a_service_that_restarts_or_is_gone_costs_no_try_and_is_found_again() {
    let pcscd = Pcscd::start(ReaderKind::Own);
    let computer = PortalProcess::start(world(), &pcscd);
    let waiting = OpenPortalWindow::open_for(&computer, "computer-restart");
    waiting.request_page.clone().assert_contains("カードを置いてください");
    let witness = RecordingCard::insert(&pcscd, test_card());
    let asked = waiting.open_address(waiting.request_page.url.as_str());
    let pin = waiting.show_card(&asked).assert_contains("あと3回");
    // The daemon goes while the card is held, and another comes.
    pcscd.restart();
    let lost = waiting.submit_form(&pin, "/pin", &[("pin", PIN)]);
    let lost =
        lost.assert_contains("カードリーダーが応答しなくなりました").assert_contains("暗証番号を確認する前でした");
    RecordingCard::wait_until_present(&pcscd);
    let asked = waiting.open_address(lost.url.as_str());
    let pin = waiting.show_card(&asked).assert_contains("あと3回");
    waiting.submit_form(&pin, "/pin", &[("pin", PIN)]).assert_contains("あと1つ：手続きを終了する");
    assert_eq!(witness.count_pins_presented(), 1);
}

#[test]
fn a_program_that_is_killed_leaves_no_card_that_signs() {
    let pcscd = Pcscd::start(ReaderKind::Own);
    let witness = RecordingCard::insert(&pcscd, test_card());
    let computer = PortalProcess::start(world(), &pcscd);
    let waiting = OpenPortalWindow::open_for(&computer, "computer-killed");
    waiting.show_card(&waiting.request_page).assert_contains("あと3回");
    computer.kill();
    let answers = loop {
        // The daemon notices that its client is gone when it notices.
        let output = sign_from_another_program(&pcscd);
        if output.status.success() {
            break String::from_utf8_lossy(&output.stdout).into_owned();
        }
    };
    assert!(answers.ends_with("6982\n"), "{answers}");
    assert_eq!(witness.count_pins_presented(), 0);
}

#[test]
fn another_program_that_has_the_card_is_told_of_and_waited_for() {
    let pcscd = Pcscd::start(ReaderKind::Own);
    let witness = RecordingCard::insert(&pcscd, test_card());
    let (one, other) = (PortalProcess::start(world(), &pcscd), PortalProcess::start(world(), &pcscd));
    let (first, second) =
        (OpenPortalWindow::open_for(&one, "computer-one"), OpenPortalWindow::open_for(&other, "computer-other"));
    let pin = first.show_card(&first.request_page).assert_contains("あと3回");
    let refused = second
        .show_card(&second.request_page)
        .assert_contains("カードは使用中です")
        .assert_contains("ほかのプログラム");
    first.submit_form(&pin, "/pin", &[("pin", PIN)]).assert_contains("あと1つ：手続きを終了する");
    let pin = second.show_card(&refused).assert_contains("あと3回");
    second.submit_form(&pin, "/pin", &[("pin", PIN)]).assert_contains("あと1つ：手続きを終了する");
    assert_eq!(witness.count_pins_presented(), 2);
}

#[test]
fn the_window_is_this_computers_and_answers_no_other_site() {
    let pcscd = Pcscd::start(ReaderKind::Own);
    let witness = RecordingCard::insert(&pcscd, test_card());
    let computer = PortalProcess::start(world(), &pcscd);
    let waiting = OpenPortalWindow::open_for(&computer, "computer-attacked");
    let pin = waiting.show_card(&waiting.request_page);
    let (form, hidden) = pin.find_form("/pin");
    let with_pin: Vec<_> = hidden.iter().cloned().chain([("pin".to_owned(), PIN.to_owned())]).collect();

    // Forms of other sites, with the browser's own cookies, and one without the form's token.
    for elsewhere in
        [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site"), ("x-nothing", "")]
    {
        let page = block_on(waiting.browser.post_with_header(form.clone(), &with_pin, elsewhere));
        assert_eq!(page.status.as_u16(), 403, "{elsewhere:?}");
    }
    let without: Vec<_> = with_pin.iter().filter(|(name, _)| name != "csrf").cloned().collect();
    assert_eq!(block_on(waiting.browser.post(form.clone(), &without)).status.as_u16(), 403);
    // Another browser of this computer, which knows the address.
    let stranger = Browser::on_computer(world());
    assert_eq!(block_on(stranger.open(pin.url.as_str())).status.as_u16(), 404);
    assert_eq!(block_on(stranger.post(form, &with_pin)).status.as_u16(), 403);
    // The ticket, again, in another browser.
    let opened = block_on(stranger.open(&waiting.link));
    block_on(stranger.submit_form(&opened, "/open", &[])).assert_contains("受付で認められませんでした");
    // Another name for this computer, as by DNS rebinding; and within another page.
    for (name, value, status) in
        [("host", "evil.example", 421), ("sec-fetch-dest", "iframe", 403), ("origin", "https://evil.example", 403)]
    {
        let asked = world().http().get(&waiting.link).header(name, value).send();
        assert_eq!(block_on(asked).expect("an answer").status().as_u16(), status, "{name}");
    }
    let policy = pin.headers["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("frame-ancestors 'none'"));
    assert_eq!(witness.count_pins_presented(), 0);
    waiting.submit_form(&pin, "/pin", &[("pin", PIN)]).assert_contains("あと1つ：手続きを終了する");
    assert_eq!(witness.count_pins_presented(), 1);
}
