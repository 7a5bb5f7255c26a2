//! The virtual card behind a stock `pcscd`, used by independent programs, over both drivers.

mod computer;
mod crates;
mod failures;
mod insertions;
mod opensc;
mod signatures;

use std::{fs, path::Path, process::Command};

use testkit::{Pcscd, ReaderKind, run_for_output};

/// Writes a card's data file into the test's folder; its path.
fn write_card_file(pcscd: &Pcscd) -> String {
    let path = pcscd.folder().join("hanako.json");
    fs::write(&path, serde_json::to_vec(&testkit::issued_card().data).expect("a card is data")).expect("a file");
    path.to_str().expect("a path in UTF-8").to_owned()
}

/// A client of the daemon: program and arguments.
fn client_command(pcscd: &Pcscd, arguments: &[&str]) -> Command {
    let mut client = pcscd.client_command(arguments[0]);
    client.args(&arguments[1..]);
    client
}

/// Runs a program that must fail; its output on both streams.
fn run_refused(mut command: Command) -> String {
    let output = command.output().expect("the program runs");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(!output.status.success(), "{command:?}: {text}");
    text
}

/// Writes the public key of a certificate as PEM; the path.
fn write_public_key(folder: &Path, name: &str, certificate: &[u8]) -> String {
    let der = folder.join(format!("{name}.der"));
    fs::write(&der, certificate).expect("a file");
    let pem =
        run_for_output(Command::new("openssl").args(["x509", "-inform", "DER", "-noout", "-pubkey", "-in"]).arg(&der));
    let path = folder.join(format!("{name}.pem"));
    fs::write(&path, pem).expect("a file");
    path.to_str().expect("a path in UTF-8").to_owned()
}

/// Verifies a signature over a message with openssl.
fn verify_with_openssl(folder: &Path, digest: &str, key: &str, signature: &str, message: &str) {
    let mut openssl = Command::new("openssl");
    openssl.args(["dgst", digest, "-verify", key, "-signature", signature, message]).current_dir(folder);
    assert_eq!(run_for_output(&mut openssl), "Verified OK\n");
}

/// Runs a test with each driver, each time with a new daemon.
fn run_for_each_reader(test: impl Fn(&Pcscd)) {
    for kind in ReaderKind::ALL {
        test(&Pcscd::start(kind));
    }
}
