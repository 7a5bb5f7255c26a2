//! Families on every engine: who acts for whom, and who sees what.

mod journey;

use base::{InstitutionCode, Timestamp, Token};
use database::test_database::TestDatabase;

use super::{
    guardianship::advance_due_guardianships,
    rules::{FamilyInvitationState, NewRelative},
    store::{AddOutcome, FamilyInviteOutcome, FamilyInvitee},
};
use crate::{
    appointments::rules::AppointmentId,
    booking::rules::Booker,
    directory,
    people::rules::{
        account::{Account, AccountId, Relationship},
        patient::{PatientId, Profile},
    },
    personal_data::rules::{CloseOutcome, UpcomingVisitChoice},
    refusal::Refusal,
    sample_data,
    store::Store,
    tests::stores::{START, add_institution, booking_request, minutes_later, new_patient, now, stores},
};

const MOTHER: &str = "mother@example.jp";
const FATHER: &str = "father@example.jp";

/// A mother who acts for a child.
struct Family {
    engine: &'static str,
    store: Store,
    clinic: InstitutionCode,
    mother: AccountId,
    father: AccountId,
    child: PatientId,
    _database: TestDatabase,
}

fn child_profile(birth: &str) -> Profile {
    Profile { birth_date: base::parse_date(birth).expect("a date"), ..sample_data::child().profile.expect("a profile") }
}

fn relative(birth: &str, relationship: Relationship) -> NewRelative {
    NewRelative { profile: child_profile(birth), relationship }
}

async fn add(store: &Store, account: AccountId, relative: NewRelative) -> PatientId {
    match store.add_relative(account, relative, now()).await.expect("an outcome") {
        AddOutcome::Added(id) => id,
        AddOutcome::TooMany => panic!("there is room for one more"),
    }
}

async fn families() -> Vec<Family> {
    families_with_child_born("2019-05-08").await
}

async fn families_with_child_born(birth: &str) -> Vec<Family> {
    let mut families = Vec::new();
    for (engine, store, database) in stores() {
        let clinic = add_institution(&store, directory::samples::offers().remove(0)).await;
        let (mother, father) = (new_patient(&store, MOTHER).await, new_patient(&store, FATHER).await);
        let child = add(&store, mother, relative(birth, Relationship::Child)).await;
        families.push(Family { engine, store, clinic, mother, father, child, _database: database });
    }
    families
}

impl Family {
    async fn book_for_child(&self) -> AppointmentId {
        let booker = Booker { patient: Some(self.child), ..self.mother.into() };
        let request = booking_request(self.clinic, 1, START);
        self.store.book_appointment(booker, request, now()).await.expect("it is booked").id()
    }

    async fn invite(&self, mail: &str, relationship: Relationship, now: Timestamp) -> (FamilyInviteOutcome, Token) {
        let token = Token::new(&self.store.randomness);
        let invitee = FamilyInvitee { mail: mail.parse().expect("an address"), relationship };
        let outcome = self.store.invite_to_act(self.mother, self.child, invitee, &token, now).await;
        (outcome.expect("an outcome"), token)
    }

    async fn account(&self, id: AccountId) -> Account {
        let found = self
            .store
            .database
            .read(move |transaction| crate::people::store::find_account(transaction, id).map_err(Refusal::from));
        found.await.expect("read").expect("an account")
    }

    async fn letters_to(&self, address: &str) -> Vec<String> {
        let letters = self.store.list_outbox().await.expect("the outbox");
        let to = letters.into_iter().filter(|outbox| outbox.letter.to == address);
        to.map(|outbox| format!("{}\n{}", outbox.letter.subject, outbox.letter.body)).collect()
    }

    async fn sees(&self, account: AccountId, appointment: AppointmentId) -> bool {
        self.store.find_appointment_details(account, appointment).await.is_ok()
    }
}

#[tokio::test]
async fn an_account_books_for_whom_it_acts_and_for_nobody_else() {
    for family in families().await {
        let Family { engine, store, clinic, mother, father, child, .. } = &family;
        let appointment = family.book_for_child().await;
        let details = store.find_appointment_details(*mother, appointment).await.expect("the mother sees it");
        assert_eq!(details.patient.id, *child, "{engine}");
        assert_eq!(details.appointment.account, Some(*mother), "{engine}: by whom");
        assert!(!family.sees(*father, appointment).await, "{engine}");
        let foreign = Booker { patient: Some(*child), ..(*father).into() };
        let request = booking_request(*clinic, 1, "2026-11-25T11:00:00+09:00");
        let refused = store.book_appointment(foreign, request, now()).await;
        assert!(matches!(refused, Err(Refusal::NotFound)), "{engine}: {refused:?}");
        // The child and the mother are two patients: neither is kept from the other's time.
        let own = booking_request(*clinic, 1, "2026-11-25T10:15:00+09:00");
        store.book_appointment(*mother, own, now()).await.expect("the mother's own visit");
        let cancelled = store.cancel_appointment(*father, appointment, 0, now()).await;
        assert!(matches!(cancelled, Err(Refusal::NotFound)), "{engine}: {cancelled:?}");
    }
}

#[tokio::test]
async fn a_letter_goes_to_whoever_booked_and_says_for_whom() {
    for family in families().await {
        family.book_for_child().await;
        let letters = family.letters_to(MOTHER).await;
        let booked = letters.iter().filter(|letter| letter.contains("ご予約の方：見本　小春")).count();
        assert_eq!(booked, 1, "{}: {letters:?}", family.engine);
    }
}

#[tokio::test]
async fn an_invitation_is_accepted_by_its_address_alone_and_once() {
    for family in families().await {
        let Family { engine, store, mother, father, child, .. } = &family;
        let appointment = family.book_for_child().await;
        let (outcome, token) = family.invite(FATHER, Relationship::Child, now()).await;
        assert_eq!(outcome, FamilyInviteOutcome::Sent, "{engine}");
        let stranger = new_patient(store, "stranger@example.jp").await;
        let stranger = family.account(stranger).await;
        let found = store.find_family_invitation(&token, &stranger, now()).await.expect("read");
        assert_eq!(found, None, "{engine}: a stranger is told nothing");
        let refused = store.accept_family_invitation(&token, &stranger, now()).await;
        assert!(matches!(refused, Err(Refusal::NotFound)), "{engine}");
        let account = family.account(*father).await;
        let accept = || store.accept_family_invitation(&token, &account, minutes_later(1));
        assert_eq!(accept().await.expect("an outcome"), FamilyInvitationState::Accepted, "{engine}");
        assert_eq!(accept().await.expect("an outcome"), FamilyInvitationState::Accepted, "{engine}: twice is once");
        assert!(family.sees(*father, appointment).await, "{engine}");
        let others = store.list_other_accounts(*mother, *child).await.expect("read");
        assert_eq!(others.len(), 1, "{engine}");
        assert_eq!(others[0].masked_address, "f***@example.jp", "{engine}");
        let (again, _) = family.invite(FATHER, Relationship::Child, minutes_later(2)).await;
        assert_eq!(again, FamilyInviteOutcome::ActsAlready, "{engine}");
        // The other parent may change what the first booked, and the first is told.
        let before = family.letters_to(MOTHER).await.len();
        store.cancel_appointment(*father, appointment, 0, minutes_later(3)).await.expect("it is cancelled");
        assert_eq!(family.letters_to(MOTHER).await.len(), before + 1, "{engine}");
    }
}

#[tokio::test]
async fn an_invitation_ends_with_its_time_and_with_the_next_to_its_address() {
    for family in families().await {
        let Family { engine, store, father, .. } = &family;
        let account = family.account(*father).await;
        let (_, first) = family.invite(FATHER, Relationship::Child, now()).await;
        let (_, second) = family.invite(FATHER, Relationship::Child, minutes_later(1)).await;
        let state = |token, at| {
            let (store, account) = (store.clone(), account.clone());
            async move {
                let found = store.find_family_invitation(&token, &account, at).await.expect("read");
                found.expect("it is for this address").state
            }
        };
        assert_eq!(state(first, minutes_later(2)).await, FamilyInvitationState::Expired, "{engine}");
        assert_eq!(state(second.clone(), minutes_later(2)).await, FamilyInvitationState::Open, "{engine}");
        let late = minutes_later(60 * 73);
        assert_eq!(state(second.clone(), late).await, FamilyInvitationState::Expired, "{engine}");
        let accepted = store.accept_family_invitation(&second, &account, late).await.expect("an outcome");
        assert_eq!(accepted, FamilyInvitationState::Expired, "{engine}");
        for minute in 3..6 {
            family.invite(FATHER, Relationship::Child, minutes_later(minute)).await;
        }
        let (limited, _) = family.invite(FATHER, Relationship::Child, minutes_later(6)).await;
        assert_eq!(limited, FamilyInviteOutcome::TooManyLetters, "{engine}");
    }
}

#[tokio::test]
async fn an_account_acts_for_so_many_patients() {
    for family in families().await {
        let Family { engine, store, mother, .. } = &family;
        for _ in 2..store.limits.patients_per_account {
            add(store, *mother, relative("1945-11-03", Relationship::Parent)).await;
        }
        let full = store.add_relative(*mother, relative("1950-01-01", Relationship::Parent), now()).await;
        assert_eq!(full.expect("an outcome"), AddOutcome::TooMany, "{engine}");
    }
}

#[tokio::test]
async fn a_child_that_comes_of_age_leaves_the_parents_after_a_letter() {
    for family in families_with_child_born("2008-12-20").await {
        let Family { engine, store, mother, child, .. } = &family;
        let appointment = family.book_for_child().await;
        let count = |letters: &[String], subject: &str| letters.iter().filter(|text| text.contains(subject)).count();
        let step = |at: &'static str| async move {
            let at = at.parse().expect("a timestamp");
            for _ in 0..2 {
                advance_due_guardianships(store, at).await.expect("advanced");
            }
        };
        step("2026-11-19T23:00:00+09:00").await;
        assert_eq!(count(&family.letters_to(MOTHER).await, "期限のお知らせ"), 0, "{engine}");
        step("2026-11-20T09:00:00+09:00").await;
        assert_eq!(count(&family.letters_to(MOTHER).await, "期限のお知らせ"), 1, "{engine}: one warning");
        assert!(family.sees(*mother, appointment).await, "{engine}");
        step("2026-12-20T00:00:00+09:00").await;
        assert_eq!(count(&family.letters_to(MOTHER).await, "扱えなくなりました"), 1, "{engine}");
        assert!(!family.sees(*mother, appointment).await, "{engine}");
        let others = store.list_other_accounts(*mother, *child).await;
        assert!(matches!(others, Err(Refusal::NotFound)), "{engine}");
    }
}

#[tokio::test]
async fn who_is_removed_is_erased_unless_another_account_acts() {
    for family in families().await {
        let Family { engine, store, mother, father, child, .. } = &family;
        let appointment = family.book_for_child().await;
        let (_, token) = family.invite(FATHER, Relationship::Child, now()).await;
        let account = family.account(*father).await;
        store.accept_family_invitation(&token, &account, now()).await.expect("accepted");
        let remove = |account, upcoming| store.remove_patient(account, *child, upcoming, minutes_later(1));
        let outcome = remove(*mother, UpcomingVisitChoice::Keep).await.expect("an outcome");
        assert_eq!(outcome, CloseOutcome::Closed, "{engine}: the father goes on");
        assert!(!family.sees(*mother, appointment).await, "{engine}");
        let details = store.find_appointment_details(*father, appointment).await.expect("the father sees it");
        assert!(details.patient.profile.is_some(), "{engine}");
        let outcome = remove(*father, UpcomingVisitChoice::Keep).await.expect("an outcome");
        assert_eq!(outcome, CloseOutcome::StillBooked, "{engine}: nothing is cancelled without a word");
        let agreed = UpcomingVisitChoice::Cancel(vec![appointment]);
        assert_eq!(remove(*father, agreed).await.expect("an outcome"), CloseOutcome::Closed, "{engine}");
        let id = *child;
        let erased = store
            .database
            .read(move |transaction| crate::people::store::find_patient(transaction, id).map_err(Refusal::from));
        let erased = erased.await.expect("read").expect("the visits refer to it");
        assert!(erased.profile.is_none() && erased.erased_at.is_some(), "{engine}");
        let own = remove(*mother, UpcomingVisitChoice::Keep).await;
        assert!(matches!(own, Err(Refusal::NotFound)), "{engine}: {own:?}");
    }
}

#[tokio::test]
async fn closing_an_account_keeps_for_whom_another_acts() {
    for family in families().await {
        let Family { engine, store, mother, father, .. } = &family;
        let appointment = family.book_for_child().await;
        let (_, token) = family.invite(FATHER, Relationship::Child, now()).await;
        let account = family.account(*father).await;
        store.accept_family_invitation(&token, &account, now()).await.expect("accepted");
        let outcome = store.close_account(*mother, UpcomingVisitChoice::Keep, minutes_later(1)).await;
        assert_eq!(outcome.expect("an outcome"), CloseOutcome::Closed, "{engine}: the child's visit stays");
        assert!(family.sees(*father, appointment).await, "{engine}");
        // Letters about the child go to the father from now on.
        let before = family.letters_to(FATHER).await.len();
        store.cancel_appointment(*father, appointment, 0, minutes_later(2)).await.expect("it is cancelled");
        assert_eq!(family.letters_to(FATHER).await.len(), before + 1, "{engine}");
    }
}
