//! The people, and what is special about each of their cards and records.

mod persona_list;

use std::fmt;

use base::Date;
use eligibility::{InsuranceCard, NewPerson, SimulatedFault};
use shell::Text;

use super::calendar;

/// Somebody of the demo.
pub(crate) struct Persona {
    /// By which the card is known in the app, and programs name the person.
    pub(crate) key: &'static str,
    /// 氏名, as on the card
    pub(crate) name: &'static str,
    /// 氏名カナ
    pub(crate) kana: &'static str,
    /// The name in Latin letters.
    pub(crate) latin: &'static str,
    /// 生年月日
    pub(crate) birth_date: Date,
    /// 性別
    pub(crate) sex: oqs::Sex,
    /// 住所, as on the card
    pub(crate) address: &'static str,
    /// The card's four digits. No two people have the same.
    pub(crate) pin: &'static str,
    /// 署名用パスワード
    pub(crate) signature_password: SignaturePassword,
    /// What is special, in a few words.
    pub(crate) label: Text,
    /// What is special, in a sentence.
    pub(crate) note: Text,
    /// What the insurers know.
    pub(crate) insured_person: NewPerson,
    /// What goes wrong with what they tell.
    pub(crate) fault: Option<SimulatedFault>,
    /// The card.
    pub(crate) card: CardState,
}

/// The signature password of a card, which a child's has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignaturePassword {
    /// This one.
    Set(&'static str),
    /// No 署名用電子証明書 is issued to whoever is under 15.
    None,
}

/// How a card stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CardState {
    /// The day on which the office handed it out, with both certificates.
    pub(crate) issued_on: Date,
    /// The last day of the certificates: the fifth birthday after that.
    pub(crate) certificates_expire_on: Date,
    /// The last day of the card.
    pub(crate) expires_on: Date,
    /// The tries left at the authentication PIN, of three.
    pub(crate) tries_left: u8,
    /// Whether the authority took the certificates back.
    pub(crate) revocation: Revocation,
    /// The office that handed it out.
    pub(crate) office: MunicipalOffice,
}

/// Whether certificates were revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Revocation {
    /// They stand.
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

/// Everybody. What must lie before or after a day does so relative to `began`, the day on which the world began: some
/// birthdays, the terms of insurance, the days of records.
pub(crate) fn personas(began: Date) -> Vec<Persona> {
    persona_list::all_personas(began)
}

/// Who somebody is, before anything is special about him.
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
    /// The person with a card that was handed out on this day and with which nothing is wrong.
    fn into_persona(self, issued: Date, insured: InsuranceData) -> Persona {
        let person = eligibility::Person {
            // Names of the list are not blank.
            name: oqs::FullName::new(insured.name_in_files.unwrap_or(self.name)).expect("somebody has a name"),
            kana: oqs::KanaName::new(self.kana).expect("somebody has a reading"),
            other_name: None,
            other_kana: None,
            sex: self.sex,
            birth: self.birth_date,
            postcode: self.postcode.to_owned(),
            address: self.address.to_owned(),
            card: InsuranceCard::Registered,
        };
        let InsuranceData { coverages, limits, specific_diseases, records, .. } = insured;
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
                issued_on: issued,
                certificates_expire_on: calendar::certificates_expire_on(self.birth_date, issued),
                expires_on: calendar::card_expires_on(self.birth_date, issued),
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

    fn with_fault(mut self, trouble: SimulatedFault) -> Self {
        self.fault = Some(trouble);
        self
    }

    fn without_signature(mut self) -> Self {
        self.signature_password = SignaturePassword::None;
        self
    }
}

/// What the insurers know of somebody beyond who he is.
#[derive(Default)]
struct InsuranceData {
    /// The name as files write it, where they cannot write all of it.
    name_in_files: Option<&'static str>,
    coverages: Vec<eligibility::Coverage>,
    limits: Vec<eligibility::LimitCertificate>,
    specific_diseases: Vec<eligibility::SpecificDiseaseCertificate>,
    records: Vec<eligibility::Record>,
}
