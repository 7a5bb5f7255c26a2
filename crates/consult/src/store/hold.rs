//! Times that are held while a patient signs in and types.
//!
//! A held time is a row of `slot` like a booked one, so that one unique key decides between all who want it. A hold
//! belongs to a browser, ends by itself, and becomes the appointment when its browser books.

use base::{Digest, InstitutionCode, Timestamp, digest};
use database::{Error, Migration, Transaction};

use super::{Store, appointment::BookingRequest, directory};
use crate::{
    Refusal,
    rules::{
        appointment::{AppointmentId, Openness},
        patient::PatientId,
        slot,
    },
};

/// `slot` gets rows without an appointment. SQLite cannot drop a NOT NULL, so the table is made anew.
pub(crate) const MIGRATION: Migration = Migration {
    name: "slot_hold",
    sql: "CREATE TABLE slot_or_hold (
    institution TEXT NOT NULL REFERENCES institution (code),
    begins BIGINT NOT NULL,
    appointment TEXT REFERENCES appointment (id),
    holder BYTEA,
    held_for BYTEA,
    held_until BIGINT,
    PRIMARY KEY (institution, begins),
    CHECK ((appointment IS NULL) = (holder IS NOT NULL AND held_for IS NOT NULL AND held_until IS NOT NULL))
);
INSERT INTO slot_or_hold (institution, begins, appointment) SELECT institution, begins, appointment FROM slot;
DROP TABLE slot;
ALTER TABLE slot_or_hold RENAME TO slot;
CREATE INDEX slot_appointment ON slot (appointment);
CREATE INDEX slot_holder ON slot (holder);
CREATE INDEX slot_held_for ON slot (held_for);
CREATE INDEX slot_held_until ON slot (held_until);",
};

/// The digest of a browser that does not exist: no secret has it.
fn nonexistent_browser() -> Digest {
    Digest::from_bytes([0; 32])
}

/// Who chooses a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SlotHolder {
    /// The browser that the hold belongs to.
    pub(crate) browser: Digest,
    /// The patient who is signed in with it.
    pub(crate) patient: Option<PatientId>,
    /// The network address of the request.
    pub(crate) peer: Option<shell::Peer>,
}

impl SlotHolder {
    /// For whom the hold counts: the patient, else the network address. Of IPv6 the first half counts, which is what one
    /// household or machine is given.
    fn limit_key(&self) -> Digest {
        match (self.patient, self.peer) {
            (Some(patient), _) => patient_key(patient),
            (None, Some(shell::Peer(std::net::IpAddr::V4(address)))) => digest(&[b"peer ", &address.octets()]),
            (None, Some(shell::Peer(std::net::IpAddr::V6(address)))) => digest(&[b"peer ", &address.octets()[..8]]),
            (None, None) => digest(&[b"peer unknown"]),
        }
    }
}

fn patient_key(patient: PatientId) -> Digest {
    digest(&[b"patient ", patient.to_string().as_bytes()])
}

/// What came of choosing a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HoldOutcome {
    /// Nobody else can take it before then.
    Held { held_until: Timestamp },
    /// It is free, and not held: too many strangers hold times from this network address.
    NotHeld,
}

/// A time that a browser holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SlotHold {
    /// Where.
    pub(crate) institution: InstitutionCode,
    /// When the visit would begin.
    pub(crate) start: Timestamp,
    /// The first instant in which it is free again.
    pub(crate) held_until: Timestamp,
}

impl Store {
    /// Holds a time for a browser, in place of any other that the browser or its patient holds.
    ///
    /// # Errors
    /// [`Refusal::SlotTaken`] where another has it; what was held before stays held then.
    pub(crate) async fn hold_slot(
        &self,
        holder: SlotHolder,
        wish: BookingRequest,
        now: Timestamp,
    ) -> Result<HoldOutcome, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let offer = directory::load_offer(transaction, wish.institution)?;
                let menu = offer.menu(wish.menu).ok_or(Refusal::NotFound)?;
                slot::check_bookable(&offer.opening, wish.start, menu.minutes, now)?;
                let visit = HeldVisit { institution: wish.institution, start: wish.start, minutes: menu.minutes };
                insert_hold(transaction, &store, holder, visit, now)
            })
            .await
    }

    /// The same for the new time of an appointment of the patient.
    pub(crate) async fn hold_slot_for_reschedule(
        &self,
        holder: SlotHolder,
        patient: PatientId,
        id: AppointmentId,
        start: Timestamp,
        now: Timestamp,
    ) -> Result<HoldOutcome, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let seen = super::appointment::find_for_patient(transaction, patient, id)?.ok_or(Refusal::NotFound)?;
                if seen.openness(now) != Openness::Changeable {
                    return Err(Refusal::Closed(id));
                }
                let opening = directory::load_opening(transaction, seen.institution)?;
                slot::check_bookable(&opening, start, seen.menu.minutes, now)?;
                let visit = HeldVisit { institution: seen.institution, start, minutes: seen.menu.minutes };
                insert_hold(transaction, &store, holder, visit, now)
            })
            .await
    }

    /// What this browser holds.
    pub(crate) async fn find_hold(&self, browser: Digest, now: Timestamp) -> Result<Option<SlotHold>, Refusal> {
        self.database.read(move |transaction| Ok(find_hold(transaction, browser, now)?)).await
    }
}

#[derive(Clone, Copy)]
struct HeldVisit {
    institution: InstitutionCode,
    start: Timestamp,
    minutes: u32,
}

fn insert_hold(
    transaction: &mut Transaction<'_>,
    store: &Store,
    holder: SlotHolder,
    visit: HeldVisit,
    now: Timestamp,
) -> Result<HoldOutcome, Refusal> {
    let HeldVisit { institution, start, minutes } = visit;
    transaction.execute("DELETE FROM slot WHERE held_until <= $1", &[&now])?;
    if let Some(held) = find_hold(transaction, holder.browser, now)?
        && (held.institution, held.start) == (institution, start)
    {
        // Choosing the same time again does not lengthen a hold, or one browser could keep it for ever.
        return Ok(HoldOutcome::Held { held_until: held.held_until });
    }
    let counted_for = holder.limit_key();
    release_hold(transaction, holder.browser)?;
    if holder.patient.is_some() {
        transaction.execute("DELETE FROM slot WHERE held_for = $1", &[&counted_for])?;
    } else if count_holders(transaction, counted_for)? >= u32::from(store.limits.holds_per_peer) {
        require_slot_free(transaction, institution, (start, minutes), Some(holder.browser), now)?;
        return Ok(HoldOutcome::NotHeld);
    }
    let until = slot::hold_end(now, start, store.limits.hold_minutes);
    for unit in slot::visit_units(start, minutes) {
        let held = transaction.execute(
            "INSERT INTO slot (institution, begins, holder, held_for, held_until) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT DO NOTHING",
            &[&institution, &unit, &holder.browser, &counted_for, &until],
        )?;
        if held == 0 {
            return Err(Refusal::SlotTaken);
        }
    }
    Ok(HoldOutcome::Held { held_until: until })
}

fn count_holders(transaction: &mut Transaction<'_>, counted_for: Digest) -> Result<u32, Error> {
    transaction
        .fetch_one("SELECT COUNT(DISTINCT holder) FROM slot WHERE held_for = $1", &[&counted_for], |row| row.get(0))
}

/// Refuses a time of which another has a part.
pub(crate) fn require_slot_free(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    (start, minutes): (Timestamp, u32),
    browser: Option<Digest>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let last = slot::visit_units(start, minutes).last().unwrap_or(start);
    let taken: u32 = transaction.fetch_one(
        "SELECT COUNT(*) FROM slot WHERE institution = $1 AND begins >= $2 AND begins <= $3
            AND (appointment IS NOT NULL OR (held_until > $4 AND holder <> $5))",
        &[&institution, &start, &last, &now, &browser.unwrap_or_else(nonexistent_browser)],
        |row| row.get(0),
    )?;
    if taken == 0 { Ok(()) } else { Err(Refusal::SlotTaken) }
}

fn find_hold(transaction: &mut Transaction<'_>, browser: Digest, now: Timestamp) -> Result<Option<SlotHold>, Error> {
    transaction.fetch_optional(
        "SELECT institution, MIN(begins), MIN(held_until) FROM slot WHERE holder = $1 AND held_until > $2
         GROUP BY institution",
        &[&browser, &now],
        |row| Ok(SlotHold { institution: row.get(0)?, start: row.get(1)?, held_until: row.get(2)? }),
    )
}

/// Frees what a browser holds.
pub(crate) fn release_hold(transaction: &mut Transaction<'_>, browser: Digest) -> Result<(), Error> {
    transaction.execute("DELETE FROM slot WHERE holder = $1", &[&browser]).map(|_| ())
}

/// Carries a hold over to the new secret of its browser when a patient signs in with it, in place of what that patient
/// holds in other browsers.
pub(crate) fn transfer_hold(
    transaction: &mut Transaction<'_>,
    from: Digest,
    to: Digest,
    patient: PatientId,
) -> Result<(), Error> {
    let held: u32 = transaction.fetch_one("SELECT COUNT(*) FROM slot WHERE holder = $1", &[&from], |row| row.get(0))?;
    if held > 0 {
        transaction.execute("DELETE FROM slot WHERE held_for = $1", &[&patient_key(patient)])?;
        transaction.execute(
            "UPDATE slot SET holder = $2, held_for = $3 WHERE holder = $1",
            &[&from, &to, &patient_key(patient)],
        )?;
    }
    Ok(())
}

/// Takes every quarter hour of a visit for an appointment, each of which only one can have. What the booking browser
/// holds becomes the appointment's; what another browser holds is taken until its hold ends.
pub(crate) fn book_slot(
    transaction: &mut Transaction<'_>,
    appointment: (InstitutionCode, AppointmentId),
    (start, minutes): (Timestamp, u32),
    browser: Option<Digest>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let (institution, id) = appointment;
    for unit in slot::visit_units(start, minutes) {
        let taken = transaction.execute(
            "INSERT INTO slot (institution, begins, appointment) VALUES ($1, $2, $3)
             ON CONFLICT (institution, begins) DO UPDATE
                SET appointment = $3, holder = NULL, held_for = NULL, held_until = NULL
                WHERE slot.holder = $4 OR slot.held_until <= $5",
            &[&institution, &unit, &id, &browser, &now],
        )?;
        if taken == 0 {
            return Err(Refusal::SlotTaken);
        }
    }
    match browser {
        Some(browser) => Ok(release_hold(transaction, browser)?),
        None => Ok(()),
    }
}
