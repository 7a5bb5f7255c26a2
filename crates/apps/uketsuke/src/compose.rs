//! Which service is opened how: its database, its keys, its settings. Commands open services here and nowhere else.

mod service;

use authority::Authority;
use base::{Clock, Key, Randomness};
use database::{Database, Location, Migration, MigrationError, UnreadableLocation};
use eligibility::Eligibility;
use portal::CardRepository;
use web::Origin;

use crate::key_store::KeyStore;

pub(crate) use service::{SEALING_KEY, ServiceParts, load_hand_over_key, open_service, watch_service};
pub use service::{ServiceResources, ServiceResourcesError, UnusableKey};

/// The name of the key for the audit of the national side.
pub(crate) const AUDIT_KEY: &str = "national audit";

/// The migrations of the services that share the database of the national side.
pub(crate) const NATIONAL_MIGRATIONS: [(&str, &[Migration]); 2] =
    [("eligibility", eligibility::MIGRATIONS), ("reception", reception::MIGRATIONS)];

/// Opens services on one data folder: their databases are files in it, or on a server.
pub(crate) struct Composer {
    key_store: KeyStore,
    /// The PostgreSQL server with all databases.
    server: Option<Location>,
    clock: Clock,
    randomness: Randomness,
}

/// What `--database` or its variable names is no database.
#[derive(Debug, thiserror::Error)]
#[error("{option} names no database")]
pub struct NoDatabase {
    option: &'static str,
    source: UnreadableLocation,
}

impl Composer {
    /// Opens services with these keys, and with their databases on the server at `url` if it is given.
    pub(crate) fn new(
        key_store: KeyStore,
        url: Option<&str>,
        clock: Clock,
        randomness: Randomness,
    ) -> Result<Self, NoDatabase> {
        let parse = |url: &str| {
            url.parse::<Location>().map_err(|source| NoDatabase { option: database_option_name(url), source })
        };
        Ok(Self { key_store, server: url.map(parse).transpose()?, clock, randomness })
    }

    #[cfg(feature = "demo")]
    pub(crate) fn key_store(&self) -> &KeyStore {
        &self.key_store
    }

    #[cfg(feature = "demo")]
    pub(crate) fn site(&self, theme: ui::Theme, origin: &Origin) -> web::Site {
        web::Site::new(theme, origin.clone(), self.clock.clone(), self.randomness.clone())
    }

    /// Where the database of a service is.
    pub(crate) fn database(&self, service: &str) -> Location {
        let file = || Location::Sqlite(self.key_store.path(&format!("{service}.db")));
        self.server.clone().unwrap_or_else(file)
    }

    pub(crate) async fn open_authority(&self, origin: Origin) -> Result<Authority, authority::Refusal> {
        let settings = authority::Settings {
            database: self.database("authority"),
            master_key: self.key_store.key("authority"),
            origin,
            clock: self.clock.clone(),
            randomness: self.randomness.clone(),
        };
        Authority::open(settings).await
    }

    /// The database that reception and eligibility system share.
    pub(crate) fn open_national_database(&self) -> Result<Database, MigrationError> {
        Database::open_shared_sealed(&self.database("national"), "national", &NATIONAL_MIGRATIONS, &self.audit_key())
    }

    /// The key for the audit of the national side.
    pub(crate) fn audit_key(&self) -> Key {
        self.key_store.key(AUDIT_KEY)
    }

    /// The eligibility system on the database of the national side. Fixed URLs lead to `reception`.
    pub(crate) async fn open_eligibility(
        &self,
        national: Database,
        reception: Origin,
    ) -> Result<Eligibility, eligibility::Refusal> {
        let settings = eligibility::Settings {
            clock: self.clock.clone(),
            randomness: self.randomness.clone(),
            audit_key: self.audit_key(),
            reception,
        };
        Eligibility::from_database(national, settings).await
    }

    /// The virtual cards of the app, without the app.
    pub(crate) fn open_card_repository(&self) -> Result<CardRepository, MigrationError> {
        let (location, key) = (self.database("portal"), self.key_store.key("portal"));
        CardRepository::open(&location, key, self.randomness.clone())
    }

    /// The database of the online-consultation service, without the service, and the key that seals it.
    pub(crate) fn open_service_database(&self) -> Result<(Database, Key), MigrationError> {
        let key = self.key_store.key(SEALING_KEY);
        let database = Database::open_sealed(&self.database("consult"), "consult", consult::MIGRATIONS, &key)?;
        Ok((database, key))
    }
}

/// Where the URL of the database is from, for error messages: the option or the environment variable.
fn database_option_name(url: &str) -> &'static str {
    const VARIABLE: &str = "UKETSUKE_DATABASE";
    if std::env::var_os(VARIABLE).is_some_and(|value| value == url) { VARIABLE } else { "--database" }
}
