use accounts::password::Password;
use base::{InstitutionCode, Randomness, Span, Token};
use database::test_database::{self, TestDatabase};
use http::StatusCode;

use super::store::{Account, SignInContext, SignInOutcome};
use crate::{
    MIGRATIONS, Role,
    samples::fixtures,
    store::Store,
    tests::{
        browser::{open_browser, open_terminal},
        fake_system::{FakeEligibilitySystem, ordinary_behaviour},
    },
};

fn each_store() -> Vec<(Store, TestDatabase)> {
    test_database::open_on_each_engine("terminal", MIGRATIONS)
        .into_iter()
        .map(|trial| (Store::new(trial.database.clone()), trial))
        .collect()
}

fn account(role: Role) -> Account {
    Account { institution: fixtures::institution(), role }
}

fn new_token() -> Token {
    Token::new(&Randomness::system())
}

/// A new browser without device cookie or network address.
fn sign_in_context<'a>(old_secret: &'a Token, new_secret: &'a Token) -> SignInContext<'a> {
    SignInContext { old_secret, new_secret, device: None, new_device: new_secret, peer: None }
}

async fn hash_password(text: &str) -> Password {
    Password::hash(text, &Randomness::repeatable("password")).await.unwrap()
}

#[tokio::test]
async fn who_knows_the_password_signs_in_until_the_day_is_over() {
    let (now, password) = (fixtures::now(), hash_password("right password").await);
    for (store, trial) in each_store() {
        store.add_account(fixtures::institution(), Role::Staff, &password, now).await.unwrap();
        let (old_secret, new_secret) = (new_token(), new_token());
        let account = account(Role::Staff);
        assert_eq!(
            store.sign_in(account, "wrong password", sign_in_context(&old_secret, &new_secret), now).await.unwrap(),
            SignInOutcome::WrongCredentials
        );
        assert_eq!(store.find_signed_in_account(new_secret.digest(), now).await.unwrap(), None);
        assert_eq!(
            store.sign_in(account, "right password", sign_in_context(&old_secret, &new_secret), now).await.unwrap(),
            SignInOutcome::SignedIn
        );
        assert_eq!(
            store.find_signed_in_account(new_secret.digest(), now).await.unwrap(),
            Some(account),
            "{}",
            trial.engine
        );
        assert_eq!(store.find_signed_in_account(old_secret.digest(), now).await.unwrap(), None);
        let night = now.plus(Span::from_hours(12));
        assert_eq!(store.find_signed_in_account(new_secret.digest(), night).await.unwrap(), None);
        store.sign_out(new_secret.digest()).await.unwrap();
        assert_eq!(store.find_signed_in_account(new_secret.digest(), now).await.unwrap(), None);
    }
}

#[tokio::test]
async fn one_account_is_not_another() {
    let (now, password) = (fixtures::now(), hash_password("right password").await);
    let other_institution =
        InstitutionCode::from_parts(fixtures::institution().prefecture(), base::ScoreTable::Medical, 777_777);
    for (store, _trial) in each_store() {
        store.add_account(fixtures::institution(), Role::Staff, &password, now).await.unwrap();
        for account in [account(Role::MedicalViewer), Account { institution: other_institution, role: Role::Staff }] {
            let tokens = (new_token(), new_token());
            let outcome =
                store.sign_in(account, "right password", sign_in_context(&tokens.0, &tokens.1), now).await.unwrap();
            assert_eq!(outcome, SignInOutcome::WrongCredentials);
        }
    }
}

#[tokio::test]
async fn after_eight_misses_the_right_password_waits_too() {
    let (now, password) = (fixtures::now(), hash_password("right password").await);
    for (store, trial) in each_store() {
        store.add_account(fixtures::institution(), Role::Staff, &password, now).await.unwrap();
        let sign_in = async |password: &str, time| {
            store.sign_in(account(Role::Staff), password, sign_in_context(&new_token(), &new_token()), time).await
        };
        for _ in 0..8 {
            assert_eq!(sign_in("wrong password", now).await.unwrap(), SignInOutcome::WrongCredentials);
        }
        let retry_at = now.plus(Span::from_mins(15));
        assert_eq!(
            sign_in("right password", now).await.unwrap(),
            SignInOutcome::TooManyAttempts { retry_at },
            "{}",
            trial.engine
        );
        assert_eq!(sign_in("right password", retry_at).await.unwrap(), SignInOutcome::SignedIn);
        assert_eq!(sign_in("right password", retry_at).await.unwrap(), SignInOutcome::SignedIn);
    }
}

#[tokio::test]
async fn an_account_keeps_its_password_until_it_is_changed_which_signs_out() {
    let now = fixtures::now();
    let (first, second) = (hash_password("first password").await, hash_password("second password").await);
    for (store, _trial) in each_store() {
        let code = fixtures::institution();
        store.add_account(code, Role::Staff, &first, now).await.unwrap();
        store.add_account(code, Role::Staff, &second, now).await.unwrap();
        assert_eq!(store.list_accounts().await.unwrap(), [(code, Role::Staff)]);
        let (old_secret, new_secret) = (new_token(), new_token());
        let account = account(Role::Staff);
        assert_eq!(
            store.sign_in(account, "first password", sign_in_context(&old_secret, &new_secret), now).await.unwrap(),
            SignInOutcome::SignedIn
        );
        store.set_password(code, Role::Staff, &second, now).await.unwrap();
        assert_eq!(store.find_signed_in_account(new_secret.digest(), now).await.unwrap(), None);
        assert_eq!(
            store.sign_in(account, "first password", sign_in_context(&old_secret, &new_secret), now).await.unwrap(),
            SignInOutcome::WrongCredentials
        );
        assert_eq!(
            store.sign_in(account, "second password", sign_in_context(&old_secret, &new_secret), now).await.unwrap(),
            SignInOutcome::SignedIn
        );
    }
}

#[tokio::test]
async fn a_browser_that_was_signed_in_before_is_not_kept_out_by_others_misses() {
    let (now, password) = (fixtures::now(), hash_password("right password").await);
    for (store, trial) in each_store() {
        store.add_account(fixtures::institution(), Role::Staff, &password, now).await.unwrap();
        let known_device = new_token();
        let sign_in = async |device: Option<&Token>, password: &str| {
            let (old_secret, new_secret) = (new_token(), new_token());
            let context =
                SignInContext { device, new_device: &known_device, ..sign_in_context(&old_secret, &new_secret) };
            store.sign_in(account(Role::Staff), password, context, now).await.unwrap()
        };
        assert_eq!(sign_in(None, "right password").await, SignInOutcome::SignedIn);
        for _ in 0..9 {
            sign_in(None, "wrong password").await;
        }
        assert!(
            matches!(sign_in(None, "right password").await, SignInOutcome::TooManyAttempts { .. }),
            "{}",
            trial.engine
        );
        assert_eq!(sign_in(Some(&known_device), "right password").await, SignInOutcome::SignedIn, "{}", trial.engine);
    }
}

#[tokio::test]
async fn a_wrong_password_says_so_and_too_many_say_until_when() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(Vec::new())).await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut browser = open_browser(&terminal);
    let page = browser.get("/sign-in").await;
    let code = fixtures::institution().to_string();
    let fields = [("institution", code.as_str()), ("role", "staff"), ("password", "not the password")];
    for _ in 0..8 {
        let response = browser.submit_form(&page, "/sign-in", &fields).await;
        assert_eq!(response.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(response.body.contains("アカウントまたはパスワードが違います"));
        assert!(!response.body.contains("not the password"));
    }
    let response = browser.submit_form(&page, "/sign-in", &fields).await;
    assert_eq!(response.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(response.body.contains("2026年11月24日（火） 9:45までログインできません"));
    let response = browser.submit_form(&page, "/sign-in", &[("institution", "0000000000")]).await;
    assert_eq!(response.status, StatusCode::UNPROCESSABLE_ENTITY);
    let response = browser.submit_form(&page, "/sign-in", &[("institution", code.as_str()), ("role", "root")]).await;
    assert_eq!(response.status, StatusCode::UNPROCESSABLE_ENTITY);
}
