//! Programs that use the clinic interface with an account, such as the clinic's own terminal: their passwords and sessions.
//!
//! A program cannot enter the code of an app. An account with a second factor therefore has a password of its own for programs,
//! which signs in at the interface and nowhere else.

use accounts::{
    attempts::{self, SignInAttempt},
    second_factor,
};
use base::{Digest, Timestamp, Token, digest};
use database::{Error, Transaction};
use web::{Peer, session};

use super::{
    staff::{
        SESSION_LIFETIME, SignInClient, StaffId, StaffMember, StaffSignIn, account_digest, audit_actor,
        find_staff_by_session, note_sign_in,
    },
    staff_list::record_staff_audit,
};
use crate::{audit::rules::action::StaffAction, mail::rules::address::MailAddress, refusal::Refusal, store::Store};

/// The outcome of making a password for programs.
pub(crate) enum ProgramPasswordChange {
    /// The password, which is shown once.
    Done(Token),
    WrongPassword,
    TooManyAttempts,
}

/// The session of a program is separate: its token is not accepted as a browser's secret, nor the reverse.
fn api_session_key(token: Digest) -> Digest {
    digest(&[b"door", token.as_bytes()])
}

impl Store {
    /// Signs in a program: `token` authenticates it at the clinic interface.
    pub(crate) async fn sign_in_program(
        &self,
        mail: &MailAddress,
        password: &str,
        peer: Option<Peer>,
        token: &Token,
        now: Timestamp,
    ) -> Result<StaffSignIn, Refusal> {
        let token = token.clone();
        // A password for programs has 256 random bits, so that attempts at it need not be counted.
        let id = match self.find_staff_by_program_password(mail, password).await? {
            Some(id) => id,
            None => match self.check_program_credentials(mail, password, peer, now).await? {
                Ok(id) => id,
                Err(outcome) => return Ok(outcome),
            },
        };
        self.database
            .write(move |transaction| {
                note_sign_in(transaction, id, now)?;
                let key = api_session_key(token.digest());
                session::begin(transaction, key, &audit_actor(id), now, SESSION_LIFETIME)?;
                Ok(StaffSignIn::Done)
            })
            .await
    }

    /// The account with this address and password of the desk, unless it has a second factor.
    async fn check_program_credentials(
        &self,
        mail: &MailAddress,
        password: &str,
        peer: Option<Peer>,
        now: Timestamp,
    ) -> Result<Result<StaffId, StaffSignIn>, Refusal> {
        // A program has no cookie: its network address takes the place of a device.
        let device = peer.map(attempts::peer_device);
        let attempt = SignInAttempt { account: account_digest(mail), device, peer };
        let id = match self.check_password((mail, password), attempt, device, now).await? {
            Ok(id) => id,
            Err(outcome) => return Ok(Err(outcome)),
        };
        let needs_code: Result<bool, Error> = self
            .database
            .read(move |transaction| second_factor::is_second_factor_on(transaction, &audit_actor(id)))
            .await;
        Ok(if needs_code? { Err(StaffSignIn::CodeRequired) } else { Ok(id) })
    }

    async fn find_staff_by_program_password(
        &self,
        mail: &MailAddress,
        password: &str,
    ) -> Result<Option<StaffId>, Error> {
        let Ok(token) = password.parse::<Token>() else { return Ok(None) };
        let address = mail.as_str().to_owned();
        self.database
            .read(move |transaction| {
                transaction.fetch_optional(
                    "SELECT s.id FROM staff s JOIN program_password p ON p.staff = s.id
                     WHERE s.mail = $1 AND s.active = 1 AND p.digest = $2",
                    &[&address, &token.digest()],
                    |row| row.get(0),
                )
            })
            .await
    }

    /// The account of a token of the clinic interface, if it is active.
    pub(crate) async fn authenticate_program(
        &self,
        token: &Token,
        now: Timestamp,
    ) -> Result<Option<StaffMember>, Error> {
        let session = api_session_key(token.digest());
        self.database.read(move |transaction| find_staff_by_session(transaction, session, now)).await
    }

    /// When the account's password for programs was made, if it has one.
    pub(crate) async fn find_program_password(&self, staff: &StaffMember) -> Result<Option<Timestamp>, Error> {
        let id = staff.id;
        self.database
            .read(move |transaction| {
                transaction
                    .fetch_optional("SELECT made_at FROM program_password WHERE staff = $1", &[&id], |row| row.get(0))
            })
            .await
    }

    /// Gives the active account with this address a password for programs, unless it has one.
    pub(crate) async fn add_program_password(
        &self,
        mail: &MailAddress,
        password: &Token,
        now: Timestamp,
    ) -> Result<(), Error> {
        let (address, digest) = (mail.as_str().to_owned(), password.digest());
        self.database
            .write(move |transaction| {
                transaction
                    .execute(
                        "INSERT INTO program_password (staff, digest, made_at)
                         SELECT id, $2, $3 FROM staff WHERE mail = $1 AND active = 1 ON CONFLICT (staff) DO NOTHING",
                        &[&address, &digest, &now],
                    )
                    .map(drop)
            })
            .await
    }

    /// Makes a password for programs, given the current password. The one before ends.
    pub(crate) async fn make_program_password(
        &self,
        staff: &StaffMember,
        password: &str,
        client: SignInClient<'_>,
        now: Timestamp,
    ) -> Result<ProgramPasswordChange, Refusal> {
        match self.check_own_password(staff, password, client, now).await? {
            StaffSignIn::Done => {}
            StaffSignIn::TooManyAttempts => return Ok(ProgramPasswordChange::TooManyAttempts),
            StaffSignIn::WrongCredentials | StaffSignIn::CodeRequired => {
                return Ok(ProgramPasswordChange::WrongPassword);
            }
        }
        let (store, staff, token) = (self.clone(), staff.clone(), Token::new(&self.randomness));
        self.database
            .write(move |transaction| {
                transaction.execute(
                    "INSERT INTO program_password (staff, digest, made_at) VALUES ($1, $2, $3)
                     ON CONFLICT (staff) DO UPDATE SET digest = $2, made_at = $3",
                    &[&staff.id, &token.digest(), &now],
                )?;
                record_staff_audit(transaction, &store, now, &staff, StaffAction::MakeProgramPassword, &staff.id)?;
                Ok(ProgramPasswordChange::Done(token.clone()))
            })
            .await
    }

    /// Deletes the password for programs.
    pub(crate) async fn delete_program_password(&self, staff: &StaffMember, now: Timestamp) -> Result<(), Refusal> {
        let (store, staff) = (self.clone(), staff.clone());
        self.database
            .write(move |transaction| {
                delete_program_password(transaction, staff.id)?;
                record_staff_audit(transaction, &store, now, &staff, StaffAction::DeleteProgramPassword, &staff.id)?;
                Ok(())
            })
            .await
    }
}

fn delete_program_password(transaction: &mut Transaction<'_>, id: StaffId) -> Result<(), Error> {
    transaction.execute("DELETE FROM program_password WHERE staff = $1", &[&id]).map(drop)
}
