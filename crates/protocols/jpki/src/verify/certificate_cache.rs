use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use base::Digest;

use super::{
    anchors::{Anchor, Anchors},
    path_validation::{self, CheckedCertificate},
    responder::{self, DelegatedResponder},
};
use crate::{CertificateRefusal, RevocationRefusal};

/// Certificates whose path and profile were verified before, so that an authority's signature is verified once per
/// certificate instead of once per response.
///
/// The key is the SHA-256 of the certificate and of the anchors. Only results that stay true are cached: validity and
/// revocation are checked each time, refusals are not cached, and a certificate under other anchors is another entry. Threads
/// may share the cache; machines need not.
pub struct CertificateCache {
    certificates: BoundedCache<CheckedCertificate>,
    delegates: BoundedCache<DelegatedResponder>,
}

/// A bounded cache in two halves: entries that are not used while the young half fills up are dropped with the old one.
pub(super) struct BoundedCache<T> {
    half: usize,
    halves: Mutex<CacheHalves<T>>,
}

struct CacheHalves<T> {
    young: HashMap<Digest, Arc<T>>,
    old: HashMap<Digest, Arc<T>>,
}

impl CertificateCache {
    /// Capacity for about so many certificates (a few hundred bytes each). With 0 nothing is cached.
    pub fn with_capacity(certificates: usize) -> Self {
        Self {
            certificates: BoundedCache::with_capacity(certificates),
            delegates: BoundedCache::with_capacity(certificates.min(64)),
        }
    }

    pub(super) fn certificate(
        &self,
        anchors: &Anchors,
        bytes: &[u8],
    ) -> Result<Arc<CheckedCertificate>, CertificateRefusal> {
        let key = base::digest(&[b"certificate", anchors.fingerprint.as_bytes(), bytes]);
        self.certificates.get_or_try_insert(key, || path_validation::check_certificate(bytes, anchors))
    }

    pub(super) fn delegate(&self, anchor: &Anchor, bytes: &[u8]) -> Result<Arc<DelegatedResponder>, RevocationRefusal> {
        let key = base::digest(&[b"delegate", anchor.fingerprint.as_bytes(), bytes]);
        self.delegates.get_or_try_insert(key, || responder::check_delegated_responder(bytes, anchor))
    }
}

impl<T> BoundedCache<T> {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        let halves = CacheHalves { young: HashMap::new(), old: HashMap::new() };
        Self { half: capacity.div_ceil(2), halves: Mutex::new(halves) }
    }

    fn get_or_try_insert<E>(&self, key: Digest, check: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        if let Some(value) = self.get(&key) {
            return Ok(value);
        }
        // Checked without the lock: two threads may both check, with the same result.
        let value = Arc::new(check()?);
        self.insert(key, Arc::clone(&value));
        Ok(value)
    }

    pub(super) fn get(&self, key: &Digest) -> Option<Arc<T>> {
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = halves.young.get(key) {
            return Some(Arc::clone(value));
        }
        let value = halves.old.remove(key)?;
        self.insert_young(&mut halves, *key, Arc::clone(&value));
        Some(value)
    }

    pub(super) fn insert(&self, key: Digest, value: Arc<T>) {
        if self.half > 0 {
            let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
            self.insert_young(&mut halves, key, value);
        }
    }

    fn insert_young(&self, halves: &mut CacheHalves<T>, key: Digest, value: Arc<T>) {
        if halves.young.len() >= self.half {
            halves.old = std::mem::take(&mut halves.young);
        }
        halves.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get_or_insert(cache: &BoundedCache<u32>, key: u8) -> (u32, bool) {
        let mut was_checked = false;
        let value = cache.get_or_try_insert(Digest::from_bytes([key; 32]), || {
            was_checked = true;
            Ok::<_, ()>(u32::from(key))
        });
        (*value.unwrap(), was_checked)
    }

    #[test]
    fn what_was_judged_is_judged_again_only_when_forgotten() {
        let cache = BoundedCache::with_capacity(4);
        assert_eq!(get_or_insert(&cache, 1), (1, true));
        assert_eq!(get_or_insert(&cache, 1), (1, false));
        (2..=9).for_each(|key| assert_eq!(get_or_insert(&cache, key), (u32::from(key), true)));
        assert_eq!(get_or_insert(&cache, 9), (9, false));
        assert_eq!(get_or_insert(&cache, 1), (1, true));
        let halves = cache.halves.lock().unwrap();
        assert!(halves.young.len() + halves.old.len() <= 4);
    }

    #[test]
    fn a_shelf_without_room_keeps_nothing_and_refusals_are_not_kept() {
        let cache = BoundedCache::with_capacity(0);
        assert_eq!((get_or_insert(&cache, 1), get_or_insert(&cache, 1)), ((1, true), (1, true)));
        let cache: BoundedCache<u32> = BoundedCache::with_capacity(4);
        assert_eq!(cache.get_or_try_insert(Digest::from_bytes([1; 32]), || Err("no")), Err("no"));
        assert_eq!(get_or_insert(&cache, 1), (1, true));
    }
}
