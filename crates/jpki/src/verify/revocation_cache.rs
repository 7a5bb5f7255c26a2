//! A responder's good word, kept for as long as the responder said and no longer than we like.

use base::{Span, Timestamp};

use super::{TrustedCertificate, UnrevokedCertificate, certificate_cache::BoundedCache};

/// How long anything learned about revocation is used at most, whatever it says of itself: what was revoked a moment
/// later is known after this time.
pub const MAX_CACHE_DURATION: Span = Span::from_mins(5);

/// Good words of responders, by certificate. Only answers that name their next update are kept: an answer without says
/// that something newer is to be had at any time (RFC 6960 §4.2.2.1).
///
/// A kept word counts from the moment at which it was believed, to the responder's next update, to the end of the
/// responder's own certificate, or for [`MAX_CACHE_DURATION`], whichever is first. Threads may share it; no two machines need to.
pub struct RevocationCache {
    entries: BoundedCache<CachePeriod>,
}

/// From when to when a word counts, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CachePeriod {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

impl RevocationCache {
    /// Room for about so many.
    pub fn with_capacity(certificates: usize) -> Self {
        Self { entries: BoundedCache::with_capacity(certificates) }
    }

    /// Keeps the word, if it may be kept.
    pub fn insert(&self, unrevoked: &UnrevokedCertificate) {
        if let Some(term) = unrevoked.cache_period {
            self.entries.insert(cache_key(&unrevoked.trusted), term.into());
        }
    }

    /// The word on this certificate that still counts at `now`.
    pub fn get(&self, trusted: &TrustedCertificate, now: Timestamp) -> Option<UnrevokedCertificate> {
        let term = self.entries.get(&cache_key(trusted))?;
        let counts = term.start <= now && now <= term.end;
        // Without a term of its own, so that keeping it again does not lengthen it.
        counts.then(|| UnrevokedCertificate { trusted: trusted.clone(), confirmed_at: term.start, cache_period: None })
    }
}

/// One authority's one number is one certificate.
fn cache_key(trusted: &TrustedCertificate) -> base::Digest {
    base::digest(&[b"standing", trusted.certificate.anchor.fingerprint.as_bytes(), trusted.serial().as_bytes()])
}
