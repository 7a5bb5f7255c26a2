//! Everything that the two engines do not say alike.
//!
//! The SQL of stores and migrations is written as PostgreSQL reads it: `$1` for values, `BIGINT`, `TEXT`, `BYTEA`,
//! `RETURNING`, `ON CONFLICT`. SQLite reads nearly all of it; the rest is translated here.

/// A store's statement for SQLite: `$1` becomes `?1`, because SQLite numbers `$`-names by their first appearance.
pub(crate) fn statement_for_sqlite(sql: &str) -> String {
    let mut translated = String::with_capacity(sql.len());
    let mut characters = sql.chars().peekable();
    while let Some(character) = characters.next() {
        let starts_number = character == '$' && characters.peek().is_some_and(char::is_ascii_digit);
        translated.push(if starts_number { '?' } else { character });
    }
    translated
}

/// A migration for SQLite: its names for the three types, and tables that hold their columns to them (`STRICT`).
pub(crate) fn migration_for_sqlite(sql: &str) -> String {
    sql.replace("BIGINT", "INTEGER").replace("BYTEA", "BLOB").replace("\n);", "\n) STRICT;")
}

/// How a SQLite connection is set up. What was answered is on the disk (`FULL`), readers do not stop the writer (`WAL`).
/// The log is put back into the database by `checkpoint`, which takes the place of what SQLite does by itself. What is deleted is
/// written over (`secure_delete`): a person's data that was erased is not to be found in the file.
pub(crate) const SQLITE_SETTINGS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;
    PRAGMA busy_timeout = 10000;
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -4000;
    PRAGMA trusted_schema = OFF;";

/// How a PostgreSQL session is set up.
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_SETTINGS: &str = "
    SET synchronous_commit = on;
    SET lock_timeout = '10s';
    SET statement_timeout = '60s';
    SET idle_in_transaction_session_timeout = '60s';
    SET timezone = 'UTC';
    SET client_min_messages = warning;";

/// Lets the statements of one PostgreSQL transaction take as long as they need.
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_NO_STATEMENT_TIMEOUT: &str =
    "SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '256MB';";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbered_as_written() {
        assert_eq!(statement_for_sqlite("SELECT $2, $1, '$'"), "SELECT ?2, ?1, '$'");
    }

    #[test]
    fn tables_are_strict() {
        assert_eq!(
            migration_for_sqlite("CREATE TABLE a (\n    b BIGINT NOT NULL,\n    c BYTEA\n);"),
            "CREATE TABLE a (\n    b INTEGER NOT NULL,\n    c BLOB\n) STRICT;"
        );
    }
}
