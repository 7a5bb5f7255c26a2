//! The first migration of the service.
//!
//! There is no column for a consented item, a choice, a subject or an eligibility: the service never obtains them.

use database::Migration;

/// Tables of the directory, accounts, appointments, ledgers and the audit.
pub(crate) const CORE: Migration = Migration {
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
