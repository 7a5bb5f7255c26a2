//! The database of the authority.

use base::Timestamp;
use database::{Error, Migration, Row, Transaction};
use jpki::{
    KeyIdentifier, Purpose, Serial,
    ocsp::{CertificateStatus, RevocationReason},
};

use crate::{CertificateRecord, IssuedCertificate, MachineCertificateRecord, Refusal};

/// The migrations of the authority's database.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "authority",
        sql: "CREATE TABLE generation (
    number BIGINT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    place BIGINT NOT NULL,
    certificate BYTEA NOT NULL,
    sealed_key BYTEA NOT NULL,
    last_serial BIGINT NOT NULL,
    UNIQUE (purpose, place)
);
CREATE TABLE issued (
    generation BIGINT NOT NULL REFERENCES generation (number),
    serial BIGINT NOT NULL,
    certificate BYTEA NOT NULL,
    issued BIGINT NOT NULL,
    revoked BIGINT,
    reason BIGINT,
    PRIMARY KEY (generation, serial)
);
CREATE TABLE responder (
    generation BIGINT NOT NULL PRIMARY KEY REFERENCES generation (number),
    certificate BYTEA NOT NULL,
    sealed_key BYTEA NOT NULL,
    not_before BIGINT NOT NULL,
    not_after BIGINT NOT NULL
);
CREATE TABLE machine_authority (
    number BIGINT NOT NULL PRIMARY KEY,
    certificate BYTEA NOT NULL,
    sealed_key BYTEA NOT NULL
);
CREATE TABLE machine (
    serial BYTEA NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    certificate BYTEA NOT NULL,
    issued BIGINT NOT NULL,
    revoked BIGINT
);",
    },
    Migration {
        name: "lists",
        // The newest revocation list of a generation, or of the machines (0). Content is NULL after a later revocation.
        sql: "CREATE TABLE list (
    issuer BIGINT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    made BIGINT NOT NULL,
    content BYTEA
);",
    },
];

/// The value of `list.issuer` for the authority for machines, in place of a generation's number.
pub(crate) const MACHINE_AUTHORITY_ISSUER: i64 = 0;

/// The first serial number, so that serial numbers have at least three octets, as real ones do.
const FIRST_SERIAL: i64 = 0x0010_0000;

/// A stored key with its certificate.
#[derive(Clone)]
pub(crate) struct StoredKey {
    pub(crate) number: i64,
    pub(crate) certificate: Vec<u8>,
    pub(crate) sealed_key: Vec<u8>,
}

/// A responder's stored key and certificate, with its validity.
#[derive(Clone)]
pub(crate) struct StoredResponder {
    pub(crate) stored_key: StoredKey,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
}

fn read_stored_key(row: &Row<'_>) -> Result<StoredKey, Error> {
    Ok(StoredKey { number: row.get(0)?, certificate: row.get(1)?, sealed_key: row.get(2)? })
}

pub(crate) fn purpose_code(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Authentication => "authentication",
        Purpose::Signature => "signature",
    }
}

pub(crate) fn list_generations(tx: &mut Transaction<'_>, purpose: Purpose) -> Result<Vec<StoredKey>, Error> {
    tx.fetch_all(
        "SELECT number, certificate, sealed_key FROM generation WHERE purpose = $1 ORDER BY place",
        &[&purpose_code(purpose)],
        read_stored_key,
    )
}

/// The number of the next generation, and its position within its purpose.
pub(crate) fn next_generation(tx: &mut Transaction<'_>, purpose: Purpose) -> Result<(i64, i64), Error> {
    let number = tx.fetch_one("SELECT COALESCE(MAX(number), 0) + 1 FROM generation", &[], |row| row.get(0))?;
    let position = tx.fetch_one(
        "SELECT COALESCE(MAX(place), 0) + 1 FROM generation WHERE purpose = $1",
        &[&purpose_code(purpose)],
        |row| row.get(0),
    )?;
    Ok((number, position))
}

/// Inserts a generation; `false` if another node has created one at this position first.
pub(crate) fn insert_generation(
    tx: &mut Transaction<'_>,
    purpose: Purpose,
    position: i64,
    new: &StoredKey,
) -> Result<bool, Error> {
    let added = tx.execute(
        "INSERT INTO generation (number, purpose, place, certificate, sealed_key, last_serial)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        &[&new.number, &purpose_code(purpose), &position, &new.certificate, &new.sealed_key, &FIRST_SERIAL],
    )?;
    Ok(added == 1)
}

/// Allocates the next serial number of a generation. Unique within the generation.
pub(crate) fn allocate_serial(tx: &mut Transaction<'_>, generation: i64) -> Result<i64, Error> {
    tx.fetch_one(
        "UPDATE generation SET last_serial = last_serial + 1 WHERE number = $1 RETURNING last_serial",
        &[&generation],
        |row| row.get(0),
    )
}

pub(crate) fn insert_certificate(
    tx: &mut Transaction<'_>,
    generation: i64,
    serial: i64,
    certificate: &[u8],
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO issued (generation, serial, certificate, issued) VALUES ($1, $2, $3, $4)",
        &[&generation, &serial, &certificate, &now],
    )
    .map(|_| ())
}

pub(crate) fn revoke(
    tx: &mut Transaction<'_>,
    generation: i64,
    serial: &Serial,
    reason: RevocationReason,
    now: Timestamp,
) -> Result<(), Refusal> {
    let unknown = || Refusal::UnknownSerial(serial.clone());
    let number = serial_number(serial).ok_or_else(unknown)?;
    let changed = tx.execute(
        "UPDATE issued SET revoked = $3, reason = $4 WHERE generation = $1 AND serial = $2 AND revoked IS NULL",
        &[&generation, &number, &now, &reason_code(reason)],
    )?;
    if changed == 0 {
        return Err(unknown());
    }
    Ok(outdate_list(tx, generation)?)
}

/// A stored revocation list. Its content is None after a later revocation.
pub(crate) struct StoredList {
    pub(crate) number: i64,
    pub(crate) made_at: Timestamp,
    pub(crate) content: Option<Vec<u8>>,
}

pub(crate) fn find_list(tx: &mut Transaction<'_>, issuer: i64) -> Result<Option<StoredList>, Error> {
    tx.fetch_optional("SELECT number, made, content FROM list WHERE issuer = $1", &[&issuer], |row| {
        Ok(StoredList { number: row.get(0)?, made_at: row.get(1)?, content: row.get(2)? })
    })
}

pub(crate) fn upsert_list(tx: &mut Transaction<'_>, issuer: i64, new: &StoredList) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO list (issuer, number, made, content) VALUES ($1, $2, $3, $4)
         ON CONFLICT (issuer) DO UPDATE SET number = excluded.number, made = excluded.made, content = excluded.content",
        &[&issuer, &new.number, &new.made_at, &new.content],
    )
    .map(|_| ())
}

fn outdate_list(tx: &mut Transaction<'_>, issuer: i64) -> Result<(), Error> {
    tx.execute("UPDATE list SET content = NULL WHERE issuer = $1", &[&issuer]).map(|_| ())
}

/// The status of the certificate with this serial number.
pub(crate) fn find_status(
    tx: &mut Transaction<'_>,
    generation: i64,
    serial: &Serial,
) -> Result<CertificateStatus, Error> {
    let Some(serial) = serial_number(serial) else { return Ok(CertificateStatus::Unknown) };
    let status = tx.fetch_optional(
        "SELECT revoked, reason FROM issued WHERE generation = $1 AND serial = $2",
        &[&generation, &serial],
        |row| {
            let (revoked, reason): (Option<Timestamp>, Option<i64>) = (row.get(0)?, row.get(1)?);
            let reason = reason.and_then(reason_from_code);
            Ok(revoked.map_or(CertificateStatus::Good, |revoked_at| CertificateStatus::Revoked { revoked_at, reason }))
        },
    )?;
    Ok(status.unwrap_or(CertificateStatus::Unknown))
}

/// All certificates of a generation, by serial number.
pub(crate) fn list_issued(
    tx: &mut Transaction<'_>,
    generation: i64,
    issuer: &KeyIdentifier,
) -> Result<Vec<CertificateRecord>, Refusal> {
    let rows = tx.fetch_all(
        "SELECT serial, certificate, issued, revoked, reason FROM issued WHERE generation = $1 ORDER BY serial",
        &[&generation],
        |row| {
            let reason = row.get::<Option<i64>>(4)?.and_then(reason_from_code);
            let status = row
                .get::<Option<Timestamp>>(3)?
                .map_or(CertificateStatus::Good, |revoked_at| CertificateStatus::Revoked { revoked_at, reason });
            Ok((row.get::<i64>(0)?, row.get(1)?, row.get(2)?, status))
        },
    )?;
    rows.into_iter()
        .map(|(serial, certificate, issued, status)| {
            let serial = u64::try_from(serial).ok().and_then(|serial| Serial::try_from(serial).ok());
            let serial = serial.ok_or(Refusal::UnreadableStored("serial number"))?;
            Ok(CertificateRecord {
                certificate: IssuedCertificate { issuer: issuer.clone(), serial, certificate },
                issued_at: issued,
                status,
            })
        })
        .collect()
}

pub(crate) fn list_revoked(
    tx: &mut Transaction<'_>,
    generation: i64,
) -> Result<Vec<(i64, Timestamp, Option<RevocationReason>)>, Error> {
    tx.fetch_all(
        "SELECT serial, revoked, reason FROM issued WHERE generation = $1 AND revoked IS NOT NULL ORDER BY serial",
        &[&generation],
        |row| Ok((row.get(0)?, row.get(1)?, row.get::<Option<i64>>(2)?.and_then(reason_from_code))),
    )
}

pub(crate) fn find_responder(tx: &mut Transaction<'_>, generation: i64) -> Result<Option<StoredResponder>, Error> {
    tx.fetch_optional(
        "SELECT generation, certificate, sealed_key, not_before, not_after FROM responder WHERE generation = $1",
        &[&generation],
        |row| {
            Ok(StoredResponder { stored_key: read_stored_key(row)?, not_before: row.get(3)?, not_after: row.get(4)? })
        },
    )
}

pub(crate) fn upsert_responder(tx: &mut Transaction<'_>, new: &StoredResponder) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO responder (generation, certificate, sealed_key, not_before, not_after)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (generation) DO UPDATE SET certificate = excluded.certificate,
            sealed_key = excluded.sealed_key, not_before = excluded.not_before, not_after = excluded.not_after",
        &[
            &new.stored_key.number,
            &new.stored_key.certificate,
            &new.stored_key.sealed_key,
            &new.not_before,
            &new.not_after,
        ],
    )
    .map(|_| ())
}

pub(crate) fn find_machine_authority(tx: &mut Transaction<'_>) -> Result<Option<StoredKey>, Error> {
    tx.fetch_optional(
        "SELECT number, certificate, sealed_key FROM machine_authority WHERE number = 1",
        &[],
        read_stored_key,
    )
}

pub(crate) fn insert_machine_authority(tx: &mut Transaction<'_>, new: &StoredKey) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO machine_authority (number, certificate, sealed_key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        &[&new.number, &new.certificate, &new.sealed_key],
    )
    .map(|_| ())
}

pub(crate) fn insert_machine_certificate(
    tx: &mut Transaction<'_>,
    serial: &Serial,
    name: &str,
    certificate: &[u8],
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO machine (serial, name, certificate, issued) VALUES ($1, $2, $3, $4)",
        &[&serial.as_bytes(), &name, &certificate, &now],
    )
    .map(|_| ())
}

pub(crate) fn revoke_machine(tx: &mut Transaction<'_>, serial: &Serial, now: Timestamp) -> Result<(), Refusal> {
    let changed = tx.execute(
        "UPDATE machine SET revoked = $2 WHERE serial = $1 AND revoked IS NULL",
        &[&serial.as_bytes(), &now],
    )?;
    if changed == 0 {
        return Err(Refusal::UnknownSerial(serial.clone()));
    }
    Ok(outdate_list(tx, MACHINE_AUTHORITY_ISSUER)?)
}

pub(crate) fn list_machine_certificates(tx: &mut Transaction<'_>) -> Result<Vec<MachineCertificateRecord>, Refusal> {
    let rows = tx.fetch_all(
        "SELECT serial, name, certificate, issued, revoked FROM machine ORDER BY issued, serial",
        &[],
        |row| Ok((row.get::<Vec<u8>>(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)),
    )?;
    rows.into_iter()
        .map(|(serial, name, certificate, issued, revoked)| {
            let serial = Serial::from_bytes(&serial).map_err(|_| Refusal::UnreadableStored("serial number"))?;
            Ok(MachineCertificateRecord { serial, name, certificate, issued_at: issued, revoked_at: revoked })
        })
        .collect()
}

pub(crate) fn list_revoked_machine_certificates(tx: &mut Transaction<'_>) -> Result<Vec<(Vec<u8>, Timestamp)>, Error> {
    tx.fetch_all("SELECT serial, revoked FROM machine WHERE revoked IS NOT NULL ORDER BY revoked", &[], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

/// The value of a serial number, if it is in the range of issued ones.
fn serial_number(serial: &Serial) -> Option<i64> {
    let bytes = serial.as_bytes();
    let mut padded = [0; 8];
    padded.get_mut(8_usize.checked_sub(bytes.len())?..)?.copy_from_slice(bytes);
    i64::try_from(u64::from_be_bytes(padded)).ok()
}

/// The codes of `CRLReason` (RFC 5280 §5.3.1).
fn reason_code(reason: RevocationReason) -> i64 {
    REASONS.iter().find(|(candidate, _)| *candidate == reason).map_or(0, |(_, code)| *code)
}

fn reason_from_code(code: i64) -> Option<RevocationReason> {
    REASONS.iter().find(|(_, candidate)| *candidate == code).map(|(reason, _)| *reason)
}

const REASONS: [(RevocationReason, i64); 10] = [
    (RevocationReason::Unspecified, 0),
    (RevocationReason::KeyCompromise, 1),
    (RevocationReason::AuthorityCompromise, 2),
    (RevocationReason::AffiliationChanged, 3),
    (RevocationReason::Superseded, 4),
    (RevocationReason::CessationOfOperation, 5),
    (RevocationReason::CertificateHold, 6),
    (RevocationReason::RemoveFromList, 8),
    (RevocationReason::PrivilegeWithdrawn, 9),
    (RevocationReason::AttributeAuthorityCompromise, 10),
];
