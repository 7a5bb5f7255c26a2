use card::{CardData, Faults, PinReference, StatusWord, TokenLabel};

use crate::sample::{AUTHENTICATION_KEY, exchange_hex, plastic, power_on_card};

#[test]
fn a_card_is_read_from_what_it_writes() {
    let mut data = plastic().with_faults(Faults {
        removed_after: Some(7),
        removed_during: Some(9),
        delay_milliseconds: 20,
        statuses: [(3, StatusWord::WRONG_LENGTH)].into(),
    });
    data.counters = data.counters().with_tries_left(PinReference::AUTHENTICATION, 1);
    let text = serde_json::to_string(&data).unwrap();
    let read: CardData = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    assert_eq!(read.label(), Some(TokenLabel::Plastic));
    assert_eq!(read.pins().count(), 10);
    assert_eq!(read.faults, data.faults);
    assert_eq!(read.counters().tries_left(PinReference::AUTHENTICATION), Some(1));
}

#[test]
fn a_card_can_be_written_by_hand() {
    let text = r#"{
        "applications": [{
            "aid": "D392F000260100000001",
            "files": {
                "0006": { "kind": "token_information", "label": "JPKIAPICCTOKEN2" },
                "0008": { "kind": "transparent", "content": "AI8A" },
                "000A": { "kind": "transparent", "content": "MAMCAQU=", "size": 16, "read": { "after": ["0018"] } },
                "0016": { "kind": "internal" },
                "0018": { "kind": "pin", "value": "0000", "tries": 3, "form": "four_digits" },
                "001B": { "kind": "pin", "value": "ABC123", "tries": 5, "form": "password",
                          "change": "change_reference_data" }
            }
        }],
        "counters": { "D392F000260100000001/0018": 1 },
        "faults": { "answers": { "2": "6F00" } }
    }"#;
    let mut card = power_on_card(serde_json::from_str(text).unwrap());
    for (command, expected) in [
        ("00A4040C0AD392F000260100000001", "9000"),
        ("00B0880000", "6F00"),
        ("00B0880000", "008F009000"),
        ("00B08A0000", "6982"),
        ("00200098", "63C1"),
        ("002000980430303030", "9000"),
        ("00B08A0000", "3003020105FFFFFFFFFFFFFFFFFFFFFF9000"),
    ] {
        assert_eq!(exchange_hex(&mut card, command), expected, "{command}");
    }
}

#[test]
fn a_card_file_with_a_slip_is_refused() {
    let refused = |original: &str, replacement: &str| {
        let text = r#"{"applications":[{"aid":"D392F000260100000001","files":{"0018":{"kind":"pin","value":"0000","tries":3,"form":"four_digits"}}}]}"#;
        assert!(serde_json::from_str::<CardData>(text).is_ok());
        let text = text.replace(original, replacement);
        serde_json::from_str::<CardData>(&text).expect_err(&text).to_string()
    };
    assert!(refused("D392F000260100000001", "D392").contains("AID"));
    assert!(refused("\"0018\"", "\"18\"").contains("four hexadecimal digits"));
    assert!(refused("\"tries\":3", "\"tries\":16").contains("1 to 15 tries"));
    assert!(refused("\"0000\"", "\"\"").contains("1 to 16"));
    assert!(refused("\"tries\"", "\"tires\"").contains("tires"));
    assert!(refused("\"pin\"", "\"pim\"").contains("pim"));
}

#[test]
fn neither_pins_nor_keys_nor_names_are_shown() {
    let text = format!("{:?}", plastic());
    for secret in ["1234", "PASSW0RD", "55021720352285", "花子", "霞が関"] {
        assert!(!text.contains(secret), "{secret}");
    }
    let key = hex::encode(&*AUTHENTICATION_KEY);
    assert!(!text.contains(&key[100..140]));
}
