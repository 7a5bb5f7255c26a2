//! Settings in TOML files. An error is reported with the file, the key and the remedy.

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

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("'{0}' cannot be read; {1}")]
    Unreadable(PathBuf, &'static str, #[source] io::Error),
    /// It is not TOML, or a key is missing, unknown or of another type; the source names it.
    #[error("'{0}' is not right; {1} lists the keys")]
    Content(PathBuf, &'static str, #[source] Box<toml::de::Error>),
    /// A value is invalid for its key.
    #[error("'{file}': {key}: {remedy}")]
    Value {
        file: PathBuf,
        key: String,
        remedy: &'static str,
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// A file that a key names cannot be read.
    #[error("'{file}': {key}: '{named_file}' cannot be read; {remedy}")]
    NamedFile {
        file: PathBuf,
        key: &'static str,
        named_file: PathBuf,
        remedy: &'static str,
        #[source]
        source: io::Error,
    },
    /// A folder that a key names cannot be made.
    #[error("'{file}': {key}: '{folder}' cannot be made; name a folder that this account may write")]
    Folder {
        file: PathBuf,
        key: &'static str,
        folder: PathBuf,
        #[source]
        source: io::Error,
    },
    /// Notices for the public are missing.
    #[error("the service cannot be opened to the public; write what is missing:{0}")]
    MissingKeys(MissingKeys),
    /// The address cannot be listened on.
    #[error("'{file}': {key}: {address} cannot be listened on; choose another port, or 0 for a free one")]
    Listen {
        file: PathBuf,
        key: &'static str,
        address: SocketAddr,
        #[source]
        source: io::Error,
    },
}

/// Missing keys, collected so that all are reported at once.
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
    /// Adds a missing key.
    pub(crate) fn add(&mut self, settings: &SettingsFile<'_>, key: impl Into<String>, remedy: &'static str) {
        self.entries.push(MissingKey { file: settings.path.to_owned(), key: key.into(), remedy, reason: None });
    }

    /// Notes one that is there and cannot be used.
    pub(crate) fn add_with_reason(
        &mut self,
        settings: &SettingsFile<'_>,
        key: &str,
        remedy: &'static str,
        reason: String,
    ) {
        self.entries.push(MissingKey {
            file: settings.path.to_owned(),
            key: key.to_owned(),
            remedy,
            reason: Some(reason),
        });
    }

    /// An error if keys are missing.
    pub(crate) fn into_result(self) -> Result<(), SettingsError> {
        if self.entries.is_empty() { Ok(()) } else { Err(SettingsError::MissingKeys(self)) }
    }
}

impl fmt::Display for MissingKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for MissingKey { file, key, remedy, reason } in &self.entries {
            write!(formatter, "\n  '{}': {key}: {remedy}", file.display())?;
            if let Some(reason) = reason {
                write!(formatter, " ({reason})")?;
            }
        }
        Ok(())
    }
}

/// A file of settings. Paths in it are relative to its folder.
pub(crate) struct SettingsFile<'f> {
    path: &'f Path,
}

impl<'f> SettingsFile<'f> {
    /// A settings file at this path.
    pub(crate) fn from_path(path: &'f Path) -> Self {
        Self { path }
    }

    /// Reads the file into `T`. `remedy` says how to name another file, `guide` where the keys are listed.
    pub(crate) fn read<T: DeserializeOwned>(
        path: &'f Path,
        remedy: &'static str,
        guide: &'static str,
    ) -> Result<(Self, T), SettingsError> {
        let text =
            fs::read_to_string(path).map_err(|error| SettingsError::Unreadable(path.to_owned(), remedy, error))?;
        let content =
            toml::from_str(&text).map_err(|error| SettingsError::Content(path.to_owned(), guide, error.into()))?;
        Ok((Self::from_path(path), content))
    }

    /// Resolves a path in the file.
    pub(crate) fn resolve_path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.path.parent().unwrap_or(Path::new(".")).join(path)
    }

    /// Parses a value.
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

    /// The error for the value of a key.
    pub(crate) fn key_error(
        &self,
        key: impl Into<String>,
        remedy: &'static str,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> SettingsError {
        SettingsError::Value { file: self.path.to_owned(), key: key.into(), remedy, source: source.into() }
    }

    /// Reads a file that a key names.
    pub(crate) fn read_file(
        &self,
        key: &'static str,
        path: &Path,
        remedy: &'static str,
    ) -> Result<Zeroizing<Vec<u8>>, SettingsError> {
        let path = self.resolve_path(path);
        let content = fs::read(&path);
        let content = content.map_err(|source| SettingsError::NamedFile {
            file: self.path.to_owned(),
            key,
            named_file: path,
            remedy,
            source,
        })?;
        Ok(Zeroizing::new(content))
    }

    /// Reads a secret of one line from a file that a key names.
    pub(crate) fn read_secret(
        &self,
        key: &'static str,
        path: &Path,
        remedy: &'static str,
    ) -> Result<Zeroizing<String>, SettingsError> {
        let content = self.read_file(key, path, remedy)?;
        let text = std::str::from_utf8(&content).map_err(|error| self.key_error(key, remedy, error))?;
        Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
    }

    /// Creates a folder that a key names, if it is missing.
    pub(crate) fn make_folder(&self, key: &'static str, folder: &Path) -> Result<(), SettingsError> {
        make_folder(folder).map_err(|source| SettingsError::Folder {
            file: self.path.to_owned(),
            key,
            folder: folder.to_owned(),
            source,
        })
    }

    /// Listens on the address of the key `listen`.
    pub(crate) async fn listen(&self, address: SocketAddr) -> Result<TcpListener, SettingsError> {
        let listener = TcpListener::bind(address).await;
        listener.map_err(|source| self.listen_error("listen", address, source))
    }

    /// Listens on the address of the key `listen_health`, if there is one.
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

    /// Parses the address for health checks and metrics.
    pub(crate) fn parse_health_address(&self, text: Option<&str>) -> Result<Option<SocketAddr>, SettingsError> {
        let remedy = "write an address and a port of their own, such as \"127.0.0.1:8421\"";
        text.map(|text| self.parse_value("listen_health", remedy, text)).transpose()
    }
}
