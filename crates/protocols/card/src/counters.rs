use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    Aid, FileId, ReferenceData, aid, file,
    identifier::{UnreadableIdentifier, text_in_files},
};

/// A PIN of the card: its application and its file. In files `D392F000260100000001/0018`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PinReference {
    pub application: Aid,
    pub file: FileId,
}

impl PinReference {
    /// 利用者証明用電子証明書の暗証番号 (four digits)
    pub const AUTHENTICATION: Self = Self { application: aid::JPKI, file: file::AUTHENTICATION_PIN };
    /// 署名用電子証明書の暗証番号 (6 to 16 characters)
    pub const SIGNATURE: Self = Self { application: aid::JPKI, file: file::SIGNATURE_PASSWORD };
    /// 券面事項入力補助用暗証番号 (four digits)
    pub const TEXT: Self = Self { application: aid::TEXT, file: file::TEXT_PIN };
    /// 照合番号A of the text application
    pub const TEXT_NUMBER_A: Self = Self { application: aid::TEXT, file: file::TEXT_NUMBER_A };
    /// 照合番号B of the text application
    pub const TEXT_NUMBER_B: Self = Self { application: aid::TEXT, file: file::TEXT_NUMBER_B };
    /// 生年月日 of the surface application
    pub const SURFACE_BIRTH_DATE: Self = Self { application: aid::SURFACE, file: file::SURFACE_BIRTH_DATE };
    /// 照合番号A of the surface application
    pub const SURFACE_NUMBER_A: Self = Self { application: aid::SURFACE, file: file::SURFACE_NUMBER_A };
    /// 照合番号B of the surface application
    pub const SURFACE_NUMBER_B: Self = Self { application: aid::SURFACE, file: file::SURFACE_NUMBER_B };
    /// 住民基本台帳用暗証番号 in the registry's application (four digits)
    pub const REGISTRY: Self = Self { application: aid::REGISTRY, file: file::REGISTRY_PIN };
    /// 住民基本台帳用暗証番号 in the common application (four digits)
    pub const COMMON: Self = Self { application: aid::COMMON, file: file::REGISTRY_PIN };
}

/// A text that names no PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a PIN is named by the application's id, a slash and the file's id, as in D392F000260100000001/0018")]
pub struct UnreadablePinReference;

impl fmt::Display for PinReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.application, self.file)
    }
}

impl FromStr for PinReference {
    type Err = UnreadablePinReference;

    fn from_str(text: &str) -> Result<Self, UnreadablePinReference> {
        let (application, file) = text.split_once('/').ok_or(UnreadablePinReference)?;
        let refused = |_: UnreadableIdentifier| UnreadablePinReference;
        Ok(Self { application: application.parse().map_err(refused)?, file: file.parse().map_err(refused)? })
    }
}

text_in_files!(PinReference);

/// The remaining tries of each PIN of a card: the only state of a card in use, all of which must be stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counters(BTreeMap<PinReference, u8>);

impl Counters {
    /// The remaining tries of `pin`; `None` if not stored.
    pub fn tries_left(&self, pin: PinReference) -> Option<u8> {
        self.0.get(&pin).copied()
    }

    /// Every PIN with its remaining tries.
    pub fn iter(&self) -> impl Iterator<Item = (PinReference, u8)> {
        self.0.iter().map(|(pin, tries)| (*pin, *tries))
    }

    /// These counters with `tries` left at `pin`: for a card that starts with one try left, or blocked.
    #[must_use]
    pub fn with_tries_left(mut self, pin: PinReference, tries: u8) -> Self {
        self.set_tries_left(pin, tries);
        self
    }

    pub(crate) fn set_tries_left(&mut self, pin: PinReference, tries: u8) {
        self.0.insert(pin, tries);
    }
}

impl FromIterator<(PinReference, u8)> for Counters {
    fn from_iter<Pairs: IntoIterator<Item = (PinReference, u8)>>(pairs: Pairs) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// The storage for the state of a virtual card that must survive a power cut.
///
/// A method returns only after its data is durable. If it fails, the card responds 6581, and a try in progress stays spent.
pub trait Memory {
    /// Stores the counters before the card continues.
    fn store_counters(&mut self, counters: &Counters) -> Result<(), MemoryFailure>;

    /// Stores a changed PIN. On failure the card responds 6581 to CHANGE PIN, and the PIN stays unchanged.
    fn store_reference_data(&mut self, pin: PinReference, data: &ReferenceData) -> Result<(), MemoryFailure> {
        let _ = data;
        Err(MemoryFailure(format!("this memory keeps no changed PIN ({pin})")))
    }
}

/// Why nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the card's memory failed: {0}")]
pub struct MemoryFailure(pub String);

/// A memory that stores nothing beyond the card itself: for tests and for cards that start fresh each time.
#[derive(Debug, Clone, Copy, Default)]
pub struct VolatileMemory;

impl Memory for VolatileMemory {
    fn store_counters(&mut self, _counters: &Counters) -> Result<(), MemoryFailure> {
        Ok(())
    }

    fn store_reference_data(&mut self, _pin: PinReference, _data: &ReferenceData) -> Result<(), MemoryFailure> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_named_by_application_and_file() {
        assert_eq!(PinReference::AUTHENTICATION.to_string(), "D392F000260100000001/0018");
        assert_eq!("D392F000260100000001/001B".parse(), Ok(PinReference::SIGNATURE));
        for wrong in ["", "0018", "D392F000260100000001", "D392F000260100000001/18"] {
            assert_eq!(wrong.parse::<PinReference>(), Err(UnreadablePinReference), "{wrong}");
        }
    }

    #[test]
    fn counters_are_kept_as_a_map() {
        let counters = Counters::default().with_tries_left(PinReference::AUTHENTICATION, 2);
        let text = serde_json::to_string(&counters).unwrap();
        assert_eq!(text, r#"{"D392F000260100000001/0018":2}"#);
        assert_eq!(serde_json::from_str::<Counters>(&text).unwrap(), counters);
    }
}
