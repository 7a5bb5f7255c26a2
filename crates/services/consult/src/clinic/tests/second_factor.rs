//! The second factor of a clinic's accounts and passwords for programs, on every engine and over HTTP.

use accounts::{
    attempts,
    totp::{TotpSecret, TotpStep},
};
use base::{Span, Timestamp, Token};

use super::roles::add_member;
use crate::{
    clinic::{
        rules::{staff_change::StaffChange, staff_role::StaffRole},
        store::{
            program::ProgramPasswordChange,
            second_factor::{CodeSignIn, SecondFactor, SecondFactorChange},
            staff::{Manager, NewStaffMember, SignInClient, StaffMember, StaffSignIn},
            staff_list::StaffChangeOutcome,
        },
    },
    directory,
    store::Store,
    tests::{
        stores::{add_institution, now, stores},
        world::world,
    },
};

const PASSWORD: &str = "correct horse battery";
const MAIL: &str = "desk@example.jp";

/// The code that an app shows at a time.
fn app_code(secret: &TotpSecret, time: Timestamp) -> String {
    secret.compute_code(TotpStep(time.milliseconds() / 30_000))
}

async fn read_secret(store: &Store, staff: &StaffMember) -> TotpSecret {
    store.begin_second_factor(staff).await.expect("a setup begins");
    match store.find_second_factor(staff).await.expect("the second factor") {
        SecondFactor::SettingUp(secret) => secret,
        SecondFactor::Off | SecondFactor::On { .. } => panic!("no secret is shown"),
    }
}

/// An account of a clinic, and what signs it in.
struct Account {
    engine: &'static str,
    store: Store,
    staff: StaffMember,
    secret: TotpSecret,
    recovery_codes: Vec<String>,
}

impl Account {
    /// An account whose second factor is on since a minute.
    async fn protect(engine: &'static str, store: Store) -> Self {
        let institution = add_institution(&store, directory::samples::offers().remove(0)).await;
        let new = NewStaffMember { institution, mail: MAIL, name: "受付", role: StaffRole::Manager };
        let staff = add_member(&store, new).await;
        let secret = read_secret(&store, &staff).await;
        let earlier = now().minus(Span::from_mins(1));
        let browser = Token::new(&store.randomness).digest();
        let wrong = store.confirm_second_factor(&staff, "000000", browser, earlier).await.expect("an outcome");
        assert!(matches!(wrong, SecondFactorChange::WrongCode), "{engine}");
        let code = app_code(&secret, earlier);
        let SecondFactorChange::Done(codes) =
            store.confirm_second_factor(&staff, &code, browser, earlier).await.expect("an outcome")
        else {
            panic!("{engine}: it is turned on");
        };
        let recovery_codes = codes.iter().map(accounts::recovery_code::RecoveryCode::format_grouped).collect();
        Self { engine, store, staff, secret, recovery_codes }
    }

    /// The first step: the outcome, and the browser's new secret.
    async fn enter_password(&self, time: Timestamp) -> (StaffSignIn, Token) {
        let [before, after, device] = std::array::from_fn(|_| Token::new(&self.store.randomness));
        let (mail, tokens) = (MAIL.parse().expect("an address"), (&before, &after, &device));
        let outcome = self.store.sign_in_staff((&mail, PASSWORD), SignInClient::default(), tokens, time).await;
        (outcome.expect("an outcome"), after)
    }

    /// The second step.
    async fn enter_code(&self, browser: &Token, code: &str, time: Timestamp) -> (CodeSignIn, Token) {
        let [after, device] = std::array::from_fn(|_| Token::new(&self.store.randomness));
        let tokens = (browser, &after, &device);
        let outcome = self.store.sign_in_with_code(code, SignInClient::default(), tokens, time).await;
        (outcome.expect("an outcome"), after)
    }

    async fn sign_in(&self, code: &str, time: Timestamp) -> CodeSignIn {
        let (first, browser) = self.enter_password(time).await;
        assert_eq!(first, StaffSignIn::CodeRequired, "{}", self.engine);
        self.enter_code(&browser, code, time).await.0
    }

    async fn is_signed_in(&self, browser: &Token, time: Timestamp) -> bool {
        self.store.find_signed_in_staff(browser.digest(), time).await.expect("read").is_some()
    }
}

#[tokio::test]
async fn turning_it_on_ends_every_session_that_the_password_alone_began() {
    for (engine, store, _trial) in stores() {
        let institution = add_institution(&store, directory::samples::offers().remove(0)).await;
        let new = NewStaffMember { institution, mail: MAIL, name: "受付", role: StaffRole::Manager };
        let staff = add_member(&store, new).await;
        let secret = read_secret(&store, &staff).await;
        let account = Account { engine, store, staff, secret, recovery_codes: Vec::new() };
        let (first, own) = account.enter_password(now()).await;
        let (second, other) = account.enter_password(now()).await;
        assert_eq!((first, second), (StaffSignIn::Done, StaffSignIn::Done), "{engine}");
        let program = Token::new(&account.store.randomness);
        let mail = MAIL.parse().expect("an address");
        let outcome = account.store.sign_in_program(&mail, PASSWORD, None, &program, now()).await.expect("an outcome");
        assert_eq!(outcome, StaffSignIn::Done, "{engine}");
        let code = app_code(&account.secret, now());
        let turned_on = account.store.confirm_second_factor(&account.staff, &code, own.digest(), now()).await;
        assert!(matches!(turned_on, Ok(SecondFactorChange::Done(_))), "{engine}");
        assert!(account.is_signed_in(&own, now()).await, "{engine}: the browser that turned it on stays");
        assert!(!account.is_signed_in(&other, now()).await, "{engine}");
        assert_eq!(account.store.authenticate_program(&program, now()).await.expect("read"), None, "{engine}");
    }
}

#[tokio::test]
async fn signing_in_takes_both_steps_in_one_browser() {
    for (engine, store, _trial) in stores() {
        let account = Account::protect(engine, store).await;
        let code = app_code(&account.secret, now());
        let (first, browser) = account.enter_password(now()).await;
        assert_eq!(first, StaffSignIn::CodeRequired, "{engine}");
        assert!(!account.is_signed_in(&browser, now()).await, "{engine}: the password alone signs nobody in");
        let stranger = Token::new(&account.store.randomness);
        assert_eq!(account.enter_code(&stranger, &code, now()).await.0, CodeSignIn::NotPending, "{engine}");
        let (second, signed_in) = account.enter_code(&browser, &code, now()).await;
        assert_eq!(second, CodeSignIn::Done, "{engine}");
        assert!(account.is_signed_in(&signed_in, now()).await, "{engine}");
        assert!(!account.is_signed_in(&browser, now()).await, "{engine}: the browser has a new secret");
        assert_eq!(account.enter_code(&browser, &code, now()).await.0, CodeSignIn::NotPending, "{engine}");
        let (_, browser) = account.enter_password(now()).await;
        let late = now().plus(Span::from_mins(10));
        let code = app_code(&account.secret, late);
        assert_eq!(account.enter_code(&browser, &code, late).await.0, CodeSignIn::NotPending, "{engine}");
    }
}

#[tokio::test]
async fn a_code_of_the_app_works_once() {
    for (engine, store, _trial) in stores() {
        let account = Account::protect(engine, store).await;
        let code = app_code(&account.secret, now());
        let (_, one) = account.enter_password(now()).await;
        let (_, other) = account.enter_password(now()).await;
        let (first, second) =
            tokio::join!(account.enter_code(&one, &code, now()), account.enter_code(&other, &code, now()));
        let outcomes = [first.0, second.0];
        assert!(outcomes.contains(&CodeSignIn::Done) && outcomes.contains(&CodeSignIn::WrongCode), "{engine}");
        let earlier = app_code(&account.secret, now().minus(Span::from_secs(30)));
        assert_eq!(account.sign_in(&earlier, now()).await, CodeSignIn::WrongCode, "{engine}: nor one before it");
        let later = now().plus(Span::from_secs(30));
        assert_eq!(account.sign_in(&app_code(&account.secret, later), later).await, CodeSignIn::Done, "{engine}");
    }
}

#[tokio::test]
async fn a_recovery_code_works_once_and_ends_with_new_ones() {
    for (engine, store, _trial) in stores() {
        let account = Account::protect(engine, store).await;
        let codes = &account.recovery_codes;
        assert_eq!(account.sign_in(&codes[0].to_lowercase(), now()).await, CodeSignIn::Done, "{engine}");
        assert_eq!(account.sign_in(&codes[0], now()).await, CodeSignIn::WrongCode, "{engine}");
        let left = account.store.find_second_factor(&account.staff).await.expect("the second factor");
        assert!(matches!(left, SecondFactor::On { recovery_codes: 9 }), "{engine}");
        let renew = async |password| {
            let client = SignInClient::default();
            account.store.renew_recovery_codes(&account.staff, password, client, now()).await.expect("an outcome")
        };
        assert!(matches!(renew("wrong").await, SecondFactorChange::WrongPassword), "{engine}");
        let SecondFactorChange::Done(new) = renew(PASSWORD).await else { panic!("{engine}: new codes are made") };
        assert_eq!(account.sign_in(&codes[1], now()).await, CodeSignIn::WrongCode, "{engine}");
        assert_eq!(account.sign_in(&new[0].format_grouped(), now()).await, CodeSignIn::Done, "{engine}");
    }
}

#[tokio::test]
async fn codes_are_tried_a_few_times_only_and_the_owner_is_warned() {
    for (engine, store, _trial) in stores() {
        let account = Account::protect(engine, store).await;
        let (_, browser) = account.enter_password(now()).await;
        for _ in 0..attempts::MOST_MISSES {
            assert_eq!(account.enter_code(&browser, "000000", now()).await.0, CodeSignIn::WrongCode, "{engine}");
        }
        let code = app_code(&account.secret, now());
        assert_eq!(account.enter_code(&browser, &code, now()).await.0, CodeSignIn::TooManyAttempts, "{engine}");
        assert_eq!(account.enter_code(&browser, &code, now()).await.0, CodeSignIn::NotPending, "{engine}");
        let letters = account.store.list_outbox().await.expect("the outbox");
        assert_eq!((letters.len(), letters[0].letter.to.as_str()), (1, MAIL), "{engine}");
        let later = now().plus(attempts::WINDOW);
        assert_eq!(account.sign_in(&app_code(&account.secret, later), later).await, CodeSignIn::Done, "{engine}");
    }
}

#[tokio::test]
async fn it_is_turned_off_by_the_password_or_by_a_manager() {
    for (engine, store, _trial) in stores() {
        let account = Account::protect(engine, store).await;
        account.store.begin_second_factor(&account.staff).await.expect("nothing begins");
        let state = account.store.find_second_factor(&account.staff).await.expect("the second factor");
        assert!(matches!(state, SecondFactor::On { .. }), "{engine}: one that is on is not replaced");
        let turn_off = async |password| {
            let client = SignInClient::default();
            account.store.turn_off_second_factor(&account.staff, password, client, now()).await.expect("an outcome")
        };
        assert!(matches!(turn_off("wrong").await, SecondFactorChange::WrongPassword), "{engine}");
        let manager = Manager::from_staff(account.staff.clone()).expect("a manager");
        let listed = account.store.list_staff(&manager).await.expect("the list");
        assert!(listed[0].has_second_factor, "{engine}");
        let seen = (account.staff.id, listed[0].version);
        let reset = account.store.change_staff(&manager, seen, StaffChange::ResetSecondFactor, now()).await;
        assert_eq!(reset.expect("an outcome"), StaffChangeOutcome::Done, "{engine}");
        assert_eq!(account.enter_password(now()).await.0, StaffSignIn::Done, "{engine}");
        assert!(matches!(turn_off(PASSWORD).await, SecondFactorChange::Done(_)), "{engine}: twice is as once");
    }
}

#[tokio::test]
async fn a_program_has_a_password_of_its_own() {
    for (engine, store, _trial) in stores() {
        let account = Account::protect(engine, store).await;
        let (store, mail) = (&account.store, MAIL.parse().expect("an address"));
        let sign_in = async |password: &str| {
            let token = Token::new(&store.randomness);
            let outcome = store.sign_in_program(&mail, password, None, &token, now()).await.expect("an outcome");
            (outcome, store.authenticate_program(&token, now()).await.expect("read").is_some())
        };
        assert_eq!(sign_in(PASSWORD).await, (StaffSignIn::CodeRequired, false), "{engine}");
        let client = SignInClient::default();
        let made = store.make_program_password(&account.staff, PASSWORD, client, now()).await.expect("an outcome");
        let ProgramPasswordChange::Done(password) = made else { panic!("{engine}: a password is made") };
        assert_eq!(sign_in(&password.reveal()).await, (StaffSignIn::Done, true), "{engine}");
        let other = "other@example.jp".parse().expect("an address");
        let foreign = store.sign_in_program(&other, &password.reveal(), None, &password, now()).await;
        assert_eq!(foreign.expect("an outcome"), StaffSignIn::WrongCredentials, "{engine}");
        let [before, after, device] = std::array::from_fn(|_| Token::new(&store.randomness));
        let at_the_desk = store
            .sign_in_staff((&mail, &password.reveal()), SignInClient::default(), (&before, &after, &device), now())
            .await;
        assert_eq!(at_the_desk.expect("an outcome"), StaffSignIn::WrongCredentials, "{engine}: not at the desk");
        store.delete_program_password(&account.staff, now()).await.expect("deleted");
        assert_eq!(sign_in(&password.reveal()).await, (StaffSignIn::WrongCredentials, false), "{engine}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_sets_its_app_up_and_signs_in_with_it() {
    let world = world().await;
    let mut desk = world.sign_in_with_role(0, StaffRole::Desk).await;
    let (page, begin) = ("/desk/settings/second-factor", "/desk/settings/second-factor/begin");
    assert_eq!(desk.open_and_submit(page, begin, &[]).await.redirect_target(), page);
    let setup = desk.get(page).await.assert_contains("認証アプリでQRコードを読み取り");
    let browser = desk.find_cookie("uketsuke-consult").expect("a cookie").parse::<Token>().expect("a token");
    let store = &world.consult.context.store;
    let staff =
        store.find_signed_in_staff(browser.digest(), world.clock.now()).await.expect("read").expect("signed in");
    let secret = match store.find_second_factor(&staff).await.expect("the second factor") {
        SecondFactor::SettingUp(secret) => secret,
        SecondFactor::Off | SecondFactor::On { .. } => panic!("it is being set up"),
    };
    setup.assert_contains(&secret.to_base32());
    let confirm = "/desk/settings/second-factor/confirm";
    let wrong = desk.open_and_submit(page, confirm, &[("code", "000000")]).await;
    wrong.assert_contains("確認コードが違います");
    let code = app_code(&secret, world.clock.now());
    let on = desk.open_and_submit(page, confirm, &[("code", &code)]).await.assert_contains("二段階認証はオンです");
    let (_, codes) = on.body.split_once("<ul>").expect("recovery codes");
    let recovery_code =
        codes.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).expect("a code").to_owned();
    assert!(!desk.get(page).await.body.contains(&recovery_code), "they are shown once");
    let mut elsewhere = world.browser();
    let credentials = [("mail", "desk0@example.jp"), ("password", PASSWORD)];
    let first = elsewhere.open_and_submit("/desk/sign-in", "/desk/sign-in", &credentials).await;
    assert_eq!(first.redirect_target(), "/desk/sign-in/code");
    assert_eq!(elsewhere.get("/desk/visits").await.redirect_target(), "/desk/sign-in");
    let form = elsewhere.get("/desk/sign-in/code").await;
    let path = "/desk/sign-in/code";
    let replayed = elsewhere.post_with_token(&form, path, &[("code", &code)]).await;
    replayed.assert_contains("すでに使われています");
    let signed_in = elsewhere.post_with_token(&form, path, &[("recovery_code", &recovery_code)]).await;
    assert_eq!(signed_in.redirect_target(), "/desk/visits");
    assert_eq!(world.browser().get("/desk/sign-in/code").await.redirect_target(), "/desk/sign-in");
}
