//! The command lines of `uketsuke demo` and `uketsuke nation`.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use base::Timestamp;

/// How the demo is started.
#[derive(Debug, Clone, clap::Args)]
pub struct DemoArguments {
    /// Where the data is kept; starting again on it goes on where it was
    #[arg(long, value_name = "DIR", default_value = "uketsuke-data", env = "UKETSUKE_DATA")]
    pub data: PathBuf,
    /// The port of all sites; 0 picks a free one. Institutions' terminals use the next one
    #[arg(long, value_name = "N", default_value_t = 8400)]
    pub port: u16,
    /// The port on which the reception's page opens `uketsuke portal` on the computer of whoever reads the page
    #[arg(long, value_name = "N", default_value_t = app_auth::COMPUTER_PORT)]
    pub computer_port: u16,
    /// The address to listen on. Anything but loopback shows a simulated national side to others
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub listen: IpAddr,
    /// Start the clock at this time (RFC 3339); it runs on from there and the demo's page moves it
    #[arg(long, value_name = "TIME")]
    pub clock: Option<Timestamp>,
    /// A PostgreSQL server instead of SQLite files, as postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", env = "UKETSUKE_DATABASE")]
    pub database: Option<String>,
    /// Register another service at the reception: a JSON file with client_id, name, home, redirect_uris, jwks
    #[arg(long = "service", value_name = "FILE")]
    pub services: Vec<PathBuf>,
    /// Load a made-up nation of so many insured persons while it runs, if there are not as many already
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=10_000_000))]
    pub people: Option<u64>,
    /// How many documents that are nobody's one institution may ask about in a minute before it has to wait
    #[arg(long, value_name = "N", default_value_t = eligibility::MISSES_A_MINUTE)]
    pub document_misses: u32,
    /// Write, for each institution, the settings, certificate and key of a terminal of its own into a folder
    #[arg(long, value_name = "DIR")]
    pub terminals: Option<PathBuf>,
    /// Answer for signs of life and metrics here, apart from the sites: /healthz, /readyz, /metrics
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen_health: Option<SocketAddr>,
    /// Begin with empty databases in a folder that was used before and has lost them
    #[arg(long)]
    pub new_database: bool,
    /// Print one line of JSON with every address when ready
    #[arg(long)]
    pub json: bool,
}

impl DemoArguments {
    /// The defaults, with this data folder and free ports of loopback.
    pub fn with_free_ports(data: PathBuf) -> Self {
        Self {
            data,
            port: 0,
            computer_port: app_auth::COMPUTER_PORT,
            listen: [127, 0, 0, 1].into(),
            clock: None,
            database: None,
            services: Vec::new(),
            people: None,
            document_misses: eligibility::MISSES_A_MINUTE,
            terminals: None,
            listen_health: None,
            new_database: false,
            json: false,
        }
    }
}

/// The default seed of the nation.
pub const DEFAULT_NATION_SEED: u32 = 1;

/// How a nation is loaded.
#[derive(Debug, Clone, clap::Args)]
pub struct NationArguments {
    /// How many insured persons, beside the demo's people; at most ten million, in whose numbers none is like another
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(..=10_000_000))]
    pub people: u64,
    /// Which nation: the same seed and day give the same persons everywhere
    #[arg(long, value_name = "S", default_value_t = DEFAULT_NATION_SEED)]
    pub seed: u32,
    /// Where the data is kept, as of the demo
    #[arg(long, value_name = "DIR", default_value = "uketsuke-data", env = "UKETSUKE_DATA")]
    pub data: PathBuf,
    /// A PostgreSQL server instead of SQLite files, as postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", env = "UKETSUKE_DATABASE")]
    pub database: Option<String>,
}

impl NationArguments {
    /// The arguments of a demo on the same data and on free ports.
    pub(crate) fn as_demo(&self) -> DemoArguments {
        DemoArguments { database: self.database.clone(), ..DemoArguments::with_free_ports(self.data.clone()) }
    }
}
