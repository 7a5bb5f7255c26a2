//! The readers of the system's PC/SC service (PC/SC part 5, whose names of states and errors are used).

use std::{ffi::CString, mem, time::Duration};

use card::{Transmit, TransmitError};
use pcsc::{Card, Context, Disposition, Error, Protocols, ReaderState, Scope, ShareMode, State};

use super::{ConnectError, ConnectedCard, NoReaderService, Reader, Readers, Slot};
use crate::CardId;

/// How long the service may take to notice a removed card: it polls several times a second.
const REMOVAL_DELAY: Duration = Duration::from_millis(1500);

/// The longest response: the commands of the JPKI application request at most 256 bytes, and two bytes are the status.
const LONGEST_RESPONSE: usize = 256 + 2;

/// The readers of this computer. Each call connects to the service anew, so that a service that was started or restarted
/// meanwhile is found.
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
        let connection = context.connect(&reader, ShareMode::Exclusive, Protocols::ANY).map_err(connect_error)?;
        let mut pcsc_card = PcscCard { context, reader, card: Some(connection) };
        if let Some(card) = &mut pcsc_card.card {
            // The transaction lasts until the card is disconnected; no other program can begin one in between.
            mem::forget(card.transaction().map_err(connect_error)?);
        }
        // From here on the card cannot be exchanged unnoticed; check that it was not exchanged before.
        find_reader(&pcsc_card.context, card)?;
        Ok(Box::new(pcsc_card))
    }
}

fn establish_context() -> Result<Context, NoReaderService> {
    Context::establish(Scope::User).map_err(|error| {
        tracing::debug!(%error, "no service for card readers");
        NoReaderService
    })
}

/// The current states of all readers.
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
        // A reader was detached since it was listed; the next call lists the others.
        Err(Error::UnknownReader | Error::ReaderUnavailable) => Ok(Vec::new()),
        Err(error) => {
            tracing::warn!(%error, "the states of the card readers cannot be read");
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

/// The reader that has this very card.
fn find_reader(context: &Context, card: &CardId) -> Result<CString, ConnectError> {
    let states = list_reader_states(context)?;
    let state = states.iter().find(|state| card.is_in_reader(state.name().to_bytes())).ok_or(ConnectError::NoReader)?;
    match slot(state) {
        Slot::Card(actual) if actual == *card => Ok(state.name().to_owned()),
        Slot::Card(_) => Err(ConnectError::Changed),
        Slot::Empty => Err(ConnectError::NoCard),
        Slot::Mute => Err(ConnectError::Mute),
    }
}

fn connect_error(error: Error) -> ConnectError {
    tracing::info!(%error, "a card could not be connected");
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

/// A card that is connected exclusively and in a transaction.
struct PcscCard {
    context: Context,
    reader: CString,
    /// `None` only while it is dropped.
    card: Option<Card>,
}

impl Transmit for PcscCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError> {
        let card = self.card.as_ref().ok_or(TransmitError::Removed)?;
        let mut buffer = [0; LONGEST_RESPONSE];
        // Never sent again: after an error it is unknown whether the card executed the command.
        match card.transmit(command, &mut buffer) {
            Ok(response) => Ok(response.to_vec()),
            Err(error) => Err(self.classify_error(error)),
        }
    }
}

impl PcscCard {
    /// Classifies an error within a session: a removed card shows as one of several errors.
    fn classify_error(&self, error: Error) -> TransmitError {
        if matches!(error, Error::RemovedCard | Error::NoSmartcard) {
            return TransmitError::Removed;
        }
        let mut state = [ReaderState::new(self.reader.clone(), State::PRESENT)];
        let result = self.context.get_status_change(REMOVAL_DELAY, &mut state);
        match (result, state[0].event_state()) {
            (Ok(()), states) if states.contains(State::EMPTY) => TransmitError::Removed,
            _ => TransmitError::Reader(error.to_string()),
        }
    }
}

impl Drop for PcscCard {
    fn drop(&mut self) {
        let Some(card) = self.card.take() else { return };
        // Powered off it forgets the PIN. Left as it is, the next program could sign without a PIN.
        if let Err((_, error)) = card.disconnect(Disposition::UnpowerCard) {
            // The card may have been removed.
            tracing::info!(%error, "a card could not be powered off");
        }
    }
}
