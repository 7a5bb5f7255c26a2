//! Random histories of registrations, changes, withdrawals and days that pass, against a plain model.

use base::{Date, InstitutionCode, Randomness, ReceptionNumber, Span, Timestamp, end_of_day};
use database::Transaction;
use proptest::{prelude::*, test_runner::TestRunner};

use super::world::{at, clinic, new_person, other_clinic, worlds};
use crate::{
    Access, Choice, Choices, Item, Kind, NewReception, PersonId, Refusal, Subject, Validity, Via, Withdrawer,
    of_person,
    store::{person, reception},
};

#[derive(Debug, Clone)]
enum Step {
    Register { person: usize, clinic: usize, ahead: i64, choices: u8, validity: Validity },
    Change { nth: usize, person: usize, choices: u8 },
    Withdraw { person: usize },
    Wait { hours: i64 },
    Read { person: usize, clinic: usize, ahead: Option<i64>, subject: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let validity = prop_oneof![Just(Validity::Full), Just(Validity::Grace)];
    prop_oneof![
        4 => (0..2_usize, 0..2_usize, -1..3_i64, 0..64_u8, validity)
            .prop_map(|(person, clinic, ahead, choices, validity)| Step::Register { person, clinic, ahead, choices, validity }),
        2 => (0..8_usize, 0..2_usize, 0..64_u8).prop_map(|(nth, person, choices)| Step::Change { nth, person, choices }),
        1 => (0..2_usize).prop_map(|person| Step::Withdraw { person }),
        2 => (0..30_i64).prop_map(|hours| Step::Wait { hours }),
        8 => (0..2_usize, 0..2_usize, prop::option::of(-1..3_i64), 0..7_usize)
            .prop_map(|(person, clinic, ahead, subject)| Step::Read { person, clinic, ahead, subject }),
    ]
}

fn choices(bits: u8) -> Choices {
    let place = |item| Item::ALL.iter().position(|other| *other == item).unwrap();
    Choices::of(|item| if bits >> place(item) & 1 == 1 { Choice::Agree } else { Choice::Decline })
}

fn institution(place: usize) -> InstitutionCode {
    [clinic(), other_clinic()][place]
}

/// What happened in a step, as far as anybody can see.
#[derive(Debug, Clone, PartialEq)]
enum Seen {
    Nothing,
    Done,
    Refused,
    Access(Access),
}

/// The room itself.
fn really(
    tx: &mut Transaction<'_>,
    people: &[PersonId],
    steps: &[Step],
    start: Timestamp,
) -> Result<Vec<Seen>, Refusal> {
    let randomness = Randomness::system();
    let mut now = start;
    let mut numbers = Vec::new();
    let mut seen = Vec::new();
    for step in steps {
        now = now.plus(Span::from_millis(1));
        let outcome = |done: Result<(), Refusal>| match done {
            Ok(()) => Ok(Seen::Done),
            Err(Refusal::Store(error)) => Err(Refusal::Store(error)),
            Err(_) => Ok(Seen::Refused),
        };
        seen.push(match step.clone() {
            Step::Register { person, clinic, ahead, choices: bits, validity } => {
                let new = NewReception {
                    number: ReceptionNumber::new(&randomness),
                    institution: institution(clinic),
                    visit_date: ahead_of(now, ahead),
                    person: people[person],
                    choices: choices(bits),
                    validity,
                    via: Via::FixedUrl,
                    kind: Kind::Online,
                };
                let done = outcome(crate::register(tx, &new, now).map(|_| ()))?;
                if done == Seen::Done {
                    numbers.push(new.number);
                }
                done
            }
            Step::Change { nth, person, choices: bits } => match numbers.get(nth) {
                Some(number) => outcome(crate::change(tx, people[person], *number, choices(bits), now).map(|_| ()))?,
                None => Seen::Nothing,
            },
            Step::Withdraw { person } => {
                crate::withdraw_all(tx, people[person], now)?;
                Seen::Done
            }
            Step::Wait { hours } => {
                now = now.plus(Span::from_hours(hours));
                Seen::Nothing
            }
            Step::Read { person, clinic, ahead, subject } => {
                let found = reception::with_institution(tx, institution(clinic), people[person])?;
                let visit = ahead.map(|ahead| ahead_of(now, ahead));
                let (access, _) = of_person(institution(clinic), &found, visit, Subject::ALL[subject], now);
                Seen::Access(access)
            }
        });
    }
    Ok(seen)
}

fn ahead_of(now: Timestamp, days: i64) -> Date {
    now.plus(Span::from_hours(24 * days)).japan_date()
}

/// The plain model: a list of all registrations, and every question answered by looking through it.
struct Registration {
    person: usize,
    clinic: usize,
    day: Date,
    choices: u8,
    validity: Validity,
    withdrawn: bool,
}

fn modelled(steps: &[Step], start: Timestamp) -> Vec<Seen> {
    let mut now = start;
    let mut all: Vec<Registration> = Vec::new();
    let mut seen = Vec::new();
    for step in steps {
        now = now.plus(Span::from_millis(1));
        let today = now.japan_date();
        let newest = |all: &[Registration], nth: usize| {
            let this = &all[nth];
            !all[nth + 1..]
                .iter()
                .any(|later| (later.person, later.clinic, later.day) == (this.person, this.clinic, this.day))
        };
        seen.push(match step.clone() {
            Step::Register { person, clinic, ahead, choices, validity } => {
                let day = ahead_of(now, ahead);
                if day < today {
                    Seen::Refused
                } else {
                    all.push(Registration { person, clinic, day, choices, validity, withdrawn: false });
                    Seen::Done
                }
            }
            Step::Change { nth, person, choices } if nth < all.len() => {
                let stands = newest(&all, nth) && !all[nth].withdrawn && all[nth].day >= today;
                if stands && all[nth].person == person {
                    all[nth].choices = choices;
                    Seen::Done
                } else {
                    Seen::Refused
                }
            }
            Step::Change { .. } => Seen::Nothing,
            Step::Withdraw { person } => {
                all.iter_mut()
                    .filter(|one| one.person == person && one.day >= today)
                    .for_each(|one| one.withdrawn = true);
                Seen::Done
            }
            Step::Wait { hours } => {
                now = now.plus(Span::from_hours(hours));
                Seen::Nothing
            }
            Step::Read { person, clinic, ahead, subject } => {
                let wanted = ahead.map(|ahead| ahead_of(now, ahead));
                let answers: Vec<_> = (0..all.len())
                    .filter(|nth| newest(&all, *nth) && all[*nth].person == person && all[*nth].clinic == clinic)
                    .filter(|nth| wanted.is_none_or(|day| all[*nth].day == day))
                    .map(|nth| answer(&all[nth], subject, now))
                    .collect();
                let readable = answers.contains(&Access::Readable);
                Seen::Access(if readable { Access::Readable } else { *answers.last().unwrap_or(&Access::NotThere) })
            }
        });
    }
    seen
}

fn answer(of: &Registration, subject: usize, now: Timestamp) -> Access {
    if of.withdrawn {
        Access::Withdrawn(Withdrawer::Patient)
    } else if now >= end_of_day(of.day) {
        Access::Expired
    } else if subject == 0 {
        Access::Readable
    } else if of.choices >> (subject - 1) & 1 == 0 {
        Access::Declined
    } else if of.validity == Validity::Grace && subject <= 4 {
        Access::GraceOnly
    } else {
        Access::Readable
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_history_disagrees_with_the_plain_model() {
    let start = at("2026-11-24T09:00:00+09:00");
    for world in worlds("2026-11-24T09:00:00+09:00").await {
        let database = world.database.clone();
        let handle = tokio::runtime::Handle::current();
        let run = move || {
            let mut runner = TestRunner::new(ProptestConfig::with_cases(150));
            let histories = prop::collection::vec(step(), 1..60);
            runner.run(&histories, |steps| {
                let expected = modelled(&steps, start);
                let job = move |tx: &mut Transaction<'_>| -> Result<Vec<Seen>, Refusal> {
                    let new = [new_person("1", "1980-06-15"), new_person("2", "1990-01-01")];
                    let people = person::add(tx, &new)?;
                    really(tx, &people, &steps, start)
                };
                let seen = handle.block_on(database.write(job)).expect("a history runs");
                prop_assert_eq!(seen, expected);
                Ok(())
            })
        };
        let outcome = tokio::task::spawn_blocking(run).await.unwrap();
        assert!(outcome.is_ok(), "{}: {}", world.engine, outcome.unwrap_err());
    }
}
