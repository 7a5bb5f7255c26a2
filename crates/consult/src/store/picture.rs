//! Pictures of insurance documents: who sent them, how far they have come, who looked.
//!
//! Only the patient herself and the desk of the appointment's institution ever reach a row; for everybody else it is not
//! there. Every look, sending, judgement and erasure is written to the audit trail in the same transaction.

mod tidy;

use base::{Digest, Timestamp};
use database::{Error, Migration, Row, Transaction};

use super::{
    Store, appointment, audit,
    desk::{Deed, deeds},
    mail, proof,
    staff::Staff,
};
use crate::{
    mail::{DeskEvent, Message},
    refusal::Refusal,
    rules::{
        appointment::{Appointment, AppointmentId},
        patient::PatientId,
        picture::{DocumentKind, Hints, Picture, PictureId, PictureRefusal, Side, Slot, State, missing},
        proof::{DeskSide, RequestReason, Wanted},
    },
    vault::WrappedKey,
};

pub(crate) use tidy::tidy;

/// The tables of pictures.
///
/// `picture_object` names what lies in the vault without a picture: uploads that are on their way, and what is to be
/// removed because its picture was erased.
pub(crate) const MIGRATION: Migration = Migration {
    name: "picture",
    sql: "CREATE TABLE picture (
    id TEXT NOT NULL PRIMARY KEY,
    appointment TEXT NOT NULL REFERENCES appointment (id),
    patient TEXT NOT NULL REFERENCES patient (id),
    institution TEXT NOT NULL REFERENCES institution (code),
    document TEXT NOT NULL,
    side TEXT NOT NULL,
    state TEXT NOT NULL,
    hints BIGINT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    original BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    sent_at BIGINT,
    reason TEXT,
    note TEXT,
    master_key TEXT,
    wrapped_key BYTEA,
    erased_at BIGINT,
    erased_why TEXT
);
CREATE UNIQUE INDEX picture_place ON picture (appointment, side) WHERE erased_at IS NULL AND state <> 'draft';
CREATE UNIQUE INDEX picture_draft ON picture (appointment, side) WHERE erased_at IS NULL AND state = 'draft';
CREATE INDEX picture_appointment ON picture (appointment);
CREATE INDEX picture_kept ON picture (erased_at, made_at);
CREATE TABLE picture_object (
    name TEXT NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL
);
CREATE INDEX picture_object_since ON picture_object (since);
CREATE INDEX audit_entry_about ON audit_entry (about);",
};

/// A picture that lies in the vault already and is now to be kept.
#[derive(Debug, Clone)]
pub(crate) struct Arriving {
    pub(crate) id: PictureId,
    pub(crate) side: Side,
    pub(crate) hints: Hints,
    /// Pixels across, and down.
    pub(crate) size: (u32, u32),
    /// Of the bytes that came, so that it can be told later whether a file is the one that was sent.
    pub(crate) original: Digest,
    pub(crate) key: WrappedKey,
}

/// Whether what arrives is sent at once where nothing speaks against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Intent {
    /// Sent, unless a hint or a missing side asks the patient to look first.
    Send,
    /// Sent whatever the hints say.
    SendAnyway,
    /// Kept as it is: another picture of the same form was not usable.
    Keep,
}

/// What became of what arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Arrived {
    /// The desk has it.
    Sent,
    /// The patient is to look at a hint, and may send it anyway.
    Hinted,
    /// Something is missing.
    Incomplete(Vec<Slot>),
    /// Kept, not sent.
    Kept,
}

/// What the patient's page of pictures shows.
#[derive(Debug, Clone)]
pub(crate) struct PicturePage {
    pub(crate) appointment: Appointment,
    pub(crate) pictures: Vec<Picture>,
    /// Why the desk asks for a picture, if it does.
    pub(crate) request: Option<RequestReason>,
    pub(crate) deeds: Vec<Deed>,
}

/// Who looks at a picture.
#[derive(Debug, Clone)]
pub(crate) enum Viewer {
    Patient(PatientId),
    Desk(Box<Staff>),
}

impl Viewer {
    fn actor(&self) -> String {
        match self {
            Self::Patient(id) => format!("patient:{id}"),
            Self::Desk(staff) => format!("staff:{}", staff.id),
        }
    }
}

/// The pictures of an appointment that are there, front before back, what was sent before what is still a draft.
pub(crate) fn of_appointment(transaction: &mut Transaction<'_>, id: AppointmentId) -> Result<Vec<Picture>, Error> {
    let mut pictures = transaction.all(
        "SELECT id, document, side, state, hints, made_at, reason, note, width, height FROM picture
         WHERE appointment = $1 AND erased_at IS NULL",
        &[&id],
        picture,
    )?;
    pictures.sort_by_key(|picture| (picture.side, picture.state == State::Draft));
    Ok(pictures)
}

fn picture(row: &Row<'_>) -> Result<Picture, Error> {
    let word = |column| -> Result<String, Error> { row.at(column) };
    // The words are written by this file alone, from the same enums.
    let document = word(1)?.parse().unwrap_or(DocumentKind::Certificate);
    let side = word(2)?.parse().unwrap_or(Side::Front);
    let state = word(3)?.parse().unwrap_or(State::Draft);
    let reason: Option<String> = row.at(6)?;
    Ok(Picture {
        id: row.at(0)?,
        document,
        side,
        state,
        hints: Hints::from_bits(u8::try_from(row.at::<u32>(4)?).unwrap_or_default()),
        size: (row.at(8)?, row.at(9)?),
        made_at: row.at(5)?,
        refusal: match reason.and_then(|reason| reason.parse().ok()) {
            Some(reason) => Some(PictureRefusal { reason, note: row.at(7)? }),
            None => None,
        },
    })
}

/// Takes a picture away: its key is gone with this transaction, its object soon after.
pub(super) fn erase(transaction: &mut Transaction<'_>, id: PictureId, why: &str, now: Timestamp) -> Result<(), Error> {
    transaction.execute(
        "UPDATE picture SET erased_at = $2, erased_why = $3, master_key = NULL, wrapped_key = NULL, note = NULL
         WHERE id = $1 AND erased_at IS NULL",
        &[&id, &now, &why],
    )?;
    let name = id.to_string();
    transaction
        .execute(
            "INSERT INTO picture_object (name, since) VALUES ($1, 0) ON CONFLICT (name) DO UPDATE SET since = 0",
            &[&name],
        )
        .map(|_| ())
}

pub(super) fn note_deed(
    transaction: &mut Transaction<'_>,
    store: &Store,
    now: Timestamp,
    actor: &str,
    act: &str,
    patient: PatientId,
    picture: PictureId,
) -> Result<(), Error> {
    let about = picture.to_string();
    let entry = audit::Entry { actor, act, patient: Some(patient), about: Some(&about) };
    audit::record(transaction, &store.seal.audit_key(), now, &entry)
}

impl Store {
    /// Tells that something will be put into the vault under these names. What never becomes a picture is removed later.
    pub(crate) async fn expect_pictures(&self, ids: Vec<PictureId>, now: Timestamp) -> Result<(), Error> {
        self.database
            .write(move |transaction| {
                for id in &ids {
                    let name = id.to_string();
                    transaction.execute("INSERT INTO picture_object (name, since) VALUES ($1, $2)", &[&name, &now])?;
                }
                Ok(())
            })
            .await
    }

    /// Keeps pictures that the patient uploaded, and sends them to the desk if nothing speaks against it.
    pub(crate) async fn receive_pictures(
        &self,
        patient: PatientId,
        appointment: AppointmentId,
        document: DocumentKind,
        arriving: Vec<Arriving>,
        intent: Intent,
        now: Timestamp,
    ) -> Result<Arrived, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let appointment = provable(transaction, patient, appointment, now)?;
                let before = of_appointment(transaction, appointment.id)?;
                for arrival in &arriving {
                    // One draft for each side; and a draft of another document is a thought that was given up.
                    for draft in before.iter().filter(|picture| {
                        picture.state == State::Draft && (picture.side == arrival.side || picture.document != document)
                    }) {
                        erase(transaction, draft.id, "replaced", now)?;
                    }
                    keep(transaction, &store, &appointment, document, arrival, now)?;
                }
                match intent {
                    Intent::Keep => Ok(Arrived::Kept),
                    Intent::Send | Intent::SendAnyway => send(transaction, &store, &appointment, intent, now),
                }
            })
            .await
    }

    /// Sends what is kept as a draft, whatever the hints say.
    pub(crate) async fn send_drafts(
        &self,
        patient: PatientId,
        appointment: AppointmentId,
        now: Timestamp,
    ) -> Result<Arrived, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let appointment = provable(transaction, patient, appointment, now)?;
                send(transaction, &store, &appointment, Intent::SendAnyway, now)
            })
            .await
    }

    /// Erases a picture for the patient. Erasing it again is no error.
    pub(crate) async fn erase_picture(
        &self,
        patient: PatientId,
        appointment: AppointmentId,
        id: PictureId,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let appointment =
                    appointment::of_patient(transaction, patient, appointment)?.ok_or(Refusal::NotFound)?;
                let mut pictures = of_appointment(transaction, appointment.id)?;
                let Some(place) = pictures.iter().position(|picture| picture.id == id) else { return Ok(()) };
                let erased = pictures.swap_remove(place);
                erase(transaction, id, "by_patient", now)?;
                note_deed(transaction, &store, now, &format!("patient:{patient}"), "picture.erase", patient, id)?;
                // What was not sent was no proof, and what is not sent yet is none.
                pictures.retain(|picture| picture.state != State::Draft);
                if erased.state == State::Draft || missing(erased.document, &pictures).is_empty() {
                    return Ok(());
                }
                let Some((before, version)) = proof::load(transaction, appointment.id)? else { return Ok(()) };
                let after = before.clone().picture_erased();
                if after == before {
                    return Ok(());
                }
                proof::save(transaction, appointment.id, &after, version)?;
                // A desk that has confirmed what it saw, that asked for another, or whose visit is over has nothing to do.
                let counted = erased.state != State::Refused && !matches!(after.desk, DeskSide::Confirmed { .. });
                if counted && appointment.openness(now).may_be_proven() {
                    let message = Message::ToDesk { appointment: appointment.id, event: DeskEvent::PictureErased };
                    mail::enqueue(transaction, &store, now, &message)?;
                }
                Ok(())
            })
            .await
    }

    /// The pictures of a patient that are kept, each with its appointment.
    pub(crate) async fn kept_pictures(&self, patient: PatientId) -> Result<Vec<(AppointmentId, PictureId)>, Refusal> {
        self.database
            .read(move |transaction| {
                Ok(transaction.all(
                    "SELECT appointment, id FROM picture WHERE patient = $1 AND erased_at IS NULL ORDER BY id",
                    &[&patient],
                    |row| Ok((row.at(0)?, row.at(1)?)),
                )?)
            })
            .await
    }

    /// What the patient's page of pictures shows.
    pub(crate) async fn picture_page(&self, patient: PatientId, id: AppointmentId) -> Result<PicturePage, Refusal> {
        self.database
            .read(move |transaction| {
                let appointment = appointment::of_patient(transaction, patient, id)?.ok_or(Refusal::NotFound)?;
                let request = proof::load(transaction, id)?.and_then(|(ledgers, _)| match ledgers.desk {
                    DeskSide::Requested { what: Wanted::Picture, reason, .. } => Some(reason),
                    _ => None,
                });
                let pictures = of_appointment(transaction, id)?;
                Ok(PicturePage { appointment, pictures, request, deeds: deeds(transaction, id)? })
            })
            .await
    }

    /// What is needed to show a picture to somebody who may see it; that she looked is written down.
    pub(crate) async fn look_at_picture(
        &self,
        viewer: Viewer,
        id: PictureId,
        act: &'static str,
        now: Timestamp,
    ) -> Result<WrappedKey, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let found = match &viewer {
                    Viewer::Patient(patient) => transaction.optional(
                        "SELECT patient, master_key, wrapped_key FROM picture
                         WHERE id = $1 AND patient = $2 AND erased_at IS NULL",
                        &[&id, patient],
                        wrapped_key,
                    )?,
                    // What was not sent is the patient's alone.
                    Viewer::Desk(staff) => transaction.optional(
                        "SELECT patient, master_key, wrapped_key FROM picture
                         WHERE id = $1 AND institution = $2 AND erased_at IS NULL AND state <> 'draft'",
                        &[&id, &staff.institution],
                        wrapped_key,
                    )?,
                };
                let (patient, key) = found.ok_or(Refusal::NotFound)?;
                note_deed(transaction, &store, now, &viewer.actor(), act, patient, id)?;
                Ok(key)
            })
            .await
    }
}

fn wrapped_key(row: &Row<'_>) -> Result<(PatientId, WrappedKey), Error> {
    Ok((row.at(0)?, WrappedKey { master: row.at(1)?, wrapped: row.at(2)? }))
}

/// The patient's own appointment, as long as insurance may still be proven for it.
fn provable(
    transaction: &mut Transaction<'_>,
    patient: PatientId,
    id: AppointmentId,
    now: Timestamp,
) -> Result<Appointment, Refusal> {
    let appointment = appointment::of_patient(transaction, patient, id)?.ok_or(Refusal::NotFound)?;
    if !appointment.openness(now).may_be_proven() {
        return Err(Refusal::Closed(id));
    }
    Ok(appointment)
}

fn keep(
    transaction: &mut Transaction<'_>,
    store: &Store,
    appointment: &Appointment,
    document: DocumentKind,
    arrival: &Arriving,
    now: Timestamp,
) -> Result<(), Error> {
    transaction.execute(
        "INSERT INTO picture (id, appointment, patient, institution, document, side, state, hints, width, height,
         original, made_at, master_key, wrapped_key)
         VALUES ($1, $2, $3, $4, $5, $6, 'draft', $7, $8, $9, $10, $11, $12, $13)",
        &[
            &arrival.id,
            &appointment.id,
            &appointment.patient,
            &appointment.institution,
            &document.word(),
            &arrival.side.word(),
            &u32::from(arrival.hints.bits()),
            &arrival.size.0,
            &arrival.size.1,
            &arrival.original,
            &now,
            &arrival.key.master,
            &arrival.key.wrapped,
        ],
    )?;
    let name = arrival.id.to_string();
    transaction.execute("DELETE FROM picture_object WHERE name = $1", &[&name])?;
    let actor = format!("patient:{}", appointment.patient);
    note_deed(transaction, store, now, &actor, "picture.receive", appointment.patient, arrival.id)
}

/// Turns drafts into what the desk sees. What they replace is erased.
fn send(
    transaction: &mut Transaction<'_>,
    store: &Store,
    appointment: &Appointment,
    intent: Intent,
    now: Timestamp,
) -> Result<Arrived, Refusal> {
    let pictures = of_appointment(transaction, appointment.id)?;
    let (drafts, sent): (Vec<_>, Vec<_>) = pictures.iter().partition(|picture| picture.state == State::Draft);
    let Some(first) = drafts.first() else {
        // Sent already: a second press of the button.
        return Ok(if sent.is_empty() { Arrived::Kept } else { Arrived::Sent });
    };
    let document = first.document;
    let lacking = missing(document, &pictures);
    if !lacking.is_empty() {
        return Ok(Arrived::Incomplete(lacking));
    }
    if intent != Intent::SendAnyway && drafts.iter().any(|draft| !draft.hints.is_empty()) {
        return Ok(Arrived::Hinted);
    }
    for old in &sent {
        if old.document != document || drafts.iter().any(|draft| draft.side == old.side) {
            erase(transaction, old.id, "replaced", now)?;
        }
    }
    let actor = format!("patient:{}", appointment.patient);
    for draft in &drafts {
        transaction.execute("UPDATE picture SET state = 'sent', sent_at = $2 WHERE id = $1", &[&draft.id, &now])?;
        note_deed(transaction, store, now, &actor, "picture.send", appointment.patient, draft.id)?;
    }
    if let Some((ledgers, version)) = proof::load(transaction, appointment.id)? {
        proof::save(transaction, appointment.id, &ledgers.picture_sent(now), version)?;
    }
    let message = Message::ToDesk { appointment: appointment.id, event: DeskEvent::PictureArrived };
    mail::enqueue(transaction, store, now, &message)?;
    Ok(Arrived::Sent)
}

#[cfg(test)]
mod tests;
