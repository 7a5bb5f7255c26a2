//! Simulated faults of the interface for institutions as a whole.

use std::sync::{Arc, PoisonError, RwLock};

use base::Span;

/// How the interface behaves. The state belongs to this process, like a fault of one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InterfaceFault {
    None,
    /// 保守中: every request is refused (HTTP 503).
    Closed,
    /// Every response is delayed by so long.
    Slow(Span),
    /// Results of bulk searches are pending for so long after the search (処理中).
    Busy(Span),
    /// Every response breaks off halfway.
    CutOff,
}

/// The fault, shared by all clones of the service.
#[derive(Clone)]
pub(crate) struct SharedInterfaceFault(Arc<RwLock<InterfaceFault>>);

impl SharedInterfaceFault {
    pub(crate) fn new() -> Self {
        Self(Arc::new(RwLock::new(InterfaceFault::None)))
    }

    pub(crate) fn set(&self, fault: InterfaceFault) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    pub(crate) fn current(&self) -> InterfaceFault {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}
