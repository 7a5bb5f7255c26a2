//! The online-consultation service, which the demo and `uketsuke serve` open.

use std::{io, path::PathBuf};

use base::Causes;
use consult::{
    Consult, HandOverSettings, ImageWorker, KnownReception, Limits, MailTransport, MasterKeys, Notices, RelayOutage,
    VaultLocation, WrongSettings,
};
use database::Location;
use handover::{ClientId, ClientKey};
use web::Site;
use zeroize::Zeroizing;

use crate::{
    health::{Health, NotReady},
    key_store::{KeyStore, KeyStoreError},
};

/// The name of the key that seals the service's columns and keys its audit.
pub(crate) const SEALING_KEY: &str = "consult";

/// The resources that the service gets from the program.
pub struct ServiceResources {
    /// The HTTP client for receptions; the service makes no other requests.
    pub http: reqwest::Client,
    /// The process that normalises pictures.
    pub picture_worker: ImageWorker,
}

/// Why the resources cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ServiceResourcesError {
    /// The client for receptions cannot be made.
    #[error("the HTTP client cannot be made")]
    Http(#[from] reqwest::Error),
    /// The path of the program's file is not known.
    #[error("the program's own file, which turns pictures, cannot be found")]
    Program(#[source] io::Error),
}

/// Why the key for the hand-over cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UnusableKey {
    /// It cannot be read or stored.
    #[error("the service's key for the hand-over cannot be kept")]
    KeyStore(#[from] KeyStoreError),
    /// The stored key is invalid.
    #[error("the service's key for the hand-over cannot be used")]
    Key(#[from] handover::WrongClientKey),
}

/// What differs between the services that commands open. Keys and pictures are in the data folder of each.
pub(crate) struct ServiceParts {
    pub(crate) site: Site,
    pub(crate) database: Location,
    pub(crate) operator: String,
    /// The contact in the signature of letters.
    pub(crate) contact: Option<String>,
    pub(crate) client_id: ClientId,
    pub(crate) client_key: ClientKey,
    pub(crate) receptions: Vec<KnownReception>,
    pub(crate) resources: ServiceResources,
    /// The name of the master key under which new pictures are sealed. Stored pictures name theirs.
    pub(crate) picture_key: &'static str,
    pub(crate) picture_retention_days: u16,
    pub(crate) mail_transport: MailTransport,
    pub(crate) limits: Limits,
    pub(crate) notices: Notices,
}

impl ServiceResources {
    /// The resources of the program.
    pub fn from_program() -> Result<Self, ServiceResourcesError> {
        let picture_worker = build_picture_worker().map_err(ServiceResourcesError::Program)?;
        Ok(Self { http: http_client::build()?, picture_worker })
    }
}

/// Pictures are normalised by this program, or by the program that `UKETSUKE_PROGRAM` names, for tests.
fn build_picture_worker() -> io::Result<ImageWorker> {
    let arguments = vec!["picture-worker".to_owned()];
    match std::env::var_os("UKETSUKE_PROGRAM") {
        Some(program) => Ok(ImageWorker::new(program.into(), arguments)),
        None => ImageWorker::for_current_program(arguments),
    }
}

/// The key with which the service signs its client assertions; created at the first use.
pub(crate) fn load_hand_over_key(key_store: &KeyStore) -> Result<ClientKey, UnusableKey> {
    let generate = || Ok::<_, KeyStoreError>(Zeroizing::new(ClientKey::generate().reveal_pkcs8().to_vec()));
    Ok(ClientKey::from_pkcs8(&key_store.load_or_create("hand-over.sealed", generate)?)?)
}

/// Opens the service with its keys and pictures in the data folder.
pub(crate) fn open_service(key_store: &KeyStore, parts: ServiceParts) -> Result<Consult, WrongSettings> {
    Consult::open(consult::Settings {
        site: parts.site,
        database: parts.database,
        operator: parts.operator,
        contact: parts.contact,
        sealing_key: key_store.key(SEALING_KEY),
        http: parts.resources.http,
        hand_over: HandOverSettings {
            client_id: parts.client_id,
            client_key: parts.client_key,
            receptions: parts.receptions,
        },
        pictures: VaultLocation::Folder(key_store.path("pictures")),
        picture_keys: MasterKeys::new(parts.picture_key, key_store.key("pictures")),
        image_worker: parts.resources.picture_worker,
        mail_transport: parts.mail_transport,
        picture_retention_days: parts.picture_retention_days,
        limits: parts.limits,
        notices: parts.notices,
    })
}

/// Whether the service can write. An outage of the mail relay is a warning: letters wait, and everything else works.
pub(crate) fn watch_service(consult: &Consult, data: PathBuf, least_free_mb: u32) -> Health {
    let (database, mail) = (consult.clone(), consult.clone());
    let check = move || {
        let database = database.clone();
        async move { database.check_ready().await.map_err(|error| NotReady::Database(Causes(&error).to_string())) }
    };
    let warning = move || mail.relay_outage().map(|outage| describe_relay_failure(&outage));
    Health::new(Some(data), least_free_mb, check, warning)
}

fn describe_relay_failure(outage: &RelayOutage) -> String {
    let code = outage.code.map_or_else(String::new, |code| format!(" {code}"));
    format!("the mail relay takes no letter since {} ({}{code})", outage.since, outage.stage)
}
