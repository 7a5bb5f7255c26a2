use base::Key;
use database::{Error, Row, Transaction};

use crate::{AuditChain, ChainEnd};

/// The table of a service's audit rows.
///
/// The first row of a chain opens it; in the same transaction its name is appended to the roll, which is a chain too.
pub trait AuditTable {
    /// What a row says.
    type Entry<'a>;

    /// The fields of an entry as bytes, each preceded by its length, so that no two entries have the same bytes. Stored rows
    /// are verified by it: it never changes.
    fn encode_entry(entry: &Self::Entry<'_>) -> Vec<u8>;

    /// Inserts an entry at its position.
    fn insert_row(
        transaction: &mut Transaction<'_>,
        position: &RowPosition<'_>,
        entry: &Self::Entry<'_>,
    ) -> Result<(), Error>;

    /// At most `limit` rows of a chain after a position, in the order of their positions.
    fn list_rows(
        transaction: &mut Transaction<'_>,
        chain: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<StoredRow>, Error>;

    /// The position of the last row of a chain; 0 if it has none.
    fn find_last_position(transaction: &mut Transaction<'_>, chain: &str) -> Result<i64, Error>;

    /// The names of all chains that have rows.
    fn list_chains(transaction: &mut Transaction<'_>) -> Result<Vec<String>, Error>;

    /// The name of the roll.
    fn find_roll(transaction: &mut Transaction<'_>) -> Result<String, Error>;

    /// The entry of the roll for a chain that was opened by `first`.
    fn roll_entry<'a>(chain: &'a str, first: &Self::Entry<'_>) -> Self::Entry<'a>;

    /// The names that were appended to the roll, in their order. A roll may hold other rows too.
    fn list_opened_chains(transaction: &mut Transaction<'_>, roll: &str) -> Result<Vec<String>, Error>;
}

/// Where a row stands.
#[derive(Debug, Clone, Copy)]
pub struct RowPosition<'a> {
    pub chain: &'a str,
    /// Counted from 1.
    pub number: i64,
    /// The keyed digest of the row and of those before it.
    pub digest: &'a [u8],
}

/// A row as stored, not yet verified.
#[derive(Debug, Clone)]
pub struct StoredRow {
    /// The position in its chain, from 1.
    pub number: i64,
    /// The fields, as [`AuditTable::encode_entry`] encodes them.
    pub encoded: Vec<u8>,
    pub digest: Vec<u8>,
}

/// A locked chain: no other transaction appends to it before this one ends.
#[derive(Debug)]
pub struct LockedChain {
    name: String,
    /// `None` if it is not open yet.
    end: Option<ChainEnd>,
}

/// Locks a chain.
///
/// If it is called before anything else, the second of two concurrent transactions waits here, and if it is retried, little
/// work is repeated.
pub fn lock_chain(transaction: &mut Transaction<'_>, name: impl Into<String>) -> Result<LockedChain, Error> {
    let name = name.into();
    let end = transaction.fetch_optional(
        "UPDATE audit_head SET place = place WHERE chain = $1 RETURNING place, digest, seal",
        &[&name],
        read_end,
    )?;
    Ok(LockedChain { name, end })
}

/// Appends entries to a chain, in the transaction of what they record.
pub fn append_entries<T: AuditTable>(
    transaction: &mut Transaction<'_>,
    key: &Key,
    chain: LockedChain,
    entries: &[T::Entry<'_>],
) -> Result<(), Error> {
    let Some(first) = entries.first() else { return Ok(()) };
    let name = chain.name.clone();
    if append_rows::<T>(transaction, key, chain, entries)? == ChainState::Opened {
        let roll = T::find_roll(transaction)?;
        if roll != name {
            let roll = lock_chain(transaction, roll)?;
            append_rows::<T>(transaction, key, roll, &[T::roll_entry(&name, first)])?;
        }
    }
    Ok(())
}

/// Whether a chain had an end before rows were appended.
#[derive(PartialEq, Eq)]
enum ChainState {
    Opened,
    Continued,
}

fn append_rows<T: AuditTable>(
    transaction: &mut Transaction<'_>,
    key: &Key,
    chain: LockedChain,
    entries: &[T::Entry<'_>],
) -> Result<ChainState, Error> {
    let LockedChain { name, end } = chain;
    let chain = AuditChain::new(key.clone(), name.as_str());
    let mut end = match end {
        Some(end) => end,
        None => insert_head(transaction, &name, &chain.empty_end())?,
    };
    let state = if end.position == 0 { ChainState::Opened } else { ChainState::Continued };
    // A chain that has rows before it is opened has lost its end.
    let last_position = match state {
        ChainState::Opened => T::find_last_position(transaction, &name)?,
        ChainState::Continued => end.position,
    };
    if !chain.is_valid_end(&end) || last_position != end.position {
        tracing::error!(
            chain = name,
            position = end.position,
            "the end of an audit chain was changed outside of this program"
        );
        // Rows are appended after the last one, wherever the end was moved to: what is recorded now is not lost.
        let position = T::find_last_position(transaction, &name)?;
        end = chain.broken_end(&ChainEnd { position, ..end });
    }
    for entry in entries {
        end = chain.append_row(&end, &T::encode_entry(entry));
        let position = RowPosition { chain: &name, number: end.position, digest: &end.digest };
        T::insert_row(transaction, &position, entry)?;
    }
    transaction.execute(
        "UPDATE audit_head SET place = $2, digest = $3, seal = $4 WHERE chain = $1",
        &[&name, &end.position, &end.digest, &end.mac],
    )?;
    Ok(state)
}

/// The end of a chain without one. If another transaction opens the chain at the same time, PostgreSQL retries this one.
fn insert_head(transaction: &mut Transaction<'_>, name: &str, empty: &ChainEnd) -> Result<ChainEnd, Error> {
    transaction.fetch_one(
        "INSERT INTO audit_head (chain, place, digest, seal) VALUES ($1, 0, $2, $3)
         ON CONFLICT (chain) DO UPDATE SET place = audit_head.place RETURNING place, digest, seal",
        &[&name, &empty.digest, &empty.mac],
        read_end,
    )
}

/// The end of a chain; `None` if it is not open.
pub(crate) fn find_end(transaction: &mut Transaction<'_>, name: &str) -> Result<Option<ChainEnd>, Error> {
    transaction.fetch_optional("SELECT place, digest, seal FROM audit_head WHERE chain = $1", &[&name], read_end)
}

fn read_end(row: &Row<'_>) -> Result<ChainEnd, Error> {
    Ok(ChainEnd { position: row.get(0)?, digest: row.get(1)?, mac: row.get(2)? })
}
