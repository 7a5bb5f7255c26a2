//! The fuzz targets of every crate, for some time each, without a sanitizer: so they run on the stable compiler.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    StepError, cargo_command, read_output, run_command, target_folder,
    test::{self, Job},
    workspace_root,
};

/// The version of cargo-fuzz, which is installed where it is not there.
const VERSION: &str = "0.13.2";

/// Builds all targets and lets each run for so many seconds. What they find out goes below `target`; a crash fails.
pub(crate) fn run_all(seconds: u32) -> Result<(), StepError> {
    install_cargo_fuzz()?;
    let mut folders = Vec::new();
    find_fuzz_folders(&workspace_root().join("crates"), &mut folders).map_err(|error| format!("crates: {error}"))?;
    let mut jobs = Vec::new();
    for folder in &folders {
        let fuzz = |action: &str| {
            let mut command = cargo_command();
            command
                .args(["fuzz", action, "--fuzz-dir"])
                .arg(folder)
                .env("CARGO_TARGET_DIR", target_folder().join("fuzz"));
            command.env("PATH", search_path());
            command
        };
        run_command(fuzz("build").args(["--sanitizer", "none"]))?;
        let owner = folder.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
        for name in read_output(&mut fuzz("list"))?.lines() {
            let mut attack = fuzz("run");
            attack.args(["--sanitizer", "none", name]);
            // The first folder is written to, the others are only read.
            let found = target_folder().join("fuzz-corpus").join(&owner).join(name);
            fs::create_dir_all(&found).map_err(|error| format!("{}: {error}", found.display()))?;
            attack.arg(found).args(Some(folder.join("corpus").join(name)).filter(|kept| kept.exists()));
            attack.arg("--").arg(format!("-max_total_time={seconds}"));
            jobs.push(Job { name: format!("fuzz/{owner}/{name}"), commands: vec![attack], counts: false });
        }
    }
    if jobs.is_empty() { Err("there is no fuzz target".to_owned()) } else { test::run_jobs(jobs, false) }
}

fn install_cargo_fuzz() -> Result<(), StepError> {
    let tools = target_folder().join("tools");
    if tools.join("bin/cargo-fuzz").exists() {
        return Ok(());
    }
    let mut install = cargo_command();
    install.args(["install", "cargo-fuzz", "--version", VERSION, "--locked", "--debug", "--root"]).arg(&tools);
    run_command(install.arg("--target-dir").arg(tools.join("build")))
}

/// Where cargo looks for what it calls `cargo fuzz`.
fn search_path() -> std::ffi::OsString {
    let mut path = target_folder().join("tools/bin").into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    path
}

/// The folders with fuzz targets: each a package of its own, outside of the workspace.
fn find_fuzz_folders(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name == "fuzz") && path.join("Cargo.toml").exists() {
            found.push(path);
        } else if path.is_dir() {
            find_fuzz_folders(&path, found)?;
        }
    }
    found.sort();
    Ok(())
}
