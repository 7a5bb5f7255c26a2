//! The closures of a clinic, and the visits that stand in them.

use base::Timestamp;
use database::Transaction;

use super::{ConcernedVisit, load_concerned_visits, record_change};
use crate::{
    appointments,
    audit::rules::action::ClinicChange,
    clinic::store::staff::Manager,
    clinic_settings::rules::closure_input::NewClosure,
    practitioners,
    refusal::Refusal,
    schedule::{
        rules::practitioner_schedule::{Closure, ClosureId},
        store::schedule::{find_closure, insert_closure, lift_closure},
    },
    store::Store,
};

impl Store {
    /// The booked visits that a closure of the manager's clinic would have to be moved for.
    pub(crate) async fn list_visits_in_closure(
        &self,
        manager: &Manager,
        closure: &NewClosure,
        now: Timestamp,
    ) -> Result<Vec<ConcernedVisit>, Refusal> {
        let (store, manager, closure) = (self.clone(), manager.clone(), closure.clone());
        self.database
            .write(move |transaction| {
                let code = manager.staff().institution;
                require_doctor(transaction, &closure, code)?;
                let booked = appointments::store::list_booked_in_period(
                    transaction,
                    code,
                    closure.practitioner,
                    closure.period,
                )?;
                load_concerned_visits(transaction, &store, &manager, booked, now)
            })
            .await
    }

    /// Records a closure of the manager's clinic. Visits that stand in it stay, until each is moved or cancelled.
    pub(crate) async fn add_closure(
        &self,
        manager: &Manager,
        new: NewClosure,
        now: Timestamp,
    ) -> Result<ClosureId, Refusal> {
        let (store, manager) = (self.clone(), manager.clone());
        self.database
            .write(move |transaction| {
                let code = manager.staff().institution;
                require_doctor(transaction, &new, code)?;
                let NewClosure { practitioner, period, reason } = new.clone();
                let id = ClosureId::new(now, &store.randomness);
                let closure = Closure { id, institution: code, practitioner, period, reason };
                insert_closure(transaction, &closure, &manager.staff().audit_actor(), now)?;
                record_change(transaction, &store, &manager, (ClinicChange::ClosureAdded, &id.to_string()), now)?;
                Ok(id)
            })
            .await
    }

    /// A closure of the manager's clinic, with the visits that still stand in it.
    pub(crate) async fn find_closure(
        &self,
        manager: &Manager,
        id: ClosureId,
        now: Timestamp,
    ) -> Result<(Closure, Vec<ConcernedVisit>), Refusal> {
        let (store, manager) = (self.clone(), manager.clone());
        self.database
            .write(move |transaction| {
                let code = manager.staff().institution;
                let closure = find_closure(transaction, code, id)?.ok_or(Refusal::NotFound)?;
                let booked = appointments::store::list_booked_in_period(
                    transaction,
                    code,
                    closure.practitioner,
                    closure.period,
                )?;
                Ok((closure, load_concerned_visits(transaction, &store, &manager, booked, now)?))
            })
            .await
    }

    /// Ends a closure of the manager's clinic: its times can be booked again. Idempotent.
    pub(crate) async fn lift_closure(&self, manager: &Manager, id: ClosureId, now: Timestamp) -> Result<(), Refusal> {
        let (store, manager) = (self.clone(), manager.clone());
        self.database
            .write(move |transaction| {
                let staff = manager.staff();
                if find_closure(transaction, staff.institution, id)?.is_none() {
                    return Ok(());
                }
                if lift_closure(transaction, id, &staff.audit_actor(), now)? {
                    record_change(transaction, &store, &manager, (ClinicChange::ClosureLifted, &id.to_string()), now)?;
                }
                Ok(())
            })
            .await
    }
}

/// Refuses a closure of a doctor of another institution.
fn require_doctor(
    transaction: &mut Transaction<'_>,
    closure: &NewClosure,
    code: base::InstitutionCode,
) -> Result<(), Refusal> {
    let Some(id) = closure.practitioner else { return Ok(()) };
    let doctor = practitioners::store::find_practitioner(transaction, id)?;
    if doctor.is_some_and(|doctor| doctor.institution == code) { Ok(()) } else { Err(Refusal::NotFound) }
}
