//! Tests of the accounts of a desk, on every engine.

use accounts::attempts;
use base::{InstitutionCode, Span, Timestamp, Token};
use database::{Error, test_database};
use web::{Peer, session};

use crate::{
    clinic::{
        rules::staff_role::StaffRole,
        store::{
            sessions::SessionOwner,
            staff::{
                AddStaffError, NewStaffMember, PasswordChange, SESSION_LIFETIME, SignInClient, StaffId, StaffMember,
                StaffSignIn,
            },
        },
    },
    directory,
    mail::rules::address::MailAddress,
    store::{Store, schema::MIGRATIONS},
    tests::stores::add_institution,
};

fn now() -> Timestamp {
    "2026-11-24T08:00:00+09:00".parse().unwrap()
}

async fn stores() -> Vec<(test_database::TestDatabase, Store, InstitutionCode)> {
    let mut stores = Vec::new();
    for trial in test_database::open_on_each_engine("consult", MIGRATIONS) {
        let store = Store::for_tests(trial.database.clone());
        let code = add_institution(&store, directory::samples::offers().remove(0)).await;
        stores.push((trial, store, code));
    }
    stores
}

const PASSWORD: &str = "correct horse battery";

fn mail() -> MailAddress {
    "desk@example.jp".parse().unwrap()
}

async fn add_staff(store: &Store, institution: InstitutionCode, password: &str) -> Result<StaffId, AddStaffError> {
    let new = NewStaffMember { institution, mail: "desk@example.jp", name: "受付", role: StaffRole::Desk };
    store.add_staff(new, password, now()).await
}

async fn sign_in(store: &Store, password: &str, now: Timestamp) -> (StaffSignIn, Token) {
    let (before, after) = (Token::new(&store.randomness), Token::new(&store.randomness));
    let tokens = (&before, &after, &Token::new(&store.randomness));
    (store.sign_in_staff((&mail(), password), SignInClient::default(), tokens, now).await.unwrap(), after)
}

#[tokio::test]
async fn a_desk_signs_in_and_out_with_its_password() {
    for (trial, store, code) in stores().await {
        add_staff(&store, code, PASSWORD).await.unwrap();
        let (signed, browser) = sign_in(&store, PASSWORD, now()).await;
        assert_eq!(signed, StaffSignIn::Done, "{}", trial.engine);
        let staff =
            store.find_signed_in_staff(browser.digest(), now()).await.unwrap().expect("a staff member is signed in");
        assert_eq!((staff.institution, staff.name.as_str()), (code, "受付"));
        let tomorrow = now().plus(Span::from_hours(13));
        assert_eq!(
            store.find_signed_in_staff(browser.digest(), tomorrow).await.unwrap(),
            None,
            "a working day is over"
        );
        let next = Token::new(&store.randomness);
        store.sign_out_staff(&browser, &next).await.unwrap();
        assert_eq!(store.find_signed_in_staff(browser.digest(), now()).await.unwrap(), None);
        assert_eq!(store.find_signed_in_staff(next.digest(), now()).await.unwrap(), None);
    }
}

#[tokio::test]
async fn an_ended_account_is_out_at_once() {
    for (_trial, store, code) in stores().await {
        add_staff(&store, code, PASSWORD).await.unwrap();
        let (_, browser) = sign_in(&store, PASSWORD, now()).await;
        assert!(store.deactivate_staff(&mail()).await.unwrap());
        assert!(!store.deactivate_staff(&mail()).await.unwrap());
        assert_eq!(store.find_signed_in_staff(browser.digest(), now()).await.unwrap(), None);
        assert_eq!(sign_in(&store, PASSWORD, now()).await.0, StaffSignIn::WrongCredentials);
    }
}

#[tokio::test]
async fn passwords_are_tried_a_few_times_only() {
    for (trial, store, code) in stores().await {
        add_staff(&store, code, PASSWORD).await.unwrap();
        for _ in 0..attempts::MOST_MISSES {
            assert_eq!(sign_in(&store, "wrong", now()).await.0, StaffSignIn::WrongCredentials, "{}", trial.engine);
        }
        assert_eq!(sign_in(&store, PASSWORD, now()).await.0, StaffSignIn::TooManyAttempts, "{}", trial.engine);
        assert_eq!(
            sign_in(&store, PASSWORD, now().plus(attempts::WINDOW)).await.0,
            StaffSignIn::Done,
            "{}",
            trial.engine
        );
    }
}

#[tokio::test]
async fn accounts_that_cannot_be_are_not_made() {
    for (_trial, store, code) in stores().await {
        let add = async |code, password: &str| add_staff(&store, code, password).await;
        assert!(matches!(add(code, "short").await, Err(AddStaffError::ShortPassword(_))));
        let elsewhere = directory::samples::institutions()[2].code;
        assert!(matches!(add(elsewhere, PASSWORD).await, Err(AddStaffError::NoInstitution(_))));
        assert!(add(code, PASSWORD).await.is_ok());
        assert!(matches!(add(code, PASSWORD).await, Err(AddStaffError::AddressTaken)));
    }
}

#[tokio::test]
async fn patient_and_desk_share_a_browser_without_meeting() {
    for (trial, store, code) in stores().await {
        add_staff(&store, code, PASSWORD).await.unwrap();
        let (account, next) = (Token::new(&store.randomness), Token::new(&store.randomness));
        let browser = account.digest();
        store
            .database
            .write(move |transaction| session::begin(transaction, browser, "patient:x", now(), SESSION_LIFETIME))
            .await
            .unwrap_or_else(|error: Error| panic!("{error}"));
        let tokens = (&account, &next, &Token::new(&store.randomness));
        store.sign_in_staff((&mail(), PASSWORD), SignInClient::default(), tokens, now()).await.unwrap();
        let browser = next.digest();
        let subject: Option<String> = store
            .database
            .read(move |transaction| session::find_subject(transaction, browser, now()))
            .await
            .unwrap_or_else(|error: Error| panic!("{error}"));
        assert_eq!(subject.as_deref(), Some("patient:x"), "{}", trial.engine);
        assert!(store.find_signed_in_staff(next.digest(), now()).await.unwrap().is_some());
        assert!(
            store.find_signed_in_staff(account.digest(), now()).await.unwrap().is_none(),
            "the old secret is worth nothing"
        );
    }
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it_and_every_other_browser_is_out() {
    for (trial, store, code) in stores().await {
        add_staff(&store, code, PASSWORD).await.unwrap();
        let (_, browser) = sign_in(&store, PASSWORD, now()).await;
        let (_, elsewhere) = sign_in(&store, PASSWORD, now()).await;
        let staff = store.find_signed_in_staff(browser.digest(), now()).await.unwrap().expect("signed in");
        let change = async |current: &str, new: &str| {
            let client = SignInClient::default();
            store.change_password(staff.clone(), (current, new), client, browser.digest(), now()).await.unwrap()
        };
        assert_eq!(change("wrong", "another long one").await, PasswordChange::WrongPassword, "{}", trial.engine);
        assert_eq!(change(PASSWORD, "short").await, PasswordChange::TooShort, "{}", trial.engine);
        assert!(store.find_signed_in_staff(elsewhere.digest(), now()).await.unwrap().is_some(), "{}", trial.engine);
        assert_eq!(change(PASSWORD, "another long one").await, PasswordChange::Done, "{}", trial.engine);
        assert!(store.find_signed_in_staff(browser.digest(), now()).await.unwrap().is_some(), "{}", trial.engine);
        assert!(store.find_signed_in_staff(elsewhere.digest(), now()).await.unwrap().is_none(), "{}", trial.engine);
        assert_eq!(sign_in(&store, PASSWORD, now()).await.0, StaffSignIn::WrongCredentials, "{}", trial.engine);
        let (signed, elsewhere) = sign_in(&store, "another long one", now()).await;
        assert_eq!(signed, StaffSignIn::Done, "{}", trial.engine);
        store.end_other_staff_sessions(staff.clone(), browser.digest()).await.unwrap();
        assert!(store.find_signed_in_staff(elsewhere.digest(), now()).await.unwrap().is_none(), "{}", trial.engine);
        assert!(store.find_signed_in_staff(browser.digest(), now()).await.unwrap().is_some(), "{}", trial.engine);
    }
}

#[tokio::test]
async fn strangers_keep_no_desk_out_and_its_owner_is_told_once() {
    for (trial, store, code) in stores().await {
        add_staff(&store, code, PASSWORD).await.unwrap();
        let (known_device, address) = (Token::new(&store.randomness), mail());
        let try_from = async |device: Option<&Token>, last: u8, password: &str| {
            let client = SignInClient { device, peer: Some(Peer::new([192, 0, 2, last].into())) };
            let (before, after) = (Token::new(&store.randomness), Token::new(&store.randomness));
            let tokens = (&before, &after, &known_device);
            store.sign_in_staff((&address, password), client, tokens, now()).await.unwrap()
        };
        assert_eq!(try_from(None, 1, PASSWORD).await, StaffSignIn::Done, "{}", trial.engine);
        for last in 10..15 {
            for _ in 0..attempts::MOST_MISSES {
                try_from(None, last, "wrong").await;
            }
        }
        assert_eq!(try_from(None, 20, PASSWORD).await, StaffSignIn::TooManyAttempts, "a browser that is new waits");
        assert_eq!(
            try_from(Some(&known_device), 1, PASSWORD).await,
            StaffSignIn::Done,
            "one that was here before goes on"
        );
        let letters = store.list_outbox().await.unwrap();
        assert_eq!(letters.len(), 1, "{}", trial.engine);
        assert_eq!(letters[0].letter.to, "desk@example.jp");
        assert!(letters[0].letter.body.contains("https://consult.example.jp/desk/sign-in"));
    }
}

#[tokio::test]
async fn a_clinics_terminal_signs_in_at_the_door_while_strangers_try() {
    for (trial, store, code) in stores().await {
        add_staff(&store, code, PASSWORD).await.unwrap();
        let (clinic, address) = (Some(Peer::new([198, 51, 100, 7].into())), mail());
        let open = async |peer, password: &str| {
            store.sign_in_program(&address, password, peer, &Token::new(&store.randomness), now()).await.unwrap()
        };
        assert_eq!(open(clinic, PASSWORD).await, StaffSignIn::Done);
        for last in 10..15 {
            for _ in 0..attempts::MOST_MISSES {
                open(Some(Peer::new([192, 0, 2, last].into())), "wrong").await;
            }
        }
        assert_eq!(
            open(Some(Peer::new([192, 0, 2, 20].into())), PASSWORD).await,
            StaffSignIn::TooManyAttempts,
            "{}",
            trial.engine
        );
        assert_eq!(open(clinic, PASSWORD).await, StaffSignIn::Done, "{}", trial.engine);
    }
}

#[tokio::test]
async fn each_session_is_listed_and_ended_by_its_account_alone() {
    for (trial, store, code) in stores().await {
        add_staff(&store, code, PASSWORD).await.unwrap();
        let (_, browser) = sign_in(&store, PASSWORD, now()).await;
        let (_, elsewhere) = sign_in(&store, PASSWORD, now()).await;
        let staff = store.find_signed_in_staff(browser.digest(), now()).await.unwrap().expect("signed in");
        let sessions = store.list_staff_sessions(&staff, browser.digest(), now()).await.unwrap();
        let other = sessions.iter().find(|session| session.owner == SessionOwner::Another).expect("the other");
        let own = sessions.iter().find(|session| session.owner == SessionOwner::ThisBrowser).expect("the own");
        assert_eq!((sessions.len(), own.entry.used_on), (2, Some(now().japan_date())), "{}", trial.engine);
        let stranger = StaffMember { id: StaffId::new(now(), &store.randomness), ..staff.clone() };
        store.end_staff_session(&stranger, other.name.clone(), now()).await.unwrap();
        assert!(store.find_signed_in_staff(elsewhere.digest(), now()).await.unwrap().is_some(), "{}", trial.engine);
        store.end_staff_session(&staff, other.name.clone(), now()).await.unwrap();
        assert!(store.find_signed_in_staff(elsewhere.digest(), now()).await.unwrap().is_none(), "{}", trial.engine);
        assert!(store.find_signed_in_staff(browser.digest(), now()).await.unwrap().is_some(), "{}", trial.engine);
    }
}
