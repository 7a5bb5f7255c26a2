//! The readers that the system's PC/SC service knows. (PC/SC part 5; the names of its states and errors are its own.)

use std::{ffi::CString, mem, time::Duration};

use card::{Transmit, TransmitError};
use pcsc::{Card, Context, Disposition, Error, Protocols, ReaderState, Scope, ShareMode, State};

use super::{ConnectError, ConnectedCard, NoReaderService, Reader, Readers, Slot};
use crate::CardId;

/// How long it may take until the service has noticed that a card was pulled out: it looks several times a second.
const REMOVAL_DELAY: Duration = Duration::from_millis(1500);

/// The longest answer: the commands of the JPKI application ask for 256 bytes at most.
const LONGEST_RESPONSE: usize = 256 + 2;

/// The readers of this computer. Each question is a connection of its own to the service: one that was restarted, or not
/// there before, is found again by itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemReaders;

impl Readers for SystemReaders {
    fn list_readers(&self) -> Result<Vec<Reader>, NoReaderService> {
        let states = list_reader_states(&establish_context()?)?;
        Ok(states
            .iter()
            .map(|state| Reader { name: state.name().to_string_lossy().into_owned(), slot: slot(state) })
            .collect())
    }

    fn connect(&self, card: &CardId) -> Result<ConnectedCard, ConnectError> {
        let context = establish_context()?;
        let reader = find_reader(&context, card)?;
        let connected = context.connect(&reader, ShareMode::Exclusive, Protocols::ANY).map_err(connect_error)?;
        let mut held = PcscCard { context, reader, card: Some(connected) };
        if let Some(card) = &mut held.card {
            // It lasts until the card is put down: nobody begins one in between.
            mem::forget(card.transaction().map_err(connect_error)?);
        }
        // Nobody can exchange it unnoticed any more; has somebody done so before?
        find_reader(&held.context, card)?;
        Ok(Box::new(held))
    }
}

fn establish_context() -> Result<Context, NoReaderService> {
    Context::establish(Scope::User).map_err(|error| {
        tracing::debug!(%error, "no service for card readers");
        NoReaderService
    })
}

/// How every reader stands now.
fn list_reader_states(context: &Context) -> Result<Vec<ReaderState>, NoReaderService> {
    let names = match context.list_readers_owned() {
        Ok(names) => names,
        Err(Error::NoReadersAvailable) => Vec::new(),
        Err(error) => {
            tracing::warn!(%error, "the card readers cannot be listed");
            return Err(NoReaderService);
        }
    };
    let mut states: Vec<_> = names.into_iter().map(|name| ReaderState::new(name, State::UNAWARE)).collect();
    if states.is_empty() {
        return Ok(states);
    }
    match context.get_status_change(Duration::ZERO, &mut states) {
        Ok(()) | Err(Error::Timeout) => Ok(states),
        // One of them went away since it was listed; whoever asks again is told which.
        Err(Error::UnknownReader | Error::ReaderUnavailable) => Ok(Vec::new()),
        Err(error) => {
            tracing::warn!(%error, "the card readers do not say how they stand");
            Err(NoReaderService)
        }
    }
}

fn slot(state: &ReaderState) -> Slot {
    match state.event_state() {
        states if states.contains(State::MUTE) => Slot::Mute,
        states if states.contains(State::PRESENT) => {
            Slot::Card(CardId::from_reader(state.name().to_bytes(), state.event_count()))
        }
        _ => Slot::Empty,
    }
}

/// The reader on which this very card lies.
fn find_reader(context: &Context, card: &CardId) -> Result<CString, ConnectError> {
    let states = list_reader_states(context)?;
    let there = states.iter().find(|state| card.is_in_reader(state.name().to_bytes())).ok_or(ConnectError::NoReader)?;
    match slot(there) {
        Slot::Card(lying) if lying == *card => Ok(there.name().to_owned()),
        Slot::Card(_) => Err(ConnectError::Changed),
        Slot::Empty => Err(ConnectError::NoCard),
        Slot::Mute => Err(ConnectError::Mute),
    }
}

fn connect_error(error: Error) -> ConnectError {
    tracing::info!(%error, "a card was not taken in hand");
    match error {
        Error::SharingViolation => ConnectError::InUse,
        Error::NoSmartcard | Error::RemovedCard => ConnectError::NoCard,
        Error::ResetCard => ConnectError::Changed,
        Error::UnpoweredCard | Error::UnresponsiveCard | Error::UnsupportedCard | Error::ProtoMismatch => {
            ConnectError::Mute
        }
        Error::NoService | Error::ServiceStopped => ConnectError::NoReaderService(NoReaderService),
        _ => ConnectError::NoReader,
    }
}

/// A card, held alone and in a transaction.
struct PcscCard {
    context: Context,
    reader: CString,
    /// Only gone when it is dropped.
    card: Option<Card>,
}

impl Transmit for PcscCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        let card = self.card.as_ref().ok_or(TransmitError::Removed)?;
        let mut answer = [0; LONGEST_RESPONSE];
        // Once: after an error nobody knows whether the card carried it out.
        match card.transmit(command, &mut answer) {
            Ok(answer) => Ok(answer.to_vec()),
            Err(error) => Err(self.classify_error(error)),
        }
    }
}

impl PcscCard {
    /// What an error in the middle of a session means: a card that was pulled out shows as several.
    fn classify_error(&self, error: Error) -> TransmitError {
        if matches!(error, Error::RemovedCard | Error::NoSmartcard) {
            return TransmitError::Removed;
        }
        let mut state = [ReaderState::new(self.reader.clone(), State::PRESENT)];
        let noticed = self.context.get_status_change(REMOVAL_DELAY, &mut state);
        match (noticed, state[0].event_state()) {
            (Ok(()), states) if states.contains(State::EMPTY) => TransmitError::Removed,
            _ => TransmitError::Reader(error.to_string()),
        }
    }
}

impl Drop for PcscCard {
    fn drop(&mut self) {
        let Some(card) = self.card.take() else { return };
        // Without power it forgets the PIN. Left as it was, or merely reset, the next program could sign without one.
        if let Err((_, error)) = card.disconnect(Disposition::UnpowerCard) {
            // As when it is no longer there.
            tracing::info!(%error, "a card's power could not be taken away");
        }
    }
}
