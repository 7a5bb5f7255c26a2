//! What a manager may change about an account of the clinic.

use super::staff_role::StaffRole;

/// A change of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StaffChange {
    SetRole(StaffRole),
    EndAccess,
    /// For somebody who has lost the app and the recovery codes.
    ResetSecondFactor,
}

/// What becomes of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StaffChangeVerdict {
    Apply,
    /// The account has that role.
    NothingToChange,
    /// The clinic would be left without a manager.
    LastManager,
}

/// Judges a change of an account that can sign in. `managers` is the number of managers of the clinic who can sign in.
pub(crate) fn judge_staff_change(current: StaffRole, change: StaffChange, managers: u32) -> StaffChangeVerdict {
    let is_last_manager = current == StaffRole::Manager && managers <= 1;
    match change {
        StaffChange::SetRole(role) if role == current => StaffChangeVerdict::NothingToChange,
        StaffChange::SetRole(_) | StaffChange::EndAccess if is_last_manager => StaffChangeVerdict::LastManager,
        StaffChange::SetRole(_) | StaffChange::EndAccess | StaffChange::ResetSecondFactor => StaffChangeVerdict::Apply,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clinic_keeps_a_manager() {
        use StaffChange::{EndAccess, ResetSecondFactor, SetRole};
        use StaffChangeVerdict::{Apply, LastManager, NothingToChange};
        use StaffRole::{Desk, Doctor, Manager};
        for (current, change, managers, expected) in [
            (Manager, EndAccess, 1, LastManager),
            (Manager, SetRole(Desk), 1, LastManager),
            (Manager, SetRole(Doctor), 1, LastManager),
            (Manager, SetRole(Manager), 1, NothingToChange),
            (Manager, EndAccess, 2, Apply),
            (Manager, ResetSecondFactor, 1, Apply),
            (Manager, SetRole(Desk), 2, Apply),
            (Desk, EndAccess, 1, Apply),
            (Desk, SetRole(Manager), 1, Apply),
            (Desk, SetRole(Desk), 1, NothingToChange),
            (Doctor, SetRole(Desk), 0, Apply),
        ] {
            assert_eq!(judge_staff_change(current, change, managers), expected, "{current} {change:?} {managers}");
        }
    }
}
