//! Attempt limits for signing in that keep strangers from locking the owner of an account out.
//!
//! A browser that has signed in with an account before is a known device of it (OWASP, "Device cookies"): its attempts are
//! counted separately. All other attempts are counted for the account and for their network address. A service that signs
//! people in adds [`MIGRATION`] to its own and calls these functions within its transactions, before it checks the password,
//! so that concurrent attempts cannot exceed the limit.

mod store;

use base::{Digest, Span, Timestamp, digest};
use database::{Error, Transaction};
use web::Peer;

pub use store::MIGRATION;

/// How many failures are allowed to a known device, to a network address, and to an account whose attempts have no known
/// address.
pub const MOST_MISSES: u32 = 8;

/// How many failures are allowed to an account from all network addresses together.
const MOST_FROM_ALL_PEERS: u32 = 3 * MOST_MISSES;

/// How long failures count.
pub const WINDOW: Span = Span::from_mins(15);

/// How long a device stays known without signing in.
const KNOWN_DEVICE_LIFETIME: Span = Span::from_hours(24 * 365);

/// The time between two warnings to the owner of an account.
const WARNING_INTERVAL: Span = Span::from_hours(24);

/// An attempt to sign in.
#[derive(Debug, Clone, Copy)]
pub struct SignInAttempt {
    /// The account, of any kind; it need not exist.
    pub account: Digest,
    /// The browser's device cookie, if any.
    pub device: Option<Digest>,
    /// The network address, if known.
    pub peer: Option<Peer>,
}

/// Whether the password may be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Admitted,
    Locked(Lockout),
}

/// Too many failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lockout {
    pub scope: LockoutScope,
    /// When the next attempt is allowed.
    pub retry_at: Timestamp,
    /// Whether to warn the owner of the account: unknown devices have just reached the limit, for the first time in a day.
    pub warn_owner: bool,
}

/// Which count reached its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockoutScope {
    /// That of this known device.
    Device,
    /// That of this network address.
    Peer,
    /// That of the account on unknown devices.
    Account,
}

impl LockoutScope {
    fn label(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Peer => "peer",
            Self::Account => "account",
        }
    }
}

impl SignInAttempt {
    fn device_key(&self, device: Digest) -> Digest {
        digest(&[b"device", device.as_bytes(), self.account.as_bytes()])
    }

    fn account_key(&self) -> Digest {
        digest(&[b"account", self.account.as_bytes()])
    }
}

fn peer_key(peer: Peer) -> Digest {
    digest(&[b"peer", peer.0.to_string().as_bytes()])
}

/// The device key of a program without cookies: derived from its network address.
pub fn peer_device(peer: Peer) -> Digest {
    digest(&[b"device of peer", peer.0.to_string().as_bytes()])
}

/// Counts an attempt before the password is checked.
pub fn count_attempt(
    transaction: &mut Transaction<'_>,
    attempt: &SignInAttempt,
    now: Timestamp,
) -> Result<Admission, Error> {
    store::delete_old_failures(transaction, now.minus(WINDOW))?;
    if let Some(device) = attempt.device
        && is_known_device(transaction, device, attempt.account, now)?
    {
        return check_limit(transaction, attempt, (attempt.device_key(device), MOST_MISSES, LockoutScope::Device), now);
    }
    let mut most = MOST_MISSES;
    if let Some(peer) = attempt.peer {
        let admission = check_limit(transaction, attempt, (peer_key(peer), MOST_MISSES, LockoutScope::Peer), now)?;
        if admission != Admission::Admitted {
            // Not counted for the account, which one address alone cannot lock.
            return Ok(admission);
        }
        most = MOST_FROM_ALL_PEERS;
    }
    check_limit(transaction, attempt, (attempt.account_key(), most, LockoutScope::Account), now)
}

fn check_limit(
    transaction: &mut Transaction<'_>,
    attempt: &SignInAttempt,
    (key, most, limit): (Digest, u32, LockoutScope),
    now: Timestamp,
) -> Result<Admission, Error> {
    let (failures, window_start) = store::insert_failure(transaction, key, now)?;
    if failures <= most {
        return Ok(Admission::Admitted);
    }
    metrics::counter!("uketsuke_sign_ins_limited_total", "limit" => limit.label()).increment(1);
    let newly = limit == LockoutScope::Account && failures == most + 1;
    let warn_owner = newly && note_warning(transaction, attempt.account, now)?;
    Ok(Admission::Locked(Lockout { scope: limit, retry_at: window_start.plus(WINDOW), warn_owner }))
}

/// Records a warning to the owner of an account, unless there was one in the last day. Returns whether to warn.
fn note_warning(transaction: &mut Transaction<'_>, account: Digest, now: Timestamp) -> Result<bool, Error> {
    store::delete_old_warnings(transaction, now.minus(WARNING_INTERVAL))?;
    store::insert_warning(transaction, account, now)
}

/// Whether somebody has signed in with this account on this device before.
pub fn is_known_device(
    transaction: &mut Transaction<'_>,
    device: Digest,
    account: Digest,
    now: Timestamp,
) -> Result<bool, Error> {
    store::has_known_device(transaction, device, account, now.minus(KNOWN_DEVICE_LIFETIME))
}

/// Clears the failures after a correct password, and makes the device known.
pub fn note_success(
    transaction: &mut Transaction<'_>,
    attempt: &SignInAttempt,
    device: Option<Digest>,
    now: Timestamp,
) -> Result<(), Error> {
    if let Some(known_device) = attempt.device {
        store::delete_failures(transaction, attempt.device_key(known_device))?;
    }
    store::delete_failures(transaction, attempt.account_key())?;
    if let Some(peer) = attempt.peer {
        // Not all failures of the address: otherwise an account of one's own would give attempts at others.
        store::delete_one_failure(transaction, peer_key(peer))?;
    }
    if let Some(device) = device {
        remember_device(transaction, device, attempt.account, now)?;
    }
    Ok(())
}

/// Makes the device known for the account.
pub fn remember_device(
    transaction: &mut Transaction<'_>,
    device: Digest,
    account: Digest,
    now: Timestamp,
) -> Result<(), Error> {
    store::delete_old_devices(transaction, now.minus(KNOWN_DEVICE_LIFETIME))?;
    store::insert_or_update_device(transaction, device, account, now)
}

#[cfg(test)]
mod tests {
    use database::{Database, Migration, test_database};

    use super::*;

    const MIGRATIONS: &[Migration] = &[MIGRATION];

    fn account(name: &str) -> Digest {
        digest(&[b"test", name.as_bytes()])
    }

    #[expect(clippy::unnecessary_wraps, reason = "as an attempt names its peer")]
    fn peer(last: u8) -> Option<Peer> {
        Some(Peer::new([192, 0, 2, last].into()))
    }

    fn timestamp(second: i64) -> Timestamp {
        Timestamp::from_seconds(1_000_000 + second)
    }

    async fn count(database: &Database, attempt: SignInAttempt, now: Timestamp) -> Admission {
        database
            .write(move |transaction| count_attempt(transaction, &attempt, now))
            .await
            .unwrap_or_else(panic_on_error)
    }

    #[expect(clippy::needless_pass_by_value, reason = "as it is handed over")]
    fn panic_on_error<T>(error: Error) -> T {
        panic!("{error}")
    }

    async fn locked_for(database: &Database, attempt: SignInAttempt, now: Timestamp) -> Option<LockoutScope> {
        match count(database, attempt, now).await {
            Admission::Admitted => None,
            Admission::Locked(lock) => Some(lock.scope),
        }
    }

    async fn succeed(database: &Database, attempt: SignInAttempt, device: Option<Digest>, now: Timestamp) {
        let done = database.write(move |transaction| note_success(transaction, &attempt, device, now)).await;
        done.unwrap_or_else(panic_on_error);
    }

    #[tokio::test]
    async fn a_stranger_cannot_keep_the_owner_out() {
        for trial in test_database::open_on_each_engine("attempts", MIGRATIONS) {
            let (database, device) = (&trial.database, account("the owner's browser"));
            let owner = SignInAttempt { account: account("desk"), device: Some(device), peer: peer(1) };
            assert_eq!(count(database, owner, timestamp(0)).await, Admission::Admitted);
            succeed(database, owner, Some(device), timestamp(0)).await;
            // Strangers from many addresses lock the account for unknown browsers.
            for address_byte in 10..14 {
                let stranger = SignInAttempt { account: owner.account, device: None, peer: peer(address_byte) };
                for _ in 0..MOST_MISSES {
                    count(database, stranger, timestamp(1)).await;
                }
            }
            let stranger = SignInAttempt { account: owner.account, device: Some(account("new")), peer: peer(20) };
            assert_eq!(
                locked_for(database, stranger, timestamp(2)).await,
                Some(LockoutScope::Account),
                "{}",
                trial.engine
            );
            // The owner's device has its own limit, of the same size.
            for _ in 0..MOST_MISSES {
                assert_eq!(locked_for(database, owner, timestamp(2)).await, None, "{}", trial.engine);
            }
            assert_eq!(locked_for(database, owner, timestamp(2)).await, Some(LockoutScope::Device));
            // The device is not known for another account.
            let other_account = SignInAttempt { account: account("other"), ..owner };
            for _ in 0..MOST_MISSES {
                assert_eq!(locked_for(database, other_account, timestamp(3)).await, None);
            }
            assert_eq!(locked_for(database, other_account, timestamp(3)).await, Some(LockoutScope::Peer));
        }
    }

    #[tokio::test]
    async fn one_address_tries_a_few_accounts_and_locks_none() {
        for trial in test_database::open_on_each_engine("attempts", MIGRATIONS) {
            let database = &trial.database;
            for name in 0..MOST_MISSES {
                let attempt = SignInAttempt { account: account(&name.to_string()), device: None, peer: peer(1) };
                assert_eq!(locked_for(database, attempt, timestamp(0)).await, None);
            }
            for name in 0..100_u32 {
                let more = SignInAttempt { account: account(&name.to_string()), device: None, peer: peer(1) };
                assert_eq!(
                    locked_for(database, more, timestamp(0)).await,
                    Some(LockoutScope::Peer),
                    "{}",
                    trial.engine
                );
            }
            let owner = SignInAttempt { account: account("0"), device: None, peer: peer(2) };
            assert_eq!(locked_for(database, owner, timestamp(0)).await, None);
            // After the window it may try again.
            let later = timestamp(0).plus(WINDOW);
            let attempt = SignInAttempt { account: account("0"), device: None, peer: peer(1) };
            assert_eq!(locked_for(database, attempt, later).await, None);
        }
    }

    #[tokio::test]
    async fn an_account_of_ones_own_gives_no_tries_at_others() {
        for trial in test_database::open_on_each_engine("attempts", MIGRATIONS) {
            let database = &trial.database;
            let (own_account, other_account) = (account("own"), account("others"));
            for _ in 0..MOST_MISSES {
                let miss = SignInAttempt { account: other_account, device: None, peer: peer(1) };
                let admitted = locked_for(database, miss, timestamp(0)).await.is_none();
                let hit = SignInAttempt { account: own_account, ..miss };
                if admitted && locked_for(database, hit, timestamp(0)).await.is_none() {
                    succeed(database, hit, None, timestamp(0)).await;
                }
            }
            let miss = SignInAttempt { account: other_account, device: None, peer: peer(1) };
            assert_eq!(locked_for(database, miss, timestamp(0)).await, Some(LockoutScope::Peer), "{}", trial.engine);
        }
    }

    #[tokio::test]
    async fn the_owner_is_warned_once_a_day() {
        for trial in test_database::open_on_each_engine("attempts", MIGRATIONS) {
            let database = &trial.database;
            let stranger = SignInAttempt { account: account("desk"), device: None, peer: None };
            let warnings = async |begin: Timestamp| {
                let mut warnings = 0;
                for _ in 0..3 * MOST_MISSES {
                    if let Admission::Locked(lock) = count(database, stranger, begin).await {
                        assert_eq!(lock.retry_at, begin.plus(WINDOW));
                        warnings += u32::from(lock.warn_owner);
                    }
                }
                warnings
            };
            assert_eq!(warnings(timestamp(0)).await, 1, "{}", trial.engine);
            assert_eq!(warnings(timestamp(0).plus(WINDOW)).await, 0);
            assert_eq!(warnings(timestamp(0).plus(WARNING_INTERVAL)).await, 1);
        }
    }
}
