//! Letters to patients about their appointments.

use base::Timestamp;
use database::{Error, Transaction};

use crate::{
    appointments::{self, rules::AppointmentId, store::letter::load_letter_context},
    booking::{
        letter::{EventFacts, render_patient_letter},
        rules::PatientEvent,
    },
    mail::{self, store::LetterId},
    proof::rules::ledgers::{RequestReason, RequestedProof},
    reminders,
    store::Store,
};

/// Notifies the patient of an event, by a letter that is not sent before `due`. A closed account gets none. A reminder that was
/// not sent yet is withdrawn: this letter says more.
pub(crate) fn notify_patient(
    transaction: &mut Transaction<'_>,
    store: &Store,
    appointment: AppointmentId,
    event: PatientEvent,
    (now, due): (Timestamp, Timestamp),
) -> Result<Option<LetterId>, Error> {
    reminders::store::withdraw_reminders(transaction, appointment, now)?;
    if event.announces_time() {
        appointments::store::letter::record_announcement(transaction, appointment, now)?;
    }
    let Some(context) = load_letter_context(transaction, store, appointment)? else { return Ok(None) };
    let request = match event {
        PatientEvent::Requested => find_request(transaction, appointment)?,
        _ => None,
    };
    let facts = EventFacts { event, request, occurred_at: now };
    let letter = render_patient_letter(&context.recipient, context.language, facts, &context.facts, &store.letterhead);
    mail::store::enqueue_letter(transaction, store, now, due, &letter)
}

/// What the desk requests, and why.
fn find_request(
    transaction: &mut Transaction<'_>,
    appointment: AppointmentId,
) -> Result<Option<(RequestedProof, RequestReason)>, Error> {
    let request: Option<(Option<RequestedProof>, Option<RequestReason>)> = transaction.fetch_optional(
        "SELECT desk_word, desk_reason FROM proof WHERE appointment = $1 AND desk_side = 'requested'",
        &[&appointment],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(request.and_then(|(proof, reason)| proof.zip(reason)))
}
