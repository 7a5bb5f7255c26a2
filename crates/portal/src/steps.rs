//! The steps of a visit: each takes it from one stage to the next.
//!
//! A step that has begun goes on to its end even if the browser goes away meanwhile ([`to_the_end`]): a card is not left
//! lying powered, and an answer that the reception took is kept.

use std::sync::Arc;

use base::{Causes, Digest, Id, Timestamp};
use card::{Lost, Pin, Transmit, host::Trouble};
use errand::{Answer, Claim, GiveUp, Why};
use jpki::Challenge;
use shell::Origin;

use crate::{
    CardId, Inner, NotTaken, Refusal, VisitKind,
    client::Failure,
    hand::Slip,
    readers::Afterwards,
    reading::{self, BrokenOff, Look, Reading},
    rules::visit::{End, LockedWhen, Mishap, Misstep, PinState, Stage},
    store::{Begun, NewVisit, Visit},
};

/// Which browser asks, and when.
#[derive(Clone, Copy)]
pub(crate) struct Asking {
    pub(crate) browser: Digest,
    pub(crate) now: Timestamp,
}

type VisitId = Id<VisitKind>;

/// Carries a step out, whether or not anybody still waits for it.
pub(crate) async fn to_the_end<T: Send + 'static>(
    step: impl Future<Output = Result<T, Refusal>> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::spawn(step).await.map_err(Refusal::Reader)?
}

/// Takes a ticket to the reception, once for each browser.
pub(crate) async fn open(
    room: Arc<Inner>,
    claim: Claim,
    reception: Origin,
    asking: Asking,
) -> Result<VisitId, Refusal> {
    let new = NewVisit { browser: asking.browser, claim, reception };
    let visit = match room.store.begin(new, asking.now).await? {
        Begun::Before(id) => return Ok(id),
        Begun::Now(visit) => *visit,
    };
    let id = visit.id;
    let stage = match room.receptions.claim(&visit.reception, &visit.claim).await {
        Ok(request) => visit.stage.clone().claimed(room.deck.ending(request, visit.ends))?,
        Err(Failure::Refused(refused)) => visit.stage.clone().end(refused.into())?,
        Err(failure) => {
            tracing::warn!(cause = %Causes(&failure), "a ticket did not reach the reception");
            visit.stage.clone().unopened()?
        }
    };
    or_overtaken(room.store.move_on(visit, stage).await)?;
    Ok(id)
}

/// Looks at the card that is held to the phone, before the PIN is asked for.
pub(crate) async fn look(room: Arc<Inner>, id: VisitId, card: CardId, asking: Asking) -> Result<(), Refusal> {
    let visit = room.store.visit(id, asking.browser, asking.now).await?;
    if !matches!(visit.stage, Stage::Asked { .. }) {
        return Err(Misstep.into());
    }
    let session = |hand: &mut dyn Transmit| {
        let looked = reading::look(hand);
        let goes_on = matches!(looked, Ok(Look::Ready { .. }));
        (looked, if goes_on { Afterwards::Kept } else { Afterwards::PutDown })
    };
    let looked = room.deck.session(&room.store, (id, card.clone(), Slip::None), session).await?;
    let stage = visit.stage.clone();
    let stage = match looked {
        Err(not_taken) => stage.mishap(not_taken.into())?,
        Ok(Err(broken)) => match end_or_mishap(&broken) {
            Ok(end) => stage.end(end)?,
            Err(mishap) => stage.mishap(mishap)?,
        },
        Ok(Ok(Look::Ready { token, ends, tries_left })) => stage.ready(card, token, ends, tries_left)?,
        Ok(Ok(Look::Locked)) => stage.end(End::Locked(LockedWhen::Before))?,
        Ok(Ok(Look::NoCertificate)) => stage.end(End::NoCertificate)?,
    };
    let visit = moved(&room, visit, stage).await?;
    room.deck.put_down_after(id, visit.ends.since(asking.now));
    ended(&room, &visit).await;
    Ok(())
}

/// Moves a visit on, and puts its card down unless the PIN comes next.
async fn moved(room: &Inner, visit: Visit, stage: Stage) -> Result<Visit, Refusal> {
    let id = visit.id;
    let moved = room.store.move_on(visit, stage).await;
    if !moved.as_ref().is_ok_and(|visit| matches!(visit.stage, Stage::Pin { .. })) {
        room.deck.put_down(id).await?;
    }
    moved
}

/// A PIN that the person confirmed on a page.
pub(crate) struct Confirmed {
    pub(crate) pin: Pin,
    /// The version of the visit that the page showed. A page's form confirms once: sent again, it finds another version.
    pub(crate) seen: i64,
    pub(crate) slip: Slip,
}

/// Reads the card with a PIN that the person confirmed, and sends its answer.
pub(crate) async fn read(
    room: Arc<Inner>,
    id: VisitId,
    confirmed: Confirmed,
    asking: Asking,
) -> Result<Visit, Refusal> {
    let Confirmed { pin, seen, slip } = confirmed;
    let visit = room.store.visit(id, asking.browser, asking.now).await?;
    if visit.version != seen {
        return Err(Misstep.into());
    }
    let Stage::Pin { request, card, tries_left, .. } = visit.stage.clone() else { return Err(Misstep.into()) };
    let challenge =
        Challenge { origin: visit.reception.to_string(), nonce: request.nonce, ticket: visit.claim.ticket.digest() };
    // Whoever does not win this move presents no PIN.
    let stage = visit.stage.clone().read(asking.now)?;
    let visit = room.store.move_on(visit, stage).await?;

    let session = move |hand: &mut dyn Transmit| {
        let outcome = reading::read(hand, &pin, tries_left, &challenge);
        let goes_on = matches!(outcome, Ok(Reading::Wrong { .. } | Reading::OtherTries { .. }));
        (outcome, if goes_on { Afterwards::Kept } else { Afterwards::PutDown })
    };
    let outcome = room.deck.session(&room.store, (id, card, slip), session).await;
    let stage = after_reading(&visit, outcome, room.site.clock().now())?;
    let visit = moved(&room, visit, stage).await?;
    if let Stage::Signed { .. } = visit.stage {
        return deliver(&room, visit).await;
    }
    ended(&room, &visit).await;
    Ok(visit)
}

/// Where a visit stands after its card was read.
fn after_reading(
    visit: &Visit,
    outcome: Result<Result<Result<Reading, BrokenOff>, NotTaken>, Refusal>,
    now: Timestamp,
) -> Result<Stage, Misstep> {
    use crate::rules::visit::Miss;
    let stage = visit.stage.clone();
    match outcome {
        Ok(Ok(Ok(Reading::Signed { certificate, signature }))) => {
            let answer = Answer { ticket: visit.claim.ticket.clone(), certificate, signature };
            stage.signed(answer, now)
        }
        Ok(Ok(Ok(Reading::Wrong { tries_left }))) => stage.missed(Miss::Wrong, tries_left),
        Ok(Ok(Ok(Reading::OtherTries { tries_left }))) => stage.missed(Miss::OtherTries, tries_left),
        Ok(Ok(Ok(Reading::Locked(when)))) => stage.end(End::Locked(when)),
        Ok(Ok(Ok(Reading::NoCertificate))) => stage.end(End::NoCertificate),
        Ok(Ok(Err(broken))) => match end_or_mishap(&broken) {
            Ok(end) => stage.end(end),
            Err(mishap) => stage.mishap(mishap),
        },
        Ok(Err(not_taken)) => stage.mishap(not_taken.into()),
        Err(refusal) => {
            tracing::error!(cause = %Causes(&refusal), "a card was not read to the end");
            stage.mishap(Mishap::Failed(PinState::Unanswered))
        }
    }
}

/// What it means for a visit that a card was not to be had. No PIN was presented.
impl From<NotTaken> for Mishap {
    fn from(not_taken: NotTaken) -> Self {
        match not_taken {
            NotTaken::InUse => Self::InUse,
            NotTaken::NoCard => Self::NoCard,
            NotTaken::Changed => Self::Changed,
            NotTaken::Mute => Self::Mute,
            NotTaken::NoReader | NotTaken::NoService(_) => Self::ReaderLost(PinState::NotPresented),
        }
    }
}

/// What a session that broke off means for the visit.
fn end_or_mishap(broken: &BrokenOff) -> Result<End, Mishap> {
    match &broken.trouble {
        Trouble::NoCertificate(_) => Ok(End::NoCertificate),
        Trouble::Lost(Lost::Removed) => Err(Mishap::Pulled(broken.pin)),
        Trouble::Lost(Lost::Reader(_)) => {
            tracing::warn!(trouble = %broken.trouble, "a card reader failed");
            Err(Mishap::ReaderLost(broken.pin))
        }
        Trouble::OtherCard | Trouble::OtherToken(_) => Err(Mishap::OtherCard),
        trouble @ (Trouble::PinNeeded(_) | Trouble::Refused { .. } | Trouble::Unreadable(_)) => {
            tracing::warn!(%trouble, "a card did not do what was asked");
            Err(Mishap::Failed(broken.pin))
        }
    }
}

/// Sends an answer again that did not reach the reception. The card is not needed for it.
pub(crate) async fn send_again(room: Arc<Inner>, id: VisitId, asking: Asking) -> Result<Visit, Refusal> {
    let visit = room.store.visit(id, asking.browser, asking.now).await?;
    let stage = visit.stage.clone().send_again(asking.now)?;
    let visit = room.store.move_on(visit, stage).await?;
    deliver(&room, visit).await
}

async fn deliver(room: &Inner, visit: Visit) -> Result<Visit, Refusal> {
    let Stage::Signed { answer, .. } = &visit.stage else { return Err(Misstep.into()) };
    let outcome = room.receptions.answer(&visit.reception, answer).await;
    let stage = visit.stage.clone();
    let stage = match outcome {
        Ok(outcome) => stage.answered(outcome, room.site.clock().now())?,
        Err(Failure::Refused(refused)) => {
            tracing::info!(code = refused.code, "the reception refused a card's answer");
            stage.end(refused.into())?
        }
        Err(failure) => {
            tracing::warn!(cause = %Causes(&failure), "a card's answer did not reach the reception");
            stage.unsent()?
        }
    };
    room.store.move_on(visit, stage).await
}

/// Goes back to the request, to take another card.
pub(crate) async fn another_card(room: Arc<Inner>, id: VisitId, asking: Asking) -> Result<(), Refusal> {
    let visit = room.store.visit(id, asking.browser, asking.now).await?;
    let stage = visit.stage.clone().another_card()?;
    moved(&room, visit, stage).await.map(|_| ())
}

/// The person gives up.
///
/// Answers at which reception she began.
pub(crate) async fn cancel(room: Arc<Inner>, id: VisitId, asking: Asking) -> Result<Origin, Refusal> {
    let visit = room.store.visit(id, asking.browser, asking.now).await?;
    if !visit.stage.may_cancel() {
        return Err(Misstep.into());
    }
    let stage = visit.stage.clone().end(End::Cancelled)?;
    let visit = moved(&room, visit, stage).await?;
    ended(&room, &visit).await;
    Ok(visit.reception)
}

/// Tells the reception why a visit ended here, so that its waiting page can say how to go on. If it cannot be told, it
/// finds out when the ticket's time is over.
async fn ended(room: &Inner, visit: &Visit) {
    let why = match &visit.stage {
        Stage::Ended(End::Cancelled) => Why::Cancelled,
        Stage::Ended(End::Locked(_)) => Why::Locked,
        Stage::Ended(End::NoCertificate) => Why::NoCertificate,
        Stage::Ended(End::Expired { .. }) => Why::Expired,
        _ => return,
    };
    let give_up = GiveUp { ticket: visit.claim.ticket.clone(), why };
    if let Err(failure) = room.receptions.give_up(&visit.reception, &give_up).await {
        tracing::warn!(cause = %Causes(&failure), "the reception was not told that a visit ended");
    }
}

/// A move that somebody else made first is no refusal: the visit's page shows where it stands.
fn or_overtaken(moved: Result<Visit, Refusal>) -> Result<(), Refusal> {
    match moved {
        Ok(_) | Err(Refusal::Step(_)) => Ok(()),
        Err(refusal) => Err(refusal),
    }
}
