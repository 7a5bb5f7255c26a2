//! What a desk does and takes back, and what it is told, on every engine.

use database::trial;

use super::*;
use crate::store::test_store::{add_institution, add_patient};
use crate::{
    MIGRATIONS,
    mail::Letter,
    pages::specimen,
    rules::{
        appointment::Openness,
        desk_letter::DeskEvent,
        patient::PatientId,
        proof::{DeskSide, RefusedReason},
    },
    store::{appointment::Wish, desk_news::LetterChoice},
};

const DESK: &str = "desk@example.jp";
const PATIENT: &str = "hanako@example.jp";

/// A clinic that is reached by its fixed URL, its desk, and a patient with a visit.
struct World {
    engine: &'static str,
    store: Store,
    staff: Staff,
    patient: PatientId,
    visit: AppointmentId,
    _trial: trial::Trial,
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

fn now() -> Timestamp {
    at("2026-11-24T08:00:00+09:00")
}

fn start() -> Timestamp {
    at("2026-11-25T10:00:00+09:00")
}

fn minutes(from: Timestamp, minutes: i64) -> Timestamp {
    from.plus(Span::from_mins(minutes))
}

async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for trial in trial::each("consult", MIGRATIONS) {
        let store = Store::for_tests(trial.database.clone());
        let clinic = add_institution(&store, specimen::offers().remove(1)).await;
        let mail = DESK.parse().expect("an address");
        let id = store.add_staff(clinic, &mail, "受付 見本", "correct horse", now()).await.expect("an account");
        let staff =
            Staff { id, institution: clinic, institution_name: String::new(), name: "受付 見本".to_owned() };
        let patient = add_patient(&store, PATIENT, now()).await;
        let wish = Wish { institution: clinic, menu: 1, start: start() };
        let visit = store.book(patient, wish, now()).await.expect("a visit is booked").id();
        worlds.push(World { engine: trial.engine, store, staff, patient, visit, _trial: trial });
    }
    worlds
}

impl World {
    async fn file(&self) -> VisitFile {
        self.store.desk_visit(self.staff.clone(), self.visit, now()).await.expect("the visit is there")
    }

    async fn desk_side(&self) -> DeskSide {
        self.file().await.proof.expect("an insured visit has ledgers").0.desk
    }

    /// Does an act over the visit as it is.
    async fn act(&self, act: DeskAct, at: Timestamp) -> Result<(), Refusal> {
        let seen = self.file().await.seen();
        self.store.desk_act(self.staff.clone(), self.visit, seen, act, at).await
    }

    async fn take_back(&self, number: u32, at: Timestamp) -> Result<(), Refusal> {
        self.store.take_back_desk_act(self.staff.clone(), self.visit, number, at).await
    }

    async fn letters(&self, to: &str) -> Vec<Letter> {
        let letters = self.store.outbox().await.expect("the outbox");
        letters.into_iter().map(|kept| kept.letter).filter(|letter| letter.to == to).collect()
    }

    /// Lets every letter that is due leave.
    async fn send_letters(&self, at: Timestamp) {
        while let Some(claimed) = self.store.claim_letter(at).await.expect("a claim").letter {
            let sent = self.store.settle_letter(claimed.id, claimed.attempts, mail::Fate::Sent, at).await;
            sent.expect("a letter is settled");
        }
    }

    async fn trail_is_whole(&self) {
        let report = self.store.verify_audit(None).await.expect("the audit is read");
        assert!(report.fault.is_none() && report.rows > 0, "{}: {report:?}", self.engine);
    }
}

#[tokio::test]
async fn an_act_is_taken_back_with_the_letter_that_has_not_left() {
    for world in worlds().await {
        world.send_letters(now()).await;
        world.act(DeskAct::ConfirmAtTerminal, minutes(now(), 5)).await.expect("confirmed");
        world.send_letters(minutes(now(), 5)).await;
        assert_eq!(world.letters(PATIENT).await.len(), 1, "{}: it waits a minute", world.engine);
        world.take_back(1, minutes(now(), 5)).await.expect("taken back");
        assert_eq!(world.desk_side().await, DeskSide::Unseen, "{}", world.engine);
        assert!(world.letters(PATIENT).await.is_empty(), "{}", world.engine);
        let deeds = world.file().await.deeds;
        assert!(deeds.iter().any(|deed| deed.act == "desk.confirm_terminal.taken_back"), "{}", world.engine);
        assert!(matches!(world.take_back(1, minutes(now(), 5)).await, Err(Refusal::Changed)), "{}", world.engine);
        world.trail_is_whole().await;
    }
}

#[tokio::test]
async fn who_was_told_of_an_act_is_told_that_it_was_taken_back() {
    for world in worlds().await {
        world.send_letters(now()).await;
        world.act(DeskAct::Refuse(RefusedReason::NotInsured), minutes(now(), 5)).await.expect("refused");
        world.send_letters(minutes(now(), 6)).await;
        world.take_back(1, minutes(now(), 14)).await.expect("taken back");
        let told = world.letters(PATIENT).await;
        assert_eq!(told.len(), 1, "{}", world.engine);
        assert!(told[0].subject.ends_with("先ほどのお知らせを取り消しました"), "{}: {}", world.engine, told[0].subject);
    }
}

#[tokio::test]
async fn an_act_cannot_be_taken_back_after_ten_minutes_or_by_another_clinic() {
    for world in worlds().await {
        world.act(DeskAct::ConfirmAtTerminal, now()).await.expect("confirmed");
        let other = Staff { institution: specimen::institutions()[0].code, ..world.staff.clone() };
        let foreign = world.store.take_back_desk_act(other, world.visit, 1, now()).await;
        assert!(matches!(foreign, Err(Refusal::NotFound)), "{}", world.engine);
        assert!(matches!(world.take_back(1, minutes(now(), 10)).await, Err(Refusal::TooLate(_))), "{}", world.engine);
        assert!(matches!(world.take_back(2, now()).await, Err(Refusal::Changed)), "{}", world.engine);
        assert!(matches!(world.desk_side().await, DeskSide::Confirmed { .. }), "{}", world.engine);
    }
}

#[tokio::test]
async fn acts_are_taken_back_one_after_the_other() {
    for world in worlds().await {
        let ask = DeskAct::Ask(Wanted::Picture, RequestReason::NothingYet);
        world.act(ask, now()).await.expect("asked");
        let asked = world.desk_side().await;
        world.act(DeskAct::ConfirmAtTerminal, minutes(now(), 1)).await.expect("confirmed");
        assert!(matches!(world.take_back(1, minutes(now(), 2)).await, Err(Refusal::Changed)), "not the newest");
        world.take_back(2, minutes(now(), 2)).await.expect("taken back");
        assert_eq!(world.desk_side().await, asked, "{}", world.engine);
        world.take_back(1, minutes(now(), 3)).await.expect("taken back");
        assert_eq!(world.desk_side().await, DeskSide::Unseen, "{}", world.engine);
    }
}

#[tokio::test]
async fn what_the_patient_did_meanwhile_is_looked_at_again() {
    for world in worlds().await {
        world.act(DeskAct::Ask(Wanted::Consent, RequestReason::NothingYet), now()).await.expect("asked");
        world.act(DeskAct::ConfirmOnScreen, minutes(start(), 1)).await.expect("confirmed");
        world.store.say_done(world.patient, world.visit, minutes(start(), 2)).await.expect("said");
        world.take_back(2, minutes(start(), 3)).await.expect("taken back");
        assert_eq!(world.desk_side().await, DeskSide::Unseen, "{}: what was asked for came", world.engine);
        // What was asked for came before the request is taken back: there is nothing left of it.
        world.act(DeskAct::Ask(Wanted::Consent, RequestReason::NothingYet), minutes(start(), 4)).await.expect("asked");
        world.store.say_done(world.patient, world.visit, minutes(start(), 5)).await.expect("said");
        assert!(matches!(world.take_back(3, minutes(start(), 6)).await, Err(Refusal::Changed)), "{}", world.engine);
    }
}

#[tokio::test]
async fn a_visit_is_held_not_before_it_begins_and_only_as_it_was_seen() {
    for world in worlds().await {
        let early = world.act(DeskAct::Complete, minutes(start(), -1)).await;
        assert!(matches!(early, Err(Refusal::TooEarly(_))), "{}", world.engine);
        let early = world.act(DeskAct::ConfirmOnScreen, minutes(start(), -16)).await;
        assert!(matches!(early, Err(Refusal::TooEarly(_))), "{}", world.engine);
        let seen = world.file().await.seen();
        world.store.say_done(world.patient, world.visit, start()).await.expect("said");
        let stale = world.store.desk_act(world.staff.clone(), world.visit, seen, DeskAct::Complete, start()).await;
        assert!(matches!(stale, Err(Refusal::Changed)), "{}", world.engine);
        world.act(DeskAct::Complete, start()).await.expect("held");
        let again = world.act(DeskAct::ConfirmAtTerminal, minutes(start(), 1)).await;
        assert!(matches!(again, Err(Refusal::Closed(_))), "{}", world.engine);
    }
}

#[tokio::test]
async fn a_visit_marked_as_held_by_mistake_is_open_again_and_its_patient_was_never_shut_out() {
    for world in worlds().await {
        world.act(DeskAct::Complete, start()).await.expect("held");
        assert_eq!(world.file().await.appointment.status, Status::Completed, "{}", world.engine);
        // For as long as it can be taken back, the patient can still prove insurance.
        let openness =
            async |at| world.store.case(world.patient, world.visit).await.expect("a case").appointment.openness(at);
        assert_eq!(openness(minutes(start(), 9)).await, Openness::Provable, "{}", world.engine);
        assert_eq!(openness(minutes(start(), 10)).await, Openness::Closed, "{}", world.engine);
        world.store.say_done(world.patient, world.visit, minutes(start(), 2)).await.expect("said");
        world.take_back(1, minutes(start(), 9)).await.expect("taken back");
        assert_eq!(world.file().await.appointment.status, Status::Booked, "{}", world.engine);
        assert_eq!(openness(minutes(start(), 20)).await, Openness::Provable, "{}", world.engine);
        world.act(DeskAct::Complete, minutes(start(), 10)).await.expect("held");
        assert!(matches!(world.take_back(1, minutes(start(), 11)).await, Err(Refusal::Changed)), "{}", world.engine);
        world.trail_is_whole().await;
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
    for world in worlds().await {
        assert_eq!(world.letters(DESK).await.len(), 1, "{}: the first is told at once", world.engine);
        let (store, visit) = (world.store.clone(), world.visit);
        let happened = world.store.database.write(move |transaction| {
            for second in 0..30 {
                let at = now().plus(Span::from_secs(second));
                desk_news::record_event(transaction, &store, visit, DeskEvent::Moved, at)?;
            }
            Ok(())
        });
        happened.await.unwrap_or_else(|error: Error| panic!("{error}"));
        let write = |at| world.store.write_gathered_letters(at);
        write(minutes(now(), 9)).await.expect("a round");
        assert_eq!(world.letters(DESK).await.len(), 1, "{}", world.engine);
        write(minutes(now(), 10)).await.expect("a round");
        write(minutes(now(), 10)).await.expect("a round");
        let letters = world.letters(DESK).await;
        assert_eq!(letters.len(), 2, "{}", world.engine);
        assert_eq!(letters[0].subject, "新しいお知らせが30件あります", "{}", world.engine);
    }
}

#[tokio::test]
async fn what_is_urgent_waits_a_minute_at_most() {
    for world in worlds().await {
        let near = minutes(start(), -20);
        world.store.say_done(world.patient, world.visit, near).await.expect("said");
        assert_eq!(world.letters(DESK).await.len(), 2, "{}", world.engine);
        world.store.cancel(world.patient, world.visit, near).await.expect("cancelled");
        world.store.write_gathered_letters(near.plus(Span::from_secs(59))).await.expect("a round");
        assert_eq!(world.letters(DESK).await.len(), 2, "{}", world.engine);
        world.store.write_gathered_letters(minutes(near, 1)).await.expect("a round");
        assert_eq!(world.letters(DESK).await.len(), 3, "{}", world.engine);
    }
}

#[tokio::test]
async fn an_account_can_be_without_letters_and_sees_what_is_new_in_the_list() {
    for world in worlds().await {
        let day = async || {
            let (staff, date) = (world.staff.clone(), start().japan_date());
            world.store.desk_day(staff, date, Reading::Opened, minutes(now(), 30)).await.expect("a day")
        };
        let before = world.letters(DESK).await.len();
        world.store.set_letter_choice(world.staff.clone(), LetterChoice::Off).await.expect("set");
        world.store.say_done(world.patient, world.visit, minutes(now(), 20)).await.expect("said");
        assert_eq!(world.letters(DESK).await.len(), before, "{}", world.engine);
        let news = day().await.news;
        assert_eq!(news.events.len(), 2, "{}: booked and done", world.engine);
        world.store.mark_news_seen(world.staff.clone(), news.events[0].at).await.expect("marked");
        assert!(day().await.news.events.is_empty(), "{}", world.engine);
        let choice = world.store.letter_choice(world.staff.clone()).await.expect("a choice");
        assert_eq!(choice, LetterChoice::Off, "{}: seeing what is new changes nothing else", world.engine);
    }
}

#[tokio::test]
async fn a_list_that_renews_itself_is_audited_every_ten_minutes() {
    for world in worlds().await {
        let look = async |reading, at| {
            let (staff, date) = (world.staff.clone(), start().japan_date());
            world.store.desk_day(staff, date, reading, at).await.expect("a day");
            let count = |transaction: &mut Transaction<'_>| {
                transaction.one("SELECT COUNT(*) FROM audit_entry WHERE act = 'desk.day'", &[], |row| row.at(0))
            };
            let counted: Result<u32, Error> = world.store.database.read(count).await;
            counted.unwrap_or_else(|error| panic!("{error}"))
        };
        assert_eq!(look(Reading::Opened, now()).await, 1, "{}", world.engine);
        assert_eq!(look(Reading::Renewed, minutes(now(), 9)).await, 1, "{}", world.engine);
        assert_eq!(look(Reading::Renewed, minutes(now(), 10)).await, 2, "{}", world.engine);
        assert_eq!(look(Reading::Opened, minutes(now(), 10)).await, 3, "{}", world.engine);
    }
}
