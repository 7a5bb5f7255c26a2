//! Random histories of booking, moving and cancelling, against a plain model that knows the rules alone.

use std::collections::{BTreeMap, BTreeSet};

use base::{InstitutionCode, Randomness, Span, Timestamp, start_of_day};
use database::Error;

use crate::{
    appointments::rules::{AppointmentId, AppointmentStatus},
    limits::Limits,
    people::rules::account::{AccountId, ReminderChoice},
    reminders::{
        rules::{LetterDecision, MissingStep, ReminderRung, RungDecision, RungFacts, decide_rung},
        scheduling::decide_due_rungs,
    },
    schedule::rules::slot::BookingRequest,
    store::Store,
    tests::stores::{fill_directory, new_patient, now, stores},
};

const STEPS: u32 = 300;
const PATIENTS: u8 = 12;

/// A visit as the model knows it.
struct ModelVisit {
    account: AccountId,
    start: Timestamp,
    status: AppointmentStatus,
    last_letter_at: Timestamp,
    decided: BTreeSet<(&'static str, Timestamp)>,
    sent: u32,
}

impl ModelVisit {
    fn decide(&mut self, rung: ReminderRung, time: Timestamp) {
        let facts = RungFacts {
            status: self.status,
            visit_start: self.start,
            choice: ReminderChoice::On,
            missing: MissingStep::NotBegun,
            last_letter_at: self.last_letter_at,
        };
        let key = (rung.as_str(), self.start);
        if self.decided.contains(&key) {
            return;
        }
        if let RungDecision::Decided { letter, .. } = decide_rung(rung, facts, time) {
            self.decided.insert(key);
            if letter == LetterDecision::Sent {
                self.last_letter_at = time;
                self.sent += 1;
            }
        }
    }
}

/// Draws numbers that are the same in every run of a seed.
struct Dice(Randomness);

impl Dice {
    fn roll(&self, sides: u8) -> u8 {
        let [byte] = self.0.bytes::<1>();
        byte % sides
    }

    /// A quarter of an hour on one of the next days; not every one can be booked.
    fn roll_start(&self, time: Timestamp) -> Timestamp {
        let day = start_of_day(time.japan_date()).plus(Span::from_hours(24 * i64::from(self.roll(4))));
        day.plus(Span::from_mins(9 * 60 + 15 * i64::from(self.roll(32))))
    }
}

struct History {
    store: Store,
    institution: InstitutionCode,
    patients: Vec<AccountId>,
    visits: BTreeMap<AppointmentId, ModelVisit>,
    dice: Dice,
}

impl History {
    /// What a patient does next; what is refused changes nothing.
    async fn act(&mut self, time: Timestamp) {
        let chosen = self.visits.len().checked_sub(1).map(|last| usize::from(self.dice.roll(200)) % (last + 1));
        let chosen = chosen.and_then(|index| self.visits.keys().nth(index).copied());
        let start = self.dice.roll_start(time);
        match (self.dice.roll(8), chosen) {
            (0..=3, _) | (_, None) => {
                let account = self.patients[usize::from(self.dice.roll(PATIENTS))];
                let request = BookingRequest { institution: self.institution, menu: 1, practitioner: None, start };
                if let Ok(outcome) = self.store.book_appointment(account, request, time).await {
                    self.visits.entry(outcome.id()).or_insert(ModelVisit {
                        account,
                        start,
                        status: AppointmentStatus::Booked,
                        last_letter_at: time,
                        decided: BTreeSet::new(),
                        sent: 0,
                    });
                }
            }
            (4, Some(id)) => {
                let visit = self.visits.get_mut(&id).expect("it was chosen");
                let moved = self.store.reschedule_appointment(visit.account, id, start, time).await;
                if moved.is_ok() && visit.start != start {
                    (visit.start, visit.last_letter_at) = (start, time);
                }
            }
            (5, Some(id)) => {
                let visit = self.visits.get_mut(&id).expect("it was chosen");
                if self.store.cancel_appointment(visit.account, id, 0, time).await.is_ok() {
                    visit.status = AppointmentStatus::Cancelled;
                }
            }
            _ => {}
        }
    }

    async fn run_round(&mut self, time: Timestamp) {
        decide_due_rungs(&self.store, time).await.expect("a round");
        for rung in ReminderRung::ALL {
            self.visits.values_mut().for_each(|visit| visit.decide(rung, time));
        }
    }

    /// How many rungs were decided, and how many reminders were sent, by the rows of each visit.
    async fn count_rows(&self) -> BTreeMap<AppointmentId, (u32, u32)> {
        let rows: Vec<(AppointmentId, LetterDecision)> = self
            .store
            .database
            .read(|transaction| {
                transaction
                    .fetch_all("SELECT appointment, decision FROM reminder", &[], |row| Ok((row.get(0)?, row.get(1)?)))
            })
            .await
            .unwrap_or_else(|error: Error| panic!("{error}"));
        let mut counts = BTreeMap::new();
        for (id, decision) in rows {
            let (decided, sent) = counts.entry(id).or_insert((0, 0));
            *decided += 1;
            *sent += u32::from(decision == LetterDecision::Sent);
        }
        counts
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_any_history_there_is_no_reminder_too_few_or_too_many() {
    let many = u16::MAX;
    let limits = Limits {
        bookings_to_come: many,
        bookings_per_clinic_and_day: many,
        bookings_per_day: many,
        reschedules_per_day: many,
        cancellations_per_day: many,
        ..Limits::default()
    };
    for (engine, store, _trial) in stores() {
        let store = Store { limits: limits.clone(), ..store };
        let institution = fill_directory(&store).await[0];
        let mut patients = Vec::new();
        for number in 0..PATIENTS {
            patients.push(new_patient(&store, &format!("p{number}@example.jp")).await);
        }
        let dice = Dice(Randomness::repeatable("reminders"));
        let mut history = History { store, institution, patients, visits: BTreeMap::new(), dice };
        let mut time = now();
        for step in 0..STEPS {
            history.act(time).await;
            history.run_round(time).await;
            let expected: BTreeMap<_, _> = history
                .visits
                .iter()
                .filter(|(_, visit)| !visit.decided.is_empty())
                .map(|(id, visit)| (*id, (u32::try_from(visit.decided.len()).expect("few"), visit.sent)))
                .collect();
            assert_eq!(history.count_rows().await, expected, "{engine}, step {step}, {time}");
            time = time.plus(Span::from_mins(5 + i64::from(history.dice.roll(100))));
        }
        let sent: u32 = history.visits.values().map(|visit| visit.sent).sum();
        assert!(sent > 20 && history.visits.len() > 20, "{engine}: the history is one of {sent} reminders");
        // What waits in the outbox is of visits that are booked, one for each at most.
        let letters = history.store.list_outbox().await.expect("the outbox");
        for (id, visit) in &history.visits {
            let page = format!("/appointments/{id}\n");
            let is_reminder = |body: &str| body.contains(&page) && body.contains("お知らせは、登録情報で止められます");
            let waiting = letters.iter().filter(|entry| is_reminder(&entry.letter.body)).count();
            let max = usize::from(visit.status == AppointmentStatus::Booked);
            assert!(waiting <= max, "{engine}: {waiting} reminders of a visit that is {}", visit.status);
        }
    }
}
