//! Hashing and verifying passwords with argon2id, a few at a time.
//!
//! One hash deliberately takes 19 MiB and a processor for some hundredths of a second. Many requests at once must not use
//! that memory each: a few run, some wait for a bounded time, and the others are refused at once.

use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use base::Randomness;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The shortest password that is accepted for a new account (NIST SP 800-63B §5.1.1.2 requires at least eight).
pub const MIN_PASSWORD_CHARACTERS: usize = 10;

/// How many verifications may wait.
const LONGEST_QUEUE: usize = 32;

/// How long a verification may wait.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(10);

/// Too many passwords are waiting to be hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords wait to be hashed")]
pub struct HashingBusy;

/// The password of an account, as it may be stored: argon2id in the PHC format, salt included.
#[derive(Clone)]
pub struct Password(String);

/// A password that is too short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password has at least {MIN_PASSWORD_CHARACTERS} characters")]
pub struct ShortPassword;

impl ShortPassword {
    /// Refuses a password that no account may have.
    ///
    /// # Errors
    ///
    /// If it has fewer than [`MIN_PASSWORD_CHARACTERS`].
    pub fn check(password: &str) -> Result<(), Self> {
        if password.chars().count() < MIN_PASSWORD_CHARACTERS { Err(Self) } else { Ok(()) }
    }
}

impl Password {
    /// Hashes a new password. Unauthenticated requests cannot cause this, so it waits for its turn without a limit.
    ///
    /// # Errors
    ///
    /// If it is too short.
    pub async fn hash(password: &str, randomness: &Randomness) -> Result<Self, ShortPassword> {
        ShortPassword::check(password)?;
        let (password, salt) = (password.to_owned(), randomness.bytes::<16>());
        let hash = move || {
            // The crate's defaults (19 MiB, two passes) are those of OWASP's cheat sheet.
            Argon2::default()
                .hash_password_with_salt(password.as_bytes(), &salt)
                .expect("a salt of 16 bytes and the default parameters are valid")
                .to_string()
        };
        let slot = HASHING_SLOTS.slots.clone().acquire_owned().await.expect("the semaphore is open");
        Ok(Self(run_with_slot(slot, hash).await))
    }

    /// The hash, for the store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a password is the stored one. Without a stored one it takes the same time and is false.
pub async fn verify_password(password: &str, stored: Option<String>) -> Result<bool, HashingBusy> {
    let password = password.to_owned();
    let verify = move || {
        let Some(stored) = stored else {
            let _dummy = Argon2::default().hash_password_with_salt(password.as_bytes(), &[0; 16]);
            return false;
        };
        Argon2::default().verify_password(password.as_bytes(), stored.as_str()).is_ok()
    };
    HASHING_SLOTS.run(verify).await
}

static HASHING_SLOTS: LazyLock<HashingSlots> = LazyLock::new(|| {
    let processors = thread::available_parallelism().map_or(2, usize::from);
    HashingSlots::new(processors.clamp(2, 4), LONGEST_QUEUE, QUEUE_TIMEOUT)
});

struct HashingSlots {
    slots: Arc<Semaphore>,
    waiting: AtomicUsize,
    longest_queue: usize,
    queue_timeout: Duration,
}

impl HashingSlots {
    fn new(slots: usize, longest_queue: usize, queue_timeout: Duration) -> Self {
        Self { slots: Arc::new(Semaphore::new(slots)), waiting: AtomicUsize::new(0), longest_queue, queue_timeout }
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, HashingBusy> {
        let slot = self.acquire_slot().await.inspect_err(|_| {
            metrics::counter!("uketsuke_password_hashes_refused_total").increment(1);
        })?;
        Ok(run_with_slot(slot, work).await)
    }

    async fn acquire_slot(&self) -> Result<OwnedSemaphorePermit, HashingBusy> {
        if let Ok(slot) = self.slots.clone().try_acquire_owned() {
            return Ok(slot);
        }
        let _waiting = QueuedJob::new(self)?;
        match tokio::time::timeout(self.queue_timeout, self.slots.clone().acquire_owned()).await {
            Ok(Ok(slot)) => Ok(slot),
            Ok(Err(_)) | Err(_) => Err(HashingBusy),
        }
    }
}

async fn run_with_slot<T: Send + 'static>(slot: OwnedSemaphorePermit, work: impl FnOnce() -> T + Send + 'static) -> T {
    metrics::counter!("uketsuke_password_hashes_total").increment(1);
    let task = tokio::task::spawn_blocking(move || {
        let outcome = work();
        // Only now: a cancelled request does not stop the hashing.
        drop(slot);
        outcome
    });
    task.await.expect("hashing does not panic")
}

/// A waiting job, counted while it exists.
struct QueuedJob<'p>(&'p HashingSlots);

impl<'p> QueuedJob<'p> {
    fn new(slots: &'p HashingSlots) -> Result<Self, HashingBusy> {
        let waiting = slots.waiting.fetch_add(1, Ordering::Relaxed);
        let job = Self(slots);
        if waiting < slots.longest_queue { Ok(job) } else { Err(HashingBusy) }
    }
}

impl Drop for QueuedJob<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_password_is_recognised_and_no_other() {
        let stored = Password::hash("correct horse", &Randomness::system()).await.unwrap().0;
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(verify_password("correct horse", Some(stored.clone())).await, Ok(true));
        assert_eq!(verify_password("battery staple", Some(stored)).await, Ok(false));
        assert_eq!(verify_password("correct horse", None).await, Ok(false));
    }

    #[tokio::test]
    async fn a_short_password_is_refused_by_its_characters() {
        assert!(Password::hash("123456789", &Randomness::system()).await.is_err());
        assert!(Password::hash("１２３４５６７８９０", &Randomness::system()).await.is_ok());
    }

    /// Starts work that runs until it is released.
    fn start_job(slots: &Arc<HashingSlots>) -> (mpsc::Sender<()>, tokio::task::JoinHandle<Result<(), HashingBusy>>) {
        let (release, released) = mpsc::channel::<()>();
        let slots = slots.clone();
        let work = move || {
            // Fails once the sender is dropped, which releases too.
            let _ = released.recv();
        };
        (release, tokio::spawn(async move { slots.run(work).await }))
    }

    async fn wait_until(condition: impl Fn() -> bool) {
        while !condition() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_few_hash_some_wait_and_the_others_are_refused_at_once() {
        let slots = Arc::new(HashingSlots::new(2, 1, Duration::from_mins(10)));
        let (first, second) = (start_job(&slots), start_job(&slots));
        wait_until(|| slots.slots.available_permits() == 0).await;
        let waiting = start_job(&slots);
        wait_until(|| slots.waiting.load(Ordering::Relaxed) == 1).await;
        for _ in 0..100 {
            assert_eq!(slots.run(|| ()).await, Err(HashingBusy));
        }
        drop(first.0);
        assert_eq!(first.1.await.unwrap(), Ok(()));
        drop(waiting.0);
        assert_eq!(waiting.1.await.unwrap(), Ok(()), "whoever waited has its turn");
        drop(second.0);
        assert_eq!(second.1.await.unwrap(), Ok(()));
        assert_eq!(slots.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let slots = Arc::new(HashingSlots::new(1, 1, Duration::from_millis(1)));
        let first = start_job(&slots);
        wait_until(|| slots.slots.available_permits() == 0).await;
        assert_eq!(slots.run(|| ()).await, Err(HashingBusy));
        drop(first.0);
        assert_eq!(first.1.await.unwrap(), Ok(()));
    }

    #[tokio::test]
    async fn whoever_hangs_up_keeps_the_place_until_the_hashing_ends() {
        let slots = Arc::new(HashingSlots::new(1, 1, Duration::from_millis(1)));
        let (release, hung_up) = start_job(&slots);
        wait_until(|| slots.slots.available_permits() == 0).await;
        hung_up.abort();
        assert!(hung_up.await.unwrap_err().is_cancelled());
        assert_eq!(slots.run(|| ()).await, Err(HashingBusy));
        drop(release);
        wait_until(|| slots.slots.available_permits() == 1).await;
    }
}
