//! Two institutions and some insured persons, on each engine.

use base::{Clock, Date, InstitutionCode, Key, Prefecture, Randomness, ReceptionNumber, ScoreTable, Timestamp};
use database::{Database, trial};
use jpki::{KeyIdentifier, Serial};

use crate::{
    CheckUp, Choice, Choices, Content, Coverage, Eligibility, Finding, Fingerprint, Given, Institution, InsuranceCard,
    LimitCertificate, MIGRATIONS, Medicine, NewPerson, NewReception, OnlineFunction, Person, PersonId, Place,
    Procedure, Record, Refusal, Registered, Settings, SpecificDiseaseCertificate, Stay, Term, Validity, Via,
};

pub(super) struct World {
    pub(super) engine: &'static str,
    pub(super) eligibility: Eligibility,
    pub(super) database: Database,
    pub(super) clock: Clock,
    pub(super) randomness: Randomness,
    pub(super) person: PersonId,
    _trial: trial::Trial,
}

pub(super) fn day(text: &str) -> Date {
    base::parse_date(text).expect("a date")
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

/// The institution that patients register with.
pub(super) fn clinic() -> InstitutionCode {
    "0110113719".parse().expect("an institution code")
}

/// Another institution.
pub(super) fn other_clinic() -> InstitutionCode {
    InstitutionCode::of(Prefecture::from_code(13).expect("Tokyo"), ScoreTable::Medical, 777)
}

pub(super) fn certificate(of: InstitutionCode) -> Fingerprint {
    Fingerprint::of(of.to_string().as_bytes())
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
        from: day("2020-04-01"),
        lost: None,
        reason: None,
        issued: Some(day("2020-04-10")),
        valid_from: None,
        valid_to: None,
        share: None,
        preschool: None,
        elderly: None,
    }
}

fn place() -> Place {
    Place { code: Some(other_clinic()), name: "みなと薬局".to_owned() }
}

pub(super) fn records() -> Vec<Record> {
    let procedure = |name: &str| Procedure { name: name.to_owned(), times: 1, place: place(), stay: Stay::Outpatient };
    let medicine = |name: &str| Medicine {
        name: name.to_owned(),
        ingredient: None,
        dose: Some("3".to_owned()),
        unit: Some("錠".to_owned()),
        usage: Some("１日３回毎食後".to_owned()),
        days: 7,
        given: Given::Dispensed {
            prescriber: Some(Place { code: Some(clinic()), name: "ひまわり内科".to_owned() })
        },
        place: place(),
    };
    let finding = Finding {
        code: "9N501000000000011".to_owned(),
        name: "MARK-CHECKUP 腹囲".to_owned(),
        value: "82.5".to_owned(),
        unit: Some("cm".to_owned()),
    };
    vec![
        Record { day: day("2026-09-03"), content: Content::Medicine(medicine("MARK-MEDICINE 錠")) },
        Record { day: day("2026-10-03"), content: Content::Medicine(medicine("MARK-LATER 錠")) },
        Record { day: day("2026-09-03"), content: Content::Treatment(procedure("MARK-TREATMENT")) },
        Record { day: day("2019-02-01"), content: Content::Operation(procedure("MARK-OPERATION")) },
        Record { day: day("2026-06-01"), content: Content::CheckUp(CheckUp { findings: vec![finding] }) },
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
    for trial in trial::each("eligibility", MIGRATIONS) {
        let (clock, randomness) = (Clock::starting_at(at(now)), Randomness::system());
        let settings = Settings {
            clock: clock.clone(),
            randomness: randomness.clone(),
            audit_key: Key::from_bytes([9; 32]),
            reception: "http://reception.localhost:8400".parse().expect("an origin"),
        };
        let eligibility = Eligibility::on(trial.database.clone(), settings);
        for (code, name) in [(clinic(), "ひまわり内科"), (other_clinic(), "みなとクリニック")] {
            let institution = Institution { code, name: name.to_owned(), online: OnlineFunction::On };
            eligibility.add_institution(institution).await.expect("an institution is added");
            eligibility.admit_certificate(code, certificate(code)).await.expect("a certificate is admitted");
        }
        let person = eligibility.add_person(new_person("1234567", "1980-06-15")).await.expect("a person is added");
        eligibility.link_certificate(person, issuer(), serial(0x0012_3456)).await.expect("a certificate is linked");
        let database = trial.database.clone();
        worlds.push(World { engine: trial.engine, eligibility, database, clock, randomness, person, _trial: trial });
    }
    worlds
}

impl World {
    pub(super) fn new_reception(&self, visit: &str, choices: Choices) -> NewReception {
        NewReception {
            number: ReceptionNumber::new(&self.randomness),
            institution: clinic(),
            term: Term::Visit(day(visit)),
            person: self.person,
            choices,
            validity: Validity::Full,
            via: Via::HandOver,
        }
    }

    /// Registers with the clinic for home visits, whose function it turns on.
    pub(super) async fn agreed_to_home_visits(&self, choices: Choices) -> Registered {
        let settings = oqs::EnvironmentSettings {
            viewing_consent: None,
            medical_assistance: None,
            home_visit: Some(oqs::Use::Used),
            online: None,
            prescription: None,
            prescription_timing: None,
        };
        self.eligibility.set_environment(clinic(), settings).await.expect("a setting is kept");
        let new = self.new_reception("2026-11-24", choices);
        let new = NewReception { term: Term::UntilWithdrawn, via: Via::FixedUrl, ..new };
        self.register(new).await.expect("a reception is registered")
    }

    pub(super) async fn register(&self, new: NewReception) -> Result<Registered, Refusal> {
        let now = self.clock.now();
        self.database.write(move |tx| crate::register(tx, &new, now)).await
    }

    pub(super) async fn agreed(&self, visit: &str) -> Registered {
        let new = self.new_reception(visit, Choices::all(Choice::Agree));
        self.register(new).await.expect("a reception is registered")
    }

    pub(super) async fn standing(&self, number: ReceptionNumber) -> Option<crate::Standing> {
        let now = self.clock.now();
        let read = move |tx: &mut database::Transaction<'_>| crate::standing(tx, number, now).map_err(Refusal::from);
        self.database.read(read).await.expect("a reception is read")
    }

    pub(super) async fn withdraw(&self) -> Vec<ReceptionNumber> {
        let (person, now) = (self.person, self.clock.now());
        let write =
            move |tx: &mut database::Transaction<'_>| crate::withdraw_all(tx, person, now).map_err(Refusal::from);
        self.database.write(write).await.expect("receptions are withdrawn")
    }
}
