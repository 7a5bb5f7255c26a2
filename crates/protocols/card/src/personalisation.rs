use std::{collections::BTreeMap, fmt, str::FromStr};

use base::{Date, era_date};

use crate::{
    Access, Aid, Application, Atr, CardData, ChangeCommand, Content, Counters, DataTag, Faults, File, FileId, Pin,
    PinFile, PinForm, PrivateKey, ReferenceData, SignaturePassword, TokenLabel, TryLimit, WarmReset, aid, file, tlv,
};

/// A filler in place of the 個人番号. It is no valid number: by the law's check digit (平成26年総務省令第85号 第5条) the last digit
/// after eleven nines would be 6. This project never asks for a 個人番号 and never holds one.
pub const MY_NUMBER_FILLER: &str = "999999999999";

/// The data with which a card is issued.
pub struct Personalisation {
    /// A plastic card, or a phone (JPKI application only, certificate readable after the PIN).
    pub label: TokenLabel,
    /// The authentication key with its certificates.
    pub authentication: CardKey,
    /// The signature key with its certificates; `None` for a child under 15.
    pub signature: Option<CardKey>,
    /// Used for all four-digit PINs of the card, as the office allows.
    pub pin: Pin,
    pub signature_password: SignaturePassword,
    /// The person to whom the card is issued.
    pub holder: CardHolder,
    /// The card's number.
    pub serial: CardSerial,
    /// The issuing municipality.
    pub municipality: Municipality,
    pub expiry: Date,
    /// セキュリティコード, printed on the card.
    pub security_code: Pin,
}

/// A key with its certificate and the certificate of the issuing CA, both DER.
pub struct CardKey {
    pub key: PrivateKey,
    pub certificate: Vec<u8>,
    pub ca_certificate: Vec<u8>,
}

/// 基本4情報 of the card's holder.
pub struct CardHolder {
    /// 氏名, family and given name separated by an ideographic space
    pub name: String,
    /// 住所
    pub address: String,
    /// 生年月日
    pub birth_date: Date,
    /// 性別
    pub sex: Sex,
}

/// 性別 (JIS X 0303)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// 0
    Unknown,
    /// 1
    Male,
    /// 2
    Female,
    /// 9
    NotApplicable,
}

impl Sex {
    fn digit(self) -> u8 {
        match self {
            Self::Unknown => b'0',
            Self::Male => b'1',
            Self::Female => b'2',
            Self::NotApplicable => b'9',
        }
    }
}

/// The card's number: 15 digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardSerial(String);

/// A text that is no card number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a card's number has 15 digits")]
pub struct WrongCardSerial;

impl FromStr for CardSerial {
    type Err = WrongCardSerial;

    fn from_str(text: &str) -> Result<Self, WrongCardSerial> {
        if text.len() == 15 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(WrongCardSerial)
        }
    }
}

/// 全国地方公共団体コード without its check digit: five digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Municipality(String);

/// A text that is no municipality's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a municipality's code has five digits")]
pub struct WrongMunicipality;

impl FromStr for Municipality {
    type Err = WrongMunicipality;

    fn from_str(text: &str) -> Result<Self, WrongMunicipality> {
        if text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(WrongMunicipality)
        }
    }
}

impl fmt::Display for CardSerial {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for Municipality {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl CardData {
    /// A card as the office issues it: every application, file and PIN, with all tries.
    pub fn new(personalisation: Personalisation) -> Self {
        let objects = BTreeMap::from([
            (DataTag::CARD_NUMBER, personalisation.serial.0.as_bytes().into()),
            (DataTag::MUNICIPALITY, personalisation.municipality.0.as_bytes().into()),
            (DataTag::EXPIRY, eight_digits(personalisation.expiry).into()),
            // The contact interface's ATR 3B E0 00 FF 81 31 FE 45 14, without its first byte.
            (DataTag::CONTACT_ATR, [0xE0, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x45, 0x14].into()),
        ]);
        let applications = match personalisation.label {
            TokenLabel::Plastic => {
                let printed = [text(&personalisation), surface(&personalisation), registry(&personalisation)];
                let common = common(&personalisation);
                let [text, surface, registry] = printed;
                vec![jpki(personalisation), text, surface, registry, common]
            }
            TokenLabel::Android | TokenLabel::Iphone => vec![jpki(personalisation)],
        };
        Self {
            atr: Atr::default(),
            warm_reset: WarmReset::default(),
            objects,
            applications,
            counters: Counters::default(),
            faults: Faults::default(),
        }
    }
}

fn application<const N: usize>(aid: Aid, files: [(FileId, File); N]) -> Application {
    Application { aid, files: files.into() }
}

/// 公的個人認証AP
fn jpki(personalisation: Personalisation) -> Application {
    let Personalisation { label, authentication, signature, pin, signature_password, .. } = personalisation;
    let after_pin = Access::AfterPin(vec![file::AUTHENTICATION_PIN]);
    let after_password = Access::AfterPin(vec![file::SIGNATURE_PASSWORD]);
    // The authentication certificate of a phone can be read only after the PIN.
    let read_authentication = if label == TokenLabel::Plastic { Access::Free } else { after_pin.clone() };
    let availability = [if signature.is_some() { 0x8F } else { 0x00 }, 0x8F, 0x00];
    let (signature_key, signature_certificate, signature_ca) = match signature {
        Some(CardKey { key, certificate, ca_certificate }) => {
            (File::Key { pkcs8: key, sign: after_password.clone() }, certificate, ca_certificate)
        }
        None => (File::Internal, Vec::new(), Vec::new()),
    };
    application(
        aid::JPKI,
        [
            (file::SIGNATURE_CERTIFICATE, certificate(signature_certificate, after_password)),
            (file::SIGNATURE_CA_CERTIFICATE, certificate(signature_ca, Access::Free)),
            (file::TOKEN_INFORMATION, File::TokenInformation { label }),
            (file::AVAILABILITY, File::free(availability)),
            (file::UNKNOWN_PROTECTED, File::Transparent { content: Content::default(), size: 16, read: Access::Never }),
            (file::AUTHENTICATION_CERTIFICATE, certificate(authentication.certificate, read_authentication)),
            (file::AUTHENTICATION_CA_CERTIFICATE, certificate(authentication.ca_certificate, Access::Free)),
            (file::TERMINAL_CA_KEY, File::Internal),
            (file::AUTHENTICATION_KEY, File::Key { pkcs8: authentication.key, sign: after_pin }),
            (file::AUTHENTICATION_PIN, four_digits(&pin, ChangeCommand::ChangeReferenceData)),
            (file::SIGNATURE_KEY, signature_key),
            (
                file::SIGNATURE_PASSWORD,
                File::Pin(PinFile {
                    value: (&signature_password).into(),
                    tries: TryLimit::FIVE,
                    form: PinForm::Password,
                    change: ChangeCommand::ChangeReferenceData,
                }),
            ),
        ],
    )
}

/// 券面入力補助AP
fn text(personalisation: &Personalisation) -> Application {
    let CardHolder { name, address, birth_date, sex } = &personalisation.holder;
    let [number_a, number_b, _] = printed_numbers(personalisation);
    let after = |pins: &[FileId]| Access::AfterPin(pins.to_vec());
    let attributes = tlv::encode_indexed_file(
        0xFF20,
        0xDF21,
        &[
            (0xDF22, name.clone().into_bytes()),
            (0xDF23, address.clone().into_bytes()),
            (0xDF24, eight_digits(*birth_date).into_bytes()),
            (0xDF25, vec![sex.digit()]),
        ],
    );
    application(
        aid::TEXT,
        [
            (
                file::MY_NUMBER,
                File::Transparent {
                    content: tlv::encode_object(0xFF10, MY_NUMBER_FILLER.as_bytes()).into(),
                    size: 17,
                    read: after(&[file::TEXT_PIN, file::TEXT_NUMBER_A]),
                },
            ),
            (file::ATTRIBUTES, with_filler(attributes, after(&[file::TEXT_PIN, file::TEXT_NUMBER_B]))),
            (file::TEXT_PIN, four_digits(&personalisation.pin, ChangeCommand::ChangeReferenceData)),
            (file::TEXT_NUMBER_A, number_a),
            (file::TEXT_NUMBER_B, number_b),
        ],
    )
}

/// 券面事項確認AP. It contains the text of the card's surface, without pictures and the issuer's signature.
fn surface(personalisation: &Personalisation) -> Application {
    let [number_a, number_b, birth_date] = printed_numbers(personalisation);
    let born = eight_digits(personalisation.holder.birth_date).into_bytes();
    let face = tlv::encode_indexed_file(
        0xFF20,
        0xDF21,
        &[
            (0xDF22, born.clone()),
            (0xDF23, vec![personalisation.holder.sex.digit()]),
            (0xDF29, eight_digits(personalisation.expiry).into_bytes()),
        ],
    );
    application(
        aid::SURFACE,
        [
            (
                file::AGE,
                with_filler(
                    tlv::encode_object(0xFF10, &tlv::encode_object(0xDF11, &born)),
                    Access::AfterPin(vec![file::SURFACE_BIRTH_DATE]),
                ),
            ),
            (
                file::CARD_FACE,
                with_filler(face, Access::AfterPin(vec![file::SURFACE_NUMBER_A, file::SURFACE_NUMBER_B])),
            ),
            (file::SURFACE_BIRTH_DATE, birth_date),
            (file::SURFACE_NUMBER_B, number_b),
            (file::SURFACE_NUMBER_A, number_a),
        ],
    )
}

/// 住基AP
fn registry(personalisation: &Personalisation) -> Application {
    application(
        aid::REGISTRY,
        [
            (file::KEY_REFERENCE, key_reference()),
            (file::REGISTRY_PIN, four_digits(&personalisation.pin, ChangeCommand::ChangeKey)),
        ],
    )
}

/// 共通カードAP
fn common(personalisation: &Personalisation) -> Application {
    let Personalisation { serial, municipality, expiry, .. } = personalisation;
    let identity = format!("{serial}{municipality}{}", eight_digits(*expiry));
    // A simple TLV record (ISO/IEC 7816-4:2005 §5.2.1): tag 01, 28 bytes.
    let record = [&[0x01, 0x1C], identity.as_bytes()].concat();
    application(
        aid::COMMON,
        [
            (file::CARD_IDENTITY, File::Records { records: vec![record.into()], read: Access::Free }),
            (file::KEY_REFERENCE, key_reference()),
            (file::REGISTRY_PIN, four_digits(&personalisation.pin, ChangeCommand::ChangeKey)),
        ],
    )
}

/// The key reference of 16 bytes in two applications; this one refers to no key.
fn key_reference() -> File {
    let record = [&[0x01, 0x10][..], &[0xFF; 16]].concat();
    File::Records { records: vec![record.into()], read: Access::Free }
}

/// A certificate file is longer than its certificate: readers use the length in the DER.
fn certificate(der: Vec<u8>, read: Access) -> File {
    let size = (der.len() + 1).next_multiple_of(256).max(2048);
    File::Transparent { content: der.into(), size: u16::try_from(size).unwrap_or(u16::MAX), read }
}

fn with_filler(content: Vec<u8>, read: Access) -> File {
    let size = (content.len() + 2).next_multiple_of(64);
    File::Transparent { content: content.into(), size: u16::try_from(size).unwrap_or(u16::MAX), read }
}

fn four_digits(pin: &Pin, change: ChangeCommand) -> File {
    File::Pin(PinFile { value: pin.into(), tries: TryLimit::THREE, form: PinForm::FourDigits, change })
}

/// 照合番号A, 照合番号B and the birth date: reference data that is printed on the card.
fn printed_numbers(personalisation: &Personalisation) -> [File; 3] {
    let born = personalisation.holder.birth_date;
    let year = era_date(born).map_or(born.year(), |(_, year)| year);
    let birth_date = format!("{:02}{:02}{:02}", year.rem_euclid(100), born.month(), born.day());
    let code = personalisation.security_code.expose().map(char::from);
    let number_b = format!(
        "{birth_date}{:04}{}",
        personalisation.expiry.year().rem_euclid(10_000),
        code.iter().collect::<String>()
    );
    [MY_NUMBER_FILLER.to_owned(), number_b, birth_date].map(|digits| {
        // Digits only, at most 14.
        let value: ReferenceData = digits.parse().expect("digits printed on the card are reference data");
        File::Pin(PinFile { value, tries: TryLimit::TEN, form: PinForm::Printed, change: ChangeCommand::None })
    })
}

fn eight_digits(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}
