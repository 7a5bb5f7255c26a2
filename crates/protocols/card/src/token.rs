use std::{fmt, str::FromStr};

use crate::identifier::text_in_files;

/// The kind of token: the plastic card, or a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TokenLabel {
    /// マイナンバーカード
    #[default]
    Plastic,
    /// スマホ用電子証明書 in an Android phone
    Android,
    /// iPhoneのマイナンバーカード
    Iphone,
}

/// A token that is neither a card nor a known phone, with its label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a token of an unknown kind: {0}")]
pub struct UnknownToken(pub String);

impl TokenLabel {
    /// The label in the token information.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plastic => "JPKIAPICCTOKEN2",
            Self::Android => "JPKIAPGPSETOKEN",
            Self::Iphone => "JPKIAPIOSTOKEN",
        }
    }
}

impl fmt::Display for TokenLabel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for TokenLabel {
    type Err = UnknownToken;

    fn from_str(text: &str) -> Result<Self, UnknownToken> {
        [Self::Plastic, Self::Android, Self::Iphone]
            .into_iter()
            .find(|label| label.as_str() == text)
            .ok_or_else(|| UnknownToken(text.to_owned()))
    }
}

text_in_files!(TokenLabel);

/// The token information of the JPKI application (EF 0006): a `CK_TOKEN_INFO` of PKCS#11 with 32-bit numbers.
pub struct TokenInformation {
    /// The kind of token.
    pub label: TokenLabel,
}

impl TokenInformation {
    /// The 160 bytes of the file. The manufacturer is named as a simulation.
    pub fn encode(&self) -> Vec<u8> {
        // PKCS#11: maximum and current sessions, the same for writing, PIN lengths, memory (not stated).
        let numbers: [u32; 11] = [0x40D, 1, 0, 1, 0, 16, 6, u32::MAX, u32::MAX, u32::MAX, u32::MAX];
        let mut bytes =
            format!("{:32}{:32}{:16}{:16}", self.label.as_str(), "JPKI-SIM", "SIMULATED CARD", "1").into_bytes();
        bytes.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
        bytes.extend(b"03019999999999999999");
        bytes
    }

    /// Parses the file; only its label (the first 32 bytes) is used, as cards fill the rest differently.
    pub fn parse(bytes: &[u8]) -> Result<Self, UnknownToken> {
        let label = String::from_utf8_lossy(&bytes[..bytes.len().min(32)]);
        Ok(Self { label: label.trim_end_matches([' ', '\0']).parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_information_has_160_bytes_and_its_label_first() {
        for label in [TokenLabel::Plastic, TokenLabel::Android, TokenLabel::Iphone] {
            let bytes = TokenInformation { label }.encode();
            assert_eq!(bytes.len(), 160);
            assert!(TokenInformation::parse(&bytes).is_ok_and(|information| information.label == label));
        }
    }

    #[test]
    fn an_unknown_token_is_told_by_its_label() {
        let unknown = |bytes: &[u8]| TokenInformation::parse(bytes).err();
        assert_eq!(unknown(b"OTHER   "), Some(UnknownToken("OTHER".to_owned())));
        assert_eq!(unknown(b""), Some(UnknownToken(String::new())));
    }
}
