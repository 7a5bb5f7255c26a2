//! Who looked at or did what, one row each, in a chain that nobody without the service's key can change unseen
//! ([`base::Chain`]).
//!
//! Rows that were written before the chain had a key are kept for whoever reads a trail, but nothing vouches for them:
//! the chain begins behind them, and says where.

use base::{Chain, ChainAnchor, ChainEnd, ChainFaultKind, Key, Timestamp};
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
const PAGE: i64 = 1000;

/// What is written down.
pub(crate) struct Entry<'a> {
    /// Who: `patient:ID` or `staff:ID`.
    pub actor: &'a str,
    /// What, as a word with dots: `picture.look`.
    pub act: &'a str,
    /// Whose data it was.
    pub patient: Option<PatientId>,
    /// About which record.
    pub about: Option<&'a str>,
}

/// What a check of the audit found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    /// How many rows of the chain were checked.
    pub rows: i64,
    /// How many rows are older than the chain. Nothing vouches for them.
    pub older: i64,
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
    pub what: ChainFaultKind,
}

/// The end as it stands.
struct Kept {
    /// The number of the last row that is older than the chain.
    older: i64,
    /// `None` where no row of the chain was written yet.
    end: Option<ChainEnd>,
}

fn kept(row: &Row<'_>) -> Result<Kept, Error> {
    let (place, digest, seal): (i64, Option<Vec<u8>>, Option<Vec<u8>>) = (row.at(1)?, row.at(2)?, row.at(3)?);
    let end = match (place, digest, seal) {
        (0, None, None) => None,
        (place, digest, seal) => {
            Some(ChainEnd { place, digest: digest.unwrap_or_default(), seal: seal.unwrap_or_default() })
        }
    };
    Ok(Kept { older: row.at(0)?, end })
}

/// The chain behind the row with that number: said in its name, so that it cannot be made to begin elsewhere.
fn chain(key: &Key, older: i64) -> Chain {
    Chain::new(key.clone(), format!("consult behind {older}"))
}

/// Writes an entry, in the transaction that does what it tells of.
pub(crate) fn record(
    transaction: &mut Transaction<'_>,
    key: &Key,
    now: Timestamp,
    entry: &Entry<'_>,
) -> Result<(), Error> {
    // The end is taken before anything is put behind it: of two at once the second waits, and runs again.
    let found = transaction.optional(
        "UPDATE audit_end SET place = place WHERE one = 1 RETURNING older, place, digest, seal",
        &[],
        kept,
    )?;
    let last = |transaction: &mut Transaction<'_>| {
        transaction.one("SELECT COALESCE(MAX(number), 0) FROM audit_entry", &[], |row| row.at::<i64>(0))
    };
    let (older, end) = match found {
        Some(Kept { older, end: Some(end) }) if chain(key, older).holds(&end) => (older, end),
        Some(Kept { older, end: None }) if last(transaction)? == older => (older, chain(key, older).beginning()),
        other => {
            tracing::error!("the end of the audit's chain was changed from outside");
            let last = last(transaction)?;
            let older = other.map_or(last, |kept| kept.older);
            if older == last {
                transaction.execute(
                    "INSERT INTO audit_end (one, older, place) VALUES (1, $1, 0) ON CONFLICT DO NOTHING",
                    &[&older],
                )?;
            }
            let chain = chain(key, older);
            (older, chain.broken(&ChainEnd { place: last - older, ..chain.beginning() }))
        }
    };
    let patient = entry.patient.map(|patient| patient.to_string());
    let row = line(now.milliseconds(), entry.actor, entry.act, patient.as_deref(), entry.about);
    let end = chain(key, older).behind(&end, &row);
    transaction.execute(
        "INSERT INTO audit_entry (number, at, actor, act, patient, about, digest) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[&(older + end.place), &now, &entry.actor, &entry.act, &patient, &entry.about, &end.digest],
    )?;
    transaction
        .execute(
            "UPDATE audit_end SET place = $1, digest = $2, seal = $3 WHERE one = 1",
            &[&end.place, &end.digest, &end.seal],
        )
        .map(|_| ())
}

/// A row as it stands, not believed.
struct Stored {
    number: i64,
    row: Vec<u8>,
    digest: Vec<u8>,
}

/// Checks every row of the chain, and what was kept elsewhere of it.
pub(crate) fn verify(
    transaction: &mut Transaction<'_>,
    key: &Key,
    elsewhere: Option<&ChainAnchor>,
) -> Result<AuditReport, Error> {
    let found = transaction.optional("SELECT older, place, digest, seal FROM audit_end WHERE one = 1", &[], kept)?;
    let at_fault =
        |older, number, what| AuditReport { rows: 0, older, fault: Some(AuditFault { number, what }), anchor: None };
    let Some(Kept { older, end }) = found else { return Ok(at_fault(0, 1, ChainFaultKind::Missing)) };
    let chain = chain(key, older);
    let end = end.unwrap_or_else(|| chain.beginning());
    // A chain that began elsewhere when it was checked last is another one, and what was checked is gone.
    let anchor = chain.anchor(&end);
    if elsewhere.is_some_and(|kept| kept.chain != anchor.chain) {
        return Ok(at_fault(older, older + 1, ChainFaultKind::PutBack));
    }
    let mut walk = chain.walk(end, elsewhere);
    let (mut last, mut rows) = (older, 0);
    let fault = 'rows: loop {
        let page = transaction.all(
            "SELECT number, at, actor, act, patient, about, digest FROM audit_entry
             WHERE number > $1 ORDER BY number LIMIT $2",
            &[&last, &PAGE],
            stored,
        )?;
        for stored in &page {
            if let Err(fault) = walk.step(stored.number - older, &stored.row, &stored.digest) {
                break 'rows Some(fault);
            }
            (last, rows) = (stored.number, rows + 1);
        }
        if page.is_empty() {
            break walk.finish().err();
        }
    };
    let fault = fault.map(|fault| AuditFault { number: older + fault.place, what: fault.what });
    let anchor = fault.is_none().then_some(anchor);
    Ok(AuditReport { rows, older, fault, anchor })
}

impl Store {
    /// Checks every row of the chain, and what was kept elsewhere of it.
    pub(crate) async fn verify_audit(&self, kept: Option<ChainAnchor>) -> Result<AuditReport, Refusal> {
        let key = self.seal.audit_key();
        self.database.read(move |transaction| Ok(verify(transaction, &key, kept.as_ref())?)).await
    }
}

fn stored(row: &Row<'_>) -> Result<Stored, Error> {
    let (actor, act): (String, String) = (row.at(2)?, row.at(3)?);
    let (patient, about): (Option<String>, Option<String>) = (row.at(4)?, row.at(5)?);
    Ok(Stored {
        number: row.at(0)?,
        row: line(row.at(1)?, &actor, &act, patient.as_deref(), about.as_deref()),
        digest: row.at(6)?,
    })
}

/// A row's fields, each after its length, so that no two rows read alike.
fn line(at: i64, actor: &str, act: &str, patient: Option<&str>, about: Option<&str>) -> Vec<u8> {
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
