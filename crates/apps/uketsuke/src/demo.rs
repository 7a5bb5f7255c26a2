//! All services in one process, on data that starts with a small world of clinics, people and cards.

mod control;
mod machines;
mod pages;
mod services;
mod stations;
#[cfg(test)]
mod tests;

use std::{
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use base::{Clock, Randomness};
use consult::{HandOverSettings, MailTransport, MasterKeys, VaultLocation};
use database::Database;
use handover::{Client, ClientId, ClientKey, ClientKeys};
use serde::Serialize;
use text::Text;
use tokio::{net::TcpListener, sync::watch};
use ui::Theme;
use web::{Origin, Site, server::ConnectionSettings};

use crate::{
    Services, cli,
    data_folder::{DataFolder, FolderSharing, UnusableFolder},
    health,
    key_store::{KeyStore, KeyStoreError, database_option_name},
    listeners::{self, Listener, Sites},
    service::{self, ServiceResources},
    signals::Signals,
};

pub use pages::samples;

/// The client id of the demo's service at its reception.
const SERVICE_CLIENT_ID: &str = "uketsuke-consult";

/// The number of listeners of the demo: its pages and the institutions' interface.
const LISTENERS: u64 = 2;

/// The name of the key for the audit of the national side.
pub(crate) const AUDIT_KEY: &str = "national audit";

/// The migrations of the services that share the database of the national side.
pub(crate) const NATIONAL_MIGRATIONS: [(&str, &[database::Migration]); 2] =
    [("eligibility", eligibility::MIGRATIONS), ("reception", reception::MIGRATIONS)];

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
    /// `--database` or its variable does not name a database.
    #[error("{0} names no database")]
    Database(&'static str, #[source] database::UnreadableLocation),
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
    Machines(#[from] machines::MachinesError),
    /// The world cannot be made.
    #[error("the demo's world cannot be made")]
    World(#[from] world::SeedError),
    #[error("the institutions' interface cannot be served")]
    Interface(#[from] eligibility::ServeError),
    /// The service's key cannot be made or read.
    #[error(transparent)]
    Key(#[from] service::UnusableKey),
    /// The service's HTTP client or picture worker cannot be made.
    #[error(transparent)]
    Resources(#[from] service::ServiceResourcesError),
    /// The service cannot be registered.
    #[error("the service cannot be registered at the reception")]
    Registration(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A file of `--service` is not a registration file.
    #[error("--service")]
    Service(#[from] services::RegistrationFileError),
    /// The folders of `--terminals` cannot be written.
    #[error(transparent)]
    Terminals(#[from] stations::StationFilesError),
    /// The client for the other services cannot be made.
    #[error("the HTTP client cannot be made")]
    Http(#[from] reqwest::Error),
    /// The runtime, a signal or a listener failed.
    #[error("the system refused")]
    System(#[from] io::Error),
}

/// The addresses of the demo, as `--json` prints them.
#[derive(Debug, Clone, Serialize)]
pub struct DemoAddresses {
    /// The demo's own pages.
    pub home: Origin,
    /// オンライン診療
    pub consult: Origin,
    /// マイナ在宅受付Web
    pub reception: Origin,
    /// マイナポータルアプリ
    pub portal: Origin,
    /// 資格確認端末
    pub terminal: Origin,
    /// 認証局
    pub authority: Origin,
    /// The institutions' interface, over mutual TLS.
    pub interface: Origin,
}

impl DemoAddresses {
    fn for_ports(port: u16, interface_port: u16) -> Self {
        let parse_origin = |text: String| -> Origin {
            // A host name of this machine and a port are an origin.
            text.parse().expect("the demo's own addresses are origins")
        };
        let site_origin = |name: &str| parse_origin(format!("http://{name}localhost:{port}"));
        Self {
            home: site_origin(""),
            consult: site_origin("consult."),
            reception: site_origin("reception."),
            portal: site_origin("portal."),
            terminal: site_origin("terminal."),
            authority: site_origin("authority."),
            interface: parse_origin(format!("https://127.0.0.1:{interface_port}")),
        }
    }
}

/// The routes of the demo's own pages and forms.
pub fn routes() -> Vec<web::Route> {
    pages::routes().routes().to_vec()
}

/// The demo's institutions that accept a hand-over.
pub fn online_institutions(addresses: &DemoAddresses) -> Vec<base::InstitutionCode> {
    world::online_institutions(&world::WorldAddresses { reception: addresses.reception.clone() })
}

/// Runs the demo until SIGTERM or SIGINT; a second signal ends it without waiting for open requests.
pub fn run(arguments: &cli::DemoArguments) -> Result<(), DemoError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        let demo = Demo::open(arguments).await?;
        let signals = Signals::listen()?;
        print_addresses(arguments, &demo)?;
        signals.run_until_signal(|stop| Box::pin(demo.serve(stop.requested()))).await.unwrap_or(Ok(()))
    });
    // Answered requests are durable; open ones are abandoned.
    runtime.shutdown_background();
    outcome
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

fn print_addresses(arguments: &cli::DemoArguments, demo: &Demo) -> io::Result<()> {
    let addresses = &demo.addresses;
    if arguments.json {
        return cli::print_json_line(&DemoReady {
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
    pub async fn open(arguments: &cli::DemoArguments) -> Result<Self, DemoError> {
        Self::open_with(arguments, ServiceResources::from_program()?).await
    }

    /// As [`Self::open`], with these resources for the online-consultation service.
    pub async fn open_with(arguments: &cli::DemoArguments, resources: ServiceResources) -> Result<Self, DemoError> {
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
        let (services, server_identity) =
            open_services(arguments, resources, &addresses, &key_store, (&clock, &randomness)).await?;
        let world_addresses = world::WorldAddresses { reception: addresses.reception.clone() };
        let first_day = key_store.first_day(clock.now().japan_date())?;
        world::seed_world(services.for_world(), &world_addresses, first_day, &randomness).await?;
        machines::admit_terminals(&key_store, &services.eligibility).await?;
        if let Some(folder) = &arguments.terminals {
            stations::write_station_folders(
                folder,
                &key_store,
                (services.authority.machine_root(), &addresses.interface),
                &world_addresses,
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
            server: server_identity,
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
        let home = pages::DemoState {
            services: self.services.clone(),
            addresses: self.addresses.clone(),
            first_day: self.first_day,
            site: Site::new(Theme::Demo, self.addresses.home.clone(), self.clock.clone(), self.randomness.clone()),
        };
        let health = service::service_health(&consult, self.data, health::DEFAULT_LEAST_FREE_MB);
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
            tokio::spawn(crate::nation::load_in_background(eligibility, people, self.clock.clone()));
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

async fn open_services(
    arguments: &cli::DemoArguments,
    resources: ServiceResources,
    addresses: &DemoAddresses,
    key_store: &KeyStore,
    (clock, randomness): (&Clock, &Randomness),
) -> Result<(Services, eligibility::ServerIdentity), DemoError> {
    let http = crate::http::build_client()?;
    let site = |theme, origin: &Origin| Site::new(theme, origin.clone(), clock.clone(), randomness.clone());
    let url = arguments.database.as_ref();
    let database_location = |service| {
        key_store.database_location(service, url).map_err(|error| DemoError::Database(database_option_name(url), error))
    };
    let authority = authority::Authority::open(authority::Settings {
        database: database_location("authority")?,
        master_key: key_store.key("authority"),
        origin: addresses.authority.clone(),
        clock: clock.clone(),
        randomness: randomness.clone(),
    })
    .await?;
    let national = Database::open_shared_sealed(
        &database_location("national")?,
        "national",
        &NATIONAL_MIGRATIONS,
        &key_store.key(AUDIT_KEY),
    )?;
    let settings = eligibility::Settings {
        clock: clock.clone(),
        randomness: randomness.clone(),
        audit_key: key_store.key(AUDIT_KEY),
        reception: addresses.reception.clone(),
    };
    let eligibility = eligibility::Eligibility::from_database(national.clone(), settings)
        .await?
        .with_misses_a_minute(arguments.document_misses);
    let world_addresses = world::WorldAddresses { reception: addresses.reception.clone() };
    let (server_identity, stations) =
        machines::load_or_issue_identities(key_store, &authority, &world_addresses, clock.now()).await?;
    let (client, client_key) = register_service(key_store, addresses)?;
    let mut services = vec![reception::Service {
        client,
        name: Text::from_static("uketsuke オンライン診療", "uketsuke online care"),
        home: addresses.consult.clone(),
    }];
    for file in &arguments.services {
        services.push(services::read_registration_file(file)?);
    }
    let reception = reception::Reception::open(reception::Settings {
        site: site(Theme::Reception, &addresses.reception),
        database: national,
        services,
        portal: addresses.portal.clone(),
        computer_port: arguments.computer_port,
        anchors: authority.anchors(),
        responder: authority_url(&addresses.authority, "/ocsp"),
        revocation_lists: authority_url(&addresses.authority, "/crl"),
        http: http.clone(),
    })?;
    let portal = portal::Portal::open(portal::Settings {
        site: site(Theme::Portal, &addresses.portal),
        database: database_location("portal")?,
        key: key_store.key("portal"),
        cards: portal::Cards::Virtual,
        receptions: vec![portal::KnownReception {
            name: Text::from_static("マイナ在宅受付Web（模擬環境）", "マイナ在宅受付Web (simulated)"),
            origin: addresses.reception.clone(),
        }],
        http,
    })?;
    let terminal = terminal::Terminal::open(terminal::Settings {
        site: site(Theme::Terminal, &addresses.terminal),
        database: database_location("terminal")?,
        stations,
        interface: addresses.interface.clone(),
        root: authority.machine_root().to_vec(),
    })
    .map_err(|error| DemoError::Terminal(Box::new(error)))?;
    let issuer = into_registration_error(addresses.reception.as_str().parse())?;
    let consult = consult::Consult::open(consult::Settings {
        site: site(Theme::Service, &addresses.consult),
        database: database_location("consult")?,
        operator: "uketsuke デモ運営".to_owned(),
        sealing_key: key_store.key(service::SEALING_KEY),
        http: resources.http,
        hand_over: HandOverSettings {
            client_id: into_registration_error(SERVICE_CLIENT_ID.parse())?,
            client_key,
            receptions: vec![consult::KnownReception { issuer, origin: addresses.reception.clone() }],
        },
        pictures: VaultLocation::Folder(key_store.path("pictures")),
        picture_keys: MasterKeys::new("demo", key_store.key("pictures")),
        image_worker: resources.picture_worker,
        contact: None,
        mail_transport: MailTransport::Outbox,
        picture_retention_days: 30,
        // Test programs create hundreds of accounts.
        limits: consult::Limits { codes_per_minute: u32::MAX, ..consult::Limits::default() },
        notices: world::notices(),
    })
    .map_err(|error| DemoError::Consult(Box::new(error)))?;
    Ok((Services { consult, reception, eligibility, portal, terminal, authority }, server_identity))
}

fn authority_url(authority: &Origin, path: &str) -> url::Url {
    // An origin and a path make a URL.
    url::Url::parse(&authority.url(path)).expect("the authority's origin is a URL")
}

/// The service's registration at the reception, with its stored key.
fn register_service(key_store: &KeyStore, addresses: &DemoAddresses) -> Result<(Client, ClientKey), DemoError> {
    let key = service::load_hand_over_key(key_store)?;
    let keys = into_registration_error(ClientKeys::parse(key.public_jwks().as_bytes()))?;
    let redirect_uri = into_registration_error(addresses.consult.url(consult::RETURN_PATH).parse())?;
    let client_id: ClientId = into_registration_error(SERVICE_CLIENT_ID.parse())?;
    Ok((into_registration_error(Client::new(client_id, keys, vec![redirect_uri]))?, key))
}

fn into_registration_error<T, E: std::error::Error + Send + Sync + 'static>(
    outcome: Result<T, E>,
) -> Result<T, DemoError> {
    outcome.map_err(|error| DemoError::Registration(Box::new(error)))
}
