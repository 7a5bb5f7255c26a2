//! The reception's tables. One method is one transaction; pages and endpoints respond by its outcome.

mod authentication;
mod holder;
mod oauth;
mod procedure;
mod review;
#[cfg(test)]
mod tests;

use base::{Digest, Randomness, Span, Timestamp};
use database::{Database, Error, Migration, Transaction, WrongValue};
use serde::{Serialize, de::DeserializeOwned};

pub(crate) use authentication::number_digest;
pub(crate) use authentication::{AppAuthentication, NewAuthentication, ReturnOutcome};
pub use holder::StoredHolder;
pub(crate) use oauth::REQUEST_LIFE;
pub(crate) use procedure::{CompletionOutcome, ConsentProcedure, abandoned_redirect};
pub(crate) use review::ReceptionSummary;

/// The reception's tables, in one database with those of `eligibility`.
pub const MIGRATIONS: &[Migration] = &[TABLES, TWO_TICKETS, AUTHENTICATION];

/// The table and the column named by what they hold.
const AUTHENTICATION: Migration = Migration {
    name: "reception authentication",
    sql: "ALTER TABLE errand RENAME TO authentication;
ALTER TABLE procedure RENAME COLUMN errand TO authentication;
DROP INDEX errand_ends;
DROP INDEX errand_browser;
DROP INDEX errand_scan_ticket;
CREATE INDEX authentication_ends ON authentication (ends);
CREATE INDEX authentication_browser ON authentication (browser, began);
CREATE UNIQUE INDEX authentication_scan_ticket ON authentication (scan_ticket);",
};

/// A ticket for the link and another for the QR code, and whether a link returns to an iPhone's browser.
const TWO_TICKETS: Migration = Migration {
    name: "reception two tickets",
    sql: "ALTER TABLE errand ADD COLUMN scan_ticket BYTEA;
ALTER TABLE errand ADD COLUMN return_link TEXT NOT NULL DEFAULT 'untrusted';
CREATE UNIQUE INDEX errand_scan_ticket ON errand (scan_ticket);",
};

const TABLES: Migration = Migration {
    name: "reception",
    sql: "CREATE TABLE pushed_request (
    request BYTEA NOT NULL PRIMARY KEY,
    client TEXT NOT NULL,
    content TEXT NOT NULL,
    ends BIGINT NOT NULL,
    procedure TEXT
);
CREATE INDEX pushed_request_ends ON pushed_request (ends);
CREATE TABLE spent_assertion (
    assertion BYTEA NOT NULL PRIMARY KEY,
    ends BIGINT NOT NULL
);
CREATE INDEX spent_assertion_ends ON spent_assertion (ends);
CREATE TABLE procedure (
    id TEXT NOT NULL PRIMARY KEY,
    browser BYTEA NOT NULL,
    asked TEXT NOT NULL,
    stage TEXT NOT NULL,
    errand TEXT,
    client TEXT,
    reference TEXT,
    version BIGINT NOT NULL,
    began BIGINT NOT NULL,
    ends BIGINT NOT NULL
);
CREATE INDEX procedure_browser ON procedure (browser, client, reference);
CREATE INDEX procedure_ends ON procedure (ends);
CREATE TABLE errand (
    id TEXT NOT NULL PRIMARY KEY,
    browser BYTEA NOT NULL,
    procedure TEXT,
    purpose TEXT NOT NULL,
    ticket BYTEA NOT NULL UNIQUE,
    nonce BYTEA NOT NULL,
    return_code BYTEA UNIQUE,
    stage TEXT NOT NULL,
    browser_words TEXT NOT NULL,
    version BIGINT NOT NULL,
    began BIGINT NOT NULL,
    ends BIGINT NOT NULL
);
CREATE INDEX errand_ends ON errand (ends);
CREATE INDEX errand_browser ON errand (browser, began);
CREATE TABLE code (
    code BYTEA NOT NULL PRIMARY KEY,
    procedure TEXT NOT NULL,
    client TEXT NOT NULL,
    granted TEXT NOT NULL,
    ends BIGINT NOT NULL,
    spent BIGINT
);
CREATE INDEX code_procedure ON code (procedure);
CREATE INDEX code_ends ON code (ends);
CREATE TABLE access_token (
    token BYTEA NOT NULL PRIMARY KEY,
    code BYTEA NOT NULL,
    number TEXT NOT NULL,
    valid_until BIGINT NOT NULL,
    ends BIGINT NOT NULL
);
CREATE INDEX access_token_code ON access_token (code);
CREATE INDEX access_token_ends ON access_token (ends);
CREATE TABLE review (
    browser BYTEA NOT NULL PRIMARY KEY,
    issuer BYTEA NOT NULL,
    serial BYTEA NOT NULL,
    ends BIGINT NOT NULL
);",
};

/// The store of the reception, on the database that it shares with `eligibility`.
#[derive(Clone)]
pub(crate) struct Store {
    database: Database,
    randomness: Randomness,
}

impl Store {
    /// Reception numbers are drawn from `randomness`.
    pub(crate) fn new(database: Database, randomness: Randomness) -> Self {
        Self { database, randomness }
    }

    /// Deletes expired rows. A registered procedure is kept to the end of its visit day, so that it can be resumed.
    pub(crate) async fn delete_expired(&self, now: Timestamp) -> Result<(), Error> {
        self.database
            .write(move |transaction| {
                for statement in [
                    "DELETE FROM pushed_request WHERE ends <= $1",
                    "DELETE FROM spent_assertion WHERE ends <= $1",
                    "DELETE FROM review WHERE ends <= $1",
                    "DELETE FROM access_token WHERE ends <= $1",
                ] {
                    transaction.execute(statement, &[&now])?;
                }
                // These are kept a day longer, so that a late visitor sees how they ended.
                let day_ago = now.minus(Span::from_hours(24));
                for statement in [
                    "DELETE FROM authentication WHERE ends <= $1",
                    "DELETE FROM procedure WHERE ends <= $1",
                    "DELETE FROM code WHERE ends <= $1",
                ] {
                    transaction.execute(statement, &[&day_ago])?;
                }
                Ok(())
            })
            .await
    }
}

/// The requesting browser, by the digest of its cookie, and the time.
#[derive(Clone, Copy)]
pub(crate) struct RequestContext {
    pub(crate) browser: Digest,
    pub(crate) now: Timestamp,
}

/// The insured person with the certificate of a stored holder.
fn find_person(
    transaction: &mut Transaction<'_>,
    issuer: &[u8],
    serial: &[u8],
) -> Result<Option<eligibility::PersonId>, Error> {
    let issuer = jpki::KeyIdentifier::from_bytes(issuer.to_vec());
    let serial = jpki::Serial::from_bytes(serial).map_err(|error| Error::Column {
        statement: "a stored holder".to_owned(),
        column: 0,
        reason: error.to_string(),
    })?;
    eligibility::find_person_by_certificate(transaction, &issuer, &serial)
}

fn to_json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| json_error("a value to be stored", &error))
}

fn from_json<T: DeserializeOwned>(text: &str, column: &'static str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| json_error(column, &error))
}

fn json_error(subject: &'static str, error: &serde_json::Error) -> Error {
    Error::Column {
        statement: subject.to_owned(),
        column: 0,
        reason: WrongValue(format!("{:?} at column {}", error.classify(), error.column())).to_string(),
    }
}

/// Checks a compare-and-set. Transactions are serializable, so the row cannot have changed; if it had, the error would roll
/// everything back.
fn expect_one_row(changed: u64, statement: &str) -> Result<(), Error> {
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::UnexpectedRowCount {
            statement: statement.to_owned(),
            found: usize::try_from(changed).unwrap_or(usize::MAX),
        })
    }
}

/// Records that a client's assertion was used (RFC 7523 §3 item 7).
fn spend_assertion(
    transaction: &mut Transaction<'_>,
    assertion: handover::OnceOnly,
) -> Result<handover::ReplayCheck, Error> {
    let inserted = transaction.execute(
        "INSERT INTO spent_assertion (assertion, ends) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[assertion.key(), &assertion.expires_at()],
    )?;
    Ok(if inserted == 1 { handover::ReplayCheck::FirstUse } else { handover::ReplayCheck::Replayed })
}
