//! Everything in which the SQL of the two engines differs.
//!
//! The SQL of stores and migrations is written for PostgreSQL: `$1` for values, `BIGINT`, `TEXT`, `BYTEA`, `RETURNING`,
//! `ON CONFLICT`. SQLite accepts nearly all of it; the rest is translated here.

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

/// A migration for SQLite: its names for the three types, and tables that enforce the types of their columns (`STRICT`).
pub(crate) fn migration_for_sqlite(sql: &str) -> String {
    let sql = select_sections(sql, ONLY_SQLITE);
    sql.replace("BIGINT", "INTEGER").replace("BYTEA", "BLOB").replace("\n);", "\n) STRICT;")
}

/// A migration for PostgreSQL.
#[cfg(feature = "postgres")]
pub(crate) fn migration_for_postgres(sql: &str) -> String {
    select_sections(sql, ONLY_POSTGRES)
}

/// The lines that divide a migration. SQLite alters little of a table, so that some changes need other statements there.
const ONLY_SQLITE: &str = "-- only on SQLite";
const ONLY_POSTGRES: &str = "-- only on PostgreSQL";
const ON_BOTH: &str = "-- on both";

/// The lines of a migration that are for both engines or for the one that `wanted` names.
fn select_sections(sql: &str, wanted: &str) -> String {
    let mut is_selected = true;
    let mut selected = String::with_capacity(sql.len());
    for line in sql.split_inclusive('\n') {
        match line.trim_end() {
            ON_BOTH => is_selected = true,
            section @ (ONLY_SQLITE | ONLY_POSTGRES) => is_selected = section == wanted,
            _ if is_selected => selected.push_str(line),
            _ => {}
        }
    }
    selected
}

/// The settings of a SQLite connection. A reported commit is on the disk (`FULL`), readers do not block the writer (`WAL`).
/// `checkpoint` replaces the automatic checkpoints of SQLite. Deleted content is overwritten (`secure_delete`), so that
/// erased personal data cannot be found in the file.
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

/// The settings of a PostgreSQL session.
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES_SETTINGS: &str = "
    SET synchronous_commit = on;
    SET lock_timeout = '10s';
    SET statement_timeout = '60s';
    SET idle_in_transaction_session_timeout = '60s';
    SET timezone = 'UTC';
    SET client_min_messages = warning;";

/// Disables the statement timeout for one PostgreSQL transaction.
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
    fn a_section_is_for_one_engine() {
        let sql = "a\n-- only on SQLite\nb\n-- only on PostgreSQL\nc\n-- on both\nd";
        assert_eq!(select_sections(sql, ONLY_SQLITE), "a\nb\nd");
        assert_eq!(select_sections(sql, ONLY_POSTGRES), "a\nc\nd");
    }

    #[test]
    fn tables_are_strict() {
        assert_eq!(
            migration_for_sqlite("CREATE TABLE a (\n    b BIGINT NOT NULL,\n    c BYTEA\n);"),
            "CREATE TABLE a (\n    b INTEGER NOT NULL,\n    c BLOB\n) STRICT;"
        );
    }
}
