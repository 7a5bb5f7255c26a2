//! What the terminal keeps: who may sign in, who is signed in, and which receptions were confirmed. Nothing of a patient.

pub(crate) mod account;
pub(crate) mod confirmation;

use database::{Database, Location, Migration, MigrationError};

/// The terminal's tables.
pub const MIGRATIONS: &[Migration] = &[
    shell::session::MIGRATION,
    Migration {
        name: "account",
        sql: "CREATE TABLE account (
    institution TEXT NOT NULL,
    role TEXT NOT NULL,
    password TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (institution, role)
);
CREATE TABLE attempt (
    whom BYTEA NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    since BIGINT NOT NULL
);",
    },
    Migration {
        name: "confirmation",
        sql: "CREATE TABLE confirmation (
    id TEXT NOT NULL PRIMARY KEY,
    institution TEXT NOT NULL,
    reception TEXT NOT NULL,
    visit_date TEXT,
    finding TEXT NOT NULL,
    role TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX confirmation_day ON confirmation (institution, at);
CREATE INDEX confirmation_reception ON confirmation (institution, reception);",
    },
];

/// The terminal's store.
#[derive(Clone)]
pub(crate) struct Store {
    database: Database,
}

impl Store {
    pub(crate) fn open(location: &Location) -> Result<Self, MigrationError> {
        Ok(Self::on(Database::open(location, "terminal", MIGRATIONS)?))
    }

    pub(crate) fn on(database: Database) -> Self {
        Self { database }
    }
}
