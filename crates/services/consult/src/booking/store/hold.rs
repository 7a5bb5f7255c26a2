//! Holds of slots while a patient signs in and enters data.
//!
//! A hold is a row of `slot` (`schedule::store::slot`). It belongs to a browser, expires, and becomes the appointment when its
//! browser books.

use base::{Digest, Timestamp, digest};
use database::{Error, Transaction};

use super::slot_choice::{FreeSlot, WantedSlot, choose_slot, choose_slot_for_reschedule};
use crate::{
    appointments::{
        self,
        rules::{AppointmentId, Openness},
    },
    booking::rules::BookingObstacle,
    directory::store::institutions,
    people::rules::account::{AccountId, hold_limit_key},
    refusal::Refusal,
    schedule::{
        rules::slot::{self, BookingRequest},
        store::slot::{find_hold, release_hold},
    },
    store::Store,
};

/// Who holds a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SlotHolder {
    /// The browser that the hold belongs to.
    pub(crate) browser: Digest,
    /// The account that is signed in with it.
    pub(crate) account: Option<AccountId>,
    /// The network address of the request.
    pub(crate) peer: Option<web::Peer>,
}

impl SlotHolder {
    /// The key under which holds are counted: the account, else the network address. Of an IPv6 address only the first
    /// 64 bits count, the prefix that one household or machine is assigned.
    pub(crate) fn limit_key(&self) -> Digest {
        match (self.account, self.peer) {
            (Some(account), _) => hold_limit_key(account),
            (None, Some(web::Peer(std::net::IpAddr::V4(address)))) => digest(&[b"peer ", &address.octets()]),
            (None, Some(web::Peer(std::net::IpAddr::V6(address)))) => digest(&[b"peer ", &address.octets()[..8]]),
            (None, None) => digest(&[b"peer unknown"]),
        }
    }
}

/// The outcome of holding a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HoldOutcome {
    /// Nobody else can book the slot before then.
    Held { held_until: Timestamp },
    /// The slot is free, but not held: this network address has reached its limit of holds.
    NotHeld,
}

impl Store {
    /// Holds a slot for a browser, in place of any other that the browser or its account holds.
    ///
    /// # Errors
    /// [`Refusal::SlotTaken`] if another has it; a previous hold is kept then.
    pub(crate) async fn hold_slot(
        &self,
        holder: SlotHolder,
        request: BookingRequest,
        now: Timestamp,
    ) -> Result<HoldOutcome, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let offer = institutions::load_offer(transaction, request.institution, now)?;
                let menu = offer.menu(request.menu).ok_or(Refusal::NotFound)?;
                let slot = choose_slot(transaction, (&offer, menu), request.into(), Some(holder.browser), now)?;
                insert_hold(transaction, &store, holder, slot, now)
            })
            .await
    }

    /// Holds a slot to reschedule an appointment to.
    pub(crate) async fn hold_slot_for_reschedule(
        &self,
        holder: SlotHolder,
        account: AccountId,
        id: AppointmentId,
        wanted: impl Into<WantedSlot>,
        now: Timestamp,
    ) -> Result<HoldOutcome, Refusal> {
        let (store, wanted) = (self.clone(), wanted.into());
        self.database
            .write(move |transaction| {
                let appointment =
                    appointments::store::find_for_account(transaction, account, id)?.ok_or(Refusal::NotFound)?;
                if appointment.openness(now) != Openness::Changeable {
                    return Err(Refusal::Closed(id));
                }
                if !appointment.can_be_rescheduled(now) {
                    return Err(BookingObstacle::AfterLimit(id).into());
                }
                let browser = Some(holder.browser);
                let slot = choose_slot_for_reschedule(transaction, &appointment, wanted, browser, now)?;
                insert_hold(transaction, &store, holder, slot, now)
            })
            .await
    }
}

fn insert_hold(
    transaction: &mut Transaction<'_>,
    store: &Store,
    holder: SlotHolder,
    slot: FreeSlot,
    now: Timestamp,
) -> Result<HoldOutcome, Refusal> {
    let FreeSlot { institution, practitioner, start, terms } = slot;
    transaction.execute("DELETE FROM slot WHERE held_until <= $1", &[&now])?;
    if let Some(hold) = find_hold(transaction, holder.browser, now)?
        && (hold.practitioner, hold.start) == (practitioner, start)
    {
        // Choosing the same slot again does not extend the hold, or one browser could keep it for ever.
        return Ok(HoldOutcome::Held { held_until: hold.held_until });
    }
    let limit_key = holder.limit_key();
    release_hold(transaction, holder.browser)?;
    if holder.account.is_some() {
        transaction.execute("DELETE FROM slot WHERE held_for = $1", &[&limit_key])?;
    } else if count_holders(transaction, limit_key)? >= u32::from(store.limits.holds_per_peer) {
        return Ok(HoldOutcome::NotHeld);
    }
    let held_until = slot::hold_end(now, start, store.limits.hold_minutes);
    for unit in terms.units(start) {
        let inserted = transaction.execute(
            "INSERT INTO slot (institution, practitioner, begins, holder, held_for, held_until)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            &[&institution, &practitioner, &unit, &holder.browser, &limit_key, &held_until],
        )?;
        if inserted == 0 {
            return Err(Refusal::SlotTaken);
        }
    }
    Ok(HoldOutcome::Held { held_until })
}

fn count_holders(transaction: &mut Transaction<'_>, limit_key: Digest) -> Result<u32, Error> {
    transaction
        .fetch_one("SELECT COUNT(DISTINCT holder) FROM slot WHERE held_for = $1", &[&limit_key], |row| row.get(0))
}
