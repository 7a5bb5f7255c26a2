//! The tables of failures, known devices and warnings.

use base::{Digest, Timestamp};
use database::{Error, Migration, Transaction};

/// The tables of failures and known devices.
pub const MIGRATION: Migration = Migration {
    name: "sign_in_failure",
    sql: "CREATE TABLE sign_in_failure (
    whom BYTEA NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    since BIGINT NOT NULL
);
CREATE INDEX sign_in_failure_since ON sign_in_failure (since);
CREATE TABLE known_device (
    device BYTEA NOT NULL,
    account BYTEA NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (device, account)
);
CREATE INDEX known_device_seen ON known_device (seen_at);
CREATE TABLE sign_in_warning (
    account BYTEA NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
);",
};

/// Deletes the failures whose window began at `limit` or before.
pub(super) fn delete_old_failures(transaction: &mut Transaction<'_>, limit: Timestamp) -> Result<(), Error> {
    transaction.execute("DELETE FROM sign_in_failure WHERE since <= $1", &[&limit]).map(drop)
}

/// Counts a failure. Returns how many there are now, and when the first was.
pub(super) fn insert_failure(
    transaction: &mut Transaction<'_>,
    key: Digest,
    now: Timestamp,
) -> Result<(u32, Timestamp), Error> {
    transaction.fetch_one(
        "INSERT INTO sign_in_failure (whom, failures, since) VALUES ($1, 1, $2)
         ON CONFLICT (whom) DO UPDATE SET failures = sign_in_failure.failures + 1 RETURNING failures, since",
        &[&key, &now],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Counts one failure less, if there is one.
pub(super) fn delete_one_failure(transaction: &mut Transaction<'_>, key: Digest) -> Result<(), Error> {
    transaction
        .execute("UPDATE sign_in_failure SET failures = failures - 1 WHERE whom = $1 AND failures > 0", &[&key])
        .map(drop)
}

/// Deletes all failures of a key.
pub(super) fn delete_failures(transaction: &mut Transaction<'_>, key: Digest) -> Result<(), Error> {
    transaction.execute("DELETE FROM sign_in_failure WHERE whom = $1", &[&key]).map(drop)
}

/// Deletes the warnings that were given at `limit` or before.
pub(super) fn delete_old_warnings(transaction: &mut Transaction<'_>, limit: Timestamp) -> Result<(), Error> {
    transaction.execute("DELETE FROM sign_in_warning WHERE at <= $1", &[&limit]).map(drop)
}

/// Records a warning. Returns whether there was none.
pub(super) fn insert_warning(
    transaction: &mut Transaction<'_>,
    account: Digest,
    now: Timestamp,
) -> Result<bool, Error> {
    let inserted = transaction.execute(
        "INSERT INTO sign_in_warning (account, at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        &[&account, &now],
    )?;
    Ok(inserted == 1)
}

/// Whether the device was seen with the account after `limit`.
pub(super) fn has_known_device(
    transaction: &mut Transaction<'_>,
    device: Digest,
    account: Digest,
    limit: Timestamp,
) -> Result<bool, Error> {
    let row = transaction.fetch_optional(
        "SELECT 1 FROM known_device WHERE device = $1 AND account = $2 AND seen_at > $3",
        &[&device, &account, &limit],
        |row| row.get::<i64>(0),
    )?;
    Ok(row.is_some())
}

/// Deletes the devices that were last seen at `limit` or before.
pub(super) fn delete_old_devices(transaction: &mut Transaction<'_>, limit: Timestamp) -> Result<(), Error> {
    transaction.execute("DELETE FROM known_device WHERE seen_at <= $1", &[&limit]).map(drop)
}

/// Records that the device was seen with the account.
pub(super) fn insert_or_update_device(
    transaction: &mut Transaction<'_>,
    device: Digest,
    account: Digest,
    now: Timestamp,
) -> Result<(), Error> {
    transaction
        .execute(
            "INSERT INTO known_device (device, account, seen_at) VALUES ($1, $2, $3)
         ON CONFLICT (device, account) DO UPDATE SET seen_at = $3",
            &[&device, &account, &now],
        )
        .map(drop)
}
