use crate::{Limits, client::Receptions, picture::Workshop, store::Store, vault::Vault};

/// What every handler works with.
pub(crate) struct Room {
    pub(crate) store: Store,
    pub(crate) receptions: Receptions,
    pub(crate) operator: String,
    /// The address that letters come from, where they leave the service.
    pub(crate) sender: Option<String>,
    pub(crate) vault: Vault,
    pub(crate) workshop: Workshop,
    pub(crate) keep_pictures_days: u16,
    pub(crate) limits: Limits,
}
