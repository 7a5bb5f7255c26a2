use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use postgres::{
    Client, Statement,
    binary_copy::BinaryCopyInWriter,
    error::SqlState,
    types::{FromSql, IsNull, ToSql, Type, private::BytesMut},
};

use crate::{
    Error, MigrationError, Rows, ToColumn, Transaction, Value, dialect,
    job::{AnyJob, Jobs, Kind, Queue, Verdict},
    migration::{self, List},
    server::Server,
    transaction::Session,
};

/// How many connections a room holds.
const CONNECTIONS: usize = 8;

/// How often a transaction runs beside whatever else this process does. Who has lost so often queues up with the other
/// losers, one at a time: where many want the same rows, they would else take them from each other for ever.
const ATTEMPTS_BESIDE_OTHERS: u32 = 2;

/// How often it is run again in its turn before its caller is told.
const ATTEMPTS_IN_TURN: u32 = 40;

pub(crate) fn open(url: &str, room: &'static str, lists: &[List]) -> Result<Queue, MigrationError> {
    let server: Server = url.parse()?;
    // The client drives a runtime of its own, which must not start inside that of a caller.
    let migrated = thread::scope(|scope| scope.spawn(|| migrate(&server, room, lists)).join());
    migrated.unwrap_or(Err(MigrationError::Engine(Error::Panicked)))?;
    let (queue, jobs) = Queue::new();
    let losers = Arc::new(Mutex::new(()));
    for _ in 0..CONNECTIONS {
        let (server, jobs, losers) = (server.clone(), jobs.clone(), losers.clone());
        thread::Builder::new()
            .name(format!("{room}-database"))
            .spawn(move || Connection { server, room, losers, session: None }.serve(&jobs))
            .map_err(|error| MigrationError::Engine(Error::Unreachable(Box::new(error))))?;
    }
    Ok(queue)
}

fn migrate(server: &Server, room: &str, lists: &[List]) -> Result<(), MigrationError> {
    let unreachable = |error| MigrationError::Engine(Error::Unreachable(Box::new(error)));
    let mut client = connect(server, room).map_err(unreachable)?;
    migration::apply_to_postgres(&mut client, lists)
}

fn connect(server: &Server, room: &str) -> Result<Client, postgres::Error> {
    let mut client = server.connect()?;
    client.batch_execute(dialect::POSTGRES_SETTINGS)?;
    // The room's name is one of the program's own words.
    client.batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {room}; SET search_path TO {room};")).or_else(|error| {
        // Two nodes that start at once both find no schema; the one that comes second has it now.
        let raced = matches!(error.code(), Some(code) if *code == SqlState::UNIQUE_VIOLATION || *code == SqlState::DUPLICATE_SCHEMA);
        if raced { client.batch_execute(&format!("SET search_path TO {room};")) } else { Err(error) }
    })?;
    Ok(client)
}

/// Whether the engine undid a transaction in favour of another, so that running it again is right (SQLSTATE 40001, 40P01).
pub(crate) fn may_be_repeated(error: &postgres::Error) -> bool {
    matches!(error.code(), Some(code) if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED)
}

struct Connection {
    server: Server,
    room: &'static str,
    /// Held by the one of those that lost races that is run again.
    losers: Arc<Mutex<()>>,
    session: Option<(Client, HashMap<&'static str, Statement>)>,
}

impl Connection {
    fn serve(mut self, jobs: &Jobs) {
        while let Some(mut job) = jobs.next() {
            let outcome = self.attempt_until_done(job.as_mut());
            job.answer(outcome);
        }
    }

    fn attempt_until_done(&mut self, job: &mut dyn AnyJob) -> Result<(), Error> {
        for _ in 0..ATTEMPTS_BESIDE_OTHERS {
            if let Some(outcome) = self.attempt(job) {
                return outcome;
            }
        }
        let losers = self.losers.clone();
        let _turn = losers.lock().unwrap_or_else(PoisonError::into_inner);
        for attempt in 0..ATTEMPTS_IN_TURN {
            if attempt >= ATTEMPTS_IN_TURN / 2 {
                // Only another process wins so often. Two of them step aside, each for a different while.
                let spread = u64::from(attempt) * (1 + u64::from(std::process::id() % 7));
                thread::sleep(Duration::from_micros(200 * spread));
            }
            if let Some(outcome) = self.attempt(job) {
                return outcome;
            }
        }
        Err(Error::Commit("the transaction lost every race".into()))
    }

    /// Runs a job once. `None` where it is to be run again.
    fn attempt(&mut self, job: &mut dyn AnyJob) -> Option<Result<(), Error>> {
        if self.session.as_ref().is_some_and(|(client, _)| client.is_closed()) {
            self.session = None;
        }
        if self.session.is_none() {
            match connect(&self.server, self.room) {
                Ok(client) => self.session = Some((client, HashMap::new())),
                Err(error) => return Some(Err(Error::Unreachable(Box::new(error)))),
            }
        }
        let (client, statements) = self.session.as_mut()?;
        let begin = match job.kind() {
            Kind::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Kind::Write => "BEGIN ISOLATION LEVEL SERIALIZABLE",
        };
        if let Err(error) = client.batch_execute(begin) {
            // Nothing has happened yet: a connection that died while it was idle is replaced.
            return if client.is_closed() { None } else { Some(Err(Error::Unreachable(Box::new(error)))) };
        }
        let mut transaction = Transaction::on(Session::Postgres { client, statements });
        let verdict = job.run(&mut transaction);
        let lost_race = transaction.lost_race;
        let end = if matches!(verdict, Verdict::Keep) && !lost_race { "COMMIT" } else { "ROLLBACK" };
        match client.batch_execute(end) {
            _ if lost_race => None,
            Ok(()) => Some(Ok(())),
            Err(error) if may_be_repeated(&error) => None,
            Err(error) if end == "COMMIT" => Some(Err(Error::Commit(Box::new(error)))),
            // The refusal stands; the next job gets a new connection.
            Err(_) => {
                self.session = None;
                Some(Ok(()))
            }
        }
    }
}

/// The prepared form of a store's statement, kept for the life of the connection.
pub(crate) fn statement(
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

/// `COPY` in its binary form, which asks the engine to parse nothing.
pub(crate) fn append(client: &mut Client, rows: &Rows) -> Result<(), postgres::Error> {
    let (table, columns) = (rows.table, rows.columns.join(", "));
    let shape = client.prepare(&format!("SELECT {columns} FROM {table}"))?;
    let types: Vec<_> = shape.columns().iter().map(|column| column.type_().clone()).collect();
    let copy = client.copy_in(&format!("COPY {table} ({columns}) FROM STDIN BINARY"))?;
    let mut copy = BinaryCopyInWriter::new(copy, &types);
    for row in rows.iter() {
        let row: Vec<_> = row.iter().map(Parameter::of).collect();
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
    fn of(value: &'a Value<'_>) -> Self {
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

type Boxed = Box<dyn std::error::Error + Sync + Send>;

impl ToSql for Parameter<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Boxed> {
        match self.0.storable()? {
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
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Boxed> {
        Ok(Self(match *kind {
            Type::INT8 => Value::Integer(i64::from_sql(kind, raw)?),
            Type::INT4 => Value::Integer(i32::from_sql(kind, raw)?.into()),
            Type::BYTEA => Value::Bytes(raw.into()),
            Type::TEXT | Type::VARCHAR | Type::NAME => Value::Text(<&str>::from_sql(kind, raw)?.into()),
            _ => return Err(format!("a column of type {kind} cannot be read on both engines").into()),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Boxed> {
        Ok(Self(Value::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
