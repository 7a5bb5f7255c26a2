//! One pool for SQLite and PostgreSQL, with one SQL text and one meaning for both.
//!
//! A room hands a closure to [`Database::read`] or [`Database::write`]; the closure is one transaction, and every
//! transaction is **serializable** on both engines: it sees and leaves the state as if it had run alone. A write is
//! answered only after it is durable. What the closure refuses (any `Err`) leaves no trace.
//!
//! * SQLite: one writer thread that commits in groups (all answered after the `COMMIT`; where a job refuses what it had
//!   begun to write, its group is run again, each behind a savepoint), and readers beside it on the same write-ahead log,
//!   which one more thread puts back into the database; `synchronous=FULL`.
//! * PostgreSQL (feature `postgres`): a pool of connections at `SERIALIZABLE`; what loses a race is run again, which is
//!   why a write is an `Fn` that takes its inputs by reference and may run more than once.
//!
//! What differs between the engines stands in `dialect.rs` and nowhere else. The crate knows no room and no table but
//! its own list of applied migrations.

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

/// Where a room keeps its data.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// A PostgreSQL server, as a `postgres://` URL. Each room has its own schema in it.
    Postgres(String),
}

/// A location that cannot be used.
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
    /// A server's URL may carry a password and is not shown.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(formatter, "sqlite:{}", path.display()),
            Self::Postgres(_) => formatter.write_str("postgres://…"),
        }
    }
}

/// A room's database. Clones share it; it closes with the last of them.
#[derive(Clone)]
pub struct Database {
    engine: Arc<Engine>,
    name: &'static str,
}

/// How long a check of readiness may take.
const READINESS_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a transaction on a server may take. The server itself ends a statement after a minute; this is for one that has
/// fallen silent.
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
    /// Opens the database of `room`, creating it if there is none, and brings it up to date with `migrations`.
    ///
    /// Blocks until that is done; call it at start.
    pub fn open(
        location: &Location,
        room: &'static str,
        migrations: &'static [Migration],
    ) -> Result<Self, MigrationError> {
        Self::open_shared(location, room, &[(room, migrations)])
    }

    /// The same for a room that seals what it stores: the database belongs to the key with which it was opened first, and is
    /// not opened with another ([`MigrationError::OtherKey`]).
    pub fn open_sealed(
        location: &Location,
        room: &'static str,
        migrations: &'static [Migration],
        key: &Key,
    ) -> Result<Self, MigrationError> {
        Self::connect(location, room, &[(room, migrations)], Some(&KeyProof::new(room, key)))
    }

    /// Opens a database that several rooms share because a transaction of theirs must be one: each brings its own list
    /// of migrations, which are applied in this order.
    pub fn open_shared(
        location: &Location,
        name: &'static str,
        lists: &[(&'static str, &'static [Migration])],
    ) -> Result<Self, MigrationError> {
        Self::connect(location, name, lists, None)
    }

    /// The same for rooms that seal what they store, as [`Self::open_sealed`] has it.
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

    /// Whether this database takes and keeps a write now: it writes a row of its own and waits until that is durable, two
    /// seconds at most. A server that only reads, a full disk and a server that is silent are told apart by the error.
    ///
    /// # Errors
    ///
    /// [`Error::TimedOut`] where no answer came in time, and whatever the write met else.
    pub async fn check_writable(&self) -> Result<(), Error> {
        const COUNT: &str = "INSERT INTO readiness (room, checks) VALUES ($1, 1) \
                             ON CONFLICT (room) DO UPDATE SET checks = readiness.checks + 1";
        let room = self.name;
        let written = self.write(move |transaction| transaction.execute(COUNT, &[&room]).map(|_| ()));
        tokio::time::timeout(READINESS_TIMEOUT, written).await.unwrap_or(Err(Error::TimedOut(READINESS_TIMEOUT)))
    }

    /// Runs `job` as one read-only transaction on one consistent state.
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

    /// Runs `job` as one serializable transaction and answers once it is durable.
    ///
    /// An `Err` of the job undoes it. The job may run more than once before it is answered, each time on an untouched
    /// state, so it must have no other effect than through its transaction.
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
    /// Puts the whole log of SQLite back into the database and empties it, so that what was deleted stands in neither. A PostgreSQL
    /// server frees deleted rows by itself (`autovacuum`).
    ///
    /// # Errors
    ///
    /// Where somebody reads for so long that the log cannot be emptied. Nothing is lost by that.
    pub async fn clear_log(&self) -> Result<(), Error> {
        match &*self.engine {
            Engine::Sqlite { path, .. } => {
                let path = path.clone();
                let (reply, answer) = tokio::sync::oneshot::channel();
                std::thread::spawn(move || {
                    // Whoever asked may have gone; the log is cleared all the same.
                    let _ = reply.send(sqlite::clear_log(&path));
                });
                answer.await.unwrap_or(Err(Error::Stopped))
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
    let (work, answer) = TypedJob::with_reply(kind, job);
    if queue.push(work).is_err() {
        return Err(Error::Stopped.into());
    }
    answer.await.unwrap_or_else(|_| Err(Error::Stopped.into()))
}

#[cfg(feature = "postgres")]
async fn run_with_timeout<T, E, J>(queue: &Queue, kind: job::JobKind, job: J) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    J: Fn(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
{
    let answer = tokio::time::timeout(TRANSACTION_TIMEOUT, run(queue, kind, job)).await;
    answer.unwrap_or_else(|_| Err(Error::TimedOut(TRANSACTION_TIMEOUT).into()))
}

#[cfg(test)]
mod tests;
