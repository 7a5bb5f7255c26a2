//! The receptions that the desk has confirmed: number, verdict, role and time. No name, no insured number.

use base::{Date, Id, InstitutionCode, ReceptionNumber, Span, Timestamp, end_of_day, start_of_day};
use database::Error;
use serde::{Deserialize, Serialize};

use crate::{
    Role,
    appointments::rules::ServiceAppointment,
    eligibility::rules::{Finding, ListQuery},
    follow_ups::{
        self,
        rules::{FollowUpNote, FollowUpReason, FollowUpSubject},
    },
    store::Store,
};

/// The id of a [`Confirmation`].
pub(crate) type ConfirmationId = Id<Confirmation>;

/// Confirmations are kept as long as 診療録, the record of the visit that they belong to (医師法 §24 (2)).
const RETENTION: Span = Span::from_hours(24 * 366 * 5);

/// One reception as the desk saw it and confirmed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Confirmation {
    /// Generated when the sheet was shown, so that a form that is sent twice is recorded once.
    pub(crate) id: ConfirmationId,
    /// 受付番号
    pub(crate) reception: ReceptionNumber,
    /// 受診年月日
    pub(crate) visit: Option<Date>,
    /// The verdict on the sheet.
    pub(crate) finding: Finding,
}

/// A confirmation with its role and time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfirmationRecord {
    pub(crate) confirmation: Confirmation,
    pub(crate) role: Role,
    pub(crate) confirmed_at: Timestamp,
}

impl Store {
    /// Records a confirmation. The same id a second time changes nothing. A finding that does not prove insurance opens a
    /// follow-up; one that does closes it, unless an appointment is to be reported to the service: then a follow-up stays
    /// open until the service has been informed.
    pub(crate) async fn record_confirmation(
        &self,
        institution: InstitutionCode,
        confirmation: Confirmation,
        list: ListQuery,
        service_link: Option<ServiceAppointment>,
        role: Role,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.database
            .write(move |transaction| {
                transaction.execute("DELETE FROM confirmation WHERE at <= $1", &[&now.minus(RETENTION)])?;
                let Confirmation { id, reception, visit, finding } = &confirmation;
                let inserted = transaction.execute(
                    "INSERT INTO confirmation (id, institution, reception, visit_date, finding, role, at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
                    &[id, &institution, reception, visit, finding, &role, &now],
                )?;
                if inserted == 0 {
                    return Ok(());
                }
                let (reason, unreported_appointment) = match (FollowUpReason::from_finding(*finding), &service_link) {
                    (None, None) => {
                        return follow_ups::store::close_follow_up(
                            transaction,
                            institution,
                            FollowUpSubject::Reception(*reception),
                            now,
                        );
                    }
                    (None, Some(appointment)) => (FollowUpReason::ServiceNotInformed, Some(appointment.clone())),
                    (Some(reason), _) => (reason, None),
                };
                let note = FollowUpNote {
                    unreported_appointment,
                    ..FollowUpNote::for_reception(*reception, *visit, list, reason)
                };
                follow_ups::store::upsert_follow_up(transaction, institution, &note, &id.to_string(), now)
            })
            .await
    }

    /// The confirmations of an institution on a day, the newest first.
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

    /// The last confirmation of each of these receptions at an institution.
    pub(crate) async fn list_last_confirmations(
        &self,
        institution: InstitutionCode,
        receptions: Vec<ReceptionNumber>,
    ) -> Result<Vec<ConfirmationRecord>, Error> {
        self.database
            .read(move |transaction| {
                let mut records = Vec::new();
                for reception in &receptions {
                    let mut last = transaction.fetch_all(
                        "SELECT id, reception, visit_date, finding, role, at FROM confirmation
                         WHERE institution = $1 AND reception = $2 ORDER BY at DESC, id DESC LIMIT 1",
                        &[&institution, reception],
                        read_confirmation_row,
                    )?;
                    records.append(&mut last);
                }
                Ok(records)
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
