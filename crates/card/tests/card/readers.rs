use card::{Faults, ifd, vpcd};

use crate::sample::{bytes, plastic, powered};

#[test]
fn vpcd_carries_a_card() {
    let mut card = card::VirtualCard::new(plastic(), Box::new(card::Volatile));
    let mut check = |message: &[u8], expected: Option<&str>| {
        let (message, _) = vpcd::decode(message).unwrap().unwrap();
        assert_eq!(vpcd::answer(&mut card, &message).unwrap().map(hex::encode_upper).as_deref(), expected);
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
    let mut card = card::VirtualCard::new(plastic(), Box::new(card::Volatile));
    let mut check = |request: ifd::Request, expected: ifd::Answer| {
        assert!(ifd::answer(&mut card, &request) == expected);
    };
    let transmit = |command: &str| ifd::Request::Transmit(bytes(command).into());
    let atr = ifd::Answer::Atr(bytes("3B888001000005E0B381A1007F"));
    check(ifd::Request::Presence, ifd::Answer::Present);
    check(transmit("00CA00F000"), ifd::Answer::Failed);
    check(ifd::Request::PowerOn, atr.clone());
    check(transmit("00CA00F000"), ifd::Answer::Response(bytes("31333130319000")));
    check(ifd::Request::Reset, atr.clone());
    check(ifd::Request::PowerOff, ifd::Answer::Done);
    check(ifd::Request::Reset, atr);
    card.pull_out();
    assert!(ifd::answer(&mut card, &ifd::Request::Presence) == ifd::Answer::Absent);
    assert!(ifd::answer(&mut card, &ifd::Request::PowerOn) == ifd::Answer::Absent);
    card.lay_in();
    assert!(ifd::answer(&mut card, &ifd::Request::Presence) == ifd::Answer::Present);
}

#[test]
fn a_card_pulled_in_mid_command_is_absent() {
    let mut card = powered(plastic().with_faults(Faults { pulled_during: Some(1), ..Faults::default() }));
    let request = ifd::Request::Transmit(bytes("00CA00F000").into());
    assert!(ifd::answer(&mut card, &request) == ifd::Answer::Absent);
    assert!(vpcd::answer(&mut card, &vpcd::Message::Atr).is_err());
}
