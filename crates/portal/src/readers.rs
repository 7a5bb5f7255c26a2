//! The card readers of a computer: which there are, what lies on them, and how a card is held.

#[cfg(feature = "pcsc")]
mod system;

use std::{sync::Arc, time::Duration};

use base::{Id, Span};
use card::Transmit;
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    task,
};

#[cfg(feature = "pcsc")]
pub use system::SystemReaders;

use crate::{CardId, Refusal, SessionKind};

/// The readers of a computer, whatever drives them. What is asked of them may take its time: it is asked on threads that
/// may wait.
pub trait Readers: Send + Sync + 'static {
    /// The readers that are attached now, and what lies on each.
    fn list_readers(&self) -> Result<Vec<Reader>, NoReaderService>;

    /// Takes a card in hand, so that no other program can use it, and gives it power.
    fn connect(&self, card: &CardId) -> Result<ConnectedCard, ConnectError>;
}

/// A card in hand. When it is dropped its power is taken away, and with it what it knows of a PIN; then others may use it.
pub type ConnectedCard = Box<dyn Transmit + Send>;

/// A reader, as it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// What its driver calls it.
    pub name: String,
    /// What lies on it.
    pub slot: Slot,
}

/// What lies on a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// Nothing.
    Empty,
    /// Something that answers: a card of some kind.
    Card(CardId),
    /// Something that does not answer.
    Mute,
}

/// The system's service for card readers does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system's service for card readers (PC/SC) does not answer")]
pub struct NoReaderService;

/// Why a card could not be taken in hand. Nothing was sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// The service for card readers does not answer.
    #[error(transparent)]
    NoReaderService(#[from] NoReaderService),
    /// The reader is gone.
    #[error("the card reader is gone")]
    NoReader,
    /// No card lies on it.
    #[error("no card lies on the reader")]
    NoCard,
    /// Another card lies on it than the one that was meant.
    #[error("another card lies on the reader")]
    Changed,
    /// What lies on it does not answer.
    #[error("what lies on the reader does not answer")]
    Mute,
    /// Somebody else is using it.
    #[error("somebody else is using the card")]
    InUse,
}

/// The one card in hand. It is held from the first command of a visit to its last: also while the person types the PIN.
pub(crate) struct ReaderLock {
    readers: Arc<dyn Readers>,
    active: Arc<Mutex<Option<ActiveCard>>>,
}

struct ActiveCard {
    session_id: Id<SessionKind>,
    card: CardId,
    connection: ConnectedCard,
}

/// Whether the card stays in hand after a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterSession {
    /// The visit goes on with it.
    KeepConnected,
    /// It is put down, without power.
    Disconnect,
}

impl ReaderLock {
    pub(crate) fn new(readers: Box<dyn Readers>) -> Self {
        Self { readers: readers.into(), active: Arc::default() }
    }

    /// What is attached, and lies there, now.
    pub(crate) async fn list_readers(&self) -> Result<Result<Vec<Reader>, NoReaderService>, Refusal> {
        let readers = self.readers.clone();
        task::spawn_blocking(move || readers.list_readers()).await.map_err(Refusal::CardSession)
    }

    /// One session with a card: with the one that this visit has in hand, else it is taken. A card that another visit of
    /// this program still has in hand is put down first: whoever pressed last goes on. A session that has begun runs to its
    /// end, and the card is put down also if it breaks down.
    pub(crate) async fn run_session<T: Send + 'static>(
        &self,
        (visit, card): (Id<SessionKind>, CardId),
        session: impl FnOnce(&mut dyn Transmit) -> (T, AfterSession) + Send + 'static,
    ) -> Result<Result<T, ConnectError>, Refusal> {
        let held = self.active.clone().lock_owned().await;
        let readers = self.readers.clone();
        task::spawn_blocking(move || run_with_active_card(held, &*readers, visit, card, session))
            .await
            .map_err(Refusal::CardSession)
    }

    /// Puts the card down that this visit has in hand, if it has one.
    pub(crate) async fn release(&self, visit: Id<SessionKind>) -> Result<(), Refusal> {
        let mut held = self.active.clone().lock_owned().await;
        if held.as_ref().is_some_and(|held| held.session_id == visit) {
            task::spawn_blocking(move || drop(held.take())).await.map_err(Refusal::CardSession)?;
        }
        Ok(())
    }

    /// The same, later.
    pub(crate) fn release_after(&self, visit: Id<SessionKind>, left: Span) {
        // What is over already is put down at once.
        let left = Duration::try_from(left).unwrap_or_default();
        let held = Arc::downgrade(&self.active);
        tokio::spawn(async move {
            tokio::time::sleep(left).await;
            let Some(held) = held.upgrade() else { return };
            let mut held = held.lock_owned().await;
            if held.as_ref().is_some_and(|held| held.session_id == visit) {
                // Nobody waits for it; if it fails, its own log says so.
                let _ = task::spawn_blocking(move || drop(held.take())).await;
            }
        });
    }
}

fn run_with_active_card<T>(
    mut held: OwnedMutexGuard<Option<ActiveCard>>,
    readers: &dyn Readers,
    visit: Id<SessionKind>,
    card: CardId,
    session: impl FnOnce(&mut dyn Transmit) -> (T, AfterSession),
) -> Result<T, ConnectError> {
    // Out of the shared place while it is used: whatever happens, it is either put back or dropped.
    let mut held_now = match held.take() {
        Some(held) if held.session_id == visit && held.card == card => held,
        other => {
            drop(other);
            ActiveCard { session_id: visit, connection: readers.connect(&card)?, card }
        }
    };
    let (outcome, afterwards) = session(&mut *held_now.connection);
    if afterwards == AfterSession::KeepConnected {
        *held = Some(held_now);
    }
    Ok(outcome)
}
