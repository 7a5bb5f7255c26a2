//! Work that a service repeats as long as it runs: cleaning up, gathering, asking others. Each round is counted, and after
//! failures the pauses grow, so that a database that is down is not asked by every node all the time.
//!
//! Start reading at [`run_periodically`].

use std::{error::Error, time::Duration};

use base::Causes;

/// The longest pause between two rounds after failures, unless the job's own pause is longer.
const MAX_BACKOFF: Duration = Duration::from_mins(5);

/// A job, by its name in log and metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodicJob {
    /// In the label `job` of `uketsuke_job_rounds_total`.
    pub name: &'static str,
    /// The pause between the end of a round and the next one.
    pub pause: Duration,
}

impl PeriodicJob {
    /// The pause after so many failures in a row: doubled for each, up to a limit.
    fn pause_after(&self, failures: u32) -> Duration {
        let doubled = self.pause.saturating_mul(2_u32.saturating_pow(failures));
        doubled.min(MAX_BACKOFF.max(self.pause))
    }
}

/// Repeats `round`, the first time at once. Never returns; the work ends when the future is dropped.
///
/// A round that fails is logged with its causes, and the next one comes after a longer pause.
pub async fn run_periodically<E: Error + 'static, Round: Future<Output = Result<(), E>>>(
    job: PeriodicJob,
    mut round: impl FnMut() -> Round,
) {
    let mut failures = 0;
    loop {
        let outcome = match round().await {
            Ok(()) => {
                failures = 0;
                "done"
            }
            Err(error) => {
                failures += 1;
                tracing::error!(job = job.name, failures, cause = %Causes(&error), "a round of a periodic job failed");
                "failed"
            }
        };
        metrics::counter!("uketsuke_job_rounds_total", "job" => job.name, "outcome" => outcome).increment(1);
        tokio::time::sleep(job.pause_after(failures)).await;
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, io};

    use tokio::time::Instant;

    use super::*;

    const JOB: PeriodicJob = PeriodicJob { name: "test", pause: Duration::from_mins(1) };

    /// The seconds at which rounds begin within an hour, if those with these numbers fail.
    async fn round_seconds(failing: impl Fn(usize) -> bool) -> Vec<u64> {
        let (start, seconds) = (Instant::now(), RefCell::new(Vec::new()));
        let rounds = run_periodically(JOB, || {
            let mut seconds = seconds.borrow_mut();
            seconds.push(start.elapsed().as_secs());
            std::future::ready(if failing(seconds.len()) { Err(io::Error::other("it failed")) } else { Ok(()) })
        });
        // The clock of the test stands still but for what is waited for.
        let timed_out = tokio::time::timeout(Duration::from_hours(1), rounds).await;
        assert!(timed_out.is_err(), "a job never ends");
        seconds.into_inner()
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_runs_at_once_and_after_each_pause() {
        let seconds = round_seconds(|_| false).await;
        assert_eq!(seconds, (0..=60).map(|minute| minute * 60).collect::<Vec<_>>());
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_with_failures_up_to_a_limit_and_shrink_after_a_success() {
        let seconds = round_seconds(|round| round <= 5).await;
        assert_eq!(seconds[..8], [0, 120, 360, 660, 960, 1260, 1320, 1380]);
    }

    #[test]
    fn a_long_pause_is_not_shortened() {
        let rare = PeriodicJob { name: "rare", pause: Duration::from_hours(1) };
        assert_eq!([0, 1, 40].map(|failures| rare.pause_after(failures)), [Duration::from_hours(1); 3]);
    }
}
