//! What the tables hold of one person: what is handed out on request, and what is taken away when the account is closed.
//!
//! [`TABLES`] names every table of the service, and every column of those that are about a person. A test holds it against the
//! schema, so that no table and no column is added without deciding what is exported of it and what closing an account does to it.

mod close;
mod tables;

use std::collections::BTreeMap;

use base::Timestamp;
use database::{Error, FromColumn, Transaction, Value, WrongValue};
use serde::Serialize;

use super::{Store, account, audit, desk::DoneBy};
use crate::{
    mail::Letter,
    refusal::Refusal,
    rules::patient::{MailAddress, PatientId},
};

pub(crate) use close::{CloseOutcome, Upcoming};
pub(crate) use tables::{About, Category, TABLES};

/// Closed accounts, and how to find the trail of a person.
pub(crate) const MIGRATION: database::Migration = database::Migration {
    name: "personal data",
    sql: "ALTER TABLE patient ADD COLUMN closed_at BIGINT;
CREATE INDEX audit_entry_patient ON audit_entry (patient, number);
CREATE INDEX departure_patient ON departure (patient);
CREATE INDEX picture_patient ON picture (patient);
CREATE INDEX session_subject ON session (subject);",
};

/// One row of a table, by the names of its columns.
pub(crate) type HeldRow = serde_json::Map<String, serde_json::Value>;

/// Everything that is held of one person: the file that is handed out. `docs/guide/personal-data.md` describes it.
#[derive(Debug, Serialize)]
pub(crate) struct PersonalData {
    /// Of this form.
    pub(crate) format: &'static str,
    pub(crate) made_at: Timestamp,
    /// By table.
    pub(crate) tables: BTreeMap<&'static str, Vec<HeldRow>>,
    /// Letters to the person whose text is still kept.
    pub(crate) letters: Vec<HeldLetter>,
    /// What stands in the tables and is not handed out, with the reason.
    pub(crate) withheld: Vec<WithheldColumn>,
}

#[derive(Debug, Serialize)]
pub(crate) struct HeldLetter {
    pub(crate) queued_at: Timestamp,
    pub(crate) subject: String,
    pub(crate) body: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct WithheldColumn {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) why: &'static str,
}

const FORMAT: &str = "uketsuke-personal-data-1";

/// What the page about one's own data shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeldOverview {
    /// How many records there are of each kind.
    pub(crate) counts: BTreeMap<Category, usize>,
    /// Who looked or did something, the newest first, without what the person did.
    pub(crate) trail: Vec<TrailLine>,
    /// On which day the accepted privacy notice is dated, the newest.
    pub(crate) accepted: Option<base::Date>,
}

/// One act of somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TrailLine {
    pub(crate) at: Timestamp,
    pub(crate) act: String,
    pub(crate) by: DoneBy,
}

/// How many lines of the trail the page shows. The export has all.
const TRAIL_LINES: i64 = 50;

/// A value of any column, for the export.
struct HeldValue(serde_json::Value);

impl FromColumn for HeldValue {
    fn from_column(value: Value<'_>) -> Result<Self, WrongValue> {
        Ok(Self(match value {
            Value::Null => serde_json::Value::Null,
            Value::Integer(number) => number.into(),
            Value::Text(text) => text.into_owned().into(),
            // Digests and keys are all that is kept as bytes, and neither is handed out.
            Value::Bytes(_) => return Err(WrongValue("a column of bytes is not exported".to_owned())),
        }))
    }
}

fn rows_of(
    transaction: &mut Transaction<'_>,
    rows: &tables::PersonRows,
    patient: PatientId,
) -> Result<Vec<HeldRow>, Error> {
    transaction.all(rows.select, &[&patient], |row| {
        let columns = rows.columns.split(", ").enumerate();
        columns
            .map(|(place, column)| {
                let HeldValue(value) = row.at(place)?;
                let shown = match value.as_i64() {
                    Some(moment) if rows.instants.contains(&column) => {
                        Timestamp::from_milliseconds(moment).to_string().into()
                    }
                    _ => value,
                };
                Ok((column.to_owned(), shown))
            })
            .collect()
    })
}

impl Store {
    /// How much is held of a person, and who looked at it.
    pub(crate) async fn held_overview(&self, patient: PatientId) -> Result<HeldOverview, Refusal> {
        self.database
            .read(move |transaction| {
                let mut counts = BTreeMap::new();
                for table in TABLES {
                    if let About::Person(rows) = &table.about {
                        *counts.entry(rows.category).or_default() += rows_of(transaction, rows, patient)?.len();
                    }
                }
                let trail = trail(transaction, patient)?;
                let accepted = transaction.optional(
                    "SELECT dated FROM accepted_notice WHERE patient = $1 ORDER BY at DESC, dated DESC LIMIT 1",
                    &[&patient],
                    |row| row.at(0),
                )?;
                Ok(HeldOverview { counts, trail, accepted })
            })
            .await
    }

    /// Hands out everything that is held of a person. That it was handed out is written down.
    pub(crate) async fn export_personal_data(
        &self,
        patient: PatientId,
        now: Timestamp,
    ) -> Result<PersonalData, Refusal> {
        let store = self.clone();
        let (address, tables) = self
            .database
            .write(move |transaction| {
                let person = account::person(transaction, patient)?.ok_or(Refusal::NotFound)?;
                note(transaction, &store, patient, "account.export", now)?;
                let mut tables = BTreeMap::new();
                for table in TABLES {
                    if let About::Person(rows) = &table.about {
                        tables.insert(table.name, rows_of(transaction, rows, patient)?);
                    }
                }
                Ok::<_, Refusal>((person.mail, tables))
            })
            .await?;
        let withheld = TABLES.iter().filter_map(|table| match &table.about {
            About::Person(rows) => Some(rows.withheld.iter().map(|(column, why)| (table.name, *column, *why))),
            About::Nobody(_) => None,
        });
        let withheld = withheld.flatten().map(|(table, column, why)| WithheldColumn { table, column, why }).collect();
        Ok(PersonalData { format: FORMAT, made_at: now, tables, letters: self.letters_to(&address).await?, withheld })
    }

    /// Letters to an address whose text is still kept.
    async fn letters_to(&self, address: &MailAddress) -> Result<Vec<HeldLetter>, Refusal> {
        let letters = self.outbox().await?;
        let addressed = letters.into_iter().filter(|kept| kept.letter.to == address.as_str());
        Ok(addressed
            .map(|kept| {
                let Letter { subject, body, .. } = kept.letter;
                HeldLetter { queued_at: kept.queued_at, subject, body }
            })
            .collect())
    }
}

fn note(
    transaction: &mut Transaction<'_>,
    store: &Store,
    patient: PatientId,
    act: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let actor = account::subject(patient);
    let entry = audit::Entry { actor: &actor, act, patient: Some(patient), about: None };
    audit::record(transaction, &store.seal.audit_key(), now, &entry)
}

fn trail(transaction: &mut Transaction<'_>, patient: PatientId) -> Result<Vec<TrailLine>, Error> {
    transaction.all(
        "SELECT e.at, e.act, s.name FROM audit_entry e LEFT JOIN staff s ON e.actor = 'staff:' || s.id
         WHERE e.patient = $1 AND e.actor NOT LIKE 'patient:%' ORDER BY e.number DESC LIMIT $2",
        &[&patient, &TRAIL_LINES],
        |row| {
            let name: Option<String> = row.at(2)?;
            Ok(TrailLine { at: row.at(0)?, act: row.at(1)?, by: name.map_or(DoneBy::Service, DoneBy::Desk) })
        },
    )
}

#[cfg(test)]
mod tests;
