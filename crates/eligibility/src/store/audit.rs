//! Who read what, in an order that nobody without the key can change unseen.
//!
//! The rows of an institution are a [`base::AuditChain`], whose end stands in the institution's head. Which institutions have
//! a chain stands in a chain of its own, the roll, so that a whole chain cannot vanish.

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

/// One reading or one change, or one attempt at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuditEntry {
    pub(crate) time: Timestamp,
    pub(crate) certificate: Fingerprint,
    /// The message that asked, by the beginning of its file's name.
    pub(crate) message: &'static str,
    pub(crate) reception: Option<ReceptionNumber>,
    pub(crate) subject: AuditSubject,
    pub(crate) outcome: AuditOutcome,
}

/// What an ask was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuditSubject {
    /// A person's data.
    Data(Subject),
    /// The file as a whole: it was refused before anything was looked up.
    File,
    /// A list of receptions.
    List,
    /// 閲覧同意取り消し: what a patient lets the institution see.
    Consents,
    /// 医療機関別URL変更: the institution's fixed URL.
    FixedUrl,
    /// 医療機関環境設定情報更新: the institution's settings.
    Settings,
}

/// What became of an ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuditOutcome {
    /// As the rule of reading has it.
    Access(Access),
    /// It was refused for another reason.
    Refused(oqs::ResultCode),
    /// It was changed.
    Changed,
}

impl AuditSubject {
    /// Its word in records. It never changes.
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
    /// Its word in records. It never changes.
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

/// What a check of the audit found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    /// How many institutions have rows.
    pub institutions: usize,
    /// How many rows were checked.
    pub rows: usize,
    /// The first row at fault of each chain that has one.
    pub faults: Vec<AuditFault>,
    /// Where each whole chain ends now, to be kept elsewhere. A chain is named by its institution; the roll has no name.
    pub anchors: Vec<ChainAnchor>,
}

/// A row at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFault {
    /// Whose row; empty for the roll of institutions.
    pub institution: String,
    /// Its place, counted from 1.
    pub position: i64,
    /// What is wrong.
    pub kind: ChainFaultKind,
}

/// A row as it stands, not believed.
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

/// The chain of the institutions that have one.
const ROLL: &str = "";

/// What a row of any chain says.
struct AuditLine<'a> {
    time: i64,
    certificate: &'a [u8],
    message: &'a str,
    reception: Option<&'a str>,
    subject: &'a str,
    access: &'a str,
}

impl AuditLine<'_> {
    /// The row in its chain. Every field stands behind its length, so that no two rows are written alike.
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(192);
        bytes.extend(self.time.to_be_bytes());
        let texts = [self.message, self.reception.unwrap_or_default(), self.subject, self.access].map(str::as_bytes);
        for field in [self.certificate].into_iter().chain(texts) {
            bytes.extend((field.len() as u64).to_be_bytes());
            bytes.extend(field);
        }
        // Nothing said is another thing than an empty text.
        bytes.push(u8::from(self.reception.is_some()));
        bytes
    }
}

/// An institution's chain, taken: nobody else writes to it before this transaction ends.
pub(crate) struct LockedChain {
    institution: String,
    /// `None` where it has no chain yet.
    end: Option<ChainEnd>,
}

/// Takes the chain of an institution that asks. Done before anything is looked up: of two asks at once the second waits
/// here, and where the engine has it run again it has done little.
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

/// Writes rows behind the institution's last one.
pub(crate) fn append_entries(
    tx: &mut Transaction<'_>,
    key: &Key,
    taken: LockedChain,
    entries: &[AuditEntry],
) -> Result<(), Error> {
    let Some(first) = entries.first() else { return Ok(()) };
    let LockedChain { institution, end } = taken;
    let numbers: Vec<_> = entries.iter().map(|entry| entry.reception.map(|number| number.to_string())).collect();
    let lines = entries.iter().zip(&numbers).map(|(entry, number)| AuditLine {
        time: entry.time.milliseconds(),
        certificate: entry.certificate.as_bytes(),
        message: entry.message,
        reception: number.as_deref(),
        subject: entry.subject.key(),
        access: entry.outcome.key(),
    });
    let began = append_lines(tx, key, &institution, end, lines)?;
    if began {
        let opened = AuditLine {
            time: first.time.milliseconds(),
            certificate: &[],
            message: "opened",
            reception: None,
            subject: &institution,
            access: "",
        };
        append_lines(tx, key, ROLL, None, [opened].into_iter())?;
    }
    Ok(())
}

/// Puts rows behind the end of a chain. Tells whether it had none before.
fn append_lines<'a>(
    tx: &mut Transaction<'_>,
    key: &Key,
    chain: &str,
    taken: Option<ChainEnd>,
    lines: impl Iterator<Item = AuditLine<'a>>,
) -> Result<bool, Error> {
    let (name, chain) = (chain, AuditChain::new(key.clone(), chain));
    let mut end = if let Some(end) = taken {
        end
    } else {
        let beginning = chain.empty_end();
        tx.fetch_one(
            "INSERT INTO audit_head (institution, place, digest, seal) VALUES ($1, 0, $2, $3)
             ON CONFLICT (institution) DO UPDATE SET place = audit_head.place RETURNING place, digest, seal",
            &[&name, &beginning.digest, &beginning.mac],
            chain_end,
        )?
    };
    let began = end.position == 0;
    if !chain.is_valid_end(&end) {
        tracing::error!(institution = name, end.position, "the end of an audit chain was changed from outside");
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
    Ok(began)
}

/// Checks every row of every chain, and what was kept elsewhere of them.
pub(crate) fn verify(tx: &mut Transaction<'_>, key: &Key, kept: &[ChainAnchor]) -> Result<AuditReport, Error> {
    let heads =
        tx.fetch_all("SELECT institution, place, digest, seal FROM audit_head ORDER BY institution", &[], |row| {
            Ok((row.get::<String>(0)?, ChainEnd { position: row.get(1)?, digest: row.get(2)?, mac: row.get(3)? }))
        })?;
    let heads: BTreeMap<_, _> = heads.into_iter().collect();
    let named =
        tx.fetch_all("SELECT DISTINCT institution FROM audit ORDER BY institution", &[], |row| row.get::<String>(0))?;
    let opened = tx.fetch_all("SELECT subject FROM audit WHERE institution = $1 ORDER BY place", &[&ROLL], |row| {
        row.get::<String>(0)
    })?;
    let mut report = AuditReport { institutions: 0, rows: 0, faults: Vec::new(), anchors: Vec::new() };
    let whole: BTreeMap<&str, Option<&ChainEnd>> = heads
        .iter()
        .map(|(name, head)| (name.as_str(), Some(head)))
        .chain(named.iter().chain(&opened).filter(|name| !heads.contains_key(*name)).map(|name| (name.as_str(), None)))
        .collect();
    for (name, head) in whole {
        let on_roll = opened.iter().filter(|opened| *opened == name).count();
        let what = match (head, on_roll) {
            // Rows without a head, or a head that no roll has, were never written; a chain that began twice was taken away.
            (None, 0) => Some(ChainFaultKind::Added),
            (Some(_), 0) if name != ROLL => Some(ChainFaultKind::Added),
            (None, _) | (Some(_), 2..) => Some(ChainFaultKind::Missing),
            _ => None,
        };
        if let Some(what) = what {
            report.faults.push(AuditFault { institution: name.to_owned(), position: 1, kind: what });
            continue;
        }
        let Some(head) = head else { continue };
        let chain = AuditChain::new(key.clone(), name);
        let anchor = kept.iter().find(|anchor| anchor.chain == name);
        let (rows, fault) = verify_chain(tx, name, chain.verifier(head.clone(), anchor))?;
        if name != ROLL {
            report.institutions += 1;
            report.rows += rows;
        }
        if let Some(ChainFault { position: place, kind: what }) = fault {
            report.faults.push(AuditFault { institution: name.to_owned(), position: place, kind: what });
        } else {
            report.anchors.push(chain.anchor(head));
        }
    }
    let gone = |anchor: &&ChainAnchor| !heads.contains_key(&anchor.chain);
    for anchor in kept.iter().filter(gone) {
        let known = report.faults.iter().any(|fault| fault.institution == anchor.chain);
        if !known {
            let institution = anchor.chain.clone();
            report.faults.push(AuditFault { institution, position: 1, kind: ChainFaultKind::Missing });
        }
    }
    Ok(report)
}

/// How many rows are checked at once, so that a long chain does not fill the memory.
const PAGE: i64 = 1000;

fn verify_chain(
    tx: &mut Transaction<'_>,
    name: &str,
    mut walk: ChainVerifier<'_>,
) -> Result<(usize, Option<ChainFault>), Error> {
    let (mut checked, mut behind) = (0, 0);
    loop {
        let page = tx.fetch_all(
            "SELECT place, at, certificate, message, reception, subject, access, digest FROM audit
             WHERE institution = $1 AND place > $2 ORDER BY place LIMIT $3",
            &[&name, &behind, &PAGE],
            read_row,
        )?;
        for row in &page {
            if let Err(fault) = walk.check_row(row.position, &row.line().to_bytes(), &row.digest) {
                return Ok((checked, Some(fault)));
            }
            checked += 1;
            behind = row.position;
        }
        if page.is_empty() {
            return Ok((checked, walk.finish().err()));
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
