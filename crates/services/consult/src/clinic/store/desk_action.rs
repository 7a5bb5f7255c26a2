//! Actions of a desk, and their undoing.

use base::Timestamp;
use database::Transaction;

use super::{
    recorded_actions::{self, LedgerChange, NewDeskAction},
    staff::StaffMember,
    visits::{find_desk_appointment, record_audit},
};
use crate::{
    appointments::{
        self,
        rules::{AppointmentId, AppointmentStatus, UNDO_WINDOW},
    },
    audit::rules::action::AuditAction,
    booking::{self, rules::PatientEvent},
    clinic::rules::{
        desk_action::{ActionTimingError, DeskAction, LETTER_DELAY, PatientSideChange, check_timing},
        seen_version::SeenVersion,
    },
    mail, pictures,
    proof::store::ledgers,
    refusal::Refusal,
    store::Store,
};

impl Store {
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
    let ledgers = ledgers::load_proof(transaction, id)?;
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
    if let Some(outcome) = action.outcome() {
        appointments::store::record_outcome(transaction, &appointment, outcome, now)?;
        if outcome == AppointmentStatus::NoShow {
            // The letter waits for as long as the action can be undone: nobody is told of a mistake.
            let due = now.plus(UNDO_WINDOW);
            let event = PatientEvent::NoShow;
            new.letter = booking::store::letter::notify_patient(transaction, store, id, event, (now, due))?;
        }
    } else {
        // A self-pay visit has no ledgers, and no form of the desk is about them.
        let (before, version) = ledgers.ok_or(Refusal::NotFound)?;
        let desk = before.desk.clone();
        let pictures = pictures::store::list_for_appointment(transaction, id)?;
        let effect = action.decide_effect(before, &pictures, &staff.name, now).ok_or(Refusal::Changed)?;
        for judgement in &effect.pictures {
            pictures::store::judgement::save_judgement(transaction, judgement)?;
        }
        ledgers::save_proof(transaction, id, &effect.proof, version)?;
        let letter = booking::store::letter::notify_patient(
            transaction,
            store,
            id,
            effect.event,
            (now, now.plus(LETTER_DELAY)),
        )?;
        new.ledger = Some(LedgerChange { version, desk });
        new.pictures = effect.pictures;
        new.letter = letter;
    }
    recorded_actions::insert_action(transaction, &new, now)?;
    Ok(record_audit(transaction, store, now, staff, AuditAction::Desk(kind), &appointment)?)
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
    let newest = recorded_actions::find_newest_action(transaction, id)?.filter(|newest| newest.action.number == number);
    let newest = newest.ok_or(Refusal::Changed)?;
    let action = &newest.action;
    if !action.can_undo(now) {
        return Err(Refusal::TooLate(id));
    }
    if !recorded_actions::mark_undone(transaction, id, number, &staff.audit_actor(), now)? {
        return Err(Refusal::Changed);
    }
    match newest.ledger_change()? {
        None => appointments::store::reopen_appointment(transaction, &appointment, action.done_at)?,
        Some((before, after, desk)) => {
            if appointment.status != AppointmentStatus::Booked {
                return Err(Refusal::Closed(id));
            }
            let (proof, version) = ledgers::load_proof(transaction, id)?.ok_or(Refusal::NotFound)?;
            if !action.is_in_effect(&proof) {
                return Err(Refusal::Changed);
            }
            let patient_side_change =
                if version == after { PatientSideChange::Unchanged } else { PatientSideChange::Changed };
            ledgers::save_proof(transaction, id, &proof.restore_desk_side(desk, patient_side_change), version)?;
            recorded_actions::restore_pictures(transaction, id, number)?;
            if patient_side_change == PatientSideChange::Unchanged {
                recorded_actions::update_previous_action_version(transaction, id, before, version.next_version())?;
            }
        }
    }
    // A patient whose letter was withdrawn in time needs no letter about the undoing.
    if let Some(letter) = newest.letter
        && !mail::store::withdraw_letter(transaction, letter)?
    {
        booking::store::letter::notify_patient(transaction, store, id, PatientEvent::Undone, (now, now))?;
    }
    Ok(record_audit(transaction, store, now, staff, AuditAction::DeskUndone(action.kind), &appointment)?)
}
