//! Random histories of bookings, moves, cancellations and closures by patients, desks and managers, against a plain model: no
//! doctor has two visits at one time, and each change has its letter.

use std::collections::BTreeMap;

use base::{Randomness, Span, Timestamp};

use crate::{
    appointments::rules::{AppointmentId, AppointmentStatus},
    booking::store::{booking::BookingOutcome, slot_choice::WantedSlot},
    clinic::store::staff::{Manager, StaffMember},
    clinic_settings::rules::closure_input::ClosureInput,
    directory,
    limits::Limits,
    people::rules::account::AccountId,
    practitioners::{rules::practitioner::PractitionerId, samples::practitioners},
    schedule::rules::{
        practitioner_schedule::{ClosureId, Period},
        slot::BookingRequest,
    },
    store::Store,
    tests::stores::{add_manager, new_institution, new_patient, now, parse_timestamp, stores},
};

/// How many steps a history has.
const STEPS: u32 = 150;

/// How many quarter hours visits begin at.
const TIMES: u8 = 12;

const PATIENTS: u8 = 12;

struct Dice(Randomness);

impl Dice {
    fn roll(&self, sides: u8) -> u8 {
        self.0.bytes::<1>()[0] % sides
    }

    fn start(&self) -> Timestamp {
        let quarter = Span::from_mins(15 * i64::from(self.roll(TIMES)));
        let day = Span::from_hours(24 * i64::from(self.roll(3)));
        parse_timestamp("2026-11-25T09:00:00+09:00").plus(day).plus(quarter)
    }
}

struct History {
    store: Store,
    dice: Dice,
    institution: base::InstitutionCode,
    doctors: Vec<PractitionerId>,
    patients: Vec<AccountId>,
    manager: Manager,
    closures: Vec<ClosureId>,
    /// The patient and the expected number of letters of each visit.
    visits: BTreeMap<AppointmentId, (AccountId, usize)>,
}

impl History {
    async fn new(store: Store, seed: &str) -> Self {
        let limits = Limits {
            bookings_to_come: 1_000,
            bookings_per_clinic_and_day: 1_000,
            bookings_per_day: 1_000,
            reschedules_per_day: 1_000,
            cancellations_per_day: 1_000,
            ..Limits::default()
        };
        let store = Store { limits, ..store };
        let mut offer = directory::samples::offers().remove(0);
        offer.practitioners = practitioners(offer.institution.code);
        offer.menus[0].menu.buffer_minutes = 15;
        let institution = offer.institution.code;
        store.add_institution(new_institution(offer), now()).await.expect("added");
        let mut patients = Vec::new();
        for number in 0..PATIENTS {
            patients.push(new_patient(&store, &format!("p{number}@example.jp")).await);
        }
        let offer = store.find_offer(institution, now()).await.expect("an offer");
        Self {
            doctors: offer.practitioners.iter().map(|doctor| doctor.id).collect(),
            manager: add_manager(&store, institution).await,
            dice: Dice(Randomness::repeatable(seed)),
            store,
            institution,
            patients,
            closures: Vec::new(),
            visits: BTreeMap::new(),
        }
    }

    fn staff(&self) -> StaffMember {
        self.manager.staff().clone()
    }

    fn roll_doctor(&self) -> Option<PractitionerId> {
        let wanted = usize::from(self.dice.roll(3));
        self.doctors.get(wanted).copied()
    }

    fn roll_visit(&self) -> Option<AppointmentId> {
        let place = usize::from(self.dice.roll(8));
        self.visits.keys().rev().nth(place).copied()
    }

    fn expect_letter(&mut self, id: AppointmentId) {
        if let Some((_, letters)) = self.visits.get_mut(&id) {
            *letters += 1;
        }
    }

    async fn step(&mut self) {
        let wanted = WantedSlot { start: self.dice.start(), practitioner: self.roll_doctor() };
        match (self.dice.roll(10), self.roll_visit()) {
            (0..=3, _) | (_, None) => self.book(wanted).await,
            (4, Some(id)) => {
                let (account, _) = self.visits[&id];
                let before = self.store.find_appointment_details(account, id).await.expect("a visit").appointment;
                let moved = self.store.reschedule_appointment(account, id, wanted, now()).await;
                if moved.is_ok() && before.visit_start != wanted.start {
                    self.expect_letter(id);
                }
            }
            (5, Some(id)) => {
                let (account, _) = self.visits[&id];
                let before = self.store.find_appointment_details(account, id).await.expect("a visit").appointment;
                let cancelled = self.store.cancel_appointment(account, id, 0, now()).await;
                if cancelled.is_ok() && before.status == AppointmentStatus::Booked {
                    self.expect_letter(id);
                }
            }
            (6, Some(id)) => self.move_at_desk(id, wanted).await,
            (7, Some(id)) => {
                let seen = self.store.load_desk_visit(self.staff(), id, now()).await.expect("a visit").seen_version();
                if self.store.cancel_desk_visit(&self.staff(), (id, seen), now()).await.is_ok() {
                    self.expect_letter(id);
                }
            }
            (8, _) => self.close(wanted).await,
            _ => {
                if let Some(closure) = self.closures.pop() {
                    self.store.lift_closure(&self.manager, closure, now()).await.expect("lifted");
                }
            }
        }
    }

    async fn book(&mut self, wanted: WantedSlot) {
        let account = self.patients[usize::from(self.dice.roll(PATIENTS))];
        let WantedSlot { start, practitioner } = wanted;
        let request = BookingRequest { institution: self.institution, menu: 1, practitioner, start };
        if let Ok(BookingOutcome::New(id)) = self.store.book_appointment(account, request, now()).await {
            self.visits.insert(id, (account, 1));
        }
    }

    async fn move_at_desk(&mut self, id: AppointmentId, wanted: WantedSlot) {
        let before = self.store.load_desk_visit(self.staff(), id, now()).await.expect("a visit");
        let seen = before.seen_version();
        if self.store.move_desk_visit(&self.staff(), (id, seen), wanted, now()).await.is_ok() {
            let after = self.store.load_desk_visit(self.staff(), id, now()).await.expect("a visit").appointment;
            if (after.visit_start, after.practitioner)
                != (before.appointment.visit_start, before.appointment.practitioner)
            {
                self.expect_letter(id);
            }
        }
    }

    async fn close(&mut self, wanted: WantedSlot) {
        let time = |at: Timestamp| at.in_japan().strftime("%H:%M").to_string();
        let input = ClosureInput {
            doctor: wanted.practitioner.map_or_else(String::new, |doctor| doctor.to_string()),
            from_date: wanted.start.japan_date().to_string(),
            from_time: time(wanted.start),
            to_time: time(wanted.start.plus(Span::from_mins(30))),
            ..ClosureInput::default()
        };
        let closure = input.parse(now()).expect("a closure");
        self.closures.push(self.store.add_closure(&self.manager, closure, now()).await.expect("closed"));
    }

    async fn check(&self, context: &str) {
        let mut periods: BTreeMap<PractitionerId, Vec<Period>> = BTreeMap::new();
        for (id, (account, letters)) in &self.visits {
            let details = self.store.find_appointment_details(*account, *id).await.expect("a visit");
            if details.appointment.status == AppointmentStatus::Booked {
                let period = Period::from_minutes(details.appointment.visit_start, 30);
                periods.entry(details.appointment.practitioner).or_default().push(period);
            }
            let sent = self.count_letters(*id).await;
            assert_eq!(sent, *letters, "{context}: letters of {id}");
        }
        for (doctor, mut periods) in periods {
            periods.sort_by_key(|period| period.start());
            for pair in periods.windows(2) {
                assert!(!pair[0].overlaps(pair[1]), "{context}: {doctor} has two visits at {:?}", pair[1]);
            }
        }
    }

    /// The letters about a visit, which all lead to its page.
    async fn count_letters(&self, id: AppointmentId) -> usize {
        let letters = self.store.list_outbox().await.expect("the outbox");
        letters.iter().filter(|entry| entry.letter.body.contains(&format!("/appointments/{id}"))).count()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_history_gives_a_doctor_two_visits_at_once_or_a_letter_too_few_or_too_many() {
    for seed in ["first", "second"] {
        for (engine, store, _trial) in stores() {
            let mut history = History::new(store, seed).await;
            for step in 0..STEPS {
                history.step().await;
                if step % 10 == 9 {
                    history.check(&format!("{engine} {seed} {step}")).await;
                }
            }
            assert!(history.visits.len() > 10, "{engine} {seed}: hardly anything happened");
        }
    }
}
