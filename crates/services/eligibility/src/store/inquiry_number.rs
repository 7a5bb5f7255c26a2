//! 照会番号: an institution's own number for a patient. The number registered last is valid.

use base::{InstitutionCode, Timestamp};
use database::{Error, Transaction};

use super::coded::read;
use crate::PersonId;

/// Registers the institution's number for the person.
pub(crate) fn upsert_inquiry_number(
    tx: &mut Transaction<'_>,
    institution: InstitutionCode,
    person: PersonId,
    number: &oqs::InquiryNumber,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO reference_number (institution, person, number, registered) VALUES ($1, $2, $3, $4)
         ON CONFLICT (institution, person) DO UPDATE SET number = excluded.number, registered = excluded.registered",
        &[&institution, &person, &number.as_str(), &now],
    )
    .map(|_| ())
}

/// The institution's number for the person.
pub(crate) fn find_inquiry_number(
    tx: &mut Transaction<'_>,
    institution: InstitutionCode,
    person: PersonId,
) -> Result<Option<oqs::InquiryNumber>, Error> {
    tx.fetch_optional(
        "SELECT number FROM reference_number WHERE institution = $1 AND person = $2",
        &[&institution, &person],
        |row| read(row, 0, oqs::InquiryNumber::new),
    )
}
