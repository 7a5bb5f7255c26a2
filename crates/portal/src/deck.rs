//! Where the room's cards are: virtual ones in its store, or plastic ones in the readers of this computer. Everything above
//! is the same for both.

use base::{Id, Span, Timestamp};
use card::Transmit;
use errand::Request;

use crate::{
    CardId, Refusal, VisitKind, cards,
    hand::Slip,
    readers::{Afterwards, Hold, NotTaken},
    store::Store,
};

/// Where the room's cards are.
pub(crate) enum Deck {
    /// In its store: the pages play a phone.
    Virtual,
    /// In readers: the pages are the window of a program on the person's own computer.
    InReaders(Hold),
}

impl Deck {
    /// One session with a card, for a visit.
    pub(crate) async fn session<T: Send + 'static>(
        &self,
        store: &Store,
        (visit, card, slip): (Id<VisitKind>, CardId, Slip),
        session: impl FnOnce(&mut dyn Transmit) -> (T, Afterwards) + Send + 'static,
    ) -> Result<Result<T, NotTaken>, Refusal> {
        match self {
            Self::Virtual => {
                let outcome = cards::session(store, &card, slip, |hand| session(hand).0).await?;
                Ok(outcome.ok_or(NotTaken::InUse))
            }
            Self::InReaders(hold) => hold.session((visit, card), session).await,
        }
    }

    /// Puts the card down that a visit has in hand. A virtual one is in hand during its sessions alone.
    pub(crate) async fn put_down(&self, visit: Id<VisitKind>) -> Result<(), Refusal> {
        match self {
            Self::Virtual => Ok(()),
            Self::InReaders(hold) => hold.put_down(visit).await,
        }
    }

    /// Puts the card down that a visit has in hand once its time is over, whether or not anybody comes back.
    pub(crate) fn put_down_after(&self, visit: Id<VisitKind>, left: Span) {
        if let Self::InReaders(hold) = self {
            hold.put_down_after(visit, left);
        }
    }

    /// The request with an end that this room can tell. A person's own computer may be wrong about the time: its visits last
    /// five minutes by its own clock, and the reception counts its own.
    pub(crate) fn ending(&self, request: Request, visit_ends: Timestamp) -> Request {
        match self {
            Self::Virtual => request,
            Self::InReaders(_) => Request { expires: visit_ends, ..request },
        }
    }
}
