//! Settings in TOML files. Whatever is wrong in one is told with the file, the key and what to do.

use std::{
    error::Error,
    fmt, fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
};

use serde::de::DeserializeOwned;
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use crate::{health, key_store::make_folder};

/// What is wrong with settings, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("'{0}' cannot be read; {1}")]
    Unreadable(PathBuf, &'static str, #[source] io::Error),
    /// It is no TOML, or a key is missing, unknown or of another kind; the source names it.
    #[error("'{0}' is not right; {1} lists the keys")]
    Content(PathBuf, &'static str, #[source] Box<toml::de::Error>),
    /// A value is not what its key is for.
    #[error("'{file}': {key}: {remedy}")]
    Value {
        /// The settings.
        file: PathBuf,
        /// The key in them.
        key: String,
        /// What to do.
        remedy: &'static str,
        /// Why.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// A file that a key names cannot be read.
    #[error("'{file}': {key}: '{named_file}' cannot be read; {remedy}")]
    NamedFile {
        /// The settings.
        file: PathBuf,
        /// The key in them.
        key: &'static str,
        /// What it names.
        named_file: PathBuf,
        /// What to do.
        remedy: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A folder that a key names cannot be made.
    #[error("'{file}': {key}: '{folder}' cannot be made; name a folder that this account may write")]
    Folder {
        /// The settings.
        file: PathBuf,
        /// The key in them.
        key: &'static str,
        /// The folder.
        folder: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// What the public has to be told is not there.
    #[error("the service cannot be opened to the public; write what is missing:{0}")]
    MissingKeys(MissingKeys),
    /// The address cannot be listened on.
    #[error("'{file}': {key}: {address} cannot be listened on; choose another port, or 0 for a free one")]
    Listen {
        /// The settings.
        file: PathBuf,
        /// The key in them.
        key: &'static str,
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Keys that are missing, so that all of them are told at once.
#[derive(Debug, Default)]
pub struct MissingKeys {
    entries: Vec<MissingKey>,
}

#[derive(Debug)]
struct MissingKey {
    file: PathBuf,
    key: String,
    remedy: &'static str,
    reason: Option<String>,
}

impl MissingKeys {
    /// Notes one.
    pub(crate) fn add(&mut self, settings: &SettingsFile<'_>, key: impl Into<String>, remedy: &'static str) {
        self.entries.push(MissingKey { file: settings.path.to_owned(), key: key.into(), remedy, reason: None });
    }

    /// Notes one that is there and cannot be used.
    pub(crate) fn add_with_reason(
        &mut self,
        settings: &SettingsFile<'_>,
        key: &str,
        remedy: &'static str,
        why: String,
    ) {
        self.entries.push(MissingKey {
            file: settings.path.to_owned(),
            key: key.to_owned(),
            remedy,
            reason: Some(why),
        });
    }

    /// Refuses settings in which something is missing.
    pub(crate) fn into_result(self) -> Result<(), SettingsError> {
        if self.entries.is_empty() { Ok(()) } else { Err(SettingsError::MissingKeys(self)) }
    }
}

impl fmt::Display for MissingKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for MissingKey { file, key, remedy, reason: why } in &self.entries {
            write!(formatter, "\n  '{}': {key}: {remedy}", file.display())?;
            if let Some(why) = why {
                write!(formatter, " ({why})")?;
            }
        }
        Ok(())
    }
}

/// A file of settings. Paths in it are from the folder that it is in.
pub(crate) struct SettingsFile<'f> {
    path: &'f Path,
}

impl<'f> SettingsFile<'f> {
    /// One that was read.
    pub(crate) fn from_path(path: &'f Path) -> Self {
        Self { path }
    }

    /// Reads one into `T`. `named_by` says how another is named, `guide` where its keys are listed.
    pub(crate) fn read<T: DeserializeOwned>(
        path: &'f Path,
        named_by: &'static str,
        guide: &'static str,
    ) -> Result<(Self, T), SettingsError> {
        let text =
            fs::read_to_string(path).map_err(|error| SettingsError::Unreadable(path.to_owned(), named_by, error))?;
        let content =
            toml::from_str(&text).map_err(|error| SettingsError::Content(path.to_owned(), guide, error.into()))?;
        Ok((Self::from_path(path), content))
    }

    /// A path that the file names.
    pub(crate) fn resolve_path(&self, named: impl AsRef<Path>) -> PathBuf {
        self.path.parent().unwrap_or(Path::new(".")).join(named)
    }

    /// A text, read as what its key is for.
    pub(crate) fn parse_value<T>(
        &self,
        key: impl Into<String>,
        remedy: &'static str,
        text: &str,
    ) -> Result<T, SettingsError>
    where
        T: FromStr<Err: Error + Send + Sync + 'static>,
    {
        text.parse().map_err(|source: T::Err| self.key_error(key, remedy, source))
    }

    /// What a key says cannot be used.
    pub(crate) fn key_error(
        &self,
        key: impl Into<String>,
        remedy: &'static str,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> SettingsError {
        SettingsError::Value { file: self.path.to_owned(), key: key.into(), remedy, source: source.into() }
    }

    /// What is in a file that a key names.
    pub(crate) fn read_file(
        &self,
        key: &'static str,
        named: &Path,
        remedy: &'static str,
    ) -> Result<Zeroizing<Vec<u8>>, SettingsError> {
        let named = self.resolve_path(named);
        let content = fs::read(&named);
        let content = content.map_err(|source| SettingsError::NamedFile {
            file: self.path.to_owned(),
            key,
            named_file: named,
            remedy,
            source,
        })?;
        Ok(Zeroizing::new(content))
    }

    /// The one line of a file that a key names, which nobody else reads.
    pub(crate) fn read_secret(
        &self,
        key: &'static str,
        named: &Path,
        remedy: &'static str,
    ) -> Result<Zeroizing<String>, SettingsError> {
        let content = self.read_file(key, named, remedy)?;
        let text = std::str::from_utf8(&content).map_err(|wrong| self.key_error(key, remedy, wrong))?;
        Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
    }

    /// Makes a folder that a key names, where there is none.
    pub(crate) fn make_folder(&self, key: &'static str, folder: &Path) -> Result<(), SettingsError> {
        make_folder(folder).map_err(|source| SettingsError::Folder {
            file: self.path.to_owned(),
            key,
            folder: folder.to_owned(),
            source,
        })
    }

    /// Listens where the key `listen` says.
    pub(crate) async fn listen(&self, address: SocketAddr) -> Result<TcpListener, SettingsError> {
        let listener = TcpListener::bind(address).await;
        listener.map_err(|source| self.listen_error("listen", address, source))
    }

    /// Listens where the key `listen_health` says, if it says so.
    pub(crate) async fn listen_health(
        &self,
        address: Option<SocketAddr>,
    ) -> Result<Option<TcpListener>, SettingsError> {
        let Some(address) = address else { return Ok(None) };
        let listener = health::bind_listener(address).await;
        listener.map(Some).map_err(|source| self.listen_error("listen_health", address, source))
    }

    fn listen_error(&self, key: &'static str, address: SocketAddr, source: io::Error) -> SettingsError {
        SettingsError::Listen { file: self.path.to_owned(), key, address, source }
    }

    /// Where signs of life and metrics are told.
    pub(crate) fn parse_health_address(&self, text: Option<&str>) -> Result<Option<SocketAddr>, SettingsError> {
        let remedy = "write an address and a port of their own, such as \"127.0.0.1:8421\"";
        text.map(|text| self.parse_value("listen_health", remedy, text)).transpose()
    }
}
