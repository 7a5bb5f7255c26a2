//! Who looked at or did what, one row each, in a chain that nobody without the service's key can change unseen
//! ([`base::AuditChain`]).
//!
//! Rows that were written before the chain had a key are kept for whoever reads a trail, but nothing vouches for them:
//! the chain begins behind them, and says where.

use base::{AuditChain, ChainAnchor, ChainEnd, ChainFaultKind, Key, Timestamp};
use database::{Error, Migration, Row, Transaction};

use super::Store;
use crate::{Refusal, rules::patient::PatientId};

/// The end of the chain. That it is not sealed yet is told from its being gone.
pub(crate) const MIGRATION: Migration = Migration {
    name: "keyed audit",
    sql: "CREATE TABLE audit_end (
    one BIGINT NOT NULL PRIMARY KEY,
    older BIGINT NOT NULL,
    place BIGINT NOT NULL,
    digest BYTEA,
    seal BYTEA
);
INSERT INTO audit_end (one, older, place) SELECT 1, COALESCE(MAX(number), 0), 0 FROM audit_entry;
ALTER TABLE audit_entry DROP COLUMN previous;",
};

/// How many rows are checked at once, so that a long chain does not fill the memory.
const PAGE_SIZE: i64 = 1000;

/// What is written down.
pub(crate) struct AuditEntry<'a> {
    /// Who: `patient:ID` or `staff:ID`.
    pub actor: &'a str,
    /// What, as a word with dots: `picture.look`.
    pub action: &'a str,
    /// Whose data it was.
    pub patient: Option<PatientId>,
    /// About which record.
    pub entity: Option<&'a str>,
}

/// What a check of the audit found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    /// How many rows of the chain were checked.
    pub rows: i64,
    /// How many rows are older than the chain. Nothing vouches for them.
    pub rows_before_chain: i64,
    /// The first row at fault, if one is.
    pub fault: Option<AuditFault>,
    /// Where the whole chain ends now, to be kept elsewhere.
    pub anchor: Option<ChainAnchor>,
}

/// A row at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditFault {
    /// Its number in the audit, counted from 1.
    pub number: i64,
    /// What is wrong.
    pub kind: ChainFaultKind,
}

/// The end as it stands.
struct AuditEndRow {
    /// The number of the last row that is older than the chain.
    last_row_before_chain: i64,
    /// `None` where no row of the chain was written yet.
    end: Option<ChainEnd>,
}

fn read_end_row(row: &Row<'_>) -> Result<AuditEndRow, Error> {
    let (place, digest, seal): (i64, Option<Vec<u8>>, Option<Vec<u8>>) = (row.get(1)?, row.get(2)?, row.get(3)?);
    let end = match (place, digest, seal) {
        (0, None, None) => None,
        (place, digest, seal) => {
            Some(ChainEnd { position: place, digest: digest.unwrap_or_default(), mac: seal.unwrap_or_default() })
        }
    };
    Ok(AuditEndRow { last_row_before_chain: row.get(0)?, end })
}

/// The chain behind the row with that number: said in its name, so that it cannot be made to begin elsewhere.
fn open_chain(key: &Key, older: i64) -> AuditChain {
    AuditChain::new(key.clone(), format!("consult behind {older}"))
}

/// Writes an entry, in the transaction that does what it tells of.
pub(crate) fn insert_audit_row(
    transaction: &mut Transaction<'_>,
    key: &Key,
    now: Timestamp,
    entry: &AuditEntry<'_>,
) -> Result<(), Error> {
    // The end is taken before anything is put behind it: of two at once the second waits, and runs again.
    let found = transaction.fetch_optional(
        "UPDATE audit_end SET place = place WHERE one = 1 RETURNING older, place, digest, seal",
        &[],
        read_end_row,
    )?;
    let last = |transaction: &mut Transaction<'_>| {
        transaction.fetch_one("SELECT COALESCE(MAX(number), 0) FROM audit_entry", &[], |row| row.get::<i64>(0))
    };
    let (older, end) = match found {
        Some(AuditEndRow { last_row_before_chain: older, end: Some(end) })
            if open_chain(key, older).is_valid_end(&end) =>
        {
            (older, end)
        }
        Some(AuditEndRow { last_row_before_chain: older, end: None }) if last(transaction)? == older => {
            (older, open_chain(key, older).empty_end())
        }
        other => {
            tracing::error!("the end of the audit's chain was changed from outside");
            let last = last(transaction)?;
            let older = other.map_or(last, |kept| kept.last_row_before_chain);
            if older == last {
                transaction.execute(
                    "INSERT INTO audit_end (one, older, place) VALUES (1, $1, 0) ON CONFLICT DO NOTHING",
                    &[&older],
                )?;
            }
            let chain = open_chain(key, older);
            (older, chain.broken_end(&ChainEnd { position: last - older, ..chain.empty_end() }))
        }
    };
    let patient = entry.patient.map(|patient| patient.to_string());
    let row = encode_row(now.milliseconds(), entry.actor, entry.action, patient.as_deref(), entry.entity);
    let end = open_chain(key, older).append_row(&end, &row);
    transaction.execute(
        "INSERT INTO audit_entry (number, at, actor, act, patient, about, digest) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[&(older + end.position), &now, &entry.actor, &entry.action, &patient, &entry.entity, &end.digest],
    )?;
    transaction
        .execute(
            "UPDATE audit_end SET place = $1, digest = $2, seal = $3 WHERE one = 1",
            &[&end.position, &end.digest, &end.mac],
        )
        .map(|_| ())
}

/// A row as it stands, not believed.
struct StoredAuditRow {
    number: i64,
    encoded: Vec<u8>,
    digest: Vec<u8>,
}

/// Checks every row of the chain, and what was kept elsewhere of it.
pub(crate) fn verify_chain(
    transaction: &mut Transaction<'_>,
    key: &Key,
    elsewhere: Option<&ChainAnchor>,
) -> Result<AuditReport, Error> {
    let found = transaction.fetch_optional(
        "SELECT older, place, digest, seal FROM audit_end WHERE one = 1",
        &[],
        read_end_row,
    )?;
    let at_fault = |older, number, what| AuditReport {
        rows: 0,
        rows_before_chain: older,
        fault: Some(AuditFault { number, kind: what }),
        anchor: None,
    };
    let Some(AuditEndRow { last_row_before_chain: older, end }) = found else {
        return Ok(at_fault(0, 1, ChainFaultKind::Missing));
    };
    let chain = open_chain(key, older);
    let end = end.unwrap_or_else(|| chain.empty_end());
    // A chain that began elsewhere when it was checked last is another one, and what was checked is gone.
    let anchor = chain.anchor(&end);
    if elsewhere.is_some_and(|kept| kept.chain != anchor.chain) {
        return Ok(at_fault(older, older + 1, ChainFaultKind::RolledBack));
    }
    let mut walk = chain.verifier(end, elsewhere);
    let (mut last, mut rows) = (older, 0);
    let fault = 'rows: loop {
        let page = transaction.fetch_all(
            "SELECT number, at, actor, act, patient, about, digest FROM audit_entry
             WHERE number > $1 ORDER BY number LIMIT $2",
            &[&last, &PAGE_SIZE],
            read_audit_row,
        )?;
        for stored in &page {
            if let Err(fault) = walk.check_row(stored.number - older, &stored.encoded, &stored.digest) {
                break 'rows Some(fault);
            }
            (last, rows) = (stored.number, rows + 1);
        }
        if page.is_empty() {
            break walk.finish().err();
        }
    };
    let fault = fault.map(|fault| AuditFault { number: older + fault.position, kind: fault.kind });
    let anchor = fault.is_none().then_some(anchor);
    Ok(AuditReport { rows, rows_before_chain: older, fault, anchor })
}

impl Store {
    /// Checks every row of the chain, and what was kept elsewhere of it.
    pub(crate) async fn verify_audit(&self, kept: Option<ChainAnchor>) -> Result<AuditReport, Refusal> {
        let key = self.seal.audit_key();
        self.database.read(move |transaction| Ok(verify_chain(transaction, &key, kept.as_ref())?)).await
    }
}

fn read_audit_row(row: &Row<'_>) -> Result<StoredAuditRow, Error> {
    let (actor, act): (String, String) = (row.get(2)?, row.get(3)?);
    let (patient, about): (Option<String>, Option<String>) = (row.get(4)?, row.get(5)?);
    Ok(StoredAuditRow {
        number: row.get(0)?,
        encoded: encode_row(row.get(1)?, &actor, &act, patient.as_deref(), about.as_deref()),
        digest: row.get(6)?,
    })
}

/// A row's fields, each after its length, so that no two rows read alike.
fn encode_row(at: i64, actor: &str, act: &str, patient: Option<&str>, about: Option<&str>) -> Vec<u8> {
    let mut bytes = at.to_be_bytes().to_vec();
    for field in [Some(actor), Some(act), patient, about] {
        // Nothing said is another thing than an empty text.
        let length = field.map_or(u64::MAX, |field| field.len() as u64);
        bytes.extend(length.to_be_bytes());
        bytes.extend(field.unwrap_or_default().as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests;
