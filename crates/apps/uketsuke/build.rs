//! Tells the program of which commit it is, for `uketsuke --version`.
//!
//! `UKETSUKE_COMMIT` says it where there is no repository, as for a package that is built from an archive. Unoptimised builds do not
//! ask: each commit would compile the program and all its tests anew.

use std::{env, process::Command};

fn main() {
    println!("cargo:rerun-if-env-changed=UKETSUKE_COMMIT");
    println!("cargo:rerun-if-changed=build.rs");
    let said = env::var("UKETSUKE_COMMIT").ok().filter(|commit| !commit.is_empty());
    let is_development = env::var("PROFILE").is_ok_and(|profile| profile == "debug");
    let commit = match said {
        Some(commit) => commit,
        None if is_development => "development".to_owned(),
        None => commit_of_repository().unwrap_or_else(|| "unknown".to_owned()),
    };
    println!("cargo:rustc-env=UKETSUKE_COMMIT={commit}");
}

/// What is checked out. Cargo is told of the files in which git keeps that.
fn commit_of_repository() -> Option<String> {
    let branch = git(&["symbolic-ref", "--quiet", "HEAD"]);
    for name in ["HEAD", "packed-refs"].into_iter().chain(branch.as_deref()) {
        let file = git(&["rev-parse", "--path-format=absolute", "--git-path", name])?;
        // A file that is not there would have cargo build anew each time.
        if std::path::Path::new(&file).exists() {
            println!("cargo:rerun-if-changed={file}");
        }
    }
    git(&["rev-parse", "--short=10", "HEAD"])
}

fn git(arguments: &[&str]) -> Option<String> {
    let answer = Command::new("git").args(arguments).output().ok().filter(|answer| answer.status.success())?;
    let line = String::from_utf8(answer.stdout).ok()?.trim().to_owned();
    (!line.is_empty()).then_some(line)
}
