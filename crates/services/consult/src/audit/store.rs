//! The audit: one row for each access or change, in a keyed chain that shows changes by anybody without the key
//! ([`AuditChain`]).
//!
//! Rows from before the chain had a key are kept, but are not verified: the chain begins after them and records where.

use ::audit::{AuditChain, ChainAnchor, ChainEnd, ChainFaultKind};
use base::{Key, Timestamp};
use database::{Error, Row, Transaction};

use super::rules::action::{AuditAction, DeskActionKind};
use crate::{people::rules::patient::PatientId, refusal::Refusal, store::Store};

database::text_column!(AuditAction, DeskActionKind);

/// How many rows are read at once, so that a long chain does not fill the memory.
const PAGE_SIZE: i64 = 1000;

/// An entry of the audit.
pub(crate) struct AuditEntry<'a> {
    /// `patient:ID` or `staff:ID`.
    pub actor: &'a str,
    pub action: AuditAction,
    /// Whose data is concerned.
    pub patient: Option<PatientId>,
    /// The record concerned.
    pub entity: Option<&'a str>,
}

/// The result of verifying the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    /// The number of rows of the chain that were checked.
    pub rows: i64,
    /// The number of rows that are older than the chain, and not verified.
    pub rows_before_chain: i64,
    /// The first faulty row, if there is one.
    pub fault: Option<AuditFault>,
    /// The present end of a chain without faults, to be stored elsewhere.
    pub anchor: Option<ChainAnchor>,
}

/// A faulty row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditFault {
    /// The number of the row in the audit, from 1.
    pub number: i64,
    pub kind: ChainFaultKind,
}

/// The row of the end of the chain.
struct AuditEndRow {
    /// The number of the last row that is older than the chain.
    last_row_before_chain: i64,
    /// `None` while the chain is empty.
    end: Option<ChainEnd>,
}

fn read_end_row(row: &Row<'_>) -> Result<AuditEndRow, Error> {
    let (position, digest, mac): (i64, Option<Vec<u8>>, Option<Vec<u8>>) = (row.get(1)?, row.get(2)?, row.get(3)?);
    let end = match (position, digest, mac) {
        (0, None, None) => None,
        (position, digest, mac) => {
            Some(ChainEnd { position, digest: digest.unwrap_or_default(), mac: mac.unwrap_or_default() })
        }
    };
    Ok(AuditEndRow { last_row_before_chain: row.get(0)?, end })
}

/// The chain that begins after the row with that number. The number is part of its name, so that it cannot be changed.
fn open_chain(key: &Key, rows_before_chain: i64) -> AuditChain {
    AuditChain::new(key.clone(), format!("consult behind {rows_before_chain}"))
}

/// Inserts an entry, in the transaction of the access or change.
pub(crate) fn insert_audit_row(
    transaction: &mut Transaction<'_>,
    key: &Key,
    now: Timestamp,
    entry: &AuditEntry<'_>,
) -> Result<(), Error> {
    // The update locks the end before a row is appended: of two transactions at once the second waits, and is retried.
    let end_row = transaction.fetch_optional(
        "UPDATE audit_end SET place = place WHERE one = 1 RETURNING older, place, digest, seal",
        &[],
        read_end_row,
    )?;
    let last_number = |transaction: &mut Transaction<'_>| {
        transaction.fetch_one("SELECT COALESCE(MAX(number), 0) FROM audit_entry", &[], |row| row.get::<i64>(0))
    };
    let (rows_before_chain, end) = match end_row {
        Some(AuditEndRow { last_row_before_chain: rows_before_chain, end: Some(end) })
            if open_chain(key, rows_before_chain).is_valid_end(&end) =>
        {
            (rows_before_chain, end)
        }
        Some(AuditEndRow { last_row_before_chain: rows_before_chain, end: None })
            if last_number(transaction)? == rows_before_chain =>
        {
            (rows_before_chain, open_chain(key, rows_before_chain).empty_end())
        }
        invalid => {
            tracing::error!("the end of the audit's chain was changed from outside");
            let last_number = last_number(transaction)?;
            let rows_before_chain = invalid.map_or(last_number, |row| row.last_row_before_chain);
            if rows_before_chain == last_number {
                transaction.execute(
                    "INSERT INTO audit_end (one, older, place) VALUES (1, $1, 0) ON CONFLICT DO NOTHING",
                    &[&rows_before_chain],
                )?;
            }
            let chain = open_chain(key, rows_before_chain);
            (
                rows_before_chain,
                chain.broken_end(&ChainEnd { position: last_number - rows_before_chain, ..chain.empty_end() }),
            )
        }
    };
    let (action, patient) = (entry.action.to_string(), entry.patient.map(|patient| patient.to_string()));
    let row = encode_row(now.milliseconds(), entry.actor, &action, patient.as_deref(), entry.entity);
    let end = open_chain(key, rows_before_chain).append_row(&end, &row);
    transaction.execute(
        "INSERT INTO audit_entry (number, at, actor, act, patient, about, digest) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[&(rows_before_chain + end.position), &now, &entry.actor, &action, &patient, &entry.entity, &end.digest],
    )?;
    transaction
        .execute(
            "UPDATE audit_end SET place = $1, digest = $2, seal = $3 WHERE one = 1",
            &[&end.position, &end.digest, &end.mac],
        )
        .map(|_| ())
}

/// A stored row, not verified.
struct StoredAuditRow {
    number: i64,
    encoded: Vec<u8>,
    digest: Vec<u8>,
}

/// Verifies every row of the chain, against the anchor that was stored elsewhere, if there is one.
pub(crate) fn verify_chain(
    transaction: &mut Transaction<'_>,
    key: &Key,
    stored_anchor: Option<&ChainAnchor>,
) -> Result<AuditReport, Error> {
    let end_row = transaction.fetch_optional(
        "SELECT older, place, digest, seal FROM audit_end WHERE one = 1",
        &[],
        read_end_row,
    )?;
    let faulty_report = |rows_before_chain, number, kind| AuditReport {
        rows: 0,
        rows_before_chain,
        fault: Some(AuditFault { number, kind }),
        anchor: None,
    };
    let Some(AuditEndRow { last_row_before_chain: rows_before_chain, end }) = end_row else {
        return Ok(faulty_report(0, 1, ChainFaultKind::Missing));
    };
    let chain = open_chain(key, rows_before_chain);
    let end = end.unwrap_or_else(|| chain.empty_end());
    // If the chain begins at another row than at the last check, it was replaced.
    let anchor = chain.anchor(&end);
    if stored_anchor.is_some_and(|stored| stored.chain != anchor.chain) {
        return Ok(faulty_report(rows_before_chain, rows_before_chain + 1, ChainFaultKind::RolledBack));
    }
    let mut verifier = chain.verifier(end, stored_anchor);
    let (mut last, mut rows) = (rows_before_chain, 0);
    let fault = 'rows: loop {
        let page = transaction.fetch_all(
            "SELECT number, at, actor, act, patient, about, digest FROM audit_entry
             WHERE number > $1 ORDER BY number LIMIT $2",
            &[&last, &PAGE_SIZE],
            read_audit_row,
        )?;
        for stored in &page {
            if let Err(fault) = verifier.check_row(stored.number - rows_before_chain, &stored.encoded, &stored.digest) {
                break 'rows Some(fault);
            }
            (last, rows) = (stored.number, rows + 1);
        }
        if page.is_empty() {
            break verifier.finish().err();
        }
    };
    let fault = fault.map(|fault| AuditFault { number: rows_before_chain + fault.position, kind: fault.kind });
    let anchor = fault.is_none().then_some(anchor);
    Ok(AuditReport { rows, rows_before_chain, fault, anchor })
}

impl Store {
    /// Verifies every row of the chain, against the anchor that was stored elsewhere, if there is one.
    pub(crate) async fn verify_audit(&self, anchor: Option<ChainAnchor>) -> Result<AuditReport, Refusal> {
        let key = self.seal.audit_key();
        self.database.read(move |transaction| Ok(verify_chain(transaction, &key, anchor.as_ref())?)).await
    }
}

fn read_audit_row(row: &Row<'_>) -> Result<StoredAuditRow, Error> {
    let (actor, action): (String, String) = (row.get(2)?, row.get(3)?);
    let (patient, entity): (Option<String>, Option<String>) = (row.get(4)?, row.get(5)?);
    Ok(StoredAuditRow {
        number: row.get(0)?,
        encoded: encode_row(row.get(1)?, &actor, &action, patient.as_deref(), entity.as_deref()),
        digest: row.get(6)?,
    })
}

/// The row's fields, each preceded by its length, so that the encoding is unambiguous.
fn encode_row(milliseconds: i64, actor: &str, action: &str, patient: Option<&str>, entity: Option<&str>) -> Vec<u8> {
    let mut bytes = milliseconds.to_be_bytes().to_vec();
    for field in [Some(actor), Some(action), patient, entity] {
        // A missing field differs from an empty one.
        let length = field.map_or(u64::MAX, |field| field.len() as u64);
        bytes.extend(length.to_be_bytes());
        bytes.extend(field.unwrap_or_default().as_bytes());
    }
    bytes
}
