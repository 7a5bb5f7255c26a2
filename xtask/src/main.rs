//! What is done with the workspace beside building it: `cargo xtask` tells.
//!
//! * `setup` installs what only tests need (Debian's packages and npm's), if it is missing.
//! * `test` does that and runs every test: Rust on SQLite and PostgreSQL, journeys and page checks in Chromium. `--record`
//!   writes down what each took, by which later runs put the long ones first, and which pages were found right.
//! * `ci` is all of CI: formatting, `deny`, lints, default features, documentation, and `test`.
//! * `nightly` runs what takes too long for that: the tests' full numbers, fuzz targets, advisories, the program without the demo, the
//!   release and its package. `without-demo` searches that program alone for what is made up.
//! * `deny` checks licences, banned crates, duplicate versions and, where their database can be fetched, advisories; with
//!   `--advisories` it fails where it cannot.
//! * `dist` builds a release into `target/dist`: an archive, a Debian package, a list of what is in them, checksums. With `--test` it
//!   installs the package where systemd runs its service, and removes it again; `package-test FILE` does that with one that is there.
//! * `first-command PROGRAM` starts a built program as the README's first command does, and stops it.
//! * `texts` prints every text of the pages in every language, side by side, for a translator.
//! * `gallery DIR` writes every page in every state as PNG, phone and desk size, both languages.

mod browser;
mod ci;
mod compile;
mod compiler;
mod deny;
mod dist;
mod first_command;
mod fuzz;
mod linked;
mod nightly;
mod notices;
mod package_test;
mod postgres;
mod sbom;
mod setup;
mod steps;
mod test;
mod texts;
mod without_demo;

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use compile::{Lint, PROGRAM_ALONE};
use steps::CheckOutcome;

const USAGE: &str = "cargo xtask setup | test [--record] | ci | nightly | without-demo | deny [--advisories] | \
                     dist [--test] | package-test FILE | first-command PROGRAM | texts | gallery DIR";

/// A step that failed, as it is told.
type StepError = String;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["setup"] => setup::install_all(),
        ["test"] => run_tests(false),
        ["test", "--record"] => run_tests(true),
        ["ci"] => ci::run(),
        ["nightly"] => nightly::run(),
        ["without-demo"] => compile::build_program(&PROGRAM_ALONE).and_then(|program| without_demo::check(&program)),
        ["deny"] => run_deny(false),
        ["deny", "--advisories"] => run_deny(true),
        ["dist"] => dist::run().map(drop),
        ["dist", "--test"] => dist::run().and_then(|package| test_package(&package)),
        ["package-test", package] => test_package(Path::new(package)),
        ["first-command", program] => first_command::run_program(Path::new(program)),
        ["texts"] => texts::print(),
        ["gallery", folder] => write_gallery(Path::new(folder)),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("xtask: {failed}");
            ExitCode::FAILURE
        }
    }
}

fn run_deny(advisories_required: bool) -> Result<(), StepError> {
    deny::check()?;
    match deny::check_advisories()? {
        CheckOutcome::Passed => Ok(()),
        CheckOutcome::Skipped(reason) if advisories_required => Err(reason),
        CheckOutcome::Skipped(reason) => {
            eprintln!("xtask: SKIPPED advisories: {reason}");
            Ok(())
        }
    }
}

fn run_tests(record: bool) -> Result<(), StepError> {
    setup::install_all()?;
    let variables: &[_] = if record { &[("UKETSUKE_RECORD_PAGES", "1")] } else { &[] };
    ci::run_all_tests(&compile::build(Lint::Off)?, variables, vec![ci::doctest_job(Lint::Off)?], record)
}

fn test_package(package: &Path) -> Result<(), StepError> {
    setup::install_package_test_tools()?;
    package_test::run(package)
}

fn write_gallery(folder: &Path) -> Result<(), StepError> {
    setup::install_all()?;
    browser::write_screenshots(&compile::build_program(&PROGRAM_ALONE)?, folder)
}

/// The workspace's root.
fn workspace_root() -> PathBuf {
    // Two folders above this crate's manifest's own.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Where this workspace is built.
fn target_folder() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace_root().join("target"), PathBuf::from)
}

fn cargo_command() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace_root());
    command
}

/// Whether there is such a program.
fn command_exists(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    found.is_ok_and(|status| status.success())
}

/// A command as one would type it.
fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// What a command prints.
fn read_output(command: &mut Command) -> Result<String, StepError> {
    let said = describe(command);
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| format!("{said}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{said}: {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("{said}: {error}"))
}

/// Runs a command to its end, saying which.
fn run_command(command: &mut Command) -> Result<(), StepError> {
    let said = describe(command);
    eprintln!("xtask: {said}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{said}: {status}")),
        Err(error) => Err(format!("{said}: {error}")),
    }
}
