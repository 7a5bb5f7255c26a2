use std::{fmt, str::FromStr};

use base::Digest;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A text that cannot be the name it should be. The text is not kept: it may be a secret with a slip in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{name} is 1 to {max_length} characters of {allowed}")]
pub struct WrongName {
    name: &'static str,
    max_length: usize,
    allowed: &'static str,
}

impl WrongName {
    pub(crate) fn new(what: &'static str, most: usize, of: &'static str) -> Self {
        Self { name: what, max_length: most, allowed: of }
    }
}

/// By what name a client is registered at a reception: 1 to 128 characters of `A-Z a-z 0-9 . _ ~ : / -`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientId(String);

/// The service's own opaque word for what it asks, 1 to 64 characters of `A-Z a-z 0-9 . _ ~ -`.
///
/// It comes back in the answer and says nothing to the reception. It must not be made from anything about the patient.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference(String);

/// What binds the answer to the browser that asked (RFC 6749 §10.12): up to 512 visible ASCII characters or spaces.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct State(String);

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'~' | b'-')
}

fn is_valid_name(text: &str, most: usize, allowed: impl Fn(u8) -> bool) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(allowed)
}

impl ClientId {
    /// The id as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClientId {
    type Err = WrongName;

    fn from_str(text: &str) -> Result<Self, WrongName> {
        if is_valid_name(text, 128, |byte| is_unreserved(byte) || matches!(byte, b':' | b'/')) {
            Ok(Self(text.into()))
        } else {
            Err(WrongName::new("a client_id", 128, "A-Z a-z 0-9 . _ ~ : / -"))
        }
    }
}

impl Reference {
    /// The reference as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Reference {
    type Err = WrongName;

    fn from_str(text: &str) -> Result<Self, WrongName> {
        if is_valid_name(text, 64, is_unreserved) {
            Ok(Self(text.into()))
        } else {
            Err(WrongName::new("a reference", 64, "A-Z a-z 0-9 . _ ~ -"))
        }
    }
}

macro_rules! on_the_wire_as_text {
    ($($name:ty),*) => { $(
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )* };
}
on_the_wire_as_text!(ClientId, Reference);

impl State {
    /// The text that goes over the wire and comes back.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What may be stored of it, to find by it what was sent.
    pub fn digest(&self) -> Digest {
        base::digest(&[self.0.as_bytes()])
    }

    /// Whether it is the same, in a time that does not tell where they differ.
    pub fn matches(&self, other: &Self) -> bool {
        base::constant_time_eq(self.0.as_bytes(), other.0.as_bytes())
    }
}

impl FromStr for State {
    type Err = WrongName;

    fn from_str(text: &str) -> Result<Self, WrongName> {
        // RFC 6749 appendix A.5: 1*VSCHAR.
        if is_valid_name(text, 512, |byte| matches!(byte, b' '..=b'~')) {
            Ok(Self(text.into()))
        } else {
            Err(WrongName::new("a state", 512, "visible ASCII"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<Name: FromStr>(text: &str, expected: bool) {
        assert_eq!(text.parse::<Name>().is_ok(), expected, "{text}");
    }

    #[test]
    fn a_client_id_is_short_and_plain() {
        check::<ClientId>("consult", true);
        check::<ClientId>("https://consult.example/client", true);
        check::<ClientId>(&"x".repeat(128), true);
        for wrong in ["", &"x".repeat(129), "a b", "a\"", "a%", "受付", "a\0"] {
            check::<ClientId>(wrong, false);
        }
    }

    #[test]
    fn a_reference_is_unreserved_characters_only() {
        check::<Reference>("A.b_c~d-9", true);
        check::<Reference>(&"x".repeat(64), true);
        for wrong in ["", &"x".repeat(65), "a b", "a/b", "a:b", "a+b", "患者"] {
            check::<Reference>(wrong, false);
        }
    }

    #[test]
    fn a_state_is_visible_ascii_and_matches_itself_alone() {
        check::<State>("a b\"c\\d", true);
        for wrong in ["", &"x".repeat(513), "a\n", "ü"] {
            check::<State>(wrong, false);
        }
        let state = |text: &str| text.parse::<State>().unwrap();
        assert!(state("abc").matches(&state("abc")));
        assert!(!state("abc").matches(&state("abd")));
        assert!(!state("abc").matches(&state("abcd")));
    }
}
