//! `uketsuke terminal`: one institution's terminal (資格確認端末) in a separate process, on the clinic's machine.
//!
//! Its settings are a TOML file. An error in it is reported with the file, the key and the remedy.

mod settings;

use std::{io, path::PathBuf};

use ::terminal::{AccountError, Identity, Refusal, Role, Station};
use accounts::password::{Password, ShortPassword};
use base::{Causes, Clock, InstitutionCode, Randomness};
use database::Location;
use serde::Serialize;
use ui::Theme;
use web::{Origin, Site};

use crate::{
    arguments::TerminalArguments,
    data_folder::{DataFolder, FolderSharing, UnusableFolder},
    health::{Health, NotReady},
    input::read_secret_line,
    listeners::{self, Listener, Sites},
    output::print_json_line,
    runtime::block_on,
    settings::{SettingsError, SettingsFile},
    signals::{Signals, StopSignal},
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
    /// The password of an account cannot be set.
    #[error("the password was not set")]
    Account(#[from] AccountError),
    /// The password is too short.
    #[error("the password was not set")]
    Password(#[from] ShortPassword),
    /// The accounts cannot be read.
    #[error("the accounts cannot be looked at")]
    Accounts(#[source] Box<Refusal>),
    /// The runtime, a signal or the listener failed.
    #[error("the system refused")]
    System(#[from] io::Error),
}

/// The object that `--json` prints.
#[derive(Debug, Clone, Serialize)]
pub struct TerminalReady {
    /// The address of its pages.
    pub terminal: Origin,
    /// 医療機関コード
    pub institution: InstitutionCode,
    /// The folder with `req`, `res` and `face`, if there is one.
    pub exchange: Option<PathBuf>,
    /// The accounts without a password, which is set with `--set-password`.
    pub accounts_without_password: Vec<&'static str>,
}

/// Runs the terminal until SIGTERM or SIGINT (a second signal ends it without waiting for open requests), or sets the
/// password of an account.
pub fn run(arguments: &TerminalArguments) -> Result<(), TerminalError> {
    let settings = TerminalSettings::read(&arguments.config)?;
    match arguments.set_password {
        Some(role) => block_on(set_password(arguments, settings, role)),
        None => block_on(serve(arguments, settings)),
    }
}

/// Opens the terminal with a site at this port.
fn open_terminal(
    arguments: &TerminalArguments,
    settings: &mut TerminalSettings,
    port: u16,
) -> Result<(::terminal::Terminal, Origin), TerminalError> {
    let file = SettingsFile::from_path(&arguments.config);
    file.make_folder("data", &settings.data)?;
    let clock = arguments.start.clock.map_or_else(Clock::system, Clock::starting_at);
    // A separate name below localhost keeps its cookies apart from those of a demo on the same machine.
    let origin: Origin = format!("http://station.localhost:{port}").parse().expect("a name and a port make an origin");
    let site = Site::new(Theme::Terminal, origin.clone(), clock, Randomness::system());
    let identity = Identity::from_pem(&settings.certificate, &settings.key)
        .map_err(|error| settings::identity_error(&arguments.config, error))?;
    let station = Station {
        institution: settings.institution,
        name: settings.name.clone(),
        identity,
        exchange: settings.exchange.clone(),
        service: settings.service.take(),
    };
    let terminal_settings = ::terminal::Settings {
        site,
        database: Location::Sqlite(settings.data.join("terminal.db")),
        stations: vec![station],
        interface: settings.interface.clone(),
        root: settings.authority.clone(),
    };
    let terminal = ::terminal::Terminal::open(terminal_settings).map_err(|error| {
        let (key, remedy) = settings::key_and_remedy(&error);
        file.key_error(key, remedy, error)
    })?;
    Ok((terminal, origin))
}

async fn set_password(
    arguments: &TerminalArguments,
    settings: TerminalSettings,
    role: Role,
) -> Result<(), TerminalError> {
    // Without exchange folders, which another process may be using.
    let mut settings = TerminalSettings { exchange: None, ..settings };
    let (terminal, _) = open_terminal(arguments, &mut settings, 0)?;
    eprintln!("uketsuke terminal: the password of {} ({}), and Enter:", role, role.label());
    let password = Password::hash(&read_secret_line()?, &Randomness::system()).await?;
    terminal.set_password(settings.institution, role, &password).await?;
    eprintln!("uketsuke terminal: set. Whoever was signed in with {role} signs in again.");
    Ok(())
}

async fn serve(arguments: &TerminalArguments, mut settings: TerminalSettings) -> Result<(), TerminalError> {
    let file = SettingsFile::from_path(&arguments.config);
    let listener = file.listen(settings.listen).await?;
    let health_listener = file.listen_health(settings.listen_health).await?;
    file.make_folder("data", &settings.data)?;
    let mut folder = DataFolder::acquire(
        &settings.data,
        "uketsuke terminal",
        FolderSharing::Exclusive,
        &["terminal.db"],
        arguments.start.new_database,
    )?;
    let (terminal, origin) = open_terminal(arguments, &mut settings, listener.local_addr()?.port())?;
    let missing = terminal.missing_accounts().await.map_err(|error| TerminalError::Accounts(Box::new(error)))?;
    folder.mark_used()?;
    let ready = TerminalReady {
        terminal: origin,
        institution: settings.institution,
        exchange: settings.exchange.map(|exchange| exchange.folder),
        accounts_without_password: missing.into_iter().map(|(_, role)| role.as_str()).collect(),
    };
    let signals = Signals::listen()?;
    print_address(arguments, &ready)?;
    let checked_terminal = terminal.clone();
    let check = move || {
        let checked_terminal = checked_terminal.clone();
        async move {
            checked_terminal
                .missing_accounts()
                .await
                .map_err(|error| NotReady::Database(Causes(&error).to_string()))?;
            checked_terminal.check_exchange().await.map_err(|error| NotReady::Exchange(Causes(&error).to_string()))
        }
    };
    let health = Health::new(Some(settings.data), settings.least_free_mb, check, || None);
    let sites = Sites::new(&health).with_site(&ready.terminal, terminal.pages());
    let listener = Listener::new("terminal", listener, &settings.connections);
    let work = |stop: StopSignal| async {
        tokio::select! {
            () = listeners::serve_with_work(listener, sites, stop.requested(), terminal.run_background_work()) => {}
            () = listeners::serve_health(health_listener, &health) => {}
        }
    };
    signals.run_until_signal(work).await;
    Ok(())
}

fn print_address(arguments: &TerminalArguments, ready: &TerminalReady) -> io::Result<()> {
    if arguments.json {
        return print_json_line(ready);
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
            arguments.config.display()
        );
    }
    Ok(())
}
