//! Letters to patients and desks: written to the outbox in the transaction of the event that they report, and sent from
//! there.
//!
//! Mail is not confidential in transit, so a letter names no illness, no insurance and no person: it says what kind of event
//! happened, when the appointment is, where it was booked (unless the patient does not want that), and the address of the
//! page with the rest. The outbox stores a letter sealed, and deletes its text once a relay has taken it.

pub(crate) mod letter;
pub(crate) mod message;
mod relay;
pub(crate) mod rules;
pub(crate) mod store;
pub(crate) mod texts;
pub(crate) mod worker;
