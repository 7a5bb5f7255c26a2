//! Limits of open connections, in total and per network address.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Peer;

/// The slots for connections.
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

/// A slot that is not yet occupied by a connection.
pub(super) struct FreeSlot {
    permit: OwnedSemaphorePermit,
    shared: Arc<SharedSlots>,
}

/// A slot that a connection occupies until this is dropped.
pub(super) struct OccupiedSlot {
    peer: Option<Peer>,
    shared: Arc<SharedSlots>,
    _permit: OwnedSemaphorePermit,
}

/// The address has as many connections as allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooManyConnections;

impl ConnectionSlots {
    pub(super) fn new(name: &'static str, max_connections: usize, max_connections_per_peer: usize) -> Self {
        let shared = SharedSlots { name, max_connections_per_peer, open: Mutex::new(HashMap::new()) };
        Self {
            semaphore: Arc::new(Semaphore::new(max_connections.min(Semaphore::MAX_PERMITS))),
            shared: Arc::new(shared),
            max_connections,
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
        // The semaphore is never closed.
        let permit = self.semaphore.clone().acquire_owned().await.expect("the semaphore is open");
        FreeSlot { permit, shared: self.shared.clone() }
    }
}

impl FreeSlot {
    /// Occupies the slot for a connection from `peer`; without one only the total is limited.
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
        let (peer, other_peer) = (Peer::new([192, 0, 2, 1].into()), Peer::new([192, 0, 2, 2].into()));
        let occupy = |peer| slots.try_acquire().expect("a slot is free").occupy(peer);
        let first_slot = occupy(Some(peer)).unwrap();
        let _second = occupy(Some(peer)).unwrap();
        assert_eq!(occupy(Some(peer)).err(), Some(TooManyConnections));
        let _third = occupy(Some(other_peer)).unwrap();
        let _proxy = occupy(None).unwrap();
        assert!(slots.try_acquire().is_none(), "all places are taken");
        drop(first_slot);
        assert!(occupy(Some(peer)).is_ok());
    }
}
