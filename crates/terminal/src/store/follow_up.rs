//! What the desk must look at again, until it is done. No name, no insured number, nothing that was consented to.

use base::{Id, InstitutionCode, Randomness, Span, Timestamp};
use database::{Error, Row, Transaction};

use super::Store;
use crate::rules::{
    appointment::ServiceAppointment,
    follow_up::{FollowUpNote, FollowUpReason, FollowUpSubject},
};

/// The id of a [`FollowUp`].
pub(crate) type FollowUpId = Id<FollowUp>;

/// How long what is done is remembered.
const RETENTION: Span = Span::from_hours(24 * 92);

/// One thing to be looked at again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FollowUp {
    pub(crate) id: FollowUpId,
    pub(crate) note: FollowUpNote,
    pub(crate) since: Timestamp,
    /// How often it was asked in vain.
    pub(crate) attempts: u32,
}

fn read_follow_up_row(row: &Row<'_>) -> Result<FollowUp, Error> {
    let appointment: Option<String> = row.get(5)?;
    let seen: Option<i64> = row.get(6)?;
    let what = FollowUpNote {
        subject: row.get(1)?,
        visit: row.get(2)?,
        reason: row.get(3)?,
        list: row.get(4)?,
        unreported_appointment: appointment.zip(seen).map(|(id, seen)| ServiceAppointment { id, version: seen }),
        retry_at: row.get(7)?,
    };
    Ok(FollowUp { id: row.get(0)?, note: what, since: row.get(8)?, attempts: row.get(9)? })
}

/// Takes note, within the transaction of what led to it. What is open already was asked in vain once more; else it is
/// known by `id`, the text of any id that is new.
pub(crate) fn upsert_follow_up(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    what: &FollowUpNote,
    id: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let FollowUpNote { subject: about, visit, reason: why, list, unreported_appointment: untold, retry_at: again_at } =
        what;
    let (appointment, seen) = (untold.as_ref().map(|one| one.id.clone()), untold.as_ref().map(|one| one.version));
    let again = transaction.execute(
        "UPDATE follow_up SET why = $3, list = $4, appointment = $5, seen = $6, again_at = $7, times = times + 1
         WHERE institution = $1 AND about = $2 AND done_at IS NULL",
        &[&institution, about, why, list, &appointment, &seen, again_at],
    )?;
    if again == 0 {
        transaction.execute(
            "INSERT INTO follow_up (id, institution, about, visit_date, why, list, appointment, seen, again_at, since, times)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)",
            &[&id, &institution, about, visit, why, list, &appointment, &seen, again_at, &now],
        )?;
    }
    transaction.execute("DELETE FROM follow_up WHERE done_at <= $1", &[&now.minus(RETENTION)]).map(|_| ())
}

/// What was to be looked at again has been.
pub(crate) fn close_follow_up(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    about: FollowUpSubject,
    now: Timestamp,
) -> Result<(), Error> {
    transaction
        .execute(
            "UPDATE follow_up SET done_at = $3 WHERE institution = $1 AND about = $2 AND done_at IS NULL",
            &[&institution, &about, &now],
        )
        .map(|_| ())
}

impl Store {
    /// Takes note of something that is to be looked at again.
    pub(crate) async fn upsert_follow_up(
        &self,
        institution: InstitutionCode,
        what: FollowUpNote,
        randomness: &Randomness,
        now: Timestamp,
    ) -> Result<(), Error> {
        let id = FollowUpId::new(now, randomness).to_string();
        self.database.write(move |transaction| upsert_follow_up(transaction, institution, &what, &id, now)).await
    }

    /// What is open at an institution, the oldest first.
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

    /// One that is open at an institution.
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

    /// What was to be looked at again has been.
    pub(crate) async fn close_follow_up(
        &self,
        institution: InstitutionCode,
        about: FollowUpSubject,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.database.write(move |transaction| close_follow_up(transaction, institution, about, now)).await
    }

    /// The service's desk has been told. What else became of the reception meanwhile stays.
    pub(crate) async fn mark_service_informed(
        &self,
        institution: InstitutionCode,
        about: FollowUpSubject,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.database
            .write(move |transaction| {
                transaction
                    .execute(
                        "UPDATE follow_up SET done_at = $4
                         WHERE institution = $1 AND about = $2 AND why = $3 AND done_at IS NULL",
                        &[&institution, &about, &FollowUpReason::ServiceNotInformed, &now],
                    )
                    .map(|_| ())
            })
            .await
    }

    /// The desk is done with it. A second time changes nothing.
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
