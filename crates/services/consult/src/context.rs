//! The resources of the handlers.

use web::UploadMemory;

use crate::{
    notices::rules::Notices,
    pictures::{image_worker::ImageWorker, upload_lock::UploadLocks, vault::Vault},
    proof::client::ReceptionClient,
    store::Store,
};

/// The resources that every handler uses.
pub(crate) struct Context {
    pub(crate) store: Store,
    pub(crate) receptions: ReceptionClient,
    pub(crate) operator: String,
    /// The sender of letters, unless they stay in the outbox.
    pub(crate) sender_address: Option<String>,
    pub(crate) vault: Vault,
    pub(crate) image_worker: ImageWorker,
    pub(crate) upload_memory: UploadMemory,
    pub(crate) upload_locks: UploadLocks,
    pub(crate) picture_retention_days: u16,
    pub(crate) notices: Notices,
}
