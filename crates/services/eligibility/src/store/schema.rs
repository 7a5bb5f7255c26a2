//! The tables. They are designed for ten million insured persons: persons, coverages and certificates have numbers as keys
//! instead of texts, names of insurers are stored once, and every query of the interface has its index.

use database::Migration;

/// The tables of this service. The reception, which shares the database, appends its own after these.
pub const MIGRATIONS: &[Migration] = &[
    INSURED,
    RECEPTIONS,
    AUDIT,
    HOME_VISITS,
    KEYED_AUDIT,
    NATION,
    WITHDRAWN_BY_PATIENT,
    SEARCH_IDENTIFIER,
    PERSON_LOAD,
    PACKED_RECORDS,
    AUDIT_CHAINS,
];

const INSURED: Migration = Migration {
    name: "insured",
    sql: "CREATE TABLE institution (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    online BIGINT NOT NULL
);
CREATE TABLE entrance (
    word TEXT NOT NULL PRIMARY KEY,
    institution TEXT NOT NULL REFERENCES institution (code),
    kind TEXT NOT NULL,
    issued BIGINT NOT NULL,
    UNIQUE (institution, kind)
);
CREATE TABLE institution_certificate (
    fingerprint BYTEA NOT NULL PRIMARY KEY,
    institution TEXT NOT NULL REFERENCES institution (code),
    admitted BIGINT NOT NULL,
    revoked BIGINT
);
CREATE TABLE person (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    kana TEXT NOT NULL,
    other_name TEXT,
    other_kana TEXT,
    sex TEXT NOT NULL,
    birth TEXT NOT NULL,
    postcode TEXT NOT NULL,
    address TEXT NOT NULL,
    insurance_card BIGINT NOT NULL
);
CREATE TABLE insurer (
    number TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
);
CREATE TABLE coverage (
    person BIGINT NOT NULL REFERENCES person (id),
    place BIGINT NOT NULL,
    document BIGINT NOT NULL,
    insurer TEXT NOT NULL REFERENCES insurer (number),
    classification TEXT NOT NULL,
    symbol TEXT,
    number TEXT NOT NULL,
    branch BIGINT,
    relation TEXT,
    insured_name TEXT,
    qualified TEXT NOT NULL,
    lost TEXT,
    reason TEXT,
    issued TEXT,
    valid_from TEXT,
    valid_to TEXT,
    share BIGINT,
    preschool BIGINT NOT NULL,
    elderly_issued TEXT,
    elderly_from TEXT,
    elderly_to TEXT,
    elderly_share BIGINT,
    PRIMARY KEY (person, place)
);
CREATE INDEX coverage_document ON coverage (document);
CREATE TABLE limit_certificate (
    person BIGINT NOT NULL REFERENCES person (id),
    place BIGINT NOT NULL,
    classification TEXT NOT NULL,
    class TEXT NOT NULL,
    issued TEXT,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    long_term_from TEXT,
    PRIMARY KEY (person, place)
);
CREATE TABLE disease_certificate (
    person BIGINT NOT NULL REFERENCES person (id),
    place BIGINT NOT NULL,
    disease TEXT NOT NULL,
    issued TEXT,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    self_pay BIGINT NOT NULL,
    PRIMARY KEY (person, place)
);
CREATE TABLE record (
    person BIGINT NOT NULL REFERENCES person (id),
    item BIGINT NOT NULL,
    day TEXT NOT NULL,
    place BIGINT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (person, item, day, place)
);
CREATE TABLE card_issuer (
    number BIGINT NOT NULL PRIMARY KEY,
    key_identifier BYTEA NOT NULL UNIQUE
);
CREATE TABLE card_certificate (
    issuer BIGINT NOT NULL REFERENCES card_issuer (number),
    serial BYTEA NOT NULL,
    person BIGINT NOT NULL REFERENCES person (id),
    PRIMARY KEY (issuer, serial)
);",
};

// A consent that is valid until it is withdrawn (訪問診療等) has no visit day and no end.
const RECEPTIONS: Migration = Migration {
    name: "receptions",
    sql: "CREATE TABLE reception (
    number TEXT NOT NULL PRIMARY KEY,
    institution TEXT NOT NULL REFERENCES institution (code),
    person BIGINT NOT NULL REFERENCES person (id),
    kind TEXT NOT NULL,
    visit_date TEXT,
    consent_date TEXT NOT NULL,
    registered BIGINT NOT NULL,
    chosen BIGINT NOT NULL,
    choices BIGINT NOT NULL,
    validity TEXT NOT NULL,
    via TEXT NOT NULL,
    valid_until BIGINT,
    withdrawn BIGINT,
    withdrawn_by TEXT,
    superseded_by TEXT
);
CREATE INDEX reception_visit ON reception (institution, visit_date);
CREATE INDEX reception_consent ON reception (institution, consent_date);
CREATE INDEX reception_person ON reception (person, institution, visit_date);
CREATE TABLE former_choices (
    reception TEXT NOT NULL REFERENCES reception (number),
    chosen BIGINT NOT NULL,
    until BIGINT NOT NULL,
    choices BIGINT NOT NULL,
    PRIMARY KEY (reception, chosen, until)
);
CREATE TABLE bulk_search (
    number TEXT NOT NULL PRIMARY KEY,
    institution TEXT NOT NULL REFERENCES institution (code),
    dates_of TEXT NOT NULL,
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    asked BIGINT NOT NULL
);",
};

const AUDIT: Migration = Migration {
    name: "audit",
    sql: "CREATE TABLE audit (
    institution TEXT NOT NULL,
    place BIGINT NOT NULL,
    at BIGINT NOT NULL,
    certificate BYTEA NOT NULL,
    message TEXT NOT NULL,
    reception TEXT,
    subject TEXT NOT NULL,
    access TEXT NOT NULL,
    digest BYTEA NOT NULL,
    PRIMARY KEY (institution, place)
);
CREATE TABLE audit_head (
    institution TEXT NOT NULL PRIMARY KEY,
    place BIGINT NOT NULL,
    digest BYTEA NOT NULL
);",
};

const HOME_VISITS: Migration = Migration {
    name: "home visits",
    sql: "ALTER TABLE reception ADD COLUMN given_back BIGINT NOT NULL DEFAULT 0;
ALTER TABLE bulk_search ADD COLUMN kind TEXT NOT NULL DEFAULT 'online';
ALTER TABLE person ADD COLUMN trouble TEXT;
CREATE TABLE former_entrance (
    word TEXT NOT NULL PRIMARY KEY,
    institution TEXT NOT NULL REFERENCES institution (code),
    ended BIGINT NOT NULL
);
CREATE TABLE institution_setting (
    institution TEXT NOT NULL PRIMARY KEY REFERENCES institution (code),
    viewing_consent TEXT,
    medical_assistance TEXT,
    home_visit TEXT,
    prescription TEXT,
    prescription_timing TEXT
);
CREATE TABLE reference_number (
    institution TEXT NOT NULL REFERENCES institution (code),
    person BIGINT NOT NULL REFERENCES person (id),
    number TEXT NOT NULL,
    registered BIGINT NOT NULL,
    PRIMARY KEY (institution, person)
);",
};

// Rows that were written without a key prove nothing, so the audit begins anew.
const KEYED_AUDIT: Migration = Migration {
    name: "keyed audit",
    sql: "DELETE FROM audit;
DROP TABLE audit_head;
CREATE TABLE audit_head (
    institution TEXT NOT NULL PRIMARY KEY,
    place BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    seal BYTEA NOT NULL
);",
};

const NATION: Migration = Migration {
    name: "nation",
    sql: "CREATE TABLE nation (
    one BIGINT NOT NULL PRIMARY KEY,
    seed BIGINT NOT NULL,
    day TEXT NOT NULL,
    loaded BIGINT NOT NULL,
    indexed BIGINT NOT NULL
);
CREATE TABLE phrase (
    number BIGINT NOT NULL PRIMARY KEY,
    content TEXT NOT NULL UNIQUE
);
CREATE TABLE history (
    person BIGINT NOT NULL PRIMARY KEY REFERENCES person (id),
    records BYTEA NOT NULL
);",
};

// Changes from agreed to declined before this column existed are taken from the former choices.
const WITHDRAWN_BY_PATIENT: Migration = Migration {
    name: "taken back",
    sql: "ALTER TABLE reception ADD COLUMN taken_back BIGINT NOT NULL DEFAULT 0;
UPDATE reception SET taken_back = (
    SELECT COALESCE(MAX(f.choices & 1) | MAX(f.choices & 2) | MAX(f.choices & 4) | MAX(f.choices & 8)
        | MAX(f.choices & 16) | MAX(f.choices & 32), 0)
    FROM former_choices f WHERE f.reception = reception.number
) & (63 - choices);
CREATE INDEX bulk_search_asked ON bulk_search (institution, asked);",
};

// The result of a bulk search has 任意のファイル識別子 of the search.
const SEARCH_IDENTIFIER: Migration =
    Migration { name: "search identifier", sql: "ALTER TABLE bulk_search ADD COLUMN identifier TEXT;" };

// Persons are loaded from any source, which is known by its name.
const PERSON_LOAD: Migration = Migration {
    name: "person load",
    sql: "CREATE TABLE person_load (
    one BIGINT NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    loaded BIGINT NOT NULL,
    indexed BIGINT NOT NULL
);
INSERT INTO person_load (one, source, loaded, indexed)
    SELECT one, 'nation ' || CAST(seed AS TEXT) || ' ' || day, loaded, indexed FROM nation;
DROP TABLE nation;",
};

// Records were in `record` as JSON or in `history`. Now `history` has them all; `earlier_records` moves what is left in
// `earlier_record`, since SQL cannot pack it.
const PACKED_RECORDS: Migration =
    Migration { name: "packed records", sql: "ALTER TABLE record RENAME TO earlier_record;" };

// The ends of the chains, in the table that `audit` reads.
const AUDIT_CHAINS: Migration =
    Migration { name: "audit chains", sql: "ALTER TABLE audit_head RENAME COLUMN institution TO chain;" };
