//! Random histories of registrations, changes, withdrawals, days that pass and readings, against a plain model: very many
//! in memory with the room's rules, and many with its SQL, read through the interface as institutions read.

use base::{Date, InstitutionCode, Key, Randomness, ReceptionNumber, Span, Timestamp, end_of_day};
use database::Transaction;
use oqs::{ConsentFlag, Exchange, FileCategory, LimitConsentFlag, MedicalTreatment, Message, Outcome};

use super::{
    messages::{MEDICAL, header, medical_request, refused_with, search},
    world::{at, certificate, clinic, day, new_person, other_clinic, worlds},
};
use crate::{
    Access, AnswerRefusal, Choice, Choices, Item, Items, NewReception, OnlineFunction, PersonId, Reception, Refusal,
    Subject, Term, Validity, Via, Wanted, Withdrawer, api, of_person,
    rules::registration::{InsuranceCard, changeable, registrable},
    store::reception,
};

#[derive(Debug, Clone, Copy)]
enum Step {
    Register { person: usize, clinic: usize, care: Care, choices: u8, validity: Validity },
    Change { nth: usize, person: usize, choices: u8 },
    Withdraw { person: usize },
    GiveBack { person: usize, clinic: usize, items: u8 },
    Wait { hours: i64 },
    Read { person: usize, clinic: usize, wanted: Look, subject: usize },
}

/// For a day so many days from now, or for home visits.
#[derive(Debug, Clone, Copy)]
enum Care {
    Visit(i64),
    Home,
}

#[derive(Debug, Clone, Copy)]
enum Look {
    AnyDay,
    Day(i64),
    Home,
}

/// A source of histories that a number repeats (SplitMix64).
struct Source(u64);

impl Source {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    fn place(&mut self, end: u64) -> usize {
        usize::try_from(self.below(end)).unwrap()
    }

    fn bits(&mut self) -> u8 {
        u8::try_from(self.below(64)).unwrap()
    }

    fn hours(&mut self, from: i64, end: i64) -> i64 {
        from + i64::try_from(self.below(u64::try_from(end - from).unwrap())).unwrap()
    }

    fn step(&mut self) -> Step {
        let (person, clinic) = (self.place(2), self.place(2));
        match self.below(20) {
            0..=5 => {
                let care = if self.below(4) == 0 { Care::Home } else { Care::Visit(self.hours(-1, 3)) };
                let validity = if self.below(4) == 0 { Validity::Grace } else { Validity::Full };
                Step::Register { person, clinic, care, choices: self.bits(), validity }
            }
            6 | 7 => Step::Change { nth: self.place(8), person, choices: self.bits() },
            8 => Step::Withdraw { person },
            9 => Step::GiveBack { person, clinic, items: if self.below(2) == 0 { 0 } else { self.bits() } },
            10 | 11 => Step::Wait { hours: self.hours(0, 30) },
            _ => {
                let wanted = match self.below(4) {
                    0 => Look::AnyDay,
                    1 => Look::Home,
                    _ => Look::Day(self.hours(-1, 3)),
                };
                Step::Read { person, clinic, wanted, subject: self.place(7) }
            }
        }
    }

    fn history(&mut self) -> Vec<Step> {
        (0..=self.below(40)).map(|_| self.step()).collect()
    }
}

fn choices(bits: u8) -> Choices {
    let place = |item| Item::ALL.iter().position(|other| *other == item).unwrap();
    Choices::of(|item| if bits >> place(item) & 1 == 1 { Choice::Agree } else { Choice::Decline })
}

/// Some items, or with no bits all that there is.
fn items(bits: u8) -> Option<Items> {
    let some = (0..6).filter(|place| bits >> place & 1 == 1).map(|place| Item::ALL[place]);
    (bits != 0).then(|| some.collect())
}

fn institution(place: usize) -> InstitutionCode {
    if place == 0 { clinic() } else { other_clinic() }
}

fn ahead_of(now: Timestamp, days: i64) -> Date {
    now.plus(Span::from_hours(24 * days)).japan_date()
}

fn term(care: Care, now: Timestamp) -> Term {
    match care {
        Care::Visit(days) => Term::Visit(ahead_of(now, days)),
        Care::Home => Term::UntilWithdrawn,
    }
}

fn wanted(look: Look, now: Timestamp) -> Wanted {
    match look {
        Look::AnyDay => Wanted::Online(None),
        Look::Day(days) => Wanted::Online(Some(ahead_of(now, days))),
        Look::Home => Wanted::HomeVisit,
    }
}

/// What happened in a step, as far as anybody can see.
#[derive(Debug, Clone, PartialEq)]
enum Seen {
    Nothing,
    Done,
    Refused,
    Access(Access),
}

/// A room that a history happens to. An error is one of its store.
trait Room {
    fn register(&mut self, new: NewReception, now: Timestamp) -> Result<bool, Refusal>;
    fn change(&mut self, number: ReceptionNumber, by: usize, choices: Choices, now: Timestamp)
    -> Result<bool, Refusal>;
    fn withdraw(&mut self, person: usize, now: Timestamp) -> Result<(), Refusal>;
    fn give_back(&mut self, found: &Reception, items: Option<Items>, now: Timestamp) -> Result<(), Refusal>;
    fn of(&mut self, person: usize, institution: InstitutionCode) -> Result<Vec<Reception>, Refusal>;
    fn person(&self, place: usize) -> PersonId;

    fn read(&mut self, person: usize, clinic: usize, wanted: Wanted, subject: Subject, now: Timestamp) -> ReadResult {
        let reader = institution(clinic);
        let found = self.of(person, reader)?;
        Ok(of_person(reader, &found, wanted, subject, now).0)
    }
}

type ReadResult = Result<Access, Refusal>;

fn happened(room: &mut impl Room, steps: &[Step], start: Timestamp) -> Result<Vec<Seen>, Refusal> {
    let randomness = Randomness::repeatable("history");
    let done = |done| if done { Seen::Done } else { Seen::Refused };
    let (mut now, mut numbers, mut seen) = (start, Vec::new(), Vec::new());
    for step in steps {
        now = now.plus(Span::from_millis(1));
        seen.push(match *step {
            Step::Register { person, clinic, care, choices: bits, validity } => {
                let number = ReceptionNumber::new(&randomness);
                let (institution, person) = (institution(clinic), room.person(person));
                let (term, choices, via) = (term(care, now), choices(bits), Via::FixedUrl);
                let new = NewReception { number, institution, term, person, choices, validity, via };
                let registered = room.register(new, now)?;
                numbers.extend(registered.then_some(number));
                done(registered)
            }
            Step::Change { nth, person, choices: bits } => match numbers.get(nth) {
                Some(number) => done(room.change(*number, person, choices(bits), now)?),
                None => Seen::Nothing,
            },
            Step::Withdraw { person } => {
                room.withdraw(person, now)?;
                Seen::Done
            }
            Step::GiveBack { person, clinic, items: bits } => {
                let found = room.of(person, institution(clinic))?;
                let by = of_person(institution(clinic), &found, Wanted::HomeVisit, Subject::Eligibility, now);
                match by {
                    (Access::Readable, Some(reception)) => {
                        room.give_back(reception, items(bits), now)?;
                        Seen::Done
                    }
                    _ => Seen::Refused,
                }
            }
            Step::Wait { hours } => {
                now = now.plus(Span::from_hours(hours));
                Seen::Nothing
            }
            Step::Read { person, clinic, wanted: look, subject } => {
                Seen::Access(room.read(person, clinic, wanted(look, now), Subject::ALL[subject], now)?)
            }
        });
    }
    Ok(seen)
}

/// The rules over a list, without a store.
#[derive(Default)]
struct Memory(Vec<Reception>);

impl Room for Memory {
    fn register(&mut self, new: NewReception, now: Timestamp) -> Result<bool, Refusal> {
        if registrable(InsuranceCard::Registered, Some(OnlineFunction::On), new.term, now).is_err() {
            return Ok(false);
        }
        let same = |found: &&mut Reception| {
            (found.person, found.institution, found.term) == (new.person, new.institution, new.term)
        };
        self.0.iter_mut().filter(same).for_each(|found| found.superseded_by = Some(new.number));
        self.0.push(Reception {
            number: new.number,
            institution: new.institution,
            person: new.person,
            term: new.term,
            registered: now,
            chosen: now,
            choices: new.choices,
            validity: new.validity,
            via: new.via,
            withdrawn: None,
            given_back: Items::default(),
            taken_back: Items::default(),
            superseded_by: None,
        });
        Ok(true)
    }

    fn change(
        &mut self,
        number: ReceptionNumber,
        by: usize,
        choices: Choices,
        now: Timestamp,
    ) -> Result<bool, Refusal> {
        let by = self.person(by);
        let found = self.0.iter_mut().find(|found| found.number == number && found.person == by && found.is_newest());
        let Some(found) = found.filter(|found| changeable(found.standing(now)).is_ok()) else { return Ok(false) };
        found.taken_back = found.taken_back.and(found.choices.agreed()).without(choices.agreed());
        found.choices = choices;
        found.given_back = Items::default();
        Ok(true)
    }

    fn withdraw(&mut self, person: usize, now: Timestamp) -> Result<(), Refusal> {
        let person = self.person(person);
        let stands = |found: &&mut Reception| {
            found.person == person && found.withdrawn.is_none() && found.term.ends().is_none_or(|end| now < end)
        };
        self.0.iter_mut().filter(stands).for_each(|found| found.withdrawn = Some((now, Withdrawer::Patient)));
        Ok(())
    }

    fn give_back(&mut self, by: &Reception, items: Option<Items>, now: Timestamp) -> Result<(), Refusal> {
        for found in self.0.iter_mut().filter(|found| found.number == by.number) {
            match items {
                Some(items) => found.given_back = found.given_back.and(items),
                None => found.withdrawn = Some((now, Withdrawer::Institution)),
            }
        }
        Ok(())
    }

    fn of(&mut self, person: usize, institution: InstitutionCode) -> Result<Vec<Reception>, Refusal> {
        let person = self.person(person);
        let theirs = |found: &&Reception| found.person == person && found.institution == institution;
        Ok(self.0.iter().filter(theirs).cloned().collect())
    }

    fn person(&self, place: usize) -> PersonId {
        PersonId(i64::try_from(place).unwrap())
    }
}

/// The room's own store.
struct Stored<'a, 'b> {
    tx: &'a mut Transaction<'b>,
    people: Vec<PersonId>,
}

impl Room for Stored<'_, '_> {
    fn register(&mut self, new: NewReception, now: Timestamp) -> Result<bool, Refusal> {
        done(crate::register(self.tx, &new, now).map(|_| ()))
    }

    fn change(
        &mut self,
        number: ReceptionNumber,
        by: usize,
        choices: Choices,
        now: Timestamp,
    ) -> Result<bool, Refusal> {
        done(crate::change(self.tx, self.people[by], number, choices, now).map(|_| ()))
    }

    fn withdraw(&mut self, person: usize, now: Timestamp) -> Result<(), Refusal> {
        crate::withdraw_all(self.tx, self.people[person], now)?;
        Ok(())
    }

    fn give_back(&mut self, found: &Reception, items: Option<Items>, now: Timestamp) -> Result<(), Refusal> {
        Ok(reception::give_back(self.tx, found, items, now)?)
    }

    fn of(&mut self, person: usize, institution: InstitutionCode) -> Result<Vec<Reception>, Refusal> {
        Ok(reception::with_institution(self.tx, institution, self.people[person])?)
    }

    fn person(&self, place: usize) -> PersonId {
        self.people[place]
    }
}

/// The room's own store, read by files.
struct ByFiles<'a, 'b> {
    stored: Stored<'a, 'b>,
    key: Key,
    reception: shell::Origin,
}

impl ByFiles<'_, '_> {
    fn ask(&mut self, clinic: usize, exchange: Exchange, ask: &Message, now: Timestamp) -> Result<Message, Refusal> {
        let means = api::Means {
            key: &self.key,
            reception: &self.reception,
            number: "1".to_owned(),
            entrance: crate::Entrance::new(&Randomness::repeatable("entrance")),
            busy: Span::ZERO,
            now,
        };
        let name = oqs::FileName::new(exchange.request(), "1").unwrap();
        let bytes = oqs::write(ask, oqs::CharacterCode::Utf8);
        match api::answer(self.stored.tx, certificate(institution(clinic)), &name, &bytes, &means) {
            Ok(api::Taken { answered, .. }) => {
                Ok(oqs::parse(answered.name.interface(), &answered.body).unwrap().message)
            }
            Err(AnswerRefusal::Store(error)) => Err(Refusal::Store(error)),
            Err(other) => panic!("{other}"),
        }
    }
}

impl Room for ByFiles<'_, '_> {
    fn register(&mut self, new: NewReception, now: Timestamp) -> Result<bool, Refusal> {
        self.stored.register(new, now)
    }

    fn change(
        &mut self,
        number: ReceptionNumber,
        by: usize,
        choices: Choices,
        now: Timestamp,
    ) -> Result<bool, Refusal> {
        self.stored.change(number, by, choices, now)
    }

    fn withdraw(&mut self, person: usize, now: Timestamp) -> Result<(), Refusal> {
        self.stored.withdraw(person, now)
    }

    fn give_back(&mut self, found: &Reception, items: Option<Items>, now: Timestamp) -> Result<(), Refusal> {
        self.stored.give_back(found, items, now)
    }

    fn of(&mut self, person: usize, institution: InstitutionCode) -> Result<Vec<Reception>, Refusal> {
        self.stored.of(person, institution)
    }

    fn person(&self, place: usize) -> PersonId {
        self.stored.person(place)
    }

    fn read(&mut self, person: usize, clinic: usize, wanted: Wanted, subject: Subject, now: Timestamp) -> ReadResult {
        let (treatment, exchange, visit) = match wanted {
            Wanted::Online(visit) => (MedicalTreatment::Online, Exchange::OnlineQualification, visit),
            Wanted::HomeVisit => (MedicalTreatment::HomeVisit, Exchange::HomeVisitQualification, None),
        };
        let medical = MEDICAL.into_iter().find(|(_, item, _)| subject == Subject::Item(*item));
        if let Some((exchange, item, mark)) = medical {
            let ask = medical_request(institution(clinic), PEOPLE[person].0, (exchange, treatment, visit));
            let answer = self.ask(clinic, exchange, &ask(FileCategory::Xml), now)?;
            let code = refused_with(&answer);
            assert_eq!(format!("{answer:?}").contains(mark), code.is_none(), "{item:?}");
            return Ok(code.map_or(Access::Readable, |code| access(&code)));
        }
        let (number, birth) = PEOPLE[person];
        let search = oqs::QualificationSearch { birthdate: day(birth), examination_date: visit, ..search(number) };
        let body = oqs::QualificationRequest { search };
        let ask = Message::QualificationRequest(oqs::Request { header: header(institution(clinic)), body });
        let Message::QualificationAnswer(answer) = self.ask(clinic, exchange, &ask, now)? else { panic!("{ask:?}") };
        let Outcome::Normal(answer) = answer.outcome else { panic!("{answer:?}") };
        let Some(result) = answer.results.first() else {
            let access = access(answer.processing.code.as_deref().unwrap());
            assert_eq!(answer.ended.is_some(), access != Access::NotThere);
            return Ok(access);
        };
        assert_eq!((answer.ended, answer.results.len()), (None, 1));
        Ok(match subject {
            Subject::Item(Item::Limits) => {
                let consent = result.limit_consent.unwrap();
                assert_eq!(result.limit.is_some(), consent.flag == LimitConsentFlag::Given);
                stands(consent.flag == LimitConsentFlag::Given, consent.expired_because)
            }
            Subject::Item(Item::SpecificDiseases) => {
                let consent = result.diseases_consent.unwrap();
                assert_eq!(result.diseases.len(), usize::from(consent.flag == ConsentFlag::Given));
                assert_eq!(consent.expired_because.is_some(), consent.flag == ConsentFlag::Expired);
                stands(consent.flag == ConsentFlag::Given, consent.expired_because)
            }
            _ => Access::Readable,
        })
    }
}

/// Numbers on the insurance documents of the people of a history, and their birth dates.
const PEOPLE: [(&str, &str); 2] = [("1", "1980-06-15"), ("2", "1990-01-01")];

fn access(code: &str) -> Access {
    match code {
        "U101" => Access::NotThere,
        "U201" => Access::Declined,
        "U202" => Access::Withdrawn(Withdrawer::Patient),
        "U203" => Access::Withdrawn(Withdrawer::Institution),
        "U204" => Access::Expired,
        "U205" => Access::GraceOnly,
        other => panic!("{other}"),
    }
}

fn stands(given: bool, ended: Option<oqs::ExpiryReason>) -> Access {
    match (given, ended) {
        (true, None) => Access::Readable,
        (false, None) => Access::Declined,
        (false, Some(oqs::ExpiryReason::WithdrawnByPatient)) => Access::Withdrawn(Withdrawer::Patient),
        (false, Some(oqs::ExpiryReason::WithdrawnByInstitution)) => Access::Withdrawn(Withdrawer::Institution),
        other => panic!("{other:?}"),
    }
}

fn done(outcome: Result<(), Refusal>) -> Result<bool, Refusal> {
    match outcome {
        Ok(()) => Ok(true),
        Err(Refusal::Store(error)) => Err(Refusal::Store(error)),
        Err(_) => Ok(false),
    }
}

/// The plain model: a list of all registrations, and every question answered by looking through it.
struct Registration {
    person: usize,
    clinic: usize,
    /// None for home visits.
    day: Option<Date>,
    choices: u8,
    returned: u8,
    /// What was agreed to here and then declined.
    taken: u8,
    validity: Validity,
    withdrawn: Option<Withdrawer>,
}

fn modelled(steps: &[Step], start: Timestamp) -> Vec<Seen> {
    let mut now = start;
    let mut all: Vec<Registration> = Vec::new();
    let mut seen = Vec::new();
    for step in steps {
        now = now.plus(Span::from_millis(1));
        let today = now.japan_date();
        let over = |one: &Registration| one.day.is_some_and(|day| day < today);
        let newest = |all: &[Registration], nth: usize| {
            let this = &all[nth];
            !all[nth + 1..]
                .iter()
                .any(|later| (later.person, later.clinic, later.day) == (this.person, this.clinic, this.day))
        };
        seen.push(match *step {
            Step::Register { person, clinic, care, choices, validity } => {
                let day = match care {
                    Care::Visit(days) => Some(ahead_of(now, days)),
                    Care::Home => None,
                };
                let new =
                    Registration { person, clinic, day, choices, returned: 0, taken: 0, validity, withdrawn: None };
                if over(&new) {
                    Seen::Refused
                } else {
                    all.push(new);
                    Seen::Done
                }
            }
            Step::Change { nth, person, choices } if nth < all.len() => {
                let stands = newest(&all, nth) && all[nth].withdrawn.is_none() && !over(&all[nth]);
                if stands && all[nth].person == person {
                    all[nth].taken = (all[nth].taken | all[nth].choices) & !choices;
                    all[nth].choices = choices;
                    all[nth].returned = 0;
                    Seen::Done
                } else {
                    Seen::Refused
                }
            }
            Step::Change { .. } => Seen::Nothing,
            Step::Withdraw { person } => {
                let theirs = |one: &&mut Registration| one.person == person && !over(one) && one.withdrawn.is_none();
                all.iter_mut().filter(theirs).for_each(|one| one.withdrawn = Some(Withdrawer::Patient));
                Seen::Done
            }
            Step::GiveBack { person, clinic, items } => {
                let last = all.iter_mut().rev().find(|one| (one.person, one.clinic, one.day) == (person, clinic, None));
                match last.filter(|one| one.withdrawn.is_none()) {
                    None => Seen::Refused,
                    Some(one) if items == 0 => {
                        one.withdrawn = Some(Withdrawer::Institution);
                        Seen::Done
                    }
                    Some(one) => {
                        one.returned |= items;
                        Seen::Done
                    }
                }
            }
            Step::Wait { hours } => {
                now = now.plus(Span::from_hours(hours));
                Seen::Nothing
            }
            Step::Read { person, clinic, wanted, subject } => {
                let fits = |one: &Registration| match wanted {
                    Look::AnyDay => one.day.is_some(),
                    Look::Day(days) => one.day == Some(ahead_of(now, days)),
                    Look::Home => one.day.is_none(),
                };
                let found: Vec<_> = (0..all.len())
                    .filter(|nth| newest(&all, *nth) && all[*nth].person == person && all[*nth].clinic == clinic)
                    .map(|nth| &all[nth])
                    .filter(|one| fits(one))
                    .collect();
                // Today's visit before any other, then the next that stands, then the last that was registered.
                let mut best = found.last();
                for one in found.iter().filter(|one| one.withdrawn.is_none() && !over(one)) {
                    let stands = best.is_some_and(|best| best.withdrawn.is_none() && !over(best));
                    if !stands || best.is_some_and(|best| one.day < best.day) {
                        best = Some(one);
                    }
                }
                let best = found.iter().find(|one| one.day == Some(today)).or(best);
                Seen::Access(best.map_or(Access::NotThere, |one| answer(one, subject, now)))
            }
        });
    }
    seen
}

fn answer(of: &Registration, subject: usize, now: Timestamp) -> Access {
    let bit = |bits: u8| bits >> (subject - 1) & 1 == 1;
    if let Some(by) = of.withdrawn {
        Access::Withdrawn(by)
    } else if of.day.is_some_and(|day| now >= end_of_day(day)) {
        Access::Expired
    } else if subject == 0 {
        Access::Readable
    } else if !bit(of.choices) {
        if bit(of.taken) { Access::Withdrawn(Withdrawer::Patient) } else { Access::Declined }
    } else if bit(of.returned) {
        Access::Withdrawn(Withdrawer::Institution)
    } else if of.validity == Validity::Grace && subject <= 4 {
        Access::GraceOnly
    } else {
        Access::Readable
    }
}

const START: &str = "2026-11-24T09:00:00+09:00";

#[test]
fn of_a_hundred_thousand_histories_none_disagrees_with_the_plain_model() {
    let start = at(START);
    let mut readings = 0;
    for seed in 0..100_000 {
        let steps = Source(seed).history();
        let expected = modelled(&steps, start);
        let seen = happened(&mut Memory::default(), &steps, start).unwrap();
        assert_eq!(seen, expected, "history {seed}: {steps:?}");
        readings += expected.iter().filter(|seen| **seen == Seen::Access(Access::Readable)).count();
    }
    // Histories in which nobody could read anything would show nothing.
    assert!(readings > 50_000, "{readings}");
}

/// As many histories share a transaction.
const AT_ONCE: u64 = 50;

#[tokio::test(flavor = "multi_thread")]
async fn no_history_read_by_files_disagrees_with_the_plain_model() {
    let start = at(START);
    for world in worlds(START).await {
        world.agreed_to_home_visits(Choices::all(Choice::Agree)).await;
        let on = oqs::EnvironmentSettings {
            viewing_consent: None,
            medical_assistance: None,
            home_visit: Some(oqs::Use::Used),
            online: None,
            prescription: None,
            prescription_timing: None,
        };
        world.eligibility.set_environment(other_clinic(), on).await.unwrap();
        let people: Vec<_> = PEOPLE.iter().map(|(number, birth)| new_person(number, birth)).collect();
        let people = world.eligibility.add_people(people).await.unwrap();
        // The SQL is one for both engines, and the other engine is slow to reach.
        let histories = if world.engine == "sqlite" { 2_000 } else { 200 };
        let mut read = 0;
        for first in (0..histories).step_by(usize::try_from(AT_ONCE).unwrap()) {
            let people = people.clone();
            let job = move |tx: &mut Transaction<'_>| -> Result<Vec<Vec<Seen>>, Refusal> {
                let mut all = Vec::new();
                for seed in first..first + AT_ONCE {
                    tx.execute("DELETE FROM former_choices", &[])?;
                    tx.execute("DELETE FROM reception", &[])?;
                    let stored = Stored { tx: &mut *tx, people: people.clone() };
                    let reception = "http://reception.localhost:8400".parse().unwrap();
                    let mut room = ByFiles { stored, key: Key::from_bytes([9; 32]), reception };
                    all.push(happened(&mut room, &Source(seed).history(), start)?);
                }
                Ok(all)
            };
            for (seed, seen) in (first..).zip(world.database.write(job).await.unwrap()) {
                let steps = Source(seed).history();
                assert_eq!(seen, modelled(&steps, start), "{} history {seed}: {steps:?}", world.engine);
                read += seen.iter().filter(|seen| matches!(seen, Seen::Access(_))).count();
            }
        }
        let report = world.eligibility.verify_audit(Vec::new()).await.unwrap();
        assert_eq!((report.faults, report.institutions), (Vec::new(), 2), "{}", world.engine);
        // Every reading has its row, and those of certificates have another.
        assert!(report.rows >= read, "{} rows of {read} readings", report.rows);
    }
}
