//! A client that uses crate `myna-card`, as a separate process.

use std::{collections::BTreeMap, fs};

use testkit::{issued_card, run_for_output};

use crate::{run_for_each_reader, verify_with_openssl, write_public_key};

#[test]
fn myna_card_reads_every_application() {
    run_for_each_reader(|pcscd| {
        let folder = pcscd.folder();
        let _card = pcscd.insert(&issued_card().data);
        let number_b = "55021720352285";
        let output = run_for_output(&mut pcscd.card_client_command(&[
            "read",
            "1234",
            "PASSW0RD",
            "999999999999",
            number_b,
            "550217",
        ]));
        let contents: BTreeMap<&str, &str> = output.lines().filter_map(|line| line.split_once(' ')).collect();
        let hex = |bytes: &[u8]| hex::encode_upper(bytes);
        let [authentication_ca, signature_ca] = &issued_card().authorities;
        for (label, expected) in [
            ("token", "Card".to_owned()),
            ("available", "true true".to_owned()),
            ("tries", "Remaining(3) Remaining(5)".to_owned()),
            ("authentication", hex(&issued_card().authentication)),
            ("authentication-ca", hex(authentication_ca)),
            ("signature-ca", hex(signature_ca)),
            ("signature", hex(&issued_card().signature)),
            ("attributes", "試験　花子 東京都清瀬市架空1-1 1980-02-17 Female".to_owned()),
            ("number", "999999999999".to_owned()),
            ("registry", "Remaining(3)".to_owned()),
            ("common", "400000080610002 13221 2035-02-17".to_owned()),
        ] {
            assert_eq!(contents.get(label), Some(&expected.as_str()), "{label}: {contents:?}");
        }
        for label in ["signature-before", "signed-before", "number-before"] {
            assert!(contents[label].starts_with("refused:"), "{label}: {}", contents[label]);
        }
        for file in ["age", "face"] {
            assert!(contents[file].starts_with("FF"), "{file}: {}", contents[file]);
        }
        fs::write(folder.join("message"), "message").unwrap();
        fs::write(folder.join("signature"), hex::decode(contents["signed-authentication"]).unwrap()).unwrap();
        verify_with_openssl(
            folder,
            "-sha256",
            &write_public_key(folder, "1", &issued_card().authentication),
            "signature",
            "message",
        );
    });
}
