use std::{borrow::Cow, fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::{FileId, PrivateKey, ReferenceData, TokenInformation, TokenLabel, identifier::text_in_files};

/// A file of an application (EF).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum File {
    /// Bytes that are read from an offset.
    Transparent {
        content: Content,
        /// The size of the file on the card. Bytes after the content read as FF.
        #[serde(default, skip_serializing_if = "is_zero")]
        size: u16,
        /// Who may read it.
        #[serde(default)]
        read: Access,
    },
    /// The token information of JPKI, generated from its label.
    TokenInformation {
        /// The kind of token.
        label: TokenLabel,
    },
    /// Records that are read by number, from 1.
    Records {
        records: Vec<Content>,
        /// Who may read them.
        #[serde(default)]
        read: Access,
    },
    /// A PIN.
    Pin(PinFile),
    /// A private key.
    Key {
        pkcs8: PrivateKey,
        /// Who may sign with it.
        sign: Access,
    },
    /// A file that only the card itself uses.
    Internal,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(size: &u16) -> bool {
    *size == 0
}

impl File {
    /// A transparent file that anyone may read.
    pub fn free(content: impl Into<Content>) -> Self {
        Self::Transparent { content: content.into(), size: 0, read: Access::Free }
    }

    /// A part of a transparent file: at most `length` bytes from `offset`, fewer at its end; `None` beyond its end.
    pub(crate) fn read(&self, offset: usize, length: usize) -> Option<Vec<u8>> {
        let (content, size) = match self {
            Self::Transparent { content, size, .. } => (Cow::Borrowed(&content.0[..]), usize::from(*size)),
            Self::TokenInformation { label } => (Cow::Owned(TokenInformation { label: *label }.encode()), 0),
            _ => return None,
        };
        let end = content.len().max(size);
        if offset >= end {
            return None;
        }
        let part = offset..offset.saturating_add(length).min(end);
        Some(part.map(|index| content.get(index).copied().unwrap_or(0xFF)).collect())
    }
}

/// The access condition of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Anyone.
    #[default]
    Free,
    /// After verification of one of these PINs of the same application.
    #[serde(rename = "after")]
    AfterPin(Vec<FileId>),
    /// Nobody.
    Never,
}

/// A PIN of the card.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinFile {
    /// The reference data for comparison.
    pub value: ReferenceData,
    /// How many consecutive failures block it.
    pub tries: TryLimit,
    /// The form that a new value must have.
    pub form: PinForm,
    /// The command that changes it.
    #[serde(default)]
    pub change: ChangeCommand,
}

/// The form of a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PinForm {
    /// Four digits.
    FourDigits,
    /// 6 to 16 capital letters and digits.
    Password,
    /// Digits that are printed on the card (照合番号, birth date), in any number.
    Printed,
}

impl PinForm {
    /// Whether `data` has this form.
    pub fn fits(self, data: &ReferenceData) -> bool {
        let data = data.expose();
        let digits = data.iter().all(u8::is_ascii_digit);
        match self {
            Self::FourDigits => digits && data.len() == 4,
            Self::Password => data.len() >= 6 && !data.iter().any(u8::is_ascii_lowercase),
            Self::Printed => digits,
        }
    }
}

/// The command that changes a PIN.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeCommand {
    /// It cannot be changed.
    #[default]
    None,
    /// 00 24, as in the JPKI and text applications.
    ChangeReferenceData,
    /// 80 32, as in the common and registry applications.
    ChangeKey,
}

/// How many consecutive failures block a PIN: 1 to 15, as a status word has four bits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct TryLimit(u8);

/// A number of tries that no status word can express.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a PIN has 1 to 15 tries")]
pub struct WrongTryLimit;

impl TryLimit {
    /// Three: the four-digit PINs.
    pub const THREE: Self = Self(3);
    /// Five: the signature password.
    pub const FIVE: Self = Self(5);
    /// Ten: the numbers printed on the card.
    pub const TEN: Self = Self(10);
}

impl TryFrom<u8> for TryLimit {
    type Error = WrongTryLimit;

    fn try_from(tries: u8) -> Result<Self, WrongTryLimit> {
        if (1..=15).contains(&tries) { Ok(Self(tries)) } else { Err(WrongTryLimit) }
    }
}

impl From<TryLimit> for u8 {
    fn from(limit: TryLimit) -> Self {
        limit.0
    }
}

/// The bytes of a file, base64 in the data file.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Content(pub Vec<u8>);

/// A text that is not base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a file's content is base64")]
pub struct UnreadableContent;

impl<Bytes: Into<Vec<u8>>> From<Bytes> for Content {
    fn from(bytes: Bytes) -> Self {
        Self(bytes.into())
    }
}

impl fmt::Display for Content {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&STANDARD.encode(&self.0))
    }
}

impl FromStr for Content {
    type Err = UnreadableContent;

    fn from_str(text: &str) -> Result<Self, UnreadableContent> {
        STANDARD.decode(text).map(Self).map_err(|_| UnreadableContent)
    }
}

/// Shows only the length: a person's name and address must not be logged.
impl fmt::Debug for Content {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} bytes", self.0.len())
    }
}

text_in_files!(Content);

#[cfg(test)]
mod tests {
    use super::*;

    fn check(offset: usize, length: usize, expected: Option<&[u8]>) {
        let file = File::Transparent { content: vec![1, 2, 3].into(), size: 5, read: Access::Free };
        assert_eq!(file.read(offset, length).as_deref(), expected, "{offset} {length}");
    }

    #[test]
    fn what_is_not_content_reads_as_ff() {
        check(0, 256, Some(&[1, 2, 3, 0xFF, 0xFF]));
        check(2, 2, Some(&[3, 0xFF]));
        check(4, 9, Some(&[0xFF]));
        check(5, 1, None);
        check(usize::MAX, 1, None);
    }

    #[test]
    fn a_new_pin_has_the_form_of_the_old() {
        let fits = |form: PinForm, text: &str| form.fits(&text.parse().unwrap());
        assert!(fits(PinForm::FourDigits, "1234"));
        assert!(!fits(PinForm::FourDigits, "12345"));
        assert!(!fits(PinForm::FourDigits, "123A"));
        assert!(fits(PinForm::Password, "PASSW0RD"));
        assert!(!fits(PinForm::Password, "PASS1"));
        assert!(!fits(PinForm::Password, "passw0rd"));
        assert!(fits(PinForm::Printed, "010203"));
        assert!(!fits(PinForm::Printed, "A"));
    }
}
