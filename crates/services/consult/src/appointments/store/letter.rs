//! What a letter about an appointment says and whom it goes to.

use base::Timestamp;
use database::{Error, Transaction};
use text::Language;

use crate::{
    appointments::{
        letter::AppointmentFacts,
        rules::{Appointment, AppointmentId},
    },
    people::rules::patient::ClinicInMail,
    store::Store,
};

/// The recipient of a letter about an appointment, with its facts.
pub(crate) struct LetterContext {
    /// The address of the patient.
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
        "SELECT p.mail, p.language, p.clinic_in_mail, i.name, i.name_english, a.version, a.status, a.visit_start, a.minutes
         FROM appointment a JOIN patient p ON p.id = a.patient JOIN institution i ON i.code = a.institution
         WHERE a.id = $1",
        &[&id],
        |row| {
            let language = Language::from_tag(&row.get::<String>(1)?).unwrap_or_default();
            let (name, name_english): (String, String) = (row.get(3)?, row.get(4)?);
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
                    institution: choose_institution(row.get(2)?, language.t(&name, &name_english)),
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
