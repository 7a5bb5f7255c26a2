use card::{
    CardData, Faults, Jpki, Pin, PinReference, TokenLabel, Transmit, TransmitError, VirtualCard, aid, file,
    host::{Availability, CardError, Hash, PinVerification, Step},
};

use proptest::{collection::vec, prelude::any, proptest};

use crate::sample::{certificate, personalisation, plastic, power_on_card};

fn pin(digits: &str) -> Pin {
    digits.parse().expect("a PIN")
}

/// A card that records every command.
struct RecordingCard(VirtualCard, Vec<String>);

impl Transmit for RecordingCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        self.1.push(hex::encode_upper(command));
        self.0.transmit(command)
    }
}

#[test]
fn a_login_sends_each_command_once() {
    let mut card = RecordingCard(power_on_card(plastic()), Vec::new());
    let mut jpki = Jpki::select(&mut card).unwrap();
    assert_eq!(jpki.token(), Ok(TokenLabel::Plastic));
    assert_eq!(jpki.pin_tries_left(), Ok(3));
    assert_eq!(jpki.verify_pin(&pin("1234")), Ok(PinVerification::Right));
    assert_eq!(jpki.sign_with_authentication_key(Hash::Sha256([0x5A; 32])).unwrap().len(), 256);
    jpki.deselect().unwrap();
    let digest_info = format!("3031300D060960864801650304020105000420{}", "5A".repeat(32));
    assert_eq!(
        card.1,
        [
            "00A4040C0AD392F000260100000001",
            "00A4020C020006",
            "00B0000020",
            "00A4020C020018",
            "00200080",
            "00A4020C020018",
            "002000800431323334",
            "00A4020C020017",
            &format!("802A008033{digest_info}00"),
            "00A4040C07A0000001510000",
        ]
    );
}

#[test]
fn certificates_are_read_by_their_own_length() {
    let mut card = power_on_card(plastic());
    let mut jpki = Jpki::select(&mut card).unwrap();
    assert_eq!(jpki.availability(), Ok(Availability { signature: true, authentication: true }));
    assert_eq!(jpki.authentication_certificate(), Ok(certificate(0xA0, 1400)));
    assert_eq!(jpki.authentication_ca_certificate(), Ok(certificate(0xA1, 1000)));
    assert_eq!(jpki.signature_ca_certificate(), Ok(certificate(0xB1, 1000)));
    let needed = CardError::PinNeeded(Step::Read(file::SIGNATURE_CERTIFICATE));
    assert_eq!(jpki.signature_certificate(), Err(needed));
    assert_eq!(jpki.verify_password(&"PASSW0RD".parse().unwrap()), Ok(PinVerification::Right));
    assert_eq!(jpki.signature_certificate(), Ok(certificate(0xB0, 1400)));
}

#[test]
fn certificates_of_any_length_are_read_whole() {
    for length in [256, 257, 512, 2047, 2048, 2049, 3000] {
        let mut issue = personalisation(TokenLabel::Plastic);
        issue.authentication.certificate = certificate(0xC0, length);
        let mut card = power_on_card(CardData::new(issue));
        let mut jpki = Jpki::select(&mut card).unwrap();
        assert_eq!(jpki.authentication_certificate(), Ok(certificate(0xC0, length)), "{length}");
    }
}

#[test]
fn a_short_certificate_has_a_short_length() {
    let der = [&[0x30, 0x81, 0x90][..], &[7; 0x90]].concat();
    let mut issue = personalisation(TokenLabel::Plastic);
    issue.authentication.certificate.clone_from(&der);
    let mut card = power_on_card(CardData::new(issue));
    assert_eq!(Jpki::select(&mut card).unwrap().authentication_certificate(), Ok(der));
}

#[test]
fn wrong_pins_are_counted_down_to_locked() {
    let mut card = power_on_card(plastic());
    let mut jpki = Jpki::select(&mut card).unwrap();
    assert_eq!(jpki.verify_pin(&pin("0000")), Ok(PinVerification::Wrong { tries_left: 2 }));
    assert_eq!(jpki.verify_pin(&pin("0000")), Ok(PinVerification::Wrong { tries_left: 1 }));
    assert_eq!(jpki.verify_pin(&pin("0000")), Ok(PinVerification::Locked));
    assert_eq!(jpki.verify_pin(&pin("1234")), Ok(PinVerification::Locked));
    assert_eq!(jpki.pin_tries_left(), Ok(0));
    assert_eq!(jpki.password_tries_left(), Ok(5));
    let needed = CardError::PinNeeded(Step::Sign(file::AUTHENTICATION_KEY));
    assert_eq!(jpki.sign_with_authentication_key(Hash::Sha256([0; 32])), Err(needed));
    card.unlock(PinReference::AUTHENTICATION).unwrap();
    let mut jpki = Jpki::select(&mut card).unwrap();
    assert_eq!(jpki.verify_pin(&pin("1234")), Ok(PinVerification::Right));
}

#[test]
fn whoever_leaves_leaves_nothing_open() {
    let mut card = power_on_card(plastic());
    let mut jpki = Jpki::select(&mut card).unwrap();
    jpki.verify_pin(&pin("1234")).unwrap();
    jpki.deselect().unwrap();
    let mut jpki = Jpki::select(&mut card).unwrap();
    let needed = CardError::PinNeeded(Step::Sign(file::AUTHENTICATION_KEY));
    assert_eq!(jpki.sign_with_authentication_key(Hash::Sha256([0; 32])), Err(needed));
}

#[test]
fn a_phone_asks_for_the_pin_first() {
    let mut card = power_on_card(CardData::new(personalisation(TokenLabel::Android)));
    let mut jpki = Jpki::select(&mut card).unwrap();
    assert_eq!(jpki.token(), Ok(TokenLabel::Android));
    let needed = CardError::PinNeeded(Step::Read(file::AUTHENTICATION_CERTIFICATE));
    assert_eq!(jpki.authentication_certificate(), Err(needed));
    jpki.verify_pin(&pin("1234")).unwrap();
    assert_eq!(jpki.authentication_certificate(), Ok(certificate(0xA0, 1400)));
}

#[test]
fn another_card_and_a_missing_certificate_are_told_apart() {
    let mut data = plastic();
    data.applications.retain(|application| application.aid != aid::JPKI);
    assert!(matches!(Jpki::select(&mut power_on_card(data)), Err(CardError::OtherCard)));

    let mut issue = personalisation(TokenLabel::Plastic);
    issue.signature = None;
    let mut card = power_on_card(CardData::new(issue));
    let mut jpki = Jpki::select(&mut card).unwrap();
    assert_eq!(jpki.availability(), Ok(Availability { signature: false, authentication: true }));
    jpki.verify_password(&"PASSW0RD".parse().unwrap()).unwrap();
    assert_eq!(jpki.signature_certificate(), Err(CardError::NoCertificate(file::SIGNATURE_CERTIFICATE)));
}

#[test]
fn a_card_that_is_moved_away_is_lost_at_every_command_and_never_asked_again() {
    let login = |card: &mut RecordingCard| -> Result<(), CardError> {
        let mut jpki = Jpki::select(card)?;
        jpki.authentication_certificate()?;
        jpki.verify_pin(&pin("1234"))?;
        jpki.sign_with_authentication_key(Hash::Sha256([0; 32]))?;
        jpki.deselect()
    };
    let mut complete_run = RecordingCard(power_on_card(plastic()), Vec::new());
    login(&mut complete_run).unwrap();
    for command_number in 1..=u32::try_from(complete_run.1.len()).unwrap() {
        let faults = Faults { removed_during: Some(command_number), ..Faults::default() };
        let mut card = RecordingCard(power_on_card(plastic().with_faults(faults)), Vec::new());
        assert_eq!(login(&mut card), Err(CardError::Transmit(TransmitError::Removed)), "{command_number}");
        assert_eq!(card.1, complete_run.1[..card.1.len()], "{command_number}");
        assert_eq!(card.1.len(), usize::try_from(command_number).unwrap());
    }
}

#[test]
fn an_unexpected_status_is_told_with_its_step() {
    let faults = Faults { statuses: [(3, "6F00".parse().unwrap())].into(), ..Faults::default() };
    let mut card = power_on_card(plastic().with_faults(faults));
    let trouble = Jpki::select(&mut card).unwrap().verify_pin(&pin("1234")).unwrap_err();
    assert_eq!(trouble.to_string(), "the card answered 6F00 (not a status of this card) while verifying PIN 0018");
}

/// A card with arbitrary scripted responses.
struct ScriptedCard(Vec<Vec<u8>>);

impl Transmit for ScriptedCard {
    fn transmit(&mut self, _command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        if self.0.is_empty() { Err(TransmitError::Reader("silence".to_owned())) } else { Ok(self.0.remove(0)) }
    }
}

proptest! {
    #[test]
    fn no_answer_of_a_card_makes_the_reader_panic(
        responses in vec((vec(any::<u8>(), 0..300), any::<bool>()), 0..12),
    ) {
        // Half of them are successes: 9000, with data like the beginning of a certificate.
        let responses = responses.into_iter().map(|(bytes, success)| {
            if success { [&[0x30, 0x82], &bytes[..], &[0x90, 0x00]].concat() } else { bytes }
        });
        let mut card = ScriptedCard([vec![0x90, 0]].into_iter().chain(responses).collect());
        if let Ok(mut jpki) = Jpki::select(&mut card) {
            let _ = jpki.authentication_certificate();
            let _ = jpki.token();
            let _ = jpki.availability();
            let _ = jpki.pin_tries_left();
            let _ = jpki.verify_pin(&pin("1234"));
            let _ = jpki.sign_with_authentication_key(Hash::Sha384([0; 48]));
            let _ = jpki.deselect();
        }
    }
}
