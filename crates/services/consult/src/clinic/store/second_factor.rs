//! The second factor of a clinic's accounts: setting it up, signing in with it, turning it off; and the passwords of programs,
//! which have no app.

use accounts::{
    attempts::{self, Admission, Lockout, SignInAttempt},
    recovery_code::{RECOVERY_CODES, RecoveryCode},
    second_factor::{self, SecondFactorStage, StoredSecondFactor},
    totp::{TotpSecret, TotpStep},
};
use base::{Digest, Timestamp, Token, digest};
use database::{Error, Transaction};
use web::session;

use super::{
    staff::{SignInClient, StaffId, StaffMember, StaffSignIn, audit_actor, begin_desk_session},
    staff_list::record_staff_audit,
};
use crate::{
    audit::rules::action::StaffAction,
    clinic::letter::render_codes_limited_letter,
    mail,
    refusal::Refusal,
    store::{Store, browser_session::desk_session_key},
};

/// The second factor of an account.
pub(crate) enum SecondFactor {
    Off,
    /// The app is to be shown this secret.
    SettingUp(TotpSecret),
    On {
        /// How many recovery codes are left.
        recovery_codes: u32,
    },
}

/// The outcome of a form that turns something of an account on or off.
pub(crate) enum SecondFactorChange {
    /// Done. The recovery codes are shown once.
    Done(Vec<RecoveryCode>),
    WrongCode,
    WrongPassword,
    TooManyAttempts,
    /// Another window changed the second factor meanwhile.
    Changed,
}

/// The outcome of the second step of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeSignIn {
    Done,
    WrongCode,
    /// Too many wrong codes within a quarter of an hour.
    TooManyAttempts,
    /// No sign-in waits for a code in this browser, or it has waited too long.
    NotPending,
}

/// What was typed in the second step of a sign-in.
enum TypedCode {
    Step(TotpStep),
    Recovery(Digest),
    Wrong,
}

/// The purpose for which the secret of an account is sealed.
fn sealing_purpose(id: StaffId) -> String {
    format!("second factor of staff {id}")
}

/// The key under which wrong codes of an account are counted, apart from wrong passwords.
fn code_attempt_account(id: StaffId) -> Digest {
    digest(&[b"staff code", id.to_string().as_bytes()])
}

impl Store {
    /// The second factor of an account.
    pub(crate) async fn find_second_factor(&self, staff: &StaffMember) -> Result<SecondFactor, Refusal> {
        let account = audit_actor(staff.id);
        let found: Result<(Option<StoredSecondFactor>, u32), Error> = self
            .database
            .read(move |transaction| {
                let factor = second_factor::find_second_factor(transaction, &account)?;
                Ok((factor, second_factor::count_recovery_codes(transaction, &account)?))
            })
            .await;
        match found? {
            (None, _) => Ok(SecondFactor::Off),
            (Some(StoredSecondFactor { stage: SecondFactorStage::On { .. }, .. }), recovery_codes) => {
                Ok(SecondFactor::On { recovery_codes })
            }
            (Some(stored), _) => Ok(SecondFactor::SettingUp(self.open_secret(staff.id, &stored.sealed)?)),
        }
    }

    fn open_secret(&self, id: StaffId, sealed: &[u8]) -> Result<TotpSecret, Refusal> {
        let opened = self.seal.open(&sealing_purpose(id), sealed);
        opened.and_then(|bytes| TotpSecret::from_bytes(&bytes)).ok_or(Refusal::CorruptRecord("second factor"))
    }

    fn new_recovery_codes(&self) -> (Vec<RecoveryCode>, Vec<Digest>) {
        let codes: Vec<_> = (0..RECOVERY_CODES).map(|_| RecoveryCode::new(&self.randomness)).collect();
        let key = self.seal.recovery_code_key();
        let digests = codes.iter().map(|code| code.digest(&key)).collect();
        (codes, digests)
    }

    /// Begins to set up the second factor with a new secret. One that is on stays as it is.
    pub(crate) async fn begin_second_factor(&self, staff: &StaffMember) -> Result<(), Refusal> {
        let secret = TotpSecret::new(&self.randomness);
        let sealed = self.seal.seal(&sealing_purpose(staff.id), secret.expose(), &self.randomness);
        let account = audit_actor(staff.id);
        self.database
            .write(move |transaction| {
                second_factor::begin_setup(transaction, &account, &sealed)?;
                Ok(())
            })
            .await
    }

    /// Turns on the second factor that is being set up, given a code of the app, and makes recovery codes. All sessions of
    /// the account end except that of `browser`: they were begun with the password alone.
    pub(crate) async fn confirm_second_factor(
        &self,
        staff: &StaffMember,
        code: &str,
        browser: Digest,
        now: Timestamp,
    ) -> Result<SecondFactorChange, Refusal> {
        let account = audit_actor(staff.id);
        let found: Result<Option<StoredSecondFactor>, Error> =
            self.database.read(move |transaction| second_factor::find_second_factor(transaction, &account)).await;
        let Some(StoredSecondFactor { sealed, stage: SecondFactorStage::SettingUp }) = found? else {
            return Ok(SecondFactorChange::Changed);
        };
        let secret = self.open_secret(staff.id, &sealed)?;
        let digits = text::parse_one_time_code(code).unwrap_or_default();
        let Some(step) = secret.find_step(&digits, now, None) else { return Ok(SecondFactorChange::WrongCode) };
        let (store, staff, account) = (self.clone(), staff.clone(), audit_actor(staff.id));
        let (codes, digests) = self.new_recovery_codes();
        self.database
            .write(move |transaction| {
                if !second_factor::confirm_setup(transaction, &account, &sealed, step)? {
                    return Ok(SecondFactorChange::Changed);
                }
                second_factor::replace_recovery_codes(transaction, &account, &digests)?;
                session::end_other_sessions(transaction, &account, desk_session_key(browser))?;
                record_staff_audit(transaction, &store, now, &staff, StaffAction::TurnOnSecondFactor, &staff.id)?;
                Ok(SecondFactorChange::Done(codes.clone()))
            })
            .await
    }

    /// Makes new recovery codes, given the current password. The ones before end.
    pub(crate) async fn renew_recovery_codes(
        &self,
        staff: &StaffMember,
        password: &str,
        client: SignInClient<'_>,
        now: Timestamp,
    ) -> Result<SecondFactorChange, Refusal> {
        if let Some(refused) = self.check_password_for_change(staff, password, client, now).await? {
            return Ok(refused);
        }
        let (store, staff, account) = (self.clone(), staff.clone(), audit_actor(staff.id));
        let (codes, digests) = self.new_recovery_codes();
        self.database
            .write(move |transaction| {
                if !second_factor::is_second_factor_on(transaction, &account)? {
                    return Ok(SecondFactorChange::Changed);
                }
                second_factor::replace_recovery_codes(transaction, &account, &digests)?;
                record_staff_audit(transaction, &store, now, &staff, StaffAction::RenewRecoveryCodes, &staff.id)?;
                Ok(SecondFactorChange::Done(codes.clone()))
            })
            .await
    }

    /// Turns the second factor off, given the current password, or gives up setting it up.
    pub(crate) async fn turn_off_second_factor(
        &self,
        staff: &StaffMember,
        password: &str,
        client: SignInClient<'_>,
        now: Timestamp,
    ) -> Result<SecondFactorChange, Refusal> {
        if let Some(refused) = self.check_password_for_change(staff, password, client, now).await? {
            return Ok(refused);
        }
        let (store, staff, account) = (self.clone(), staff.clone(), audit_actor(staff.id));
        self.database
            .write(move |transaction| {
                second_factor::remove(transaction, &account)?;
                record_staff_audit(transaction, &store, now, &staff, StaffAction::TurnOffSecondFactor, &staff.id)?;
                Ok(SecondFactorChange::Done(Vec::new()))
            })
            .await
    }

    async fn check_password_for_change(
        &self,
        staff: &StaffMember,
        password: &str,
        client: SignInClient<'_>,
        now: Timestamp,
    ) -> Result<Option<SecondFactorChange>, Refusal> {
        Ok(match self.check_own_password(staff, password, client, now).await? {
            StaffSignIn::Done => None,
            StaffSignIn::TooManyAttempts => Some(SecondFactorChange::TooManyAttempts),
            StaffSignIn::WrongCredentials | StaffSignIn::CodeRequired => Some(SecondFactorChange::WrongPassword),
        })
    }

    /// Whether a sign-in waits for a code in this browser.
    pub(crate) async fn has_pending_sign_in(&self, browser: Digest, now: Timestamp) -> Result<bool, Error> {
        let pending = self
            .database
            .read(move |transaction| second_factor::find_pending_sign_in(transaction, desk_session_key(browser), now));
        Ok(pending.await?.is_some())
    }

    /// The second step of a sign-in: a code of the app or a recovery code, under a new secret of the browser. `device` is
    /// remembered as known to the account.
    ///
    /// The attempt is counted before the code is looked at, so that concurrent attempts do not exceed the limit.
    pub(crate) async fn sign_in_with_code(
        &self,
        typed: &str,
        client: SignInClient<'_>,
        (before, after, device): (&Token, &Token, &Token),
        now: Timestamp,
    ) -> Result<CodeSignIn, Refusal> {
        let pending_key = desk_session_key(before.digest());
        let pending: Result<Option<String>, Error> = self
            .database
            .read(move |transaction| second_factor::find_pending_sign_in(transaction, pending_key, now))
            .await;
        let id = pending?.and_then(|account| account.strip_prefix("staff:")?.parse::<StaffId>().ok());
        let Some(id) = id else { return Ok(CodeSignIn::NotPending) };
        let attempt = SignInAttempt {
            account: code_attempt_account(id),
            device: client.device.map(Token::digest),
            peer: client.peer,
        };
        if !self.count_code_attempt(id, attempt, pending_key, now).await? {
            return Ok(CodeSignIn::TooManyAttempts);
        }
        let code = self.read_code(id, typed, now).await?;
        let (before, after, device) = (before.clone(), after.clone(), device.digest());
        self.database
            .write(move |transaction| {
                let account = audit_actor(id);
                let is_right = match &code {
                    TypedCode::Step(step) => second_factor::use_step(transaction, &account, *step)?,
                    TypedCode::Recovery(code) => second_factor::use_recovery_code(transaction, &account, *code)?,
                    TypedCode::Wrong => false,
                };
                if !is_right {
                    return Ok(CodeSignIn::WrongCode);
                }
                if !second_factor::end_pending_sign_in(transaction, pending_key)? {
                    return Ok(CodeSignIn::NotPending);
                }
                attempts::note_success(transaction, &attempt, Some(device), now)?;
                begin_desk_session(transaction, id, (&before, &after), now)?;
                Ok(CodeSignIn::Done)
            })
            .await
    }

    /// Counts an attempt at a code; false if there were too many. Then the sign-in ends, and begins anew with the password.
    async fn count_code_attempt(
        &self,
        id: StaffId,
        attempt: SignInAttempt,
        pending_key: Digest,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let store = self.clone();
        self.database
            .write(move |transaction| match attempts::count_attempt(transaction, &attempt, now)? {
                Admission::Admitted => Ok(true),
                Admission::Locked(Lockout { warn_owner, .. }) => {
                    second_factor::end_pending_sign_in(transaction, pending_key)?;
                    if warn_owner {
                        warn_owner_of_codes(transaction, &store, id, now)?;
                    }
                    Ok(false)
                }
            })
            .await
    }

    async fn read_code(&self, id: StaffId, typed: &str, now: Timestamp) -> Result<TypedCode, Refusal> {
        if let Some(code) = RecoveryCode::parse(typed) {
            return Ok(TypedCode::Recovery(code.digest(&self.seal.recovery_code_key())));
        }
        let Some(digits) = text::parse_one_time_code(typed) else { return Ok(TypedCode::Wrong) };
        let account = audit_actor(id);
        let found: Result<Option<StoredSecondFactor>, Error> =
            self.database.read(move |transaction| second_factor::find_second_factor(transaction, &account)).await;
        let Some(StoredSecondFactor { sealed, stage: SecondFactorStage::On { last_used } }) = found? else {
            return Ok(TypedCode::Wrong);
        };
        let step = self.open_secret(id, &sealed)?.find_step(&digits, now, Some(last_used));
        Ok(step.map_or(TypedCode::Wrong, TypedCode::Step))
    }
}

/// Warns the owner of an account whose password is known to somebody who enters wrong codes.
fn warn_owner_of_codes(
    transaction: &mut Transaction<'_>,
    store: &Store,
    id: StaffId,
    now: Timestamp,
) -> Result<(), Error> {
    let address: Option<String> =
        transaction.fetch_optional("SELECT mail FROM staff WHERE id = $1 AND active = 1", &[&id], |row| row.get(0))?;
    if let Some(address) = address {
        let letter = render_codes_limited_letter(&address, &store.origin.url("/desk/sign-in"));
        mail::store::enqueue_letter(transaction, store, now, now, &letter)?;
    }
    Ok(())
}
