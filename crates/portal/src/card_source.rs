//! Where the room's cards are: virtual ones in its store, or plastic ones in the readers of this computer. Everything above
//! is the same for both.

use base::{Id, Span, Timestamp};
use card::Transmit;
use errand::AuthenticationRequest;

use crate::{
    CardId, Refusal, SessionKind, cards,
    readers::{AfterSession, ConnectError, ReaderLock},
    simulated_contact::RemovalFault,
    store::Store,
};

/// Where the room's cards are.
pub(crate) enum CardSource {
    /// In its store: the pages play a phone.
    Virtual,
    /// In readers: the pages are the window of a program on the person's own computer.
    InReaders(ReaderLock),
}

impl CardSource {
    /// One session with a card, for a visit.
    pub(crate) async fn run_session<T: Send + 'static>(
        &self,
        store: &Store,
        (visit, card, slip): (Id<SessionKind>, CardId, RemovalFault),
        session: impl FnOnce(&mut dyn Transmit) -> (T, AfterSession) + Send + 'static,
    ) -> Result<Result<T, ConnectError>, Refusal> {
        match self {
            Self::Virtual => {
                let outcome = cards::run_card_session(store, &card, slip, |hand| session(hand).0).await?;
                Ok(outcome.ok_or(ConnectError::InUse))
            }
            Self::InReaders(hold) => hold.run_session((visit, card), session).await,
        }
    }

    /// Puts the card down that a visit has in hand. A virtual one is in hand during its sessions alone.
    pub(crate) async fn release(&self, visit: Id<SessionKind>) -> Result<(), Refusal> {
        match self {
            Self::Virtual => Ok(()),
            Self::InReaders(hold) => hold.release(visit).await,
        }
    }

    /// Puts the card down that a visit has in hand once its time is over, whether or not anybody comes back.
    pub(crate) fn release_after(&self, visit: Id<SessionKind>, left: Span) {
        if let Self::InReaders(hold) = self {
            hold.release_after(visit, left);
        }
    }

    /// The request with an end that this room can tell. A person's own computer may be wrong about the time: its visits last
    /// five minutes by its own clock, and the reception counts its own.
    pub(crate) fn with_expiry(&self, request: AuthenticationRequest, visit_ends: Timestamp) -> AuthenticationRequest {
        match self {
            Self::Virtual => request,
            Self::InReaders(_) => AuthenticationRequest { expires_at: visit_ends, ..request },
        }
    }
}
