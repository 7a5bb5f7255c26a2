//! Which receptions the desk has confirmed: number, verdict, account and time. No name, no insured number.

use base::{Date, Id, InstitutionCode, ReceptionNumber, Span, Timestamp, end_of_day, start_of_day};
use database::Error;
use serde::{Deserialize, Serialize};

use super::{Store, follow_up};
use crate::{
    Role,
    rules::{
        appointment::ServiceAppointment,
        finding::Finding,
        follow_up::{FollowUpNote, FollowUpReason, FollowUpSubject},
        reception_list::ListQuery,
    },
};

/// The id of a [`Confirmation`].
pub(crate) type ConfirmationId = Id<Confirmation>;

/// How long the list is kept: as long as 診療録, the record of the visit that it belongs to (医師法 §24 (2)).
const RETENTION: Span = Span::from_hours(24 * 366 * 5);

/// One reception as the desk saw it and took note of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Confirmation {
    /// Made when the sheet was shown, so that a form that is sent twice is noted once.
    pub(crate) id: ConfirmationId,
    /// 受付番号
    pub(crate) reception: ReceptionNumber,
    /// 受診年月日
    pub(crate) visit: Option<Date>,
    /// What the sheet said.
    pub(crate) finding: Finding,
}

/// A confirmation with who made it and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfirmationRecord {
    pub(crate) confirmation: Confirmation,
    pub(crate) role: Role,
    pub(crate) confirmed_at: Timestamp,
}

impl Store {
    /// Takes note. A second time with the same id changes nothing. What does not prove insurance is to be asked again; what
    /// does, no more, unless the service is to be told of an appointment: that stays open until it has been.
    pub(crate) async fn record_confirmation(
        &self,
        institution: InstitutionCode,
        what: Confirmation,
        list: ListQuery,
        telling: Option<ServiceAppointment>,
        role: Role,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.database
            .write(move |transaction| {
                transaction.execute("DELETE FROM confirmation WHERE at <= $1", &[&now.minus(RETENTION)])?;
                let Confirmation { id, reception, visit, finding } = &what;
                let noted = transaction.execute(
                    "INSERT INTO confirmation (id, institution, reception, visit_date, finding, role, at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
                    &[id, &institution, reception, visit, finding, &role, &now],
                )?;
                if noted == 0 {
                    return Ok(());
                }
                let (why, untold) = match (FollowUpReason::from_finding(*finding), &telling) {
                    (None, None) => {
                        return follow_up::close_follow_up(
                            transaction,
                            institution,
                            FollowUpSubject::Reception(*reception),
                            now,
                        );
                    }
                    (None, Some(appointment)) => (FollowUpReason::ServiceNotInformed, Some(appointment.clone())),
                    (Some(why), _) => (why, None),
                };
                let noted = FollowUpNote {
                    unreported_appointment: untold,
                    ..FollowUpNote::for_reception(*reception, *visit, list, why)
                };
                follow_up::upsert_follow_up(transaction, institution, &noted, &id.to_string(), now)
            })
            .await
    }

    /// What was confirmed at an institution on a day, the newest first.
    pub(crate) async fn list_confirmations_on(
        &self,
        institution: InstitutionCode,
        day: Date,
    ) -> Result<Vec<ConfirmationRecord>, Error> {
        self.database
            .read(move |transaction| {
                transaction.fetch_all(
                    "SELECT id, reception, visit_date, finding, role, at FROM confirmation
                     WHERE institution = $1 AND at >= $2 AND at < $3 ORDER BY at DESC, id DESC",
                    &[&institution, &start_of_day(day), &end_of_day(day)],
                    read_confirmation_row,
                )
            })
            .await
    }

    /// What was last confirmed of each of these receptions at an institution.
    pub(crate) async fn list_last_confirmations(
        &self,
        institution: InstitutionCode,
        receptions: Vec<ReceptionNumber>,
    ) -> Result<Vec<ConfirmationRecord>, Error> {
        self.database
            .read(move |transaction| {
                let mut found = Vec::new();
                for reception in &receptions {
                    let mut all = transaction.fetch_all(
                        "SELECT id, reception, visit_date, finding, role, at FROM confirmation
                         WHERE institution = $1 AND reception = $2 ORDER BY at DESC, id DESC LIMIT 1",
                        &[&institution, reception],
                        read_confirmation_row,
                    )?;
                    found.append(&mut all);
                }
                Ok(found)
            })
            .await
    }
}

fn read_confirmation_row(row: &database::Row<'_>) -> Result<ConfirmationRecord, Error> {
    Ok(ConfirmationRecord {
        confirmation: Confirmation {
            id: row.get(0)?,
            reception: row.get(1)?,
            visit: row.get(2)?,
            finding: row.get(3)?,
        },
        role: row.get(4)?,
        confirmed_at: row.get(5)?,
    })
}
