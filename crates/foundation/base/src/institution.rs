use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Prefecture, check_digit};

/// 医療機関コード: prefecture (2), score table (1), and seven digits of which the last is the check digit over all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstitutionCode([u8; 10]);

/// 点数表: the table of fees by which an institution claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScoreTable {
    /// 医科
    Medical,
    /// 歯科
    Dental,
    /// 調剤
    Pharmacy,
}

/// Why a text is no institution code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongInstitutionCode {
    #[error("an institution code has ten digits")]
    Form,
    #[error("no prefecture has the first two digits of this institution code")]
    Prefecture,
    #[error("the third digit of an institution code is 1, 3 or 4")]
    ScoreTable,
    #[error("the check digit of this institution code does not hold")]
    CheckDigit,
}

impl InstitutionCode {
    /// The code of a prefecture, score table and six-digit serial, with its check digit. `serial` is taken modulo one million.
    pub fn from_parts(prefecture: Prefecture, table: ScoreTable, serial: u32) -> Self {
        let table = match table {
            ScoreTable::Medical => 1,
            ScoreTable::Dental => 3,
            ScoreTable::Pharmacy => 4,
        };
        let text = format!("{:02}{table}{:06}", prefecture.code(), serial % 1_000_000);
        let mut digits = [0; 10];
        for (index, byte) in text.bytes().enumerate().take(9) {
            digits[index] = byte - b'0';
        }
        digits[9] = check_digit(&digits[..9]);
        Self(digits)
    }

    /// The prefecture of the institution.
    pub fn prefecture(self) -> Prefecture {
        // The parser and `from_parts` accept no other value.
        Prefecture::from_code(self.0[0] * 10 + self.0[1]).expect("an institution code begins with a prefecture")
    }
}

impl fmt::Display for InstitutionCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|digit| write!(formatter, "{digit}"))
    }
}

impl FromStr for InstitutionCode {
    type Err = WrongInstitutionCode;

    fn from_str(text: &str) -> Result<Self, WrongInstitutionCode> {
        let digits = check_digit::parse_digits(text, 10).ok_or(WrongInstitutionCode::Form)?;
        Prefecture::from_code(digits[0] * 10 + digits[1]).map_err(|_| WrongInstitutionCode::Prefecture)?;
        if !matches!(digits[2], 1 | 3 | 4) {
            return Err(WrongInstitutionCode::ScoreTable);
        }
        if !check_digit::has_valid_check_digit(&digits) {
            return Err(WrongInstitutionCode::CheckDigit);
        }
        digits.try_into().map(Self).map_err(|_| WrongInstitutionCode::Form)
    }
}

impl Serialize for InstitutionCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for InstitutionCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<(), WrongInstitutionCode>) {
        assert_eq!(text.parse::<InstitutionCode>().map(|_| ()), expected, "{text}");
    }

    #[test]
    fn a_code_is_refused_for_its_own_reason() {
        check("0110113719", Ok(()));
        check("0110113718", Err(WrongInstitutionCode::CheckDigit));
        check("011011371", Err(WrongInstitutionCode::Form));
        check("０１１０１１３７１９", Err(WrongInstitutionCode::Form));
        check("0010113719", Err(WrongInstitutionCode::Prefecture));
        check("4810113719", Err(WrongInstitutionCode::Prefecture));
        check("0120113719", Err(WrongInstitutionCode::ScoreTable));
    }

    #[test]
    fn a_made_code_reads_back() {
        let tokyo = Prefecture::from_code(13).unwrap();
        let code = InstitutionCode::from_parts(tokyo, ScoreTable::Medical, 123_456);
        assert_eq!(code.to_string().parse(), Ok(code));
        assert_eq!(code.prefecture(), tokyo);
    }
}
