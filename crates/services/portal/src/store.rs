//! The app's tables: phones, cards, sessions. Each method is one transaction.

mod card;
mod phone;
mod session;

use base::{Clock, Randomness, Timestamp};
use database::{Database, Migration};

pub use card::CardSummary;
pub(crate) use card::{CardLease, LEASE_TERM, LeasedCardData};
pub(crate) use session::{AuthenticationSession, BeginOutcome, NewSession};

use crate::seal::Seal;

/// The app's tables.
///
/// A card's data (PINs, keys) and the content of a session (ticket, request, response, code) are sealed with the service's
/// key; the counters of a card are not secret and are written apart, before the card responds to a wrong PIN.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "portal",
    sql: "CREATE TABLE card (
    id TEXT NOT NULL PRIMARY KEY,
    place BIGINT NOT NULL,
    label_ja TEXT NOT NULL,
    label_en TEXT NOT NULL,
    note_ja TEXT NOT NULL,
    note_en TEXT NOT NULL,
    data BYTEA NOT NULL,
    counters TEXT NOT NULL,
    version BIGINT NOT NULL,
    held_by BYTEA,
    held_until BIGINT
);
CREATE TABLE phone (
    browser BYTEA NOT NULL PRIMARY KEY,
    device TEXT NOT NULL,
    app TEXT NOT NULL,
    card TEXT,
    used BIGINT NOT NULL
);
CREATE INDEX phone_used ON phone (used);
CREATE TABLE visit (
    id TEXT NOT NULL PRIMARY KEY,
    browser BYTEA NOT NULL,
    ticket BYTEA NOT NULL,
    content BYTEA NOT NULL,
    version BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    UNIQUE (browser, ticket)
);
CREATE INDEX visit_ends ON visit (ends);",
}];

#[derive(Clone)]
pub(crate) struct Store {
    database: Database,
    seal: Seal,
    clock: Clock,
    randomness: Randomness,
}

impl Store {
    pub(crate) fn new(database: Database, seal: Seal, clock: Clock, randomness: Randomness) -> Self {
        Self { database, seal, clock, randomness }
    }

    /// The time for leases: the current time, not that of the request, as one request may have several card sessions. It is
    /// the machine's time, which all processes share, and not the demo's clock.
    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

#[cfg(test)]
mod tests;
