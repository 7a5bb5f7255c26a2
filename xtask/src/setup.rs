//! What only tests need. Nothing is installed that is there already.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use crate::{Failed, root, run};

/// Debian's packages, each with a file that tells whether it is there.
const PACKAGES: &[(&str, &str)] = &[
    ("chromium", "/usr/bin/chromium"),
    ("fonts-noto-cjk", "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    ("postgresql", "/usr/lib/postgresql"),
    ("openssl", "/usr/bin/openssl"),
    ("gnutls-bin", "/usr/bin/ocsptool"),
    ("curl", "/usr/bin/curl"),
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
    if !folder.join("node_modules/.package-lock.json").exists() {
        run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(folder))?;
    }
    Ok(())
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
