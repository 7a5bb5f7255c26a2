use base::{Date, ReceptionNumber, Timestamp};
use database::{Error, Row, Transaction};

use crate::{
    Refusal,
    rules::{
        appointment::AppointmentId,
        proof::{
            ConfirmationMethod, DeskSide, InsuranceProof, NotStartedReason, PatientSide, RefusedReason, RequestReason,
            RequestedProof,
        },
    },
};

/// Which state of the ledgers was read: they are written only over the state that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LedgerVersion(i64);

impl LedgerVersion {
    /// As a form carries it.
    pub(crate) fn number(self) -> i64 {
        self.0
    }

    /// As a form carried it.
    pub(crate) fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// The version that the ledgers have once they are saved over this one.
    pub(super) fn next_version(self) -> Self {
        Self(self.0 + 1)
    }
}

/// The desk's side of the ledgers as its columns hold it.
pub(super) struct DeskColumns {
    pub(super) side: String,
    pub(super) changed_at: Option<Timestamp>,
    pub(super) actor: Option<String>,
    pub(super) code: Option<String>,
    pub(super) reason: Option<String>,
}

impl DeskColumns {
    /// The columns of a desk's side.
    pub(super) fn from_desk_side(desk: &DeskSide) -> Self {
        let columns = |side: &str, at, by: Option<&String>, word: Option<&str>, reason: Option<&str>| Self {
            side: side.to_owned(),
            changed_at: at,
            actor: by.cloned(),
            code: word.map(str::to_owned),
            reason: reason.map(str::to_owned),
        };
        match desk {
            DeskSide::Unseen => columns("unseen", None, None, None, None),
            DeskSide::Requested { requested_proof: what, reason, requested_at: at } => {
                columns("requested", Some(*at), None, Some(what.as_str()), Some(reason.as_str()))
            }
            DeskSide::Confirmed { method: how, confirmed_by: by, confirmed_at: at } => {
                columns("confirmed", Some(*at), Some(by), Some(how.as_str()), None)
            }
            DeskSide::Refused { reason, refused_by: by, refused_at: at } => {
                columns("refused", Some(*at), Some(by), None, Some(reason.as_str()))
            }
        }
    }

    /// The desk's side; `None` where the columns hold none.
    pub(super) fn to_desk_side(&self) -> Option<DeskSide> {
        let word = || self.code.as_deref();
        let by = || self.actor.clone();
        Some(match self.side.as_str() {
            "unseen" => DeskSide::Unseen,
            "requested" => DeskSide::Requested {
                requested_proof: word()?.parse::<RequestedProof>().ok()?,
                reason: self.reason.as_deref()?.parse::<RequestReason>().ok()?,
                requested_at: self.changed_at?,
            },
            "confirmed" => DeskSide::Confirmed {
                method: word()?.parse::<ConfirmationMethod>().ok()?,
                confirmed_by: by()?,
                confirmed_at: self.changed_at?,
            },
            "refused" => DeskSide::Refused {
                reason: self.reason.as_deref()?.parse::<RefusedReason>().ok()?,
                refused_by: by()?,
                refused_at: self.changed_at?,
            },
            _ => return None,
        })
    }
}

/// A row of `proof` before it is read as ledgers.
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
    let found = transaction.fetch_optional(
        "SELECT version, patient_side, patient_at, beginning, moved_from, reception_number, valid_until,
            desk_side, desk_at, desk_by, desk_word, desk_reason
         FROM proof WHERE appointment = $1",
        &[&appointment],
        read_row,
    )?;
    let Some(found) = found else { return Ok(None) };
    let (Some(patient), Some(desk)) = (found.to_patient_side(), found.desk.to_desk_side()) else {
        return Err(Refusal::CorruptRecord("the ledgers of an appointment"));
    };
    Ok(Some((InsuranceProof { patient, desk }, LedgerVersion(found.version))))
}

/// What is written of the patient's side.
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
        PatientSide::NotStarted(beginning) => {
            columns.patient_side = "not_started";
            columns.not_started_reason = Some(match beginning {
                NotStartedReason::Booked => "booked",
                NotStartedReason::Rescheduled { previous_date: from } => {
                    columns.rescheduled_from = Some(from);
                    "moved"
                }
                NotStartedReason::Ended => "ended",
                NotStartedReason::Erased => "erased",
                NotStartedReason::Withdrawn => "withdrawn",
                NotStartedReason::Expired => "lapsed",
            });
        }
        PatientSide::Departed { departed_at: at } => (columns.patient_side, columns.patient_at) = ("left", Some(at)),
        PatientSide::Registered { reception_number, valid_until } => {
            columns.patient_side = "registered";
            columns.reception_number = Some(reception_number);
            columns.valid_until = Some(valid_until);
        }
        PatientSide::ReportedDone { reported_at: at } => {
            (columns.patient_side, columns.patient_at) = ("said_done", Some(at));
        }
        PatientSide::PictureSent { sent_at: at } => {
            (columns.patient_side, columns.patient_at) = ("picture_sent", Some(at));
        }
    }
    columns
}

/// Opens the ledgers of an appointment that was just made.
pub(crate) fn insert_proof(transaction: &mut Transaction<'_>, appointment: AppointmentId) -> Result<(), Error> {
    let columns = patient_columns(&InsuranceProof::new()).not_started_reason;
    transaction
        .execute(
            "INSERT INTO proof (appointment, version, patient_side, beginning, desk_side)
             VALUES ($1, 1, 'not_started', $2, 'unseen')",
            &[&appointment, &columns],
        )
        .map(|_| ())
}

/// Writes the ledgers over the state that was read; another state is a conflict.
pub(crate) fn save_proof(
    transaction: &mut Transaction<'_>,
    appointment: AppointmentId,
    proof: &InsuranceProof,
    seen: LedgerVersion,
) -> Result<(), Refusal> {
    let (columns, desk) = (patient_columns(proof), DeskColumns::from_desk_side(&proof.desk));
    let written = transaction.execute(
        "UPDATE proof SET version = version + 1, patient_side = $3, patient_at = $4, beginning = $5, moved_from = $6,
            reception_number = $7, valid_until = $8, desk_side = $9, desk_at = $10, desk_by = $11, desk_word = $12,
            desk_reason = $13
         WHERE appointment = $1 AND version = $2",
        &[
            &appointment,
            &seen.0,
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
    if written == 1 { Ok(()) } else { Err(Refusal::Changed) }
}
