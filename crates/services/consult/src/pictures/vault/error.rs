//! Why the storage for pictures fails.

use std::path::PathBuf;

/// Why a picture could not be stored or loaded.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The folder cannot be created or used.
    #[error("the folder of pictures '{}' cannot be used", folder.display())]
    Folder {
        folder: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the object store refused")]
    Store(#[from] object_store::Error),
    /// The master key that wrapped a picture's key is not configured any more.
    #[error("master key '{0}' is not configured; add it to the older keys")]
    UnknownMasterKey(String),
    /// An object or a wrapped key failed its authentication.
    #[error("a stored picture or its key was changed, or belongs to another name")]
    Changed,
}
