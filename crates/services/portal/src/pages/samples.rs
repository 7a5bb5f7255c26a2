//! Every page in every state, from invented views: for the gallery, the snapshots and the accessibility checks.

use app_auth::{
    AuthenticationOutcome, AuthenticationRequest, AuthenticationResponse, Claim, Device, OpenMethod, Purpose,
};
use base::{Id, Randomness, Timestamp, Token};
use card::TokenLabel;
use maud::Markup;
use text::{Language, Text};
use ui::{Frame, Theme};
use web::Origin;

use super::{home, open, readers, session};
use crate::{
    CardId, CardSummary, KnownReception, NoReaderService, Reader, Refusal, Slot,
    rules::{
        loopback_guard::ForeignRequest,
        phone::{App, Phone},
        session::{LockTime, PinRetryReason, PinState, ReadFailure, SessionEnd, SessionStage, TransitionError},
    },
    store::AuthenticationSession,
};

/// Every page of the app in every state, each with a name.
pub fn samples(language: Language) -> Vec<(String, Markup)> {
    let frame = Frame {
        theme: Theme::Portal,
        name: None,
        language,
        csrf: "sample".to_owned(),
        path_and_query: "/".to_owned(),
        signed_in: None,
        menu: Vec::new(),
        footer: ui::Footer::default(),
    };
    let mut pages = Vec::new();
    let mut add = |name: &str, page: Markup| pages.push((name.to_owned(), page));
    for (name, app, cards, problem) in [
        ("home/first", App::Installed, cards(), None),
        ("home/no-app", App::Missing, cards(), None),
        ("home/no-cards", App::Installed, Vec::new(), None),
        ("home/no-card-chosen", App::Installed, cards(), Some(home::PhoneProblem::Card)),
        ("home/no-device-chosen", App::Installed, cards(), Some(home::PhoneProblem::Device)),
    ] {
        let phone = Phone { device: Device::Android, app, card: None };
        let view = home::HomePage { phone, cards, reception: "http://reception.localhost:8400/".to_owned(), problem };
        add(name, home::page(&frame, &view));
    }
    let link = |opened| open::TicketLink { ticket: token(), opened };
    let one_reception = [reception()];
    let several = [reception(), KnownReception { origin: origin("https://reception.example.jp"), ..reception() }];
    let choice = |receptions, problem| open::ReceptionChoice { receptions, problem };
    add("open/link", open::page(&frame, &link(OpenMethod::Link), &choice(&one_reception, None)));
    add("open/scan", open::page(&frame, &link(OpenMethod::Scan), &choice(&one_reception, None)));
    add("open/several-receptions", open::page(&frame, &link(OpenMethod::Link), &choice(&several, None)));
    let not_chosen = choice(&several, Some(open::NoReceptionChosen));
    add("open/no-reception-chosen", open::page(&frame, &link(OpenMethod::Link), &not_chosen));
    add("store/ticket-waits", open::store_page(&frame, &open::StorePage::Missing(Some(link(OpenMethod::Link)))));
    add("store/first", open::store_page(&frame, &open::StorePage::Missing(None)));
    add("store/installed", open::store_page(&frame, &open::StorePage::Installed));
    for (name, view) in session_pages() {
        add(name, session::page(&frame, &view));
    }
    for (name, reader_list) in reader_lists() {
        add(&format!("computer/home-{name}"), readers::home_page(&frame, &reader_list, &one_reception));
    }
    for (name, view) in computer_pages() {
        add(&format!("computer/{name}"), session::page(&frame, &view));
    }
    pages.extend(refused_pages(&frame));
    pages
}

/// The refusals with a page of their own, one per status.
fn refused_pages(frame: &Frame) -> Vec<(String, Markup)> {
    web::refusal_samples(
        frame,
        &[
            &Refusal::NoTicket,
            &Refusal::NoSuchSession,
            &Refusal::Step(TransitionError),
            &Refusal::NoSuchCard,
            &Refusal::CardInUse,
            &Refusal::ForeignRequest(ForeignRequest::Host),
            &Refusal::ForeignRequest(ForeignRequest::Framed),
            &Refusal::Unsealable,
        ],
    )
}

#[expect(clippy::too_many_lines, reason = "a list of samples, one entry a state")]
fn session_pages() -> Vec<(&'static str, session::SessionPage)> {
    use Device::{Android, Computer, Iphone};
    use OpenMethod::{Link, Scan};
    let requested = |retry_reason| SessionStage::Requested { request: request(), retry_reason };
    let pin = |tries_left, retry_reason| pin_stage(card("hanako"), TokenLabel::Plastic, tries_left, retry_reason);
    let signed = |sending_since| SessionStage::Signed { request: request(), response: response(), sending_since };
    let digits = || SessionStage::Completed {
        outcome: AuthenticationOutcome::ConfirmationDigits { digits: "407".to_owned() },
        completed_at: timestamp(60),
    };
    let code = || SessionStage::Completed {
        outcome: AuthenticationOutcome::Return { code: token() },
        completed_at: timestamp(60),
    };
    let code_or_number = || {
        let outcome = AuthenticationOutcome::ReturnOrConfirmationDigits { code: token(), digits: "407".to_owned() };
        SessionStage::Completed { outcome, completed_at: timestamp(60) }
    };
    let refused = || {
        SessionStage::Ended(SessionEnd::Refused {
            code: "jpki.validity.expired".to_owned(),
            subject: app_auth::ErrorSubject::Card,
            japanese: "電子証明書の有効期限が切れています。何も登録されていません。".to_owned(),
            english: "The certificate has expired. Nothing was registered.".to_owned(),
        })
    };
    let requested_for = |purpose| SessionStage::Requested {
        request: AuthenticationRequest { purpose, ..request() },
        retry_reason: None,
    };
    let locked = |lock_time| SessionStage::Ended(SessionEnd::Locked(lock_time));
    let mut views = vec![
        ("visit/opening", session_page(SessionStage::open(timestamp(60)), Android, Link)),
        ("visit/unopened", session_page(SessionStage::Opening { trying_since: None }, Android, Link)),
        ("visit/asked", session_page(requested(None), Android, Link)),
        ("visit/asked-on-another-device", session_page(requested(None), Iphone, Scan)),
        ("visit/asked-review", session_page(requested_for(Purpose::Review), Android, Link)),
        ("visit/asked-withdraw", session_page(requested_for(Purpose::Withdraw), Android, Link)),
        (
            "visit/pulled-before-pin",
            session_page(requested(Some(ReadFailure::Removed(PinState::NotPresented))), Android, Link),
        ),
        (
            "visit/pulled-at-pin",
            session_page(requested(Some(ReadFailure::Removed(PinState::Unanswered))), Android, Link),
        ),
        ("visit/pulled-after-pin", session_page(requested(Some(ReadFailure::Removed(PinState::Right))), Android, Link)),
        (
            "visit/card-failed",
            session_page(requested(Some(ReadFailure::Failed(PinState::NotPresented))), Android, Link),
        ),
        ("visit/card-in-use", session_page(requested(Some(ReadFailure::InUse)), Android, Link)),
        ("visit/other-card", session_page(requested(Some(ReadFailure::OtherCard)), Android, Link)),
        ("visit/interrupted", session_page(requested(Some(ReadFailure::Interrupted)), Android, Link)),
        ("visit/pin-android", session_page(pin(3, None), Android, Link)),
        ("visit/pin-iphone", session_page(pin(3, None), Iphone, Link)),
        ("visit/pin-computer", session_page(pin(3, None), Computer, Link)),
        ("visit/pin-wrong", session_page(pin(2, Some(PinRetryReason::Wrong)), Android, Link)),
        ("visit/pin-last-try", session_page(pin(1, Some(PinRetryReason::Wrong)), Android, Link)),
        ("visit/pin-other-tries", session_page(pin(2, Some(PinRetryReason::TriesChanged)), Android, Link)),
        (
            "visit/reading",
            session_page(
                SessionStage::Reading {
                    request: request(),
                    card: card("hanako"),
                    token: TokenLabel::Plastic,
                    ends: None,
                    started: timestamp(60),
                },
                Android,
                Link,
            ),
        ),
        ("visit/sending", session_page(signed(Some(timestamp(60))), Android, Link)),
        ("visit/unsent", session_page(signed(None), Android, Link)),
        ("visit/answered", session_page(code(), Android, Link)),
        ("visit/answered-code-or-number", session_page(code_or_number(), Iphone, Link)),
        ("visit/answered-number-iphone", session_page(digits(), Iphone, Link)),
        ("visit/answered-number-other-device", session_page(digits(), Android, Scan)),
        ("visit/cancelled", session_page(SessionStage::Ended(SessionEnd::Cancelled), Android, Link)),
        ("visit/cancelled-iphone", session_page(SessionStage::Ended(SessionEnd::Cancelled), Iphone, Link)),
        ("visit/locked-now", session_page(locked(LockTime::JustNow), Android, Link)),
        ("visit/locked-before", session_page(locked(LockTime::Earlier), Android, Scan)),
        ("visit/no-certificate", session_page(SessionStage::Ended(SessionEnd::NoCertificate), Android, Link)),
        (
            "visit/card-over",
            session_page(
                SessionStage::Ended(SessionEnd::Expired { not_after: timestamp(-150 * 24 * 60 * 60) }),
                Android,
                Link,
            ),
        ),
        ("visit/refused", session_page(refused(), Android, Link)),
        ("visit/too-late", session_page(SessionStage::Ended(SessionEnd::TooLate), Iphone, Link)),
    ];
    for (name, days) in [("visit/pin-certificate-ends-soon", 30), ("visit/pin-certificate-ended", -30)] {
        let mut stage = pin(3, None);
        if let SessionStage::Pin { ends, .. } = &mut stage {
            *ends = Some(timestamp(days * 24 * 60 * 60));
        }
        views.push((name, session_page(stage, Android, Link)));
    }
    let available = |cards, preselected| session::AvailableCards::Virtual { cards, preselected };
    let no_card = session::SessionPage {
        cards: available(cards(), None),
        problem: Some(session::SessionProblem::NoCard),
        ..session_page(requested(None), Android, Link)
    };
    let letters = session::SessionPage {
        problem: Some(session::SessionProblem::NotFourDigits),
        ..session_page(pin(3, None), Android, Link)
    };
    let no_cards =
        session::SessionPage { cards: available(Vec::new(), None), ..session_page(requested(None), Android, Link) };
    views.push(("visit/asked-no-card-chosen", no_card));
    views.push(("visit/pin-not-four-digits", letters));
    views.push(("visit/asked-no-cards", no_cards));
    views
}

fn pin_stage(card: CardId, token: TokenLabel, tries_left: u8, last_failure: Option<PinRetryReason>) -> SessionStage {
    SessionStage::Pin { request: request(), card, token, ends: None, tries_left, last_failure }
}

const READER: &str = "ACME ContactlessReader 3000 00 00";
const OTHER_READER: &str = "ACME ContactReader 20 01 00";

fn reader_with_card(name: &str, change: u32) -> Reader {
    Reader { name: name.to_owned(), slot: Slot::Card(CardId::from_reader(name.as_bytes(), change)) }
}

/// The possible states of a computer's readers.
fn reader_lists() -> Vec<(&'static str, readers::ReaderList)> {
    let reader_with = |slot| Reader { name: READER.to_owned(), slot };
    vec![
        ("no-service", Err(NoReaderService)),
        ("no-reader", Ok(vec![])),
        ("no-card", Ok(vec![reader_with(Slot::Empty)])),
        ("mute-card", Ok(vec![reader_with(Slot::Mute)])),
        ("one-card", Ok(vec![reader_with_card(READER, 1)])),
        ("several-cards", Ok(vec![reader_with_card(READER, 1), reader_with_card(OTHER_READER, 3)])),
    ]
}

/// The window of the program on a computer with card readers.
fn computer_pages() -> Vec<(String, session::SessionPage)> {
    let requested = |retry_reason| SessionStage::Requested { request: request(), retry_reason };
    let page = |stage, reader_list| session::SessionPage {
        cards: session::AvailableCards::InReaders(reader_list),
        ..session_page(stage, Device::Computer, OpenMethod::Link)
    };
    let one_card = || Ok(vec![reader_with_card(READER, 1)]);
    let mut views: Vec<_> = reader_lists()
        .into_iter()
        .map(|(name, reader_list)| (format!("asked-{name}"), page(requested(None), reader_list)))
        .collect();
    for (name, failure, reader_list) in [
        ("pulled", ReadFailure::Removed(PinState::NotPresented), Ok(vec![])),
        ("card-in-use", ReadFailure::InUse, one_card()),
        ("card-gone", ReadFailure::NoCard, one_card()),
        ("card-changed", ReadFailure::Changed, one_card()),
        ("card-mute", ReadFailure::Mute, one_card()),
        ("reader-lost", ReadFailure::ReaderLost(PinState::NotPresented), Err(NoReaderService)),
        ("reader-lost-at-pin", ReadFailure::ReaderLost(PinState::Unanswered), Ok(vec![])),
    ] {
        views.push((name.to_owned(), page(requested(Some(failure)), reader_list)));
    }
    let several = Ok(vec![reader_with_card(READER, 1), reader_with_card(OTHER_READER, 3)]);
    let none_chosen =
        session::SessionPage { problem: Some(session::SessionProblem::NoCard), ..page(requested(None), several) };
    views.push(("no-card-chosen".to_owned(), none_chosen));
    let inserted = || CardId::from_reader(READER.as_bytes(), 1);
    let pin = |token, tries_left, retry_reason| pin_stage(inserted(), token, tries_left, retry_reason);
    views.push(("pin".to_owned(), page(pin(TokenLabel::Plastic, 3, None), one_card())));
    views.push(("pin-wrong".to_owned(), page(pin(TokenLabel::Plastic, 2, Some(PinRetryReason::Wrong)), one_card())));
    views.push(("pin-of-a-phone".to_owned(), page(pin(TokenLabel::Android, 3, None), one_card())));
    views.push(("pin-card-gone".to_owned(), page(pin(TokenLabel::Plastic, 3, None), Ok(vec![]))));
    views
}

fn session_page(stage: SessionStage, device: Device, open_method: OpenMethod) -> session::SessionPage {
    let session = AuthenticationSession {
        id: Id::new(timestamp(0), &Randomness::repeatable("visit")),
        version: 1,
        ends: timestamp(300),
        claim: Claim { ticket: token(), device, open_method },
        reception: reception().origin,
        stage,
    };
    session::SessionPage {
        session,
        reception: reception(),
        cards: session::AvailableCards::Virtual { cards: cards(), preselected: Some(card("hanako")) },
        now: timestamp(70),
        problem: None,
    }
}

fn timestamp(seconds: i64) -> Timestamp {
    // 2026-11-20 in Japan
    Timestamp::from_seconds(1_795_132_800 + seconds)
}

fn token() -> Token {
    Token::new(&Randomness::repeatable("sample"))
}

fn card(name: &str) -> crate::CardId {
    // The names in this file are valid ids.
    name.parse().expect("a card's name")
}

fn cards() -> Vec<CardSummary> {
    let summary =
        |id, label: (&'static str, &'static str), note: (&'static str, &'static str), tries_left| CardSummary {
            id: card(id),
            label: Text::from_static(label.0, label.1),
            note: Text::from_static(note.0, note.1),
            tries_left,
        };
    vec![
        summary("hanako", ("見本 花子", "Hanako Mihon"), ("有効なカード", "A valid card"), 3),
        summary("taro", ("見本 太郎", "Taro Mihon"), ("暗証番号がロックされている", "Its PIN is locked"), 0),
        summary("ichi", ("見本 ●一", "●ichi Mihon"), ("電子証明書の期限切れ", "Its certificate has expired"), 3),
    ]
}

fn reception() -> KnownReception {
    KnownReception {
        name: Text::from_static("マイナ在宅受付Web（模擬）", "マイナ在宅受付Web (simulated)"),
        // The origin of the demo.
        origin: origin("http://reception.localhost:8400"),
    }
}

fn origin(text: &str) -> Origin {
    // The origins in this file are valid.
    text.parse().expect("an origin")
}

fn request() -> AuthenticationRequest {
    AuthenticationRequest {
        purpose: Purpose::Register {
            institution: "見本内科クリニック".to_owned(),
            visit_date: Some(base::parse_date("2026-11-24").expect("a date")),
        },
        nonce: [7; 32],
        browser: "Chrome / Android".to_owned(),
        started_at: timestamp(0),
        expires_at: timestamp(300),
    }
}

fn response() -> AuthenticationResponse {
    AuthenticationResponse { ticket: token(), certificate: vec![0x30], signature: vec![1] }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_sample_has_a_name_of_its_own_and_says_that_it_is_a_simulation() {
        for (language, text) in [(Language::Japanese, "模擬環境"), (Language::English, "Simulation")] {
            let pages = samples(language);
            let names: BTreeSet<_> = pages.iter().map(|(name, _)| name).collect();
            assert_eq!(names.len(), pages.len());
            for (name, page) in &pages {
                assert!(page.0.contains(text), "{name}");
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
            let has_secret = page.0.contains(&token().reveal());
            let allowed = [
                "open/link",
                "open/scan",
                "open/several-receptions",
                "open/no-reception-chosen",
                "store/ticket-waits",
                "visit/unopened",
                "visit/answered",
                "visit/answered-code-or-number",
            ];
            assert_eq!(has_secret, allowed.contains(&name.as_str()), "{name}");
        }
    }
}
