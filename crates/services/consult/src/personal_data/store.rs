//! The personal data of an account and of the patients for whom it acts: its export on request, and its deletion when the account is closed.
//!
//! [`TABLES`] lists every table of the service, and every column of those about a person. A test compares it with the schema,
//! so that a new table or column needs a decision on its export and on the effect of closing an account.

mod close;
pub(crate) mod tables;

use std::collections::BTreeMap;

use base::Timestamp;
use database::{Error, FromColumn, Transaction, Value, WrongValue};
use serde::Serialize;

use tables::{DataCategory, HeldRows, TABLES, TableSubject};

use crate::{
    audit::{
        rules::{
            AuditActor,
            action::{AccountAction, AuditAction},
        },
        store::record_account_action,
    },
    mail::{letter::Letter, store::OutboxLetter},
    people::{
        self,
        rules::account::{Account, AccountId},
        store::patients_of_account,
    },
    refusal::Refusal,
    store::Store,
};

/// A row of a table, by the names of its columns.
pub(crate) type HeldRow = serde_json::Map<String, serde_json::Value>;

/// The export of all personal data behind an account, as described in `docs/guide/personal-data.md`.
#[derive(Debug, Serialize)]
pub(crate) struct PersonalData {
    /// [`FORMAT`].
    pub(crate) format: &'static str,
    pub(crate) made_at: Timestamp,
    /// Rows by table.
    pub(crate) tables: BTreeMap<&'static str, Vec<HeldRow>>,
    /// Letters to the account whose text is still stored.
    pub(crate) letters: Vec<HeldLetter>,
    /// Columns that are not exported, with the reason.
    pub(crate) withheld: Vec<WithheldColumn>,
}

#[derive(Debug, Serialize)]
pub(crate) struct HeldLetter {
    pub(crate) queued_at: Timestamp,
    pub(crate) subject: String,
    pub(crate) body: String,
}

impl From<OutboxLetter> for HeldLetter {
    fn from(OutboxLetter { letter: Letter { subject, body, .. }, queued_at }: OutboxLetter) -> Self {
        Self { queued_at, subject, body }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct WithheldColumn {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) why: &'static str,
}

const FORMAT: &str = "uketsuke-personal-data-1";

/// The content of the page about personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeldOverview {
    /// The number of records by category.
    pub(crate) counts: BTreeMap<DataCategory, u32>,
    /// Accesses and changes by others, newest first.
    pub(crate) audit_trail: Vec<PatientAuditEntry>,
    /// The date of the privacy notice that was accepted last.
    pub(crate) accepted_notice_date: Option<base::Date>,
}

/// An access or change by somebody other than the holder of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PatientAuditEntry {
    pub(crate) occurred_at: Timestamp,
    pub(crate) action: AuditAction,
    pub(crate) actor: AuditActor,
}

/// How many entries of the trail the page shows. The export has all.
const MAX_AUDIT_ENTRIES: i64 = 50;

/// A value of any column, for the export.
struct HeldValue(serde_json::Value);

impl FromColumn for HeldValue {
    fn from_column(value: Value<'_>) -> Result<Self, WrongValue> {
        Ok(Self(match value {
            Value::Null => serde_json::Value::Null,
            Value::Integer(number) => number.into(),
            Value::Text(text) => text.into_owned().into(),
            // Only digests and keys are stored as bytes, and neither is exported.
            Value::Bytes(_) => return Err(WrongValue("a column of bytes is not exported".to_owned())),
        }))
    }
}

/// The ids that the rows of a table are found by: the account's, or those of the patients for whom it acts. None for tables about
/// nobody.
fn list_subjects<'t>(subject: &'t TableSubject, account: &Account) -> Option<(&'t HeldRows, Vec<String>)> {
    match subject {
        TableSubject::Patient(rows) => {
            Some((rows, account.patients.iter().map(|acts_for| acts_for.patient.id.to_string()).collect()))
        }
        TableSubject::Account(rows) => Some((rows, vec![account.id.to_string()])),
        TableSubject::Nobody(_) => None,
    }
}

fn load_rows(transaction: &mut Transaction<'_>, rows: &HeldRows, subject: &str) -> Result<Vec<HeldRow>, Error> {
    transaction.fetch_all(rows.select, &[&subject], |row| {
        let columns = rows.columns.split(", ").enumerate();
        columns
            .map(|(index, column)| {
                let HeldValue(value) = row.get(index)?;
                let exported = match value.as_i64() {
                    Some(milliseconds) if rows.instants.contains(&column) => {
                        Timestamp::from_milliseconds(milliseconds).to_string().into()
                    }
                    _ => value,
                };
                Ok((column.to_owned(), exported))
            })
            .collect()
    })
}

impl Store {
    /// The numbers of records behind an account, and who has accessed them.
    pub(crate) async fn load_held_overview(&self, account: AccountId) -> Result<HeldOverview, Refusal> {
        self.database
            .read(move |transaction| {
                let account = people::store::find_account(transaction, account)?.ok_or(Refusal::NotFound)?;
                let mut counts = BTreeMap::new();
                for (rows, subjects) in TABLES.iter().filter_map(|table| list_subjects(&table.subject, &account)) {
                    for subject in subjects {
                        let count: u32 = transaction.fetch_one(rows.count, &[&subject], |row| row.get(0))?;
                        *counts.entry(rows.category).or_default() += count;
                    }
                }
                let audit_trail = list_audit_entries(transaction, account.id)?;
                let accepted_notice_date = transaction.fetch_optional(
                    "SELECT dated FROM accepted_notice WHERE account = $1 ORDER BY at DESC, dated DESC LIMIT 1",
                    &[&account.id],
                    |row| row.get(0),
                )?;
                Ok(HeldOverview { counts, audit_trail, accepted_notice_date })
            })
            .await
    }

    /// Exports all personal data behind an account. The export is audited.
    pub(crate) async fn export_personal_data(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<PersonalData, Refusal> {
        let store = self.clone();
        let (address, tables) = self
            .database
            .write(move |transaction| {
                let account = people::store::find_account(transaction, account)?.ok_or(Refusal::NotFound)?;
                record_audit(transaction, &store, &account, AccountAction::Export, now)?;
                let mut tables = BTreeMap::new();
                for table in TABLES {
                    let Some((rows, subjects)) = list_subjects(&table.subject, &account) else { continue };
                    let mut all = Vec::new();
                    for subject in subjects {
                        all.extend(load_rows(transaction, rows, &subject)?);
                    }
                    tables.insert(table.name, all);
                }
                Ok::<_, Refusal>((account.mail, tables))
            })
            .await?;
        let withheld = TABLES.iter().filter_map(|table| match &table.subject {
            TableSubject::Patient(rows) | TableSubject::Account(rows) => {
                Some(rows.withheld.iter().map(|(column, why)| (table.name, *column, *why)))
            }
            TableSubject::Nobody(_) => None,
        });
        let withheld = withheld.flatten().map(|(table, column, why)| WithheldColumn { table, column, why }).collect();
        Ok(PersonalData {
            format: FORMAT,
            made_at: now,
            tables,
            letters: self.list_letters_to(address).await?.into_iter().map(HeldLetter::from).collect(),
            withheld,
        })
    }
}

/// Records what an account did with its data, for each patient whose data that is.
fn record_audit(
    transaction: &mut Transaction<'_>,
    store: &Store,
    account: &Account,
    action: AccountAction,
    now: Timestamp,
) -> Result<(), Error> {
    let actor = people::store::session_subject(account.id);
    if account.patients.is_empty() {
        return record_account_action(transaction, store, (&actor, None), action, now);
    }
    for acts_for in &account.patients {
        record_account_action(transaction, store, (&actor, Some(acts_for.patient.id)), action, now)?;
    }
    Ok(())
}

/// What others did with the data of the patients for whom an account acts. Rows of the account itself say `account:`, and older
/// ones `patient:`.
fn list_audit_entries(transaction: &mut Transaction<'_>, account: AccountId) -> Result<Vec<PatientAuditEntry>, Error> {
    let reader = people::store::session_subject(account);
    transaction.fetch_all(
        concat!(
            "SELECT e.at, e.act, s.name, e.actor FROM audit_entry e LEFT JOIN staff s ON e.actor = 'staff:' || s.id
             WHERE e.patient IN ",
            patients_of_account!("$1"),
            " AND e.actor <> $2 AND e.actor NOT LIKE 'patient:%' ORDER BY e.at DESC, e.number DESC LIMIT $3"
        ),
        &[&account, &reader, &MAX_AUDIT_ENTRIES],
        |row| {
            let (name, actor): (Option<String>, String) = (row.get(2)?, row.get(3)?);
            Ok(PatientAuditEntry {
                occurred_at: row.get(0)?,
                action: row.get(1)?,
                actor: AuditActor::from_stored(name, &actor, Some(&reader)),
            })
        },
    )
}
