use card::{Atr, CardData, Faults, PinReference, TokenLabel, VirtualCard, WarmReset};

use crate::sample::{certificate, exchange_hex, personalisation, plastic, power_on_card};

const JPKI: &str = "00A4040C0AD392F000260100000001";
const TEXT: &str = "00A4040C0AD3921000310001010408";
const SURFACE: &str = "00A4040C0AD3921000310001010402";
const REGISTRY: &str = "00A4040C0AD3921000310001010401";
const COMMON: &str = "00A4040C0AD3921000310001010100";
const DOMAIN: &str = "00A4040C07A0000001510000";
const RIGHT_PIN: &str = "0020 0098 04 31323334";
const WRONG_PIN: &str = "0020 0098 04 39393939";
const RIGHT_PASSWORD: &str = "0020 009B 08 5041535357305244";

/// Each command and its response; of a long response, its status or beginning and its length.
fn check(card: &mut VirtualCard, exchange: &[(&str, &str)]) {
    for (index, (command, expected)) in exchange.iter().enumerate() {
        assert_eq!(exchange_hex(card, command), *expected, "command {index}: {command}");
    }
}

fn check_new(exchange: &[(&str, &str)]) {
    check(&mut power_on_card(plastic()), exchange);
}

#[test]
fn applications_are_selected_by_name_or_its_beginning() {
    check_new(&[
        (JPKI, "9000"),
        ("00A4040C05D392F00026", "9000"),
        ("00A4 0200 02 000A", "9000"),
        (TEXT, "9000"),
        (SURFACE, "9000"),
        (REGISTRY, "9000"),
        (COMMON, "9000"),
        (DOMAIN, "9000"),
        ("00A4 0400 0A D392F000260100000001 00", "6F0C840AD392F0002601000000019000"),
        ("00A4 0400 0A D392F000260100000001", "9000"),
        ("00A4 0400 05 A000000151 00", "6F098407A00000015100009000"),
        ("00A4 040C 0B D392F00026010000000100", "6A82"),
        ("00A4 040C 07 D392F000260199", "6A82"),
        ("00A4 040C", "6700"),
        ("00A4 040C 11 D392F000260100000001D392F000260100", "6700"),
        ("00A4 0402 0A D392F000260100000001", "6A86"),
        ("00A4 080C 02 000A", "6A86"),
    ]);
}

#[test]
fn there_is_no_master_file() {
    check_new(&[
        ("00A4 0000", "6A86"),
        ("00A4 000C 02 3F00", "6A82"),
        (JPKI, "9000"),
        ("00A4 0000", "9000"),
        ("00A4 000C 02 3F00", "6A82"),
        ("00A4 020C 02 000A", "9000"),
    ]);
}

#[test]
fn files_are_selected_in_their_application() {
    check_new(&[
        ("00A4 020C 02 000A", "6A82"),
        (JPKI, "9000"),
        ("00A4 020C 02 000A", "9000"),
        ("00A4 020C 02 0011", "6A82"),
        ("00A4 020C 01 0A", "6700"),
        ("00A4 020C", "6700"),
        (TEXT, "9000"),
        ("00A4 020C 02 000A", "6A82"),
        ("00A4 020C 02 0011", "9000"),
    ]);
}

#[test]
fn a_transparent_file_is_read_from_an_offset() {
    check_new(&[
        ("00B0 0000 00", "6986"),
        (JPKI, "9000"),
        ("00B0 0000 00", "6986"),
        ("00A4 020C 02 000A", "9000"),
        ("00B0 0000 04", "308205749000"),
        ("00B0 0576 04", "A0A0FFFF9000"),
        ("00B0 07FE 04", "FFFF9000"),
        ("00B0 0800 04", "6B00"),
        ("00B0 7FFF 01", "6B00"),
        ("00B0 0000", "6700"),
        ("00B0 0000 01 00", "6700"),
        ("00B0 0000 01 00 00", "6700"),
        ("00A4 020C 02 0018", "9000"),
        ("00B0 0000 00", "6981"),
        ("00A4 020C 02 0017", "9000"),
        ("00B0 0000 00", "6981"),
        ("00A4 020C 02 0016", "9000"),
        ("00B0 0000 00", "6981"),
        ("00A4 020C 02 0009", "9000"),
        ("00B0 0000 00", "6982"),
    ]);
}

#[test]
fn a_short_id_selects_and_reads_at_once() {
    check_new(&[
        (JPKI, "9000"),
        ("00B0 8A00 04", "308205749000"),
        ("00B0 0000 02", "30829000"),
        ("00B0 8A02 02", "05749000"),
        ("00B0 8800 00", "8F8F009000"),
        ("00B0 8803 00", "6B00"),
        ("00B0 9700 00", "6981"),
        ("00B0 8000 00", "6A86"),
        ("00B0 9F00 00", "6A86"),
        ("00B0 A800 00", "6A86"),
        ("00B0 9D00 00", "6A82"),
    ]);
}

#[test]
fn long_answers_come_by_the_extended_length() {
    let mut card = power_on_card(plastic());
    exchange_hex(&mut card, JPKI);
    let response = exchange_hex(&mut card, "00B0 8A00 000000");
    assert_eq!(response.len(), 2 * (2048 + 2));
    assert!(response.starts_with(&hex::encode_upper(certificate(0xA0, 1400))));
    assert!(response.ends_with("FF9000"));
    assert_eq!(exchange_hex(&mut card, "00B0 8A00 000180").len(), 2 * (0x180 + 2));
    assert_eq!(exchange_hex(&mut card, "00B0 8A00 00").len(), 2 * (256 + 2));
    check(&mut card, &[("0020 0098 000004 31323334", "9000"), ("00A4 020C 000002 000A", "9000")]);
}

#[test]
fn the_signature_certificate_is_read_after_its_password() {
    check_new(&[
        (JPKI, "9000"),
        ("00B0 8100 04", "6982"),
        (RIGHT_PIN, "9000"),
        ("00B0 8100 04", "6982"),
        (RIGHT_PASSWORD, "9000"),
        ("00B0 8100 04", "308205749000"),
        ("00B0 8200 04", "308203E49000"),
    ]);
}

#[test]
fn an_empty_verify_counts_the_tries_also_when_verified() {
    check_new(&[
        ("0020 0098", "6A88"),
        (JPKI, "9000"),
        ("0020 0080", "6A88"),
        ("00A4 020C 02 0018", "9000"),
        ("0020 0080", "63C3"),
        ("0020 0080 00", "6700"),
        ("0020 0180", "6A86"),
        ("0020 0000", "6A86"),
        ("0020 009B", "63C5"),
        ("0020 0097", "6A88"),
        ("0020 009D", "6A88"),
        ("0020 009F", "6A86"),
        (RIGHT_PIN, "9000"),
        ("0020 0098", "63C3"),
        ("0020 0080", "63C3"),
    ]);
}

#[test]
fn three_misses_lock_the_pin_and_a_right_one_resets_the_count() {
    check_new(&[
        (JPKI, "9000"),
        (WRONG_PIN, "63C2"),
        (WRONG_PIN, "63C1"),
        (RIGHT_PIN, "9000"),
        ("0020 0098", "63C3"),
        (WRONG_PIN, "63C2"),
        ("0020 0098 01 31", "63C1"),
        ("0020 0098 05 3132333435", "63C0"),
        (RIGHT_PIN, "6984"),
        ("0020 0098", "63C0"),
        ("0020 009B", "63C5"),
        (RIGHT_PASSWORD, "9000"),
    ]);
}

#[test]
fn five_misses_lock_the_signature_password() {
    let wrong = "0020 009B 08 5041535357305245";
    check_new(&[
        (JPKI, "9000"),
        (wrong, "63C4"),
        (wrong, "63C3"),
        (wrong, "63C2"),
        (wrong, "63C1"),
        (wrong, "63C0"),
        (RIGHT_PASSWORD, "6984"),
        (RIGHT_PIN, "9000"),
    ]);
}

#[test]
fn a_miss_ends_what_a_right_pin_began() {
    check_new(&[(JPKI, "9000"), (RIGHT_PIN, "9000"), (WRONG_PIN, "63C2"), ("802A 0097 01 01 00", "6982")]);
}

#[test]
fn signing_needs_the_pin_of_its_key_and_the_right_form() {
    let mut card = power_on_card(plastic());
    check(
        &mut card,
        &[
            ("802A 0097 01 01 00", "6A88"),
            (JPKI, "9000"),
            ("802A 0080 01 01 00", "6A88"),
            ("802A 0097 01 01 00", "6982"),
            ("802A 009A 01 01 00", "6982"),
            (RIGHT_PIN, "9000"),
            ("802A 009A 01 01 00", "6982"),
            ("802A 0600 01 01 00", "6A86"),
            ("802A 0698 01 01 00", "6A86"),
            ("802A 0017 01 01 00", "6A86"),
            ("802A 0098 01 01 00", "6A88"),
            ("802A 0097 01 01", "6700"),
            ("802A 0097 01 01 FF", "6700"),
            ("802A 0097 00", "6985"),
            ("802A 0297 01 01 00", "6985"),
            ("802A 0497 01 01 00", "6985"),
            ("00A4 020C 02 0017", "9000"),
        ],
    );
    assert_eq!(exchange_hex(&mut card, &format!("802A 0080 F5 {} 00", "01".repeat(245))).len(), 2 * (256 + 2));
    assert_eq!(exchange_hex(&mut card, &format!("802A 0080 F6 {} 00", "01".repeat(246))), "6985");
}

#[test]
fn records_are_read_by_number() {
    let identity = format!("011C{}9000", hex::encode_upper("4000000123456781310120350217"));
    check_new(&[
        ("00B2 010C 00", "6A82"),
        (COMMON, "9000"),
        ("00B2 0104 00", "6986"),
        ("00B2 010C 00", &identity),
        ("00B2 0104 00", &identity),
        ("00B2 0104 02", "011C9000"),
        ("00B2 020C 00", "6A83"),
        ("00B2 000C 00", "6A83"),
        ("00B2 010C", "6700"),
        ("00B2 010D 00", "6A86"),
        ("00B2 01FC 00", "6A86"),
        ("00B2 01E4 00", "6981"),
        ("00B0 8100 00", "6981"),
        (JPKI, "9000"),
        ("00B2 0154 00", "6981"),
    ]);
}

#[test]
fn the_registry_has_its_record_and_its_pin() {
    let wrong = "0020 009C 04 39393939";
    let reference = format!("0110{}9000", "FF".repeat(16));
    check_new(&[
        (REGISTRY, "9000"),
        ("00B2 0114 00", &reference),
        ("0020 009C", "63C3"),
        (wrong, "63C2"),
        (COMMON, "9000"),
        ("0020 009C", "63C3"),
        ("0020 009C 04 31323334", "9000"),
        (REGISTRY, "9000"),
        ("0020 009C", "63C2"),
    ]);
}

#[test]
fn what_is_printed_on_the_card_opens_what_is_printed_on_it() {
    let number_a = "0020 0094 0C 393939393939393939393939";
    let number_b = format!("0020 0095 0E {}", hex::encode("55021720352285"));
    let birth_date = format!("0020 0091 06 {}", hex::encode("550217"));
    let number = format!("FF100C{}FFFF9000", hex::encode_upper("999999999999"));
    check_new(&[
        (TEXT, "9000"),
        ("00B0 8100 00", "6982"),
        ("00B0 8200 04", "6982"),
        ("0020 0094", "63CA"),
        (number_a, "9000"),
        ("00B0 8100 00", &number),
        ("00B0 8200 04", "6982"),
        (&number_b, "9000"),
        ("00B0 8200 02", "FF209000"),
        (JPKI, "9000"),
        (TEXT, "9000"),
        ("00B0 8100 00", "6982"),
        ("0020 0091 04 31323334", "9000"),
        ("00B0 8100 00", &number),
        ("00B0 8200 02", "FF209000"),
        (SURFACE, "9000"),
        ("00B0 8100 00", "6982"),
        (&birth_date, "9000"),
        ("00B0 8100 0E", "FF100BDF110831393830303231379000"),
        ("00B0 8200 02", "6982"),
        (&number_b.replace("0095", "0092"), "9000"),
        ("00B0 8200 02", "FF209000"),
    ]);
}

#[test]
fn the_four_attributes_stand_behind_their_offsets() {
    let mut card = power_on_card(plastic());
    exchange_hex(&mut card, TEXT);
    exchange_hex(&mut card, "0020 0091 04 31323334");
    let file = hex::decode(exchange_hex(&mut card, "00B0 8200 00")).unwrap();
    let text = |tag: u8, index: usize| {
        let offset = usize::from(u16::from_be_bytes([file[6 + index], file[7 + index]]));
        assert_eq!(file[offset..offset + 2], [0xDF, tag]);
        let length = usize::from(file[offset + 2]);
        String::from_utf8(file[offset + 3..offset + 3 + length].to_vec()).unwrap()
    };
    assert_eq!(file[..2], [0xFF, 0x20]);
    assert_eq!(file[3..6], [0xDF, 0x21, 0x08]);
    assert_eq!(text(0x22, 0), "受付\u{3000}花子");
    assert_eq!(text(0x23, 2), "東京都千代田区霞が関２丁目１番");
    assert_eq!(text(0x24, 4), "19800217");
    assert_eq!(text(0x25, 6), "2");
}

#[test]
fn data_objects_stand_in_the_issuer_security_domain() {
    check_new(&[
        ("00CA 0045 00", &format!("{}9000", hex::encode_upper("400000012345678"))),
        ("00CA 00F0 00", "31333130319000"),
        ("00CA 00F2 00", "32303335303231379000"),
        ("00CA 5F51 00", "E000FF8131FE45149000"),
        ("00CA 5F51 02", "E0009000"),
        ("00CA 00F1 00", "6A88"),
        ("00CA 0045", "6700"),
        (JPKI, "9000"),
        ("00CA 0045 00", "6A88"),
        (DOMAIN, "9000"),
        ("00CA 00F0 00", "31333130319000"),
    ]);
}

#[test]
fn a_challenge_is_as_long_as_asked_and_drawn_where_it_is_told() {
    let draw = || {
        let card = VirtualCard::new(plastic(), Box::new(card::VolatileMemory));
        let mut card = card.with_randomness(base::Randomness::repeatable("challenge"));
        card.power_on();
        exchange_hex(&mut card, "0084 0000 08")
    };
    assert_eq!(draw().len(), 20);
    assert_eq!(draw(), draw());
    check_new(&[("0084 0000", "6700"), ("0084 0001 08", "6A86"), ("0084 0000 01 01 08", "6700")]);
    check_new(&[("0084 0000 000101", "6700")]);
    let mut card = power_on_card(plastic());
    assert_ne!(exchange_hex(&mut card, "0084 0000 00"), exchange_hex(&mut card, "0084 0000 00"));
}

#[test]
fn a_pin_is_changed_after_it_was_verified() {
    let change = "0024 0198 04 35363738";
    check_new(&[
        (JPKI, "9000"),
        (change, "6982"),
        (RIGHT_PASSWORD, "9000"),
        (change, "6982"),
        (RIGHT_PIN, "9000"),
        ("0024 0098 04 35363738", "6A86"),
        ("0024 0197 04 35363738", "6A88"),
        ("0024 0198", "6700"),
        ("0024 0198 03 353637", "6A80"),
        ("0024 0198 04 3536372A", "6A80"),
        ("0024 0198 04 35363741", "6A80"),
        ("8032 0098 04 35363738", "6985"),
        (change, "9000"),
        (RIGHT_PIN, "63C2"),
        ("0020 0098 04 35363738", "9000"),
        ("0024 019B 06 4E4557505731", "9000"),
        (RIGHT_PASSWORD, "63C4"),
        ("0020 009B 06 4E4557505731", "9000"),
        (COMMON, "9000"),
        ("8032 009C 04 35363738", "6982"),
        ("0020 009C 04 31323334", "9000"),
        ("8032 019C 04 35363738", "6A86"),
        ("0024 019C 04 35363738", "6985"),
        ("8032 009C 04 35363738", "9000"),
        ("0020 009C 04 35363738", "9000"),
        (TEXT, "9000"),
        ("0020 0094 0C 393939393939393939393939", "9000"),
        ("0024 0194 0C 313131313131313131313131", "6985"),
    ]);
}

#[test]
fn unknown_commands_and_classes_are_refused() {
    check_new(&[
        ("00FC 0000", "6D00"),
        ("80FC 0000", "6D00"),
        ("80A2 0000", "6D00"),
        ("8020 0098", "6D00"),
        ("002A 0097 01 01 00", "6D00"),
        ("0060 0000", "6D00"),
        ("01A4 040C", "6E00"),
        ("0CB0 0000 00", "6E00"),
        ("10A4 040C", "6E00"),
        ("B0A4 040C", "6E00"),
        ("FFCA 0000 00", "6E00"),
        ("", "6700"),
        ("00", "6700"),
        ("00A404", "6700"),
        ("00A4040C0AD392", "6700"),
        ("00A4040C00000AD392", "6700"),
    ]);
}

#[test]
fn the_security_status_ends_with_another_application() {
    let sign = "802A 0097 01 01 00";
    for application in [TEXT, COMMON, DOMAIN] {
        let mut card = power_on_card(plastic());
        check(&mut card, &[(JPKI, "9000"), (RIGHT_PIN, "9000"), (JPKI, "9000")]);
        assert!(exchange_hex(&mut card, sign).ends_with("9000"), "selected again, it stays");
        check(&mut card, &[("00A4 040C 05 D276000124", "6A82")]);
        assert!(exchange_hex(&mut card, sign).ends_with("9000"), "what is not selected ends nothing");
        check(&mut card, &[(application, "9000"), (JPKI, "9000"), (sign, "6982"), ("0020 0098", "63C3")]);
    }
}

#[test]
fn the_security_status_ends_with_the_power_and_outlives_a_warm_reset() {
    let sign = "802A 0097 01 01 00";
    let verified = |data: CardData| {
        let mut card = power_on_card(data);
        check(&mut card, &[(JPKI, "9000"), (RIGHT_PIN, "9000")]);
        card
    };
    let mut card = verified(plastic());
    assert_eq!(card.reset(), Ok(Atr::default()));
    check(&mut card, &[(sign, "6A88"), ("00A4 0000", "6A86"), (JPKI, "9000")]);
    assert!(exchange_hex(&mut card, sign).ends_with("9000"));
    card.reset().unwrap();
    check(&mut card, &[(TEXT, "9000"), (JPKI, "9000"), (sign, "6982")]);

    let mut card = verified(CardData { warm_reset: WarmReset::Clears, ..plastic() });
    card.reset().unwrap();
    check(&mut card, &[(JPKI, "9000"), (sign, "6982")]);

    let mut card = verified(plastic());
    card.power_off();
    assert!(card.reset().is_err());
    assert_eq!(exchange_hex(&mut card, JPKI), "the card reader failed: the card has no power");
    card.power_on();
    check(&mut card, &[(JPKI, "9000"), (sign, "6982")]);
}

#[test]
fn a_phone_shows_its_certificate_after_the_pin() {
    let mut card = power_on_card(CardData::new(personalisation(TokenLabel::Iphone)));
    check(
        &mut card,
        &[
            (TEXT, "6A82"),
            (JPKI, "9000"),
            ("00B0 8A00 04", "6982"),
            (RIGHT_PIN, "9000"),
            ("00B0 8A00 04", "308205749000"),
        ],
    );
    assert!(exchange_hex(&mut card, "00B0 8600 0E").starts_with(&hex::encode_upper("JPKIAPIOSTOKEN")));
}

#[test]
fn a_card_without_signature_certificate_still_has_its_password() {
    let mut issue = personalisation(TokenLabel::Plastic);
    issue.signature = None;
    check(
        &mut power_on_card(CardData::new(issue)),
        &[
            (JPKI, "9000"),
            ("00B0 8800 00", "008F009000"),
            ("0020 009B", "63C5"),
            (RIGHT_PASSWORD, "9000"),
            ("00B0 8100 02", "FFFF9000"),
            ("802A 009A 01 01 00", "6A88"),
        ],
    );
}

#[test]
fn a_card_begins_with_the_tries_it_is_given() {
    let mut data = plastic();
    data.counters =
        data.counters().with_tries_left(PinReference::AUTHENTICATION, 1).with_tries_left(PinReference::SIGNATURE, 9);
    check(
        &mut power_on_card(data),
        &[(JPKI, "9000"), ("0020 0098", "63C1"), ("0020 009B", "63C5"), (WRONG_PIN, "63C0"), (RIGHT_PIN, "6984")],
    );
}

#[test]
fn faults_happen_once_at_their_command() {
    let faults =
        Faults { removed_after: Some(2), statuses: [(1, "6F00".parse().unwrap())].into(), ..Faults::default() };
    let mut card = power_on_card(plastic().with_faults(faults));
    check(&mut card, &[(JPKI, "6F00"), (JPKI, "9000"), (JPKI, "the card was taken away")]);
    assert!(!card.is_in_field());
    card.place_in_field();
    card.power_on();
    check(&mut card, &[(JPKI, "9000"), (JPKI, "9000"), (JPKI, "9000")]);

    card.inject_faults(Faults { removed_during: Some(1), delay_milliseconds: 300, ..Faults::default() });
    assert_eq!(card.delay().as_millis(), 300);
    check(&mut card, &[("0020 0098", "the card was taken away")]);
    card.power_on();
    check(&mut card, &[(JPKI, "9000"), ("0020 0098", "63C3")]);
}
