//! A card as a file that a developer has written. The file is never changed: the state of the card is in `FILE.state`, and
//! deleting that file resets the card.

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use card::{CardData, Counters, Memory, MemoryFailure, OfficeRefusal, PinReference, ReferenceData};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::key_store;

/// A card's file, locked for this process.
pub(super) struct CardFile {
    /// The card in its current state.
    pub(super) data: CardData,
    pub(super) memory: CardStateFile,
}

/// The state of a card in `FILE.state`.
pub(super) struct CardStateFile {
    path: PathBuf,
    state: StoredCardState,
    _lock: File,
}

#[derive(Default, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredCardState {
    counters: Counters,
    pins: BTreeMap<PinReference, ReferenceData>,
}

/// Why a card's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WrongCardFile {
    /// The file system refused.
    #[error("'{0}' cannot be used")]
    File(PathBuf, #[source] io::Error),
    /// The file is not a card.
    #[error("'{0}' holds no card")]
    Unreadable(PathBuf, #[source] serde_json::Error),
    /// The state does not fit the card any more.
    #[error("'{0}' does not fit the card; remove it, and the card begins anew")]
    Misfit(PathBuf, #[source] OfficeRefusal),
    /// Another process uses the card.
    #[error("another process has this card in hand")]
    InUse,
}

impl CardFile {
    pub(super) fn open(path: &Path) -> Result<Self, WrongCardFile> {
        let file_error = |source| WrongCardFile::File(path.to_owned(), source);
        let lock_file = File::open(path).map_err(file_error)?;
        lock_file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => WrongCardFile::InUse,
            TryLockError::Error(source) => file_error(source),
        })?;
        let (data, state) = read_card(path)?;
        Ok(Self { data, memory: CardStateFile { path: state_path(path), state, _lock: lock_file } })
    }

    /// The card in its current state, without a lock.
    pub(super) fn read_data(path: &Path) -> Result<CardData, WrongCardFile> {
        read_card(path).map(|(data, _)| data)
    }
}

fn state_path(path: &Path) -> PathBuf {
    let mut state_file = path.as_os_str().to_owned();
    state_file.push(".state");
    state_file.into()
}

fn read_card(path: &Path) -> Result<(CardData, StoredCardState), WrongCardFile> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |error| WrongCardFile::Unreadable(path, error)
    };
    let text = fs::read(path).map(Zeroizing::new).map_err(|error| WrongCardFile::File(path.to_owned(), error))?;
    let mut data: CardData = serde_json::from_slice(&text).map_err(unreadable(path))?;
    let state_file = state_path(path);
    let state: StoredCardState = match fs::read(&state_file).map(Zeroizing::new) {
        Ok(text) => serde_json::from_slice(&text).map_err(unreadable(&state_file))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => StoredCardState::default(),
        Err(error) => return Err(WrongCardFile::File(state_file, error)),
    };
    for (pin, value) in &state.pins {
        data.replace_pin(*pin, value.clone()).map_err(|refusal| WrongCardFile::Misfit(state_file.clone(), refusal))?;
    }
    data.counters =
        state.counters.iter().fold(data.counters, |counters, (pin, tries)| counters.with_tries_left(pin, tries));
    Ok((data, state))
}

impl CardStateFile {
    fn write_state(&mut self, state: StoredCardState) -> Result<(), MemoryFailure> {
        let failed = |error: &dyn std::fmt::Display| MemoryFailure(error.to_string());
        let text = serde_json::to_vec(&state).map(Zeroizing::new).map_err(|error| failed(&error))?;
        key_store::write_private_file(&self.path, &text).map_err(|error| failed(&error))?;
        self.state = state;
        Ok(())
    }
}

impl Memory for CardStateFile {
    fn store_counters(&mut self, counters: &Counters) -> Result<(), MemoryFailure> {
        self.write_state(StoredCardState { counters: counters.clone(), ..self.state.clone() })
    }

    fn store_reference_data(&mut self, pin: PinReference, data: &ReferenceData) -> Result<(), MemoryFailure> {
        let mut state = self.state.clone();
        state.pins.insert(pin, data.clone());
        self.write_state(state)
    }
}

#[cfg(test)]
mod tests {
    use card::{Transmit, VirtualCard};

    use super::*;

    const CARD: &str = r#"{ "applications": [{ "aid": "D392F000260100000001", "files": {
        "0018": { "kind": "pin", "value": "1234", "tries": 3, "form": "four_digits", "change": "change_reference_data" }
    } }] }"#;

    fn transmit_in_new_life(path: &Path, commands: &[&[u8]]) -> Vec<Vec<u8>> {
        let CardFile { data, memory } = CardFile::open(path).unwrap();
        let mut card = VirtualCard::new(data, Box::new(memory));
        card.power_on();
        card.transmit(b"\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01").unwrap();
        commands.iter().map(|command| card.transmit(command).unwrap()).collect()
    }

    #[test]
    fn a_card_file_remembers_beside_itself_and_is_never_written() {
        let folder = std::env::temp_dir().join(format!("uketsuke-card-file-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("card.json");
        fs::write(&path, CARD).unwrap();
        let (right, wrong) = (b"\x00\x20\x00\x98\x041234", b"\x00\x20\x00\x98\x049999");
        assert_eq!(transmit_in_new_life(&path, &[wrong]), [[0x63, 0xC2]]);
        assert_eq!(transmit_in_new_life(&path, &[wrong]), [[0x63, 0xC1]]);
        assert_eq!(transmit_in_new_life(&path, &[right, b"\x00\x24\x01\x98\x045678"]), [[0x90, 0], [0x90, 0]]);
        assert_eq!(transmit_in_new_life(&path, &[right]), [[0x63, 0xC2]]);
        assert_eq!(transmit_in_new_life(&path, &[b"\x00\x20\x00\x98\x045678"]), [[0x90, 0]]);
        assert_eq!(fs::read_to_string(&path).unwrap(), CARD);
        let open_file = CardFile::open(&path).unwrap();
        assert!(matches!(CardFile::open(&path), Err(WrongCardFile::InUse)));
        assert!(CardFile::read_data(&path).is_ok());
        drop(open_file);
        fs::write(state_path(&path), "{}").unwrap();
        assert!(matches!(CardFile::open(&path), Err(WrongCardFile::Unreadable(..))));
        fs::remove_file(state_path(&path)).unwrap();
        assert_eq!(transmit_in_new_life(&path, &[wrong]), [[0x63, 0xC2]], "the card begins anew");
        fs::remove_dir_all(&folder).unwrap();
    }
}
