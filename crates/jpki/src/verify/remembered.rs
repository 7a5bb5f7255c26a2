use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use base::Digest;

use super::{
    anchors::{Anchor, Anchors},
    judge::{self, Judged},
    responder::{self, Delegate},
};
use crate::{CertificateRefusal, RevocationRefusal};

/// The certificates whose path and profile were found right before, so that an authority's signature is verified once
/// per certificate and not once per answer.
///
/// Kept by the SHA-256 of the certificate and of the anchors that it was judged under. Only what stays true is kept:
/// validity and revocation are looked at each time, refusals are not kept, and a certificate under other anchors is
/// another certificate. Threads may share it; no two machines need to.
pub struct Remembered {
    certificates: Shelf<Judged>,
    delegates: Shelf<Delegate>,
}

/// A bounded memory in two halves: what is not used while the young one fills up is forgotten with the old one.
pub(super) struct Shelf<T> {
    half: usize,
    halves: Mutex<Halves<T>>,
}

struct Halves<T> {
    young: HashMap<Digest, Arc<T>>,
    old: HashMap<Digest, Arc<T>>,
}

impl Remembered {
    /// Room for about so many certificates (a few hundred bytes each). With none, nothing is remembered.
    pub fn up_to(certificates: usize) -> Self {
        Self { certificates: Shelf::of(certificates), delegates: Shelf::of(certificates.min(64)) }
    }

    pub(super) fn certificate(&self, anchors: &Anchors, bytes: &[u8]) -> Result<Arc<Judged>, CertificateRefusal> {
        let key = base::digest(&[b"certificate", anchors.fingerprint.as_bytes(), bytes]);
        self.certificates.recall(key, || judge::judge(bytes, anchors))
    }

    pub(super) fn delegate(&self, anchor: &Anchor, bytes: &[u8]) -> Result<Arc<Delegate>, RevocationRefusal> {
        let key = base::digest(&[b"delegate", anchor.fingerprint.as_bytes(), bytes]);
        self.delegates.recall(key, || responder::judge(bytes, anchor))
    }
}

impl<T> Shelf<T> {
    pub(super) fn of(capacity: usize) -> Self {
        let halves = Halves { young: HashMap::new(), old: HashMap::new() };
        Self { half: capacity.div_ceil(2), halves: Mutex::new(halves) }
    }

    fn recall<E>(&self, key: Digest, judge: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        if let Some(found) = self.find(&key) {
            return Ok(found);
        }
        // Judged without the lock: two threads may both judge, and both come to the same.
        let judged = Arc::new(judge()?);
        self.keep(key, Arc::clone(&judged));
        Ok(judged)
    }

    pub(super) fn find(&self, key: &Digest) -> Option<Arc<T>> {
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = halves.young.get(key) {
            return Some(Arc::clone(found));
        }
        let found = halves.old.remove(key)?;
        self.put(&mut halves, *key, Arc::clone(&found));
        Some(found)
    }

    pub(super) fn keep(&self, key: Digest, value: Arc<T>) {
        if self.half > 0 {
            let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
            self.put(&mut halves, key, value);
        }
    }

    fn put(&self, halves: &mut Halves<T>, key: Digest, value: Arc<T>) {
        if halves.young.len() >= self.half {
            halves.old = std::mem::take(&mut halves.young);
        }
        halves.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recall(shelf: &Shelf<u32>, key: u8) -> (u32, bool) {
        let mut judged = false;
        let value = shelf.recall(Digest::from_bytes([key; 32]), || {
            judged = true;
            Ok::<_, ()>(u32::from(key))
        });
        (*value.unwrap(), judged)
    }

    #[test]
    fn what_was_judged_is_judged_again_only_when_forgotten() {
        let shelf = Shelf::of(4);
        assert_eq!(recall(&shelf, 1), (1, true));
        assert_eq!(recall(&shelf, 1), (1, false));
        (2..=9).for_each(|key| assert_eq!(recall(&shelf, key), (u32::from(key), true)));
        assert_eq!(recall(&shelf, 9), (9, false));
        assert_eq!(recall(&shelf, 1), (1, true));
        let halves = shelf.halves.lock().unwrap();
        assert!(halves.young.len() + halves.old.len() <= 4);
    }

    #[test]
    fn a_shelf_without_room_keeps_nothing_and_refusals_are_not_kept() {
        let shelf = Shelf::of(0);
        assert_eq!((recall(&shelf, 1), recall(&shelf, 1)), ((1, true), (1, true)));
        let shelf: Shelf<u32> = Shelf::of(4);
        assert_eq!(shelf.recall(Digest::from_bytes([1; 32]), || Err("no")), Err("no"));
        assert_eq!(recall(&shelf, 1), (1, true));
    }
}
