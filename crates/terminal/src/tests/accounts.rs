use base::{InstitutionCode, Randomness, Span, Token};
use database::trial::{self, Trial};

use crate::{
    MIGRATIONS, Role,
    pages::made_up,
    store::{
        Store,
        account::{Account, Password, SignIn, SigningIn},
    },
};

fn each() -> Vec<(Store, Trial)> {
    trial::each("terminal", MIGRATIONS).into_iter().map(|trial| (Store::on(trial.database.clone()), trial)).collect()
}

fn account(role: Role) -> Account {
    Account { institution: made_up::institution(), role }
}

fn token() -> Token {
    Token::new(&Randomness::system())
}

/// A browser that is new, from nowhere that is known.
fn signing_in<'a>(before: &'a Token, after: &'a Token) -> SigningIn<'a> {
    SigningIn { before, after, device: None, device_after: after, peer: None }
}

async fn password(text: &str) -> Password {
    Password::hash(text, &Randomness::repeatable("password")).await.unwrap()
}

#[tokio::test]
async fn who_knows_the_password_signs_in_until_the_day_is_over() {
    let (now, right) = (made_up::now(), password("right password").await);
    for (store, trial) in each() {
        store.add_account(made_up::institution(), Role::Staff, &right, now).await.unwrap();
        let (before, after) = (token(), token());
        let account = account(Role::Staff);
        assert_eq!(
            store.sign_in(account, "wrong password", signing_in(&before, &after), now).await.unwrap(),
            SignIn::Wrong
        );
        assert_eq!(store.signed_in(after.digest(), now).await.unwrap(), None);
        assert_eq!(
            store.sign_in(account, "right password", signing_in(&before, &after), now).await.unwrap(),
            SignIn::Done
        );
        assert_eq!(store.signed_in(after.digest(), now).await.unwrap(), Some(account), "{}", trial.engine);
        assert_eq!(store.signed_in(before.digest(), now).await.unwrap(), None);
        let night = now.plus(Span::from_hours(12));
        assert_eq!(store.signed_in(after.digest(), night).await.unwrap(), None);
        store.sign_out(after.digest()).await.unwrap();
        assert_eq!(store.signed_in(after.digest(), now).await.unwrap(), None);
    }
}

#[tokio::test]
async fn one_account_is_not_another() {
    let (now, right) = (made_up::now(), password("right password").await);
    let other = InstitutionCode::of(made_up::institution().prefecture(), base::ScoreTable::Medical, 777_777);
    for (store, _trial) in each() {
        store.add_account(made_up::institution(), Role::Staff, &right, now).await.unwrap();
        for account in [account(Role::MedicalViewer), Account { institution: other, role: Role::Staff }] {
            let tokens = (token(), token());
            let outcome =
                store.sign_in(account, "right password", signing_in(&tokens.0, &tokens.1), now).await.unwrap();
            assert_eq!(outcome, SignIn::Wrong);
        }
    }
}

#[tokio::test]
async fn after_eight_misses_the_right_password_waits_too() {
    let (now, right) = (made_up::now(), password("right password").await);
    for (store, trial) in each() {
        store.add_account(made_up::institution(), Role::Staff, &right, now).await.unwrap();
        let at = async |password: &str, when| {
            store.sign_in(account(Role::Staff), password, signing_in(&token(), &token()), when).await
        };
        for _ in 0..8 {
            assert_eq!(at("wrong password", now).await.unwrap(), SignIn::Wrong);
        }
        let again_at = now.plus(Span::from_mins(15));
        assert_eq!(at("right password", now).await.unwrap(), SignIn::TooMany { again_at }, "{}", trial.engine);
        assert_eq!(at("right password", again_at).await.unwrap(), SignIn::Done);
        assert_eq!(at("right password", again_at).await.unwrap(), SignIn::Done);
    }
}

#[tokio::test]
async fn an_account_keeps_its_password_until_it_is_changed_which_signs_out() {
    let now = made_up::now();
    let (first, second) = (password("first password").await, password("second password").await);
    for (store, _trial) in each() {
        let code = made_up::institution();
        store.add_account(code, Role::Staff, &first, now).await.unwrap();
        store.add_account(code, Role::Staff, &second, now).await.unwrap();
        assert_eq!(store.accounts().await.unwrap(), [(code, Role::Staff)]);
        let (before, after) = (token(), token());
        let account = account(Role::Staff);
        assert_eq!(
            store.sign_in(account, "first password", signing_in(&before, &after), now).await.unwrap(),
            SignIn::Done
        );
        store.set_password(code, Role::Staff, &second, now).await.unwrap();
        assert_eq!(store.signed_in(after.digest(), now).await.unwrap(), None);
        assert_eq!(
            store.sign_in(account, "first password", signing_in(&before, &after), now).await.unwrap(),
            SignIn::Wrong
        );
        assert_eq!(
            store.sign_in(account, "second password", signing_in(&before, &after), now).await.unwrap(),
            SignIn::Done
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
    let (now, right) = (made_up::now(), password("right password").await);
    for (store, trial) in each() {
        store.add_account(made_up::institution(), Role::Staff, &right, now).await.unwrap();
        let known = token();
        let at = async |device: Option<&Token>, password: &str| {
            let (before, after) = (token(), token());
            let signing_in = SigningIn { device, device_after: &known, ..signing_in(&before, &after) };
            store.sign_in(account(Role::Staff), password, signing_in, now).await.unwrap()
        };
        assert_eq!(at(None, "right password").await, SignIn::Done);
        for _ in 0..9 {
            at(None, "wrong password").await;
        }
        assert!(matches!(at(None, "right password").await, SignIn::TooMany { .. }), "{}", trial.engine);
        assert_eq!(at(Some(&known), "right password").await, SignIn::Done, "{}", trial.engine);
    }
}
