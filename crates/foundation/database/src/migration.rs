use base::{Digest, Key};

use crate::{Error, dialect};

/// One step of a service's schema. Once released it is never edited: applied migrations are compared by digest.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// A short description. Unique in its service.
    pub name: &'static str,
    /// In the SQL of PostgreSQL. A line `-- only on SQLite` or `-- only on PostgreSQL` begins statements for one engine, a line
    /// `-- on both` ends them. On SQLite foreign keys are checked after all migrations, so that tables can be recreated.
    pub sql: &'static str,
}

/// Why a database could not be opened or migrated.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// The engine failed a statement or could not be reached.
    #[error(transparent)]
    Engine(#[from] Error),
    /// An applied migration was edited since.
    #[error("migration '{0}' was changed after it had been applied; restore its text and write a new one")]
    Edited(String),
    /// After the migrations a row refers to one that is missing. Nothing was changed.
    #[error("after the migrations a row of the table '{0}' refers to one that is missing; nothing was changed")]
    Dangling(String),
    /// The database was migrated by a newer program.
    #[error("the database has migration '{0}', which this program does not know; run the newer program")]
    Unknown(String),
    /// The content of the database is sealed under another key.
    #[error(
        "the database of '{0}' belongs to another master key: name the data folder that has its master.key (every node \
         shares one), restore that file from the backup, or name another database"
    )]
    OtherKey(&'static str),
    /// The server is a standby, which takes no writes.
    #[cfg(feature = "postgres")]
    #[error(
        "the server is a standby and takes no writes: name the primary, or several hosts with \
         target_session_attrs=read-write in the URL"
    )]
    Standby,
    /// A connection pooler assigns sessions per transaction.
    #[cfg(feature = "postgres")]
    #[error(
        "a connection pooler in transaction mode stands before the server, where prepared statements and settings of a \
         session reach others: set pool_mode=session, or name the server itself"
    )]
    Pooled,
    /// The server's URL is invalid, or the server cannot be used as it says.
    #[cfg(feature = "postgres")]
    #[error(transparent)]
    Server(#[from] crate::WrongServer),
    /// A PostgreSQL URL in a program that was built without the feature.
    #[error("this program was built without PostgreSQL; build it with the feature 'postgres'")]
    NotBuiltIn,
}

/// A service's name with its migrations in order.
pub(crate) type MigrationList = (&'static str, &'static [Migration]);

/// A digest that proves the key to which a database belongs, stored in that database. Two nodes with different keys on one
/// database could not open each other's letters and would break each other's audit chain.
#[derive(Clone, Copy)]
pub(crate) struct KeyProof {
    service: &'static str,
    digest: Digest,
}

impl KeyProof {
    pub(crate) fn new(service: &'static str, key: &Key) -> Self {
        Self { service, digest: key.mac(&[b"database key proof", service.as_bytes()]) }
    }

    /// Compares with the stored digest.
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

const DISABLE_FOREIGN_KEYS: &str = "PRAGMA foreign_keys = OFF";
const ENABLE_FOREIGN_KEYS: &str = "PRAGMA foreign_keys = ON";
const CHECK_FOREIGN_KEYS: &str = "PRAGMA foreign_key_check";

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

/// The migrations of a service that are not yet applied.
fn pending_migrations(
    applied: &[(String, String)],
    migrations: &'static [Migration],
) -> Result<&'static [Migration], MigrationError> {
    for (index, (name, applied_digest)) in applied.iter().enumerate() {
        match migrations.get(index) {
            None => return Err(MigrationError::Unknown(name.clone())),
            Some(migration) if migration.name != name || digest(migration) != *applied_digest => {
                return Err(MigrationError::Edited(name.clone()));
            }
            Some(_) => {}
        }
    }
    Ok(&migrations[applied.len()..])
}

/// The numbers after the applied ones; they begin at 1.
fn next_numbers(applied: &[(String, String)]) -> impl Iterator<Item = i64> + use<> {
    (1_i64..).skip(applied.len())
}

pub(crate) fn apply_to_sqlite(
    connection: &mut rusqlite::Connection,
    lists: &[MigrationList],
    proof: Option<&KeyProof>,
) -> Result<(), MigrationError> {
    let failed = |sql: &'static str| move |error| MigrationError::Engine(Error::statement(sql, error));
    // Recreating a table is the only way to alter most of it (https://www.sqlite.org/lang_altertable.html#otheralter), and
    // enforcement cannot be changed within a transaction.
    connection.execute_batch(DISABLE_FOREIGN_KEYS).map_err(failed(DISABLE_FOREIGN_KEYS))?;
    let applied = apply_in_transaction(connection, lists, proof);
    connection.execute_batch(ENABLE_FOREIGN_KEYS).map_err(failed(ENABLE_FOREIGN_KEYS))?;
    applied
}

fn apply_in_transaction(
    connection: &mut rusqlite::Connection,
    lists: &[MigrationList],
    proof: Option<&KeyProof>,
) -> Result<(), MigrationError> {
    let failed = |sql: &'static str| move |error| MigrationError::Engine(Error::statement(sql, error));
    let mut is_migrated = false;
    let transaction = connection
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .map_err(failed("BEGIN IMMEDIATE"))?;
    transaction
        .execute_batch(&dialect::migration_for_sqlite(BOOKKEEPING_TABLES))
        .map_err(failed(BOOKKEEPING_TABLES))?;
    for (service, migrations) in lists {
        let query = "SELECT name, digest FROM migration WHERE room = ?1 ORDER BY number";
        let applied: Vec<_> = transaction
            .prepare(query)
            .and_then(|mut statement| statement.query_map([service], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
            .map_err(failed(query))?;
        for (number, migration) in next_numbers(&applied).zip(pending_migrations(&applied, migrations)?) {
            transaction.execute_batch(&dialect::migration_for_sqlite(migration.sql)).map_err(failed(migration.sql))?;
            let insert = "INSERT INTO migration (room, number, name, digest) VALUES (?1, ?2, ?3, ?4)";
            transaction
                .execute(insert, (service, number, migration.name, digest(migration)))
                .map_err(failed(insert))?;
            is_migrated = true;
            tracing::info!(service, migration = migration.name, "the database was migrated");
        }
    }
    if is_migrated {
        let mut check = transaction.prepare(CHECK_FOREIGN_KEYS).map_err(failed(CHECK_FOREIGN_KEYS))?;
        let mut violations = check.query([]).map_err(failed(CHECK_FOREIGN_KEYS))?;
        if let Some(row) = violations.next().map_err(failed(CHECK_FOREIGN_KEYS))? {
            return Err(MigrationError::Dangling(row.get(0).map_err(failed(CHECK_FOREIGN_KEYS))?));
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
            let inserted = transaction.execute(&insert, (proof.service, proof.digest.as_bytes()));
            inserted.map_err(failed(INSERT_PROOF))?;
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
    // Two nodes that start at once migrate one after the other; no other lock has this number.
    let lock_statement = "SELECT pg_advisory_xact_lock(7540)";
    transaction.batch_execute(lock_statement).map_err(failed(lock_statement))?;
    // A role that may use but not create tables is sufficient once they exist.
    let select_present = "SELECT to_regclass('migration') IS NOT NULL AND to_regclass('key_proof') IS NOT NULL \
                   AND to_regclass('readiness') IS NOT NULL";
    if !transaction.query_one(select_present, &[]).map_err(failed(select_present))?.get::<_, bool>(0) {
        transaction.batch_execute(BOOKKEEPING_TABLES).map_err(failed(BOOKKEEPING_TABLES))?;
    }
    for (service, migrations) in lists {
        let query = "SELECT name, digest FROM migration WHERE room = $1 ORDER BY number";
        let rows = transaction.query(query, &[service]).map_err(failed(query))?;
        let applied: Vec<_> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        for (number, migration) in next_numbers(&applied).zip(pending_migrations(&applied, migrations)?) {
            transaction
                .batch_execute(&dialect::migration_for_postgres(migration.sql))
                .map_err(failed(migration.sql))?;
            let insert = "INSERT INTO migration (room, number, name, digest) VALUES ($1, $2, $3, $4)";
            transaction
                .execute(insert, &[service, &number, &migration.name, &digest(migration)])
                .map_err(failed(insert))?;
            tracing::info!(service, migration = migration.name, "the database was migrated");
        }
    }
    if let Some(proof) = proof {
        let stored = transaction.query_opt(SELECT_PROOF, &[&proof.service]).map_err(failed(SELECT_PROOF))?;
        if let Some(row) = stored {
            proof.check(row.get(0))?;
        } else {
            let inserted = transaction.execute(INSERT_PROOF, &[&proof.service, &proof.digest.as_bytes().as_slice()]);
            inserted.map_err(failed(INSERT_PROOF))?;
        }
    }
    transaction.commit().map_err(failed("COMMIT"))
}
