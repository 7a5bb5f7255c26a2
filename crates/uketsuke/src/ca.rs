//! `uketsuke ca`: what the authority of a data folder has issued, and what it issues and revokes on demand.
//!
//! The rooms are opened on the folder beside whoever runs on it: SQLite lets one writer at a time, and every room reads
//! its database anew for each request, so a running demo knows at once. Data goes to the standard output, one JSON object
//! on each line, or PEM.

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
use shell::{Site, Theme};

use crate::{
    demo::{AUDIT_KEY, NATIONAL_MIGRATIONS},
    key_store::{KeyStore, KeyStoreError, database_option_name},
};

pub use arguments::{CaArguments, CaCommand, CertificateFilter, CertificateSelector, RevocationReason};

/// Why nothing was done, or not all of it. Doing it again goes on where it stopped.
#[derive(Debug, thiserror::Error)]
pub enum CaError {
    /// The data folder cannot be used.
    #[error("the data folder cannot be used")]
    KeyStore(#[from] KeyStoreError),
    /// What `--database` or its variable names is no database.
    #[error("{0} names no database")]
    Database(&'static str, #[source] database::UnreadableLocation),
    /// A database cannot be opened.
    #[error("the database cannot be opened; if a program holds it for more than ten seconds, try again")]
    Migration(#[from] database::MigrationError),
    /// The authority refused.
    #[error("the authority refused")]
    Authority(#[from] authority::Refusal),
    /// The eligibility system refused.
    #[error("the eligibility system refused")]
    Eligibility(#[from] eligibility::Refusal),
    /// The app cannot be opened.
    #[error("the app cannot be opened")]
    App(#[from] portal::WrongSettings),
    /// The app refused.
    #[error("the app refused")]
    Portal(#[from] portal::Refusal),
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be made")]
    Http(#[from] reqwest::Error),
    /// A key cannot be made or written.
    #[error("a key cannot be made or written")]
    Key(#[from] jpki::Unissuable),
    /// A key does not fit onto a card.
    #[error("the card does not take its key")]
    Card(#[from] card::UnreadableKey),
    /// No persona has this name.
    #[error("no card is called '{0}'; the demo's page of people names them")]
    NoPersona(String),
    /// Nothing has this number.
    #[error("nothing was issued under the number {0}; `ca list` shows what was")]
    NoSuchSerial(Serial),
    /// Several generations gave out this number.
    #[error("several generations gave out the number {serial}; name one with --issuer: {}", join_identifiers(.issuers))]
    Ambiguous {
        /// The number.
        serial: Serial,
        /// The keys.
        issuers: Vec<KeyIdentifier>,
    },
    /// The institution has no certificate that stands.
    #[error("the institution {0} has no certificate that stands")]
    NothingToRevoke(base::InstitutionCode),
    /// Which generation is meant is not clear.
    #[error("no key or several begin with '{0}'; `ca show` names them")]
    NoSuchIssuer(String),
    /// What was issued cannot be read.
    #[error("the certificate {0} cannot be read")]
    Unreadable(Serial),
    /// A file cannot be written, or there is one.
    #[error("'{path}' cannot be written")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The system refused.
    #[error("the system refused")]
    System(#[from] io::Error),
}

fn join_identifiers(issuers: &[KeyIdentifier]) -> String {
    issuers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Does what the command line asks for.
pub fn run(wanted: &CaArguments) -> Result<(), CaError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut out = io::stdout().lock();
        execute(wanted, &mut out).await
    })
}

/// The same, telling `out`.
pub async fn execute(wanted: &CaArguments, out: &mut impl Write) -> Result<(), CaError> {
    let office = CaServices::open(wanted).await?;
    match &wanted.command {
        CaCommand::Show { folder } => office.show_generations(folder.as_deref(), out),
        CaCommand::List { filter: certificates } => office.list_certificates(*certificates, out).await,
        CaCommand::IssueInstitution { code, out: file } => office.issue_institution(*code, file, out).await,
        CaCommand::Revoke { selector: whose, reason } => office.revoke(whose, *reason, out).await,
        CaCommand::Renew { selector: whose, out: file } => office.renew(whose, file.as_deref(), out).await,
        CaCommand::Crl { issuer, der } => office.write_revocation_list(issuer.as_deref(), *der, out).await,
    }
}

/// The rooms that a certificate concerns: who issues it, who lets it in, on whose card it is.
struct CaServices {
    authority: Authority,
    eligibility: Eligibility,
    portal: Portal,
}

impl CaServices {
    async fn open(wanted: &CaArguments) -> Result<Self, CaError> {
        let randomness = Randomness::system();
        let keep = KeyStore::open_used(&wanted.data, &randomness)?;
        let clock = wanted.clock.map_or_else(Clock::system, Clock::starting_at);
        let url = wanted.database.as_ref();
        let place = |room| {
            keep.database_location(room, url).map_err(|wrong| CaError::Database(database_option_name(url), wrong))
        };
        let authority = Authority::open(authority::Settings {
            database: place("authority")?,
            master_key: keep.key("authority"),
            origin: wanted.authority.clone(),
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
            // Nobody is told this address here.
            reception: wanted.authority.clone(),
        };
        let portal = Portal::open(portal::Settings {
            site: Site::new(Theme::Portal, wanted.authority.clone(), clock.clone(), randomness.clone()),
            database: place("portal")?,
            key: keep.key("portal"),
            // Only cards are touched here; nobody is asked.
            receptions: vec![portal::KnownReception {
                name: shell::Text::from_static("", ""),
                origin: wanted.authority.clone(),
            }],
            cards: portal::Cards::Virtual,
            http: crate::http::build_client()?,
        })?;
        Ok(Self { authority, eligibility: Eligibility::from_database(national, settings), portal })
    }
}
