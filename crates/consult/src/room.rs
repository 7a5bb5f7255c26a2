use crate::{Limits, Notices, client::Receptions, picture::Workshop, store::Store, vault::Vault};

/// What every handler works with.
pub(crate) struct Room {
    pub(crate) store: Store,
    pub(crate) receptions: Receptions,
    pub(crate) operator: String,
    pub(crate) vault: Vault,
    pub(crate) workshop: Workshop,
    pub(crate) keep_pictures_days: u16,
    pub(crate) limits: Limits,
    pub(crate) notices: Notices,
}
