//! All of CI, for two cores: what can run beside something else does.

use std::{process::Command, thread};

use crate::{
    StepError, browser, cargo_command,
    compile::{self, BuildOutput, Lint, TestProgram},
    compiler, deny, first_command,
    postgres::PostgresServer,
    run_command, setup,
    steps::{CheckOutcome, Steps},
    test::{self as tests, Job},
};

/// How often a terminal is killed; `nightly` kills it a thousand times.
const KILLS: &str = "40";

/// How many random histories are compared with the plain model; `nightly` compares a hundred thousand.
const HISTORIES: &str = "20000";

/// The tests that need a program which only `setup`, `test` and `nightly` build, and the program of tests that has them.
const FOREIGN_CLIENT_TESTS: (&str, &str) = ("testkit/reader", "jpki_cli");

/// Why CI does not build it.
const FOREIGN_CLIENT_REASON: &str = "nightly builds it; here OpenSC and myna-card judge the card";

/// Runs everything, and prints what it took.
pub(crate) fn run() -> Result<(), StepError> {
    let steps = Steps::start();
    let outcome = run_steps(&steps);
    eprint!("{}", steps.table());
    outcome
}

fn run_steps(steps: &Steps) -> Result<(), StepError> {
    steps.run("compiler", compiler::check_compiler_version)?;
    steps.run("format", || run_command(cargo_command().args(["fmt", "--all", "--check"])))?;
    steps.run("packages to build with", setup::install_build_packages)?;
    let built = run_in_parallel(
        || {
            steps.run("licences, bans, sources", deny::check)?;
            steps.check("advisories", deny::check_advisories)?;
            steps.run("packages to test with", setup::install_test_tools)
        },
        || steps.run("build and lint", || compile::build(Lint::Deny)),
    )?;
    if !setup::has_foreign_card_client() {
        steps.check("a card read by jpki-cli", || Ok(CheckOutcome::Skipped(FOREIGN_CLIENT_REASON.to_owned())))?;
    }
    let numbers = [("UKETSUKE_KILLS", KILLS), ("UKETSUKE_HISTORIES", HISTORIES)];
    steps.run("tests", || {
        let others = vec![default_features_job()?, doctest_job(Lint::Deny)?, first_command::job(&built.program)];
        run_all_tests(&built, &numbers, others, false)
    })
}

/// Does one thing in a thread of its own while another is done, and gives the outcome of the latter if both went well.
pub(crate) fn run_in_parallel<T>(
    aside: impl FnOnce() -> Result<(), StepError> + Send,
    main: impl FnOnce() -> Result<T, StepError>,
) -> Result<T, StepError> {
    thread::scope(|scope| {
        let aside = scope.spawn(aside);
        let done = main();
        aside.join().unwrap_or_else(|_| Err("a step broke off".to_owned()))?;
        done
    })
}

/// Runs every test of what was built, on both databases and in Chromium, and these jobs.
pub(crate) fn run_all_tests(
    built: &BuildOutput,
    variables: &[(&str, &str)],
    others: Vec<Job>,
    record_times: bool,
) -> Result<(), StepError> {
    let server = PostgresServer::start()?;
    let mut jobs = browser::list_jobs(&built.program, variables, &server)?;
    for program in &built.tests {
        jobs.push(rust_test_job(program, variables, &server)?);
    }
    jobs.extend(others);
    tests::run_jobs(jobs, record_times)
}

/// A program of tests, run as `cargo test` runs it.
fn rust_test_job(test: &TestProgram, variables: &[(&str, &str)], server: &PostgresServer) -> Result<Job, StepError> {
    let mut command = Command::new(&test.program);
    command
        .current_dir(&test.folder)
        .env("CARGO_MANIFEST_DIR", &test.folder)
        .env("CARGO", cargo_command().get_program());
    command.env("LD_LIBRARY_PATH", compile::library_path(&test.program)?);
    command.env("UKETSUKE_TEST_POSTGRES", server.url());
    command.env("UKETSUKE_TEST_POSTGRES_CERTIFICATE", server.certificate());
    command.envs(variables.iter().copied());
    if test.name == FOREIGN_CLIENT_TESTS.0 && !setup::has_foreign_card_client() {
        command.args(["--skip", FOREIGN_CLIENT_TESTS.1]);
    }
    Ok(Job { name: test.name.clone(), commands: vec![command], counts: true })
}

/// The examples in documentation, of which there may be none.
pub(crate) fn doctest_job(lint: Lint) -> Result<Job, StepError> {
    let mut command = cargo_command();
    command.args(["test", "--quiet", "--doc", "--workspace", "--features", compile::FEATURES]);
    lint.apply(&mut command)?;
    Ok(Job { name: "doctests".to_owned(), commands: vec![command], counts: false })
}

/// Writes the documentation of every crate. Broken links fail. What the command line tells is documentation too, and shows
/// addresses as they are.
pub(crate) fn documentation_command() -> Command {
    let mut document = cargo_command();
    document.args(["doc", "--no-deps", "--workspace", "--features", compile::FEATURES]);
    document.env("RUSTDOCFLAGS", "--deny warnings --allow rustdoc::bare-urls");
    document
}

/// The features that the README's first command builds with, a program without the demo, and the documentation of every crate, private
/// items too. All need the metadata of the packages, and none of their code.
fn default_features_job() -> Result<Job, StepError> {
    let mut check = cargo_command();
    check.args(["check", "--quiet"]);
    let mut check_without_demo = cargo_command();
    check_without_demo.args(["check", "--quiet"]).args(compile::WITHOUT_DEMO);
    let mut document = documentation_command();
    document.args(["--quiet", "--document-private-items"]);
    let mut commands = vec![check, check_without_demo, document];
    for command in &mut commands {
        Lint::Deny.apply(command)?;
    }
    Ok(Job { name: "default-features-and-docs".to_owned(), commands, counts: false })
}
