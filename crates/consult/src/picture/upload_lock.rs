//! One upload at a time for each account, so that nobody takes the places of everybody else.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::timeout};

use crate::rules::patient::PatientId;

/// Which accounts send pictures to this process just now.
#[derive(Debug, Clone, Default)]
pub(crate) struct UploadLocks(Arc<UploadLocksInner>);

#[derive(Debug, Default)]
struct UploadLocksInner {
    locked_accounts: Mutex<HashSet<PatientId>>,
    released: Notify,
}

impl UploadLocksInner {
    fn lock_accounts(&self) -> MutexGuard<'_, HashSet<PatientId>> {
        // Nothing can fail while it is locked.
        self.locked_accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn of an account. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct UploadLock {
    account: PatientId,
    locks: Arc<UploadLocksInner>,
}

impl Drop for UploadLock {
    fn drop(&mut self) {
        self.locks.lock_accounts().remove(&self.account);
        self.locks.released.notify_waiters();
    }
}

impl UploadLocks {
    /// Waits for the turn of this account; `None` where its other upload takes longer than that.
    pub(crate) async fn acquire(&self, account: PatientId, longest: Duration) -> Option<UploadLock> {
        let turn = async {
            loop {
                // Made before it is looked: what is given back in between is heard of.
                let given_back = self.0.released.notified();
                if self.0.lock_accounts().insert(account) {
                    return UploadLock { account, locks: self.0.clone() };
                }
                given_back.await;
            }
        };
        timeout(longest, turn).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use base::{Randomness, Timestamp};

    use super::*;

    #[tokio::test]
    async fn an_account_waits_for_its_own_upload_and_for_no_other() {
        let randomness = Randomness::repeatable("turns");
        let new = || PatientId::new(Timestamp::from_seconds(0), &randomness);
        let (one, another) = (new(), new());
        let turns = UploadLocks::default();
        let first = turns.acquire(one, Duration::ZERO).await.expect("nobody is before it");
        assert!(turns.acquire(another, Duration::ZERO).await.is_some());
        assert!(turns.acquire(one, Duration::from_millis(1)).await.is_none());
        let waiting = tokio::spawn({
            let turns = turns.clone();
            async move { turns.acquire(one, Duration::from_mins(1)).await.is_some() }
        });
        tokio::task::yield_now().await;
        drop(first);
        assert!(waiting.await.expect("it ends"));
    }
}
