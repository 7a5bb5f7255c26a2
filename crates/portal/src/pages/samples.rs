//! Every page in every state, from made-up views: for the gallery, the snapshots and the accessibility checks.

use base::{Id, Randomness, Timestamp, Token};
use card::TokenLabel;
use errand::{Answer, Claim, Device, Opened, Outcome, Purpose, Request};
use maud::Markup;
use shell::{Face, Frame, Language, Origin, Text};

use super::{home, open, readers, visit};
use crate::{
    CardFace, CardId, KnownReception, NoService, Reader, Refusal, Slot,
    rules::{
        phone::{App, Phone},
        visit::{End, LockedWhen, Mishap, Miss, Misstep, PinState, Stage},
        window::Intrusion,
    },
    store::Visit,
};

/// Every page of the room in every state, with a name for each.
pub fn samples(language: Language) -> Vec<(String, Markup)> {
    let frame = Frame {
        face: Face::Portal,
        name: None,
        language,
        csrf: "sample".to_owned(),
        here: "/".to_owned(),
        signed_in: None,
        menu: Vec::new(),
        footer: shell::Footer::default(),
    };
    let mut pages = Vec::new();
    let mut add = |name: &str, page: Markup| pages.push((name.to_owned(), page));
    for (name, app, cards, problem) in [
        ("home/first", App::Installed, cards(), None),
        ("home/no-app", App::Missing, cards(), None),
        ("home/no-cards", App::Installed, Vec::new(), None),
        ("home/no-card-chosen", App::Installed, cards(), Some(home::Problem::Card)),
        ("home/no-device-chosen", App::Installed, cards(), Some(home::Problem::Device)),
    ] {
        let phone = Phone { device: Device::Android, app, card: None };
        let view = home::View { phone, cards, reception: "http://reception.localhost:8400/".to_owned(), problem };
        add(name, home::page(&frame, &view));
    }
    let carried = |opened| open::Carried { ticket: token(), opened };
    let one = [reception()];
    let several = [reception(), KnownReception { origin: origin("https://reception.example.jp"), ..reception() }];
    let from = |known, problem| open::Receptions { known, problem };
    add("open/link", open::page(&frame, &carried(Opened::Link), &from(&one, None)));
    add("open/scan", open::page(&frame, &carried(Opened::Scan), &from(&one, None)));
    add("open/several-receptions", open::page(&frame, &carried(Opened::Link), &from(&several, None)));
    let none_chosen = from(&several, Some(open::NotChosen));
    add("open/no-reception-chosen", open::page(&frame, &carried(Opened::Link), &none_chosen));
    add("store/ticket-waits", open::store_page(&frame, &open::Shelf::Missing(Some(carried(Opened::Link)))));
    add("store/first", open::store_page(&frame, &open::Shelf::Missing(None)));
    add("store/installed", open::store_page(&frame, &open::Shelf::Installed));
    for (name, view) in visits() {
        add(name, visit::page(&frame, &view));
    }
    for (name, attached) in attached() {
        add(&format!("computer/home-{name}"), readers::home_page(&frame, &attached, &one));
    }
    for (name, view) in on_a_computer() {
        add(&format!("computer/{name}"), visit::page(&frame, &view));
    }
    pages.extend(refused_pages(&frame));
    pages
}

/// What is refused on a page of its own, with each status.
fn refused_pages(frame: &Frame) -> Vec<(String, Markup)> {
    shell::refusal_samples(
        frame,
        &[
            &Refusal::NoTicket,
            &Refusal::NoSuchVisit,
            &Refusal::Step(Misstep),
            &Refusal::NoSuchCard,
            &Refusal::CardInUse,
            &Refusal::Intrusion(Intrusion::Name),
            &Refusal::Intrusion(Intrusion::Framed),
            &Refusal::Unsealable,
        ],
    )
}

fn visits() -> Vec<(&'static str, visit::View)> {
    use Device::{Android, Computer, Iphone};
    use Opened::{Link, Scan};
    let asked = |last| Stage::Asked { request: request(), last };
    let pin = |tries_left, last| pin_of(card("hanako"), TokenLabel::Plastic, tries_left, last);
    let signed = |sending| Stage::Signed { request: request(), answer: answer(), sending };
    let number = || Stage::Answered { outcome: Outcome::Number { digits: "407".to_owned() }, at: at(60) };
    let code = || Stage::Answered { outcome: Outcome::Return { code: token() }, at: at(60) };
    let refused = || {
        Stage::Ended(End::Refused {
            code: "jpki.validity.expired".to_owned(),
            japanese: "電子証明書の有効期限が切れています。何も登録されていません。".to_owned(),
            english: "The certificate has expired. Nothing was registered.".to_owned(),
        })
    };
    let asked_for = |purpose| Stage::Asked { request: Request { purpose, ..request() }, last: None };
    let locked = |when| Stage::Ended(End::Locked(when));
    let mut views = vec![
        ("visit/opening", view(Stage::open(at(60)), Android, Link)),
        ("visit/unopened", view(Stage::Opening { trying: None }, Android, Link)),
        ("visit/asked", view(asked(None), Android, Link)),
        ("visit/asked-on-another-device", view(asked(None), Iphone, Scan)),
        ("visit/asked-review", view(asked_for(Purpose::Review), Android, Link)),
        ("visit/asked-withdraw", view(asked_for(Purpose::Withdraw), Android, Link)),
        ("visit/pulled-before-pin", view(asked(Some(Mishap::Pulled(PinState::NotPresented))), Android, Link)),
        ("visit/pulled-at-pin", view(asked(Some(Mishap::Pulled(PinState::Unanswered))), Android, Link)),
        ("visit/pulled-after-pin", view(asked(Some(Mishap::Pulled(PinState::Right))), Android, Link)),
        ("visit/card-failed", view(asked(Some(Mishap::Failed(PinState::NotPresented))), Android, Link)),
        ("visit/card-in-use", view(asked(Some(Mishap::InUse)), Android, Link)),
        ("visit/other-card", view(asked(Some(Mishap::OtherCard)), Android, Link)),
        ("visit/interrupted", view(asked(Some(Mishap::Interrupted)), Android, Link)),
        ("visit/pin-android", view(pin(3, None), Android, Link)),
        ("visit/pin-iphone", view(pin(3, None), Iphone, Link)),
        ("visit/pin-computer", view(pin(3, None), Computer, Link)),
        ("visit/pin-wrong", view(pin(2, Some(Miss::Wrong)), Android, Link)),
        ("visit/pin-last-try", view(pin(1, Some(Miss::Wrong)), Android, Link)),
        ("visit/pin-other-tries", view(pin(2, Some(Miss::OtherTries)), Android, Link)),
        (
            "visit/reading",
            view(
                Stage::Reading {
                    request: request(),
                    card: card("hanako"),
                    token: TokenLabel::Plastic,
                    ends: None,
                    since: at(60),
                },
                Android,
                Link,
            ),
        ),
        ("visit/sending", view(signed(Some(at(60))), Android, Link)),
        ("visit/unsent", view(signed(None), Android, Link)),
        ("visit/answered", view(code(), Android, Link)),
        ("visit/answered-number-iphone", view(number(), Iphone, Link)),
        ("visit/answered-number-other-device", view(number(), Android, Scan)),
        ("visit/cancelled", view(Stage::Ended(End::Cancelled), Android, Link)),
        ("visit/cancelled-iphone", view(Stage::Ended(End::Cancelled), Iphone, Link)),
        ("visit/locked-now", view(locked(LockedWhen::Now), Android, Link)),
        ("visit/locked-before", view(locked(LockedWhen::Before), Android, Scan)),
        ("visit/no-certificate", view(Stage::Ended(End::NoCertificate), Android, Link)),
        ("visit/refused", view(refused(), Android, Link)),
        ("visit/too-late", view(Stage::Ended(End::TooLate), Iphone, Link)),
    ];
    for (name, days) in [("visit/pin-certificate-ends-soon", 30), ("visit/pin-certificate-ended", -30)] {
        let mut stage = pin(3, None);
        if let Stage::Pin { ends, .. } = &mut stage {
            *ends = Some(at(days * 24 * 60 * 60));
        }
        views.push((name, view(stage, Android, Link)));
    }
    let lying = |cards, at_hand| visit::Lying::Virtual { cards, at_hand };
    let no_card = visit::View {
        lying: lying(cards(), None),
        problem: Some(visit::Problem::NoCard),
        ..view(asked(None), Android, Link)
    };
    let letters = visit::View { problem: Some(visit::Problem::NotFourDigits), ..view(pin(3, None), Android, Link) };
    let bare = visit::View { lying: lying(Vec::new(), None), ..view(asked(None), Android, Link) };
    views.push(("visit/asked-no-card-chosen", no_card));
    views.push(("visit/pin-not-four-digits", letters));
    views.push(("visit/asked-no-cards", bare));
    views
}

fn pin_of(card: CardId, token: TokenLabel, tries_left: u8, last: Option<Miss>) -> Stage {
    Stage::Pin { request: request(), card, token, ends: None, tries_left, last }
}

const READER: &str = "ACME ContactlessReader 3000 00 00";
const OTHER_READER: &str = "ACME ContactReader 20 01 00";

fn in_reader(name: &str, change: u32) -> Reader {
    Reader { name: name.to_owned(), slot: Slot::Card(CardId::in_reader(name.as_bytes(), change)) }
}

/// What may be attached to a computer.
fn attached() -> Vec<(&'static str, readers::Attached)> {
    let with = |slot| Reader { name: READER.to_owned(), slot };
    vec![
        ("no-service", Err(NoService)),
        ("no-reader", Ok(vec![])),
        ("no-card", Ok(vec![with(Slot::Empty)])),
        ("mute-card", Ok(vec![with(Slot::Mute)])),
        ("one-card", Ok(vec![in_reader(READER, 1)])),
        ("several-cards", Ok(vec![in_reader(READER, 1), in_reader(OTHER_READER, 3)])),
    ]
}

/// The window of the program on a computer with card readers.
fn on_a_computer() -> Vec<(String, visit::View)> {
    let asked = |last| Stage::Asked { request: request(), last };
    let shown = |stage, attached| visit::View {
        lying: visit::Lying::InReaders(attached),
        ..view(stage, Device::Computer, Opened::Link)
    };
    let one = || Ok(vec![in_reader(READER, 1)]);
    let mut views: Vec<_> = attached()
        .into_iter()
        .map(|(name, attached)| (format!("asked-{name}"), shown(asked(None), attached)))
        .collect();
    for (name, mishap, attached) in [
        ("pulled", Mishap::Pulled(PinState::NotPresented), Ok(vec![])),
        ("card-in-use", Mishap::InUse, one()),
        ("card-gone", Mishap::NoCard, one()),
        ("card-changed", Mishap::Changed, one()),
        ("card-mute", Mishap::Mute, one()),
        ("reader-lost", Mishap::ReaderLost(PinState::NotPresented), Err(NoService)),
        ("reader-lost-at-pin", Mishap::ReaderLost(PinState::Unanswered), Ok(vec![])),
    ] {
        views.push((name.to_owned(), shown(asked(Some(mishap)), attached)));
    }
    let several = Ok(vec![in_reader(READER, 1), in_reader(OTHER_READER, 3)]);
    let none_chosen = visit::View { problem: Some(visit::Problem::NoCard), ..shown(asked(None), several) };
    views.push(("no-card-chosen".to_owned(), none_chosen));
    let lying = || CardId::in_reader(READER.as_bytes(), 1);
    let pin = |token, tries_left, last| pin_of(lying(), token, tries_left, last);
    views.push(("pin".to_owned(), shown(pin(TokenLabel::Plastic, 3, None), one())));
    views.push(("pin-wrong".to_owned(), shown(pin(TokenLabel::Plastic, 2, Some(Miss::Wrong)), one())));
    views.push(("pin-of-a-phone".to_owned(), shown(pin(TokenLabel::Android, 3, None), one())));
    views.push(("pin-card-gone".to_owned(), shown(pin(TokenLabel::Plastic, 3, None), Ok(vec![]))));
    views
}

fn view(stage: Stage, device: Device, opened: Opened) -> visit::View {
    let visit = Visit {
        id: Id::new(at(0), &Randomness::repeatable("visit")),
        version: 1,
        ends: at(300),
        claim: Claim { ticket: token(), device, opened },
        reception: reception().origin,
        stage,
    };
    visit::View {
        visit,
        reception: reception(),
        lying: visit::Lying::Virtual { cards: cards(), at_hand: Some(card("hanako")) },
        now: at(70),
        problem: None,
    }
}

fn at(seconds: i64) -> Timestamp {
    // 2026-11-20 in Japan
    Timestamp::from_seconds(1_795_132_800 + seconds)
}

fn token() -> Token {
    Token::new(&Randomness::repeatable("sample"))
}

fn card(name: &str) -> crate::CardId {
    // The names of this file are plain words.
    name.parse().expect("a card's name")
}

fn cards() -> Vec<CardFace> {
    let face = |id, label: (&'static str, &'static str), note: (&'static str, &'static str), tries_left| CardFace {
        id: card(id),
        label: Text::fixed(label.0, label.1),
        note: Text::fixed(note.0, note.1),
        tries_left,
    };
    vec![
        face("hanako", ("見本 花子", "Hanako Mihon"), ("有効なカード", "A valid card"), 3),
        face("taro", ("見本 太郎", "Taro Mihon"), ("暗証番号がロックされている", "Its PIN is locked"), 0),
        face("ichi", ("見本 ●一", "●ichi Mihon"), ("電子証明書の期限切れ", "Its certificate has expired"), 3),
    ]
}

fn reception() -> KnownReception {
    KnownReception {
        name: Text::fixed("マイナ在宅受付Web（模擬）", "マイナ在宅受付Web (simulated)"),
        // An origin of this machine, as the demo has it.
        origin: origin("http://reception.localhost:8400"),
    }
}

fn origin(text: &str) -> Origin {
    // The origins of this file are written as such.
    text.parse().expect("an origin")
}

fn request() -> Request {
    Request {
        purpose: Purpose::Register {
            institution: "見本内科クリニック".to_owned(),
            // A day of the calendar.
            visit_date: Some(base::parse_date("2026-11-24").expect("a date")),
        },
        nonce: [7; 32],
        browser: "Chrome / Android".to_owned(),
        began: at(0),
        expires: at(300),
    }
}

fn answer() -> Answer {
    Answer { ticket: token(), certificate: vec![0x30], signature: vec![1] }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_sample_has_a_name_of_its_own_and_says_that_it_is_a_simulation() {
        for (language, word) in [(Language::Japanese, "模擬環境"), (Language::English, "Simulation")] {
            let pages = samples(language);
            let names: BTreeSet<_> = pages.iter().map(|(name, _)| name).collect();
            assert_eq!(names.len(), pages.len());
            for (name, page) in &pages {
                assert!(page.0.contains(word), "{name}");
                assert!(
                    page.0.matches("class=\"button primary\"").count() <= 1,
                    "{name} has one primary button at most"
                );
            }
        }
    }

    #[test]
    fn no_page_but_the_ways_in_and_back_shows_a_ticket_or_code() {
        for (name, page) in samples(Language::Japanese) {
            let carries = page.0.contains(&token().reveal());
            let may = [
                "open/link",
                "open/scan",
                "open/several-receptions",
                "open/no-reception-chosen",
                "store/ticket-waits",
                "visit/unopened",
                "visit/answered",
            ];
            assert_eq!(carries, may.contains(&name.as_str()), "{name}");
        }
    }
}
