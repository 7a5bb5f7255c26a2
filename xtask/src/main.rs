//! What is done with the workspace beside building it: `cargo xtask` tells.
//!
//! * `setup` installs what only tests need (Debian's packages and npm's), if it is missing.
//! * `test` does that and runs every test: Rust on SQLite and PostgreSQL, journeys and page checks in Chromium.
//! * `ci` is all of CI: formatting, lints, links in comments, and `test`.
//! * `gallery DIR` writes every page in every state as PNG, phone and desk size, both languages.

mod browser;
mod postgres;
mod setup;

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

/// A step that failed, as it is told.
type StepError = String;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["setup"] => setup::install_test_tools(),
        ["test"] => run_tests(),
        ["ci"] => run_ci(),
        ["gallery", folder] => write_gallery(Path::new(folder)),
        _ => Err("cargo xtask setup | test | ci | gallery DIR".to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("xtask: {failed}");
            ExitCode::FAILURE
        }
    }
}

fn run_ci() -> Result<(), StepError> {
    setup::install_test_tools()?;
    run_command(cargo_command().args(["fmt", "--all", "--check"]))?;
    run_command(cargo_command().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--features",
        FEATURES,
        "--",
        "--deny",
        "warnings",
    ]))?;
    check_documentation()?;
    run_tests()
}

/// Comments may link to an item only by the name that it has.
fn check_documentation() -> Result<(), StepError> {
    let mut document = cargo_command();
    document.args(["doc", "--workspace", "--no-deps", "--document-private-items", "--features", FEATURES]);
    // The help of the command line is documentation too, and shows addresses as they are.
    document.env("RUSTDOCFLAGS", "--deny warnings --allow rustdoc::bare-urls");
    run_command(&mut document)
}

/// What tests and releases turn on.
const FEATURES: &str = "uketsuke/postgres,testkit/pcsc";

fn run_tests() -> Result<(), StepError> {
    setup::install_test_tools()?;
    // Everything is built once, with one set of features; the browser drives the same binary.
    run_command(cargo_command().args(["build", "--workspace", "--all-targets", "--features", FEATURES]))?;
    let server = postgres::PostgresServer::start()?;
    let mut tests = cargo_command();
    tests.args(["test", "--workspace", "--features", FEATURES]).env("UKETSUKE_TEST_POSTGRES", server.url());
    tests.env("UKETSUKE_TEST_POSTGRES_CERTIFICATE", server.certificate());
    run_command(&mut tests)?;
    browser::run_browser_tests(&server)
}

fn write_gallery(folder: &Path) -> Result<(), StepError> {
    setup::install_test_tools()?;
    run_command(cargo_command().args(["build", "--package", "uketsuke"]))?;
    browser::write_screenshots(folder)
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

/// Runs a command to its end, saying which.
fn run_command(command: &mut Command) -> Result<(), StepError> {
    let said = format!("{command:?}").replace('"', "");
    eprintln!("xtask: {said}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{said}: {status}")),
        Err(error) => Err(format!("{said}: {error}")),
    }
}
