//! How many connections are open, in all and from each network address.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Peer;

/// The places for connections.
pub(super) struct Slots {
    places: Arc<Semaphore>,
    shared: Arc<Shared>,
    most: usize,
}

struct Shared {
    name: &'static str,
    most_per_peer: usize,
    open: Mutex<HashMap<Peer, usize>>,
}

/// A free place that nobody has yet.
pub(super) struct Place {
    permit: OwnedSemaphorePermit,
    shared: Arc<Shared>,
}

/// A place that a connection has for as long as this lives.
pub(super) struct Taken {
    peer: Option<Peer>,
    shared: Arc<Shared>,
    _permit: OwnedSemaphorePermit,
}

/// The address has as many connections as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

impl Slots {
    pub(super) fn new(name: &'static str, most: usize, most_per_peer: usize) -> Self {
        let shared = Shared { name, most_per_peer, open: Mutex::new(HashMap::new()) };
        Self { places: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))), shared: Arc::new(shared), most }
    }

    pub(super) fn most(&self) -> usize {
        self.most
    }

    pub(super) fn free_place(&self) -> Option<Place> {
        let permit = self.places.clone().try_acquire_owned().ok()?;
        Some(Place { permit, shared: self.shared.clone() })
    }

    pub(super) async fn next_place(&self) -> Place {
        // Nobody closes it.
        let permit = self.places.clone().acquire_owned().await.expect("the semaphore is open");
        Place { permit, shared: self.shared.clone() }
    }
}

impl Place {
    /// Gives the place to a connection from `peer`; without one only the sum counts.
    pub(super) fn take(self, peer: Option<Peer>) -> Result<Taken, Full> {
        if let Some(peer) = peer {
            let mut open = self.shared.open.lock().unwrap_or_else(PoisonError::into_inner);
            let count = open.entry(peer).or_default();
            if *count >= self.shared.most_per_peer {
                return Err(Full);
            }
            *count += 1;
        }
        metrics::counter!("uketsuke_connections_total", "listener" => self.shared.name).increment(1);
        metrics::gauge!("uketsuke_connections_open", "listener" => self.shared.name).increment(1.0);
        Ok(Taken { peer, shared: self.shared, _permit: self.permit })
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        metrics::gauge!("uketsuke_connections_open", "listener" => self.shared.name).decrement(1.0);
        let Some(peer) = self.peer else { return };
        let mut open = self.shared.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&peer) {
            *count -= 1;
            if *count == 0 {
                open.remove(&peer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_takes_its_share_and_others_theirs() {
        let slots = Slots::new("test", 4, 2);
        let (one, other) = (Peer::new([192, 0, 2, 1].into()), Peer::new([192, 0, 2, 2].into()));
        let take = |peer| slots.free_place().expect("a place is free").take(peer);
        let first = take(Some(one)).unwrap();
        let _second = take(Some(one)).unwrap();
        assert_eq!(take(Some(one)).err(), Some(Full));
        let _others = take(Some(other)).unwrap();
        let _proxy = take(None).unwrap();
        assert!(slots.free_place().is_none(), "all places are taken");
        drop(first);
        assert!(take(Some(one)).is_ok());
    }
}
