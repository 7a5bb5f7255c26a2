use std::time::Duration;

/// Why a transaction failed.
///
/// Its changes were not stored, with two exceptions: after [`Error::TimedOut`], and after an [`Error::Commit`] whose connection
/// was lost during the commit, they may have been.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The engine rejected or failed a statement.
    #[error("the statement '{statement}' failed")]
    Statement {
        /// As written in the store.
        statement: String,
        /// The engine's error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A stored value is not of the type that the store reads.
    #[error("column {column} of '{statement}' cannot be read: {reason}")]
    Column {
        /// As written in the store.
        statement: String,
        /// The column's index, from 0.
        column: usize,
        /// What is wrong with the value, without the value.
        reason: String,
    },
    /// A query that must find one row found none or several.
    #[error("'{statement}' found {found} rows where there is exactly one")]
    UnexpectedRowCount {
        /// As written in the store.
        statement: String,
        found: usize,
    },
    /// The commit failed, or the transaction conflicted too often. Where the engine reported the failure, nothing was stored;
    /// where the connection to a server was lost during the commit, or a disk failed in it, the outcome is not known.
    #[error("the commit of the transaction was not confirmed")]
    Commit(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The engine cannot be reached.
    #[error("the database cannot be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The engine did not respond in time. Whether the transaction was committed is not known.
    #[error("the database did not answer within {} seconds", .0.as_secs())]
    TimedOut(Duration),
    /// The job panicked and was rolled back.
    #[error("a database job panicked and was undone")]
    Panicked,
    /// The database is closing.
    #[error("the database is closed")]
    Stopped,
}

impl Error {
    /// Whether the engine is unreachable or silent, so that the same request may succeed later.
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
