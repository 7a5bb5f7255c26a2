//! The master keys, which wrap the key of each picture.

use std::{collections::BTreeMap, sync::Arc};

use base::{Key, Randomness};

use super::error::VaultError;

/// The master keys: the current one, which wraps, and older ones, which only unwrap.
#[derive(Clone)]
pub struct MasterKeys(Arc<Keys>);

struct Keys {
    current: String,
    all: BTreeMap<String, Key>,
}

/// The wrapped key of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WrappedKey {
    /// The id of the master key that wrapped it.
    pub(crate) master_key_id: String,
    /// The encrypted key.
    pub(crate) wrapped: Vec<u8>,
}

impl MasterKeys {
    /// Sets the current master key. `id` is the operator's name for it, stored in clear with each wrapped key.
    pub fn new(id: impl Into<String>, key: Key) -> Self {
        let id = id.into();
        Self(Arc::new(Keys { all: BTreeMap::from([(id.clone(), key)]), current: id }))
    }

    /// Adds an older master key that may still have wrapped keys. It never replaces the current one.
    #[must_use]
    pub fn with_older(self, id: impl Into<String>, key: Key) -> Self {
        let mut all = self.0.all.clone();
        all.entry(id.into()).or_insert(key);
        Self(Arc::new(Keys { current: self.0.current.clone(), all }))
    }

    pub(crate) fn current_id(&self) -> &str {
        &self.0.current
    }

    /// Wraps the key of the picture `name`; it does not unwrap under another name.
    pub(crate) fn wrap(&self, name: &str, key: &Key, randomness: &Randomness) -> WrappedKey {
        // `new` inserts the current key, and none is ever removed.
        let master = &self.0.all[&self.0.current];
        let wrapped = master.seal(name.as_bytes(), key.expose(), randomness);
        WrappedKey { master_key_id: self.0.current.clone(), wrapped }
    }

    pub(crate) fn unwrap(&self, name: &str, wrapped: &WrappedKey) -> Result<Key, VaultError> {
        let master = self
            .0
            .all
            .get(&wrapped.master_key_id)
            .ok_or_else(|| VaultError::UnknownMasterKey(wrapped.master_key_id.clone()))?;
        let clear = master.open(name.as_bytes(), &wrapped.wrapped).map_err(|_| VaultError::Changed)?;
        Ok(Key::from_bytes(clear.as_slice().try_into().map_err(|_| VaultError::Changed)?))
    }
}
