use std::collections::HashMap;

use crate::{Error, FromColumn, Rows, ToColumn, Value, dialect, error::single_line};

/// A transaction within a store's closure.
pub struct Transaction<'a> {
    pub(crate) session: Session<'a>,
    /// The engine aborted this transaction in favour of another; running it again may succeed.
    #[cfg(feature = "postgres")]
    pub(crate) conflicted: bool,
    /// The server takes no writes or is shutting down; another connection may reach a usable one.
    #[cfg(feature = "postgres")]
    pub(crate) unfit_server: bool,
}

pub(crate) enum Session<'a> {
    Sqlite {
        connection: &'a rusqlite::Connection,
        texts: &'a mut HashMap<&'static str, String>,
        /// Whether a statement was prepared that may have written.
        may_have_written: bool,
    },
    #[cfg(feature = "postgres")]
    Postgres { client: &'a mut postgres::Client, statements: &'a mut HashMap<&'static str, postgres::Statement> },
}

impl<'a> Session<'a> {
    pub(crate) fn sqlite(connection: &'a rusqlite::Connection, texts: &'a mut HashMap<&'static str, String>) -> Self {
        Self::Sqlite { connection, texts, may_have_written: false }
    }

    /// Whether there may be something to roll back.
    pub(crate) fn has_written(&self) -> bool {
        match self {
            Self::Sqlite { may_have_written, .. } => *may_have_written,
            #[cfg(feature = "postgres")]
            Self::Postgres { .. } => true,
        }
    }
}

/// A row of a query's result.
pub struct Row<'a> {
    cells: Cells<'a>,
    statement: &'static str,
}

enum Cells<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    #[cfg(feature = "postgres")]
    Postgres(&'a postgres::Row),
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(session: Session<'a>) -> Self {
        Self {
            session,
            #[cfg(feature = "postgres")]
            conflicted: false,
            #[cfg(feature = "postgres")]
            unfit_server: false,
        }
    }

    /// Runs a statement that returns no rows; returns the number of rows that it changed.
    pub fn execute(&mut self, sql: &'static str, values: &[&dyn ToColumn]) -> Result<u64, Error> {
        match &mut self.session {
            Session::Sqlite { connection, texts, may_have_written } => {
                let mut statement = prepare(connection, texts, may_have_written, sql)?;
                bind(&mut statement, sql, values)?;
                let changed = statement.raw_execute().map_err(|error| Error::statement(sql, error))?;
                Ok(u64::try_from(changed).unwrap_or(u64::MAX))
            }
            #[cfg(feature = "postgres")]
            Session::Postgres { client, statements } => {
                let result = crate::postgres::prepare_cached(client, statements, sql).and_then(|statement| {
                    client.execute(&statement, &crate::postgres::parameters(values).as_references())
                });
                result.map_err(|error| self.record_failure(sql, error))
            }
        }
    }

    /// Inserts all rows by the fastest method of the engine: one prepared statement on SQLite, `COPY` on PostgreSQL. A row that
    /// violates a constraint fails them all; after an error the job must return it, so that the transaction is rolled back.
    pub fn append(&mut self, rows: &Rows) -> Result<(), Error> {
        if rows.is_empty() {
            return Ok(());
        }
        match &mut self.session {
            Session::Sqlite { connection, may_have_written, .. } => {
                *may_have_written = true;
                crate::sqlite::append(connection, rows)
            }
            #[cfg(feature = "postgres")]
            Session::Postgres { client, .. } => crate::postgres::append(client, rows)
                .map_err(|error| self.record_failure(rows.insert_statement(), error)),
        }
    }

    /// Disables the statement timeout for this transaction, as for creating an index of a large table.
    pub fn disable_statement_timeout(&mut self) -> Result<(), Error> {
        match &mut self.session {
            // SQLite's statements have no timeout.
            Session::Sqlite { .. } => Ok(()),
            #[cfg(feature = "postgres")]
            Session::Postgres { client, .. } => {
                let sql = dialect::POSTGRES_NO_STATEMENT_TIMEOUT;
                client.batch_execute(sql).map_err(|error| self.record_failure(sql, error))
            }
        }
    }

    /// All rows of a query, each read by `read`.
    pub fn fetch_all<T>(
        &mut self,
        sql: &'static str,
        values: &[&dyn ToColumn],
        mut read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        match &mut self.session {
            Session::Sqlite { connection, texts, may_have_written } => {
                let mut statement = prepare(connection, texts, may_have_written, sql)?;
                bind(&mut statement, sql, values)?;
                let mut rows = statement.raw_query();
                let mut results = Vec::new();
                while let Some(row) = rows.next().map_err(|error| Error::statement(sql, error))? {
                    results.push(read(&Row { cells: Cells::Sqlite(row), statement: sql })?);
                }
                Ok(results)
            }
            #[cfg(feature = "postgres")]
            Session::Postgres { client, statements } => {
                let result = crate::postgres::prepare_cached(client, statements, sql).and_then(|statement| {
                    client.query(&statement, &crate::postgres::parameters(values).as_references())
                });
                let rows = result.map_err(|error| self.record_failure(sql, error))?;
                rows.iter().map(|row| read(&Row { cells: Cells::Postgres(row), statement: sql })).collect()
            }
        }
    }

    /// The row of a query that finds at most one.
    pub fn fetch_optional<T>(
        &mut self,
        sql: &'static str,
        values: &[&dyn ToColumn],
        read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let mut results = self.fetch_all(sql, values, read)?;
        if results.len() > 1 {
            return Err(Error::UnexpectedRowCount { statement: single_line(sql), found: results.len() });
        }
        Ok(results.pop())
    }

    /// The row of a query that always finds exactly one.
    pub fn fetch_one<T>(
        &mut self,
        sql: &'static str,
        values: &[&dyn ToColumn],
        read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.fetch_optional(sql, values, read)?
            .ok_or_else(|| Error::UnexpectedRowCount { statement: single_line(sql), found: 0 })
    }

    #[cfg(feature = "postgres")]
    fn record_failure(&mut self, sql: &str, error: postgres::Error) -> Error {
        self.conflicted |= crate::postgres::is_retryable(&error);
        self.unfit_server |= crate::postgres::is_unfit_server(&error);
        Error::statement(sql, error)
    }
}

fn prepare<'c>(
    connection: &'c rusqlite::Connection,
    texts: &mut HashMap<&'static str, String>,
    may_have_written: &mut bool,
    sql: &'static str,
) -> Result<rusqlite::CachedStatement<'c>, Error> {
    let text = texts.entry(sql).or_insert_with(|| dialect::statement_for_sqlite(sql));
    let statement = connection.prepare_cached(text).map_err(|error| Error::statement(sql, error))?;
    *may_have_written |= !statement.readonly();
    Ok(statement)
}

fn bind(statement: &mut rusqlite::Statement<'_>, sql: &'static str, values: &[&dyn ToColumn]) -> Result<(), Error> {
    if statement.parameter_count() != values.len() {
        let count = statement.parameter_count();
        let error = rusqlite::Error::InvalidParameterCount(values.len(), count);
        return Err(Error::statement(sql, error));
    }
    for (index, value) in values.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, value.to_column()).map_err(|error| Error::statement(sql, error))?;
    }
    Ok(())
}

impl Row<'_> {
    /// The value of a column, by its index in the statement from 0.
    pub fn get<T: FromColumn>(&self, column: usize) -> Result<T, Error> {
        let wrong = |reason: String| Error::Column { statement: single_line(self.statement), column, reason };
        let value = match &self.cells {
            Cells::Sqlite(row) => sqlite_value(row, column).map_err(|error| wrong(error.to_string()))?,
            #[cfg(feature = "postgres")]
            Cells::Postgres(row) => {
                row.try_get::<_, crate::postgres::Cell<'_>>(column).map_err(|error| wrong(error.to_string()))?.0
            }
        };
        T::from_column(value).map_err(|error| wrong(error.to_string()))
    }
}

fn sqlite_value<'r>(row: &'r rusqlite::Row<'_>, column: usize) -> Result<Value<'r>, rusqlite::Error> {
    use rusqlite::types::ValueRef;
    Ok(match row.get_ref(column)? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.into()),
        ValueRef::Real(_) => {
            return Err(rusqlite::Error::InvalidColumnType(column, String::new(), rusqlite::types::Type::Real));
        }
    })
}
