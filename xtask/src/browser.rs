//! The journeys and page checks in Chromium, and the gallery.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{StepError, postgres::PostgresServer, run_command, target_folder, workspace_root};

fn node_command() -> Command {
    let mut command = Command::new("node");
    command.current_dir(workspace_root().join("browser")).env("UKETSUKE", program_path());
    command
}

/// Every browser test, on the binary that was built.
pub(crate) fn run_browser_tests(server: &PostgresServer) -> Result<(), StepError> {
    let samples = target_folder().join("samples");
    for language in ["ja", "en"] {
        write_gallery(&samples.join(language), language)?;
    }
    let mut tests = node_command();
    // A test that failed before it closed its browser must not keep the run from its end.
    tests.args(["--test", "--test-force-exit", "--test-reporter=spec"]).env("UKETSUKE_SAMPLES", &samples);
    run_command(tests.env("UKETSUKE_TEST_POSTGRES", server.url()))
}

/// Every page in every state as PNG.
pub(crate) fn write_screenshots(folder: &Path) -> Result<(), StepError> {
    let folder = std::path::absolute(folder).map_err(|error| error.to_string())?;
    for language in ["ja", "en"] {
        let pages = folder.join("html").join(language);
        write_gallery(&pages, language)?;
        run_command(node_command().arg("gallery.mjs").arg(&pages).arg(folder.join(language)))?;
    }
    Ok(())
}

fn write_gallery(folder: &Path, language: &str) -> Result<(), StepError> {
    run_command(Command::new(program_path()).arg("gallery").arg(folder).args(["--language", language]))
}

/// The binary that was built.
fn program_path() -> PathBuf {
    target_folder().join("debug/uketsuke")
}
