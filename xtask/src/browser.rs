//! The journeys and page checks in Chromium, and the gallery.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Failed, postgres::Server, root, run, target};

fn node() -> Command {
    let mut command = Command::new("node");
    command.current_dir(root().join("browser")).env("UKETSUKE", program());
    command
}

/// Every browser test, on the binary that was built.
pub(crate) fn test(server: &Server) -> Result<(), Failed> {
    let samples = target().join("samples");
    for language in ["ja", "en"] {
        write(&samples.join(language), language)?;
    }
    let mut tests = node();
    // A test that failed before it closed its browser must not keep the run from its end.
    tests.args(["--test", "--test-force-exit", "--test-reporter=spec"]).env("UKETSUKE_SAMPLES", &samples);
    run(tests.env("UKETSUKE_TEST_POSTGRES", server.url()))
}

/// Every page in every state as PNG.
pub(crate) fn gallery(folder: &Path) -> Result<(), Failed> {
    let folder = std::path::absolute(folder).map_err(|error| error.to_string())?;
    for language in ["ja", "en"] {
        let pages = folder.join("html").join(language);
        write(&pages, language)?;
        run(node().arg("gallery.mjs").arg(&pages).arg(folder.join(language)))?;
    }
    Ok(())
}

fn write(folder: &Path, language: &str) -> Result<(), Failed> {
    run(Command::new(program()).arg("gallery").arg(folder).args(["--language", language]))
}

/// The binary that was built.
fn program() -> PathBuf {
    target().join("debug/uketsuke")
}
