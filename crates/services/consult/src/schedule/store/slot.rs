//! The rows of slots: which are free, and who holds or booked one.
//!
//! A held slot is a row like a booked one, so that one unique key prevents double bookings and double holds.

use std::collections::HashSet;

use base::{Digest, Id, InstitutionCode, Timestamp};
use database::{Error, Transaction};

use crate::{refusal::Refusal, schedule::rules::slot, store::Store};

impl Store {
    /// The quarter hours of an institution in a period that this browser cannot book: those of appointments, and those held
    /// by other browsers.
    pub(crate) async fn find_taken_units(
        &self,
        code: InstitutionCode,
        (start, end): (Timestamp, Timestamp),
        browser: Digest,
        now: Timestamp,
    ) -> Result<HashSet<Timestamp>, Refusal> {
        self.database
            .read(move |transaction| {
                let units = transaction.fetch_all(
                    "SELECT begins FROM slot WHERE institution = $1 AND begins >= $2 AND begins < $3
                        AND (appointment IS NOT NULL OR (held_until > $4 AND holder <> $5))",
                    &[&code, &start, &end, &now, &browser],
                    |row| row.get(0),
                )?;
                Ok(units.into_iter().collect())
            })
            .await
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

/// Refuses a slot if any of its units belongs to another.
pub(crate) fn require_slot_free(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    (start, minutes): (Timestamp, u32),
    browser: Option<Digest>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let last = slot::visit_units(start, minutes).last().unwrap_or(start);
    let taken_units: u32 = transaction.fetch_one(
        "SELECT COUNT(*) FROM slot WHERE institution = $1 AND begins >= $2 AND begins <= $3
            AND (appointment IS NOT NULL OR (held_until > $4 AND holder <> $5))",
        &[&institution, &start, &last, &now, &browser.unwrap_or_else(nonexistent_browser)],
        |row| row.get(0),
    )?;
    if taken_units == 0 { Ok(()) } else { Err(Refusal::SlotTaken) }
}

pub(crate) fn find_hold(
    transaction: &mut Transaction<'_>,
    browser: Digest,
    now: Timestamp,
) -> Result<Option<SlotHold>, Error> {
    transaction.fetch_optional(
        "SELECT institution, MIN(begins), MIN(held_until) FROM slot WHERE holder = $1 AND held_until > $2
         GROUP BY institution",
        &[&browser, &now],
        |row| Ok(SlotHold { institution: row.get(0)?, start: row.get(1)?, held_until: row.get(2)? }),
    )
}

/// Inserts every quarter hour of a visit for an appointment; each is unique. Units held by the booking browser become the
/// appointment's; units held by another browser count as taken until its hold ends.
pub(crate) fn book_slot<Appointment>(
    transaction: &mut Transaction<'_>,
    appointment: (InstitutionCode, Id<Appointment>),
    (start, minutes): (Timestamp, u32),
    browser: Option<Digest>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let (institution, id) = appointment;
    for unit in slot::visit_units(start, minutes) {
        let inserted = transaction.execute(
            "INSERT INTO slot (institution, begins, appointment) VALUES ($1, $2, $3)
             ON CONFLICT (institution, begins) DO UPDATE
                SET appointment = $3, holder = NULL, held_for = NULL, held_until = NULL
                WHERE slot.holder = $4 OR slot.held_until <= $5",
            &[&institution, &unit, &id, &browser, &now],
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
