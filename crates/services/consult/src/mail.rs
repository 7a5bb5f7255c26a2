//! Letters to patients and desks: written to the outbox in the transaction of the event that they report, and sent from
//! there.
//!
//! Mail is not confidential in transit, so a letter names no illness, no insurance and no person: it says what kind of event
//! happened, when the appointment is, where it was booked (unless the patient does not want that), and the address of the
//! page with the rest. The outbox stores a letter sealed, and deletes its text once a relay has taken it.

mod desk_letter;
mod letter;
mod message;
mod relay;
mod worker;

use std::time::Duration;

use base::{Clock, Timestamp};
use text::Language;

use crate::{rules::appointment::AppointmentId, store::Store};

pub(crate) use crate::rules::desk_letter::DeskEvent;
pub(crate) use desk_letter::{GatheredEvent, render_gathered_letter};
#[cfg(test)]
pub(crate) use letter::FORBIDDEN_WORDS;
pub use letter::Letter;
pub(crate) use letter::{
    AppointmentFacts, Letterhead, render_patient_letter, render_sign_in_code_letter, render_sign_ins_limited_letter,
};
pub(crate) use worker::MailWorker;
pub use worker::{MailTransport, Relay, RelayOutage, Security, WrongRelay};

/// A one-time code and its recipient.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CodeMessage<'a> {
    pub(crate) to: &'a str,
    pub(crate) code: &'a str,
    pub(crate) language: Language,
    pub(crate) expires_at: Timestamp,
}

/// A letter to write. The store finds address, language and time in the same transaction.
#[derive(Debug, Clone)]
pub(crate) enum Notification {
    /// Too many wrong passwords were entered for a desk's account.
    SignInsLimited { to: String },
    /// An event for the patient.
    ToPatient { appointment: AppointmentId, event: PatientEvent },
    /// An event for the institution's desk. Such events are gathered into one letter (`store::desk_news`).
    ToDesk { appointment: AppointmentId, event: DeskEvent },
}

/// The events that a patient is notified of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PatientEvent {
    Booked,
    Rescheduled,
    Cancelled,
    /// The desk asks for consent or for a picture; the ledger says which and why.
    Requested,
    Confirmed,
    Refused,
    /// The desk has undone the action that the last letter reported.
    Undone,
}

impl PatientEvent {
    #[cfg(test)]
    const ALL: [Self; 7] = [
        Self::Booked,
        Self::Rescheduled,
        Self::Cancelled,
        Self::Requested,
        Self::Confirmed,
        Self::Refused,
        Self::Undone,
    ];
}

/// The pause between two passes over the events gathered for desks.
const GATHERING_INTERVAL: Duration = Duration::from_secs(20);

/// Writes the gathered letters to desks, as long as the future is polled. Any number of nodes may do so at once.
pub(crate) async fn run_desk_letter_gathering(store: Store, clock: Clock) {
    loop {
        if let Err(error) = store.enqueue_gathered_letters(clock.now()).await {
            tracing::error!(%error, "letters to desks cannot be written");
        }
        tokio::time::sleep(GATHERING_INTERVAL).await;
    }
}
