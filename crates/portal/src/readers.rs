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

use crate::{CardId, Refusal, VisitKind};

/// The readers of a computer, whatever drives them. What is asked of them may take its time: it is asked on threads that
/// may wait.
pub trait Readers: Send + Sync + 'static {
    /// The readers that are attached now, and what lies on each.
    fn attached(&self) -> Result<Vec<Reader>, NoService>;

    /// Takes a card in hand, so that no other program can use it, and gives it power.
    fn take(&self, card: &CardId) -> Result<HeldCard, NotTaken>;
}

/// A card in hand. When it is dropped its power is taken away, and with it what it knows of a PIN; then others may use it.
pub type HeldCard = Box<dyn Transmit + Send>;

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
pub struct NoService;

/// Why a card could not be taken in hand. Nothing was sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// The service for card readers does not answer.
    #[error(transparent)]
    NoService(#[from] NoService),
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
pub(crate) struct Hold {
    readers: Arc<dyn Readers>,
    held: Arc<Mutex<Option<Held>>>,
}

struct Held {
    visit: Id<VisitKind>,
    card: CardId,
    hand: HeldCard,
}

/// Whether the card stays in hand after a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Afterwards {
    /// The visit goes on with it.
    Kept,
    /// It is put down, without power.
    PutDown,
}

impl Hold {
    pub(crate) fn new(readers: Box<dyn Readers>) -> Self {
        Self { readers: readers.into(), held: Arc::default() }
    }

    /// What is attached, and lies there, now.
    pub(crate) async fn attached(&self) -> Result<Result<Vec<Reader>, NoService>, Refusal> {
        let readers = self.readers.clone();
        task::spawn_blocking(move || readers.attached()).await.map_err(Refusal::Reader)
    }

    /// One session with a card: with the one that this visit has in hand, else it is taken. A card that another visit of
    /// this program still has in hand is put down first: whoever pressed last goes on. A session that has begun runs to its
    /// end, and the card is put down also if it breaks down.
    pub(crate) async fn session<T: Send + 'static>(
        &self,
        (visit, card): (Id<VisitKind>, CardId),
        session: impl FnOnce(&mut dyn Transmit) -> (T, Afterwards) + Send + 'static,
    ) -> Result<Result<T, NotTaken>, Refusal> {
        let held = self.held.clone().lock_owned().await;
        let readers = self.readers.clone();
        task::spawn_blocking(move || carry_out(held, &*readers, visit, card, session)).await.map_err(Refusal::Reader)
    }

    /// Puts the card down that this visit has in hand, if it has one.
    pub(crate) async fn put_down(&self, visit: Id<VisitKind>) -> Result<(), Refusal> {
        let mut held = self.held.clone().lock_owned().await;
        if held.as_ref().is_some_and(|held| held.visit == visit) {
            task::spawn_blocking(move || drop(held.take())).await.map_err(Refusal::Reader)?;
        }
        Ok(())
    }

    /// The same, later.
    pub(crate) fn put_down_after(&self, visit: Id<VisitKind>, left: Span) {
        // What is over already is put down at once.
        let left = Duration::try_from(left).unwrap_or_default();
        let held = Arc::downgrade(&self.held);
        tokio::spawn(async move {
            tokio::time::sleep(left).await;
            let Some(held) = held.upgrade() else { return };
            let mut held = held.lock_owned().await;
            if held.as_ref().is_some_and(|held| held.visit == visit) {
                // Nobody waits for it; if it fails, its own log says so.
                let _ = task::spawn_blocking(move || drop(held.take())).await;
            }
        });
    }
}

fn carry_out<T>(
    mut held: OwnedMutexGuard<Option<Held>>,
    readers: &dyn Readers,
    visit: Id<VisitKind>,
    card: CardId,
    session: impl FnOnce(&mut dyn Transmit) -> (T, Afterwards),
) -> Result<T, NotTaken> {
    // Out of the shared place while it is used: whatever happens, it is either put back or dropped.
    let mut held_now = match held.take() {
        Some(held) if held.visit == visit && held.card == card => held,
        other => {
            drop(other);
            Held { visit, hand: readers.take(&card)?, card }
        }
    };
    let (outcome, afterwards) = session(&mut *held_now.hand);
    if afterwards == Afterwards::Kept {
        *held = Some(held_now);
    }
    Ok(outcome)
}
