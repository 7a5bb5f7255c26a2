//! Pictures of insurance documents: who sent them, how far they have come, who looked.
//!
//! Only the patient herself and the desk of the appointment's institution ever reach a row; for everybody else it is not
//! there. Every look, sending, judgement and erasure is written to the audit trail in the same transaction.

mod cleanup;

use base::{Digest, Timestamp};
use database::{Error, Migration, Row, Transaction};

use super::{
    Store, appointment, audit,
    desk::{VisitAuditEntry, list_audit_entries},
    mail, proof,
    staff::StaffMember,
};
use crate::{
    mail::{DeskEvent, Notification},
    refusal::Refusal,
    rules::{
        appointment::{Appointment, AppointmentId},
        patient::PatientId,
        picture::{
            DocumentKind, DocumentSide, InsurancePicture, PictureHints, PictureId, PictureRefusal, PictureSlot,
            PictureState, missing_slots,
        },
        proof::{DeskSide, RequestReason, RequestedProof},
    },
    vault::WrappedKey,
};

pub(crate) use cleanup::run_cleanup;

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
pub(crate) struct UploadedPicture {
    pub(crate) id: PictureId,
    pub(crate) side: DocumentSide,
    pub(crate) hints: PictureHints,
    /// Pixels across, and down.
    pub(crate) size: (u32, u32),
    /// Of the bytes that came, so that it can be told later whether a file is the one that was sent.
    pub(crate) original_digest: Digest,
    pub(crate) key: WrappedKey,
}

/// Whether what arrives is sent at once where nothing speaks against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SendIntent {
    /// Sent, unless a hint or a missing side asks the patient to look first.
    Send,
    /// Sent whatever the hints say.
    SendAnyway,
    /// Kept as it is: another picture of the same form was not usable.
    KeepAsDraft,
}

/// What became of what arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UploadOutcome {
    /// The desk has it.
    Sent,
    /// The patient is to look at a hint, and may send it anyway.
    HintsFound,
    /// Something is missing.
    Incomplete(Vec<PictureSlot>),
    /// Kept, not sent.
    KeptAsDraft,
}

/// What the patient's page of pictures shows.
#[derive(Debug, Clone)]
pub(crate) struct AppointmentPictures {
    pub(crate) appointment: Appointment,
    pub(crate) pictures: Vec<InsurancePicture>,
    /// Why the desk asks for a picture, if it does.
    pub(crate) request: Option<RequestReason>,
    pub(crate) audit_trail: Vec<VisitAuditEntry>,
}

/// Who looks at a picture.
#[derive(Debug, Clone)]
pub(crate) enum PictureViewer {
    Patient(PatientId),
    Desk(Box<StaffMember>),
}

impl PictureViewer {
    fn actor(&self) -> String {
        match self {
            Self::Patient(id) => format!("patient:{id}"),
            Self::Desk(staff) => format!("staff:{}", staff.id),
        }
    }
}

/// The pictures of an appointment that are there, front before back, what was sent before what is still a draft.
pub(crate) fn list_for_appointment(
    transaction: &mut Transaction<'_>,
    id: AppointmentId,
) -> Result<Vec<InsurancePicture>, Error> {
    let mut pictures = transaction.fetch_all(
        "SELECT id, document, side, state, hints, made_at, reason, note, width, height FROM picture
         WHERE appointment = $1 AND erased_at IS NULL",
        &[&id],
        read_row,
    )?;
    pictures.sort_by_key(|picture| (picture.side, picture.state == PictureState::Draft));
    Ok(pictures)
}

fn read_row(row: &Row<'_>) -> Result<InsurancePicture, Error> {
    let word = |column| -> Result<String, Error> { row.get(column) };
    // The words are written by this file alone, from the same enums.
    let document = word(1)?.parse().unwrap_or(DocumentKind::Certificate);
    let side = word(2)?.parse().unwrap_or(DocumentSide::Front);
    let state = word(3)?.parse().unwrap_or(PictureState::Draft);
    let reason: Option<String> = row.get(6)?;
    Ok(InsurancePicture {
        id: row.get(0)?,
        document,
        side,
        state,
        hints: PictureHints::from_bits(u8::try_from(row.get::<u32>(4)?).unwrap_or_default()),
        size: (row.get(8)?, row.get(9)?),
        made_at: row.get(5)?,
        refusal: match reason.and_then(|reason| reason.parse().ok()) {
            Some(reason) => Some(PictureRefusal { reason, note: row.get(7)? }),
            None => None,
        },
    })
}

/// Takes a picture away: its key is gone with this transaction, its object soon after.
pub(super) fn erase_picture(
    transaction: &mut Transaction<'_>,
    id: PictureId,
    why: &str,
    now: Timestamp,
) -> Result<(), Error> {
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

pub(super) fn record_picture_audit(
    transaction: &mut Transaction<'_>,
    store: &Store,
    now: Timestamp,
    actor: &str,
    act: &str,
    patient: PatientId,
    picture: PictureId,
) -> Result<(), Error> {
    let about = picture.to_string();
    let entry = audit::AuditEntry { actor, action: act, patient: Some(patient), entity: Some(&about) };
    audit::insert_audit_row(transaction, &store.seal.audit_key(), now, &entry)
}

impl Store {
    /// Tells that something will be put into the vault under these names. What never becomes a picture is removed later.
    pub(crate) async fn reserve_pictures(&self, ids: Vec<PictureId>, now: Timestamp) -> Result<(), Error> {
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
        arriving: Vec<UploadedPicture>,
        intent: SendIntent,
        now: Timestamp,
    ) -> Result<UploadOutcome, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let appointment = find_provable_appointment(transaction, patient, appointment, now)?;
                let before = list_for_appointment(transaction, appointment.id)?;
                for arrival in &arriving {
                    // One draft for each side; and a draft of another document is a thought that was given up.
                    for draft in before.iter().filter(|picture| {
                        picture.state == PictureState::Draft
                            && (picture.side == arrival.side || picture.document != document)
                    }) {
                        erase_picture(transaction, draft.id, "replaced", now)?;
                    }
                    insert_draft(transaction, &store, &appointment, document, arrival, now)?;
                }
                match intent {
                    SendIntent::KeepAsDraft => Ok(UploadOutcome::KeptAsDraft),
                    SendIntent::Send | SendIntent::SendAnyway => {
                        send_drafts(transaction, &store, &appointment, intent, now)
                    }
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
    ) -> Result<UploadOutcome, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let appointment = find_provable_appointment(transaction, patient, appointment, now)?;
                send_drafts(transaction, &store, &appointment, SendIntent::SendAnyway, now)
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
                    appointment::find_for_patient(transaction, patient, appointment)?.ok_or(Refusal::NotFound)?;
                let mut pictures = list_for_appointment(transaction, appointment.id)?;
                let Some(place) = pictures.iter().position(|picture| picture.id == id) else { return Ok(()) };
                let erased = pictures.swap_remove(place);
                erase_picture(transaction, id, "by_patient", now)?;
                record_picture_audit(
                    transaction,
                    &store,
                    now,
                    &format!("patient:{patient}"),
                    "picture.erase",
                    patient,
                    id,
                )?;
                // What was not sent was no proof, and what is not sent yet is none.
                pictures.retain(|picture| picture.state != PictureState::Draft);
                if erased.state == PictureState::Draft || missing_slots(erased.document, &pictures).is_empty() {
                    return Ok(());
                }
                let Some((before, version)) = proof::load_proof(transaction, appointment.id)? else { return Ok(()) };
                let after = before.clone().erase_picture();
                if after == before {
                    return Ok(());
                }
                proof::save_proof(transaction, appointment.id, &after, version)?;
                // A desk that has confirmed what it saw, that asked for another, or whose visit is over has nothing to do.
                let counted =
                    erased.state != PictureState::Refused && !matches!(after.desk, DeskSide::Confirmed { .. });
                if counted && appointment.openness(now).can_be_proven() {
                    let message = Notification::ToDesk { appointment: appointment.id, event: DeskEvent::PictureErased };
                    mail::enqueue(transaction, &store, now, &message)?;
                }
                Ok(())
            })
            .await
    }

    /// The pictures of a patient that are kept, each with its appointment.
    pub(crate) async fn list_pictures(&self, patient: PatientId) -> Result<Vec<(AppointmentId, PictureId)>, Refusal> {
        self.database
            .read(move |transaction| {
                Ok(transaction.fetch_all(
                    "SELECT appointment, id FROM picture WHERE patient = $1 AND erased_at IS NULL ORDER BY id",
                    &[&patient],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )?)
            })
            .await
    }

    /// What the patient's page of pictures shows.
    pub(crate) async fn load_appointment_pictures(
        &self,
        patient: PatientId,
        id: AppointmentId,
    ) -> Result<AppointmentPictures, Refusal> {
        self.database
            .read(move |transaction| {
                let appointment = appointment::find_for_patient(transaction, patient, id)?.ok_or(Refusal::NotFound)?;
                let request = proof::load_proof(transaction, id)?.and_then(|(ledgers, _)| match ledgers.desk {
                    DeskSide::Requested { requested_proof: RequestedProof::Picture, reason, .. } => Some(reason),
                    _ => None,
                });
                let pictures = list_for_appointment(transaction, id)?;
                Ok(AppointmentPictures {
                    appointment,
                    pictures,
                    request,
                    audit_trail: list_audit_entries(transaction, id)?,
                })
            })
            .await
    }

    /// What is needed to show a picture to somebody who may see it; that she looked is written down.
    pub(crate) async fn open_picture(
        &self,
        viewer: PictureViewer,
        id: PictureId,
        act: &'static str,
        now: Timestamp,
    ) -> Result<WrappedKey, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let found = match &viewer {
                    PictureViewer::Patient(patient) => transaction.fetch_optional(
                        "SELECT patient, master_key, wrapped_key FROM picture
                         WHERE id = $1 AND patient = $2 AND erased_at IS NULL",
                        &[&id, patient],
                        read_key_row,
                    )?,
                    // What was not sent is the patient's alone.
                    PictureViewer::Desk(staff) => transaction.fetch_optional(
                        "SELECT patient, master_key, wrapped_key FROM picture
                         WHERE id = $1 AND institution = $2 AND erased_at IS NULL AND state <> 'draft'",
                        &[&id, &staff.institution],
                        read_key_row,
                    )?,
                };
                let (patient, key) = found.ok_or(Refusal::NotFound)?;
                record_picture_audit(transaction, &store, now, &viewer.actor(), act, patient, id)?;
                Ok(key)
            })
            .await
    }
}

fn read_key_row(row: &Row<'_>) -> Result<(PatientId, WrappedKey), Error> {
    Ok((row.get(0)?, WrappedKey { master_key_id: row.get(1)?, wrapped: row.get(2)? }))
}

/// The patient's own appointment, as long as insurance may still be proven for it.
fn find_provable_appointment(
    transaction: &mut Transaction<'_>,
    patient: PatientId,
    id: AppointmentId,
    now: Timestamp,
) -> Result<Appointment, Refusal> {
    let appointment = appointment::find_for_patient(transaction, patient, id)?.ok_or(Refusal::NotFound)?;
    if !appointment.openness(now).can_be_proven() {
        return Err(Refusal::Closed(id));
    }
    Ok(appointment)
}

fn insert_draft(
    transaction: &mut Transaction<'_>,
    store: &Store,
    appointment: &Appointment,
    document: DocumentKind,
    arrival: &UploadedPicture,
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
            &document.as_str(),
            &arrival.side.as_str(),
            &u32::from(arrival.hints.bits()),
            &arrival.size.0,
            &arrival.size.1,
            &arrival.original_digest,
            &now,
            &arrival.key.master_key_id,
            &arrival.key.wrapped,
        ],
    )?;
    let name = arrival.id.to_string();
    transaction.execute("DELETE FROM picture_object WHERE name = $1", &[&name])?;
    let actor = format!("patient:{}", appointment.patient);
    record_picture_audit(transaction, store, now, &actor, "picture.receive", appointment.patient, arrival.id)
}

/// Turns drafts into what the desk sees. What they replace is erased.
fn send_drafts(
    transaction: &mut Transaction<'_>,
    store: &Store,
    appointment: &Appointment,
    intent: SendIntent,
    now: Timestamp,
) -> Result<UploadOutcome, Refusal> {
    let pictures = list_for_appointment(transaction, appointment.id)?;
    let (drafts, sent): (Vec<_>, Vec<_>) = pictures.iter().partition(|picture| picture.state == PictureState::Draft);
    let Some(first) = drafts.first() else {
        // Sent already: a second press of the button.
        return Ok(if sent.is_empty() { UploadOutcome::KeptAsDraft } else { UploadOutcome::Sent });
    };
    let document = first.document;
    let lacking = missing_slots(document, &pictures);
    if !lacking.is_empty() {
        return Ok(UploadOutcome::Incomplete(lacking));
    }
    if intent != SendIntent::SendAnyway && drafts.iter().any(|draft| !draft.hints.is_empty()) {
        return Ok(UploadOutcome::HintsFound);
    }
    for old in &sent {
        if old.document != document || drafts.iter().any(|draft| draft.side == old.side) {
            erase_picture(transaction, old.id, "replaced", now)?;
        }
    }
    let actor = format!("patient:{}", appointment.patient);
    for draft in &drafts {
        transaction.execute("UPDATE picture SET state = 'sent', sent_at = $2 WHERE id = $1", &[&draft.id, &now])?;
        record_picture_audit(transaction, store, now, &actor, "picture.send", appointment.patient, draft.id)?;
    }
    if let Some((ledgers, version)) = proof::load_proof(transaction, appointment.id)? {
        proof::save_proof(transaction, appointment.id, &ledgers.receive_picture(now), version)?;
    }
    let message = Notification::ToDesk { appointment: appointment.id, event: DeskEvent::PictureArrived };
    mail::enqueue(transaction, store, now, &message)?;
    Ok(UploadOutcome::Sent)
}

#[cfg(test)]
mod tests;
