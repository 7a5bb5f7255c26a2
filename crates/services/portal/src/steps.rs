//! The steps of a session: each takes it from one stage to the next.
//!
//! A step that has begun runs to its end even if the browser disconnects meanwhile ([`run_to_completion`]), so that no card
//! stays powered on and no outcome of the reception is lost.

use std::sync::Arc;

use app_auth::{Abort, AbortReason, AuthenticationResponse, Claim};
use base::{Causes, Digest, Timestamp};
use card::{Pin, Transmit, TransmitError, host::CardError};
use jpki::Challenge;
use web::Origin;

use crate::{
    CardId, ConnectError, Inner, Refusal, SessionId,
    client::ClientError,
    readers::AfterSession,
    reading::{self, CardStatus, ReadError, ReadOutcome},
    rules::session::{LockTime, PinState, ReadFailure, SessionEnd, SessionStage, TransitionError},
    simulated_contact::RemovalFault,
    store::{AuthenticationSession, BeginOutcome, NewSession},
};

/// The browser of a request, and its time.
#[derive(Clone, Copy)]
pub(crate) struct RequestContext {
    pub(crate) browser: Digest,
    pub(crate) now: Timestamp,
}

/// Runs a step to its end, even if the caller is dropped.
pub(crate) async fn run_to_completion<T: Send + 'static>(
    step: impl Future<Output = Result<T, Refusal>> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::spawn(step).await.map_err(Refusal::CardSession)?
}

/// Claims a ticket at the reception, once for each browser.
pub(crate) async fn claim_ticket(
    portal: Arc<Inner>,
    claim: Claim,
    reception: Origin,
    context: RequestContext,
) -> Result<SessionId, Refusal> {
    let new = NewSession { browser: context.browser, claim, reception };
    let session = match portal.store.begin_session(new, context.now).await? {
        BeginOutcome::Existing(id) => return Ok(id),
        BeginOutcome::Started(session) => *session,
    };
    let id = session.id;
    let stage = match portal.receptions.claim(&session.reception, &session.claim).await {
        Ok(request) => session.stage.clone().mark_claimed(portal.card_source.with_expiry(request, session.ends))?,
        Err(ClientError::Refused(response)) => session.stage.clone().end(response.into())?,
        Err(failure) => {
            tracing::warn!(cause = %Causes(&failure), "a ticket could not be claimed at the reception");
            session.stage.clone().mark_unreachable()?
        }
    };
    ignore_overtaken(portal.store.update_stage(session, stage).await)?;
    Ok(id)
}

/// Inspects the card before the PIN is asked for.
pub(crate) async fn inspect_card(
    portal: Arc<Inner>,
    id: SessionId,
    card: CardId,
    context: RequestContext,
) -> Result<(), Refusal> {
    let session = portal.store.find_session(id, context.browser, context.now).await?;
    if !matches!(session.stage, SessionStage::Requested { .. }) {
        return Err(TransitionError.into());
    }
    let operation = |card: &mut dyn Transmit| {
        let status = reading::inspect(card);
        let stays_connected = matches!(status, Ok(CardStatus::Ready { .. }));
        (status, if stays_connected { AfterSession::KeepConnected } else { AfterSession::Disconnect })
    };
    let status =
        portal.card_source.run_session(&portal.store, (id, card.clone(), RemovalFault::None), operation).await?;
    let stage = session.stage.clone();
    let stage = match status {
        Err(error) => stage.fail_reading(error.into())?,
        Ok(Err(error)) => match classify_read_error(&error) {
            Ok(end) => stage.end(end)?,
            Err(failure) => stage.fail_reading(failure)?,
        },
        Ok(Ok(CardStatus::Ready { token, ends, tries_left })) => stage.accept_card(card, token, ends, tries_left)?,
        Ok(Ok(CardStatus::Locked)) => stage.end(SessionEnd::Locked(LockTime::Earlier))?,
        Ok(Ok(CardStatus::NoCertificate)) => stage.end(SessionEnd::NoCertificate)?,
    };
    let session = update_stage(&portal, session, stage).await?;
    portal.card_source.release_after(id, session.ends.duration_since(context.now));
    notify_reception(&portal, &session).await;
    Ok(())
}

/// Moves a session to a stage, and disconnects its card unless the PIN comes next.
async fn update_stage(
    portal: &Inner,
    session: AuthenticationSession,
    stage: SessionStage,
) -> Result<AuthenticationSession, Refusal> {
    let id = session.id;
    let updated = portal.store.update_stage(session, stage).await;
    if !updated.as_ref().is_ok_and(|session| matches!(session.stage, SessionStage::Pin { .. })) {
        portal.card_source.release(id).await?;
    }
    updated
}

/// A PIN that the person confirmed on a page.
pub(crate) struct ConfirmedPin {
    pub(crate) pin: Pin,
    /// The version of the session that the page showed. A form confirms once: sent again, it finds another version.
    pub(crate) shown_version: i64,
    pub(crate) removal_fault: RemovalFault,
}

/// Reads the card with the confirmed PIN, and sends the response.
pub(crate) async fn read_card(
    portal: Arc<Inner>,
    id: SessionId,
    confirmed: ConfirmedPin,
    context: RequestContext,
) -> Result<AuthenticationSession, Refusal> {
    let ConfirmedPin { pin, shown_version, removal_fault } = confirmed;
    let session = portal.store.find_session(id, context.browser, context.now).await?;
    if session.version != shown_version {
        return Err(TransitionError.into());
    }
    let SessionStage::Pin { request, card, tries_left, .. } = session.stage.clone() else {
        return Err(TransitionError.into());
    };
    let challenge = Challenge {
        origin: session.reception.to_string(),
        nonce: request.nonce,
        ticket: session.claim.ticket.digest(),
    };
    // Of concurrent submissions only the one that makes this transition presents the PIN.
    let stage = session.stage.clone().start_reading(context.now)?;
    let session = portal.store.update_stage(session, stage).await?;

    let operation = move |card: &mut dyn Transmit| {
        let outcome = reading::read(card, &pin, tries_left, &challenge);
        let stays_connected = matches!(outcome, Ok(ReadOutcome::WrongPin { .. } | ReadOutcome::TriesChanged { .. }));
        (outcome, if stays_connected { AfterSession::KeepConnected } else { AfterSession::Disconnect })
    };
    let outcome = portal.card_source.run_session(&portal.store, (id, card, removal_fault), operation).await;
    let stage = stage_after_reading(&session, outcome, portal.site.clock().now())?;
    let session = update_stage(&portal, session, stage).await?;
    if let SessionStage::Signed { .. } = session.stage {
        return submit_response(&portal, session).await;
    }
    notify_reception(&portal, &session).await;
    Ok(session)
}

/// The stage of a session after its card was read.
fn stage_after_reading(
    session: &AuthenticationSession,
    outcome: Result<Result<Result<ReadOutcome, ReadError>, ConnectError>, Refusal>,
    now: Timestamp,
) -> Result<SessionStage, TransitionError> {
    use crate::rules::session::PinRetryReason;
    let stage = session.stage.clone();
    match outcome {
        Ok(Ok(Ok(ReadOutcome::Signed { certificate, signature }))) => {
            let response = AuthenticationResponse { ticket: session.claim.ticket.clone(), certificate, signature };
            stage.mark_signed(response, now)
        }
        Ok(Ok(Ok(ReadOutcome::WrongPin { tries_left }))) => stage.retry_pin(PinRetryReason::Wrong, tries_left),
        Ok(Ok(Ok(ReadOutcome::TriesChanged { tries_left }))) => {
            stage.retry_pin(PinRetryReason::TriesChanged, tries_left)
        }
        Ok(Ok(Ok(ReadOutcome::Locked(lock_time)))) => stage.end(SessionEnd::Locked(lock_time)),
        Ok(Ok(Ok(ReadOutcome::NoCertificate))) => stage.end(SessionEnd::NoCertificate),
        Ok(Ok(Err(error))) => match classify_read_error(&error) {
            Ok(end) => stage.end(end),
            Err(failure) => stage.fail_reading(failure),
        },
        Ok(Err(error)) => stage.fail_reading(error.into()),
        Err(refusal) => {
            tracing::error!(cause = %Causes(&refusal), "a card session failed");
            stage.fail_reading(ReadFailure::Failed(PinState::Unanswered))
        }
    }
}

/// A card that could not be connected. No PIN was presented.
impl From<ConnectError> for ReadFailure {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::InUse => Self::InUse,
            ConnectError::NoCard => Self::NoCard,
            ConnectError::Changed => Self::Changed,
            ConnectError::Mute => Self::Mute,
            ConnectError::NoReader | ConnectError::NoReaderService(_) => Self::ReaderLost(PinState::NotPresented),
        }
    }
}

/// Classifies a failed card session: the session ends, or the card can be read again.
fn classify_read_error(error: &ReadError) -> Result<SessionEnd, ReadFailure> {
    match &error.cause {
        CardError::NoCertificate(_) => Ok(SessionEnd::NoCertificate),
        CardError::Transmit(TransmitError::Removed) => Err(ReadFailure::Removed(error.pin)),
        CardError::Transmit(TransmitError::Reader(_)) => {
            tracing::warn!(cause = %error.cause, "a card reader failed");
            Err(ReadFailure::ReaderLost(error.pin))
        }
        CardError::OtherCard | CardError::OtherToken(_) => Err(ReadFailure::OtherCard),
        cause @ (CardError::PinNeeded(_) | CardError::Refused { .. } | CardError::Unreadable(_)) => {
            tracing::warn!(%cause, "a card gave an unexpected response");
            Err(ReadFailure::Failed(error.pin))
        }
    }
}

/// Sends the response again after it did not reach the reception. The card is not needed.
pub(crate) async fn send_again(
    portal: Arc<Inner>,
    id: SessionId,
    context: RequestContext,
) -> Result<AuthenticationSession, Refusal> {
    let session = portal.store.find_session(id, context.browser, context.now).await?;
    let stage = session.stage.clone().send_again(context.now)?;
    let session = portal.store.update_stage(session, stage).await?;
    submit_response(&portal, session).await
}

async fn submit_response(portal: &Inner, session: AuthenticationSession) -> Result<AuthenticationSession, Refusal> {
    let SessionStage::Signed { response, .. } = &session.stage else { return Err(TransitionError.into()) };
    let outcome = portal.receptions.submit_response(&session.reception, response).await;
    let stage = session.stage.clone();
    let stage = match outcome {
        Ok(outcome) => stage.complete(outcome, portal.site.clock().now())?,
        Err(ClientError::Refused(error_response)) => {
            tracing::info!(code = error_response.code, "the reception refused an authentication response");
            stage.end(error_response.into())?
        }
        Err(failure) => {
            tracing::warn!(cause = %Causes(&failure), "an authentication response did not reach the reception");
            stage.mark_unsent()?
        }
    };
    portal.store.update_stage(session, stage).await
}

/// Goes back to the request, to choose another card.
pub(crate) async fn choose_another_card(
    portal: Arc<Inner>,
    id: SessionId,
    context: RequestContext,
) -> Result<(), Refusal> {
    let session = portal.store.find_session(id, context.browser, context.now).await?;
    let stage = session.stage.clone().choose_another_card()?;
    update_stage(&portal, session, stage).await.map(|_| ())
}

/// Cancels the session. Returns the reception where it was started.
pub(crate) async fn cancel(portal: Arc<Inner>, id: SessionId, context: RequestContext) -> Result<Origin, Refusal> {
    let session = portal.store.find_session(id, context.browser, context.now).await?;
    if !session.stage.may_cancel() {
        return Err(TransitionError.into());
    }
    let stage = session.stage.clone().end(SessionEnd::Cancelled)?;
    let session = update_stage(&portal, session, stage).await?;
    notify_reception(&portal, &session).await;
    Ok(session.reception)
}

/// Notifies the reception why a session ended here, so that its waiting page can show how to go on. If this fails, the
/// reception notices when the ticket expires.
async fn notify_reception(portal: &Inner, session: &AuthenticationSession) {
    let reason = match &session.stage {
        SessionStage::Ended(SessionEnd::Cancelled) => AbortReason::Cancelled,
        SessionStage::Ended(SessionEnd::Locked(_)) => AbortReason::Locked,
        SessionStage::Ended(SessionEnd::NoCertificate) => AbortReason::NoCertificate,
        SessionStage::Ended(SessionEnd::Expired { .. }) => AbortReason::Expired,
        _ => return,
    };
    let abort = Abort { ticket: session.claim.ticket.clone(), reason };
    if let Err(failure) = portal.receptions.give_up(&session.reception, &abort).await {
        tracing::warn!(cause = %Causes(&failure), "the reception could not be notified that a session ended");
    }
}

/// A concurrent transition is no refusal: the session's page shows the current stage.
fn ignore_overtaken(result: Result<AuthenticationSession, Refusal>) -> Result<(), Refusal> {
    match result {
        Ok(_) | Err(Refusal::Step(_)) => Ok(()),
        Err(refusal) => Err(refusal),
    }
}
