//! Bulk load of persons: rows are made outside of the transaction, and appended to their tables together.

use std::collections::HashSet;

use base::{Date, InsurerNumber};
use database::{Error, Rows, Transaction};

use super::{
    history::{Phrasebook, pack},
    person::{self, FIRST_OF_NATION},
};
use crate::{NewPerson, PersonId, Refusal};

/// The progress of the load of a nation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LoadState {
    pub(crate) seed: u32,
    pub(crate) day: Date,
    /// How many persons are loaded, from the first on.
    pub(crate) loaded: u64,
    /// Whether the index of documents exists; it is dropped while very many persons are loaded.
    pub(crate) indexed: bool,
}

/// Makes rows of persons.
pub(crate) struct Packer {
    insurers: HashSet<InsurerNumber>,
    phrasebook: Phrasebook,
}

/// Consecutive persons of a nation, as rows.
pub(crate) struct Batch {
    first: u64,
    end: u64,
    insurers: Vec<(InsurerNumber, String)>,
    /// In the order of the foreign keys between their tables.
    rows: [Rows; 6],
}

impl Packer {
    pub(crate) fn read(tx: &mut Transaction<'_>) -> Result<Self, Error> {
        Ok(Self { insurers: HashSet::new(), phrasebook: Phrasebook::read(tx)? })
    }

    /// The rows of persons from the number `first` on. Batches must be inserted in the order in which they were packed.
    pub(crate) fn pack(&mut self, first: u64, people: impl Iterator<Item = NewPerson>) -> Batch {
        let (mut persons, mut coverages) = (person::person_rows(), person::coverage_rows());
        let (mut limits, mut diseases) = (person::limit_rows(), person::disease_rows());
        let mut histories = Rows::new("history", &["person", "records"]);
        let (mut insurers, mut end) = (Vec::new(), first);
        for new in people {
            let id = PersonId(FIRST_OF_NATION.saturating_add_unsigned(end));
            for coverage in &new.coverages {
                if self.insurers.insert(coverage.insurer) {
                    insurers.push((coverage.insurer, coverage.insurer_name.clone()));
                }
            }
            person::push_person(&mut persons, id, &new.person);
            person::push_coverages(&mut coverages, id, &new.coverages);
            person::push_limits(&mut limits, id, &new.limits);
            person::push_diseases(&mut diseases, id, &new.specific_diseases);
            if let Some(records) = pack(new.records, &mut self.phrasebook) {
                histories.push(&[&id, &records]);
            }
            end += 1;
        }
        let rows = [self.phrasebook.take_new_rows(), persons, coverages, limits, diseases, histories];
        Batch { first, end, insurers, rows }
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
    tx.fetch_optional("SELECT seed, day, loaded, indexed FROM nation WHERE one = 1", &[], |row| {
        let loaded: i64 = row.get(2)?;
        Ok(LoadState { seed: row.get(0)?, day: row.get(1)?, loaded: loaded.unsigned_abs(), indexed: row.get(3)? })
    })
}

/// Begins the load of a nation; returns the stored state if it was begun before.
pub(crate) fn begin_load(tx: &mut Transaction<'_>, seed: u32, day: Date) -> Result<LoadState, Error> {
    tx.execute(
        "INSERT INTO nation (one, seed, day, loaded, indexed) VALUES (1, $1, $2, 0, 1) ON CONFLICT DO NOTHING",
        &[&seed, &day],
    )?;
    Ok(find_load_state(tx)?.unwrap_or(LoadState { seed, day, loaded: 0, indexed: true }))
}

/// Inserts a batch after those before it. Refused if another process has inserted one there.
pub(crate) fn insert_batch(tx: &mut Transaction<'_>, batch: &Batch) -> Result<(), Refusal> {
    let advanced = tx.execute(
        "UPDATE nation SET loaded = $2 WHERE one = 1 AND loaded = $1",
        &[&batch.first.cast_signed(), &batch.end.cast_signed()],
    )?;
    if advanced == 0 {
        return Err(Refusal::AlreadyExists("part of the nation"));
    }
    for (number, name) in &batch.insurers {
        person::upsert_insurer(tx, *number, name)?;
    }
    batch.rows.iter().try_for_each(|rows| tx.append(rows)).map_err(Refusal::from)
}

/// Drops the index of documents: sorting at the end is far quicker than inserting at random positions.
pub(crate) fn drop_document_index(tx: &mut Transaction<'_>) -> Result<(), Error> {
    tx.execute("UPDATE nation SET indexed = 0 WHERE one = 1", &[])?;
    tx.execute("DROP INDEX IF EXISTS coverage_document", &[]).map(|_| ())
}

/// Creates the index of documents again.
pub(crate) fn create_document_index(tx: &mut Transaction<'_>) -> Result<(), Error> {
    tx.disable_statement_timeout()?;
    tx.execute("CREATE INDEX IF NOT EXISTS coverage_document ON coverage (document)", &[])?;
    tx.execute("UPDATE nation SET indexed = 1 WHERE one = 1", &[]).map(|_| ())
}
