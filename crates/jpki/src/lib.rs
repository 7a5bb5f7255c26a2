//! JPKI (公的個人認証サービス), the language: certificates, their revocation, and what a card's signature proves.
//!
//! Bytes become values and verdicts, values become bytes. There is no input or output here, no clock, no state: the
//! time and the randomness are arguments. What was verified before may be kept in a [`CertificateCache`], what a responder
//! said in [`RevocationCache`]; the caller owns both.
//!
//! * The simulated authorities ([`Generation`], [`machine::MachineAuthority`]) issue certificates with the cards'
//!   profiles, under names that cannot be taken for the real ones.
//! * [`ocsp`] and [`crl`] say which are revoked.
//! * A [`Challenge`] is what the card signs.
//! * [`verify`] answers whether it was the holder. It must never let somebody in whom it could not ask about: whatever
//!   is unreadable, unknown, unanswered or stale refuses.
//!
//! Start reading at [`UnverifiedCardResponse`].

mod algorithm;
mod challenge;
mod codes;
mod draft;
mod key;
mod name;
mod refusal;
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
pub use serial::{Serial, WrongSerial};
pub use signed::{sign_body, sign_body_declaring};
pub use subject::{Gender, Municipality, Signatory, Subject, WrongSubject};
pub use verify::{
    Anchors, CertificateCache, Grace, Policies, RevocationCache, RevocationList, TrustedCertificate,
    UnrevokedCertificate, UnverifiedCardResponse, Validity, VerifiedHolder, end_of_grace,
};

/// Why something could not be made and signed. None of it comes from a person's input once that is parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unissuable {
    /// A value has no form in DER: a time before 1970, a letter that the kind of text forbids.
    #[error("it has no form in DER: {0}")]
    Encoding(#[from] der::Error),
    /// The key could not be made or written.
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
    /// A server with neither name nor address.
    #[error("a server's certificate needs a name or an address")]
    Nameless,
}
