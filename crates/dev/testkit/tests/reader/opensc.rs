//! OpenSC: what the card is, its certificates, its PINs.

use std::{fs, process::Command};

use testkit::{Pcscd, issued_card, run_for_output};

use crate::{client_command, run_for_each_reader, run_refused, write_card_file};

fn pkcs15_command(pcscd: &Pcscd, arguments: &[&str]) -> Command {
    client_command(pcscd, &[&["pkcs15-tool"], arguments].concat())
}

#[test]
fn opensc_takes_it_for_a_jpki_card() {
    run_for_each_reader(|pcscd| {
        let _card = pcscd.insert(&issued_card().data);
        assert_eq!(run_for_output(&mut client_command(pcscd, &["opensc-tool", "-n"])), "jpki\n");
        assert_eq!(
            run_for_output(&mut client_command(pcscd, &["opensc-tool", "-a"])),
            "3b:88:80:01:00:00:05:e0:b3:81:a1:00:7f\n"
        );
    });
}

#[test]
fn opensc_reads_all_four_certificates() {
    run_for_each_reader(|pcscd| {
        let _card = pcscd.insert(&issued_card().data);
        let listed = run_for_output(&mut pkcs15_command(pcscd, &["--list-certificates"]));
        assert_eq!(listed.matches("X.509 Certificate [").count(), 4, "{listed}");
        let dumped = run_for_output(&mut pkcs15_command(pcscd, &["--dump"]));
        for text in
            ["JPKI", "Tries left     : 3", "Tries left     : 5", "User Authentication PIN", "Digital Signature PIN"]
        {
            assert!(dumped.contains(text), "{text}: {dumped}");
        }
        // Before the password is verified: the card remains authenticated after the program has ended.
        run_refused(pkcs15_command(pcscd, &["--read-certificate", "2"]));
        let [authentication_ca, signature_ca] = &issued_card().authorities;
        let password: &[&str] = &["--verify-pin", "--auth-id", "2", "--pin", "PASSW0RD"];
        for (id, expected, pin_arguments) in [
            ("1", &issued_card().authentication, &[][..]),
            ("2", &issued_card().signature, password),
            ("3", authentication_ca, &[]),
            ("4", signature_ca, &[]),
        ] {
            let arguments = [pin_arguments, &["--read-certificate", id, "--output", "read.pem"]].concat();
            run_for_output(&mut pkcs15_command(pcscd, &arguments));
            let mut der = Command::new("openssl");
            der.args(["x509", "-in", "read.pem", "-outform", "DER", "-out", "read.der"]).current_dir(pcscd.folder());
            run_for_output(&mut der);
            assert!(fs::read(pcscd.folder().join("read.der")).unwrap() == *expected, "certificate {id}");
        }
    });
}

#[test]
fn wrong_pins_lock_the_card_and_the_office_unlocks_it() {
    run_for_each_reader(|pcscd| {
        let file = write_card_file(pcscd);
        let card = pcscd.insert_with_arguments([&file]);
        let verify = |pin: &str| pkcs15_command(pcscd, &["--verify-pin", "--auth-id", "1", "--pin", pin]);
        run_for_output(&mut verify("1234"));
        for tries_left in ["2", "1", "0"] {
            assert!(run_refused(verify("9999")).contains("PIN code or key incorrect"));
            let pins = run_for_output(&mut pkcs15_command(pcscd, &["--list-pins"]));
            assert!(pins.contains(&format!("Tries left     : {tries_left}")), "{pins}");
        }
        run_refused(verify("1234"));
        let unlock = || pcscd.uketsuke_command(&["card", "unlock", &file]);
        assert!(run_refused(unlock()).contains("another process has this card in hand"));
        card.remove();

        // The card stays locked, in any reader, until the office unlocks it.
        let card = pcscd.insert_with_arguments([&file]);
        run_refused(verify("1234"));
        card.remove();
        let output = run_for_output(&mut pcscd.uketsuke_command(&["card", "show", &file]));
        assert!(output.contains("0018 PIN, 0 of 3 tries left authentication"), "{output}");
        run_for_output(&mut unlock());
        let card = pcscd.insert_with_arguments([&file]);
        run_for_output(&mut verify("1234"));
        card.remove();
    });
}
