use app_auth::Claim;
use base::{Digest, Span, Timestamp};
use database::Error;
use serde::{Deserialize, Serialize};
use web::Origin;
use zeroize::Zeroizing;

use super::Store;
use crate::{
    Refusal, SessionId,
    rules::session::{SESSION_LIFE, SessionStage},
    seal::Seal,
};

/// How long an expired session can still be shown.
const RETENTION: Span = Span::from_hours(1);

/// How long an unused phone keeps its settings.
const PHONE_RETENTION: Span = Span::from_hours(24 * 30);

/// An app authentication in a browser.
#[derive(Clone)]
pub(crate) struct AuthenticationSession {
    pub(crate) id: SessionId,
    pub(crate) version: i64,
    pub(crate) ends: Timestamp,
    pub(crate) claim: Claim,
    /// The reception of the ticket: an origin from the app's list.
    pub(crate) reception: Origin,
    pub(crate) stage: SessionStage,
}

/// A session to begin.
pub(crate) struct NewSession {
    pub(crate) browser: Digest,
    pub(crate) claim: Claim,
    pub(crate) reception: Origin,
}

/// The outcome of beginning a session.
pub(crate) enum BeginOutcome {
    /// The ticket is to be claimed at the reception.
    Started(Box<AuthenticationSession>),
    /// The ticket was claimed or is being claimed.
    Existing(SessionId),
}

/// The sealed content of a session.
#[derive(Serialize, Deserialize)]
struct SealedContent {
    claim: Claim,
    reception: Origin,
    stage: SessionStage,
}

impl SealedContent {
    fn seal(&self, seal: &Seal, id: SessionId) -> Result<Vec<u8>, Refusal> {
        let plaintext = Zeroizing::new(serde_json::to_vec(self).map_err(Refusal::StoredContent)?);
        Ok(seal.seal(&format!("visit:{id}"), plaintext))
    }

    fn unseal(seal: &Seal, id: SessionId, sealed: &[u8]) -> Result<Self, Refusal> {
        let plaintext = seal.open(&format!("visit:{id}"), sealed).ok_or(Refusal::Unsealable)?;
        serde_json::from_slice(&plaintext).map_err(Refusal::StoredContent)
    }
}

impl AuthenticationSession {
    /// From the columns id, content, version, ends.
    fn from_row(seal: &Seal, row: (SessionId, Vec<u8>, i64, Timestamp), now: Timestamp) -> Result<Self, Refusal> {
        let (id, content, version, ends) = row;
        let SealedContent { claim, reception, stage } = SealedContent::unseal(seal, id, &content)?;
        Ok(Self { id, version, ends, claim, reception, stage: stage.at_time(now, ends) })
    }
}

impl Store {
    /// Begins a session with a ticket, once for each browser and ticket. A session whose ticket could not be claimed is begun
    /// again.
    pub(crate) async fn begin_session(&self, new: NewSession, now: Timestamp) -> Result<BeginOutcome, Refusal> {
        let session = AuthenticationSession {
            id: SessionId::new(now, &self.randomness),
            version: 1,
            ends: now.plus(SESSION_LIFE),
            claim: new.claim,
            reception: new.reception,
            stage: SessionStage::open(now),
        };
        let (seal, browser, ticket) = (self.seal.clone(), new.browser, session.claim.ticket.digest());
        self.database
            .write(move |transaction| {
                let content = SealedContent {
                    claim: session.claim.clone(),
                    reception: session.reception.clone(),
                    stage: session.stage.clone(),
                };
                let inserted = transaction.execute(
                    "INSERT INTO visit (id, browser, ticket, content, version, ends) VALUES ($1, $2, $3, $4, 1, $5)
                     ON CONFLICT (browser, ticket) DO NOTHING",
                    &[&session.id, &browser, &ticket, &content.seal(&seal, session.id)?, &session.ends],
                )?;
                if inserted == 1 {
                    return Ok(BeginOutcome::Started(Box::new(session.clone())));
                }
                let row = transaction.fetch_one(
                    "SELECT id, content, version, ends FROM visit WHERE browser = $1 AND ticket = $2",
                    &[&browser, &ticket],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
                )?;
                let existing = AuthenticationSession::from_row(&seal, row, now)?;
                if !existing.stage.may_open_again() {
                    return Ok(BeginOutcome::Existing(existing.id));
                }
                let content = SealedContent {
                    claim: existing.claim.clone(),
                    reception: existing.reception.clone(),
                    stage: SessionStage::open(now),
                };
                // The version was read in this transaction and cannot have changed.
                transaction.execute(
                    "UPDATE visit SET content = $1, version = version + 1 WHERE id = $2 AND version = $3",
                    &[&content.seal(&seal, existing.id)?, &existing.id, &existing.version],
                )?;
                Ok(BeginOutcome::Started(Box::new(AuthenticationSession {
                    version: existing.version + 1,
                    stage: content.stage,
                    ..existing
                })))
            })
            .await
    }

    /// A session of this browser at `now`. Sessions of other browsers are not found.
    pub(crate) async fn find_session(
        &self,
        id: SessionId,
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

    /// Moves a session to `stage`, unless it was changed since it was read.
    pub(crate) async fn update_stage(
        &self,
        session: AuthenticationSession,
        stage: SessionStage,
    ) -> Result<AuthenticationSession, Refusal> {
        let ends = stage.request().map_or(session.ends, |request| request.expires_at);
        let content = SealedContent { claim: session.claim, reception: session.reception, stage };
        let sealed = content.seal(&self.seal, session.id)?;
        let (id, version) = (session.id, session.version);
        self.database
            .write(move |transaction| {
                let updated = transaction.execute(
                    "UPDATE visit SET content = $1, version = version + 1, ends = $2 WHERE id = $3 AND version = $4",
                    &[&sealed, &ends, &id, &version],
                )?;
                if updated == 1 { Ok(()) } else { Err(Refusal::Step(crate::rules::session::TransitionError)) }
            })
            .await?;
        let SealedContent { claim, reception, stage } = content;
        Ok(AuthenticationSession { id, version: version + 1, ends, claim, reception, stage })
    }

    /// Deletes sessions that expired long ago, and unused phones.
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
