//! The rows of slots: which are free, and who holds or booked one.
//!
//! A held slot is a row like a booked one, so that one unique key prevents double bookings and double holds. The key is a doctor
//! and a quarter hour.

use base::{Digest, Id, InstitutionCode, Timestamp};
use database::{Error, Transaction};

use super::schedule::{InstitutionChunk, in_chunk};
use crate::{
    practitioners::rules::practitioner::PractitionerId,
    refusal::Refusal,
    schedule::rules::{
        availability::{TakenTime, VisitCount},
        slot::SlotTerms,
    },
    store::Store,
};

impl Store {
    /// What this browser cannot book of the time of an institution's doctors in a period: what is booked, and what other
    /// browsers hold.
    pub(crate) async fn find_taken_time(
        &self,
        code: InstitutionCode,
        period: (Timestamp, Timestamp),
        browser: Digest,
        now: Timestamp,
    ) -> Result<TakenTime, Refusal> {
        self.database.read(move |transaction| Ok(load_taken_time(transaction, code, period, Some(browser), now)?)).await
    }
}

/// The digest of no browser: no secret has it.
fn nonexistent_browser() -> Digest {
    Digest::from_bytes([0; 32])
}

/// The hold of a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SlotHold {
    pub(crate) institution: InstitutionCode,
    pub(crate) practitioner: PractitionerId,
    /// The start of the visit.
    pub(crate) start: Timestamp,
    /// The first instant at which the slot is free again.
    pub(crate) held_until: Timestamp,
}

impl Store {
    /// The hold of this browser.
    pub(crate) async fn find_hold(&self, browser: Digest, now: Timestamp) -> Result<Option<SlotHold>, Refusal> {
        self.database.read(move |transaction| Ok(find_hold(transaction, browser, now)?)).await
    }
}

/// What is booked, or held by another browser, of the time of an institution's doctors from one instant to another.
pub(crate) fn load_taken_time(
    transaction: &mut Transaction<'_>,
    code: InstitutionCode,
    (start, end): (Timestamp, Timestamp),
    browser: Option<Digest>,
    now: Timestamp,
) -> Result<TakenTime, Error> {
    let units: Vec<(PractitionerId, Timestamp)> = transaction.fetch_all(
        "SELECT practitioner, begins FROM slot WHERE institution = $1 AND begins >= $2 AND begins < $3
            AND (appointment IS NOT NULL OR (held_until > $4 AND holder <> $5))",
        &[&code, &start, &end, &now, &browser.unwrap_or_else(nonexistent_browser)],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let visits = count_visits(transaction, &[code], (start, end))?;
    Ok(TakenTime::new(units, visits))
}

/// What is booked or held by anybody of the time of the doctors of some institutions until `end`.
pub(crate) fn load_taken_time_of_institutions(
    transaction: &mut Transaction<'_>,
    codes: &[InstitutionCode],
    (now, end): (Timestamp, Timestamp),
) -> Result<TakenTime, Error> {
    let mut units = Vec::new();
    for chunk in InstitutionChunk::divide(codes) {
        let of_chunk: Vec<(PractitionerId, Timestamp)> = transaction.fetch_all(
            in_chunk!(
                "SELECT practitioner, begins FROM slot WHERE institution",
                "AND begins >= $21 AND begins < $22 AND (appointment IS NOT NULL OR held_until > $21)"
            ),
            &chunk.values(&[&now, &end]),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        units.extend(of_chunk);
    }
    let visits = count_visits(transaction, codes, (now, end))?;
    Ok(TakenTime::new(units, visits))
}

/// The numbers of visits of menus with a capacity, by day.
fn count_visits(
    transaction: &mut Transaction<'_>,
    codes: &[InstitutionCode],
    (start, end): (Timestamp, Timestamp),
) -> Result<Vec<VisitCount>, Error> {
    let mut visits = Vec::new();
    for chunk in InstitutionChunk::divide(codes) {
        let of_chunk = transaction.fetch_all(
            in_chunk!(
                "SELECT a.institution, a.menu, a.visit_date, COUNT(*)
                 FROM menu m JOIN appointment a ON a.institution = m.institution AND a.menu = m.number
                 WHERE m.institution",
                "AND m.daily_capacity IS NOT NULL AND a.status <> 'cancelled' AND a.visit_date >= $21
                    AND a.visit_date <= $22
                 GROUP BY a.institution, a.menu, a.visit_date"
            ),
            &chunk.values(&[&start.japan_date(), &end.japan_date()]),
            |row| Ok(((row.get(0)?, row.get(1)?, row.get(2)?), row.get(3)?)),
        )?;
        visits.extend(of_chunk);
    }
    Ok(visits)
}

pub(crate) fn find_hold(
    transaction: &mut Transaction<'_>,
    browser: Digest,
    now: Timestamp,
) -> Result<Option<SlotHold>, Error> {
    transaction.fetch_optional(
        "SELECT institution, practitioner, MIN(begins), MIN(held_until) FROM slot WHERE holder = $1 AND held_until > $2
         GROUP BY institution, practitioner",
        &[&browser, &now],
        |row| {
            Ok(SlotHold {
                institution: row.get(0)?,
                practitioner: row.get(1)?,
                start: row.get(2)?,
                held_until: row.get(3)?,
            })
        },
    )
}

/// Inserts every quarter hour of a visit for an appointment; each is unique. Units held by the booking browser become the
/// appointment's; units held by another browser count as taken until its hold ends.
pub(crate) fn book_slot<Appointment>(
    transaction: &mut Transaction<'_>,
    (institution, practitioner, id): (InstitutionCode, PractitionerId, Id<Appointment>),
    (start, terms): (Timestamp, SlotTerms),
    browser: Option<Digest>,
    now: Timestamp,
) -> Result<(), Refusal> {
    for unit in terms.units(start) {
        let inserted = transaction.execute(
            "INSERT INTO slot (institution, practitioner, begins, appointment) VALUES ($1, $2, $3, $4)
             ON CONFLICT (practitioner, begins) DO UPDATE
                SET appointment = $4, holder = NULL, held_for = NULL, held_until = NULL
                WHERE slot.holder = $5 OR slot.held_until <= $6",
            &[&institution, &practitioner, &unit, &id, &browser, &now],
        )?;
        if inserted == 0 {
            return Err(Refusal::SlotTaken);
        }
    }
    match browser {
        Some(browser) => Ok(release_hold(transaction, browser)?),
        None => Ok(()),
    }
}

/// Releases the hold of a browser.
pub(crate) fn release_hold(transaction: &mut Transaction<'_>, browser: Digest) -> Result<(), Error> {
    transaction.execute("DELETE FROM slot WHERE holder = $1", &[&browser]).map(|_| ())
}

/// Frees the slot of an appointment.
pub(crate) fn release_slots<Appointment>(
    transaction: &mut Transaction<'_>,
    appointment: Id<Appointment>,
) -> Result<(), Error> {
    transaction.execute("DELETE FROM slot WHERE appointment = $1", &[&appointment]).map(|_| ())
}

/// Transfers a hold to the new secret of its browser when a patient signs in with it, in place of that patient's holds in
/// other browsers. `limit_key` is the key under which the patient's holds are counted.
pub(crate) fn transfer_hold(
    transaction: &mut Transaction<'_>,
    previous: Digest,
    next: Digest,
    limit_key: Digest,
) -> Result<(), Error> {
    let count: u32 =
        transaction.fetch_one("SELECT COUNT(*) FROM slot WHERE holder = $1", &[&previous], |row| row.get(0))?;
    if count > 0 {
        transaction.execute("DELETE FROM slot WHERE held_for = $1", &[&limit_key])?;
        transaction
            .execute("UPDATE slot SET holder = $2, held_for = $3 WHERE holder = $1", &[&previous, &next, &limit_key])?;
    }
    Ok(())
}
