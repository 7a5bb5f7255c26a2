//! Letters to patients and desks: put into the outbox within the transaction of the event that they tell of, and carried
//! from there.
//!
//! A letter lies open on its way, so its words name no illness, no insurance and nobody: it says that something happened,
//! when the appointment is, where it was booked unless the patient does not want that, and where to read the rest. The
//! outbox keeps it sealed, and forgets its text once it has been handed over.

mod desk_letter;
mod letter;
mod message;
mod relay;
mod worker;

use std::time::Duration;

use base::{Clock, Timestamp};
use shell::Language;

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

/// The code that signs a patient in, and to whom it goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CodeMessage<'a> {
    pub(crate) to: &'a str,
    pub(crate) code: &'a str,
    pub(crate) language: Language,
    /// When the code is good no more.
    pub(crate) expires_at: Timestamp,
}

/// What is to be told, and to whom. The store finds address, language and time in the same transaction.
#[derive(Debug, Clone)]
pub(crate) enum Notification {
    /// A desk's account was tried with wrong passwords by strangers, too often.
    SignInsLimited {
        /// The account's address.
        to: String,
    },
    /// Something that the patient must learn of.
    ToPatient {
        /// About which appointment.
        appointment: AppointmentId,
        /// What happened.
        event: PatientEvent,
    },
    /// Something that the institution's desk must learn of. It is gathered (`store::desk_news`).
    ToDesk {
        /// About which appointment.
        appointment: AppointmentId,
        /// What happened.
        event: DeskEvent,
    },
}

/// What a patient is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PatientEvent {
    Booked,
    Rescheduled,
    Cancelled,
    /// The desk asks for consent or for a picture; for which and why stands in the ledger.
    Requested,
    Confirmed,
    Refused,
    /// The desk took back what the last letter told of.
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

/// How long it rests between two looks at what was gathered for desks.
const GATHERING_INTERVAL: Duration = Duration::from_secs(20);

/// Writes to desks what was gathered for them, for as long as it is polled. Any number of nodes may do so at once.
pub(crate) async fn run_desk_letter_gathering(store: Store, clock: Clock) {
    loop {
        if let Err(error) = store.enqueue_gathered_letters(clock.now()).await {
            tracing::error!(%error, "letters to desks cannot be written");
        }
        tokio::time::sleep(GATHERING_INTERVAL).await;
    }
}
