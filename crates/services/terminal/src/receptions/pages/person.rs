use oqs::{KanaName, QualificationResult};

use crate::appointments::rules::InsuredPerson;

/// The person to compare with the appointments.
pub(crate) fn insured_person(results: &[QualificationResult]) -> Option<InsuredPerson<'_>> {
    let birth_date = results.first()?.birthdate;
    let readings = results.iter().flat_map(|result| [result.kana.as_ref(), result.other_kana.as_ref()]).flatten();
    Some(InsuredPerson { readings: readings.map(KanaName::as_str).collect(), birth_date })
}
