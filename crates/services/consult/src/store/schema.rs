//! The migrations of the database, those of `web` and `accounts` included, whose tables the service has too.
//!
//! There is no column for a consented item, a choice, a subject or an eligibility: the service never obtains them.

use accounts::{attempts, second_factor};
use database::Migration;
use web::session;

/// The migrations of the service's database, oldest first.
pub const MIGRATIONS: &[Migration] = &[
    CORE,
    session::MIGRATION,
    OUTBOX,
    STAFF,
    PICTURES,
    REGISTRATIONS_IN_FORCE,
    KEYED_AUDIT,
    NOTICES,
    session::USE_MIGRATION,
    PERSONAL_DATA,
    DELIVERY_OUTCOMES,
    attempts::MIGRATION,
    SLOT_HOLDS,
    PATIENT_ACTIONS,
    DESK_ACTIONS,
    DESK_NEWS,
    INSTITUTION_LANGUAGES,
    AUDIT_CHAINS,
    PRACTITIONERS,
    STAFF_ROLES,
    STAFF_INVITATIONS,
    second_factor::MIGRATION,
    PROGRAM_PASSWORDS,
    REMINDERS,
    PEOPLE,
    AUDIT_TIMES,
];

/// Tables of the directory, accounts, appointments, ledgers and the audit.
const CORE: Migration = Migration {
    name: "core",
    sql: "CREATE TABLE institution (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_kana TEXT NOT NULL,
    name_english TEXT NOT NULL,
    prefecture BIGINT NOT NULL,
    city TEXT NOT NULL,
    city_english TEXT NOT NULL,
    address TEXT NOT NULL,
    address_english TEXT NOT NULL,
    phone TEXT NOT NULL,
    opening_text TEXT NOT NULL,
    opening_text_english TEXT NOT NULL,
    description TEXT NOT NULL,
    description_english TEXT NOT NULL,
    closed_on_holidays BIGINT NOT NULL,
    leave_by TEXT NOT NULL,
    leave_address TEXT,
    search_key TEXT NOT NULL
);
CREATE INDEX institution_area ON institution (prefecture, city);
CREATE TABLE institution_specialty (
    institution TEXT NOT NULL REFERENCES institution (code),
    place BIGINT NOT NULL,
    specialty TEXT NOT NULL,
    PRIMARY KEY (institution, specialty)
);
CREATE TABLE opening_hours (
    institution TEXT NOT NULL REFERENCES institution (code),
    weekday BIGINT NOT NULL,
    from_minute BIGINT NOT NULL,
    to_minute BIGINT NOT NULL,
    PRIMARY KEY (institution, weekday, from_minute)
);
CREATE TABLE menu (
    institution TEXT NOT NULL REFERENCES institution (code),
    number BIGINT NOT NULL,
    charge TEXT NOT NULL,
    name TEXT NOT NULL,
    name_english TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    fee TEXT NOT NULL,
    fee_english TEXT NOT NULL,
    system_fee BIGINT NOT NULL,
    doctor TEXT,
    offered BIGINT NOT NULL,
    PRIMARY KEY (institution, number)
);
CREATE TABLE patient (
    id TEXT NOT NULL PRIMARY KEY,
    mail TEXT NOT NULL UNIQUE,
    language TEXT NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE TABLE profile (
    patient TEXT NOT NULL PRIMARY KEY REFERENCES patient (id),
    name TEXT NOT NULL,
    kana TEXT,
    birth_date TEXT NOT NULL,
    phone TEXT,
    changed_at BIGINT NOT NULL
);
CREATE TABLE sign_in_code (
    browser BYTEA NOT NULL PRIMARY KEY,
    mail TEXT NOT NULL,
    code BYTEA NOT NULL,
    tries BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    onward TEXT NOT NULL
);
CREATE INDEX sign_in_code_ends ON sign_in_code (ends);
CREATE TABLE attempt (
    whom BYTEA NOT NULL,
    at BIGINT NOT NULL,
    nonce BYTEA NOT NULL,
    PRIMARY KEY (whom, at, nonce)
);
CREATE INDEX attempt_at ON attempt (at);
CREATE TABLE appointment (
    id TEXT NOT NULL PRIMARY KEY,
    patient TEXT NOT NULL REFERENCES patient (id),
    institution TEXT NOT NULL REFERENCES institution (code),
    menu BIGINT NOT NULL,
    charge TEXT NOT NULL,
    menu_name TEXT NOT NULL,
    menu_name_english TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    fee TEXT NOT NULL,
    fee_english TEXT NOT NULL,
    system_fee BIGINT NOT NULL,
    doctor TEXT,
    visit_start BIGINT NOT NULL,
    visit_date TEXT NOT NULL,
    status TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX appointment_patient ON appointment (patient, visit_start);
CREATE INDEX appointment_day ON appointment (institution, visit_date, visit_start);
CREATE TABLE slot (
    institution TEXT NOT NULL REFERENCES institution (code),
    begins BIGINT NOT NULL,
    appointment TEXT NOT NULL REFERENCES appointment (id),
    PRIMARY KEY (institution, begins)
);
CREATE INDEX slot_appointment ON slot (appointment);
CREATE TABLE proof (
    appointment TEXT NOT NULL PRIMARY KEY REFERENCES appointment (id),
    version BIGINT NOT NULL,
    patient_side TEXT NOT NULL,
    patient_at BIGINT,
    beginning TEXT,
    moved_from TEXT,
    reception_number TEXT,
    valid_until BIGINT,
    desk_side TEXT NOT NULL,
    desk_at BIGINT,
    desk_by TEXT,
    desk_word TEXT,
    desk_reason TEXT
);
CREATE TABLE departure (
    id TEXT NOT NULL PRIMARY KEY,
    state BYTEA NOT NULL UNIQUE,
    appointment TEXT NOT NULL REFERENCES appointment (id),
    patient TEXT NOT NULL REFERENCES patient (id),
    browser BYTEA NOT NULL,
    issuer TEXT NOT NULL,
    visit_date TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    left_at BIGINT NOT NULL,
    stage TEXT NOT NULL,
    access_token BYTEA,
    asked_at BIGINT
);
CREATE INDEX departure_appointment ON departure (appointment, left_at);
CREATE TABLE audit_entry (
    number BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    patient TEXT,
    about TEXT,
    previous BYTEA NOT NULL,
    digest BYTEA NOT NULL
);",
};

/// The table of letters. Address, subject and text are sealed, since a letter may contain a one-time code.
const OUTBOX: Migration = Migration {
    name: "outbox",
    sql: "CREATE TABLE outbox (
    id TEXT NOT NULL PRIMARY KEY,
    sealed BYTEA,
    queued_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    next_attempt BIGINT NOT NULL,
    settled_at BIGINT,
    fate TEXT,
    last_error TEXT
);
CREATE INDEX outbox_due ON outbox (settled_at, next_attempt);",
};

/// The tables `staff` and `staff_attempt`.
const STAFF: Migration = Migration {
    name: "staff",
    sql: "CREATE TABLE staff (
    id TEXT NOT NULL PRIMARY KEY,
    institution TEXT NOT NULL REFERENCES institution (code),
    mail TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password TEXT NOT NULL,
    active BIGINT NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE INDEX staff_institution ON staff (institution);
CREATE TABLE staff_attempt (
    whom BYTEA NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    since BIGINT NOT NULL
);",
};

/// The tables of pictures.
///
/// `picture_object` lists the objects in the vault without a picture: uploads in progress, and objects to be removed because
/// their picture was erased.
const PICTURES: Migration = Migration {
    name: "picture",
    sql: "CREATE TABLE picture (
    id TEXT NOT NULL PRIMARY KEY,
    appointment TEXT NOT NULL REFERENCES appointment (id),
    patient TEXT NOT NULL REFERENCES patient (id),
    institution TEXT NOT NULL REFERENCES institution (code),
    document TEXT NOT NULL,
    side TEXT NOT NULL,
    state TEXT NOT NULL,
    hints BIGINT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    original BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    sent_at BIGINT,
    reason TEXT,
    note TEXT,
    master_key TEXT,
    wrapped_key BYTEA,
    erased_at BIGINT,
    erased_why TEXT
);
CREATE UNIQUE INDEX picture_place ON picture (appointment, side) WHERE erased_at IS NULL AND state <> 'draft';
CREATE UNIQUE INDEX picture_draft ON picture (appointment, side) WHERE erased_at IS NULL AND state = 'draft';
CREATE INDEX picture_appointment ON picture (appointment);
CREATE INDEX picture_kept ON picture (erased_at, made_at);
CREATE TABLE picture_object (
    name TEXT NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL
);
CREATE INDEX picture_object_since ON picture_object (since);
CREATE INDEX audit_entry_about ON audit_entry (about);",
};

/// An index for finding registrations in force.
const REGISTRATIONS_IN_FORCE: Migration = Migration {
    name: "registrations in force",
    sql: "CREATE INDEX proof_in_force ON proof (valid_until) WHERE patient_side = 'registered';",
};

/// The end of the chain. A missing row is a fault; a row without a seal is an empty chain.
pub(crate) const KEYED_AUDIT: Migration = Migration {
    name: "keyed audit",
    sql: "CREATE TABLE audit_end (
    one BIGINT NOT NULL PRIMARY KEY,
    older BIGINT NOT NULL,
    place BIGINT NOT NULL,
    digest BYTEA,
    seal BYTEA
);
INSERT INTO audit_end (one, older, place) SELECT 1, COALESCE(MAX(number), 0), 0 FROM audit_entry;
ALTER TABLE audit_entry DROP COLUMN previous;",
};

/// The tables `clinic_notice` and `accepted_notice`.
const NOTICES: Migration = Migration {
    name: "notices",
    sql: "CREATE TABLE clinic_notice (
    institution TEXT NOT NULL PRIMARY KEY REFERENCES institution (code),
    manager TEXT NOT NULL,
    manager_english TEXT NOT NULL,
    owner TEXT,
    owner_english TEXT,
    cancellation TEXT NOT NULL,
    cancellation_english TEXT NOT NULL
);
CREATE TABLE accepted_notice (
    patient TEXT NOT NULL REFERENCES patient (id),
    digest BYTEA NOT NULL,
    dated TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (patient, digest, dated)
);",
};

/// Closed accounts, and indices for finding the data of a patient.
const PERSONAL_DATA: Migration = Migration {
    name: "personal data",
    sql: "ALTER TABLE patient ADD COLUMN closed_at BIGINT;
CREATE INDEX audit_entry_patient ON audit_entry (patient, number);
CREATE INDEX departure_patient ON departure (patient);
CREATE INDEX picture_patient ON picture (patient);
CREATE INDEX session_subject ON session (subject);",
};

/// Expiry of a letter (`dies_at`), the tag of its sealing key, and links from other tables.
const DELIVERY_OUTCOMES: Migration = Migration {
    name: "fates of letters",
    sql: "ALTER TABLE outbox ADD COLUMN dies_at BIGINT;
ALTER TABLE outbox ADD COLUMN sealed_by TEXT;
ALTER TABLE sign_in_code ADD COLUMN letter TEXT;
ALTER TABLE patient ADD COLUMN clinic_in_mail TEXT NOT NULL DEFAULT 'named';",
};

/// `slot` gets rows without an appointment. SQLite cannot drop a NOT NULL constraint, so the table is recreated.
const SLOT_HOLDS: Migration = Migration {
    name: "slot_hold",
    sql: "CREATE TABLE slot_or_hold (
    institution TEXT NOT NULL REFERENCES institution (code),
    begins BIGINT NOT NULL,
    appointment TEXT REFERENCES appointment (id),
    holder BYTEA,
    held_for BYTEA,
    held_until BIGINT,
    PRIMARY KEY (institution, begins),
    CHECK ((appointment IS NULL) = (holder IS NOT NULL AND held_for IS NOT NULL AND held_until IS NOT NULL))
);
INSERT INTO slot_or_hold (institution, begins, appointment) SELECT institution, begins, appointment FROM slot;
DROP TABLE slot;
ALTER TABLE slot_or_hold RENAME TO slot;
CREATE INDEX slot_appointment ON slot (appointment);
CREATE INDEX slot_holder ON slot (holder);
CREATE INDEX slot_held_for ON slot (held_for);
CREATE INDEX slot_held_until ON slot (held_until);",
};

/// One row for each action. The mailbox is stored as a digest, since it is only compared.
const PATIENT_ACTIONS: Migration = Migration {
    name: "patient_act",
    sql: "CREATE TABLE patient_act (
    appointment TEXT NOT NULL,
    version BIGINT NOT NULL,
    mailbox BYTEA NOT NULL,
    act TEXT NOT NULL,
    at BIGINT NOT NULL,
    moved_from BIGINT,
    PRIMARY KEY (appointment, version)
);
CREATE INDEX patient_act_mailbox ON patient_act (mailbox, act, at);",
};

/// The actions, with the desk's ledger and the states of pictures before each.
const DESK_ACTIONS: Migration = Migration {
    name: "desk acts",
    sql: "CREATE TABLE desk_act (
    appointment TEXT NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    done_at BIGINT NOT NULL,
    done_by TEXT NOT NULL,
    ledger_before BIGINT,
    ledger_after BIGINT,
    desk_side TEXT,
    desk_at BIGINT,
    desk_by TEXT,
    desk_word TEXT,
    desk_reason TEXT,
    letter TEXT,
    taken_back_at BIGINT,
    taken_back_by TEXT,
    PRIMARY KEY (appointment, number)
);
CREATE TABLE desk_act_picture (
    appointment TEXT NOT NULL,
    number BIGINT NOT NULL,
    picture TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (appointment, number, picture)
);
ALTER TABLE appointment ADD COLUMN completed_at BIGINT;",
};

/// The events of clinics, and the letter settings of desk accounts.
const DESK_NEWS: Migration = Migration {
    name: "desk news",
    sql: "CREATE TABLE desk_event (
    id TEXT NOT NULL PRIMARY KEY,
    institution TEXT NOT NULL,
    appointment TEXT NOT NULL,
    event TEXT NOT NULL,
    at BIGINT NOT NULL,
    told_at BIGINT
);
CREATE INDEX desk_event_institution ON desk_event (institution, at);
CREATE INDEX desk_event_told ON desk_event (told_at, institution);
CREATE TABLE staff_preference (
    staff TEXT NOT NULL PRIMARY KEY,
    letters TEXT NOT NULL,
    news_seen_at BIGINT
);",
};

/// 対応言語 of institutions.
const INSTITUTION_LANGUAGES: Migration = Migration {
    name: "languages",
    sql: "CREATE TABLE institution_language (
    institution TEXT NOT NULL REFERENCES institution (code),
    place BIGINT NOT NULL,
    language TEXT NOT NULL,
    PRIMARY KEY (institution, language)
);",
};

/// A chain for each institution. The one chain is kept under the name with which its rows were chained, and its rows have
/// their positions in it as numbers. Where it was damaged no row is lost, and the damage is still found.
pub(crate) const AUDIT_CHAINS: Migration = Migration {
    name: "audit chains",
    sql: "CREATE TABLE audit_head (
    chain TEXT NOT NULL PRIMARY KEY,
    place BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    seal BYTEA NOT NULL
);
INSERT INTO audit_head (chain, place, digest, seal)
    SELECT 'consult behind ' || CAST(older AS TEXT), place, COALESCE(digest, CAST('' AS BYTEA)),
        COALESCE(seal, CAST('' AS BYTEA))
    FROM audit_end WHERE one = 1 AND place > 0;
CREATE TABLE audit_row (
    chain TEXT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    patient TEXT,
    about TEXT,
    digest BYTEA NOT NULL,
    PRIMARY KEY (chain, number)
);
INSERT INTO audit_row (chain, number, at, actor, act, patient, about, digest)
    SELECT CASE WHEN e.number > o.older THEN 'consult behind ' || CAST(o.older AS TEXT) ELSE 'unkeyed' END,
        CASE WHEN e.number > o.older THEN e.number - o.older ELSE e.number END,
        e.at, e.actor, e.act, e.patient, e.about, e.digest
    FROM audit_entry e CROSS JOIN (SELECT COALESCE(MAX(older), 0) AS older FROM audit_end WHERE one = 1) o;
DROP TABLE audit_entry;
ALTER TABLE audit_row RENAME TO audit_entry;
CREATE INDEX audit_entry_about ON audit_entry (about);
CREATE INDEX audit_entry_patient ON audit_entry (patient, at);
DROP TABLE audit_end;",
};

/// Doctors, whom schedules, slots and appointments belong to. So far a slot belonged to an institution, and a doctor was a text
/// of a menu: each such text becomes a doctor, and an institution without one gets 担当医. Menus without a doctor are for all.
/// Ids are made of the number of the doctor and the code of the institution, since both engines have to make the same ones.
/// Holds, which last for minutes, are dropped.
pub(crate) const PRACTITIONERS: Migration =
    Migration { name: "practitioners", sql: include_str!("schema/practitioners.sql") };

/// Roles, the last sign-in, and the version by which changes are compared and set. Until now every account could do everything, so
/// that all of them become managers.
pub(crate) const STAFF_ROLES: Migration = Migration {
    name: "staff roles",
    sql: "ALTER TABLE staff ADD COLUMN role TEXT NOT NULL DEFAULT 'desk';
ALTER TABLE staff ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE staff ADD COLUMN signed_in_at BIGINT;
UPDATE staff SET role = 'manager';",
};

/// Invitations. The token of the link is stored as a digest.
const STAFF_INVITATIONS: Migration = Migration {
    name: "staff invitations",
    sql: "CREATE TABLE staff_invitation (
    id TEXT NOT NULL PRIMARY KEY,
    institution TEXT NOT NULL REFERENCES institution (code),
    mail TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    stage TEXT NOT NULL,
    token BYTEA NOT NULL UNIQUE,
    invited_by TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    letters BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX staff_invitation_open ON staff_invitation (institution, mail) WHERE stage = 'open';
CREATE INDEX staff_invitation_sent ON staff_invitation (institution, sent_at);
CREATE INDEX staff_invitation_ends ON staff_invitation (ends);",
};

/// The passwords with which programs sign in at the clinic interface, as digests of 256 random bits.
const PROGRAM_PASSWORDS: Migration = Migration {
    name: "program passwords",
    sql: "CREATE TABLE program_password (
    staff TEXT NOT NULL PRIMARY KEY REFERENCES staff (id),
    digest BYTEA NOT NULL,
    made_at BIGINT NOT NULL
);",
};

/// What was decided about the reminders of visits, the index that finds visits by their start, when the patient was told of a
/// visit's start, and whether the patient wants reminders.
const REMINDERS: Migration = Migration {
    name: "reminders",
    sql: "CREATE TABLE reminder (
    appointment TEXT NOT NULL REFERENCES appointment (id),
    rung TEXT NOT NULL,
    visit_start BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    decision TEXT NOT NULL,
    letter TEXT,
    PRIMARY KEY (appointment, rung, visit_start)
);
CREATE INDEX reminder_visit_start ON reminder (visit_start);
CREATE INDEX appointment_to_come ON appointment (visit_start) WHERE status = 'booked';
ALTER TABLE appointment ADD COLUMN announced_at BIGINT;
ALTER TABLE patient ADD COLUMN reminders TEXT NOT NULL DEFAULT 'on';",
};

/// Patients apart from accounts. So far an account was its one patient: each gets an account of the same id, which acts for it as
/// for itself. Appointments and departures name the account that made them, sessions the account that signed in; the audit's rows
/// of before go on saying `patient:`, since they are chained.
pub(crate) const PEOPLE: Migration = Migration { name: "people", sql: include_str!("schema/people.sql") };

/// Indices for reading the audit of a clinic by time, and for finding its last verification.
const AUDIT_TIMES: Migration = Migration {
    name: "audit times",
    sql: "CREATE INDEX audit_entry_time ON audit_entry (chain, at, number);
CREATE INDEX audit_entry_verification ON audit_entry (chain, number) WHERE act = 'audit.verify';",
};
