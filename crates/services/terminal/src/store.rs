//! The terminal's database: accounts, sessions, confirmed receptions and the follow-up list. Nothing of a patient is stored
//! in readable form: the appointments that a desk imports are sealed.

use database::{Database, Location, Migration, MigrationError};

/// The terminal's tables.
pub const MIGRATIONS: &[Migration] = &[
    web::session::MIGRATION,
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
    Migration {
        name: "follow_up",
        sql: "CREATE TABLE follow_up (
    id TEXT NOT NULL PRIMARY KEY,
    institution TEXT NOT NULL,
    about TEXT NOT NULL,
    visit_date TEXT,
    why TEXT NOT NULL,
    since BIGINT NOT NULL,
    times BIGINT NOT NULL,
    done_at BIGINT
);
CREATE INDEX follow_up_open ON follow_up (institution, done_at, since);
CREATE UNIQUE INDEX follow_up_about ON follow_up (institution, about) WHERE done_at IS NULL;",
    },
    Migration {
        name: "brought",
        sql: "CREATE TABLE brought (
    browser BYTEA NOT NULL PRIMARY KEY,
    sealed TEXT NOT NULL,
    ends BIGINT NOT NULL
);",
    },
    Migration {
        name: "follow_up_way",
        // The list that the reception is on, the time of the next attempt, and the appointment to report to the service.
        sql: "ALTER TABLE follow_up ADD COLUMN list TEXT;
ALTER TABLE follow_up ADD COLUMN again_at BIGINT;
ALTER TABLE follow_up ADD COLUMN appointment TEXT;
ALTER TABLE follow_up ADD COLUMN seen BIGINT;",
    },
    accounts::attempts::MIGRATION,
];

#[derive(Clone)]
pub(crate) struct Store {
    pub(crate) database: Database,
}

impl Store {
    pub(crate) fn open(location: &Location) -> Result<Self, MigrationError> {
        Ok(Self::new(Database::open(location, "terminal", MIGRATIONS)?))
    }

    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }
}
