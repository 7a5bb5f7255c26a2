//! The three accounts of each terminal, and who is signed in with them.

use accounts::{
    attempts::{self, Admission, Lockout, SignInAttempt},
    password::{Password, verify_password},
};
use base::{Digest, InstitutionCode, Span, Timestamp, Token, digest};
use database::Error;
use web::{Peer, session};

use crate::{Refusal, Role, store::Store};

/// The lifetime of a session: a working day.
const SESSION_LIFETIME: Span = Span::from_hours(12);

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

/// The outcome of an attempt to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignInOutcome {
    /// The session belongs to the browser's new secret.
    SignedIn,
    /// Account or password is wrong; the page does not say which.
    WrongCredentials,
    /// Too many failed attempts for this account or browser.
    TooManyAttempts { retry_at: Timestamp },
}

/// The secrets of a browser that signs in, and its network address.
pub(crate) struct SignInContext<'a> {
    /// The browser's secret until now.
    pub(crate) old_secret: &'a Token,
    /// The browser's secret after signing in.
    pub(crate) new_secret: &'a Token,
    /// The device cookie, if the browser has one.
    pub(crate) device: Option<&'a Token>,
    /// The device cookie after signing in.
    pub(crate) new_device: &'a Token,
    pub(crate) peer: Option<Peer>,
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
    pub(crate) async fn list_accounts(&self) -> Result<Vec<(InstitutionCode, Role)>, Error> {
        self.database
            .read(|transaction| {
                transaction.fetch_all("SELECT institution, role FROM account ORDER BY institution, role", &[], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
            })
            .await
    }

    /// Adds an account; an existing one keeps its password.
    pub(crate) async fn add_account(
        &self,
        institution: InstitutionCode,
        role: Role,
        password: &Password,
        now: Timestamp,
    ) -> Result<(), Error> {
        let password = password.as_str().to_owned();
        self.database
            .write(move |transaction| {
                let sql = "INSERT INTO account (institution, role, password, changed_at) VALUES ($1, $2, $3, $4)
                     ON CONFLICT DO NOTHING";
                transaction.execute(sql, &[&institution, &role, &password, &now]).map(|_| ())
            })
            .await
    }

    /// Adds an account or changes its password, and ends its sessions.
    pub(crate) async fn set_password(
        &self,
        institution: InstitutionCode,
        role: Role,
        password: &Password,
        now: Timestamp,
    ) -> Result<(), Error> {
        let password = password.as_str().to_owned();
        self.database
            .write(move |transaction| {
                let sql = "INSERT INTO account (institution, role, password, changed_at) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (institution, role) DO UPDATE SET password = $3, changed_at = $4";
                transaction.execute(sql, &[&institution, &role, &password, &now])?;
                session::end_all(transaction, &Account { institution, role }.subject())
            })
            .await
    }

    /// Checks the password and begins a session under the browser's new secret.
    ///
    /// The attempt is counted before the password is checked, so that concurrent attempts do not exceed the limit.
    pub(crate) async fn sign_in(
        &self,
        account: Account,
        password: &str,
        context: SignInContext<'_>,
        now: Timestamp,
    ) -> Result<SignInOutcome, Refusal> {
        let Account { institution, role } = account;
        let SignInContext { old_secret, new_secret, device, new_device, peer } = context;
        let attempt = SignInAttempt {
            account: digest(&[b"account:", account.subject().as_bytes()]),
            device: device.map(Token::digest),
            peer,
        };
        let counted = self.database.write(move |transaction| attempts::count_attempt(transaction, &attempt, now));
        if let Admission::Locked(Lockout { retry_at, warn_owner, .. }) = counted.await? {
            if warn_owner {
                tracing::warn!(
                    account = account.role.as_str(),
                    "too many attempts to sign in with an account from unknown browsers"
                );
            }
            return Ok(SignInOutcome::TooManyAttempts { retry_at });
        }
        let sql = "SELECT password FROM account WHERE institution = $1 AND role = $2";
        let stored: Result<Option<String>, Error> = self
            .database
            .read(move |transaction| transaction.fetch_optional(sql, &[&institution, &role], |row| row.get(0)))
            .await;
        if !verify_password(password, stored?).await? {
            return Ok(SignInOutcome::WrongCredentials);
        }
        let (old_secret, new_secret, device) = (old_secret.digest(), new_secret.digest(), new_device.digest());
        self.database
            .write(move |transaction| {
                attempts::note_success(transaction, &attempt, Some(device), now)?;
                session::end(transaction, old_secret)?;
                session::begin(transaction, new_secret, &account.subject(), now, SESSION_LIFETIME)?;
                Ok(SignInOutcome::SignedIn)
            })
            .await
    }

    pub(crate) async fn sign_out(&self, browser: Digest) -> Result<(), Error> {
        self.database.write(move |transaction| session::end(transaction, browser)).await
    }

    /// The account that is signed in with this browser.
    pub(crate) async fn find_signed_in_account(
        &self,
        browser: Digest,
        now: Timestamp,
    ) -> Result<Option<Account>, Error> {
        let subject = self.database.read(move |transaction| session::find_subject(transaction, browser, now)).await?;
        Ok(subject.as_deref().and_then(Account::from_subject))
    }
}
