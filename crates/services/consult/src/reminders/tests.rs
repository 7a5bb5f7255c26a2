//! Tests of reminders, on every engine.

mod history;

use base::{InstitutionCode, Span};
use database::{Error, test_database::TestDatabase};

use super::{rules::ReminderRung, scheduling::decide_due_rungs};
use crate::{
    appointments::rules::AppointmentId,
    directory,
    mail::letter::Letter,
    people::rules::account::{AccountId, ClinicInMail, LetterChoices, ReminderChoice},
    sample_data,
    store::Store,
    tests::stores::{booking_request, fill_directory, letter_choices, new_patient, now, parse_timestamp, stores},
};

const MAIL: &str = "a@example.jp";
const VISIT: &str = "2026-11-27T10:00:00+09:00";
const TWO_DAYS: &str = "2026-11-25T10:00:00+09:00";
const EVENING: &str = "2026-11-26T18:00:00+09:00";
const TWO_HOURS: &str = "2026-11-27T08:00:00+09:00";

/// A patient with a visit that was booked three days before.
struct ReminderFixture {
    engine: &'static str,
    store: Store,
    account: AccountId,
    institution: InstitutionCode,
    appointment: AppointmentId,
    _trial: TestDatabase,
}

async fn reminder_fixtures() -> Vec<ReminderFixture> {
    let mut fixtures = Vec::new();
    for (engine, store, trial) in stores() {
        let institution = fill_directory(&store).await[0];
        let account = new_patient(&store, MAIL).await;
        let request = booking_request(institution, 1, VISIT);
        let appointment = store.book_appointment(account, request, now()).await.expect("booked").id();
        fixtures.push(ReminderFixture { engine, store, account, institution, appointment, _trial: trial });
    }
    fixtures
}

impl ReminderFixture {
    async fn run_at(&self, time: &str) {
        decide_due_rungs(&self.store, parse_timestamp(time)).await.expect("a round");
    }

    /// The reminders that wait, the newest first.
    async fn reminders(&self) -> Vec<Letter> {
        let letters = self.store.list_outbox().await.expect("the outbox").into_iter().map(|entry| entry.letter);
        let is_reminder = |letter: &Letter| {
            ["予約のお知らせ", "手続きが残っています", "Reminder", "left to do"]
                .iter()
                .any(|text| letter.subject.contains(text))
        };
        letters.filter(is_reminder).collect()
    }

    async fn save_choices(&self, letters: LetterChoices) {
        let profile = sample_data::profile();
        self.store.save_profile(self.account, profile, letters, now()).await.expect("saved");
    }

    /// How many events the desk has that ask it to telephone.
    async fn count_calls(&self) -> u32 {
        self.store
            .database
            .read(|transaction| {
                transaction
                    .fetch_one("SELECT COUNT(*) FROM desk_event WHERE event = 'step_missing'", &[], |row| row.get(0))
            })
            .await
            .unwrap_or_else(|error: Error| panic!("{error}"))
    }

    /// How many reminders were sent: each would still be in the outbox, or was replaced by a later one.
    async fn count_sent(&self) -> u32 {
        self.store
            .database
            .read(|transaction| {
                transaction.fetch_one("SELECT COUNT(*) FROM reminder WHERE decision = 'sent'", &[], |row| row.get(0))
            })
            .await
            .unwrap_or_else(|error: Error| panic!("{error}"))
    }
}

#[tokio::test]
async fn a_visit_has_three_reminders_and_the_desk_is_told_whom_to_call() {
    for fixture in reminder_fixtures().await {
        let engine = fixture.engine;
        fixture.run_at("2026-11-25T09:59:00+09:00").await;
        assert_eq!(fixture.count_sent().await, 0, "{engine}");
        for (time, sent) in [(TWO_DAYS, 1), (EVENING, 2), (TWO_HOURS, 3)] {
            fixture.run_at(time).await;
            fixture.run_at(time).await;
            assert_eq!(fixture.count_sent().await, sent, "{engine} {time}");
            // What was not sent until now is not sent beside the newer one.
            assert_eq!(fixture.reminders().await.len(), 1, "{engine} {time}");
            assert_eq!(fixture.count_calls().await, u32::from(time == TWO_HOURS), "{engine} {time}");
        }
        let letter = fixture.reminders().await.remove(0);
        assert_eq!(letter.to, MAIL, "{engine}");
        assert!(
            letter.subject.contains("手続きが残っています") && letter.body.contains("お電話"),
            "{engine}: {}",
            letter.body
        );
        assert!(letter.body.contains(&format!("/appointments/{}", fixture.appointment)), "{engine}: {}", letter.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_nodes_one_sends_each_reminder() {
    for fixture in reminder_fixtures().await {
        let rounds: Vec<_> = (0..6)
            .map(|_| {
                let store = fixture.store.clone();
                tokio::spawn(async move { decide_due_rungs(&store, parse_timestamp(TWO_HOURS)).await })
            })
            .collect();
        for round in rounds {
            round.await.expect("no panic").expect("a round");
        }
        assert_eq!(fixture.reminders().await.len(), 1, "{}", fixture.engine);
        assert_eq!(fixture.count_calls().await, 1, "{}", fixture.engine);
    }
}

#[tokio::test]
async fn a_moved_visit_gets_its_reminders_anew_and_what_waited_is_withdrawn() {
    for fixture in reminder_fixtures().await {
        let engine = fixture.engine;
        fixture.run_at(TWO_DAYS).await;
        assert_eq!(fixture.reminders().await.len(), 1, "{engine}");
        let moved_at = parse_timestamp(TWO_DAYS).plus(Span::from_mins(5));
        let start = parse_timestamp("2026-11-30T10:00:00+09:00");
        let moved = fixture.store.reschedule_appointment(fixture.account, fixture.appointment, start, moved_at);
        moved.await.expect("moved");
        assert!(fixture.reminders().await.is_empty(), "{engine}");
        fixture.run_at(EVENING).await;
        assert!(fixture.reminders().await.is_empty(), "{engine}: the old day is nobody's");
        fixture.run_at("2026-11-28T10:00:00+09:00").await;
        let letter = fixture.reminders().await.remove(0);
        assert!(letter.subject.contains("11月30日（月） 10:00"), "{engine}: {}", letter.subject);
    }
}

#[tokio::test]
async fn a_visit_that_was_moved_close_to_its_rung_has_the_letter_about_that_and_no_reminder() {
    for fixture in reminder_fixtures().await {
        let start = parse_timestamp("2026-11-27T11:00:00+09:00");
        let moved_at = parse_timestamp("2026-11-25T09:00:00+09:00");
        let moved = fixture.store.reschedule_appointment(fixture.account, fixture.appointment, start, moved_at);
        moved.await.expect("moved");
        fixture.run_at("2026-11-25T11:00:00+09:00").await;
        // It is decided once, not put off.
        fixture.run_at("2026-11-25T12:30:00+09:00").await;
        assert_eq!(fixture.count_sent().await, 0, "{}", fixture.engine);
        fixture.run_at(EVENING).await;
        assert_eq!(fixture.count_sent().await, 1, "{}", fixture.engine);
    }
}

#[tokio::test]
async fn a_cancelled_visit_has_no_reminder_and_what_waited_is_withdrawn() {
    for fixture in reminder_fixtures().await {
        let engine = fixture.engine;
        fixture.run_at(TWO_DAYS).await;
        let cancelled_at = parse_timestamp(TWO_DAYS).plus(Span::from_mins(5));
        let cancelled = fixture.store.cancel_appointment(fixture.account, fixture.appointment, 0, cancelled_at);
        cancelled.await.expect("cancelled");
        for time in [EVENING, TWO_HOURS] {
            fixture.run_at(time).await;
        }
        assert!(fixture.reminders().await.is_empty(), "{engine}");
        assert_eq!(fixture.count_calls().await, 0, "{engine}");
    }
}

#[tokio::test]
async fn who_wants_no_reminder_gets_none_and_the_desk_is_told_nevertheless() {
    for fixture in reminder_fixtures().await {
        let letters = LetterChoices { reminders: ReminderChoice::Off, ..letter_choices(ClinicInMail::Named) };
        fixture.save_choices(letters).await;
        for time in [TWO_DAYS, EVENING, TWO_HOURS] {
            fixture.run_at(time).await;
        }
        assert!(fixture.reminders().await.is_empty(), "{}", fixture.engine);
        assert_eq!(fixture.count_calls().await, 1, "{}", fixture.engine);
    }
}

#[tokio::test]
async fn a_reminder_names_the_clinic_unless_the_patient_does_not_want_it() {
    for fixture in reminder_fixtures().await {
        let name = directory::samples::institutions()[0].name.clone();
        fixture.run_at(TWO_DAYS).await;
        assert!(fixture.reminders().await[0].body.contains(&name), "{}", fixture.engine);
        fixture.save_choices(letter_choices(ClinicInMail::Neutral)).await;
        fixture.run_at(EVENING).await;
        assert!(!fixture.reminders().await[0].body.contains(&name), "{}", fixture.engine);
    }
}

#[tokio::test]
async fn a_self_pay_visit_is_reminded_of_and_nobody_is_called() {
    for fixture in reminder_fixtures().await {
        let engine = fixture.engine;
        let account = new_patient(&fixture.store, "b@example.jp").await;
        let request = booking_request(fixture.institution, 2, "2026-11-27T11:00:00+09:00");
        fixture.store.book_appointment(account, request, now()).await.expect("booked");
        fixture.run_at("2026-11-27T09:00:00+09:00").await;
        let letters = fixture.reminders().await;
        let letter = letters.iter().find(|letter| letter.to == "b@example.jp").expect("a reminder");
        assert!(letter.subject.contains("予約のお知らせ"), "{engine}: {}", letter.subject);
        // The other visit, an hour before, is the one to call about.
        assert_eq!(fixture.count_calls().await, 1, "{engine}");
    }
}

#[tokio::test]
async fn a_reminder_that_the_relay_would_take_after_the_visit_began_is_dropped() {
    for fixture in reminder_fixtures().await {
        fixture.run_at(TWO_HOURS).await;
        assert_eq!(fixture.reminders().await.len(), 1, "{}", fixture.engine);
        let claim = fixture.store.claim_letter(parse_timestamp(VISIT)).await.expect("a claim");
        // The code with which the patient signed in, three days before, expires too.
        assert_eq!(claim.expired, 2, "{}", fixture.engine);
        assert!(fixture.reminders().await.is_empty(), "{}", fixture.engine);
    }
}

#[tokio::test]
async fn rows_of_visits_that_are_long_over_are_deleted() {
    for fixture in reminder_fixtures().await {
        fixture.run_at(TWO_DAYS).await;
        let after = |days: i64| parse_timestamp(VISIT).plus(Span::from_hours(24 * days));
        fixture.store.delete_old_reminders(after(30)).await.expect("deleted");
        assert_eq!(fixture.count_sent().await, 1, "{}", fixture.engine);
        fixture.store.delete_old_reminders(after(31)).await.expect("deleted");
        assert_eq!(fixture.count_sent().await, 0, "{}", fixture.engine);
    }
}

#[tokio::test]
async fn visits_that_are_due_are_found_by_the_index_of_their_start() {
    for fixture in reminder_fixtures().await {
        if fixture.engine != "sqlite" {
            continue;
        }
        let plan: Vec<String> = fixture
            .store
            .database
            .read(|transaction| {
                transaction.fetch_all(
                    concat!("EXPLAIN QUERY PLAN ", super::store::due_rungs_sql!()),
                    &[&now(), &now(), &ReminderRung::TwoDays, &1_u32],
                    |row| row.get(3),
                )
            })
            .await
            .unwrap_or_else(|error: Error| panic!("{error}"));
        assert!(plan.iter().any(|step| step.contains("appointment_to_come")), "{plan:?}");
        assert!(!plan.iter().any(|step| step.starts_with("SCAN")), "{plan:?}");
    }
}
