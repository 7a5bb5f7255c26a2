//! A person of whom every field is a mark that stands nowhere else.

use base::{Date, InstitutionCode, InsurerNumber, Prefecture, Randomness, ScoreTable};
use eligibility::{
    CheckUp, Content, Coverage, Finding, Given, InsuranceCard, LimitCertificate, Medicine, NewPerson, Person, Place,
    Procedure, Record, SpecificDiseaseCertificate, Stay,
};

/// Kanji that stand in no text of any room.
const KANJI: &str = "鵯鶫鷽鵺麒麟鯱鰆鱧鰰鯲蜻蛉蟋蟀蝙蝠鼬貂貉獺鬣樅椴櫟楢欅椛楓棗";
/// Katakana of one half-width character each.
const KANA: &str = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ";

/// A value that stands nowhere else, by the name of its field, in every form in which rooms write it.
pub struct Mark {
    pub name: String,
    pub forms: Vec<String>,
}

/// Who makes marks.
pub struct Marker {
    /// Those that were made.
    pub marks: Vec<Mark>,
    person: i8,
    randomness: Randomness,
}

impl Marker {
    /// For one of at most three persons.
    pub fn of(person: i8) -> Self {
        Self { marks: Vec::new(), person, randomness: Randomness::system() }
    }

    fn draw(&self, letters: &str, count: usize) -> String {
        let letters: Vec<char> = letters.chars().collect();
        let one = |_| {
            letters[usize::try_from(self.randomness.below(letters.len() as u64))
                .expect("a mark has the form of its field")]
        };
        (0..count).map(one).collect()
    }

    fn keep(&mut self, name: &str, forms: Vec<String>) {
        self.marks.push(Mark { name: name.to_owned(), forms });
    }

    fn one(&mut self, name: &str, text: String) -> String {
        self.keep(name, vec![text.clone()]);
        text
    }

    pub fn latin(&mut self, name: &str) -> String {
        let text = self.draw("abcdefghijkmnpqrstuvwxyz", 14);
        self.one(name, text)
    }

    fn kanji(&mut self, name: &str) -> String {
        let text = self.draw(KANJI, 6);
        self.one(name, text)
    }

    fn digits(&mut self, name: &str, count: usize) -> String {
        let text = self.draw("123456789", count);
        self.one(name, text)
    }

    fn full_name(&mut self, name: &str) -> oqs::FullName {
        let (family, given) = (self.kanji(&format!("{name}, family")), self.kanji(&format!("{name}, given")));
        oqs::FullName::new(&format!("{family}　{given}")).expect("a mark has the form of its field")
    }

    fn kana(&mut self, name: &str) -> oqs::KanaName {
        let parts = [(format!("{name}, family"), self.draw(KANA, 9)), (format!("{name}, given"), self.draw(KANA, 9))];
        let whole = format!("{}　{}", parts[0].1, parts[1].1);
        for (name, text) in parts {
            let half = oqs::half_width(&text);
            self.keep(&name, vec![text, half]);
        }
        oqs::KanaName::new(&whole).expect("a mark has the form of its field")
    }

    /// A day between the first of these years and the last, as the rooms' pages, files and tables write days. No two
    /// persons have one in common, nor any two fields of one person.
    fn day(&mut self, name: &str, from: i16, until: i16) -> Date {
        let drawn = |count: i16| {
            i16::try_from(self.randomness.below(count.unsigned_abs().into())).expect("a mark has the form of its field")
        };
        let year = from + drawn(until - from + 1);
        let month = i8::try_from(self.marks.len() % 12).expect("a mark has the form of its field") + 1;
        let day = self.person * 9 + 1 + i8::try_from(drawn(9)).expect("a mark has the form of its field");
        let day = Date::new(year, month, day).expect("a mark has the form of its field");
        let japanese = format!("{}年{}月{}日", day.year(), day.month(), day.day());
        self.keep(name, vec![day.to_string(), day.strftime("%Y%m%d").to_string(), japanese]);
        day
    }

    fn place(&mut self, name: &str) -> Place {
        let serial = u32::try_from(self.randomness.below(1_000_000)).expect("a mark has the form of its field");
        let code = InstitutionCode::of(
            Prefecture::from_code(47).expect("a mark has the form of its field"),
            ScoreTable::Medical,
            serial,
        );
        self.one(&format!("{name} code"), code.to_string());
        Place { code: Some(code), name: self.kanji(name) }
    }

    fn procedure(&mut self, name: &str) -> Procedure {
        let place = self.place(&format!("{name}, place"));
        Procedure { name: self.kanji(&format!("{name}, name")), times: 1, place, stay: Stay::Inpatient }
    }

    fn coverage(&mut self) -> Coverage {
        let serial = u16::try_from(self.randomness.below(1000)).expect("a mark has the form of its field");
        let insurer =
            InsurerNumber::of(Some(6), Prefecture::from_code(46).expect("a mark has the form of its field"), serial)
                .expect("a mark has the form of its field");
        self.one("coverage: insurer's number", insurer.to_string());
        Coverage {
            insurer,
            insurer_name: self.kanji("coverage: insurer's name"),
            classification: oqs::InsuredCardClassification::General,
            symbol: oqs::CardSymbol::new(&self.kanji("coverage: symbol")),
            number: oqs::CardNumber::new(&self.digits("coverage: number", 12))
                .expect("a mark has the form of its field"),
            branch: oqs::BranchNumber::new(7),
            relation: Some(oqs::PersonalFamily::Family),
            insured_name: Some(self.full_name("coverage: insured name")),
            from: self.day("coverage: from", 1991, 2009),
            lost: None,
            reason: None,
            issued: Some(self.day("coverage: issued", 2010, 2014)),
            valid_from: Some(self.day("coverage: valid from", 2015, 2019)),
            valid_to: Some(self.day("coverage: valid to", 2051, 2069)),
            share: None,
            preschool: None,
            elderly: None,
        }
    }

    fn records(&mut self) -> Vec<Record> {
        let medicine = Medicine {
            name: self.kanji("medicine: name"),
            ingredient: Some(self.kanji("medicine: ingredient")),
            dose: Some(self.digits("medicine: dose", 9)),
            unit: Some(self.kanji("medicine: unit")),
            usage: Some(self.kanji("medicine: usage")),
            days: 14,
            given: Given::Dispensed { prescriber: Some(self.place("medicine: prescriber")) },
            place: self.place("medicine: place"),
        };
        let finding = Finding {
            code: self.digits("check-up: code", 17),
            name: self.kanji("check-up: name"),
            value: self.digits("check-up: value", 9),
            unit: Some(self.latin("check-up: unit")),
        };
        vec![
            Record { day: self.day("medicine: day", 2025, 2025), content: Content::Medicine(medicine) },
            Record {
                day: self.day("treatment: day", 2025, 2025),
                content: Content::Treatment(self.procedure("treatment: what")),
            },
            Record {
                day: self.day("operation: day", 2025, 2025),
                content: Content::Operation(self.procedure("operation: what")),
            },
            Record {
                day: self.day("check-up: day", 2024, 2024),
                content: Content::CheckUp(CheckUp { findings: vec![finding] }),
            },
        ]
    }

    fn postcode(&mut self) -> String {
        let text = format!("{}-{}", self.draw("123456789", 3), self.draw("123456789", 4));
        self.one("person: postcode", text)
    }

    /// An insured person, marked in every field that is a text, a number of its own or a day.
    pub fn person(&mut self) -> NewPerson {
        let person = Person {
            name: self.full_name("person: name"),
            kana: self.kana("person: kana"),
            other_name: Some(self.full_name("person: other name")),
            other_kana: Some(self.kana("person: other kana")),
            sex: oqs::Sex::Female,
            birth: self.day("person: birth", 1931, 1949),
            postcode: self.postcode(),
            address: self.kanji("person: address"),
            card: InsuranceCard::Registered,
        };
        NewPerson {
            person,
            coverages: vec![self.coverage()],
            limits: vec![LimitCertificate {
                classification: oqs::LimitCertificateClassification::Limit,
                class: oqs::LimitClass::A,
                issued: Some(self.day("limit: issued", 2020, 2020)),
                valid_from: self.day("limit: valid from", 2021, 2021),
                valid_to: self.day("limit: valid to", 2031, 2039),
                long_term_from: Some(self.day("limit: long term from", 1989, 1989)),
            }],
            specific_diseases: vec![SpecificDiseaseCertificate {
                disease: oqs::SpecificDisease::Dialysis,
                issued: Some(self.day("disease: issued", 2022, 2022)),
                valid_from: self.day("disease: valid from", 2023, 2023),
                valid_to: self.day("disease: valid to", 2040, 2049),
                self_pay: 20_000,
            }],
            records: self.records(),
        }
    }
}
