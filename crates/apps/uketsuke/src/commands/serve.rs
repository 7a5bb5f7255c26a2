//! `uketsuke serve`: the online-consultation service of an operator, with its own settings, institutions and mail.
//!
//! This process contains nothing of the national side. Patients are handed over to the receptions that the settings name.

mod institutions;
mod notices;
mod settings;

use std::{io, net::SocketAddr, path::Path};

use base::{Causes, Clock, Randomness};
use consult::{AddStaffError, Consult, NewStaffMember};
use database::Location;
use serde::Serialize;
use text::Language;
use ui::Theme;
use web::{Origin, Site};

use crate::{
    arguments::{DeskCommand, ServeArguments},
    compose::{self, ServiceParts, ServiceResources, ServiceResourcesError, UnusableKey},
    data_folder::{DataFolder, FolderSharing, UnusableFolder},
    health,
    input::read_secret_line,
    key_store::{KeyStore, KeyStoreError},
    listeners::{self, Listener, Sites},
    output::print_json_line,
    runtime::block_on,
    settings::{SettingsError, SettingsFile},
    signals::{Signals, StopSignal},
};
use settings::ServiceSettings;

/// Why the service cannot start, or a desk's account cannot be added or ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] UnusableFolder),
    /// The keys in the data folder cannot be used.
    #[error("the data folder cannot be used")]
    KeyStore(#[from] KeyStoreError),
    /// The service's key cannot be read.
    #[error(transparent)]
    Key(#[from] UnusableKey),
    #[error("the institutions cannot be listed")]
    Institutions(#[source] Box<consult::Refusal>),
    /// The account was not added.
    #[error("the account was not made")]
    NotAdded(#[from] AddStaffError),
    #[error("the account cannot be ended")]
    NotEnded(#[source] Box<consult::Refusal>),
    /// There is no such account.
    #[error("no desk has an account with the address {0}")]
    NoAccount(String),
    /// The service's HTTP client or picture worker cannot be made.
    #[error(transparent)]
    Resources(#[from] ServiceResourcesError),
    /// The runtime, a signal or the listener failed.
    #[error("the system refused")]
    System(#[from] io::Error),
}

/// The object that `--json` prints.
#[derive(Debug, Clone, Serialize)]
pub struct ServiceReady {
    /// The address for patients.
    pub service: Origin,
    pub listen: SocketAddr,
    /// The number of listed institutions.
    pub institutions: usize,
    /// The separate address for health checks and metrics, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<SocketAddr>,
}

/// Runs the service until SIGTERM or SIGINT (a second signal ends it without waiting for open requests), or checks the
/// settings, or prints the registration.
pub fn run(arguments: &ServeArguments) -> Result<(), ServeError> {
    let settings = ServiceSettings::read(&arguments.config)?;
    if arguments.check {
        print_check_result(arguments, &settings);
        return Ok(());
    }
    if arguments.registration {
        return print_registration(&settings);
    }
    block_on(serve(arguments, settings))
}

/// Adds or ends the account of a desk.
pub fn run_desk_command(command: &DeskCommand) -> Result<(), ServeError> {
    match command {
        DeskCommand::Add { config, mail, institution, name, role } => {
            let settings = ServiceSettings::read(config)?;
            let new = NewStaffMember { institution: *institution, mail, name, role: *role };
            block_on(add_account(config, settings, new))
        }
        DeskCommand::End { config, mail } => {
            let settings = ServiceSettings::read(config)?;
            block_on(end_account(config, settings, mail))
        }
    }
}

fn print_check_result(arguments: &ServeArguments, settings: &ServiceSettings) {
    eprintln!(
        "uketsuke serve: '{}' is right (institutions: {}, receptions: {}). The database, the mail relay and the receptions \
         were not asked.",
        arguments.config.display(),
        settings.institutions.len(),
        settings.receptions.len(),
    );
}

/// The registration of the service at a reception, in the form that `demo --service` reads.
#[derive(Serialize)]
struct Registration<'s> {
    client_id: String,
    name: &'s str,
    name_english: &'s str,
    home: &'s Origin,
    redirect_uris: [String; 1],
    jwks: Box<serde_json::value::RawValue>,
}

fn print_registration(settings: &ServiceSettings) -> Result<(), ServeError> {
    let key_store = KeyStore::open(&settings.data, &Randomness::system())?;
    let key = compose::load_hand_over_key(&key_store)?;
    let registration = Registration {
        client_id: settings.client.to_string(),
        name: settings.name.in_language(Language::Japanese),
        name_english: settings.name.in_language(Language::English),
        home: &settings.address,
        redirect_uris: [settings.address.url(consult::RETURN_PATH)],
        jwks: serde_json::value::RawValue::from_string(key.public_jwks()).map_err(io::Error::from)?,
    };
    Ok(print_json_line(&registration)?)
}

/// Opens the service with all its resources.
fn open_service(config: &Path, settings: &ServiceSettings, clock: Clock) -> Result<Consult, ServeError> {
    let randomness = Randomness::system();
    let key_store = KeyStore::open(&settings.data, &randomness)?;
    if let Some(folder) = &settings.letter_folder {
        SettingsFile::from_path(config).make_folder("mail.folder", folder)?;
    }
    let parts = ServiceParts {
        site: Site::new(Theme::Service, settings.address.clone(), clock, randomness).with_name(settings.name.clone()),
        database: settings.database.clone().unwrap_or_else(|| Location::Sqlite(key_store.path("consult.db"))),
        operator: settings.operator.clone(),
        contact: settings.contact.clone(),
        client_id: settings.client.clone(),
        client_key: compose::load_hand_over_key(&key_store)?,
        receptions: settings.receptions.clone(),
        resources: ServiceResources::from_program()?,
        picture_key: "first",
        picture_retention_days: settings.keep_pictures_days,
        mail_transport: settings.mail_delivery.clone(),
        limits: settings.limits.clone(),
        notices: settings.notices.clone(),
    };
    compose::open_service(&key_store, parts).map_err(|error| {
        let (key, remedy) = settings::key_and_remedy(&error, settings);
        SettingsFile::from_path(config).key_error(key, remedy, error).into()
    })
}

async fn serve(arguments: &ServeArguments, mut settings: ServiceSettings) -> Result<(), ServeError> {
    let file = SettingsFile::from_path(&arguments.config);
    let listener = file.listen(settings.listen).await?;
    let health_listener = file.listen_health(settings.listen_health).await?;
    file.make_folder("data", &settings.data)?;
    let mut folder = acquire_data_folder(arguments, &settings)?;
    let clock = arguments.start.clock.map_or_else(Clock::system, Clock::starting_at);
    let consult = open_service(&arguments.config, &settings, clock)?;
    let institutions = std::mem::take(&mut settings.institutions);
    let ready = ServiceReady {
        service: settings.address,
        listen: listener.local_addr()?,
        institutions: institutions.len(),
        health: health::local_address(health_listener.as_ref())?,
    };
    consult.replace_institutions(institutions).await.map_err(|refusal| ServeError::Institutions(Box::new(refusal)))?;
    folder.mark_used()?;
    let signals = Signals::listen()?;
    print_address(arguments, &ready)?;
    let health = compose::watch_service(&consult, settings.data, settings.least_free_mb);
    let sites = Sites::new(&health).with_site(&ready.service, consult.pages());
    let listener = Listener::new("service", listener, &settings.connections);
    let work = |stop: StopSignal| async {
        tokio::select! {
            () = Box::pin(listeners::serve_with_work(listener, sites, stop.requested(), consult.run_background_work())) => {}
            () = listeners::serve_health(health_listener, &health) => {}
        }
    };
    signals.run_until_signal(work).await;
    if let Err(error) = consult.release_letters().await {
        tracing::warn!(error = %Causes(&error), "the claims of letters could not be released; they expire");
    }
    Ok(())
}

/// Acquires the data folder: exclusively with SQLite, shared with the other nodes with PostgreSQL.
fn acquire_data_folder(arguments: &ServeArguments, settings: &ServiceSettings) -> Result<DataFolder, UnusableFolder> {
    let (sharing, databases): (_, &[&str]) = match &settings.database {
        None => (FolderSharing::Exclusive, &["consult.db"]),
        Some(Location::Sqlite(_)) => (FolderSharing::Exclusive, &[]),
        Some(Location::Postgres(_)) => (FolderSharing::WithOtherNodes, &[]),
    };
    DataFolder::acquire(&settings.data, "uketsuke serve", sharing, databases, arguments.start.new_database)
}

fn print_address(arguments: &ServeArguments, ready: &ServiceReady) -> io::Result<()> {
    if arguments.json {
        return print_json_line(ready);
    }
    eprintln!(
        "uketsuke serve: {} (institutions: {}), listening on {}.",
        ready.service, ready.institutions, ready.listen
    );
    Ok(())
}

async fn add_account(config: &Path, mut settings: ServiceSettings, new: NewStaffMember<'_>) -> Result<(), ServeError> {
    let consult = open_service(config, &settings, Clock::system())?;
    // The service may never have run.
    let institutions = std::mem::take(&mut settings.institutions);
    consult.replace_institutions(institutions).await.map_err(|refusal| ServeError::Institutions(Box::new(refusal)))?;
    let mail = new.mail;
    eprintln!("uketsuke desk: the password of {mail}, and Enter:");
    consult.add_staff(new, &read_secret_line()?).await?;
    eprintln!("uketsuke desk: {mail} can sign in at {}", settings.address.url("/desk/sign-in"));
    Ok(())
}

async fn end_account(config: &Path, settings: ServiceSettings, mail: &str) -> Result<(), ServeError> {
    let consult = open_service(config, &settings, Clock::system())?;
    match consult.deactivate_staff(mail).await {
        Ok(true) => {
            eprintln!("uketsuke desk: {mail} can sign in no more");
            Ok(())
        }
        Ok(false) => Err(ServeError::NoAccount(mail.to_owned())),
        Err(refusal) => Err(ServeError::NotEnded(Box::new(refusal))),
    }
}
