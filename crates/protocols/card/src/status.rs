use std::{fmt, str::FromStr};

use crate::identifier::text_in_files;

/// SW1 SW2: the status of a command (ISO/IEC 7816-4:2005 §5.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatusWord(u16);

/// A text that is no status word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a status word is four hexadecimal digits and begins with 6 or 9")]
pub struct UnreadableStatusWord;

impl StatusWord {
    /// 9000
    pub const SUCCESS: Self = Self(0x9000);
    /// 6581: the memory failed.
    pub const MEMORY_FAILURE: Self = Self(0x6581);
    /// 6700: the length is wrong.
    pub const WRONG_LENGTH: Self = Self(0x6700);
    /// 6981: the command does not fit the file's structure (an internal file is read, a record file by offset).
    pub const WRONG_FILE_KIND: Self = Self(0x6981);
    /// 6982: the required PIN was not verified.
    pub const SECURITY_NOT_SATISFIED: Self = Self(0x6982);
    /// 6983: the authentication method is blocked (other cards send it where this one sends 6984).
    pub const METHOD_BLOCKED: Self = Self(0x6983);
    /// 6984: the PIN was blocked before this command.
    pub const PIN_BLOCKED: Self = Self(0x6984);
    /// 6985: the conditions of use are not satisfied (the key does not sign this input).
    pub const CONDITIONS_NOT_SATISFIED: Self = Self(0x6985);
    /// 6986: no file is selected.
    pub const NO_CURRENT_FILE: Self = Self(0x6986);
    /// 6A80: the data is wrong (a new PIN of the wrong form).
    pub const WRONG_DATA: Self = Self(0x6A80);
    /// 6A82: no such file or application.
    pub const FILE_NOT_FOUND: Self = Self(0x6A82);
    /// 6A83: no such record.
    pub const RECORD_NOT_FOUND: Self = Self(0x6A83);
    /// 6A86: P1 or P2 is wrong.
    pub const WRONG_PARAMETERS: Self = Self(0x6A86);
    /// 6A88: no such PIN, key or data object.
    pub const REFERENCE_NOT_FOUND: Self = Self(0x6A88);
    /// 6B00: the offset is beyond the end of the file.
    pub const WRONG_OFFSET: Self = Self(0x6B00);
    /// 6D00: the instruction is unknown.
    pub const UNKNOWN_INSTRUCTION: Self = Self(0x6D00);
    /// 6E00: the class is unknown.
    pub const UNKNOWN_CLASS: Self = Self(0x6E00);

    /// 63Cx: `tries` are left (at most 15 can be expressed).
    pub fn tries(tries: u8) -> Self {
        Self(0x63C0 | u16::from(tries.min(15)))
    }

    /// The remaining tries of a 63Cx.
    pub fn tries_left(self) -> Option<u8> {
        (self.0 & 0xFFF0 == 0x63C0).then_some(self.0.to_be_bytes()[1] & 0x0F)
    }

    /// SW1 and SW2.
    pub fn to_bytes(self) -> [u8; 2] {
        self.0.to_be_bytes()
    }

    /// Its meaning in words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::SUCCESS => "success",
            Self::MEMORY_FAILURE => "the memory failed",
            Self::WRONG_LENGTH => "wrong length",
            Self::WRONG_FILE_KIND => "the command does not fit the file",
            Self::SECURITY_NOT_SATISFIED => "a PIN is needed first",
            Self::METHOD_BLOCKED | Self::PIN_BLOCKED => "the PIN is locked",
            Self::CONDITIONS_NOT_SATISFIED => "the conditions of use are not satisfied",
            Self::NO_CURRENT_FILE => "no file is selected",
            Self::WRONG_DATA => "wrong data",
            Self::FILE_NOT_FOUND => "no such file or application",
            Self::RECORD_NOT_FOUND => "no such record",
            Self::WRONG_PARAMETERS => "wrong P1 or P2",
            Self::REFERENCE_NOT_FOUND => "no such PIN, key or data object",
            Self::WRONG_OFFSET => "the offset lies behind the end of the file",
            Self::UNKNOWN_INSTRUCTION => "unknown instruction",
            Self::UNKNOWN_CLASS => "unknown class",
            _ if self.tries_left() == Some(0) => "the PIN is wrong and now locked",
            _ if self.tries_left().is_some() => "tries at the PIN are left",
            _ => "not a status of this card",
        }
    }
}

impl From<[u8; 2]> for StatusWord {
    fn from(bytes: [u8; 2]) -> Self {
        Self(u16::from_be_bytes(bytes))
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04X}", self.0)
    }
}

impl FromStr for StatusWord {
    type Err = UnreadableStatusWord;

    fn from_str(text: &str) -> Result<Self, UnreadableStatusWord> {
        let mut bytes = [0; 2];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| UnreadableStatusWord)?;
        // ISO/IEC 7816-4:2005 §5.1.3: SW1 is '6X' or '9X'.
        if matches!(bytes[0] >> 4, 6 | 9) { Ok(bytes.into()) } else { Err(UnreadableStatusWord) }
    }
}

text_in_files!(StatusWord);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_word_says_how_many_tries_are_left() {
        assert_eq!(StatusWord::tries(3).to_string(), "63C3");
        assert_eq!(StatusWord::tries(200).to_string(), "63CF");
        assert_eq!("63C0".parse::<StatusWord>().unwrap().tries_left(), Some(0));
        assert_eq!(StatusWord::SUCCESS.tries_left(), None);
        assert_eq!("6300".parse::<StatusWord>().unwrap().tries_left(), None);
    }

    #[test]
    fn a_status_word_begins_with_6_or_9() {
        for wrong in ["", "1234", "90", "900000", "9g00"] {
            assert!(wrong.parse::<StatusWord>().is_err(), "{wrong}");
        }
    }
}
