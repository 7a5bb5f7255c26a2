//! Insurance pictures: their rows, states and access.
//!
//! Only the patient and the desk of the appointment's institution can reach a row; for everybody else it is not found. Every
//! viewing, sending, review and erasure is written to the audit in the same transaction.

pub(crate) mod audit_trail;
mod cleanup;
pub(crate) mod judgement;

use base::{Digest, InstitutionCode, Timestamp};
use database::{Error, Row, Transaction};

use audit_trail::{VisitAuditEntry, list_audit_entries};

use super::{
    rules::{
        note::Note,
        picture::{
            DocumentKind, DocumentSide, InsurancePicture, PictureHints, PictureId, PictureRefusal, PictureSlot,
            PictureState, missing_slots,
        },
    },
    vault::master::WrappedKey,
};
use crate::{
    appointments::{
        self,
        rules::{Appointment, AppointmentId},
    },
    audit::{
        self,
        rules::action::{AuditAction, PictureAction},
    },
    desk_news::{self, rules::DeskEvent},
    people::{
        self,
        rules::{account::AccountId, patient::PatientId},
        store::patients_of_account,
    },
    proof::{
        rules::ledgers::{DeskSide, RequestReason, RequestedProof},
        store::ledgers,
    },
    refusal::Refusal,
    store::Store,
};

database::text_column!(DocumentKind, DocumentSide, Note, PictureState);

/// A picture to insert, whose object is already in the vault.
#[derive(Debug, Clone)]
pub(crate) struct UploadedPicture {
    pub(crate) id: PictureId,
    pub(crate) side: DocumentSide,
    pub(crate) hints: PictureHints,
    /// Width and height, in pixels.
    pub(crate) size: (u32, u32),
    /// Of the uploaded bytes, so that a file can be identified later as the one that was sent.
    pub(crate) original_digest: Digest,
    pub(crate) key: WrappedKey,
}

/// Whether uploaded pictures are sent to the desk at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SendIntent {
    /// Sent, unless there is a hint or a missing side that the patient has to look at first.
    Send,
    /// Sent in spite of hints.
    SendAnyway,
    /// Not sent: another picture of the same form was not usable.
    KeepAsDraft,
}

/// The outcome of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UploadOutcome {
    /// The desk has it.
    Sent,
    /// The patient has to look at a hint, and may send the picture anyway.
    HintsFound,
    /// Required slots are missing.
    Incomplete(Vec<PictureSlot>),
    /// Stored, not sent.
    KeptAsDraft,
}

/// The content of the patient's page of pictures.
#[derive(Debug, Clone)]
pub(crate) struct AppointmentPictures {
    pub(crate) appointment: Appointment,
    pub(crate) pictures: Vec<InsurancePicture>,
    /// Why the desk requests a picture, if it does.
    pub(crate) request: Option<RequestReason>,
    pub(crate) audit_trail: Vec<VisitAuditEntry>,
}

/// Who views a picture.
#[derive(Debug, Clone)]
pub(crate) enum PictureViewer {
    Account(AccountId),
    /// Somebody at the desk of this institution; `actor` as in the audit.
    Desk {
        institution: InstitutionCode,
        actor: String,
    },
}

impl PictureViewer {
    fn actor(&self) -> String {
        match self {
            Self::Account(id) => people::store::session_subject(*id),
            Self::Desk { actor, .. } => actor.clone(),
        }
    }
}

/// The pictures of an appointment that are not erased: front before back, sent ones before drafts.
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
    Ok(InsurancePicture {
        id: row.get(0)?,
        document: row.get(1)?,
        side: row.get(2)?,
        state: row.get(3)?,
        hints: PictureHints::from_bits(u8::try_from(row.get::<u32>(4)?).unwrap_or_default()),
        size: (row.get(8)?, row.get(9)?),
        made_at: row.get(5)?,
        refusal: match row.get(6)? {
            Some(reason) => Some(PictureRefusal { reason, note: row.get(7)? }),
            None => None,
        },
    })
}

/// Erases a picture: its key is deleted in this transaction, its object soon after.
pub(crate) fn erase_picture(
    transaction: &mut Transaction<'_>,
    id: PictureId,
    reason: &str,
    now: Timestamp,
) -> Result<(), Error> {
    transaction.execute(
        "UPDATE picture SET erased_at = $2, erased_why = $3, master_key = NULL, wrapped_key = NULL, note = NULL
         WHERE id = $1 AND erased_at IS NULL",
        &[&id, &now, &reason],
    )?;
    let name = id.to_string();
    transaction
        .execute(
            "INSERT INTO picture_object (name, since) VALUES ($1, 0) ON CONFLICT (name) DO UPDATE SET since = 0",
            &[&name],
        )
        .map(|_| ())
}

/// A picture, with the patient and the institution whose data it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PictureRef {
    pub(crate) id: PictureId,
    pub(crate) patient: PatientId,
    pub(crate) institution: InstitutionCode,
}

impl PictureRef {
    fn new(id: PictureId, appointment: &Appointment) -> Self {
        Self { id, patient: appointment.patient, institution: appointment.institution }
    }

    /// Reads the columns `id`, `patient` and `institution`, which are the first of the row.
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self { id: row.get(0)?, patient: row.get(1)?, institution: row.get(2)? })
    }
}

pub(crate) fn record_picture_audit(
    transaction: &mut Transaction<'_>,
    store: &Store,
    now: Timestamp,
    actor: &str,
    action: PictureAction,
    picture: PictureRef,
) -> Result<(), Error> {
    let (action, entity) = (AuditAction::Picture(action), picture.id.to_string());
    let (institution, patient) = (Some(picture.institution), Some(picture.patient));
    let entry = audit::store::AuditEntry { institution, actor, action, patient, entity: Some(&entity) };
    audit::store::insert_audit_row(transaction, &store.seal.audit_key(), now, &entry)
}

impl Store {
    /// Reserves names of objects in the vault. An object that never becomes a picture is removed later.
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

    /// The patient's appointment, if pictures may be sent for it.
    pub(crate) async fn find_provable_appointment(
        &self,
        account: AccountId,
        id: AppointmentId,
        now: Timestamp,
    ) -> Result<Appointment, Refusal> {
        self.database
            .read(move |transaction| appointments::store::find_provable_appointment(transaction, account, id, now))
            .await
    }

    /// Inserts uploaded pictures, and sends them to the desk according to `intent`.
    pub(crate) async fn receive_pictures(
        &self,
        account: AccountId,
        appointment: AppointmentId,
        document: DocumentKind,
        uploads: Vec<UploadedPicture>,
        intent: SendIntent,
        now: Timestamp,
    ) -> Result<UploadOutcome, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let appointment =
                    appointments::store::find_provable_appointment(transaction, account, appointment, now)?;
                let before = list_for_appointment(transaction, appointment.id)?;
                for upload in &uploads {
                    // There is one draft for each side; a draft of another document was abandoned.
                    for draft in before.iter().filter(|picture| {
                        picture.state == PictureState::Draft
                            && (picture.side == upload.side || picture.document != document)
                    }) {
                        erase_picture(transaction, draft.id, "replaced", now)?;
                    }
                    insert_draft(transaction, &store, (account, &appointment), document, upload, now)?;
                }
                match intent {
                    SendIntent::KeepAsDraft => Ok(UploadOutcome::KeptAsDraft),
                    SendIntent::Send | SendIntent::SendAnyway => {
                        send_drafts(transaction, &store, (account, &appointment), intent, now)
                    }
                }
            })
            .await
    }

    /// Sends the drafts in spite of hints.
    pub(crate) async fn send_drafts(
        &self,
        account: AccountId,
        appointment: AppointmentId,
        now: Timestamp,
    ) -> Result<UploadOutcome, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let appointment =
                    appointments::store::find_provable_appointment(transaction, account, appointment, now)?;
                send_drafts(transaction, &store, (account, &appointment), SendIntent::SendAnyway, now)
            })
            .await
    }

    /// Erases a picture for the patient. Idempotent.
    pub(crate) async fn erase_picture(
        &self,
        account: AccountId,
        appointment: AppointmentId,
        id: PictureId,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let appointment = appointments::store::find_for_account(transaction, account, appointment)?
                    .ok_or(Refusal::NotFound)?;
                let mut pictures = list_for_appointment(transaction, appointment.id)?;
                let Some(position) = pictures.iter().position(|picture| picture.id == id) else { return Ok(()) };
                let erased = pictures.swap_remove(position);
                erase_picture(transaction, id, "by_patient", now)?;
                record_picture_audit(
                    transaction,
                    &store,
                    now,
                    &people::store::session_subject(account),
                    PictureAction::Erase,
                    PictureRef::new(id, &appointment),
                )?;
                // Drafts are no proof.
                pictures.retain(|picture| picture.state != PictureState::Draft);
                if erased.state == PictureState::Draft || missing_slots(erased.document, &pictures).is_empty() {
                    return Ok(());
                }
                let Some((before, version)) = ledgers::load_proof(transaction, appointment.id)? else { return Ok(()) };
                let after = before.clone().erase_picture();
                if after == before {
                    return Ok(());
                }
                ledgers::save_proof(transaction, appointment.id, &after, version)?;
                // A desk that has confirmed or refused the picture, or whose visit is over, has nothing to do.
                let needs_review =
                    erased.state != PictureState::Refused && !matches!(after.desk, DeskSide::Confirmed { .. });
                if needs_review && appointment.openness(now).can_be_proven() {
                    desk_news::store::record_event(transaction, &store, appointment.id, DeskEvent::PictureErased, now)?;
                }
                Ok(())
            })
            .await
    }

    /// The pictures of the patients for whom an account acts that are not erased, each with its appointment.
    pub(crate) async fn list_pictures(&self, account: AccountId) -> Result<Vec<(AppointmentId, PictureId)>, Refusal> {
        self.database
            .read(move |transaction| {
                Ok(transaction.fetch_all(
                    concat!(
                        "SELECT appointment, id FROM picture WHERE patient IN ",
                        patients_of_account!("$1"),
                        " AND erased_at IS NULL ORDER BY id"
                    ),
                    &[&account],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )?)
            })
            .await
    }

    /// Loads the patient's page of pictures.
    pub(crate) async fn load_appointment_pictures(
        &self,
        account: AccountId,
        id: AppointmentId,
    ) -> Result<AppointmentPictures, Refusal> {
        self.database
            .read(move |transaction| {
                let appointment =
                    appointments::store::find_for_account(transaction, account, id)?.ok_or(Refusal::NotFound)?;
                let request = ledgers::load_proof(transaction, id)?.and_then(|(ledgers, _)| match ledgers.desk {
                    DeskSide::Requested { requested_proof: RequestedProof::Picture, reason, .. } => Some(reason),
                    _ => None,
                });
                let pictures = list_for_appointment(transaction, id)?;
                Ok(AppointmentPictures {
                    appointment,
                    pictures,
                    request,
                    audit_trail: list_audit_entries(transaction, id, Some(account))?,
                })
            })
            .await
    }

    /// The wrapped key of a picture, for somebody who may view it. The access is audited under `action`.
    pub(crate) async fn open_picture(
        &self,
        viewer: PictureViewer,
        id: PictureId,
        action: PictureAction,
        now: Timestamp,
    ) -> Result<WrappedKey, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let row = match &viewer {
                    PictureViewer::Account(account) => transaction.fetch_optional(
                        concat!(
                            "SELECT id, patient, institution, master_key, wrapped_key FROM picture
                             WHERE id = $1 AND erased_at IS NULL AND patient IN ",
                            patients_of_account!("$2")
                        ),
                        &[&id, account],
                        read_key_row,
                    )?,
                    // Drafts are visible to the patient's accounts alone.
                    PictureViewer::Desk { institution, .. } => transaction.fetch_optional(
                        "SELECT id, patient, institution, master_key, wrapped_key FROM picture
                         WHERE id = $1 AND institution = $2 AND erased_at IS NULL AND state <> 'draft'",
                        &[&id, institution],
                        read_key_row,
                    )?,
                };
                let (picture, key) = row.ok_or(Refusal::NotFound)?;
                record_picture_audit(transaction, &store, now, &viewer.actor(), action, picture)?;
                Ok(key)
            })
            .await
    }
}

fn read_key_row(row: &Row<'_>) -> Result<(PictureRef, WrappedKey), Error> {
    Ok((PictureRef::from_row(row)?, WrappedKey { master_key_id: row.get(3)?, wrapped: row.get(4)? }))
}

fn insert_draft(
    transaction: &mut Transaction<'_>,
    store: &Store,
    (account, appointment): (AccountId, &Appointment),
    document: DocumentKind,
    upload: &UploadedPicture,
    now: Timestamp,
) -> Result<(), Error> {
    transaction.execute(
        "INSERT INTO picture (id, appointment, patient, institution, document, side, state, hints, width, height,
         original, made_at, master_key, wrapped_key)
         VALUES ($1, $2, $3, $4, $5, $6, 'draft', $7, $8, $9, $10, $11, $12, $13)",
        &[
            &upload.id,
            &appointment.id,
            &appointment.patient,
            &appointment.institution,
            &document,
            &upload.side,
            &u32::from(upload.hints.bits()),
            &upload.size.0,
            &upload.size.1,
            &upload.original_digest,
            &now,
            &upload.key.master_key_id,
            &upload.key.wrapped,
        ],
    )?;
    let name = upload.id.to_string();
    transaction.execute("DELETE FROM picture_object WHERE name = $1", &[&name])?;
    let (actor, picture) = (people::store::session_subject(account), PictureRef::new(upload.id, appointment));
    record_picture_audit(transaction, store, now, &actor, PictureAction::Receive, picture)
}

/// Sends drafts to the desk. The pictures that they replace are erased.
fn send_drafts(
    transaction: &mut Transaction<'_>,
    store: &Store,
    (account, appointment): (AccountId, &Appointment),
    intent: SendIntent,
    now: Timestamp,
) -> Result<UploadOutcome, Refusal> {
    let pictures = list_for_appointment(transaction, appointment.id)?;
    let (drafts, sent): (Vec<_>, Vec<_>) = pictures.iter().partition(|picture| picture.state == PictureState::Draft);
    let Some(first) = drafts.first() else {
        // The button was pressed twice.
        return Ok(if sent.is_empty() { UploadOutcome::KeptAsDraft } else { UploadOutcome::Sent });
    };
    let document = first.document;
    let missing = missing_slots(document, &pictures);
    if !missing.is_empty() {
        return Ok(UploadOutcome::Incomplete(missing));
    }
    if intent != SendIntent::SendAnyway && drafts.iter().any(|draft| !draft.hints.is_empty()) {
        return Ok(UploadOutcome::HintsFound);
    }
    for old in &sent {
        if old.document != document || drafts.iter().any(|draft| draft.side == old.side) {
            erase_picture(transaction, old.id, "replaced", now)?;
        }
    }
    let actor = people::store::session_subject(account);
    for draft in &drafts {
        transaction.execute("UPDATE picture SET state = 'sent', sent_at = $2 WHERE id = $1", &[&draft.id, &now])?;
        let picture = PictureRef::new(draft.id, appointment);
        record_picture_audit(transaction, store, now, &actor, PictureAction::Send, picture)?;
    }
    if let Some((ledgers, version)) = ledgers::load_proof(transaction, appointment.id)? {
        ledgers::save_proof(transaction, appointment.id, &ledgers.receive_picture(now), version)?;
    }
    desk_news::store::record_event(transaction, store, appointment.id, DeskEvent::PictureArrived, now)?;
    Ok(UploadOutcome::Sent)
}
