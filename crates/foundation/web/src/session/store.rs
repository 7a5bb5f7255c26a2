//! The table of sessions.

use base::{Date, Digest, Span, Timestamp};
use database::{Error, Migration, Transaction};

/// The table of sessions.
pub const MIGRATION: Migration = Migration {
    name: "session",
    sql: "CREATE TABLE session (
    browser BYTEA NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    began BIGINT NOT NULL,
    ends BIGINT NOT NULL
);
CREATE INDEX session_ends ON session (ends);",
};

/// Signs `subject` in with the browser whose new secret has this digest, for `lifetime`.
///
/// `subject` is the service's identifier (such as `patient:ID`).
pub fn begin(
    transaction: &mut Transaction<'_>,
    browser: Digest,
    subject: &str,
    now: Timestamp,
    lifetime: Span,
) -> Result<(), Error> {
    transaction.execute("DELETE FROM session WHERE ends <= $1", &[&now])?;
    transaction
        .execute(
            "INSERT INTO session (browser, subject, began, ends) VALUES ($1, $2, $3, $4)",
            &[&browser, &subject, &now, &now.plus(lifetime)],
        )
        .map(|_| ())
}

/// The subject that is signed in with this browser.
pub fn find_subject(
    transaction: &mut Transaction<'_>,
    browser: Digest,
    now: Timestamp,
) -> Result<Option<String>, Error> {
    transaction.fetch_optional(
        "SELECT subject FROM session WHERE browser = $1 AND ends > $2",
        &[&browser, &now],
        |row| row.get(0),
    )
}

/// Adds the day of the last use of a session, for services that list a person's sessions.
pub const USE_MIGRATION: Migration =
    Migration { name: "use of sessions", sql: "ALTER TABLE session ADD COLUMN used_on TEXT;" };

/// A browser that a subject is signed in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionEntry {
    /// The digest of its secret.
    pub browser: Digest,
    pub started_at: Timestamp,
    /// The day of the last use, if recorded.
    pub used_on: Option<Date>,
}

/// The sessions of `subject`, the newest first. Needs [`USE_MIGRATION`].
pub fn list_sessions(
    transaction: &mut Transaction<'_>,
    subject: &str,
    now: Timestamp,
) -> Result<Vec<SessionEntry>, Error> {
    transaction.fetch_all(
        "SELECT browser, began, used_on FROM session WHERE subject = $1 AND ends > $2 ORDER BY began DESC, browser",
        &[&subject, &now],
        |row| Ok(SessionEntry { browser: row.get(0)?, started_at: row.get(1)?, used_on: row.get(2)? }),
    )
}

/// Signs `subject` out with every browser but this one.
pub fn end_other_sessions(transaction: &mut Transaction<'_>, subject: &str, browser: Digest) -> Result<(), Error> {
    transaction.execute("DELETE FROM session WHERE subject = $1 AND browser <> $2", &[&subject, &browser]).map(|_| ())
}

/// Signs `subject` out with every browser.
pub fn end_all(transaction: &mut Transaction<'_>, subject: &str) -> Result<(), Error> {
    transaction.execute("DELETE FROM session WHERE subject = $1", &[&subject]).map(|_| ())
}

/// Whether the use of this browser's session was recorded on that day. Needs [`USE_MIGRATION`].
pub fn was_used_on(transaction: &mut Transaction<'_>, browser: Digest, day: Date) -> Result<bool, Error> {
    let used: Option<Option<Date>> =
        transaction.fetch_optional("SELECT used_on FROM session WHERE browser = $1", &[&browser], |row| row.get(0))?;
    Ok(used.flatten() == Some(day))
}

/// Records the use of this browser's session on that day. Needs [`USE_MIGRATION`].
pub fn note_use(transaction: &mut Transaction<'_>, browser: Digest, day: Date) -> Result<(), Error> {
    transaction.execute("UPDATE session SET used_on = $2 WHERE browser = $1", &[&browser, &day]).map(|_| ())
}

/// Signs this browser out.
pub fn end(transaction: &mut Transaction<'_>, browser: Digest) -> Result<(), Error> {
    transaction.execute("DELETE FROM session WHERE browser = $1", &[&browser]).map(|_| ())
}
