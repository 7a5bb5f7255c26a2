//! What the desk must look at again, until it is done. No name, no insured number, nothing that was consented to.

use base::{Date, Id, InstitutionCode, Randomness, Span, Timestamp};
use database::{Error, Transaction};

use super::Store;
use crate::rules::follow_up::{About, Why};

/// The id of a [`FollowUp`].
pub(crate) type FollowUpId = Id<FollowUp>;

/// How long what is done is remembered.
const KEPT: Span = Span::from_hours(24 * 92);

/// One thing to be looked at again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FollowUp {
    pub(crate) id: FollowUpId,
    pub(crate) about: About,
    /// 受診年月日
    pub(crate) visit: Option<Date>,
    pub(crate) why: Why,
    pub(crate) since: Timestamp,
    /// How often it was asked in vain.
    pub(crate) times: u32,
}

/// Takes note, within the transaction of what led to it. What is open already was asked in vain once more; else it is
/// known by `id`, the text of any id that is new.
pub(crate) fn note(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    (about, visit, why): (About, Option<Date>, Why),
    id: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let again = transaction.execute(
        "UPDATE follow_up SET why = $3, times = times + 1 WHERE institution = $1 AND about = $2 AND done_at IS NULL",
        &[&institution, &about, &why],
    )?;
    if again == 0 {
        transaction.execute(
            "INSERT INTO follow_up (id, institution, about, visit_date, why, since, times) VALUES ($1, $2, $3, $4, $5, $6, 1)",
            &[&id, &institution, &about, &visit, &why, &now],
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
        what: (About, Option<Date>, Why),
        randomness: &Randomness,
        now: Timestamp,
    ) -> Result<(), Error> {
        let id = FollowUpId::new(now, randomness).to_string();
        self.database.write(move |transaction| note(transaction, institution, what, &id, now)).await
    }

    /// What is open at an institution, the oldest first.
    pub(crate) async fn follow_ups(&self, institution: InstitutionCode) -> Result<Vec<FollowUp>, Error> {
        self.database
            .read(move |transaction| {
                transaction.all(
                    "SELECT id, about, visit_date, why, since, times FROM follow_up
                     WHERE institution = $1 AND done_at IS NULL ORDER BY since, id LIMIT 300",
                    &[&institution],
                    |row| {
                        Ok(FollowUp {
                            id: row.at(0)?,
                            about: row.at(1)?,
                            visit: row.at(2)?,
                            why: row.at(3)?,
                            since: row.at(4)?,
                            times: row.at(5)?,
                        })
                    },
                )
            })
            .await
    }

    /// What was to be looked at again has been.
    pub(crate) async fn settle(&self, institution: InstitutionCode, about: About, now: Timestamp) -> Result<(), Error> {
        self.database.write(move |transaction| settle(transaction, institution, about, now)).await
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
