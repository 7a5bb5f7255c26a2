//! Accounts: codes, sessions, profiles.

use accounts::attempts;
use base::{Digest, Span, Timestamp, Token, digest};
use database::{Error, Row, Transaction};
use text::Language;
use web::{
    Peer,
    session::{self, SessionEntry},
};

use super::{
    letter::render_sign_in_code_letter,
    rules::{
        account::{
            Account, AccountId, ActsFor, ClinicInMail, LetterChoices, Relationship, ReminderChoice, hold_limit_key,
        },
        patient::{Patient, PatientId, Profile},
        sign_in::{
            CODE_LIFETIME, CodeCheckOutcome, CodeLimit, Comparison, LIMIT_PER_ADDRESS, LIMIT_PER_BROWSER,
            MAX_CODE_TRIES, SESSION_LIFETIME, SentCode,
        },
    },
};
use crate::{
    limits::Limits,
    mail::{
        self,
        rules::{address::MailAddress, delivery::LetterState},
    },
    notices::rules::PrivacyVersion,
    refusal::Refusal,
    schedule::store::slot,
    store::{Store, browser_session},
};

database::text_column!(ClinicInMail);
database::text_column!(Relationship);
database::text_column!(ReminderChoice);

/// Who requests a code.
#[derive(Clone, Default)]
pub(crate) struct CodeRequester {
    /// The browser's device cookie, if it has one.
    pub(crate) device: Option<Digest>,
    pub(crate) peer: Option<Peer>,
}

/// The outcome of entering a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PatientSignIn {
    /// Signed in. `onward` is the address to return to.
    Done { profile: ProfileState, onward: String },
    /// Another code, with attempts left.
    WrongCode { tries_left: u32 },
    /// The code has expired or has no attempts left, or this browser requested none.
    CodeUnusable,
}

/// A code that was sent for this browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AwaitedCode {
    pub(crate) address: MailAddress,
    /// The address to return to after signing in.
    pub(crate) onward: String,
    pub(crate) sent_at: Timestamp,
    pub(crate) state: CodeState,
}

/// Whether a code that was sent can still be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeState {
    Usable,
    /// Expired, or without attempts left.
    Unusable,
}

/// For how long an unusable code is kept, so that another one can be sent to the same address.
const UNUSABLE_CODE_RETENTION: Span = Span::from_hours(1);

/// The data that signing in stores, with a new account or an existing one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NewAccount {
    pub(crate) language: Language,
    /// The version of the privacy notice that the page linked to.
    pub(crate) accepted_notice: PrivacyVersion,
    /// The browser's device cookie. The device becomes known for the account.
    pub(crate) device: Digest,
}

/// Whether a patient has entered a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProfileState {
    Present,
    Missing,
}

/// The stored digest of a code. Useless to a reader of the database, since it is keyed by the browser's secret.
pub(crate) fn code_digest(browser: &Token, code: &str) -> Digest {
    digest(&[browser.derive("sign-in code").as_bytes(), code.as_bytes()])
}

/// The name of an account in the session table and in the audit.
pub(crate) fn session_subject(account: AccountId) -> String {
    format!("{SUBJECT_PREFIX}{account}")
}

const SUBJECT_PREFIX: &str = "account:";

/// The account with this id.
pub(crate) fn find_account(transaction: &mut Transaction<'_>, id: AccountId) -> Result<Option<Account>, Error> {
    let row: Option<(MailAddress, String, LetterChoices)> = transaction.fetch_optional(
        "SELECT mail, language, clinic_in_mail, reminders FROM account WHERE id = $1",
        &[&id],
        |row| Ok((row.get(0)?, row.get(1)?, LetterChoices { clinic: row.get(2)?, reminders: row.get(3)? })),
    )?;
    let Some((mail, language, letters)) = row else { return Ok(None) };
    let patients = transaction.fetch_all(
        "SELECT a.relationship, t.id, t.erased_at, p.name, p.kana, p.birth_date, p.phone
         FROM account_patient a JOIN patient t ON t.id = a.patient LEFT JOIN profile p ON p.patient = a.patient
         WHERE a.account = $1 AND a.ended_at IS NULL
         ORDER BY CASE WHEN a.relationship = 'self' THEN 0 ELSE 1 END, a.since, t.id",
        &[&id],
        |row| Ok(ActsFor { relationship: row.get(0)?, patient: read_patient(row, 1)? }),
    )?;
    let language = Language::from_tag(&language).unwrap_or_default();
    Ok(Some(Account { id, mail, language, letters, patients }))
}

/// The patient with this id.
pub(crate) fn find_patient(transaction: &mut Transaction<'_>, id: PatientId) -> Result<Option<Patient>, Error> {
    transaction.fetch_optional(
        "SELECT t.id, t.erased_at, p.name, p.kana, p.birth_date, p.phone
         FROM patient t LEFT JOIN profile p ON p.patient = t.id WHERE t.id = $1",
        &[&id],
        |row| read_patient(row, 0),
    )
}

/// Reads a patient of `id, erased_at, name, kana, birth_date, phone` from the column `first` on.
fn read_patient(row: &Row<'_>, first: usize) -> Result<Patient, Error> {
    Ok(Patient { id: row.get(first)?, erased_at: row.get(first + 1)?, profile: read_optional_profile(row, first + 2)? })
}

/// Reads a profile of `name, kana, birth_date, phone` from the column `first` on.
pub(crate) fn read_profile(row: &Row<'_>, first: usize) -> Result<Profile, Error> {
    Ok(Profile {
        name: row.get(first)?,
        kana: row.get(first + 1)?,
        birth_date: row.get(first + 2)?,
        phone: row.get(first + 3)?,
    })
}

/// As [`read_profile`]; None if an outer join found none.
pub(crate) fn read_optional_profile(row: &Row<'_>, first: usize) -> Result<Option<Profile>, Error> {
    let name: Option<String> = row.get(first)?;
    name.map(|_| read_profile(row, first)).transpose()
}

/// The patients for whom the account of a parameter acts, such as `$1`. SQL of a list for `IN`.
macro_rules! patients_of_account {
    ($account:literal) => {
        concat!("(SELECT patient FROM account_patient WHERE account = ", $account, " AND ended_at IS NULL)")
    };
}
pub(crate) use patients_of_account;

/// Who a patient is to the holder of an account; None if the account does not act for the patient.
pub(crate) fn find_relationship(
    transaction: &mut Transaction<'_>,
    account: AccountId,
    patient: PatientId,
) -> Result<Option<Relationship>, Error> {
    transaction.fetch_optional(
        "SELECT relationship FROM account_patient WHERE account = $1 AND patient = $2 AND ended_at IS NULL",
        &[&account, &patient],
        |row| row.get(0),
    )
}

/// The holder of an account as a patient; None until the profile was entered.
pub(crate) fn find_own_patient(
    transaction: &mut Transaction<'_>,
    account: AccountId,
) -> Result<Option<PatientId>, Error> {
    transaction.fetch_optional(
        "SELECT patient FROM account_patient WHERE account = $1 AND relationship = 'self' AND ended_at IS NULL",
        &[&account],
        |row| row.get(0),
    )
}

fn find_signed_in_account(
    transaction: &mut Transaction<'_>,
    browser: Digest,
    now: Timestamp,
) -> Result<Option<AccountId>, Error> {
    let subject = session::find_subject(transaction, browser, now)?;
    Ok(subject.and_then(|subject| subject.strip_prefix(SUBJECT_PREFIX)?.parse().ok()))
}

/// Counts a request under `subject`, or refuses it if there were too many.
fn count_attempt(
    transaction: &mut Transaction<'_>,
    store: &Store,
    subject: Digest,
    limit: CodeLimit,
    now: Timestamp,
) -> Result<(), Refusal> {
    let count: u32 = transaction.fetch_one(
        "SELECT COUNT(*) FROM attempt WHERE whom = $1 AND at > $2",
        &[&subject, &limit.window_start(now)],
        |row| row.get(0),
    )?;
    if count >= limit.max {
        return Err(Refusal::TooManyCodes);
    }
    transaction.execute(
        "INSERT INTO attempt (whom, at, nonce) VALUES ($1, $2, $3)",
        &[&subject, &now, &store.randomness.bytes::<8>()],
    )?;
    Ok(())
}

/// Identifies an account in the table of known devices.
fn account_digest(address: &MailAddress) -> Digest {
    digest(&[b"patient", address.mailbox().as_bytes()])
}

/// The limits under which a code for an address is counted: mailbox, browser and network address. A device that was signed
/// in with the address before has a limit of its own, so that nobody else can use it up.
fn code_limits(
    transaction: &mut Transaction<'_>,
    browser: &Token,
    address: &MailAddress,
    requester: &CodeRequester,
    limits: &Limits,
    now: Timestamp,
) -> Result<Vec<(&'static str, Digest, CodeLimit)>, Error> {
    let mailbox = address.mailbox();
    if let Some(device) = requester.device
        && attempts::is_known_device(transaction, device, account_digest(address), now)?
    {
        return Ok(vec![("device", digest(&[b"device ", device.as_bytes(), mailbox.as_bytes()]), LIMIT_PER_ADDRESS)]);
    }
    let mut all = vec![
        ("mailbox", digest(&[b"address ", mailbox.as_bytes()]), LIMIT_PER_ADDRESS),
        ("browser", digest(&[b"browser ", browser.digest().as_bytes()]), LIMIT_PER_BROWSER),
    ];
    if let Some(Peer(peer)) = requester.peer {
        let subject = digest(&[b"peer ", peer.to_string().as_bytes()]);
        all.push(("peer", subject, CodeLimit::per_peer(limits.codes_per_peer)));
    }
    Ok(all)
}

impl Store {
    /// The account that is signed in with this browser.
    pub(crate) async fn find_signed_in_account(
        &self,
        browser: Digest,
        now: Timestamp,
    ) -> Result<Option<Account>, Refusal> {
        let today = now.japan_date();
        let signed_in = self.database.read(move |transaction| {
            let Some(id) = find_signed_in_account(transaction, browser, now)? else { return Ok::<_, Refusal>(None) };
            let Some(account) = find_account(transaction, id)? else { return Ok(None) };
            Ok(Some((account, session::was_used_on(transaction, browser, today)?)))
        });
        let Some((account, used_today)) = signed_in.await? else { return Ok(None) };
        // Written once a day, so that reading pages seldom writes.
        if !used_today {
            self.database.write(move |transaction| session::note_use(transaction, browser, today)).await?;
        }
        Ok(Some(account))
    }

    /// The account's sessions, newest first.
    pub(crate) async fn list_sessions(&self, account: AccountId, now: Timestamp) -> Result<Vec<SessionEntry>, Refusal> {
        self.database
            .read(move |transaction| Ok(session::list_sessions(transaction, &session_subject(account), now)?))
            .await
    }

    /// Ends all sessions of the account except this browser's.
    pub(crate) async fn end_other_sessions(&self, account: AccountId, browser: Digest) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| Ok(session::end_other_sessions(transaction, &session_subject(account), browser)?))
            .await
    }

    /// Sends a code to an address, with an account or without, so that nobody learns who has one.
    #[expect(
        clippy::too_many_arguments,
        reason = "all types differ except those of the code and of the address to return to"
    )]
    pub(crate) async fn send_code(
        &self,
        browser: Token,
        address: MailAddress,
        code: String,
        onward: String,
        language: Language,
        now: Timestamp,
        requester: CodeRequester,
    ) -> Result<(), Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                transaction
                    .execute("DELETE FROM sign_in_code WHERE ends <= $1", &[&now.minus(UNUSABLE_CODE_RETENTION)])?;
                transaction.execute("DELETE FROM attempt WHERE at <= $1", &[&LIMIT_PER_ADDRESS.window_start(now)])?;
                for (name, subject, limit) in
                    code_limits(transaction, &browser, &address, &requester, &store.limits, now)?
                {
                    count_attempt(transaction, &store, subject, limit, now).inspect_err(|_| {
                        metrics::counter!("uketsuke_codes_limited_total", "limit" => name).increment(1);
                    })?;
                }
                let global_limit = CodeLimit::global(store.limits.codes_per_minute);
                count_attempt(transaction, &store, digest(&[b"all codes"]), global_limit, now).map_err(|refusal| {
                    match refusal {
                        Refusal::TooManyCodes => {
                            metrics::counter!("uketsuke_codes_limited_total", "limit" => "all").increment(1);
                            tracing::warn!("as many codes were sent in a minute as limits.codes_per_minute allows");
                            Refusal::CodesBusy
                        }
                        refusal => refusal,
                    }
                })?;
                let expires_at = now.plus(CODE_LIFETIME);
                let letter = render_sign_in_code_letter(address.as_str(), language, &code, &store.letterhead);
                let letter = mail::store::insert_letter(transaction, &store, now, now, &letter, Some(expires_at))?;
                transaction.execute(
                    "INSERT INTO sign_in_code (browser, mail, code, tries, ends, onward, letter)
                     VALUES ($1, $2, $3, 0, $4, $5, $6)
                     ON CONFLICT (browser) DO UPDATE
                     SET mail = $2, code = $3, tries = 0, ends = $4, onward = $5, letter = $6",
                    &[&browser.digest(), &address, &code_digest(&browser, &code), &expires_at, &onward, &letter],
                )?;
                Ok(())
            })
            .await
    }

    /// The last code that was sent for this browser, usable or not.
    pub(crate) async fn find_awaited_code(
        &self,
        browser: Digest,
        now: Timestamp,
    ) -> Result<Option<AwaitedCode>, Refusal> {
        self.database
            .read(move |transaction| {
                let row: Option<(MailAddress, String, u32, Timestamp)> = transaction.fetch_optional(
                    "SELECT mail, onward, tries, ends FROM sign_in_code WHERE browser = $1 AND ends > $2",
                    &[&browser, &now.minus(UNUSABLE_CODE_RETENTION)],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
                )?;
                Ok(row.map(|(address, onward, tries, ends)| {
                    let usable = now < ends && tries < MAX_CODE_TRIES;
                    let state = if usable { CodeState::Usable } else { CodeState::Unusable };
                    AwaitedCode { address, onward, sent_at: ends.minus(CODE_LIFETIME), state }
                }))
            })
            .await
    }

    /// The state of the letter with the code for this browser; None if it awaits no code.
    pub(crate) async fn find_code_letter_state(
        &self,
        browser: Digest,
        now: Timestamp,
    ) -> Result<Option<LetterState>, Refusal> {
        self.database
            .read(move |transaction| {
                let state = transaction.fetch_optional(
                    "SELECT o.fate, o.last_error, o.queued_at FROM sign_in_code c JOIN outbox o ON o.id = c.letter
                     WHERE c.browser = $1 AND c.ends > $2",
                    &[&browser, &now],
                    |row| {
                        let (outcome, last_error): (Option<String>, Option<String>) = (row.get(0)?, row.get(1)?);
                        Ok(match outcome.as_deref() {
                            None => LetterState::from_waiting(row.get(2)?, last_error.is_some(), now),
                            Some("sent" | "kept") => LetterState::Sent,
                            Some("refused") => LetterState::Refused,
                            Some(_) => LetterState::Dropped,
                        })
                    },
                )?;
                Ok(state)
            })
            .await
    }

    /// Checks a code. The right one signs in, under a new secret of the browser; a new address gets an account.
    pub(crate) async fn try_code(
        &self,
        browser: Token,
        next: Token,
        input: String,
        new: NewAccount,
        now: Timestamp,
    ) -> Result<PatientSignIn, Refusal> {
        let store = self.clone();
        self.database.write(move |transaction| try_code(transaction, &store, &browser, &next, &input, new, now)).await
    }

    /// Signs the patient out with this browser.
    pub(crate) async fn sign_out(&self, browser: Token, next: Token) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                session::end(transaction, browser.digest())?;
                slot::release_hold(transaction, browser.digest())?;
                browser_session::transfer_sessions(transaction, &browser, &next)?;
                Ok(())
            })
            .await
    }

    /// Stores the profile of the account's holder, and what the holder wants of letters.
    pub(crate) async fn save_profile(
        &self,
        account: AccountId,
        profile: Profile,
        letters: LetterChoices,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let patient = PatientId::new(now, &self.randomness);
        self.database
            .write(move |transaction| {
                transaction.execute(
                    "UPDATE account SET clinic_in_mail = $2, reminders = $3 WHERE id = $1",
                    &[&account, &letters.clinic, &letters.reminders],
                )?;
                if let Some(own) = find_own_patient(transaction, account)? {
                    return Ok(write_profile(transaction, own, &profile, now)?);
                }
                insert_patient(transaction, patient, &profile, now)?;
                Ok(link_patient(transaction, account, patient, Relationship::Oneself, now)?)
            })
            .await
    }
}

/// Inserts a patient.
pub(crate) fn insert_patient(
    transaction: &mut Transaction<'_>,
    id: PatientId,
    profile: &Profile,
    now: Timestamp,
) -> Result<(), Error> {
    transaction.execute("INSERT INTO patient (id, made_at) VALUES ($1, $2)", &[&id, &now])?;
    write_profile(transaction, id, profile, now)
}

/// Writes the profile of a patient.
pub(crate) fn write_profile(
    transaction: &mut Transaction<'_>,
    patient: PatientId,
    profile: &Profile,
    now: Timestamp,
) -> Result<(), Error> {
    transaction
        .execute(
            "INSERT INTO profile (patient, name, kana, birth_date, phone, changed_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (patient) DO UPDATE SET name = $2, kana = $3, birth_date = $4, phone = $5, changed_at = $6",
            &[&patient, &profile.name, &profile.kana, &profile.birth_date, &profile.phone, &now],
        )
        .map(|_| ())
}

/// Lets an account act for a patient.
pub(crate) fn link_patient(
    transaction: &mut Transaction<'_>,
    account: AccountId,
    patient: PatientId,
    relationship: Relationship,
    now: Timestamp,
) -> Result<(), Error> {
    transaction
        .execute(
            "INSERT INTO account_patient (account, patient, relationship, since) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account, patient) DO UPDATE
             SET relationship = $3, since = $4, warned_at = NULL, ended_at = NULL",
            &[&account, &patient, &relationship, &now],
        )
        .map(|_| ())
}

fn try_code(
    transaction: &mut Transaction<'_>,
    store: &Store,
    browser: &Token,
    next: &Token,
    input: &str,
    new: NewAccount,
    now: Timestamp,
) -> Result<PatientSignIn, Refusal> {
    let key = browser.digest();
    let row: Option<(MailAddress, Digest, u32, Timestamp, String)> = transaction.fetch_optional(
        "SELECT mail, code, tries, ends, onward FROM sign_in_code WHERE browser = $1",
        &[&key],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)),
    )?;
    let Some((address, code, tries, ends, onward)) = row else { return Ok(PatientSignIn::CodeUnusable) };
    let same = base::constant_time_eq(code_digest(browser, input).as_bytes(), code.as_bytes());
    let comparison = if same { Comparison::Same } else { Comparison::Different };
    match (SentCode { tries, expires_at: ends }).check_code(comparison, now) {
        CodeCheckOutcome::Unusable => {
            transaction.execute("UPDATE sign_in_code SET tries = $2 WHERE browser = $1", &[&key, &MAX_CODE_TRIES])?;
            Ok(PatientSignIn::CodeUnusable)
        }
        CodeCheckOutcome::Wrong { tries_left } => {
            transaction.execute("UPDATE sign_in_code SET tries = tries + 1 WHERE browser = $1", &[&key])?;
            Ok(PatientSignIn::WrongCode { tries_left })
        }
        CodeCheckOutcome::Correct => {
            transaction.execute("DELETE FROM sign_in_code WHERE browser = $1", &[&key])?;
            let account = find_or_create_account(transaction, store, &address, new.language, now)?;
            record_acceptance(transaction, account, &new.accepted_notice, now)?;
            session::end(transaction, key)?;
            session::begin(transaction, next.digest(), &session_subject(account), now, SESSION_LIFETIME)?;
            browser_session::transfer_sessions(transaction, browser, next)?;
            slot::transfer_hold(transaction, key, next.digest(), hold_limit_key(account))?;
            attempts::remember_device(transaction, new.device, account_digest(&address), now)?;
            let has_profile =
                find_account(transaction, account)?.is_some_and(|account| account.own_profile().is_some());
            Ok(PatientSignIn::Done {
                profile: if has_profile { ProfileState::Present } else { ProfileState::Missing },
                onward,
            })
        }
    }
}

/// The account of an address, created if there is none.
fn find_or_create_account(
    transaction: &mut Transaction<'_>,
    store: &Store,
    address: &MailAddress,
    language: Language,
    now: Timestamp,
) -> Result<AccountId, Error> {
    let new = AccountId::new(now, &store.randomness);
    transaction.fetch_one(
        "INSERT INTO account (id, mail, language, made_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (mail) DO UPDATE SET language = $3 RETURNING id",
        &[&new, address, &language.tag(), &now],
        |row| row.get(0),
    )
}

/// An account without signing in, whose holder has the profile of the samples.
#[cfg(test)]
pub(crate) fn create_account_for_tests(
    transaction: &mut Transaction<'_>,
    store: &Store,
    address: &MailAddress,
    now: Timestamp,
) -> Result<AccountId, Error> {
    let account = find_or_create_account(transaction, store, address, Language::Japanese, now)?;
    let patient = PatientId::new(now, &store.randomness);
    insert_patient(transaction, patient, &crate::sample_data::profile(), now)?;
    link_patient(transaction, account, patient, Relationship::Oneself, now)?;
    Ok(account)
}

/// Records that somebody signed in on a page that refers to this version. The first acceptance is kept.
pub(crate) fn record_acceptance(
    transaction: &mut Transaction<'_>,
    account: AccountId,
    version: &PrivacyVersion,
    now: Timestamp,
) -> Result<(), Error> {
    transaction
        .execute(
            "INSERT INTO accepted_notice (account, digest, dated, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            &[&account, &version.digest, &version.effective_date, &now],
        )
        .map(|_| ())
}
