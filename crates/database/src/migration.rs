use base::{Digest, Key};

use crate::{Error, dialect};

/// One step of a room's schema. Once released it is never edited: what is applied is held to its digest.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// What it does, in a word or three. Unique in its room.
    pub name: &'static str,
    /// Its statements, as PostgreSQL reads them.
    pub sql: &'static str,
}

/// Why a database could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// The engine refused or could not be reached.
    #[error(transparent)]
    Engine(#[from] Error),
    /// An applied migration reads differently today.
    #[error("migration '{0}' was changed after it had been applied; restore its text and write a new one")]
    Edited(String),
    /// The database was written by a newer program.
    #[error("the database has migration '{0}', which this program does not know; run the newer program")]
    Unknown(String),
    /// What the database holds is sealed under another key than this program has.
    #[error(
        "the database of '{0}' belongs to another master key: name the data folder that has its master.key (every node \
         shares one), restore that file from the backup, or name another database"
    )]
    OtherKey(&'static str),
    /// The server copies another one and takes no writes.
    #[cfg(feature = "postgres")]
    #[error(
        "the server is a standby and takes no writes: name the primary, or several hosts with \
         target_session_attrs=read-write in the URL"
    )]
    Standby,
    /// Something between this program and the server hands out its sessions for one transaction each.
    #[cfg(feature = "postgres")]
    #[error(
        "a connection pooler in transaction mode stands before the server, where prepared statements and settings of a \
         session reach others: set pool_mode=session, or name the server itself"
    )]
    Pooled,
    /// The server cannot be used as its URL says.
    #[cfg(feature = "postgres")]
    #[error(transparent)]
    Server(#[from] crate::WrongServer),
    /// PostgreSQL was asked of a program that was built without it.
    #[error("this program was built without PostgreSQL; build it with the feature 'postgres'")]
    NotBuiltIn,
}

/// A room's name with its migrations in order.
pub(crate) type MigrationList = (&'static str, &'static [Migration]);

/// A digest that only the holder of a key can make, kept in the database that the key belongs to. Two nodes with different
/// keys on one database would give up each other's letters and break each other's audit.
#[derive(Clone, Copy)]
pub(crate) struct KeyProof {
    service: &'static str,
    digest: Digest,
}

impl KeyProof {
    pub(crate) fn new(room: &'static str, key: &Key) -> Self {
        Self { service: room, digest: key.mac(&[b"database key proof", room.as_bytes()]) }
    }

    /// Whether this is the digest that the database holds.
    fn check(&self, stored: &[u8]) -> Result<(), MigrationError> {
        if base::constant_time_eq(stored, self.digest.as_bytes()) {
            Ok(())
        } else {
            Err(MigrationError::OtherKey(self.service))
        }
    }
}

const SELECT_PROOF: &str = "SELECT proof FROM key_proof WHERE room = $1";
const INSERT_PROOF: &str = "INSERT INTO key_proof (room, proof) VALUES ($1, $2)";

const BOOKKEEPING_TABLES: &str = "CREATE TABLE IF NOT EXISTS migration (
    room TEXT NOT NULL,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (room, number)
);
CREATE TABLE IF NOT EXISTS key_proof (
    room TEXT NOT NULL PRIMARY KEY,
    proof BYTEA NOT NULL
);
CREATE TABLE IF NOT EXISTS readiness (
    room TEXT NOT NULL PRIMARY KEY,
    checks BIGINT NOT NULL
);";

fn digest(migration: &Migration) -> String {
    hex::encode(base::digest(&[migration.sql.as_bytes()]).as_bytes())
}

/// Which of the room's migrations are still to be applied, given those that are.
fn pending_migrations(
    applied: &[(String, String)],
    migrations: &'static [Migration],
) -> Result<&'static [Migration], MigrationError> {
    for (place, (name, applied_digest)) in applied.iter().enumerate() {
        match migrations.get(place) {
            None => return Err(MigrationError::Unknown(name.clone())),
            Some(migration) if migration.name != name || digest(migration) != *applied_digest => {
                return Err(MigrationError::Edited(name.clone()));
            }
            Some(_) => {}
        }
    }
    Ok(&migrations[applied.len()..])
}

/// The numbers that follow those of what is applied; they begin at 1.
fn next_numbers(applied: &[(String, String)]) -> impl Iterator<Item = i64> + use<> {
    (1_i64..).skip(applied.len())
}

pub(crate) fn apply_to_sqlite(
    connection: &mut rusqlite::Connection,
    lists: &[MigrationList],
    proof: Option<&KeyProof>,
) -> Result<(), MigrationError> {
    let failed = |sql: &'static str| move |error| MigrationError::Engine(Error::statement(sql, error));
    let transaction = connection
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .map_err(failed("BEGIN IMMEDIATE"))?;
    transaction
        .execute_batch(&dialect::migration_for_sqlite(BOOKKEEPING_TABLES))
        .map_err(failed(BOOKKEEPING_TABLES))?;
    for (room, migrations) in lists {
        let query = "SELECT name, digest FROM migration WHERE room = ?1 ORDER BY number";
        let applied: Vec<_> = transaction
            .prepare(query)
            .and_then(|mut statement| statement.query_map([room], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
            .map_err(failed(query))?;
        for (number, migration) in next_numbers(&applied).zip(pending_migrations(&applied, migrations)?) {
            transaction.execute_batch(&dialect::migration_for_sqlite(migration.sql)).map_err(failed(migration.sql))?;
            let insert = "INSERT INTO migration (room, number, name, digest) VALUES (?1, ?2, ?3, ?4)";
            transaction.execute(insert, (room, number, migration.name, digest(migration))).map_err(failed(insert))?;
            tracing::info!(room, migration = migration.name, "the database was migrated");
        }
    }
    if let Some(proof) = proof {
        let select = dialect::statement_for_sqlite(SELECT_PROOF);
        let stored = transaction
            .prepare(&select)
            .and_then(|mut statement| {
                statement.query_map([proof.service], |row| row.get::<_, Vec<u8>>(0))?.next().transpose()
            })
            .map_err(failed(SELECT_PROOF))?;
        if let Some(stored) = stored {
            proof.check(&stored)?;
        } else {
            let insert = dialect::statement_for_sqlite(INSERT_PROOF);
            let stored = transaction.execute(&insert, (proof.service, proof.digest.as_bytes()));
            stored.map_err(failed(INSERT_PROOF))?;
        }
    }
    transaction.commit().map_err(failed("COMMIT"))
}

#[cfg(feature = "postgres")]
pub(crate) fn apply_to_postgres(
    client: &mut postgres::Client,
    lists: &[MigrationList],
    proof: Option<&KeyProof>,
) -> Result<(), MigrationError> {
    let failed = |sql: &'static str| move |error| MigrationError::Engine(Error::statement(sql, error));
    let mut transaction = client.transaction().map_err(failed("BEGIN"))?;
    // Two nodes that start at once take turns; the number is ours alone.
    let lock = "SELECT pg_advisory_xact_lock(7540)";
    transaction.batch_execute(lock).map_err(failed(lock))?;
    // A role that may use the tables and make none is enough once they are there.
    let present = "SELECT to_regclass('migration') IS NOT NULL AND to_regclass('key_proof') IS NOT NULL \
                   AND to_regclass('readiness') IS NOT NULL";
    if !transaction.query_one(present, &[]).map_err(failed(present))?.get::<_, bool>(0) {
        transaction.batch_execute(BOOKKEEPING_TABLES).map_err(failed(BOOKKEEPING_TABLES))?;
    }
    for (room, migrations) in lists {
        let query = "SELECT name, digest FROM migration WHERE room = $1 ORDER BY number";
        let rows = transaction.query(query, &[room]).map_err(failed(query))?;
        let applied: Vec<_> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        for (number, migration) in next_numbers(&applied).zip(pending_migrations(&applied, migrations)?) {
            transaction.batch_execute(migration.sql).map_err(failed(migration.sql))?;
            let insert = "INSERT INTO migration (room, number, name, digest) VALUES ($1, $2, $3, $4)";
            transaction
                .execute(insert, &[room, &number, &migration.name, &digest(migration)])
                .map_err(failed(insert))?;
            tracing::info!(room, migration = migration.name, "the database was migrated");
        }
    }
    if let Some(proof) = proof {
        let stored = transaction.query_opt(SELECT_PROOF, &[&proof.service]).map_err(failed(SELECT_PROOF))?;
        if let Some(row) = stored {
            proof.check(row.get(0))?;
        } else {
            let stored = transaction.execute(INSERT_PROOF, &[&proof.service, &proof.digest.as_bytes().as_slice()]);
            stored.map_err(failed(INSERT_PROOF))?;
        }
    }
    transaction.commit().map_err(failed("COMMIT"))
}
