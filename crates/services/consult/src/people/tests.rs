//! Tests of signing in, on every engine.

mod journey;

use base::Token;
use text::Language;
use web::Peer;

use super::{
    rules::sign_in::{LIMIT_PER_ADDRESS, MAX_CODE_TRIES},
    store::{CodeRequester, NewAccount, PatientSignIn},
};
use crate::{
    limits::Limits,
    mail::rules::address::MailAddress,
    refusal::Refusal,
    store::Store,
    tests::stores::{minutes_later, new_account, now, read_mailed_code, stores},
};

#[tokio::test]
async fn a_code_signs_in_once_in_its_own_browser() {
    for (engine, store, _trial) in stores() {
        let (browser, next) = (Token::new(&store.randomness), Token::new(&store.randomness));
        let address: MailAddress = "a@example.jp".parse().expect("an address");
        let send = |code: &str| {
            store.send_code(
                browser.clone(),
                address.clone(),
                code.into(),
                "/x".into(),
                Language::Japanese,
                now(),
                CodeRequester::default(),
            )
        };
        let attempt = |token: &Token, code: &str| {
            store.try_code(token.clone(), next.clone(), code.into(), new_account(Language::Japanese), minutes_later(1))
        };
        send("012345").await.expect("sent");
        assert_eq!(read_mailed_code(&store).await, "012345", "{engine}");
        assert_eq!(
            attempt(&Token::new(&store.randomness), "012345").await.expect("tried"),
            PatientSignIn::CodeUnusable,
            "{engine}"
        );
        assert_eq!(
            attempt(&browser, "999999").await.expect("tried"),
            PatientSignIn::WrongCode { tries_left: MAX_CODE_TRIES - 1 },
            "{engine}"
        );
        let outcome = attempt(&browser, "012345").await.expect("tried");
        assert!(matches!(&outcome, PatientSignIn::Done { onward, .. } if onward == "/x"), "{engine}: {outcome:?}");
        assert_eq!(
            attempt(&browser, "012345").await.expect("tried"),
            PatientSignIn::CodeUnusable,
            "{engine}: once only"
        );
        assert!(
            store.find_signed_in_account(browser.digest(), now()).await.expect("read").is_none(),
            "{engine}: the old secret is nobody"
        );
        assert!(store.find_signed_in_account(next.digest(), now()).await.expect("read").is_some(), "{engine}");
    }
}

#[tokio::test]
async fn a_code_is_tried_five_times_and_asked_for_five_times() {
    for (engine, store, _trial) in stores() {
        let (browser, next) = (Token::new(&store.randomness), Token::new(&store.randomness));
        let address: MailAddress = "a@example.jp".parse().expect("an address");
        let send = |time| {
            store.send_code(
                browser.clone(),
                address.clone(),
                "012345".into(),
                "/".into(),
                Language::English,
                time,
                CodeRequester::default(),
            )
        };
        send(now()).await.expect("sent");
        let mut last_outcome = None;
        for _ in 0..MAX_CODE_TRIES {
            let attempt =
                store.try_code(browser.clone(), next.clone(), "999999".into(), new_account(Language::English), now());
            last_outcome = Some(attempt.await.expect("tried"));
        }
        assert_eq!(last_outcome, Some(PatientSignIn::CodeUnusable), "{engine}");
        let correct =
            store.try_code(browser.clone(), next.clone(), "012345".into(), new_account(Language::English), now());
        assert_eq!(correct.await.expect("tried"), PatientSignIn::CodeUnusable, "{engine}");
        for _ in 1..LIMIT_PER_ADDRESS.max {
            send(now()).await.expect("sent");
        }
        assert!(matches!(send(now()).await, Err(Refusal::TooManyCodes)), "{engine}");
        send(minutes_later(16)).await.expect("later it is possible again");
    }
}

/// Requests a code for `address`, with a new browser, from the network address 192.0.2.`peer`.
async fn request_code(store: &Store, address: &str, peer: u8, device: Option<&Token>) -> Result<Token, Refusal> {
    let browser = Token::new(&store.randomness);
    let requester =
        CodeRequester { device: device.map(Token::digest), peer: Some(Peer::new([192, 0, 2, peer].into())) };
    let address = address.parse().expect("an address");
    let result =
        store.send_code(browser.clone(), address, "012345".into(), "/".into(), Language::Japanese, now(), requester);
    result.await.map(|()| browser)
}

#[tokio::test]
async fn one_network_address_asks_for_its_share_of_codes() {
    for (engine, mut store, _trial) in stores() {
        store.limits = Limits { codes_per_peer: 3, ..Limits::default() };
        let request = |number: u8, peer| {
            let store = &store;
            async move { request_code(store, &format!("a{number}@example.jp"), peer, None).await }
        };
        for number in 0..3 {
            request(number, 1).await.expect("sent");
        }
        assert!(matches!(request(3, 1).await, Err(Refusal::TooManyCodes)), "{engine}");
        request(3, 2).await.expect("others go on");
    }
}

#[tokio::test]
async fn one_mailbox_is_one_however_it_is_written() {
    for (engine, store, _trial) in stores() {
        for peer in 0..u8::try_from(LIMIT_PER_ADDRESS.max).unwrap() {
            request_code(&store, &format!("flood+{peer}@example.jp"), peer, None).await.expect("sent");
        }
        let more = request_code(&store, "flood+more@example.jp", 100, None).await;
        assert!(matches!(more, Err(Refusal::TooManyCodes)), "{engine}");
    }
}

#[tokio::test]
async fn codes_are_braked_in_all() {
    for (engine, mut store, _trial) in stores() {
        store.limits = Limits { codes_per_minute: 2, ..Limits::default() };
        for peer in 0..2 {
            request_code(&store, &format!("a{peer}@example.jp"), peer, None).await.expect("sent");
        }
        let more = request_code(&store, "b@example.jp", 9, None).await;
        assert!(matches!(more, Err(Refusal::CodesBusy)), "{engine}");
    }
}

#[tokio::test]
async fn a_stranger_does_not_use_up_the_codes_of_a_browser_that_was_signed_in() {
    for (engine, store, _trial) in stores() {
        let (device, next) = (Token::new(&store.randomness), Token::new(&store.randomness));
        let browser = request_code(&store, "a@example.jp", 1, None).await.expect("sent");
        let new = NewAccount { device: device.digest(), ..new_account(Language::Japanese) };
        let outcome = store.try_code(browser, next, "012345".into(), new, now()).await;
        assert!(matches!(outcome, Ok(PatientSignIn::Done { .. })), "{engine}");
        for peer in 10..20 {
            let _ = request_code(&store, "a@example.jp", peer, None).await;
        }
        assert!(request_code(&store, "a@example.jp", 30, None).await.is_err(), "{engine}");
        for _ in 0..LIMIT_PER_ADDRESS.max {
            request_code(&store, "a@example.jp", 1, Some(&device)).await.expect("sent");
        }
        assert!(request_code(&store, "a@example.jp", 1, Some(&device)).await.is_err(), "{engine}: it has a limit too");
        let elsewhere = request_code(&store, "b@example.jp", 1, Some(&device)).await;
        elsewhere.expect("for another address it is one like others");
    }
}
