//! Who is signed in with which browser.
//!
//! A room that signs people in adds [`MIGRATION`] to its own and calls these within its transactions. The browser's
//! secret is stored as a digest; signing in gives the browser a new one (see [`crate::change_browser`]).

use base::{Digest, Span, Timestamp};
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
/// `subject` is the room's own word for whom (such as `patient:ID`).
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

/// Who is signed in with this browser.
pub fn subject(transaction: &mut Transaction<'_>, browser: Digest, now: Timestamp) -> Result<Option<String>, Error> {
    transaction
        .optional("SELECT subject FROM session WHERE browser = $1 AND ends > $2", &[&browser, &now], |row| row.at(0))
}

/// Signs out.
pub fn end(transaction: &mut Transaction<'_>, browser: Digest) -> Result<(), Error> {
    transaction.execute("DELETE FROM session WHERE browser = $1", &[&browser]).map(|_| ())
}

/// Signs `subject` out with every browser but the one whose secret has this digest.
pub fn end_others(transaction: &mut Transaction<'_>, subject: &str, kept: Digest) -> Result<(), Error> {
    transaction.execute("DELETE FROM session WHERE subject = $1 AND browser <> $2", &[&subject, &kept]).map(|_| ())
}
