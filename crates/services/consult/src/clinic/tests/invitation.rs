//! Invitations of staff members and changes of accounts: on every engine, and over HTTP.

use accounts::password::Password;
use base::{InstitutionCode, Span, Timestamp, Token};
use database::Error;
use http::StatusCode;
use test_browser::Browser;

use super::roles::add_member;
use crate::{
    clinic::{
        rules::{invitation::InvitationState, staff_change::StaffChange, staff_role::StaffRole},
        store::{
            invitation::{AcceptOutcome, Invitation, InviteOutcome, Invitee},
            staff::{Manager, NewStaffMember, SignInClient, StaffSignIn},
            staff_list::{AccountState, StaffAccount, StaffChangeOutcome},
        },
    },
    directory,
    limits::Limits,
    refusal::Refusal,
    store::Store,
    tests::{
        stores::{add_institution, now, stores},
        world::{World, world},
    },
};

const PASSWORD: &str = "correct horse battery";
const INVITED: &str = "invited@example.jp";

/// A store with two clinics, each with a manager.
struct Clinics {
    store: Store,
    own: Manager,
    other: Manager,
}

impl Clinics {
    async fn fill(store: Store) -> Self {
        let mut offers = directory::samples::offers();
        let other = add_institution(&store, offers.remove(1)).await;
        let own = add_institution(&store, offers.remove(0)).await;
        let (own, other) =
            (add_manager(&store, own, "own@example.jp").await, add_manager(&store, other, "other@example.jp").await);
        Self { store, own, other }
    }

    async fn invite(&self, manager: &Manager, mail: &str, now: Timestamp) -> (InviteOutcome, Token) {
        let token = Token::new(&self.store.randomness);
        let invitee =
            Invitee { mail: mail.parse().expect("an address"), name: "医師".to_owned(), role: StaffRole::Doctor };
        (self.store.invite_staff(manager, invitee, &token, now).await.expect("an outcome"), token)
    }

    async fn accept(&self, token: &Token, now: Timestamp) -> Result<AcceptOutcome, Refusal> {
        let password = Password::hash(PASSWORD, &self.store.randomness).await.expect("it is long enough");
        let tokens: [Token; 3] = std::array::from_fn(|_| Token::new(&self.store.randomness));
        self.store.accept_invitation(token, password, (&tokens[0], &tokens[1], &tokens[2]), now).await
    }

    async fn sign_in(&self, mail: &str) -> (StaffSignIn, Token) {
        let [before, after, device] = std::array::from_fn(|_| Token::new(&self.store.randomness));
        let mail = mail.parse().expect("an address");
        let tokens = (&before, &after, &device);
        let outcome = self.store.sign_in_staff((&mail, PASSWORD), SignInClient::default(), tokens, now()).await;
        (outcome.expect("an outcome"), after)
    }

    async fn list(&self, manager: &Manager) -> Vec<Invitation> {
        self.store.list_invitations(manager, now()).await.expect("the list")
    }

    async fn find_account(&self, manager: &Manager, name: &str) -> StaffAccount {
        let accounts = self.store.list_staff(manager).await.expect("the list");
        accounts.into_iter().find(|account| account.name == name).expect("the account is listed")
    }

    /// What the audit says was done with accounts, the oldest first.
    async fn audited_actions(&self) -> Vec<String> {
        let actions: Result<Vec<String>, Error> = self
            .store
            .database
            .read(|transaction| {
                transaction.fetch_all(
                    "SELECT act FROM audit_entry WHERE act LIKE 'staff.%' ORDER BY chain, number",
                    &[],
                    |row| row.get(0),
                )
            })
            .await;
        actions.expect("the audit")
    }
}

async fn add_manager(store: &Store, institution: InstitutionCode, mail: &str) -> Manager {
    let new = NewStaffMember { institution, mail, name: "管理者", role: StaffRole::Manager };
    Manager::from_staff(add_member(store, new).await).expect("a manager")
}

#[tokio::test]
async fn an_invitation_makes_one_account_and_is_used_once() {
    for (engine, store, _trial) in stores() {
        let clinics = Clinics::fill(store).await;
        let (outcome, token) = clinics.invite(&clinics.own, INVITED, now()).await;
        assert_eq!(outcome, InviteOutcome::Done, "{engine}");
        let letters = clinics.store.list_outbox().await.expect("the outbox");
        assert!(letters[0].letter.body.contains(&token.reveal()) && letters[0].letter.to == INVITED, "{engine}");
        assert_eq!(clinics.invite(&clinics.own, INVITED, now()).await.0, InviteOutcome::AlreadyInvited, "{engine}");
        let stranger = Token::new(&clinics.store.randomness);
        assert!(matches!(clinics.accept(&stranger, now()).await, Err(Refusal::NotFound)), "{engine}");
        assert_eq!(clinics.accept(&token, now()).await.expect("accepted"), AcceptOutcome::Done, "{engine}");
        let again = clinics.accept(&token, now()).await.expect("an outcome");
        assert_eq!(again, AcceptOutcome::NotOpen(InvitationState::Accepted), "{engine}");
        let (signed_in, browser) = clinics.sign_in(INVITED).await;
        assert_eq!(signed_in, StaffSignIn::Done, "{engine}");
        let staff =
            clinics.store.find_signed_in_staff(browser.digest(), now()).await.expect("read").expect("signed in");
        assert_eq!((staff.institution, staff.role), (clinics.own.staff().institution, StaffRole::Doctor), "{engine}");
        assert_eq!(clinics.list(&clinics.own).await, [], "{engine}");
        assert_eq!(clinics.invite(&clinics.own, INVITED, now()).await.0, InviteOutcome::HasAccount, "{engine}");
        assert_eq!(clinics.audited_actions().await, ["staff.invite", "staff.accept_invitation"], "{engine}");
        assert_eq!(clinics.store.verify_audit(Vec::new()).await.expect("verified").verified.faults, [], "{engine}");
    }
}

#[tokio::test]
async fn two_browsers_that_accept_at_once_make_one_account() {
    for (engine, store, _trial) in stores() {
        let clinics = Clinics::fill(store).await;
        let (_, token) = clinics.invite(&clinics.own, INVITED, now()).await;
        let (one, other) = tokio::join!(clinics.accept(&token, now()), clinics.accept(&token, now()));
        let outcomes = [one.expect("an outcome"), other.expect("an outcome")];
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == AcceptOutcome::Done).count(), 1, "{engine}");
    }
}

#[tokio::test]
async fn a_link_ends_with_its_time_when_it_is_sent_again_and_when_it_is_withdrawn() {
    for (engine, store, _trial) in stores() {
        let clinics = Clinics::fill(store).await;
        let (_, first) = clinics.invite(&clinics.own, INVITED, now()).await;
        let late = now().plus(Span::from_hours(72));
        let outcome = clinics.accept(&first, late).await.expect("an outcome");
        assert_eq!(outcome, AcceptOutcome::NotOpen(InvitationState::Expired), "{engine}");
        let invitation = clinics.list(&clinics.own).await.remove(0);
        let (seen, second) = ((invitation.id, invitation.version), Token::new(&clinics.store.randomness));
        let foreign = clinics.store.send_invitation_again(&clinics.other, seen, &second, late).await;
        assert!(matches!(foreign, Err(Refusal::NotFound)), "{engine}: another clinic's invitation is not there");
        let foreign = clinics.store.withdraw_invitation(&clinics.other, seen, late).await;
        assert!(matches!(foreign, Err(Refusal::NotFound)), "{engine}");
        let again = clinics.store.send_invitation_again(&clinics.own, seen, &second, late).await;
        assert_eq!(again.expect("an outcome"), InviteOutcome::Done, "{engine}");
        assert!(matches!(clinics.accept(&first, late).await, Err(Refusal::NotFound)), "{engine}: the old link is dead");
        let stale = clinics.store.withdraw_invitation(&clinics.own, seen, late).await;
        assert_eq!(stale.expect("an outcome"), InviteOutcome::Changed, "{engine}: somebody sent it again meanwhile");
        let seen = (invitation.id, invitation.version + 1);
        let withdrawn = clinics.store.withdraw_invitation(&clinics.own, seen, late).await;
        assert_eq!(withdrawn.expect("an outcome"), InviteOutcome::Done, "{engine}");
        let outcome = clinics.accept(&second, late).await.expect("an outcome");
        assert_eq!(outcome, AcceptOutcome::NotOpen(InvitationState::Withdrawn), "{engine}");
        assert_eq!(clinics.invite(&clinics.own, INVITED, late).await.0, InviteOutcome::Done, "{engine}");
    }
}

#[tokio::test]
async fn an_address_with_an_account_elsewhere_is_told_to_its_owner_alone() {
    for (engine, store, _trial) in stores() {
        let clinics = Clinics::fill(store).await;
        let (outcome, token) = clinics.invite(&clinics.own, "other@example.jp", now()).await;
        assert_eq!(outcome, InviteOutcome::Done, "{engine}: a manager does not learn who works elsewhere");
        assert_eq!(clinics.accept(&token, now()).await.expect("an outcome"), AcceptOutcome::AddressTaken, "{engine}");
        // The invitation is not used up: once the other account has ended, the same link works.
        let second = add_manager(&clinics.store, clinics.other.staff().institution, "second@example.jp").await;
        let account = clinics.store.find_staff_account(&second, clinics.other.staff().id).await.expect("an account");
        let seen = (account.id, account.version);
        let ended = clinics.store.change_staff(&second, seen, StaffChange::EndAccess, now()).await;
        assert_eq!(ended.expect("an outcome"), StaffChangeOutcome::Done, "{engine}");
        assert_eq!(clinics.accept(&token, now()).await.expect("an outcome"), AcceptOutcome::Done, "{engine}");
        let account = clinics.store.find_staff_account(&second, clinics.other.staff().id).await.expect("an account");
        assert_eq!((account.mail, account.state), (None, AccountState::Ended), "{engine}");
    }
}

#[tokio::test]
async fn a_clinic_sends_so_many_invitations_a_day() {
    for (engine, mut store, _trial) in stores() {
        store.limits = Limits { invitations_per_day: 2, ..Limits::default() };
        let clinics = Clinics::fill(store).await;
        for (mail, expected) in [
            ("a@example.jp", InviteOutcome::Done),
            ("b@example.jp", InviteOutcome::Done),
            ("c@example.jp", InviteOutcome::TooManyLetters),
        ] {
            assert_eq!(clinics.invite(&clinics.own, mail, now()).await.0, expected, "{engine} {mail}");
        }
        assert_eq!(clinics.invite(&clinics.other, "c@example.jp", now()).await.0, InviteOutcome::Done, "{engine}");
        let tomorrow = now().plus(Span::from_hours(24));
        assert_eq!(clinics.invite(&clinics.own, "c@example.jp", tomorrow).await.0, InviteOutcome::Done, "{engine}");
    }
}

#[tokio::test]
async fn what_another_manager_did_meanwhile_is_not_overwritten() {
    for (engine, store, _trial) in stores() {
        let clinics = Clinics::fill(store).await;
        let institution = clinics.own.staff().institution;
        let new = NewStaffMember { institution, mail: "desk@example.jp", name: "受付", role: StaffRole::Desk };
        add_member(&clinics.store, new).await;
        let (_, browser) = clinics.sign_in("desk@example.jp").await;
        let account = clinics.find_account(&clinics.own, "受付").await;
        let change = async |manager: &Manager, version, change| {
            clinics.store.change_staff(manager, (account.id, version), change, now()).await
        };
        let foreign = change(&clinics.other, 1, StaffChange::EndAccess).await;
        assert!(matches!(foreign, Err(Refusal::NotFound)), "{engine}: another clinic's account is not there");
        let made = change(&clinics.own, 1, StaffChange::SetRole(StaffRole::Manager)).await;
        assert_eq!(made.expect("an outcome"), StaffChangeOutcome::Done, "{engine}");
        let staff =
            clinics.store.find_signed_in_staff(browser.digest(), now()).await.expect("read").expect("signed in");
        assert_eq!(staff.role, StaffRole::Manager, "{engine}: a new role is in force at once");
        let stale = change(&clinics.own, 1, StaffChange::EndAccess).await;
        assert_eq!(stale.expect("an outcome"), StaffChangeOutcome::Changed, "{engine}");
        let ended = change(&clinics.own, 2, StaffChange::EndAccess).await;
        assert_eq!(ended.expect("an outcome"), StaffChangeOutcome::Done, "{engine}");
        assert_eq!(clinics.store.find_signed_in_staff(browser.digest(), now()).await.expect("read"), None, "{engine}");
        // Who was a manager when the page was opened is none any more.
        let former = Manager::from_staff(staff).expect("it was one");
        assert!(matches!(change(&former, 3, StaffChange::EndAccess).await, Err(Refusal::NotFound)), "{engine}");
        assert_eq!(clinics.audited_actions().await, ["staff.make_manager", "staff.end_access"], "{engine}");
    }
}

#[tokio::test]
async fn two_managers_who_end_each_other_leave_one() {
    for (engine, store, _trial) in stores() {
        let clinics = Clinics::fill(store).await;
        let second = add_manager(&clinics.store, clinics.own.staff().institution, "second@example.jp").await;
        let end = async |manager: &Manager, target: &Manager| {
            let seen = (target.staff().id, 1);
            clinics.store.change_staff(manager, seen, StaffChange::EndAccess, now()).await
        };
        let (one, other) = tokio::join!(end(&clinics.own, &second), end(&second, &clinics.own));
        let done = |outcome: &Result<StaffChangeOutcome, Refusal>| matches!(outcome, Ok(StaffChangeOutcome::Done));
        assert!(done(&one) != done(&other), "{engine}: {one:?} {other:?}");
        let left = if done(&one) { &clinics.own } else { &second };
        let last = end(left, left).await.expect("an outcome");
        assert_eq!(last, StaffChangeOutcome::LastManager, "{engine}");
        let demoted =
            clinics.store.change_staff(left, (left.staff().id, 1), StaffChange::SetRole(StaffRole::Desk), now());
        assert_eq!(demoted.await.expect("an outcome"), StaffChangeOutcome::LastManager, "{engine}");
    }
}

impl World {
    /// The path of the link in the newest letter to this address.
    async fn newest_link(&self, address: &str) -> String {
        let letters = self.consult.list_outbox().await.expect("the outbox");
        let letter =
            letters.into_iter().map(|entry| entry.letter).find(|letter| letter.to == address).expect("a letter");
        let line = letter.body.lines().find(|line| line.contains("/desk/invitations/")).expect("a link");
        line.split_once("8400").expect("an address of the service").1.to_owned()
    }
}

async fn invite(manager: &mut Browser, mail: &str, role: &str) {
    let fields = [("name", "医師 見本"), ("mail", mail), ("role", role)];
    let invited = manager.open_and_submit("/desk/staff/invite", "/desk/staff/invite", &fields).await;
    assert_eq!(invited.redirect_target(), "/desk/staff?said=invited");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_invited_and_works_and_leaves() {
    let world = world().await;
    let mut manager = world.sign_in_with_role(0, StaffRole::Manager).await;
    let wrong = [("name", ""), ("mail", "nowhere"), ("role", "")];
    let corrected = manager.open_and_submit("/desk/staff/invite", "/desk/staff/invite", &wrong).await;
    corrected
        .assert_contains("氏名を入力してください")
        .assert_contains("name@example.jp のように")
        .assert_contains("役割を選んでください");
    invite(&mut manager, INVITED, "doctor").await;
    manager.get("/desk/staff?said=invited").await.assert_contains("招待のメールを送りました").assert_contains(INVITED);
    let link = world.newest_link(INVITED).await;
    // The link in a browser that is signed in as somebody else loses nothing.
    manager.get(&link).await.assert_contains("managerさんとしてログインしています");
    let mut doctor = world.browser();
    doctor.get(&link).await.assert_contains("見本").assert_contains("医師").assert_contains(INVITED);
    let short = doctor.open_and_submit(&link, &link, &[("new_password", "short")]).await;
    short.assert_contains("10文字以上で入力してください");
    let begun = doctor.open_and_submit(&link, &link, &[("new_password", PASSWORD)]).await;
    assert_eq!(begun.redirect_target(), "/desk/visits");
    assert_eq!(doctor.get("/desk/visits").await.status, StatusCode::OK);
    assert_eq!(doctor.get("/desk/staff").await.status, StatusCode::NOT_FOUND);
    // The link is used up, for everybody.
    let mut thief = world.browser();
    thief.get(&link).await.assert_contains("すでに使われています");
    let page = thief.get("/desk/sign-in").await;
    let replayed = thief.post_with_token(&page, &link, &[("new_password", "another long one")]).await;
    replayed.assert_contains("すでに使われています");
    assert_eq!(thief.get("/desk/visits").await.redirect_target(), "/desk/sign-in");
    // The manager ends the access.
    let list = manager.get("/desk/staff").await;
    let account = find_account_link(&list.body, INVITED);
    let ended = manager.open_and_submit(&account, &format!("{account}/end"), &[]).await;
    assert_eq!(ended.redirect_target(), "/desk/staff?said=ended");
    assert_eq!(doctor.get("/desk/visits").await.redirect_target(), "/desk/sign-in");
    // Nobody else is left to manage the clinic.
    let own = find_account_link(&manager.get("/desk/staff").await.body, "manager0@example.jp");
    let refused = manager.open_and_submit(&own, &format!("{own}/end"), &[]).await;
    assert_eq!(refused.redirect_target(), "/desk/staff?said=last-manager");
    manager.get(refused.redirect_target()).await.assert_contains("先に、ほかの職員の役割を管理者に変更してください");
}

/// The address of the account with this mail address in the list.
fn find_account_link(list: &str, mail: &str) -> String {
    let (before, _) = list.split_once(mail).expect("the account is listed");
    let (_, link) = before.rsplit_once("href=\"").expect("a link");
    link.split('"').next().expect("an address").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_another_clinics_or_not_a_managers_is_not_there() {
    let world = world().await;
    let mut manager = world.sign_in_with_role(0, StaffRole::Manager).await;
    invite(&mut manager, INVITED, "desk").await;
    let list = manager.get("/desk/staff").await;
    let account = find_account_link(&list.body, "manager0@example.jp");
    let (_, rest) = list.body.split_once("/desk/staff/invitations/").expect("the invitation is listed");
    let invitation = format!("/desk/staff/invitations/{}", rest.split('/').next().expect("an id"));
    let mut others = [
        world.sign_in_with_role(1, StaffRole::Manager).await,
        world.sign_in_with_role(0, StaffRole::Desk).await,
        world.sign_in_with_role(0, StaffRole::Doctor).await,
    ];
    for other in &mut others {
        assert_eq!(other.get(&account).await.status, StatusCode::NOT_FOUND);
        let page = other.get("/desk/settings").await;
        for (path, fields) in [
            (format!("{account}/role"), [("seen", "1"), ("role", "desk")]),
            (format!("{account}/end"), [("seen", "1"), ("role", "")]),
            (format!("{invitation}/send-again"), [("seen", "1"), ("role", "")]),
            (format!("{invitation}/withdraw"), [("seen", "1"), ("role", "")]),
        ] {
            assert_eq!(other.post_with_token(&page, &path, &fields).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
    let link = world.newest_link(INVITED).await;
    let mut invited = world.browser();
    let begun = invited.open_and_submit(&link, &link, &[("new_password", PASSWORD)]).await;
    assert_eq!(begun.redirect_target(), "/desk/visits");
}
