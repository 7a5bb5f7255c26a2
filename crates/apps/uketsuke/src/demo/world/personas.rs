//! The demo's people, and the special property of each one's card or records.

mod persona_list;

use std::fmt;

use base::Date;
use eligibility::{InsuranceCard, NewPerson, SimulatedFault};
use text::Text;

use super::calendar;

/// A person of the demo.
pub(crate) struct Persona {
    /// The card's id in the app, and the person's id for programs.
    pub(crate) key: &'static str,
    /// 氏名, as on the card
    pub(crate) name: &'static str,
    /// 氏名カナ
    pub(crate) kana: &'static str,
    pub(crate) latin: &'static str,
    /// 生年月日
    pub(crate) birth_date: Date,
    /// 性別
    pub(crate) sex: oqs::Sex,
    /// 住所, as on the card
    pub(crate) address: &'static str,
    /// The card's PIN, different for each person.
    pub(crate) pin: &'static str,
    /// 署名用パスワード
    pub(crate) signature_password: SignaturePassword,
    /// The special property in a few words.
    pub(crate) label: Text,
    /// The special property in a sentence.
    pub(crate) note: Text,
    /// The data at the insurers.
    pub(crate) insured_person: NewPerson,
    /// The simulated fault of that data.
    pub(crate) fault: Option<SimulatedFault>,
    pub(crate) card: CardState,
}

/// The signature password of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignaturePassword {
    Set(&'static str),
    /// The card has no 署名用電子証明書, which is not issued to children under 15.
    None,
}

/// The state of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CardState {
    /// The day of issue of the card and both certificates.
    pub(crate) issued_on: Date,
    /// The last day of the certificates: the fifth birthday after the issue.
    pub(crate) certificates_expire_on: Date,
    /// The last day of the card itself.
    pub(crate) expires_on: Date,
    /// The tries left at the authentication PIN, of three.
    pub(crate) tries_left: u8,
    pub(crate) revocation: Revocation,
    /// The office that issued the card.
    pub(crate) office: MunicipalOffice,
}

/// Whether certificates were revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Revocation {
    NotRevoked,
    /// The card was reported lost.
    ReportedLost,
}

/// A municipality: five digits, and prefecture and name as certificates write them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MunicipalOffice {
    pub(crate) code: &'static str,
    pub(crate) prefecture: &'static str,
    pub(crate) name: &'static str,
}

impl fmt::Display for SignaturePassword {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Set(password) => password,
            Self::None => "—",
        })
    }
}

/// All personas. Dates that must be before or after another day are relative to `first_day` of the world: some birthdays,
/// the terms of insurance, the days of records.
pub(crate) fn personas(first_day: Date) -> Vec<Persona> {
    persona_list::all_personas(first_day)
}

/// The basic data of a persona.
struct PersonaSketch {
    key: &'static str,
    name: &'static str,
    kana: &'static str,
    latin: &'static str,
    birth_date: Date,
    sex: oqs::Sex,
    postcode: &'static str,
    address: &'static str,
    office: MunicipalOffice,
    pin: &'static str,
    password: &'static str,
    label: (&'static str, &'static str),
    note: (&'static str, &'static str),
}

impl PersonaSketch {
    /// The persona with a valid card that was issued on this day.
    fn into_persona(self, issued_on: Date, insurance: InsuranceData) -> Persona {
        let person = eligibility::Person {
            // The names of the list are not blank.
            name: oqs::FullName::new(insurance.name_in_files.unwrap_or(self.name)).expect("somebody has a name"),
            kana: oqs::KanaName::new(self.kana).expect("somebody has a reading"),
            other_name: None,
            other_kana: None,
            sex: self.sex,
            birth: self.birth_date,
            postcode: self.postcode.to_owned(),
            address: self.address.to_owned(),
            card: InsuranceCard::Registered,
        };
        let InsuranceData { coverages, limits, specific_diseases, records, .. } = insurance;
        Persona {
            key: self.key,
            name: self.name,
            kana: self.kana,
            latin: self.latin,
            birth_date: self.birth_date,
            sex: self.sex,
            address: self.address,
            pin: self.pin,
            signature_password: SignaturePassword::Set(self.password),
            label: Text::from_static(self.label.0, self.label.1),
            note: Text::from_static(self.note.0, self.note.1),
            insured_person: NewPerson { person, coverages, limits, specific_diseases, records },
            fault: None,
            card: CardState {
                issued_on,
                certificates_expire_on: calendar::certificates_expire_on(self.birth_date, issued_on),
                expires_on: calendar::card_expires_on(self.birth_date, issued_on),
                tries_left: 3,
                revocation: Revocation::NotRevoked,
                office: self.office,
            },
        }
    }
}

impl Persona {
    fn with_tries_left(mut self, tries: u8) -> Self {
        self.card.tries_left = tries;
        self
    }

    fn with_card_reported_lost(mut self) -> Self {
        self.card.revocation = Revocation::ReportedLost;
        self
    }

    fn without_insurance_card(mut self) -> Self {
        self.insured_person.person.card = InsuranceCard::NotRegistered;
        self
    }

    fn with_fault(mut self, fault: SimulatedFault) -> Self {
        self.fault = Some(fault);
        self
    }

    fn without_signature(mut self) -> Self {
        self.signature_password = SignaturePassword::None;
        self
    }
}

/// The insurers' data of a persona.
#[derive(Default)]
struct InsuranceData {
    /// The name in files, where their character set lacks a character of the name.
    name_in_files: Option<&'static str>,
    coverages: Vec<eligibility::Coverage>,
    limits: Vec<eligibility::LimitCertificate>,
    specific_diseases: Vec<eligibility::SpecificDiseaseCertificate>,
    records: Vec<eligibility::Record>,
}
