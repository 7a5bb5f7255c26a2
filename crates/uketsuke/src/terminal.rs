//! 資格確認端末 on the clinic's own machine: one institution's terminal in a process of its own.
//!
//! Its settings are a TOML file. Whatever is wrong in it is told with the file, the key and what to do.

mod settings;

use std::{io, io::BufRead, path::PathBuf};

use ::terminal::{AccountError, Identity, Password, Refusal, Role, ShortPassword, Station};
use base::{Causes, Clock, InstitutionCode, Randomness};
use database::Location;
use serde::Serialize;
use shell::{Origin, Site, Theme};

use crate::{
    cli,
    data_folder::{DataFolder, FolderSharing, UnusableFolder},
    health::{Health, NotReady},
    settings::{SettingsError, SettingsFile},
    signals::{Signals, StopSignal},
    web::{self, Listener, Sites},
};
use settings::TerminalSettings;

/// Why the terminal cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] UnusableFolder),
    /// An account cannot be given its password.
    #[error("the password was not set")]
    Account(#[from] AccountError),
    /// The password is too short.
    #[error("the password was not set")]
    Password(#[from] ShortPassword),
    /// The accounts cannot be looked at.
    #[error("the accounts cannot be looked at")]
    Accounts(#[source] Box<Refusal>),
    /// The runtime, a signal or the listener failed.
    #[error("the system refused")]
    System(#[from] io::Error),
}

/// Where the terminal is, as `--json` prints it.
#[derive(Debug, Clone, Serialize)]
pub struct TerminalReady {
    /// Its pages.
    pub terminal: Origin,
    /// 医療機関コード
    pub institution: InstitutionCode,
    /// The folder with `req`, `res` and `face`, if there is one.
    pub exchange: Option<PathBuf>,
    /// The accounts that nobody can sign in with yet: set them with `--set-password`.
    pub accounts_without_password: Vec<&'static str>,
}

/// Runs the terminal until it is told to stop (SIGTERM, SIGINT; told again, it ends where it is), or gives an account its
/// password.
pub fn run(wanted: &cli::TerminalArguments) -> Result<(), TerminalError> {
    let settings = TerminalSettings::read(&wanted.config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        match wanted.set_password {
            Some(role) => set_password(wanted, settings, role).await,
            None => serve(wanted, settings).await,
        }
    });
    // What was answered is durable; what was not is waited for no longer.
    runtime.shutdown_background();
    ended
}

/// The room, behind a site at this port.
fn open_terminal(
    wanted: &cli::TerminalArguments,
    settings: &mut TerminalSettings,
    port: u16,
) -> Result<(::terminal::Terminal, Origin), TerminalError> {
    let file = SettingsFile::from_path(&wanted.config);
    file.make_folder("data", &settings.data)?;
    let clock = wanted.clock.map_or_else(Clock::system, Clock::starting_at);
    // A name of its own beneath localhost keeps its cookies apart from those of a demo on the same machine.
    let origin: Origin = format!("http://station.localhost:{port}").parse().expect("a name and a port make an origin");
    let site = Site::new(Theme::Terminal, origin.clone(), clock, Randomness::system());
    let identity = Identity::from_pem(&settings.certificate, &settings.key)
        .map_err(|wrong| settings::identity_error(&wanted.config, wrong))?;
    let station = Station {
        institution: settings.institution,
        name: settings.name.clone(),
        identity,
        exchange: settings.exchange.clone(),
        service: settings.service.take(),
    };
    let room = ::terminal::Settings {
        site,
        database: Location::Sqlite(settings.data.join("terminal.db")),
        stations: vec![station],
        interface: settings.interface.clone(),
        root: settings.authority.clone(),
    };
    let opened = ::terminal::Terminal::open(room).map_err(|wrong| {
        let (key, remedy) = settings::key_and_remedy(&wrong);
        file.key_error(key, remedy, wrong)
    })?;
    Ok((opened, origin))
}

async fn set_password(
    wanted: &cli::TerminalArguments,
    settings: TerminalSettings,
    role: Role,
) -> Result<(), TerminalError> {
    // Only the accounts are opened: another process may be exchanging files.
    let mut settings = TerminalSettings { exchange: None, ..settings };
    let (terminal, _) = open_terminal(wanted, &mut settings, 0)?;
    eprintln!("uketsuke terminal: the password of {} ({}), and Enter:", role, role.label());
    let mut typed = String::new();
    io::stdin().lock().read_line(&mut typed)?;
    let password = Password::hash(typed.trim_end_matches(['\r', '\n']), &Randomness::system()).await?;
    terminal.set_password(settings.institution, role, &password).await?;
    eprintln!("uketsuke terminal: set. Whoever was signed in with {role} signs in again.");
    Ok(())
}

async fn serve(wanted: &cli::TerminalArguments, mut settings: TerminalSettings) -> Result<(), TerminalError> {
    let file = SettingsFile::from_path(&wanted.config);
    let listener = file.listen(settings.listen).await?;
    let health_listener = file.listen_health(settings.listen_health).await?;
    file.make_folder("data", &settings.data)?;
    let mut folder = DataFolder::acquire(
        &settings.data,
        "uketsuke terminal",
        FolderSharing::Exclusive,
        &["terminal.db"],
        wanted.new_database,
    )?;
    let (terminal, origin) = open_terminal(wanted, &mut settings, listener.local_addr()?.port())?;
    let missing = terminal.missing_accounts().await.map_err(|error| TerminalError::Accounts(Box::new(error)))?;
    folder.mark_used()?;
    let ready = TerminalReady {
        terminal: origin,
        institution: settings.institution,
        exchange: settings.exchange.map(|exchange| exchange.folder),
        accounts_without_password: missing.into_iter().map(|(_, role)| role.as_str()).collect(),
    };
    let signals = Signals::listen()?;
    print_address(wanted, &ready)?;
    let asked = terminal.clone();
    let check = move || {
        let asked = asked.clone();
        async move {
            asked.missing_accounts().await.map_err(|error| NotReady::Database(Causes(&error).to_string()))?;
            asked.check_exchange().await.map_err(|error| NotReady::Exchange(Causes(&error).to_string()))
        }
    };
    let health = Health::new(Some(settings.data), settings.least_free_mb, check, || None);
    let sites = Sites::new(&health).with_site(&ready.terminal, terminal.pages());
    let listener = Listener::new("terminal", listener, &settings.connections);
    let work = |stop: StopSignal| async {
        tokio::select! {
            () = web::serve_with_work(listener, sites, stop.requested(), terminal.run_background_work()) => {}
            () = web::serve_health(health_listener, &health) => {}
        }
    };
    signals.run_until_signal(work).await;
    Ok(())
}

fn print_address(wanted: &cli::TerminalArguments, ready: &TerminalReady) -> io::Result<()> {
    if wanted.json {
        return cli::print_json_line(ready);
    }
    eprintln!("uketsuke terminal: simulated. Open {} in a browser on this machine.", ready.terminal);
    if let Some(folder) = &ready.exchange {
        eprintln!(
            "  asks are taken from {}, answers are in {}",
            folder.join("req").display(),
            folder.join("res").display()
        );
    }
    for account in &ready.accounts_without_password {
        eprintln!(
            "  {account} has no password yet: uketsuke terminal --config {} --set-password {account}",
            wanted.config.display()
        );
    }
    Ok(())
}
