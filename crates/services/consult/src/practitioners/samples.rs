//! Invented doctors.

use base::InstitutionCode;

use super::rules::{
    practitioner::{Employment, Practitioner, PractitionerDetails, PractitionerId},
    specialty::Specialty,
    spoken_language::SpokenLanguage,
};
use crate::sample_data::now;

/// The doctors of an invented institution.
pub(crate) fn practitioners(institution: InstitutionCode) -> Vec<Practitioner> {
    let doctor = |number: u32, name: &str, kana: &str, english: &str, year, languages| Practitioner {
        id: PractitionerId::new(now(), &base::Randomness::repeatable(name)),
        institution,
        number,
        details: PractitionerDetails {
            name: name.to_owned(),
            kana: Some(kana.to_owned()),
            name_english: Some(english.to_owned()),
            registration_year: year,
            specialties: vec![Specialty::InternalMedicine],
            languages,
        },
        employment: Employment::Active,
        version: 1,
    };
    vec![
        doctor(1, "見本 太郎", "ミホン タロウ", "Taro Mihon", Some(2006), vec![SpokenLanguage::English]),
        doctor(2, "見本 桜", "ミホン サクラ", "Sakura Mihon", Some(2015), Vec::new()),
    ]
}
