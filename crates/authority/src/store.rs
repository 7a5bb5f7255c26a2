//! The SQL of this room.

use base::Timestamp;
use database::{Error, Migration, Row, Transaction};
use jpki::{
    KeyIdentifier, Purpose, Serial,
    ocsp::{Reason, Status},
};

use crate::{Issued, IssuedToMachine, Recorded, Refusal};

/// The tables of this room.
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
        // The newest revocation list of a generation, or of the machines (0). Without content, something was revoked since.
        sql: "CREATE TABLE list (
    issuer BIGINT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    made BIGINT NOT NULL,
    content BYTEA
);",
    },
];

/// In the place of a generation's number: the authority for machines.
pub(crate) const MACHINES: i64 = 0;

/// The numbers of certificates begin here, so that they have three octets and more, as real ones do.
const FIRST_SERIAL: i64 = 0x0010_0000;

/// A stored key with its certificate.
#[derive(Clone)]
pub(crate) struct Kept {
    pub(crate) number: i64,
    pub(crate) certificate: Vec<u8>,
    pub(crate) sealed_key: Vec<u8>,
}

/// A responder's stored key and certificate, with its term.
#[derive(Clone)]
pub(crate) struct KeptResponder {
    pub(crate) kept: Kept,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
}

fn kept(row: &Row<'_>) -> Result<Kept, Error> {
    Ok(Kept { number: row.at(0)?, certificate: row.at(1)?, sealed_key: row.at(2)? })
}

pub(crate) fn word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Authentication => "authentication",
        Purpose::Signature => "signature",
    }
}

pub(crate) fn generations(tx: &mut Transaction<'_>, purpose: Purpose) -> Result<Vec<Kept>, Error> {
    tx.all(
        "SELECT number, certificate, sealed_key FROM generation WHERE purpose = $1 ORDER BY place",
        &[&word(purpose)],
        kept,
    )
}

/// The number and place that a purpose's next generation has.
pub(crate) fn next_generation(tx: &mut Transaction<'_>, purpose: Purpose) -> Result<(i64, i64), Error> {
    let number = tx.one("SELECT COALESCE(MAX(number), 0) + 1 FROM generation", &[], |row| row.at(0))?;
    let place =
        tx.one("SELECT COALESCE(MAX(place), 0) + 1 FROM generation WHERE purpose = $1", &[&word(purpose)], |row| {
            row.at(0)
        })?;
    Ok((number, place))
}

/// Whether it was kept: another node may have founded the same one first.
pub(crate) fn keep_generation(
    tx: &mut Transaction<'_>,
    purpose: Purpose,
    place: i64,
    new: &Kept,
) -> Result<bool, Error> {
    let added = tx.execute(
        "INSERT INTO generation (number, purpose, place, certificate, sealed_key, last_serial)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        &[&new.number, &word(purpose), &place, &new.certificate, &new.sealed_key, &FIRST_SERIAL],
    )?;
    Ok(added == 1)
}

/// The next number of a generation. No two certificates of it ever share one.
pub(crate) fn draw_serial(tx: &mut Transaction<'_>, generation: i64) -> Result<i64, Error> {
    tx.one(
        "UPDATE generation SET last_serial = last_serial + 1 WHERE number = $1 RETURNING last_serial",
        &[&generation],
        |row| row.at(0),
    )
}

pub(crate) fn record(
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
    reason: Reason,
    now: Timestamp,
) -> Result<(), Refusal> {
    let unknown = || Refusal::UnknownSerial(serial.clone());
    let number = number(serial).ok_or_else(unknown)?;
    let changed = tx.execute(
        "UPDATE issued SET revoked = $3, reason = $4 WHERE generation = $1 AND serial = $2 AND revoked IS NULL",
        &[&generation, &number, &now, &reason_code(reason)],
    )?;
    if changed == 0 {
        return Err(unknown());
    }
    Ok(outdate_list(tx, generation)?)
}

/// A list that was made: which, when, and its bytes, if nothing was revoked since.
pub(crate) struct KeptList {
    pub(crate) number: i64,
    pub(crate) made: Timestamp,
    pub(crate) content: Option<Vec<u8>>,
}

pub(crate) fn list(tx: &mut Transaction<'_>, issuer: i64) -> Result<Option<KeptList>, Error> {
    tx.optional("SELECT number, made, content FROM list WHERE issuer = $1", &[&issuer], |row| {
        Ok(KeptList { number: row.at(0)?, made: row.at(1)?, content: row.at(2)? })
    })
}

pub(crate) fn keep_list(tx: &mut Transaction<'_>, issuer: i64, new: &KeptList) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO list (issuer, number, made, content) VALUES ($1, $2, $3, $4)
         ON CONFLICT (issuer) DO UPDATE SET number = excluded.number, made = excluded.made, content = excluded.content",
        &[&issuer, &new.number, &new.made, &new.content],
    )
    .map(|_| ())
}

fn outdate_list(tx: &mut Transaction<'_>, issuer: i64) -> Result<(), Error> {
    tx.execute("UPDATE list SET content = NULL WHERE issuer = $1", &[&issuer]).map(|_| ())
}

/// What is known of the certificate with this number.
pub(crate) fn status(tx: &mut Transaction<'_>, generation: i64, serial: &Serial) -> Result<Status, Error> {
    let Some(serial) = number(serial) else { return Ok(Status::Unknown) };
    let found = tx.optional(
        "SELECT revoked, reason FROM issued WHERE generation = $1 AND serial = $2",
        &[&generation, &serial],
        |row| {
            let (revoked, reason): (Option<Timestamp>, Option<i64>) = (row.at(0)?, row.at(1)?);
            let reason = reason.and_then(reason_of);
            Ok(revoked.map_or(Status::Good, |at| Status::Revoked { at, reason }))
        },
    )?;
    Ok(found.unwrap_or(Status::Unknown))
}

/// Everything that the generation with this number and key issued, in the order of its numbers.
pub(crate) fn issued(
    tx: &mut Transaction<'_>,
    generation: i64,
    issuer: &KeyIdentifier,
) -> Result<Vec<Recorded>, Refusal> {
    let rows = tx.all(
        "SELECT serial, certificate, issued, revoked, reason FROM issued WHERE generation = $1 ORDER BY serial",
        &[&generation],
        |row| {
            let reason = row.at::<Option<i64>>(4)?.and_then(reason_of);
            let status = row.at::<Option<Timestamp>>(3)?.map_or(Status::Good, |at| Status::Revoked { at, reason });
            Ok((row.at::<i64>(0)?, row.at(1)?, row.at(2)?, status))
        },
    )?;
    rows.into_iter()
        .map(|(serial, certificate, issued, status)| {
            let serial = u64::try_from(serial).ok().and_then(|serial| Serial::try_from(serial).ok());
            let serial = serial.ok_or(Refusal::Stored("serial number"))?;
            Ok(Recorded { certificate: Issued { issuer: issuer.clone(), serial, certificate }, issued, status })
        })
        .collect()
}

pub(crate) fn revoked(
    tx: &mut Transaction<'_>,
    generation: i64,
) -> Result<Vec<(i64, Timestamp, Option<Reason>)>, Error> {
    tx.all(
        "SELECT serial, revoked, reason FROM issued WHERE generation = $1 AND revoked IS NOT NULL ORDER BY serial",
        &[&generation],
        |row| Ok((row.at(0)?, row.at(1)?, row.at::<Option<i64>>(2)?.and_then(reason_of))),
    )
}

pub(crate) fn responder(tx: &mut Transaction<'_>, generation: i64) -> Result<Option<KeptResponder>, Error> {
    tx.optional(
        "SELECT generation, certificate, sealed_key, not_before, not_after FROM responder WHERE generation = $1",
        &[&generation],
        |row| Ok(KeptResponder { kept: kept(row)?, not_before: row.at(3)?, not_after: row.at(4)? }),
    )
}

pub(crate) fn keep_responder(tx: &mut Transaction<'_>, new: &KeptResponder) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO responder (generation, certificate, sealed_key, not_before, not_after)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (generation) DO UPDATE SET certificate = excluded.certificate,
            sealed_key = excluded.sealed_key, not_before = excluded.not_before, not_after = excluded.not_after",
        &[&new.kept.number, &new.kept.certificate, &new.kept.sealed_key, &new.not_before, &new.not_after],
    )
    .map(|_| ())
}

pub(crate) fn machine_authority(tx: &mut Transaction<'_>) -> Result<Option<Kept>, Error> {
    tx.optional("SELECT number, certificate, sealed_key FROM machine_authority WHERE number = 1", &[], kept)
}

pub(crate) fn keep_machine_authority(tx: &mut Transaction<'_>, new: &Kept) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO machine_authority (number, certificate, sealed_key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        &[&new.number, &new.certificate, &new.sealed_key],
    )
    .map(|_| ())
}

pub(crate) fn record_machine(
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
    Ok(outdate_list(tx, MACHINES)?)
}

pub(crate) fn machines(tx: &mut Transaction<'_>) -> Result<Vec<IssuedToMachine>, Refusal> {
    let rows =
        tx.all("SELECT serial, name, certificate, issued, revoked FROM machine ORDER BY issued, serial", &[], |row| {
            Ok((row.at::<Vec<u8>>(0)?, row.at(1)?, row.at(2)?, row.at(3)?, row.at(4)?))
        })?;
    rows.into_iter()
        .map(|(serial, name, certificate, issued, revoked)| {
            let serial = Serial::from_bytes(&serial).map_err(|_| Refusal::Stored("serial number"))?;
            Ok(IssuedToMachine { serial, name, certificate, issued, revoked })
        })
        .collect()
}

pub(crate) fn revoked_machines(tx: &mut Transaction<'_>) -> Result<Vec<(Vec<u8>, Timestamp)>, Error> {
    tx.all("SELECT serial, revoked FROM machine WHERE revoked IS NOT NULL ORDER BY revoked", &[], |row| {
        Ok((row.at(0)?, row.at(1)?))
    })
}

/// The number in a serial, if it is one of those that we give out.
fn number(serial: &Serial) -> Option<i64> {
    let bytes = serial.as_bytes();
    let mut wide = [0; 8];
    wide.get_mut(8_usize.checked_sub(bytes.len())?..)?.copy_from_slice(bytes);
    i64::try_from(u64::from_be_bytes(wide)).ok()
}

/// RFC 5280 §5.3.1
fn reason_code(reason: Reason) -> i64 {
    REASONS.iter().find(|(known, _)| *known == reason).map_or(0, |(_, code)| *code)
}

fn reason_of(code: i64) -> Option<Reason> {
    REASONS.iter().find(|(_, known)| *known == code).map(|(reason, _)| *reason)
}

const REASONS: [(Reason, i64); 10] = [
    (Reason::Unspecified, 0),
    (Reason::KeyCompromise, 1),
    (Reason::AuthorityCompromise, 2),
    (Reason::AffiliationChanged, 3),
    (Reason::Superseded, 4),
    (Reason::CessationOfOperation, 5),
    (Reason::CertificateHold, 6),
    (Reason::RemoveFromList, 8),
    (Reason::PrivilegeWithdrawn, 9),
    (Reason::AttributeAuthorityCompromise, 10),
];
