//! A cache of good statuses, for as long as the responder allows and no longer than [`MAX_CACHE_DURATION`].

use base::{Span, Timestamp};

use super::{TrustedCertificate, UnrevokedCertificate, certificate_cache::BoundedCache};

/// The longest use of a cached status, whatever the response allows: a later revocation takes effect after this time at the
/// latest.
pub const MAX_CACHE_DURATION: Span = Span::from_mins(5);

/// Good statuses, by certificate. Only responses with a next update are cached: one without states that newer information is
/// available at any time (RFC 6960 §4.2.2.1).
///
/// An entry is valid from the moment of verification to the responder's next update, to the end of the responder's own
/// certificate, or for [`MAX_CACHE_DURATION`], whichever is first. Threads may share the cache; machines need not.
pub struct RevocationCache {
    entries: BoundedCache<CachePeriod>,
}

/// The validity of an entry, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CachePeriod {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

impl RevocationCache {
    /// Capacity for about so many certificates.
    pub fn with_capacity(certificates: usize) -> Self {
        Self { entries: BoundedCache::with_capacity(certificates) }
    }

    /// Caches the status, if that is allowed.
    pub fn insert(&self, unrevoked: &UnrevokedCertificate) {
        if let Some(period) = unrevoked.cache_period {
            self.entries.insert(cache_key(&unrevoked.trusted), period.into());
        }
    }

    /// The cached status of this certificate, if it is valid at `now`.
    pub fn get(&self, trusted: &TrustedCertificate, now: Timestamp) -> Option<UnrevokedCertificate> {
        let period = self.entries.get(&cache_key(trusted))?;
        let is_valid = period.start <= now && now <= period.end;
        // Without a period of its own, so that inserting it again does not prolong it.
        is_valid.then(|| UnrevokedCertificate {
            trusted: trusted.clone(),
            confirmed_at: period.start,
            cache_period: None,
        })
    }
}

/// An authority's serial number identifies one certificate.
fn cache_key(trusted: &TrustedCertificate) -> base::Digest {
    base::digest(&[b"standing", trusted.certificate.anchor.fingerprint.as_bytes(), trusted.serial().as_bytes()])
}
