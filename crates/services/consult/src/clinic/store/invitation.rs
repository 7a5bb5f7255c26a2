//! Invitations of staff members, and accounts that are made by accepting them.

use accounts::password::Password;
use base::{Id, InstitutionCode, Span, Timestamp, Token};
use database::{Error, Transaction};

use super::{
    staff::{Manager, NewStaffMember, StaffId, account_digest, audit_actor, begin_desk_session, insert_staff},
    staff_list::{record_staff_audit, require_active_manager},
};
use crate::{
    audit::rules::action::StaffAction,
    clinic::{
        letter::render_invitation_letter,
        rules::{
            invitation::{InvitationStage, InvitationState},
            staff_role::StaffRole,
        },
    },
    mail::{self, rules::address::MailAddress},
    refusal::Refusal,
    store::Store,
};

/// How long an invitation is kept after its end, so that its link says what became of it.
const RETENTION: Span = Span::from_hours(30 * 24);

/// For how long the letters of a clinic's invitations are counted.
const COUNTING_SPAN: Span = Span::from_hours(24);

/// The id of an invitation.
pub(crate) type InvitationId = Id<Invitation>;

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invitation {
    pub(crate) id: InvitationId,
    pub(crate) institution: InstitutionCode,
    pub(crate) institution_name: String,
    pub(crate) mail: String,
    pub(crate) name: String,
    pub(crate) role: StaffRole,
    pub(crate) state: InvitationState,
    /// Until when it can be accepted.
    pub(crate) ends: Timestamp,
    /// Changes with each change, so that changes are compared and set.
    pub(crate) version: i64,
}

/// Whom a manager invites.
#[derive(Debug, Clone)]
pub(crate) struct Invitee {
    pub(crate) mail: MailAddress,
    pub(crate) name: String,
    pub(crate) role: StaffRole,
}

/// What became of an invitation, a letter of it, or its withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InviteOutcome {
    Done,
    /// Somebody with this address works at the clinic.
    HasAccount,
    /// This address has an invitation that nobody has accepted.
    AlreadyInvited,
    /// The clinic has sent as many letters as it may send in a day.
    TooManyLetters,
    /// Another manager changed it meanwhile, or it was accepted.
    Changed,
}

/// What became of accepting an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AcceptOutcome {
    /// The account is made and signed in.
    Done,
    /// It can no longer be accepted.
    NotOpen(InvitationState),
    /// The address signs in at an institution.
    AddressTaken,
}

impl Store {
    /// Invites somebody by a letter with a link that contains `token`.
    pub(crate) async fn invite_staff(
        &self,
        manager: &Manager,
        invitee: Invitee,
        token: &Token,
        now: Timestamp,
    ) -> Result<InviteOutcome, Refusal> {
        let (store, manager, token) = (self.clone(), manager.clone(), token.clone());
        let id = InvitationId::new(now, &self.randomness);
        let letter = render_invitation_letter(&self.letterhead, invitee.mail.as_str(), &self.invitation_link(&token));
        let ends = now.plus(self.limits.invitation_lifetime());
        self.database
            .write(move |transaction| {
                require_active_manager(transaction, &manager)?;
                delete_old_invitations(transaction, now)?;
                let institution = manager.staff().institution;
                if has_active_account(transaction, institution, &invitee.mail)? {
                    return Ok(InviteOutcome::HasAccount);
                }
                if is_letter_limit_reached(transaction, &store, institution, now)? {
                    return Ok(InviteOutcome::TooManyLetters);
                }
                let inserted = transaction.execute(
                    "INSERT INTO staff_invitation
                     (id, institution, mail, name, role, stage, token, invited_by, sent_at, ends, letters, version)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, 1) ON CONFLICT DO NOTHING",
                    &[
                        &id,
                        &institution,
                        &invitee.mail.as_str(),
                        &invitee.name,
                        &invitee.role,
                        &InvitationStage::Open,
                        &token.digest(),
                        &manager.staff().id,
                        &now,
                        &ends,
                    ],
                )?;
                if inserted == 0 {
                    return Ok(InviteOutcome::AlreadyInvited);
                }
                record_staff_audit(transaction, &store, now, manager.staff(), StaffAction::Invite, &id)?;
                mail::store::enqueue_letter(transaction, &store, now, now, &letter)?;
                Ok(InviteOutcome::Done)
            })
            .await
    }

    /// Sends an invitation again, with a new link and a new end. The link that was sent before ends.
    pub(crate) async fn send_invitation_again(
        &self,
        manager: &Manager,
        (id, version): (InvitationId, i64),
        token: &Token,
        now: Timestamp,
    ) -> Result<InviteOutcome, Refusal> {
        let (store, manager, token) = (self.clone(), manager.clone(), token.clone());
        let (link, ends) = (self.invitation_link(&token), now.plus(self.limits.invitation_lifetime()));
        self.database
            .write(move |transaction| {
                require_active_manager(transaction, &manager)?;
                let institution = manager.staff().institution;
                let mail = find_invited_address(transaction, institution, id)?;
                if is_letter_limit_reached(transaction, &store, institution, now)? {
                    return Ok(InviteOutcome::TooManyLetters);
                }
                let updated = transaction.execute(
                    "UPDATE staff_invitation
                     SET token = $4, sent_at = $5, ends = $6, letters = letters + 1, version = version + 1
                     WHERE id = $1 AND version = $2 AND stage = $3",
                    &[&id, &version, &InvitationStage::Open, &token.digest(), &now, &ends],
                )?;
                if updated == 0 {
                    return Ok(InviteOutcome::Changed);
                }
                record_staff_audit(transaction, &store, now, manager.staff(), StaffAction::InviteAgain, &id)?;
                let letter = render_invitation_letter(&store.letterhead, &mail, &link);
                mail::store::enqueue_letter(transaction, &store, now, now, &letter)?;
                Ok(InviteOutcome::Done)
            })
            .await
    }

    /// Withdraws an invitation, so that its link ends.
    pub(crate) async fn withdraw_invitation(
        &self,
        manager: &Manager,
        (id, version): (InvitationId, i64),
        now: Timestamp,
    ) -> Result<InviteOutcome, Refusal> {
        let (store, manager) = (self.clone(), manager.clone());
        self.database
            .write(move |transaction| {
                require_active_manager(transaction, &manager)?;
                find_invited_address(transaction, manager.staff().institution, id)?;
                let updated = transaction.execute(
                    "UPDATE staff_invitation SET stage = $4, version = version + 1
                     WHERE id = $1 AND version = $2 AND stage = $3",
                    &[&id, &version, &InvitationStage::Open, &InvitationStage::Withdrawn],
                )?;
                if updated == 0 {
                    return Ok(InviteOutcome::Changed);
                }
                record_staff_audit(transaction, &store, now, manager.staff(), StaffAction::WithdrawInvitation, &id)?;
                Ok(InviteOutcome::Done)
            })
            .await
    }

    /// The invitations of the manager's clinic that nobody has accepted or withdrawn, the newest first.
    pub(crate) async fn list_invitations(&self, manager: &Manager, now: Timestamp) -> Result<Vec<Invitation>, Error> {
        let institution = manager.staff().institution;
        self.database
            .read(move |transaction| {
                transaction.fetch_all(
                    "SELECT s.id, s.institution, i.name, s.mail, s.name, s.role, s.stage, s.ends, s.version
                     FROM staff_invitation s JOIN institution i ON i.code = s.institution
                     WHERE s.institution = $1 AND s.stage = $2 ORDER BY s.sent_at DESC, s.id",
                    &[&institution, &InvitationStage::Open],
                    |row| read_invitation(row, now),
                )
            })
            .await
    }

    /// The invitation whose link contains this token.
    pub(crate) async fn find_invitation(&self, token: &Token, now: Timestamp) -> Result<Option<Invitation>, Error> {
        let token = token.clone();
        self.database.read(move |transaction| find_invitation_by_token(transaction, &token, now)).await
    }

    /// Makes the account of an invitation and signs in with it, under a new secret of the browser. `device` is remembered as
    /// known to the account. `password` was checked to be long enough.
    pub(crate) async fn accept_invitation(
        &self,
        token: &Token,
        password: Password,
        (before, after, device): (&Token, &Token, &Token),
        now: Timestamp,
    ) -> Result<AcceptOutcome, Refusal> {
        let (store, token) = (self.clone(), token.clone());
        let (before, after, device) = (before.clone(), after.clone(), device.digest());
        let id = StaffId::new(now, &self.randomness);
        self.database
            .write(move |transaction| {
                let Some(invitation) = find_invitation_by_token(transaction, &token, now)? else {
                    return Err(Refusal::NotFound);
                };
                if invitation.state != InvitationState::Open {
                    return Ok(AcceptOutcome::NotOpen(invitation.state));
                }
                release_address_of_ended_account(transaction, &invitation.mail)?;
                let new = NewStaffMember {
                    institution: invitation.institution,
                    mail: &invitation.mail,
                    name: &invitation.name,
                    role: invitation.role,
                };
                if !insert_staff(transaction, id, new, &password, now)? {
                    return Ok(AcceptOutcome::AddressTaken);
                }
                transaction.execute(
                    "UPDATE staff_invitation SET stage = $2, version = version + 1 WHERE id = $1",
                    &[&invitation.id, &InvitationStage::Accepted],
                )?;
                record_acceptance(transaction, &store, now, (&invitation, id))?;
                if let Ok(mail) = invitation.mail.parse::<MailAddress>() {
                    accounts::attempts::remember_device(transaction, device, account_digest(&mail), now)?;
                }
                begin_desk_session(transaction, id, (&before, &after), now)?;
                Ok(AcceptOutcome::Done)
            })
            .await
    }

    fn invitation_link(&self, token: &Token) -> String {
        self.origin.url(&format!("/desk/invitations/{}", token.reveal()))
    }
}

fn read_invitation(row: &database::Row<'_>, now: Timestamp) -> Result<Invitation, Error> {
    let (stage, ends): (InvitationStage, Timestamp) = (row.get(6)?, row.get(7)?);
    Ok(Invitation {
        id: row.get(0)?,
        institution: row.get(1)?,
        institution_name: row.get(2)?,
        mail: row.get(3)?,
        name: row.get(4)?,
        role: row.get(5)?,
        state: stage.state(ends, now),
        ends,
        version: row.get(8)?,
    })
}

fn find_invitation_by_token(
    transaction: &mut Transaction<'_>,
    token: &Token,
    now: Timestamp,
) -> Result<Option<Invitation>, Error> {
    transaction.fetch_optional(
        "SELECT s.id, s.institution, i.name, s.mail, s.name, s.role, s.stage, s.ends, s.version
         FROM staff_invitation s JOIN institution i ON i.code = s.institution WHERE s.token = $1",
        &[&token.digest()],
        |row| read_invitation(row, now),
    )
}

/// The address that an invitation of the clinic is sent to.
fn find_invited_address(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    id: InvitationId,
) -> Result<String, Refusal> {
    let address = transaction.fetch_optional(
        "SELECT mail FROM staff_invitation WHERE id = $1 AND institution = $2",
        &[&id, &institution],
        |row| row.get(0),
    )?;
    address.ok_or(Refusal::NotFound)
}

fn has_active_account(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    mail: &MailAddress,
) -> Result<bool, Error> {
    // An account at another clinic is not disclosed here: who opens the link is told.
    let row = transaction.fetch_optional(
        "SELECT 1 FROM staff WHERE institution = $1 AND mail = $2 AND active = 1",
        &[&institution, &mail.as_str()],
        |row| row.get::<i64>(0),
    )?;
    Ok(row.is_some())
}

fn is_letter_limit_reached(
    transaction: &mut Transaction<'_>,
    store: &Store,
    institution: InstitutionCode,
    now: Timestamp,
) -> Result<bool, Error> {
    let letters: i64 = transaction.fetch_one(
        "SELECT CAST(COALESCE(SUM(letters), 0) AS BIGINT) FROM staff_invitation WHERE institution = $1 AND sent_at > $2",
        &[&institution, &now.minus(COUNTING_SPAN)],
        |row| row.get(0),
    )?;
    let is_reached = letters >= i64::from(store.limits.invitations_per_day);
    if is_reached {
        metrics::counter!("uketsuke_staff_invitations_limited_total").increment(1);
    }
    Ok(is_reached)
}

/// Deletes the invitations that ended long ago.
fn delete_old_invitations(transaction: &mut Transaction<'_>, now: Timestamp) -> Result<(), Error> {
    transaction.execute("DELETE FROM staff_invitation WHERE ends <= $1", &[&now.minus(RETENTION)]).map(drop)
}

/// Gives an ended account with this address a placeholder, so that whoever left a clinic can work at this one.
fn release_address_of_ended_account(transaction: &mut Transaction<'_>, mail: &str) -> Result<(), Error> {
    let ended: Option<StaffId> =
        transaction
            .fetch_optional("SELECT id FROM staff WHERE mail = $1 AND active = 0", &[&mail], |row| row.get(0))?;
    if let Some(id) = ended {
        let placeholder = MailAddress::for_closed_account(id);
        transaction.execute("UPDATE staff SET mail = $2 WHERE id = $1", &[&id, &placeholder.as_str()])?;
    }
    Ok(())
}

fn record_acceptance(
    transaction: &mut Transaction<'_>,
    store: &Store,
    now: Timestamp,
    (invitation, id): (&Invitation, StaffId),
) -> Result<(), Error> {
    let entry = crate::audit::store::AuditEntry {
        institution: Some(invitation.institution),
        actor: &audit_actor(id),
        action: crate::audit::rules::action::AuditAction::Staff(StaffAction::AcceptInvitation),
        patient: None,
        entity: Some(&invitation.id.to_string()),
    };
    crate::audit::store::insert_audit_row(transaction, &store.seal.audit_key(), now, &entry)
}
