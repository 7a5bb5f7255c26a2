//! The virtual card behind a stock `pcscd`, read by programs that we did not write, over both reader ways.

mod computer;
mod crates;
mod failures;
mod insertions;
mod opensc;
mod signatures;

use std::{fs, path::Path, process::Command};

use testkit::{Pcscd, ReaderKind, run_for_output};

/// A card's data file in the test's folder, and its name there.
fn write_card_file(pcscd: &Pcscd) -> String {
    let path = pcscd.folder().join("hanako.json");
    fs::write(&path, serde_json::to_vec(&testkit::issued_card().data).expect("a card is data")).expect("a file");
    path.to_str().expect("a path in UTF-8").to_owned()
}

/// A client of the daemon with these arguments.
fn client_command(pcscd: &Pcscd, line: &[&str]) -> Command {
    let mut client = pcscd.client_command(line[0]);
    client.args(&line[1..]);
    client
}

/// What a program says that is to fail, on both streams.
fn run_refused(mut command: Command) -> String {
    let output = command.output().expect("the program runs");
    let all = [output.stdout, output.stderr].concat();
    let all = String::from_utf8_lossy(&all).into_owned();
    assert!(!output.status.success(), "{command:?}: {all}");
    all
}

/// Writes a certificate as the PEM of its public key.
fn write_public_key(folder: &Path, name: &str, certificate: &[u8]) -> String {
    let der = folder.join(format!("{name}.der"));
    fs::write(&der, certificate).expect("a file");
    let pem =
        run_for_output(Command::new("openssl").args(["x509", "-inform", "DER", "-noout", "-pubkey", "-in"]).arg(&der));
    let path = folder.join(format!("{name}.pem"));
    fs::write(&path, pem).expect("a file");
    path.to_str().expect("a path in UTF-8").to_owned()
}

/// Has openssl judge a signature over a message.
fn verify_with_openssl(folder: &Path, digest: &str, key: &str, signature: &str, message: &str) {
    let mut judge = Command::new("openssl");
    judge.args(["dgst", digest, "-verify", key, "-signature", signature, message]).current_dir(folder);
    assert_eq!(run_for_output(&mut judge), "Verified OK\n");
}

/// Both ways, each with a daemon of its own.
fn run_for_each_reader(test: impl Fn(&Pcscd)) {
    for way in ReaderKind::ALL {
        test(&Pcscd::start(way));
    }
}
