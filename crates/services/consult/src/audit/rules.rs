//! What the audit records, and who acts.

pub(crate) mod action;

/// The actor of an audit entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AuditActor {
    /// The patient, or who acts for the patient with an account. For a reader with an account: that account.
    Patient,
    /// An account other than the reader's.
    OtherAccount,
    /// The display name of the staff member.
    Desk(String),
    /// The service itself.
    Service,
}

impl AuditActor {
    /// The actor of a stored row: the name of the staff member, if it was one, and the stored text. `reader` is the stored text
    /// of the account that reads the row, if one does.
    pub(crate) fn from_stored(staff: Option<String>, actor: &str, reader: Option<&str>) -> Self {
        match (staff, reader) {
            (Some(name), _) => Self::Desk(name),
            // Until accounts were apart from patients, the one account of a patient was written so.
            (None, _) if actor.starts_with("patient:") => Self::Patient,
            (None, Some(reader)) if actor.starts_with("account:") && actor != reader => Self::OtherAccount,
            (None, _) if actor.starts_with("account:") => Self::Patient,
            (None, _) => Self::Service,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_of_a_row_is_told_from_other_accounts() {
        let check = |actor: &str, reader: Option<&str>, expected: AuditActor| {
            assert_eq!(AuditActor::from_stored(None, actor, reader), expected, "{actor} {reader:?}");
        };
        check("account:1", Some("account:1"), AuditActor::Patient);
        check("account:2", Some("account:1"), AuditActor::OtherAccount);
        check("account:2", None, AuditActor::Patient);
        check("patient:1", Some("account:1"), AuditActor::Patient);
        check("service", Some("account:1"), AuditActor::Service);
        check("staff:1", None, AuditActor::Service);
        let staff = AuditActor::from_stored(Some("受付 見本".to_owned()), "staff:1", None);
        assert_eq!(staff, AuditActor::Desk("受付 見本".to_owned()));
    }
}
