//! Other services at the demo's reception: whoever develops one registers it by a file.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use handover::{Client, ClientId, ClientKeys, RedirectUri, WrongClient, WrongKeys};
use serde::Deserialize;
use serde_json::value::RawValue;
use shell::{Origin, Text};

/// Why a file registers no service.
#[derive(Debug, thiserror::Error)]
pub enum WrongService {
    /// It cannot be read.
    #[error("'{0}' cannot be read")]
    File(PathBuf, #[source] io::Error),
    /// A member is missing or wrong; the source names it.
    #[error("'{0}' must hold client_id, name, home, redirect_uris and jwks")]
    Content(PathBuf, #[source] serde_json::Error),
    /// Its keys cannot be used.
    #[error("'{0}': the jwks cannot be used")]
    Keys(PathBuf, #[source] WrongKeys),
    /// It cannot be registered like this.
    #[error("'{0}' cannot be registered")]
    Client(PathBuf, #[source] WrongClient),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    client_id: ClientId,
    name: String,
    name_english: Option<String>,
    home: Origin,
    redirect_uris: Vec<RedirectUri>,
    jwks: Box<RawValue>,
}

/// The service that a file registers.
pub(super) fn read(path: &Path) -> Result<reception::Service, WrongService> {
    let named = || path.to_owned();
    let content = fs::read(path).map_err(|error| WrongService::File(named(), error))?;
    let file: File = serde_json::from_slice(&content).map_err(|error| WrongService::Content(named(), error))?;
    let keys = ClientKeys::parse(file.jwks.get().as_bytes()).map_err(|wrong| WrongService::Keys(named(), wrong))?;
    let client = Client::new(file.client_id, keys, file.redirect_uris);
    Ok(reception::Service {
        client: client.map_err(|wrong| WrongService::Client(named(), wrong))?,
        name: Text::filled(file.name.clone(), file.name_english.unwrap_or(file.name)),
        home: file.home,
    })
}
