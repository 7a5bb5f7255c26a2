//! What a person of the demo is, and how an entry of the list becomes one.

use std::fmt;

use base::Date;
use eligibility::{
    Coverage, InsuranceCard, LimitCertificate, NewPerson, Record, SimulatedFault, SpecificDiseaseCertificate,
};
use text::Text;

use crate::calendar;

/// A person of the demo.
pub struct Persona {
    /// The card's id in the app, and the person's id for programs.
    pub key: &'static str,
    /// 氏名, as on the card
    pub name: &'static str,
    /// 氏名カナ
    pub kana: &'static str,
    pub latin: &'static str,
    /// 生年月日
    pub birth_date: Date,
    /// 性別
    pub sex: oqs::Sex,
    /// 住所, as on the card
    pub address: &'static str,
    /// The card's PIN, different for each person.
    pub pin: &'static str,
    /// 署名用パスワード
    pub signature_password: SignaturePassword,
    /// The special property in a few words.
    pub label: Text,
    /// The special property in a sentence.
    pub note: Text,
    /// The data at the insurers.
    pub insured_person: NewPerson,
    /// The simulated fault of that data.
    pub fault: Option<SimulatedFault>,
    pub card: CardState,
}

/// The signature password of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignaturePassword {
    Set(&'static str),
    /// The card has no 署名用電子証明書, which is not issued to children under 15.
    None,
}

/// The state of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardState {
    /// The day of issue of the card and both certificates.
    pub issued_on: Date,
    /// The last day of the certificates: the fifth birthday after the issue.
    pub certificates_expire_on: Date,
    /// The last day of the card itself.
    pub expires_on: Date,
    /// The tries left at the authentication PIN, of three.
    pub tries_left: u8,
    pub revocation: Revocation,
    /// The office that issued the card.
    pub office: MunicipalOffice,
}

/// Whether certificates were revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    NotRevoked,
    /// The card was reported lost.
    ReportedLost,
}

/// A municipality: five digits, and prefecture and name as certificates write them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MunicipalOffice {
    pub code: &'static str,
    pub prefecture: &'static str,
    pub name: &'static str,
}

impl fmt::Display for SignaturePassword {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Set(password) => password,
            Self::None => "—",
        })
    }
}

/// The basic data of a persona.
pub(crate) struct PersonaSketch {
    pub(crate) key: &'static str,
    pub(crate) name: &'static str,
    pub(crate) kana: &'static str,
    pub(crate) latin: &'static str,
    pub(crate) birth_date: Date,
    pub(crate) sex: oqs::Sex,
    pub(crate) postcode: &'static str,
    pub(crate) address: &'static str,
    pub(crate) office: MunicipalOffice,
    pub(crate) pin: &'static str,
    pub(crate) password: &'static str,
    pub(crate) label: (&'static str, &'static str),
    pub(crate) note: (&'static str, &'static str),
}

impl PersonaSketch {
    /// The persona with a valid card that was issued on this day.
    pub(crate) fn into_persona(self, issued_on: Date, insurance: InsuranceData) -> Persona {
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
    pub(crate) fn with_tries_left(mut self, tries: u8) -> Self {
        self.card.tries_left = tries;
        self
    }

    pub(crate) fn with_card_reported_lost(mut self) -> Self {
        self.card.revocation = Revocation::ReportedLost;
        self
    }

    pub(crate) fn without_insurance_card(mut self) -> Self {
        self.insured_person.person.card = InsuranceCard::NotRegistered;
        self
    }

    pub(crate) fn with_fault(mut self, fault: SimulatedFault) -> Self {
        self.fault = Some(fault);
        self
    }

    pub(crate) fn without_signature(mut self) -> Self {
        self.signature_password = SignaturePassword::None;
        self
    }
}

/// The insurers' data of a persona.
#[derive(Default)]
pub(crate) struct InsuranceData {
    /// The name in files, where their character set lacks a character of the name.
    pub(crate) name_in_files: Option<&'static str>,
    pub(crate) coverages: Vec<Coverage>,
    pub(crate) limits: Vec<LimitCertificate>,
    pub(crate) specific_diseases: Vec<SpecificDiseaseCertificate>,
    pub(crate) records: Vec<Record>,
}

/// One coverage with these records.
pub(crate) fn insurance_data(coverage: Coverage, records: Vec<Record>) -> InsuranceData {
    InsuranceData { coverages: vec![coverage], records, ..InsuranceData::default() }
}
