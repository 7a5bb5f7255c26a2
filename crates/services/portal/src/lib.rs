//! マイナポータルアプリ (simulated): the app on the patient's phone, as pages that look and act like it.
//!
//! What this service promises:
//!
//! * It shows the requester and the purpose before it asks for the PIN, and it signs only what it computed itself: origin
//!   from its own list of receptions, nonce, ticket. It never signs a given digest and never posts to an address from a
//!   link.
//! * One confirmation presents the PIN at most once. The remaining tries are read from the card and shown before the next
//!   one; if they differ when the card is read, the PIN is not presented.
//! * The PIN lives in one request and is wiped with it: it is never stored, logged, or put into an address.
//! * On a computer it uses a card in a reader exclusively, from a session's first command to its last, and powers it off.
//!   Its window there does not answer the pages of other sites.
//! * It reads virtual and plastic cards alike, by commands ([`card::Transmit`]), one session at a time. The state of a
//!   card is durable before the card responds.
//! * Reload, the back button and a double submit do no harm, and every page has a link to continue.
//!
//! What it must never do: let a link alone claim an app authentication, repeat a PIN by itself, store a card's PINs and
//! keys or a ticket unencrypted, or know anything of the insured person.
//!
//! Start reading at `rules/session.rs` with the drawing of the states, then `steps.rs` and `reading.rs`.

mod card_repository;
mod card_source;
mod cards;
mod client;
mod pages;
mod readers;
mod reading;
mod refusal;
mod rules;
mod seal;
mod simulated_contact;
mod steps;
mod store;

use std::{sync::Arc, time::Duration};

use axum::Router;
use base::{Clock, Id, Key};
use card::CardData;
use database::{Database, Location, MigrationError};
use jobs::PeriodicJob;
use text::Text;
use web::{Origin, Route, Site};

pub use card_repository::{CardRepository, LeasedCard};
#[cfg(any(test, feature = "samples"))]
pub use pages::samples;
#[cfg(feature = "pcsc")]
pub use readers::SystemReaders;
pub use readers::{ConnectError, ConnectedCard, NoReaderService, Reader, Readers, Slot};
pub use refusal::{CATALOGUE, Refusal};
pub use rules::phone::{CardId, WrongCardId};
pub use rules::session::TransitionError;
pub use store::{CardSummary, MIGRATIONS};

use card_source::CardSource;

/// The kind of [`SessionId`].
pub(crate) enum SessionKind {}

/// The id of a [`store::AuthenticationSession`].
pub(crate) type SessionId = Id<SessionKind>;

/// A reception on the app's own list.
#[derive(Debug, Clone)]
pub struct KnownReception {
    /// The name on the app's pages.
    pub name: Text,
    /// The origin that the card's signature binds.
    pub origin: Origin,
}

/// A virtual card to add.
pub struct NewCard {
    pub id: CardId,
    /// The holder's name.
    pub label: Text,
    /// A note on what is special about the card.
    pub note: Text,
    pub data: CardData,
}

/// The cards that the app reads.
pub enum Cards {
    /// Virtual cards, added with [`Portal::add_card`]: the pages simulate a phone, one for each browser.
    Virtual,
    /// Cards in the readers of this computer: the pages are the window of a program on it. The site has to be a loopback
    /// address; the pages of other sites are not answered.
    InReaders(Box<dyn Readers>),
}

/// The settings of the service.
pub struct Settings {
    /// Its site, with the theme [`ui::Theme::Portal`].
    pub site: Site,
    pub database: Location,
    /// Seals cards and sessions.
    pub key: Key,
    pub cards: Cards,
    /// The receptions of the app. Tickets are claimed at the only one, or at the one that the person chooses.
    pub receptions: Vec<KnownReception>,
    /// The client for receptions, which must not follow redirects.
    pub http: reqwest::Client,
}

/// Settings that the service cannot start with.
#[derive(Debug, thiserror::Error)]
pub enum WrongSettings {
    /// The list of receptions is empty.
    #[error("the app's list of receptions is empty: name at least one by its origin")]
    NoReception,
    #[error("the app's database cannot be opened")]
    Database(#[from] MigrationError),
}

/// The app service. Clones share its state.
#[derive(Clone)]
pub struct Portal {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    site: Site,
    store: store::Store,
    card_source: CardSource,
    receptions: client::ReceptionClient,
}

/// Deletes what has expired.
const CLEANUP: PeriodicJob = PeriodicJob { name: "portal_cleanup", pause: Duration::from_mins(10) };

impl Portal {
    /// Opens the service. Blocks until its database is migrated.
    pub fn open(settings: Settings) -> Result<Self, WrongSettings> {
        let database = Database::open_sealed(&settings.database, "portal", MIGRATIONS, &settings.key)?;
        let receptions =
            client::ReceptionClient::new(settings.http, settings.receptions).ok_or(WrongSettings::NoReception)?;
        let randomness = settings.site.randomness().clone();
        let seal = seal::Seal::new(settings.key, randomness.clone());
        let store = store::Store::new(database, seal, Clock::system(), randomness);
        let card_source = match settings.cards {
            Cards::Virtual => CardSource::Virtual,
            Cards::InReaders(readers) => CardSource::InReaders(readers::ReaderLock::new(readers)),
        };
        Ok(Self { inner: Arc::new(Inner { site: settings.site, store, card_source, receptions }) })
    }

    /// The pages, behind the guard of the site.
    pub fn pages(&self) -> Router {
        let pages = web::site_router(self.page_routes().into_router().with_state(self.inner.clone()), &self.inner.site);
        match self.inner.card_source {
            CardSource::Virtual => pages,
            CardSource::InReaders(_) => pages::with_guard(pages, &self.inner.site),
        }
    }

    /// The routes of the pages, and who may use them.
    pub fn routes(&self) -> Vec<Route> {
        self.page_routes().routes().to_vec()
    }

    fn page_routes(&self) -> web::Routes<Arc<Inner>> {
        match self.inner.card_source {
            CardSource::Virtual => pages::routes(),
            CardSource::InReaders(_) => pages::computer_routes(),
        }
    }

    /// Deletes expired sessions and phones. Never returns.
    pub async fn run_background_tasks(&self) {
        let delete = || self.inner.store.delete_expired(self.inner.site.clock().now());
        jobs::run_periodically(CLEANUP, delete).await;
    }

    /// Adds a virtual card. An existing one of this id keeps its data and counters; only label and note are updated.
    pub async fn add_card(&self, card: NewCard) -> Result<(), Refusal> {
        self.inner.store.add_card(card).await
    }

    /// The virtual cards, in the order in which they were added.
    pub async fn list_cards(&self) -> Result<Vec<CardSummary>, Refusal> {
        self.inner.store.list_cards().await
    }
}
