//! What must hold of any bytes that come from outside: one judge for each parser of this crate. The fuzz targets run them on
//! what libFuzzer finds; the crate's own tests run them on the corpus and on some ten thousand changes to it.
//!
//! A judge panics where the promise is broken, and says nothing otherwise.

use card::{
    CardData, Command, Jpki, Pin, Response, SignaturePassword, Transmit, TransmitError, VirtualCard, VolatileMemory,
    ifd, vpcd,
};

/// A judge, by the name of its corpus.
pub type FuzzCheck = (&'static str, fn(&[u8]));

/// All of them.
pub const FUZZ_CHECKS: [FuzzCheck; 7] = [
    ("command", command),
    ("response", response),
    ("card_file", card_file),
    ("ifd", ifd_frames),
    ("vpcd", vpcd_frames),
    ("answers", card_responses),
    ("conversation", conversation),
];

/// A command is read from what it writes, or refused.
pub fn command(bytes: &[u8]) {
    if let Ok(command) = Command::parse(bytes) {
        assert!(Command::parse(&command.encode()) == Ok(command));
    }
}

/// An answer is written as it was read.
pub fn response(bytes: &[u8]) {
    match Response::parse(bytes) {
        Ok(response) => assert!(response.encode() == bytes),
        Err(_) => assert!(bytes.len() < 2),
    }
}

/// A card's data file is refused, or is a card that carries out commands and is written as it was read.
pub fn card_file(bytes: &[u8]) {
    let Ok(data) = serde_json::from_slice::<CardData>(bytes) else { return };
    let written = serde_json::to_vec(&data).expect("a card is data");
    let again: CardData = serde_json::from_slice(&written).expect("what was written is read");
    assert!(serde_json::to_vec(&again).expect("a card is data") == written);
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

/// A frame of the driver is written as it was read, more is waited for, or it is refused; whichever request came, the card
/// answers it.
pub fn ifd_frames(bytes: &[u8]) {
    if let Ok(Some((answer, taken))) = ifd::IfdResponse::decode(bytes) {
        assert!(answer.encode() == bytes[..taken]);
    }
    let mut card = sample_card();
    let mut rest = bytes;
    while let Ok(Some((request, taken))) = ifd::IfdRequest::decode(rest) {
        assert!(request.encode()[..] == rest[..taken]);
        let answer = ifd::respond(&mut card, &request).encode();
        assert!(matches!(ifd::IfdResponse::decode(&answer), Ok(Some((_, length))) if length == answer.len()));
        rest = &rest[taken..];
    }
}

/// A message of vpcd takes no more than there is, and the card answers it with what fits a frame.
pub fn vpcd_frames(bytes: &[u8]) {
    let mut card = sample_card();
    let mut rest = bytes;
    while let Ok(Some((message, taken))) = vpcd::decode(rest) {
        assert!((3..=rest.len()).contains(&taken));
        if let Ok(Some(answer)) = vpcd::respond(&mut card, &message) {
            assert!(vpcd::encode(&answer).is_some());
        }
        rest = &rest[taken..];
    }
}

/// Whatever a card answers, the program's side presents each PIN at most once and ends.
pub fn card_responses(bytes: &[u8]) {
    let mut card = Scripted { rest: bytes, presented: [0; 2] };
    // What the card's answers mean is not asked here, only that they are borne.
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

/// A card that answers from a script: a byte of length, then so many bytes; lost where the script ends.
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
        let (answer, rest) = rest.split_at_checked(usize::from(*length)).ok_or(TransmitError::Removed)?;
        self.rest = rest;
        Ok(answer.to_vec())
    }
}

/// Commands, each after a byte of its length: the card answers each with a status, and raises no counter but by the right PIN.
pub fn conversation(bytes: &[u8]) {
    let mut card = sample_card();
    card.power_on();
    let mut rest = bytes;
    while let Some((length, after)) = rest.split_first()
        && let Some((command, after)) = after.split_at_checked(usize::from(*length))
    {
        let before = card.counters().clone();
        let answer = card.transmit(command);
        check_status(&answer);
        let succeeded = answer.is_ok_and(|answer| answer.ends_with(&[0x90, 0x00]));
        let verified = succeeded && command.ends_with(b"1234") && command.get(1) == Some(&0x20);
        for (pin, tries) in card.counters().iter() {
            assert!(verified || Some(tries) <= before.tries_left(pin));
        }
        rest = after;
    }
}

/// An answer has a status of ISO/IEC 7816-4.
fn check_status(answer: &Result<Vec<u8>, TransmitError>) {
    if let Ok(answer) = answer {
        let status = answer.len().checked_sub(2).map(|at| answer[at] >> 4);
        assert!(matches!(status, Some(6 | 9)));
    }
}

/// A card with one file and one PIN.
fn sample_card() -> VirtualCard {
    let data = include_bytes!("../corpus/card_file/plain.json");
    VirtualCard::new(serde_json::from_slice(data).expect("the corpus begins with a card"), Box::new(VolatileMemory))
}
