//! The protocol of JPKI (公的個人認証サービス): certificates, their revocation, and verification of a card's signature.
//!
//! The crate converts bytes into values and verdicts, and values into bytes. It has no input or output, no clock and no state:
//! the time and the randomness are arguments. Verified certificates may be stored in a [`CertificateCache`], responses of a
//! responder in a [`RevocationCache`]; the caller owns both.
//!
//! * The simulated authorities ([`Generation`], [`machine::MachineAuthority`]) issue certificates with the cards' profiles,
//!   under names that cannot be confused with the real ones.
//! * [`ocsp`] and [`crl`] determine which certificates are revoked.
//! * A [`Challenge`] is what the card signs.
//! * [`verify`] determines whether the holder signed it, and fails closed: anything unreadable, unknown, unanswered or stale
//!   is refused.
//!
//! Start reading at [`UnverifiedCardResponse`].

mod algorithm;
mod challenge;
mod codes;
mod draft;
mod key;
mod name;
mod raw;
mod refusal;
mod refusal_kind;
mod serial;
mod signed;
mod subject;
mod time;

pub mod authority;
pub mod crl;
pub mod extension;
pub mod machine;
pub mod ocsp;
pub mod pem;
pub mod verify;

pub use algorithm::Algorithm;
pub use authority::{Authority, Generation, Practice, Purpose, policy};
pub use challenge::Challenge;
pub use const_oid::ObjectIdentifier;
pub use draft::CertificateDraft;
pub use key::{KeyIdentifier, PublicKey, SigningKey, WrongKey};
pub use refusal::{CertificateRefusal, Refusal, RevocationRefusal, SignatureRefusal};
pub use refusal_kind::{RefusalKind, RefusalSource};
pub use serial::{Serial, WrongSerial};
pub use signed::{sign_body, sign_body_declaring};
pub use subject::{Gender, Municipality, Signatory, Subject, WrongSubject};
pub use verify::{
    Anchors, CertificateCache, Grace, Policies, RevocationCache, RevocationList, TrustedCertificate,
    UnrevokedCertificate, UnverifiedCardResponse, Validity, VerifiedHolder, end_of_grace, is_due_for_renewal,
};

/// Why a value could not be created and signed. No cause depends on a person's input once that is parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unissuable {
    /// A value cannot be encoded in DER: a time before 1970, a character that the string type forbids.
    #[error("it has no form in DER: {0}")]
    Encoding(#[from] der::Error),
    /// The key could not be generated or encoded.
    #[error("the key could not be made or written")]
    Key,
    /// The key could not sign.
    #[error("the key could not sign")]
    Signing,
    /// The authority is for the other purpose.
    #[error("an authority for {0:?} does not issue this certificate")]
    Purpose(Purpose),
    /// No card has a key of this algorithm.
    #[error("no card has a key of this algorithm")]
    NotOnCards,
    /// A server certificate without names and addresses.
    #[error("a server's certificate needs a name or an address")]
    Nameless,
}
