//! The readers of a computer, with virtual cards on them: every command that reaches a card is written down.

use std::sync::{Arc, Mutex, MutexGuard};

use card::{Lost, Transmit, VirtualCard, Volatile, instruction};
use portal::{CardId, HeldCard, NoService, NotTaken, Reader, Readers, Slot};

/// A table with readers on it, as the person and other programs see it.
#[derive(Clone, Default)]
pub struct Table(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    is_silent: bool,
    readers: Vec<OnTable>,
    used_elsewhere: bool,
    in_hand: usize,
    happened: Vec<Happened>,
    breaks_at: Option<u8>,
}

struct OnTable {
    name: String,
    change: u32,
    lies: Lies,
}

#[derive(Clone)]
enum Lies {
    Nothing,
    Mute,
    Card(Arc<Mutex<VirtualCard>>),
}

/// What became of a card, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    Taken,
    Command(Vec<u8>),
    PowerOff,
}

impl Table {
    pub fn with_reader(name: &str) -> Self {
        let table = Self::default();
        table.plug_in(name);
        table
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub fn plug_in(&self, name: &str) {
        self.state().readers.push(OnTable { name: name.to_owned(), change: 0, lies: Lies::Nothing });
    }

    pub fn unplug(&self) {
        self.state().readers.clear();
    }

    pub fn silence(&self, is_silent: bool) {
        self.state().is_silent = is_silent;
    }

    pub fn lay_on(&self, place: usize, data: card::CardData) {
        self.change(place, Lies::Card(Arc::new(Mutex::new(VirtualCard::new(data, Box::new(Volatile))))));
    }

    pub fn lay_mute_card_on(&self, place: usize) {
        self.change(place, Lies::Mute);
    }

    pub fn take_away(&self, place: usize) {
        self.change(place, Lies::Nothing);
    }

    fn change(&self, place: usize, lies: Lies) {
        let mut state = self.state();
        let reader = &mut state.readers[place];
        if let Lies::Card(card) = &reader.lies {
            card.lock().unwrap().pull_out();
        }
        reader.change += 1;
        reader.lies = lies;
    }

    /// Another program has the card, or no longer.
    pub fn use_elsewhere(&self, used: bool) {
        self.state().used_elsewhere = used;
    }

    /// The reader fails once, at the next command with this instruction, after the card has carried it out.
    pub fn break_at(&self, instruction: u8) {
        self.state().breaks_at = Some(instruction);
    }

    pub fn in_hand(&self) -> usize {
        self.state().in_hand
    }

    pub fn happened(&self) -> Vec<Happened> {
        self.state().happened.clone()
    }

    /// How often a PIN was presented.
    pub fn pins_presented(&self) -> usize {
        let happened = self.happened();
        let pins = happened.iter().filter(|what| matches!(what, Happened::Command(bytes) if presents_pin(bytes)));
        pins.count()
    }
}

/// ISO/IEC 7816-4: a VERIFY without data only asks.
fn presents_pin(command: &[u8]) -> bool {
    command[1] == instruction::VERIFY && command.len() > 4
}

fn id(place: usize, change: u32) -> CardId {
    format!("reader-{place}-{change}").parse().unwrap()
}

impl Readers for Table {
    fn attached(&self) -> Result<Vec<Reader>, NoService> {
        let state = self.state();
        if state.is_silent {
            return Err(NoService);
        }
        let stands = state.readers.iter().enumerate().map(|(place, reader)| Reader {
            name: reader.name.clone(),
            slot: match reader.lies {
                Lies::Nothing => Slot::Empty,
                Lies::Mute => Slot::Mute,
                Lies::Card(_) => Slot::Card(id(place, reader.change)),
            },
        });
        Ok(stands.collect())
    }

    fn take(&self, card: &CardId) -> Result<HeldCard, NotTaken> {
        let mut state = self.state();
        if state.is_silent {
            return Err(NotTaken::NoService(NoService));
        }
        let name = card.as_str().to_owned();
        let lying = state.readers.iter().enumerate().find(|(place, _)| name.starts_with(&format!("reader-{place}-")));
        let (place, reader) = lying.ok_or(NotTaken::NoReader)?;
        let virtual_card = match &reader.lies {
            Lies::Nothing => return Err(NotTaken::NoCard),
            Lies::Mute => return Err(NotTaken::Mute),
            Lies::Card(_) if id(place, reader.change) != *card => return Err(NotTaken::Changed),
            Lies::Card(lying) => lying.clone(),
        };
        if state.used_elsewhere || state.in_hand > 0 {
            return Err(NotTaken::InUse);
        }
        state.in_hand += 1;
        state.happened.push(Happened::Taken);
        virtual_card.lock().unwrap().power_on();
        Ok(Box::new(InHand { table: self.clone(), card: virtual_card }))
    }
}

struct InHand {
    table: Table,
    card: Arc<Mutex<VirtualCard>>,
}

impl Transmit for InHand {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Lost> {
        let answer = self.card.lock().unwrap().transmit(command)?;
        let mut state = self.table.state();
        state.happened.push(Happened::Command(command.to_vec()));
        if state.breaks_at.take_if(|at| *at == command[1]).is_some() {
            return Err(Lost::Reader("it was pulled out".to_owned()));
        }
        Ok(answer)
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.card.lock().unwrap().power_off();
        let mut state = self.table.state();
        state.in_hand -= 1;
        state.happened.push(Happened::PowerOff);
    }
}
