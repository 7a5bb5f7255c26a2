//! The card readers of a computer, the cards in them, and the exclusive use of a card.

#[cfg(feature = "pcsc")]
mod system;

use std::{sync::Arc, time::Duration};

use base::Span;
use card::Transmit;
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    task,
};

#[cfg(feature = "pcsc")]
pub use system::SystemReaders;

use crate::{CardId, Refusal, SessionId};

/// The readers of a computer, by any driver. The methods may block; call them on threads that may block.
pub trait Readers: Send + Sync + 'static {
    /// The readers that are attached now, with their slots.
    fn list_readers(&self) -> Result<Vec<Reader>, NoReaderService>;

    /// Connects to a card exclusively and powers it on.
    fn connect(&self, card: &CardId) -> Result<ConnectedCard, ConnectError>;
}

/// A connected card. Dropping it powers the card off, so that it forgets the PIN, and frees it for other programs.
pub type ConnectedCard = Box<dyn Transmit + Send>;

/// A reader and its slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// The driver's name of the reader.
    pub name: String,
    /// The state of its slot.
    pub slot: Slot,
}

/// The state of a reader's slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// No card.
    Empty,
    /// A card of some kind that responds.
    Card(CardId),
    /// A card that does not respond.
    Mute,
}

/// The system's service for card readers (PC/SC) cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system's service for card readers (PC/SC) does not answer")]
pub struct NoReaderService;

/// Why a card could not be connected. Nothing was sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// The service for card readers cannot be reached.
    #[error(transparent)]
    NoReaderService(#[from] NoReaderService),
    /// The reader is no longer attached.
    #[error("the card reader is gone")]
    NoReader,
    /// The reader has no card.
    #[error("no card lies on the reader")]
    NoCard,
    /// The reader has another card than the requested one.
    #[error("another card lies on the reader")]
    Changed,
    /// The card does not respond.
    #[error("what lies on the reader does not answer")]
    Mute,
    /// Another program uses the card.
    #[error("somebody else is using the card")]
    InUse,
}

/// The lock of the only connected card. It is held from a session's first command to its last, also while the person types
/// the PIN.
pub(crate) struct ReaderLock {
    readers: Arc<dyn Readers>,
    active: Arc<Mutex<Option<ActiveCard>>>,
}

struct ActiveCard {
    session_id: SessionId,
    card: CardId,
    connection: ConnectedCard,
}

/// Whether the card stays connected after a card session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterSession {
    /// The next card session continues with it.
    KeepConnected,
    /// It is disconnected and powered off.
    Disconnect,
}

impl ReaderLock {
    pub(crate) fn new(readers: Box<dyn Readers>) -> Self {
        Self { readers: readers.into(), active: Arc::default() }
    }

    /// The readers that are attached now, with their slots.
    pub(crate) async fn list_readers(&self) -> Result<Result<Vec<Reader>, NoReaderService>, Refusal> {
        let readers = self.readers.clone();
        task::spawn_blocking(move || readers.list_readers()).await.map_err(Refusal::CardSession)
    }

    /// Runs one card session, with the card that this session already has connected, else with a new connection. A card
    /// that another session of this program has connected is disconnected first: the last request wins. Once begun,
    /// `operation` runs to its end; the card is disconnected also if it panics.
    pub(crate) async fn run_session<T: Send + 'static>(
        &self,
        (session_id, card): (SessionId, CardId),
        operation: impl FnOnce(&mut dyn Transmit) -> (T, AfterSession) + Send + 'static,
    ) -> Result<Result<T, ConnectError>, Refusal> {
        let active = self.active.clone().lock_owned().await;
        let readers = self.readers.clone();
        task::spawn_blocking(move || run_with_active_card(active, &*readers, session_id, card, operation))
            .await
            .map_err(Refusal::CardSession)
    }

    /// Disconnects the card that this session has connected, if any.
    pub(crate) async fn release(&self, session_id: SessionId) -> Result<(), Refusal> {
        let mut active = self.active.clone().lock_owned().await;
        if active.as_ref().is_some_and(|active| active.session_id == session_id) {
            task::spawn_blocking(move || drop(active.take())).await.map_err(Refusal::CardSession)?;
        }
        Ok(())
    }

    /// Disconnects it after a time.
    pub(crate) fn release_after(&self, session_id: SessionId, remaining: Span) {
        // If the time is over already, the card is disconnected at once.
        let remaining = Duration::try_from(remaining).unwrap_or_default();
        let active = Arc::downgrade(&self.active);
        tokio::spawn(async move {
            tokio::time::sleep(remaining).await;
            let Some(active) = active.upgrade() else { return };
            let mut active = active.lock_owned().await;
            if active.as_ref().is_some_and(|active| active.session_id == session_id) {
                // A failure is logged where it occurs.
                let _ = task::spawn_blocking(move || drop(active.take())).await;
            }
        });
    }
}

fn run_with_active_card<T>(
    mut active: OwnedMutexGuard<Option<ActiveCard>>,
    readers: &dyn Readers,
    session_id: SessionId,
    card: CardId,
    operation: impl FnOnce(&mut dyn Transmit) -> (T, AfterSession),
) -> Result<T, ConnectError> {
    // Taken out while it is used: on a panic it is dropped, and so disconnected.
    let mut current = match active.take() {
        Some(active) if active.session_id == session_id && active.card == card => active,
        previous => {
            drop(previous);
            ActiveCard { session_id, connection: readers.connect(&card)?, card }
        }
    };
    let (outcome, after_session) = operation(&mut *current.connection);
    if after_session == AfterSession::KeepConnected {
        *active = Some(current);
    }
    Ok(outcome)
}
