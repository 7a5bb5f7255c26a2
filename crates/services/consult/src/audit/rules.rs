//! What the audit records, and who acts.

pub(crate) mod action;

/// The actor of an audit entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AuditActor {
    Patient,
    /// The display name of the staff member.
    Desk(String),
    /// The service itself.
    Service,
}
