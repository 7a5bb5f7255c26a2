//! `uketsuke portal`: マイナポータルアプリ on a person's own computer, with the cards in its readers.
//!
//! Its window is a page on a loopback address that the reception's page links to. It leaves no data: what it stores while it
//! runs is sealed with a key that exists only in its memory.

mod texts;

use std::{future::Future, io, net::Ipv4Addr, path::PathBuf};

use base::{Clock, Key, Randomness};
use database::Location;
use portal::{KnownReception, Portal, Readers};
use serde::Serialize;
use tempfile::TempDir;
use tokio::{net::TcpListener, runtime::Runtime};
use ui::Theme;
use web::{Origin, Site, server::ConnectionSettings};

use crate::{
    arguments::PortalArguments,
    health::Health,
    listeners::{self, Listener, Sites},
    output::print_json_line,
    signals::Signals,
};

/// Why the app cannot start.
#[derive(Debug, thiserror::Error)]
pub enum PortalAppError {
    /// The program was built without card readers.
    #[error(
        "this program was built without card readers: build it with `cargo build --release --features pcsc`, which needs \
         the system's PC/SC library (libpcsclite-dev on Debian)"
    )]
    NoReaders,
    /// The port cannot be listened on.
    #[error(
        "cannot listen on 127.0.0.1:{0}: if the app is running already, leave it at that; else choose another port with \
         --port and have the reception lead there"
    )]
    Listen(u16, #[source] io::Error),
    /// The temporary folder cannot be created.
    #[error("no temporary folder can be made: name one that can be written with TMPDIR")]
    Folder(#[source] io::Error),
    #[error("the app cannot be opened")]
    Portal(#[from] portal::WrongSettings),
    /// The client for receptions cannot be made.
    #[error("the HTTP client cannot be made")]
    Http(#[from] reqwest::Error),
    /// The runtime, a signal or the listener failed.
    #[error("the system refused")]
    System(#[from] io::Error),
}

/// Runs the app until SIGTERM or SIGINT.
pub fn run(arguments: &PortalArguments) -> Result<(), PortalAppError> {
    let readers = open_system_readers()?;
    if let Err(error) = readers.list_readers() {
        eprintln!("uketsuke portal: {error}: start it (pcscd on Linux) and go on; the app finds it by itself");
    }
    Runtime::new()?.block_on(async {
        let app = PortalApp::open(arguments, readers).await?;
        let signals = Signals::listen()?;
        print_address(arguments, app.address())?;
        signals.run_until_signal(|stop| app.serve(stop.requested())).await.unwrap_or(Ok(()))
    })
}

#[cfg(feature = "pcsc")]
#[expect(clippy::unnecessary_wraps, reason = "a program without readers has none to give")]
fn open_system_readers() -> Result<Box<dyn Readers>, PortalAppError> {
    Ok(Box::new(portal::SystemReaders))
}

#[cfg(not(feature = "pcsc"))]
fn open_system_readers() -> Result<Box<dyn Readers>, PortalAppError> {
    Err(PortalAppError::NoReaders)
}

/// The object that `--json` prints.
#[derive(Serialize)]
struct PortalAppReady<'a> {
    address: &'a Origin,
    receptions: &'a [Origin],
}

fn print_address(arguments: &PortalArguments, address: &Origin) -> io::Result<()> {
    if arguments.json {
        return print_json_line(&PortalAppReady { address, receptions: &arguments.reception });
    }
    eprintln!("uketsuke portal: {address}, for this computer alone. Leave it running and begin at the reception:");
    for reception in &arguments.reception {
        eprintln!("  {reception}");
    }
    Ok(())
}

/// The app on a person's own computer, ready to serve.
pub struct PortalApp {
    portal: Portal,
    address: Origin,
    listener: TcpListener,
    /// Deleted when this is dropped.
    _folder: TempDir,
}

impl PortalApp {
    /// Opens the app with these readers.
    pub async fn open(arguments: &PortalArguments, readers: Box<dyn Readers>) -> Result<Self, PortalAppError> {
        // Loopback only; there is no setting for it.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port))
            .await
            .map_err(|error| PortalAppError::Listen(arguments.port, error))?;
        let address = app_auth::computer_app_url(listener.local_addr()?.port());
        // A loopback address and a port are an origin.
        let address: Origin = address.parse().expect("the app's own address is an origin");
        let folder = create_private_folder().map_err(PortalAppError::Folder)?;
        let (clock, randomness) = (Clock::system(), Randomness::system());
        let portal = Portal::open(portal::Settings {
            site: Site::new(Theme::Portal, address.clone(), clock, randomness.clone()),
            database: Location::Sqlite(folder.path().join("portal.db")),
            key: Key::new(&randomness),
            cards: portal::Cards::InReaders(readers),
            receptions: known_receptions(&arguments.reception),
            http: http_client::build()?,
        })?;
        Ok(Self { portal, address, listener, _folder: folder })
    }

    /// The address of its pages.
    pub fn address(&self) -> &Origin {
        &self.address
    }

    /// Serves until `stop`, and then lets open requests end.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), PortalAppError> {
        let health = Health::new(None, 0, || async { Ok(()) }, || None);
        let sites = Sites::new(&health).with_site(&self.address, self.portal.pages());
        let listener = Listener::new("portal", self.listener, &ConnectionSettings::default());
        listeners::serve_with_work(listener, sites, stop, self.portal.run_background_tasks()).await;
        Ok(())
    }
}

/// A folder for this account alone, in memory (`XDG_RUNTIME_DIR`) where the system has that.
fn create_private_folder() -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("uketsuke-portal-");
    match std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from) {
        Some(folder) if folder.is_dir() => builder.tempdir_in(folder),
        _ => builder.tempdir(),
    }
}

/// The app's list of receptions, without duplicates.
fn known_receptions(origins: &[Origin]) -> Vec<KnownReception> {
    let mut receptions: Vec<KnownReception> = Vec::new();
    for origin in origins {
        if !receptions.iter().any(|reception| reception.origin == *origin) {
            receptions.push(KnownReception { name: texts::RECEPTION_WEB_SIMULATED, origin: origin.clone() });
        }
    }
    receptions
}
