//! Fake readers of a computer, with virtual cards. Every command that reaches a card is recorded.

use std::sync::{Arc, Mutex, MutexGuard};

use card::{Transmit, TransmitError, VirtualCard, VolatileMemory, instruction};
use portal::{CardId, ConnectError, ConnectedCard, NoReaderService, Reader, Readers, Slot};

/// The readers, and what the person and other programs do with them.
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

/// The events of the cards, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardEvent {
    Connected,
    Command(Vec<u8>),
    PowerOff,
}

impl FakeReaders {
    pub fn with_reader(name: &str) -> Self {
        let readers = Self::default();
        readers.plug_in(name);
        readers
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

    pub fn set_service_stopped(&self, is_stopped: bool) {
        self.state().is_service_stopped = is_stopped;
    }

    pub fn insert_card(&self, index: usize, data: card::CardData) {
        self.replace_card(
            index,
            FakeSlot::Card(Arc::new(Mutex::new(VirtualCard::new(data, Box::new(VolatileMemory))))),
        );
    }

    pub fn insert_mute_card(&self, index: usize) {
        self.replace_card(index, FakeSlot::Mute);
    }

    pub fn remove_card(&self, index: usize) {
        self.replace_card(index, FakeSlot::Empty);
    }

    fn replace_card(&self, index: usize, slot: FakeSlot) {
        let mut state = self.state();
        let reader = &mut state.readers[index];
        if let FakeSlot::Card(card) = &reader.slot {
            card.lock().unwrap().remove_from_field();
        }
        reader.change += 1;
        reader.slot = slot;
    }

    /// Sets whether another program uses the card.
    pub fn set_used_elsewhere(&self, used: bool) {
        self.state().used_elsewhere = used;
    }

    /// Makes the reader fail once, at the next command with this instruction, after the card has executed it.
    pub fn fail_at(&self, instruction: u8) {
        self.state().fails_at = Some(instruction);
    }

    pub fn connected_count(&self) -> usize {
        self.state().connected
    }

    pub fn events(&self) -> Vec<CardEvent> {
        self.state().events.clone()
    }

    /// The number of times a PIN was presented.
    pub fn pins_presented(&self) -> usize {
        let events = self.events();
        let presentations =
            events.iter().filter(|event| matches!(event, CardEvent::Command(bytes) if presents_pin(bytes)));
        presentations.count()
    }
}

/// ISO/IEC 7816-4: a VERIFY without data only queries the tries.
fn presents_pin(command: &[u8]) -> bool {
    command[1] == instruction::VERIFY && command.len() > 4
}

fn card_id(index: usize, change: u32) -> CardId {
    format!("reader-{index}-{change}").parse().unwrap()
}

impl Readers for FakeReaders {
    fn list_readers(&self) -> Result<Vec<Reader>, NoReaderService> {
        let state = self.state();
        if state.is_service_stopped {
            return Err(NoReaderService);
        }
        let readers = state.readers.iter().enumerate().map(|(index, reader)| Reader {
            name: reader.name.clone(),
            slot: match reader.slot {
                FakeSlot::Empty => Slot::Empty,
                FakeSlot::Mute => Slot::Mute,
                FakeSlot::Card(_) => Slot::Card(card_id(index, reader.change)),
            },
        });
        Ok(readers.collect())
    }

    fn connect(&self, card: &CardId) -> Result<ConnectedCard, ConnectError> {
        let mut state = self.state();
        if state.is_service_stopped {
            return Err(ConnectError::NoReaderService(NoReaderService));
        }
        let name = card.as_str().to_owned();
        let matching =
            state.readers.iter().enumerate().find(|(index, _)| name.starts_with(&format!("reader-{index}-")));
        let (index, reader) = matching.ok_or(ConnectError::NoReader)?;
        let virtual_card = match &reader.slot {
            FakeSlot::Empty => return Err(ConnectError::NoCard),
            FakeSlot::Mute => return Err(ConnectError::Mute),
            FakeSlot::Card(_) if card_id(index, reader.change) != *card => return Err(ConnectError::Changed),
            FakeSlot::Card(card) => card.clone(),
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
        let response = self.card.lock().unwrap().transmit(command)?;
        let mut state = self.readers.state();
        state.events.push(CardEvent::Command(command.to_vec()));
        if state.fails_at.take_if(|failing| *failing == command[1]).is_some() {
            return Err(TransmitError::Reader("it was pulled out".to_owned()));
        }
        Ok(response)
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
