//! The task that writes gathered letters.

use std::time::Duration;

use base::Clock;

use crate::store::Store;

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
