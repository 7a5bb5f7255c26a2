//! The command line.

pub mod ca;
pub mod card;
#[cfg(feature = "demo")]
pub mod demo;

use std::path::PathBuf;

use base::{InstitutionCode, Timestamp};
use clap::{Parser, Subcommand};
use consult::StaffRole;
#[cfg(feature = "demo")]
use text::Language;
use web::Origin;

/// The version and, as the build script says, the commit.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("UKETSUKE_COMMIT"), ")");

#[derive(Parser)]
#[command(name = "uketsuke", version = VERSION, about = "The open front desk for online medical care in Japan (受付)")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Start every room in this process: clinics, personas with cards, mail in an outbox page
    #[cfg(feature = "demo")]
    Demo(demo::DemoArguments),
    /// Run オンライン診療 alone: a service with settings, institutions and mail of its own
    Serve(ServeArguments),
    /// Accounts of the desks of such a service
    #[command(subcommand)]
    Desk(DeskCommand),
    /// Load a made-up nation of insured persons beside the demo's people; interrupted, it goes on where it was
    #[cfg(feature = "demo")]
    Nation(demo::NationArguments),
    /// Read cards in the card readers of this computer for a reception: マイナポータルアプリ on a PC
    Portal(PortalArguments),
    /// Start the terminal (資格確認端末) of one institution, with the exchange folders of its receipt computer
    Terminal(TerminalArguments),
    /// Write every page in every state as HTML into a folder
    #[cfg(feature = "demo")]
    Gallery {
        /// The folder
        folder: PathBuf,
        /// The language, ja or en
        #[arg(long, default_value = "ja", value_parser = parse_language)]
        language: Language,
    },
    /// Virtual cards: lay one into a card reader, look at it, have the municipal office unlock it
    #[command(subcommand)]
    Card(card::CardCommand),
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
pub(crate) enum AuditCommand {
    /// Check every row of the national side's and of the service's audit, and name the first that does not fit
    Verify(AuditVerifyArguments),
}

/// How a program begins that keeps a data folder of its own.
#[derive(Debug, Clone, clap::Args)]
pub struct StartArguments {
    /// Begin with an empty database in a folder that was used before and has lost it
    #[arg(long)]
    pub new_database: bool,
    /// Start the clock at this time (RFC 3339), to go with a demo whose clock was started so
    #[arg(long, value_name = "TIME")]
    pub clock: Option<Timestamp>,
}

/// How a service is started.
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
    #[command(flatten)]
    pub start: StartArguments,
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
        /// What the account may do: manager, desk or doctor. A manager invites all others, so a clinic's first account is one
        #[arg(long, value_name = "ROLE", default_value_t = StaffRole::Manager)]
        role: StaffRole,
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
    #[command(flatten)]
    pub start: StartArguments,
    /// Print one line of JSON with the address and the folders when ready
    #[arg(long)]
    pub json: bool,
}

/// The arguments of `audit verify`.
#[derive(Debug, Clone, clap::Args)]
pub struct AuditVerifyArguments {
    /// The folder that the program was started with
    #[arg(long, value_name = "DIR", default_value = "uketsuke-data", env = "UKETSUKE_DATA")]
    pub data: PathBuf,
    /// The PostgreSQL server that the program was started with
    #[arg(long, value_name = "URL", env = "UKETSUKE_DATABASE")]
    pub database: Option<String>,
    /// Where the ends of the chains are kept, best on another machine: checked if the file is there, and written anew when
    /// nothing is at fault. It shows when everything was put back to how it once was
    #[arg(long, value_name = "FILE")]
    pub anchors: Option<PathBuf>,
    /// Whose audit: of all, or of one side, where the other is elsewhere
    #[arg(long = "of", value_name = "SIDE", value_enum, default_value = "all")]
    pub side: AuditSide,
}

/// Whose audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum AuditSide {
    /// Of both sides
    All,
    /// Of the national side
    National,
    /// Of the service, such as one that `uketsuke serve` runs
    Service,
}

#[cfg(feature = "demo")]
fn parse_language(tag: &str) -> Result<Language, String> {
    Language::from_tag(tag).ok_or_else(|| "a language is ja or en".to_owned())
}
