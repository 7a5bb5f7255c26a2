//! Who accessed a visit and its pictures.

use base::Timestamp;
use database::{Error, Transaction};

use crate::{
    appointments::rules::AppointmentId,
    audit::rules::{AuditActor, action::AuditAction},
    people::{self, rules::account::AccountId},
    pictures::rules::picture::DocumentSide,
};

/// An entry of a visit's audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VisitAuditEntry {
    pub(crate) occurred_at: Timestamp,
    pub(crate) action: AuditAction,
    /// The side of the picture, if the entry is about one.
    pub(crate) side: Option<DocumentSide>,
    pub(crate) actor: AuditActor,
}

/// The audit entries of a visit and its pictures, newest first, as they are told to an account or to the desk.
pub(crate) fn list_audit_entries(
    transaction: &mut Transaction<'_>,
    id: AppointmentId,
    reader: Option<AccountId>,
) -> Result<Vec<VisitAuditEntry>, Error> {
    let reader = reader.map(people::store::session_subject);
    transaction.fetch_all(
        "SELECT e.number, e.at, e.act, e.actor, s.name, NULL AS side FROM audit_entry e
         LEFT JOIN staff s ON e.actor = 'staff:' || s.id WHERE e.about = $1
         UNION ALL
         SELECT e.number, e.at, e.act, e.actor, s.name, p.side FROM picture p JOIN audit_entry e ON e.about = p.id
         LEFT JOIN staff s ON e.actor = 'staff:' || s.id WHERE p.appointment = $1
         ORDER BY 2 DESC, 1 DESC LIMIT 200",
        &[&id],
        |row| {
            let actor: String = row.get(3)?;
            let name: Option<String> = row.get(4)?;
            Ok(VisitAuditEntry {
                occurred_at: row.get(1)?,
                action: row.get(2)?,
                side: row.get(5)?,
                actor: AuditActor::from_stored(name, &actor, reader.as_deref()),
            })
        },
    )
}
