//! Letters to patients and desks: written to the outbox in the transaction of the event that they report, and sent from
//! there.
//!
//! Mail is not confidential in transit, so a letter names no illness, no insurance and no person: it says what kind of event
//! happened, when the appointment is, where it was booked (unless the patient does not want that), and the address of the
//! page with the rest. The outbox stores a letter sealed, and deletes its text once a relay has taken it.

mod desk_letter;
mod letter;
mod message;
mod patient_letter;
mod relay;
mod sign_in_letter;
mod staff_letter;
mod worker;

use std::time::Duration;

use base::Clock;

use crate::store::Store;

pub(crate) use desk_letter::{GatheredEvent, render_gathered_letter};
#[cfg(test)]
pub(crate) use letter::FORBIDDEN_WORDS;
pub use letter::Letter;
pub(crate) use letter::Letterhead;
pub(crate) use patient_letter::{AppointmentFacts, render_patient_letter};
pub(crate) use sign_in_letter::render_sign_in_code_letter;
pub(crate) use staff_letter::render_sign_ins_limited_letter;
pub(crate) use worker::MailWorker;
pub use worker::{MailTransport, Relay, RelayOutage, Security, WrongRelay};

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
