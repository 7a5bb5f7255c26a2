//! Letters to patients about their appointments.

use base::Timestamp;
use database::{Error, Transaction};
use text::Language;

use crate::{
    appointments::rules::{AppointmentId, booking_number},
    booking::{
        letter::{AppointmentFacts, render_patient_letter},
        rules::PatientEvent,
    },
    mail::{self, store::LetterId},
    people::rules::patient::ClinicInMail,
    proof::rules::ledgers::{RequestReason, RequestedProof},
    store::Store,
};

/// Notifies the patient of an event, by a letter that is not sent before `due`. A closed account gets none.
pub(crate) fn notify_patient(
    transaction: &mut Transaction<'_>,
    store: &Store,
    appointment: AppointmentId,
    event: PatientEvent,
    (now, due): (Timestamp, Timestamp),
) -> Result<Option<LetterId>, Error> {
    let Some(context) = load_letter_context(transaction, appointment)? else { return Ok(None) };
    let facts = AppointmentFacts {
        start: context.start,
        page: store.origin.url(&format!("/appointments/{appointment}")),
        request: if event == PatientEvent::Requested { context.request } else { None },
        institution: match context.clinic_in_mail {
            ClinicInMail::Named => Some(context.institution_name),
            ClinicInMail::Neutral => None,
        },
        booking_number: booking_number(appointment),
    };
    let letter = render_patient_letter(&context.patient, context.language, event, &facts, &store.letterhead);
    mail::store::enqueue_letter(transaction, store, now, due, &letter)
}

struct LetterContext {
    start: Timestamp,
    /// The name of the institution, in the patient's language.
    institution_name: String,
    patient: String,
    language: Language,
    clinic_in_mail: ClinicInMail,
    request: Option<(RequestedProof, RequestReason)>,
}

fn load_letter_context(
    transaction: &mut Transaction<'_>,
    appointment: AppointmentId,
) -> Result<Option<LetterContext>, Error> {
    transaction.fetch_optional(
        "SELECT a.visit_start, p.mail, p.language, r.desk_word, r.desk_reason, p.clinic_in_mail, i.name, i.name_english
         FROM appointment a JOIN patient p ON p.id = a.patient JOIN institution i ON i.code = a.institution
         LEFT JOIN proof r ON r.appointment = a.id AND r.desk_side = 'requested'
         WHERE a.id = $1",
        &[&appointment],
        |row| {
            let requested_proof: Option<RequestedProof> = row.get(3)?;
            let language = Language::from_tag(&row.get::<String>(2)?).unwrap_or_default();
            let name: String = row.get(6)?;
            Ok(LetterContext {
                start: row.get(0)?,
                institution_name: match language {
                    Language::Japanese => name,
                    Language::English => row.get(7)?,
                },
                patient: row.get(1)?,
                language,
                clinic_in_mail: row.get(5)?,
                request: requested_proof.zip(row.get(4)?),
            })
        },
    )
}
