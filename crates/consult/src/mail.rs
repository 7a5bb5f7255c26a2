//! Letters to patients and desks: put into the outbox within the transaction of the event that they tell of, and carried
//! from there.
//!
//! A letter lies open on its way, so its words name no illness, no insurance and nobody: it says that something happened,
//! when the appointment is, where it was booked unless the patient does not want that, and where to read the rest. The
//! outbox keeps it sealed, and forgets its text once it has been handed over.

mod carrier;
mod letter;
mod message;
mod relay;

use base::Timestamp;
use shell::Language;

use crate::rules::appointment::AppointmentId;

pub(crate) use carrier::MailWorker;
pub use carrier::{Carrier, Relay, RelayTrouble, Security, WrongRelay};
#[cfg(test)]
pub(crate) use letter::FORBIDDEN;
pub use letter::Letter;
pub(crate) use letter::{AppointmentFacts, Letterhead, sign_in_code, to_desk, to_patient};

/// The code that signs a patient in, and to whom it goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CodeMessage<'a> {
    pub(crate) to: &'a str,
    pub(crate) code: &'a str,
    pub(crate) language: Language,
    /// When the code is good no more.
    pub(crate) dies_at: Timestamp,
}

/// What is to be told, and to whom. The store finds address, language and time in the same transaction.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// Something that the patient must learn of.
    ToPatient {
        /// About which appointment.
        appointment: AppointmentId,
        /// What happened.
        event: PatientEvent,
    },
    /// Something that the institution's desk must learn of.
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
    Moved,
    Cancelled,
    /// The desk asks for consent or for a picture; for which and why stands in the ledger.
    Requested,
    Confirmed,
    Refused,
}

impl PatientEvent {
    #[cfg(test)]
    const ALL: [Self; 6] =
        [Self::Booked, Self::Moved, Self::Cancelled, Self::Requested, Self::Confirmed, Self::Refused];
}

/// What a desk is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeskEvent {
    Booked,
    Moved,
    Cancelled,
    Registered,
    SaidDone,
    PictureArrived,
    PictureErased,
    Withdrawn,
    Lapsed,
}

impl DeskEvent {
    #[cfg(test)]
    const ALL: [Self; 9] = [
        Self::Booked,
        Self::Moved,
        Self::Cancelled,
        Self::Registered,
        Self::SaidDone,
        Self::PictureArrived,
        Self::PictureErased,
        Self::Withdrawn,
        Self::Lapsed,
    ];
}
