//! The steps of a visit: each takes it from one stage to the next.
//!
//! A step that has begun goes on to its end even if the browser goes away meanwhile ([`run_to_completion`]): a card is not left
//! lying powered, and an answer that the reception took is kept.

use std::sync::Arc;

use base::{Causes, Digest, Id, Timestamp};
use card::{Pin, Transmit, TransmitError, host::CardError};
use errand::{Abort, AbortReason, AuthenticationResponse, Claim};
use jpki::Challenge;
use shell::Origin;

use crate::{
    CardId, ConnectError, Inner, Refusal, SessionKind,
    client::ClientError,
    readers::AfterSession,
    reading::{self, CardStatus, ReadError, ReadOutcome},
    rules::session::{LockTime, PinState, ReadFailure, SessionEnd, SessionStage, TransitionError},
    simulated_contact::RemovalFault,
    store::{AuthenticationSession, BeginOutcome, NewSession},
};

/// Which browser asks, and when.
#[derive(Clone, Copy)]
pub(crate) struct RequestContext {
    pub(crate) browser: Digest,
    pub(crate) now: Timestamp,
}

type SessionId = Id<SessionKind>;

/// Carries a step out, whether or not anybody still waits for it.
pub(crate) async fn run_to_completion<T: Send + 'static>(
    step: impl Future<Output = Result<T, Refusal>> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::spawn(step).await.map_err(Refusal::CardSession)?
}

/// Takes a ticket to the reception, once for each browser.
pub(crate) async fn claim_ticket(
    room: Arc<Inner>,
    claim: Claim,
    reception: Origin,
    asking: RequestContext,
) -> Result<SessionId, Refusal> {
    let new = NewSession { browser: asking.browser, claim, reception };
    let visit = match room.store.begin_session(new, asking.now).await? {
        BeginOutcome::Existing(id) => return Ok(id),
        BeginOutcome::Started(visit) => *visit,
    };
    let id = visit.id;
    let stage = match room.receptions.claim(&visit.reception, &visit.claim).await {
        Ok(request) => visit.stage.clone().mark_claimed(room.card_source.with_expiry(request, visit.ends))?,
        Err(ClientError::Refused(refused)) => visit.stage.clone().end(refused.into())?,
        Err(failure) => {
            tracing::warn!(cause = %Causes(&failure), "a ticket did not reach the reception");
            visit.stage.clone().mark_unreachable()?
        }
    };
    ignore_overtaken(room.store.update_stage(visit, stage).await)?;
    Ok(id)
}

/// Looks at the card that is held to the phone, before the PIN is asked for.
pub(crate) async fn inspect_card(
    room: Arc<Inner>,
    id: SessionId,
    card: CardId,
    asking: RequestContext,
) -> Result<(), Refusal> {
    let visit = room.store.find_session(id, asking.browser, asking.now).await?;
    if !matches!(visit.stage, SessionStage::Requested { .. }) {
        return Err(TransitionError.into());
    }
    let session = |hand: &mut dyn Transmit| {
        let looked = reading::inspect(hand);
        let goes_on = matches!(looked, Ok(CardStatus::Ready { .. }));
        (looked, if goes_on { AfterSession::KeepConnected } else { AfterSession::Disconnect })
    };
    let looked = room.card_source.run_session(&room.store, (id, card.clone(), RemovalFault::None), session).await?;
    let stage = visit.stage.clone();
    let stage = match looked {
        Err(not_taken) => stage.fail_reading(not_taken.into())?,
        Ok(Err(broken)) => match classify_read_error(&broken) {
            Ok(end) => stage.end(end)?,
            Err(mishap) => stage.fail_reading(mishap)?,
        },
        Ok(Ok(CardStatus::Ready { token, ends, tries_left })) => stage.accept_card(card, token, ends, tries_left)?,
        Ok(Ok(CardStatus::Locked)) => stage.end(SessionEnd::Locked(LockTime::Earlier))?,
        Ok(Ok(CardStatus::NoCertificate)) => stage.end(SessionEnd::NoCertificate)?,
    };
    let visit = update_stage(&room, visit, stage).await?;
    room.card_source.release_after(id, visit.ends.duration_since(asking.now));
    notify_reception(&room, &visit).await;
    Ok(())
}

/// Moves a visit on, and puts its card down unless the PIN comes next.
async fn update_stage(
    room: &Inner,
    visit: AuthenticationSession,
    stage: SessionStage,
) -> Result<AuthenticationSession, Refusal> {
    let id = visit.id;
    let moved = room.store.update_stage(visit, stage).await;
    if !moved.as_ref().is_ok_and(|visit| matches!(visit.stage, SessionStage::Pin { .. })) {
        room.card_source.release(id).await?;
    }
    moved
}

/// A PIN that the person confirmed on a page.
pub(crate) struct ConfirmedPin {
    pub(crate) pin: Pin,
    /// The version of the visit that the page showed. A page's form confirms once: sent again, it finds another version.
    pub(crate) shown_version: i64,
    pub(crate) removal_fault: RemovalFault,
}

/// Reads the card with a PIN that the person confirmed, and sends its answer.
pub(crate) async fn read_card(
    room: Arc<Inner>,
    id: SessionId,
    confirmed: ConfirmedPin,
    asking: RequestContext,
) -> Result<AuthenticationSession, Refusal> {
    let ConfirmedPin { pin, shown_version: seen, removal_fault: slip } = confirmed;
    let visit = room.store.find_session(id, asking.browser, asking.now).await?;
    if visit.version != seen {
        return Err(TransitionError.into());
    }
    let SessionStage::Pin { request, card, tries_left, .. } = visit.stage.clone() else {
        return Err(TransitionError.into());
    };
    let challenge =
        Challenge { origin: visit.reception.to_string(), nonce: request.nonce, ticket: visit.claim.ticket.digest() };
    // Whoever does not win this move presents no PIN.
    let stage = visit.stage.clone().start_reading(asking.now)?;
    let visit = room.store.update_stage(visit, stage).await?;

    let session = move |hand: &mut dyn Transmit| {
        let outcome = reading::read(hand, &pin, tries_left, &challenge);
        let goes_on = matches!(outcome, Ok(ReadOutcome::WrongPin { .. } | ReadOutcome::TriesChanged { .. }));
        (outcome, if goes_on { AfterSession::KeepConnected } else { AfterSession::Disconnect })
    };
    let outcome = room.card_source.run_session(&room.store, (id, card, slip), session).await;
    let stage = stage_after_reading(&visit, outcome, room.site.clock().now())?;
    let visit = update_stage(&room, visit, stage).await?;
    if let SessionStage::Signed { .. } = visit.stage {
        return submit_response(&room, visit).await;
    }
    notify_reception(&room, &visit).await;
    Ok(visit)
}

/// Where a visit stands after its card was read.
fn stage_after_reading(
    visit: &AuthenticationSession,
    outcome: Result<Result<Result<ReadOutcome, ReadError>, ConnectError>, Refusal>,
    now: Timestamp,
) -> Result<SessionStage, TransitionError> {
    use crate::rules::session::PinRetryReason;
    let stage = visit.stage.clone();
    match outcome {
        Ok(Ok(Ok(ReadOutcome::Signed { certificate, signature }))) => {
            let answer = AuthenticationResponse { ticket: visit.claim.ticket.clone(), certificate, signature };
            stage.mark_signed(answer, now)
        }
        Ok(Ok(Ok(ReadOutcome::WrongPin { tries_left }))) => stage.retry_pin(PinRetryReason::Wrong, tries_left),
        Ok(Ok(Ok(ReadOutcome::TriesChanged { tries_left }))) => {
            stage.retry_pin(PinRetryReason::TriesChanged, tries_left)
        }
        Ok(Ok(Ok(ReadOutcome::Locked(when)))) => stage.end(SessionEnd::Locked(when)),
        Ok(Ok(Ok(ReadOutcome::NoCertificate))) => stage.end(SessionEnd::NoCertificate),
        Ok(Ok(Err(broken))) => match classify_read_error(&broken) {
            Ok(end) => stage.end(end),
            Err(mishap) => stage.fail_reading(mishap),
        },
        Ok(Err(not_taken)) => stage.fail_reading(not_taken.into()),
        Err(refusal) => {
            tracing::error!(cause = %Causes(&refusal), "a card was not read to the end");
            stage.fail_reading(ReadFailure::Failed(PinState::Unanswered))
        }
    }
}

/// What it means for a visit that a card was not to be had. No PIN was presented.
impl From<ConnectError> for ReadFailure {
    fn from(not_taken: ConnectError) -> Self {
        match not_taken {
            ConnectError::InUse => Self::InUse,
            ConnectError::NoCard => Self::NoCard,
            ConnectError::Changed => Self::Changed,
            ConnectError::Mute => Self::Mute,
            ConnectError::NoReader | ConnectError::NoReaderService(_) => Self::ReaderLost(PinState::NotPresented),
        }
    }
}

/// What a session that broke off means for the visit.
fn classify_read_error(broken: &ReadError) -> Result<SessionEnd, ReadFailure> {
    match &broken.cause {
        CardError::NoCertificate(_) => Ok(SessionEnd::NoCertificate),
        CardError::Transmit(TransmitError::Removed) => Err(ReadFailure::Removed(broken.pin)),
        CardError::Transmit(TransmitError::Reader(_)) => {
            tracing::warn!(trouble = %broken.cause, "a card reader failed");
            Err(ReadFailure::ReaderLost(broken.pin))
        }
        CardError::OtherCard | CardError::OtherToken(_) => Err(ReadFailure::OtherCard),
        trouble @ (CardError::PinNeeded(_) | CardError::Refused { .. } | CardError::Unreadable(_)) => {
            tracing::warn!(%trouble, "a card did not do what was asked");
            Err(ReadFailure::Failed(broken.pin))
        }
    }
}

/// Sends an answer again that did not reach the reception. The card is not needed for it.
pub(crate) async fn send_again(
    room: Arc<Inner>,
    id: SessionId,
    asking: RequestContext,
) -> Result<AuthenticationSession, Refusal> {
    let visit = room.store.find_session(id, asking.browser, asking.now).await?;
    let stage = visit.stage.clone().send_again(asking.now)?;
    let visit = room.store.update_stage(visit, stage).await?;
    submit_response(&room, visit).await
}

async fn submit_response(room: &Inner, visit: AuthenticationSession) -> Result<AuthenticationSession, Refusal> {
    let SessionStage::Signed { answer, .. } = &visit.stage else { return Err(TransitionError.into()) };
    let outcome = room.receptions.submit_response(&visit.reception, answer).await;
    let stage = visit.stage.clone();
    let stage = match outcome {
        Ok(outcome) => stage.complete(outcome, room.site.clock().now())?,
        Err(ClientError::Refused(refused)) => {
            tracing::info!(code = refused.code, "the reception refused a card's answer");
            stage.end(refused.into())?
        }
        Err(failure) => {
            tracing::warn!(cause = %Causes(&failure), "a card's answer did not reach the reception");
            stage.mark_unsent()?
        }
    };
    room.store.update_stage(visit, stage).await
}

/// Goes back to the request, to take another card.
pub(crate) async fn choose_another_card(
    room: Arc<Inner>,
    id: SessionId,
    asking: RequestContext,
) -> Result<(), Refusal> {
    let visit = room.store.find_session(id, asking.browser, asking.now).await?;
    let stage = visit.stage.clone().choose_another_card()?;
    update_stage(&room, visit, stage).await.map(|_| ())
}

/// The person gives up.
///
/// Answers at which reception she began.
pub(crate) async fn cancel(room: Arc<Inner>, id: SessionId, asking: RequestContext) -> Result<Origin, Refusal> {
    let visit = room.store.find_session(id, asking.browser, asking.now).await?;
    if !visit.stage.may_cancel() {
        return Err(TransitionError.into());
    }
    let stage = visit.stage.clone().end(SessionEnd::Cancelled)?;
    let visit = update_stage(&room, visit, stage).await?;
    notify_reception(&room, &visit).await;
    Ok(visit.reception)
}

/// Tells the reception why a visit ended here, so that its waiting page can say how to go on. If it cannot be told, it
/// finds out when the ticket's time is over.
async fn notify_reception(room: &Inner, visit: &AuthenticationSession) {
    let why = match &visit.stage {
        SessionStage::Ended(SessionEnd::Cancelled) => AbortReason::Cancelled,
        SessionStage::Ended(SessionEnd::Locked(_)) => AbortReason::Locked,
        SessionStage::Ended(SessionEnd::NoCertificate) => AbortReason::NoCertificate,
        SessionStage::Ended(SessionEnd::Expired { .. }) => AbortReason::Expired,
        _ => return,
    };
    let give_up = Abort { ticket: visit.claim.ticket.clone(), reason: why };
    if let Err(failure) = room.receptions.give_up(&visit.reception, &give_up).await {
        tracing::warn!(cause = %Causes(&failure), "the reception was not told that a visit ended");
    }
}

/// A move that somebody else made first is no refusal: the visit's page shows where it stands.
fn ignore_overtaken(moved: Result<AuthenticationSession, Refusal>) -> Result<(), Refusal> {
    match moved {
        Ok(_) | Err(Refusal::Step(_)) => Ok(()),
        Err(refusal) => Err(refusal),
    }
}
