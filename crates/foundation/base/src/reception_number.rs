use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Randomness, check_digit};

/// 受付番号: the number of a reception record at all parties, twelve digits of which the last is a check digit.
///
/// It holds no personal data and grants no access; it is random so that receptions cannot be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceptionNumber(u64);

/// A text that is no reception number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reception number has twelve digits, the last of which checks the others")]
pub struct WrongReceptionNumber;

impl ReceptionNumber {
    /// A new number.
    pub fn new(randomness: &Randomness) -> Self {
        let body = 10_000_000_000 + randomness.number_below(90_000_000_000);
        let digits: Vec<u8> = body.to_string().bytes().map(|byte| byte - b'0').collect();
        Self(body * 10 + u64::from(check_digit(&digits)))
    }

    /// In groups of four, for reading out on the telephone.
    pub fn to_grouped_string(self) -> String {
        let text = self.to_string();
        format!("{}-{}-{}", &text[..4], &text[4..8], &text[8..])
    }
}

impl fmt::Display for ReceptionNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:012}", self.0)
    }
}

impl FromStr for ReceptionNumber {
    type Err = WrongReceptionNumber;

    fn from_str(text: &str) -> Result<Self, WrongReceptionNumber> {
        let digits = check_digit::parse_digits(text, 12).ok_or(WrongReceptionNumber)?;
        if digits[0] == 0 || !check_digit::has_valid_check_digit(&digits) {
            return Err(WrongReceptionNumber);
        }
        text.parse().map(Self).map_err(|_| WrongReceptionNumber)
    }
}

impl Serialize for ReceptionNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ReceptionNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_reads_back_and_a_slip_of_the_finger_does_not() {
        let number = ReceptionNumber::new(&Randomness::repeatable("reception"));
        let text = number.to_string();
        assert_eq!(text.parse(), Ok(number));
        let mistyped: String = text
            .chars()
            .enumerate()
            .map(|(index, c)| if index == 3 { char::from((c as u8 - b'0' + 1) % 10 + b'0') } else { c })
            .collect();
        assert_eq!(mistyped.parse::<ReceptionNumber>(), Err(WrongReceptionNumber));
        assert_eq!("000000000000".parse::<ReceptionNumber>(), Err(WrongReceptionNumber));
    }
}
