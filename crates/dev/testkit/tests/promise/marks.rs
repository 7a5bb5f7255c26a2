//! A person whose every field is a mark: a random value that occurs nowhere else.

use base::{Date, InstitutionCode, InsurerNumber, Prefecture, Randomness, ScoreTable};
use eligibility::{
    CheckUp, Coverage, Finding, InsuranceCard, LimitCertificate, Medicine, MedicineSupply, NewPerson, Person,
    Procedure, Provider, Record, RecordContent, SpecificDiseaseCertificate, Stay,
};

/// Kanji that occur in no text of any service.
const KANJI: &str = "鵯鶫鷽鵺麒麟鯱鰆鱧鰰鯲蜻蛉蟋蟀蝙蝠鼬貂貉獺鬣樅椴櫟楢欅椛楓棗";
/// Katakana of one half-width character each.
const KANA: &str = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ";

/// A random value, by the name of its field, in every form in which the services write it.
pub struct Mark {
    pub name: String,
    pub forms: Vec<String>,
}

pub struct MarkGenerator {
    pub marks: Vec<Mark>,
    person: i8,
    randomness: Randomness,
}

impl MarkGenerator {
    /// A generator for one of at most three persons.
    pub fn new(person: i8) -> Self {
        Self { marks: Vec::new(), person, randomness: Randomness::system() }
    }

    fn random_text(&self, letters: &str, count: usize) -> String {
        let letters: Vec<char> = letters.chars().collect();
        let random_letter = |_| {
            letters[usize::try_from(self.randomness.number_below(letters.len() as u64))
                .expect("a mark has the form of its field")]
        };
        (0..count).map(random_letter).collect()
    }

    fn add_mark(&mut self, name: &str, forms: Vec<String>) {
        self.marks.push(Mark { name: name.to_owned(), forms });
    }

    fn add_text(&mut self, name: &str, text: String) -> String {
        self.add_mark(name, vec![text.clone()]);
        text
    }

    pub fn mark_latin(&mut self, name: &str) -> String {
        let text = self.random_text("abcdefghijkmnpqrstuvwxyz", 14);
        self.add_text(name, text)
    }

    fn mark_kanji(&mut self, name: &str) -> String {
        let text = self.random_text(KANJI, 6);
        self.add_text(name, text)
    }

    fn mark_digits(&mut self, name: &str, count: usize) -> String {
        let text = self.random_text("123456789", count);
        self.add_text(name, text)
    }

    fn mark_full_name(&mut self, name: &str) -> oqs::FullName {
        let (family, given) = (self.mark_kanji(&format!("{name}, family")), self.mark_kanji(&format!("{name}, given")));
        oqs::FullName::new(&format!("{family}　{given}")).expect("a mark has the form of its field")
    }

    fn mark_kana(&mut self, name: &str) -> oqs::KanaName {
        let parts = [
            (format!("{name}, family"), self.random_text(KANA, 9)),
            (format!("{name}, given"), self.random_text(KANA, 9)),
        ];
        let full_name = format!("{}　{}", parts[0].1, parts[1].1);
        for (name, text) in parts {
            let half_width = oqs::half_width(&text);
            self.add_mark(&name, vec![text, half_width]);
        }
        oqs::KanaName::new(&full_name).expect("a mark has the form of its field")
    }

    /// A day between these years, in the forms in which pages, files and tables write days. No two persons and no two fields
    /// of one person have the same day.
    fn mark_day(&mut self, name: &str, first_year: i16, last_year: i16) -> Date {
        let random_below = |count: i16| {
            i16::try_from(self.randomness.number_below(count.unsigned_abs().into()))
                .expect("a mark has the form of its field")
        };
        let year = first_year + random_below(last_year - first_year + 1);
        let month = i8::try_from(self.marks.len() % 12).expect("a mark has the form of its field") + 1;
        let day = self.person * 9 + 1 + i8::try_from(random_below(9)).expect("a mark has the form of its field");
        let day = Date::new(year, month, day).expect("a mark has the form of its field");
        let japanese = format!("{}年{}月{}日", day.year(), day.month(), day.day());
        self.add_mark(name, vec![day.to_string(), day.strftime("%Y%m%d").to_string(), japanese]);
        day
    }

    fn mark_provider(&mut self, name: &str) -> Provider {
        let serial = u32::try_from(self.randomness.number_below(1_000_000)).expect("a mark has the form of its field");
        let code = InstitutionCode::from_parts(
            Prefecture::from_code(47).expect("a mark has the form of its field"),
            ScoreTable::Medical,
            serial,
        );
        self.add_text(&format!("{name} code"), code.to_string());
        Provider { code: Some(code), name: self.mark_kanji(name) }
    }

    fn mark_procedure(&mut self, name: &str) -> Procedure {
        let provider = self.mark_provider(&format!("{name}, place"));
        Procedure { name: self.mark_kanji(&format!("{name}, name")), times: 1, provider, stay: Stay::Inpatient }
    }

    fn mark_coverage(&mut self) -> Coverage {
        let serial = u16::try_from(self.randomness.number_below(1000)).expect("a mark has the form of its field");
        let insurer = InsurerNumber::from_parts(
            Some(6),
            Prefecture::from_code(46).expect("a mark has the form of its field"),
            serial,
        )
        .expect("a mark has the form of its field");
        self.add_text("coverage: insurer's number", insurer.to_string());
        Coverage {
            insurer,
            insurer_name: self.mark_kanji("coverage: insurer's name"),
            classification: oqs::InsuredCardClassification::General,
            symbol: oqs::CardSymbol::new(&self.mark_kanji("coverage: symbol")),
            number: oqs::CardNumber::new(&self.mark_digits("coverage: number", 12))
                .expect("a mark has the form of its field"),
            branch: oqs::BranchNumber::new(7),
            relation: Some(oqs::PersonalFamily::Family),
            insured_name: Some(self.mark_full_name("coverage: insured name")),
            qualified_on: self.mark_day("coverage: from", 1991, 2009),
            disqualified_on: None,
            reason_of_loss: None,
            issued: Some(self.mark_day("coverage: issued", 2010, 2014)),
            valid_from: Some(self.mark_day("coverage: valid from", 2015, 2019)),
            valid_to: Some(self.mark_day("coverage: valid to", 2051, 2069)),
            share: None,
            preschool: None,
            elderly: None,
        }
    }

    fn mark_records(&mut self) -> Vec<Record> {
        let medicine = Medicine {
            name: self.mark_kanji("medicine: name"),
            ingredient: Some(self.mark_kanji("medicine: ingredient")),
            dose: Some(self.mark_digits("medicine: dose", 9)),
            unit: Some(self.mark_kanji("medicine: unit")),
            usage: Some(self.mark_kanji("medicine: usage")),
            days: 14,
            supply: MedicineSupply::Dispensed { prescriber: Some(self.mark_provider("medicine: prescriber")) },
            provider: self.mark_provider("medicine: place"),
        };
        let finding = Finding {
            code: self.mark_digits("check-up: code", 17),
            name: self.mark_kanji("check-up: name"),
            value: self.mark_digits("check-up: value", 9),
            unit: Some(self.mark_latin("check-up: unit")),
        };
        vec![
            Record { day: self.mark_day("medicine: day", 2025, 2025), content: RecordContent::Medicine(medicine) },
            Record {
                day: self.mark_day("treatment: day", 2025, 2025),
                content: RecordContent::Treatment(self.mark_procedure("treatment: what")),
            },
            Record {
                day: self.mark_day("operation: day", 2025, 2025),
                content: RecordContent::Operation(self.mark_procedure("operation: what")),
            },
            Record {
                day: self.mark_day("check-up: day", 2024, 2024),
                content: RecordContent::CheckUp(CheckUp { findings: vec![finding] }),
            },
        ]
    }

    fn mark_postcode(&mut self) -> String {
        let text = format!("{}-{}", self.random_text("123456789", 3), self.random_text("123456789", 4));
        self.add_text("person: postcode", text)
    }

    /// An insured person with a mark in every field that is a text, an individual number or a day.
    pub fn mark_person(&mut self) -> NewPerson {
        let person = Person {
            name: self.mark_full_name("person: name"),
            kana: self.mark_kana("person: kana"),
            other_name: Some(self.mark_full_name("person: other name")),
            other_kana: Some(self.mark_kana("person: other kana")),
            sex: oqs::Sex::Female,
            birth: self.mark_day("person: birth", 1931, 1949),
            postcode: self.mark_postcode(),
            address: self.mark_kanji("person: address"),
            card: InsuranceCard::Registered,
        };
        NewPerson {
            person,
            coverages: vec![self.mark_coverage()],
            limits: vec![LimitCertificate {
                classification: oqs::LimitCertificateClassification::Limit,
                class: oqs::LimitClass::A,
                issued: Some(self.mark_day("limit: issued", 2020, 2020)),
                valid_from: self.mark_day("limit: valid from", 2021, 2021),
                valid_to: self.mark_day("limit: valid to", 2031, 2039),
                long_term_from: Some(self.mark_day("limit: long term from", 1989, 1989)),
            }],
            specific_diseases: vec![SpecificDiseaseCertificate {
                disease: oqs::SpecificDisease::Dialysis,
                issued: Some(self.mark_day("disease: issued", 2022, 2022)),
                valid_from: self.mark_day("disease: valid from", 2023, 2023),
                valid_to: self.mark_day("disease: valid to", 2040, 2049),
                self_pay: 20_000,
            }],
            records: self.mark_records(),
        }
    }
}
