//! The accounts of a clinic, for its managers.

use base::Timestamp;
use database::Error;

use super::staff::{Manager, StaffId};
use crate::{clinic::rules::staff_role::StaffRole, store::Store};

/// An account, as a manager sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StaffAccount {
    pub(crate) id: StaffId,
    pub(crate) name: String,
    pub(crate) mail: String,
    pub(crate) role: StaffRole,
    pub(crate) state: AccountState,
    pub(crate) signed_in_at: Option<Timestamp>,
}

/// Whether an account can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccountState {
    Active,
    Ended,
}

impl Store {
    /// The accounts of the manager's clinic: those that can sign in first, each by age.
    pub(crate) async fn list_staff(&self, manager: &Manager) -> Result<Vec<StaffAccount>, Error> {
        let institution = manager.staff().institution;
        self.database
            .read(move |transaction| {
                transaction.fetch_all(
                    "SELECT id, name, mail, role, active, signed_in_at FROM staff WHERE institution = $1
                     ORDER BY active DESC, made_at, id",
                    &[&institution],
                    |row| {
                        let active: i64 = row.get(4)?;
                        Ok(StaffAccount {
                            id: row.get(0)?,
                            name: row.get(1)?,
                            mail: row.get(2)?,
                            role: row.get(3)?,
                            state: if active == 1 { AccountState::Active } else { AccountState::Ended },
                            signed_in_at: row.get(5)?,
                        })
                    },
                )
            })
            .await
    }
}
