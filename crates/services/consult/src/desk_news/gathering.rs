//! The task that writes gathered letters.

use std::time::Duration;

use base::Clock;
use jobs::PeriodicJob;

use crate::store::Store;

const GATHERING: PeriodicJob = PeriodicJob { name: "desk_letters", pause: Duration::from_secs(20) };

/// Writes the gathered letters to desks, as long as the future is polled. Any number of nodes may do so at once.
pub(crate) async fn run_desk_letter_gathering(store: Store, clock: Clock) {
    jobs::run_periodically(GATHERING, || store.enqueue_gathered_letters(clock.now())).await;
}
