//! A desk moves or cancels a visit. The patient is told by a letter.

use base::Timestamp;
use database::Transaction;

use super::{
    staff::StaffMember,
    visits::{find_desk_appointment, record_audit},
};
use crate::{
    appointments::{
        self,
        rules::{Appointment, AppointmentId, AppointmentStatus},
    },
    audit::rules::action::{AuditAction, VisitChange},
    booking::{
        self,
        rules::PatientEvent,
        store::{
            booking::move_appointment,
            slot_choice::{RescheduleChoices, WantedSlot, choose_slot_for_desk, load_desk_choices},
        },
    },
    clinic::rules::{desk_action::LETTER_DELAY, late::Delay, seen_version::SeenVersion},
    practitioners::{self, rules::practitioner::Practitioner},
    proof::{rules::ledgers::ReschedulingLoss, store::ledgers},
    refusal::Refusal,
    schedule::store::slot::release_slots,
    store::Store,
};

/// A move of a visit before the desk confirms it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeskMoveCheck {
    /// The doctor who would take the visit.
    pub(crate) practitioner: Practitioner,
    /// What the patient would lose.
    pub(crate) loss: ReschedulingLoss,
}

impl Store {
    /// The doctors to whom the desk can give a visit, and their schedules.
    pub(crate) async fn find_desk_choices(
        &self,
        staff: &StaffMember,
        id: AppointmentId,
        now: Timestamp,
    ) -> Result<RescheduleChoices, Refusal> {
        let staff = staff.clone();
        self.database
            .read(move |transaction| {
                let appointment = find_desk_appointment(transaction, &staff, id)?;
                load_desk_choices(transaction, &appointment, now)
            })
            .await
    }

    /// Whether the desk can move a visit to a slot.
    pub(crate) async fn check_desk_move(
        &self,
        staff: &StaffMember,
        id: AppointmentId,
        wanted: WantedSlot,
        now: Timestamp,
    ) -> Result<DeskMoveCheck, Refusal> {
        let staff = staff.clone();
        self.database
            .read(move |transaction| {
                let appointment = find_open_visit(transaction, &staff, id)?;
                let slot = choose_slot_for_desk(transaction, &appointment, wanted, now)?;
                let practitioner = practitioners::store::find_practitioner(transaction, slot.practitioner)?
                    .ok_or(Refusal::CorruptRecord("the doctor of a schedule"))?;
                let changes_day = appointment.visit_date() != slot.start.japan_date();
                let proof = ledgers::load_proof(transaction, id)?.filter(|_| changes_day);
                let loss = proof.map_or(ReschedulingLoss::Nothing, |(proof, _)| proof.rescheduling_loss());
                Ok(DeskMoveCheck { practitioner, loss })
            })
            .await
    }

    /// Moves a visit, whatever the limits for patients are.
    ///
    /// # Errors
    /// [`Refusal::Changed`] if the visit has no longer the version that the desk saw.
    pub(crate) async fn move_desk_visit(
        &self,
        staff: &StaffMember,
        (id, seen_version): (AppointmentId, SeenVersion),
        wanted: WantedSlot,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (store, staff) = (self.clone(), staff.clone());
        self.database
            .write(move |transaction| {
                let appointment = find_seen_visit(transaction, &staff, id, seen_version)?;
                let slot = choose_slot_for_desk(transaction, &appointment, wanted, now)?;
                if (slot.start, slot.practitioner) == (appointment.visit_start, appointment.practitioner) {
                    return Ok(());
                }
                let loss = move_appointment(transaction, &appointment, &slot, None, now)?;
                let event = match loss {
                    ReschedulingLoss::Consent => PatientEvent::MovedByClinicWithLoss,
                    _ => PatientEvent::MovedByClinic,
                };
                tell_patient(transaction, &store, &staff, (&appointment, event, VisitChange::Moved), now)
            })
            .await
    }

    /// Records that the patient comes late, or not late after all.
    ///
    /// # Errors
    /// [`Refusal::Changed`] if the visit has no longer the version that the desk saw.
    pub(crate) async fn record_delay(
        &self,
        staff: &StaffMember,
        (id, seen_version): (AppointmentId, SeenVersion),
        delay: Delay,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (store, staff) = (self.clone(), staff.clone());
        self.database
            .write(move |transaction| {
                let appointment = find_seen_visit(transaction, &staff, id, seen_version)?;
                let expected_at = delay.expected_at(appointment.visit_start);
                appointments::store::record_expected_arrival(transaction, &appointment, expected_at)?;
                let action = AuditAction::Visit(VisitChange::Late);
                Ok(record_audit(transaction, &store, now, &staff, action, &appointment)?)
            })
            .await
    }

    /// Cancels a visit for the clinic, free of charge.
    ///
    /// # Errors
    /// [`Refusal::Changed`] if the visit has no longer the version that the desk saw.
    pub(crate) async fn cancel_desk_visit(
        &self,
        staff: &StaffMember,
        (id, seen_version): (AppointmentId, SeenVersion),
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (store, staff) = (self.clone(), staff.clone());
        self.database
            .write(move |transaction| {
                let appointment = find_seen_visit(transaction, &staff, id, seen_version)?;
                let (status, start) = (AppointmentStatus::Cancelled, appointment.visit_start);
                appointments::store::update_appointment(transaction, &appointment, status, start)?;
                release_slots(transaction, id)?;
                let change = (&appointment, PatientEvent::CancelledByClinic, VisitChange::Cancelled);
                tell_patient(transaction, &store, &staff, change, now)
            })
            .await
    }
}

/// The visit, if it was neither held nor cancelled.
fn find_open_visit(
    transaction: &mut Transaction<'_>,
    staff: &StaffMember,
    id: AppointmentId,
) -> Result<Appointment, Refusal> {
    let appointment = find_desk_appointment(transaction, staff, id)?;
    if appointment.status == AppointmentStatus::Booked { Ok(appointment) } else { Err(Refusal::Closed(id)) }
}

/// The open visit, if it is as the desk saw it.
fn find_seen_visit(
    transaction: &mut Transaction<'_>,
    staff: &StaffMember,
    id: AppointmentId,
    seen_version: SeenVersion,
) -> Result<Appointment, Refusal> {
    let appointment = find_open_visit(transaction, staff, id)?;
    let version = ledgers::load_proof(transaction, id)?.map(|(_, version)| version);
    if seen_version.is_current(&appointment, version) { Ok(appointment) } else { Err(Refusal::Changed) }
}

fn tell_patient(
    transaction: &mut Transaction<'_>,
    store: &Store,
    staff: &StaffMember,
    (appointment, event, change): (&Appointment, PatientEvent, VisitChange),
    now: Timestamp,
) -> Result<(), Refusal> {
    let due = now.plus(LETTER_DELAY);
    booking::store::letter::notify_patient(transaction, store, appointment.id, event, (now, due))?;
    Ok(record_audit(transaction, store, now, staff, AuditAction::Visit(change), appointment)?)
}
