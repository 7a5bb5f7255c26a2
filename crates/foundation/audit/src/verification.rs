use std::collections::BTreeMap;

use base::Key;
use database::{Error, Transaction};

use crate::{AuditChain, AuditTable, ChainAnchor, ChainEnd, ChainFault, ChainFaultKind, ChainVerifier};

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
