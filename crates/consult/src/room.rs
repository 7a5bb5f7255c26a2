use shell::UploadMemory;

use crate::{
    Limits, Notices,
    client::Receptions,
    picture::{UploadTurns, Workshop},
    store::Store,
    vault::Vault,
};

/// What every handler works with.
pub(crate) struct Room {
    pub(crate) store: Store,
    pub(crate) receptions: Receptions,
    pub(crate) operator: String,
    pub(crate) vault: Vault,
    pub(crate) workshop: Workshop,
    pub(crate) upload_memory: UploadMemory,
    pub(crate) upload_turns: UploadTurns,
    pub(crate) keep_pictures_days: u16,
    pub(crate) limits: Limits,
    pub(crate) notices: Notices,
}
