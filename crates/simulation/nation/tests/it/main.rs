//! A nation in the store of the eligibility system, on both engines: read as it was generated, and checked like any other
//! person.

use base::{Clock, Date, InstitutionCode, Key, Randomness, ReceptionNumber};
use database::{Database, Transaction, test_database};
use eligibility::{
    ConsentChoice, ConsentChoices, CoverageQuery, Eligibility, Fingerprint, Institution, InsuranceCard, LoadControl,
    LoadPace, MIGRATIONS, NewReception, OnlineFunction, PersonId, ReceptionTerm, Refusal, RegistrationRoute,
    RegistrationValidity, Settings, register_reception, verdict,
};
use nation::Nation;
use oqs::{CharacterCode, Exchange, FileName, Message, Outcome, QualificationValidity};

const NOW: &str = "2026-11-24T09:00:00+09:00";

/// An eligibility system with one institution.
struct World {
    engine: &'static str,
    eligibility: Eligibility,
    database: Database,
    clock: Clock,
    _trial: test_database::TestDatabase,
}

fn today() -> Date {
    Date::constant(2026, 11, 24)
}

fn clinic() -> InstitutionCode {
    "0110113719".parse().expect("an institution code")
}

fn certificate() -> Fingerprint {
    Fingerprint::from_certificate(b"the clinic's certificate")
}

async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for trial in test_database::open_on_each_engine("eligibility", MIGRATIONS) {
        let clock = Clock::stopped_at(NOW.parse().expect("a timestamp"));
        let settings = Settings {
            clock: clock.clone(),
            randomness: Randomness::system(),
            audit_key: Key::from_bytes([9; 32]),
            reception: "http://reception.localhost:8400".parse().expect("an origin"),
        };
        let database = trial.database.clone();
        let eligibility = Eligibility::from_database(database.clone(), settings).await.expect("it opens");
        let institution =
            Institution { code: clinic(), name: "ひまわり内科".to_owned(), online: OnlineFunction::On };
        eligibility.add_institution(institution).await.expect("an institution is added");
        eligibility.admit_certificate(clinic(), certificate()).await.expect("a certificate is admitted");
        worlds.push(World { engine: trial.engine, eligibility, database, clock, _trial: trial });
    }
    worlds
}

impl World {
    async fn load(&self, nation: Nation, people: u64) {
        let load = self.eligibility.load_people(nation, people, LoadPace::Concurrent, |_| LoadControl::Continue);
        assert_eq!(load.await.expect("persons are loaded"), people, "{}", self.engine);
    }

    /// Registers a person with the clinic for today, with consent to everything.
    async fn register(&self, number: u64) -> Result<(), Refusal> {
        let now = self.clock.now();
        let reception = NewReception {
            number: ReceptionNumber::new(&Randomness::system()),
            institution: clinic(),
            term: ReceptionTerm::Visit(today()),
            person: PersonId::from_load(number),
            choices: ConsentChoices::all(ConsentChoice::Agree),
            validity: RegistrationValidity::Full,
            route: RegistrationRoute::HandOver,
        };
        self.database.write(move |tx| register_reception(tx, &reception, now).map(|_| ())).await
    }

    /// What the clinic is answered to a question about an insurance document.
    async fn check_eligibility(
        &self,
        search: oqs::QualificationSearch,
        code: CharacterCode,
    ) -> oqs::QualificationResponse {
        let header = oqs::RequestHeader { institution: clinic().into(), identifier: None, confirmation_date: None };
        let body = oqs::QualificationRequest { search };
        let request = oqs::write(&Message::QualificationRequest(oqs::RequestMessage { header, body }), code);
        let name = FileName::new(Exchange::OnlineQualification.request(), "1").expect("a file's name");
        let file = self.eligibility.respond_to_file(certificate(), name, request).await.expect("a response");
        let parsed = oqs::parse(file.name.interface(), &file.body).expect("a message");
        assert!(parsed.warnings.is_empty(), "{:?}", parsed.warnings);
        let Message::QualificationResponse(response) = parsed.message else { panic!("no response") };
        let Outcome::Normal(body) = response.outcome else { panic!("{:?}", response.outcome) };
        body
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_person_is_answered_for() {
    let (people, nation) = (300, Nation::new(9, today()));
    for world in worlds().await {
        world.load(nation, people).await;
        for number in 0..people {
            let new = nation.person(number);
            let registered = world.register(number).await;
            if new.person.card == InsuranceCard::NotRegistered {
                assert!(matches!(registered, Err(Refusal::NotInsuranceCard)), "{registered:?}");
                continue;
            }
            registered.unwrap();
            for (index, coverage) in new.coverages.iter().enumerate() {
                let search = oqs::QualificationSearch {
                    insurer: coverage.insurer.into(),
                    symbol: coverage.symbol.clone(),
                    number: coverage.number.clone(),
                    branch: coverage.branch,
                    birthdate: new.person.birth,
                    limit_consent: None,
                    examination_date: None,
                    identifier: None,
                };
                let code = if number % 2 == 0 { CharacterCode::Utf8 } else { CharacterCode::ShiftJis };
                let body = world.check_eligibility(search, code).await;
                let expected = verdict(&new.coverages, CoverageQuery::Coverage(index), today());
                assert_eq!(body.validity, Some(expected.validity), "{} {number}: {new:#?}", world.engine);
                assert_ne!(body.validity, Some(QualificationValidity::NotFound));
                let [result] = body.results.as_slice() else { panic!("{number}: {} results", body.results.len()) };
                assert_eq!(result.name, new.person.name);
                assert_eq!(result.kana.as_ref(), Some(&new.person.kana));
                assert_eq!(result.insurer, coverage.insurer.into());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn packed_records_are_small_and_share_their_phrases() {
    let (people, nation) = (5000, Nation::new(1, today()));
    let records: usize = (0..people).map(|number| nation.person(number).records.len()).sum();
    assert!(records > 15_000, "{records}");
    for world in worlds().await {
        world.load(nation, people).await;
        let read = |tx: &mut Transaction<'_>| {
            let packed: Vec<i64> = tx.fetch_all("SELECT LENGTH(records) FROM history", &[], |row| row.get(0))?;
            let phrases: i64 = tx.fetch_one("SELECT COUNT(*) FROM phrase", &[], |row| row.get(0))?;
            Ok::<_, database::Error>((packed.into_iter().sum::<i64>(), phrases))
        };
        let (bytes, phrases) = world.database.read(read).await.unwrap();
        let bytes = usize::try_from(bytes).unwrap();
        assert!(bytes < records * 25, "{}: {bytes} bytes for {records} records", world.engine);
        assert!(phrases < 5000, "{}: {phrases} phrases", world.engine);
    }
}
