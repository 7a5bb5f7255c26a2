//! The two sessions with a card: inspection before the PIN, and reading with the PIN.
//!
//! All that the app knows of a card is read here, by commands over [`Transmit`], the same for virtual and plastic cards.
//! Each session ends by deselecting the application, whatever its outcome, so that the card forgets the PIN; the caller
//! then powers the card off.

use base::Timestamp;
use card::{Jpki, Pin, TokenLabel, Transmit, host};
use der::{Decode, Encode};
use jpki::{Challenge, PublicKey};
use x509_cert::Certificate;

use crate::rules::session::{LockTime, PinState};

/// The state of a card before the PIN is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CardStatus {
    /// It can be read, with at least one try left. `ends` is the end of the certificate's validity, if the card shows the
    /// certificate without the PIN.
    Ready {
        token: TokenLabel,
        ends: Option<Timestamp>,
        tries_left: u8,
    },
    Locked,
    /// It has no usable certificate for user authentication.
    NoCertificate,
}

/// The outcome of a reading.
pub(crate) enum ReadOutcome {
    Signed {
        certificate: Vec<u8>,
        signature: Vec<u8>,
    },
    /// At least one try is left.
    WrongPin {
        tries_left: u8,
    },
    /// The remaining tries differ from those that were shown. The PIN was not presented.
    TriesChanged {
        tries_left: u8,
    },
    Locked(LockTime),
    /// It has no usable certificate for user authentication.
    NoCertificate,
}

/// A session that failed.
#[derive(Debug)]
pub(crate) struct ReadError {
    pub(crate) cause: host::CardError,
    pub(crate) pin: PinState,
}

/// Reads the state of a card without presenting the PIN.
pub(crate) fn inspect(card: &mut dyn Transmit) -> Result<CardStatus, ReadError> {
    let not_presented = |error| ReadError { cause: error, pin: PinState::NotPresented };
    let mut jpki = Jpki::select(card).map_err(not_presented)?;
    let status = inspect_selected(&mut jpki).map_err(not_presented);
    end_session(jpki);
    status
}

fn inspect_selected(jpki: &mut Jpki<'_>) -> Result<CardStatus, host::CardError> {
    let token = jpki.token()?;
    if !jpki.availability()?.authentication {
        return Ok(CardStatus::NoCertificate);
    }
    let tries_left = match jpki.pin_tries_left()? {
        0 => return Ok(CardStatus::Locked),
        tries_left => tries_left,
    };
    // A phone's certificate can be read only after the PIN.
    let ends = if token == TokenLabel::Plastic {
        let certificate = jpki.authentication_certificate()?;
        if algorithm(&certificate).is_none() {
            return Ok(CardStatus::NoCertificate);
        }
        not_after(&certificate)
    } else {
        None
    };
    Ok(CardStatus::Ready { token, ends, tries_left })
}

/// The end of a certificate's validity, to show to the person. The reception verifies the certificate.
fn not_after(certificate: &[u8]) -> Option<Timestamp> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let seconds = certificate.tbs_certificate().validity().not_after.to_unix_duration().as_secs();
    Some(Timestamp::from_seconds(i64::try_from(seconds).ok()?))
}

/// Reads a card: certificate, PIN, signature over `challenge`. The PIN is presented at most once, and only if the card still
/// has the number of tries that the person was shown.
pub(crate) fn read(
    card: &mut dyn Transmit,
    pin: &Pin,
    tries_shown: u8,
    challenge: &Challenge,
) -> Result<ReadOutcome, ReadError> {
    let mut state = PinState::NotPresented;
    let mut jpki = Jpki::select(card).map_err(|error| ReadError { cause: error, pin: state })?;
    let outcome = read_selected(&mut jpki, pin, tries_shown, challenge, &mut state);
    end_session(jpki);
    outcome.map_err(|error| ReadError { cause: error, pin: state })
}

fn read_selected(
    jpki: &mut Jpki<'_>,
    pin: &Pin,
    tries_shown: u8,
    challenge: &Challenge,
    state: &mut PinState,
) -> Result<ReadOutcome, host::CardError> {
    let label = jpki.token()?;
    if !jpki.availability()?.authentication {
        return Ok(ReadOutcome::NoCertificate);
    }
    match jpki.pin_tries_left()? {
        0 => return Ok(ReadOutcome::Locked(LockTime::Earlier)),
        tries_left if tries_left != tries_shown => return Ok(ReadOutcome::TriesChanged { tries_left }),
        _ => {}
    }
    // If possible before the PIN, so that no try is spent if the certificate's algorithm is unsupported.
    let early_certificate = match label {
        TokenLabel::Plastic => Some(jpki.authentication_certificate()?),
        TokenLabel::Android | TokenLabel::Iphone => None,
    };
    if early_certificate.as_deref().is_some_and(|certificate| algorithm(certificate).is_none()) {
        return Ok(ReadOutcome::NoCertificate);
    }

    *state = PinState::Unanswered;
    match jpki.verify_pin(pin)? {
        host::PinVerification::Right => *state = PinState::Right,
        host::PinVerification::Wrong { tries_left } => return Ok(ReadOutcome::WrongPin { tries_left }),
        host::PinVerification::Locked => return Ok(ReadOutcome::Locked(LockTime::JustNow)),
    }

    let certificate = match early_certificate {
        Some(certificate) => certificate,
        None => jpki.authentication_certificate()?,
    };
    let hash = match algorithm(&certificate) {
        Some(CardAlgorithm::RsaSha256) => host::Hash::Sha256(challenge.digest()),
        Some(CardAlgorithm::EcdsaP384Sha384) => host::Hash::Sha384(challenge.digest_sha384()),
        None => return Ok(ReadOutcome::NoCertificate),
    };
    let signature = jpki.sign_with_authentication_key(hash)?;
    Ok(ReadOutcome::Signed { certificate, signature })
}

/// The signature algorithms of cards.
enum CardAlgorithm {
    RsaSha256,
    EcdsaP384Sha384,
}

/// The algorithm of the certificate's key; `None` if it is no certificate, or if no card has such a key. The reception
/// verifies the certificate; here only this and the end of validity are read.
fn algorithm(certificate: &[u8]) -> Option<CardAlgorithm> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let key = certificate.tbs_certificate().subject_public_key_info().to_der().ok()?;
    match PublicKey::from_spki(&key).ok()?.algorithm() {
        jpki::Algorithm::RsaSha256 => Some(CardAlgorithm::RsaSha256),
        jpki::Algorithm::EcdsaP384Sha384 => Some(CardAlgorithm::EcdsaP384Sha384),
        jpki::Algorithm::EcdsaP256Sha256 => None,
    }
}

/// Deselects the application, so that the card forgets the PIN. A removed card has forgotten it without power.
fn end_session(jpki: Jpki<'_>) {
    if let Err(error) = jpki.deselect() {
        tracing::debug!(%error, "the application was not deselected");
    }
}
