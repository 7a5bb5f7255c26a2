//! The source of the app's cards: virtual ones in the store, or plastic ones in the readers of this computer. All callers are
//! the same for both.

use app_auth::AuthenticationRequest;
use base::{Span, Timestamp};
use card::Transmit;

use crate::{
    CardId, Refusal, SessionId, cards,
    readers::{AfterSession, ConnectError, ReaderLock},
    simulated_contact::RemovalFault,
    store::Store,
};

/// The source of the app's cards.
pub(crate) enum CardSource {
    /// In the store: the pages simulate a phone.
    Virtual,
    /// In readers: the pages are the window of a program on the person's own computer.
    InReaders(ReaderLock),
}

impl CardSource {
    /// Runs one session with a card.
    pub(crate) async fn run_session<T: Send + 'static>(
        &self,
        store: &Store,
        (session_id, card, removal_fault): (SessionId, CardId, RemovalFault),
        operation: impl FnOnce(&mut dyn Transmit) -> (T, AfterSession) + Send + 'static,
    ) -> Result<Result<T, ConnectError>, Refusal> {
        match self {
            Self::Virtual => {
                let outcome =
                    cards::run_card_session(store, &card, removal_fault, |contact| operation(contact).0).await?;
                Ok(outcome.ok_or(ConnectError::InUse))
            }
            Self::InReaders(lock) => lock.run_session((session_id, card), operation).await,
        }
    }

    /// Disconnects the card of a session. A virtual card is connected only while `run_session` runs.
    pub(crate) async fn release(&self, session_id: SessionId) -> Result<(), Refusal> {
        match self {
            Self::Virtual => Ok(()),
            Self::InReaders(lock) => lock.release(session_id).await,
        }
    }

    /// Disconnects the card of a session when its time is over, even if the person does not return.
    pub(crate) fn release_after(&self, session_id: SessionId, remaining: Span) {
        if let Self::InReaders(lock) = self {
            lock.release_after(session_id, remaining);
        }
    }

    /// The request with the expiry by this machine's clock. The clock of a person's own computer may be wrong: there a session
    /// lasts five minutes by its own clock, and the reception counts by its own.
    pub(crate) fn with_expiry(&self, request: AuthenticationRequest, session_ends: Timestamp) -> AuthenticationRequest {
        match self {
            Self::Virtual => request,
            Self::InReaders(_) => AuthenticationRequest { expires_at: session_ends, ..request },
        }
    }
}
