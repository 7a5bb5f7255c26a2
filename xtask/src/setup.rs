//! What only tests need. Nothing is installed that is there already.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use crate::{Failed, cargo, root, run, target};

/// Debian's packages, each with a file that tells whether it is there.
const PACKAGES: &[(&str, &str)] = &[
    ("chromium", "/usr/bin/chromium"),
    ("fonts-noto-cjk", "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    ("postgresql", "/usr/lib/postgresql"),
    ("openssl", "/usr/bin/openssl"),
    ("gnutls-bin", "/usr/bin/ocsptool"),
    ("curl", "/usr/bin/curl"),
    // Behind a stock card reader: the daemon, programs that read cards, and what runs a daemon for each test alone.
    ("pcscd", "/usr/sbin/pcscd"),
    ("libpcsclite-dev", "/usr/include/PCSC/winscard.h"),
    ("vsmartcard-vpcd", "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"),
    ("opensc", "/usr/bin/opensc-tool"),
    ("pkg-config", "/usr/bin/pkg-config"),
    ("util-linux", "/usr/bin/nsenter"),
    ("iproute2", "/sbin/ip"),
];

/// Debian's packages and npm's.
pub(crate) fn everything() -> Result<(), Failed> {
    let missing: Vec<&str> =
        PACKAGES.iter().filter(|(_, file)| !Path::new(file).exists()).map(|(package, _)| *package).collect();
    if !missing.is_empty() {
        if !is("apt-get") {
            return Err(format!("these are needed and this is no Debian: {}", missing.join(", ")));
        }
        let prefix: &[&str] = if user_is_root() { &[] } else { &["sudo"] };
        install(prefix, &["update", "--quiet=2"])?;
        let mut arguments = vec!["install", "--yes", "--quiet=2", "--no-install-recommends"];
        arguments.extend(&missing);
        install(prefix, &arguments)?;
    }
    if !is("node") {
        return Err("Node.js 20 or newer is needed for the browser tests".to_owned());
    }
    let folder = root().join("browser");
    // npm writes the list of what it installed last of all.
    let written = |file: &str| folder.join(file).metadata().and_then(|file| file.modified()).ok();
    if written("node_modules/.package-lock.json") < written("package-lock.json") {
        run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(folder))?;
    }
    foreign_card_client()
}

/// A program that reads cards and that we did not write (LGPL; run by tests, linked with nothing of ours), in a version that
/// does not change under the tests.
fn foreign_card_client() -> Result<(), Failed> {
    let folder = target().join("foreign");
    if folder.join("bin/jpki-cli").exists() {
        return Ok(());
    }
    let mut install = cargo();
    install.args(["install", "jpki-cli", "--version", "0.4.3", "--locked", "--debug", "--root"]).arg(&folder);
    run(install.arg("--target-dir").arg(folder.join("build")))
}

fn install(prefix: &[&str], arguments: &[&str]) -> Result<(), Failed> {
    let line: Vec<&str> = prefix.iter().copied().chain(["apt-get"]).chain(arguments.iter().copied()).collect();
    run(Command::new(line[0]).args(&line[1..]).env("DEBIAN_FRONTEND", "noninteractive"))
}

fn is(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    found.is_ok_and(|status| status.success())
}

pub(crate) fn user_is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}
