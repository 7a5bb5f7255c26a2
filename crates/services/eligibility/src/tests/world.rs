//! Two institutions and some insured persons, on each engine.

use base::{Clock, Date, InstitutionCode, Key, Prefecture, Randomness, ReceptionNumber, ScoreTable, Timestamp};
use database::{Database, Transaction, test_database};
use jpki::{KeyIdentifier, Serial};

use crate::{
    CheckUp, ConsentChoice, ConsentChoices, Coverage, Eligibility, Finding, Fingerprint, Institution, InsuranceCard,
    LimitCertificate, MIGRATIONS, Medicine, MedicineSupply, NewPerson, NewReception, OnlineFunction, Person, PersonId,
    Procedure, Provider, ReceptionTerm, Record, RecordContent, Refusal, RegistrationReceipt, RegistrationRoute,
    RegistrationValidity, Settings, SpecificDiseaseCertificate, Stay, store::reading,
};

pub(super) struct World {
    pub(super) engine: &'static str,
    pub(super) eligibility: Eligibility,
    pub(super) database: Database,
    pub(super) clock: Clock,
    pub(super) randomness: Randomness,
    pub(super) person: PersonId,
    trial: test_database::TestDatabase,
}

pub(super) fn day(text: &str) -> Date {
    base::parse_date(text).expect("a date")
}

pub(super) fn timestamp(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

/// The institution that patients register with.
pub(super) fn clinic() -> InstitutionCode {
    "0110113719".parse().expect("an institution code")
}

/// Another institution.
pub(super) fn other_clinic() -> InstitutionCode {
    InstitutionCode::from_parts(Prefecture::from_code(13).expect("Tokyo"), ScoreTable::Medical, 777)
}

pub(super) fn certificate(institution: InstitutionCode) -> Fingerprint {
    Fingerprint::from_certificate(institution.to_string().as_bytes())
}

pub(super) fn issuer() -> KeyIdentifier {
    KeyIdentifier::from_bytes([7; 20])
}

pub(super) fn serial(number: u64) -> Serial {
    Serial::try_from(number).expect("a serial")
}

pub(super) fn coverage(number: &str) -> Coverage {
    Coverage {
        insurer: "33120015".parse().expect("an insurer number"),
        insurer_name: "千葉県職員共済組合".to_owned(),
        classification: oqs::InsuredCardClassification::General,
        symbol: oqs::CardSymbol::new("公立千葉１２"),
        number: oqs::CardNumber::new(number).expect("a number"),
        branch: oqs::BranchNumber::new(1),
        relation: Some(oqs::PersonalFamily::Insured),
        insured_name: None,
        qualified_on: day("2020-04-01"),
        disqualified_on: None,
        reason_of_loss: None,
        issued: Some(day("2020-04-10")),
        valid_from: None,
        valid_to: None,
        share: None,
        preschool: None,
        elderly: None,
    }
}

pub(super) fn provider() -> Provider {
    Provider { code: Some(other_clinic()), name: "みなと薬局".to_owned() }
}

pub(super) fn records() -> Vec<Record> {
    let procedure =
        |name: &str| Procedure { name: name.to_owned(), times: 1, provider: provider(), stay: Stay::Outpatient };
    let medicine = |name: &str| Medicine {
        name: name.to_owned(),
        ingredient: None,
        dose: Some("3".to_owned()),
        unit: Some("錠".to_owned()),
        usage: Some("１日３回毎食後".to_owned()),
        days: 7,
        supply: MedicineSupply::Dispensed {
            prescriber: Some(Provider { code: Some(clinic()), name: "ひまわり内科".to_owned() }),
        },
        provider: provider(),
    };
    let finding = Finding {
        code: "9N501000000000011".to_owned(),
        name: "MARK-CHECKUP 腹囲".to_owned(),
        value: "82.5".to_owned(),
        unit: Some("cm".to_owned()),
    };
    vec![
        Record { day: day("2026-09-03"), content: RecordContent::Medicine(medicine("MARK-MEDICINE 錠")) },
        Record { day: day("2026-10-03"), content: RecordContent::Medicine(medicine("MARK-LATER 錠")) },
        Record { day: day("2026-09-03"), content: RecordContent::Treatment(procedure("MARK-TREATMENT")) },
        Record { day: day("2019-02-01"), content: RecordContent::Operation(procedure("MARK-OPERATION")) },
        Record { day: day("2026-06-01"), content: RecordContent::CheckUp(CheckUp { findings: vec![finding] }) },
    ]
}

pub(super) fn new_person(number: &str, birth: &str) -> NewPerson {
    NewPerson {
        person: Person {
            name: oqs::FullName::new("●木　花子").expect("a name"),
            kana: oqs::KanaName::new("ナマキ ハナコ").expect("a reading"),
            other_name: None,
            other_kana: None,
            sex: oqs::Sex::Female,
            birth: day(birth),
            postcode: "260-0001".to_owned(),
            address: "千葉県千葉市中央区".to_owned(),
            card: InsuranceCard::Registered,
        },
        coverages: vec![coverage(number)],
        limits: vec![LimitCertificate {
            classification: oqs::LimitCertificateClassification::Limit,
            class: oqs::LimitClass::U,
            issued: None,
            valid_from: day("2026-08-01"),
            valid_to: day("2027-07-31"),
            long_term_from: None,
        }],
        specific_diseases: vec![SpecificDiseaseCertificate {
            disease: oqs::SpecificDisease::Dialysis,
            issued: None,
            valid_from: day("2026-08-01"),
            valid_to: day("2027-07-31"),
            self_pay: 10_000,
        }],
        records: records(),
    }
}

pub(super) async fn worlds(now: &str) -> Vec<World> {
    let mut worlds = Vec::new();
    for trial in test_database::open_on_each_engine("eligibility", MIGRATIONS) {
        let (clock, randomness) = (Clock::stopped_at(timestamp(now)), Randomness::system());
        let settings = Settings {
            clock: clock.clone(),
            randomness: randomness.clone(),
            audit_key: Key::from_bytes([9; 32]),
            reception: "http://reception.localhost:8400".parse().expect("an origin"),
        };
        let eligibility = Eligibility::from_database(trial.database.clone(), settings).await.expect("it opens");
        for (code, name) in [(clinic(), "ひまわり内科"), (other_clinic(), "みなとクリニック")] {
            let institution = Institution { code, name: name.to_owned(), online: OnlineFunction::On };
            eligibility.add_institution(institution).await.expect("an institution is added");
            eligibility.admit_certificate(code, certificate(code)).await.expect("a certificate is admitted");
        }
        let person = eligibility.add_person(new_person("1234567", "1980-06-15")).await.expect("a person is added");
        eligibility.link_certificate(person, issuer(), serial(0x0012_3456)).await.expect("a certificate is linked");
        let database = trial.database.clone();
        worlds.push(World { engine: trial.engine, eligibility, database, clock, randomness, person, trial });
    }
    worlds
}

/// Everything stored about a person.
pub(super) async fn find_stored_person(world: &World, id: PersonId) -> NewPerson {
    let today = day("2026-11-24");
    let read = move |tx: &mut Transaction<'_>| Ok::<_, Refusal>(reading::find_stored_person(tx, id, today)?);
    world.database.read(read).await.expect("a person is read")
}

impl World {
    pub(super) fn location(&self) -> &database::Location {
        &self.trial.location
    }

    pub(super) fn new_reception(&self, visit: &str, choices: ConsentChoices) -> NewReception {
        NewReception {
            number: ReceptionNumber::new(&self.randomness),
            institution: clinic(),
            term: ReceptionTerm::Visit(day(visit)),
            person: self.person,
            choices,
            validity: RegistrationValidity::Full,
            route: RegistrationRoute::HandOver,
        }
    }

    /// Registers with the clinic for home visits, whose function it turns on.
    pub(super) async fn register_home_visits(&self, choices: ConsentChoices) -> RegistrationReceipt {
        let settings = oqs::EnvironmentSettings {
            viewing_consent: None,
            medical_assistance: None,
            home_visit: Some(oqs::Use::Used),
            online: None,
            prescription: None,
            prescription_timing: None,
        };
        self.eligibility.set_environment(clinic(), settings).await.expect("a setting is stored");
        let new = self.new_reception("2026-11-24", choices);
        let new = NewReception { term: ReceptionTerm::UntilWithdrawn, route: RegistrationRoute::FixedUrl, ..new };
        self.register(new).await.expect("a reception is registered")
    }

    pub(super) async fn register(&self, new: NewReception) -> Result<RegistrationReceipt, Refusal> {
        let now = self.clock.now();
        self.database.write(move |tx| crate::register_reception(tx, &new, now)).await
    }

    pub(super) async fn register_all_agreed(&self, visit: &str) -> RegistrationReceipt {
        let new = self.new_reception(visit, ConsentChoices::all(ConsentChoice::Agree));
        self.register(new).await.expect("a reception is registered")
    }

    pub(super) async fn find_reception_state(&self, number: ReceptionNumber) -> Option<crate::ReceptionState> {
        let now = self.clock.now();
        let read = move |tx: &mut database::Transaction<'_>| {
            crate::find_reception_state(tx, number, now).map_err(Refusal::from)
        };
        self.database.read(read).await.expect("a reception is read")
    }

    pub(super) async fn withdraw(&self) -> Vec<ReceptionNumber> {
        let (person, now) = (self.person, self.clock.now());
        let write = move |tx: &mut database::Transaction<'_>| {
            crate::withdraw_all_receptions(tx, person, now).map_err(Refusal::from)
        };
        self.database.write(write).await.expect("receptions are withdrawn")
    }
}
