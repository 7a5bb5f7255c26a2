//! All services in one process, on data that starts with a small world of clinics, people and cards.

mod addresses;
mod control;
mod error;
mod machines;
pub(crate) mod nation_load;
mod pages;
mod registration;
mod services;
mod state;
mod stations;
mod terminal_accounts;
#[cfg(test)]
mod tests;
pub(crate) mod texts;

use std::{
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use base::{Clock, Randomness};
use serde::Serialize;
use tokio::{net::TcpListener, sync::watch};
use ui::Theme;
use web::{Site, server::ConnectionSettings};

use crate::{
    arguments::demo::DemoArguments,
    compose::{self, Composer, ServiceResources},
    data_folder::{DataFolder, FolderSharing},
    health,
    key_store::KeyStore,
    listeners::{self, Listener, Sites},
    output::print_json_line,
    runtime::block_on,
    signals::Signals,
};

pub use addresses::DemoAddresses;
pub use error::DemoError;
pub use pages::samples;
pub use services::Services;

/// The number of listeners of the demo: its pages and the institutions' interface.
const LISTENERS: u64 = 2;

/// The routes of the demo's own pages and forms.
pub fn routes() -> Vec<web::Route> {
    pages::routes().routes().to_vec()
}

/// The demo's institutions that accept a hand-over.
pub fn online_institutions(addresses: &DemoAddresses) -> Vec<base::InstitutionCode> {
    world::online_institutions(&addresses.reception)
}

/// Runs the demo until SIGTERM or SIGINT; a second signal ends it without waiting for open requests.
pub fn run(arguments: &DemoArguments) -> Result<(), DemoError> {
    block_on(async {
        let demo = Demo::open(arguments).await?;
        let signals = Signals::listen()?;
        print_addresses(arguments, &demo)?;
        signals.run_until_signal(|stop| Box::pin(demo.serve(stop.requested()))).await.unwrap_or(Ok(()))
    })
}

/// The object that `--json` prints.
#[derive(Serialize)]
struct DemoReady<'a> {
    #[serde(flatten)]
    addresses: &'a DemoAddresses,
    /// The address for health checks and metrics.
    #[serde(skip_serializing_if = "Option::is_none")]
    health: Option<SocketAddr>,
}

fn print_addresses(arguments: &DemoArguments, demo: &Demo) -> io::Result<()> {
    let addresses = &demo.addresses;
    if arguments.json {
        return print_json_line(&DemoReady {
            addresses,
            health: health::local_address(demo.health_listener.as_ref())?,
        });
    }
    eprintln!("uketsuke demo: everything is simulated. Open {} in a browser.", addresses.home);
    for (name, origin) in [
        ("service (オンライン診療)", &addresses.consult),
        ("reception (マイナ在宅受付Web)", &addresses.reception),
        ("app (マイナポータルアプリ)", &addresses.portal),
        ("terminal (資格確認端末)", &addresses.terminal),
        ("institutions' interface (mTLS)", &addresses.interface),
    ] {
        eprintln!("  {origin}  {name}");
    }
    Ok(())
}

/// The demo, ready to serve.
pub struct Demo {
    services: Services,
    addresses: DemoAddresses,
    clock: Clock,
    first_day: base::Date,
    randomness: Randomness,
    listener: TcpListener,
    interface: TcpListener,
    server: eligibility::ServerIdentity,
    /// How many persons of the simulated nation to load.
    nation_size: Option<u64>,
    data: PathBuf,
    health_listener: Option<TcpListener>,
    /// The lock of the data folder, held while the demo runs.
    folder: DataFolder,
}

/// The database files of the services.
const DATABASE_FILES: &[&str] = &["authority.db", "national.db", "portal.db", "terminal.db", "consult.db"];

impl Demo {
    /// Opens all services and, on an empty folder, creates the world.
    pub async fn open(arguments: &DemoArguments) -> Result<Self, DemoError> {
        Self::open_with(arguments, ServiceResources::from_program()?).await
    }

    /// As [`Self::open`], with these resources for the online-consultation service.
    pub async fn open_with(arguments: &DemoArguments, resources: ServiceResources) -> Result<Self, DemoError> {
        if !reaches_loopback(arguments.listen) {
            return Err(DemoError::Unreachable(arguments.listen));
        }
        let listener = bind_listener(arguments.listen, arguments.port).await?;
        let port = listener.local_addr()?.port();
        let interface = match arguments.port {
            0 => bind_listener(arguments.listen, 0).await?,
            port => bind_listener(arguments.listen, port.wrapping_add(1)).await?,
        };
        let addresses = DemoAddresses::for_ports(port, interface.local_addr()?.port());
        let health_listener = match arguments.listen_health {
            Some(address) => {
                Some(health::bind_listener(address).await.map_err(|error| DemoError::ListenHealth(address, error))?)
            }
            None => None,
        };
        let databases = if arguments.database.is_none() { DATABASE_FILES } else { &[] };
        let mut folder = DataFolder::acquire(
            &arguments.data,
            "uketsuke demo",
            FolderSharing::Exclusive,
            databases,
            arguments.new_database,
        )?;
        let clock = arguments.clock.map_or_else(Clock::system, Clock::starting_at);
        let randomness = Randomness::system();
        let key_store = KeyStore::open(&arguments.data, &randomness)?;
        let composer = Composer::new(key_store, arguments.database.as_deref(), clock.clone(), randomness.clone())?;
        let institutions = world::institutions(&addresses.reception);
        let accounts = terminal_accounts::list_terminal_accounts(composer.key_store(), &institutions);
        let parts = (&addresses, institutions.as_slice(), accounts.as_slice());
        let (services, identities) =
            services::open_services(arguments, resources, parts, &composer, clock.now()).await?;
        let server = identities.server_identity()?;
        let first_day = composer.key_store().first_day(clock.now().japan_date())?;
        world::seed_world(services.for_world(), &institutions, first_day, &randomness).await?;
        terminal_accounts::add_program_passwords(&services.consult, &accounts)
            .await
            .map_err(|error| DemoError::TerminalAccounts(Box::new(error)))?;
        machines::admit_terminals(&identities, &services.eligibility).await?;
        if let Some(folder) = &arguments.terminals {
            stations::write_station_folders(
                folder,
                &identities,
                (services.authority.machine_root(), &addresses),
                (&institutions, &accounts),
            )?;
        }
        services.eligibility.restore_document_index().await.map_err(world::SeedError::from)?;
        folder.mark_used()?;
        Ok(Self {
            services,
            addresses,
            clock,
            first_day,
            randomness,
            listener,
            interface,
            server,
            nation_size: arguments.people,
            data: arguments.data.clone(),
            health_listener,
            folder,
        })
    }

    /// Where each service listens.
    pub fn addresses(&self) -> &DemoAddresses {
        &self.addresses
    }

    /// The clock of all services.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The services that run.
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// Serves until `stop`, and then lets open requests end.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), DemoError> {
        let (stop_sender, stop_receiver) = watch::channel(false);
        let wait_for_stop = |mut stop_receiver: watch::Receiver<bool>| async move {
            // The sender outlives all receivers, so that waiting ends only with the signal.
            let _ = stop_receiver.wait_for(|stop| *stop).await;
        };
        let Services { consult, reception, eligibility, portal, terminal, authority } = self.services.clone();
        let interface = eligibility.serve_institutions(
            self.interface,
            &self.server,
            authority.machine_root(),
            listeners::fit_connections(&ConnectionSettings::default(), LISTENERS),
            wait_for_stop(stop_receiver.clone()),
        )?;
        let home = state::DemoState {
            services: self.services.clone(),
            addresses: self.addresses.clone(),
            first_day: self.first_day,
            site: Site::new(Theme::Demo, self.addresses.home.clone(), self.clock.clone(), self.randomness.clone()),
        };
        let health = compose::watch_service(&consult, self.data, health::DEFAULT_LEAST_FREE_MB);
        let sites = Sites::new(&health)
            .with_site(&self.addresses.home, pages::router(&Arc::new(home)))
            .with_site(&self.addresses.consult, consult.pages())
            .with_site(&self.addresses.reception, reception.pages())
            .with_site(&self.addresses.portal, portal.pages())
            .with_site(&self.addresses.terminal, terminal.pages())
            .with_site(&self.addresses.authority, authority.router())
            .with_under_any_host(authority::PUBLIC_PATHS, authority.router());
        let listener = Listener::new_of(LISTENERS, "demo", self.listener, &ConnectionSettings::default());
        let pages = listeners::serve(listener, sites, wait_for_stop(stop_receiver));
        if let Some(people) = self.nation_size {
            // It ends with the runtime; the next start continues loading from there.
            let eligibility = self.services.eligibility.clone();
            tokio::spawn(nation_load::load_in_background(eligibility, people, self.clock.clone()));
        }
        let background_work = async {
            tokio::join!(consult.run_background_work(), reception.run_background_tasks(), portal.run_background_tasks())
        };
        tokio::pin!(background_work);
        let forward_stop = async {
            stop.await;
            // An error means that no receiver is left.
            let _ = stop_sender.send(true);
        };
        let everything = async { tokio::join!(pages, interface, forward_stop) };
        tokio::select! {
            _ = everything => {}
            _ = &mut background_work => {}
            () = listeners::serve_health(self.health_listener, &health) => {}
        }
        drop(self.folder);
        Ok(())
    }
}

/// Whether a listener at this address is reached at 127.0.0.1.
fn reaches_loopback(address: IpAddr) -> bool {
    address == IpAddr::from([127, 0, 0, 1]) || address.is_unspecified()
}

async fn bind_listener(address: IpAddr, port: u16) -> Result<TcpListener, DemoError> {
    let address = SocketAddr::new(address, port);
    TcpListener::bind(address).await.map_err(|error| DemoError::Listen(address, error))
}
