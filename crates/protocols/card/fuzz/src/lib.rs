//! Properties that must hold for any foreign bytes: one check for each parser of this crate. The fuzz targets run them on
//! inputs of libFuzzer; the crate's own tests run them on the corpus and on ten thousand mutations of it.
//!
//! A check panics where its property is violated.

use card::{
    CardData, Command, Jpki, Pin, Response, SignaturePassword, Transmit, TransmitError, VirtualCard, VolatileMemory,
    ifd, vpcd,
};

/// A check with the name of its corpus.
pub type FuzzCheck = (&'static str, fn(&[u8]));

/// All checks.
pub const FUZZ_CHECKS: [FuzzCheck; 7] = [
    ("command", command),
    ("response", response),
    ("card_file", card_file),
    ("ifd", ifd_frames),
    ("vpcd", vpcd_frames),
    ("answers", card_responses),
    ("conversation", conversation),
];

/// A command survives encoding and parsing, or is refused.
pub fn command(bytes: &[u8]) {
    if let Ok(command) = Command::parse(bytes) {
        assert!(Command::parse(&command.encode()) == Ok(command));
    }
}

/// A response is encoded as it was parsed.
pub fn response(bytes: &[u8]) {
    match Response::parse(bytes) {
        Ok(response) => assert!(response.encode() == bytes),
        Err(_) => assert!(bytes.len() < 2),
    }
}

/// A card's data file is refused, or is a card that executes commands and is serialised as it was parsed.
pub fn card_file(bytes: &[u8]) {
    let Ok(data) = serde_json::from_slice::<CardData>(bytes) else { return };
    let json = serde_json::to_vec(&data).expect("a card is serialisable");
    let parsed: CardData = serde_json::from_slice(&json).expect("serialised data can be parsed");
    assert!(serde_json::to_vec(&parsed).expect("a card is serialisable") == json);
    assert!(data.pins().all(|(pin, file)| data.counters().tries_left(pin) <= Some(file.tries.into())));
    let applications: Vec<_> = data.applications.iter().map(|application| application.aid).collect();
    let mut card = VirtualCard::new(data, Box::new(VolatileMemory));
    card.power_on();
    for aid in applications {
        let name = aid.as_bytes();
        let length = u8::try_from(name.len()).expect("an AID has at most 16 bytes");
        let select = [&[0x00, 0xA4, 0x04, 0x0C, length], name].concat();
        for command in [&select[..], &[0x00, 0xB0, 0x8A, 0, 0], &[0x00, 0x20, 0x00, 0x98], &[0x00, 0xB2, 0x01, 0x0C, 0]]
        {
            check_status(&card.transmit(command));
        }
    }
}

/// A frame of the driver is encoded as it was decoded, incomplete, or refused; the card responds to every request.
pub fn ifd_frames(bytes: &[u8]) {
    if let Ok(Some((response, length))) = ifd::IfdResponse::decode(bytes) {
        assert!(response.encode() == bytes[..length]);
    }
    let mut card = sample_card();
    let mut rest = bytes;
    while let Ok(Some((request, length))) = ifd::IfdRequest::decode(rest) {
        assert!(request.encode()[..] == rest[..length]);
        let response = ifd::respond(&mut card, &request).encode();
        assert!(matches!(ifd::IfdResponse::decode(&response), Ok(Some((_, end))) if end == response.len()));
        rest = &rest[length..];
    }
}

/// A message of vpcd is no longer than its input, and the card's response fits a frame.
pub fn vpcd_frames(bytes: &[u8]) {
    let mut card = sample_card();
    let mut rest = bytes;
    while let Ok(Some((message, length))) = vpcd::decode(rest) {
        assert!((3..=rest.len()).contains(&length));
        if let Ok(Some(response)) = vpcd::respond(&mut card, &message) {
            assert!(vpcd::encode(&response).is_some());
        }
        rest = &rest[length..];
    }
}

/// Whatever a card responds, the host presents each PIN at most once and terminates.
pub fn card_responses(bytes: &[u8]) {
    let mut card = Scripted { rest: bytes, presented: [0; 2] };
    // Only termination and the number of presentations matter here, not the results.
    let _ = run_host_session(&mut card);
    assert!(card.presented.iter().all(|times| *times <= 1));
}

fn run_host_session(card: &mut Scripted<'_>) -> Result<(), card::host::CardError> {
    let pin: Pin = "1234".parse().expect("four digits");
    let password: SignaturePassword = "PASSW0RD".parse().expect("a password");
    let mut jpki = Jpki::select(card)?;
    let _ = jpki.token();
    let _ = jpki.availability();
    let _ = jpki.pin_tries_left();
    let _ = jpki.verify_pin(&pin);
    let _ = jpki.verify_password(&password);
    let _ = jpki.authentication_certificate();
    let _ = jpki.signature_certificate();
    let _ = jpki.sign_with_authentication_key(card::host::Hash::Sha256([7; 32]));
    jpki.deselect()
}

/// A card with scripted responses: a length byte, then so many bytes; removed at the end of the script.
struct Scripted<'a> {
    rest: &'a [u8],
    presented: [u32; 2],
}

impl Transmit for Scripted<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        if command.len() > 5 && command[1] == 0x20 {
            self.presented[usize::from(command.len() > 9)] += 1;
        }
        let (length, rest) = self.rest.split_first().ok_or(TransmitError::Removed)?;
        let (response, rest) = rest.split_at_checked(usize::from(*length)).ok_or(TransmitError::Removed)?;
        self.rest = rest;
        Ok(response.to_vec())
    }
}

/// Commands, each after a byte of its length: each response has a status, and only the correct PIN raises a counter.
pub fn conversation(bytes: &[u8]) {
    let mut card = sample_card();
    card.power_on();
    let mut rest = bytes;
    while let Some((length, following)) = rest.split_first()
        && let Some((command, following)) = following.split_at_checked(usize::from(*length))
    {
        let previous_counters = card.counters().clone();
        let response = card.transmit(command);
        check_status(&response);
        let succeeded = response.is_ok_and(|response| response.ends_with(&[0x90, 0x00]));
        let verified = succeeded && command.ends_with(b"1234") && command.get(1) == Some(&0x20);
        for (pin, tries) in card.counters().iter() {
            assert!(verified || Some(tries) <= previous_counters.tries_left(pin));
        }
        rest = following;
    }
}

/// A response has a status of ISO/IEC 7816-4.
fn check_status(response: &Result<Vec<u8>, TransmitError>) {
    if let Ok(response) = response {
        let status = response.len().checked_sub(2).map(|index| response[index] >> 4);
        assert!(matches!(status, Some(6 | 9)));
    }
}

/// A card with one file and one PIN.
fn sample_card() -> VirtualCard {
    let data = include_bytes!("../corpus/card_file/plain.json");
    VirtualCard::new(serde_json::from_slice(data).expect("the corpus begins with a card"), Box::new(VolatileMemory))
}
