//! What a desk reads and does: the visits of its own institution alone.

use base::{Date, Span, Timestamp};
use database::{Error, Transaction};

use super::{
    Store, account, appointment, audit, desk_action,
    desk_action::{LedgerChange, NewDeskAction},
    desk_news::{self, DeskNews},
    directory, mail, patient_letter, picture, proof,
    staff::StaffMember,
};
use crate::{
    refusal::Refusal,
    rules::{
        appointment::{Appointment, AppointmentId, AppointmentStatus},
        booking::PatientEvent,
        desk_action::{
            ActionTimingError, DeskAction, LETTER_DELAY, PatientSideChange, RecordedDeskAction, UndoError, check_timing,
        },
        institution::ProofMethodKind,
        patient::Patient,
        picture::{DocumentSide, InsurancePicture, PictureId, PictureState},
        proof::{InsuranceProof, LedgerVersion, PatientSide},
        seen_version::SeenVersion,
    },
};

/// A visit in the list of a day.
#[derive(Debug, Clone)]
pub(crate) struct DayVisit {
    pub(crate) appointment: Appointment,
    pub(crate) patient: Patient,
    pub(crate) proof: Option<InsuranceProof>,
    pub(crate) seen_version: SeenVersion,
}

/// A day at an institution.
#[derive(Debug, Clone)]
pub(crate) struct DeskDay {
    pub(crate) proof_method: ProofMethodKind,
    pub(crate) visits: Vec<DayVisit>,
    /// The news for the signed-in staff member.
    pub(crate) news: DeskNews,
}

/// A visit, with everything that its desk may know.
#[derive(Debug, Clone)]
pub(crate) struct DeskVisit {
    pub(crate) proof_method: ProofMethodKind,
    pub(crate) appointment: Appointment,
    pub(crate) patient: Patient,
    pub(crate) proof: Option<(InsuranceProof, LedgerVersion)>,
    /// Without drafts, which only the patient sees.
    pub(crate) pictures: Vec<InsurancePicture>,
    /// Those that somebody of this desk has viewed in full size.
    pub(crate) viewed_pictures: Vec<PictureId>,
    /// Pictures of other visits that wait for review.
    pub(crate) waiting_pictures: WaitingPictures,
    /// The newest action of the desk that is in force.
    pub(crate) last_action: Option<RecordedDeskAction>,
    /// Newest first.
    pub(crate) audit_trail: Vec<VisitAuditEntry>,
}

impl DeskVisit {
    /// The version for the forms of the visit's pages.
    pub(crate) fn seen_version(&self) -> SeenVersion {
        SeenVersion::new(&self.appointment, self.proof.as_ref().map(|(_, version)| *version))
    }
}

/// Visits of the same institution with pictures that wait for review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct WaitingPictures {
    /// A picture of the earliest visit.
    pub(crate) next_picture: Option<(AppointmentId, PictureId)>,
    /// The number of visits.
    pub(crate) visits: u32,
}

/// An entry of a visit's audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VisitAuditEntry {
    pub(crate) occurred_at: Timestamp,
    pub(crate) action: String,
    /// The side of the picture, if the entry is about one.
    pub(crate) side: Option<DocumentSide>,
    pub(crate) actor: AuditActor,
}

/// The actor of an audit entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AuditActor {
    Patient,
    /// The display name of the staff member.
    Desk(String),
    /// The service itself.
    Service,
}

/// Why the list of a day is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DayListAccess {
    /// A staff member opened it.
    Opened,
    /// An open page refreshed itself.
    Refreshed,
}

/// For how long one audit row covers a list that refreshes itself.
const REFRESH_AUDIT_INTERVAL: Span = Span::from_mins(10);

impl Store {
    /// The visits of a day at the institution where `staff` works.
    pub(crate) async fn load_desk_day(
        &self,
        staff: StaffMember,
        date: Date,
        access: DayListAccess,
        now: Timestamp,
    ) -> Result<DeskDay, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let lines = load_day(transaction, &store, &staff, date, access, now)?.into_iter().map(|(line, _)| line);
                Ok(DeskDay {
                    visits: lines.collect(),
                    proof_method: directory::find_proof_method_kind(transaction, staff.institution)?,
                    news: desk_news::load_news(transaction, &staff, now)?,
                })
            })
            .await
    }

    /// The visits of a day for the desk's own terminal, with the versions of the ledgers.
    pub(crate) async fn load_api_day(
        &self,
        staff: StaffMember,
        date: Date,
        now: Timestamp,
    ) -> Result<Vec<(DayVisit, Option<LedgerVersion>)>, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| load_day(transaction, &store, &staff, date, DayListAccess::Opened, now))
            .await
    }

    /// Whether a reception has reported registered consent for this visit, so that its status can be queried.
    pub(crate) async fn is_visit_registered(&self, staff: StaffMember, id: AppointmentId) -> Result<bool, Refusal> {
        self.database
            .read(move |transaction| {
                find_desk_appointment(transaction, &staff, id)?;
                let proof = proof::load_proof(transaction, id)?;
                Ok(proof.is_some_and(|(proof, _)| matches!(proof.patient, PatientSide::Registered { .. })))
            })
            .await
    }

    /// One visit at the institution where `staff` works. The access is audited.
    pub(crate) async fn load_desk_visit(
        &self,
        staff: StaffMember,
        id: AppointmentId,
        now: Timestamp,
    ) -> Result<DeskVisit, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let appointment = find_desk_appointment(transaction, &staff, id)?;
                let patient = account::find_patient(transaction, appointment.patient)?.ok_or(Refusal::NotFound)?;
                record_audit(transaction, &store, now, &staff, "desk.visit", &appointment)?;
                let mut pictures = picture::list_for_appointment(transaction, id)?;
                pictures.retain(|picture| picture.state != PictureState::Draft);
                Ok(DeskVisit {
                    proof_method: directory::find_proof_method_kind(transaction, staff.institution)?,
                    proof: proof::load_proof(transaction, id)?,
                    viewed_pictures: list_viewed_pictures(transaction, id)?,
                    waiting_pictures: find_waiting_pictures(transaction, &staff, id, now)?,
                    last_action: desk_action::find_newest_action(transaction, id)?.map(|stored| stored.action),
                    audit_trail: list_audit_entries(transaction, id)?,
                    appointment,
                    patient,
                    pictures,
                })
            })
            .await
    }

    /// Performs `action`, if the visit still has the version that the desk saw.
    pub(crate) async fn perform_desk_action(
        &self,
        staff: StaffMember,
        id: AppointmentId,
        seen_version: SeenVersion,
        action: DeskAction,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| perform_action(transaction, &store, &staff, id, seen_version, &action, now))
            .await
    }

    /// Undoes the newest action of the desk. Its letter is withdrawn; if it has been sent, the patient gets another.
    pub(crate) async fn undo_desk_action(
        &self,
        staff: StaffMember,
        id: AppointmentId,
        number: u32,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let store = self.clone();
        self.database.write(move |transaction| undo_action(transaction, &store, &staff, id, number, now)).await
    }
}

fn perform_action(
    transaction: &mut Transaction<'_>,
    store: &Store,
    staff: &StaffMember,
    id: AppointmentId,
    seen_version: SeenVersion,
    action: &DeskAction,
    now: Timestamp,
) -> Result<(), Refusal> {
    let appointment = find_desk_appointment(transaction, staff, id)?;
    let ledgers = proof::load_proof(transaction, id)?;
    let kind = action.kind();
    let timing = check_timing(kind, appointment.status, appointment.visit_start, now);
    if timing == Err(ActionTimingError::Closed) {
        return Err(Refusal::Closed(id));
    }
    if !seen_version.is_current(&appointment, ledgers.as_ref().map(|(_, version)| *version)) {
        return Err(Refusal::Changed);
    }
    if timing == Err(ActionTimingError::TooEarly) {
        return Err(Refusal::TooEarly(id));
    }
    let actor = staff.audit_actor();
    let mut new =
        NewDeskAction { appointment: id, kind, actor: &actor, ledger: None, pictures: Vec::new(), letter: None };
    if *action == DeskAction::Complete {
        appointment::complete_appointment(transaction, &appointment, now)?;
    } else {
        // A self-pay visit has no ledgers, and no form of the desk is about them.
        let (before, version) = ledgers.ok_or(Refusal::NotFound)?;
        let desk = before.desk.clone();
        let pictures = picture::list_for_appointment(transaction, id)?;
        let effect = action.decide_effect(before, &pictures, &staff.name, now).ok_or(Refusal::Changed)?;
        for judgement in &effect.pictures {
            picture::save_judgement(transaction, judgement)?;
        }
        proof::save_proof(transaction, id, &effect.proof, version)?;
        let letter =
            patient_letter::notify_patient(transaction, store, id, effect.event, (now, now.plus(LETTER_DELAY)))?;
        new.ledger = Some(LedgerChange { version, desk });
        new.pictures = effect.pictures;
        new.letter = letter;
    }
    desk_action::insert_action(transaction, &new, now)?;
    Ok(record_audit(transaction, store, now, staff, kind.as_str(), &appointment)?)
}

fn undo_action(
    transaction: &mut Transaction<'_>,
    store: &Store,
    staff: &StaffMember,
    id: AppointmentId,
    number: u32,
    now: Timestamp,
) -> Result<(), Refusal> {
    let appointment = find_desk_appointment(transaction, staff, id)?;
    let newest = desk_action::find_newest_action(transaction, id)?.filter(|newest| newest.action.number == number);
    let newest = newest.ok_or(Refusal::Changed)?;
    let action = newest.action.clone().undo(now).map_err(|error| match error {
        UndoError::AlreadyUndone => Refusal::Changed,
        UndoError::TooLate => Refusal::TooLate(id),
    })?;
    if !desk_action::mark_undone(transaction, id, number, &staff.audit_actor(), now)? {
        return Err(Refusal::Changed);
    }
    match newest.ledger_change()? {
        None => appointment::reopen_appointment(transaction, &appointment, action.done_at)?,
        Some((before, after, desk)) => {
            if appointment.status != AppointmentStatus::Booked {
                return Err(Refusal::Closed(id));
            }
            let (proof, version) = proof::load_proof(transaction, id)?.ok_or(Refusal::NotFound)?;
            if !action.is_in_effect(&proof) {
                return Err(Refusal::Changed);
            }
            let patient_side_change =
                if version == after { PatientSideChange::Unchanged } else { PatientSideChange::Changed };
            proof::save_proof(transaction, id, &proof.restore_desk_side(desk, patient_side_change), version)?;
            desk_action::restore_pictures(transaction, id, number)?;
            if patient_side_change == PatientSideChange::Unchanged {
                desk_action::update_previous_action_version(transaction, id, before, version.next_version())?;
            }
        }
    }
    // A patient whose letter was withdrawn in time needs no letter about the undoing.
    if let Some(letter) = newest.letter
        && !mail::withdraw_letter(transaction, letter)?
    {
        patient_letter::notify_patient(transaction, store, id, PatientEvent::Undone, (now, now))?;
    }
    let code = format!("{}{UNDONE_SUFFIX}", action.kind.as_str());
    Ok(record_audit(transaction, store, now, staff, &code, &appointment)?)
}

/// The suffix of the code of an undone action in the audit.
pub(crate) const UNDONE_SUFFIX: &str = ".taken_back";

fn load_day(
    transaction: &mut Transaction<'_>,
    store: &Store,
    staff: &StaffMember,
    date: Date,
    access: DayListAccess,
    now: Timestamp,
) -> Result<Vec<(DayVisit, Option<LedgerVersion>)>, Refusal> {
    let mut lines = Vec::new();
    for appointment in appointment::list_day_of_institution(transaction, staff.institution, date)? {
        let Some(patient) = account::find_patient(transaction, appointment.patient)? else { continue };
        let (proof, version) = proof::load_proof(transaction, appointment.id)?.unzip();
        let seen_version = SeenVersion::new(&appointment, version);
        lines.push((DayVisit { appointment, patient, proof, seen_version }, version));
    }
    // Listing names is access to personal data too (安全管理ガイドライン 6.0 システム運用編 §17).
    let (actor, action) = (staff.audit_actor(), "desk.day");
    let entity = format!("{} {date}", staff.institution);
    if access == DayListAccess::Refreshed {
        let audited: Option<Timestamp> = transaction.fetch_one(
            "SELECT MAX(at) FROM audit_entry WHERE about = $1 AND actor = $2 AND act = $3",
            &[&entity, &actor, &action],
            |row| row.get(0),
        )?;
        if audited.is_some_and(|audited| now.duration_since(audited) < REFRESH_AUDIT_INTERVAL) {
            return Ok(lines);
        }
    }
    let entry = audit::AuditEntry { actor: &actor, action, patient: None, entity: Some(&entity) };
    audit::insert_audit_row(transaction, &store.seal.audit_key(), now, &entry)?;
    Ok(lines)
}

/// The pictures of a visit that somebody of its desk has viewed in full size.
fn list_viewed_pictures(transaction: &mut Transaction<'_>, id: AppointmentId) -> Result<Vec<PictureId>, Error> {
    transaction.fetch_all(
        "SELECT DISTINCT p.id FROM picture p JOIN audit_entry e ON e.about = p.id
         WHERE p.appointment = $1 AND p.erased_at IS NULL AND e.act = 'picture.look' AND e.actor LIKE 'staff:%'",
        &[&id],
        |row| row.get(0),
    )
}

/// Pictures of other visits that wait for review, from today on.
fn find_waiting_pictures(
    transaction: &mut Transaction<'_>,
    staff: &StaffMember,
    except: AppointmentId,
    now: Timestamp,
) -> Result<WaitingPictures, Error> {
    let today = base::start_of_day(now.japan_date());
    let waiting = transaction.fetch_all(
        "SELECT a.id, p.id FROM appointment a JOIN picture p ON p.appointment = a.id
         JOIN proof r ON r.appointment = a.id
         WHERE a.institution = $1 AND a.id <> $2 AND a.status = 'booked' AND a.visit_start >= $3
            AND p.state = 'sent' AND p.erased_at IS NULL AND r.desk_side = 'unseen' AND r.patient_side = 'picture_sent'
         ORDER BY a.visit_start, a.id, p.side DESC, p.id",
        &[&staff.institution, &except, &today],
        |row| Ok((row.get::<AppointmentId>(0)?, row.get::<PictureId>(1)?)),
    )?;
    let mut visits: Vec<_> = waiting.iter().map(|(visit, _)| *visit).collect();
    visits.dedup();
    Ok(WaitingPictures {
        next_picture: waiting.first().copied(),
        visits: u32::try_from(visits.len()).unwrap_or(u32::MAX),
    })
}

/// The appointment, if it is with the institution where `staff` works.
fn find_desk_appointment(
    transaction: &mut Transaction<'_>,
    staff: &StaffMember,
    id: AppointmentId,
) -> Result<Appointment, Refusal> {
    appointment::find_for_institution(transaction, staff.institution, id)?.ok_or(Refusal::NotFound)
}

fn record_audit(
    transaction: &mut Transaction<'_>,
    store: &Store,
    now: Timestamp,
    staff: &StaffMember,
    action: &str,
    appointment: &Appointment,
) -> Result<(), Error> {
    let (actor, entity) = (staff.audit_actor(), appointment.id.to_string());
    let patient = Some(appointment.patient);
    let entry = audit::AuditEntry { actor: &actor, action, patient, entity: Some(&entity) };
    audit::insert_audit_row(transaction, &store.seal.audit_key(), now, &entry)
}

/// The audit entries of a visit and its pictures, newest first.
pub(crate) fn list_audit_entries(
    transaction: &mut Transaction<'_>,
    id: AppointmentId,
) -> Result<Vec<VisitAuditEntry>, Error> {
    transaction.fetch_all(
        "SELECT e.number, e.at, e.act, e.actor, s.name, NULL AS side FROM audit_entry e
         LEFT JOIN staff s ON e.actor = 'staff:' || s.id WHERE e.about = $1
         UNION ALL
         SELECT e.number, e.at, e.act, e.actor, s.name, p.side FROM picture p JOIN audit_entry e ON e.about = p.id
         LEFT JOIN staff s ON e.actor = 'staff:' || s.id WHERE p.appointment = $1
         ORDER BY 1 DESC LIMIT 200",
        &[&id],
        |row| {
            let actor: String = row.get(3)?;
            let name: Option<String> = row.get(4)?;
            let side: Option<String> = row.get(5)?;
            Ok(VisitAuditEntry {
                occurred_at: row.get(1)?,
                action: row.get(2)?,
                side: side.and_then(|side| side.parse().ok()),
                actor: match name {
                    Some(name) => AuditActor::Desk(name),
                    None if actor.starts_with("patient:") => AuditActor::Patient,
                    None => AuditActor::Service,
                },
            })
        },
    )
}

#[cfg(test)]
mod tests;
