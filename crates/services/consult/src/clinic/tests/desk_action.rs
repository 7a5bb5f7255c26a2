//! Tests of desk actions, their undoing, and news for the desk, on every engine.

use base::{Span, Timestamp};
use database::{Error, Transaction, test_database};

use crate::{
    appointments::rules::{AppointmentId, AppointmentStatus, Openness},
    audit::rules::action::{AuditAction, DeskActionKind},
    clinic::{
        rules::{desk_action::DeskAction, letter_choice::LetterChoice, staff_role::StaffRole},
        store::{
            staff::{NewStaffMember, StaffMember},
            visits::{DayListAccess, DeskVisit},
        },
    },
    desk_news::{self, rules::DeskEvent},
    directory,
    mail::{self, letter::Letter},
    people::rules::account::AccountId,
    proof::rules::ledgers::{DeskSide, RefusedReason, RequestReason, RequestedProof},
    refusal::Refusal,
    schedule::rules::slot::BookingRequest,
    store::{Store, schema::MIGRATIONS},
    tests::stores::{add_institution, add_patient},
};

const DESK: &str = "desk@example.jp";
const PATIENT: &str = "hanako@example.jp";

/// A clinic with a fixed URL, its desk, and a patient with a visit.
struct DeskFixture {
    engine: &'static str,
    store: Store,
    staff: StaffMember,
    account: AccountId,
    visit: AppointmentId,
    _trial: test_database::TestDatabase,
}

fn parse_timestamp(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

fn now() -> Timestamp {
    parse_timestamp("2026-11-24T08:00:00+09:00")
}

fn start() -> Timestamp {
    parse_timestamp("2026-11-25T10:00:00+09:00")
}

fn minutes_after(time: Timestamp, minutes: i64) -> Timestamp {
    time.plus(Span::from_mins(minutes))
}

async fn desk_fixtures() -> Vec<DeskFixture> {
    let mut fixtures = Vec::new();
    for trial in test_database::open_on_each_engine("consult", MIGRATIONS) {
        let store = Store::for_tests(trial.database.clone());
        let clinic = add_institution(&store, directory::samples::offers().remove(1)).await;
        let new = NewStaffMember { institution: clinic, mail: DESK, name: "受付 見本", role: StaffRole::Desk };
        let id = store.add_staff(new, "correct horse", now()).await.expect("an account");
        let staff = StaffMember {
            id,
            institution: clinic,
            institution_name: String::new(),
            name: "受付 見本".to_owned(),
            role: StaffRole::Desk,
        };
        let account = add_patient(&store, PATIENT, now()).await;
        let request = BookingRequest { institution: clinic, menu: 1, practitioner: None, start: start() };
        let visit = store.book_appointment(account, request, now()).await.expect("a visit is booked").id();
        fixtures.push(DeskFixture { engine: trial.engine, store, staff, account, visit, _trial: trial });
    }
    fixtures
}

impl DeskFixture {
    async fn load_visit(&self) -> DeskVisit {
        self.store.load_desk_visit(self.staff.clone(), self.visit, now()).await.expect("the visit is there")
    }

    async fn load_desk_side(&self) -> DeskSide {
        self.load_visit().await.proof.expect("an insured visit has ledgers").0.desk
    }

    /// Performs an action on the present version of the visit.
    async fn perform_action(&self, action: DeskAction, time: Timestamp) -> Result<(), Refusal> {
        let seen_version = self.load_visit().await.seen_version();
        self.store.perform_desk_action(self.staff.clone(), self.visit, seen_version, action, time).await
    }

    async fn undo_action(&self, number: u32, time: Timestamp) -> Result<(), Refusal> {
        self.store.undo_desk_action(self.staff.clone(), self.visit, number, time).await
    }

    async fn letters_to(&self, recipient: &str) -> Vec<Letter> {
        let letters = self.store.list_outbox().await.expect("the outbox");
        letters.into_iter().map(|outbox_letter| outbox_letter.letter).filter(|letter| letter.to == recipient).collect()
    }

    /// Sends every letter that is due.
    async fn send_letters(&self, time: Timestamp) {
        while let Some(claimed) = self.store.claim_letter(time).await.expect("a claim").letter {
            let stored = self
                .store
                .store_delivery_outcome(claimed.id, claimed.attempts, mail::store::DeliveryOutcome::Sent, time)
                .await;
            stored.expect("a letter is settled");
        }
    }

    async fn assert_audit_chain_intact(&self) {
        let report = self.store.verify_audit(Vec::new()).await.expect("the audit is read").verified;
        assert!(report.faults.is_empty() && report.rows > 0, "{}: {report:?}", self.engine);
    }
}

#[tokio::test]
async fn an_act_is_taken_back_with_the_letter_that_has_not_left() {
    for fixture in desk_fixtures().await {
        fixture.send_letters(now()).await;
        fixture.perform_action(DeskAction::ConfirmAtTerminal, minutes_after(now(), 5)).await.expect("confirmed");
        fixture.send_letters(minutes_after(now(), 5)).await;
        assert_eq!(fixture.letters_to(PATIENT).await.len(), 1, "{}: it waits a minute", fixture.engine);
        fixture.undo_action(1, minutes_after(now(), 5)).await.expect("taken back");
        assert_eq!(fixture.load_desk_side().await, DeskSide::Unseen, "{}", fixture.engine);
        assert!(fixture.letters_to(PATIENT).await.is_empty(), "{}", fixture.engine);
        let trail = fixture.load_visit().await.audit_trail;
        assert!(
            trail.iter().any(|entry| entry.action == AuditAction::DeskUndone(DeskActionKind::ConfirmAtTerminal)),
            "{}",
            fixture.engine
        );
        assert!(
            matches!(fixture.undo_action(1, minutes_after(now(), 5)).await, Err(Refusal::Changed)),
            "{}",
            fixture.engine
        );
        fixture.assert_audit_chain_intact().await;
    }
}

#[tokio::test]
async fn who_was_told_of_an_act_is_told_that_it_was_taken_back() {
    for fixture in desk_fixtures().await {
        fixture.send_letters(now()).await;
        fixture
            .perform_action(DeskAction::RefuseProof(RefusedReason::NotInsured), minutes_after(now(), 5))
            .await
            .expect("refused");
        fixture.send_letters(minutes_after(now(), 6)).await;
        fixture.undo_action(1, minutes_after(now(), 14)).await.expect("taken back");
        let letters = fixture.letters_to(PATIENT).await;
        assert_eq!(letters.len(), 1, "{}", fixture.engine);
        assert!(
            letters[0].subject.ends_with("先ほどのお知らせを取り消しました"),
            "{}: {}",
            fixture.engine,
            letters[0].subject
        );
    }
}

#[tokio::test]
async fn an_act_cannot_be_taken_back_after_ten_minutes_or_by_another_clinic() {
    for fixture in desk_fixtures().await {
        fixture.perform_action(DeskAction::ConfirmAtTerminal, now()).await.expect("confirmed");
        let foreign_staff =
            StaffMember { institution: directory::samples::institutions()[0].code, ..fixture.staff.clone() };
        let result = fixture.store.undo_desk_action(foreign_staff, fixture.visit, 1, now()).await;
        assert!(matches!(result, Err(Refusal::NotFound)), "{}", fixture.engine);
        assert!(
            matches!(fixture.undo_action(1, minutes_after(now(), 10)).await, Err(Refusal::TooLate(_))),
            "{}",
            fixture.engine
        );
        assert!(matches!(fixture.undo_action(2, now()).await, Err(Refusal::Changed)), "{}", fixture.engine);
        assert!(matches!(fixture.load_desk_side().await, DeskSide::Confirmed { .. }), "{}", fixture.engine);
    }
}

#[tokio::test]
async fn acts_are_taken_back_one_after_the_other() {
    for fixture in desk_fixtures().await {
        let request = DeskAction::Request(RequestedProof::Picture, RequestReason::NothingYet);
        fixture.perform_action(request, now()).await.expect("asked");
        let requested = fixture.load_desk_side().await;
        fixture.perform_action(DeskAction::ConfirmAtTerminal, minutes_after(now(), 1)).await.expect("confirmed");
        assert!(
            matches!(fixture.undo_action(1, minutes_after(now(), 2)).await, Err(Refusal::Changed)),
            "not the newest"
        );
        fixture.undo_action(2, minutes_after(now(), 2)).await.expect("taken back");
        assert_eq!(fixture.load_desk_side().await, requested, "{}", fixture.engine);
        fixture.undo_action(1, minutes_after(now(), 3)).await.expect("taken back");
        assert_eq!(fixture.load_desk_side().await, DeskSide::Unseen, "{}", fixture.engine);
    }
}

#[tokio::test]
async fn what_the_patient_did_meanwhile_is_looked_at_again() {
    for fixture in desk_fixtures().await {
        fixture
            .perform_action(DeskAction::Request(RequestedProof::Consent, RequestReason::NothingYet), now())
            .await
            .expect("asked");
        fixture.perform_action(DeskAction::ConfirmOnScreen, minutes_after(start(), 1)).await.expect("confirmed");
        fixture
            .store
            .report_procedure_done(fixture.account, fixture.visit, minutes_after(start(), 2))
            .await
            .expect("said");
        fixture.undo_action(2, minutes_after(start(), 3)).await.expect("taken back");
        assert_eq!(fixture.load_desk_side().await, DeskSide::Unseen, "{}: what was asked for came", fixture.engine);
        // The proof arrived before the request is undone: nothing is left to undo.
        fixture
            .perform_action(
                DeskAction::Request(RequestedProof::Consent, RequestReason::NothingYet),
                minutes_after(start(), 4),
            )
            .await
            .expect("asked");
        fixture
            .store
            .report_procedure_done(fixture.account, fixture.visit, minutes_after(start(), 5))
            .await
            .expect("said");
        assert!(
            matches!(fixture.undo_action(3, minutes_after(start(), 6)).await, Err(Refusal::Changed)),
            "{}",
            fixture.engine
        );
    }
}

#[tokio::test]
async fn a_visit_is_held_not_before_it_begins_and_only_as_it_was_seen() {
    for fixture in desk_fixtures().await {
        let early = fixture.perform_action(DeskAction::Complete, minutes_after(start(), -1)).await;
        assert!(matches!(early, Err(Refusal::TooEarly(_))), "{}", fixture.engine);
        let early = fixture.perform_action(DeskAction::ConfirmOnScreen, minutes_after(start(), -16)).await;
        assert!(matches!(early, Err(Refusal::TooEarly(_))), "{}", fixture.engine);
        let seen_version = fixture.load_visit().await.seen_version();
        fixture.store.report_procedure_done(fixture.account, fixture.visit, start()).await.expect("said");
        let stale = fixture
            .store
            .perform_desk_action(fixture.staff.clone(), fixture.visit, seen_version, DeskAction::Complete, start())
            .await;
        assert!(matches!(stale, Err(Refusal::Changed)), "{}", fixture.engine);
        fixture.perform_action(DeskAction::Complete, start()).await.expect("held");
        let late = fixture.perform_action(DeskAction::ConfirmAtTerminal, minutes_after(start(), 1)).await;
        assert!(matches!(late, Err(Refusal::Closed(_))), "{}", fixture.engine);
    }
}

#[tokio::test]
async fn a_visit_marked_as_held_by_mistake_is_open_again_and_its_patient_was_never_shut_out() {
    for fixture in desk_fixtures().await {
        fixture.perform_action(DeskAction::Complete, start()).await.expect("held");
        assert_eq!(fixture.load_visit().await.appointment.status, AppointmentStatus::Completed, "{}", fixture.engine);
        // While the action can be undone, the patient can still prove insurance.
        let openness = async |time| {
            fixture
                .store
                .find_appointment_details(fixture.account, fixture.visit)
                .await
                .expect("a case")
                .appointment
                .openness(time)
        };
        assert_eq!(openness(minutes_after(start(), 9)).await, Openness::Provable, "{}", fixture.engine);
        assert_eq!(openness(minutes_after(start(), 10)).await, Openness::Closed, "{}", fixture.engine);
        fixture
            .store
            .report_procedure_done(fixture.account, fixture.visit, minutes_after(start(), 2))
            .await
            .expect("said");
        fixture.undo_action(1, minutes_after(start(), 9)).await.expect("taken back");
        assert_eq!(fixture.load_visit().await.appointment.status, AppointmentStatus::Booked, "{}", fixture.engine);
        assert_eq!(openness(minutes_after(start(), 20)).await, Openness::Provable, "{}", fixture.engine);
        fixture.perform_action(DeskAction::Complete, minutes_after(start(), 10)).await.expect("held");
        assert!(
            matches!(fixture.undo_action(1, minutes_after(start(), 11)).await, Err(Refusal::Changed)),
            "{}",
            fixture.engine
        );
        fixture.assert_audit_chain_intact().await;
    }
}

#[tokio::test]
async fn thirty_things_within_a_minute_are_two_letters() {
    for fixture in desk_fixtures().await {
        assert_eq!(fixture.letters_to(DESK).await.len(), 1, "{}: the first is told at once", fixture.engine);
        let (store, visit) = (fixture.store.clone(), fixture.visit);
        let recorded = fixture.store.database.write(move |transaction| {
            for second in 0..30 {
                let time = now().plus(Span::from_secs(second));
                desk_news::store::record_event(transaction, &store, visit, DeskEvent::Rescheduled, time)?;
            }
            Ok(())
        });
        recorded.await.unwrap_or_else(|error: Error| panic!("{error}"));
        let write = |time| fixture.store.enqueue_gathered_letters(time);
        write(minutes_after(now(), 9)).await.expect("a round");
        assert_eq!(fixture.letters_to(DESK).await.len(), 1, "{}", fixture.engine);
        write(minutes_after(now(), 10)).await.expect("a round");
        write(minutes_after(now(), 10)).await.expect("a round");
        let letters = fixture.letters_to(DESK).await;
        assert_eq!(letters.len(), 2, "{}", fixture.engine);
        assert_eq!(letters[0].subject, "新しいお知らせが30件あります", "{}", fixture.engine);
    }
}

#[tokio::test]
async fn what_is_urgent_waits_a_minute_at_most() {
    for fixture in desk_fixtures().await {
        let near = minutes_after(start(), -20);
        fixture.store.report_procedure_done(fixture.account, fixture.visit, near).await.expect("said");
        assert_eq!(fixture.letters_to(DESK).await.len(), 2, "{}", fixture.engine);
        fixture.store.cancel_appointment(fixture.account, fixture.visit, 0, near).await.expect("cancelled");
        fixture.store.enqueue_gathered_letters(near.plus(Span::from_secs(59))).await.expect("a round");
        assert_eq!(fixture.letters_to(DESK).await.len(), 2, "{}", fixture.engine);
        fixture.store.enqueue_gathered_letters(minutes_after(near, 1)).await.expect("a round");
        assert_eq!(fixture.letters_to(DESK).await.len(), 3, "{}", fixture.engine);
    }
}

#[tokio::test]
async fn an_account_can_be_without_letters_and_sees_what_is_new_in_the_list() {
    for fixture in desk_fixtures().await {
        let day = async || {
            let (staff, date) = (fixture.staff.clone(), start().japan_date());
            fixture
                .store
                .load_desk_day(staff, date, DayListAccess::Opened, minutes_after(now(), 30))
                .await
                .expect("a day")
        };
        let before = fixture.letters_to(DESK).await.len();
        fixture.store.set_letter_choice(fixture.staff.clone(), LetterChoice::Off).await.expect("set");
        fixture
            .store
            .report_procedure_done(fixture.account, fixture.visit, minutes_after(now(), 20))
            .await
            .expect("said");
        assert_eq!(fixture.letters_to(DESK).await.len(), before, "{}", fixture.engine);
        let news = day().await.news;
        assert_eq!(news.events.len(), 2, "{}: booked and done", fixture.engine);
        fixture.store.mark_news_seen(fixture.staff.clone(), news.events[0].occurred_at).await.expect("marked");
        assert!(day().await.news.events.is_empty(), "{}", fixture.engine);
        let choice = fixture.store.find_letter_choice(fixture.staff.clone()).await.expect("a choice");
        assert_eq!(choice, LetterChoice::Off, "{}: seeing what is new changes nothing else", fixture.engine);
    }
}

#[tokio::test]
async fn a_list_that_renews_itself_is_audited_every_ten_minutes() {
    for fixture in desk_fixtures().await {
        let look = async |access, time| {
            let (staff, date) = (fixture.staff.clone(), start().japan_date());
            fixture.store.load_desk_day(staff, date, access, time).await.expect("a day");
            let count = |transaction: &mut Transaction<'_>| {
                transaction.fetch_one("SELECT COUNT(*) FROM audit_entry WHERE act = 'desk.day'", &[], |row| row.get(0))
            };
            let counted: Result<u32, Error> = fixture.store.database.read(count).await;
            counted.unwrap_or_else(|error| panic!("{error}"))
        };
        assert_eq!(look(DayListAccess::Opened, now()).await, 1, "{}", fixture.engine);
        assert_eq!(look(DayListAccess::Refreshed, minutes_after(now(), 9)).await, 1, "{}", fixture.engine);
        assert_eq!(look(DayListAccess::Refreshed, minutes_after(now(), 10)).await, 2, "{}", fixture.engine);
        assert_eq!(look(DayListAccess::Opened, minutes_after(now(), 10)).await, 3, "{}", fixture.engine);
    }
}
