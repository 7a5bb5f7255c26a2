//! Records that an earlier version stored as rows of JSON. They are packed when the store is opened.

use base::Date;
use database::{Error, Transaction};
use serde::de::DeserializeOwned;

use super::{
    coded::{column_error, read},
    history::{self, Phrasebook},
};
use crate::{PersonId, Record, RecordContent};

/// How many persons one transaction packs.
const PERSONS_AT_ONCE: i64 = 200;

/// Whether there are records that have to be packed.
pub(crate) fn has_earlier_records(tx: &mut Transaction<'_>) -> Result<bool, Error> {
    let found = tx.fetch_optional("SELECT person FROM earlier_record LIMIT 1", &[], |row| row.get::<PersonId>(0))?;
    Ok(found.is_some())
}

/// Packs the records of some persons.
pub(crate) fn pack_earlier_records(tx: &mut Transaction<'_>) -> Result<(), Error> {
    let people: Vec<PersonId> = tx.fetch_all(
        "SELECT DISTINCT person FROM earlier_record ORDER BY person LIMIT $1",
        &[&PERSONS_AT_ONCE],
        |row| row.get(0),
    )?;
    let (mut phrasebook, mut histories) = (Phrasebook::read(tx)?, history::history_rows());
    for person in &people {
        // Of one day, what was packed before comes first, as it was read before.
        let mut records = history::list_all_records(tx, *person)?;
        records.extend(list_earlier_records(tx, *person)?);
        tx.execute("DELETE FROM history WHERE person = $1", &[person])?;
        tx.execute("DELETE FROM earlier_record WHERE person = $1", &[person])?;
        history::push_history(&mut histories, *person, records, &mut phrasebook);
    }
    tx.append(&phrasebook.take_new_rows())?;
    tx.append(&histories)
}

fn list_earlier_records(tx: &mut Transaction<'_>, person: PersonId) -> Result<Vec<Record>, Error> {
    tx.fetch_all(
        "SELECT item, day, content FROM earlier_record WHERE person = $1 ORDER BY day, place",
        &[&person],
        |row| {
            let (item, day): (u32, Date) = (row.get(0)?, row.get(1)?);
            let content = match item {
                0 => RecordContent::Operation(read(row, 2, parse_json)?),
                1 => RecordContent::Treatment(read(row, 2, parse_json)?),
                2 => RecordContent::Medicine(read(row, 2, parse_json)?),
                3 => RecordContent::CheckUp(read(row, 2, parse_json)?),
                _ => return Err(column_error(0)),
            };
            Ok(Record { day, content })
        },
    )
}

fn parse_json<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}
