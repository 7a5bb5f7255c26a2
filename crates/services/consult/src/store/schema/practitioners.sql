CREATE TABLE practitioner (
    id TEXT NOT NULL PRIMARY KEY,
    institution TEXT NOT NULL REFERENCES institution (code),
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    kana TEXT,
    name_english TEXT,
    registration_year BIGINT,
    employment TEXT NOT NULL,
    own_hours BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (institution, number)
);
CREATE TABLE practitioner_specialty (
    practitioner TEXT NOT NULL REFERENCES practitioner (id),
    place BIGINT NOT NULL,
    specialty TEXT NOT NULL,
    PRIMARY KEY (practitioner, specialty)
);
CREATE TABLE practitioner_language (
    practitioner TEXT NOT NULL REFERENCES practitioner (id),
    place BIGINT NOT NULL,
    language TEXT NOT NULL,
    PRIMARY KEY (practitioner, language)
);
CREATE TABLE working_hours (
    practitioner TEXT NOT NULL REFERENCES practitioner (id),
    weekday BIGINT NOT NULL,
    from_minute BIGINT NOT NULL,
    to_minute BIGINT NOT NULL,
    PRIMARY KEY (practitioner, weekday, from_minute)
);
CREATE TABLE practitioner_session (
    practitioner TEXT NOT NULL REFERENCES practitioner (id),
    visit_date TEXT NOT NULL,
    from_minute BIGINT NOT NULL,
    to_minute BIGINT NOT NULL,
    PRIMARY KEY (practitioner, visit_date, from_minute)
);
CREATE TABLE closure (
    id TEXT NOT NULL PRIMARY KEY,
    institution TEXT NOT NULL REFERENCES institution (code),
    practitioner TEXT REFERENCES practitioner (id),
    begins BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    reason TEXT,
    reason_english TEXT,
    made_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    lifted_at BIGINT,
    lifted_by TEXT
);
CREATE INDEX closure_institution ON closure (institution, ends);
CREATE TABLE menu_practitioner (
    institution TEXT NOT NULL,
    menu BIGINT NOT NULL,
    practitioner TEXT NOT NULL REFERENCES practitioner (id),
    PRIMARY KEY (institution, menu, practitioner)
);
INSERT INTO practitioner (id, institution, number, name, employment, own_hours, version)
    SELECT SUBSTR('00000000', 1, 8 - LENGTH(CAST(number AS TEXT))) || CAST(number AS TEXT) || '-0000-7000-8000-00'
            || institution,
        institution, number, doctor, CASE WHEN offered = 1 THEN 'active' ELSE 'left' END, 0, 1
    FROM (
        SELECT institution, doctor, MAX(offered) AS offered,
            ROW_NUMBER() OVER (PARTITION BY institution ORDER BY MIN(place), doctor) AS number
        FROM (
            SELECT institution, doctor, offered, number AS place FROM menu WHERE doctor IS NOT NULL
            UNION ALL
            SELECT institution, doctor, 0, 4294967296 FROM appointment WHERE doctor IS NOT NULL
        ) named
        GROUP BY institution, doctor
    ) numbered;
INSERT INTO practitioner (id, institution, number, name, name_english, employment, own_hours, version)
    SELECT '00000000-0000-7000-8000-00' || code, code,
        (SELECT COALESCE(MAX(number), 0) + 1 FROM practitioner WHERE institution = code),
        '担当医', 'The doctor on duty', 'active', 0, 1
    FROM institution
    WHERE NOT EXISTS (SELECT 1 FROM practitioner WHERE institution = code AND employment = 'active');
INSERT INTO menu_practitioner (institution, menu, practitioner)
    SELECT m.institution, m.number, p.id
    FROM menu m JOIN practitioner p ON p.institution = m.institution AND p.name = m.doctor;
ALTER TABLE menu DROP COLUMN doctor;
ALTER TABLE menu ADD COLUMN buffer_minutes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE menu ADD COLUMN audience TEXT NOT NULL DEFAULT 'patients';
ALTER TABLE menu ADD COLUMN notice_minutes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE menu ADD COLUMN horizon_days BIGINT NOT NULL DEFAULT 60;
ALTER TABLE menu ADD COLUMN daily_capacity BIGINT;
ALTER TABLE menu ADD COLUMN cancel_minutes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE menu ADD COLUMN cancel_fee BIGINT NOT NULL DEFAULT 0;
ALTER TABLE menu ADD COLUMN medium TEXT NOT NULL DEFAULT 'browser';
ALTER TABLE menu ADD COLUMN medium_words TEXT;
ALTER TABLE menu ADD COLUMN medium_words_english TEXT;
ALTER TABLE menu ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE appointment ADD COLUMN practitioner TEXT;
UPDATE appointment SET practitioner = COALESCE(
    (SELECT MIN(p.id) FROM practitioner p WHERE p.institution = appointment.institution AND p.name = appointment.doctor),
    (SELECT MIN(p.id) FROM practitioner p
        WHERE p.institution = appointment.institution AND p.employment = 'active'));
ALTER TABLE appointment DROP COLUMN doctor;
ALTER TABLE appointment ADD COLUMN buffer_minutes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE appointment ADD COLUMN cancel_minutes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE appointment ADD COLUMN cancel_fee BIGINT NOT NULL DEFAULT 0;
ALTER TABLE appointment ADD COLUMN medium TEXT NOT NULL DEFAULT 'browser';
ALTER TABLE appointment ADD COLUMN medium_words TEXT;
ALTER TABLE appointment ADD COLUMN medium_words_english TEXT;
ALTER TABLE appointment ADD COLUMN cancellation_fee_due BIGINT NOT NULL DEFAULT 0;
CREATE TABLE slot_of_practitioner (
    practitioner TEXT NOT NULL REFERENCES practitioner (id),
    begins BIGINT NOT NULL,
    institution TEXT NOT NULL REFERENCES institution (code),
    appointment TEXT REFERENCES appointment (id),
    holder BYTEA,
    held_for BYTEA,
    held_until BIGINT,
    PRIMARY KEY (practitioner, begins),
    CHECK ((appointment IS NULL) = (holder IS NOT NULL AND held_for IS NOT NULL AND held_until IS NOT NULL))
);
INSERT INTO slot_of_practitioner (practitioner, begins, institution, appointment)
    SELECT a.practitioner, s.begins, s.institution, s.appointment
    FROM slot s JOIN appointment a ON a.id = s.appointment;
DROP TABLE slot;
ALTER TABLE slot_of_practitioner RENAME TO slot;
CREATE INDEX slot_institution ON slot (institution, begins);
CREATE INDEX slot_appointment ON slot (appointment);
CREATE INDEX slot_holder ON slot (holder);
CREATE INDEX slot_held_for ON slot (held_for);
CREATE INDEX slot_held_until ON slot (held_until);
-- Since when the clinic's managers, and no file, say what the institution offers.
ALTER TABLE institution ADD COLUMN edited_at BIGINT;
ALTER TABLE institution ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
