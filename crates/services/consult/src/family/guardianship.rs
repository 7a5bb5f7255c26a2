//! The task that ends the access of parents to children who come of age.

use std::time::Duration;

use base::{Causes, Clock, Timestamp};
use jobs::PeriodicJob;

use crate::{refusal::Refusal, store::Store};

const GUARDIANSHIP: PeriodicJob = PeriodicJob { name: "guardianship", pause: Duration::from_mins(10) };

/// How many accesses one round advances.
const MAX_STEPS_PER_ROUND: u32 = 200;

/// Warns and ends accesses as long as the future is polled. Any number of nodes may do so at once.
pub(crate) async fn run_guardianship(store: Store, clock: Clock) {
    jobs::run_periodically(GUARDIANSHIP, || advance_due_guardianships(&store, clock.now())).await;
}

/// Advances what is due. One that fails is logged, and keeps no other from its turn.
pub(crate) async fn advance_due_guardianships(store: &Store, now: Timestamp) -> Result<(), Refusal> {
    for step in store.list_due_guardianships(MAX_STEPS_PER_ROUND, now).await? {
        if let Err(error) = store.advance_guardianship(step, now).await {
            tracing::warn!(error = %Causes(&error), "the access of a parent could not be advanced");
        }
    }
    Ok(())
}
