use std::collections::BTreeMap;

use base::Key;
use database::{Error, Transaction};

use crate::{
    AuditChain, AuditTable, ChainAnchor, ChainEnd, ChainFault, ChainFaultKind, ChainVerifier, table::find_end,
};

/// The result of verifying an audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    /// The number of chains, without the roll.
    pub chains: usize,
    /// The number of rows that were verified, without the roll's entries for chains.
    pub rows: usize,
    /// The first faulty row of each chain that has one.
    pub faults: Vec<AuditFault>,
    /// The end of each chain without a fault, to be stored elsewhere.
    pub anchors: Vec<ChainAnchor>,
}

/// A faulty row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFault {
    /// The chain's name.
    pub chain: String,
    /// The position in the chain, from 1.
    pub position: i64,
    pub kind: ChainFaultKind,
}

/// What verifying a part of a chain found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainPart {
    /// The rows up to this position are as they were written, and there may be more.
    MoreRows { position: i64 },
    /// All rows up to the end are as they were written.
    Whole { rows: i64 },
    /// The first faulty row.
    Faulty(ChainFault),
}

/// How many rows are read at once, so that a long chain does not fill the memory.
const PAGE_SIZE: u16 = 1000;

/// Verifies every row of every chain, and the anchors that were stored elsewhere.
pub fn verify<T: AuditTable>(
    transaction: &mut Transaction<'_>,
    key: &Key,
    anchors: &[ChainAnchor],
) -> Result<AuditReport, Error> {
    let heads =
        transaction.fetch_all("SELECT chain, place, digest, seal FROM audit_head ORDER BY chain", &[], |row| {
            Ok((row.get::<String>(0)?, ChainEnd { position: row.get(1)?, digest: row.get(2)?, mac: row.get(3)? }))
        })?;
    let heads: BTreeMap<_, _> = heads.into_iter().collect();
    let roll = T::find_roll(transaction)?;
    let opened = T::list_opened_chains(transaction, &roll)?;
    let with_rows = T::list_chains(transaction)?;
    let without_head = with_rows.iter().chain(&opened).filter(|name| !heads.contains_key(*name));
    let chains: BTreeMap<&str, Option<&ChainEnd>> = heads
        .iter()
        .map(|(name, head)| (name.as_str(), Some(head)))
        .chain(without_head.map(|name| (name.as_str(), None)))
        .collect();
    let mut entries_on_roll: BTreeMap<&str, usize> = BTreeMap::new();
    for name in &opened {
        *entries_on_roll.entry(name).or_default() += 1;
    }
    // Of several anchors of a chain the first counts.
    let anchors_by_chain: BTreeMap<&str, &ChainAnchor> =
        anchors.iter().rev().map(|anchor| (anchor.chain.as_str(), anchor)).collect();
    let mut report = AuditReport { chains: 0, rows: 0, faults: Vec::new(), anchors: Vec::new() };
    for (name, head) in chains {
        let is_roll = name == roll;
        let kind = match (head, entries_on_roll.get(name).copied().unwrap_or(0)) {
            // Rows without a head, or a head missing from the roll, were not written by this program; a chain that is on the
            // roll twice was removed in between.
            (None, 0) => Some(ChainFaultKind::Added),
            (Some(_), 0) if !is_roll => Some(ChainFaultKind::Added),
            (None, _) | (Some(_), 2..) => Some(ChainFaultKind::Missing),
            _ => None,
        };
        if let Some(kind) = kind {
            report.faults.push(AuditFault { chain: name.to_owned(), position: 1, kind });
            continue;
        }
        let Some(head) = head else { continue };
        let chain = AuditChain::new(key.clone(), name);
        let anchor = anchors_by_chain.get(name).copied();
        let (rows, fault) = verify_chain::<T>(transaction, name, chain.verifier(head.clone(), anchor))?;
        report.chains += usize::from(!is_roll);
        report.rows += if is_roll { rows.saturating_sub(opened.len()) } else { rows };
        if let Some(ChainFault { position, kind }) = fault {
            report.faults.push(AuditFault { chain: name.to_owned(), position, kind });
        } else {
            report.anchors.push(chain.anchor(head));
        }
    }
    // The anchor of an empty chain says nothing: such a chain need not exist.
    let is_missing = |anchor: &&ChainAnchor| anchor.position > 0 && !heads.contains_key(&anchor.chain);
    for anchor in anchors.iter().filter(is_missing) {
        let is_reported = report.faults.iter().any(|fault| fault.chain == anchor.chain);
        if !is_reported {
            let chain = anchor.chain.clone();
            report.faults.push(AuditFault { chain, position: 1, kind: ChainFaultKind::Missing });
        }
    }
    Ok(report)
}

/// The number of rows before the first faulty one, and its fault.
fn verify_chain<T: AuditTable>(
    transaction: &mut Transaction<'_>,
    name: &str,
    mut verifier: ChainVerifier<'_>,
) -> Result<(usize, Option<ChainFault>), Error> {
    // From the lowest number on: positions begin at 1, and a row before it was not written by this program.
    let (mut checked, mut last_position) = (0, i64::MIN);
    loop {
        let page = T::list_rows(transaction, name, last_position, PAGE_SIZE.into())?;
        for row in &page {
            if let Err(fault) = verifier.check_row(row.number, &row.encoded, &row.digest) {
                return Ok((checked, Some(fault)));
            }
            checked += 1;
            last_position = row.number;
        }
        if page.len() < usize::from(PAGE_SIZE) {
            return Ok((checked, verifier.finish().err()));
        }
    }
}

/// Verifies at most `limit` rows of a chain after a position up to which it was verified before, or from its beginning (0).
///
/// A row is chained to the one before it alone, so that parts which follow one another verify what one run does, but for
/// what is changed meanwhile. That no chain is missing, and anchors, are for [`verify`].
pub fn verify_part<T: AuditTable>(
    transaction: &mut Transaction<'_>,
    key: &Key,
    name: &str,
    (after, limit): (i64, i64),
) -> Result<ChainPart, Error> {
    let chain = AuditChain::new(key.clone(), name);
    let end = find_end(transaction, name)?.unwrap_or_else(|| chain.empty_end());
    let last_row = T::list_rows(transaction, name, after.saturating_sub(1), 1)?;
    // Where the row is missing the whole chain is verified, which finds that.
    let last_row = last_row.into_iter().find(|row| after > 0 && row.number == after);
    // Positions begin at 1, and a row before it was not written by this program.
    let mut position = if last_row.is_some() { after } else { i64::MIN };
    let mut verifier = match last_row {
        Some(row) => chain.verifier_after(row.number, row.digest, end),
        None => chain.verifier(end, None),
    };
    let rows = T::list_rows(transaction, name, position, limit)?;
    for row in &rows {
        if let Err(fault) = verifier.check_row(row.number, &row.encoded, &row.digest) {
            return Ok(ChainPart::Faulty(fault));
        }
        position = row.number;
    }
    if i64::try_from(rows.len()).is_ok_and(|count| count == limit) {
        return Ok(ChainPart::MoreRows { position });
    }
    Ok(match verifier.finish() {
        Ok(rows) => ChainPart::Whole { rows },
        Err(fault) => ChainPart::Faulty(fault),
    })
}
