//! OpenSC: what the card is, its certificates, its PINs.

use std::{fs, process::Command};

use testkit::{Pcscd, issued, said};

use crate::{both, card_file, client, refused};

fn pkcs15(pcscd: &Pcscd, arguments: &[&str]) -> Command {
    client(pcscd, &[&["pkcs15-tool"], arguments].concat())
}

#[test]
fn opensc_takes_it_for_a_jpki_card() {
    both(|pcscd| {
        let _card = pcscd.insert(&issued().data);
        assert_eq!(said(&mut client(pcscd, &["opensc-tool", "-n"])), "jpki\n");
        assert_eq!(said(&mut client(pcscd, &["opensc-tool", "-a"])), "3b:88:80:01:00:00:05:e0:b3:81:a1:00:7f\n");
    });
}

#[test]
fn opensc_reads_all_four_certificates() {
    both(|pcscd| {
        let _card = pcscd.insert(&issued().data);
        let listed = said(&mut pkcs15(pcscd, &["--list-certificates"]));
        assert_eq!(listed.matches("X.509 Certificate [").count(), 4, "{listed}");
        let dumped = said(&mut pkcs15(pcscd, &["--dump"]));
        for word in
            ["JPKI", "Tries left     : 3", "Tries left     : 5", "User Authentication PIN", "Digital Signature PIN"]
        {
            assert!(dumped.contains(word), "{word}: {dumped}");
        }
        // Before the password, as a verified one outlives the program that verified it.
        refused(pkcs15(pcscd, &["--read-certificate", "2"]));
        let [authentication_ca, signature_ca] = &issued().authorities;
        let password: &[&str] = &["--verify-pin", "--auth-id", "2", "--pin", "PASSW0RD"];
        for (id, expected, first) in [
            ("1", &issued().authentication, &[][..]),
            ("2", &issued().signature, password),
            ("3", authentication_ca, &[]),
            ("4", signature_ca, &[]),
        ] {
            let arguments = [first, &["--read-certificate", id, "--output", "read.pem"]].concat();
            said(&mut pkcs15(pcscd, &arguments));
            let mut der = Command::new("openssl");
            der.args(["x509", "-in", "read.pem", "-outform", "DER", "-out", "read.der"]).current_dir(pcscd.folder());
            said(&mut der);
            assert!(fs::read(pcscd.folder().join("read.der")).unwrap() == *expected, "certificate {id}");
        }
    });
}

#[test]
fn wrong_pins_lock_the_card_and_the_office_unlocks_it() {
    both(|pcscd| {
        let file = card_file(pcscd);
        let card = pcscd.insert_with([&file]);
        let verify = |pin: &str| pkcs15(pcscd, &["--verify-pin", "--auth-id", "1", "--pin", pin]);
        said(&mut verify("1234"));
        for left in ["2", "1", "0"] {
            assert!(refused(verify("9999")).contains("PIN code or key incorrect"));
            let pins = said(&mut pkcs15(pcscd, &["--list-pins"]));
            assert!(pins.contains(&format!("Tries left     : {left}")), "{pins}");
        }
        refused(verify("1234"));
        let unlock = || pcscd.uketsuke(&["card", "unlock", &file]);
        assert!(refused(unlock()).contains("another process has this card in hand"));
        card.remove();

        // Locked it stays, whatever reader it lies in, until the office has had it.
        let card = pcscd.insert_with([&file]);
        refused(verify("1234"));
        card.remove();
        let shown = said(&mut pcscd.uketsuke(&["card", "show", &file]));
        assert!(shown.contains("0018 PIN, 0 of 3 tries left authentication"), "{shown}");
        said(&mut unlock());
        let card = pcscd.insert_with([&file]);
        said(&mut verify("1234"));
        card.remove();
    });
}
