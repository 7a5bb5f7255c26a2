//! A client of PC/SC in a process of its own, as tests need one: `PCSCLITE_CSOCK_NAME` says whose.
//!
//! * `wait present | absent` waits until a card lies in the first reader, or none.
//! * `transmit HEX…` sends commands with the card held exclusively and prints each answer.

use std::{ffi::CString, time::Duration};

use pcsc::{Card, Context, Disposition, Protocols, ReaderState, Scope, ShareMode, State};

/// How long to wait for an event. No test is about this time.
const PATIENCE: Duration = Duration::from_secs(120);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let context = Context::establish(Scope::User).expect("pcscd answers");
    match words.as_slice() {
        ["wait", "present"] => wait(&context, State::PRESENT),
        ["wait", "absent"] => wait(&context, State::EMPTY),
        ["transmit", commands @ ..] => transmit(&context, commands),
        _ => panic!("wait present | wait absent | transmit HEX…"),
    }
}

fn reader(context: &Context) -> CString {
    context.list_readers_owned().expect("readers are listed").into_iter().next().expect("there is a reader")
}

fn wait(context: &Context, wanted: State) {
    let mut states = [ReaderState::new(reader(context), State::UNAWARE)];
    loop {
        context.get_status_change(PATIENCE, &mut states).expect("the reader tells what happens");
        if states[0].event_state().contains(wanted) {
            return;
        }
        states[0].sync_current_state();
    }
}

fn connect(context: &Context) -> Card {
    context.connect(&reader(context), ShareMode::Exclusive, Protocols::ANY).expect("the card is free")
}

#[expect(clippy::print_stdout, reason = "the answers, for the test")]
fn transmit(context: &Context, commands: &[&str]) {
    let card = connect(context);
    let mut room = vec![0; pcsc::MAX_BUFFER_SIZE_EXTENDED];
    for command in commands {
        let command = hex::decode(command).expect("hexadecimal digits");
        match card.transmit(&command, &mut room) {
            Ok(answer) => println!("{}", hex::encode_upper(answer)),
            Err(error) => println!("{error}"),
        }
    }
    card.disconnect(Disposition::UnpowerCard).map_err(|(_, error)| error).expect("the card is put down");
}
