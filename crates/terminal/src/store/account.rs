//! The three accounts of each terminal, and who is signed in with them.

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use base::{Digest, InstitutionCode, Randomness, Span, Timestamp, Token, digest};
use database::{Error, Transaction};
use shell::session;

use super::Store;
use crate::Role;

/// How long an account stays signed in: a working day.
const SESSION: Span = Span::from_hours(12);

/// How many misses are allowed for one account within [`WINDOW`].
const MOST_MISSES: u32 = 8;

/// How long misses count.
const WINDOW: Span = Span::from_mins(15);

/// The shortest password that is accepted (NIST SP 800-63B §5.1.1.2 asks for eight at least).
const SHORTEST: usize = 10;

/// The password of an account, as it may be stored: argon2id with its salt.
#[derive(Clone)]
pub struct Password(String);

/// A password that is too short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password has at least {SHORTEST} characters")]
pub struct ShortPassword;

/// Why an account was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum NotAdded {
    /// The settings name no such station.
    #[error("the settings have no station of the institution {0}")]
    NoStation(InstitutionCode),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] Error),
}

/// An account of an institution's terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) institution: InstitutionCode,
    pub(crate) role: Role,
}

/// What comes of trying to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignIn {
    /// Signed in, with the browser's new secret.
    Done,
    /// Account or password is wrong; which, is not told.
    Wrong,
    /// Too many misses for this account; from when on it may be tried again.
    TooMany { again_at: Timestamp },
}

impl Password {
    /// What may be stored of a password. Takes a moment, on purpose.
    pub async fn hash(password: &str, randomness: &Randomness) -> Result<Self, ShortPassword> {
        if password.chars().count() < SHORTEST {
            return Err(ShortPassword);
        }
        let (password, salt) = (password.to_owned(), randomness.bytes::<16>());
        let hashed = tokio::task::spawn_blocking(move || {
            // argon2id with the crate's defaults (19 MiB, two passes), as OWASP's cheat sheet asks for.
            Argon2::default()
                .hash_password_with_salt(password.as_bytes(), &salt)
                .expect("a salt of 16 bytes and the default parameters are valid")
                .to_string()
        });
        Ok(Self(hashed.await.expect("hashing does not panic")))
    }
}

/// Whether the password is the stored one. Without a stored one it takes as long, and is not.
async fn verified(password: String, stored: Option<String>) -> bool {
    let verify = move || {
        let Some(stored) = stored else {
            let _as_long = Argon2::default().hash_password_with_salt(password.as_bytes(), &[0; 16]);
            return false;
        };
        Argon2::default().verify_password(password.as_bytes(), stored.as_str()).is_ok()
    };
    tokio::task::spawn_blocking(verify).await.unwrap_or(false)
}

impl Account {
    fn subject(self) -> String {
        format!("{}:{}", self.institution, self.role)
    }

    fn from_subject(subject: &str) -> Option<Self> {
        let (institution, role) = subject.split_once(':')?;
        Some(Self { institution: institution.parse().ok()?, role: role.parse().ok()? })
    }
}

impl Store {
    /// All accounts that there are.
    pub(crate) async fn accounts(&self) -> Result<Vec<(InstitutionCode, Role)>, Error> {
        self.database
            .read(|transaction| {
                transaction.all("SELECT institution, role FROM account ORDER BY institution, role", &[], |row| {
                    Ok((row.at(0)?, row.at(1)?))
                })
            })
            .await
    }

    /// Makes an account; one that is there keeps its password.
    pub(crate) async fn add_account(
        &self,
        institution: InstitutionCode,
        role: Role,
        password: &Password,
        now: Timestamp,
    ) -> Result<(), Error> {
        let password = password.0.clone();
        self.database
            .write(move |transaction| {
                let sql = "INSERT INTO account (institution, role, password, changed_at) VALUES ($1, $2, $3, $4)
                     ON CONFLICT DO NOTHING";
                transaction.execute(sql, &[&institution, &role, &password, &now]).map(|_| ())
            })
            .await
    }

    /// Makes an account or changes its password, and signs out whoever is signed in with it.
    pub(crate) async fn set_password(
        &self,
        institution: InstitutionCode,
        role: Role,
        password: &Password,
        now: Timestamp,
    ) -> Result<(), Error> {
        let password = password.0.clone();
        self.database
            .write(move |transaction| {
                let sql = "INSERT INTO account (institution, role, password, changed_at) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (institution, role) DO UPDATE SET password = $3, changed_at = $4";
                transaction.execute(sql, &[&institution, &role, &password, &now])?;
                let subject = Account { institution, role }.subject();
                transaction.execute("DELETE FROM session WHERE subject = $1", &[&subject]).map(|_| ())
            })
            .await
    }

    /// Tries to sign in, and gives the browser its new secret.
    ///
    /// The attempt is counted before the password is looked at, so that no number of attempts at once gets more tries.
    pub(crate) async fn sign_in(
        &self,
        account: Account,
        password: &str,
        (before, after): (&Token, &Token),
        now: Timestamp,
    ) -> Result<SignIn, Error> {
        let Account { institution, role } = account;
        let whom = digest(&[b"account:", account.subject().as_bytes()]);
        let counted = self.database.write(move |transaction| count(transaction, whom, now)).await?;
        if let Some(again_at) = counted {
            return Ok(SignIn::TooMany { again_at });
        }
        let sql = "SELECT password FROM account WHERE institution = $1 AND role = $2";
        let stored: Option<String> = self
            .database
            .read(move |transaction| transaction.optional(sql, &[&institution, &role], |row| row.at(0)))
            .await?;
        if !verified(password.to_owned(), stored).await {
            return Ok(SignIn::Wrong);
        }
        let (before, after) = (before.digest(), after.digest());
        self.database
            .write(move |transaction| {
                transaction.execute("DELETE FROM attempt WHERE whom = $1", &[&whom])?;
                session::end(transaction, before)?;
                session::begin(transaction, after, &account.subject(), now, SESSION)?;
                Ok(SignIn::Done)
            })
            .await
    }

    /// Signs out.
    pub(crate) async fn sign_out(&self, browser: Digest) -> Result<(), Error> {
        self.database.write(move |transaction| session::end(transaction, browser)).await
    }

    /// Who is signed in with this browser.
    pub(crate) async fn signed_in(&self, browser: Digest, now: Timestamp) -> Result<Option<Account>, Error> {
        let subject = self.database.read(move |transaction| session::subject(transaction, browser, now)).await?;
        Ok(subject.as_deref().and_then(Account::from_subject))
    }
}

/// Counts an attempt; answers from when on the next is allowed if this one is one too many.
fn count(transaction: &mut Transaction<'_>, whom: Digest, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    transaction.execute("DELETE FROM attempt WHERE since <= $1", &[&now.minus(WINDOW)])?;
    let (failures, since): (u32, Timestamp) = transaction.one(
        "INSERT INTO attempt (whom, failures, since) VALUES ($1, 1, $2)
         ON CONFLICT (whom) DO UPDATE SET failures = attempt.failures + 1 RETURNING failures, since",
        &[&whom, &now],
        |row| Ok((row.at(0)?, row.at(1)?)),
    )?;
    Ok((failures > MOST_MISSES).then(|| since.plus(WINDOW)))
}
