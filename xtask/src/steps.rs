//! What a long run spent its time on: a line for each step, as a table at its end.

use std::{
    fmt::Write,
    sync::Mutex,
    time::{Duration, Instant},
};

use crate::StepError;

/// The steps of a run so far. Steps may run beside each other.
pub(crate) struct Steps {
    started: Instant,
    finished: Mutex<Vec<Step>>,
}

struct Step {
    name: String,
    began: Duration,
    took: Duration,
    outcome: Outcome,
}

/// What became of a check that needs something that may not be here.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum CheckOutcome {
    Passed,
    /// Nothing was checked, for this reason: nobody may take it for passed.
    Skipped(String),
}

enum Outcome {
    Passed,
    Failed,
    Skipped(String),
}

impl Steps {
    /// Starts the clock.
    pub(crate) fn start() -> Self {
        Self { started: Instant::now(), finished: Mutex::default() }
    }

    /// Does a step and notes how long it took.
    pub(crate) fn run<T>(&self, name: &str, work: impl FnOnce() -> Result<T, StepError>) -> Result<T, StepError> {
        let began = self.started.elapsed();
        let result = work();
        if let Err(failed) = &result {
            // Whatever runs beside it goes on for some time.
            eprintln!("xtask: FAILED {name}: {failed}");
        }
        self.record(name, began, if result.is_ok() { Outcome::Passed } else { Outcome::Failed });
        result.map_err(|failed| format!("{name}: {failed}"))
    }

    /// Does a step of a run that goes on after a failure; `outcome` tells of it at the end.
    pub(crate) fn attempt<T>(&self, name: &str, work: impl FnOnce() -> Result<T, StepError>) -> Option<T> {
        self.run(name, work).ok()
    }

    /// Fails where a step did.
    pub(crate) fn outcome(&self) -> Result<(), StepError> {
        let steps = self.finished.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let failed = steps.iter().filter(|step| matches!(step.outcome, Outcome::Failed));
        let failed: Vec<&str> = failed.map(|step| step.name.as_str()).collect();
        if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
    }

    /// Does a check that may have to be skipped, and notes which it was.
    pub(crate) fn check(
        &self,
        name: &str,
        work: impl FnOnce() -> Result<CheckOutcome, StepError>,
    ) -> Result<(), StepError> {
        let began = self.started.elapsed();
        let result = work();
        let outcome = match &result {
            Ok(CheckOutcome::Passed) => Outcome::Passed,
            Ok(CheckOutcome::Skipped(reason)) => {
                eprintln!("xtask: SKIPPED {name}: {reason}");
                Outcome::Skipped(reason.clone())
            }
            Err(failed) => {
                eprintln!("xtask: FAILED {name}: {failed}");
                Outcome::Failed
            }
        };
        self.record(name, began, outcome);
        result.map(drop).map_err(|failed| format!("{name}: {failed}"))
    }

    fn record(&self, name: &str, began: Duration, outcome: Outcome) {
        let step = Step { name: name.to_owned(), began, took: self.started.elapsed().saturating_sub(began), outcome };
        self.finished.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(step);
    }

    /// The table, by when the steps began.
    pub(crate) fn table(&self) -> String {
        let mut steps = self.finished.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        steps.sort_by_key(|step| step.began);
        let mut table = String::from("  from s  took s  step\n");
        for Step { name, began, took, outcome } in steps.iter() {
            let note = match outcome {
                Outcome::Passed => String::new(),
                Outcome::Failed => " - FAILED".to_owned(),
                Outcome::Skipped(reason) => format!(" - SKIPPED: {reason}"),
            };
            // Writing to a string cannot fail.
            let _written = writeln!(table, "{:8.0}{:8.0}  {name}{note}", began.as_secs_f64(), took.as_secs_f64());
        }
        let _written = writeln!(table, "        {:8.0}  in all", self.started.elapsed().as_secs_f64());
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_what_failed_and_what_was_skipped() {
        let steps = Steps::start();
        steps.run("format", || Ok(())).unwrap();
        assert_eq!(steps.run("lint", || Err::<(), _>("bad".to_owned())), Err("lint: bad".to_owned()));
        assert_eq!(steps.check("advisories", || Ok(CheckOutcome::Skipped("no database".to_owned()))), Ok(()));
        assert_eq!(steps.attempt("test", || Ok(1)), Some(1));
        assert_eq!(steps.outcome(), Err("failed: lint".to_owned()));
        let table = steps.table();
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines.len(), 6, "{table}");
        for (line, end) in
            [(1, "0  format"), (2, "0  lint - FAILED"), (3, "advisories - SKIPPED: no database"), (5, "in all")]
        {
            assert!(lines[line].ends_with(end), "{table}");
        }
    }
}
