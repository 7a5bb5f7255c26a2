use std::{collections::HashMap, path::Path, thread};

use rusqlite::{
    Connection,
    config::DbConfig,
    types::{ToSqlOutput, ValueRef},
};

use crate::{
    Error, MigrationError, Rows, Transaction, Value, checkpoint, dialect,
    job::{AnyJob, JobReceiver, Queue, TransactionEnd},
    migration::{self, KeyProof, MigrationList},
    transaction::Session,
};

/// The number of reader threads.
const READERS: usize = 2;

/// The largest number of jobs in one commit. Beyond some tens the disk's share of a job is already small.
const LARGEST_GROUP: usize = 128;

/// The number of prepared statements that a connection caches.
const PREPARED_STATEMENTS: usize = 256;

pub(crate) fn open(
    path: &Path,
    service: &'static str,
    lists: &[MigrationList],
    proof: Option<&KeyProof>,
) -> Result<(Queue, Queue), MigrationError> {
    let mut connection = connect(path)?;
    migration::apply_to_sqlite(&mut connection, lists, proof)?;
    let checkpointer = checkpoint::spawn_checkpointer(
        &mut connection,
        connect(path)?,
        format!("{service}-log"),
        checkpoint::LOG_LIMITS,
    );
    checkpointer.map_err(|error| MigrationError::Engine(Error::Unreachable(Box::new(error))))?;
    let (writer, write_receiver) = Queue::new();
    spawn(format!("{service}-writer"), move || write_jobs(&connection, &write_receiver))?;
    let (readers, read_receiver) = Queue::new();
    for _ in 0..READERS {
        let connection = connect(path)?;
        let read_receiver = read_receiver.clone();
        spawn(format!("{service}-reader"), move || read_jobs(&connection, &read_receiver))?;
    }
    Ok((writer, readers))
}

fn connect(path: &Path) -> Result<Connection, MigrationError> {
    let unreachable = |error| MigrationError::Engine(Error::Unreachable(Box::new(error)));
    let connection = Connection::open(path).map_err(unreachable)?;
    connection.execute_batch(dialect::SQLITE_SETTINGS).map_err(unreachable)?;
    // A statement is planned once instead of for each bound value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(unreachable)?;
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
    Ok(connection)
}

/// Copies the log of a database into it and truncates the log, on a connection of its own.
pub(crate) fn clear_log(path: &Path) -> Result<(), Error> {
    let unreachable = |error| Error::Unreachable(Box::new(error));
    let connection = Connection::open(path).map_err(unreachable)?;
    connection.execute_batch(dialect::SQLITE_SETTINGS).map_err(unreachable)?;
    let statement = "PRAGMA wal_checkpoint(TRUNCATE)";
    let busy: i64 =
        connection.query_row(statement, [], |row| row.get(0)).map_err(|error| Error::statement(statement, error))?;
    if busy == 0 { Ok(()) } else { Err(Error::Unreachable("somebody reads the log".into())) }
}

fn spawn(name: String, work: impl FnOnce() + Send + 'static) -> Result<(), MigrationError> {
    thread::Builder::new()
        .name(name)
        .spawn(work)
        .map(|_| ())
        .map_err(|error| MigrationError::Engine(Error::Unreachable(Box::new(error))))
}

/// Takes the queued jobs, runs one after the other, commits all at once, and only then responds to them.
fn write_jobs(connection: &Connection, jobs: &JobReceiver) {
    let mut texts = HashMap::new();
    while let Some(first) = jobs.receive() {
        let mut group = Vec::new();
        let outcome = write_group(connection, &mut texts, first, jobs, &mut group);
        if outcome.is_err() {
            roll_back(connection);
        }
        match outcome {
            Ok(()) => group.into_iter().for_each(|job| job.respond(Ok(()))),
            Err(error) => {
                tracing::error!(error = %error, jobs = group.len(), "a group of writes could not be committed");
                let reason = error.to_string();
                for job in group {
                    job.respond(Err(Error::Commit(reason.clone().into())));
                }
            }
        }
    }
}

fn write_group(
    connection: &Connection,
    texts: &mut HashMap<&'static str, String>,
    first: Box<dyn AnyJob>,
    jobs: &JobReceiver,
    group: &mut Vec<Box<dyn AnyJob>>,
) -> Result<(), rusqlite::Error> {
    group.push(first);
    execute_sql(connection, "BEGIN IMMEDIATE")?;
    while let Some(job) = group.last_mut() {
        let mut transaction = Transaction::new(Session::sqlite(connection, texts));
        if let TransactionEnd::RollBack = job.run(&mut transaction)
            && transaction.session.has_written()
        {
            execute_sql(connection, "ROLLBACK")?;
            execute_sql(connection, "BEGIN IMMEDIATE")?;
            run_in_savepoints(connection, texts, group)?;
            break;
        }
        if group.len() == LARGEST_GROUP {
            break;
        }
        let Some(next) = jobs.try_receive() else { break };
        group.push(next);
    }
    execute_sql(connection, "COMMIT")
}

/// Runs a group again with a savepoint for each job, after one of them failed after writing. A savepoint costs each job a
/// copy of the pages that it touches, and such failures are rare.
fn run_in_savepoints(
    connection: &Connection,
    texts: &mut HashMap<&'static str, String>,
    group: &mut [Box<dyn AnyJob>],
) -> Result<(), rusqlite::Error> {
    for job in group {
        execute_sql(connection, "SAVEPOINT job")?;
        if let TransactionEnd::RollBack = job.run(&mut Transaction::new(Session::sqlite(connection, texts))) {
            execute_sql(connection, "ROLLBACK TO job")?;
        }
        execute_sql(connection, "RELEASE job")?;
    }
    Ok(())
}

fn read_jobs(connection: &Connection, jobs: &JobReceiver) {
    let mut texts = HashMap::new();
    while let Some(mut job) = jobs.receive() {
        if let Err(error) = execute_sql(connection, "BEGIN") {
            tracing::error!(error = %error, "the database cannot be read");
            job.respond(Err(Error::Unreachable(Box::new(error))));
            continue;
        }
        job.run(&mut Transaction::new(Session::sqlite(connection, &mut texts)));
        roll_back(connection);
        job.respond(Ok(()));
    }
}

/// One statement, prepared once, for all rows. Several rows per statement would save nothing, as there is no round trip to
/// the engine.
pub(crate) fn append(connection: &Connection, rows: &Rows) -> Result<(), Error> {
    let failed = |error| Error::statement(rows.insert_statement(), error);
    let mut statement =
        connection.prepare_cached(&dialect::statement_for_sqlite(rows.insert_statement())).map_err(failed)?;
    for row in rows.iter() {
        for (index, value) in row.iter().enumerate() {
            statement.raw_bind_parameter(index + 1, value).map_err(failed)?;
        }
        statement.raw_execute().map_err(failed)?;
    }
    Ok(())
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let storable =
            self.check_storable().map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        Ok(ToSqlOutput::Borrowed(match storable {
            Value::Null => ValueRef::Null,
            Value::Integer(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn execute_sql(connection: &Connection, sql: &str) -> Result<(), rusqlite::Error> {
    connection.prepare_cached(sql)?.execute([]).map(|_| ())
}

fn roll_back(connection: &Connection) {
    // SQLite may have rolled back by itself (disk full, I/O error).
    if !connection.is_autocommit()
        && let Err(error) = execute_sql(connection, "ROLLBACK")
    {
        tracing::error!(error = %error, "a transaction could not be rolled back");
    }
}
