//! What the desk must look at again, until it is done. No name, no insured number, nothing that was consented to.

use base::{Id, InstitutionCode, Randomness, Span, Timestamp};
use database::{Error, Row, Transaction};

use super::Store;
use crate::rules::{
    appointment::KnownAs,
    follow_up::{About, Noted, Why},
};

/// The id of a [`FollowUp`].
pub(crate) type FollowUpId = Id<FollowUp>;

/// How long what is done is remembered.
const KEPT: Span = Span::from_hours(24 * 92);

/// One thing to be looked at again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FollowUp {
    pub(crate) id: FollowUpId,
    pub(crate) what: Noted,
    pub(crate) since: Timestamp,
    /// How often it was asked in vain.
    pub(crate) times: u32,
}

fn read(row: &Row<'_>) -> Result<FollowUp, Error> {
    let appointment: Option<String> = row.at(5)?;
    let seen: Option<i64> = row.at(6)?;
    let what = Noted {
        about: row.at(1)?,
        visit: row.at(2)?,
        why: row.at(3)?,
        list: row.at(4)?,
        untold: appointment.zip(seen).map(|(id, seen)| KnownAs { id, seen }),
        again_at: row.at(7)?,
    };
    Ok(FollowUp { id: row.at(0)?, what, since: row.at(8)?, times: row.at(9)? })
}

/// Takes note, within the transaction of what led to it. What is open already was asked in vain once more; else it is
/// known by `id`, the text of any id that is new.
pub(crate) fn note(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    what: &Noted,
    id: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let Noted { about, visit, why, list, untold, again_at } = what;
    let (appointment, seen) = (untold.as_ref().map(|one| one.id.clone()), untold.as_ref().map(|one| one.seen));
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
    transaction.execute("DELETE FROM follow_up WHERE done_at <= $1", &[&now.minus(KEPT)]).map(|_| ())
}

/// What was to be looked at again has been.
pub(crate) fn settle(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    about: About,
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
    pub(crate) async fn follow_up(
        &self,
        institution: InstitutionCode,
        what: Noted,
        randomness: &Randomness,
        now: Timestamp,
    ) -> Result<(), Error> {
        let id = FollowUpId::new(now, randomness).to_string();
        self.database.write(move |transaction| note(transaction, institution, &what, &id, now)).await
    }

    /// What is open at an institution, the oldest first.
    pub(crate) async fn follow_ups(&self, institution: InstitutionCode) -> Result<Vec<FollowUp>, Error> {
        self.database
            .read(move |transaction| {
                transaction.all(
                    "SELECT id, about, visit_date, why, list, appointment, seen, again_at, since, times FROM follow_up
                     WHERE institution = $1 AND done_at IS NULL ORDER BY since, id LIMIT 300",
                    &[&institution],
                    read,
                )
            })
            .await
    }

    /// One that is open at an institution.
    pub(crate) async fn open_follow_up(
        &self,
        institution: InstitutionCode,
        id: FollowUpId,
    ) -> Result<Option<FollowUp>, Error> {
        self.database
            .read(move |transaction| {
                transaction.optional(
                    "SELECT id, about, visit_date, why, list, appointment, seen, again_at, since, times FROM follow_up
                     WHERE institution = $1 AND id = $2 AND done_at IS NULL",
                    &[&institution, &id],
                    read,
                )
            })
            .await
    }

    /// What was to be looked at again has been.
    pub(crate) async fn settle(&self, institution: InstitutionCode, about: About, now: Timestamp) -> Result<(), Error> {
        self.database.write(move |transaction| settle(transaction, institution, about, now)).await
    }

    /// The service's desk has been told. What else became of the reception meanwhile stays.
    pub(crate) async fn told(&self, institution: InstitutionCode, about: About, now: Timestamp) -> Result<(), Error> {
        self.database
            .write(move |transaction| {
                transaction
                    .execute(
                        "UPDATE follow_up SET done_at = $4
                         WHERE institution = $1 AND about = $2 AND why = $3 AND done_at IS NULL",
                        &[&institution, &about, &Why::Untold, &now],
                    )
                    .map(|_| ())
            })
            .await
    }

    /// The desk is done with it. A second time changes nothing.
    pub(crate) async fn done(&self, institution: InstitutionCode, id: FollowUpId, now: Timestamp) -> Result<(), Error> {
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
