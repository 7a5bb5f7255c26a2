//! 一括取得: searches by institutions, to be fetched later.

use base::{InstitutionCode, Span, Timestamp};
use database::{Error, Transaction};

use super::coded::column_error;
use crate::CareKind;

/// How long the result of a search can be fetched.
const RETENTION: Span = Span::from_hours(24 * 3);

/// Stores a search under its number, and deletes the institution's expired ones.
pub(crate) fn insert_search(
    tx: &mut Transaction<'_>,
    institution: InstitutionCode,
    (number, kind): (&str, CareKind),
    (period, identifier): (oqs::Period, Option<&oqs::Identifier>),
    now: Timestamp,
) -> Result<(), Error> {
    let (dates_of, first_day, last_day) = match period {
        oqs::Period::Consent { from, to } => ("consent", from, to),
        oqs::Period::Examination { from, to } => ("visit", from, to),
    };
    tx.execute(
        "DELETE FROM bulk_search WHERE institution = $1 AND asked < $2",
        &[&institution, &now.minus(RETENTION)],
    )?;
    tx.execute(
        "INSERT INTO bulk_search (number, institution, kind, dates_of, first_day, last_day, asked, identifier)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            &number,
            &institution,
            &kind,
            &dates_of,
            &first_day,
            &last_day,
            &now,
            &identifier.map(oqs::Identifier::as_str),
        ],
    )
    .map(|_| ())
}

/// A stored search.
pub(crate) struct BulkSearchRow {
    pub(crate) period: oqs::Period,
    pub(crate) requested_at: Timestamp,
    /// 任意のファイル識別子 of the search
    pub(crate) identifier: Option<oqs::Identifier>,
}

/// The search of this institution for this kind of care with this number.
pub(crate) fn find_search(
    tx: &mut Transaction<'_>,
    institution: InstitutionCode,
    (number, kind): (&str, CareKind),
    now: Timestamp,
) -> Result<Option<BulkSearchRow>, Error> {
    tx.fetch_optional(
        "SELECT dates_of, first_day, last_day, asked, identifier FROM bulk_search
         WHERE number = $1 AND institution = $2 AND kind = $3 AND asked >= $4",
        &[&number, &institution, &kind, &now.minus(RETENTION)],
        |row| {
            let (from, to) = (row.get(1)?, row.get(2)?);
            let period = match row.get::<String>(0)?.as_str() {
                "consent" => oqs::Period::Consent { from, to },
                "visit" => oqs::Period::Examination { from, to },
                _ => return Err(column_error(0)),
            };
            let identifier = row.get::<Option<String>>(4)?.as_deref().and_then(oqs::Identifier::new);
            Ok(BulkSearchRow { period, requested_at: row.get(3)?, identifier })
        },
    )
}
