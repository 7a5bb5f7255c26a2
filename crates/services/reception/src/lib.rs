//! マイナ在宅受付Web (simulated): where a patient chooses what an institution may read, and authenticates with the card.
//!
//! The service guarantees that a registration happens once, only for what was displayed last, and only in the browser that
//! began it; that the service which sent the patient learns that it is registered, its number and its end, and nothing
//! else; and that a patient who leaves at any step can continue. It must never accept polling, a link or a card's response
//! alone as authentication, and it must never store a PIN, a picture or a name.
//!
//! It uses the same database as `eligibility`, because both belong to one organisation: registering is one transaction.
//!
//! Start reading at [`rules::procedure`] and [`rules::authentication`], the two state diagrams.

mod api;
mod client;
mod pages;
mod refusal;
pub mod rules;
mod store;
#[cfg(test)]
mod test_card;

use std::{sync::Arc, time::Duration};

use axum::Router;
use base::Timestamp;
use database::Database;
use handover::{Client, ClientId, Endpoints, Issuer, Metadata};
use jobs::PeriodicJob;
use jpki::{Anchors, CertificateCache};
use text::{Language, Text};
use web::{Origin, Route, Site};

#[cfg(any(test, feature = "samples"))]
pub use pages::samples;
pub use refusal::{CATALOGUE, Refusal};
pub use store::{MIGRATIONS, StoredHolder};

/// The kind of a [`base::Id`] of a 手続き.
pub enum ProcedureKind {}
/// The kind of a [`base::Id`] of an app authentication.
pub enum AuthenticationKind {}

/// A service that may hand patients over.
#[derive(Clone)]
pub struct Service {
    /// Its registration as an OAuth client: id, keys, redirect URIs.
    pub client: Client,
    /// The name shown to patients.
    pub name: Text,
    /// Its first page, linked where a procedure has ended.
    pub home: Origin,
}

/// Settings of the reception.
pub struct Settings {
    pub site: Site,
    /// The database that it shares with `eligibility`, with [`MIGRATIONS`] applied.
    pub database: Database,
    /// The services that may hand patients over.
    pub services: Vec<Service>,
    /// The origin of the portal app.
    pub portal: Origin,
    /// The port on which the app of a computer with a card reader listens, on that computer itself
    /// ([`app_auth::COMPUTER_PORT`]).
    pub computer_port: u16,
    /// The certificate authorities whose cards are accepted.
    pub anchors: Anchors,
    /// The authority's OCSP responder.
    pub responder: url::Url,
    /// The folder of the authority's revocation lists, each named by the key identifier of its issuer: the second source,
    /// used when the responder does not respond.
    pub revocation_lists: url::Url,
    /// The client for both.
    pub http: reqwest::Client,
}

/// Settings that the reception cannot start with.
#[derive(Debug, thiserror::Error)]
pub enum WrongSettings {
    /// The reception's own origin is no issuer.
    #[error("the reception's origin cannot be an OAuth issuer")]
    Issuer(#[source] handover::WrongAddress),
    /// An endpoint's address is invalid.
    #[error("the reception's endpoints cannot be published")]
    Metadata(#[source] handover::MetadataRefusal),
}

/// The reception.
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

/// How many certificates whose authority's signature was verified are cached. A clinic sees some hundreds a day.
const CERTIFICATE_CACHE_SIZE: usize = 10_000;

/// Deletes what has expired.
const CLEANUP: PeriodicJob = PeriodicJob { name: "reception_cleanup", pause: Duration::from_mins(10) };

impl Reception {
    /// Opens the reception with these settings.
    pub fn open(settings: Settings) -> Result<Self, WrongSettings> {
        let origin = settings.site.origin();
        let issuer: Issuer = origin.as_str().parse().map_err(WrongSettings::Issuer)?;
        let endpoint_url = |path: &str| {
            // An origin followed by a path is always a URL.
            url::Url::parse(&origin.url(path)).expect("an origin and a path make a URL")
        };
        let endpoints = Endpoints {
            pushed_requests: endpoint_url(api::PUSH),
            authorization: endpoint_url(pages::AUTHORIZE),
            token: endpoint_url(api::TOKEN),
            status: endpoint_url(api::STATUS),
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

    /// All routes: pages behind the guard, and the endpoints for services and apps beside them.
    pub fn pages(&self) -> Router {
        let pages = pages::routes().into_router().with_state(self.inner.clone());
        web::site_router(pages, &self.inner.site).merge(api::router(self.inner.clone()))
    }

    /// The routes of its pages, and who may use them.
    pub fn routes(&self) -> Vec<Route> {
        pages::routes().routes().to_vec()
    }

    /// Deletes expired rows periodically. Runs until it is dropped.
    pub async fn run_background_tasks(&self) {
        jobs::run_periodically(CLEANUP, || self.inner.store.delete_expired(self.now())).await;
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
