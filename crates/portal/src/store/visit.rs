use base::{Digest, Id, Span, Timestamp};
use database::Error;
use errand::Claim;
use serde::{Deserialize, Serialize};
use shell::Origin;
use zeroize::Zeroizing;

use super::Store;
use crate::{
    Refusal, VisitKind,
    rules::visit::{LIFE, Stage},
    seal::Seal,
};

/// How long a visit that is over can still be looked at.
const REMEMBERED: Span = Span::from_hours(1);

/// How long a phone that nobody uses stays set up.
const PHONE_REMEMBERED: Span = Span::from_hours(24 * 30);

/// A visit of a browser in the app.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) id: Id<VisitKind>,
    pub(crate) version: i64,
    pub(crate) ends: Timestamp,
    pub(crate) claim: Claim,
    /// Where the ticket was taken to: an origin from the app's list.
    pub(crate) reception: Origin,
    pub(crate) stage: Stage,
}

/// A visit that is about to begin.
pub(crate) struct NewVisit {
    pub(crate) browser: Digest,
    pub(crate) claim: Claim,
    pub(crate) reception: Origin,
}

/// What came of beginning a visit.
pub(crate) enum Begun {
    /// The ticket is to be taken to the reception.
    Now(Box<Visit>),
    /// It was, or is being: this is where it stands.
    Before(Id<VisitKind>),
}

/// All of a visit that is sealed.
#[derive(Serialize, Deserialize)]
struct Content {
    claim: Claim,
    reception: Origin,
    stage: Stage,
}

impl Content {
    fn sealed(&self, seal: &Seal, id: Id<VisitKind>) -> Result<Vec<u8>, Refusal> {
        let clear = Zeroizing::new(serde_json::to_vec(self).map_err(Refusal::Sealed)?);
        Ok(seal.seal(&format!("visit:{id}"), clear))
    }

    fn opened(seal: &Seal, id: Id<VisitKind>, sealed: &[u8]) -> Result<Self, Refusal> {
        let clear = seal.open(&format!("visit:{id}"), sealed).ok_or(Refusal::Unsealable)?;
        serde_json::from_slice(&clear).map_err(Refusal::Sealed)
    }
}

impl Visit {
    /// As stored: id, content, version, end.
    fn opened(seal: &Seal, row: (Id<VisitKind>, Vec<u8>, i64, Timestamp), now: Timestamp) -> Result<Self, Refusal> {
        let (id, content, version, ends) = row;
        let Content { claim, reception, stage } = Content::opened(seal, id, &content)?;
        Ok(Self { id, version, ends, claim, reception, stage: stage.at(now, ends) })
    }
}

impl Store {
    /// Begins a visit with a ticket, once for each browser and ticket. A visit whose ticket did not reach the reception is
    /// taken up again.
    pub(crate) async fn begin(&self, new: NewVisit, now: Timestamp) -> Result<Begun, Refusal> {
        let visit = Visit {
            id: Id::new(now, &self.randomness),
            version: 1,
            ends: now.plus(LIFE),
            claim: new.claim,
            reception: new.reception,
            stage: Stage::open(now),
        };
        let (seal, browser, ticket) = (self.seal.clone(), new.browser, visit.claim.ticket.digest());
        self.database
            .write(move |transaction| {
                let content = Content {
                    claim: visit.claim.clone(),
                    reception: visit.reception.clone(),
                    stage: visit.stage.clone(),
                };
                let begun = transaction.execute(
                    "INSERT INTO visit (id, browser, ticket, content, version, ends) VALUES ($1, $2, $3, $4, 1, $5)
                     ON CONFLICT (browser, ticket) DO NOTHING",
                    &[&visit.id, &browser, &ticket, &content.sealed(&seal, visit.id)?, &visit.ends],
                )?;
                if begun == 1 {
                    return Ok(Begun::Now(Box::new(visit.clone())));
                }
                let row = transaction.one(
                    "SELECT id, content, version, ends FROM visit WHERE browser = $1 AND ticket = $2",
                    &[&browser, &ticket],
                    |row| Ok((row.at(0)?, row.at(1)?, row.at(2)?, row.at(3)?)),
                )?;
                let before = Visit::opened(&seal, row, now)?;
                if !before.stage.may_open_again() {
                    return Ok(Begun::Before(before.id));
                }
                let content = Content {
                    claim: before.claim.clone(),
                    reception: before.reception.clone(),
                    stage: Stage::open(now),
                };
                // Within one transaction that has just read it, the version cannot have changed.
                transaction.execute(
                    "UPDATE visit SET content = $1, version = version + 1 WHERE id = $2 AND version = $3",
                    &[&content.sealed(&seal, before.id)?, &before.id, &before.version],
                )?;
                Ok(Begun::Now(Box::new(Visit { version: before.version + 1, stage: content.stage, ..before })))
            })
            .await
    }

    /// A visit of this browser, as it stands at `now`. That of another does not exist.
    pub(crate) async fn visit(&self, id: Id<VisitKind>, browser: Digest, now: Timestamp) -> Result<Visit, Refusal> {
        let row = self
            .database
            .read(move |transaction| {
                transaction.optional(
                    "SELECT id, content, version, ends FROM visit WHERE id = $1 AND browser = $2",
                    &[&id, &browser],
                    |row| Ok((row.at(0)?, row.at(1)?, row.at(2)?, row.at(3)?)),
                )
            })
            .await
            .map_err(|error: Error| Refusal::Store(error))?
            .ok_or(Refusal::NoSuchVisit)?;
        Visit::opened(&self.seal, row, now)
    }

    /// Moves a visit on to `stage`, unless somebody has moved it since it was read.
    pub(crate) async fn move_on(&self, visit: Visit, stage: Stage) -> Result<Visit, Refusal> {
        let ends = stage.request().map_or(visit.ends, |request| request.expires);
        let content = Content { claim: visit.claim, reception: visit.reception, stage };
        let sealed = content.sealed(&self.seal, visit.id)?;
        let (id, version) = (visit.id, visit.version);
        self.database
            .write(move |transaction| {
                let moved = transaction.execute(
                    "UPDATE visit SET content = $1, version = version + 1, ends = $2 WHERE id = $3 AND version = $4",
                    &[&sealed, &ends, &id, &version],
                )?;
                if moved == 1 { Ok(()) } else { Err(Refusal::Step(crate::rules::visit::Misstep)) }
            })
            .await?;
        let Content { claim, reception, stage } = content;
        Ok(Visit { id, version: version + 1, ends, claim, reception, stage })
    }

    /// Forgets visits that are long over, and phones that nobody uses.
    pub(crate) async fn forget(&self, now: Timestamp) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                transaction.execute("DELETE FROM visit WHERE ends <= $1", &[&now.minus(REMEMBERED)])?;
                transaction.execute("DELETE FROM phone WHERE used <= $1", &[&now.minus(PHONE_REMEMBERED)])?;
                Ok(())
            })
            .await
    }
}
