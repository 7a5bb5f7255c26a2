//! Invitations to act for a patient: sent to an address, accepted once by the account of that address.

use base::{Id, Span, Timestamp, Token};
use database::{Error, Transaction};

use super::require_acting;
use crate::{
    audit::{rules::action::AccountAction, store::record_account_action},
    family::{
        letter::render_family_invitation,
        rules::{FamilyInvitationStage, FamilyInvitationState, OwnPatient, accepted_relationship},
    },
    mail::{self, rules::address::MailAddress},
    people::{
        self,
        rules::{
            account::{Account, AccountId, Relationship},
            patient::{PatientId, Profile},
        },
    },
    refusal::Refusal,
    store::Store,
};

/// How long an invitation is kept after its end, so that its link says what became of it.
const RETENTION: Span = Span::from_hours(30 * 24);

/// For how long the letters about a patient are counted.
const COUNTING_SPAN: Span = Span::from_hours(24);

/// The id of an invitation.
type FamilyInvitationId = Id<FamilyInvitation>;

/// Who is invited to act for a patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FamilyInvitee {
    pub(crate) mail: MailAddress,
    /// Who the patient is to the invited person.
    pub(crate) relationship: Relationship,
}

/// An invitation, as the account of its address sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FamilyInvitation {
    id: FamilyInvitationId,
    patient: PatientId,
    /// None if the patient's data was erased meanwhile.
    pub(crate) profile: Option<Profile>,
    pub(crate) relationship: Relationship,
    pub(crate) state: FamilyInvitationState,
    /// Until when it can be accepted.
    pub(crate) ends: Timestamp,
}

#[cfg(any(test, feature = "samples"))]
impl FamilyInvitation {
    pub(crate) fn for_samples(
        patient: PatientId,
        profile: Option<Profile>,
        (relationship, state): (Relationship, FamilyInvitationState),
        ends: Timestamp,
    ) -> Self {
        Self {
            id: FamilyInvitationId::new(ends, &base::Randomness::repeatable("invitation")),
            patient,
            profile,
            relationship,
            state,
            ends,
        }
    }
}

/// What became of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FamilyInviteOutcome {
    Sent,
    /// The account of this address acts for the patient.
    ActsAlready,
    /// As many letters were sent about this patient as may be sent in a day.
    TooManyLetters,
}

impl Store {
    /// Invites the owner of an address to act for a patient, by a letter with a link that contains `token`. A link that the
    /// address has for this patient ends.
    pub(crate) async fn invite_to_act(
        &self,
        account: AccountId,
        patient: PatientId,
        invitee: FamilyInvitee,
        token: &Token,
        now: Timestamp,
    ) -> Result<FamilyInviteOutcome, Refusal> {
        let (store, token) = (self.clone(), token.clone());
        self.database
            .write(move |transaction| {
                require_acting(transaction, account, patient)?;
                let actor = people::store::session_subject(account);
                let outcome = insert_invitation(transaction, &store, (&actor, patient), &invitee, &token, now)?;
                if outcome == FamilyInviteOutcome::Sent {
                    let about = (actor.as_str(), Some(patient));
                    record_account_action(transaction, &store, about, AccountAction::Invite, now)?;
                }
                Ok(outcome)
            })
            .await
    }

    /// The invitation of a link, if it is for this account's address.
    pub(crate) async fn find_family_invitation(
        &self,
        token: &Token,
        account: &Account,
        now: Timestamp,
    ) -> Result<Option<FamilyInvitation>, Refusal> {
        let (token, account) = (token.clone(), account.clone());
        self.database.read(move |transaction| Ok(find_by_token(transaction, &token, &account, now)?)).await
    }

    /// Accepts an invitation, once, by the account of its address.
    pub(crate) async fn accept_family_invitation(
        &self,
        token: &Token,
        account: &Account,
        now: Timestamp,
    ) -> Result<FamilyInvitationState, Refusal> {
        let (store, token, account) = (self.clone(), token.clone(), account.clone());
        self.database
            .write(move |transaction| {
                let invitation = find_by_token(transaction, &token, &account, now)?.ok_or(Refusal::NotFound)?;
                if invitation.state != FamilyInvitationState::Open {
                    return Ok(invitation.state);
                }
                let account = people::store::find_account(transaction, account.id)?.ok_or(Refusal::NotFound)?;
                if account.find_patient(invitation.patient).is_none() {
                    let own = if account.own_patient().is_some() { OwnPatient::Present } else { OwnPatient::Missing };
                    let relationship = accepted_relationship(invitation.relationship, own);
                    people::store::link_patient(transaction, account.id, invitation.patient, relationship, now)?;
                }
                transaction.execute(
                    "UPDATE patient_invitation SET stage = $2 WHERE id = $1",
                    &[&invitation.id, &FamilyInvitationStage::Accepted],
                )?;
                let actor = people::store::session_subject(account.id);
                let about = (actor.as_str(), Some(invitation.patient));
                record_account_action(transaction, &store, about, AccountAction::AcceptInvitation, now)?;
                Ok(FamilyInvitationState::Accepted)
            })
            .await
    }
}

/// Inserts an invitation with its letter. `inviter` is the actor as the audit writes it.
pub(crate) fn insert_invitation(
    transaction: &mut Transaction<'_>,
    store: &Store,
    (inviter, patient): (&str, PatientId),
    recipient: &FamilyInvitee,
    token: &Token,
    now: Timestamp,
) -> Result<FamilyInviteOutcome, Error> {
    transaction.execute("DELETE FROM patient_invitation WHERE ends <= $1", &[&now.minus(RETENTION)])?;
    let acts: u32 = transaction.fetch_one(
        "SELECT COUNT(*) FROM account_patient l JOIN account c ON c.id = l.account
         WHERE l.patient = $1 AND l.ended_at IS NULL AND c.mail = $2",
        &[&patient, &recipient.mail],
        |row| row.get(0),
    )?;
    if acts > 0 {
        return Ok(FamilyInviteOutcome::ActsAlready);
    }
    let letters: u32 = transaction.fetch_one(
        "SELECT COUNT(*) FROM patient_invitation WHERE patient = $1 AND sent_at > $2",
        &[&patient, &now.minus(COUNTING_SPAN)],
        |row| row.get(0),
    )?;
    if letters >= u32::from(store.limits.family_invitations_per_day) {
        metrics::counter!("uketsuke_family_invitations_limited_total").increment(1);
        return Ok(FamilyInviteOutcome::TooManyLetters);
    }
    transaction.execute(
        "UPDATE patient_invitation SET ends = $3 WHERE patient = $1 AND mail = $2 AND ends > $3 AND stage = 'open'",
        &[&patient, &recipient.mail, &now],
    )?;
    transaction.execute(
        "INSERT INTO patient_invitation (id, patient, mail, relationship, stage, token, invited_by, sent_at, ends)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            &FamilyInvitationId::new(now, &store.randomness),
            &patient,
            &recipient.mail,
            &recipient.relationship,
            &FamilyInvitationStage::Open,
            &token.digest(),
            &inviter,
            &now,
            &now.plus(store.limits.invitation_lifetime()),
        ],
    )?;
    let link = store.origin.url(&format!("/family-invitations/{}", token.reveal()));
    let letter = render_family_invitation(&store.letterhead, recipient.mail.as_str(), &link);
    mail::store::enqueue_letter(transaction, store, now, now, &letter)?;
    Ok(FamilyInviteOutcome::Sent)
}

/// The invitation of a link, for the account of its address alone: for any other there is none.
fn find_by_token(
    transaction: &mut Transaction<'_>,
    token: &Token,
    account: &Account,
    now: Timestamp,
) -> Result<Option<FamilyInvitation>, Error> {
    let found = transaction.fetch_optional(
        "SELECT v.id, v.patient, v.relationship, v.stage, v.ends, p.name, p.kana, p.birth_date, p.phone, v.mail
         FROM patient_invitation v LEFT JOIN profile p ON p.patient = v.patient WHERE v.token = $1",
        &[&token.digest()],
        |row| {
            let (stage, ends): (FamilyInvitationStage, Timestamp) = (row.get(3)?, row.get(4)?);
            let invitation = FamilyInvitation {
                id: row.get(0)?,
                patient: row.get(1)?,
                profile: people::store::read_optional_profile(row, 5)?,
                relationship: row.get(2)?,
                state: stage.state(ends, now),
                ends,
            };
            Ok((row.get::<MailAddress>(9)?, invitation))
        },
    )?;
    Ok(found.filter(|(mail, _)| mail.mailbox() == account.mail.mailbox()).map(|(_, invitation)| invitation))
}
