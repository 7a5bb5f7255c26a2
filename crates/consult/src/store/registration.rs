//! Which registrations are in force, and what receptions say of them.

use base::{ReceptionNumber, Span, Timestamp};
use database::{Error, Migration, Row, Transaction};
use handover::{AccessToken, Issuer, RegistrationStatus};

use super::{
    Store,
    departure::{DepartureId, token_purpose},
    mail, proof,
};
use crate::{
    Refusal,
    mail::{DeskEvent, Notification},
    rules::{appointment::AppointmentId, proof::PatientSide},
};

/// So that what is in force is found among all that ever was.
pub(crate) const MIGRATION: Migration = Migration {
    name: "registrations in force",
    sql: "CREATE INDEX proof_in_force ON proof (valid_until) WHERE patient_side = 'registered';",
};

/// How often a reception is asked whether a registration still stands.
const MIN_CHECK_INTERVAL: Span = Span::from_secs(60);

/// How often it is asked while nobody looks.
const BACKGROUND_CHECK_INTERVAL: Span = Span::from_mins(10);
/// How long before a visit it is asked while nobody looks. Until then nobody prepares for the visit.
const NEAR_VISIT_WINDOW: Span = Span::from_hours(72);

/// A registration to ask the reception about.
pub(crate) struct StatusQuery {
    pub(crate) issuer: Issuer,
    pub(crate) token: AccessToken,
    pub(crate) reception_number: ReceptionNumber,
}

impl Store {
    /// The registration in force of an appointment, if it is time to ask the reception about it again. Whoever asks
    /// first within a minute asks for all.
    pub(crate) async fn claim_status_query(
        &self,
        id: AppointmentId,
        now: Timestamp,
    ) -> Result<Option<StatusQuery>, Refusal> {
        let store = self.clone();
        let due = move |transaction: &mut Transaction<'_>| find_due_registration(transaction, id, now);
        // Mostly there is nothing to ask, and then nothing is to be written.
        if self.database.read(due).await?.is_none() {
            return Ok(None);
        }
        self.database
            .write(move |transaction| {
                let Some(asked) = due(transaction)? else { return Ok(None) };
                store.start_status_query(transaction, &asked, now).map(Some)
            })
            .await
    }

    /// Some of the registrations in force whose visit is near and about which nobody asked for a while. Whoever takes
    /// them up asks for all: until the next turn nobody else is given them.
    pub(crate) async fn claim_status_queries(
        &self,
        now: Timestamp,
        most: u32,
    ) -> Result<Vec<(AppointmentId, StatusQuery)>, Refusal> {
        let store = self.clone();
        if self.database.read(move |transaction| list_due_registrations(transaction, now, 1)).await?.is_empty() {
            return Ok(Vec::new());
        }
        self.database
            .write(move |transaction| {
                let mut questions = Vec::new();
                for asked in list_due_registrations(transaction, now, most)? {
                    match store.start_status_query(transaction, &asked, now) {
                        Ok(question) => questions.push((asked.appointment, question)),
                        // Sealed under a key that is gone: it must not stand before those that can be asked about.
                        Err(Refusal::CorruptRecord(what)) => {
                            tracing::error!(what, "a registration cannot be asked about");
                        }
                        Err(other) => return Err(other),
                    }
                }
                Ok(questions)
            })
            .await
    }

    /// Notes that it is asked now, and tells with what.
    fn start_status_query(
        &self,
        transaction: &mut Transaction<'_>,
        asked: &DueRegistration,
        now: Timestamp,
    ) -> Result<StatusQuery, Refusal> {
        transaction.execute("UPDATE departure SET asked_at = $2 WHERE id = $1", &[&asked.departure, &now])?;
        let token = self.seal.open(&token_purpose(asked.departure), &asked.sealed);
        let token = token.and_then(|clear| std::str::from_utf8(&clear).ok()?.parse().ok());
        let (Some(token), Ok(issuer)) = (token, asked.issuer.parse()) else {
            return Err(Refusal::CorruptRecord("an access token"));
        };
        Ok(StatusQuery { issuer, token, reception_number: asked.reception_number })
    }

    /// What the reception answered about the registration in force.
    pub(crate) async fn record_registration_status(
        &self,
        id: AppointmentId,
        asked: ReceptionNumber,
        standing: RegistrationStatus,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let Some((proof, version)) = proof::load_proof(transaction, id)? else { return Ok(()) };
                // Only about the registration that was asked about; a newer one may have come meanwhile.
                let PatientSide::Registered { reception_number, .. } = proof.patient else { return Ok(()) };
                if reception_number != asked {
                    return Ok(());
                }
                let (changed, event) = match standing {
                    RegistrationStatus::Registered => return Ok(()),
                    RegistrationStatus::Withdrawn => (proof.withdraw_consent(), DeskEvent::ConsentWithdrawn),
                    RegistrationStatus::Expired => (proof.expire_consent(), DeskEvent::ConsentExpired),
                };
                proof::save_proof(transaction, id, &changed, version)?;
                let message = Notification::ToDesk { appointment: id, event };
                mail::enqueue(transaction, &store, now, &message)?;
                Ok(())
            })
            .await
    }
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

/// The registration in force of an appointment, if nobody asked about it within the minute.
fn find_due_registration(
    transaction: &mut Transaction<'_>,
    id: AppointmentId,
    now: Timestamp,
) -> Result<Option<DueRegistration>, Refusal> {
    let before = now.minus(MIN_CHECK_INTERVAL);
    Ok(transaction.fetch_optional(select_in_force!("AND d.appointment = $3"), &[&now, &before, &id], read_row)?)
}

/// Those of near visits about which nobody asked for a while, the longest unasked first.
fn list_due_registrations(
    transaction: &mut Transaction<'_>,
    now: Timestamp,
    most: u32,
) -> Result<Vec<DueRegistration>, Refusal> {
    let before = now.minus(BACKGROUND_CHECK_INTERVAL);
    Ok(transaction.fetch_all(
        select_in_force!("AND a.visit_start < $3 ORDER BY d.asked_at, d.id LIMIT $4"),
        &[&now, &before, &now.plus(NEAR_VISIT_WINDOW), &most],
        read_row,
    )?)
}
