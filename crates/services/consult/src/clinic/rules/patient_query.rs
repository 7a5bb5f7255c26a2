//! What a desk types to find a patient of the clinic: a name, a reading, a telephone number or a birth date.

use base::Date;

use super::visit_query::VisitQuery;
use crate::people::rules::patient::Profile;

/// A search for patients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PatientQuery {
    BirthDate(Date),
    /// As visits are searched for, but for the booking number: a patient has none.
    Text(VisitQuery),
}

impl PatientQuery {
    /// The search that the text stands for; None if it is empty.
    pub(crate) fn parse(text: &str, today: Date) -> Option<Self> {
        if let Ok(birth_date) = text::parse_birth_date(text, today) {
            return Some(Self::BirthDate(birth_date));
        }
        VisitQuery::parse(text).map(Self::Text)
    }

    /// Whether it finds a patient with this profile.
    pub(crate) fn matches(&self, profile: &Profile) -> bool {
        match self {
            Self::BirthDate(date) => profile.birth_date == *date,
            Self::Text(query) => query.matches_profile(profile),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_data;

    #[test]
    fn a_patient_is_found_by_name_reading_telephone_and_birth_date() {
        let today = base::parse_date("2026-11-24").expect("a date");
        let check = |text: &str, expected: bool| {
            let query = PatientQuery::parse(text, today).expect("a search");
            assert_eq!(query.matches(&sample_data::profile()), expected, "{text}: {query:?}");
        };
        check("見本花", true);
        check("みほん", true);
        check("090-0000", true);
        check("昭和60年4月3日", true);
        check("1985-04-03", true);
        check("1985-04-04", false);
        check("山田", false);
        // Three digits are a booking number, which no patient has.
        check("123", false);
        assert_eq!(PatientQuery::parse(" ", today), None);
    }
}
