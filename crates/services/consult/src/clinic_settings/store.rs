//! What managers change of what a clinic offers. Each change is audited, and takes the version that the manager saw.

pub(crate) mod closures;
pub(crate) mod doctors;
pub(crate) mod hours;
pub(crate) mod menus;
pub(crate) mod overview;

use base::Timestamp;
use database::Transaction;

use crate::{
    appointments::rules::Appointment,
    audit::rules::action::{AuditAction, ClinicChange, DeskView},
    clinic::store::{
        desk_audit::{AuditSubject, record_desk_audit},
        staff::Manager,
        staff_list::require_active_manager,
    },
    people,
    refusal::Refusal,
    store::Store,
};

/// A booked visit that a change concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConcernedVisit {
    pub(crate) appointment: Appointment,
    /// As the patient's profile says it; None if there is no profile.
    pub(crate) patient_name: Option<String>,
    pub(crate) phone: Option<String>,
}

/// Adds who is to be seen to visits. Listing names is access to personal data, and is audited.
fn load_concerned_visits(
    transaction: &mut Transaction<'_>,
    store: &Store,
    manager: &Manager,
    appointments: Vec<Appointment>,
    now: Timestamp,
) -> Result<Vec<ConcernedVisit>, Refusal> {
    let mut visits = Vec::new();
    if !appointments.is_empty() {
        let action = AuditAction::DeskView(DeskView::Concerned);
        record_desk_audit(transaction, store, now, manager.staff(), action, AuditSubject::default())?;
    }
    for appointment in appointments {
        let patient = people::store::find_patient(transaction, appointment.patient)?;
        let profile = patient.and_then(|patient| patient.profile);
        let (patient_name, phone) = profile.map_or((None, None), |profile| (Some(profile.name), profile.phone));
        visits.push(ConcernedVisit { appointment, patient_name, phone });
    }
    Ok(visits)
}

/// Records a change by somebody who still is a manager, and that managers and no file say from now on what the institution
/// offers.
fn record_change(
    transaction: &mut Transaction<'_>,
    store: &Store,
    manager: &Manager,
    (change, entity): (ClinicChange, &str),
    now: Timestamp,
) -> Result<(), Refusal> {
    require_active_manager(transaction, manager)?;
    let institution = manager.staff().institution;
    transaction.execute("UPDATE institution SET edited_at = $2 WHERE code = $1", &[&institution, &now])?;
    let subject = AuditSubject { patient: None, entity: Some(entity) };
    Ok(record_desk_audit(transaction, store, now, manager.staff(), AuditAction::Clinic(change), subject)?)
}
