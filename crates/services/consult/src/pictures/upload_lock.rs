//! One upload at a time for each account, so that no account uses up the permits of the image worker.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::timeout};

use crate::people::rules::account::AccountId;

/// The accounts with an upload in progress in this process.
#[derive(Debug, Clone, Default)]
pub(crate) struct UploadLocks(Arc<UploadLocksInner>);

#[derive(Debug, Default)]
struct UploadLocksInner {
    locked_accounts: Mutex<HashSet<AccountId>>,
    released: Notify,
}

impl UploadLocksInner {
    fn lock_accounts(&self) -> MutexGuard<'_, HashSet<AccountId>> {
        // No code that holds the mutex can panic.
        self.locked_accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lock of an account, released when dropped.
#[derive(Debug)]
pub(crate) struct UploadLock {
    account: AccountId,
    locks: Arc<UploadLocksInner>,
}

impl Drop for UploadLock {
    fn drop(&mut self) {
        self.locks.lock_accounts().remove(&self.account);
        self.locks.released.notify_waiters();
    }
}

impl UploadLocks {
    /// Waits for the lock of an account; `None` if another upload of the account takes longer than `max_wait`.
    pub(crate) async fn acquire(&self, account: AccountId, max_wait: Duration) -> Option<UploadLock> {
        let lock = async {
            loop {
                // Created before the check, so that a release in between is not missed.
                let released = self.0.released.notified();
                if self.0.lock_accounts().insert(account) {
                    return UploadLock { account, locks: self.0.clone() };
                }
                released.await;
            }
        };
        timeout(max_wait, lock).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use base::{Randomness, Timestamp};

    use super::*;

    #[tokio::test]
    async fn an_account_waits_for_its_own_upload_and_for_no_other() {
        let randomness = Randomness::repeatable("turns");
        let new = || AccountId::new(Timestamp::from_seconds(0), &randomness);
        let (account, other_account) = (new(), new());
        let locks = UploadLocks::default();
        let lock = locks.acquire(account, Duration::ZERO).await.expect("nobody is before it");
        assert!(locks.acquire(other_account, Duration::ZERO).await.is_some());
        assert!(locks.acquire(account, Duration::from_millis(1)).await.is_none());
        let waiting = tokio::spawn({
            let locks = locks.clone();
            async move { locks.acquire(account, Duration::from_mins(1)).await.is_some() }
        });
        tokio::task::yield_now().await;
        drop(lock);
        assert!(waiting.await.expect("it ends"));
    }
}
