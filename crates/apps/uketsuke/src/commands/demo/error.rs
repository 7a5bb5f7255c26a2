//! Why the demo cannot start.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use super::{machines::MachinesError, registration::RegistrationFileError, stations::StationFilesError};
use crate::{
    compose::{NoDatabase, ServiceResourcesError, UnusableKey},
    data_folder::UnusableFolder,
    key_store::KeyStoreError,
};

/// Why the demo cannot start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The address cannot be listened on.
    #[error("cannot listen on {0}; choose another with --port, or 0 for a free one")]
    Listen(SocketAddr, #[source] io::Error),
    /// The address for health checks cannot be listened on.
    #[error("cannot listen on {0}; choose another with --listen-health, or port 0 for a free one")]
    ListenHealth(SocketAddr, #[source] io::Error),
    /// The services would not reach each other at this address.
    #[error(
        "--listen {0}: the demo's rooms find each other at 127.0.0.1, which is not listened on then; leave it out, or use \
         --listen 0.0.0.0 for others too"
    )]
    Unreachable(IpAddr),
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] UnusableFolder),
    /// The keys in the data folder cannot be used.
    #[error("the data folder cannot be used")]
    KeyStore(#[from] KeyStoreError),
    #[error(transparent)]
    Database(#[from] NoDatabase),
    /// A database cannot be brought up to date.
    #[error("the database of the national side cannot be opened")]
    Migration(#[from] database::MigrationError),
    #[error("the service cannot be opened")]
    Consult(#[source] Box<consult::WrongSettings>),
    #[error("the reception cannot be opened")]
    Reception(#[from] reception::WrongSettings),
    #[error("the app cannot be opened")]
    Portal(#[from] portal::WrongSettings),
    #[error("the terminal cannot be opened")]
    Terminal(#[source] Box<terminal::WrongSettings>),
    #[error("the authority cannot be opened")]
    Authority(#[from] authority::Refusal),
    #[error("the eligibility system cannot be opened")]
    Eligibility(#[from] eligibility::Refusal),
    /// The certificates of the machines cannot be made.
    #[error("the certificates of server and terminals cannot be made")]
    Machines(#[from] MachinesError),
    /// The world cannot be made.
    #[error("the demo's world cannot be made")]
    World(#[from] world::SeedError),
    /// The passwords of the terminals at the service cannot be made.
    #[error("the accounts of terminals cannot be made")]
    TerminalAccounts(#[source] Box<consult::Refusal>),
    #[error("the institutions' interface cannot be served")]
    Interface(#[from] eligibility::ServeError),
    /// The service's key cannot be made or read.
    #[error(transparent)]
    Key(#[from] UnusableKey),
    /// The service's HTTP client or picture worker cannot be made.
    #[error(transparent)]
    Resources(#[from] ServiceResourcesError),
    /// The service cannot be registered.
    #[error("the service cannot be registered at the reception")]
    Registration(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A file of `--service` is not a registration file.
    #[error("--service")]
    Service(#[from] RegistrationFileError),
    /// The folders of `--terminals` cannot be written.
    #[error(transparent)]
    Terminals(#[from] StationFilesError),
    /// The client for the other services cannot be made.
    #[error("the HTTP client cannot be made")]
    Http(#[from] reqwest::Error),
    /// The runtime, a signal or a listener failed.
    #[error("the system refused")]
    System(#[from] io::Error),
}
