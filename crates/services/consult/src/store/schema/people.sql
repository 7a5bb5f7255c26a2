CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY,
    mail TEXT NOT NULL UNIQUE,
    language TEXT NOT NULL,
    clinic_in_mail TEXT NOT NULL DEFAULT 'named',
    reminders TEXT NOT NULL DEFAULT 'on',
    made_at BIGINT NOT NULL,
    closed_at BIGINT
);
INSERT INTO account (id, mail, language, clinic_in_mail, reminders, made_at, closed_at)
    SELECT id, mail, language, clinic_in_mail, reminders, made_at, closed_at FROM patient;
-- only on SQLite
CREATE TABLE patient_without_account (
    id TEXT NOT NULL PRIMARY KEY,
    made_at BIGINT NOT NULL,
    erased_at BIGINT
);
INSERT INTO patient_without_account (id, made_at, erased_at) SELECT id, made_at, closed_at FROM patient;
DROP TABLE patient;
ALTER TABLE patient_without_account RENAME TO patient;
-- only on PostgreSQL
ALTER TABLE patient DROP COLUMN mail;
ALTER TABLE patient DROP COLUMN language;
ALTER TABLE patient DROP COLUMN clinic_in_mail;
ALTER TABLE patient DROP COLUMN reminders;
ALTER TABLE patient RENAME COLUMN closed_at TO erased_at;
-- on both
CREATE TABLE account_patient (
    account TEXT NOT NULL REFERENCES account (id),
    patient TEXT NOT NULL REFERENCES patient (id),
    relationship TEXT NOT NULL,
    since BIGINT NOT NULL,
    warned_at BIGINT,
    ended_at BIGINT,
    PRIMARY KEY (account, patient)
);
CREATE INDEX account_patient_patient ON account_patient (patient);
INSERT INTO account_patient (account, patient, relationship, since)
    SELECT id, id, 'self', made_at FROM account WHERE closed_at IS NULL;
CREATE TABLE accepted_notice_of_account (
    account TEXT NOT NULL REFERENCES account (id),
    digest BYTEA NOT NULL,
    dated TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, digest, dated)
);
INSERT INTO accepted_notice_of_account (account, digest, dated, at) SELECT patient, digest, dated, at FROM accepted_notice;
DROP TABLE accepted_notice;
ALTER TABLE accepted_notice_of_account RENAME TO accepted_notice;
ALTER TABLE appointment ADD COLUMN account TEXT REFERENCES account (id);
UPDATE appointment SET account = patient;
ALTER TABLE departure ADD COLUMN account TEXT REFERENCES account (id);
UPDATE departure SET account = patient;
UPDATE session SET subject = 'account:' || SUBSTR(subject, 9) WHERE subject LIKE 'patient:%';
CREATE TABLE patient_invitation (
    id TEXT NOT NULL PRIMARY KEY,
    patient TEXT NOT NULL REFERENCES patient (id),
    mail TEXT NOT NULL,
    relationship TEXT NOT NULL,
    stage TEXT NOT NULL,
    token BYTEA NOT NULL UNIQUE,
    invited_by TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    ends BIGINT NOT NULL
);
CREATE INDEX patient_invitation_patient ON patient_invitation (patient, sent_at);
CREATE INDEX patient_invitation_ends ON patient_invitation (ends);
CREATE TABLE clinic_patient (
    institution TEXT NOT NULL REFERENCES institution (code),
    patient TEXT NOT NULL REFERENCES patient (id),
    made_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    PRIMARY KEY (institution, patient)
);
CREATE INDEX clinic_patient_patient ON clinic_patient (patient);
ALTER TABLE appointment ADD COLUMN expected_at BIGINT;
