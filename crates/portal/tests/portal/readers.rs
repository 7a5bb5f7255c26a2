//! The readers of a computer, with virtual cards on them: every command that reaches a card is written down.

use std::sync::{Arc, Mutex, MutexGuard};

use card::{Transmit, TransmitError, VirtualCard, VolatileMemory, instruction};
use portal::{CardId, ConnectError, ConnectedCard, NoReaderService, Reader, Readers, Slot};

/// A table with readers on it, as the person and other programs see it.
#[derive(Clone, Default)]
pub struct FakeReaders(Arc<Mutex<FakeReadersState>>);

#[derive(Default)]
struct FakeReadersState {
    is_service_stopped: bool,
    readers: Vec<FakeReader>,
    used_elsewhere: bool,
    connected: usize,
    events: Vec<CardEvent>,
    fails_at: Option<u8>,
}

struct FakeReader {
    name: String,
    change: u32,
    slot: FakeSlot,
}

#[derive(Clone)]
enum FakeSlot {
    Empty,
    Mute,
    Card(Arc<Mutex<VirtualCard>>),
}

/// What became of a card, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardEvent {
    Connected,
    Command(Vec<u8>),
    PowerOff,
}

impl FakeReaders {
    pub fn with_reader(name: &str) -> Self {
        let table = Self::default();
        table.plug_in(name);
        table
    }

    fn state(&self) -> MutexGuard<'_, FakeReadersState> {
        self.0.lock().unwrap()
    }

    pub fn plug_in(&self, name: &str) {
        self.state().readers.push(FakeReader { name: name.to_owned(), change: 0, slot: FakeSlot::Empty });
    }

    pub fn unplug(&self) {
        self.state().readers.clear();
    }

    pub fn set_service_stopped(&self, is_silent: bool) {
        self.state().is_service_stopped = is_silent;
    }

    pub fn insert_card(&self, place: usize, data: card::CardData) {
        self.replace_card(
            place,
            FakeSlot::Card(Arc::new(Mutex::new(VirtualCard::new(data, Box::new(VolatileMemory))))),
        );
    }

    pub fn insert_mute_card(&self, place: usize) {
        self.replace_card(place, FakeSlot::Mute);
    }

    pub fn remove_card(&self, place: usize) {
        self.replace_card(place, FakeSlot::Empty);
    }

    fn replace_card(&self, place: usize, lies: FakeSlot) {
        let mut state = self.state();
        let reader = &mut state.readers[place];
        if let FakeSlot::Card(card) = &reader.slot {
            card.lock().unwrap().remove_from_field();
        }
        reader.change += 1;
        reader.slot = lies;
    }

    /// Another program has the card, or no longer.
    pub fn set_used_elsewhere(&self, used: bool) {
        self.state().used_elsewhere = used;
    }

    /// The reader fails once, at the next command with this instruction, after the card has carried it out.
    pub fn fail_at(&self, instruction: u8) {
        self.state().fails_at = Some(instruction);
    }

    pub fn connected_count(&self) -> usize {
        self.state().connected
    }

    pub fn events(&self) -> Vec<CardEvent> {
        self.state().events.clone()
    }

    /// How often a PIN was presented.
    pub fn pins_presented(&self) -> usize {
        let happened = self.events();
        let pins = happened.iter().filter(|what| matches!(what, CardEvent::Command(bytes) if presents_pin(bytes)));
        pins.count()
    }
}

/// ISO/IEC 7816-4: a VERIFY without data only asks.
fn presents_pin(command: &[u8]) -> bool {
    command[1] == instruction::VERIFY && command.len() > 4
}

fn card_id(place: usize, change: u32) -> CardId {
    format!("reader-{place}-{change}").parse().unwrap()
}

impl Readers for FakeReaders {
    fn list_readers(&self) -> Result<Vec<Reader>, NoReaderService> {
        let state = self.state();
        if state.is_service_stopped {
            return Err(NoReaderService);
        }
        let stands = state.readers.iter().enumerate().map(|(place, reader)| Reader {
            name: reader.name.clone(),
            slot: match reader.slot {
                FakeSlot::Empty => Slot::Empty,
                FakeSlot::Mute => Slot::Mute,
                FakeSlot::Card(_) => Slot::Card(card_id(place, reader.change)),
            },
        });
        Ok(stands.collect())
    }

    fn connect(&self, card: &CardId) -> Result<ConnectedCard, ConnectError> {
        let mut state = self.state();
        if state.is_service_stopped {
            return Err(ConnectError::NoReaderService(NoReaderService));
        }
        let name = card.as_str().to_owned();
        let lying = state.readers.iter().enumerate().find(|(place, _)| name.starts_with(&format!("reader-{place}-")));
        let (place, reader) = lying.ok_or(ConnectError::NoReader)?;
        let virtual_card = match &reader.slot {
            FakeSlot::Empty => return Err(ConnectError::NoCard),
            FakeSlot::Mute => return Err(ConnectError::Mute),
            FakeSlot::Card(_) if card_id(place, reader.change) != *card => return Err(ConnectError::Changed),
            FakeSlot::Card(lying) => lying.clone(),
        };
        if state.used_elsewhere || state.connected > 0 {
            return Err(ConnectError::InUse);
        }
        state.connected += 1;
        state.events.push(CardEvent::Connected);
        virtual_card.lock().unwrap().power_on();
        Ok(Box::new(FakeConnection { readers: self.clone(), card: virtual_card }))
    }
}

struct FakeConnection {
    readers: FakeReaders,
    card: Arc<Mutex<VirtualCard>>,
}

impl Transmit for FakeConnection {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        let answer = self.card.lock().unwrap().transmit(command)?;
        let mut state = self.readers.state();
        state.events.push(CardEvent::Command(command.to_vec()));
        if state.fails_at.take_if(|at| *at == command[1]).is_some() {
            return Err(TransmitError::Reader("it was pulled out".to_owned()));
        }
        Ok(answer)
    }
}

impl Drop for FakeConnection {
    fn drop(&mut self) {
        self.card.lock().unwrap().power_off();
        let mut state = self.readers.state();
        state.connected -= 1;
        state.events.push(CardEvent::PowerOff);
    }
}
