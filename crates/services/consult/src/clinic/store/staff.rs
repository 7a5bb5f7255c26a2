//! Accounts of staff members of a desk.

use accounts::{
    attempts::{self, Admission, Lockout, SignInAttempt},
    password::{Password, ShortPassword, verify_password},
    second_factor,
};
use base::{Digest, Id, InstitutionCode, Span, Timestamp, Token, digest};
use database::{Error, Transaction};
use web::{Peer, session};

use crate::{
    clinic::{letter::render_sign_ins_limited_letter, rules::staff_role::StaffRole},
    mail::{self, rules::address::MailAddress},
    refusal::Refusal,
    store::{
        Store,
        browser_session::{desk_session_key, transfer_sessions},
    },
};

/// How long a session of the desk lasts: a working day.
pub(crate) const SESSION_LIFETIME: Span = Span::from_hours(12);

/// How long a sign-in waits for the code of the second factor.
const PENDING_LIFETIME: Span = Span::from_mins(10);

/// The id of a staff member.
pub type StaffId = Id<StaffMember>;

/// A staff member of an institution's desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffMember {
    pub id: StaffId,
    /// The only institution whose data the account can read.
    pub institution: InstitutionCode,
    pub institution_name: String,
    /// The display name, which patients see too.
    pub name: String,
    pub role: StaffRole,
}

/// A signed-in staff member who is a manager: the proof that every store method for managers takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manager(StaffMember);

impl Manager {
    /// The proof, if this is a manager.
    pub(crate) fn from_staff(staff: StaffMember) -> Option<Self> {
        (staff.role == StaffRole::Manager).then_some(Self(staff))
    }

    /// The manager as a staff member.
    pub(crate) fn staff(&self) -> &StaffMember {
        &self.0
    }
}

/// An account to be created.
#[derive(Debug, Clone, Copy)]
pub struct NewStaffMember<'a> {
    pub institution: InstitutionCode,
    /// Signs in, and gets the letters to the desk.
    pub mail: &'a str,
    /// The display name, which patients see too.
    pub name: &'a str,
    pub role: StaffRole,
}

/// Why an account was not created.
#[derive(Debug, thiserror::Error)]
pub enum AddStaffError {
    #[error("there is an account with this address")]
    AddressTaken,
    #[error("there is no institution {0}")]
    NoInstitution(InstitutionCode),
    #[error("this is not a mail address")]
    WrongAddress,
    /// The password is too short.
    #[error(transparent)]
    ShortPassword(#[from] ShortPassword),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

/// The outcome of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StaffSignIn {
    /// Signed in, under the browser's new secret.
    Done,
    /// Address and password are right; the account has a second factor.
    CodeRequired,
    /// Address or password is wrong; which of them is not disclosed.
    WrongCredentials,
    /// Too many failures for this account, browser or network address within a quarter of an hour.
    TooManyAttempts,
}

/// The outcome of changing a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PasswordChange {
    /// Changed; all other sessions of the account are ended.
    Done,
    /// The current password is wrong.
    WrongPassword,
    /// Too many failures within a quarter of an hour.
    TooManyAttempts,
    /// The new password is too short.
    TooShort,
}

/// The client of a sign-in, by which attempts are counted.
#[derive(Clone, Copy, Default)]
pub(crate) struct SignInClient<'a> {
    /// The browser's device cookie, if it has one.
    pub(crate) device: Option<&'a Token>,
    pub(crate) peer: Option<Peer>,
}

/// The name of an account in the session table and in the audit.
pub(super) fn audit_actor(id: StaffId) -> String {
    format!("staff:{id}")
}

impl StaffMember {
    /// The name in the audit.
    pub(crate) fn audit_actor(&self) -> String {
        audit_actor(self.id)
    }
}

/// The staff member who is signed in with this browser, if the account is active.
pub(crate) fn find_signed_in_staff(
    transaction: &mut Transaction<'_>,
    browser: Digest,
    now: Timestamp,
) -> Result<Option<StaffMember>, Error> {
    find_staff_by_session(transaction, desk_session_key(browser), now)
}

pub(super) fn find_staff_by_session(
    transaction: &mut Transaction<'_>,
    session: Digest,
    now: Timestamp,
) -> Result<Option<StaffMember>, Error> {
    let subject = session::find_subject(transaction, session, now)?;
    let Some(id) = subject.as_deref().and_then(|subject| subject.strip_prefix("staff:")?.parse::<StaffId>().ok())
    else {
        return Ok(None);
    };
    transaction.fetch_optional(
        "SELECT s.id, s.institution, i.name, s.name, s.role FROM staff s JOIN institution i ON i.code = s.institution
         WHERE s.id = $1 AND s.active = 1",
        &[&id],
        |row| {
            Ok(StaffMember {
                id: row.get(0)?,
                institution: row.get(1)?,
                institution_name: row.get(2)?,
                name: row.get(3)?,
                role: row.get(4)?,
            })
        },
    )
}

impl Store {
    /// Creates an account for the desk of an institution.
    pub(crate) async fn add_staff(
        &self,
        new: NewStaffMember<'_>,
        password: &str,
        now: Timestamp,
    ) -> Result<StaffId, AddStaffError> {
        let mail: MailAddress = new.mail.parse().map_err(|_| AddStaffError::WrongAddress)?;
        let hashed = Password::hash(password, &self.randomness).await?;
        let id = StaffId::new(now, &self.randomness);
        let (institution, role, name) = (new.institution, new.role, new.name.trim().to_owned());
        self.database
            .write(move |transaction| {
                let institution_row = transaction.fetch_optional(
                    "SELECT 1 FROM institution WHERE code = $1",
                    &[&institution],
                    |row| row.get::<i64>(0),
                )?;
                if institution_row.is_none() {
                    return Err(AddStaffError::NoInstitution(institution));
                }
                let new = NewStaffMember { institution, mail: mail.as_str(), name: &name, role };
                if insert_staff(transaction, id, new, &hashed, now)? {
                    Ok(id)
                } else {
                    Err(AddStaffError::AddressTaken)
                }
            })
            .await
    }

    /// Deactivates an account, which invalidates its sessions. Returns whether there was an active one.
    pub(crate) async fn deactivate_staff(&self, mail: &MailAddress) -> Result<bool, Error> {
        let mail = mail.as_str().to_owned();
        self.database
            .write(move |transaction| {
                Ok(transaction.execute("UPDATE staff SET active = 0 WHERE mail = $1 AND active = 1", &[&mail])? == 1)
            })
            .await
    }

    /// Signs in with an address and a password, under a new secret of the browser. `device` is remembered as known to the
    /// account.
    pub(crate) async fn sign_in_staff(
        &self,
        (mail, password): (&MailAddress, &str),
        client: SignInClient<'_>,
        (before, after, device): (&Token, &Token, &Token),
        now: Timestamp,
    ) -> Result<StaffSignIn, Refusal> {
        let attempt = SignInAttempt {
            account: account_digest(mail),
            device: client.device.map(Token::digest),
            peer: client.peer,
        };
        let id = match self.check_password((mail, password), attempt, Some(device.digest()), now).await? {
            Ok(id) => id,
            Err(outcome) => return Ok(outcome),
        };
        let (before, after) = (before.clone(), after.clone());
        self.database
            .write(move |transaction| {
                if second_factor::is_second_factor_on(transaction, &audit_actor(id))? {
                    session::end(transaction, desk_session_key(before.digest()))?;
                    transfer_sessions(transaction, &before, &after)?;
                    let key = desk_session_key(after.digest());
                    let account = audit_actor(id);
                    second_factor::begin_pending_sign_in(transaction, key, &account, now, PENDING_LIFETIME)?;
                    return Ok(StaffSignIn::CodeRequired);
                }
                begin_desk_session(transaction, id, (&before, &after), now)?;
                Ok(StaffSignIn::Done)
            })
            .await
    }

    /// The account with this address and password, or why the sign-in is refused.
    ///
    /// The attempt is counted before the password is verified, so that concurrent attempts do not exceed the limit.
    pub(super) async fn check_password(
        &self,
        (mail, password): (&MailAddress, &str),
        attempt: SignInAttempt,
        device: Option<Digest>,
        now: Timestamp,
    ) -> Result<Result<StaffId, StaffSignIn>, Refusal> {
        let (store, address) = (self.clone(), mail.as_str().to_owned());
        let counted = self.database.write(move |transaction| {
            let admission = attempts::count_attempt(transaction, &attempt, now)?;
            if let Admission::Locked(Lockout { warn_owner: true, .. }) = admission {
                warn_owner(transaction, &store, &address, now)?;
            }
            Ok::<_, Error>(admission)
        });
        if counted.await? != Admission::Admitted {
            return Ok(Err(StaffSignIn::TooManyAttempts));
        }
        let address = mail.as_str().to_owned();
        let row: Result<Option<(StaffId, String)>, Error> = self
            .database
            .read(move |transaction| {
                transaction.fetch_optional(
                    "SELECT id, password FROM staff WHERE mail = $1 AND active = 1",
                    &[&address],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
            })
            .await;
        let (id, hash) = row?.map_or((None, None), |(id, hash)| (Some(id), Some(hash)));
        let matches = verify_password(password, hash).await?;
        let (Some(id), true) = (id, matches) else { return Ok(Err(StaffSignIn::WrongCredentials)) };
        self.database
            .write(move |transaction| {
                attempts::note_success(transaction, &attempt, device, now)?;
                Ok(Ok(id))
            })
            .await
    }

    /// Signs out at the desk.
    pub(crate) async fn sign_out_staff(&self, before: &Token, after: &Token) -> Result<(), Error> {
        let (before, after) = (before.clone(), after.clone());
        self.database
            .write(move |transaction| {
                session::end(transaction, desk_session_key(before.digest()))?;
                transfer_sessions(transaction, &before, &after)
            })
            .await
    }

    /// Changes the password, given the current one, and ends all sessions of the account except that of `browser`.
    pub(crate) async fn change_password(
        &self,
        staff: StaffMember,
        (current, new): (&str, &str),
        client: SignInClient<'_>,
        browser: Digest,
        now: Timestamp,
    ) -> Result<PasswordChange, Refusal> {
        if ShortPassword::check(new).is_err() {
            return Ok(PasswordChange::TooShort);
        }
        match self.check_own_password(&staff, current, client, now).await? {
            StaffSignIn::Done => {}
            StaffSignIn::WrongCredentials | StaffSignIn::CodeRequired => return Ok(PasswordChange::WrongPassword),
            StaffSignIn::TooManyAttempts => return Ok(PasswordChange::TooManyAttempts),
        }
        let id = staff.id;
        let Ok(hashed) = Password::hash(new, &self.randomness).await else { return Ok(PasswordChange::TooShort) };
        self.database
            .write(move |transaction| {
                transaction.execute("UPDATE staff SET password = $2 WHERE id = $1", &[&id, &hashed.as_str()])?;
                session::end_other_sessions(transaction, &audit_actor(id), desk_session_key(browser))?;
                Ok(PasswordChange::Done)
            })
            .await
    }

    /// Checks the current password of who is signed in, before something of the account is changed.
    pub(super) async fn check_own_password(
        &self,
        staff: &StaffMember,
        password: &str,
        client: SignInClient<'_>,
        now: Timestamp,
    ) -> Result<StaffSignIn, Refusal> {
        let Ok(mail) = self.find_staff_address(staff).await?.parse::<MailAddress>() else {
            return Ok(StaffSignIn::WrongCredentials);
        };
        let device = client.device.map(Token::digest);
        let attempt = SignInAttempt { account: account_digest(&mail), device, peer: client.peer };
        Ok(match self.check_password((&mail, password), attempt, device, now).await? {
            Ok(account) if account == staff.id => StaffSignIn::Done,
            Ok(_) => StaffSignIn::WrongCredentials,
            Err(outcome) => outcome,
        })
    }

    /// The address that a staff member signs in with; empty where the account has ended.
    pub(crate) async fn find_staff_address(&self, staff: &StaffMember) -> Result<String, Error> {
        let id = staff.id;
        let address: Option<String> = self
            .database
            .read(move |transaction| {
                transaction
                    .fetch_optional("SELECT mail FROM staff WHERE id = $1 AND active = 1", &[&id], |row| row.get(0))
            })
            .await?;
        Ok(address.unwrap_or_default())
    }

    /// Ends all sessions of the account except that of `browser`.
    pub(crate) async fn end_other_staff_sessions(&self, staff: StaffMember, browser: Digest) -> Result<(), Error> {
        self.database
            .write(move |transaction| {
                session::end_other_sessions(transaction, &staff.audit_actor(), desk_session_key(browser))
            })
            .await
    }

    /// The staff member who is signed in with this browser.
    pub(crate) async fn find_signed_in_staff(
        &self,
        browser: Digest,
        now: Timestamp,
    ) -> Result<Option<StaffMember>, Error> {
        let (key, today) = (desk_session_key(browser), now.japan_date());
        let signed_in: Result<Option<(StaffMember, bool)>, Error> = self
            .database
            .read(move |transaction| {
                let Some(staff) = find_signed_in_staff(transaction, browser, now)? else { return Ok(None) };
                Ok(Some((staff, session::was_used_on(transaction, key, today)?)))
            })
            .await;
        let Some((staff, used_today)) = signed_in? else { return Ok(None) };
        // Written once a day, so that reading pages seldom writes.
        if !used_today {
            self.database.write(move |transaction| session::note_use(transaction, key, today)).await?;
        }
        Ok(Some(staff))
    }
}

/// Inserts an account, unless the address has one.
pub(super) fn insert_staff(
    transaction: &mut Transaction<'_>,
    id: StaffId,
    new: NewStaffMember<'_>,
    password: &Password,
    now: Timestamp,
) -> Result<bool, Error> {
    let inserted = transaction.execute(
        "INSERT INTO staff (id, institution, mail, name, password, active, made_at, role)
         VALUES ($1, $2, $3, $4, $5, 1, $6, $7) ON CONFLICT DO NOTHING",
        &[&id, &new.institution, &new.mail, &new.name, &password.as_str(), &now, &new.role],
    )?;
    Ok(inserted == 1)
}

/// Records the time of a sign-in.
pub(super) fn note_sign_in(transaction: &mut Transaction<'_>, id: StaffId, now: Timestamp) -> Result<(), Error> {
    transaction.execute("UPDATE staff SET signed_in_at = $2 WHERE id = $1", &[&id, &now]).map(drop)
}

/// Begins the session of an account at the desk, under the browser's new secret.
pub(super) fn begin_desk_session(
    transaction: &mut Transaction<'_>,
    id: StaffId,
    (before, after): (&Token, &Token),
    now: Timestamp,
) -> Result<(), Error> {
    session::end(transaction, desk_session_key(before.digest()))?;
    transfer_sessions(transaction, before, after)?;
    note_sign_in(transaction, id, now)?;
    session::begin(transaction, desk_session_key(after.digest()), &audit_actor(id), now, SESSION_LIFETIME)
}

/// The key under which sign-ins with an address are counted. It need not have an account.
pub(super) fn account_digest(mail: &MailAddress) -> Digest {
    digest(&[b"staff", mail.as_str().as_bytes()])
}

/// Warns the owner of an account of too many wrong passwords, if the account exists.
fn warn_owner(transaction: &mut Transaction<'_>, store: &Store, address: &str, now: Timestamp) -> Result<(), Error> {
    let account =
        transaction.fetch_optional("SELECT 1 FROM staff WHERE mail = $1 AND active = 1", &[&address], |row| {
            row.get::<i64>(0)
        })?;
    if account.is_some() {
        let letter = render_sign_ins_limited_letter(address, &store.origin.url("/desk/sign-in"));
        mail::store::enqueue_letter(transaction, store, now, now, &letter)?;
    }
    Ok(())
}
