//! The task that sends reminders.

use std::time::Duration;

use base::{Causes, Clock, Timestamp};
use jobs::PeriodicJob;

use super::rules::ReminderRung;
use crate::{refusal::Refusal, store::Store};

const REMINDERS: PeriodicJob = PeriodicJob { name: "reminders", pause: Duration::from_secs(30) };
/// How many visits of a rung are decided in one round, so that other letters are not kept waiting behind a day's reminders.
const MAX_VISITS_PER_ROUND: u32 = 200;

/// Sends reminders as long as the future is polled. Any number of nodes may do so at once.
pub(crate) async fn run_reminders(store: Store, clock: Clock) {
    jobs::run_periodically(REMINDERS, || async {
        decide_due_rungs(&store, clock.now()).await?;
        store.delete_old_reminders(clock.now()).await
    })
    .await;
}

/// Decides about the visits whose rungs are due. A visit that cannot be decided is logged, and keeps no other from its turn.
pub(crate) async fn decide_due_rungs(store: &Store, now: Timestamp) -> Result<(), Refusal> {
    for rung in ReminderRung::ALL {
        for (appointment, visit_start) in store.list_due_rungs(rung, now, MAX_VISITS_PER_ROUND).await? {
            match store.decide_rung(appointment, rung, visit_start, now).await {
                Ok(Some(letter)) => {
                    metrics::counter!("uketsuke_reminders_total", "rung" => rung.as_str(), "letter" => letter.as_str())
                        .increment(1);
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(error = %Causes(&error), rung = rung.as_str(), "a reminder could not be decided");
                }
            }
        }
    }
    Ok(())
}
