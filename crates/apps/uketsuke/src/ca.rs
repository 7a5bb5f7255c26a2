//! `uketsuke ca`: lists, issues and revokes certificates of the authority of a data folder.
//!
//! The services are opened on the folder while a demo may run on it: SQLite permits one writer at a time, and each service
//! reads its database for each request, so that a running demo sees changes at once. Data is written to the standard
//! output, as one JSON object per line or as PEM.

mod arguments;
mod operations;
#[cfg(test)]
mod tests;

use std::{
    io::{self, Write},
    path::PathBuf,
};

use authority::Authority;
use base::{Clock, Randomness};
use database::Database;
use eligibility::Eligibility;
use jpki::{KeyIdentifier, Serial};
use portal::Portal;
use ui::Theme;
use web::Site;

use crate::{
    demo::{AUDIT_KEY, NATIONAL_MIGRATIONS},
    key_store::{KeyStore, KeyStoreError, database_option_name},
};

pub use arguments::{CaArguments, CaCommand, CertificateFilter, CertificateSelector, RevocationReason};

/// Why an operation failed or was not completed. Repeating it resumes where it stopped.
#[derive(Debug, thiserror::Error)]
pub enum CaError {
    #[error("the data folder cannot be used")]
    KeyStore(#[from] KeyStoreError),
    /// `--database` or its variable does not name a database.
    #[error("{0} names no database")]
    Database(&'static str, #[source] database::UnreadableLocation),
    #[error("the database cannot be opened; if a program holds it for more than ten seconds, try again")]
    Migration(#[from] database::MigrationError),
    #[error("the authority refused")]
    Authority(#[from] authority::Refusal),
    #[error("the eligibility system refused")]
    Eligibility(#[from] eligibility::Refusal),
    #[error("the app cannot be opened")]
    App(#[from] portal::WrongSettings),
    #[error("the app refused")]
    Portal(#[from] portal::Refusal),
    #[error("the HTTP client cannot be made")]
    Http(#[from] reqwest::Error),
    #[error("a key cannot be made or written")]
    Key(#[from] jpki::Unissuable),
    /// A key does not fit onto a card.
    #[error("the card does not take its key")]
    Card(#[from] card::UnreadableKey),
    /// No card of the app has this name.
    #[error("no card is called '{0}'; the demo's page of people names them")]
    NoPersona(String),
    /// No certificate has this serial number.
    #[error("nothing was issued under the number {0}; `ca list` shows what was")]
    NoSuchSerial(Serial),
    /// Several generations have issued this serial number.
    #[error("several generations gave out the number {serial}; name one with --issuer: {}", join_identifiers(.issuers))]
    Ambiguous { serial: Serial, issuers: Vec<KeyIdentifier> },
    /// The institution has no certificate that is in force.
    #[error("the institution {0} has no certificate that stands")]
    NothingToRevoke(base::InstitutionCode),
    /// No generation, or several, match the beginning of the key.
    #[error("no key or several begin with '{0}'; `ca show` names them")]
    NoSuchIssuer(String),
    /// An issued certificate cannot be parsed.
    #[error("the certificate {0} cannot be read")]
    Unreadable(Serial),
    /// A file cannot be written or exists already.
    #[error("'{path}' cannot be written")]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the system refused")]
    System(#[from] io::Error),
}

fn join_identifiers(issuers: &[KeyIdentifier]) -> String {
    issuers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Runs the command.
pub fn run(arguments: &CaArguments) -> Result<(), CaError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut out = io::stdout().lock();
        execute(arguments, &mut out).await
    })
}

/// Runs the command with `out` as the standard output.
pub async fn execute(arguments: &CaArguments, out: &mut impl Write) -> Result<(), CaError> {
    let services = CaServices::open(arguments).await?;
    match &arguments.command {
        CaCommand::Show { folder } => services.show_generations(folder.as_deref(), out),
        CaCommand::List { filter } => services.list_certificates(*filter, out).await,
        CaCommand::IssueInstitution { code, out: file } => services.issue_institution(*code, file, out).await,
        CaCommand::Revoke { selector, reason } => services.revoke(selector, *reason, out).await,
        CaCommand::Renew { selector, out: file } => services.renew(selector, file.as_deref(), out).await,
        CaCommand::Crl { issuer, der } => services.write_revocation_list(issuer.as_deref(), *der, out).await,
    }
}

/// The services that a certificate concerns: the authority, the eligibility system, the app with the cards.
struct CaServices {
    authority: Authority,
    eligibility: Eligibility,
    portal: Portal,
}

impl CaServices {
    async fn open(arguments: &CaArguments) -> Result<Self, CaError> {
        let randomness = Randomness::system();
        let key_store = KeyStore::open_used(&arguments.data, &randomness)?;
        let clock = arguments.clock.map_or_else(Clock::system, Clock::starting_at);
        let url = arguments.database.as_ref();
        let database_location = |service| {
            key_store
                .database_location(service, url)
                .map_err(|error| CaError::Database(database_option_name(url), error))
        };
        let authority = Authority::open(authority::Settings {
            database: database_location("authority")?,
            master_key: key_store.key("authority"),
            origin: arguments.authority.clone(),
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
            // Not used by this command.
            reception: arguments.authority.clone(),
        };
        let portal = Portal::open(portal::Settings {
            site: Site::new(Theme::Portal, arguments.authority.clone(), clock.clone(), randomness.clone()),
            database: database_location("portal")?,
            key: key_store.key("portal"),
            // Only the cards are used here.
            receptions: vec![portal::KnownReception {
                name: text::Text::from_static("", ""),
                origin: arguments.authority.clone(),
            }],
            cards: portal::Cards::Virtual,
            http: crate::http::build_client()?,
        })?;
        let eligibility = Eligibility::from_database(national, settings).await?;
        Ok(Self { authority, eligibility, portal })
    }
}
