use crate::sample::{exchange_hex, plastic, power_on_card};

/// The commands that OpenSC sends before it tries the jpki driver: other cards' names and commands. None may succeed.
const PROBES: [(&str, &str); 19] = [
    ("00A4040007627601FF000000", "6A82"),
    ("00A4040006A00000000101", "6A82"),
    ("00A404000CE82B0601040181C31F0201", "6700"),
    ("00A404000BE82B0601040181C31F0201", "6A82"),
    ("00A404000CE82B0601040181C31F020100", "6A82"),
    ("00A404000FD23300000045737445494420763335", "6A82"),
    ("00CADF3000", "6A88"),
    ("00CADF30", "6700"),
    ("00CB3FFF035C017E00", "6D00"),
    ("00A4040006A0000003080000", "6A82"),
    ("00A4040009A0000003080000100000", "6A82"),
    ("00A4040006A000000116DB00", "6A82"),
    ("00A4040008A0000000791000", "6700"),
    ("00A4040007A000000079100000", "6A82"),
    ("00A4040006A00000007901", "6A82"),
    ("00A404000CF276A288BCFBA69D34F31001", "6A82"),
    ("00A4040008A000000397425446", "6A82"),
    ("00A4040009A00000039742544659", "6A82"),
    ("00A4040006D27600012401", "6A82"),
];

#[test]
fn other_drivers_find_nothing() {
    let mut card = power_on_card(plastic());
    for (probe, expected) in PROBES {
        assert_eq!(exchange_hex(&mut card, probe), expected, "{probe}");
    }
}

#[test]
fn binding_finds_both_pins_and_all_certificates() {
    let mut card = power_on_card(plastic());
    let mut check = |command: &str, expected: &str| assert_eq!(exchange_hex(&mut card, command), expected, "{command}");
    check("00A4040C0AD392F000260100000001", "9000");
    for (pin, tries) in [("0018", "63C3"), ("001B", "63C5")] {
        check(&format!("00A4020C02{pin}"), "9000");
        check("00200080", tries);
    }
    for (file, beginning) in [("000A", "30820574"), ("000B", "308203E4"), ("0002", "308203E4")] {
        check(&format!("00A4020C02{file}"), "9000");
        check("00B0000004", &format!("{beginning}9000"));
    }
}

#[test]
fn a_certificate_is_read_in_blocks_whose_last_is_exact() {
    let mut card = power_on_card(plastic());
    exchange_hex(&mut card, "00A4040C0AD392F000260100000001");
    exchange_hex(&mut card, "00A4020C02000A");
    let mut read = String::new();
    for offset in (0..1280).step_by(256) {
        let block = exchange_hex(&mut card, &format!("00B0{offset:04X}00"));
        read.push_str(block.strip_suffix("9000").unwrap());
    }
    let last = exchange_hex(&mut card, "00B0050078");
    read.push_str(last.strip_suffix("9000").unwrap());
    assert_eq!(hex::decode(read).unwrap(), crate::sample::certificate(0xA0, 1400));
}

#[test]
fn a_login_takes_its_usual_commands() {
    let mut card = power_on_card(plastic());
    let digest_info = format!("3031300d060960864801650304020105000420{}", "5A".repeat(32));
    let exchange = [
        ("00A4040C0AD392F000260100000001".to_owned(), "9000"),
        ("00A4020C020006".to_owned(), "9000"),
        ("00B0000020".to_owned(), "4A504B4941504943435"),
        ("00A4020C020018".to_owned(), "9000"),
        ("002000800431323334".to_owned(), "9000"),
        ("00A4020C020017".to_owned(), "9000"),
        (format!("802A008033{digest_info}00"), ""),
        ("00A4020C02000A".to_owned(), "9000"),
        ("00B0000007".to_owned(), "30820574A0A0A09000"),
        ("00A4040C0AD3921000310001010100".to_owned(), "9000"),
        ("00B2010C00".to_owned(), "011C34"),
        ("00A4040C07A0000001510000".to_owned(), "9000"),
    ];
    for (command, beginning) in exchange {
        let response = exchange_hex(&mut card, &command);
        assert!(response.starts_with(beginning) && response.ends_with("9000"), "{command}: {response}");
    }
}
