use std::{
    fs::{self, DirBuilder},
    io::{Read, Write},
    os::unix::{
        fs::DirBuilderExt,
        net::{UnixListener, UnixStream},
    },
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard},
    thread,
};

use card::{
    CardData, VirtualCard, VolatileMemory,
    ifd::{self, IfdRequest, IfdResponse},
    instruction,
};

use crate::{Pcscd, pcscd::run_for_output};

/// A card in the reader of crate `ifd` that records all requests, and can be removed at a certain command.
pub struct RecordingCard {
    state: Arc<Mutex<RecordingState>>,
    socket: PathBuf,
}

struct RecordingState {
    card: VirtualCard,
    events: Vec<CardEvent>,
    remove_at: Option<fn(&[u8]) -> bool>,
    is_inserted: bool,
}

/// A request to a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardEvent {
    /// Power-on or reset.
    PowerOn,
    Command(Vec<u8>),
    PowerOff,
}

impl RecordingCard {
    /// Inserts the card into the reader of this daemon, and waits until the daemon reports it.
    pub fn insert(pcscd: &Pcscd, data: CardData) -> Self {
        let state = RecordingState {
            card: VirtualCard::new(data, Box::new(VolatileMemory)),
            events: Vec::new(),
            remove_at: None,
            is_inserted: true,
        };
        let folder = pcscd.data().join("reader");
        DirBuilder::new().recursive(true).mode(0o700).create(&folder).expect("a folder");
        let card = Self { state: Arc::new(Mutex::new(state)), socket: folder.join("card.sock") };
        card.serve_socket();
        Self::wait_until_present(pcscd);
        card
    }

    fn serve_socket(&self) {
        let listener = UnixListener::bind(&self.socket).expect("a socket");
        let state = self.state.clone();
        thread::spawn(move || {
            // The driver has one connection at a time.
            for connection in listener.incoming() {
                serve_connection(connection.expect("a connection"), &state);
                if !lock_state(&state).is_inserted {
                    return;
                }
            }
        });
    }

    /// Waits until the daemon reports the card.
    pub fn wait_until_present(pcscd: &Pcscd) {
        run_for_output(&mut pcscd.card_client_command(&["wait", "present"]));
    }

    fn lock_state(&self) -> MutexGuard<'_, RecordingState> {
        lock_state(&self.state)
    }

    /// Removes the card at the next command that matches: the command is carried out, but its response is lost.
    pub fn remove_at(&self, command: fn(&[u8]) -> bool) {
        self.lock_state().remove_at = Some(command);
    }

    /// Inserts the removed card again, and waits until the daemon has reported both.
    pub fn reinsert(&self, pcscd: &Pcscd) {
        pcscd.wait_until_empty();
        {
            let mut state = self.lock_state();
            assert!(!state.is_inserted, "the card was removed");
            state.is_inserted = true;
            state.card.place_in_field();
        }
        fs::remove_file(&self.socket).expect("the socket of the removed card");
        self.serve_socket();
        Self::wait_until_present(pcscd);
    }

    /// All requests to the card so far.
    pub fn events(&self) -> Vec<CardEvent> {
        self.lock_state().events.clone()
    }

    /// How often a PIN was presented to the card.
    pub fn count_pins_presented(&self) -> usize {
        let events = self.events();
        events.iter().filter(|event| matches!(event, CardEvent::Command(bytes) if presents_pin(bytes))).count()
    }

    /// Whether the card was left without power.
    pub fn is_powered_off(&self) -> bool {
        matches!(
            self.events().iter().rev().find(|event| !matches!(event, CardEvent::Command(_))),
            Some(CardEvent::PowerOff)
        )
    }
}

/// ISO/IEC 7816-4 §7.5.6: a VERIFY without data only queries the state.
pub(crate) fn presents_pin(command: &[u8]) -> bool {
    command.get(1) == Some(&instruction::VERIFY) && command.len() > 4
}

fn lock_state(state: &Mutex<RecordingState>) -> MutexGuard<'_, RecordingState> {
    state.lock().expect("the lock is not poisoned")
}

fn serve_connection(mut connection: UnixStream, state: &Mutex<RecordingState>) {
    let mut received = Vec::new();
    let mut block = [0; 4096];
    loop {
        while let Some((request, length)) = IfdRequest::decode(&received).expect("the driver follows the protocol") {
            received.drain(..length);
            let response = respond(&mut lock_state(state), &request);
            if connection.write_all(&response.encode()).is_err() || response == IfdResponse::Absent {
                return;
            }
        }
        match connection.read(&mut block) {
            Ok(0) | Err(_) => return,
            Ok(count) => received.extend_from_slice(&block[..count]),
        }
    }
}

fn respond(state: &mut RecordingState, request: &IfdRequest) -> IfdResponse {
    let response = ifd::respond(&mut state.card, request);
    match request {
        IfdRequest::Presence => {}
        IfdRequest::PowerOn | IfdRequest::Reset => state.events.push(CardEvent::PowerOn),
        IfdRequest::PowerOff => state.events.push(CardEvent::PowerOff),
        IfdRequest::Transmit(command) => {
            state.events.push(CardEvent::Command(command.to_vec()));
            if state.remove_at.take_if(|matches_command| matches_command(command)).is_some() {
                state.card.remove_from_field();
                state.is_inserted = false;
                return IfdResponse::Absent;
            }
        }
    }
    response
}
