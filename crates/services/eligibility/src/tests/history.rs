//! Random histories of registrations, changes, withdrawals, elapsed time and readings, compared with a plain model: very
//! many in memory with the service's rules, and many with its SQL, read through the interface of institutions.

use base::{Date, InstitutionCode, Key, Randomness, ReceptionNumber, Span, Timestamp, end_of_day};
use database::Transaction;
use oqs::{ConsentFlag, Exchange, FileCategory, LimitConsentFlag, MedicalTreatment, Message, Outcome};

use super::{
    messages::{MEDICAL, header, medical_request, refusal_code, search},
    world::{certificate, clinic, day, new_person, other_clinic, timestamp, worlds},
};
use crate::{
    Access, ConsentChoice, ConsentChoices, ConsentItem, ConsentItems, NewReception, OnlineFunction, PersonId,
    ReceptionFilter, ReceptionRecord, ReceptionTerm, Refusal, RegistrationRoute, RegistrationValidity,
    RequestFileError, Subject, Withdrawer, api,
    rules::consent_registration::{InsuranceCard, check_changeable, check_registrable},
    select_reception,
    store::reception,
};

#[derive(Debug, Clone, Copy)]
enum Step {
    Register { person: usize, clinic: usize, care: Care, choices: u8, validity: RegistrationValidity },
    Change { nth: usize, person: usize, choices: u8 },
    Withdraw { person: usize },
    WithdrawItems { person: usize, clinic: usize, items: u8 },
    Wait { hours: i64 },
    Read { person: usize, clinic: usize, filter: FilterSpec, subject: usize },
}

/// For a visit in so many days, or for home visits.
#[derive(Debug, Clone, Copy)]
enum Care {
    Visit(i64),
    Home,
}

#[derive(Debug, Clone, Copy)]
enum FilterSpec {
    AnyDay,
    Day(i64),
    Home,
}

/// A reproducible source of histories (SplitMix64).
struct HistorySource(u64);

impl HistorySource {
    fn next_below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    fn next_index(&mut self, end: u64) -> usize {
        usize::try_from(self.next_below(end)).unwrap()
    }

    fn next_bits(&mut self) -> u8 {
        u8::try_from(self.next_below(64)).unwrap()
    }

    fn next_hours(&mut self, start: i64, end: i64) -> i64 {
        start + i64::try_from(self.next_below(u64::try_from(end - start).unwrap())).unwrap()
    }

    fn next_step(&mut self) -> Step {
        let (person, clinic) = (self.next_index(2), self.next_index(2));
        match self.next_below(20) {
            0..=5 => {
                let care = if self.next_below(4) == 0 { Care::Home } else { Care::Visit(self.next_hours(-1, 3)) };
                let validity =
                    if self.next_below(4) == 0 { RegistrationValidity::Grace } else { RegistrationValidity::Full };
                Step::Register { person, clinic, care, choices: self.next_bits(), validity }
            }
            6 | 7 => Step::Change { nth: self.next_index(8), person, choices: self.next_bits() },
            8 => Step::Withdraw { person },
            9 => Step::WithdrawItems {
                person,
                clinic,
                items: if self.next_below(2) == 0 { 0 } else { self.next_bits() },
            },
            10 | 11 => Step::Wait { hours: self.next_hours(0, 30) },
            _ => {
                let filter = match self.next_below(4) {
                    0 => FilterSpec::AnyDay,
                    1 => FilterSpec::Home,
                    _ => FilterSpec::Day(self.next_hours(-1, 3)),
                };
                Step::Read { person, clinic, filter, subject: self.next_index(7) }
            }
        }
    }

    fn next_history(&mut self) -> Vec<Step> {
        (0..=self.next_below(40)).map(|_| self.next_step()).collect()
    }
}

fn choices(bits: u8) -> ConsentChoices {
    let index = |item| ConsentItem::ALL.iter().position(|candidate| *candidate == item).unwrap();
    ConsentChoices::from_fn(
        |item| if bits >> index(item) & 1 == 1 { ConsentChoice::Agree } else { ConsentChoice::Decline },
    )
}

/// Some items; without bits the whole reception.
fn items(bits: u8) -> Option<ConsentItems> {
    let chosen = (0..6).filter(|index| bits >> index & 1 == 1).map(|index| ConsentItem::ALL[index]);
    (bits != 0).then(|| chosen.collect())
}

fn institution(index: usize) -> InstitutionCode {
    if index == 0 { clinic() } else { other_clinic() }
}

fn days_ahead(now: Timestamp, days: i64) -> Date {
    now.plus(Span::from_hours(24 * days)).japan_date()
}

fn term(care: Care, now: Timestamp) -> ReceptionTerm {
    match care {
        Care::Visit(days) => ReceptionTerm::Visit(days_ahead(now, days)),
        Care::Home => ReceptionTerm::UntilWithdrawn,
    }
}

fn reception_filter(spec: FilterSpec, now: Timestamp) -> ReceptionFilter {
    match spec {
        FilterSpec::AnyDay => ReceptionFilter::Online(None),
        FilterSpec::Day(days) => ReceptionFilter::Online(Some(days_ahead(now, days))),
        FilterSpec::Home => ReceptionFilter::HomeVisit,
    }
}

/// The visible outcome of a step.
#[derive(Debug, Clone, PartialEq)]
enum StepOutcome {
    Nothing,
    Done,
    Refused,
    Access(Access),
}

/// What a history is run against. An error is one of its store.
trait HistoryTarget {
    fn register(&mut self, new: NewReception, now: Timestamp) -> Result<bool, Refusal>;
    fn change(
        &mut self,
        number: ReceptionNumber,
        person: usize,
        choices: ConsentChoices,
        now: Timestamp,
    ) -> Result<bool, Refusal>;
    fn withdraw(&mut self, person: usize, now: Timestamp) -> Result<(), Refusal>;
    fn withdraw_by_institution(
        &mut self,
        reception: &ReceptionRecord,
        items: Option<ConsentItems>,
        now: Timestamp,
    ) -> Result<(), Refusal>;
    fn list_receptions(&mut self, person: usize, institution: InstitutionCode)
    -> Result<Vec<ReceptionRecord>, Refusal>;
    fn person(&self, index: usize) -> PersonId;

    fn read(
        &mut self,
        person: usize,
        clinic: usize,
        filter: ReceptionFilter,
        subject: Subject,
        now: Timestamp,
    ) -> ReadResult {
        let reader = institution(clinic);
        let receptions = self.list_receptions(person, reader)?;
        Ok(select_reception(reader, &receptions, filter, subject, now).0)
    }
}

type ReadResult = Result<Access, Refusal>;

fn run_steps(target: &mut impl HistoryTarget, steps: &[Step], start: Timestamp) -> Result<Vec<StepOutcome>, Refusal> {
    let randomness = Randomness::repeatable("history");
    let to_outcome = |done| if done { StepOutcome::Done } else { StepOutcome::Refused };
    let (mut now, mut numbers, mut outcomes) = (start, Vec::new(), Vec::new());
    for step in steps {
        now = now.plus(Span::from_millis(1));
        outcomes.push(match *step {
            Step::Register { person, clinic, care, choices: bits, validity } => {
                let number = ReceptionNumber::new(&randomness);
                let (institution, person) = (institution(clinic), target.person(person));
                let (term, choices, route) = (term(care, now), choices(bits), RegistrationRoute::FixedUrl);
                let new = NewReception { number, institution, term, person, choices, validity, route };
                let registered = target.register(new, now)?;
                numbers.extend(registered.then_some(number));
                to_outcome(registered)
            }
            Step::Change { nth, person, choices: bits } => match numbers.get(nth) {
                Some(number) => to_outcome(target.change(*number, person, choices(bits), now)?),
                None => StepOutcome::Nothing,
            },
            Step::Withdraw { person } => {
                target.withdraw(person, now)?;
                StepOutcome::Done
            }
            Step::WithdrawItems { person, clinic, items: bits } => {
                let receptions = target.list_receptions(person, institution(clinic))?;
                let selected = select_reception(
                    institution(clinic),
                    &receptions,
                    ReceptionFilter::HomeVisit,
                    Subject::Eligibility,
                    now,
                );
                match selected {
                    (Access::Readable, Some(reception)) => {
                        target.withdraw_by_institution(reception, items(bits), now)?;
                        StepOutcome::Done
                    }
                    _ => StepOutcome::Refused,
                }
            }
            Step::Wait { hours } => {
                now = now.plus(Span::from_hours(hours));
                StepOutcome::Nothing
            }
            Step::Read { person, clinic, filter: spec, subject } => StepOutcome::Access(target.read(
                person,
                clinic,
                reception_filter(spec, now),
                Subject::ALL[subject],
                now,
            )?),
        });
    }
    Ok(outcomes)
}

/// The rules over a list, without a store.
#[derive(Default)]
struct MemoryTarget(Vec<ReceptionRecord>);

impl HistoryTarget for MemoryTarget {
    fn register(&mut self, new: NewReception, now: Timestamp) -> Result<bool, Refusal> {
        if check_registrable(InsuranceCard::Registered, Some(OnlineFunction::On), new.term, now).is_err() {
            return Ok(false);
        }
        let same_subject = |record: &&mut ReceptionRecord| {
            (record.person, record.institution, record.term) == (new.person, new.institution, new.term)
        };
        self.0.iter_mut().filter(same_subject).for_each(|record| record.superseded_by = Some(new.number));
        self.0.push(ReceptionRecord {
            number: new.number,
            institution: new.institution,
            person: new.person,
            term: new.term,
            registered_at: now,
            chosen_at: now,
            choices: new.choices,
            validity: new.validity,
            route: new.route,
            withdrawn: None,
            withdrawn_by_institution: ConsentItems::default(),
            withdrawn_by_patient: ConsentItems::default(),
            superseded_by: None,
        });
        Ok(true)
    }

    fn change(
        &mut self,
        number: ReceptionNumber,
        person: usize,
        choices: ConsentChoices,
        now: Timestamp,
    ) -> Result<bool, Refusal> {
        let person = self.person(person);
        let record =
            self.0.iter_mut().find(|record| record.number == number && record.person == person && record.is_newest());
        let Some(record) = record.filter(|record| check_changeable(record.state_at(now)).is_ok()) else {
            return Ok(false);
        };
        record.withdrawn_by_patient =
            record.withdrawn_by_patient.union(record.choices.agreed_items()).difference(choices.agreed_items());
        record.choices = choices;
        record.withdrawn_by_institution = ConsentItems::default();
        Ok(true)
    }

    fn withdraw(&mut self, person: usize, now: Timestamp) -> Result<(), Refusal> {
        let person = self.person(person);
        let is_registered = |record: &&mut ReceptionRecord| {
            record.person == person && record.withdrawn.is_none() && record.term.end().is_none_or(|end| now < end)
        };
        self.0.iter_mut().filter(is_registered).for_each(|record| record.withdrawn = Some((now, Withdrawer::Patient)));
        Ok(())
    }

    fn withdraw_by_institution(
        &mut self,
        reception: &ReceptionRecord,
        items: Option<ConsentItems>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        for record in self.0.iter_mut().filter(|record| record.number == reception.number) {
            match items {
                Some(items) => record.withdrawn_by_institution = record.withdrawn_by_institution.union(items),
                None => record.withdrawn = Some((now, Withdrawer::Institution)),
            }
        }
        Ok(())
    }

    fn list_receptions(
        &mut self,
        person: usize,
        institution: InstitutionCode,
    ) -> Result<Vec<ReceptionRecord>, Refusal> {
        let person = self.person(person);
        let matches = |record: &&ReceptionRecord| record.person == person && record.institution == institution;
        Ok(self.0.iter().filter(matches).cloned().collect())
    }

    fn person(&self, index: usize) -> PersonId {
        PersonId(i64::try_from(index).unwrap())
    }
}

/// The service's own store.
struct StoreTarget<'a, 'b> {
    tx: &'a mut Transaction<'b>,
    people: Vec<PersonId>,
}

impl HistoryTarget for StoreTarget<'_, '_> {
    fn register(&mut self, new: NewReception, now: Timestamp) -> Result<bool, Refusal> {
        is_done(crate::register_reception(self.tx, &new, now).map(|_| ()))
    }

    fn change(
        &mut self,
        number: ReceptionNumber,
        person: usize,
        choices: ConsentChoices,
        now: Timestamp,
    ) -> Result<bool, Refusal> {
        is_done(crate::change_choices(self.tx, self.people[person], number, choices, now).map(|_| ()))
    }

    fn withdraw(&mut self, person: usize, now: Timestamp) -> Result<(), Refusal> {
        crate::withdraw_all_receptions(self.tx, self.people[person], now)?;
        Ok(())
    }

    fn withdraw_by_institution(
        &mut self,
        reception: &ReceptionRecord,
        items: Option<ConsentItems>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        Ok(reception::withdraw_by_institution(self.tx, reception, items, now)?)
    }

    fn list_receptions(
        &mut self,
        person: usize,
        institution: InstitutionCode,
    ) -> Result<Vec<ReceptionRecord>, Refusal> {
        Ok(reception::list_with_institution(self.tx, institution, self.people[person])?)
    }

    fn person(&self, index: usize) -> PersonId {
        self.people[index]
    }
}

/// The service's own store, read by files.
struct FileTarget<'a, 'b> {
    stored: StoreTarget<'a, 'b>,
    key: Key,
    reception: web::Origin,
}

impl FileTarget<'_, '_> {
    fn send_request(
        &mut self,
        clinic: usize,
        exchange: Exchange,
        message: &Message,
        now: Timestamp,
    ) -> Result<Message, Refusal> {
        let context = api::RequestContext {
            key: self.key.clone(),
            reception: self.reception.clone(),
            search_number: "1".to_owned(),
            new_fixed_url: crate::FixedUrlToken::new(&Randomness::repeatable("entrance")),
            busy: Span::ZERO,
            now,
        };
        let name = oqs::FileName::new(exchange.request(), "1").unwrap();
        let file = api::RequestFile::parse(name, &oqs::write(message, oqs::CharacterCode::Utf8));
        match api::respond_to_file(self.stored.tx, certificate(institution(clinic)), &file, &context) {
            Ok(api::HandledRequest { message, .. }) => {
                let response = api::write_response(&file, &message);
                Ok(oqs::parse(response.name.interface(), &response.body).unwrap().message)
            }
            Err(RequestFileError::Store(error)) => Err(Refusal::Store(error)),
            Err(other) => panic!("{other}"),
        }
    }
}

impl HistoryTarget for FileTarget<'_, '_> {
    fn register(&mut self, new: NewReception, now: Timestamp) -> Result<bool, Refusal> {
        self.stored.register(new, now)
    }

    fn change(
        &mut self,
        number: ReceptionNumber,
        person: usize,
        choices: ConsentChoices,
        now: Timestamp,
    ) -> Result<bool, Refusal> {
        self.stored.change(number, person, choices, now)
    }

    fn withdraw(&mut self, person: usize, now: Timestamp) -> Result<(), Refusal> {
        self.stored.withdraw(person, now)
    }

    fn withdraw_by_institution(
        &mut self,
        reception: &ReceptionRecord,
        items: Option<ConsentItems>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.stored.withdraw_by_institution(reception, items, now)
    }

    fn list_receptions(
        &mut self,
        person: usize,
        institution: InstitutionCode,
    ) -> Result<Vec<ReceptionRecord>, Refusal> {
        self.stored.list_receptions(person, institution)
    }

    fn person(&self, index: usize) -> PersonId {
        self.stored.person(index)
    }

    fn read(
        &mut self,
        person: usize,
        clinic: usize,
        filter: ReceptionFilter,
        subject: Subject,
        now: Timestamp,
    ) -> ReadResult {
        let (treatment, exchange, visit) = match filter {
            ReceptionFilter::Online(visit) => (MedicalTreatment::Online, Exchange::OnlineQualification, visit),
            ReceptionFilter::HomeVisit => (MedicalTreatment::HomeVisit, Exchange::HomeVisitQualification, None),
        };
        let medical = MEDICAL.into_iter().find(|(_, item, _)| subject == Subject::Item(*item));
        if let Some((exchange, item, mark)) = medical {
            let request = medical_request(institution(clinic), PEOPLE[person].0, (exchange, treatment, visit));
            let response = self.send_request(clinic, exchange, &request(FileCategory::Xml), now)?;
            let code = refusal_code(&response);
            assert_eq!(format!("{response:?}").contains(mark), code.is_none(), "{item:?}");
            return Ok(code.map_or(Access::Readable, |code| parse_access(&code)));
        }
        let (number, birth) = PEOPLE[person];
        let search = oqs::QualificationSearch { birthdate: day(birth), examination_date: visit, ..search(number) };
        let body = oqs::QualificationRequest { search };
        let request = Message::QualificationRequest(oqs::RequestMessage { header: header(institution(clinic)), body });
        let Message::QualificationResponse(response) = self.send_request(clinic, exchange, &request, now)? else {
            panic!("{request:?}")
        };
        let Outcome::Normal(response) = response.outcome else { panic!("{response:?}") };
        let Some(result) = response.results.first() else {
            let access = parse_access(response.processing.code.as_deref().unwrap());
            assert_eq!(response.ended_consents.is_some(), access != Access::NotFound);
            return Ok(access);
        };
        assert_eq!((response.ended_consents, response.results.len()), (None, 1));
        Ok(match subject {
            Subject::Item(ConsentItem::Limits) => {
                let consent = result.limit_consent.unwrap();
                assert_eq!(result.limit.is_some(), consent.flag == LimitConsentFlag::Given);
                consent_access(consent.flag == LimitConsentFlag::Given, consent.expiry_reason)
            }
            Subject::Item(ConsentItem::SpecificDiseases) => {
                let consent = result.diseases_consent.unwrap();
                assert_eq!(result.diseases.len(), usize::from(consent.flag == ConsentFlag::Given));
                assert_eq!(consent.expiry_reason.is_some(), consent.flag == ConsentFlag::Expired);
                consent_access(consent.flag == ConsentFlag::Given, consent.expiry_reason)
            }
            _ => Access::Readable,
        })
    }
}

/// Numbers on the insurance documents of the people of a history, and their birth dates.
const PEOPLE: [(&str, &str); 2] = [("1", "1980-06-15"), ("2", "1990-01-01")];

fn parse_access(code: &str) -> Access {
    match code {
        "U101" => Access::NotFound,
        "U201" => Access::Declined,
        "U202" => Access::Withdrawn(Withdrawer::Patient),
        "U203" => Access::Withdrawn(Withdrawer::Institution),
        "U204" => Access::Expired,
        "U205" => Access::GraceOnly,
        other => panic!("{other}"),
    }
}

fn consent_access(is_given: bool, reason: Option<oqs::ExpiryReason>) -> Access {
    match (is_given, reason) {
        (true, None) => Access::Readable,
        (false, None) => Access::Declined,
        (false, Some(oqs::ExpiryReason::WithdrawnByPatient)) => Access::Withdrawn(Withdrawer::Patient),
        (false, Some(oqs::ExpiryReason::WithdrawnByInstitution)) => Access::Withdrawn(Withdrawer::Institution),
        other => panic!("{other:?}"),
    }
}

fn is_done(outcome: Result<(), Refusal>) -> Result<bool, Refusal> {
    match outcome {
        Ok(()) => Ok(true),
        Err(Refusal::Store(error)) => Err(Refusal::Store(error)),
        Err(_) => Ok(false),
    }
}

/// A registration of the plain model: a list of all registrations, searched for every reading.
struct ModelRegistration {
    person: usize,
    clinic: usize,
    /// None for home visits.
    day: Option<Date>,
    choices: u8,
    withdrawn_by_institution: u8,
    /// Items that were agreed to here and later declined.
    withdrawn_by_patient: u8,
    validity: RegistrationValidity,
    withdrawn: Option<Withdrawer>,
}

fn run_model(steps: &[Step], start: Timestamp) -> Vec<StepOutcome> {
    let mut now = start;
    let mut all: Vec<ModelRegistration> = Vec::new();
    let mut outcomes = Vec::new();
    for step in steps {
        now = now.plus(Span::from_millis(1));
        let today = now.japan_date();
        let is_expired = |entry: &ModelRegistration| entry.day.is_some_and(|day| day < today);
        let is_newest = |all: &[ModelRegistration], nth: usize| {
            let entry = &all[nth];
            !all[nth + 1..]
                .iter()
                .any(|later| (later.person, later.clinic, later.day) == (entry.person, entry.clinic, entry.day))
        };
        outcomes.push(match *step {
            Step::Register { person, clinic, care, choices, validity } => {
                let day = match care {
                    Care::Visit(days) => Some(days_ahead(now, days)),
                    Care::Home => None,
                };
                let new = ModelRegistration {
                    person,
                    clinic,
                    day,
                    choices,
                    withdrawn_by_institution: 0,
                    withdrawn_by_patient: 0,
                    validity,
                    withdrawn: None,
                };
                if is_expired(&new) {
                    StepOutcome::Refused
                } else {
                    all.push(new);
                    StepOutcome::Done
                }
            }
            Step::Change { nth, person, choices } if nth < all.len() => {
                let is_registered = is_newest(&all, nth) && all[nth].withdrawn.is_none() && !is_expired(&all[nth]);
                if is_registered && all[nth].person == person {
                    all[nth].withdrawn_by_patient = (all[nth].withdrawn_by_patient | all[nth].choices) & !choices;
                    all[nth].choices = choices;
                    all[nth].withdrawn_by_institution = 0;
                    StepOutcome::Done
                } else {
                    StepOutcome::Refused
                }
            }
            Step::Change { .. } => StepOutcome::Nothing,
            Step::Withdraw { person } => {
                let can_be_withdrawn = |entry: &&mut ModelRegistration| {
                    entry.person == person && !is_expired(entry) && entry.withdrawn.is_none()
                };
                all.iter_mut().filter(can_be_withdrawn).for_each(|entry| entry.withdrawn = Some(Withdrawer::Patient));
                StepOutcome::Done
            }
            Step::WithdrawItems { person, clinic, items } => {
                let last = all
                    .iter_mut()
                    .rev()
                    .find(|entry| (entry.person, entry.clinic, entry.day) == (person, clinic, None));
                match last.filter(|entry| entry.withdrawn.is_none()) {
                    None => StepOutcome::Refused,
                    Some(entry) if items == 0 => {
                        entry.withdrawn = Some(Withdrawer::Institution);
                        StepOutcome::Done
                    }
                    Some(entry) => {
                        entry.withdrawn_by_institution |= items;
                        StepOutcome::Done
                    }
                }
            }
            Step::Wait { hours } => {
                now = now.plus(Span::from_hours(hours));
                StepOutcome::Nothing
            }
            Step::Read { person, clinic, filter: spec, subject } => {
                let matches_spec = |entry: &ModelRegistration| match spec {
                    FilterSpec::AnyDay => entry.day.is_some(),
                    FilterSpec::Day(days) => entry.day == Some(days_ahead(now, days)),
                    FilterSpec::Home => entry.day.is_none(),
                };
                let candidates: Vec<_> = (0..all.len())
                    .filter(|nth| is_newest(&all, *nth) && all[*nth].person == person && all[*nth].clinic == clinic)
                    .map(|nth| &all[nth])
                    .filter(|entry| matches_spec(entry))
                    .collect();
                // Today's visit before any other, then the next registered one, then the one registered last.
                let mut best = candidates.last();
                for entry in candidates.iter().filter(|entry| entry.withdrawn.is_none() && !is_expired(entry)) {
                    let is_registered = best.is_some_and(|best| best.withdrawn.is_none() && !is_expired(best));
                    if !is_registered || best.is_some_and(|best| entry.day < best.day) {
                        best = Some(entry);
                    }
                }
                let best = candidates.iter().find(|entry| entry.day == Some(today)).or(best);
                StepOutcome::Access(best.map_or(Access::NotFound, |entry| model_access(entry, subject, now)))
            }
        });
    }
    outcomes
}

fn model_access(registration: &ModelRegistration, subject: usize, now: Timestamp) -> Access {
    let bit = |bits: u8| bits >> (subject - 1) & 1 == 1;
    if let Some(withdrawer) = registration.withdrawn {
        Access::Withdrawn(withdrawer)
    } else if registration.day.is_some_and(|day| now >= end_of_day(day)) {
        Access::Expired
    } else if subject == 0 {
        Access::Readable
    } else if !bit(registration.choices) {
        if bit(registration.withdrawn_by_patient) { Access::Withdrawn(Withdrawer::Patient) } else { Access::Declined }
    } else if bit(registration.withdrawn_by_institution) {
        Access::Withdrawn(Withdrawer::Institution)
    } else if registration.validity == RegistrationValidity::Grace && subject <= 4 {
        Access::GraceOnly
    } else {
        Access::Readable
    }
}

const START: &str = "2026-11-24T09:00:00+09:00";

/// How many histories are compared unless `UKETSUKE_HISTORIES` is set.
const HISTORIES: u64 = 20_000;

#[test]
fn of_many_histories_none_disagrees_with_the_plain_model() {
    let histories = std::env::var("UKETSUKE_HISTORIES").map_or(HISTORIES, |count| count.parse().unwrap());
    let start = timestamp(START);
    let mut readings: u64 = 0;
    for seed in 0..histories {
        let steps = HistorySource(seed).next_history();
        let expected = run_model(&steps, start);
        let outcomes = run_steps(&mut MemoryTarget::default(), &steps, start).unwrap();
        assert_eq!(outcomes, expected, "history {seed}: {steps:?}");
        readings +=
            expected.iter().map(|outcome| u64::from(*outcome == StepOutcome::Access(Access::Readable))).sum::<u64>();
    }
    // Histories without a successful reading would test nothing.
    assert!(readings > histories / 2, "{readings}");
}

/// How many histories share a transaction.
const HISTORIES_PER_TRANSACTION: u64 = 50;

#[tokio::test(flavor = "multi_thread")]
async fn no_history_read_by_files_disagrees_with_the_plain_model() {
    let start = timestamp(START);
    for world in worlds(START).await {
        world.register_home_visits(ConsentChoices::all(ConsentChoice::Agree)).await;
        let home_visits_on = oqs::EnvironmentSettings {
            viewing_consent: None,
            medical_assistance: None,
            home_visit: Some(oqs::Use::Used),
            online: None,
            prescription: None,
            prescription_timing: None,
        };
        world.eligibility.set_environment(other_clinic(), home_visits_on).await.unwrap();
        let people: Vec<_> = PEOPLE.iter().map(|(number, birth)| new_person(number, birth)).collect();
        let people = world.eligibility.add_people(people).await.unwrap();
        // The SQL is the same on both engines, and the other engine is slow.
        let histories = if world.engine == "sqlite" { 2_000 } else { 200 };
        let mut readings = 0;
        for first in (0..histories).step_by(usize::try_from(HISTORIES_PER_TRANSACTION).unwrap()) {
            let people = people.clone();
            let job = move |tx: &mut Transaction<'_>| -> Result<Vec<Vec<StepOutcome>>, Refusal> {
                let mut outcomes = Vec::new();
                for seed in first..first + HISTORIES_PER_TRANSACTION {
                    tx.execute("DELETE FROM former_choices", &[])?;
                    tx.execute("DELETE FROM reception", &[])?;
                    let stored = StoreTarget { tx: &mut *tx, people: people.clone() };
                    let reception = "http://reception.localhost:8400".parse().unwrap();
                    let mut target = FileTarget { stored, key: Key::from_bytes([9; 32]), reception };
                    outcomes.push(run_steps(&mut target, &HistorySource(seed).next_history(), start)?);
                }
                Ok(outcomes)
            };
            for (seed, outcomes) in (first..).zip(world.database.write(job).await.unwrap()) {
                let steps = HistorySource(seed).next_history();
                assert_eq!(outcomes, run_model(&steps, start), "{} history {seed}: {steps:?}", world.engine);
                readings += outcomes.iter().filter(|outcome| matches!(outcome, StepOutcome::Access(_))).count();
            }
        }
        let report = world.eligibility.verify_audit(Vec::new()).await.unwrap();
        assert_eq!((report.faults, report.chains), (Vec::new(), 2), "{}", world.engine);
        // Every reading has its row, and those of certificates have another.
        assert!(report.rows >= readings, "{} rows of {readings} readings", report.rows);
    }
}
