use database::trial;

use super::*;
use crate::store::test_store::add_institution;
use crate::{MIGRATIONS, pages::specimen};

fn now() -> Timestamp {
    "2026-11-24T08:00:00+09:00".parse().unwrap()
}

async fn stores() -> Vec<(trial::Trial, Store, InstitutionCode)> {
    let mut stores = Vec::new();
    for trial in trial::each("consult", MIGRATIONS) {
        let store = Store::for_tests(trial.database.clone());
        let code = add_institution(&store, specimen::offers().remove(0)).await;
        stores.push((trial, store, code));
    }
    stores
}

const PASSWORD: &str = "correct horse battery";

fn mail() -> MailAddress {
    "desk@example.jp".parse().unwrap()
}

async fn sign_in(store: &Store, password: &str, now: Timestamp) -> (SignIn, Token) {
    let (before, after) = (Token::new(&store.randomness), Token::new(&store.randomness));
    let tokens = (&before, &after, &Token::new(&store.randomness));
    (store.sign_in_staff((&mail(), password), Attempter::default(), tokens, now).await.unwrap(), after)
}

#[tokio::test]
async fn a_desk_signs_in_and_out_with_its_password() {
    for (trial, store, code) in stores().await {
        store.add_staff(code, &mail(), "受付", PASSWORD, now()).await.unwrap();
        let (signed, browser) = sign_in(&store, PASSWORD, now()).await;
        assert_eq!(signed, SignIn::Done, "{}", trial.engine);
        let staff = store.staff(browser.digest(), now()).await.unwrap().expect("she is signed in");
        assert_eq!((staff.institution, staff.name.as_str()), (code, "受付"));
        let tomorrow = now().plus(Span::from_hours(13));
        assert_eq!(store.staff(browser.digest(), tomorrow).await.unwrap(), None, "a working day is over");
        let next = Token::new(&store.randomness);
        store.sign_out_staff(&browser, &next).await.unwrap();
        assert_eq!(store.staff(browser.digest(), now()).await.unwrap(), None);
        assert_eq!(store.staff(next.digest(), now()).await.unwrap(), None);
    }
}

#[tokio::test]
async fn an_ended_account_is_out_at_once() {
    for (_trial, store, code) in stores().await {
        store.add_staff(code, &mail(), "受付", PASSWORD, now()).await.unwrap();
        let (_, browser) = sign_in(&store, PASSWORD, now()).await;
        assert!(store.end_staff(&mail()).await.unwrap());
        assert!(!store.end_staff(&mail()).await.unwrap());
        assert_eq!(store.staff(browser.digest(), now()).await.unwrap(), None);
        assert_eq!(sign_in(&store, PASSWORD, now()).await.0, SignIn::Wrong);
    }
}

#[tokio::test]
async fn passwords_are_tried_a_few_times_only() {
    for (trial, store, code) in stores().await {
        store.add_staff(code, &mail(), "受付", PASSWORD, now()).await.unwrap();
        for _ in 0..attempts::MOST_MISSES {
            assert_eq!(sign_in(&store, "wrong", now()).await.0, SignIn::Wrong, "{}", trial.engine);
        }
        assert_eq!(sign_in(&store, PASSWORD, now()).await.0, SignIn::TooMany, "{}", trial.engine);
        assert_eq!(sign_in(&store, PASSWORD, now().plus(attempts::WINDOW)).await.0, SignIn::Done, "{}", trial.engine);
    }
}

#[tokio::test]
async fn accounts_that_cannot_be_are_not_made() {
    for (_trial, store, code) in stores().await {
        let add = async |code, password: &str| store.add_staff(code, &mail(), "受付", password, now()).await;
        assert!(matches!(add(code, "short").await, Err(NotAdded::ShortPassword)));
        let elsewhere = specimen::institutions()[2].code;
        assert!(matches!(add(elsewhere, PASSWORD).await, Err(NotAdded::NoInstitution(_))));
        assert!(add(code, PASSWORD).await.is_ok());
        assert!(matches!(add(code, PASSWORD).await, Err(NotAdded::AddressTaken)));
    }
}

#[tokio::test]
async fn patient_and_desk_share_a_browser_without_meeting() {
    for (trial, store, code) in stores().await {
        store.add_staff(code, &mail(), "受付", PASSWORD, now()).await.unwrap();
        let (patient, both) = (Token::new(&store.randomness), Token::new(&store.randomness));
        let browser = patient.digest();
        store
            .database
            .write(move |transaction| session::begin(transaction, browser, "patient:x", now(), SESSION))
            .await
            .unwrap_or_else(|error: Error| panic!("{error}"));
        let tokens = (&patient, &both, &Token::new(&store.randomness));
        store.sign_in_staff((&mail(), PASSWORD), Attempter::default(), tokens, now()).await.unwrap();
        let browser = both.digest();
        let subject: Option<String> = store
            .database
            .read(move |transaction| session::subject(transaction, browser, now()))
            .await
            .unwrap_or_else(|error: Error| panic!("{error}"));
        assert_eq!(subject.as_deref(), Some("patient:x"), "{}", trial.engine);
        assert!(store.staff(both.digest(), now()).await.unwrap().is_some());
        assert!(store.staff(patient.digest(), now()).await.unwrap().is_none(), "the old secret is worth nothing");
    }
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it_and_every_other_browser_is_out() {
    for (trial, store, code) in stores().await {
        store.add_staff(code, &mail(), "受付", PASSWORD, now()).await.unwrap();
        let (_, here) = sign_in(&store, PASSWORD, now()).await;
        let (_, elsewhere) = sign_in(&store, PASSWORD, now()).await;
        let staff = store.staff(here.digest(), now()).await.unwrap().expect("signed in");
        let change = async |current: &str, new: &str| {
            let attempter = Attempter::default();
            store.change_password(staff.clone(), (current, new), attempter, here.digest(), now()).await.unwrap()
        };
        assert_eq!(change("wrong", "another long one").await, PasswordChange::WrongPassword, "{}", trial.engine);
        assert_eq!(change(PASSWORD, "short").await, PasswordChange::TooShort, "{}", trial.engine);
        assert!(store.staff(elsewhere.digest(), now()).await.unwrap().is_some(), "{}", trial.engine);
        assert_eq!(change(PASSWORD, "another long one").await, PasswordChange::Done, "{}", trial.engine);
        assert!(store.staff(here.digest(), now()).await.unwrap().is_some(), "{}", trial.engine);
        assert!(store.staff(elsewhere.digest(), now()).await.unwrap().is_none(), "{}", trial.engine);
        assert_eq!(sign_in(&store, PASSWORD, now()).await.0, SignIn::Wrong, "{}", trial.engine);
        let (signed, elsewhere) = sign_in(&store, "another long one", now()).await;
        assert_eq!(signed, SignIn::Done, "{}", trial.engine);
        store.sign_out_elsewhere(staff.clone(), here.digest()).await.unwrap();
        assert!(store.staff(elsewhere.digest(), now()).await.unwrap().is_none(), "{}", trial.engine);
        assert!(store.staff(here.digest(), now()).await.unwrap().is_some(), "{}", trial.engine);
    }
}

#[tokio::test]
async fn strangers_keep_no_desk_out_and_its_owner_is_told_once() {
    for (trial, store, code) in stores().await {
        store.add_staff(code, &mail(), "受付", PASSWORD, now()).await.unwrap();
        let (known, address) = (Token::new(&store.randomness), mail());
        let try_from = async |device: Option<&Token>, last: u8, password: &str| {
            let attempter = Attempter { device, peer: Some(Peer::new([192, 0, 2, last].into())) };
            let (before, after) = (Token::new(&store.randomness), Token::new(&store.randomness));
            let tokens = (&before, &after, &known);
            store.sign_in_staff((&address, password), attempter, tokens, now()).await.unwrap()
        };
        assert_eq!(try_from(None, 1, PASSWORD).await, SignIn::Done, "{}", trial.engine);
        for last in 10..15 {
            for _ in 0..attempts::MOST_MISSES {
                try_from(None, last, "wrong").await;
            }
        }
        assert_eq!(try_from(None, 20, PASSWORD).await, SignIn::TooMany, "a browser that is new waits");
        assert_eq!(try_from(Some(&known), 1, PASSWORD).await, SignIn::Done, "one that was here before goes on");
        let letters = store.outbox().await.unwrap();
        assert_eq!(letters.len(), 1, "{}", trial.engine);
        assert_eq!(letters[0].letter.to, "desk@example.jp");
        assert!(letters[0].letter.body.contains("https://consult.example.jp/desk/sign-in"));
    }
}

#[tokio::test]
async fn a_clinics_terminal_signs_in_at_the_door_while_strangers_try() {
    for (trial, store, code) in stores().await {
        store.add_staff(code, &mail(), "受付", PASSWORD, now()).await.unwrap();
        let (clinic, address) = (Some(Peer::new([198, 51, 100, 7].into())), mail());
        let open = async |peer, password: &str| {
            store.open_door(&address, password, peer, &Token::new(&store.randomness), now()).await.unwrap()
        };
        assert_eq!(open(clinic, PASSWORD).await, SignIn::Done);
        for last in 10..15 {
            for _ in 0..attempts::MOST_MISSES {
                open(Some(Peer::new([192, 0, 2, last].into())), "wrong").await;
            }
        }
        assert_eq!(open(Some(Peer::new([192, 0, 2, 20].into())), PASSWORD).await, SignIn::TooMany, "{}", trial.engine);
        assert_eq!(open(clinic, PASSWORD).await, SignIn::Done, "{}", trial.engine);
    }
}
