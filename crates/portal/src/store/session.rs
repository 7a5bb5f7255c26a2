use base::{Digest, Id, Span, Timestamp};
use database::Error;
use errand::Claim;
use serde::{Deserialize, Serialize};
use shell::Origin;
use zeroize::Zeroizing;

use super::Store;
use crate::{
    Refusal, SessionKind,
    rules::session::{SESSION_LIFE, SessionStage},
    seal::Seal,
};

/// How long a visit that is over can still be looked at.
const RETENTION: Span = Span::from_hours(1);

/// How long a phone that nobody uses stays set up.
const PHONE_RETENTION: Span = Span::from_hours(24 * 30);

/// A visit of a browser in the app.
#[derive(Clone)]
pub(crate) struct AuthenticationSession {
    pub(crate) id: Id<SessionKind>,
    pub(crate) version: i64,
    pub(crate) ends: Timestamp,
    pub(crate) claim: Claim,
    /// Where the ticket was taken to: an origin from the app's list.
    pub(crate) reception: Origin,
    pub(crate) stage: SessionStage,
}

/// A visit that is about to begin.
pub(crate) struct NewSession {
    pub(crate) browser: Digest,
    pub(crate) claim: Claim,
    pub(crate) reception: Origin,
}

/// What came of beginning a visit.
pub(crate) enum BeginOutcome {
    /// The ticket is to be taken to the reception.
    Started(Box<AuthenticationSession>),
    /// It was, or is being: this is where it stands.
    Existing(Id<SessionKind>),
}

/// All of a visit that is sealed.
#[derive(Serialize, Deserialize)]
struct SealedContent {
    claim: Claim,
    reception: Origin,
    stage: SessionStage,
}

impl SealedContent {
    fn seal(&self, seal: &Seal, id: Id<SessionKind>) -> Result<Vec<u8>, Refusal> {
        let clear = Zeroizing::new(serde_json::to_vec(self).map_err(Refusal::StoredContent)?);
        Ok(seal.seal(&format!("visit:{id}"), clear))
    }

    fn unseal(seal: &Seal, id: Id<SessionKind>, sealed: &[u8]) -> Result<Self, Refusal> {
        let clear = seal.open(&format!("visit:{id}"), sealed).ok_or(Refusal::Unsealable)?;
        serde_json::from_slice(&clear).map_err(Refusal::StoredContent)
    }
}

impl AuthenticationSession {
    /// As stored: id, content, version, end.
    fn from_row(seal: &Seal, row: (Id<SessionKind>, Vec<u8>, i64, Timestamp), now: Timestamp) -> Result<Self, Refusal> {
        let (id, content, version, ends) = row;
        let SealedContent { claim, reception, stage } = SealedContent::unseal(seal, id, &content)?;
        Ok(Self { id, version, ends, claim, reception, stage: stage.at_time(now, ends) })
    }
}

impl Store {
    /// Begins a visit with a ticket, once for each browser and ticket. A visit whose ticket did not reach the reception is
    /// taken up again.
    pub(crate) async fn begin_session(&self, new: NewSession, now: Timestamp) -> Result<BeginOutcome, Refusal> {
        let visit = AuthenticationSession {
            id: Id::new(now, &self.randomness),
            version: 1,
            ends: now.plus(SESSION_LIFE),
            claim: new.claim,
            reception: new.reception,
            stage: SessionStage::open(now),
        };
        let (seal, browser, ticket) = (self.seal.clone(), new.browser, visit.claim.ticket.digest());
        self.database
            .write(move |transaction| {
                let content = SealedContent {
                    claim: visit.claim.clone(),
                    reception: visit.reception.clone(),
                    stage: visit.stage.clone(),
                };
                let begun = transaction.execute(
                    "INSERT INTO visit (id, browser, ticket, content, version, ends) VALUES ($1, $2, $3, $4, 1, $5)
                     ON CONFLICT (browser, ticket) DO NOTHING",
                    &[&visit.id, &browser, &ticket, &content.seal(&seal, visit.id)?, &visit.ends],
                )?;
                if begun == 1 {
                    return Ok(BeginOutcome::Started(Box::new(visit.clone())));
                }
                let row = transaction.fetch_one(
                    "SELECT id, content, version, ends FROM visit WHERE browser = $1 AND ticket = $2",
                    &[&browser, &ticket],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
                )?;
                let before = AuthenticationSession::from_row(&seal, row, now)?;
                if !before.stage.may_open_again() {
                    return Ok(BeginOutcome::Existing(before.id));
                }
                let content = SealedContent {
                    claim: before.claim.clone(),
                    reception: before.reception.clone(),
                    stage: SessionStage::open(now),
                };
                // Within one transaction that has just read it, the version cannot have changed.
                transaction.execute(
                    "UPDATE visit SET content = $1, version = version + 1 WHERE id = $2 AND version = $3",
                    &[&content.seal(&seal, before.id)?, &before.id, &before.version],
                )?;
                Ok(BeginOutcome::Started(Box::new(AuthenticationSession {
                    version: before.version + 1,
                    stage: content.stage,
                    ..before
                })))
            })
            .await
    }

    /// A visit of this browser, as it stands at `now`. That of another does not exist.
    pub(crate) async fn find_session(
        &self,
        id: Id<SessionKind>,
        browser: Digest,
        now: Timestamp,
    ) -> Result<AuthenticationSession, Refusal> {
        let row = self
            .database
            .read(move |transaction| {
                transaction.fetch_optional(
                    "SELECT id, content, version, ends FROM visit WHERE id = $1 AND browser = $2",
                    &[&id, &browser],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
                )
            })
            .await
            .map_err(|error: Error| Refusal::Store(error))?
            .ok_or(Refusal::NoSuchSession)?;
        AuthenticationSession::from_row(&self.seal, row, now)
    }

    /// Moves a visit on to `stage`, unless somebody has moved it since it was read.
    pub(crate) async fn update_stage(
        &self,
        visit: AuthenticationSession,
        stage: SessionStage,
    ) -> Result<AuthenticationSession, Refusal> {
        let ends = stage.request().map_or(visit.ends, |request| request.expires_at);
        let content = SealedContent { claim: visit.claim, reception: visit.reception, stage };
        let sealed = content.seal(&self.seal, visit.id)?;
        let (id, version) = (visit.id, visit.version);
        self.database
            .write(move |transaction| {
                let moved = transaction.execute(
                    "UPDATE visit SET content = $1, version = version + 1, ends = $2 WHERE id = $3 AND version = $4",
                    &[&sealed, &ends, &id, &version],
                )?;
                if moved == 1 { Ok(()) } else { Err(Refusal::Step(crate::rules::session::TransitionError)) }
            })
            .await?;
        let SealedContent { claim, reception, stage } = content;
        Ok(AuthenticationSession { id, version: version + 1, ends, claim, reception, stage })
    }

    /// Forgets visits that are long over, and phones that nobody uses.
    pub(crate) async fn delete_expired(&self, now: Timestamp) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                transaction.execute("DELETE FROM visit WHERE ends <= $1", &[&now.minus(RETENTION)])?;
                transaction.execute("DELETE FROM phone WHERE used <= $1", &[&now.minus(PHONE_RETENTION)])?;
                Ok(())
            })
            .await
    }
}
