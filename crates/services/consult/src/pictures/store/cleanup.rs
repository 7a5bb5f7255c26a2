//! The rows of pictures that are due: to be erased, to be removed from the vault, to be rewrapped.

use base::{Span, Timestamp};
use database::{Error, Transaction};

use super::{PictureRef, erase_picture, record_picture_audit};
use crate::{
    audit::rules::action::PictureAction,
    pictures::{rules::picture::PictureId, vault::master::WrappedKey},
    store::Store,
};

/// How long an upload may take.
const MAX_UPLOAD_AGE: Span = Span::from_hours(1);
/// How long a draft is kept.
const MAX_DRAFT_AGE: Span = Span::from_hours(24);
/// How many rows are processed in one transaction.
const BATCH_SIZE: i64 = 50;

impl Store {
    /// Erases pictures after their retention, of cancelled appointments, and old drafts; returns their number.
    pub(crate) async fn erase_expired_pictures(&self, now: Timestamp, keep_days: u16) -> Result<usize, Error> {
        // The first visit date whose pictures are kept.
        let first_kept_date = now.minus(Span::from_hours(24 * i64::from(keep_days))).japan_date();
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let expired = transaction.fetch_all(
                    "SELECT p.id, p.patient, p.institution FROM picture p JOIN appointment a ON a.id = p.appointment
                     WHERE p.erased_at IS NULL
                     AND (a.visit_date < $1 OR a.status = 'cancelled' OR (p.state = 'draft' AND p.made_at < $2))
                     ORDER BY p.id LIMIT $3",
                    &[&first_kept_date, &now.minus(MAX_DRAFT_AGE), &BATCH_SIZE],
                    PictureRef::from_row,
                )?;
                for picture in &expired {
                    erase_picture(transaction, picture.id, "over", now)?;
                    record_picture_audit(transaction, &store, now, "service", PictureAction::Erase, *picture)?;
                }
                Ok(expired.len())
            })
            .await
    }

    pub(crate) async fn list_objects_to_remove(&self, now: Timestamp) -> Result<Vec<String>, Error> {
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

    pub(crate) async fn delete_object_row(&self, name: String) -> Result<(), Error> {
        self.database
            .write(move |transaction| {
                transaction.execute("DELETE FROM picture_object WHERE name = $1", &[&name]).map(|_| ())
            })
            .await
    }

    pub(crate) async fn list_keys_of_older_masters(
        &self,
        current: String,
    ) -> Result<Vec<(PictureId, WrappedKey)>, Error> {
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
    pub(crate) async fn replace_wrapped_key(
        &self,
        id: PictureId,
        before: WrappedKey,
        after: WrappedKey,
    ) -> Result<(), Error> {
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
