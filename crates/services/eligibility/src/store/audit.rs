//! The audit: which institution read what, in an order that cannot be changed unnoticed without the key.
//!
//! The rows of an institution are a chain ([`audit::AuditChain`]) with the institution's code as its name; the roll of the
//! chains has no name.

use audit::{AuditTable, RowPosition, StoredRow};
use base::{InstitutionCode, Key, ReceptionNumber, Timestamp};
use database::{Error, Row, Transaction};

use crate::{
    Fingerprint,
    rules::access::{Access, Subject},
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
            Self::Access(access) => access.as_str(),
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

/// The name of the roll: the chain of the institutions that have one.
const ROLL: &str = "";

/// The content of a row.
pub(crate) struct AuditLine<'a> {
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

/// The table of what institutions read and changed.
pub(crate) enum InstitutionAudit {}

impl AuditTable for InstitutionAudit {
    type Entry<'a> = AuditLine<'a>;

    fn encode_entry(entry: &AuditLine<'_>) -> Vec<u8> {
        entry.to_bytes()
    }

    fn insert_row(tx: &mut Transaction<'_>, row: &RowPosition<'_>, line: &AuditLine<'_>) -> Result<(), Error> {
        tx.execute(
            "INSERT INTO audit (institution, place, at, certificate, message, reception, subject, access, digest)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                &row.chain,
                &row.number,
                &line.time,
                &line.certificate,
                &line.message,
                &line.reception,
                &line.subject,
                &line.access,
                &row.digest,
            ],
        )
        .map(|_| ())
    }

    fn list_rows(tx: &mut Transaction<'_>, chain: &str, after: i64, limit: i64) -> Result<Vec<StoredRow>, Error> {
        tx.fetch_all(
            "SELECT place, at, certificate, message, reception, subject, access, digest FROM audit
             WHERE institution = $1 AND place > $2 ORDER BY place LIMIT $3",
            &[&chain, &after, &limit],
            read_row,
        )
    }

    fn find_last_position(tx: &mut Transaction<'_>, chain: &str) -> Result<i64, Error> {
        tx.fetch_one("SELECT COALESCE(MAX(place), 0) FROM audit WHERE institution = $1", &[&chain], |row| row.get(0))
    }

    fn list_chains(tx: &mut Transaction<'_>) -> Result<Vec<String>, Error> {
        tx.fetch_all("SELECT DISTINCT institution FROM audit ORDER BY institution", &[], |row| row.get(0))
    }

    fn find_roll(_: &mut Transaction<'_>) -> Result<String, Error> {
        Ok(ROLL.to_owned())
    }

    fn roll_entry<'a>(chain: &'a str, first: &AuditLine<'_>) -> AuditLine<'a> {
        AuditLine { time: first.time, certificate: &[], message: "opened", reception: None, subject: chain, access: "" }
    }

    fn list_opened_chains(tx: &mut Transaction<'_>, roll: &str) -> Result<Vec<String>, Error> {
        tx.fetch_all("SELECT subject FROM audit WHERE institution = $1 ORDER BY place", &[&roll], |row| row.get(0))
    }
}

fn read_row(row: &Row<'_>) -> Result<StoredRow, Error> {
    let (certificate, message): (Vec<u8>, String) = (row.get(2)?, row.get(3)?);
    let (reception, subject, access): (Option<String>, String, String) = (row.get(4)?, row.get(5)?, row.get(6)?);
    let line = AuditLine {
        time: row.get(1)?,
        certificate: &certificate,
        message: &message,
        reception: reception.as_deref(),
        subject: &subject,
        access: &access,
    };
    Ok(StoredRow { number: row.get(0)?, encoded: line.to_bytes(), digest: row.get(7)? })
}

/// Locks the chain of a calling institution, before anything is looked up.
pub(super) fn lock_chain(tx: &mut Transaction<'_>, institution: InstitutionCode) -> Result<audit::LockedChain, Error> {
    audit::lock_chain(tx, institution.to_string())
}

/// Appends entries to the institution's chain.
pub(super) fn append_entries(
    tx: &mut Transaction<'_>,
    key: &Key,
    chain: audit::LockedChain,
    entries: &[AuditEntry],
) -> Result<(), Error> {
    let numbers: Vec<_> = entries.iter().map(|entry| entry.reception.map(|number| number.to_string())).collect();
    let lines = entries.iter().zip(&numbers).map(|(entry, number)| AuditLine {
        time: entry.time.milliseconds(),
        certificate: entry.certificate.as_bytes(),
        message: entry.message,
        reception: number.as_deref(),
        subject: entry.subject.key(),
        access: entry.outcome.key(),
    });
    let lines: Vec<_> = lines.collect();
    audit::append_entries::<InstitutionAudit>(tx, key, chain, &lines)
}
