//! The rows of doctors.

use base::{InstitutionCode, Timestamp};
use database::{Error, Row, Transaction};

use super::rules::{
    practitioner::{Employment, Practitioner, PractitionerDetails, PractitionerId},
    specialty::Specialty,
    spoken_language::SpokenLanguage,
};
use crate::{refusal::Refusal, store::Store};

database::text_column!(Employment, Specialty, SpokenLanguage);

macro_rules! select_practitioner {
    ($rest:literal) => {
        concat!(
            "SELECT id, institution, number, name, kana, name_english, registration_year, employment, version ",
            "FROM practitioner ",
            $rest
        )
    };
}

fn read_row(row: &Row<'_>) -> Result<Practitioner, Error> {
    Ok(Practitioner {
        id: row.get(0)?,
        institution: row.get(1)?,
        number: row.get(2)?,
        details: PractitionerDetails {
            name: row.get(3)?,
            kana: row.get(4)?,
            name_english: row.get(5)?,
            registration_year: row.get(6)?,
            specialties: Vec::new(),
            languages: Vec::new(),
        },
        employment: row.get(7)?,
        version: row.get(8)?,
    })
}

/// The doctors of an institution, in their order, those who have left included.
pub(crate) fn list_practitioners(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
) -> Result<Vec<Practitioner>, Error> {
    let mut all = transaction.fetch_all(
        select_practitioner!("WHERE institution = $1 ORDER BY number"),
        &[&institution],
        read_row,
    )?;
    let specialties: Vec<(PractitionerId, Specialty)> = transaction.fetch_all(
        "SELECT s.practitioner, s.specialty FROM practitioner_specialty s JOIN practitioner p ON p.id = s.practitioner
         WHERE p.institution = $1 ORDER BY s.practitioner, s.place",
        &[&institution],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let languages: Vec<(PractitionerId, SpokenLanguage)> = transaction.fetch_all(
        "SELECT l.practitioner, l.language FROM practitioner_language l JOIN practitioner p ON p.id = l.practitioner
         WHERE p.institution = $1 ORDER BY l.practitioner, l.place",
        &[&institution],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for practitioner in &mut all {
        let id = practitioner.id;
        practitioner.details.specialties =
            specialties.iter().filter(|(owner, _)| *owner == id).map(|(_, specialty)| *specialty).collect();
        practitioner.details.languages =
            languages.iter().filter(|(owner, _)| *owner == id).map(|(_, language)| *language).collect();
    }
    Ok(all)
}

/// The doctor with this id, without specialties and languages.
pub(crate) fn find_practitioner(
    transaction: &mut Transaction<'_>,
    id: PractitionerId,
) -> Result<Option<Practitioner>, Error> {
    transaction.fetch_optional(select_practitioner!("WHERE id = $1"), &[&id], read_row)
}

/// The doctor with this number, as a file of institutions refers to one.
fn find_by_number(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    number: u32,
) -> Result<Option<Practitioner>, Error> {
    transaction.fetch_optional(
        select_practitioner!("WHERE institution = $1 AND number = $2"),
        &[&institution, &number],
        read_row,
    )
}

/// Adds a doctor, after the others of the institution.
pub(crate) fn insert_practitioner(
    transaction: &mut Transaction<'_>,
    store: &Store,
    (institution, number): (InstitutionCode, u32),
    details: &PractitionerDetails,
    now: Timestamp,
) -> Result<PractitionerId, Error> {
    let id = PractitionerId::new(now, &store.randomness);
    transaction.execute(
        "INSERT INTO practitioner (id, institution, number, name, kana, name_english, registration_year, employment,
            own_hours, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 1)",
        &[
            &id,
            &institution,
            &number,
            &details.name,
            &details.kana,
            &details.name_english,
            &details.registration_year,
            &Employment::Active,
        ],
    )?;
    save_attributes(transaction, id, details)?;
    Ok(id)
}

/// The number of the next doctor of an institution.
pub(crate) fn next_number(transaction: &mut Transaction<'_>, institution: InstitutionCode) -> Result<u32, Error> {
    transaction.fetch_one(
        "SELECT COALESCE(MAX(number), 0) + 1 FROM practitioner WHERE institution = $1",
        &[&institution],
        |row| row.get(0),
    )
}

/// Changes what patients are told of a doctor, and whether the doctor receives patients.
///
/// # Errors
/// [`Refusal::Changed`] if somebody changed the doctor meanwhile.
pub(crate) fn update_practitioner(
    transaction: &mut Transaction<'_>,
    (id, version): (PractitionerId, i64),
    details: &PractitionerDetails,
    employment: Employment,
) -> Result<(), Refusal> {
    let changed = transaction.execute(
        "UPDATE practitioner SET name = $3, kana = $4, name_english = $5, registration_year = $6, employment = $7,
            version = version + 1
         WHERE id = $1 AND version = $2",
        &[&id, &version, &details.name, &details.kana, &details.name_english, &details.registration_year, &employment],
    )?;
    if changed == 0 {
        return Err(Refusal::Changed);
    }
    Ok(save_attributes(transaction, id, details)?)
}

fn save_attributes(
    transaction: &mut Transaction<'_>,
    id: PractitionerId,
    details: &PractitionerDetails,
) -> Result<(), Error> {
    transaction.execute("DELETE FROM practitioner_specialty WHERE practitioner = $1", &[&id])?;
    for (position, specialty) in (0_u32..).zip(&details.specialties) {
        transaction.execute(
            "INSERT INTO practitioner_specialty (practitioner, place, specialty) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING",
            &[&id, &position, specialty],
        )?;
    }
    transaction.execute("DELETE FROM practitioner_language WHERE practitioner = $1", &[&id])?;
    for (position, language) in (0_u32..).zip(&details.languages) {
        transaction.execute(
            "INSERT INTO practitioner_language (practitioner, place, language) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING",
            &[&id, &position, language],
        )?;
    }
    Ok(())
}

/// Makes these the doctors who receive patients at an institution, by their numbers. The others have left.
pub(crate) fn replace_practitioners(
    transaction: &mut Transaction<'_>,
    store: &Store,
    institution: InstitutionCode,
    all: &[(u32, PractitionerDetails)],
    now: Timestamp,
) -> Result<(), Refusal> {
    transaction.execute(
        "UPDATE practitioner SET employment = $2, version = version + 1 WHERE institution = $1 AND employment <> $2",
        &[&institution, &Employment::Left],
    )?;
    for (number, details) in all {
        match find_by_number(transaction, institution, *number)? {
            Some(found) => {
                update_practitioner(transaction, (found.id, found.version), details, Employment::Active)?;
            }
            None => {
                insert_practitioner(transaction, store, (institution, *number), details, now)?;
            }
        }
    }
    Ok(())
}
