//! Erases pictures after their retention, and rewraps keys under the current master key.

use std::time::Duration;

use base::{Causes, Clock, Span, Timestamp};
use database::{Error, Transaction};

use super::{erase_picture, record_picture_audit};
use crate::{
    rules::{patient::PatientId, picture::PictureId},
    store::Store,
    vault::{Vault, VaultError, WrappedKey},
};

/// The pause between two rounds.
const CLEANUP_INTERVAL: Duration = Duration::from_mins(1);
/// How long an upload may take.
const MAX_UPLOAD_AGE: Span = Span::from_hours(1);
/// How long a draft is kept.
const MAX_DRAFT_AGE: Span = Span::from_hours(24);
/// How many rows are processed in one transaction.
const BATCH_SIZE: i64 = 50;

/// Cleans up as long as the future is polled. Any number of nodes may do so at once.
pub(crate) async fn run_cleanup(store: Store, vault: Vault, clock: Clock, keep_days: u16) {
    loop {
        if let Err(error) = clean_up_once(&store, &vault, clock.now(), keep_days).await {
            tracing::error!(cause = %Causes(&error), "pictures after their retention cannot be erased");
        }
        tokio::time::sleep(CLEANUP_INTERVAL).await;
    }
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

impl Store {
    /// Erases pictures after their retention, of cancelled appointments, and old drafts; returns their number.
    async fn erase_expired_pictures(&self, now: Timestamp, keep_days: u16) -> Result<usize, Error> {
        // The first visit date whose pictures are kept.
        let first_kept_date = now.minus(Span::from_hours(24 * i64::from(keep_days))).japan_date();
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let expired: Vec<(PictureId, PatientId)> = transaction.fetch_all(
                    "SELECT p.id, p.patient FROM picture p JOIN appointment a ON a.id = p.appointment
                     WHERE p.erased_at IS NULL
                     AND (a.visit_date < $1 OR a.status = 'cancelled' OR (p.state = 'draft' AND p.made_at < $2))
                     ORDER BY p.id LIMIT $3",
                    &[&first_kept_date, &now.minus(MAX_DRAFT_AGE), &BATCH_SIZE],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )?;
                for (id, patient) in &expired {
                    erase_picture(transaction, *id, "over", now)?;
                    record_picture_audit(transaction, &store, now, "service", "picture.erase", *patient, *id)?;
                }
                Ok(expired.len())
            })
            .await
    }

    async fn list_objects_to_remove(&self, now: Timestamp) -> Result<Vec<String>, Error> {
        self.database
            .read(move |transaction: &mut Transaction<'_>| {
                transaction.fetch_all(
                    "SELECT name FROM picture_object WHERE since < $1 ORDER BY since, name LIMIT $2",
                    &[&now.minus(MAX_UPLOAD_AGE), &BATCH_SIZE],
                    |row| row.get(0),
                )
            })
            .await
    }

    async fn delete_object_row(&self, name: String) -> Result<(), Error> {
        self.database
            .write(move |transaction| {
                transaction.execute("DELETE FROM picture_object WHERE name = $1", &[&name]).map(|_| ())
            })
            .await
    }

    async fn list_keys_of_older_masters(&self, current: String) -> Result<Vec<(PictureId, WrappedKey)>, Error> {
        self.database
            .read(move |transaction: &mut Transaction<'_>| {
                transaction.fetch_all(
                    "SELECT id, master_key, wrapped_key FROM picture
                     WHERE erased_at IS NULL AND master_key <> $1 ORDER BY id LIMIT $2",
                    &[&current, &BATCH_SIZE],
                    |row| Ok((row.get(0)?, WrappedKey { master_key_id: row.get(1)?, wrapped: row.get(2)? })),
                )
            })
            .await
    }

    /// Stores a rewrapped key, unless the picture was erased in the meantime.
    async fn replace_wrapped_key(&self, id: PictureId, before: WrappedKey, after: WrappedKey) -> Result<(), Error> {
        self.database
            .write(move |transaction| {
                transaction
                    .execute(
                        "UPDATE picture SET master_key = $3, wrapped_key = $4
                         WHERE id = $1 AND erased_at IS NULL AND wrapped_key = $2",
                        &[&id, &before.wrapped, &after.master_key_id, &after.wrapped],
                    )
                    .map(|_| ())
            })
            .await
    }
}
