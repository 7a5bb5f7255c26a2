use oqs::{KanaName, QualificationResult};

use crate::appointments::rules::InsuredPerson;

/// The person to compare with the appointments.
pub(crate) fn insured_person<'a>(
    results: impl IntoIterator<Item = &'a QualificationResult>,
) -> Option<InsuredPerson<'a>> {
    let mut results = results.into_iter().peekable();
    let birth_date = results.peek()?.birthdate;
    let readings = results.flat_map(|result| [result.kana.as_ref(), result.other_kana.as_ref()]).flatten();
    Some(InsuredPerson { readings: readings.map(KanaName::as_str).collect(), birth_date })
}
