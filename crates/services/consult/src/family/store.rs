//! The rows of relatives and of invitations to act for a patient.

mod guardianship;
mod invitation;

use base::Timestamp;
use database::Transaction;

use super::rules::{FamilyInvitationStage, NewRelative, mask_address};
use crate::{
    audit::{rules::action::AccountAction, store::record_account_action},
    people::{
        self,
        rules::{account::AccountId, patient::PatientId},
    },
    refusal::Refusal,
    store::Store,
};

pub(crate) use invitation::{FamilyInvitation, FamilyInviteOutcome, FamilyInvitee, insert_invitation};

database::text_column!(FamilyInvitationStage);

/// What became of adding a relative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AddOutcome {
    Added(PatientId),
    /// The account acts for as many patients as it may.
    TooMany,
}

/// Another account that acts for a patient, as the first is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OtherAccount {
    pub(crate) masked_address: String,
}

impl Store {
    /// Adds a patient for whom the account acts.
    pub(crate) async fn add_relative(
        &self,
        account: AccountId,
        relative: NewRelative,
        now: Timestamp,
    ) -> Result<AddOutcome, Refusal> {
        let store = self.clone();
        let id = PatientId::new(now, &self.randomness);
        self.database
            .write(move |transaction| {
                let count: u32 = transaction.fetch_one(
                    "SELECT COUNT(*) FROM account_patient WHERE account = $1 AND ended_at IS NULL",
                    &[&account],
                    |row| row.get(0),
                )?;
                if count >= u32::from(store.limits.patients_per_account) {
                    metrics::counter!("uketsuke_relatives_limited_total").increment(1);
                    return Ok(AddOutcome::TooMany);
                }
                people::store::insert_patient(transaction, id, &relative.profile, now)?;
                people::store::link_patient(transaction, account, id, relative.relationship, now)?;
                let actor = people::store::session_subject(account);
                record_account_action(transaction, &store, (&actor, Some(id)), AccountAction::AddPatient, now)?;
                Ok(AddOutcome::Added(id))
            })
            .await
    }

    /// Changes the profile of a relative, and who it is.
    pub(crate) async fn change_relative(
        &self,
        account: AccountId,
        patient: PatientId,
        relative: NewRelative,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let changed = transaction.execute(
                    "UPDATE account_patient SET relationship = $3
                     WHERE account = $1 AND patient = $2 AND ended_at IS NULL AND relationship <> 'self'",
                    &[&account, &patient, &relative.relationship],
                )?;
                if changed == 0 {
                    return Err(Refusal::NotFound);
                }
                people::store::write_profile(transaction, patient, &relative.profile, now)?;
                let actor = people::store::session_subject(account);
                let about = (actor.as_str(), Some(patient));
                Ok(record_account_action(transaction, &store, about, AccountAction::ChangePatient, now)?)
            })
            .await
    }

    /// The other accounts that act for a patient, if this one does.
    pub(crate) async fn list_other_accounts(
        &self,
        account: AccountId,
        patient: PatientId,
    ) -> Result<Vec<OtherAccount>, Refusal> {
        self.database
            .read(move |transaction| {
                require_acting(transaction, account, patient)?;
                Ok(transaction.fetch_all(
                    "SELECT c.mail FROM account_patient l JOIN account c ON c.id = l.account
                     WHERE l.patient = $1 AND l.account <> $2 AND l.ended_at IS NULL ORDER BY l.since, c.id",
                    &[&patient, &account],
                    |row| {
                        let address: String = row.get(0)?;
                        Ok(OtherAccount { masked_address: mask_address(&address) })
                    },
                )?)
            })
            .await
    }
}

/// Refuses an account that does not act for the patient.
fn require_acting(transaction: &mut Transaction<'_>, account: AccountId, patient: PatientId) -> Result<(), Refusal> {
    match people::store::find_relationship(transaction, account, patient)? {
        Some(_) => Ok(()),
        None => Err(Refusal::NotFound),
    }
}
