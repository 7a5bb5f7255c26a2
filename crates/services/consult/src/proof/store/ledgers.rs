//! The rows of the two ledgers.

use std::collections::HashMap;

use base::{Date, InstitutionCode, ReceptionNumber, Timestamp};
use database::{Error, Row, Transaction};

use crate::{
    appointments::rules::AppointmentId,
    proof::rules::ledgers::{
        ConfirmationMethod, DeskSide, InsuranceProof, LedgerVersion, NotStartedReason, PatientSide, RefusedReason,
        RequestReason, RequestedProof,
    },
    refusal::Refusal,
};

/// The columns of the desk's side.
pub(crate) struct DeskColumns {
    pub(crate) side: String,
    pub(crate) changed_at: Option<Timestamp>,
    pub(crate) actor: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) reason: Option<String>,
}

impl DeskColumns {
    pub(crate) fn from_desk_side(desk: &DeskSide) -> Self {
        let columns = |side: &str, changed_at, actor: Option<&String>, code: Option<&str>, reason: Option<&str>| Self {
            side: side.to_owned(),
            changed_at,
            actor: actor.cloned(),
            code: code.map(str::to_owned),
            reason: reason.map(str::to_owned),
        };
        match desk {
            DeskSide::Unseen => columns("unseen", None, None, None, None),
            DeskSide::Requested { requested_proof, reason, requested_at: changed_at } => {
                columns("requested", Some(*changed_at), None, Some(requested_proof.as_str()), Some(reason.as_str()))
            }
            DeskSide::Confirmed { method, confirmed_by: actor, confirmed_at: changed_at } => {
                columns("confirmed", Some(*changed_at), Some(actor), Some(method.as_str()), None)
            }
            DeskSide::Refused { reason, refused_by: actor, refused_at: changed_at } => {
                columns("refused", Some(*changed_at), Some(actor), None, Some(reason.as_str()))
            }
        }
    }

    /// The desk's side; `None` if the columns are not valid.
    pub(crate) fn to_desk_side(&self) -> Option<DeskSide> {
        let code = || self.code.as_deref();
        let actor = || self.actor.clone();
        Some(match self.side.as_str() {
            "unseen" => DeskSide::Unseen,
            "requested" => DeskSide::Requested {
                requested_proof: code()?.parse::<RequestedProof>().ok()?,
                reason: self.reason.as_deref()?.parse::<RequestReason>().ok()?,
                requested_at: self.changed_at?,
            },
            "confirmed" => DeskSide::Confirmed {
                method: code()?.parse::<ConfirmationMethod>().ok()?,
                confirmed_by: actor()?,
                confirmed_at: self.changed_at?,
            },
            "refused" => DeskSide::Refused {
                reason: self.reason.as_deref()?.parse::<RefusedReason>().ok()?,
                refused_by: actor()?,
                refused_at: self.changed_at?,
            },
            _ => return None,
        })
    }
}

/// A row of `proof` before it is parsed.
struct ProofRow {
    version: i64,
    patient_side: String,
    patient_at: Option<Timestamp>,
    not_started_reason: Option<String>,
    rescheduled_from: Option<Date>,
    reception_number: Option<ReceptionNumber>,
    valid_until: Option<Timestamp>,
    desk: DeskColumns,
}

fn read_row(row: &Row<'_>) -> Result<ProofRow, Error> {
    Ok(ProofRow {
        version: row.get(0)?,
        patient_side: row.get(1)?,
        patient_at: row.get(2)?,
        not_started_reason: row.get(3)?,
        rescheduled_from: row.get(4)?,
        reception_number: row.get(5)?,
        valid_until: row.get(6)?,
        desk: DeskColumns {
            side: row.get(7)?,
            changed_at: row.get(8)?,
            actor: row.get(9)?,
            code: row.get(10)?,
            reason: row.get(11)?,
        },
    })
}

impl ProofRow {
    fn parse(&self) -> Result<InsuranceProof, Refusal> {
        match (self.to_patient_side(), self.desk.to_desk_side()) {
            (Some(patient), Some(desk)) => Ok(InsuranceProof { patient, desk }),
            _ => Err(Refusal::CorruptRecord("the ledgers of an appointment")),
        }
    }

    fn to_patient_side(&self) -> Option<PatientSide> {
        Some(match self.patient_side.as_str() {
            "not_started" => PatientSide::NotStarted(match self.not_started_reason.as_deref()? {
                "booked" => NotStartedReason::Booked,
                "moved" => NotStartedReason::Rescheduled { previous_date: self.rescheduled_from? },
                "ended" => NotStartedReason::Ended,
                "erased" => NotStartedReason::Erased,
                "withdrawn" => NotStartedReason::Withdrawn,
                "lapsed" => NotStartedReason::Expired,
                _ => return None,
            }),
            "left" => PatientSide::Departed { departed_at: self.patient_at? },
            "registered" => {
                PatientSide::Registered { reception_number: self.reception_number?, valid_until: self.valid_until? }
            }
            "said_done" => PatientSide::ReportedDone { reported_at: self.patient_at? },
            "picture_sent" => PatientSide::PictureSent { sent_at: self.patient_at? },
            _ => return None,
        })
    }
}

/// The ledgers of an insured appointment. A self-pay appointment has none.
pub(crate) fn load_proof(
    transaction: &mut Transaction<'_>,
    appointment: AppointmentId,
) -> Result<Option<(InsuranceProof, LedgerVersion)>, Refusal> {
    let row = transaction.fetch_optional(
        "SELECT version, patient_side, patient_at, beginning, moved_from, reception_number, valid_until,
            desk_side, desk_at, desk_by, desk_word, desk_reason
         FROM proof WHERE appointment = $1",
        &[&appointment],
        read_row,
    )?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some((row.parse()?, LedgerVersion::from_number(row.version))))
}

/// The ledgers of the insured appointments of an institution on days from the first to the last.
pub(crate) fn list_proofs_of_days(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    (first, last): (Date, Date),
) -> Result<HashMap<AppointmentId, InsuranceProof>, Refusal> {
    let rows = transaction.fetch_all(
        "SELECT r.version, r.patient_side, r.patient_at, r.beginning, r.moved_from, r.reception_number, r.valid_until,
            r.desk_side, r.desk_at, r.desk_by, r.desk_word, r.desk_reason, a.id
         FROM appointment a JOIN proof r ON r.appointment = a.id
         WHERE a.institution = $1 AND a.visit_date >= $2 AND a.visit_date <= $3",
        &[&institution, &first, &last],
        |row| Ok((row.get::<AppointmentId>(12)?, read_row(row)?)),
    )?;
    rows.into_iter().map(|(id, row)| Ok((id, row.parse()?))).collect()
}

/// The columns of the patient's side.
#[derive(Default)]
struct PatientColumns {
    patient_side: &'static str,
    patient_at: Option<Timestamp>,
    not_started_reason: Option<&'static str>,
    rescheduled_from: Option<Date>,
    reception_number: Option<ReceptionNumber>,
    valid_until: Option<Timestamp>,
}

fn patient_columns(proof: &InsuranceProof) -> PatientColumns {
    let mut columns = PatientColumns::default();
    match proof.patient {
        PatientSide::NotStarted(reason) => {
            columns.patient_side = "not_started";
            columns.not_started_reason = Some(match reason {
                NotStartedReason::Booked => "booked",
                NotStartedReason::Rescheduled { previous_date } => {
                    columns.rescheduled_from = Some(previous_date);
                    "moved"
                }
                NotStartedReason::Ended => "ended",
                NotStartedReason::Erased => "erased",
                NotStartedReason::Withdrawn => "withdrawn",
                NotStartedReason::Expired => "lapsed",
            });
        }
        PatientSide::Departed { departed_at } => {
            (columns.patient_side, columns.patient_at) = ("left", Some(departed_at));
        }
        PatientSide::Registered { reception_number, valid_until } => {
            columns.patient_side = "registered";
            columns.reception_number = Some(reception_number);
            columns.valid_until = Some(valid_until);
        }
        PatientSide::ReportedDone { reported_at } => {
            (columns.patient_side, columns.patient_at) = ("said_done", Some(reported_at));
        }
        PatientSide::PictureSent { sent_at } => {
            (columns.patient_side, columns.patient_at) = ("picture_sent", Some(sent_at));
        }
    }
    columns
}

/// Inserts the ledgers of a new appointment.
pub(crate) fn insert_proof(transaction: &mut Transaction<'_>, appointment: AppointmentId) -> Result<(), Error> {
    let reason = patient_columns(&InsuranceProof::new()).not_started_reason;
    transaction
        .execute(
            "INSERT INTO proof (appointment, version, patient_side, beginning, desk_side)
             VALUES ($1, 1, 'not_started', $2, 'unseen')",
            &[&appointment, &reason],
        )
        .map(|_| ())
}

/// Saves the ledgers over the version that was read; any other version is a conflict.
pub(crate) fn save_proof(
    transaction: &mut Transaction<'_>,
    appointment: AppointmentId,
    proof: &InsuranceProof,
    version: LedgerVersion,
) -> Result<(), Refusal> {
    let (columns, desk) = (patient_columns(proof), DeskColumns::from_desk_side(&proof.desk));
    let updated = transaction.execute(
        "UPDATE proof SET version = version + 1, patient_side = $3, patient_at = $4, beginning = $5, moved_from = $6,
            reception_number = $7, valid_until = $8, desk_side = $9, desk_at = $10, desk_by = $11, desk_word = $12,
            desk_reason = $13
         WHERE appointment = $1 AND version = $2",
        &[
            &appointment,
            &version.number(),
            &columns.patient_side,
            &columns.patient_at,
            &columns.not_started_reason,
            &columns.rescheduled_from,
            &columns.reception_number,
            &columns.valid_until,
            &desk.side,
            &desk.changed_at,
            &desk.actor,
            &desk.code,
            &desk.reason,
        ],
    )?;
    if updated == 1 { Ok(()) } else { Err(Refusal::Changed) }
}
