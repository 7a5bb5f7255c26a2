use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Prefecture, check_digit};

/// 保険者番号: eight digits (法別 2, prefecture 2, insurer 3, check 1), or six without 法別 for 国民健康保険.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InsurerNumber {
    digits: [u8; 8],
    eight_digits: bool,
}

/// The law that the insurance is based on (法別番号).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InsurerKind {
    /// 01 全国健康保険協会 (協会けんぽ)
    HealthInsuranceAssociation,
    /// 02 船員保険
    Seamen,
    /// 03, 04 日雇特例被保険者
    DayLabourers,
    /// 06 健康保険組合
    HealthInsuranceSociety,
    /// 07 自衛官等
    SelfDefence,
    /// 31 to 34 共済組合
    MutualAid,
    /// 39 後期高齢者医療
    LateElderly,
    /// 63 and 72 to 75 特定健康保険組合, 特例退職
    SpecialRetired,
    /// 67 退職者 (国保)
    Retired,
    /// 12 医療扶助 (公費負担者番号 has the same form)
    PublicAssistance,
    /// Six digits: 国民健康保険
    National,
}

/// Why a text is no insurer number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongInsurerNumber {
    #[error("an insurer number has eight digits, or six for 国民健康保険")]
    Form,
    #[error("no insurer has the first two digits of this number (法別番号)")]
    Kind,
    #[error("no prefecture has the number in this insurer number")]
    Prefecture,
    #[error("the check digit of this insurer number does not hold")]
    CheckDigit,
}

impl InsurerNumber {
    /// The number of a law (法別番号; none for 国民健康保険), prefecture and insurer, with its check digit.
    pub fn from_parts(law: Option<u8>, prefecture: Prefecture, insurer: u16) -> Result<Self, WrongInsurerNumber> {
        let tail = format!("{:02}{:03}", prefecture.code(), insurer % 1000);
        let head = law.map_or_else(|| tail.clone(), |law| format!("{law:02}{tail}"));
        let digits: Vec<u8> = head.bytes().map(|byte| byte.wrapping_sub(b'0')).collect();
        format!("{head}{}", check_digit(&digits)).parse()
    }

    /// The law that the insurance is based on.
    pub fn kind(self) -> InsurerKind {
        if !self.eight_digits {
            return InsurerKind::National;
        }
        // The parser accepts no other law.
        insurer_kind(self.digits[0] * 10 + self.digits[1]).expect("an insurer number names a law")
    }

    /// The prefecture in the number.
    pub fn prefecture(self) -> Prefecture {
        Prefecture::from_code(self.digits[2] * 10 + self.digits[3]).expect("an insurer number names a prefecture")
    }

    /// As in files: eight characters wide, six-digit numbers preceded by two spaces.
    pub fn to_padded_string(self) -> String {
        format!("{self:>8}")
    }
}

fn insurer_kind(law: u8) -> Option<InsurerKind> {
    Some(match law {
        1 => InsurerKind::HealthInsuranceAssociation,
        2 => InsurerKind::Seamen,
        3 | 4 => InsurerKind::DayLabourers,
        6 => InsurerKind::HealthInsuranceSociety,
        7 => InsurerKind::SelfDefence,
        12 => InsurerKind::PublicAssistance,
        31..=34 => InsurerKind::MutualAid,
        39 => InsurerKind::LateElderly,
        63 | 72..=75 => InsurerKind::SpecialRetired,
        67 => InsurerKind::Retired,
        _ => return None,
    })
}

impl fmt::Display for InsurerNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = if self.eight_digits { &self.digits[..] } else { &self.digits[2..] };
        formatter.pad(&digits.iter().map(|digit| char::from(b'0' + digit)).collect::<String>())
    }
}

impl FromStr for InsurerNumber {
    type Err = WrongInsurerNumber;

    /// Spaces around the number (the padding of files) are ignored.
    fn from_str(text: &str) -> Result<Self, WrongInsurerNumber> {
        let text = text.trim_matches(' ');
        let wide = text.len() == 8;
        let parsed = check_digit::parse_digits(text, if wide { 8 } else { 6 }).ok_or(WrongInsurerNumber::Form)?;
        let mut digits = [0; 8];
        digits[8 - parsed.len()..].copy_from_slice(&parsed);
        if wide {
            insurer_kind(digits[0] * 10 + digits[1]).ok_or(WrongInsurerNumber::Kind)?;
        }
        Prefecture::from_code(digits[2] * 10 + digits[3]).map_err(|_| WrongInsurerNumber::Prefecture)?;
        if check_digit::has_valid_check_digit(&parsed) {
            Ok(Self { digits, eight_digits: wide })
        } else {
            Err(WrongInsurerNumber::CheckDigit)
        }
    }
}

impl Serialize for InsurerNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for InsurerNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<InsurerKind, WrongInsurerNumber>) {
        assert_eq!(text.parse::<InsurerNumber>().map(InsurerNumber::kind), expected, "{text}");
    }

    #[test]
    fn a_number_tells_its_law_or_why_it_is_none() {
        check("33120015", Ok(InsurerKind::MutualAid));
        check("33120014", Err(WrongInsurerNumber::CheckDigit));
        check("99120015", Err(WrongInsurerNumber::Kind));
        check("33990015", Err(WrongInsurerNumber::Prefecture));
        check("3312001", Err(WrongInsurerNumber::Form));
        check("", Err(WrongInsurerNumber::Form));
    }

    #[test]
    fn six_digits_are_padded_with_spaces() {
        let number = InsurerNumber::from_parts(None, Prefecture::from_code(13).unwrap(), 5).unwrap();
        assert_eq!(number.kind(), InsurerKind::National);
        assert_eq!(number.to_padded_string().len(), 8);
        assert!(number.to_padded_string().starts_with("  13"));
        assert_eq!(number.to_padded_string().parse(), Ok(number));
    }
}
