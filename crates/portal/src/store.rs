//! The app's tables: phones, cards, visits. One method is one transaction.

mod card;
mod phone;
mod session;

use base::{Clock, Randomness, Timestamp};
use database::{Database, Migration};

pub use card::CardSummary;
pub(crate) use card::{LEASE_TERM, Lease, LeasedCardData};
pub(crate) use session::{AuthenticationSession, BeginOutcome, NewSession};

use crate::seal::Seal;

/// The room's tables.
///
/// A card's data (PINs, keys) and all that is known of a visit (ticket, request, answer, code) are sealed with the room's
/// key; the counters of a card are not secret and are written on their own, before each miss is answered.
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

/// The store of the room.
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

    /// Leases are taken when they are taken, not when the request began: a session may follow another in one request. They
    /// are between processes, which share the machine's time and not a clock that somebody moves.
    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

#[cfg(test)]
mod tests;
