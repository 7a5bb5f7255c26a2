//! Hashing and verifying passwords with argon2id, a few at a time.
//!
//! One hash takes 19 MiB and a processor for some hundredths of a second, on purpose. Whoever asks for many at once must not
//! get the memory for all of them: a few run, some wait for a bounded time, and the others are refused at once.

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

/// How many passwords wait at most.
const LONGEST_QUEUE: usize = 32;

/// How long one waits at most.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(10);

/// Too many passwords wait to be hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords wait to be hashed")]
pub struct HashingBusy;

/// What may be stored of a password: argon2id with its salt, in the PHC format. Strangers cannot ask for it, so it waits for
/// its turn however long that takes.
pub async fn hash_password(password: &str, randomness: &Randomness) -> String {
    let (password, salt) = (password.to_owned(), randomness.bytes::<16>());
    let hash = move || {
        // The crate's defaults (19 MiB, two passes) are those of OWASP's cheat sheet.
        Argon2::default()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .expect("a salt of 16 bytes and the default parameters are valid")
            .to_string()
    };
    let place = HASHING_SLOTS.slots.clone().acquire_owned().await.expect("the semaphore is open");
    run_with_slot(place, hash).await
}

/// Whether a password is the stored one. Without a stored one it takes as long, and is not.
pub async fn verify_password(password: &str, stored: Option<String>) -> Result<bool, HashingBusy> {
    let password = password.to_owned();
    let verify = move || {
        let Some(stored) = stored else {
            let _as_long = Argon2::default().hash_password_with_salt(password.as_bytes(), &[0; 16]);
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
    fn new(places: usize, longest_queue: usize, patience: Duration) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(places)),
            waiting: AtomicUsize::new(0),
            longest_queue,
            queue_timeout: patience,
        }
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, HashingBusy> {
        let place = self.acquire_slot().await.inspect_err(|_| {
            metrics::counter!("uketsuke_password_hashes_refused_total").increment(1);
        })?;
        Ok(run_with_slot(place, work).await)
    }

    async fn acquire_slot(&self) -> Result<OwnedSemaphorePermit, HashingBusy> {
        if let Ok(place) = self.slots.clone().try_acquire_owned() {
            return Ok(place);
        }
        let _waiting = QueuedJob::new(self)?;
        match tokio::time::timeout(self.queue_timeout, self.slots.clone().acquire_owned()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(HashingBusy),
        }
    }
}

async fn run_with_slot<T: Send + 'static>(place: OwnedSemaphorePermit, work: impl FnOnce() -> T + Send + 'static) -> T {
    metrics::counter!("uketsuke_password_hashes_total").increment(1);
    let worked = tokio::task::spawn_blocking(move || {
        let outcome = work();
        // Only now: whoever hangs up leaves the hashing running.
        drop(place);
        outcome
    });
    worked.await.expect("hashing does not panic")
}

/// One who waits.
struct QueuedJob<'p>(&'p HashingSlots);

impl<'p> QueuedJob<'p> {
    fn new(places: &'p HashingSlots) -> Result<Self, HashingBusy> {
        let before = places.waiting.fetch_add(1, Ordering::Relaxed);
        let this = Self(places);
        if before < places.longest_queue { Ok(this) } else { Err(HashingBusy) }
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
        let stored = hash_password("correct horse", &Randomness::system()).await;
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(verify_password("correct horse", Some(stored.clone())).await, Ok(true));
        assert_eq!(verify_password("battery staple", Some(stored)).await, Ok(false));
        assert_eq!(verify_password("correct horse", None).await, Ok(false));
    }

    /// Work that runs until it is let go.
    fn start_job(places: &Arc<HashingSlots>) -> (mpsc::Sender<()>, tokio::task::JoinHandle<Result<(), HashingBusy>>) {
        let (release, released) = mpsc::channel::<()>();
        let places = places.clone();
        let work = move || {
            // Whoever let it go may be gone.
            let _ = released.recv();
        };
        (release, tokio::spawn(async move { places.run(work).await }))
    }

    async fn wait_until(condition: impl Fn() -> bool) {
        while !condition() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_few_hash_some_wait_and_the_others_are_refused_at_once() {
        let places = Arc::new(HashingSlots::new(2, 1, Duration::from_mins(10)));
        let (first, second) = (start_job(&places), start_job(&places));
        wait_until(|| places.slots.available_permits() == 0).await;
        let waiting = start_job(&places);
        wait_until(|| places.waiting.load(Ordering::Relaxed) == 1).await;
        for _ in 0..100 {
            assert_eq!(places.run(|| ()).await, Err(HashingBusy));
        }
        drop(first.0);
        assert_eq!(first.1.await.unwrap(), Ok(()));
        drop(waiting.0);
        assert_eq!(waiting.1.await.unwrap(), Ok(()), "whoever waited has its turn");
        drop(second.0);
        assert_eq!(second.1.await.unwrap(), Ok(()));
        assert_eq!(places.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let places = Arc::new(HashingSlots::new(1, 1, Duration::from_millis(1)));
        let first = start_job(&places);
        wait_until(|| places.slots.available_permits() == 0).await;
        assert_eq!(places.run(|| ()).await, Err(HashingBusy));
        drop(first.0);
        assert_eq!(first.1.await.unwrap(), Ok(()));
    }

    #[tokio::test]
    async fn whoever_hangs_up_keeps_the_place_until_the_hashing_ends() {
        let places = Arc::new(HashingSlots::new(1, 1, Duration::from_millis(1)));
        let (release, hung_up) = start_job(&places);
        wait_until(|| places.slots.available_permits() == 0).await;
        hung_up.abort();
        assert!(hung_up.await.unwrap_err().is_cancelled());
        assert_eq!(places.run(|| ()).await, Err(HashingBusy));
        drop(release);
        wait_until(|| places.slots.available_permits() == 1).await;
    }
}
