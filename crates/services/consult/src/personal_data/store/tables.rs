//! The list of all tables, with the patient or the account that their rows are about.

/// A table of the service.
pub(crate) struct HeldTable {
    pub(crate) name: &'static str,
    pub(crate) subject: TableSubject,
}

/// Whom the rows of a table are about.
pub(crate) enum TableSubject {
    /// Each row is about one patient.
    Patient(HeldRows),
    /// Each row is about one account.
    Account(HeldRows),
    /// Not about patients, for this reason.
    Nobody(#[cfg_attr(not(test), expect(dead_code, reason = "it is read by whoever adds a table"))] &'static str),
}

/// How to find, export and delete the rows of a patient or of an account.
pub(crate) struct HeldRows {
    pub(crate) category: DataCategory,
    /// Counts the rows of the patient or account `$1`.
    pub(crate) count: &'static str,
    /// Selects `columns` of them.
    pub(crate) select: &'static str,
    /// Deletes them.
    pub(crate) delete: &'static str,
    /// The exported columns, in the order of `select`.
    pub(crate) columns: &'static str,
    /// The exported columns that are points in time, in milliseconds.
    pub(crate) instants: &'static [&'static str],
    /// Columns that are not exported, with the reason.
    pub(crate) withheld: &'static [(&'static str, &'static str)],
    pub(crate) on_closing: ClosingEffect,
}

/// The effect of closing an account on its rows and on those of patients for whom no other account acts.
pub(crate) enum ClosingEffect {
    Deleted,
    /// They are kept, anonymised by `close`, for this reason.
    Anonymised(
        #[cfg_attr(not(test), expect(dead_code, reason = "it is read by whoever changes `close`"))] &'static str,
    ),
}

/// A category of data on the page about personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DataCategory {
    Account,
    Profile,
    Appointments,
    Proof,
    Pictures,
    Record,
    Sessions,
}

impl DataCategory {
    pub(crate) const ALL: [Self; 7] =
        [Self::Account, Self::Profile, Self::Appointments, Self::Proof, Self::Pictures, Self::Record, Self::Sessions];
}

macro_rules! held_table {
    ($subject:ident, $category:ident, $name:literal where $rows:literal { $columns:literal } at [$($instant:literal),*]
     without [$($withheld:literal: $why:literal),*] $closing:expr) => {
        HeldTable {
            name: $name,
            subject: TableSubject::$subject(HeldRows {
                category: DataCategory::$category,
                count: concat!("SELECT COUNT(*) FROM ", $name, " WHERE ", $rows),
                select: concat!("SELECT ", $columns, " FROM ", $name, " WHERE ", $rows, " ORDER BY 1"),
                delete: concat!("DELETE FROM ", $name, " WHERE ", $rows),
                columns: $columns,
                instants: &[$($instant),*],
                withheld: &[$(($withheld, $why)),*],
                on_closing: $closing,
            }),
        }
    };
}

const fn unrelated_table(name: &'static str, why: &'static str) -> HeldTable {
    HeldTable { name, subject: TableSubject::Nobody(why) }
}

/// All tables of the service. A table stands after those that refer to it, so that rows can be deleted in this order.
pub(crate) const TABLES: &[HeldTable] = &[
    held_table!(Patient, Profile, "profile" where "patient = $1"
        { "patient, name, kana, birth_date, phone, changed_at" } at ["changed_at"] without []
        ClosingEffect::Deleted),
    held_table!(Account, Account, "accepted_notice" where "account = $1"
        { "account, dated, at" } at ["at"] without ["digest": "a digest of the notice that the service published"]
        ClosingEffect::Deleted),
    held_table!(Account, Account, "sign_in_code" where "mail = (SELECT mail FROM account WHERE id = $1)"
        { "mail, tries, ends, onward" } at ["ends"]
        without ["browser": "a digest of a cookie", "code": "it signs in", "letter": "the number of a sealed letter"]
        ClosingEffect::Deleted),
    held_table!(Account, Sessions, "session" where "subject = 'account:' || CAST($1 AS TEXT)"
        { "subject, began, ends, used_on" } at ["began", "ends"] without ["browser": "a digest of a cookie"]
        ClosingEffect::Deleted),
    held_table!(Patient, Proof, "departure" where "patient = $1"
        { "id, appointment, patient, account, issuer, visit_date, left_at, stage, asked_at" } at ["left_at", "asked_at"]
        without [
            "state": "a digest of a secret of the hand-over",
            "browser": "a digest of a cookie",
            "sealed": "secrets of the hand-over",
            "access_token": "a secret of the hand-over"
        ]
        ClosingEffect::Deleted),
    held_table!(Patient, Proof, "proof" where "appointment IN (SELECT id FROM appointment WHERE patient = $1)"
        { "appointment, version, patient_side, patient_at, beginning, moved_from, reception_number, valid_until, desk_side, \
           desk_at, desk_by, desk_word, desk_reason" } at ["patient_at", "valid_until", "desk_at"] without []
        ClosingEffect::Anonymised("what the clinic checked is its record; the reception number goes")),
    held_table!(Patient, Pictures, "picture" where "patient = $1"
        { "id, appointment, patient, institution, document, side, state, hints, width, height, made_at, sent_at, reason, note, \
           erased_at, erased_why" } at ["made_at", "sent_at", "erased_at"]
        without [
            "original": "a digest of the file that was sent",
            "master_key": "it names the service's own key",
            "wrapped_key": "with it the stored picture is read; pictures are on their own pages"
        ]
        ClosingEffect::Anonymised("that a picture was there is part of the visit; its key, digest and note go")),
    held_table!(Patient, Appointments, "patient_act" where "appointment IN (SELECT id FROM appointment WHERE patient = $1)"
        { "appointment, act, at, moved_from" } at ["at", "moved_from"]
        without ["version": "which step of the appointment it was", "mailbox": "a digest of the address"]
        ClosingEffect::Deleted),
    held_table!(Patient, Appointments, "slot" where "appointment IN (SELECT id FROM appointment WHERE patient = $1)"
        { "institution, practitioner, begins, appointment" } at ["begins"]
        without ["holder": "a digest of a browser, for ten minutes", "held_for": "a digest of an account, for ten minutes",
            "held_until": "the end of those ten minutes"]
        ClosingEffect::Anonymised("which hours of a clinic are taken; it names no person")),
    held_table!(Patient, Appointments, "desk_event" where "appointment IN (SELECT id FROM appointment WHERE patient = $1)"
        { "id, institution, appointment, event, at, told_at" } at ["at", "told_at"] without []
        ClosingEffect::Anonymised("the clinic is still to be told that visits are cancelled; it names no person")),
    held_table!(Patient, Proof, "desk_act_picture" where "appointment IN (SELECT id FROM appointment WHERE patient = $1)"
        { "appointment, number, picture, state" } at [] without []
        ClosingEffect::Deleted),
    held_table!(Patient, Proof, "desk_act" where "appointment IN (SELECT id FROM appointment WHERE patient = $1)"
        { "appointment, number, kind, done_at, done_by, ledger_before, ledger_after, desk_side, desk_at, desk_by, desk_word, \
           desk_reason, taken_back_at, taken_back_by" } at ["done_at", "desk_at", "taken_back_at"]
        without ["letter": "the number of a sealed letter"]
        ClosingEffect::Anonymised("what the clinic did is its record; it names no patient")),
    held_table!(Patient, Appointments, "reminder" where "appointment IN (SELECT id FROM appointment WHERE patient = $1)"
        { "appointment, rung, visit_start, decided_at, decision" } at ["visit_start", "decided_at"]
        without ["letter": "the number of a sealed letter"]
        ClosingEffect::Deleted),
    held_table!(Patient, Appointments, "appointment" where "patient = $1"
        { "id, patient, account, institution, menu, charge, menu_name, menu_name_english, minutes, buffer_minutes, fee, fee_english, \
           system_fee, cancel_minutes, cancel_fee, cancellation_fee_due, medium, medium_words, medium_words_english, \
           practitioner, visit_start, visit_date, status, made_at, version, completed_at, announced_at, expected_at" } at ["visit_start", "made_at",
            "completed_at", "announced_at", "expected_at"] without []
        ClosingEffect::Anonymised("the clinic has to know its past visits; the patient behind it has no name any more")),
    held_table!(Patient, Record, "audit_entry" where "patient = $1"
        { "chain, number, at, actor, act, patient, about" } at ["at"] without ["digest": "it chains the rows together"]
        ClosingEffect::Anonymised("the record of who looked must not be changed; it holds no name")),
    held_table!(Patient, Account, "patient_invitation" where "patient = $1"
        { "id, patient, mail, relationship, stage, sent_at, ends" } at ["sent_at", "ends"]
        without ["token": "a digest of a secret", "invited_by": "who invited, which the record says"]
        ClosingEffect::Deleted),
    held_table!(Patient, Profile, "clinic_patient" where "patient = $1"
        { "institution, patient, made_at" } at ["made_at"] without ["made_by": "who entered it, which the record says"]
        ClosingEffect::Deleted),
    held_table!(Patient, Profile, "patient" where "id = $1"
        { "id, made_at, erased_at" } at ["made_at", "erased_at"] without []
        ClosingEffect::Anonymised("past visits refer to it; it has no name")),
    held_table!(Account, Account, "account_patient" where "account = $1"
        { "account, patient, relationship, since, warned_at, ended_at" } at ["since", "warned_at", "ended_at"] without []
        ClosingEffect::Deleted),
    held_table!(Account, Account, "account" where "id = $1"
        { "id, mail, language, made_at, closed_at, clinic_in_mail, reminders" } at ["made_at", "closed_at"] without []
        ClosingEffect::Anonymised("past visits refer to it; its address goes")),
    unrelated_table("outbox", "letters are sealed and listed apart; a letter that was sent leaves no text"),
    unrelated_table("attempt", "digests of addresses and browsers, forgotten within an hour"),
    unrelated_table("picture_object", "names of files without a picture"),
    unrelated_table("institution", "clinics"),
    unrelated_table("institution_specialty", "clinics"),
    unrelated_table("institution_language", "clinics"),
    unrelated_table("opening_hours", "clinics"),
    unrelated_table("practitioner", "doctors of clinics, as clinics publish them"),
    unrelated_table("practitioner_specialty", "doctors of clinics, as clinics publish them"),
    unrelated_table("practitioner_language", "doctors of clinics, as clinics publish them"),
    unrelated_table("working_hours", "when doctors receive patients"),
    unrelated_table("practitioner_session", "when doctors receive patients"),
    unrelated_table("closure", "when doctors receive nobody"),
    unrelated_table("menu_practitioner", "clinics"),
    unrelated_table("menu", "clinics"),
    unrelated_table("clinic_notice", "clinics"),
    unrelated_table("staff", "who works at a desk"),
    unrelated_table("staff_invitation", "who is invited to work at a desk"),
    unrelated_table("second_factor", "who works at a desk"),
    unrelated_table("recovery_code", "keyed digests of codes of desks"),
    unrelated_table("pending_sign_in", "sign-ins of desks, for ten minutes"),
    unrelated_table("program_password", "digests of the passwords of a clinic's programs"),
    unrelated_table("staff_preference", "who works at a desk"),
    unrelated_table("staff_attempt", "digests of the addresses of desks"),
    unrelated_table("audit_head", "the ends of the audit's chains"),
    unrelated_table("migration", "which tables were made"),
    unrelated_table("known_device", "digests of accounts and browsers"),
    unrelated_table("sign_in_failure", "digests of accounts and addresses, forgotten within an hour"),
    unrelated_table("sign_in_warning", "digests of accounts"),
    unrelated_table("key_proof", "to which master key the database belongs"),
    unrelated_table("readiness", "how often the database was found to take writes"),
];
