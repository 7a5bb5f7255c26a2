//! Every page in every state, from made-up views: for the gallery, the snapshots and the accessibility checks.

use base::{Id, Randomness, Timestamp, Token};
use errand::{Answer, Claim, Device, Opened, Outcome, Purpose, Request};
use maud::Markup;
use shell::{Face, Frame, Language, Text};

use super::{home, open, visit};
use crate::{
    CardFace, KnownReception,
    rules::{
        phone::{App, Phone},
        visit::{End, LockedWhen, Mishap, Miss, PinState, Stage},
    },
    store::Visit,
};

/// Every page of the room in every state, with a name for each.
pub fn samples(language: Language) -> Vec<(String, Markup)> {
    let frame = Frame {
        face: Face::Portal,
        language,
        csrf: "sample".to_owned(),
        here: "/".to_owned(),
        signed_in: None,
        menu: Vec::new(),
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
    add("open/link", open::page(&frame, &carried(Opened::Link), &reception().name));
    add("open/scan", open::page(&frame, &carried(Opened::Scan), &reception().name));
    add("store/ticket-waits", open::store_page(&frame, &open::Shelf::Missing(Some(carried(Opened::Link)))));
    add("store/first", open::store_page(&frame, &open::Shelf::Missing(None)));
    add("store/installed", open::store_page(&frame, &open::Shelf::Installed));
    for (name, view) in visits() {
        add(name, visit::page(&frame, &view));
    }
    pages
}

fn visits() -> Vec<(&'static str, visit::View)> {
    use Device::{Android, Computer, Iphone};
    use Opened::{Link, Scan};
    let asked = |last| Stage::Asked { request: request(), last };
    let pin = |tries_left, last| Stage::Pin { request: request(), card: card("hanako"), tries_left, last };
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
    let review = Stage::Asked { request: Request { purpose: Purpose::Review, ..request() }, last: None };
    let locked = |when| Stage::Ended(End::Locked(when));
    let mut views = vec![
        ("visit/opening", view(Stage::open(at(60)), Android, Link)),
        ("visit/unopened", view(Stage::Opening { trying: None }, Android, Link)),
        ("visit/asked", view(asked(None), Android, Link)),
        ("visit/asked-on-another-device", view(asked(None), Iphone, Scan)),
        ("visit/asked-review", view(review, Android, Link)),
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
            view(Stage::Reading { request: request(), card: card("hanako"), since: at(60) }, Android, Link),
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
    let no_card =
        visit::View { at_hand: None, problem: Some(visit::Problem::NoCard), ..view(asked(None), Android, Link) };
    let letters = visit::View { problem: Some(visit::Problem::NotFourDigits), ..view(pin(3, None), Android, Link) };
    let bare = visit::View { cards: Vec::new(), ..view(asked(None), Android, Link) };
    views.push(("visit/asked-no-card-chosen", no_card));
    views.push(("visit/pin-not-four-digits", letters));
    views.push(("visit/asked-no-cards", bare));
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
        cards: cards(),
        at_hand: Some(card("hanako")),
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
        origin: "http://reception.localhost:8400".parse().expect("an origin"),
    }
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
            let may = ["open/link", "open/scan", "store/ticket-waits", "visit/unopened", "visit/answered"];
            assert_eq!(carries, may.contains(&name.as_str()), "{name}");
        }
    }
}
