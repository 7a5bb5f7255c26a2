//! Who read what, in an order that nobody can change unseen: each row's digest covers the row before it.

use std::collections::BTreeMap;

use base::{Digest, InstitutionCode, ReceptionNumber, Timestamp, digest};
use database::{Error, Row, Transaction};

use crate::{
    Fingerprint,
    rules::reading::{Access, Subject},
};

/// One reading, or one attempt at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) at: Timestamp,
    pub(crate) certificate: Fingerprint,
    /// The message that asked, by the beginning of its file's name.
    pub(crate) message: &'static str,
    pub(crate) reception: Option<ReceptionNumber>,
    pub(crate) subject: Subject,
    pub(crate) access: Access,
}

/// What a check of the audit found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    /// How many institutions have rows.
    pub institutions: usize,
    /// How many rows were checked.
    pub rows: usize,
    /// The first row at fault of each institution that has one.
    pub faults: Vec<AuditFault>,
}

/// A row at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFault {
    /// Whose row.
    pub institution: String,
    /// Its place, counted from 1.
    pub place: i64,
    /// What is wrong.
    pub what: AuditFaultKind,
}

/// What is wrong with an audit row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditFaultKind {
    /// The row is missing.
    Missing,
    /// The row, or one before it, reads differently from when it was written.
    Changed,
    /// The row was never written by this room.
    Added,
}

/// A row as it stands, not believed.
struct Stored {
    institution: String,
    place: i64,
    at: i64,
    certificate: Vec<u8>,
    message: String,
    reception: String,
    subject: String,
    access: String,
    digest: Vec<u8>,
}

/// Writes rows behind the institution's last one.
pub(crate) fn write(tx: &mut Transaction<'_>, institution: InstitutionCode, entries: &[Entry]) -> Result<(), Error> {
    if entries.is_empty() {
        return Ok(());
    }
    // The head is taken before anything is put behind it: of two at once the second waits, and runs again.
    let (mut place, mut last): (i64, Digest) = tx.one(
        "INSERT INTO audit_head (institution, place, digest) VALUES ($1, 0, $2)
         ON CONFLICT (institution) DO UPDATE SET place = audit_head.place RETURNING place, digest",
        &[&institution, &beginning(&institution.to_string())],
        |row| Ok((row.at(0)?, row.at(1)?)),
    )?;
    for entry in entries {
        place += 1;
        let reception = entry.reception.map(|number| number.to_string());
        last = chained(
            &last,
            place,
            entry.at.milliseconds(),
            entry.certificate.as_bytes(),
            [entry.message, reception.as_deref().unwrap_or_default(), entry.subject.key(), entry.access.key()],
        );
        tx.execute(
            "INSERT INTO audit (institution, place, at, certificate, message, reception, subject, access, digest)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                &institution,
                &place,
                &entry.at,
                &entry.certificate.0,
                &entry.message,
                &reception,
                &entry.subject.key(),
                &entry.access.key(),
                &last,
            ],
        )?;
    }
    tx.execute("UPDATE audit_head SET place = $2, digest = $3 WHERE institution = $1", &[&institution, &place, &last])
        .map(|_| ())
}

/// Checks every row of every institution.
pub(crate) fn verify(tx: &mut Transaction<'_>) -> Result<AuditReport, Error> {
    let heads = tx.all("SELECT institution, place, digest FROM audit_head ORDER BY institution", &[], |row| {
        Ok((row.at::<String>(0)?, (row.at::<i64>(1)?, row.at::<Vec<u8>>(2)?)))
    })?;
    let heads: BTreeMap<_, _> = heads.into_iter().collect();
    let named =
        tx.all("SELECT DISTINCT institution FROM audit ORDER BY institution", &[], |row| row.at::<String>(0))?;
    let mut report = AuditReport { institutions: heads.len(), rows: 0, faults: Vec::new() };
    let strangers = named.iter().filter(|name| !heads.contains_key(*name));
    for institution in strangers {
        report.faults.push(AuditFault { institution: institution.clone(), place: 1, what: AuditFaultKind::Added });
    }
    for (institution, (count, head)) in &heads {
        let (rows, fault) = verify_one(tx, institution, *count, head)?;
        report.rows += rows;
        report.faults.extend(fault);
    }
    Ok(report)
}

/// How many rows are checked at once, so that a long chain does not fill the memory.
const PAGE: i64 = 1000;

fn verify_one(
    tx: &mut Transaction<'_>,
    institution: &str,
    count: i64,
    head: &[u8],
) -> Result<(usize, Option<AuditFault>), Error> {
    let fault = |place, what| Some(AuditFault { institution: institution.to_owned(), place, what });
    let mut last = beginning(institution);
    let mut checked = 0;
    let mut expected = 1;
    loop {
        let page = tx.all(
            "SELECT institution, place, at, certificate, message, reception, subject, access, digest FROM audit
             WHERE institution = $1 AND place >= $2 ORDER BY place LIMIT $3",
            &[&institution, &expected, &PAGE],
            read,
        )?;
        for row in &page {
            if row.place > count {
                return Ok((checked, fault(row.place, AuditFaultKind::Added)));
            }
            if row.place != expected {
                return Ok((checked, fault(expected, AuditFaultKind::Missing)));
            }
            let texts = [row.message.as_str(), &row.reception, &row.subject, &row.access];
            last = chained(&last, row.place, row.at, &row.certificate, texts);
            if last.as_bytes().as_slice() != row.digest || row.institution != institution {
                return Ok((checked, fault(row.place, AuditFaultKind::Changed)));
            }
            checked += 1;
            expected += 1;
        }
        if page.is_empty() {
            break;
        }
    }
    if expected <= count {
        return Ok((checked, fault(expected, AuditFaultKind::Missing)));
    }
    let whole = last.as_bytes().as_slice() == head;
    Ok((checked, if whole { None } else { fault(count, AuditFaultKind::Changed) }))
}

fn read(row: &Row<'_>) -> Result<Stored, Error> {
    Ok(Stored {
        institution: row.at(0)?,
        place: row.at(1)?,
        at: row.at(2)?,
        certificate: row.at(3)?,
        message: row.at(4)?,
        reception: row.at::<Option<String>>(5)?.unwrap_or_default(),
        subject: row.at(6)?,
        access: row.at(7)?,
        digest: row.at(8)?,
    })
}

/// What the first row of an institution stands behind.
fn beginning(institution: &str) -> Digest {
    digest(&[b"eligibility audit\0", institution.as_bytes()])
}

/// The digest of a row behind another. Every field stands behind its length, so that no two rows are written alike.
fn chained(before: &Digest, place: i64, at: i64, certificate: &[u8], texts: [&str; 4]) -> Digest {
    let mut bytes = Vec::with_capacity(256);
    bytes.extend(before.as_bytes());
    bytes.extend(place.to_be_bytes());
    bytes.extend(at.to_be_bytes());
    for field in [certificate].into_iter().chain(texts.map(str::as_bytes)) {
        bytes.extend((field.len() as u64).to_be_bytes());
        bytes.extend(field);
    }
    digest(&[&bytes])
}
