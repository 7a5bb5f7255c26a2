//! マイナ在宅受付Web (simulated): where a patient says what an institution may see, and proves with her card that it is she.
//!
//! The room promises that a registration happens once, only for what was last shown, and only in the browser that began
//! it; that the service which sent the patient learns that it is registered, under which number and until when, and
//! nothing else; and that whoever leaves at any step finds a way on. It must never let anybody in by polling, by a link,
//! or by a card's answer alone, and it must never keep a PIN, a picture or a name.
//!
//! It stands on the same database as `eligibility`, because they are two doors of one organisation: registering is one
//! transaction.
//!
//! Start reading at [`rules::procedure`] and [`rules::authentication`], the two drawings that everything else serves.

mod api;
mod client;
mod pages;
mod refusal;
pub mod rules;
mod store;

use std::{sync::Arc, time::Duration};

use axum::Router;
use base::Timestamp;
use database::Database;
use handover::{Client, ClientId, Endpoints, Issuer, Metadata};
use jpki::{Anchors, CertificateCache};
use shell::{Language, Origin, Route, Site, Text};

pub use pages::samples;
pub use refusal::{CATALOGUE, Refusal};
pub use store::MIGRATIONS;

/// A 手続き, by its id.
pub enum ProcedureKind {}
/// An errand of the portal app, by its id.
pub enum AuthenticationKind {}

/// A service that may hand patients over.
#[derive(Clone)]
pub struct Service {
    /// Its registration: id, keys, redirect URIs.
    pub client: Client,
    /// What patients call it.
    pub name: Text,
    /// Its first page, for whoever has finished.
    pub home: Origin,
}

/// What the room is told at start.
pub struct Settings {
    /// Its site.
    pub site: Site,
    /// The database that it shares with `eligibility`, with [`MIGRATIONS`] applied.
    pub database: Database,
    /// The services that may hand over.
    pub services: Vec<Service>,
    /// Where the portal app is opened.
    pub portal: Origin,
    /// The port on which the app of a computer with a card reader is opened, on that computer itself
    /// ([`errand::COMPUTER_PORT`]).
    pub computer_port: u16,
    /// Which authorities' cards are accepted.
    pub anchors: Anchors,
    /// Where the authority's OCSP responder answers.
    pub responder: url::Url,
    /// The folder in which the authority's revocation lists stand, by the digits of the key that signs them: the second
    /// source, where the responder is silent.
    pub revocation_lists: url::Url,
    /// How it asks there.
    pub http: reqwest::Client,
}

/// Settings that the room cannot start with.
#[derive(Debug, thiserror::Error)]
pub enum WrongSettings {
    /// The room's own address is no issuer.
    #[error("the reception's origin cannot be an OAuth issuer")]
    Issuer(#[source] handover::WrongAddress),
    /// An endpoint's address is no address.
    #[error("the reception's endpoints cannot be published")]
    Metadata(#[source] handover::MetadataRefusal),
}

/// The room.
#[derive(Clone)]
pub struct Reception {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    site: Site,
    store: store::Store,
    services: Vec<Service>,
    portal: Origin,
    computer_port: u16,
    issuer: Issuer,
    metadata: Metadata,
    certificate_cache: CertificateCache,
    revocation: client::RevocationChecker,
}

/// How many certificates the authority's signature is remembered of. A clinic's day is some hundreds.
const CERTIFICATE_CACHE_SIZE: usize = 10_000;

/// How often the room forgets what has ended.
const CLEANUP_INTERVAL: Duration = Duration::from_mins(10);

impl Reception {
    /// The room with these settings.
    pub fn open(settings: Settings) -> Result<Self, WrongSettings> {
        let origin = settings.site.origin();
        let issuer: Issuer = origin.as_str().parse().map_err(WrongSettings::Issuer)?;
        let at = |path: &str| {
            // An origin with a path behind it is an address.
            url::Url::parse(&origin.url(path)).expect("an origin and a path make a URL")
        };
        let endpoints = Endpoints {
            pushed_requests: at(api::PUSH),
            authorization: at(pages::AUTHORIZE),
            token: at(api::TOKEN),
            status: at(api::STATUS),
        };
        let source = client::RevocationSource {
            responder: client::Responder::new(settings.http.clone(), settings.responder),
            lists: settings.revocation_lists,
            http: settings.http,
            clock: settings.site.clock().clone(),
            randomness: settings.site.randomness().clone(),
        };
        let metadata = Metadata::new(issuer.clone(), endpoints).map_err(WrongSettings::Metadata)?;
        Ok(Self {
            inner: Arc::new(Inner {
                store: store::Store::new(settings.database, settings.site.randomness().clone()),
                services: settings.services,
                portal: settings.portal,
                computer_port: settings.computer_port,
                issuer,
                metadata,
                certificate_cache: CertificateCache::with_capacity(CERTIFICATE_CACHE_SIZE),
                revocation: client::RevocationChecker::new(source, settings.anchors),
                site: settings.site,
            }),
        })
    }

    /// Everything that the room answers: pages behind the guard, and the endpoints of machines beside them.
    pub fn pages(&self) -> Router {
        let pages = pages::routes().into_router().with_state(self.inner.clone());
        shell::site_router(pages, &self.inner.site).merge(api::router(self.inner.clone()))
    }

    /// The routes of its pages, and who may use them.
    pub fn routes(&self) -> Vec<Route> {
        pages::routes().routes().to_vec()
    }

    /// What the room does beside answering: it forgets what has ended. Runs until it is dropped.
    pub async fn run_background_tasks(&self) {
        let mut turn = tokio::time::interval(CLEANUP_INTERVAL);
        loop {
            turn.tick().await;
            if let Err(error) = self.inner.store.delete_expired(self.now()).await {
                tracing::error!(%error, "what has ended could not be forgotten");
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.inner.site.clock().now()
    }
}

impl Inner {
    fn service(&self, id: &ClientId) -> Option<&Service> {
        self.services.iter().find(|service| service.client.id() == id)
    }

    fn service_name(&self, id: &ClientId, language: Language) -> &str {
        self.service(id).map_or("", |service| service.name.in_language(language))
    }
}
