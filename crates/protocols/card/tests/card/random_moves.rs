use std::{collections::HashSet, sync::LazyLock};

use card::{Command, PinReference, Transmit, VirtualCard, ifd, vpcd};
use proptest::{collection::vec, prelude::*};

use crate::sample::{AUTHENTICATION_KEY, SIGNATURE_KEY, Store, bytes, plastic};

/// An action of somebody who has the card.
#[derive(Debug, Clone)]
enum Move {
    Send(Vec<u8>),
    Verify { file: u8, right: bool },
    Sign { key: u8, scheme: u8 },
    Reset,
    PowerCycle,
    Unlock,
}

const APPLICATIONS: [&str; 6] = [
    "00A4040C0AD392F000260100000001",
    "00A4040C0AD3921000310001010408",
    "00A4040C0AD3921000310001010402",
    "00A4040C0AD3921000310001010401",
    "00A4040C0AD3921000310001010100",
    "00A4040C07A0000001510000",
];

fn moves() -> impl Strategy<Value = Move> {
    let instructions = [0x20, 0x24, 0x2A, 0x32, 0x84, 0xA4, 0xB0, 0xB2, 0xCA];
    prop_oneof![
        4 => proptest::sample::select(&APPLICATIONS[..]).prop_map(|command| Move::Send(bytes(command))),
        2 => Just(Move::Send(bytes(APPLICATIONS[0]))),
        3 => (0_u8..0x20).prop_map(|file| Move::Send(vec![0, 0xA4, 2, 0x0C, 2, 0, file])),
        4 => (proptest::sample::select(&[0x11_u8, 0x14, 0x18, 0x18, 0x1B, 0x1C][..]), any::<bool>())
            .prop_map(|(file, right)| Move::Verify { file, right }),
        4 => (proptest::sample::select(&[0x17_u8, 0x1A][..]), 0_u8..7).prop_map(|(key, scheme)| Move::Sign { key, scheme }),
        3 => (0_u8..0x20, any::<u8>()).prop_map(|(file, offset)| Move::Send(vec![0, 0xB0, 0x80 | file, offset, 0])),
        1 => any::<[u8; 2]>().prop_map(|[high, low]| Move::Send(vec![0, 0xB0, high, low, 0, 0, 0])),
        2 => vec(any::<u8>(), 0..40).prop_map(Move::Send),
        3 => (any::<bool>(), proptest::sample::select(instructions.to_vec()), any::<[u8; 2]>(), vec(any::<u8>(), 0..20))
            .prop_map(|(proprietary, instruction, [p1, p2], body)| {
                let class = if proprietary { 0x80 } else { 0 };
                Move::Send([&[class, instruction, p1, p2][..], &body].concat())
            }),
        1 => Just(Move::Reset),
        1 => Just(Move::PowerCycle),
        1 => Just(Move::Unlock),
    ]
}

fn value(file: u8) -> &'static [u8] {
    match file {
        0x14 => b"999999999999",
        0x1B => b"PASSW0RD",
        _ => b"1234",
    }
}

/// Every run of 12 secret bytes of the keys: all of PKCS#8 after the modulus.
static SECRETS: LazyLock<HashSet<Vec<u8>>> = LazyLock::new(|| {
    let keys = [&*AUTHENTICATION_KEY, &*SIGNATURE_KEY];
    keys.iter().flat_map(|key| key[320..].windows(12).map(<[u8]>::to_vec)).collect()
});

/// Which keys may sign: their PIN was verified since JPKI was last deselected or the power last cut.
#[derive(Default)]
struct SignPermissions {
    pin: bool,
    password: bool,
}

fn play(moves: Vec<Move>) -> Result<(), TestCaseError> {
    let store = Store::default();
    let mut card = VirtualCard::new(plastic(), Box::new(store.clone()));
    card.power_on();
    let mut permissions = SignPermissions::default();
    let mut in_jpki = false;
    for step in moves {
        let previous_counters = card.counters().clone();
        let mut raised_by = None;
        let command = match &step {
            Move::Reset => {
                card.reset().map_err(|error| TestCaseError::fail(error.to_string()))?;
                in_jpki = false;
                continue;
            }
            Move::PowerCycle => {
                card.power_off();
                card.power_on();
                (permissions, in_jpki) = (SignPermissions::default(), false);
                continue;
            }
            Move::Unlock => {
                card.unlock(PinReference::AUTHENTICATION)
                    .map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
                continue;
            }
            Move::Send(command) => command.clone(),
            Move::Verify { file, right } => {
                let data = if *right { value(*file) } else { b"0000" };
                let length = u8::try_from(data.len()).map_err(|_| TestCaseError::fail("a PIN is short"))?;
                if *right {
                    raised_by = Some(*file);
                }
                [&[0, 0x20, 0, 0x80 | *file, length], data].concat()
            }
            Move::Sign { key, scheme } => [&[0x80, 0x2A, *scheme, 0x80 | *key, 32][..], &[7; 32], &[0]].concat(),
        };
        let response = card.transmit(&command).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let success = response.ends_with(&[0x90, 0x00]);

        // After a successful SELECT by name the selected application is known.
        if success && command.starts_with(&[0x00, 0xA4, 0x04]) {
            in_jpki =
                Command::parse(&command).is_ok_and(|command| bytes("D392F000260100000001").starts_with(command.data()));
            if !in_jpki {
                permissions = SignPermissions::default();
            }
        }
        if success && in_jpki {
            match step {
                Move::Verify { file: 0x18, right: true } => permissions.pin = true,
                Move::Verify { file: 0x1B, right: true } => permissions.password = true,
                _ => {}
            }
        }

        // No signature without the PIN of its key: only SIGN returns 256 bytes.
        if success && command.get(1) == Some(&0x2A) {
            prop_assert!(in_jpki && (permissions.pin || permissions.password), "signed without PIN: {command:02X?}");
            match step {
                Move::Sign { key: 0x17, .. } => prop_assert!(permissions.pin, "signed without the PIN"),
                Move::Sign { key: 0x1A, .. } => prop_assert!(permissions.password, "signed without the password"),
                _ => {}
            }
        }

        // No byte of a private key is returned.
        prop_assert!(response.windows(12).all(|window| !SECRETS.contains(window)), "a key was read: {command:02X?}");

        // Only the correct PIN raises a counter, only a failure lowers one, and the stored counters are the current ones.
        for (pin, tries) in card.counters().iter() {
            let previous = previous_counters.tries_left(pin).unwrap_or_default();
            if tries > previous {
                prop_assert!(success, "a counter went up without success: {command:02X?}");
                prop_assert_eq!(raised_by.map(u16::from), Some(pin.file.0));
            }
            prop_assert!(tries + 1 >= previous, "a counter went down by more than one");
            if tries < previous {
                prop_assert_eq!(command.get(..2), Some(&[0x00, 0x20][..]));
                prop_assert_eq!(response.len(), 2);
            }
            prop_assert_eq!(store.tries(pin).unwrap_or(tries), tries);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_moves_read_a_key_sign_without_pin_or_raise_a_counter(moves in vec(moves(), 1..60)) {
        play(moves)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_a_command_or_refused(input in vec(any::<u8>(), 0..80)) {
        if let Ok(command) = Command::parse(&input) {
            prop_assert_eq!(Command::parse(&command.encode()), Ok(command));
        }
    }

    #[test]
    fn any_command_is_read_from_what_it_writes(
        header in any::<[u8; 4]>(), data in vec(any::<u8>(), 0..600), expected in proptest::option::of(1_u32..=65_536),
    ) {
        if let Ok(command) = Command::new(header, &data, expected) {
            prop_assert_eq!(Command::parse(&command.encode()), Ok(command));
        }
    }

    #[test]
    fn any_bytes_from_a_reader_are_a_message_or_refused(input in vec(any::<u8>(), 0..80)) {
        if let Ok(Some((_, length))) = vpcd::decode(&input) {
            prop_assert!(length <= input.len());
        }
        if let Ok(Some((request, length))) = ifd::IfdRequest::decode(&input) {
            prop_assert!(*request.encode() == input[..length]);
        }
        if let Ok(Some((response, length))) = ifd::IfdResponse::decode(&input) {
            prop_assert!(response.encode() == input[..length]);
        }
    }
}
