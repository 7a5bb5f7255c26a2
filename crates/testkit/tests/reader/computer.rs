//! `uketsuke portal` on a patient's computer, with a card behind a stock `pcscd`: whole errands, and what a second program
//! gets of the card meanwhile.

use std::process::Output;

use card::{CardData, instruction};
use testkit::{Browser, Card, Computer, Happened, PIN, Page, Pcscd, Way, Witness, World, block_on};

/// SELECT of the JPKI application and of the authentication key, and a signature with it.
const TRY_TO_SIGN: [&str; 3] = [
    "00A4040C0AD392F000260100000001",
    "00A4020C020017",
    "802A0080333031300D0609608648016503040201050004200000000000000000000000000000000000000000000000000000000000000000",
];

fn world() -> &'static World {
    World::shared()
}

fn card() -> CardData {
    block_on(async { Card::issue(world()).await.data(world()).await })
}

/// A patient's browser whose errand waits in the window.
struct Waiting {
    browser: Browser<'static>,
    /// The window: who asks, and for what.
    asked: Page,
    /// The address that opened it.
    link: String,
}

impl Waiting {
    fn begin(computer: &Computer, reference: &str) -> Self {
        block_on(async {
            let browser = Browser::on_computer(world());
            let institution = uketsuke::demo::online_institutions(world().addresses())[0];
            let departure = world().service().departure(institution, world().now().japan_date(), reference);
            let page = browser.open(&world().service().push(&departure).await).await;
            let page = browser.submit(&page, "/choose", &[("all", "agree")]).await;
            let page = browser.submit(&page, "/confirm", &[]).await;
            let ticket = page.link("http://127.0.0.1:24731/open?ticket=");
            let (_, ticket) = ticket.split_once('?').expect("the link carries a ticket");
            let link = format!("{}/open?{ticket}", computer.address());
            let opened = browser.open(&link).await;
            let asked = browser.submit(&opened, "/open", &[]).await;
            Self { browser, asked, link }
        })
    }

    fn submit(&self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        block_on(self.browser.submit(page, action, fields))
    }

    fn open(&self, address: &str) -> Page {
        block_on(self.browser.open(address))
    }

    /// The card is looked at, and the PIN is asked for.
    fn next(&self, page: &Page) -> Page {
        self.submit(page, "/card", &[])
    }
}

/// What another program gets that wants the card to sign.
fn another_program_signs(pcscd: &Pcscd) -> Output {
    let mut words = vec!["transmit"];
    words.extend(TRY_TO_SIGN);
    pcscd.own_client(&words).output().expect("the client runs")
}

fn is_signature(command: &Happened) -> bool {
    matches!(command, Happened::Command(bytes) if bytes[1] == instruction::SIGN)
}

#[test]
fn a_whole_errand_leaves_nothing_to_a_second_program() {
    let pcscd = Pcscd::start(Way::Own);
    let witness = Witness::lay_into(&pcscd, card());
    let computer = Computer::start(world(), &pcscd);
    let waiting = Waiting::begin(&computer, "computer-whole");
    let asked = waiting.asked.clone().says("依頼元").says("uketsuke simulated card reader");
    assert!(!witness.happened().iter().any(|what| matches!(what, Happened::Command(_))), "nobody was asked yet");

    let pin = waiting.next(&asked).says("あと3回");
    let meanwhile = another_program_signs(&pcscd);
    assert!(!meanwhile.status.success(), "the card is held while the PIN is typed");
    let said = String::from_utf8_lossy(&meanwhile.stderr).into_owned();
    assert!(said.contains("SharingViolation"), "{said}");

    let held = witness.happened().len();
    waiting.submit(&pin, "/pin", &[("pin", PIN)]).says("あと1つ：手続きを終了する");
    assert_eq!(witness.pins_presented(), 1);
    assert!(witness.is_without_power());
    let happened = witness.happened();
    assert!(!happened[held..].contains(&Happened::Power), "held from the first command to the last");
    assert_eq!(happened.iter().filter(|what| is_signature(what)).count(), 1);

    let afterwards = another_program_signs(&pcscd);
    let answers = String::from_utf8_lossy(&afterwards.stdout).into_owned();
    assert_eq!(answers.lines().collect::<Vec<_>>(), ["9000", "9000", "6982"], "the card has forgotten the PIN");
}

#[test]
fn a_pin_is_presented_once_for_each_confirmation() {
    let pcscd = Pcscd::start(Way::Own);
    let witness = Witness::lay_into(&pcscd, card());
    let computer = Computer::start(world(), &pcscd);
    let waiting = Waiting::begin(&computer, "computer-wrong");
    let pin = waiting.next(&waiting.asked);
    let again = waiting.submit(&pin, "/pin", &[("pin", "0000")]).says("暗証番号が違います").says("あと2回");
    assert_eq!(witness.pins_presented(), 1);
    // The first page sent once more, as by the back button: it confirms nothing.
    waiting.submit(&pin, "/pin", &[("pin", PIN)]).says("あと2回");
    assert_eq!(witness.pins_presented(), 1);
    waiting.submit(&again, "/pin", &[("pin", PIN)]).says("あと1つ：手続きを終了する");
    assert_eq!(witness.pins_presented(), 2);
    assert!(witness.is_without_power());
}

#[test]
fn a_card_that_is_pulled_is_read_again_only_by_the_persons_own_press() {
    let pcscd = Pcscd::start(Way::Own);
    let witness = Witness::lay_into(&pcscd, card());
    let computer = Computer::start(world(), &pcscd);
    let waiting = Waiting::begin(&computer, "computer-pulled");
    let mut page = waiting.asked.clone();
    let at_pin: fn(&[u8]) -> bool = |command| command[1] == instruction::VERIFY && command.len() > 4;
    let at_signature: fn(&[u8]) -> bool = |command| command[1] == instruction::SIGN;
    let at_certificate: fn(&[u8]) -> bool = |command| command[1] == instruction::READ_BINARY && command[2..4] != [0, 0];
    for (pulled_at, words, presented) in [
        (at_certificate, "暗証番号を確認する前でした", 0),
        (at_pin, "1回分として数えられた可能性があります", 1),
        (at_signature, "暗証番号は正しく、回数は減っていません", 2),
    ] {
        let pin = waiting.next(&page);
        witness.pull_at(pulled_at);
        let pulled = waiting.submit(&pin, "/pin", &[("pin", PIN)]);
        let pulled = pulled.says("読み取りの途中でカードが離れました").says(words);
        assert_eq!(witness.pins_presented(), presented);
        witness.lay_in_again(&pcscd);
        page = waiting.open(pulled.url.as_str()).says("次へ");
        assert_eq!(witness.pins_presented(), presented, "coming back presents nothing by itself");
    }
    let pin = waiting.next(&page).says("あと3回");
    waiting.submit(&pin, "/pin", &[("pin", PIN)]).says("あと1つ：手続きを終了する");
    assert_eq!(witness.pins_presented(), 3);
    assert!(witness.is_without_power());
}

#[test]
fn a_service_that_restarts_or_is_gone_costs_no_try_and_is_found_again() {
    let pcscd = Pcscd::start(Way::Own);
    let computer = Computer::start(world(), &pcscd);
    let waiting = Waiting::begin(&computer, "computer-restart");
    waiting.asked.clone().says("カードを置いてください");
    let witness = Witness::lay_into(&pcscd, card());
    let asked = waiting.open(waiting.asked.url.as_str());
    let pin = waiting.next(&asked).says("あと3回");
    // The daemon goes while the card is held, and another comes.
    pcscd.restart();
    let lost = waiting.submit(&pin, "/pin", &[("pin", PIN)]);
    let lost = lost.says("カードリーダーが応答しなくなりました").says("暗証番号を確認する前でした");
    Witness::wait_until_noticed(&pcscd);
    let asked = waiting.open(lost.url.as_str());
    let pin = waiting.next(&asked).says("あと3回");
    waiting.submit(&pin, "/pin", &[("pin", PIN)]).says("あと1つ：手続きを終了する");
    assert_eq!(witness.pins_presented(), 1);
}

#[test]
fn a_program_that_is_killed_leaves_no_card_that_signs() {
    let pcscd = Pcscd::start(Way::Own);
    let witness = Witness::lay_into(&pcscd, card());
    let computer = Computer::start(world(), &pcscd);
    let waiting = Waiting::begin(&computer, "computer-killed");
    waiting.next(&waiting.asked).says("あと3回");
    computer.kill();
    let answers = loop {
        // The daemon notices that its client is gone when it notices.
        let output = another_program_signs(&pcscd);
        if output.status.success() {
            break String::from_utf8_lossy(&output.stdout).into_owned();
        }
    };
    assert!(answers.ends_with("6982\n"), "{answers}");
    assert_eq!(witness.pins_presented(), 0);
}

#[test]
fn another_program_that_has_the_card_is_told_of_and_waited_for() {
    let pcscd = Pcscd::start(Way::Own);
    let witness = Witness::lay_into(&pcscd, card());
    let (one, other) = (Computer::start(world(), &pcscd), Computer::start(world(), &pcscd));
    let (first, second) = (Waiting::begin(&one, "computer-one"), Waiting::begin(&other, "computer-other"));
    let pin = first.next(&first.asked).says("あと3回");
    let refused = second.next(&second.asked).says("カードは使用中です").says("ほかのプログラム");
    first.submit(&pin, "/pin", &[("pin", PIN)]).says("あと1つ：手続きを終了する");
    let pin = second.next(&refused).says("あと3回");
    second.submit(&pin, "/pin", &[("pin", PIN)]).says("あと1つ：手続きを終了する");
    assert_eq!(witness.pins_presented(), 2);
}

#[test]
fn the_window_is_this_computers_and_answers_no_other_site() {
    let pcscd = Pcscd::start(Way::Own);
    let witness = Witness::lay_into(&pcscd, card());
    let computer = Computer::start(world(), &pcscd);
    let waiting = Waiting::begin(&computer, "computer-attacked");
    let pin = waiting.next(&waiting.asked);
    let (form, hidden) = pin.form("/pin");
    let with_pin: Vec<_> = hidden.iter().cloned().chain([("pin".to_owned(), PIN.to_owned())]).collect();

    // Forms of other sites, with the browser's own cookies, and one without the form's token.
    for elsewhere in
        [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site"), ("x-nothing", "")]
    {
        let page = block_on(waiting.browser.post_from(form.clone(), &with_pin, elsewhere));
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
    block_on(stranger.submit(&opened, "/open", &[])).says("受付で認められませんでした");
    // Another name for this computer, as by DNS rebinding; and within another page.
    for (name, value, status) in
        [("host", "evil.example", 421), ("sec-fetch-dest", "iframe", 403), ("origin", "https://evil.example", 403)]
    {
        let asked = world().http().get(&waiting.link).header(name, value).send();
        assert_eq!(block_on(asked).expect("an answer").status().as_u16(), status, "{name}");
    }
    let policy = pin.headers["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("frame-ancestors 'none'"));
    assert_eq!(witness.pins_presented(), 0);
    waiting.submit(&pin, "/pin", &[("pin", PIN)]).says("あと1つ：手続きを終了する");
    assert_eq!(witness.pins_presented(), 1);
}
