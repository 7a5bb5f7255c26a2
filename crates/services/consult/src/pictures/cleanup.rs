//! Erases pictures after their retention, and rewraps keys under the current master key.

use std::time::Duration;

use base::{Clock, Timestamp};
use database::Error;
use jobs::PeriodicJob;

use super::vault::{Vault, error::VaultError};
use crate::store::Store;

const CLEANUP: PeriodicJob = PeriodicJob { name: "picture_cleanup", pause: Duration::from_mins(1) };

/// Cleans up as long as the future is polled. Any number of nodes may do so at once.
pub(crate) async fn run_cleanup(store: Store, vault: Vault, clock: Clock, keep_days: u16) {
    jobs::run_periodically(CLEANUP, || clean_up_once(&store, &vault, clock.now(), keep_days)).await;
}

/// Why a round of the cleanup failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CleanupError {
    #[error(transparent)]
    Database(#[from] Error),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// One round of the cleanup.
pub(crate) async fn clean_up_once(
    store: &Store,
    vault: &Vault,
    now: Timestamp,
    keep_days: u16,
) -> Result<(), CleanupError> {
    while store.erase_expired_pictures(now, keep_days).await? > 0 {}
    loop {
        let names = store.list_objects_to_remove(now).await?;
        if names.is_empty() {
            break;
        }
        for name in names {
            vault.remove_picture(&name).await?;
            store.delete_object_row(name).await?;
        }
    }
    rewrap_keys(store, vault).await
}

async fn rewrap_keys(store: &Store, vault: &Vault) -> Result<(), CleanupError> {
    loop {
        let keys = store.list_keys_of_older_masters(vault.current_master_key_id().to_owned()).await?;
        if keys.is_empty() {
            return Ok(());
        }
        for (id, key) in keys {
            let rewrapped = vault.rewrap_key(&id.to_string(), &key, &store.randomness)?;
            store.replace_wrapped_key(id, key, rewrapped).await?;
        }
    }
}
