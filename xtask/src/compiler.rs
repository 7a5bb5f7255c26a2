//! The oldest compiler that is promised (`rust-version`), and the one that is here.

use std::{fs, process::Command};

use crate::{
    StepError, cargo_command, compile::FEATURES, read_output, run_command, steps::CheckOutcome, workspace_root,
};

/// The first two numbers of a version.
pub(crate) type Version = (u32, u32);

/// Fails where this compiler is older than what is promised. Cargo would too, later and in more words.
pub(crate) fn check_compiler_version() -> Result<(), StepError> {
    let (current, minimum) = (current_version()?, minimum_version()?);
    if current < minimum {
        return Err(format!("this is Rust {}.{}, and {}.{} is needed", current.0, current.1, minimum.0, minimum.1));
    }
    Ok(())
}

/// Has the oldest promised compiler check the workspace, if it is not the one that builds it anyway.
pub(crate) fn check_with_minimum_version() -> Result<CheckOutcome, StepError> {
    let minimum = minimum_version()?;
    if current_version()? == minimum {
        return Ok(CheckOutcome::Passed);
    }
    let name = format!("{}.{}", minimum.0, minimum.1);
    let mut install = Command::new("rustup");
    install.args(["toolchain", "install", &name, "--profile", "minimal", "--no-self-update"]);
    let toolchain = match find_toolchain(minimum) {
        Some(toolchain) => toolchain,
        None if run_command(&mut install).is_ok() => name,
        None => return Ok(CheckOutcome::Skipped(format!("Rust {name} is not installed, and cannot be"))),
    };
    let mut check = Command::new("rustup");
    check.args(["run", &toolchain, "cargo", "check", "--workspace", "--all-targets", "--features", FEATURES]);
    run_command(check.current_dir(workspace_root())).map(|()| CheckOutcome::Passed)
}

/// The name of an installed toolchain of this version.
fn find_toolchain(version: Version) -> Option<String> {
    let list = read_output(Command::new("rustup").args(["toolchain", "list"])).ok()?;
    toolchain_of_version(&list, version).map(str::to_owned)
}

/// Of lines such as `1.95.0-x86_64-unknown-linux-gnu (default)`. What is called `stable` changes its version.
fn toolchain_of_version(list: &str, version: Version) -> Option<&str> {
    let mut names = list.lines().filter_map(|line| line.split(' ').next());
    names.find(|name| name.split('-').next().and_then(parse_version) == Some(version))
}

/// What the workspace promises.
fn minimum_version() -> Result<Version, StepError> {
    let manifest =
        fs::read_to_string(workspace_root().join("Cargo.toml")).map_err(|error| format!("Cargo.toml: {error}"))?;
    let line = manifest.lines().find_map(|line| line.strip_prefix("rust-version = "));
    let version = line.and_then(|version| parse_version(version.trim_matches('"')));
    version.ok_or_else(|| "Cargo.toml names no rust-version".to_owned())
}

/// Of `cargo 1.95.0 (f2d3ce0bd 2026-03-21)`; cargo and rustc come together.
fn current_version() -> Result<Version, StepError> {
    let output = read_output(cargo_command().arg("--version"))?;
    output.split(' ').nth(1).and_then(parse_version).ok_or_else(|| format!("cargo says of itself '{output}'"))
}

/// The first two numbers of `1.95.0`.
pub(crate) fn parse_version(version: &str) -> Option<Version> {
    let mut numbers = version.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_by_its_first_two_numbers() {
        for (text, version) in [("1.95", Some((1, 95))), ("1.100.3", Some((1, 100))), ("1", None), ("nightly", None)] {
            assert_eq!(parse_version(text), version, "{text}");
        }
        assert!(parse_version("1.100") > parse_version("1.95"));
    }

    #[test]
    fn a_toolchain_is_found_by_its_version() {
        let list = "stable-x86_64-unknown-linux-gnu (default)\n1.9.0-x86_64-unknown-linux-gnu\n1.95.1-x86_64-unknown-linux-gnu\n";
        assert_eq!(toolchain_of_version(list, (1, 95)), Some("1.95.1-x86_64-unknown-linux-gnu"));
        assert_eq!(toolchain_of_version(list, (1, 96)), None);
        assert_eq!(toolchain_of_version("1.95 (active)", (1, 95)), Some("1.95"));
    }

    /// Whoever builds reads the number here.
    #[test]
    fn the_documents_name_the_oldest_compiler() {
        let (major, minor) = minimum_version().unwrap();
        for (document, words) in [
            ("README.md", format!("a Rust toolchain ({major}.{minor} or newer)")),
            ("README.ja.md", format!("Rust（{major}.{minor}以降）")),
            ("CONTRIBUTING.md", format!("Rust {major}.{minor} or newer")),
        ] {
            let text = fs::read_to_string(workspace_root().join(document)).unwrap();
            assert!(text.contains(&words), "{document} does not say '{words}'");
        }
    }

    #[test]
    fn the_workspace_promises_no_newer_compiler_than_this() {
        assert_eq!(check_compiler_version(), Ok(()));
    }
}
