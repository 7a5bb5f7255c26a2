use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Aid, Atr, Content, Counters, DataTag, Faults, File, FileId, PinFile, PinReference, TokenLabel, aid, file};

/// A whole card as data: the content of a card file, and what a [`crate::VirtualCard`] executes commands on.
///
/// The file contains PINs and private keys in clear, as it *is* the card. `Debug` shows neither. A card with one file and one
/// PIN that has one try left, and that is removed after the fifth command:
///
/// ```json
/// {
///   "applications": [{
///     "aid": "D392F000260100000001",
///     "files": {
///       "000A": { "kind": "transparent", "content": "MAMCAQU=", "size": 2048, "read": { "after": ["0018"] } },
///       "0018": { "kind": "pin", "value": "1234", "tries": 3, "form": "four_digits" }
///     }
///   }],
///   "counters": { "D392F000260100000001/0018": 1 },
///   "faults": { "pulled_after": 5 }
/// }
/// ```
///
/// Contents and keys (`"kind": "key"`, `"pkcs8"`) are base64, ids and status words hexadecimal.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardData {
    /// The answer to reset.
    #[serde(default)]
    pub atr: Atr,
    /// Whether a warm reset keeps the security status.
    #[serde(default)]
    pub warm_reset: WarmReset,
    /// The data objects of GET DATA, available while no application is selected.
    #[serde(default)]
    pub objects: BTreeMap<DataTag, Content>,
    /// The applications, in the order in which a partial AID is matched.
    pub applications: Vec<Application>,
    /// The remaining tries; a PIN that is not listed has all of them.
    #[serde(default)]
    pub counters: Counters,
    /// The faults to simulate.
    #[serde(default)]
    pub faults: Faults,
}

/// An application of the card (AP, DF).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    pub aid: Aid,
    pub files: BTreeMap<FileId, File>,
}

/// The effect of a warm reset on the security status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarmReset {
    /// It is kept, as on the real card: only selecting another application or a power cut ends it.
    #[default]
    Keeps,
    /// It is cleared.
    Clears,
}

impl CardData {
    /// A file of the card.
    pub fn file(&self, application: Aid, file: FileId) -> Option<&File> {
        self.applications.iter().find(|candidate| candidate.aid == application)?.files.get(&file)
    }

    /// A file of the card, for changing it.
    pub fn file_mut(&mut self, application: Aid, file: FileId) -> Option<&mut File> {
        self.applications.iter_mut().find(|candidate| candidate.aid == application)?.files.get_mut(&file)
    }

    /// A PIN of the card.
    pub fn pin(&self, pin: PinReference) -> Option<&PinFile> {
        match self.file(pin.application, pin.file)? {
            File::Pin(pin) => Some(pin),
            _ => None,
        }
    }

    /// Every PIN of the card.
    pub fn pins(&self) -> impl Iterator<Item = (PinReference, &PinFile)> {
        self.applications.iter().flat_map(|application| {
            application.files.iter().filter_map(|(id, file)| match file {
                File::Pin(pin) => Some((PinReference { application: application.aid, file: *id }, pin)),
                _ => None,
            })
        })
    }

    /// The remaining tries of every PIN, none above its limit.
    pub fn counters(&self) -> Counters {
        self.pins()
            .map(|(reference, pin)| {
                let limit = u8::from(pin.tries);
                (reference, self.counters.tries_left(reference).unwrap_or(limit).min(limit))
            })
            .collect()
    }

    /// This card with stored counters.
    #[must_use]
    pub fn with_counters(mut self, counters: Counters) -> Self {
        self.counters = counters;
        self
    }

    /// This card with faults.
    #[must_use]
    pub fn with_faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self
    }

    /// The token label of the card; `None` without token information.
    pub fn label(&self) -> Option<TokenLabel> {
        match self.file(aid::JPKI, file::TOKEN_INFORMATION)? {
            File::TokenInformation { label } => Some(*label),
            _ => None,
        }
    }
}
