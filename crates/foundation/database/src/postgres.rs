use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use base::Causes;
use postgres::{
    Client, Statement,
    binary_copy::BinaryCopyInWriter,
    error::SqlState,
    types::{FromSql, IsNull, ToSql, Type, private::BytesMut},
};

use crate::{
    Error, MigrationError, Rows, ToColumn, Transaction, Value, dialect,
    job::{AnyJob, JobKind, JobReceiver, Queue, TransactionEnd},
    migration::{self, KeyProof, MigrationList},
    server::Server,
    transaction::Session,
};

/// How often a transaction is attempted concurrently with others. After that, conflicting transactions of this process retry
/// one at a time: those that need the same rows would otherwise conflict indefinitely.
const CONCURRENT_ATTEMPTS: u32 = 2;

/// How often a transaction is attempted in its turn before it fails.
const SERIAL_ATTEMPTS: u32 = 40;

/// How many connections one job may lose before it fails.
const MAX_LOST_CONNECTIONS: u32 = 2;

/// How long a thread that cannot connect leaves the jobs to connected threads: the first and the longest delay.
const RECONNECT_DELAYS: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// How long an unreachable server is not tried again while no thread has a connection. Jobs fail at once meanwhile, instead
/// of each waiting for a connection timeout.
const OUTAGE_RETRY_INTERVAL: Duration = Duration::from_millis(500);

pub(crate) fn open(
    url: &str,
    service: &'static str,
    lists: &[MigrationList],
    proof: Option<&KeyProof>,
) -> Result<Queue, MigrationError> {
    let server: Server = url.parse()?;
    // The client has a runtime of its own, which must not start within a caller's runtime.
    let migration = thread::scope(|scope| scope.spawn(|| migrate(&server, service, lists, proof)).join());
    let client = migration.unwrap_or(Err(MigrationError::Engine(Error::Panicked)))?;
    let (queue, jobs) = Queue::new();
    let connections = server.pool_size;
    let pool = Arc::new(Pool {
        server,
        service,
        retry_turn: Mutex::new(()),
        connected: AtomicUsize::new(0),
        outage: Mutex::new(None),
    });
    // Reused, because a server that is nearly full may grant no further connection.
    let mut first_session = Some(OpenSession::new(client, pool.clone()));
    for _ in 0..connections {
        let (pool, jobs, session) = (pool.clone(), jobs.clone(), first_session.take());
        thread::Builder::new()
            .name(format!("{service}-database"))
            .spawn(move || Worker { pool, session }.serve(&jobs))
            .map_err(|error| MigrationError::Engine(Error::Unreachable(Box::new(error))))?;
    }
    Ok(queue)
}

/// Checks that the server can be used, and applies outstanding migrations. Returns the connection for further use.
fn migrate(
    server: &Server,
    service: &'static str,
    lists: &[MigrationList],
    proof: Option<&KeyProof>,
) -> Result<Client, MigrationError> {
    let unreachable = |error| MigrationError::Engine(Error::Unreachable(Box::new(error)));
    let mut client = connect(server, service).map_err(unreachable)?;
    let standby = client.query_one("SELECT pg_is_in_recovery()", &[]).map_err(unreachable)?;
    if standby.get(0) {
        return Err(MigrationError::Standby);
    }
    let mut second_client = connect(server, service).map_err(unreachable)?;
    if backend_pid(&mut client).map_err(unreachable)? == backend_pid(&mut second_client).map_err(unreachable)? {
        return Err(MigrationError::Pooled);
    }
    drop(second_client);
    create_schema(&mut client, service).map_err(unreachable)?;
    migration::apply_to_postgres(&mut client, lists, proof)?;
    Ok(client)
}

/// The server's process of a connection. Two open connections have two, unless a pooler assigns both the same one (pgbouncer
/// assigns the most recently used).
fn backend_pid(client: &mut Client) -> Result<i32, postgres::Error> {
    Ok(client.query_one("SELECT pg_backend_pid()", &[])?.get(0))
}

fn create_schema(client: &mut Client, service: &str) -> Result<(), postgres::Error> {
    // A role that may use but not create the schema is sufficient once it exists.
    if client.query_opt("SELECT 1 FROM pg_namespace WHERE nspname = $1", &[&service])?.is_some() {
        return Ok(());
    }
    // Services' names are constants, so that no injection is possible.
    client.batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {service};")).or_else(|error| {
        // Of two nodes that start at once the second fails to create the schema, which then exists.
        let exists_now = matches!(error.code(), Some(code) if *code == SqlState::UNIQUE_VIOLATION || *code == SqlState::DUPLICATE_SCHEMA);
        if exists_now { Ok(()) } else { Err(error) }
    })
}

fn connect(server: &Server, service: &str) -> Result<Client, postgres::Error> {
    let mut client = server.connect()?;
    client.batch_execute(dialect::POSTGRES_SETTINGS)?;
    client.batch_execute(&format!("SET search_path TO {service};"))?;
    Ok(client)
}

/// Whether the server reports that it takes no writes (SQLSTATE 25006) or shuts down (57P01 to 57P03), so that a new
/// connection may reach another one.
pub(crate) fn is_unfit_server(error: &postgres::Error) -> bool {
    const UNFIT: [&SqlState; 4] = [
        &SqlState::READ_ONLY_SQL_TRANSACTION,
        &SqlState::ADMIN_SHUTDOWN,
        &SqlState::CRASH_SHUTDOWN,
        &SqlState::CANNOT_CONNECT_NOW,
    ];
    error.code().is_some_and(|code| UNFIT.contains(&code))
}

/// Whether the engine aborted a transaction in favour of another, so that it is to be run again (SQLSTATE 40001, 40P01).
pub(crate) fn is_retryable(error: &postgres::Error) -> bool {
    matches!(error.code(), Some(code) if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED)
}

/// The state that the threads of one database share.
struct Pool {
    server: Server,
    service: &'static str,
    /// Held while a transaction is retried after conflicts.
    retry_turn: Mutex<()>,
    connected: AtomicUsize,
    /// When the server last could not be reached and why, while no thread has a connection.
    outage: Mutex<Option<(Instant, String)>>,
}

impl Pool {
    fn outage(&self) -> MutexGuard<'_, Option<(Instant, String)>> {
        self.outage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_connections(&self) -> bool {
        self.connected.load(Ordering::Acquire) > 0
    }

    /// Opens a connection. A change of reachability is logged once, not for each job.
    fn connect(self: &Arc<Self>) -> Result<OpenSession, Error> {
        if let Some((failed_at, reason)) = &*self.outage()
            && failed_at.elapsed() < OUTAGE_RETRY_INTERVAL
            && !self.has_connections()
        {
            return Err(Error::Unreachable(reason.clone().into()));
        }
        match connect(&self.server, self.service) {
            Ok(client) => {
                if self.outage().take().is_some() {
                    tracing::info!(service = self.service, "the database can be reached again");
                }
                Ok(OpenSession::new(client, self.clone()))
            }
            Err(error) => {
                let reason = Causes(&error).to_string();
                metrics::counter!("uketsuke_database_refused_connections_total", "room" => self.service).increment(1);
                if self.has_connections() {
                    tracing::debug!(service = self.service, %reason, "the database server refused a further connection");
                } else {
                    let previous = self.outage().replace((Instant::now(), reason.clone()));
                    if previous.is_none() {
                        tracing::error!(service = self.service, %reason, "the database cannot be reached");
                    }
                }
                Err(Error::Unreachable(Box::new(error)))
            }
        }
    }
}

/// A connection with its prepared statements; it is counted while open.
struct OpenSession {
    client: Client,
    statements: HashMap<&'static str, Statement>,
    pool: Arc<Pool>,
}

impl OpenSession {
    fn new(client: Client, pool: Arc<Pool>) -> Self {
        let open = pool.connected.fetch_add(1, Ordering::AcqRel) + 1;
        report_connections(pool.service, open);
        Self { client, statements: HashMap::new(), pool }
    }
}

impl Drop for OpenSession {
    fn drop(&mut self) {
        let open = self.pool.connected.fetch_sub(1, Ordering::AcqRel) - 1;
        report_connections(self.pool.service, open);
    }
}

fn report_connections(service: &'static str, open: usize) {
    // At most MAX_POOL_SIZE.
    metrics::gauge!("uketsuke_database_connections", "room" => service).set(u32::try_from(open).unwrap_or(u32::MAX));
}

/// The outcome of one run of a job.
enum Attempt {
    /// The job's result is final.
    Done(Result<(), Error>),
    /// The transaction conflicted and is to be run again.
    Conflict,
    /// The connection or its server failed before the commit; the job may be run again on another connection.
    ConnectionLost,
}

struct Worker {
    pool: Arc<Pool>,
    session: Option<OpenSession>,
}

impl Worker {
    #[expect(clippy::disallowed_methods, reason = "a thread of its own, which has nothing else to do")]
    fn serve(mut self, jobs: &JobReceiver) {
        let (first_delay, longest_delay) = RECONNECT_DELAYS;
        let mut delay = first_delay;
        loop {
            if self.session.is_none() {
                if !jobs.wait_for_job() {
                    return;
                }
                match self.pool.connect() {
                    Ok(session) => {
                        self.session = Some(session);
                        delay = first_delay;
                    }
                    // Connected threads take the jobs; this one would only fail them sooner.
                    Err(_) if self.pool.has_connections() => {
                        thread::sleep(delay);
                        delay = (delay * 2).min(longest_delay);
                    }
                    Err(error) => {
                        if let Some(job) = jobs.try_receive() {
                            job.respond(Err(error));
                        }
                    }
                }
                // No session: another thread may still take the job.
                if self.session.is_none() {
                    continue;
                }
                if let Some(job) = jobs.try_receive() {
                    self.run_job(job);
                }
            } else if let Some(job) = jobs.receive() {
                self.run_job(job);
            } else {
                return;
            }
        }
    }

    fn run_job(&mut self, mut job: Box<dyn AnyJob>) {
        let outcome = self.attempt_until_done(job.as_mut());
        job.respond(outcome);
    }

    #[expect(clippy::disallowed_methods, reason = "a thread of its own, which has nothing else to do")]
    fn attempt_until_done(&mut self, job: &mut dyn AnyJob) -> Result<(), Error> {
        let mut servers_lost = 0;
        for _ in 0..CONCURRENT_ATTEMPTS {
            if let Some(outcome) = self.attempt_with_reconnect(job, &mut servers_lost) {
                return outcome;
            }
        }
        let pool = self.pool.clone();
        let _turn = pool.retry_turn.lock().unwrap_or_else(PoisonError::into_inner);
        for attempt in 0..SERIAL_ATTEMPTS {
            if attempt >= SERIAL_ATTEMPTS / 2 {
                // Only another process conflicts so often. The delay differs between processes.
                let spread = u64::from(attempt) * (1 + u64::from(std::process::id() % 7));
                thread::sleep(Duration::from_micros(200 * spread));
            }
            if let Some(outcome) = self.attempt_with_reconnect(job, &mut servers_lost) {
                return outcome;
            }
        }
        Err(Error::Commit("the transaction lost every race".into()))
    }

    /// Runs a job, on new connections where one is lost. `None` after a conflict.
    fn attempt_with_reconnect(&mut self, job: &mut dyn AnyJob, servers_lost: &mut u32) -> Option<Result<(), Error>> {
        loop {
            match self.attempt(job) {
                Attempt::Done(outcome) => return Some(outcome),
                Attempt::Conflict => return None,
                Attempt::ConnectionLost => {
                    self.session = None;
                    *servers_lost += 1;
                    if *servers_lost > MAX_LOST_CONNECTIONS {
                        let reason = "the server ended the connection or takes no writes";
                        return Some(Err(Error::Unreachable(reason.into())));
                    }
                }
            }
        }
    }

    fn attempt(&mut self, job: &mut dyn AnyJob) -> Attempt {
        if self.session.as_ref().is_some_and(|session| session.client.is_closed()) {
            self.session = None;
        }
        if self.session.is_none() {
            match self.pool.connect() {
                Ok(session) => self.session = Some(session),
                Err(error) => return Attempt::Done(Err(error)),
            }
        }
        let Some(OpenSession { client, statements, .. }) = self.session.as_mut() else {
            return Attempt::ConnectionLost;
        };
        let begin = match job.kind() {
            JobKind::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            JobKind::Write => "BEGIN ISOLATION LEVEL SERIALIZABLE",
        };
        if client.batch_execute(begin).is_err() {
            // The transaction has not begun: a connection that was closed while idle is replaced.
            return Attempt::ConnectionLost;
        }
        let mut transaction = Transaction::new(Session::Postgres { client, statements });
        let job_end = job.run(&mut transaction);
        let (has_conflict, unfit_server) = (transaction.conflicted, transaction.unfit_server);
        if unfit_server || client.is_closed() {
            // Nothing was committed.
            return Attempt::ConnectionLost;
        }
        let end = if matches!(job_end, TransactionEnd::Commit) && !has_conflict { "COMMIT" } else { "ROLLBACK" };
        match client.batch_execute(end) {
            _ if has_conflict => Attempt::Conflict,
            Ok(()) => Attempt::Done(Ok(())),
            Err(error) if is_retryable(&error) => Attempt::Conflict,
            // Where the connection broke during the commit, its outcome is not known: it is not run again.
            Err(error) if end == "COMMIT" => {
                self.session = None;
                Attempt::Done(Err(Error::Commit(Box::new(error))))
            }
            // The rollback is certain; the next job gets a new connection.
            Err(_) => {
                self.session = None;
                Attempt::Done(Ok(()))
            }
        }
    }
}

/// A statement, prepared once per connection.
pub(crate) fn prepare_cached(
    client: &mut Client,
    statements: &mut HashMap<&'static str, Statement>,
    sql: &'static str,
) -> Result<Statement, postgres::Error> {
    if let Some(statement) = statements.get(sql) {
        return Ok(statement.clone());
    }
    let statement = client.prepare(sql)?;
    statements.insert(sql, statement.clone());
    Ok(statement)
}

/// Binary `COPY`, for which the engine parses no text.
pub(crate) fn append(client: &mut Client, rows: &Rows) -> Result<(), postgres::Error> {
    let (table, columns) = (rows.table, rows.columns.join(", "));
    let shape = client.prepare(&format!("SELECT {columns} FROM {table}"))?;
    let types: Vec<_> = shape.columns().iter().map(|column| column.type_().clone()).collect();
    let copy = client.copy_in(&format!("COPY {table} ({columns}) FROM STDIN BINARY"))?;
    let mut copy = BinaryCopyInWriter::new(copy, &types);
    for row in rows.iter() {
        let row: Vec<_> = row.iter().map(Parameter::from_value).collect();
        let row: Vec<_> = row.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        copy.write(&row)?;
    }
    copy.finish().map(|_| ())
}

pub(crate) struct Parameters<'a>(Vec<Parameter<'a>>);

#[derive(Debug)]
struct Parameter<'a>(Value<'a>);

pub(crate) fn parameters<'a>(values: &'a [&'a dyn ToColumn]) -> Parameters<'a> {
    Parameters(values.iter().map(|value| Parameter(value.to_column())).collect())
}

impl<'a> Parameter<'a> {
    fn from_value(value: &'a Value<'_>) -> Self {
        Self(match value {
            Value::Null => Value::Null,
            Value::Integer(number) => Value::Integer(*number),
            Value::Text(text) => Value::Text(text.as_ref().into()),
            Value::Bytes(bytes) => Value::Bytes(bytes.as_ref().into()),
        })
    }
}

impl Parameters<'_> {
    pub(crate) fn as_references(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.0.iter().map(|parameter| parameter as &(dyn ToSql + Sync)).collect()
    }
}

type BoxedError = Box<dyn std::error::Error + Sync + Send>;

impl ToSql for Parameter<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, BoxedError> {
        match self.0.check_storable()? {
            Value::Null => Ok(IsNull::Yes),
            Value::Integer(number) if *kind == Type::INT4 => i32::try_from(*number)?.to_sql(kind, out),
            Value::Integer(number) if *kind == Type::INT8 => number.to_sql(kind, out),
            Value::Text(text) if <&str as ToSql>::accepts(kind) => text.as_ref().to_sql(kind, out),
            Value::Bytes(bytes) if *kind == Type::BYTEA => bytes.as_ref().to_sql(kind, out),
            _ => Err(format!("a value was given for a {kind}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}

pub(crate) struct Cell<'a>(pub(crate) Value<'a>);

impl<'a> FromSql<'a> for Cell<'a> {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, BoxedError> {
        Ok(Self(match *kind {
            Type::INT8 => Value::Integer(i64::from_sql(kind, raw)?),
            Type::INT4 => Value::Integer(i32::from_sql(kind, raw)?.into()),
            Type::BYTEA => Value::Bytes(raw.into()),
            Type::TEXT | Type::VARCHAR | Type::NAME => Value::Text(<&str>::from_sql(kind, raw)?.into()),
            _ => return Err(format!("a column of type {kind} cannot be read on both engines").into()),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, BoxedError> {
        Ok(Self(Value::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
