use std::{fmt, str::FromStr};

/// Serialises a type by its `Display` and deserialises it by its `FromStr`.
macro_rules! text_in_files {
    ($kind:ty) => {
        impl serde::Serialize for $kind {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $kind {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use text_in_files;

/// A text that is no identifier of a file, application, data object or ATR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableIdentifier {
    /// A file id is two bytes.
    #[error("a file id is four hexadecimal digits")]
    FileId,
    /// An AID has 5 to 16 bytes.
    #[error("an application id (AID) is 10 to 32 hexadecimal digits")]
    Aid,
    /// A tag has two bytes here, as P1 P2 of GET DATA.
    #[error("a data object's tag is four hexadecimal digits")]
    DataTag,
    /// An ATR has 2 to 33 bytes.
    #[error("an ATR is 4 to 66 hexadecimal digits and begins with 3B or 3F")]
    Atr,
}

/// The id of a file in an application (EF identifier).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u16);

impl FileId {
    /// The short identifier (SFI) of ids 0001 to 001E.
    pub fn short(self) -> Option<u8> {
        u8::try_from(self.0).ok().filter(|short| (1..=0x1E).contains(short))
    }

    /// The file of a short identifier; 0 and 31 are invalid.
    pub fn from_short(short: u8) -> Option<Self> {
        (1..=0x1E).contains(&short).then_some(Self(u16::from(short)))
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04X}", self.0)
    }
}

impl FromStr for FileId {
    type Err = UnreadableIdentifier;

    fn from_str(text: &str) -> Result<Self, UnreadableIdentifier> {
        two_bytes(text).map(Self).ok_or(UnreadableIdentifier::FileId)
    }
}

/// The tag of a data object for GET DATA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataTag(pub u16);

impl DataTag {
    /// 0045: the card's identification number.
    pub const CARD_NUMBER: Self = Self(0x0045);
    /// 00F0: the municipality that issued the card (全国地方公共団体コード).
    pub const MUNICIPALITY: Self = Self(0x00F0);
    /// 00F2: the card's expiry date.
    pub const EXPIRY: Self = Self(0x00F2);
    /// 5F51: the ATR of the contact interface, without its first byte.
    pub const CONTACT_ATR: Self = Self(0x5F51);
}

impl fmt::Display for DataTag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04X}", self.0)
    }
}

impl FromStr for DataTag {
    type Err = UnreadableIdentifier;

    fn from_str(text: &str) -> Result<Self, UnreadableIdentifier> {
        two_bytes(text).map(Self).ok_or(UnreadableIdentifier::DataTag)
    }
}

fn two_bytes(text: &str) -> Option<u16> {
    let mut bytes = [0; 2];
    hex::decode_to_slice(text, &mut bytes).ok().map(|()| u16::from_be_bytes(bytes))
}

/// The id of an application (AID, ISO/IEC 7816-4:2005 §8.2.1.2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Aid {
    bytes: [u8; 16],
    length: u8,
}

impl Aid {
    const fn from_array<const N: usize>(bytes: [u8; N]) -> Self {
        let mut padded = [0; 16];
        let mut index = 0;
        while index < N {
            padded[index] = bytes[index];
            index += 1;
        }
        #[expect(clippy::cast_possible_truncation, reason = "no constant below is longer than 16 bytes")]
        Self { bytes: padded, length: N as u8 }
    }

    /// The 5 to 16 bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// Whether `prefix` selects it: JICSAP allows selecting an application by a partial AID.
    pub fn begins_with(&self, prefix: &[u8]) -> bool {
        self.as_bytes().starts_with(prefix)
    }
}

impl fmt::Display for Aid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode_upper(self.as_bytes()))
    }
}

impl fmt::Debug for Aid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for Aid {
    type Err = UnreadableIdentifier;

    fn from_str(text: &str) -> Result<Self, UnreadableIdentifier> {
        let decoded = hex::decode(text).map_err(|_| UnreadableIdentifier::Aid)?;
        if !(5..=16).contains(&decoded.len()) {
            return Err(UnreadableIdentifier::Aid);
        }
        let mut bytes = [0; 16];
        bytes[..decoded.len()].copy_from_slice(&decoded);
        Ok(Self { bytes, length: u8::try_from(decoded.len()).map_err(|_| UnreadableIdentifier::Aid)? })
    }
}

/// The applications of the card.
pub mod aid {
    use super::Aid;

    /// 公的個人認証AP: keys and certificates.
    pub const JPKI: Aid = Aid::from_array([0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01]);
    /// 券面入力補助AP: the data printed on the card, as text.
    pub const TEXT: Aid = Aid::from_array([0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08]);
    /// 券面事項確認AP: the data printed on the card, for comparison with the card.
    pub const SURFACE: Aid = Aid::from_array([0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x02]);
    /// 住基AP: the resident registry's.
    pub const REGISTRY: Aid = Aid::from_array([0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x01]);
    /// 共通カードAP: the identity of the card.
    pub const COMMON: Aid = Aid::from_array([0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x01, 0x00]);
    /// GlobalPlatform's issuer security domain, current after power-on. Selecting it deselects every application.
    pub const ISSUER_SECURITY_DOMAIN: Aid = Aid::from_array([0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00]);
}

/// The files of the applications that programs use.
pub mod file {
    use super::FileId;

    /// JPKI: 署名用電子証明書, read after the signature password.
    pub const SIGNATURE_CERTIFICATE: FileId = FileId(0x0001);
    /// JPKI: its CA's certificate.
    pub const SIGNATURE_CA_CERTIFICATE: FileId = FileId(0x0002);
    /// JPKI: the kind of token (160 bytes).
    pub const TOKEN_INFORMATION: FileId = FileId(0x0006);
    /// JPKI: the existing certificates (3 bytes).
    pub const AVAILABILITY: FileId = FileId(0x0008);
    /// JPKI: of unknown purpose, never readable.
    pub const UNKNOWN_PROTECTED: FileId = FileId(0x0009);
    /// JPKI: 利用者証明用電子証明書, read freely.
    pub const AUTHENTICATION_CERTIFICATE: FileId = FileId(0x000A);
    /// JPKI: its CA's certificate.
    pub const AUTHENTICATION_CA_CERTIFICATE: FileId = FileId(0x000B);
    /// JPKI: the CA key for terminals that authenticate without PIN.
    pub const TERMINAL_CA_KEY: FileId = FileId(0x0016);
    /// JPKI: the authentication key.
    pub const AUTHENTICATION_KEY: FileId = FileId(0x0017);
    /// JPKI: 利用者証明用電子証明書の暗証番号, four digits, three tries.
    pub const AUTHENTICATION_PIN: FileId = FileId(0x0018);
    /// JPKI: the signature key.
    pub const SIGNATURE_KEY: FileId = FileId(0x001A);
    /// JPKI: 署名用電子証明書の暗証番号, 6 to 16 characters, five tries.
    pub const SIGNATURE_PASSWORD: FileId = FileId(0x001B);
    /// Text: 個人番号.
    pub const MY_NUMBER: FileId = FileId(0x0001);
    /// Text: 基本4情報 (name, address, date of birth, sex).
    pub const ATTRIBUTES: FileId = FileId(0x0002);
    /// Text: 券面事項入力補助用暗証番号, four digits.
    pub const TEXT_PIN: FileId = FileId(0x0011);
    /// Text: 照合番号A, the 個人番号.
    pub const TEXT_NUMBER_A: FileId = FileId(0x0014);
    /// Text: 照合番号B, made of birth date, year of expiry and the printed security code.
    pub const TEXT_NUMBER_B: FileId = FileId(0x0015);
    /// Surface: the date of birth.
    pub const AGE: FileId = FileId(0x0001);
    /// Surface: the printed front of the card.
    pub const CARD_FACE: FileId = FileId(0x0002);
    /// Surface: 生年月日 as YYMMDD of the era.
    pub const SURFACE_BIRTH_DATE: FileId = FileId(0x0011);
    /// Surface: 照合番号B.
    pub const SURFACE_NUMBER_B: FileId = FileId(0x0012);
    /// Surface: 照合番号A.
    pub const SURFACE_NUMBER_A: FileId = FileId(0x0013);
    /// Common: the identity of the card, one record.
    pub const CARD_IDENTITY: FileId = FileId(0x0001);
    /// Common and registry: a key reference of 16 bytes.
    pub const KEY_REFERENCE: FileId = FileId(0x0002);
    /// Common and registry: 住民基本台帳用暗証番号, four digits.
    pub const REGISTRY_PIN: FileId = FileId(0x001C);
}

/// The answer to reset of a card.
#[derive(Clone, PartialEq, Eq)]
pub struct Atr(Vec<u8>);

impl Atr {
    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Default for Atr {
    /// The ATR that a contactless reader derives from the card's type B answer (PC/SC part 3 §3.1.3.2.3.1).
    fn default() -> Self {
        Self(vec![0x3B, 0x88, 0x80, 0x01, 0x00, 0x00, 0x05, 0xE0, 0xB3, 0x81, 0xA1, 0x00, 0x7F])
    }
}

impl fmt::Display for Atr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode_upper(&self.0))
    }
}

impl fmt::Debug for Atr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for Atr {
    type Err = UnreadableIdentifier;

    fn from_str(text: &str) -> Result<Self, UnreadableIdentifier> {
        let bytes = hex::decode(text).map_err(|_| UnreadableIdentifier::Atr)?;
        // ISO/IEC 7816-3:2006 §8.1: TS is 3B or 3F, and at most 32 characters follow.
        match (bytes.first(), bytes.len()) {
            (Some(0x3B | 0x3F), 2..=33) => Ok(Self(bytes)),
            _ => Err(UnreadableIdentifier::Atr),
        }
    }
}

text_in_files!(FileId);
text_in_files!(DataTag);
text_in_files!(Aid);
text_in_files!(Atr);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_what_they_write() {
        assert_eq!(aid::JPKI.to_string(), "D392F000260100000001");
        assert_eq!("D392F000260100000001".parse(), Ok(aid::JPKI));
        assert_eq!(file::AUTHENTICATION_PIN.to_string(), "0018");
        assert_eq!("0018".parse(), Ok(file::AUTHENTICATION_PIN));
        assert_eq!(Atr::default().to_string().parse(), Ok(Atr::default()));
    }

    #[test]
    fn what_is_no_id_is_refused() {
        assert_eq!("18".parse::<FileId>(), Err(UnreadableIdentifier::FileId));
        assert_eq!("D392F000".parse::<Aid>(), Err(UnreadableIdentifier::Aid));
        assert_eq!("00".repeat(17).parse::<Aid>(), Err(UnreadableIdentifier::Aid));
        assert_eq!("3C00".parse::<Atr>(), Err(UnreadableIdentifier::Atr));
    }

    #[test]
    fn files_up_to_001e_have_a_short_id() {
        assert_eq!(FileId(0x17).short(), Some(0x17));
        assert_eq!(FileId(0x1F).short(), None);
        assert_eq!(FileId(0x0117).short(), None);
        assert_eq!(FileId::from_short(0), None);
        assert_eq!(FileId::from_short(0x1F), None);
        assert_eq!(FileId::from_short(0x1B), Some(file::SIGNATURE_PASSWORD));
    }
}
