use std::fmt;

use crate::{
    Command, FileId, Pin, Response, SignaturePassword, StatusWord, TokenInformation, TokenLabel, Transmit,
    TransmitError, UnknownToken, aid, file, instruction, tlv,
};

/// 公的個人認証AP of a card, selected.
///
/// Each command is sent exactly once. A VERIFY is never repeated automatically: one call of [`Jpki::verify_pin`] is one try.
/// At the end, [`Jpki::deselect`] clears the verification, which otherwise outlives the program.
pub struct Jpki<'a> {
    card: &'a mut dyn Transmit,
}

/// The result of presenting a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinVerification {
    /// Correct; the tries are reset.
    Right,
    /// Incorrect, with at least one try left.
    Wrong {
        /// The remaining tries.
        tries_left: u8,
    },
    /// Blocked, by this failure or before. Only the municipal office can unblock it.
    Locked,
}

/// The certificates of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Availability {
    /// 署名用電子証明書
    pub signature: bool,
    /// 利用者証明用電子証明書
    pub authentication: bool,
}

/// A hash to sign, by the algorithm that the certificate's key requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// SHA-256, for RSA.
    Sha256([u8; 32]),
    /// SHA-384, for the next card's ECDSA on P-384.
    Sha384([u8; 48]),
}

/// The step during which an error occurred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Selecting an application.
    SelectApplication,
    /// Selecting this file.
    SelectFile(FileId),
    /// Reading this file.
    Read(FileId),
    /// Querying the remaining tries of this PIN.
    CountTries(FileId),
    /// Verifying this PIN.
    Verify(FileId),
    /// Signing with this key.
    Sign(FileId),
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SelectApplication => formatter.write_str("selecting the application"),
            Self::SelectFile(file) => write!(formatter, "selecting file {file}"),
            Self::Read(file) => write!(formatter, "reading file {file}"),
            Self::CountTries(file) => write!(formatter, "counting the tries at PIN {file}"),
            Self::Verify(file) => write!(formatter, "verifying PIN {file}"),
            Self::Sign(file) => write!(formatter, "signing with key {file}"),
        }
    }
}

/// Why an operation of a card failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// The card or the reader is gone. The outcome of the last command is unknown: a VERIFY may have cost a try.
    #[error(transparent)]
    Transmit(#[from] TransmitError),
    /// The card is no マイナンバーカード.
    #[error("this card has no JPKI application")]
    OtherCard,
    /// The JPKI token is of an unknown kind.
    #[error(transparent)]
    OtherToken(#[from] UnknownToken),
    /// This file contains no certificate.
    #[error("this card has no certificate in file {0}")]
    NoCertificate(FileId),
    /// The required PIN was not verified, or the card was reset since.
    #[error("the card asks for its PIN first ({0})")]
    PinNeeded(Step),
    /// The card refused with an unexpected status.
    #[error("the card answered {status} ({meaning}) while {step}", meaning = status.meaning())]
    Refused { step: Step, status: StatusWord },
    /// The card's response cannot be parsed.
    #[error("the card's answer cannot be read ({0})")]
    Unreadable(Step),
}

impl<'a> Jpki<'a> {
    /// Selects the application on `card`.
    pub fn select(card: &'a mut dyn Transmit) -> Result<Self, CardError> {
        let mut jpki = Self { card };
        let response =
            jpki.send(Step::SelectApplication, [0x00, instruction::SELECT, 0x04, 0x0C], aid::JPKI.as_bytes(), None)?;
        match response.status {
            StatusWord::SUCCESS => Ok(jpki),
            StatusWord::FILE_NOT_FOUND => Err(CardError::OtherCard),
            status => Err(CardError::Refused { step: Step::SelectApplication, status }),
        }
    }

    /// The kind of token: a plastic card, or a phone.
    pub fn token(&mut self) -> Result<TokenLabel, CardError> {
        let label = self.read_file(file::TOKEN_INFORMATION, 32)?;
        Ok(TokenInformation::parse(&label)?.label)
    }

    /// The certificates of the token.
    pub fn availability(&mut self) -> Result<Availability, CardError> {
        // Two bytes with the highest bit set where the certificate exists.
        match *self.read_file(file::AVAILABILITY, 3)? {
            [signature, authentication, _] => {
                Ok(Availability { signature: signature & 0x80 != 0, authentication: authentication & 0x80 != 0 })
            }
            _ => Err(CardError::Unreadable(Step::Read(file::AVAILABILITY))),
        }
    }

    /// The remaining tries of the authentication PIN; 0 is blocked. Costs none.
    pub fn pin_tries_left(&mut self) -> Result<u8, CardError> {
        self.tries_left(file::AUTHENTICATION_PIN)
    }

    /// The remaining tries of the signature password; 0 is blocked. Costs none.
    pub fn password_tries_left(&mut self) -> Result<u8, CardError> {
        self.tries_left(file::SIGNATURE_PASSWORD)
    }

    /// Presents the authentication PIN: one try.
    pub fn verify_pin(&mut self, pin: &Pin) -> Result<PinVerification, CardError> {
        self.verify(file::AUTHENTICATION_PIN, pin.expose())
    }

    /// Presents the signature password: one try.
    pub fn verify_password(&mut self, password: &SignaturePassword) -> Result<PinVerification, CardError> {
        self.verify(file::SIGNATURE_PASSWORD, password.expose())
    }

    /// 利用者証明用電子証明書, DER. Read from a plastic card freely, from a phone after the PIN.
    pub fn authentication_certificate(&mut self) -> Result<Vec<u8>, CardError> {
        self.certificate(file::AUTHENTICATION_CERTIFICATE)
    }

    /// The CA certificate that is stored on the card, DER. It must not be used as a trust anchor.
    pub fn authentication_ca_certificate(&mut self) -> Result<Vec<u8>, CardError> {
        self.certificate(file::AUTHENTICATION_CA_CERTIFICATE)
    }

    /// 署名用電子証明書, DER, after the signature password.
    pub fn signature_certificate(&mut self) -> Result<Vec<u8>, CardError> {
        self.certificate(file::SIGNATURE_CERTIFICATE)
    }

    /// The CA certificate that is stored on the card, DER. It must not be used as a trust anchor.
    pub fn signature_ca_certificate(&mut self) -> Result<Vec<u8>, CardError> {
        self.certificate(file::SIGNATURE_CA_CERTIFICATE)
    }

    /// Signs `hash` with the authentication key, after the PIN: 256 bytes of RSASSA-PKCS1-v1_5, or an ECDSA signature in
    /// DER.
    pub fn sign_with_authentication_key(&mut self, hash: Hash) -> Result<Vec<u8>, CardError> {
        self.sign(file::AUTHENTICATION_KEY, hash)
    }

    /// Signs `hash` with the signature key, after the signature password.
    pub fn sign_with_signature_key(&mut self, hash: Hash) -> Result<Vec<u8>, CardError> {
        self.sign(file::SIGNATURE_KEY, hash)
    }

    /// Deselects the application, which clears the verification of every PIN. The card should be powered off too.
    pub fn deselect(mut self) -> Result<(), CardError> {
        let step = Step::SelectApplication;
        let header = [0x00, instruction::SELECT, 0x04, 0x0C];
        match self.send(step, header, aid::ISSUER_SECURITY_DOMAIN.as_bytes(), None)?.status {
            StatusWord::SUCCESS => Ok(()),
            status => Err(CardError::Refused { step, status }),
        }
    }

    fn select_file(&mut self, file: FileId) -> Result<(), CardError> {
        let step = Step::SelectFile(file);
        let header = [0x00, instruction::SELECT, 0x02, 0x0C];
        match self.send(step, header, &file.0.to_be_bytes(), None)?.status {
            StatusWord::SUCCESS => Ok(()),
            status => Err(CardError::Refused { step, status }),
        }
    }

    fn read_file(&mut self, file: FileId, length: u32) -> Result<Vec<u8>, CardError> {
        self.select_file(file)?;
        self.read(file, 0, length)
    }

    /// At most `length` bytes of the selected file from `offset`. Readers without extended length support at most 256.
    fn read(&mut self, file: FileId, offset: u16, length: u32) -> Result<Vec<u8>, CardError> {
        let step = Step::Read(file);
        let [high, low] = offset.to_be_bytes();
        // ISO/IEC 7816-4:2005 §7.2.2: an offset in P1 P2 has 15 bits.
        if high > 0x7F {
            return Err(CardError::Unreadable(step));
        }
        let response = self.send(step, [0x00, instruction::READ_BINARY, high, low], &[], Some(length))?;
        match response.status {
            StatusWord::SUCCESS => Ok(response.data),
            StatusWord::SECURITY_NOT_SATISFIED => Err(CardError::PinNeeded(step)),
            status => Err(CardError::Refused { step, status }),
        }
    }

    /// A certificate, of the length in its DER: the file is longer.
    fn certificate(&mut self, file: FileId) -> Result<Vec<u8>, CardError> {
        let mut der = self.read_file(file, 256)?;
        if der.first() != Some(&0x30) {
            return Err(CardError::NoCertificate(file));
        }
        let unreadable = CardError::Unreadable(Step::Read(file));
        let total = tlv::object_length(&der).ok_or_else(|| unreadable.clone())?;
        while der.len() < total {
            let length = u32::try_from((total - der.len()).min(256)).map_err(|_| unreadable.clone())?;
            let offset = u16::try_from(der.len()).map_err(|_| unreadable.clone())?;
            let block = self.read(file, offset, length)?;
            if block.is_empty() {
                return Err(unreadable);
            }
            der.extend(block);
        }
        der.truncate(total);
        Ok(der)
    }

    fn tries_left(&mut self, pin: FileId) -> Result<u8, CardError> {
        self.select_file(pin)?;
        let step = Step::CountTries(pin);
        let status = self.send(step, [0x00, instruction::VERIFY, 0x00, 0x80], &[], None)?.status;
        match (status, status.tries_left()) {
            (_, Some(tries)) => Ok(tries),
            (StatusWord::METHOD_BLOCKED | StatusWord::PIN_BLOCKED, None) => Ok(0),
            _ => Err(CardError::Refused { step, status }),
        }
    }

    fn verify(&mut self, pin: FileId, presented: &[u8]) -> Result<PinVerification, CardError> {
        self.select_file(pin)?;
        let step = Step::Verify(pin);
        let status = self.send(step, [0x00, instruction::VERIFY, 0x00, 0x80], presented, None)?.status;
        match (status, status.tries_left()) {
            (StatusWord::SUCCESS, _) => Ok(PinVerification::Right),
            (StatusWord::METHOD_BLOCKED | StatusWord::PIN_BLOCKED, _) | (_, Some(0)) => Ok(PinVerification::Locked),
            (_, Some(tries_left)) => Ok(PinVerification::Wrong { tries_left }),
            _ => Err(CardError::Refused { step, status }),
        }
    }

    fn sign(&mut self, key: FileId, hash: Hash) -> Result<Vec<u8>, CardError> {
        self.select_file(key)?;
        let step = Step::Sign(key);
        let response = self.send(step, [0x80, instruction::SIGN, 0x00, 0x80], &hash.digest_info(), Some(256))?;
        match response.status {
            StatusWord::SUCCESS if response.data.is_empty() => Err(CardError::Unreadable(step)),
            StatusWord::SUCCESS => Ok(response.data),
            StatusWord::SECURITY_NOT_SATISFIED => Err(CardError::PinNeeded(step)),
            status => Err(CardError::Refused { step, status }),
        }
    }

    /// Sends one command, once.
    fn send(&mut self, step: Step, header: [u8; 4], data: &[u8], expected: Option<u32>) -> Result<Response, CardError> {
        // Every header above has a valid class and instruction of ISO/IEC 7816, and no data exceeds 256 bytes.
        let command = Command::new(header, data, expected).expect("the commands of this file are well formed");
        let response = self.card.transmit(&command.encode())?;
        Response::parse(&response).map_err(|_| CardError::Unreadable(step))
    }
}

impl Hash {
    /// The DigestInfo of this hash (RFC 8017 §9.2 note 1).
    pub fn digest_info(&self) -> Vec<u8> {
        match self {
            Self::Sha256(hash) => [crate::key::SHA256_DIGEST_INFO, hash].concat(),
            Self::Sha384(hash) => [crate::key::SHA384_DIGEST_INFO, hash].concat(),
        }
    }
}
