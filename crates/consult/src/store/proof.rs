use base::{Date, ReceptionNumber, Timestamp};
use database::{Error, Row, Transaction};

use crate::{
    Refusal,
    rules::{
        appointment::AppointmentId,
        proof::{Beginning, DeskSide, How, PatientSide, Proof, RefusedReason, RequestReason, Wanted},
    },
};

/// Which state of the ledgers was read: they are written only over the state that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Version(i64);

impl Version {
    /// As a form carries it.
    pub(crate) fn number(self) -> i64 {
        self.0
    }

    /// As a form carried it.
    pub(crate) fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// The version that the ledgers have once they are saved over this one.
    pub(super) fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// The desk's side of the ledgers as its columns hold it.
pub(super) struct DeskColumns {
    pub(super) side: String,
    pub(super) at: Option<Timestamp>,
    pub(super) by: Option<String>,
    pub(super) word: Option<String>,
    pub(super) reason: Option<String>,
}

impl DeskColumns {
    /// The columns of a desk's side.
    pub(super) fn from_desk_side(desk: &DeskSide) -> Self {
        let columns = |side: &str, at, by: Option<&String>, word: Option<&str>, reason: Option<&str>| Self {
            side: side.to_owned(),
            at,
            by: by.cloned(),
            word: word.map(str::to_owned),
            reason: reason.map(str::to_owned),
        };
        match desk {
            DeskSide::Unseen => columns("unseen", None, None, None, None),
            DeskSide::Requested { what, reason, at } => {
                columns("requested", Some(*at), None, Some(what.word()), Some(reason.word()))
            }
            DeskSide::Confirmed { how, by, at } => columns("confirmed", Some(*at), Some(by), Some(how.word()), None),
            DeskSide::Refused { reason, by, at } => columns("refused", Some(*at), Some(by), None, Some(reason.word())),
        }
    }

    /// The desk's side; `None` where the columns hold none.
    pub(super) fn read(&self) -> Option<DeskSide> {
        let word = || self.word.as_deref();
        let by = || self.by.clone();
        Some(match self.side.as_str() {
            "unseen" => DeskSide::Unseen,
            "requested" => DeskSide::Requested {
                what: word()?.parse::<Wanted>().ok()?,
                reason: self.reason.as_deref()?.parse::<RequestReason>().ok()?,
                at: self.at?,
            },
            "confirmed" => DeskSide::Confirmed { how: word()?.parse::<How>().ok()?, by: by()?, at: self.at? },
            "refused" => DeskSide::Refused {
                reason: self.reason.as_deref()?.parse::<RefusedReason>().ok()?,
                by: by()?,
                at: self.at?,
            },
            _ => return None,
        })
    }
}

/// A row of `proof` before it is read as ledgers.
struct Kept {
    version: i64,
    patient_side: String,
    patient_at: Option<Timestamp>,
    beginning: Option<String>,
    moved_from: Option<Date>,
    reception_number: Option<ReceptionNumber>,
    valid_until: Option<Timestamp>,
    desk: DeskColumns,
}

fn kept(row: &Row<'_>) -> Result<Kept, Error> {
    Ok(Kept {
        version: row.at(0)?,
        patient_side: row.at(1)?,
        patient_at: row.at(2)?,
        beginning: row.at(3)?,
        moved_from: row.at(4)?,
        reception_number: row.at(5)?,
        valid_until: row.at(6)?,
        desk: DeskColumns { side: row.at(7)?, at: row.at(8)?, by: row.at(9)?, word: row.at(10)?, reason: row.at(11)? },
    })
}

impl Kept {
    fn patient(&self) -> Option<PatientSide> {
        Some(match self.patient_side.as_str() {
            "not_started" => PatientSide::NotStarted(match self.beginning.as_deref()? {
                "booked" => Beginning::Booked,
                "moved" => Beginning::Moved { from: self.moved_from? },
                "ended" => Beginning::Ended,
                "erased" => Beginning::Erased,
                "withdrawn" => Beginning::Withdrawn,
                "lapsed" => Beginning::Lapsed,
                _ => return None,
            }),
            "left" => PatientSide::Left { at: self.patient_at? },
            "registered" => {
                PatientSide::Registered { reception_number: self.reception_number?, valid_until: self.valid_until? }
            }
            "said_done" => PatientSide::SaidDone { at: self.patient_at? },
            "picture_sent" => PatientSide::PictureSent { at: self.patient_at? },
            _ => return None,
        })
    }
}

/// The ledgers of an insured appointment. A self-pay appointment has none.
pub(crate) fn load(
    transaction: &mut Transaction<'_>,
    appointment: AppointmentId,
) -> Result<Option<(Proof, Version)>, Refusal> {
    let found = transaction.optional(
        "SELECT version, patient_side, patient_at, beginning, moved_from, reception_number, valid_until,
            desk_side, desk_at, desk_by, desk_word, desk_reason
         FROM proof WHERE appointment = $1",
        &[&appointment],
        kept,
    )?;
    let Some(found) = found else { return Ok(None) };
    let (Some(patient), Some(desk)) = (found.patient(), found.desk.read()) else {
        return Err(Refusal::Record("the ledgers of an appointment"));
    };
    Ok(Some((Proof { patient, desk }, Version(found.version))))
}

/// What is written of the patient's side.
#[derive(Default)]
struct Columns {
    patient_side: &'static str,
    patient_at: Option<Timestamp>,
    beginning: Option<&'static str>,
    moved_from: Option<Date>,
    reception_number: Option<ReceptionNumber>,
    valid_until: Option<Timestamp>,
}

fn columns(proof: &Proof) -> Columns {
    let mut columns = Columns::default();
    match proof.patient {
        PatientSide::NotStarted(beginning) => {
            columns.patient_side = "not_started";
            columns.beginning = Some(match beginning {
                Beginning::Booked => "booked",
                Beginning::Moved { from } => {
                    columns.moved_from = Some(from);
                    "moved"
                }
                Beginning::Ended => "ended",
                Beginning::Erased => "erased",
                Beginning::Withdrawn => "withdrawn",
                Beginning::Lapsed => "lapsed",
            });
        }
        PatientSide::Left { at } => (columns.patient_side, columns.patient_at) = ("left", Some(at)),
        PatientSide::Registered { reception_number, valid_until } => {
            columns.patient_side = "registered";
            columns.reception_number = Some(reception_number);
            columns.valid_until = Some(valid_until);
        }
        PatientSide::SaidDone { at } => (columns.patient_side, columns.patient_at) = ("said_done", Some(at)),
        PatientSide::PictureSent { at } => (columns.patient_side, columns.patient_at) = ("picture_sent", Some(at)),
    }
    columns
}

/// Opens the ledgers of an appointment that was just made.
pub(crate) fn open(transaction: &mut Transaction<'_>, appointment: AppointmentId) -> Result<(), Error> {
    let columns = columns(&Proof::new()).beginning;
    transaction
        .execute(
            "INSERT INTO proof (appointment, version, patient_side, beginning, desk_side)
             VALUES ($1, 1, 'not_started', $2, 'unseen')",
            &[&appointment, &columns],
        )
        .map(|_| ())
}

/// Writes the ledgers over the state that was read; another state is a conflict.
pub(crate) fn save(
    transaction: &mut Transaction<'_>,
    appointment: AppointmentId,
    proof: &Proof,
    seen: Version,
) -> Result<(), Refusal> {
    let (columns, desk) = (columns(proof), DeskColumns::from_desk_side(&proof.desk));
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
            &columns.beginning,
            &columns.moved_from,
            &columns.reception_number,
            &columns.valid_until,
            &desk.side,
            &desk.at,
            &desk.by,
            &desk.word,
            &desk.reason,
        ],
    )?;
    if written == 1 { Ok(()) } else { Err(Refusal::Changed) }
}
