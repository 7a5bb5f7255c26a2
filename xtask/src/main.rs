//! What is done with the workspace beside building it: `cargo xtask` tells.
//!
//! * `setup` installs what only tests need (Debian's packages and npm's), if it is missing.
//! * `test` does that and runs every test: Rust on SQLite and PostgreSQL, journeys and page checks in Chromium.
//! * `ci` is all of CI: formatting, lints, and `test`.
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
type Failed = String;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["setup"] => setup::everything(),
        ["test"] => test(),
        ["ci"] => ci(),
        ["gallery", folder] => gallery(Path::new(folder)),
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

fn ci() -> Result<(), Failed> {
    setup::everything()?;
    run(cargo().args(["fmt", "--all", "--check"]))?;
    run(cargo().args(["clippy", "--workspace", "--all-targets", "--features", FEATURES, "--", "--deny", "warnings"]))?;
    test()
}

/// What tests and releases turn on.
const FEATURES: &str = "uketsuke/postgres,testkit/pcsc";

fn test() -> Result<(), Failed> {
    setup::everything()?;
    // Everything is built once, with one set of features; the browser drives the same binary.
    run(cargo().args(["build", "--workspace", "--all-targets", "--features", FEATURES]))?;
    let server = postgres::Server::start()?;
    let mut tests = cargo();
    tests.args(["test", "--workspace", "--features", FEATURES]).env("UKETSUKE_TEST_POSTGRES", server.url());
    tests.env("UKETSUKE_TEST_POSTGRES_CERTIFICATE", server.certificate());
    run(&mut tests)?;
    browser::test(&server)
}

fn gallery(folder: &Path) -> Result<(), Failed> {
    setup::everything()?;
    run(cargo().args(["build", "--package", "uketsuke"]))?;
    browser::gallery(folder)
}

/// The workspace's root.
fn root() -> PathBuf {
    // Two folders above this crate's manifest's own.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Where this workspace is built.
fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Runs a command to its end, saying which.
fn run(command: &mut Command) -> Result<(), Failed> {
    let said = format!("{command:?}").replace('"', "");
    eprintln!("xtask: {said}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{said}: {status}")),
        Err(error) => Err(format!("{said}: {error}")),
    }
}
