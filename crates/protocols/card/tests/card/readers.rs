use card::{Faults, ifd, vpcd};

use crate::sample::{bytes, plastic, power_on_card};

#[test]
fn vpcd_carries_a_card() {
    let mut card = card::VirtualCard::new(plastic(), Box::new(card::VolatileMemory));
    let mut check = |message: &[u8], expected: Option<&str>| {
        let (message, _) = vpcd::decode(message).unwrap().unwrap();
        assert_eq!(vpcd::respond(&mut card, &message).unwrap().map(hex::encode_upper).as_deref(), expected);
    };
    check(&[0, 1, 4], Some("3B888001000005E0B381A1007F"));
    check(&[0, 1, 1], None);
    check(&bytes("000F 00A4040C0AD392F000260100000001"), Some("9000"));
    check(&[0, 1, 2], None);
    check(&bytes("0005 00B08A0004"), Some("6A82"));
    check(&[0, 1, 0], None);
    check(&[0, 1, 2], None);
    check(&bytes("0005 00CA00F000"), Some("31333130319000"));
}

#[test]
fn a_reader_driver_sees_the_card_come_and_go() {
    let mut card = card::VirtualCard::new(plastic(), Box::new(card::VolatileMemory));
    let mut check = |request: ifd::IfdRequest, expected: ifd::IfdResponse| {
        assert!(ifd::respond(&mut card, &request) == expected);
    };
    let transmit = |command: &str| ifd::IfdRequest::Transmit(bytes(command).into());
    let atr = ifd::IfdResponse::Atr(bytes("3B888001000005E0B381A1007F"));
    check(ifd::IfdRequest::Presence, ifd::IfdResponse::Present);
    check(transmit("00CA00F000"), ifd::IfdResponse::Failed);
    check(ifd::IfdRequest::PowerOn, atr.clone());
    check(transmit("00CA00F000"), ifd::IfdResponse::Response(bytes("31333130319000")));
    check(ifd::IfdRequest::Reset, atr.clone());
    check(ifd::IfdRequest::PowerOff, ifd::IfdResponse::Done);
    check(ifd::IfdRequest::Reset, atr);
    card.remove_from_field();
    assert!(ifd::respond(&mut card, &ifd::IfdRequest::Presence) == ifd::IfdResponse::Absent);
    assert!(ifd::respond(&mut card, &ifd::IfdRequest::PowerOn) == ifd::IfdResponse::Absent);
    card.place_in_field();
    assert!(ifd::respond(&mut card, &ifd::IfdRequest::Presence) == ifd::IfdResponse::Present);
}

#[test]
fn a_card_pulled_in_mid_command_is_absent() {
    let mut card = power_on_card(plastic().with_faults(Faults { removed_during: Some(1), ..Faults::default() }));
    let request = ifd::IfdRequest::Transmit(bytes("00CA00F000").into());
    assert!(ifd::respond(&mut card, &request) == ifd::IfdResponse::Absent);
    assert!(vpcd::respond(&mut card, &vpcd::VpcdMessage::Atr).is_err());
}
