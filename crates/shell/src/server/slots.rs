//! How many connections are open, in all and from each network address.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Peer;

/// The places for connections.
pub(super) struct ConnectionSlots {
    semaphore: Arc<Semaphore>,
    shared: Arc<SharedSlots>,
    max_connections: usize,
}

struct SharedSlots {
    name: &'static str,
    max_connections_per_peer: usize,
    open: Mutex<HashMap<Peer, usize>>,
}

/// A free place that nobody has yet.
pub(super) struct FreeSlot {
    permit: OwnedSemaphorePermit,
    shared: Arc<SharedSlots>,
}

/// A place that a connection has for as long as this lives.
pub(super) struct OccupiedSlot {
    peer: Option<Peer>,
    shared: Arc<SharedSlots>,
    _permit: OwnedSemaphorePermit,
}

/// The address has as many connections as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooManyConnections;

impl ConnectionSlots {
    pub(super) fn new(name: &'static str, most: usize, most_per_peer: usize) -> Self {
        let shared = SharedSlots { name, max_connections_per_peer: most_per_peer, open: Mutex::new(HashMap::new()) };
        Self {
            semaphore: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))),
            shared: Arc::new(shared),
            max_connections: most,
        }
    }

    pub(super) fn max_connections(&self) -> usize {
        self.max_connections
    }

    pub(super) fn try_acquire(&self) -> Option<FreeSlot> {
        let permit = self.semaphore.clone().try_acquire_owned().ok()?;
        Some(FreeSlot { permit, shared: self.shared.clone() })
    }

    pub(super) async fn acquire(&self) -> FreeSlot {
        // Nobody closes it.
        let permit = self.semaphore.clone().acquire_owned().await.expect("the semaphore is open");
        FreeSlot { permit, shared: self.shared.clone() }
    }
}

impl FreeSlot {
    /// Gives the place to a connection from `peer`; without one only the sum counts.
    pub(super) fn occupy(self, peer: Option<Peer>) -> Result<OccupiedSlot, TooManyConnections> {
        if let Some(peer) = peer {
            let mut open = self.shared.open.lock().unwrap_or_else(PoisonError::into_inner);
            let count = open.entry(peer).or_default();
            if *count >= self.shared.max_connections_per_peer {
                return Err(TooManyConnections);
            }
            *count += 1;
        }
        metrics::counter!("uketsuke_connections_total", "listener" => self.shared.name).increment(1);
        metrics::gauge!("uketsuke_connections_open", "listener" => self.shared.name).increment(1.0);
        Ok(OccupiedSlot { peer, shared: self.shared, _permit: self.permit })
    }
}

impl Drop for OccupiedSlot {
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
        let slots = ConnectionSlots::new("test", 4, 2);
        let (one, other) = (Peer::new([192, 0, 2, 1].into()), Peer::new([192, 0, 2, 2].into()));
        let take = |peer| slots.try_acquire().expect("a place is free").occupy(peer);
        let first = take(Some(one)).unwrap();
        let _second = take(Some(one)).unwrap();
        assert_eq!(take(Some(one)).err(), Some(TooManyConnections));
        let _others = take(Some(other)).unwrap();
        let _proxy = take(None).unwrap();
        assert!(slots.try_acquire().is_none(), "all places are taken");
        drop(first);
        assert!(take(Some(one)).is_ok());
    }
}
