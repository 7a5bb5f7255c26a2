//! One pool for SQLite and PostgreSQL, with one SQL text and the same semantics for both.
//!
//! A service passes a closure to [`Database::read`] or [`Database::write`]; the closure is one transaction. Every write is
//! **serializable** on both engines: it reads and leaves the state as if it had run alone. A read sees one state in which
//! every write is either complete or absent. A write returns only after it is durable. An `Err` of the closure rolls
//! everything back.
//!
//! * SQLite: one writer thread that commits in groups (each job is responded to after the `COMMIT`; where a job fails after
//!   writing, its group is run again with a savepoint for each job), and readers on the same write-ahead log, whose
//!   checkpoints run in another thread; `synchronous=FULL`.
//! * PostgreSQL (feature `postgres`): a pool of connections, writes at `SERIALIZABLE`; conflicting transactions are run
//!   again, which is why a write is an `Fn` that takes its inputs by reference and may run more than once. Reads are at
//!   `REPEATABLE READ`: they never conflict, and beside concurrent writes one may see a state that fits no order of them
//!   (the read-only anomaly: a later write is visible, an earlier one is not yet). What must not be decided on such a state
//!   is decided in a write.
//!
//! The differences between the engines are in `dialect.rs` and nowhere else. The crate depends on no service and knows no
//! table but its own list of applied migrations.

mod checkpoint;
mod copy;
mod dialect;
mod error;
mod job;
mod migration;
#[cfg(feature = "postgres")]
mod postgres;
mod rows;
#[cfg(feature = "postgres")]
mod server;
mod sqlite;
#[cfg(feature = "trial")]
pub mod test_database;
mod transaction;
mod value;

use std::{fmt, path::PathBuf, str::FromStr, sync::Arc, time::Duration};

pub use copy::copy;
pub use error::Error;
pub use migration::{Migration, MigrationError};
pub use rows::Rows;
#[cfg(feature = "postgres")]
pub use server::WrongServer;
pub use transaction::{Row, Transaction};
pub use value::{FromColumn, ToColumn, Value, WrongValue};

use base::Key;
use job::{Queue, TypedJob};
use migration::{KeyProof, MigrationList};

/// The location of a service's database.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    Sqlite(PathBuf),
    /// A PostgreSQL server, as a `postgres://` URL. Each service has its own schema in it.
    Postgres(String),
}

/// A text that is no location of a database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a database is 'sqlite:PATH' or 'postgres://USER@HOST/NAME'")]
pub struct UnreadableLocation;

impl FromStr for Location {
    type Err = UnreadableLocation;

    fn from_str(text: &str) -> Result<Self, UnreadableLocation> {
        if let Some(path) = text.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            return Ok(Self::Sqlite(path.into()));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err(UnreadableLocation)
    }
}

impl fmt::Debug for Location {
    /// A server's URL may contain a password and is not shown.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(formatter, "sqlite:{}", path.display()),
            Self::Postgres(_) => formatter.write_str("postgres://…"),
        }
    }
}

/// A service's database. Clones share it; it is closed when the last of them is dropped.
#[derive(Clone)]
pub struct Database {
    engine: Arc<Engine>,
    name: &'static str,
}

/// The timeout of a readiness check.
const READINESS_TIMEOUT: Duration = Duration::from_secs(2);

/// The timeout of a transaction on a server. The server itself ends a statement after a minute; this is for a server that
/// has stopped responding.
#[cfg(feature = "postgres")]
const TRANSACTION_TIMEOUT: Duration = Duration::from_secs(70);

enum Engine {
    Sqlite {
        writer: Queue,
        readers: Queue,
        path: PathBuf,
    },
    #[cfg(feature = "postgres")]
    Postgres(Queue),
}

impl Database {
    /// Opens the database of `service`, creating it if necessary, and applies outstanding `migrations`.
    ///
    /// Blocks until that is done; call it at start.
    pub fn open(
        location: &Location,
        service: &'static str,
        migrations: &'static [Migration],
    ) -> Result<Self, MigrationError> {
        Self::open_shared(location, service, &[(service, migrations)])
    }

    /// Opens the database of a service that seals what it stores. The database is bound to the key with which it was first
    /// opened; opening it with another fails with [`MigrationError::OtherKey`].
    pub fn open_sealed(
        location: &Location,
        service: &'static str,
        migrations: &'static [Migration],
        key: &Key,
    ) -> Result<Self, MigrationError> {
        Self::connect(location, service, &[(service, migrations)], Some(&KeyProof::new(service, key)))
    }

    /// Opens a database that several services share because they have common transactions: each has its own list of
    /// migrations, which are applied in this order.
    pub fn open_shared(
        location: &Location,
        name: &'static str,
        lists: &[(&'static str, &'static [Migration])],
    ) -> Result<Self, MigrationError> {
        Self::connect(location, name, lists, None)
    }

    /// Opens a shared database of services that seal what they store, as in [`Self::open_sealed`].
    pub fn open_shared_sealed(
        location: &Location,
        name: &'static str,
        lists: &[(&'static str, &'static [Migration])],
        key: &Key,
    ) -> Result<Self, MigrationError> {
        Self::connect(location, name, lists, Some(&KeyProof::new(name, key)))
    }

    fn connect(
        location: &Location,
        name: &'static str,
        lists: &[MigrationList],
        proof: Option<&KeyProof>,
    ) -> Result<Self, MigrationError> {
        let engine = match location {
            Location::Sqlite(path) => {
                let (writer, readers) = sqlite::open(path, name, lists, proof)?;
                Engine::Sqlite { writer, readers, path: path.clone() }
            }
            #[cfg(feature = "postgres")]
            Location::Postgres(url) => Engine::Postgres(postgres::open(url, name, lists, proof)?),
            #[cfg(not(feature = "postgres"))]
            Location::Postgres(_) => return Err(MigrationError::NotBuiltIn),
        };
        Ok(Self { engine: Arc::new(engine), name })
    }

    /// Checks that a write succeeds now: writes a row of its own and waits until it is durable, at most two seconds. The error
    /// distinguishes a read-only server, a full disk and a server that does not respond.
    ///
    /// # Errors
    ///
    /// [`Error::TimedOut`] after two seconds, or the error of the write.
    pub async fn check_writable(&self) -> Result<(), Error> {
        const COUNT: &str = "INSERT INTO readiness (room, checks) VALUES ($1, 1) \
                             ON CONFLICT (room) DO UPDATE SET checks = readiness.checks + 1";
        let service = self.name;
        let write = self.write(move |transaction| transaction.execute(COUNT, &[&service]).map(|_| ()));
        tokio::time::timeout(READINESS_TIMEOUT, write).await.unwrap_or(Err(Error::TimedOut(READINESS_TIMEOUT)))
    }

    /// Runs `job` as one read-only transaction on one state. On SQLite that is the state between two writes; on PostgreSQL it
    /// is a snapshot (`REPEATABLE READ`), which need not fit the order of concurrent writes.
    pub async fn read<T, E, J>(&self, job: J) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        J: Fn(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        match &*self.engine {
            Engine::Sqlite { readers, .. } => run(readers, job::JobKind::Read, job).await,
            #[cfg(feature = "postgres")]
            Engine::Postgres(pool) => run_with_timeout(pool, job::JobKind::Read, job).await,
        }
    }

    /// Runs `job` as one serializable transaction and returns once it is durable.
    ///
    /// An `Err` of the job rolls it back. The job may run more than once, each time on an unchanged state, so it must have no
    /// effect outside its transaction.
    pub async fn write<T, E, J>(&self, job: J) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        J: Fn(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        match &*self.engine {
            Engine::Sqlite { writer, .. } => run(writer, job::JobKind::Write, job).await,
            #[cfg(feature = "postgres")]
            Engine::Postgres(pool) => run_with_timeout(pool, job::JobKind::Write, job).await,
        }
    }
}

impl Database {
    /// Copies the whole log of SQLite into the database and truncates it, so that deleted data remains in neither. A PostgreSQL
    /// server frees deleted rows by itself (`autovacuum`).
    ///
    /// # Errors
    ///
    /// A reader holds the log for too long. No data is lost.
    pub async fn clear_log(&self) -> Result<(), Error> {
        match &*self.engine {
            Engine::Sqlite { path, .. } => {
                let path = path.clone();
                let (reply, receiver) = tokio::sync::oneshot::channel();
                std::thread::spawn(move || {
                    // The caller may have been cancelled; the log is cleared nevertheless.
                    let _ = reply.send(sqlite::clear_log(&path));
                });
                receiver.await.unwrap_or(Err(Error::Stopped))
            }
            #[cfg(feature = "postgres")]
            Engine::Postgres(_) => Ok(()),
        }
    }
}

async fn run<T, E, J>(queue: &Queue, kind: job::JobKind, job: J) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    J: Fn(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
{
    let (boxed_job, receiver) = TypedJob::with_reply(kind, job);
    if queue.push(boxed_job).is_err() {
        return Err(Error::Stopped.into());
    }
    receiver.await.unwrap_or_else(|_| Err(Error::Stopped.into()))
}

#[cfg(feature = "postgres")]
async fn run_with_timeout<T, E, J>(queue: &Queue, kind: job::JobKind, job: J) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    J: Fn(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
{
    let result = tokio::time::timeout(TRANSACTION_TIMEOUT, run(queue, kind, job)).await;
    result.unwrap_or_else(|_| Err(Error::TimedOut(TRANSACTION_TIMEOUT).into()))
}

#[cfg(test)]
mod tests;
