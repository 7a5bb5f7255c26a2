//! 一括取得: searches that institutions have asked for and will fetch.

use base::{InstitutionCode, Timestamp};
use database::{Error, Transaction};

use super::coded::unreadable;

/// Keeps a search under its number.
pub(crate) fn keep(
    tx: &mut Transaction<'_>,
    institution: InstitutionCode,
    number: &str,
    period: oqs::Period,
    now: Timestamp,
) -> Result<(), Error> {
    let (dates_of, first, last) = match period {
        oqs::Period::Consent { from, to } => ("consent", from, to),
        oqs::Period::Examination { from, to } => ("visit", from, to),
    };
    tx.execute(
        "INSERT INTO bulk_search (number, institution, dates_of, first_day, last_day, asked)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[&number, &institution, &dates_of, &first, &last, &now],
    )
    .map(|_| ())
}

/// The search that this institution keeps under this number.
pub(crate) fn kept(
    tx: &mut Transaction<'_>,
    institution: InstitutionCode,
    number: &str,
) -> Result<Option<oqs::Period>, Error> {
    tx.optional(
        "SELECT dates_of, first_day, last_day FROM bulk_search WHERE number = $1 AND institution = $2",
        &[&number, &institution],
        |row| {
            let (from, to) = (row.at(1)?, row.at(2)?);
            match row.at::<String>(0)?.as_str() {
                "consent" => Ok(oqs::Period::Consent { from, to }),
                "visit" => Ok(oqs::Period::Examination { from, to }),
                _ => Err(unreadable(0)),
            }
        },
    )
}
