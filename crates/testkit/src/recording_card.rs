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

/// A card in our own reader that writes down everything that is done to it, and can be pulled out at a certain command.
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

/// What was done to a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardEvent {
    /// It was given power, or was reset.
    PowerOn,
    /// A command reached it.
    Command(Vec<u8>),
    /// Its power was taken away.
    PowerOff,
}

impl RecordingCard {
    /// Lays the card into the reader of this daemon, and waits until the daemon has noticed.
    pub fn insert(pcscd: &Pcscd, data: CardData) -> Self {
        let seen = RecordingState {
            card: VirtualCard::new(data, Box::new(VolatileMemory)),
            events: Vec::new(),
            remove_at: None,
            is_inserted: true,
        };
        let folder = pcscd.data().join("reader");
        DirBuilder::new().recursive(true).mode(0o700).create(&folder).expect("a folder");
        let witness = Self { state: Arc::new(Mutex::new(seen)), socket: folder.join("card.sock") };
        witness.serve_socket();
        Self::wait_until_present(pcscd);
        witness
    }

    fn serve_socket(&self) {
        let listener = UnixListener::bind(&self.socket).expect("a socket");
        let seen = self.state.clone();
        thread::spawn(move || {
            // The driver has one line at a time.
            for line in listener.incoming() {
                serve_connection(line.expect("a line"), &seen);
                if !lock_state(&seen).is_inserted {
                    return;
                }
            }
        });
    }

    /// Waits until the daemon has noticed the card.
    pub fn wait_until_present(pcscd: &Pcscd) {
        run_for_output(&mut pcscd.card_client_command(&["wait", "present"]));
    }

    fn lock_state(&self) -> MutexGuard<'_, RecordingState> {
        lock_state(&self.state)
    }

    /// The next command of this kind finds no card any more. It was carried out all the same.
    pub fn remove_at(&self, command: fn(&[u8]) -> bool) {
        self.lock_state().remove_at = Some(command);
    }

    /// Lays the card in again that was pulled out, and waits until the daemon has noticed both.
    pub fn reinsert(&self, pcscd: &Pcscd) {
        pcscd.wait_until_empty();
        {
            let mut seen = self.lock_state();
            assert!(!seen.is_inserted, "it was pulled out");
            seen.is_inserted = true;
            seen.card.place_in_field();
        }
        fs::remove_file(&self.socket).expect("the socket of the card that went");
        self.serve_socket();
        Self::wait_until_present(pcscd);
    }

    /// All that was done to the card.
    pub fn events(&self) -> Vec<CardEvent> {
        self.lock_state().events.clone()
    }

    /// How often a PIN was presented to it.
    pub fn count_pins_presented(&self) -> usize {
        let happened = self.events();
        happened.iter().filter(|what| matches!(what, CardEvent::Command(bytes) if presents_pin(bytes))).count()
    }

    /// Whether the card was left without power.
    pub fn is_powered_off(&self) -> bool {
        matches!(
            self.events().iter().rev().find(|what| !matches!(what, CardEvent::Command(_))),
            Some(CardEvent::PowerOff)
        )
    }
}

/// ISO/IEC 7816-4 §7.5.6: a VERIFY without data only asks.
pub(crate) fn presents_pin(command: &[u8]) -> bool {
    command.get(1) == Some(&instruction::VERIFY) && command.len() > 4
}

fn lock_state(seen: &Mutex<RecordingState>) -> MutexGuard<'_, RecordingState> {
    seen.lock().expect("nobody panicked")
}

fn serve_connection(mut line: UnixStream, seen: &Mutex<RecordingState>) {
    let mut received = Vec::new();
    let mut block = [0; 4096];
    loop {
        while let Some((request, taken)) = IfdRequest::decode(&received).expect("the driver speaks its language") {
            received.drain(..taken);
            let answer = respond(&mut lock_state(seen), &request);
            if line.write_all(&answer.encode()).is_err() || answer == IfdResponse::Absent {
                return;
            }
        }
        match line.read(&mut block) {
            Ok(0) | Err(_) => return,
            Ok(count) => received.extend_from_slice(&block[..count]),
        }
    }
}

fn respond(seen: &mut RecordingState, request: &IfdRequest) -> IfdResponse {
    let answer = ifd::respond(&mut seen.card, request);
    match request {
        IfdRequest::Presence => {}
        IfdRequest::PowerOn | IfdRequest::Reset => seen.events.push(CardEvent::PowerOn),
        IfdRequest::PowerOff => seen.events.push(CardEvent::PowerOff),
        IfdRequest::Transmit(command) => {
            seen.events.push(CardEvent::Command(command.to_vec()));
            if seen.remove_at.take_if(|at| at(command)).is_some() {
                seen.card.remove_from_field();
                seen.is_inserted = false;
                return IfdResponse::Absent;
            }
        }
    }
    answer
}
