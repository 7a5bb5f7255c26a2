//! A responder's good word, kept for as long as the responder said and no longer than we like.

use base::{Span, Timestamp};

use super::{Trusted, Unrevoked, remembered::Shelf};

/// How long anything learned about revocation is used at most, whatever it says of itself: what was revoked a moment
/// later is known after this time.
pub const KEPT: Span = Span::from_mins(5);

/// Good words of responders, by certificate. Only answers that name their next update are kept: an answer without says
/// that something newer is to be had at any time (RFC 6960 §4.2.2.1).
///
/// A kept word counts from the moment at which it was believed, to the responder's next update, to the end of the
/// responder's own certificate, or for [`KEPT`], whichever is first. Threads may share it; no two machines need to.
pub struct Standings {
    words: Shelf<Term>,
}

/// From when to when a word counts, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) since: Timestamp,
    pub(super) until: Timestamp,
}

impl Standings {
    /// Room for about so many.
    pub fn up_to(certificates: usize) -> Self {
        Self { words: Shelf::of(certificates) }
    }

    /// Keeps the word, if it may be kept.
    pub fn keep(&self, unrevoked: &Unrevoked) {
        if let Some(term) = unrevoked.kept {
            self.words.keep(key(&unrevoked.trusted), term.into());
        }
    }

    /// The word on this certificate that still counts at `now`.
    pub fn recall(&self, trusted: &Trusted, now: Timestamp) -> Option<Unrevoked> {
        let term = self.words.find(&key(trusted))?;
        let counts = term.since <= now && now <= term.until;
        // Without a term of its own, so that keeping it again does not lengthen it.
        counts.then(|| Unrevoked { trusted: trusted.clone(), said: term.since, kept: None })
    }
}

/// One authority's one number is one certificate.
fn key(trusted: &Trusted) -> base::Digest {
    base::digest(&[b"standing", trusted.judged.anchor.fingerprint.as_bytes(), trusted.serial().as_bytes()])
}
