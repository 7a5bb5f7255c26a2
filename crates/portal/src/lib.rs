//! マイナポータルアプリ (simulated): the app on the patient's phone, as pages that look and act like it.
//!
//! What this room promises:
//!
//! * It shows who asks and for what before it asks for the PIN, and it signs what it computed itself: origin from its own
//!   list of receptions, nonce, ticket. It never signs a ready-made digest and never posts to an address from a link.
//! * One confirmation presents the PIN at most once. The tries that are left are read from the card and shown before the
//!   next one; if the card has others when it is read, nothing is presented.
//! * The PIN lives in one request and is wiped with it: it is never stored, logged, or put into an address.
//! * On a computer it takes a card in a reader for itself alone, from a visit's first command to its last, and leaves it
//!   without power. Its window there answers no other site's pages.
//! * It reads cards by command alone ([`card::Transmit`]), virtual ones as plastic ones, one session at a time. What a
//!   card must remember is durable before the card answers.
//! * Reload, the back button and a double submit do no harm, and every page has a way on.
//!
//! What it must never do: let a link alone claim an errand, repeat a PIN by itself, keep a card's PINs and keys or a ticket
//! in clear, or know anything of the insured.
//!
//! Start reading at `rules/visit.rs`, the drawing that everything else serves, then `steps.rs` and `reading.rs`.

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
use base::{Clock, Key};
use card::{CardData, PinReference, PrivateKey, ReferenceData};
use database::{Database, Location, MigrationError};
use shell::{Origin, Route, Site, Text};

pub use card_repository::{CardRepository, LeasedCard};
pub use pages::samples;
#[cfg(feature = "pcsc")]
pub use readers::SystemReaders;
pub use readers::{ConnectError, ConnectedCard, NoReaderService, Reader, Readers, Slot};
pub use refusal::{CATALOGUE, Refusal};
pub use rules::phone::{CardId, WrongCardId};
pub use rules::session::TransitionError;
pub use store::{CardSummary, MIGRATIONS};

use card_source::CardSource;
use cards::OfficeOperation;

/// A visit of a browser in the app, by its id.
pub(crate) enum SessionKind {}

/// A reception on the app's own list.
#[derive(Debug, Clone)]
pub struct KnownReception {
    /// What the person is told it is.
    pub name: Text,
    /// Where it is: what the card's signature binds.
    pub origin: Origin,
}

/// A virtual card that is laid in.
pub struct NewCard {
    /// Its name in the room.
    pub id: CardId,
    /// Whose it is.
    pub label: Text,
    /// What is special about it.
    pub note: Text,
    /// The card itself.
    pub data: CardData,
}

/// Which cards the room reads.
pub enum Cards {
    /// Virtual ones, laid in with [`Portal::add_card`]: its pages play a phone, one for each browser.
    Virtual,
    /// Those in the readers of this computer: its pages are the window of a program on it. The site is then to be a
    /// loopback address, and answers nobody else's pages.
    InReaders(Box<dyn Readers>),
}

/// What the room is told at start.
pub struct Settings {
    /// Its site, with [`shell::Theme::Portal`].
    pub site: Site,
    /// Where it keeps its data.
    pub database: Location,
    /// The key that cards and visits are sealed with.
    pub key: Key,
    /// Which cards it reads.
    pub cards: Cards,
    /// The receptions that it works for. Tickets are taken to the first, or to the one that the person says.
    pub receptions: Vec<KnownReception>,
    /// How it asks there: a client that follows no redirects.
    pub http: reqwest::Client,
}

/// Settings that the room cannot start with.
#[derive(Debug, thiserror::Error)]
pub enum WrongSettings {
    /// No reception to work for.
    #[error("the app's list of receptions is empty: name at least one by its origin")]
    NoReception,
    /// The database cannot be opened.
    #[error("the app's database cannot be opened")]
    Database(#[from] MigrationError),
}

/// The room.
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

/// How often the room forgets what is over.
const CLEANUP_INTERVAL: Duration = Duration::from_mins(10);

impl Portal {
    /// The room with these settings.
    pub fn open(settings: Settings) -> Result<Self, WrongSettings> {
        let database = Database::open_sealed(&settings.database, "portal", MIGRATIONS, &settings.key)?;
        let receptions =
            client::ReceptionClient::new(settings.http, settings.receptions).ok_or(WrongSettings::NoReception)?;
        let randomness = settings.site.randomness().clone();
        let seal = seal::Seal::new(settings.key, randomness.clone());
        let store = store::Store::new(database, seal, Clock::system(), randomness);
        let deck = match settings.cards {
            Cards::Virtual => CardSource::Virtual,
            Cards::InReaders(readers) => CardSource::InReaders(readers::ReaderLock::new(readers)),
        };
        Ok(Self { inner: Arc::new(Inner { site: settings.site, store, card_source: deck, receptions }) })
    }

    /// Everything that the room answers.
    pub fn pages(&self) -> Router {
        let pages =
            shell::site_router(self.page_routes().into_router().with_state(self.inner.clone()), &self.inner.site);
        match self.inner.card_source {
            CardSource::Virtual => pages,
            CardSource::InReaders(_) => pages::with_guard(pages, &self.inner.site),
        }
    }

    /// The routes of its pages, and who may use them.
    pub fn routes(&self) -> Vec<Route> {
        self.page_routes().routes().to_vec()
    }

    fn page_routes(&self) -> shell::Routes<Arc<Inner>> {
        match self.inner.card_source {
            CardSource::Virtual => pages::routes(),
            CardSource::InReaders(_) => pages::computer_routes(),
        }
    }

    /// What the room does beside answering: it forgets what is over. Runs until it is dropped.
    pub async fn run_background_tasks(&self) {
        let mut turn = tokio::time::interval(CLEANUP_INTERVAL);
        loop {
            turn.tick().await;
            if let Err(error) = self.inner.store.delete_expired(self.inner.site.clock().now()).await {
                tracing::error!(%error, "what is over could not be forgotten");
            }
        }
    }

    /// Lays a virtual card in. One of this name that is there already stays as it is, with its counters, and takes the
    /// label and the note.
    pub async fn add_card(&self, card: NewCard) -> Result<(), Refusal> {
        self.inner.store.add_card(card).await
    }

    /// The virtual cards, in the order in which they were laid in.
    pub async fn list_cards(&self) -> Result<Vec<CardSummary>, Refusal> {
        self.inner.store.list_cards().await
    }

    /// 市区町村の窓口: gives all tries at a PIN back.
    pub async fn unlock(&self, card: &CardId, pin: PinReference) -> Result<(), Refusal> {
        cards::run_office_operation(&self.inner.store, card, OfficeOperation::Unlock(pin)).await
    }

    /// The DER of the authentication certificate on a virtual card.
    pub async fn certificate(&self, card: &CardId) -> Result<Vec<u8>, Refusal> {
        cards::read_certificate(&self.inner.store, card).await
    }

    /// 市区町村の窓口: puts another key and certificate (DER) for authentication onto a card. Its PINs stay.
    pub async fn renew(&self, card: &CardId, key: PrivateKey, certificate: Vec<u8>) -> Result<(), Refusal> {
        cards::run_office_operation(&self.inner.store, card, OfficeOperation::Renew(key, certificate)).await
    }

    /// 市区町村の窓口: sets a new PIN and gives all tries at it back.
    pub async fn set_pin(&self, card: &CardId, pin: PinReference, value: &ReferenceData) -> Result<(), Refusal> {
        cards::run_office_operation(&self.inner.store, card, OfficeOperation::SetPin(pin, value.clone())).await
    }
}
