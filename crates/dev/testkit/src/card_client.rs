//! A PC/SC client for tests, as a separate process: `PCSCLITE_CSOCK_NAME` names the socket of the daemon.
//!
//! * `wait present | absent` waits until a card is in the first reader, or none.
//! * `transmit HEX…` sends commands over an exclusive connection and prints each response.
//! * `hold HEX…` does the same, prints `held`, and keeps the connection until its standard input ends.
//! * `share` tries to open a shared connection and prints the result.
//! * `measure COMMANDS LOGINS` measures with [`testkit::measure_card`] and prints JSON.
//! * `read PIN PASSWORD NUMBER-A NUMBER-B BIRTH` reads every application with crate `myna-card` and prints the contents.

#![expect(clippy::print_stdout, reason = "the output that the test reads")]

use std::{ffi::CString, io::Read, time::Duration};

use card::{Transmit, TransmitError};
use myna_card::{
    MasterFile, Pin,
    ap::{
        common::CommonAp,
        jpki::{JpkiAp, SignatureScheme},
        juki::JukiAp,
        surface::SurfaceAp,
        text::TextAp,
    },
    transport::pcsc::{Sharing, connect_any},
};
use pcsc::{Card, Context, Disposition, Protocols, ReaderState, Scope, ShareMode, State};

/// How long to wait for an event. No test depends on this time.
const EVENT_TIMEOUT: Duration = Duration::from_mins(2);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["wait", "present"] => wait_for_state(State::PRESENT),
        ["wait", "absent"] => wait_for_state(State::EMPTY),
        ["transmit", commands @ ..] => transmit_commands(commands, || ()),
        ["hold", commands @ ..] => transmit_commands(commands, || {
            println!("held");
            std::io::stdin().read_to_end(&mut Vec::new()).expect("the test closes the input");
        }),
        ["share"] => share_card(),
        ["measure", commands, logins] => {
            let mut card = ConnectedCard(connect_card(&establish_context()));
            let (commands, logins) = (commands.parse().expect("a number"), logins.parse().expect("a number"));
            let measurement = testkit::measure_card(&mut card, commands, logins);
            println!("{}", serde_json::to_string(&measurement).expect("numbers are data"));
        }
        ["read", pin, password, number_a, number_b, birth] => read_card(pin, password, [number_a, number_b, birth]),
        _ => panic!("wait | transmit | hold | share | measure | read"),
    }
}

fn establish_context() -> Context {
    Context::establish(Scope::User).expect("pcscd answers")
}

fn first_reader(context: &Context) -> CString {
    context.list_readers_owned().expect("readers are listed").into_iter().next().expect("there is a reader")
}

fn wait_for_state(expected: State) {
    let context = establish_context();
    let mut states = [ReaderState::new(first_reader(&context), State::UNAWARE)];
    loop {
        context.get_status_change(EVENT_TIMEOUT, &mut states).expect("pcscd reports the reader's state");
        if states[0].event_state().contains(expected) {
            return;
        }
        states[0].sync_current_state();
    }
}

fn connect_card(context: &Context) -> Card {
    context.connect(&first_reader(context), ShareMode::Exclusive, Protocols::ANY).expect("the card is free")
}

/// A connected card, for the host side of crate `card`.
struct ConnectedCard(Card);

impl Transmit for ConnectedCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        let mut buffer = vec![0; pcsc::MAX_BUFFER_SIZE_EXTENDED];
        let response =
            self.0.transmit(command, &mut buffer).map_err(|error| TransmitError::Reader(error.to_string()))?;
        Ok(response.to_vec())
    }
}

fn transmit_commands(commands: &[&str], before_disconnect: impl FnOnce()) {
    let card = connect_card(&establish_context());
    let mut buffer = vec![0; pcsc::MAX_BUFFER_SIZE_EXTENDED];
    for command in commands {
        let command = hex::decode(command).expect("hexadecimal digits");
        match card.transmit(&command, &mut buffer) {
            Ok(response) => println!("{}", hex::encode_upper(response)),
            Err(error) => println!("{error}"),
        }
    }
    before_disconnect();
    card.disconnect(Disposition::UnpowerCard).map_err(|(_, error)| error).expect("the card is disconnected");
}

fn share_card() {
    let context = establish_context();
    match context.connect(&first_reader(&context), ShareMode::Shared, Protocols::ANY) {
        Ok(_) => println!("the card is free"),
        Err(error) => println!("{error}"),
    }
}

/// Prints the bytes that were read, or the error.
fn print_bytes(label: &str, result: Result<Vec<u8>, myna_card::Error>) {
    match result {
        Ok(bytes) => println!("{label} {}", hex::encode_upper(bytes)),
        Err(error) => println!("{label} refused: {error}"),
    }
}

fn read_card(pin: &str, password: &str, [number_a, number_b, birth]: [&str; 3]) {
    let (pin, password) = (Pin::numeric(pin).expect("digits"), Pin::new(password).expect("a password"));
    let mut card = connect_any(Sharing::Exclusive).expect("the card is free");

    let mut mf = MasterFile::new(&mut card);
    for tag in [0x0045, 0x00F0, 0x00F2, 0x5F51] {
        print_bytes(&format!("object {tag:04X}"), mf.data_object(tag));
    }

    let mut jpki = JpkiAp::select(&mut card).expect("JPKI");
    println!("token {:?}", jpki.read_token_type().expect("a token"));
    let available = jpki.read_certificate_availability().expect("an EF");
    println!("available {} {}", available.has_sign_certificate(), available.has_auth_certificate());
    println!("tries {:?} {:?}", jpki.auth_pin_retries().expect("a PIN"), jpki.sign_pin_retries().expect("a PIN"));
    print_bytes("authentication", jpki.read_auth_certificate_der());
    print_bytes("authentication-ca", jpki.read_auth_ca_certificate_der());
    print_bytes("signature-ca", jpki.read_sign_ca_certificate_der());
    print_bytes("signature-before", jpki.read_sign_certificate_der());
    print_bytes("signed-before", jpki.sign_with_auth_key(SignatureScheme::Sha256DigestInfo, b"message"));
    jpki.verify_auth_pin(&pin).expect("the PIN is right");
    jpki.verify_sign_pin(&password).expect("the password is right");
    print_bytes("signature", jpki.read_sign_certificate_der());
    print_bytes("signed-authentication", jpki.sign_with_auth_key(SignatureScheme::Sha256DigestInfo, b"message"));
    print_bytes("signed-signature", jpki.sign_with_sign_key(SignatureScheme::Sha256Pss, b"message"));

    let mut text = TextAp::select(&mut card).expect("the text application");
    print_bytes("number-before", text.read_my_number_file());
    text.verify_pin(&pin).expect("the PIN is right");
    let attributes = text.read_attributes().expect("the attributes");
    println!("attributes {} {} {} {:?}", attributes.name, attributes.address, attributes.birth_date, attributes.sex);
    println!("number {}", text.read_my_number().expect("the number's file").as_str());

    let mut surface = SurfaceAp::select(&mut card).expect("the surface application");
    let surface_pin = |digits: &str| Pin::numeric(digits).expect("digits");
    surface.verify_birth_date(&surface_pin(birth)).expect("it is right");
    print_bytes("age", surface.read_ef(0x0001));
    surface.verify_code_b(&surface_pin(number_b)).expect("it is right");
    print_bytes("face", surface.read_ef(0x0002));
    surface.verify_code_a(&surface_pin(number_a)).expect("it is right");

    let mut registry = JukiAp::select(&mut card).expect("the registry's application");
    println!("registry {:?}", registry.pin_retries().expect("a PIN"));
    registry.verify_pin(&pin).expect("the PIN is right");

    let mut common = CommonAp::select(&mut card).expect("the common application");
    let info = common.read_card_info().expect("a record");
    println!("common {} {} {}", info.serial, info.municipality_code, info.expiry);
}
