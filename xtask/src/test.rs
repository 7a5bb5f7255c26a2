//! Runs test programs beside each other, those that take long first.
//!
//! cargo-nextest would do this for Rust, but starts a process for each test: keys, authorities and whole demos that a program's
//! tests share would be made a thousand times. `cargo test` runs one program after the other, and the long last test of each
//! leaves a core idle. Here whole programs run, two at a time, and the browser's files stand in the same queue.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crate::{StepError, describe, target_folder, workspace_root};

/// How many run at once. Each uses all cores while it can; a second one fills what the first leaves.
const PARALLEL_JOBS: usize = 2;

/// How long one may take before it is ended.
const JOB_TIMEOUT: Duration = Duration::from_mins(30);

/// How long it has to end what it started itself.
const TERMINATION_TIMEOUT: Duration = Duration::from_secs(10);

/// How often a running one is looked at.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Something that passes or fails: commands that are run one after the other until one fails.
pub(crate) struct Job {
    pub(crate) name: String,
    pub(crate) commands: Vec<Command>,
    /// Whether it has to tell how many tests it ran.
    pub(crate) counts: bool,
}

/// How many tests there were.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Counts {
    passed: u32,
    failed: u32,
    skipped: u32,
}

/// A job that ended.
struct JobResult {
    name: String,
    took: Duration,
    counts: Counts,
    failure: Option<StepError>,
    log: PathBuf,
}

/// The seconds that jobs took when they were last recorded. Only the order depends on them.
fn times_file() -> PathBuf {
    workspace_root().join("xtask/test-times.txt")
}

/// Runs all of them, and fails when one does, with the whole output of each that failed.
pub(crate) fn run_jobs(jobs: Vec<Job>, record_times: bool) -> Result<(), StepError> {
    let times = fs::read_to_string(times_file()).map(|text| parse_times(&text)).unwrap_or_default();
    let waiting = Mutex::new(sort_by_duration(jobs, &times));
    let logs = target_folder().join("test-logs");
    fs::create_dir_all(&logs).map_err(|error| format!("{}: {error}", logs.display()))?;
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..PARALLEL_JOBS {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop();
                    let Some(job) = next else { return };
                    let job = run_job(job, &logs);
                    // Held while the job is told of, so that no two are told at once.
                    let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                    job.print();
                    results.push(job);
                }
            });
        }
    });
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    if record_times {
        fs::write(times_file(), format_times(&results)).map_err(|error| error.to_string())?;
    }
    summarise(&results)
}

/// The last is taken first. Of what was never timed nobody knows how long it takes: it is taken before all others.
fn sort_by_duration(mut jobs: Vec<Job>, times: &BTreeMap<String, u64>) -> Vec<Job> {
    jobs.sort_by_key(|job| times.get(&job.name).copied().unwrap_or(u64::MAX));
    jobs
}

fn run_job(job: Job, logs: &Path) -> JobResult {
    let began = Instant::now();
    let log = logs.join(format!("{}.log", job.name.replace('/', "--")));
    let failure = run_logged(job.commands, &log).err();
    let counts = parse_counts(&String::from_utf8_lossy(&fs::read(&log).unwrap_or_default()));
    let silent = job.counts && counts.is_none();
    let counts = counts.unwrap_or_default();
    let failure = failure.or_else(|| silent.then(|| "it does not say how many tests it ran".to_owned()));
    JobResult { name: job.name, took: began.elapsed(), counts, failure, log }
}

fn run_logged(commands: Vec<Command>, log: &Path) -> Result<(), StepError> {
    let file = File::create(log).map_err(|error| format!("{}: {error}", log.display()))?;
    for mut command in commands {
        let command_text = describe(&command);
        let status = run_with_timeout(&mut command, &file).map_err(|error| format!("{command_text}: {error}"))?;
        match status {
            Some(status) if status.success() => {}
            Some(status) => return Err(format!("{command_text}: {status}")),
            None => return Err(format!("{command_text}: ended after {} minutes", JOB_TIMEOUT.as_secs() / 60)),
        }
    }
    Ok(())
}

/// How a command ended, or `None` if it had to be ended.
#[expect(clippy::disallowed_methods, reason = "waits for a process")]
fn run_with_timeout(command: &mut Command, log: &File) -> io::Result<Option<ExitStatus>> {
    let mut child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log.try_clone()?).spawn()?;
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if began.elapsed() > JOB_TIMEOUT {
            if terminate(&mut child, TERMINATION_TIMEOUT)?.is_none() {
                child.kill()?;
                child.wait()?;
            }
            return Ok(None);
        }
        thread::sleep(POLL_INTERVAL);
    }
}

/// Sends SIGTERM, upon which a process ends what it started; how it ended, or `None` if it did not in time.
#[expect(clippy::disallowed_methods, reason = "waits for a process")]
pub(crate) fn terminate(child: &mut Child, timeout: Duration) -> io::Result<Option<ExitStatus>> {
    Command::new("kill").arg(child.id().to_string()).status()?;
    let asked = Instant::now();
    while asked.elapsed() < timeout {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(POLL_INTERVAL);
    }
    Ok(None)
}

impl JobResult {
    /// One line, and all that it printed if it failed.
    fn print(&self) {
        let Self { name, took, counts, failure, log } = self;
        let seconds = took.as_secs_f64();
        let Some(failure) = failure else {
            eprintln!("xtask: {seconds:6.1} s  {name}: {}", counts.passed);
            return;
        };
        eprintln!("xtask: {seconds:6.1} s  {name}: FAILED\n{}", fs::read_to_string(log).unwrap_or_default());
        eprintln!("xtask: {name}: {failure}");
    }
}

fn summarise(results: &[JobResult]) -> Result<(), StepError> {
    let failed: Vec<&str> = results.iter().filter(|job| job.failure.is_some()).map(|job| job.name.as_str()).collect();
    let mut sum = Counts::default();
    for JobResult { counts, failure, .. } in results {
        sum.passed += counts.passed;
        // One that broke off may have counted nothing.
        sum.failed += counts.failed.max(u32::from(failure.is_some()));
        sum.skipped += counts.skipped;
    }
    eprintln!("tests: {} passed, {} failed, {} skipped", sum.passed, sum.failed, sum.skipped);
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

/// What Rust's tests (`test result: ok. 3 passed; 0 failed; 1 ignored; …`) and Node's (`ℹ pass 3`) say at their end; `None` where
/// neither did. A program without a test says that it ran none.
fn parse_counts(output: &str) -> Option<Counts> {
    let mut sum = None;
    let number = |word: Option<&str>| word.and_then(|word| word.parse::<u32>().ok()).unwrap_or(0);
    for line in output.lines() {
        if let Some((_, results)) = line.strip_prefix("test result: ").and_then(|line| line.split_once(". ")) {
            let counts: &mut Counts = sum.get_or_insert_default();
            for result in results.split("; ") {
                let mut words = result.split(' ');
                let some = number(words.next());
                match words.next() {
                    Some("passed") => counts.passed += some,
                    Some("failed") => counts.failed += some,
                    Some("ignored") => counts.skipped += some,
                    _ => {}
                }
            }
        } else if let Some((what, some)) = line.strip_prefix("ℹ ").and_then(|line| line.split_once(' ')) {
            let counts: &mut Counts = sum.get_or_insert_default();
            match what {
                "pass" => counts.passed += number(Some(some)),
                "fail" | "cancelled" => counts.failed += number(Some(some)),
                "skipped" | "todo" => counts.skipped += number(Some(some)),
                _ => {}
            }
        }
    }
    sum
}

/// Lines of seconds and name.
fn parse_times(text: &str) -> BTreeMap<String, u64> {
    let line = |line: &str| {
        let (seconds, name) = line.trim().split_once(' ')?;
        Some((name.to_owned(), seconds.parse().ok()?))
    };
    text.lines().filter_map(line).collect()
}

/// Sorted by name, so that a change shows as itself.
fn format_times(results: &[JobResult]) -> String {
    let sorted: BTreeMap<_, _> = results.iter().map(|job| (&job.name, job.took.as_secs())).collect();
    sorted.iter().fold(String::new(), |mut text, (name, seconds)| {
        // Writing to a string cannot fail.
        let _written = writeln!(text, "{seconds} {name}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(name: &str, script: &str, counts: bool) -> Job {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Job { name: name.to_owned(), commands: vec![command], counts }
    }

    fn results(script: &str, counts: bool) -> JobResult {
        let logs = std::env::temp_dir().join(format!("uketsuke-logs-{}", std::process::id()));
        fs::create_dir_all(&logs).unwrap();
        let name = format!("{:?}", thread::current().id());
        run_job(shell(&name, script, counts), &logs)
    }

    #[test]
    fn tests_of_rust_and_of_node_are_counted() {
        let rust = "test a ... ok\n\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n";
        assert_eq!(parse_counts(rust), Some(Counts { passed: 3, failed: 0, skipped: 1 }));
        assert_eq!(parse_counts(&rust.repeat(2)), Some(Counts { passed: 6, failed: 0, skipped: 2 }));
        let broken =
            "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s\n";
        assert_eq!(parse_counts(broken), Some(Counts { passed: 1, failed: 2, skipped: 0 }));
        let node = "✔ one (2 ms)\nℹ tests 4\nℹ suites 1\nℹ pass 2\nℹ fail 1\nℹ cancelled 0\nℹ skipped 1\nℹ todo 0\n";
        assert_eq!(parse_counts(node), Some(Counts { passed: 2, failed: 1, skipped: 1 }));
        assert_eq!(parse_counts(&broken.replace(['1', '2'], "0")), Some(Counts::default()));
        assert_eq!(parse_counts("nothing of tests"), None);
    }

    #[test]
    fn what_ends_badly_or_without_a_count_fails() {
        const COUNT: &str = "echo 'test result: ok. 3 passed; 0 failed; 0 ignored'";
        for (script, counts, passes) in [
            (COUNT, true, true),
            ("true", true, false),
            ("true", false, true),
            ("false", false, false),
            (&format!("{COUNT}; exit 101"), true, false),
            ("kill -9 $$", false, false),
        ] {
            assert_eq!(results(script, counts).failure.is_none(), passes, "{script}");
        }
    }

    #[test]
    fn the_sum_fails_when_one_does() {
        let all = |scripts: &[&str]| scripts.iter().map(|script| results(script, false)).collect::<Vec<_>>();
        assert_eq!(summarise(&all(&["true", "true"])), Ok(()));
        assert!(summarise(&all(&["true", "false"])).is_err());
    }

    #[test]
    fn what_takes_long_or_was_never_timed_goes_first() {
        let times = parse_times("3 short\n\nnonsense\n70 long\n");
        let jobs = ["long", "new", "short"].map(|name| shell(name, "true", false)).into();
        let mut jobs = sort_by_duration(jobs, &times);
        let order: Vec<String> = std::iter::from_fn(|| jobs.pop()).map(|job| job.name).collect();
        assert_eq!(order, ["new", "long", "short"]);
    }
}
