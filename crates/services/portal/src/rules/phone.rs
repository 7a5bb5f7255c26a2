//! The simulated phone of a browser.

use std::{fmt, str::FromStr};

use app_auth::Device;

/// A simulated phone, one for each browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phone {
    /// The kind of device that is simulated.
    pub(crate) device: Device,
    pub(crate) app: App,
    /// The card that is preselected.
    pub(crate) card: Option<CardId>,
}

base::text_enum! {
    /// Whether the app is installed; by its text in rows.
    pub(crate) enum App {
        Installed = "installed",
        Missing = "missing",
    }
}

impl Phone {
    /// A phone without settings: the device by the user agent, with the app installed, as the guide presumes.
    pub(crate) fn from_user_agent(agent: &str) -> Self {
        Self { device: Device::from_user_agent(agent), app: App::Installed, card: None }
    }
}

/// The id of a card: small letters, digits and hyphens, 40 at most.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct CardId(String);

/// A text that is no id of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a card is named by 1 to 40 small letters, digits and hyphens")]
pub struct WrongCardId;

impl CardId {
    /// The id of the card in this reader since the change with this number: after every change it is another.
    #[cfg(any(test, feature = "pcsc", feature = "samples"))]
    pub(crate) fn from_reader(reader: &[u8], change: u32) -> Self {
        Self(format!("{}{change}", Self::reader_prefix(reader)))
    }

    /// Whether it is the id of a card in this reader.
    #[cfg_attr(not(feature = "pcsc"), expect(dead_code, reason = "only a computer with readers names them so"))]
    pub(crate) fn is_in_reader(&self, reader: &[u8]) -> bool {
        self.0.starts_with(&Self::reader_prefix(reader))
    }

    /// Driver's names have any characters, so they are hashed.
    fn reader_prefix(name: &[u8]) -> String {
        format!("reader-{}-", short_hash(name))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The first eight bytes of a digest, as sixteen hexadecimal digits.
pub(crate) fn short_hash(bytes: &[u8]) -> String {
    let digest = base::digest(&[bytes]);
    // A digest has 32 bytes.
    let first = digest.as_bytes().first_chunk().expect("a digest has eight bytes");
    format!("{:016x}", u64::from_be_bytes(*first))
}

impl fmt::Display for CardId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for CardId {
    type Err = WrongCardId;

    fn from_str(text: &str) -> Result<Self, WrongCardId> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=40).contains(&text.len()) && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(WrongCardId)
        }
    }
}

impl<'de> serde::Deserialize<'de> for CardId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

database::text_column!(CardId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_told_by_its_browser_and_has_the_app() {
        let check = |agent: &str, device| {
            assert_eq!(Phone::from_user_agent(agent), Phone { device, app: App::Installed, card: None }, "{agent}");
        };
        check("Mozilla/5.0 (Linux; Android 16; Pixel 9) Chrome/156.0 Mobile Safari/537.36", Device::Android);
        check("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", Device::Iphone);
        check("Mozilla/5.0 (Windows NT 10.0) Chrome/156.0 Safari/537.36", Device::Computer);
        check("", Device::Computer);
    }

    #[test]
    fn a_card_is_named_by_a_plain_word() {
        assert!("hanako-2".parse::<CardId>().is_ok());
        for wrong in ["", "Hanako", "a b", "../x", &"a".repeat(41)] {
            assert_eq!(wrong.parse::<CardId>(), Err(WrongCardId), "{wrong}");
        }
    }
}
