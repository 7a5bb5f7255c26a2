use std::time::Duration;

/// Why a transaction could not be done. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The engine refused or failed a statement.
    #[error("the statement '{statement}' failed")]
    Statement {
        /// The statement, as written in the room's store.
        statement: String,
        /// What the engine said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A stored value is not of the kind that the store reads.
    #[error("column {column} of '{statement}' cannot be read: {reason}")]
    Column {
        /// The statement, as written in the room's store.
        statement: String,
        /// The column's place, from 0.
        column: usize,
        /// What is wrong with the value; never the value.
        reason: String,
    },
    /// A query that must find one row found none or several.
    #[error("'{statement}' found {found} rows where there is exactly one")]
    UnexpectedRowCount {
        /// The statement, as written in the room's store.
        statement: String,
        /// How many it found.
        found: usize,
    },
    /// The transaction could not be made durable, or it lost too many races.
    #[error("the transaction could not be committed")]
    Commit(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The engine cannot be reached.
    #[error("the database cannot be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The engine did not answer in time. Whether the transaction was done is not known.
    #[error("the database did not answer within {} seconds", .0.as_secs())]
    TimedOut(Duration),
    /// The job panicked. It was undone.
    #[error("a database job panicked and was undone")]
    Panicked,
    /// The database is closing.
    #[error("the database is closed")]
    Stopped,
}

impl Error {
    /// Whether the engine is away or silent, so that the same request may succeed a little later.
    pub fn is_outage(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::TimedOut(_) | Self::Stopped)
    }

    pub(crate) fn statement(sql: &str, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Statement { statement: single_line(sql), source: Box::new(source) }
    }
}

/// A statement on one line, without its indentation.
pub(crate) fn single_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}
