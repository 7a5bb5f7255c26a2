//! The audit: which institution read what, in an order that cannot be changed unnoticed without the key.
//!
//! The rows of an institution are a [`base::AuditChain`], whose end is in the institution's row of `audit_head`. The
//! institutions that have a chain are listed in a chain of its own, the roll, so that a whole chain cannot vanish.

use std::collections::BTreeMap;

use base::{
    AuditChain, ChainAnchor, ChainEnd, ChainFault, ChainFaultKind, ChainVerifier, InstitutionCode, Key,
    ReceptionNumber, Timestamp,
};
use database::{Error, Row, Transaction};

use crate::{
    Fingerprint,
    rules::reading::{Access, Subject},
};

/// One reading or one change, or one attempt at either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuditEntry {
    pub(crate) time: Timestamp,
    pub(crate) certificate: Fingerprint,
    /// The message of the request, by the beginning of its file's name.
    pub(crate) message: &'static str,
    pub(crate) reception: Option<ReceptionNumber>,
    pub(crate) subject: AuditSubject,
    pub(crate) outcome: AuditOutcome,
}

/// The subject of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuditSubject {
    /// A person's data.
    Data(Subject),
    /// The file as a whole: it was refused before anything was looked up.
    File,
    /// A list of receptions.
    List,
    /// 閲覧同意取り消し: the consents for the institution.
    Consents,
    /// 医療機関別URL変更: the institution's fixed URL.
    FixedUrl,
    /// 医療機関環境設定情報更新: the institution's settings.
    Settings,
}

/// The outcome of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuditOutcome {
    /// The decision of [`crate::may_read`].
    Access(Access),
    /// It was refused for another reason.
    Refused(oqs::ResultCode),
    Changed,
}

impl AuditSubject {
    /// The key in records. It never changes.
    fn key(self) -> &'static str {
        match self {
            Self::Data(subject) => subject.key(),
            Self::File => "file",
            Self::List => "list",
            Self::Consents => "consents",
            Self::FixedUrl => "fixed-url",
            Self::Settings => "settings",
        }
    }
}

impl AuditOutcome {
    /// The key in records. It never changes.
    fn key(self) -> &'static str {
        match self {
            Self::Access(access) => access.key(),
            Self::Refused(code) => code.code(),
            Self::Changed => "changed",
        }
    }
}

impl From<Subject> for AuditSubject {
    fn from(subject: Subject) -> Self {
        Self::Data(subject)
    }
}

impl From<Access> for AuditOutcome {
    fn from(access: Access) -> Self {
        Self::Access(access)
    }
}

impl From<oqs::ResultCode> for AuditOutcome {
    fn from(code: oqs::ResultCode) -> Self {
        Self::Refused(code)
    }
}

/// The result of verifying the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    /// The number of institutions that have rows.
    pub institutions: usize,
    /// The number of rows that were verified.
    pub rows: usize,
    /// The first wrong row of each chain that has one.
    pub faults: Vec<AuditFault>,
    /// The end of each unbroken chain, to be stored elsewhere. A chain is named by its institution; the roll has no name.
    pub anchors: Vec<ChainAnchor>,
}

/// A wrong row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFault {
    /// The institution of the chain; empty for the roll.
    pub institution: String,
    /// The position in the chain, from 1.
    pub position: i64,
    pub kind: ChainFaultKind,
}

/// A row as stored, not yet verified.
struct AuditRow {
    position: i64,
    time: i64,
    certificate: Vec<u8>,
    message: String,
    reception: Option<String>,
    subject: String,
    access: String,
    digest: Vec<u8>,
}

/// The name of the roll: the chain of the institutions that have one.
const ROLL: &str = "";

/// The content of a row.
struct AuditLine<'a> {
    time: i64,
    certificate: &'a [u8],
    message: &'a str,
    reception: Option<&'a str>,
    subject: &'a str,
    access: &'a str,
}

impl AuditLine<'_> {
    /// The bytes for the chain. Every field is preceded by its length, so that different rows have different bytes.
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(192);
        bytes.extend(self.time.to_be_bytes());
        let texts = [self.message, self.reception.unwrap_or_default(), self.subject, self.access].map(str::as_bytes);
        for field in [self.certificate].into_iter().chain(texts) {
            bytes.extend((field.len() as u64).to_be_bytes());
            bytes.extend(field);
        }
        // An absent text differs from an empty one.
        bytes.push(u8::from(self.reception.is_some()));
        bytes
    }
}

/// An institution's chain, locked: no other transaction writes to it before this one ends.
pub(crate) struct LockedChain {
    institution: String,
    /// `None` if it has no chain yet.
    end: Option<ChainEnd>,
}

/// Locks the chain of a calling institution, before anything is looked up: of two concurrent requests the second waits
/// here, and if its transaction is retried, little work is repeated.
pub(crate) fn lock_chain(tx: &mut Transaction<'_>, institution: InstitutionCode) -> Result<LockedChain, Error> {
    let institution = institution.to_string();
    let end = tx.fetch_optional(
        "UPDATE audit_head SET place = place WHERE institution = $1 RETURNING place, digest, seal",
        &[&institution],
        chain_end,
    )?;
    Ok(LockedChain { institution, end })
}

fn chain_end(row: &Row<'_>) -> Result<ChainEnd, Error> {
    Ok(ChainEnd { position: row.get(0)?, digest: row.get(1)?, mac: row.get(2)? })
}

/// Appends rows to the institution's chain.
pub(crate) fn append_entries(
    tx: &mut Transaction<'_>,
    key: &Key,
    chain: LockedChain,
    entries: &[AuditEntry],
) -> Result<(), Error> {
    let Some(first) = entries.first() else { return Ok(()) };
    let LockedChain { institution, end } = chain;
    let numbers: Vec<_> = entries.iter().map(|entry| entry.reception.map(|number| number.to_string())).collect();
    let lines = entries.iter().zip(&numbers).map(|(entry, number)| AuditLine {
        time: entry.time.milliseconds(),
        certificate: entry.certificate.as_bytes(),
        message: entry.message,
        reception: number.as_deref(),
        subject: entry.subject.key(),
        access: entry.outcome.key(),
    });
    let is_new = append_lines(tx, key, &institution, end, lines)?;
    if is_new {
        let roll_line = AuditLine {
            time: first.time.milliseconds(),
            certificate: &[],
            message: "opened",
            reception: None,
            subject: &institution,
            access: "",
        };
        append_lines(tx, key, ROLL, None, [roll_line].into_iter())?;
    }
    Ok(())
}

/// Appends rows to a chain. Returns whether it had none before.
fn append_lines<'a>(
    tx: &mut Transaction<'_>,
    key: &Key,
    chain: &str,
    stored_end: Option<ChainEnd>,
    lines: impl Iterator<Item = AuditLine<'a>>,
) -> Result<bool, Error> {
    let (name, chain) = (chain, AuditChain::new(key.clone(), chain));
    let mut end = if let Some(end) = stored_end {
        end
    } else {
        let empty = chain.empty_end();
        tx.fetch_one(
            "INSERT INTO audit_head (institution, place, digest, seal) VALUES ($1, 0, $2, $3)
             ON CONFLICT (institution) DO UPDATE SET place = audit_head.place RETURNING place, digest, seal",
            &[&name, &empty.digest, &empty.mac],
            chain_end,
        )?
    };
    let is_new = end.position == 0;
    if !chain.is_valid_end(&end) {
        tracing::error!(
            institution = name,
            end.position,
            "the end of an audit chain was changed outside of this program"
        );
        end = chain.broken_end(&end);
    }
    for line in lines {
        end = chain.append_row(&end, &line.to_bytes());
        tx.execute(
            "INSERT INTO audit (institution, place, at, certificate, message, reception, subject, access, digest)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                &name,
                &end.position,
                &line.time,
                &line.certificate,
                &line.message,
                &line.reception,
                &line.subject,
                &line.access,
                &end.digest,
            ],
        )?;
    }
    tx.execute(
        "UPDATE audit_head SET place = $2, digest = $3, seal = $4 WHERE institution = $1",
        &[&name, &end.position, &end.digest, &end.mac],
    )?;
    Ok(is_new)
}

/// Verifies every row of every chain, and the anchors that were stored elsewhere.
pub(crate) fn verify(tx: &mut Transaction<'_>, key: &Key, anchors: &[ChainAnchor]) -> Result<AuditReport, Error> {
    let heads =
        tx.fetch_all("SELECT institution, place, digest, seal FROM audit_head ORDER BY institution", &[], |row| {
            Ok((row.get::<String>(0)?, ChainEnd { position: row.get(1)?, digest: row.get(2)?, mac: row.get(3)? }))
        })?;
    let heads: BTreeMap<_, _> = heads.into_iter().collect();
    let chains_with_rows =
        tx.fetch_all("SELECT DISTINCT institution FROM audit ORDER BY institution", &[], |row| row.get::<String>(0))?;
    let on_roll = tx.fetch_all("SELECT subject FROM audit WHERE institution = $1 ORDER BY place", &[&ROLL], |row| {
        row.get::<String>(0)
    })?;
    let mut report = AuditReport { institutions: 0, rows: 0, faults: Vec::new(), anchors: Vec::new() };
    let chains: BTreeMap<&str, Option<&ChainEnd>> = heads
        .iter()
        .map(|(name, head)| (name.as_str(), Some(head)))
        .chain(
            chains_with_rows
                .iter()
                .chain(&on_roll)
                .filter(|name| !heads.contains_key(*name))
                .map(|name| (name.as_str(), None)),
        )
        .collect();
    for (name, head) in chains {
        let entries_on_roll = on_roll.iter().filter(|entry| *entry == name).count();
        let kind = match (head, entries_on_roll) {
            // Rows without a head, or a head missing from the roll, were not written by this program; a chain that is on the
            // roll twice was removed in between.
            (None, 0) => Some(ChainFaultKind::Added),
            (Some(_), 0) if name != ROLL => Some(ChainFaultKind::Added),
            (None, _) | (Some(_), 2..) => Some(ChainFaultKind::Missing),
            _ => None,
        };
        if let Some(kind) = kind {
            report.faults.push(AuditFault { institution: name.to_owned(), position: 1, kind });
            continue;
        }
        let Some(head) = head else { continue };
        let chain = AuditChain::new(key.clone(), name);
        let anchor = anchors.iter().find(|anchor| anchor.chain == name);
        let (rows, fault) = verify_chain(tx, name, chain.verifier(head.clone(), anchor))?;
        if name != ROLL {
            report.institutions += 1;
            report.rows += rows;
        }
        if let Some(ChainFault { position, kind }) = fault {
            report.faults.push(AuditFault { institution: name.to_owned(), position, kind });
        } else {
            report.anchors.push(chain.anchor(head));
        }
    }
    let is_missing = |anchor: &&ChainAnchor| !heads.contains_key(&anchor.chain);
    for anchor in anchors.iter().filter(is_missing) {
        let is_reported = report.faults.iter().any(|fault| fault.institution == anchor.chain);
        if !is_reported {
            let institution = anchor.chain.clone();
            report.faults.push(AuditFault { institution, position: 1, kind: ChainFaultKind::Missing });
        }
    }
    Ok(report)
}

/// How many rows are read at once, so that a long chain does not fill the memory.
const PAGE: i64 = 1000;

fn verify_chain(
    tx: &mut Transaction<'_>,
    name: &str,
    mut verifier: ChainVerifier<'_>,
) -> Result<(usize, Option<ChainFault>), Error> {
    let (mut checked, mut last_position) = (0, 0);
    loop {
        let page = tx.fetch_all(
            "SELECT place, at, certificate, message, reception, subject, access, digest FROM audit
             WHERE institution = $1 AND place > $2 ORDER BY place LIMIT $3",
            &[&name, &last_position, &PAGE],
            read_row,
        )?;
        for row in &page {
            if let Err(fault) = verifier.check_row(row.position, &row.line().to_bytes(), &row.digest) {
                return Ok((checked, Some(fault)));
            }
            checked += 1;
            last_position = row.position;
        }
        if page.is_empty() {
            return Ok((checked, verifier.finish().err()));
        }
    }
}

fn read_row(row: &Row<'_>) -> Result<AuditRow, Error> {
    Ok(AuditRow {
        position: row.get(0)?,
        time: row.get(1)?,
        certificate: row.get(2)?,
        message: row.get(3)?,
        reception: row.get(4)?,
        subject: row.get(5)?,
        access: row.get(6)?,
        digest: row.get(7)?,
    })
}

impl AuditRow {
    fn line(&self) -> AuditLine<'_> {
        AuditLine {
            time: self.time,
            certificate: &self.certificate,
            message: &self.message,
            reception: self.reception.as_deref(),
            subject: &self.subject,
            access: &self.access,
        }
    }
}
