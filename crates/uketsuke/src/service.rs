//! オンライン診療 by itself: the service of an operator, with settings, institutions and mail of its own.
//!
//! Nothing of the national side is in this process. Patients are handed over to the receptions that the settings name.

mod institutions;
mod notices;
mod settings;

use std::{
    io::{self, BufRead},
    net::SocketAddr,
    path::{Path, PathBuf},
};

use base::{Causes, Clock, InstitutionCode, Randomness};
use consult::{Consult, HandOver, MasterKeys, NotAdded, Place, RelayTrouble, Workshop};
use database::Location;
use handover::ClientKey;
use serde::Serialize;
use shell::{Face, Language, Origin, Site};
use zeroize::Zeroizing;

use crate::{
    cli,
    data_folder::{DataFolder, UnusableFolder, Use},
    health::{self, Health, NotReady},
    keep::{Keep, KeepFailure},
    settings::{SettingsFile, WrongFile},
    signals::{Signals, Stop},
    web::{self, Listener, Sites},
};
use settings::Settings;

/// Which of its keys seals what the service keeps, and keys its audit.
pub(crate) const SEALING_KEY: &str = "consult";

/// Why the service cannot start, or a desk's account cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] WrongFile),
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] UnusableFolder),
    /// The keys in the data folder cannot be used.
    #[error("the data folder cannot be used")]
    Keep(#[from] KeepFailure),
    /// The service's key cannot be read.
    #[error(transparent)]
    Key(#[from] UnusableKey),
    /// The institutions cannot be listed.
    #[error("the institutions cannot be listed")]
    Institutions(#[source] Box<consult::Refusal>),
    /// No account was made.
    #[error("the account was not made")]
    NotAdded(#[from] NotAdded),
    /// An account cannot be ended.
    #[error("the account cannot be ended")]
    NotEnded(#[source] Box<consult::Refusal>),
    /// There is no such account.
    #[error("no desk has an account with the address {0}")]
    NoAccount(String),
    /// What the service is given by the program cannot be made.
    #[error(transparent)]
    Means(#[from] NoMeans),
    /// The runtime, a signal or the listener failed.
    #[error("the system refused")]
    System(#[from] io::Error),
}

/// Where the service is, as `--json` prints it.
#[derive(Debug, Clone, Serialize)]
pub struct Ready {
    /// Where patients find it.
    pub service: Origin,
    /// Where it listens.
    pub listen: SocketAddr,
    /// How many institutions are offered.
    pub institutions: usize,
    /// Where signs of life and metrics are told, if that is apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<SocketAddr>,
}

/// Runs the service until it is told to stop (SIGTERM, SIGINT; told again, it ends where it is), or does what is asked
/// for instead.
pub fn run(wanted: &cli::Serve) -> Result<(), Failure> {
    let settings = Settings::read(&wanted.config)?;
    if wanted.check {
        checked(wanted, &settings);
        return Ok(());
    }
    if wanted.registration {
        return registration(&settings);
    }
    waited_for(serve(wanted, settings))
}

/// Makes or ends the account of a desk.
pub fn desk(wanted: &cli::Desk) -> Result<(), Failure> {
    match wanted {
        cli::Desk::Add { config, mail, institution, name } => {
            let settings = Settings::read(config)?;
            waited_for(add_account(config, settings, (*institution, mail, name)))
        }
        cli::Desk::End { config, mail } => {
            let settings = Settings::read(config)?;
            waited_for(end_account(config, settings, mail))
        }
    }
}

fn waited_for(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(work);
    // What was answered is durable; what was not is waited for no longer.
    runtime.shutdown_background();
    ended
}

fn checked(wanted: &cli::Serve, settings: &Settings) {
    eprintln!(
        "uketsuke serve: '{}' is right (institutions: {}, receptions: {}). The database, the mail relay and the receptions \
         were not asked.",
        wanted.config.display(),
        settings.institutions.len(),
        settings.receptions.len(),
    );
}

/// What the service is given by whoever opens it.
pub struct Means {
    /// With which it reaches receptions. It has no other way to anybody.
    pub http: reqwest::Client,
    /// Who turns its pictures.
    pub picture_worker: Workshop,
}

/// Why the program gives no means.
#[derive(Debug, thiserror::Error)]
pub enum NoMeans {
    /// The client for receptions cannot be made.
    #[error("the HTTP client cannot be made")]
    Http(#[from] reqwest::Error),
    /// The program's own file is not known.
    #[error("the program's own file, which turns pictures, cannot be found")]
    Program(#[source] io::Error),
}

impl Means {
    /// What the program itself gives.
    pub fn own() -> Result<Self, NoMeans> {
        let picture_worker = picture_worker().map_err(NoMeans::Program)?;
        Ok(Self { http: crate::http::client()?, picture_worker })
    }
}

/// Pictures are developed by this program itself, or by the one that tests name, which run the rooms from another program.
fn picture_worker() -> io::Result<Workshop> {
    let arguments = vec!["picture-worker".to_owned()];
    match std::env::var_os("UKETSUKE_PROGRAM") {
        Some(program) => Ok(Workshop::new(program.into(), arguments)),
        None => Workshop::of_this_program(arguments),
    }
}

/// Why the key for the hand-over cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UnusableKey {
    /// It cannot be read or kept.
    #[error("the service's key for the hand-over cannot be kept")]
    Keep(#[from] KeepFailure),
    /// What is kept is no key.
    #[error("the service's key for the hand-over cannot be used")]
    Key(#[from] handover::WrongClientKey),
}

/// The key with which a service signs its hand-overs, made once.
pub(crate) fn hand_over_key(keep: &Keep) -> Result<ClientKey, UnusableKey> {
    let make = || Ok::<_, KeepFailure>(Zeroizing::new(ClientKey::generate().reveal_pkcs8().to_vec()));
    Ok(ClientKey::from_pkcs8(&keep.load_or_create("hand-over.sealed", make)?)?)
}

/// What a reception is told of the service to know it: the form that `demo --service` reads.
#[derive(Serialize)]
struct Registration<'s> {
    client_id: String,
    name: &'s str,
    name_english: &'s str,
    home: &'s Origin,
    redirect_uris: [String; 1],
    jwks: Box<serde_json::value::RawValue>,
}

fn registration(settings: &Settings) -> Result<(), Failure> {
    let keep = Keep::open(&settings.data, &Randomness::system())?;
    let key = hand_over_key(&keep)?;
    let registration = Registration {
        client_id: settings.client.to_string(),
        name: settings.name.in_language(Language::Japanese),
        name_english: settings.name.in_language(Language::English),
        home: &settings.address,
        redirect_uris: [settings.address.at(consult::RETURN_PATH)],
        jwks: serde_json::value::RawValue::from_string(key.public_jwks()).map_err(io::Error::from)?,
    };
    Ok(cli::print_line(&registration)?)
}

/// The room, with everything that it needs.
fn open(config: &Path, settings: &Settings, clock: Clock) -> Result<Consult, Failure> {
    let randomness = Randomness::system();
    let keep = Keep::open(&settings.data, &randomness)?;
    if let Some(folder) = &settings.letters {
        SettingsFile::known(config).make_folder("mail.folder", folder)?;
    }
    let Means { http, picture_worker } = Means::own()?;
    let opened = Consult::open(consult::Settings {
        site: Site::new(Face::Service, settings.address.clone(), clock, randomness).called(settings.name.clone()),
        database: settings.database.clone().unwrap_or_else(|| Location::Sqlite(keep.path("consult.db"))),
        operator: settings.operator.clone(),
        sealing_key: keep.key(SEALING_KEY),
        http,
        hand_over: HandOver {
            client: settings.client.clone(),
            key: hand_over_key(&keep)?,
            receptions: settings.receptions.clone(),
        },
        pictures: Place::Folder(keep.path("pictures")),
        picture_keys: MasterKeys::new("first", keep.key("pictures")),
        picture_worker,
        contact: settings.contact.clone(),
        carrier: settings.carrier.clone(),
        keep_pictures_days: settings.keep_pictures_days,
        limits: settings.limits.clone(),
        notices: settings.notices.clone(),
    });
    opened.map_err(|wrong| {
        let (key, remedy) = settings::at_fault(&wrong, settings);
        SettingsFile::known(config).wrong(key, remedy, wrong).into()
    })
}

async fn serve(wanted: &cli::Serve, mut settings: Settings) -> Result<(), Failure> {
    let file = SettingsFile::known(&wanted.config);
    let listener = file.listen(settings.listen).await?;
    let health_listener = file.listen_health(settings.listen_health).await?;
    file.make_folder("data", &settings.data)?;
    let mut folder = take_folder(wanted, &settings)?;
    let clock = wanted.clock.map_or_else(Clock::system, Clock::starting_at);
    let consult = open(&wanted.config, &settings, clock)?;
    let institutions = std::mem::take(&mut settings.institutions);
    let ready = Ready {
        service: settings.address,
        listen: listener.local_addr()?,
        institutions: institutions.len(),
        health: health::address(health_listener.as_ref())?,
    };
    consult.list_institutions(institutions).await.map_err(|refusal| Failure::Institutions(Box::new(refusal)))?;
    folder.mark_used()?;
    let signals = Signals::listen()?;
    told(wanted, &ready)?;
    let health = health_of(&consult, settings.data, settings.least_free_mb);
    let sites = Sites::new(&health).with(&ready.service, consult.pages());
    let listener = Listener::new("service", listener, &settings.connections);
    let work = |stop: Stop| async {
        tokio::select! {
            () = Box::pin(web::serve_beside(listener, sites, stop.told(), consult.work())) => {}
            () = web::serve_health(health_listener, &health) => {}
        }
    };
    signals.govern(work).await;
    if let Err(error) = consult.give_back_letters().await {
        tracing::warn!(error = %Causes(&error), "letters in hand could not be given back: their claims end by themselves");
    }
    Ok(())
}

/// Takes the data folder: with SQLite for this process alone, with a server together with the other nodes.
fn take_folder(wanted: &cli::Serve, settings: &Settings) -> Result<DataFolder, UnusableFolder> {
    let (sharing, databases): (_, &[&str]) = match &settings.database {
        None | Some(Location::Sqlite(_)) => (Use::Alone, &["consult.db"]),
        Some(Location::Postgres(_)) => (Use::WithOtherNodes, &[]),
    };
    let databases = if settings.database.is_none() { databases } else { &[] };
    DataFolder::take(&settings.data, "uketsuke serve", sharing, databases, wanted.new_database)
}

/// Whether the service can write. A mail relay that takes no letter is a warning: letters wait, and everything else works.
pub(crate) fn health_of(consult: &Consult, data: PathBuf, least_free_mb: u32) -> Health {
    let (database, mail) = (consult.clone(), consult.clone());
    let check = move || {
        let database = database.clone();
        async move { database.ready().await.map_err(|error| NotReady::Database(Causes(&error).to_string())) }
    };
    let warning = move || mail.mail_relay_trouble().map(|trouble| describe_relay_trouble(&trouble));
    Health::new(Some(data), least_free_mb, check, warning)
}

fn describe_relay_trouble(trouble: &RelayTrouble) -> String {
    let code = trouble.code.map_or_else(String::new, |code| format!(" {code}"));
    format!("the mail relay takes no letter since {} ({}{code})", trouble.since, trouble.stage)
}

fn told(wanted: &cli::Serve, ready: &Ready) -> io::Result<()> {
    if wanted.json {
        return cli::print_line(ready);
    }
    eprintln!(
        "uketsuke serve: {} (institutions: {}), listening on {}.",
        ready.service, ready.institutions, ready.listen
    );
    Ok(())
}

async fn add_account(
    config: &Path,
    mut settings: Settings,
    (institution, mail, name): (InstitutionCode, &str, &str),
) -> Result<(), Failure> {
    let consult = open(config, &settings, Clock::system())?;
    // It may never have run.
    let institutions = std::mem::take(&mut settings.institutions);
    consult.list_institutions(institutions).await.map_err(|refusal| Failure::Institutions(Box::new(refusal)))?;
    eprintln!("uketsuke desk: the password of {mail}, and Enter:");
    let mut typed = Zeroizing::new(String::new());
    io::stdin().lock().read_line(&mut typed)?;
    consult.add_staff(institution, mail, name, typed.trim_end_matches(['\r', '\n'])).await?;
    eprintln!("uketsuke desk: {mail} can sign in at {}", settings.address.at("/desk/sign-in"));
    Ok(())
}

async fn end_account(config: &Path, settings: Settings, mail: &str) -> Result<(), Failure> {
    let consult = open(config, &settings, Clock::system())?;
    match consult.end_staff(mail).await {
        Ok(true) => {
            eprintln!("uketsuke desk: {mail} can sign in no more");
            Ok(())
        }
        Ok(false) => Err(Failure::NoAccount(mail.to_owned())),
        Err(refusal) => Err(Failure::NotEnded(Box::new(refusal))),
    }
}
