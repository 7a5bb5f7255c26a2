use std::{fmt, str::FromStr};

use base::Randomness;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A code challenge by S256 (RFC 7636 §4.2), the only supported method: 43 characters of base64url.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CodeChallenge([u8; 32]);

/// A code verifier (RFC 7636 §4.1): 43 to 128 unreserved characters, known only to the service.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct CodeVerifier(String);

/// A text that is no challenge or verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongPkce {
    /// An invalid challenge.
    #[error("a code_challenge is 43 characters of base64url without padding (RFC 7636 section 4.2, S256)")]
    Challenge,
    /// An invalid verifier.
    #[error("a code_verifier is 43 to 128 characters of A-Z a-z 0-9 . _ ~ - (RFC 7636 section 4.1)")]
    Verifier,
}

impl CodeChallenge {
    /// From stored bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// As stored.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether it was derived from `verifier`, in a time that does not depend on where they differ.
    pub fn matches(&self, verifier: &CodeVerifier) -> bool {
        base::constant_time_eq(&self.0, &verifier.challenge().0)
    }
}

impl FromStr for CodeChallenge {
    type Err = WrongPkce;

    fn from_str(text: &str) -> Result<Self, WrongPkce> {
        let mut bytes = [0; 32];
        match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
            Ok(32) => Ok(Self(bytes)),
            _ => Err(WrongPkce::Challenge),
        }
    }
}

impl fmt::Display for CodeChallenge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for CodeChallenge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Serialize for CodeChallenge {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CodeChallenge {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl CodeVerifier {
    /// A new verifier of 256 random bits.
    pub fn new(randomness: &Randomness) -> Self {
        Self(URL_SAFE_NO_PAD.encode(randomness.bytes::<32>()))
    }

    /// The challenge to send in the pushed request.
    pub fn challenge(&self) -> CodeChallenge {
        CodeChallenge(*base::digest(&[self.0.as_bytes()]).as_bytes())
    }

    /// The text to send.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl FromStr for CodeVerifier {
    type Err = WrongPkce;

    fn from_str(text: &str) -> Result<Self, WrongPkce> {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'~' | b'-');
        if (43..=128).contains(&text.len()) && text.bytes().all(unreserved) {
            Ok(Self(text.into()))
        } else {
            Err(WrongPkce::Verifier)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_rfc_7636_appendix_b_holds() {
        let verifier: CodeVerifier = VERIFIER.parse().unwrap();
        let challenge: CodeChallenge = CHALLENGE.parse().unwrap();
        assert_eq!(verifier.challenge().to_string(), CHALLENGE);
        assert!(challenge.matches(&verifier));
        assert!(!challenge.matches(&CodeVerifier::new(&Randomness::repeatable("another"))));
    }

    #[test]
    fn a_challenge_is_the_base64url_of_32_bytes() {
        for wrong in
            ["", &CHALLENGE[1..], &format!("{CHALLENGE}A"), &format!("{CHALLENGE}="), &CHALLENGE.replace('-', "+")]
        {
            assert_eq!(wrong.parse::<CodeChallenge>(), Err(WrongPkce::Challenge), "{wrong}");
        }
    }

    #[test]
    fn a_verifier_is_long_and_unreserved() {
        assert!("~".repeat(128).parse::<CodeVerifier>().is_ok());
        for wrong in ["", &VERIFIER[1..], &"a".repeat(129), &VERIFIER.replace('-', "+"), &VERIFIER.replace('-', " ")] {
            assert!(wrong.parse::<CodeVerifier>().is_err(), "{wrong}");
        }
    }
}
