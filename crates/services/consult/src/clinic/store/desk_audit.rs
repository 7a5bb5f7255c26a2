//! What the staff of a clinic did or looked at, in the audit of their institution.

use base::Timestamp;
use database::{Error, Transaction};

use super::staff::StaffMember;
use crate::{
    audit::{self, rules::action::AuditAction},
    people::rules::patient::PatientId,
    store::Store,
};

/// What an entry is about.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct AuditSubject<'a> {
    /// Whose data is concerned.
    pub(crate) patient: Option<PatientId>,
    /// The record concerned.
    pub(crate) entity: Option<&'a str>,
}

impl AuditSubject<'_> {
    /// A patient, and no record of the patient.
    pub(crate) fn patient(id: PatientId) -> Self {
        Self { patient: Some(id), entity: None }
    }
}

/// Records an action of a staff member, in the transaction of the access or change.
pub(crate) fn record_desk_audit(
    transaction: &mut Transaction<'_>,
    store: &Store,
    now: Timestamp,
    staff: &StaffMember,
    action: AuditAction,
    AuditSubject { patient, entity }: AuditSubject<'_>,
) -> Result<(), Error> {
    let (institution, actor) = (Some(staff.institution), staff.audit_actor());
    let entry = audit::store::AuditEntry { institution, actor: &actor, action, patient, entity };
    audit::store::insert_audit_row(transaction, &store.seal.audit_key(), now, &entry)
}
