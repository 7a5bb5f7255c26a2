//! 医療機関: the connected institutions.

use std::{fmt, str::FromStr};

use base::{Digest, InstitutionCode, Randomness, digest};

use crate::rules::consent_registration::OnlineFunction;

/// A connected institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Institution {
    /// 医療機関コード
    pub code: InstitutionCode,
    /// The name shown to patients.
    pub name: String,
    /// オンライン診療等機能
    pub online: OnlineFunction,
}

/// The last part of an institution's fixed URL. It is no secret: it is displayed as a QR code.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FixedUrlToken(String);

/// A text that is no token of a fixed URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fixed URL ends with twenty letters and digits")]
pub struct WrongFixedUrlToken;

/// Without letters that resemble digits, and without vowels, which form words.
const ALPHABET: &[u8; 28] = b"23456789bcdfghjkmnpqrstvwxyz";
const LENGTH: usize = 20;

impl FixedUrlToken {
    /// A new, unpredictable token.
    pub fn new(randomness: &Randomness) -> Self {
        Self(randomness.text(ALPHABET, LENGTH))
    }
}

impl fmt::Display for FixedUrlToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for FixedUrlToken {
    type Err = WrongFixedUrlToken;

    fn from_str(text: &str) -> Result<Self, WrongFixedUrlToken> {
        let plain = text.len() == LENGTH && text.bytes().all(|byte| ALPHABET.contains(&byte));
        if plain { Ok(Self(text.to_owned())) } else { Err(WrongFixedUrlToken) }
    }
}

database::text_column!(FixedUrlToken);

/// Identifies an institution's client certificate: SHA-256 of its DER.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub(crate) Digest);

impl Fingerprint {
    /// The fingerprint of the certificate with this DER.
    pub fn from_certificate(certificate: &[u8]) -> Self {
        Self(digest(&[certificate]))
    }

    /// From stored bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Digest::from_bytes(bytes))
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

/// In hexadecimal, as `openssl x509 -fingerprint -sha256` shows it, without the colons.
impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(formatter, "{byte:02X}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_reads_as_openssl_shows_it() {
        let mut bytes = [0xAB; 32];
        bytes[0] = 0x0C;
        assert_eq!(Fingerprint::from_bytes(bytes).to_string(), format!("0C{}", "AB".repeat(31)));
    }

    #[test]
    fn an_entrance_reads_what_it_writes_and_no_other_form() {
        let token = FixedUrlToken::new(&Randomness::repeatable("entrance"));
        assert_eq!(token.to_string().parse(), Ok(token.clone()));
        for wrong in ["", "short", &token.to_string().to_uppercase(), &format!("{token}2")] {
            assert_eq!(wrong.parse::<FixedUrlToken>(), Err(WrongFixedUrlToken), "{wrong}");
        }
    }
}
