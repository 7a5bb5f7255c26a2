//! How the interface for institutions as a whole behaves: well, or as it does on a bad day.

use std::sync::{Arc, PoisonError, RwLock};

use base::Span;

/// How the interface behaves, on demand. It is this process' own, as a fault of a machine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InterfaceFault {
    /// It works.
    None,
    /// 保守中: nobody is answered (HTTP 503).
    Closed,
    /// Every answer takes so long.
    Slow(Span),
    /// Results of searches are in the making for so long after the search (処理中).
    Busy(Span),
    /// Every answer breaks off in its middle.
    CutOff,
}

/// The condition that all clones of a room share.
#[derive(Clone)]
pub(crate) struct SharedInterfaceFault(Arc<RwLock<InterfaceFault>>);

impl SharedInterfaceFault {
    pub(crate) fn new() -> Self {
        Self(Arc::new(RwLock::new(InterfaceFault::None)))
    }

    pub(crate) fn set(&self, condition: InterfaceFault) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = condition;
    }

    pub(crate) fn current(&self) -> InterfaceFault {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}
