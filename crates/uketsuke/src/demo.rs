//! Every room in one process, on data that begins with a small world of clinics, people and cards.

mod control;
mod machines;
mod notices;
mod pages;
mod services;
mod stations;
mod world;

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
use shell::{Origin, Site, Text, Theme, server::ConnectionSettings};
use tokio::{net::TcpListener, sync::watch};

use crate::{
    Services, cli,
    data_folder::{DataFolder, FolderSharing, UnusableFolder},
    health,
    key_store::{KeyStore, KeyStoreError, database_option_name},
    service::{self, ServiceResources},
    signals::Signals,
    web::{self, Listener, Sites},
};

pub use pages::samples;

/// By what name the demo's service is known to its reception.
const SERVICE_CLIENT_ID: &str = "uketsuke-consult";

/// How many listeners the demo has that take connections: its pages and the institutions' interface.
const LISTENERS: u64 = 2;

/// Which of its keys keys the audit of the national side.
pub(crate) const AUDIT_KEY: &str = "national audit";

/// The rooms whose tables stand together in the database of the national side.
pub(crate) const NATIONAL_MIGRATIONS: [(&str, &[database::Migration]); 2] =
    [("eligibility", eligibility::MIGRATIONS), ("reception", reception::MIGRATIONS)];

/// Why the demo cannot start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The address cannot be listened on.
    #[error("cannot listen on {0}; choose another with --port, or 0 for a free one")]
    Listen(SocketAddr, #[source] io::Error),
    /// The address for signs of life cannot be listened on.
    #[error("cannot listen on {0}; choose another with --listen-health, or port 0 for a free one")]
    ListenHealth(SocketAddr, #[source] io::Error),
    /// The rooms would not find each other there.
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
    /// What `--database` or its variable names is no database.
    #[error("{0} names no database")]
    Database(&'static str, #[source] database::UnreadableLocation),
    /// A database cannot be brought up to date.
    #[error("the database of the national side cannot be opened")]
    Migration(#[from] database::MigrationError),
    /// The service cannot be opened.
    #[error("the service cannot be opened")]
    Consult(#[source] Box<consult::WrongSettings>),
    /// The reception cannot be opened.
    #[error("the reception cannot be opened")]
    Reception(#[from] reception::WrongSettings),
    /// The app cannot be opened.
    #[error("the app cannot be opened")]
    Portal(#[from] portal::WrongSettings),
    /// The terminal cannot be opened.
    #[error("the terminal cannot be opened")]
    Terminal(#[source] Box<terminal::WrongSettings>),
    /// The authority cannot be opened.
    #[error("the authority cannot be opened")]
    Authority(#[from] authority::Refusal),
    /// The certificates of the machines cannot be made.
    #[error("the certificates of server and terminals cannot be made")]
    Machines(#[from] machines::MachinesError),
    /// The world cannot be made.
    #[error("the demo's world cannot be made")]
    World(#[from] world::SeedError),
    /// The institutions' interface cannot be served.
    #[error("the institutions' interface cannot be served")]
    Interface(#[from] eligibility::ServeError),
    /// The service's key cannot be made or read.
    #[error(transparent)]
    Key(#[from] service::UnusableKey),
    /// What the service is given by the program cannot be made.
    #[error(transparent)]
    Resources(#[from] service::ServiceResourcesError),
    /// The service cannot be registered.
    #[error("the service cannot be registered at the reception")]
    Registration(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A file of `--service` is not one.
    #[error("--service")]
    Service(#[from] services::RegistrationFileError),
    /// What `--terminals` asks for cannot be written.
    #[error(transparent)]
    Terminals(#[from] stations::StationFilesError),
    /// The client for other rooms cannot be made.
    #[error("the HTTP client cannot be made")]
    Http(#[from] reqwest::Error),
    /// The runtime, a signal or a listener failed.
    #[error("the system refused")]
    System(#[from] io::Error),
}

/// Where everything is, as `--json` prints it.
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
    fn for_ports(port: u16, interface: u16) -> Self {
        let origin = |text: String| -> Origin {
            // Names of this machine and a port make origins.
            text.parse().expect("the demo's own addresses are origins")
        };
        let site = |name: &str| origin(format!("http://{name}localhost:{port}"));
        Self {
            home: site(""),
            consult: site("consult."),
            reception: site("reception."),
            portal: site("portal."),
            terminal: site("terminal."),
            authority: site("authority."),
            interface: origin(format!("https://127.0.0.1:{interface}")),
        }
    }
}

/// The demo's own pages and forms, beside those of the rooms.
pub fn routes() -> Vec<shell::Route> {
    pages::routes().routes().to_vec()
}

/// The demo's institutions that take a hand-over, for whoever tries one.
pub fn online_institutions(addresses: &DemoAddresses) -> Vec<base::InstitutionCode> {
    let places = world::WorldAddresses { reception: addresses.reception.clone() };
    let all = world::institutions(&places);
    all.iter()
        .filter(|known| matches!(known.listing.institution.proof_method, consult::ProofMethod::HandOver { .. }))
        .map(world::DemoInstitution::code)
        .collect()
}

/// Runs the demo until it is told to stop (SIGTERM, SIGINT); told again, it ends where it is.
pub fn run(wanted: &cli::DemoArguments) -> Result<(), DemoError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        let demo = Demo::open(wanted).await?;
        let signals = Signals::listen()?;
        print_addresses(wanted, &demo)?;
        signals.run_until_signal(|stop| Box::pin(demo.serve(stop.requested()))).await.unwrap_or(Ok(()))
    });
    // What was answered is durable; what was not is waited for no longer.
    runtime.shutdown_background();
    ended
}

/// What `--json` prints.
#[derive(Serialize)]
struct DemoReady<'a> {
    #[serde(flatten)]
    addresses: &'a DemoAddresses,
    /// Where signs of life and metrics are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    health: Option<SocketAddr>,
}

fn print_addresses(wanted: &cli::DemoArguments, demo: &Demo) -> io::Result<()> {
    let addresses = &demo.addresses;
    if wanted.json {
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

/// The demo, ready to answer.
pub struct Demo {
    services: Services,
    addresses: DemoAddresses,
    clock: Clock,
    first_day: base::Date,
    randomness: Randomness,
    listener: TcpListener,
    interface: TcpListener,
    server: eligibility::ServerIdentity,
    /// How many persons of a nation are to be there.
    nation_size: Option<u64>,
    data: PathBuf,
    health_listener: Option<TcpListener>,
    /// The folder is this demo's for as long as it lives.
    folder: DataFolder,
}

/// The files of the rooms' databases.
const DATABASE_FILES: &[&str] = &["authority.db", "national.db", "portal.db", "terminal.db", "consult.db"];

impl Demo {
    /// Opens every room and, on an empty folder, makes the world.
    pub async fn open(wanted: &cli::DemoArguments) -> Result<Self, DemoError> {
        Self::open_with(wanted, ServiceResources::from_program()?).await
    }

    /// The same, with the service's own ways to the outside.
    pub async fn open_with(wanted: &cli::DemoArguments, means: ServiceResources) -> Result<Self, DemoError> {
        if !reaches_loopback(wanted.listen) {
            return Err(DemoError::Unreachable(wanted.listen));
        }
        let listener = bind_listener(wanted.listen, wanted.port).await?;
        let port = listener.local_addr()?.port();
        let interface = match wanted.port {
            0 => bind_listener(wanted.listen, 0).await?,
            port => bind_listener(wanted.listen, port.wrapping_add(1)).await?,
        };
        let addresses = DemoAddresses::for_ports(port, interface.local_addr()?.port());
        let health_listener = match wanted.listen_health {
            Some(address) => {
                Some(health::bind_listener(address).await.map_err(|error| DemoError::ListenHealth(address, error))?)
            }
            None => None,
        };
        let databases = if wanted.database.is_none() { DATABASE_FILES } else { &[] };
        let mut folder = DataFolder::acquire(
            &wanted.data,
            "uketsuke demo",
            FolderSharing::Exclusive,
            databases,
            wanted.new_database,
        )?;
        let clock = wanted.clock.map_or_else(Clock::system, Clock::starting_at);
        let randomness = Randomness::system();
        let keep = KeyStore::open(&wanted.data, &randomness)?;
        let (rooms, server) = open_services(wanted, means, &addresses, &keep, (&clock, &randomness)).await?;
        let places = world::WorldAddresses { reception: addresses.reception.clone() };
        let first_day = keep.first_day(clock.now().japan_date())?;
        world::seed_world(&rooms, &places, first_day, &randomness).await?;
        machines::admit_terminals(&keep, &rooms.eligibility).await?;
        if let Some(folder) = &wanted.terminals {
            stations::write_station_folders(
                folder,
                &keep,
                (rooms.authority.machine_root(), &addresses.interface),
                &places,
            )?;
        }
        rooms.eligibility.restore_document_index().await.map_err(world::SeedError::from)?;
        folder.mark_used()?;
        Ok(Self {
            services: rooms,
            addresses,
            clock,
            first_day,
            randomness,
            listener,
            interface,
            server,
            nation_size: wanted.people,
            data: wanted.data.clone(),
            health_listener,
            folder,
        })
    }

    /// Where everything is.
    pub fn addresses(&self) -> &DemoAddresses {
        &self.addresses
    }

    /// The clock that all rooms read.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The rooms.
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// Answers until `stop`, and then lets open requests end.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), DemoError> {
        let (halt, halted) = watch::channel(false);
        let until = |mut halted: watch::Receiver<bool>| async move {
            // The sender outlives everybody who waits, so the only outcome is the word.
            let _ = halted.wait_for(|halt| *halt).await;
        };
        let Services { consult, reception, eligibility, portal, terminal, authority } = self.services.clone();
        let interface = eligibility.serve_institutions(
            self.interface,
            &self.server,
            authority.machine_root(),
            web::fit_connections(&ConnectionSettings::default(), LISTENERS),
            until(halted.clone()),
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
        let answering = web::serve(listener, sites, until(halted));
        if let Some(people) = self.nation_size {
            // It ends with the runtime, wherever it is, and the next start goes on from there.
            let eligibility = self.services.eligibility.clone();
            tokio::spawn(crate::nation::load_in_background(eligibility, people, self.clock.clone()));
        }
        let working = async {
            tokio::join!(consult.run_background_work(), reception.run_background_tasks(), portal.run_background_tasks())
        };
        tokio::pin!(working);
        let stopping = async {
            stop.await;
            // Nobody may be left who waits; then there is nobody to tell.
            let _ = halt.send(true);
        };
        let served = async { tokio::join!(answering, interface, stopping) };
        tokio::select! {
            _ = served => {}
            _ = &mut working => {}
            () = web::serve_health(self.health_listener, &health) => {}
        }
        drop(self.folder);
        Ok(())
    }
}

/// Whether whoever listens there is found at 127.0.0.1.
fn reaches_loopback(address: IpAddr) -> bool {
    address == IpAddr::from([127, 0, 0, 1]) || address.is_unspecified()
}

async fn bind_listener(address: IpAddr, port: u16) -> Result<TcpListener, DemoError> {
    let address = SocketAddr::new(address, port);
    TcpListener::bind(address).await.map_err(|error| DemoError::Listen(address, error))
}

async fn open_services(
    wanted: &cli::DemoArguments,
    means: ServiceResources,
    addresses: &DemoAddresses,
    keep: &KeyStore,
    (clock, randomness): (&Clock, &Randomness),
) -> Result<(Services, eligibility::ServerIdentity), DemoError> {
    let http = crate::http::build_client()?;
    let site = |face, origin: &Origin| Site::new(face, origin.clone(), clock.clone(), randomness.clone());
    let url = wanted.database.as_ref();
    let place =
        |room| keep.database_location(room, url).map_err(|wrong| DemoError::Database(database_option_name(url), wrong));
    let authority = authority::Authority::open(authority::Settings {
        database: place("authority")?,
        master_key: keep.key("authority"),
        origin: addresses.authority.clone(),
        clock: clock.clone(),
        randomness: randomness.clone(),
    })
    .await?;
    let national =
        Database::open_shared_sealed(&place("national")?, "national", &NATIONAL_MIGRATIONS, &keep.key(AUDIT_KEY))?;
    let settings = eligibility::Settings {
        clock: clock.clone(),
        randomness: randomness.clone(),
        audit_key: keep.key(AUDIT_KEY),
        reception: addresses.reception.clone(),
    };
    let eligibility = eligibility::Eligibility::from_database(national.clone(), settings)
        .with_misses_a_minute(wanted.document_misses);
    let places = world::WorldAddresses { reception: addresses.reception.clone() };
    let (server, stations) = machines::load_or_issue_identities(keep, &authority, &places, clock.now()).await?;
    let (client, key) = register_service(keep, addresses)?;
    let mut services = vec![reception::Service {
        client,
        name: Text::from_static("uketsuke オンライン診療", "uketsuke online care"),
        home: addresses.consult.clone(),
    }];
    for file in &wanted.services {
        services.push(services::read_registration_file(file)?);
    }
    let reception = reception::Reception::open(reception::Settings {
        site: site(Theme::Reception, &addresses.reception),
        database: national,
        services,
        portal: addresses.portal.clone(),
        computer_port: wanted.computer_port,
        anchors: authority.anchors(),
        responder: authority_url(&addresses.authority, "/ocsp"),
        revocation_lists: authority_url(&addresses.authority, "/crl"),
        http: http.clone(),
    })?;
    let portal = portal::Portal::open(portal::Settings {
        site: site(Theme::Portal, &addresses.portal),
        database: place("portal")?,
        key: keep.key("portal"),
        cards: portal::Cards::Virtual,
        receptions: vec![portal::KnownReception {
            name: Text::from_static("マイナ在宅受付Web（模擬環境）", "マイナ在宅受付Web (simulated)"),
            origin: addresses.reception.clone(),
        }],
        http,
    })?;
    let terminal = terminal::Terminal::open(terminal::Settings {
        site: site(Theme::Terminal, &addresses.terminal),
        database: place("terminal")?,
        stations,
        interface: addresses.interface.clone(),
        root: authority.machine_root().to_vec(),
    })
    .map_err(|wrong| DemoError::Terminal(Box::new(wrong)))?;
    let issuer = into_registration_error(addresses.reception.as_str().parse())?;
    let consult = consult::Consult::open(consult::Settings {
        site: site(Theme::Service, &addresses.consult),
        database: place("consult")?,
        operator: "uketsuke デモ運営".to_owned(),
        sealing_key: keep.key(service::SEALING_KEY),
        http: means.http,
        hand_over: HandOverSettings {
            client_id: into_registration_error(SERVICE_CLIENT_ID.parse())?,
            client_key: key,
            receptions: vec![consult::KnownReception { issuer, origin: addresses.reception.clone() }],
        },
        pictures: VaultLocation::Folder(keep.path("pictures")),
        picture_keys: MasterKeys::new("demo", keep.key("pictures")),
        image_worker: means.picture_worker,
        contact: None,
        mail_transport: MailTransport::Outbox,
        picture_retention_days: 30,
        // Programs that try the demo sign up by the hundred.
        limits: consult::Limits { codes_per_minute: u32::MAX, ..consult::Limits::default() },
        notices: notices::notices(),
    })
    .map_err(|wrong| DemoError::Consult(Box::new(wrong)))?;
    Ok((Services { consult, reception, eligibility, portal, terminal, authority }, server))
}

fn authority_url(authority: &Origin, path: &str) -> url::Url {
    // An origin and a path make a URL.
    url::Url::parse(&authority.url(path)).expect("the authority's origin is a URL")
}

/// The service's registration at the reception, with a key that is made once.
fn register_service(keep: &KeyStore, addresses: &DemoAddresses) -> Result<(Client, ClientKey), DemoError> {
    let key = service::load_hand_over_key(keep)?;
    let keys = into_registration_error(ClientKeys::parse(key.public_jwks().as_bytes()))?;
    let redirect_uri = into_registration_error(addresses.consult.url(consult::RETURN_PATH).parse())?;
    let client: ClientId = into_registration_error(SERVICE_CLIENT_ID.parse())?;
    Ok((into_registration_error(Client::new(client, keys, vec![redirect_uri]))?, key))
}

fn into_registration_error<T, E: std::error::Error + Send + Sync + 'static>(
    outcome: Result<T, E>,
) -> Result<T, DemoError> {
    outcome.map_err(|error| DemoError::Registration(Box::new(error)))
}
