//! Forgetting what is over, and turning keys to the master key of today.

use std::time::Duration;

use base::{Causes, Clock, Span, Timestamp};
use database::{Error, Transaction};

use super::{erase, note_deed};
use crate::{
    rules::{patient::PatientId, picture::PictureId},
    store::Store,
    vault::{Failure, Vault, WrappedKey},
};

/// How often it is looked what is over.
const REST: Duration = Duration::from_mins(1);
/// How long an upload may be on its way.
const LONGEST_UPLOAD: Span = Span::from_hours(1);
/// How long a draft waits to be sent.
const LONGEST_DRAFT: Span = Span::from_hours(24);
/// How much is done in one transaction.
const AT_ONCE: i64 = 50;

/// Forgets pictures when their time is over, for as long as it is polled. Any number of nodes may do so at once.
pub(crate) async fn tidy(store: Store, vault: Vault, clock: Clock, keep_days: u16) {
    loop {
        if let Err(error) = tidy_once(&store, &vault, clock.now(), keep_days).await {
            tracing::error!(cause = %Causes(&error), "pictures that are over cannot be forgotten");
        }
        tokio::time::sleep(REST).await;
    }
}

/// Why a round failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Untidy {
    #[error(transparent)]
    Database(#[from] Error),
    #[error(transparent)]
    Vault(#[from] Failure),
}

/// One round.
pub(crate) async fn tidy_once(store: &Store, vault: &Vault, now: Timestamp, keep_days: u16) -> Result<(), Untidy> {
    while store.erase_what_is_over(now, keep_days).await? > 0 {}
    loop {
        let names = store.objects_to_remove(now).await?;
        if names.is_empty() {
            break;
        }
        for name in names {
            vault.remove(&name).await?;
            store.forget_object(name).await?;
        }
    }
    rewrap(store, vault).await
}

async fn rewrap(store: &Store, vault: &Vault) -> Result<(), Untidy> {
    loop {
        let keys = store.keys_of_older_masters(vault.master().to_owned()).await?;
        if keys.is_empty() {
            return Ok(());
        }
        for (id, key) in keys {
            let rewrapped = vault.rewrap(&id.to_string(), &key, &store.randomness)?;
            store.turn_key(id, key, rewrapped).await?;
        }
    }
}

impl Store {
    /// Erases pictures of visits long past, of cancelled appointments, and drafts that were never sent; tells how many.
    async fn erase_what_is_over(&self, now: Timestamp, keep_days: u16) -> Result<usize, Error> {
        // The first day whose pictures are still kept.
        let first = now.minus(Span::from_hours(24 * i64::from(keep_days))).japan_date();
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let over: Vec<(PictureId, PatientId)> = transaction.all(
                    "SELECT p.id, p.patient FROM picture p JOIN appointment a ON a.id = p.appointment
                     WHERE p.erased_at IS NULL
                     AND (a.visit_date < $1 OR a.status = 'cancelled' OR (p.state = 'draft' AND p.made_at < $2))
                     ORDER BY p.id LIMIT $3",
                    &[&first, &now.minus(LONGEST_DRAFT), &AT_ONCE],
                    |row| Ok((row.at(0)?, row.at(1)?)),
                )?;
                for (id, patient) in &over {
                    erase(transaction, *id, "over", now)?;
                    note_deed(transaction, &store, now, "service", "picture.erase", *patient, *id)?;
                }
                Ok(over.len())
            })
            .await
    }

    async fn objects_to_remove(&self, now: Timestamp) -> Result<Vec<String>, Error> {
        self.database
            .read(move |transaction: &mut Transaction<'_>| {
                transaction.all(
                    "SELECT name FROM picture_object WHERE since < $1 ORDER BY since, name LIMIT $2",
                    &[&now.minus(LONGEST_UPLOAD), &AT_ONCE],
                    |row| row.at(0),
                )
            })
            .await
    }

    async fn forget_object(&self, name: String) -> Result<(), Error> {
        self.database
            .write(move |transaction| {
                transaction.execute("DELETE FROM picture_object WHERE name = $1", &[&name]).map(|_| ())
            })
            .await
    }

    async fn keys_of_older_masters(&self, current: String) -> Result<Vec<(PictureId, WrappedKey)>, Error> {
        self.database
            .read(move |transaction: &mut Transaction<'_>| {
                transaction.all(
                    "SELECT id, master_key, wrapped_key FROM picture
                     WHERE erased_at IS NULL AND master_key <> $1 ORDER BY id LIMIT $2",
                    &[&current, &AT_ONCE],
                    |row| Ok((row.at(0)?, WrappedKey { master: row.at(1)?, wrapped: row.at(2)? })),
                )
            })
            .await
    }

    /// Puts a key under another master key, unless the picture was erased in the meantime.
    async fn turn_key(&self, id: PictureId, before: WrappedKey, after: WrappedKey) -> Result<(), Error> {
        self.database
            .write(move |transaction| {
                transaction
                    .execute(
                        "UPDATE picture SET master_key = $3, wrapped_key = $4
                         WHERE id = $1 AND erased_at IS NULL AND wrapped_key = $2",
                        &[&id, &before.wrapped, &after.master, &after.wrapped],
                    )
                    .map(|_| ())
            })
            .await
    }
}
