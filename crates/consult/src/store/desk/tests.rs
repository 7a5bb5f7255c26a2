//! What a desk does and takes back, and what it is told, on every engine.

use database::test_database;

use super::*;
use crate::store::test_store::{add_institution, add_patient};
use crate::{
    MIGRATIONS,
    mail::Letter,
    pages::sample_data,
    rules::{
        appointment::Openness,
        desk_letter::DeskEvent,
        patient::PatientId,
        proof::{DeskSide, RefusedReason},
    },
    store::{appointment::BookingRequest, desk_news::LetterChoice},
};

const DESK: &str = "desk@example.jp";
const PATIENT: &str = "hanako@example.jp";

/// A clinic that is reached by its fixed URL, its desk, and a patient with a visit.
struct DeskFixture {
    engine: &'static str,
    store: Store,
    staff: StaffMember,
    patient: PatientId,
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

fn minutes_after(from: Timestamp, minutes: i64) -> Timestamp {
    from.plus(Span::from_mins(minutes))
}

async fn desk_fixtures() -> Vec<DeskFixture> {
    let mut worlds = Vec::new();
    for trial in test_database::open_on_each_engine("consult", MIGRATIONS) {
        let store = Store::for_tests(trial.database.clone());
        let clinic = add_institution(&store, sample_data::offers().remove(1)).await;
        let mail = DESK.parse().expect("an address");
        let id = store.add_staff(clinic, &mail, "受付 見本", "correct horse", now()).await.expect("an account");
        let staff =
            StaffMember { id, institution: clinic, institution_name: String::new(), name: "受付 見本".to_owned() };
        let patient = add_patient(&store, PATIENT, now()).await;
        let wish = BookingRequest { institution: clinic, menu: 1, start: start() };
        let visit = store.book_appointment(patient, wish, now()).await.expect("a visit is booked").id();
        worlds.push(DeskFixture { engine: trial.engine, store, staff, patient, visit, _trial: trial });
    }
    worlds
}

impl DeskFixture {
    async fn load_visit(&self) -> DeskVisit {
        self.store.load_desk_visit(self.staff.clone(), self.visit, now()).await.expect("the visit is there")
    }

    async fn load_desk_side(&self) -> DeskSide {
        self.load_visit().await.proof.expect("an insured visit has ledgers").0.desk
    }

    /// Does an act over the visit as it is.
    async fn perform_action(&self, act: DeskAction, at: Timestamp) -> Result<(), Refusal> {
        let seen = self.load_visit().await.seen_version();
        self.store.perform_desk_action(self.staff.clone(), self.visit, seen, act, at).await
    }

    async fn undo_action(&self, number: u32, at: Timestamp) -> Result<(), Refusal> {
        self.store.undo_desk_action(self.staff.clone(), self.visit, number, at).await
    }

    async fn letters_to(&self, to: &str) -> Vec<Letter> {
        let letters = self.store.list_outbox().await.expect("the outbox");
        letters.into_iter().map(|kept| kept.letter).filter(|letter| letter.to == to).collect()
    }

    /// Lets every letter that is due leave.
    async fn send_letters(&self, at: Timestamp) {
        while let Some(claimed) = self.store.claim_letter(at).await.expect("a claim").letter {
            let sent =
                self.store.store_delivery_outcome(claimed.id, claimed.attempts, mail::DeliveryOutcome::Sent, at).await;
            sent.expect("a letter is settled");
        }
    }

    async fn assert_audit_chain_intact(&self) {
        let report = self.store.verify_audit(None).await.expect("the audit is read");
        assert!(report.fault.is_none() && report.rows > 0, "{}: {report:?}", self.engine);
    }
}

#[tokio::test]
async fn an_act_is_taken_back_with_the_letter_that_has_not_left() {
    for world in desk_fixtures().await {
        world.send_letters(now()).await;
        world.perform_action(DeskAction::ConfirmAtTerminal, minutes_after(now(), 5)).await.expect("confirmed");
        world.send_letters(minutes_after(now(), 5)).await;
        assert_eq!(world.letters_to(PATIENT).await.len(), 1, "{}: it waits a minute", world.engine);
        world.undo_action(1, minutes_after(now(), 5)).await.expect("taken back");
        assert_eq!(world.load_desk_side().await, DeskSide::Unseen, "{}", world.engine);
        assert!(world.letters_to(PATIENT).await.is_empty(), "{}", world.engine);
        let deeds = world.load_visit().await.audit_trail;
        assert!(deeds.iter().any(|deed| deed.action == "desk.confirm_terminal.taken_back"), "{}", world.engine);
        assert!(
            matches!(world.undo_action(1, minutes_after(now(), 5)).await, Err(Refusal::Changed)),
            "{}",
            world.engine
        );
        world.assert_audit_chain_intact().await;
    }
}

#[tokio::test]
async fn who_was_told_of_an_act_is_told_that_it_was_taken_back() {
    for world in desk_fixtures().await {
        world.send_letters(now()).await;
        world
            .perform_action(DeskAction::Refuse(RefusedReason::NotInsured), minutes_after(now(), 5))
            .await
            .expect("refused");
        world.send_letters(minutes_after(now(), 6)).await;
        world.undo_action(1, minutes_after(now(), 14)).await.expect("taken back");
        let told = world.letters_to(PATIENT).await;
        assert_eq!(told.len(), 1, "{}", world.engine);
        assert!(told[0].subject.ends_with("先ほどのお知らせを取り消しました"), "{}: {}", world.engine, told[0].subject);
    }
}

#[tokio::test]
async fn an_act_cannot_be_taken_back_after_ten_minutes_or_by_another_clinic() {
    for world in desk_fixtures().await {
        world.perform_action(DeskAction::ConfirmAtTerminal, now()).await.expect("confirmed");
        let other = StaffMember { institution: sample_data::institutions()[0].code, ..world.staff.clone() };
        let foreign = world.store.undo_desk_action(other, world.visit, 1, now()).await;
        assert!(matches!(foreign, Err(Refusal::NotFound)), "{}", world.engine);
        assert!(
            matches!(world.undo_action(1, minutes_after(now(), 10)).await, Err(Refusal::TooLate(_))),
            "{}",
            world.engine
        );
        assert!(matches!(world.undo_action(2, now()).await, Err(Refusal::Changed)), "{}", world.engine);
        assert!(matches!(world.load_desk_side().await, DeskSide::Confirmed { .. }), "{}", world.engine);
    }
}

#[tokio::test]
async fn acts_are_taken_back_one_after_the_other() {
    for world in desk_fixtures().await {
        let ask = DeskAction::Request(RequestedProof::Picture, RequestReason::NothingYet);
        world.perform_action(ask, now()).await.expect("asked");
        let asked = world.load_desk_side().await;
        world.perform_action(DeskAction::ConfirmAtTerminal, minutes_after(now(), 1)).await.expect("confirmed");
        assert!(matches!(world.undo_action(1, minutes_after(now(), 2)).await, Err(Refusal::Changed)), "not the newest");
        world.undo_action(2, minutes_after(now(), 2)).await.expect("taken back");
        assert_eq!(world.load_desk_side().await, asked, "{}", world.engine);
        world.undo_action(1, minutes_after(now(), 3)).await.expect("taken back");
        assert_eq!(world.load_desk_side().await, DeskSide::Unseen, "{}", world.engine);
    }
}

#[tokio::test]
async fn what_the_patient_did_meanwhile_is_looked_at_again() {
    for world in desk_fixtures().await {
        world
            .perform_action(DeskAction::Request(RequestedProof::Consent, RequestReason::NothingYet), now())
            .await
            .expect("asked");
        world.perform_action(DeskAction::ConfirmOnScreen, minutes_after(start(), 1)).await.expect("confirmed");
        world.store.report_procedure_done(world.patient, world.visit, minutes_after(start(), 2)).await.expect("said");
        world.undo_action(2, minutes_after(start(), 3)).await.expect("taken back");
        assert_eq!(world.load_desk_side().await, DeskSide::Unseen, "{}: what was asked for came", world.engine);
        // What was asked for came before the request is taken back: there is nothing left of it.
        world
            .perform_action(
                DeskAction::Request(RequestedProof::Consent, RequestReason::NothingYet),
                minutes_after(start(), 4),
            )
            .await
            .expect("asked");
        world.store.report_procedure_done(world.patient, world.visit, minutes_after(start(), 5)).await.expect("said");
        assert!(
            matches!(world.undo_action(3, minutes_after(start(), 6)).await, Err(Refusal::Changed)),
            "{}",
            world.engine
        );
    }
}

#[tokio::test]
async fn a_visit_is_held_not_before_it_begins_and_only_as_it_was_seen() {
    for world in desk_fixtures().await {
        let early = world.perform_action(DeskAction::Complete, minutes_after(start(), -1)).await;
        assert!(matches!(early, Err(Refusal::TooEarly(_))), "{}", world.engine);
        let early = world.perform_action(DeskAction::ConfirmOnScreen, minutes_after(start(), -16)).await;
        assert!(matches!(early, Err(Refusal::TooEarly(_))), "{}", world.engine);
        let seen = world.load_visit().await.seen_version();
        world.store.report_procedure_done(world.patient, world.visit, start()).await.expect("said");
        let stale = world
            .store
            .perform_desk_action(world.staff.clone(), world.visit, seen, DeskAction::Complete, start())
            .await;
        assert!(matches!(stale, Err(Refusal::Changed)), "{}", world.engine);
        world.perform_action(DeskAction::Complete, start()).await.expect("held");
        let again = world.perform_action(DeskAction::ConfirmAtTerminal, minutes_after(start(), 1)).await;
        assert!(matches!(again, Err(Refusal::Closed(_))), "{}", world.engine);
    }
}

#[tokio::test]
async fn a_visit_marked_as_held_by_mistake_is_open_again_and_its_patient_was_never_shut_out() {
    for world in desk_fixtures().await {
        world.perform_action(DeskAction::Complete, start()).await.expect("held");
        assert_eq!(world.load_visit().await.appointment.status, AppointmentStatus::Completed, "{}", world.engine);
        // For as long as it can be taken back, the patient can still prove insurance.
        let openness = async |at| {
            world
                .store
                .find_appointment_details(world.patient, world.visit)
                .await
                .expect("a case")
                .appointment
                .openness(at)
        };
        assert_eq!(openness(minutes_after(start(), 9)).await, Openness::Provable, "{}", world.engine);
        assert_eq!(openness(minutes_after(start(), 10)).await, Openness::Closed, "{}", world.engine);
        world.store.report_procedure_done(world.patient, world.visit, minutes_after(start(), 2)).await.expect("said");
        world.undo_action(1, minutes_after(start(), 9)).await.expect("taken back");
        assert_eq!(world.load_visit().await.appointment.status, AppointmentStatus::Booked, "{}", world.engine);
        assert_eq!(openness(minutes_after(start(), 20)).await, Openness::Provable, "{}", world.engine);
        world.perform_action(DeskAction::Complete, minutes_after(start(), 10)).await.expect("held");
        assert!(
            matches!(world.undo_action(1, minutes_after(start(), 11)).await, Err(Refusal::Changed)),
            "{}",
            world.engine
        );
        world.assert_audit_chain_intact().await;
    }
}

#[test]
fn the_version_of_a_form_is_read_back_and_nothing_else_is() {
    let read = |text: &str| text.parse::<SeenVersion>().map(|seen| seen.to_string());
    for version in ["3-7", "3", "0-1"] {
        assert_eq!(read(version).as_deref(), Ok(version));
    }
    for wrong in ["", "-1", "-", "3-", "3--7", "a", "3-7-1", "+3", " 3", "99999999999999999999"] {
        assert_eq!(read(wrong), Err(NotAVersion), "{wrong}");
    }
}

#[tokio::test]
async fn thirty_things_within_a_minute_are_two_letters() {
    for world in desk_fixtures().await {
        assert_eq!(world.letters_to(DESK).await.len(), 1, "{}: the first is told at once", world.engine);
        let (store, visit) = (world.store.clone(), world.visit);
        let happened = world.store.database.write(move |transaction| {
            for second in 0..30 {
                let at = now().plus(Span::from_secs(second));
                desk_news::record_event(transaction, &store, visit, DeskEvent::Rescheduled, at)?;
            }
            Ok(())
        });
        happened.await.unwrap_or_else(|error: Error| panic!("{error}"));
        let write = |at| world.store.enqueue_gathered_letters(at);
        write(minutes_after(now(), 9)).await.expect("a round");
        assert_eq!(world.letters_to(DESK).await.len(), 1, "{}", world.engine);
        write(minutes_after(now(), 10)).await.expect("a round");
        write(minutes_after(now(), 10)).await.expect("a round");
        let letters = world.letters_to(DESK).await;
        assert_eq!(letters.len(), 2, "{}", world.engine);
        assert_eq!(letters[0].subject, "新しいお知らせが30件あります", "{}", world.engine);
    }
}

#[tokio::test]
async fn what_is_urgent_waits_a_minute_at_most() {
    for world in desk_fixtures().await {
        let near = minutes_after(start(), -20);
        world.store.report_procedure_done(world.patient, world.visit, near).await.expect("said");
        assert_eq!(world.letters_to(DESK).await.len(), 2, "{}", world.engine);
        world.store.cancel_appointment(world.patient, world.visit, near).await.expect("cancelled");
        world.store.enqueue_gathered_letters(near.plus(Span::from_secs(59))).await.expect("a round");
        assert_eq!(world.letters_to(DESK).await.len(), 2, "{}", world.engine);
        world.store.enqueue_gathered_letters(minutes_after(near, 1)).await.expect("a round");
        assert_eq!(world.letters_to(DESK).await.len(), 3, "{}", world.engine);
    }
}

#[tokio::test]
async fn an_account_can_be_without_letters_and_sees_what_is_new_in_the_list() {
    for world in desk_fixtures().await {
        let day = async || {
            let (staff, date) = (world.staff.clone(), start().japan_date());
            world
                .store
                .load_desk_day(staff, date, DayListAccess::Opened, minutes_after(now(), 30))
                .await
                .expect("a day")
        };
        let before = world.letters_to(DESK).await.len();
        world.store.set_letter_choice(world.staff.clone(), LetterChoice::Off).await.expect("set");
        world.store.report_procedure_done(world.patient, world.visit, minutes_after(now(), 20)).await.expect("said");
        assert_eq!(world.letters_to(DESK).await.len(), before, "{}", world.engine);
        let news = day().await.news;
        assert_eq!(news.events.len(), 2, "{}: booked and done", world.engine);
        world.store.mark_news_seen(world.staff.clone(), news.events[0].occurred_at).await.expect("marked");
        assert!(day().await.news.events.is_empty(), "{}", world.engine);
        let choice = world.store.find_letter_choice(world.staff.clone()).await.expect("a choice");
        assert_eq!(choice, LetterChoice::Off, "{}: seeing what is new changes nothing else", world.engine);
    }
}

#[tokio::test]
async fn a_list_that_renews_itself_is_audited_every_ten_minutes() {
    for world in desk_fixtures().await {
        let look = async |reading, at| {
            let (staff, date) = (world.staff.clone(), start().japan_date());
            world.store.load_desk_day(staff, date, reading, at).await.expect("a day");
            let count = |transaction: &mut Transaction<'_>| {
                transaction.fetch_one("SELECT COUNT(*) FROM audit_entry WHERE act = 'desk.day'", &[], |row| row.get(0))
            };
            let counted: Result<u32, Error> = world.store.database.read(count).await;
            counted.unwrap_or_else(|error| panic!("{error}"))
        };
        assert_eq!(look(DayListAccess::Opened, now()).await, 1, "{}", world.engine);
        assert_eq!(look(DayListAccess::Refreshed, minutes_after(now(), 9)).await, 1, "{}", world.engine);
        assert_eq!(look(DayListAccess::Refreshed, minutes_after(now(), 10)).await, 2, "{}", world.engine);
        assert_eq!(look(DayListAccess::Opened, minutes_after(now(), 10)).await, 3, "{}", world.engine);
    }
}
