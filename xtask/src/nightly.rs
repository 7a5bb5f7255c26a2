//! What takes too long for every change: the same tests with their full numbers, fuzzing, the release and its package.

use crate::{
    StepError, ci,
    compile::{self, Lint},
    compiler, deny, dist, first_command, fuzz, package_test, run_command, setup,
    steps::Steps,
    without_demo,
};

/// What makes tests long. CI runs with fewer.
const FULL_NUMBERS: [(&str, &str); 3] = [
    // How often a terminal is killed.
    ("UKETSUKE_KILLS", "1000"),
    // How many random histories of consent are compared with the plain model.
    ("UKETSUKE_HISTORIES", "100000"),
    // Every page judged in full, also those of a shape that was judged before.
    ("UKETSUKE_EVERY_PAGE", "1"),
];

/// How long each fuzz target runs. There are some 35, two at a time.
const FUZZ_SECONDS: u32 = 60;

/// Does all of it, whatever fails, and tells at the end what did.
pub(crate) fn run() -> Result<(), StepError> {
    let steps = Steps::start();
    let ready = run_steps(&steps);
    eprint!("{}", steps.table());
    ready.and_then(|()| steps.outcome())
}

/// What fails is noted by the steps; an error ends the run, since nothing else could be done.
fn run_steps(steps: &Steps) -> Result<(), StepError> {
    steps.run("packages", || {
        setup::install_all()?;
        setup::install_packing_tools()?;
        setup::install_package_test_tools()
    })?;
    steps.attempt("licences, bans, sources", deny::check);
    let _noted = steps.check("advisories", deny::check_advisories);
    let _noted = steps.check("the oldest compiler", compiler::check_with_minimum_version);
    if let Some(built) = steps.attempt("build and lint", || compile::build(Lint::Deny)) {
        steps.attempt("tests with full numbers", || {
            ci::run_all_tests(&built, &FULL_NUMBERS, vec![ci::doctest_job(Lint::Deny)?], false)
        });
        steps.attempt("a program without the demo", || without_demo::check(&built.program));
    }
    steps.attempt("documentation of everything", || run_command(&mut ci::documentation_command()));
    steps.attempt("fuzz targets", || fuzz::run_all(FUZZ_SECONDS));
    steps.attempt("the README's first command", first_command::build_and_run);
    if let Some(package) = steps.attempt("release", dist::run) {
        steps.attempt("package, installed and started", || package_test::run(&package));
    }
    Ok(())
}
