use std::{fmt, str::FromStr};

use base::Digest;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A text that is no valid name. It is not included here, as it may be a mistyped secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{name} is 1 to {max_length} characters of {allowed}")]
pub struct WrongName {
    name: &'static str,
    max_length: usize,
    allowed: &'static str,
}

impl WrongName {
    pub(crate) fn new(name: &'static str, max_length: usize, allowed: &'static str) -> Self {
        Self { name, max_length, allowed }
    }
}

/// A client's registered id at a reception: 1 to 128 characters of `A-Z a-z 0-9 . _ ~ : / -`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientId(String);

/// The service's own opaque reference for its request, 1 to 64 characters of `A-Z a-z 0-9 . _ ~ -`.
///
/// The response repeats it; it has no meaning for the reception. It must not be derived from the patient's data.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference(String);

/// Binds the response to the browser of the request (RFC 6749 §10.12): up to 512 visible ASCII characters or spaces.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct State(String);

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'~' | b'-')
}

fn is_valid_name(text: &str, most: usize, allowed: impl Fn(u8) -> bool) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(allowed)
}

impl ClientId {
    /// The id in its wire form.
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
    /// The reference in its wire form.
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
    /// The text to send.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Its digest, for storage and for finding the request.
    pub fn digest(&self) -> Digest {
        base::digest(&[self.0.as_bytes()])
    }

    /// Whether both are equal, in a time that does not depend on where they differ.
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
