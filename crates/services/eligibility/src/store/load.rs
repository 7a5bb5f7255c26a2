//! Bulk load of persons: rows are made outside of the transaction, and appended to their tables together.

use std::collections::HashSet;

use base::InsurerNumber;
use database::{Error, Rows, Transaction};

use super::{
    history::{self, Phrasebook},
    person,
};
use crate::{NewPerson, PersonId};

/// The source of the persons that a store has loaded, and how many they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedSource {
    /// As [`PersonSource::source_name`](crate::PersonSource::source_name) names it.
    pub name: String,
    /// How many persons are loaded, from number 0 on.
    pub loaded: u64,
}

/// The progress of a load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LoadState {
    pub(crate) source: LoadedSource,
    /// Whether the index of documents exists; it is dropped while very many persons are loaded.
    pub(crate) indexed: bool,
}

/// Makes rows of persons.
pub(crate) struct Packer {
    insurers: HashSet<InsurerNumber>,
    phrasebook: Phrasebook,
}

/// Consecutive persons, as rows.
pub(crate) struct Batch {
    first: u64,
    end: u64,
    /// How many phrases the store must have for the numbers of the new ones.
    phrases_before: u64,
    insurers: Vec<(InsurerNumber, String)>,
    /// In the order of the foreign keys between their tables.
    rows: [Rows; 6],
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InsertOutcome {
    Inserted,
    /// Another process has inserted persons there.
    LoadedByAnother,
    /// Somebody has added phrases, with the numbers that this batch gives to others.
    PhrasesChanged,
}

impl Packer {
    pub(crate) fn read(tx: &mut Transaction<'_>) -> Result<Self, Error> {
        Ok(Self { insurers: HashSet::new(), phrasebook: Phrasebook::read(tx)? })
    }

    /// The rows of persons from the number `first` on. Batches must be inserted in the order in which they were packed.
    pub(crate) fn pack(&mut self, first: u64, people: impl Iterator<Item = NewPerson>) -> Batch {
        let (mut persons, mut coverages) = (person::person_rows(), person::coverage_rows());
        let (mut limits, mut diseases) = (person::limit_rows(), person::disease_rows());
        let mut histories = history::history_rows();
        let (mut insurers, mut end) = (Vec::new(), first);
        let phrases_before = self.phrasebook.len();
        for new in people {
            let id = PersonId::from_load(end);
            for coverage in &new.coverages {
                if self.insurers.insert(coverage.insurer) {
                    insurers.push((coverage.insurer, coverage.insurer_name.clone()));
                }
            }
            person::push_person(&mut persons, id, &new.person);
            person::push_coverages(&mut coverages, id, &new.coverages);
            person::push_limits(&mut limits, id, &new.limits);
            person::push_diseases(&mut diseases, id, &new.specific_diseases);
            history::push_history(&mut histories, id, new.records, &mut self.phrasebook);
            end += 1;
        }
        let rows = [self.phrasebook.take_new_rows(), persons, coverages, limits, diseases, histories];
        Batch { first, end, phrases_before, insurers, rows }
    }
}

impl Batch {
    /// How many persons are loaded once it is inserted.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }
}

/// The progress of the load in this store.
pub(crate) fn find_load_state(tx: &mut Transaction<'_>) -> Result<Option<LoadState>, Error> {
    tx.fetch_optional("SELECT source, loaded, indexed FROM person_load WHERE one = 1", &[], |row| {
        let loaded: i64 = row.get(1)?;
        let source = LoadedSource { name: row.get(0)?, loaded: loaded.unsigned_abs() };
        Ok(LoadState { source, indexed: row.get(2)? })
    })
}

/// Begins the load from a source; returns the stored state if one was begun before.
pub(crate) fn begin_load(tx: &mut Transaction<'_>, source: &str) -> Result<LoadState, Error> {
    tx.execute(
        "INSERT INTO person_load (one, source, loaded, indexed) VALUES (1, $1, 0, 1) ON CONFLICT DO NOTHING",
        &[&source],
    )?;
    let begun = LoadedSource { name: source.to_owned(), loaded: 0 };
    Ok(find_load_state(tx)?.unwrap_or(LoadState { source: begun, indexed: true }))
}

/// Inserts a batch after those before it.
pub(crate) fn insert_batch(tx: &mut Transaction<'_>, batch: &Batch) -> Result<InsertOutcome, Error> {
    let loaded = find_load_state(tx)?.map(|state| state.source.loaded);
    if loaded != Some(batch.first) {
        return Ok(InsertOutcome::LoadedByAnother);
    }
    if history::count_phrases(tx)? != batch.phrases_before {
        return Ok(InsertOutcome::PhrasesChanged);
    }
    tx.execute("UPDATE person_load SET loaded = $1 WHERE one = 1", &[&batch.end.cast_signed()])?;
    for (number, name) in &batch.insurers {
        person::upsert_insurer(tx, *number, name)?;
    }
    batch.rows.iter().try_for_each(|rows| tx.append(rows))?;
    Ok(InsertOutcome::Inserted)
}

/// Drops the index of documents: sorting at the end is far quicker than inserting at random positions.
pub(crate) fn drop_document_index(tx: &mut Transaction<'_>) -> Result<(), Error> {
    tx.execute("UPDATE person_load SET indexed = 0 WHERE one = 1", &[])?;
    tx.execute("DROP INDEX IF EXISTS coverage_document", &[]).map(|_| ())
}

/// Creates the index of documents again.
pub(crate) fn create_document_index(tx: &mut Transaction<'_>) -> Result<(), Error> {
    tx.disable_statement_timeout()?;
    tx.execute("CREATE INDEX IF NOT EXISTS coverage_document ON coverage (document)", &[])?;
    tx.execute("UPDATE person_load SET indexed = 1 WHERE one = 1", &[]).map(|_| ())
}
