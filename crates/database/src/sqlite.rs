use std::{collections::HashMap, path::Path, thread};

use rusqlite::{
    Connection,
    config::DbConfig,
    types::{ToSqlOutput, ValueRef},
};

use crate::{
    Error, MigrationError, Rows, Transaction, Value, checkpoint, dialect,
    job::{AnyJob, Jobs, Queue, Verdict},
    migration::{self, KeyProof, List},
    transaction::Session,
};

/// How many readers stand beside the writer.
const READERS: usize = 2;

/// How many jobs share one commit at most. Beyond some tens the disk's share of a job is already small.
const LARGEST_GROUP: usize = 128;

/// How many statements a connection keeps prepared.
const PREPARED_STATEMENTS: usize = 256;

pub(crate) fn open(
    path: &Path,
    room: &'static str,
    lists: &[List],
    proof: Option<&KeyProof>,
) -> Result<(Queue, Queue), MigrationError> {
    let mut connection = connect(path)?;
    migration::apply_to_sqlite(&mut connection, lists, proof)?;
    let beside = checkpoint::beside(&mut connection, connect(path)?, format!("{room}-log"), checkpoint::LIMITS);
    beside.map_err(|error| MigrationError::Engine(Error::Unreachable(Box::new(error))))?;
    let (writer, to_write) = Queue::new();
    spawn(format!("{room}-writer"), move || write_jobs(&connection, &to_write))?;
    let (readers, to_read) = Queue::new();
    for _ in 0..READERS {
        let connection = connect(path)?;
        let to_read = to_read.clone();
        spawn(format!("{room}-reader"), move || read_jobs(&connection, &to_read))?;
    }
    Ok((writer, readers))
}

fn connect(path: &Path) -> Result<Connection, MigrationError> {
    let unreachable = |error| MigrationError::Engine(Error::Unreachable(Box::new(error)));
    let connection = Connection::open(path).map_err(unreachable)?;
    connection.execute_batch(dialect::SQLITE_SETTINGS).map_err(unreachable)?;
    // A statement is planned once, and not again for each value that is bound to it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(unreachable)?;
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
    Ok(connection)
}

/// Empties the log of a database, by a connection of its own.
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

/// Takes what waits, runs one job after the other, commits all at once, and only then answers them.
fn write_jobs(connection: &Connection, jobs: &Jobs) {
    let mut texts = HashMap::new();
    while let Some(first) = jobs.next() {
        let mut group = Vec::new();
        let outcome = write_group(connection, &mut texts, first, jobs, &mut group);
        if outcome.is_err() {
            undo(connection);
        }
        match outcome {
            Ok(()) => group.into_iter().for_each(|job| job.answer(Ok(()))),
            Err(error) => {
                tracing::error!(error = %error, jobs = group.len(), "a group of writes could not be committed");
                let reason = error.to_string();
                for job in group {
                    job.answer(Err(Error::Commit(reason.clone().into())));
                }
            }
        }
    }
}

fn write_group(
    connection: &Connection,
    texts: &mut HashMap<&'static str, String>,
    first: Box<dyn AnyJob>,
    jobs: &Jobs,
    group: &mut Vec<Box<dyn AnyJob>>,
) -> Result<(), rusqlite::Error> {
    group.push(first);
    step(connection, "BEGIN IMMEDIATE")?;
    while let Some(job) = group.last_mut() {
        let mut transaction = Transaction::on(Session::sqlite(connection, texts));
        if let Verdict::Undo = job.run(&mut transaction)
            && transaction.session.has_written()
        {
            step(connection, "ROLLBACK")?;
            step(connection, "BEGIN IMMEDIATE")?;
            run_apart(connection, texts, group)?;
            break;
        }
        if group.len() == LARGEST_GROUP {
            break;
        }
        let Some(next) = jobs.waiting() else { break };
        group.push(next);
    }
    step(connection, "COMMIT")
}

/// Runs a group again, each job in a savepoint of its own: one of them has refused what it had begun to write. Savepoints
/// cost every job a copy of the pages that it touches, and few refuse so late.
fn run_apart(
    connection: &Connection,
    texts: &mut HashMap<&'static str, String>,
    group: &mut [Box<dyn AnyJob>],
) -> Result<(), rusqlite::Error> {
    for job in group {
        step(connection, "SAVEPOINT job")?;
        if let Verdict::Undo = job.run(&mut Transaction::on(Session::sqlite(connection, texts))) {
            step(connection, "ROLLBACK TO job")?;
        }
        step(connection, "RELEASE job")?;
    }
    Ok(())
}

fn read_jobs(connection: &Connection, jobs: &Jobs) {
    let mut texts = HashMap::new();
    while let Some(mut job) = jobs.next() {
        if let Err(error) = step(connection, "BEGIN") {
            tracing::error!(error = %error, "the database cannot be read");
            job.answer(Err(Error::Unreachable(Box::new(error))));
            continue;
        }
        job.run(&mut Transaction::on(Session::sqlite(connection, &mut texts)));
        undo(connection);
        job.answer(Ok(()));
    }
}

/// One statement, prepared once, for all rows. More rows in a statement save nothing here: nothing lies between the
/// program and the engine.
pub(crate) fn append(connection: &Connection, rows: &Rows) -> Result<(), Error> {
    let failed = |error| Error::statement(rows.insert(), error);
    let mut statement = connection.prepare_cached(&dialect::statement_for_sqlite(rows.insert())).map_err(failed)?;
    for row in rows.iter() {
        for (place, value) in row.iter().enumerate() {
            statement.raw_bind_parameter(place + 1, value).map_err(failed)?;
        }
        statement.raw_execute().map_err(failed)?;
    }
    Ok(())
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let storable = self.storable().map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        Ok(ToSqlOutput::Borrowed(match storable {
            Value::Null => ValueRef::Null,
            Value::Integer(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn step(connection: &Connection, sql: &str) -> Result<(), rusqlite::Error> {
    connection.prepare_cached(sql)?.execute([]).map(|_| ())
}

fn undo(connection: &Connection) {
    // SQLite may have rolled back by itself (disk full, I/O error); then there is nothing to undo.
    if !connection.is_autocommit()
        && let Err(error) = step(connection, "ROLLBACK")
    {
        tracing::error!(error = %error, "a transaction could not be rolled back");
    }
}
