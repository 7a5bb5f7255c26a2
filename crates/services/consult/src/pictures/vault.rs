//! The storage of pictures: each encrypted with a key of its own, which is wrapped by the service's master key.
//!
//! The object store sees only ciphertext under a random name. The wrapped key is in the database alone: erasing it makes all
//! copies of the object unreadable.

pub(crate) mod error;
pub(crate) mod master;

use std::{path::PathBuf, sync::Arc};

use base::{FolderSync, Key, Randomness};
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path};

use error::VaultError;
use master::{MasterKeys, WrappedKey};

/// Where encrypted pictures are stored.
#[derive(Debug, Clone)]
pub enum VaultLocation {
    /// A folder of this machine. Created if it does not exist.
    Folder(PathBuf),
    /// Any object store, such as one with the S3 protocol.
    Store(Arc<dyn ObjectStore>),
}

/// The storage of pictures.
#[derive(Clone)]
pub struct Vault {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) keys: MasterKeys,
    /// The folder of a store that does not sync its files itself, so that the vault has to.
    pub(crate) unsynced: Option<PathBuf>,
}

/// The two objects of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PicturePart {
    Full,
    Thumbnail,
}

impl PicturePart {
    pub(crate) fn object_path(self, name: &str) -> String {
        match self {
            Self::Full => format!("{name}/picture"),
            Self::Thumbnail => format!("{name}/thumbnail"),
        }
    }
}

impl Vault {
    /// Opens the vault at `location`, under `keys`.
    pub fn open(location: VaultLocation, keys: MasterKeys) -> Result<Self, VaultError> {
        match location {
            VaultLocation::Store(store) => Ok(Self { store, keys, unsynced: None }),
            VaultLocation::Folder(folder) => {
                let sync = std::fs::create_dir_all(&folder).and_then(|()| base::sync_folder(&folder));
                let sync = sync.map_err(|source| VaultError::Folder { folder: folder.clone(), source })?;
                Self::open_folder(folder, sync, keys)
            }
        }
    }

    /// Writes are synced, so that a picture reported as sent survives a power cut.
    pub(crate) fn open_folder(folder: PathBuf, sync: FolderSync, keys: MasterKeys) -> Result<Self, VaultError> {
        let local = LocalFileSystem::new_with_prefix(&folder)?.with_automatic_cleanup(true);
        let (store, unsynced) = match sync {
            FolderSync::Done => (local.with_fsync(true), None),
            // The store fails if the folder cannot be synced, so the vault syncs the files alone.
            FolderSync::NotOffered => (local, Some(folder)),
        };
        Ok(Self { store: Arc::new(store), keys, unsynced })
    }

    /// Stores a picture and its thumbnail under `name`; returns the wrapped key, which the caller has to store.
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

    /// Syncs a file that the store wrote, unless the store does so.
    pub(crate) async fn sync_file(&self, object: &Path) -> Result<(), VaultError> {
        let Some(folder) = self.unsynced.clone() else { return Ok(()) };
        let file = folder.join(object.as_ref());
        let synced = tokio::task::spawn_blocking(move || std::fs::File::open(file)?.sync_all());
        let synced = synced.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
        synced.map_err(|source| VaultError::Folder { folder, source })
    }

    /// Loads a picture or its thumbnail.
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

    /// Removes the objects under `name`. Idempotent.
    pub(crate) async fn remove_picture(&self, name: &str) -> Result<(), VaultError> {
        for part in [PicturePart::Full, PicturePart::Thumbnail] {
            match self.store.delete(&Path::from(part.object_path(name))).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// The id of the current master key.
    pub(crate) fn current_master_key_id(&self) -> &str {
        self.keys.current_id()
    }

    /// Rewraps a key under the current master key.
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
