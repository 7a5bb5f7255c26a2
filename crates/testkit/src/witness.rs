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
    CardData, VirtualCard, Volatile,
    ifd::{self, Answer, Request},
    instruction,
};

use crate::{Pcscd, pcscd::said};

/// A card in our own reader that writes down everything that is done to it, and can be pulled out at a certain command.
pub struct Witness {
    seen: Arc<Mutex<Seen>>,
    socket: PathBuf,
}

struct Seen {
    card: VirtualCard,
    happened: Vec<Happened>,
    pulled_at: Option<fn(&[u8]) -> bool>,
    lies_there: bool,
}

/// What was done to a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// It was given power, or was reset.
    Power,
    /// A command reached it.
    Command(Vec<u8>),
    /// Its power was taken away.
    NoPower,
}

impl Witness {
    /// Lays the card into the reader of this daemon, and waits until the daemon has noticed.
    pub fn lay_into(pcscd: &Pcscd, data: CardData) -> Self {
        let seen = Seen {
            card: VirtualCard::new(data, Box::new(Volatile)),
            happened: Vec::new(),
            pulled_at: None,
            lies_there: true,
        };
        let folder = pcscd.data().join("reader");
        DirBuilder::new().recursive(true).mode(0o700).create(&folder).expect("a folder");
        let witness = Self { seen: Arc::new(Mutex::new(seen)), socket: folder.join("card.sock") };
        witness.lie();
        Self::wait_until_noticed(pcscd);
        witness
    }

    fn lie(&self) {
        let listener = UnixListener::bind(&self.socket).expect("a socket");
        let seen = self.seen.clone();
        thread::spawn(move || {
            // The driver has one line at a time.
            for line in listener.incoming() {
                carry(line.expect("a line"), &seen);
                if !lock(&seen).lies_there {
                    return;
                }
            }
        });
    }

    /// Waits until the daemon has noticed the card.
    pub fn wait_until_noticed(pcscd: &Pcscd) {
        said(&mut pcscd.own_client(&["wait", "present"]));
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        lock(&self.seen)
    }

    /// The next command of this kind finds no card any more. It was carried out all the same.
    pub fn pull_at(&self, command: fn(&[u8]) -> bool) {
        self.seen().pulled_at = Some(command);
    }

    /// Lays the card in again that was pulled out, and waits until the daemon has noticed both.
    pub fn lay_in_again(&self, pcscd: &Pcscd) {
        pcscd.wait_until_empty();
        {
            let mut seen = self.seen();
            assert!(!seen.lies_there, "it was pulled out");
            seen.lies_there = true;
            seen.card.lay_in();
        }
        fs::remove_file(&self.socket).expect("the socket of the card that went");
        self.lie();
        Self::wait_until_noticed(pcscd);
    }

    /// All that was done to the card.
    pub fn happened(&self) -> Vec<Happened> {
        self.seen().happened.clone()
    }

    /// How often a PIN was presented to it.
    pub fn pins_presented(&self) -> usize {
        let happened = self.happened();
        happened.iter().filter(|what| matches!(what, Happened::Command(bytes) if presents_pin(bytes))).count()
    }

    /// Whether the card was left without power.
    pub fn is_without_power(&self) -> bool {
        matches!(
            self.happened().iter().rev().find(|what| !matches!(what, Happened::Command(_))),
            Some(Happened::NoPower)
        )
    }
}

/// ISO/IEC 7816-4 §7.5.6: a VERIFY without data only asks.
pub(crate) fn presents_pin(command: &[u8]) -> bool {
    command.get(1) == Some(&instruction::VERIFY) && command.len() > 4
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().expect("nobody panicked")
}

fn carry(mut line: UnixStream, seen: &Mutex<Seen>) {
    let mut received = Vec::new();
    let mut block = [0; 4096];
    loop {
        while let Some((request, taken)) = Request::decode(&received).expect("the driver speaks its language") {
            received.drain(..taken);
            let answer = answered(&mut lock(seen), &request);
            if line.write_all(&answer.encode()).is_err() || answer == Answer::Absent {
                return;
            }
        }
        match line.read(&mut block) {
            Ok(0) | Err(_) => return,
            Ok(count) => received.extend_from_slice(&block[..count]),
        }
    }
}

fn answered(seen: &mut Seen, request: &Request) -> Answer {
    let answer = ifd::answer(&mut seen.card, request);
    match request {
        Request::Presence => {}
        Request::PowerOn | Request::Reset => seen.happened.push(Happened::Power),
        Request::PowerOff => seen.happened.push(Happened::NoPower),
        Request::Transmit(command) => {
            seen.happened.push(Happened::Command(command.to_vec()));
            if seen.pulled_at.take_if(|at| at(command)).is_some() {
                seen.card.pull_out();
                seen.lies_there = false;
                return Answer::Absent;
            }
        }
    }
    answer
}
