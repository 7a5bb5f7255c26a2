//! A doctor of an institution.

use base::{Id, InstitutionCode};
use text::Language;

use super::{specialty::Specialty, spoken_language::SpokenLanguage};
use crate::practitioners::texts;

/// The id of a doctor.
pub type PractitionerId = Id<Practitioner>;

/// 医師 (FHIR: Practitioner): whom patients are seen by. Only one patient at a time has a slot of a doctor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Practitioner {
    pub id: PractitionerId,
    /// A doctor who works at two institutions is a practitioner of each.
    pub institution: InstitutionCode,
    /// As files of institutions and orders of lists refer to the doctor. Unique within the institution.
    pub number: u32,
    pub details: PractitionerDetails,
    pub employment: Employment,
    /// Increases with every change.
    pub version: i64,
}

/// What patients are told of a doctor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PractitionerDetails {
    pub name: String,
    /// In kana.
    pub kana: Option<String>,
    /// In Latin letters.
    pub name_english: Option<String>,
    /// 医籍登録年, which the guideline has patients told.
    pub registration_year: Option<u32>,
    pub specialties: Vec<Specialty>,
    /// Languages besides Japanese.
    pub languages: Vec<SpokenLanguage>,
}

base::text_enum! {
    /// Whether a doctor receives patients at the institution.
    pub enum Employment {
        Active = "active",
        /// The doctor has left. Past visits still name the doctor.
        Left = "left",
    }
}

/// The earliest year of a registration that is not a typing error.
const EARLIEST_REGISTRATION_YEAR: u32 = 1940;

/// Why details cannot be those of a doctor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongPractitioner {
    #[error("the name is missing, too long, or has signs that no name has")]
    Name,
    #[error("the reading is not in kana")]
    Kana,
    #[error("the year of registration is not between {EARLIEST_REGISTRATION_YEAR} and this year")]
    RegistrationYear,
}

impl PractitionerDetails {
    /// Checks and normalises the names and the year.
    ///
    /// # Errors
    /// The first problem, in the order of the fields.
    pub fn parse(self, this_year: u32) -> Result<Self, WrongPractitioner> {
        let name = text::parse_name(&self.name).map_err(|_| WrongPractitioner::Name)?;
        let is_blank = |text: &String| text.trim().is_empty();
        let kana = match self.kana.filter(|kana| !is_blank(kana)) {
            Some(kana) => Some(text::parse_reading(&kana).ok_or(WrongPractitioner::Kana)?),
            None => None,
        };
        let name_english = match self.name_english.filter(|name| !is_blank(name)) {
            Some(name) => Some(text::parse_name(&name).map_err(|_| WrongPractitioner::Name)?),
            None => None,
        };
        if self.registration_year.is_some_and(|year| !(EARLIEST_REGISTRATION_YEAR..=this_year).contains(&year)) {
            return Err(WrongPractitioner::RegistrationYear);
        }
        Ok(Self { name, kana, name_english, ..self })
    }

    /// The name in that language.
    pub fn name_in(&self, language: Language) -> &str {
        language.t(&self.name, self.name_english.as_deref().unwrap_or(&self.name))
    }

    /// The name with the year of the registration, as patients are to be told it before a visit.
    pub fn format_with_registration(&self, language: Language) -> String {
        let name = self.name_in(language);
        match self.registration_year {
            Some(year) => format!("{name}{}", language.in_brackets(&texts::registered_in(language, year))),
            None => name.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details(name: &str, kana: &str, year: Option<u32>) -> PractitionerDetails {
        PractitionerDetails {
            name: name.to_owned(),
            kana: Some(kana.to_owned()),
            registration_year: year,
            ..PractitionerDetails::default()
        }
    }

    #[test]
    fn a_doctor_has_a_name_and_at_most_this_year_of_registration() {
        let check = |name: &str, kana: &str, year, expected: Option<WrongPractitioner>| {
            assert_eq!(details(name, kana, year).parse(2026).err(), expected, "{name} {kana} {year:?}");
        };
        check("見本 太郎", "みほん たろう", Some(2006), None);
        check("見本 太郎", "", None, None);
        check("", "みほん", None, Some(WrongPractitioner::Name));
        check("見本", "見本", None, Some(WrongPractitioner::Kana));
        check("見本", "", Some(2027), Some(WrongPractitioner::RegistrationYear));
        check("見本", "", Some(1939), Some(WrongPractitioner::RegistrationYear));
    }

    #[test]
    fn patients_are_told_the_year_of_the_registration() {
        let doctor = details("見本 太郎", "みほん たろう", Some(2006)).parse(2026).unwrap();
        assert_eq!(doctor.kana.as_deref(), Some("ミホン　タロウ"));
        assert_eq!(doctor.format_with_registration(Language::Japanese), "見本　太郎（医籍登録 2006年）");
        assert_eq!(
            doctor.format_with_registration(Language::English),
            "見本　太郎 (registered as a physician in 2006)"
        );
    }
}
