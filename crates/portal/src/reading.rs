//! A card on the reader, from the first command to the last.
//!
//! Everything the app knows of a card it learns here, by command, over [`Transmit`]: the same for a virtual card and a
//! plastic one. Each of the two sessions ends with the application left, so that the card forgets the PIN, whatever came
//! of it; whoever carries the commands then takes the power away.

use base::Timestamp;
use card::{Jpki, Pin, TokenLabel, Transmit, host};
use der::{Decode, Encode};
use jpki::{Challenge, PublicKey};
use x509_cert::Certificate;

use crate::rules::session::{LockTime, PinState};

/// What a look at the card tells before the PIN is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CardStatus {
    /// It can be read, and so many tries are left (at least one). Where the card shows its certificate, until when that is
    /// valid.
    Ready { token: TokenLabel, ends: Option<Timestamp>, tries_left: u8 },
    /// Its PIN is locked.
    Locked,
    /// It has no certificate for user authentication.
    NoCertificate,
}

/// What a reading came to.
pub(crate) enum ReadOutcome {
    /// The card has signed.
    Signed { certificate: Vec<u8>, signature: Vec<u8> },
    /// The PIN was wrong, and so many tries are left (at least one).
    WrongPin { tries_left: u8 },
    /// Other tries are left than the person was shown. The PIN was not presented.
    TriesChanged { tries_left: u8 },
    /// The PIN is locked.
    Locked(LockTime),
    /// It has no certificate that we could sign for. The PIN was not presented.
    NoCertificate,
}

/// A session that broke off.
#[derive(Debug)]
pub(crate) struct ReadError {
    pub(crate) cause: host::CardError,
    pub(crate) pin: PinState,
}

/// Looks at a card: is it one, and how many tries are left? Costs none.
pub(crate) fn inspect(card: &mut dyn Transmit) -> Result<CardStatus, ReadError> {
    let not_presented = |trouble| ReadError { cause: trouble, pin: PinState::NotPresented };
    let mut jpki = Jpki::select(card).map_err(not_presented)?;
    let look = inspect_selected(&mut jpki).map_err(not_presented);
    end_session(jpki);
    look
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
    // A phone shows its certificate only after the PIN.
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

/// Until when a certificate says it is valid. The person is told; whether it is good is the reception's to say.
fn not_after(certificate: &[u8]) -> Option<Timestamp> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let seconds = certificate.tbs_certificate().validity().not_after.to_unix_duration().as_secs();
    Some(Timestamp::from_seconds(i64::try_from(seconds).ok()?))
}

/// Reads a card: certificate, PIN, signature over `challenge`. The PIN is presented at most once, and only if the card
/// still has the tries that the person was shown when she confirmed it.
pub(crate) fn read(
    card: &mut dyn Transmit,
    pin: &Pin,
    tries_shown: u8,
    challenge: &Challenge,
) -> Result<ReadOutcome, ReadError> {
    let mut state = PinState::NotPresented;
    let mut jpki = Jpki::select(card).map_err(|trouble| ReadError { cause: trouble, pin: state })?;
    let outcome = read_selected(&mut jpki, pin, tries_shown, challenge, &mut state);
    end_session(jpki);
    outcome.map_err(|trouble| ReadError { cause: trouble, pin: state })
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
    // Before the PIN where the card lets us, so that no try is spent on a certificate that we cannot sign for.
    let early = match label {
        TokenLabel::Plastic => Some(jpki.authentication_certificate()?),
        TokenLabel::Android | TokenLabel::Iphone => None,
    };
    if early.as_deref().is_some_and(|certificate| algorithm(certificate).is_none()) {
        return Ok(ReadOutcome::NoCertificate);
    }

    *state = PinState::Unanswered;
    match jpki.verify_pin(pin)? {
        host::PinVerification::Right => *state = PinState::Right,
        host::PinVerification::Wrong { tries_left } => return Ok(ReadOutcome::WrongPin { tries_left }),
        host::PinVerification::Locked => return Ok(ReadOutcome::Locked(LockTime::JustNow)),
    }

    let certificate = match early {
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

/// What the keys of cards sign with.
enum CardAlgorithm {
    RsaSha256,
    EcdsaP384Sha384,
}

/// What the certificate's key signs with; none where it is no certificate, or for a key that no card has. Nothing but that
/// and its last day is looked at: to believe the certificate or not is the reception's part.
fn algorithm(certificate: &[u8]) -> Option<CardAlgorithm> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let key = certificate.tbs_certificate().subject_public_key_info().to_der().ok()?;
    match PublicKey::from_spki(&key).ok()?.algorithm() {
        jpki::Algorithm::RsaSha256 => Some(CardAlgorithm::RsaSha256),
        jpki::Algorithm::EcdsaP384Sha384 => Some(CardAlgorithm::EcdsaP384Sha384),
        jpki::Algorithm::EcdsaP256Sha256 => None,
    }
}

/// A card that is gone has forgotten the PIN with its power; any other is told to.
fn end_session(jpki: Jpki<'_>) {
    if let Err(trouble) = jpki.deselect() {
        tracing::debug!(%trouble, "the card was not left by command");
    }
}
