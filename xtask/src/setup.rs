//! What only tests need. Nothing is installed that is there already.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    StepError, cargo_command, command_exists,
    compiler::{self, Version},
    run_command, target_folder, workspace_root,
};

/// A Debian package, with a file that tells whether it is there.
type DebianPackage = (&'static str, &'static str);

/// What tests are built with, beside a C compiler.
const BUILD_PACKAGES: &[DebianPackage] =
    &[("libpcsclite-dev", "/usr/include/PCSC/winscard.h"), ("pkg-config", "/usr/bin/pkg-config")];

/// What packs a release.
const PACKING_PACKAGES: &[DebianPackage] = &[("dpkg-dev", "/usr/bin/dpkg-shlibdeps"), ("xz-utils", "/usr/bin/xz")];

/// What a package is installed and started with.
const PACKAGE_TEST_PACKAGES: &[DebianPackage] = &[
    ("systemd", "/lib/systemd/systemd"),
    ("util-linux", "/usr/bin/nsenter"),
    ("iproute2", "/sbin/ip"),
    ("curl", "/usr/bin/curl"),
];

/// What tests run.
const TEST_PACKAGES: &[DebianPackage] = &[
    // Chromium without windows: two thirds of the processor time of the whole browser.
    ("chromium-headless-shell", "/usr/lib/chromium/chromium-headless-shell"),
    ("fonts-noto-cjk", "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    ("postgresql", "/usr/lib/postgresql"),
    ("pgbouncer", "/usr/sbin/pgbouncer"),
    ("openssl", "/usr/bin/openssl"),
    ("gnutls-bin", "/usr/bin/ocsptool"),
    ("curl", "/usr/bin/curl"),
    // Behind a stock card reader: the daemon, programs that read cards, and what runs a daemon for each test alone.
    ("pcscd", "/usr/sbin/pcscd"),
    ("vsmartcard-vpcd", "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"),
    ("opensc", "/usr/bin/opensc-tool"),
    ("util-linux", "/usr/bin/nsenter"),
    ("iproute2", "/sbin/ip"),
];

/// The oldest Node.js that the browser tests run on: the first of 20 that knows `--test-force-exit`.
const MIN_NODE_VERSION: Version = (20, 14);

/// Everything that is built or run with.
pub(crate) fn install_all() -> Result<(), StepError> {
    install_build_packages()?;
    install_test_tools()?;
    install_foreign_card_client()
}

/// Debian's packages that the compiler needs.
pub(crate) fn install_build_packages() -> Result<(), StepError> {
    install_missing(&list_missing(BUILD_PACKAGES))
}

/// Debian's packages that make a package.
pub(crate) fn install_packing_tools() -> Result<(), StepError> {
    install_missing(&list_missing(PACKING_PACKAGES))
}

/// Debian's packages that the test of our own package needs.
pub(crate) fn install_package_test_tools() -> Result<(), StepError> {
    install_missing(&list_missing(PACKAGE_TEST_PACKAGES))
}

/// Debian's packages and npm's. None of it is needed before the tests are built.
pub(crate) fn install_test_tools() -> Result<(), StepError> {
    let mut missing = list_missing(TEST_PACKAGES);
    // Another Node.js than Debian's will do, with its own npm.
    if find_node_version() < Some(MIN_NODE_VERSION) {
        missing.extend(["nodejs", "npm"]);
    } else if !command_exists("npm") {
        missing.push("npm");
    }
    install_missing(&missing)?;
    if find_node_version() < Some(MIN_NODE_VERSION) {
        return Err(node_too_old_message(find_node_version()));
    }
    let folder = workspace_root().join("browser");
    // npm writes the list of what it installed last of all.
    let written = |file: &str| folder.join(file).metadata().and_then(|file| file.modified()).ok();
    if written("node_modules/.package-lock.json") < written("package-lock.json") {
        run_command(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(folder))?;
    }
    Ok(())
}

fn list_missing(packages: &[DebianPackage]) -> Vec<&'static str> {
    packages.iter().filter(|(_, file)| !Path::new(file).exists()).map(|(name, _)| *name).collect()
}

fn install_missing(missing: &[&str]) -> Result<(), StepError> {
    if missing.is_empty() {
        return Ok(());
    }
    if !command_exists("apt-get") {
        return Err(format!("these are needed and this is no Debian: {}", missing.join(", ")));
    }
    let prefix: &[&str] = if user_is_root() { &[] } else { &["sudo"] };
    run_apt_get(prefix, &["update", "--quiet=2"])?;
    let mut arguments = vec!["install", "--yes", "--quiet=2", "--no-install-recommends"];
    arguments.extend(missing);
    run_apt_get(prefix, &arguments)
}

/// Where programs are that only tests run, and that we did not write.
fn foreign_folder() -> PathBuf {
    target_folder().join("foreign")
}

/// Whether the program is there that [`install_foreign_card_client`] installs.
pub(crate) fn has_foreign_card_client() -> bool {
    foreign_folder().join("bin/jpki-cli").exists()
}

/// A program that reads cards and that we did not write (LGPL; run by tests, linked with nothing of ours), in a version that
/// does not change under the tests. Its 350 packages take longer to build than all of CI's tests of cards to run.
fn install_foreign_card_client() -> Result<(), StepError> {
    if has_foreign_card_client() {
        return Ok(());
    }
    let folder = foreign_folder();
    let mut install = cargo_command();
    install.args(["install", "jpki-cli", "--version", "0.4.3", "--locked", "--debug", "--root"]).arg(&folder);
    run_command(install.arg("--target-dir").arg(folder.join("build")))
}

fn run_apt_get(prefix: &[&str], arguments: &[&str]) -> Result<(), StepError> {
    let line: Vec<&str> = prefix.iter().copied().chain(["apt-get"]).chain(arguments.iter().copied()).collect();
    run_command(Command::new(line[0]).args(&line[1..]).env("DEBIAN_FRONTEND", "noninteractive"))
}

/// The version of Node.js, if it is there.
fn find_node_version() -> Option<Version> {
    let answer = Command::new("node").arg("--version").stderr(Stdio::null()).output().ok()?;
    parse_node_version(str::from_utf8(&answer.stdout).ok()?)
}

/// Of `v20.20.2`, 20 and 20.
fn parse_node_version(version: &str) -> Option<Version> {
    compiler::parse_version(version.trim().strip_prefix('v')?)
}

/// What to do where Debian's own is too old, as that of Debian 12 is (18).
fn node_too_old_message(found: Option<Version>) -> String {
    let found = found.map_or("there is none".to_owned(), |(major, minor)| format!("this one is {major}.{minor}"));
    let (major, minor) = MIN_NODE_VERSION;
    format!(
        "the browser tests need Node.js {major}.{minor} or newer, and {found}: install one with its npm from https://nodejs.org or \
         https://deb.nodesource.com so that `node` finds it, and run this again"
    )
}

pub(crate) fn user_is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_told_by_its_first_two_numbers() {
        for (version, expected) in [
            ("v20.20.2\n", Some((20, 20))),
            ("v18.20.4", Some((18, 20))),
            ("v8", None),
            ("20.1", None),
            ("", None),
            ("v.", None),
        ] {
            assert_eq!(parse_node_version(version), expected, "{version}");
        }
        // None is older than any.
        for version in ["", "v18.20.4", "v20.9.0"] {
            assert!(parse_node_version(version) < Some(MIN_NODE_VERSION), "{version}");
        }
        assert!(parse_node_version("v22.1.0") > Some(MIN_NODE_VERSION));
    }

    #[test]
    fn what_is_too_old_is_told_with_what_to_do() {
        for (found, words) in [(Some((18, 20)), "this one is 18.20"), (None, "there is none")] {
            let said = node_too_old_message(found);
            assert!(said.contains(words) && said.contains("https://nodejs.org"), "{said}");
        }
    }
}
