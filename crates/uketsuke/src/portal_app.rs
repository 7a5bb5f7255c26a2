//! `uketsuke portal`: マイナポータルアプリ on a person's own computer, with the cards in its readers.
//!
//! Its window is a page on a loopback address that the reception's page leads to. Nothing of it outlives the program: what
//! it keeps while it runs is sealed with a key that is nowhere but in its memory.

use std::{future::Future, io, net::Ipv4Addr, path::PathBuf};

use base::{Clock, Key, Randomness};
use database::Location;
use portal::{KnownReception, Portal, Readers};
use serde::Serialize;
use shell::{Origin, Site, Text, Theme, server::ConnectionSettings};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::{
    cli,
    health::Health,
    signals::Signals,
    web::{self, Listener, Sites},
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
    /// The port cannot be had.
    #[error(
        "cannot listen on 127.0.0.1:{0}: if the app is running already, leave it at that; else choose another port with \
         --port and have the reception lead there"
    )]
    Listen(u16, #[source] io::Error),
    /// There is no place for what the app keeps while it runs.
    #[error("no temporary folder can be made: name one that can be written with TMPDIR")]
    Folder(#[source] io::Error),
    /// The app cannot be opened.
    #[error("the app cannot be opened")]
    Portal(#[from] portal::WrongSettings),
    /// The client for receptions cannot be made.
    #[error("the HTTP client cannot be made")]
    Http(#[from] reqwest::Error),
    /// The runtime, a signal or the listener failed.
    #[error("the system refused")]
    System(#[from] io::Error),
}

/// Runs the app until it is told to stop (SIGTERM, SIGINT).
pub fn run(wanted: &cli::PortalArguments) -> Result<(), PortalAppError> {
    let readers = open_system_readers()?;
    if let Err(error) = readers.list_readers() {
        eprintln!("uketsuke portal: {error}: start it (pcscd on Linux) and go on; the app finds it by itself");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let computer = PortalApp::open(wanted, readers).await?;
        let signals = Signals::listen()?;
        print_address(wanted, computer.address())?;
        signals.run_until_signal(|stop| computer.serve(stop.requested())).await.unwrap_or(Ok(()))
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

/// What `--json` prints.
#[derive(Serialize)]
struct PortalAppReady<'a> {
    address: &'a Origin,
    receptions: &'a [Origin],
}

fn print_address(wanted: &cli::PortalArguments, address: &Origin) -> io::Result<()> {
    if wanted.json {
        return cli::print_json_line(&PortalAppReady { address, receptions: &wanted.reception });
    }
    eprintln!("uketsuke portal: {address}, for this computer alone. Leave it running and begin at the reception:");
    for reception in &wanted.reception {
        eprintln!("  {reception}");
    }
    Ok(())
}

/// The app on a person's own computer, ready to answer.
pub struct PortalApp {
    portal: Portal,
    address: Origin,
    listener: TcpListener,
    /// Gone with it.
    _folder: TempDir,
}

impl PortalApp {
    /// Opens its window, with these readers.
    pub async fn open(wanted: &cli::PortalArguments, readers: Box<dyn Readers>) -> Result<Self, PortalAppError> {
        // Loopback, and nothing else: there is no setting for it.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, wanted.port))
            .await
            .map_err(|error| PortalAppError::Listen(wanted.port, error))?;
        let address = errand::computer_app_url(listener.local_addr()?.port());
        // A loopback address and a port make an origin.
        let address: Origin = address.parse().expect("the app's own address is an origin");
        let folder = create_private_folder().map_err(PortalAppError::Folder)?;
        let (clock, randomness) = (Clock::system(), Randomness::system());
        let portal = Portal::open(portal::Settings {
            site: Site::new(Theme::Portal, address.clone(), clock, randomness.clone()),
            database: Location::Sqlite(folder.path().join("portal.db")),
            key: Key::new(&randomness),
            cards: portal::Cards::InReaders(readers),
            receptions: known_receptions(&wanted.reception),
            http: crate::http::build_client()?,
        })?;
        Ok(Self { portal, address, listener, _folder: folder })
    }

    /// Where its window is.
    pub fn address(&self) -> &Origin {
        &self.address
    }

    /// Answers until `stop`, and then lets open requests end.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), PortalAppError> {
        let health = Health::new(None, 0, || async { Ok(()) }, || None);
        let sites = Sites::new(&health).with_site(&self.address, self.portal.pages());
        let listener = Listener::new("portal", self.listener, &ConnectionSettings::default());
        web::serve_with_work(listener, sites, stop, self.portal.run_background_tasks()).await;
        Ok(())
    }
}

/// In memory where the system has a place for such things, and for this person alone.
fn create_private_folder() -> io::Result<TempDir> {
    let mut named = tempfile::Builder::new();
    named.prefix("uketsuke-portal-");
    match std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from) {
        Some(place) if place.is_dir() => named.tempdir_in(place),
        _ => named.tempdir(),
    }
}

/// The app's own list, each reception once.
fn known_receptions(origins: &[Origin]) -> Vec<KnownReception> {
    let mut known: Vec<KnownReception> = Vec::new();
    for origin in origins {
        if !known.iter().any(|reception| reception.origin == *origin) {
            let name = Text::from_static("マイナ在宅受付Web（模擬環境）", "マイナ在宅受付Web (simulated)");
            known.push(KnownReception { name, origin: origin.clone() });
        }
    }
    known
}
