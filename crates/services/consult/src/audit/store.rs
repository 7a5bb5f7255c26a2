//! The audit: one row for each access or change, in keyed chains that show changes by anybody without the key ([`audit`]).
//!
//! What concerns an institution is in a chain of its own, so that no clinic waits for another. What concerns none is in the
//! chain of the service, which is also the roll of the others. Before institutions had chains, all rows were in it.
//!
//! Rows from before the audit had a key are kept, but are not verified. The chain of the service has their number in its
//! name, so that none can be added to them.

use ::audit::{AuditFault, AuditTable, ChainAnchor, ChainFaultKind, ChainPart, RowPosition, StoredRow};
use base::{InstitutionCode, Key, Timestamp};
use database::{Error, Row, Transaction};

use super::rules::action::{AccountAction, AuditAction, CHAIN_OPENED, DeskActionKind};
use crate::{people::rules::patient::PatientId, refusal::Refusal, store::Store};

database::text_column!(AuditAction, DeskActionKind);

/// An entry of the audit.
pub(crate) struct AuditEntry<'a> {
    /// The institution concerned, in whose chain it is recorded.
    pub institution: Option<InstitutionCode>,
    /// `account:ID`, `staff:ID` or the service; in rows from before accounts were apart from patients `patient:ID`.
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
    /// The chains.
    pub verified: audit::AuditReport,
    /// The number of rows that are older than the key, and not verified.
    pub rows_before_chain: i64,
}

/// The beginning of the name of the service's chain, before the number of the rows that are older than the key. Names of
/// chains never change, because rows are chained with them.
const SERVICE_CHAIN: &str = "consult behind ";

/// In the column `chain` of rows that are older than the key.
const UNKEYED: &str = "unkeyed";

/// The name of the chain of an institution.
pub(crate) fn institution_chain(institution: InstitutionCode) -> String {
    format!("consult {institution}")
}

/// Inserts an entry, in the transaction of the access or change.
pub(crate) fn insert_audit_row(
    transaction: &mut Transaction<'_>,
    key: &Key,
    now: Timestamp,
    entry: &AuditEntry<'_>,
) -> Result<(), Error> {
    let chain = match entry.institution {
        Some(institution) => institution_chain(institution),
        None => ServiceAudit::find_roll(transaction)?,
    };
    let chain = audit::lock_chain(transaction, chain)?;
    let (action, patient) = (entry.action.to_string(), entry.patient.map(|patient| patient.to_string()));
    let line = AuditLine {
        time: now.milliseconds(),
        actor: entry.actor,
        action: &action,
        patient: patient.as_deref(),
        entity: entry.entity,
    };
    audit::append_entries::<ServiceAudit>(transaction, key, chain, &[line])
}

/// Records what an account did with its data or with that of a patient, or what the service did for it, in the chain of the
/// service. What a desk does is in the chain of its institution.
pub(crate) fn record_account_action(
    transaction: &mut Transaction<'_>,
    store: &Store,
    (actor, patient): (&str, Option<PatientId>),
    action: AccountAction,
    now: Timestamp,
) -> Result<(), Error> {
    let action = AuditAction::Account(action);
    let entry = AuditEntry { institution: None, actor, action, patient, entity: None };
    insert_audit_row(transaction, &store.seal.audit_key(), now, &entry)
}

/// The content of a row.
struct AuditLine<'a> {
    time: i64,
    actor: &'a str,
    action: &'a str,
    patient: Option<&'a str>,
    entity: Option<&'a str>,
}

/// The table `audit_entry`.
enum ServiceAudit {}

impl AuditTable for ServiceAudit {
    type Entry<'a> = AuditLine<'a>;

    fn encode_entry(line: &AuditLine<'_>) -> Vec<u8> {
        let mut bytes = line.time.to_be_bytes().to_vec();
        for field in [Some(line.actor), Some(line.action), line.patient, line.entity] {
            // A missing field differs from an empty one.
            let length = field.map_or(u64::MAX, |field| field.len() as u64);
            bytes.extend(length.to_be_bytes());
            bytes.extend(field.unwrap_or_default().as_bytes());
        }
        bytes
    }

    fn insert_row(transaction: &mut Transaction<'_>, row: &RowPosition<'_>, line: &AuditLine<'_>) -> Result<(), Error> {
        transaction
            .execute(
                "INSERT INTO audit_entry (chain, number, at, actor, act, patient, about, digest)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                &[
                    &row.chain,
                    &row.number,
                    &line.time,
                    &line.actor,
                    &line.action,
                    &line.patient,
                    &line.entity,
                    &row.digest,
                ],
            )
            .map(|_| ())
    }

    fn list_rows(
        transaction: &mut Transaction<'_>,
        chain: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<StoredRow>, Error> {
        transaction.fetch_all(
            "SELECT number, at, actor, act, patient, about, digest FROM audit_entry
             WHERE chain = $1 AND number > $2 ORDER BY number LIMIT $3",
            &[&chain, &after, &limit],
            read_audit_row,
        )
    }

    fn find_last_position(transaction: &mut Transaction<'_>, chain: &str) -> Result<i64, Error> {
        transaction
            .fetch_one("SELECT COALESCE(MAX(number), 0) FROM audit_entry WHERE chain = $1", &[&chain], |row| row.get(0))
    }

    fn list_chains(transaction: &mut Transaction<'_>) -> Result<Vec<String>, Error> {
        transaction.fetch_all(
            "SELECT DISTINCT chain FROM audit_entry WHERE chain <> $1 ORDER BY chain",
            &[&UNKEYED],
            |row| row.get(0),
        )
    }

    /// The chain of the service. Without an end it has no row yet, or has lost it.
    fn find_roll(transaction: &mut Transaction<'_>) -> Result<String, Error> {
        let open = transaction.fetch_optional(
            "SELECT chain FROM audit_head WHERE chain LIKE 'consult behind %' ORDER BY chain LIMIT 1",
            &[],
            |row| row.get::<String>(0),
        )?;
        match open {
            Some(open) => Ok(open),
            None => Ok(format!("{SERVICE_CHAIN}{}", Self::find_last_position(transaction, UNKEYED)?)),
        }
    }

    fn roll_entry<'a>(chain: &'a str, first: &AuditLine<'_>) -> AuditLine<'a> {
        AuditLine { time: first.time, actor: "service", action: CHAIN_OPENED, patient: None, entity: Some(chain) }
    }

    fn list_opened_chains(transaction: &mut Transaction<'_>, roll: &str) -> Result<Vec<String>, Error> {
        let opened = transaction.fetch_all(
            "SELECT about FROM audit_entry WHERE chain = $1 AND act = $2 ORDER BY number",
            &[&roll, &AuditAction::ChainOpened],
            |row| row.get::<Option<String>>(0),
        )?;
        Ok(opened.into_iter().flatten().collect())
    }
}

fn read_audit_row(row: &Row<'_>) -> Result<StoredRow, Error> {
    let (actor, action): (String, String) = (row.get(2)?, row.get(3)?);
    let (patient, entity): (Option<String>, Option<String>) = (row.get(4)?, row.get(5)?);
    let line = AuditLine {
        time: row.get(1)?,
        actor: &actor,
        action: &action,
        patient: patient.as_deref(),
        entity: entity.as_deref(),
    };
    Ok(StoredRow { number: row.get(0)?, encoded: ServiceAudit::encode_entry(&line), digest: row.get(6)? })
}

/// Verifies every row of every chain, and the anchors that were stored elsewhere.
pub(crate) fn verify_chains(
    transaction: &mut Transaction<'_>,
    key: &Key,
    anchors: &[ChainAnchor],
) -> Result<AuditReport, Error> {
    let mut verified = audit::verify::<ServiceAudit>(transaction, key, anchors)?;
    let roll = ServiceAudit::find_roll(transaction)?;
    let last_unkeyed = ServiceAudit::find_last_position(transaction, UNKEYED)?;
    let rows_before_chain = roll.strip_prefix(SERVICE_CHAIN).and_then(|number| number.parse().ok()).unwrap_or(0);
    if last_unkeyed > rows_before_chain {
        let (chain, kind) = (UNKEYED.to_owned(), ChainFaultKind::Added);
        verified.faults.push(AuditFault { chain, position: rows_before_chain + 1, kind });
    }
    Ok(AuditReport { verified, rows_before_chain })
}

/// Verifies at most `limit` rows of the chain of an institution, after a position up to which it was verified before.
pub(crate) fn verify_institution_part(
    transaction: &mut Transaction<'_>,
    key: &Key,
    institution: InstitutionCode,
    (after, limit): (i64, i64),
) -> Result<ChainPart, Error> {
    audit::verify_part::<ServiceAudit>(transaction, key, &institution_chain(institution), (after, limit))
}

impl Store {
    /// Verifies every row of every chain, and the anchors that were stored elsewhere.
    pub(crate) async fn verify_audit(&self, anchors: Vec<ChainAnchor>) -> Result<AuditReport, Refusal> {
        let key = self.seal.audit_key();
        self.database.read(move |transaction| Ok(verify_chains(transaction, &key, &anchors)?)).await
    }
}

#[cfg(test)]
mod tests;
