//! A card as a file that a developer has written. The file is never written to: what the card must remember stands beside
//! it, in `FILE.state`, and a card that is to begin anew loses that file.

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use card::{CardData, Counters, Memory, MemoryFailure, OfficeRefusal, PinReference, ReferenceData};
use serde::{Deserialize, Serialize};

use crate::keep;

/// A card's file in hand, alone.
pub(super) struct CardFile {
    /// The card as it is now.
    pub(super) data: CardData,
    /// Where it keeps what it must remember.
    pub(super) memory: Beside,
}

/// What a card remembers, beside its file.
pub(super) struct Beside {
    path: PathBuf,
    state: State,
    _alone: File,
}

#[derive(Default, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    counters: Counters,
    pins: BTreeMap<PinReference, ReferenceData>,
}

/// Why a file is no card.
#[derive(Debug, thiserror::Error)]
pub enum WrongCardFile {
    /// The file system refused.
    #[error("'{0}' cannot be used")]
    File(PathBuf, #[source] io::Error),
    /// It is no card.
    #[error("'{0}' holds no card")]
    Unreadable(PathBuf, #[source] serde_json::Error),
    /// What stands beside it does not fit the card any more.
    #[error("'{0}' does not fit the card; remove it, and the card begins anew")]
    Misfit(PathBuf, #[source] OfficeRefusal),
    /// Another process has it.
    #[error("another process has this card in hand")]
    InUse,
}

impl CardFile {
    pub(super) fn open(path: &Path) -> Result<Self, WrongCardFile> {
        let refused = |source| WrongCardFile::File(path.to_owned(), source);
        let alone = File::open(path).map_err(refused)?;
        alone.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => WrongCardFile::InUse,
            TryLockError::Error(source) => refused(source),
        })?;
        let text = fs::read(path).map(zeroize::Zeroizing::new).map_err(refused)?;
        let mut data: CardData =
            serde_json::from_slice(&text).map_err(|error| WrongCardFile::Unreadable(path.to_owned(), error))?;
        let mut beside = path.as_os_str().to_owned();
        beside.push(".state");
        let beside = PathBuf::from(beside);
        let state = match fs::read(&beside).map(zeroize::Zeroizing::new) {
            Ok(text) => {
                serde_json::from_slice(&text).map_err(|error| WrongCardFile::Unreadable(beside.clone(), error))?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => State::default(),
            Err(error) => return Err(WrongCardFile::File(beside, error)),
        };
        for (pin, value) in &state.pins {
            data.put_pin(*pin, value.clone()).map_err(|refusal| WrongCardFile::Misfit(beside.clone(), refusal))?;
        }
        for (pin, tries) in state.counters.iter() {
            data.counters = data.counters.with(pin, tries);
        }
        Ok(Self { data, memory: Beside { path: beside, state, _alone: alone } })
    }
}

impl Beside {
    fn write(&mut self, state: State) -> Result<(), MemoryFailure> {
        let failed = |error: &dyn std::fmt::Display| MemoryFailure(error.to_string());
        let text = serde_json::to_vec(&state).map(zeroize::Zeroizing::new).map_err(|error| failed(&error))?;
        keep::write(&self.path, &text).map_err(|error| failed(&error))?;
        self.state = state;
        Ok(())
    }
}

impl Memory for Beside {
    fn keep(&mut self, counters: &Counters) -> Result<(), MemoryFailure> {
        self.write(State { counters: counters.clone(), ..self.state.clone() })
    }

    fn keep_reference_data(&mut self, pin: PinReference, data: &ReferenceData) -> Result<(), MemoryFailure> {
        let mut state = self.state.clone();
        state.pins.insert(pin, data.clone());
        self.write(state)
    }
}
