//! Where pictures lie: encrypted with a key of their own each, and that key wrapped by the service's master key.
//!
//! The object store sees only noise under a random name. Without the wrapped key, which stands in the database, an object
//! is lost: erasing the row's key erases the picture, wherever copies of the object may be.

mod master;

use std::{path::PathBuf, sync::Arc};

use base::{FolderSync, Key, Randomness};
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path};

pub use master::MasterKeys;
pub(crate) use master::WrappedKey;

/// Where encrypted pictures are put.
#[derive(Debug, Clone)]
pub enum VaultLocation {
    /// A folder of this machine. It is made if it is not there.
    Folder(PathBuf),
    /// Any object store, such as one that speaks S3.
    Store(Arc<dyn ObjectStore>),
}

/// Why a picture could not be put away or brought back.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The folder cannot be made or used.
    #[error("the folder of pictures '{}' cannot be used", folder.display())]
    Folder {
        /// Which.
        folder: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The object store refused.
    #[error("the object store refused")]
    Store(#[from] object_store::Error),
    /// The master key with which a picture's key was wrapped is not configured any more.
    #[error("master key '{0}' is not configured; add it to the older keys")]
    UnknownMasterKey(String),
    /// What was brought back is not what was put away.
    #[error("a stored picture or its key was changed, or belongs to another name")]
    Changed,
}

/// The pictures of the service.
#[derive(Clone)]
pub struct Vault {
    store: Arc<dyn ObjectStore>,
    keys: MasterKeys,
    /// The folder of a store that leaves the syncing of what it wrote to the vault.
    unsynced: Option<PathBuf>,
}

/// Which of the two objects of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PicturePart {
    /// The picture.
    Full,
    /// Its small copy.
    Thumbnail,
}

impl PicturePart {
    fn object_path(self, name: &str) -> String {
        match self {
            Self::Full => format!("{name}/picture"),
            Self::Thumbnail => format!("{name}/thumbnail"),
        }
    }
}

impl Vault {
    /// The vault at `place`, under `keys`.
    pub fn open(place: VaultLocation, keys: MasterKeys) -> Result<Self, VaultError> {
        match place {
            VaultLocation::Store(store) => Ok(Self { store, keys, unsynced: None }),
            VaultLocation::Folder(folder) => {
                let sync = std::fs::create_dir_all(&folder).and_then(|()| base::sync_folder(&folder));
                let sync = sync.map_err(|source| VaultError::Folder { folder: folder.clone(), source })?;
                Self::open_folder(folder, sync, keys)
            }
        }
    }

    /// A patient is told that a picture was sent only when it would survive a power cut.
    fn open_folder(folder: PathBuf, sync: FolderSync, keys: MasterKeys) -> Result<Self, VaultError> {
        let local = LocalFileSystem::new_with_prefix(&folder)?.with_automatic_cleanup(true);
        let (store, unsynced) = match sync {
            FolderSync::Done => (local.with_fsync(true), None),
            // The store would give up a picture whose folder cannot be synced: the vault syncs the file alone.
            FolderSync::NotOffered => (local, Some(folder)),
        };
        Ok(Self { store: Arc::new(store), keys, unsynced })
    }

    /// Puts a picture and its thumbnail away under `name`, and answers the key that the caller keeps.
    pub(crate) async fn store_picture(
        &self,
        name: &str,
        picture: &[u8],
        thumbnail: &[u8],
        randomness: &Randomness,
    ) -> Result<WrappedKey, VaultError> {
        let key = Key::new(randomness);
        for (part, bytes) in [(PicturePart::Full, picture), (PicturePart::Thumbnail, thumbnail)] {
            let object = part.object_path(name);
            let sealed = key.seal(object.as_bytes(), bytes, randomness);
            let path = Path::from(object);
            self.store.put(&path, PutPayload::from(sealed)).await?;
            self.sync_file(&path).await?;
        }
        Ok(self.keys.wrap(name, &key, randomness))
    }

    /// Syncs a file that the store wrote, where the store does not.
    async fn sync_file(&self, object: &Path) -> Result<(), VaultError> {
        let Some(folder) = self.unsynced.clone() else { return Ok(()) };
        let file = folder.join(object.as_ref());
        let synced = tokio::task::spawn_blocking(move || std::fs::File::open(file)?.sync_all());
        let synced = synced.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
        synced.map_err(|source| VaultError::Folder { folder, source })
    }

    /// Brings one back.
    pub(crate) async fn load_picture(
        &self,
        name: &str,
        part: PicturePart,
        wrapped: &WrappedKey,
    ) -> Result<Vec<u8>, VaultError> {
        let key = self.keys.unwrap(name, wrapped)?;
        let object = part.object_path(name);
        let sealed = self.store.get(&Path::from(object.as_str())).await?.bytes().await?;
        let picture = key.open(object.as_bytes(), &sealed).map_err(|_| VaultError::Changed)?;
        Ok(picture.to_vec())
    }

    /// Removes what lies under `name`. Nothing there is as good.
    pub(crate) async fn remove_picture(&self, name: &str) -> Result<(), VaultError> {
        for part in [PicturePart::Full, PicturePart::Thumbnail] {
            match self.store.delete(&Path::from(part.object_path(name))).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// The id of the master key that wraps today.
    pub(crate) fn current_master_key_id(&self) -> &str {
        self.keys.current_id()
    }

    /// The same key under the master key of today.
    pub(crate) fn rewrap_key(
        &self,
        name: &str,
        wrapped: &WrappedKey,
        randomness: &Randomness,
    ) -> Result<WrappedKey, VaultError> {
        let key = self.keys.unwrap(name, wrapped)?;
        Ok(self.keys.wrap(name, &key, randomness))
    }
}

#[cfg(test)]
mod tests;
