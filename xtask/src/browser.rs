//! The journeys and page checks in Chromium, and the gallery.

use std::{fs, path::Path, process::Command};

use crate::{StepError, postgres::PostgresServer, run_command, target_folder, test::Job, workspace_root};

/// A job for each file of browser tests. They drive the program that was built, and look at the sample pages that it writes.
pub(crate) fn list_jobs(
    program: &Path,
    variables: &[(&str, &str)],
    server: &PostgresServer,
) -> Result<Vec<Job>, StepError> {
    let samples = target_folder().join("samples");
    for language in ["ja", "en"] {
        write_samples(program, &samples.join(language), language)?;
    }
    let folder = workspace_root().join("browser");
    let files = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    let job = |name: String| {
        let mut test = node_command(program);
        // A test that failed before it closed its browser must not keep the run from its end.
        test.args(["--test", "--test-force-exit", "--test-reporter=spec", &name]);
        test.envs(variables.iter().copied());
        test.env("UKETSUKE_SAMPLES", &samples).env("UKETSUKE_TEST_POSTGRES", server.url());
        Job { name: format!("browser/{}", name.trim_end_matches(".test.mjs")), commands: vec![test], counts: true }
    };
    Ok(names.filter(|name| name.ends_with(".test.mjs")).map(job).collect())
}

fn node_command(program: &Path) -> Command {
    let mut command = Command::new("node");
    command.current_dir(workspace_root().join("browser")).env("UKETSUKE", program).env("NO_COLOR", "1");
    command
}

/// Every page in every state as PNG.
pub(crate) fn write_screenshots(program: &Path, folder: &Path) -> Result<(), StepError> {
    let folder = std::path::absolute(folder).map_err(|error| error.to_string())?;
    for language in ["ja", "en"] {
        let pages = folder.join("html").join(language);
        write_samples(program, &pages, language)?;
        run_command(node_command(program).arg("gallery.mjs").arg(&pages).arg(folder.join(language)))?;
    }
    Ok(())
}

fn write_samples(program: &Path, folder: &Path, language: &str) -> Result<(), StepError> {
    run_command(Command::new(program).arg("gallery").arg(folder).args(["--language", language]))
}
