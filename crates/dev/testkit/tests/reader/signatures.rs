//! Signatures that independent programs request from the card, verified by OpenSSL.

use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
};

use testkit::{issued_card, program_path, run_for_output, wait_until};

use crate::{client_command, run_for_each_reader, verify_with_openssl, write_public_key};

const MESSAGE: &str = "同意内容を登録する";
const PKCS11_MODULE: &str = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so";

/// The path of OpenSC's module on Debian, on any architecture.
fn opensc_module_path() -> String {
    let existing = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"]
        .map(|folder| format!("{folder}/opensc-pkcs11.so"))
        .into_iter()
        .find(|path| std::path::Path::new(path).exists());
    existing.unwrap_or_else(|| PKCS11_MODULE.to_owned())
}

#[test]
fn opensc_signs_with_both_keys() {
    run_for_each_reader(|pcscd| {
        let folder = pcscd.folder();
        fs::write(folder.join("message"), MESSAGE).unwrap();
        run_for_output(
            Command::new("openssl").args(["dgst", "-sha256", "-binary", "-out", "hash", "message"]).current_dir(folder),
        );
        let keys = [("1", "1234", &issued_card().authentication), ("2", "PASSW0RD", &issued_card().signature)];
        let _card = pcscd.insert(&issued_card().data);
        for (id, pin, certificate) in keys {
            let key = write_public_key(folder, id, certificate);
            run_for_output(&mut client_command(
                pcscd,
                &[
                    "pkcs15-crypt",
                    "--sign",
                    "--key",
                    id,
                    "--pin",
                    pin,
                    "--sha-256",
                    "--pkcs1",
                    "--input",
                    "hash",
                    "--output",
                    "signature",
                    "--raw",
                ],
            ));
            verify_with_openssl(folder, "-sha256", &key, "signature", "message");
        }
        let tokens = ["JPKI (User Authentication PIN)", "JPKI (Digital Signature PIN)"];
        for ((id, pin, certificate), token) in keys.into_iter().zip(tokens) {
            let key = write_public_key(folder, id, certificate);
            run_for_output(&mut client_command(
                pcscd,
                &[
                    "pkcs11-tool",
                    "--module",
                    &opensc_module_path(),
                    "--token-label",
                    token,
                    "--login",
                    "--pin",
                    pin,
                    "--sign",
                    "--mechanism",
                    "SHA256-RSA-PKCS",
                    "--id",
                    &format!("0{id}"),
                    "-i",
                    "message",
                    "-o",
                    "signature",
                ],
            ));
            verify_with_openssl(folder, "-sha256", &key, "signature", "message");
        }
    });
}

#[test]
fn jpki_cli_reads_and_signs() {
    run_for_each_reader(|pcscd| {
        let folder = pcscd.folder();
        let _card = pcscd.insert(&issued_card().data);
        let jpki_cli = program_path("foreign/bin/jpki-cli");
        let cli = jpki_cli.to_str().unwrap();
        let mut read = client_command(pcscd, &[cli, "crypto", "--auth", "read-certificate"]);
        assert!(read.output().unwrap().stdout == issued_card().authentication);
        let status = run_for_output(&mut client_command(pcscd, &[cli, "crypto", "--auth", "stat"]));
        assert!(status.contains('3'), "{status}");

        // The program reads the message and the PIN from a terminal; it reads the PIN after it has switched the echo off.
        let line = format!("{MESSAGE}\n");
        fs::write(folder.join("message"), &line).unwrap();
        let command = format!("tty > tty; exec '{cli}' crypto --auth sign signature");
        let mut signing = client_command(pcscd, &["script", "--quiet", "--return", "--command", &command, "log"]);
        let mut signing = signing.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut keyboard = signing.stdin.take().unwrap();
        // Ctrl-D ends the message.
        keyboard.write_all(format!("{line}\u{4}").as_bytes()).unwrap();
        wait_until("it asks for the PIN", || {
            let Ok(terminal) = fs::read_to_string(folder.join("tty")) else { return false };
            let settings = Command::new("stty").args(["-a", "-F", terminal.trim()]).output().unwrap().stdout;
            String::from_utf8_lossy(&settings).contains(" -echo ")
        });
        keyboard.write_all(b"1234\n").unwrap();
        // The terminal ends when its input is closed.
        wait_until("it has signed", || signing.try_wait().unwrap().is_some());
        drop(keyboard);
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        assert!(folder.join("signature").exists(), "{log}");
        // This program signs SHA-1, which the card permits: it signs any digest.
        verify_with_openssl(
            folder,
            "-sha1",
            &write_public_key(folder, "1", &issued_card().authentication),
            "signature",
            "message",
        );
    });
}
