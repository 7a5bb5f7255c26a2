//! What a letter about an appointment says and whom it goes to.

use base::Timestamp;
use database::{Error, Transaction};
use text::Language;

use crate::{
    appointments::{
        letter::AppointmentFacts,
        rules::{Appointment, AppointmentId},
    },
    people::rules::account::{ClinicInMail, Relationship},
    store::Store,
};

/// The account that letters about the appointment `$alias` go to: the one that booked it, as long as it acts for the patient, else
/// the one that has done so longest. SQL of one value.
macro_rules! contact_account {
    ($alias:literal) => {
        concat!(
            "(SELECT l.account FROM account_patient l WHERE l.patient = ",
            $alias,
            ".patient AND l.ended_at IS NULL ORDER BY CASE WHEN l.account = ",
            $alias,
            ".account THEN 0 ELSE 1 END, l.since, l.account LIMIT 1)"
        )
    };
}
pub(crate) use contact_account;

/// The recipient of a letter about an appointment, with its facts.
pub(crate) struct LetterContext {
    /// The address of the account that acts for the patient.
    pub(crate) recipient: String,
    pub(crate) language: Language,
    pub(crate) facts: AppointmentFacts,
}

/// The recipient and the facts of a letter about an appointment, as the patient has chosen.
pub(crate) fn load_letter_context(
    transaction: &mut Transaction<'_>,
    store: &Store,
    id: AppointmentId,
) -> Result<Option<LetterContext>, Error> {
    transaction.fetch_optional(
        concat!(
            "SELECT c.mail, c.language, c.clinic_in_mail, i.name, i.name_english, a.version, a.status, a.visit_start, a.minutes,
                l.relationship, p.name
             FROM appointment a JOIN institution i ON i.code = a.institution JOIN account c ON c.id = ",
            contact_account!("a"),
            " JOIN account_patient l ON l.account = c.id AND l.patient = a.patient
             LEFT JOIN profile p ON p.patient = a.patient WHERE a.id = $1"
        ),
        &[&id],
        |row| {
            let language = Language::from_tag(&row.get::<String>(1)?).unwrap_or_default();
            let (name, name_english): (String, String) = (row.get(3)?, row.get(4)?);
            let choice: ClinicInMail = row.get(2)?;
            // Who is named beside a clinic is said to have an appointment there.
            let relative: Option<String> = match (choice, row.get(9)?) {
                (ClinicInMail::Neutral, _) | (_, Relationship::Oneself) => None,
                (ClinicInMail::Named, _) => row.get(10)?,
            };
            Ok(LetterContext {
                recipient: row.get(0)?,
                language,
                facts: AppointmentFacts {
                    id,
                    version: row.get(5)?,
                    status: row.get(6)?,
                    start: row.get(7)?,
                    minutes: row.get(8)?,
                    page: appointment_page(store, id),
                    institution: choose_institution(choice, language.t(&name, &name_english)),
                    relative,
                },
            })
        },
    )
}

/// Records that a letter tells the patient when the visit begins.
pub(crate) fn record_announcement(
    transaction: &mut Transaction<'_>,
    id: AppointmentId,
    now: Timestamp,
) -> Result<(), Error> {
    transaction.execute("UPDATE appointment SET announced_at = $2 WHERE id = $1", &[&id, &now]).map(|_| ())
}

impl Store {
    /// The facts of an appointment that was loaded, with the institution's name as it may be said.
    pub(crate) fn appointment_facts(
        &self,
        appointment: &Appointment,
        choice: ClinicInMail,
        institution: &str,
    ) -> AppointmentFacts {
        AppointmentFacts {
            id: appointment.id,
            version: appointment.version,
            status: appointment.status,
            start: appointment.visit_start,
            minutes: appointment.menu.minutes,
            page: appointment_page(self, appointment.id),
            institution: choose_institution(choice, institution),
            relative: None,
        }
    }
}

fn appointment_page(store: &Store, id: AppointmentId) -> String {
    store.origin.url(&format!("/appointments/{id}"))
}

fn choose_institution(choice: ClinicInMail, name: &str) -> Option<String> {
    match choice {
        ClinicInMail::Named => Some(name.to_owned()),
        ClinicInMail::Neutral => None,
    }
}
