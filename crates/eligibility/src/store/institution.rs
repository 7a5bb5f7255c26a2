//! Institutions, their fixed URLs and their certificates.

use base::{InstitutionCode, Timestamp};
use database::{Error, Row, Transaction};

use super::coded::Coded;
use crate::{
    Entrance, Fingerprint, Institution, Refusal,
    rules::{reading::Kind, registration::OnlineFunction},
};

/// The institution with this code.
pub fn institution(tx: &mut Transaction<'_>, code: InstitutionCode) -> Result<Option<Institution>, Error> {
    tx.optional("SELECT code, name, online FROM institution WHERE code = $1", &[&code], read)
}

/// The institution whose fixed URL ends with this word today.
pub fn institution_at(tx: &mut Transaction<'_>, entrance: &Entrance) -> Result<Option<Institution>, Error> {
    tx.optional(
        "SELECT i.code, i.name, i.online FROM entrance e JOIN institution i ON i.code = e.institution WHERE e.word = $1",
        &[entrance],
        read,
    )
}

fn read(row: &Row<'_>) -> Result<Institution, Error> {
    Ok(Institution { code: row.at(0)?, name: row.at(1)?, online: OnlineFunction::of(row.at(2)?) })
}

pub(crate) fn add(tx: &mut Transaction<'_>, institution: &Institution) -> Result<(), Refusal> {
    let added = tx.execute(
        "INSERT INTO institution (code, name, online) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        &[&institution.code, &institution.name, &institution.online.is_on()],
    )?;
    if added == 1 { Ok(()) } else { Err(Refusal::Taken("institution code")) }
}

pub(crate) fn turn(tx: &mut Transaction<'_>, code: InstitutionCode, online: OnlineFunction) -> Result<(), Refusal> {
    let changed = tx.execute("UPDATE institution SET online = $2 WHERE code = $1", &[&code, &online.is_on()])?;
    if changed == 1 { Ok(()) } else { Err(Refusal::UnknownInstitution) }
}

/// The word of the institution's fixed URL, if it has one.
pub fn entrance(tx: &mut Transaction<'_>, code: InstitutionCode) -> Result<Option<Entrance>, Error> {
    tx.optional(
        "SELECT word FROM entrance WHERE institution = $1 AND kind = $2",
        &[&code, &Kind::Online.word()],
        |row| row.at(0),
    )
}

/// Gives the institution a fixed URL, or another one: the old one leads nowhere from now on.
pub(crate) fn open_entrance(
    tx: &mut Transaction<'_>,
    code: InstitutionCode,
    entrance: &Entrance,
    now: Timestamp,
) -> Result<(), Refusal> {
    institution(tx, code)?.ok_or(Refusal::UnknownInstitution)?;
    tx.execute(
        "INSERT INTO entrance (word, institution, kind, issued) VALUES ($1, $2, $3, $4)
         ON CONFLICT (institution, kind) DO UPDATE SET word = excluded.word, issued = excluded.issued",
        &[entrance, &code, &Kind::Online.word(), &now],
    )?;
    Ok(())
}

pub(crate) fn admit(
    tx: &mut Transaction<'_>,
    code: InstitutionCode,
    certificate: Fingerprint,
    now: Timestamp,
) -> Result<(), Refusal> {
    institution(tx, code)?.ok_or(Refusal::UnknownInstitution)?;
    let added = tx.execute(
        "INSERT INTO institution_certificate (fingerprint, institution, admitted) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING",
        &[&certificate.0, &code, &now],
    )?;
    if added == 1 { Ok(()) } else { Err(Refusal::Taken("certificate")) }
}

/// Whether there was a certificate to revoke.
pub(crate) fn revoke(tx: &mut Transaction<'_>, certificate: Fingerprint, now: Timestamp) -> Result<bool, Error> {
    let changed = tx.execute(
        "UPDATE institution_certificate SET revoked = $2 WHERE fingerprint = $1 AND revoked IS NULL",
        &[&certificate.0, &now],
    )?;
    Ok(changed == 1)
}

/// Which institution calls with this certificate, if it is admitted and not revoked.
pub(crate) fn caller(tx: &mut Transaction<'_>, certificate: Fingerprint) -> Result<Option<InstitutionCode>, Error> {
    tx.optional(
        "SELECT institution FROM institution_certificate WHERE fingerprint = $1 AND revoked IS NULL",
        &[&certificate.0],
        |row| row.at(0),
    )
}
