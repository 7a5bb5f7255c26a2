use std::{fmt, str::FromStr};

use base::Randomness;
use x509_cert::serial_number::SerialNumber;

/// 発行の番号: the serial number of a certificate, unique per key of an authority. Positive, up to 20 octets (RFC 5280
/// §4.1.2.2).
///
/// The technical standard of the service asks not to use it as a customer number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial(Vec<u8>);

/// An invalid serial number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a serial number is positive and has at most 20 octets")]
pub struct WrongSerial;

impl Serial {
    /// From its magnitude, the most significant octet first.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WrongSerial> {
        let start = bytes.iter().position(|byte| *byte != 0).ok_or(WrongSerial)?;
        let magnitude = &bytes[start..];
        let signed = magnitude.len() + usize::from(magnitude[0] >= 0x80);
        if signed > 20 { Err(WrongSerial) } else { Ok(Self(magnitude.to_vec())) }
    }

    /// Sixteen random octets, for machines. Cards have small numbers.
    pub fn random(randomness: &Randomness) -> Self {
        let mut bytes = randomness.bytes::<16>();
        bytes[0] = bytes[0] & 0x3f | 0x40;
        Self(bytes.to_vec())
    }

    /// Its magnitude, without leading zeros.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn read(number: &SerialNumber) -> Result<Self, WrongSerial> {
        // The octets of an INTEGER: the first bit is its sign.
        match number.as_bytes().first() {
            Some(0..0x80) => Self::from_bytes(number.as_bytes()),
            _ => Err(WrongSerial),
        }
    }

    pub(crate) fn write(&self) -> SerialNumber {
        // All constructors ensure a positive number of at most 20 octets with its sign.
        SerialNumber::new(&self.0).expect("a serial number fits")
    }
}

impl TryFrom<u64> for Serial {
    type Error = WrongSerial;

    fn try_from(number: u64) -> Result<Self, WrongSerial> {
        Self::from_bytes(&number.to_be_bytes())
    }
}

impl From<std::num::NonZeroU32> for Serial {
    fn from(number: std::num::NonZeroU32) -> Self {
        Self::from_bytes(&number.get().to_be_bytes()).expect("a number that is not zero and has four octets")
    }
}

impl FromStr for Serial {
    type Err = WrongSerial;

    /// From hexadecimal digits, with or without `0x`.
    fn from_str(text: &str) -> Result<Self, WrongSerial> {
        let digits = text.strip_prefix("0x").unwrap_or(text);
        let even = if digits.len().is_multiple_of(2) { digits.to_owned() } else { format!("0{digits}") };
        Self::from_bytes(&hex::decode(even).map_err(|_| WrongSerial)?)
    }
}

impl fmt::Display for Serial {
    /// In hexadecimal, as shown by OpenSSL.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_is_positive_and_no_longer_than_twenty_octets() {
        assert_eq!(Serial::try_from(0), Err(WrongSerial));
        assert_eq!(Serial::from_bytes(&[0, 0, 1, 2]).unwrap().as_bytes(), [1, 2]);
        assert_eq!(Serial::from_bytes(&[]), Err(WrongSerial));
        assert_eq!(Serial::from_bytes(&[0x80; 20]), Err(WrongSerial));
        assert!(Serial::from_bytes(&[0x7f; 20]).is_ok());
        assert_eq!(Serial::from_bytes(&[0x7f; 21]), Err(WrongSerial));
        assert_eq!(Serial::random(&Randomness::repeatable("serial")).as_bytes().len(), 16);
    }

    #[test]
    fn a_serial_reads_what_it_writes() {
        for number in [1, 127, 128, 0x00ff_ffff, u64::MAX] {
            let serial = Serial::try_from(number).unwrap();
            assert_eq!(Serial::read(&serial.write()), Ok(serial.clone()));
            assert_eq!(serial.to_string().parse(), Ok(serial.clone()));
            assert_eq!(format!("0x{number:x}").parse(), Ok(serial));
        }
        for wrong in ["", "0x", "0", "12g4", "１２"] {
            assert_eq!(wrong.parse::<Serial>(), Err(WrongSerial), "{wrong}");
        }
    }
}
