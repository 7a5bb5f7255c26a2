//! `uketsuke --version`.

use std::process::Command;

#[test]
fn the_version_is_told_with_the_commit() {
    let answer = Command::new(env!("CARGO_BIN_EXE_uketsuke")).arg("--version").output().expect("the program starts");
    let line = String::from_utf8(answer.stdout).expect("it writes UTF-8");
    let version = line.strip_prefix(concat!("uketsuke ", env!("CARGO_PKG_VERSION"), " (")).expect("first the version");
    let commit = version.strip_suffix(")\n").expect("then the commit");
    let is_hash = |word: &str| word.len() >= 7 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    // A build of a changed tree says so behind the hash.
    let known = commit.split('-').next().is_some_and(is_hash);
    assert!(known || ["development", "unknown"].contains(&commit), "{line}");
}
