//! The accounts of a clinic, and what its managers change about them.

use accounts::second_factor;
use base::{InstitutionCode, Timestamp};
use database::{Error, Row, Transaction};
use web::session;

use super::{
    desk_audit::{AuditSubject, record_desk_audit},
    staff::{Manager, StaffId, StaffMember, audit_actor},
};
use crate::{
    audit::rules::action::{AuditAction, StaffAction},
    clinic::rules::{
        staff_change::{StaffChange, StaffChangeVerdict, judge_staff_change},
        staff_role::StaffRole,
    },
    mail::rules::address::MailAddress,
    refusal::Refusal,
    store::Store,
};

/// An account, as a manager sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StaffAccount {
    pub(crate) id: StaffId,
    pub(crate) name: String,
    /// None for an ended account whose address signs in with another account.
    pub(crate) mail: Option<String>,
    pub(crate) role: StaffRole,
    pub(crate) state: AccountState,
    pub(crate) signed_in_at: Option<Timestamp>,
    /// Whether signing in asks for a code.
    pub(crate) has_second_factor: bool,
    /// Changes with each change, so that changes are compared and set.
    pub(crate) version: i64,
}

/// Whether an account can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccountState {
    Active,
    Ended,
}

/// What became of a change of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StaffChangeOutcome {
    Done,
    /// Another manager changed the account meanwhile. Nothing was changed.
    Changed,
    /// The clinic would be left without a manager. Nothing was changed.
    LastManager,
}

impl Store {
    /// The accounts of the manager's clinic: those that can sign in first, each by age.
    pub(crate) async fn list_staff(&self, manager: &Manager) -> Result<Vec<StaffAccount>, Error> {
        let institution = manager.staff().institution;
        self.database
            .read(move |transaction| {
                transaction.fetch_all(
                    "SELECT s.id, s.name, s.mail, s.role, s.active, s.signed_in_at, s.version, f.last_step FROM staff s
                     LEFT JOIN second_factor f ON f.account = 'staff:' || s.id
                     WHERE s.institution = $1 ORDER BY s.active DESC, s.made_at, s.id",
                    &[&institution],
                    read_account,
                )
            })
            .await
    }

    /// An account of the manager's clinic.
    pub(crate) async fn find_staff_account(&self, manager: &Manager, id: StaffId) -> Result<StaffAccount, Refusal> {
        let institution = manager.staff().institution;
        self.database
            .read(move |transaction| find_account(transaction, institution, id)?.ok_or(Refusal::NotFound))
            .await
    }

    /// Changes an account of the manager's clinic that still has the version which the manager saw.
    pub(crate) async fn change_staff(
        &self,
        manager: &Manager,
        (id, seen_version): (StaffId, i64),
        change: StaffChange,
        now: Timestamp,
    ) -> Result<StaffChangeOutcome, Refusal> {
        let (store, manager) = (self.clone(), manager.clone());
        self.database
            .write(move |transaction| {
                require_active_manager(transaction, &manager)?;
                let institution = manager.staff().institution;
                let account = find_account(transaction, institution, id)?.ok_or(Refusal::NotFound)?;
                if account.version != seen_version || account.state == AccountState::Ended {
                    return Ok(StaffChangeOutcome::Changed);
                }
                let managers = count_active_managers(transaction, institution)?;
                match judge_staff_change(account.role, change, managers) {
                    StaffChangeVerdict::NothingToChange => return Ok(StaffChangeOutcome::Done),
                    StaffChangeVerdict::LastManager => return Ok(StaffChangeOutcome::LastManager),
                    StaffChangeVerdict::Apply => {}
                }
                let action = apply_change(transaction, id, change)?;
                record_staff_audit(transaction, &store, now, manager.staff(), action, &id)?;
                Ok(StaffChangeOutcome::Done)
            })
            .await
    }
}

fn apply_change(transaction: &mut Transaction<'_>, id: StaffId, change: StaffChange) -> Result<StaffAction, Error> {
    match change {
        StaffChange::SetRole(role) => {
            transaction.execute("UPDATE staff SET role = $2, version = version + 1 WHERE id = $1", &[&id, &role])?;
            Ok(match role {
                StaffRole::Desk => StaffAction::MakeDesk,
                StaffRole::Doctor => StaffAction::MakeDoctor,
                StaffRole::Manager => StaffAction::MakeManager,
            })
        }
        StaffChange::EndAccess => {
            transaction.execute("UPDATE staff SET active = 0, version = version + 1 WHERE id = $1", &[&id])?;
            session::end_all(transaction, &audit_actor(id))?;
            Ok(StaffAction::EndAccess)
        }
        StaffChange::ResetSecondFactor => {
            transaction.execute("UPDATE staff SET version = version + 1 WHERE id = $1", &[&id])?;
            second_factor::remove(transaction, &audit_actor(id))?;
            Ok(StaffAction::ResetSecondFactor)
        }
    }
}

fn read_account(row: &Row<'_>) -> Result<StaffAccount, Error> {
    let (mail, active): (String, i64) = (row.get(2)?, row.get(4)?);
    Ok(StaffAccount {
        id: row.get(0)?,
        name: row.get(1)?,
        mail: Some(mail).filter(|mail| !MailAddress::is_closed_account_address(mail)),
        role: row.get(3)?,
        state: if active == 1 { AccountState::Active } else { AccountState::Ended },
        signed_in_at: row.get(5)?,
        version: row.get(6)?,
        has_second_factor: row.get::<Option<i64>>(7)?.is_some(),
    })
}

fn find_account(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    id: StaffId,
) -> Result<Option<StaffAccount>, Error> {
    transaction.fetch_optional(
        "SELECT s.id, s.name, s.mail, s.role, s.active, s.signed_in_at, s.version, f.last_step FROM staff s
         LEFT JOIN second_factor f ON f.account = 'staff:' || s.id WHERE s.id = $1 AND s.institution = $2",
        &[&id, &institution],
        read_account,
    )
}

fn count_active_managers(transaction: &mut Transaction<'_>, institution: InstitutionCode) -> Result<u32, Error> {
    transaction.fetch_one(
        "SELECT COUNT(*) FROM staff WHERE institution = $1 AND role = $2 AND active = 1",
        &[&institution, &StaffRole::Manager],
        |row| row.get(0),
    )
}

/// Refuses what somebody does who was a manager when the request began and is none any more.
pub(crate) fn require_active_manager(transaction: &mut Transaction<'_>, manager: &Manager) -> Result<(), Refusal> {
    let account = find_account(transaction, manager.staff().institution, manager.staff().id)?;
    let is_manager =
        account.is_some_and(|account| account.role == StaffRole::Manager && account.state == AccountState::Active);
    if is_manager { Ok(()) } else { Err(Refusal::NotFound) }
}

/// Records what a staff member did with an account or an invitation.
pub(super) fn record_staff_audit(
    transaction: &mut Transaction<'_>,
    store: &Store,
    now: Timestamp,
    staff: &StaffMember,
    action: StaffAction,
    entity: &impl ToString,
) -> Result<(), Error> {
    let entity = entity.to_string();
    let subject = AuditSubject { patient: None, entity: Some(&entity) };
    record_desk_audit(transaction, store, now, staff, AuditAction::Staff(action), subject)
}
