//! The command line. Data is written to the standard output, messages to the standard error.

use std::{
    io::{self, Write},
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    process::ExitCode,
};

use base::{Causes, InstitutionCode, Timestamp};
use clap::{Parser, Subcommand};
use serde::Serialize;
use text::Language;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};
use web::Origin;

use crate::{audit, backup, ca, cards, demo, gallery, nation, portal_app, process, service};

/// The version and, as the build script says, the commit.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("UKETSUKE_COMMIT"), ")");

#[derive(Parser)]
#[command(name = "uketsuke", version = VERSION, about = "The open front desk for online medical care in Japan (受付)")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start every room in this process: clinics, personas with cards, mail in an outbox page
    Demo(DemoArguments),
    /// Run オンライン診療 alone: a service with settings, institutions and mail of its own
    Serve(ServeArguments),
    /// Accounts of the desks of such a service
    #[command(subcommand)]
    Desk(DeskCommand),
    /// Load a made-up nation of insured persons beside the demo's people; interrupted, it goes on where it was
    Nation(NationArguments),
    /// Read cards in the card readers of this computer for a reception: マイナポータルアプリ on a PC
    Portal(PortalArguments),
    /// Start the terminal (資格確認端末) of one institution, with the exchange folders of its receipt computer
    Terminal(TerminalArguments),
    /// Write every page in every state as HTML into a folder
    Gallery {
        /// The folder
        folder: PathBuf,
        /// The language, ja or en
        #[arg(long, default_value = "ja", value_parser = parse_language)]
        language: Language,
    },
    /// Virtual cards: lay one into a card reader, look at it, have the municipal office unlock it
    #[command(subcommand)]
    Card(cards::CardCommand),
    /// Copy a data folder as it stands at one moment, beside the program that uses it
    Backup(BackupArguments),
    /// Check who read what
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// The authority of a data folder: its certificates, what it issued, issuing and revoking. Beside a running demo too
    Ca(ca::CaArguments),
    /// Turn pictures, for the service itself: reads one from the standard input
    #[command(hide = true)]
    PictureWorker,
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Check every row of the national side's and of the service's audit, and name the first that does not fit
    Verify(audit::AuditVerifyArguments),
}

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

/// How a service is started.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[derive(Debug, Clone, clap::Args)]
pub struct ServeArguments {
    /// Its settings, a TOML file. Paths in it are from the folder that it is in
    #[arg(long, value_name = "FILE", default_value = "service.toml")]
    pub config: PathBuf,
    /// Read the settings and all files that they name, say what is wrong, and end
    #[arg(long, conflicts_with = "registration")]
    pub check: bool,
    /// Print what a reception is told of the service, as `demo --service` reads it, and end. Makes the service's key
    #[arg(long)]
    pub registration: bool,
    /// Begin with an empty database in a folder that was used before and has lost it
    #[arg(long)]
    pub new_database: bool,
    /// Start the clock at this time (RFC 3339), to go with a demo whose clock was started so
    #[arg(long, value_name = "TIME")]
    pub clock: Option<Timestamp>,
    /// Print one line of JSON with the address when ready
    #[arg(long)]
    pub json: bool,
}

/// What is done to the account of a desk.
#[derive(Debug, Clone, Subcommand)]
pub enum DeskCommand {
    /// Make an account, with the password on the standard input
    Add {
        /// The service's settings
        #[arg(long, value_name = "FILE", default_value = "service.toml")]
        config: PathBuf,
        /// What the desk signs in with, and where letters to it go
        mail: String,
        /// The institution's 医療機関コード
        #[arg(long, value_name = "CODE")]
        institution: InstitutionCode,
        /// The name that is shown, to patients too
        #[arg(long, value_name = "NAME")]
        name: String,
    },
    /// End an account: whoever was signed in with it is signed out
    End {
        /// The service's settings
        #[arg(long, value_name = "FILE", default_value = "service.toml")]
        config: PathBuf,
        /// What the desk signed in with
        mail: String,
    },
}

/// What is backed up, and where to.
#[derive(Debug, Clone, clap::Args)]
pub struct BackupArguments {
    /// The data folder: of a demo, of `uketsuke serve`, of a terminal
    #[arg(long, value_name = "DIR", default_value = "uketsuke-data", env = "UKETSUKE_DATA")]
    pub data: PathBuf,
    /// The folder to make. Copied to where a data folder stood, it is one
    #[arg(value_name = "INTO")]
    pub target: PathBuf,
    /// Leave out master.key, without which nobody can read the rest; keep that elsewhere
    #[arg(long)]
    pub without_master_key: bool,
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

/// How the app on a person's own computer is started.
#[derive(Debug, Clone, clap::Args)]
pub struct PortalArguments {
    /// A reception to answer, such as https://reception.example.jp. Give it again for each further one
    #[arg(long, value_name = "ORIGIN", required = true)]
    pub reception: Vec<Origin>,
    /// The port of its window on this computer; receptions lead to 24731. 0 picks a free one
    #[arg(long, value_name = "N", default_value_t = app_auth::COMPUTER_PORT)]
    pub port: u16,
    /// Print one line of JSON with its address when ready
    #[arg(long)]
    pub json: bool,
}

/// How a terminal is started.
#[derive(Debug, Clone, clap::Args)]
pub struct TerminalArguments {
    /// Its settings, a TOML file. Paths in it are from the folder that it is in
    #[arg(long, value_name = "FILE", default_value = "terminal.toml")]
    pub config: PathBuf,
    /// Give an account (administrator, staff, medical-viewer) the password on the standard input, and end
    #[arg(long, value_name = "ACCOUNT")]
    pub set_password: Option<terminal::Role>,
    /// Begin with an empty database in a folder that was used before and has lost it
    #[arg(long)]
    pub new_database: bool,
    /// Start the clock at this time (RFC 3339), to go with a demo whose clock was started so
    #[arg(long, value_name = "TIME")]
    pub clock: Option<Timestamp>,
    /// Print one line of JSON with the address and the folders when ready
    #[arg(long)]
    pub json: bool,
}

fn parse_language(tag: &str) -> Result<Language, String> {
    Language::from_tag(tag).ok_or_else(|| "a language is ja or en".to_owned())
}

/// Runs the program by its command line.
pub fn run() -> ExitCode {
    let command = Arguments::parse().command;
    if !matches!(command, Command::PictureWorker) {
        process::prepare_process();
    }
    let outcome = match command {
        Command::PictureWorker => return consult::run_image_worker(),
        Command::Demo(arguments) => {
            init_logging();
            demo::run(&arguments).map_err(Box::<dyn std::error::Error>::from)
        }
        Command::Serve(arguments) => {
            init_logging();
            service::run(&arguments).map_err(Into::into)
        }
        Command::Desk(command) => {
            init_logging();
            service::run_desk_command(&command).map_err(Into::into)
        }
        Command::Portal(arguments) => {
            init_logging();
            portal_app::run(&arguments).map_err(Into::into)
        }
        Command::Card(command) => {
            init_logging();
            cards::run(command).map_err(Into::into)
        }
        Command::Terminal(arguments) => {
            init_logging();
            crate::terminal::run(&arguments).map_err(Into::into)
        }
        Command::Audit { command: AuditCommand::Verify(arguments) } => {
            audit::verify_audit(&arguments).map_err(Into::into)
        }
        Command::Backup(arguments) => backup::run(&arguments).map_err(Into::into),
        Command::Ca(arguments) => {
            init_logging();
            ca::run(&arguments).map_err(Into::into)
        }
        Command::Nation(arguments) => {
            init_logging();
            nation::run(&arguments).map_err(Into::into)
        }
        Command::Gallery { folder, language } => gallery::write_gallery(&folder, language).map_err(Into::into),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("uketsuke: {}", Causes(&*error));
            ExitCode::FAILURE
        }
    }
}

/// Prints one line of JSON to the standard output.
pub(crate) fn print_json_line(value: &impl Serialize) -> io::Result<()> {
    print_text_line(&serde_json::to_string(value)?)
}

/// Prints a line to the standard output, which may be closed or full.
pub(crate) fn print_text_line(line: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    let outcome = writeln!(output, "{line}").and_then(|()| output.flush());
    outcome.map_err(|error| io::Error::new(error.kind(), format!("the standard output cannot be written: {error}")))
}

/// Logs to the standard error: `UKETSUKE_LOG` is the filter, `UKETSUKE_LOG_FORMAT=json` selects JSON.
fn init_logging() {
    let filter = EnvFilter::try_from_env("UKETSUKE_LOG").unwrap_or_else(|_| EnvFilter::new("warn,uketsuke=info"));
    let registry = tracing_subscriber::registry().with(filter);
    if std::env::var("UKETSUKE_LOG_FORMAT").is_ok_and(|format| format == "json") {
        registry.with(fmt::layer().json().with_writer(std::io::stderr)).init();
    } else {
        registry.with(fmt::layer().with_writer(std::io::stderr)).init();
    }
}
