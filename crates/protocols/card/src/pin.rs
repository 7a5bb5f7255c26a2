use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// 利用者証明用電子証明書の暗証番号, or another of the card's four-digit PINs, as typed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Pin([u8; 4]);

/// A text that is no four-digit PIN. It is not included here, as it may be a mistyped PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the PIN has four digits")]
pub struct WrongPin;

impl Pin {
    /// The four digits in ASCII, only for the card.
    pub fn expose(&self) -> &[u8; 4] {
        &self.0
    }
}

impl FromStr for Pin {
    type Err = WrongPin;

    fn from_str(text: &str) -> Result<Self, WrongPin> {
        let digits: [u8; 4] = text.as_bytes().try_into().map_err(|_| WrongPin)?;
        if digits.iter().all(u8::is_ascii_digit) { Ok(Self(digits)) } else { Err(WrongPin) }
    }
}

/// 署名用電子証明書の暗証番号: 6 to 16 capital letters and digits, as typed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SignaturePassword(Vec<u8>);

/// A text that is no signature password. It is not included here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature password has 6 to 16 capital letters and digits")]
pub struct WrongSignaturePassword;

impl SignaturePassword {
    /// Its characters in ASCII, only for the card.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl FromStr for SignaturePassword {
    type Err = WrongSignaturePassword;

    fn from_str(text: &str) -> Result<Self, WrongSignaturePassword> {
        let fits = text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if fits && (6..=16).contains(&text.len()) {
            Ok(Self(text.as_bytes().to_vec()))
        } else {
            Err(WrongSignaturePassword)
        }
    }
}

/// A PIN as stored on the card, to be compared with the presented one (reference data, ISO/IEC 7816-4): 1 to 16 bytes.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ReferenceData(Vec<u8>);

/// A text that cannot be a PIN of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a PIN on the card has 1 to 16 ASCII letters and digits")]
pub struct WrongReferenceData;

impl ReferenceData {
    /// From presented bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WrongReferenceData> {
        if (1..=16).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_alphanumeric) {
            Ok(Self(bytes.to_vec()))
        } else {
            Err(WrongReferenceData)
        }
    }

    /// Whether `presented` is this PIN, in a time that does not depend on where they differ.
    pub fn matches(&self, presented: &[u8]) -> bool {
        base::constant_time_eq(&self.0, presented)
    }

    /// Its characters, for the card's data file.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl From<&Pin> for ReferenceData {
    fn from(pin: &Pin) -> Self {
        Self(pin.0.to_vec())
    }
}

impl From<&SignaturePassword> for ReferenceData {
    fn from(password: &SignaturePassword) -> Self {
        Self(password.0.clone())
    }
}

impl FromStr for ReferenceData {
    type Err = WrongReferenceData;

    fn from_str(text: &str) -> Result<Self, WrongReferenceData> {
        Self::from_bytes(text.as_bytes())
    }
}

impl fmt::Debug for ReferenceData {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(secret)")
    }
}

/// Serialises into the card's data file, the only place where a PIN is in clear: it *is* the card.
impl Serialize for ReferenceData {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // `from_bytes` accepts only ASCII.
        serializer.serialize_str(str::from_utf8(&self.0).expect("a PIN on the card is ASCII"))
    }
}

impl<'de> Deserialize<'de> for ReferenceData {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Zeroizing::new(String::deserialize(deserializer)?).parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_has_four_digits() {
        assert!("0000".parse::<Pin>().is_ok_and(|pin| pin.expose() == b"0000"));
        for wrong in ["", "123", "12345", "123a", "１２３４", " 123"] {
            assert!(wrong.parse::<Pin>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_signature_password_has_6_to_16_capitals_and_digits() {
        for right in ["PASSW0RD", "ABCDEF", "1234567890123456"] {
            assert!(right.parse::<SignaturePassword>().is_ok(), "{right}");
        }
        for wrong in ["", "ABCDE", "12345678901234567", "passw0rd", "PASS W0RD"] {
            assert!(wrong.parse::<SignaturePassword>().is_err(), "{wrong}");
        }
    }
}
