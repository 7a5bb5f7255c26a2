//! The three accounts of each terminal, and who is signed in with them.

use base::{Digest, InstitutionCode, Randomness, Span, Timestamp, Token, digest};
use database::Error;
use shell::{
    Peer,
    attempts::{self, Admission, Lockout, SignInAttempt},
    password::{hash_password, verify_password},
    session,
};

use super::Store;
use crate::{Refusal, Role};

/// How long an account stays signed in: a working day.
const SESSION_LIFETIME: Span = Span::from_hours(12);

/// The shortest password that is accepted (NIST SP 800-63B §5.1.1.2 asks for eight at least).
const MIN_PASSWORD_LENGTH: usize = 10;

/// The password of an account, as it may be stored: argon2id with its salt.
#[derive(Clone)]
pub struct Password(String);

/// A password that is too short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password has at least {MIN_PASSWORD_LENGTH} characters")]
pub struct ShortPassword;

/// Why an account was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
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
pub(crate) enum SignInOutcome {
    /// Signed in, with the browser's new secret.
    SignedIn,
    /// Account or password is wrong; which, is not told.
    WrongCredentials,
    /// Too many misses for this account or browser; from when on it may be tried again.
    TooManyAttempts { retry_at: Timestamp },
}

/// The secrets of a browser that signs in, and from where it does.
pub(crate) struct SignInContext<'a> {
    /// Its secret until now.
    pub(crate) old_secret: &'a Token,
    /// Its secret from then on.
    pub(crate) new_secret: &'a Token,
    /// Its device cookie, if it carries one.
    pub(crate) device: Option<&'a Token>,
    /// What the account knows it by from then on.
    pub(crate) new_device: &'a Token,
    /// From where it asks.
    pub(crate) peer: Option<Peer>,
}

impl Password {
    /// What may be stored of a password. Takes a moment, on purpose.
    pub async fn hash(password: &str, randomness: &Randomness) -> Result<Self, ShortPassword> {
        if password.chars().count() < MIN_PASSWORD_LENGTH {
            return Err(ShortPassword);
        }
        Ok(Self(hash_password(password, randomness).await))
    }
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
    pub(crate) async fn list_accounts(&self) -> Result<Vec<(InstitutionCode, Role)>, Error> {
        self.database
            .read(|transaction| {
                transaction.fetch_all("SELECT institution, role FROM account ORDER BY institution, role", &[], |row| {
                    Ok((row.get(0)?, row.get(1)?))
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
        signing_in: SignInContext<'_>,
        now: Timestamp,
    ) -> Result<SignInOutcome, Refusal> {
        let Account { institution, role } = account;
        let SignInContext { old_secret: before, new_secret: after, device, new_device: device_after, peer } =
            signing_in;
        let attempt = SignInAttempt {
            account: digest(&[b"account:", account.subject().as_bytes()]),
            device: device.map(Token::digest),
            peer,
        };
        let counted = self.database.write(move |transaction| attempts::count_attempt(transaction, &attempt, now));
        if let Admission::Locked(Lockout { retry_at: again_at, warn_owner, .. }) = counted.await? {
            if warn_owner {
                tracing::warn!(account = account.role.as_str(), "browsers that are new tried an account too often");
            }
            return Ok(SignInOutcome::TooManyAttempts { retry_at: again_at });
        }
        let sql = "SELECT password FROM account WHERE institution = $1 AND role = $2";
        let stored: Result<Option<String>, Error> = self
            .database
            .read(move |transaction| transaction.fetch_optional(sql, &[&institution, &role], |row| row.get(0)))
            .await;
        if !verify_password(password, stored?).await? {
            return Ok(SignInOutcome::WrongCredentials);
        }
        let (before, after, device) = (before.digest(), after.digest(), device_after.digest());
        self.database
            .write(move |transaction| {
                attempts::note_success(transaction, &attempt, Some(device), now)?;
                session::end(transaction, before)?;
                session::begin(transaction, after, &account.subject(), now, SESSION_LIFETIME)?;
                Ok(SignInOutcome::SignedIn)
            })
            .await
    }

    /// Signs out.
    pub(crate) async fn sign_out(&self, browser: Digest) -> Result<(), Error> {
        self.database.write(move |transaction| session::end(transaction, browser)).await
    }

    /// Who is signed in with this browser.
    pub(crate) async fn find_signed_in_account(
        &self,
        browser: Digest,
        now: Timestamp,
    ) -> Result<Option<Account>, Error> {
        let subject = self.database.read(move |transaction| session::find_subject(transaction, browser, now)).await?;
        Ok(subject.as_deref().and_then(Account::from_subject))
    }
}
