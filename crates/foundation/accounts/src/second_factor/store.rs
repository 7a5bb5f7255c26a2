//! The tables of second factors, recovery codes and sign-ins that wait for a code.

use base::{Digest, Span, Timestamp};
use database::{Error, Migration, Transaction};

use super::{SecondFactorStage, StoredSecondFactor};
use crate::totp::TotpStep;

/// The tables of second factors.
pub const MIGRATION: Migration = Migration {
    name: "second factor",
    sql: "CREATE TABLE second_factor (
    account TEXT NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL,
    last_step BIGINT
);
CREATE TABLE recovery_code (
    account TEXT NOT NULL,
    digest BYTEA NOT NULL,
    PRIMARY KEY (account, digest)
);
CREATE TABLE pending_sign_in (
    browser BYTEA NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    ends BIGINT NOT NULL
);
CREATE INDEX pending_sign_in_ends ON pending_sign_in (ends);",
};

/// Begins to set up a second factor. One that is on stays as it is: returns whether the new one was stored.
pub fn begin_setup(transaction: &mut Transaction<'_>, account: &str, sealed: &[u8]) -> Result<bool, Error> {
    let stored = transaction.execute(
        "INSERT INTO second_factor (account, sealed) VALUES ($1, $2)
         ON CONFLICT (account) DO UPDATE SET sealed = $2 WHERE second_factor.last_step IS NULL",
        &[&account, &sealed.to_vec()],
    )?;
    Ok(stored == 1)
}

/// The second factor of an account.
pub fn find_second_factor(
    transaction: &mut Transaction<'_>,
    account: &str,
) -> Result<Option<StoredSecondFactor>, Error> {
    transaction.fetch_optional("SELECT sealed, last_step FROM second_factor WHERE account = $1", &[&account], |row| {
        let last_step: Option<i64> = row.get(1)?;
        let stage =
            last_step.map_or(SecondFactorStage::SettingUp, |step| SecondFactorStage::On { last_used: TotpStep(step) });
        Ok(StoredSecondFactor { sealed: row.get(0)?, stage })
    })
}

/// Whether signing in with an account asks for a code.
pub fn is_second_factor_on(transaction: &mut Transaction<'_>, account: &str) -> Result<bool, Error> {
    let factor = find_second_factor(transaction, account)?;
    Ok(factor.is_some_and(|factor| matches!(factor.stage, SecondFactorStage::On { .. })))
}

/// Turns on the second factor that is being set up with this sealed secret, of which a code was seen. Returns whether it was
/// being set up.
pub fn confirm_setup(
    transaction: &mut Transaction<'_>,
    account: &str,
    sealed: &[u8],
    step: TotpStep,
) -> Result<bool, Error> {
    let confirmed = transaction.execute(
        "UPDATE second_factor SET last_step = $3 WHERE account = $1 AND sealed = $2 AND last_step IS NULL",
        &[&account, &sealed.to_vec(), &step.0],
    )?;
    Ok(confirmed == 1)
}

/// Uses up the code of a step. Returns whether neither it nor a later one was used before.
pub fn use_step(transaction: &mut Transaction<'_>, account: &str, step: TotpStep) -> Result<bool, Error> {
    let used = transaction.execute(
        "UPDATE second_factor SET last_step = $2 WHERE account = $1 AND last_step < $2",
        &[&account, &step.0],
    )?;
    Ok(used == 1)
}

/// Uses up a recovery code. Returns whether there was one.
pub fn use_recovery_code(transaction: &mut Transaction<'_>, account: &str, code: Digest) -> Result<bool, Error> {
    let used =
        transaction.execute("DELETE FROM recovery_code WHERE account = $1 AND digest = $2", &[&account, &code])?;
    Ok(used == 1)
}

/// Makes these the recovery codes of an account.
pub fn replace_recovery_codes(transaction: &mut Transaction<'_>, account: &str, codes: &[Digest]) -> Result<(), Error> {
    transaction.execute("DELETE FROM recovery_code WHERE account = $1", &[&account])?;
    for code in codes {
        transaction.execute("INSERT INTO recovery_code (account, digest) VALUES ($1, $2)", &[&account, code])?;
    }
    Ok(())
}

/// How many recovery codes an account has left.
pub fn count_recovery_codes(transaction: &mut Transaction<'_>, account: &str) -> Result<u32, Error> {
    transaction.fetch_one("SELECT COUNT(*) FROM recovery_code WHERE account = $1", &[&account], |row| row.get(0))
}

/// Removes the second factor of an account, its recovery codes, and the sign-ins that wait for it.
pub fn remove(transaction: &mut Transaction<'_>, account: &str) -> Result<(), Error> {
    transaction.execute("DELETE FROM second_factor WHERE account = $1", &[&account])?;
    transaction.execute("DELETE FROM recovery_code WHERE account = $1", &[&account])?;
    transaction.execute("DELETE FROM pending_sign_in WHERE account = $1", &[&account]).map(drop)
}

/// Records that the password of an account was right in the browser whose new secret has this digest, for `lifetime`.
pub fn begin_pending_sign_in(
    transaction: &mut Transaction<'_>,
    browser: Digest,
    account: &str,
    now: Timestamp,
    lifetime: Span,
) -> Result<(), Error> {
    transaction.execute("DELETE FROM pending_sign_in WHERE ends <= $1", &[&now])?;
    transaction
        .execute(
            "INSERT INTO pending_sign_in (browser, account, ends) VALUES ($1, $2, $3)",
            &[&browser, &account, &now.plus(lifetime)],
        )
        .map(drop)
}

/// The account whose sign-in waits for a code in this browser.
pub fn find_pending_sign_in(
    transaction: &mut Transaction<'_>,
    browser: Digest,
    now: Timestamp,
) -> Result<Option<String>, Error> {
    transaction.fetch_optional(
        "SELECT account FROM pending_sign_in WHERE browser = $1 AND ends > $2",
        &[&browser, &now],
        |row| row.get(0),
    )
}

/// Ends the sign-in that waits in this browser. Returns whether there was one.
pub fn end_pending_sign_in(transaction: &mut Transaction<'_>, browser: Digest) -> Result<bool, Error> {
    let ended = transaction.execute("DELETE FROM pending_sign_in WHERE browser = $1", &[&browser])?;
    Ok(ended == 1)
}
