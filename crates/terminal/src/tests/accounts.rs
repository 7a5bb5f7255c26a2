use base::{InstitutionCode, Randomness, Span, Token};
use database::test_database::{self, TestDatabase};

use crate::{
    MIGRATIONS, Role,
    pages::fixtures,
    store::{
        Store,
        account::{Account, Password, SignInContext, SignInOutcome},
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

/// A browser that is new, from nowhere that is known.
fn sign_in_context<'a>(before: &'a Token, after: &'a Token) -> SignInContext<'a> {
    SignInContext { old_secret: before, new_secret: after, device: None, new_device: after, peer: None }
}

async fn hash_password(text: &str) -> Password {
    Password::hash(text, &Randomness::repeatable("password")).await.unwrap()
}

#[tokio::test]
async fn who_knows_the_password_signs_in_until_the_day_is_over() {
    let (now, right) = (fixtures::now(), hash_password("right password").await);
    for (store, trial) in each_store() {
        store.add_account(fixtures::institution(), Role::Staff, &right, now).await.unwrap();
        let (before, after) = (new_token(), new_token());
        let account = account(Role::Staff);
        assert_eq!(
            store.sign_in(account, "wrong password", sign_in_context(&before, &after), now).await.unwrap(),
            SignInOutcome::WrongCredentials
        );
        assert_eq!(store.find_signed_in_account(after.digest(), now).await.unwrap(), None);
        assert_eq!(
            store.sign_in(account, "right password", sign_in_context(&before, &after), now).await.unwrap(),
            SignInOutcome::SignedIn
        );
        assert_eq!(store.find_signed_in_account(after.digest(), now).await.unwrap(), Some(account), "{}", trial.engine);
        assert_eq!(store.find_signed_in_account(before.digest(), now).await.unwrap(), None);
        let night = now.plus(Span::from_hours(12));
        assert_eq!(store.find_signed_in_account(after.digest(), night).await.unwrap(), None);
        store.sign_out(after.digest()).await.unwrap();
        assert_eq!(store.find_signed_in_account(after.digest(), now).await.unwrap(), None);
    }
}

#[tokio::test]
async fn one_account_is_not_another() {
    let (now, right) = (fixtures::now(), hash_password("right password").await);
    let other = InstitutionCode::from_parts(fixtures::institution().prefecture(), base::ScoreTable::Medical, 777_777);
    for (store, _trial) in each_store() {
        store.add_account(fixtures::institution(), Role::Staff, &right, now).await.unwrap();
        for account in [account(Role::MedicalViewer), Account { institution: other, role: Role::Staff }] {
            let tokens = (new_token(), new_token());
            let outcome =
                store.sign_in(account, "right password", sign_in_context(&tokens.0, &tokens.1), now).await.unwrap();
            assert_eq!(outcome, SignInOutcome::WrongCredentials);
        }
    }
}

#[tokio::test]
async fn after_eight_misses_the_right_password_waits_too() {
    let (now, right) = (fixtures::now(), hash_password("right password").await);
    for (store, trial) in each_store() {
        store.add_account(fixtures::institution(), Role::Staff, &right, now).await.unwrap();
        let at = async |password: &str, when| {
            store.sign_in(account(Role::Staff), password, sign_in_context(&new_token(), &new_token()), when).await
        };
        for _ in 0..8 {
            assert_eq!(at("wrong password", now).await.unwrap(), SignInOutcome::WrongCredentials);
        }
        let again_at = now.plus(Span::from_mins(15));
        assert_eq!(
            at("right password", now).await.unwrap(),
            SignInOutcome::TooManyAttempts { retry_at: again_at },
            "{}",
            trial.engine
        );
        assert_eq!(at("right password", again_at).await.unwrap(), SignInOutcome::SignedIn);
        assert_eq!(at("right password", again_at).await.unwrap(), SignInOutcome::SignedIn);
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
        let (before, after) = (new_token(), new_token());
        let account = account(Role::Staff);
        assert_eq!(
            store.sign_in(account, "first password", sign_in_context(&before, &after), now).await.unwrap(),
            SignInOutcome::SignedIn
        );
        store.set_password(code, Role::Staff, &second, now).await.unwrap();
        assert_eq!(store.find_signed_in_account(after.digest(), now).await.unwrap(), None);
        assert_eq!(
            store.sign_in(account, "first password", sign_in_context(&before, &after), now).await.unwrap(),
            SignInOutcome::WrongCredentials
        );
        assert_eq!(
            store.sign_in(account, "second password", sign_in_context(&before, &after), now).await.unwrap(),
            SignInOutcome::SignedIn
        );
    }
}

#[tokio::test]
async fn a_password_has_ten_characters() {
    assert!(Password::hash("123456789", &Randomness::system()).await.is_err());
    assert!(Password::hash("１２３４５６７８９０", &Randomness::system()).await.is_ok());
}

#[tokio::test]
async fn a_browser_that_was_signed_in_before_is_not_kept_out_by_others_misses() {
    let (now, right) = (fixtures::now(), hash_password("right password").await);
    for (store, trial) in each_store() {
        store.add_account(fixtures::institution(), Role::Staff, &right, now).await.unwrap();
        let known = new_token();
        let at = async |device: Option<&Token>, password: &str| {
            let (before, after) = (new_token(), new_token());
            let signing_in = SignInContext { device, new_device: &known, ..sign_in_context(&before, &after) };
            store.sign_in(account(Role::Staff), password, signing_in, now).await.unwrap()
        };
        assert_eq!(at(None, "right password").await, SignInOutcome::SignedIn);
        for _ in 0..9 {
            at(None, "wrong password").await;
        }
        assert!(matches!(at(None, "right password").await, SignInOutcome::TooManyAttempts { .. }), "{}", trial.engine);
        assert_eq!(at(Some(&known), "right password").await, SignInOutcome::SignedIn, "{}", trial.engine);
    }
}
