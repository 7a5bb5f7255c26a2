//! A reception of a list, and what recording it means.

mod card_reader;
mod linked_appointment;
mod listed_reception;

pub(crate) use card_reader::as_received_at_reader;
pub(crate) use linked_appointment::{LinkEvidence, LinkedAppointment, SamePersonStatement};
pub(crate) use listed_reception::ListedReception;
