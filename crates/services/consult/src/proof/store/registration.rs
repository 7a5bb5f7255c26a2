//! Registrations in force, and their status at receptions.

use base::{ReceptionNumber, Span, Timestamp};
use database::{Error, Row, Transaction};
use handover::{AccessToken, Issuer, RegistrationStatus};

use super::{
    departure::{DepartureId, token_purpose},
    ledgers,
};
use crate::{
    appointments::{rules::AppointmentId, store::letter::load_letter_context},
    desk_news::{self, rules::DeskEvent},
    mail,
    proof::{
        letter::render_lapse_letter,
        rules::{
            lapse::{RegistrationLapse, needs_letter},
            ledgers::{InsuranceProof, PatientSide},
        },
    },
    refusal::Refusal,
    store::Store,
};

/// The minimum time between two queries about one registration.
const MIN_CHECK_INTERVAL: Span = Span::from_secs(60);

/// The minimum time between two queries about one registration in the background.
const BACKGROUND_CHECK_INTERVAL: Span = Span::from_mins(10);
/// How long before a visit background queries begin. Before that nobody prepares for the visit.
const NEAR_VISIT_WINDOW: Span = Span::from_hours(72);

/// A query to a reception about a registration.
pub(crate) struct StatusQuery {
    pub(crate) issuer: Issuer,
    pub(crate) token: AccessToken,
    pub(crate) reception_number: ReceptionNumber,
}

impl Store {
    /// Claims a query about the registration in force of an appointment, if none was claimed within the minute.
    pub(crate) async fn claim_status_query(
        &self,
        id: AppointmentId,
        now: Timestamp,
    ) -> Result<Option<StatusQuery>, Refusal> {
        let store = self.clone();
        let due = move |transaction: &mut Transaction<'_>| find_due_registration(transaction, id, now);
        // Usually no query is due, and then no write transaction is needed.
        if self.database.read(due).await?.is_none() {
            return Ok(None);
        }
        self.database
            .write(move |transaction| {
                let Some(registration) = due(transaction)? else { return Ok(None) };
                store.start_status_query(transaction, &registration, now).map(Some)
            })
            .await
    }

    /// Claims queries about registrations in force whose visit is near, if none was claimed within
    /// [`BACKGROUND_CHECK_INTERVAL`].
    pub(crate) async fn claim_status_queries(
        &self,
        now: Timestamp,
        max: u32,
    ) -> Result<Vec<(AppointmentId, StatusQuery)>, Refusal> {
        let store = self.clone();
        if self.database.read(move |transaction| list_due_registrations(transaction, now, 1)).await?.is_empty() {
            return Ok(Vec::new());
        }
        self.database
            .write(move |transaction| {
                let mut queries = Vec::new();
                for registration in list_due_registrations(transaction, now, max)? {
                    match store.start_status_query(transaction, &registration, now) {
                        Ok(query) => queries.push((registration.appointment, query)),
                        // Sealed under a lost key: it must not block the others.
                        Err(Refusal::CorruptRecord(record)) => {
                            tracing::error!(record, "a stored access token cannot be opened");
                        }
                        Err(refusal) => return Err(refusal),
                    }
                }
                Ok(queries)
            })
            .await
    }

    /// Records the time of the query, and unseals its token.
    fn start_status_query(
        &self,
        transaction: &mut Transaction<'_>,
        registration: &DueRegistration,
        now: Timestamp,
    ) -> Result<StatusQuery, Refusal> {
        transaction.execute("UPDATE departure SET asked_at = $2 WHERE id = $1", &[&registration.departure, &now])?;
        let token = self.seal.open(&token_purpose(registration.departure), &registration.sealed);
        let token = token.and_then(|clear| std::str::from_utf8(&clear).ok()?.parse().ok());
        let (Some(token), Ok(issuer)) = (token, registration.issuer.parse()) else {
            return Err(Refusal::CorruptRecord("an access token"));
        };
        Ok(StatusQuery { issuer, token, reception_number: registration.reception_number })
    }

    /// Records the status that the reception reported.
    pub(crate) async fn record_registration_status(
        &self,
        id: AppointmentId,
        queried_number: ReceptionNumber,
        status: RegistrationStatus,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let Some((proof, version)) = ledgers::load_proof(transaction, id)? else { return Ok(()) };
                // In the meantime there may be a newer registration.
                let PatientSide::Registered { reception_number, .. } = proof.patient else { return Ok(()) };
                if reception_number != queried_number {
                    return Ok(());
                }
                let (changed, event, lapse) = match status {
                    RegistrationStatus::Registered => return Ok(()),
                    RegistrationStatus::Withdrawn => {
                        (proof.withdraw_consent(), DeskEvent::ConsentWithdrawn, RegistrationLapse::Withdrawn)
                    }
                    RegistrationStatus::Expired => {
                        (proof.expire_consent(), DeskEvent::ConsentExpired, RegistrationLapse::Expired)
                    }
                };
                ledgers::save_proof(transaction, id, &changed, version)?;
                notify_of_lapse(transaction, &store, id, (&changed, lapse), now)?;
                desk_news::store::record_event(transaction, &store, id, event, now)?;
                Ok(())
            })
            .await
    }
}

/// Tells the patient that a registration has ended, unless nothing has to be done again.
fn notify_of_lapse(
    transaction: &mut Transaction<'_>,
    store: &Store,
    id: AppointmentId,
    (proof, lapse): (&InsuranceProof, RegistrationLapse),
    now: Timestamp,
) -> Result<(), Error> {
    let Some(context) = load_letter_context(transaction, store, id)? else { return Ok(()) };
    let (status, start) = (context.facts.status, context.facts.start);
    if needs_letter(proof, status, start, now) {
        let letter = render_lapse_letter(&context, lapse, &store.letterhead);
        mail::store::enqueue_expiring_letter(transaction, store, now, &letter, start)?;
    }
    Ok(())
}

struct DueRegistration {
    departure: DepartureId,
    appointment: AppointmentId,
    issuer: String,
    sealed: Vec<u8>,
    reception_number: ReceptionNumber,
}

fn read_row(row: &Row<'_>) -> Result<DueRegistration, Error> {
    Ok(DueRegistration {
        departure: row.get(0)?,
        appointment: row.get(1)?,
        issuer: row.get(2)?,
        sealed: row.get(3)?,
        reception_number: row.get(4)?,
    })
}

macro_rules! select_in_force {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.appointment, d.issuer, d.access_token, p.reception_number
             FROM departure d JOIN proof p ON p.appointment = d.appointment
                JOIN appointment a ON a.id = d.appointment
             WHERE p.patient_side = 'registered' AND p.valid_until > $1 AND a.status = 'booked'
                AND d.stage = 'registered' AND d.asked_at <= $2
                AND d.id = (SELECT MAX(id) FROM departure WHERE appointment = a.id AND stage = 'registered') ",
            $rest
        )
    };
}

/// The registration in force of an appointment, if none was queried within [`MIN_CHECK_INTERVAL`].
fn find_due_registration(
    transaction: &mut Transaction<'_>,
    id: AppointmentId,
    now: Timestamp,
) -> Result<Option<DueRegistration>, Refusal> {
    let before = now.minus(MIN_CHECK_INTERVAL);
    Ok(transaction.fetch_optional(select_in_force!("AND d.appointment = $3"), &[&now, &before, &id], read_row)?)
}

/// Registrations of near visits that were not queried for a while, the longest first.
fn list_due_registrations(
    transaction: &mut Transaction<'_>,
    now: Timestamp,
    max: u32,
) -> Result<Vec<DueRegistration>, Refusal> {
    let before = now.minus(BACKGROUND_CHECK_INTERVAL);
    Ok(transaction.fetch_all(
        select_in_force!("AND a.visit_start < $3 ORDER BY d.asked_at, d.id LIMIT $4"),
        &[&now, &before, &now.plus(NEAR_VISIT_WINDOW), &max],
        read_row,
    )?)
}
