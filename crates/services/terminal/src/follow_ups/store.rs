//! The follow-up list: what the desk must check again, until it is done. No name, no insured number, no consented
//! information.

use base::{Id, InstitutionCode, Randomness, Span, Timestamp};
use database::{Error, Row, Transaction};

use super::rules::{FollowUpNote, FollowUpReason, FollowUpSubject};
use crate::{appointments::rules::ServiceAppointment, store::Store};

/// The id of a [`FollowUp`].
pub(crate) type FollowUpId = Id<FollowUp>;

/// How long a follow-up is kept after it is done.
const RETENTION: Span = Span::from_hours(24 * 92);

/// One entry of the follow-up list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FollowUp {
    pub(crate) id: FollowUpId,
    pub(crate) note: FollowUpNote,
    pub(crate) since: Timestamp,
    /// The number of failed attempts.
    pub(crate) attempts: u32,
}

fn read_follow_up_row(row: &Row<'_>) -> Result<FollowUp, Error> {
    let appointment: Option<String> = row.get(5)?;
    let version: Option<i64> = row.get(6)?;
    let note = FollowUpNote {
        subject: row.get(1)?,
        visit: row.get(2)?,
        reason: row.get(3)?,
        list: row.get(4)?,
        unreported_appointment: appointment.zip(version).map(|(id, version)| ServiceAppointment { id, version }),
        retry_at: row.get(7)?,
    };
    Ok(FollowUp { id: row.get(0)?, note, since: row.get(8)?, attempts: row.get(9)? })
}

/// Inserts a follow-up within the caller's transaction. If one of the same subject is open, its attempts are increased
/// instead. `id` is the text of a new id of any kind.
pub(crate) fn upsert_follow_up(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    note: &FollowUpNote,
    id: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let FollowUpNote { subject, visit, reason, list, unreported_appointment, retry_at } = note;
    let appointment = unreported_appointment.as_ref().map(|appointment| appointment.id.clone());
    let version = unreported_appointment.as_ref().map(|appointment| appointment.version);
    let updated = transaction.execute(
        "UPDATE follow_up SET why = $3, list = $4, appointment = $5, seen = $6, again_at = $7, times = times + 1
         WHERE institution = $1 AND about = $2 AND done_at IS NULL",
        &[&institution, subject, reason, list, &appointment, &version, retry_at],
    )?;
    if updated == 0 {
        transaction.execute(
            "INSERT INTO follow_up (id, institution, about, visit_date, why, list, appointment, seen, again_at, since, times)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)",
            &[&id, &institution, subject, visit, reason, list, &appointment, &version, retry_at, &now],
        )?;
    }
    transaction.execute("DELETE FROM follow_up WHERE done_at <= $1", &[&now.minus(RETENTION)]).map(|_| ())
}

/// Closes the open follow-up of a subject.
pub(crate) fn close_follow_up(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    subject: FollowUpSubject,
    now: Timestamp,
) -> Result<(), Error> {
    transaction
        .execute(
            "UPDATE follow_up SET done_at = $3 WHERE institution = $1 AND about = $2 AND done_at IS NULL",
            &[&institution, &subject, &now],
        )
        .map(|_| ())
}

impl Store {
    /// Inserts a follow-up, or counts another attempt of the open one of the same subject.
    pub(crate) async fn upsert_follow_up(
        &self,
        institution: InstitutionCode,
        note: FollowUpNote,
        randomness: &Randomness,
        now: Timestamp,
    ) -> Result<(), Error> {
        let id = FollowUpId::new(now, randomness).to_string();
        self.database.write(move |transaction| upsert_follow_up(transaction, institution, &note, &id, now)).await
    }

    /// The open follow-ups of an institution, the oldest first, at most 300.
    pub(crate) async fn list_open_follow_ups(&self, institution: InstitutionCode) -> Result<Vec<FollowUp>, Error> {
        self.database
            .read(move |transaction| {
                transaction.fetch_all(
                    "SELECT id, about, visit_date, why, list, appointment, seen, again_at, since, times FROM follow_up
                     WHERE institution = $1 AND done_at IS NULL ORDER BY since, id LIMIT 300",
                    &[&institution],
                    read_follow_up_row,
                )
            })
            .await
    }

    /// An open follow-up of an institution.
    pub(crate) async fn find_open_follow_up(
        &self,
        institution: InstitutionCode,
        id: FollowUpId,
    ) -> Result<Option<FollowUp>, Error> {
        self.database
            .read(move |transaction| {
                transaction.fetch_optional(
                    "SELECT id, about, visit_date, why, list, appointment, seen, again_at, since, times FROM follow_up
                     WHERE institution = $1 AND id = $2 AND done_at IS NULL",
                    &[&institution, &id],
                    read_follow_up_row,
                )
            })
            .await
    }

    /// Closes the open follow-up of a subject.
    pub(crate) async fn close_follow_up(
        &self,
        institution: InstitutionCode,
        subject: FollowUpSubject,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.database.write(move |transaction| close_follow_up(transaction, institution, subject, now)).await
    }

    /// Closes the follow-up only if its reason is still [`FollowUpReason::ServiceNotInformed`].
    pub(crate) async fn mark_service_informed(
        &self,
        institution: InstitutionCode,
        subject: FollowUpSubject,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.database
            .write(move |transaction| {
                transaction
                    .execute(
                        "UPDATE follow_up SET done_at = $4
                         WHERE institution = $1 AND about = $2 AND why = $3 AND done_at IS NULL",
                        &[&institution, &subject, &FollowUpReason::ServiceNotInformed, &now],
                    )
                    .map(|_| ())
            })
            .await
    }

    /// Closes a follow-up by id. A second time changes nothing.
    pub(crate) async fn complete_follow_up(
        &self,
        institution: InstitutionCode,
        id: FollowUpId,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.database
            .write(move |transaction| {
                transaction
                    .execute(
                        "UPDATE follow_up SET done_at = $3 WHERE institution = $1 AND id = $2 AND done_at IS NULL",
                        &[&institution, &id, &now],
                    )
                    .map(|_| ())
            })
            .await
    }
}
