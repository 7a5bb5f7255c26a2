//! OCSP (RFC 6960): the revocation status of a certificate.
//!
//! Parsed messages are not verified: a [`Request`] may come from anybody, and an [`UnverifiedResponse`] proves nothing until
//! [`crate::TrustedCertificate::verify_ocsp_response`] has verified its signer.

mod request;
mod responder;
mod response;

use std::fmt;

use aws_lc_rs::digest;
use base::{Randomness, Timestamp};
use const_oid::{
    ObjectIdentifier,
    db::rfc5912::{ID_SHA_1, ID_SHA_256},
};
use der::{
    Decode, Encode, Sequence,
    asn1::{Any, OctetString},
};
use x509_cert::{AlgorithmIdentifier, ext::pkix::crl::CrlReason, name::Name, serial_number::SerialNumber};

pub use request::Request;
pub use responder::Responder;
pub use response::{ErrorStatus, ParsedResponse, ResponderName, Response, SingleResponse, UnverifiedResponse};

use crate::{PublicKey, Serial, key::sha1};

/// The id of a certificate in a request: hashes of its issuer's name and key, and its serial number (RFC 6960 §4.1.1).
#[derive(Debug, Clone)]
pub struct CertificateId {
    algorithm: AlgorithmIdentifier,
    name_hash: Vec<u8>,
    key_hash: Vec<u8>,
    serial: Serial,
}

/// The hash algorithm of a certificate id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HashAlgorithm {
    /// SHA-1, which every responder supports. Security does not depend on it here.
    Sha1,
    /// SHA-256.
    Sha256,
}

/// The hashes of an issuer, by both algorithms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerHashes {
    sha1: (Vec<u8>, Vec<u8>),
    sha256: (Vec<u8>, Vec<u8>),
}

/// The value that binds a response to a request: 1 to 128 octets (RFC 9654 §2.1, which replaced RFC 8954 with its 32).
#[derive(Clone, PartialEq, Eq)]
pub struct Nonce(Vec<u8>);

/// A nonce that is empty or longer than 128 octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a nonce has 1 to 128 octets")]
pub struct WrongNonce;

/// Why bytes are no OCSP message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableOcspMessage {
    /// The DER is invalid.
    #[error("the OCSP message is not in DER: {0}")]
    Der(#[from] der::Error),
    /// The text in the address is not base64.
    #[error("the address carries no base64")]
    Base64,
    /// An invalid serial number.
    #[error("the OCSP message names an impossible serial number")]
    Serial,
    /// A nonce of a forbidden length.
    #[error("the OCSP message has a nonce that is empty or too long")]
    Nonce,
    /// A request for no certificate, or for too many.
    #[error("the OCSP request asks for {0} certificates")]
    Length(usize),
    /// An unknown critical extension.
    #[error("the OCSP message has the unknown critical extension {0}")]
    CriticalExtension(ObjectIdentifier),
    /// A response of another kind than the basic one.
    #[error("the OCSP response is of the kind {0}")]
    Kind(ObjectIdentifier),
    /// A successful response without content.
    #[error("the OCSP response is empty")]
    Empty,
}

/// The status of a certificate, from its issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateStatus {
    /// Not revoked.
    Good,
    /// Revoked, and not to be used from then on.
    Revoked {
        revoked_at: Timestamp,
        /// The reason, if the issuer states it.
        reason: Option<RevocationReason>,
    },
    /// The issuer never issued it.
    Unknown,
}

/// Why a certificate was revoked (RFC 5280 §5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RevocationReason {
    /// No reason stated.
    Unspecified,
    /// The card or key is lost or compromised.
    KeyCompromise,
    /// The authority's own key is compromised.
    AuthorityCompromise,
    /// The personal data in the certificate is outdated.
    AffiliationChanged,
    /// Replaced by another certificate.
    Superseded,
    /// The person no longer needs it, or has died.
    CessationOfOperation,
    /// Suspended (一時停止).
    CertificateHold,
    /// No longer suspended. Only in delta lists.
    RemoveFromList,
    /// A right was withdrawn.
    PrivilegeWithdrawn,
    /// An attribute authority's key is compromised.
    AttributeAuthorityCompromise,
}

/// `CertID`, RFC 6960 §4.1.1
#[derive(Clone, Sequence)]
struct CertId {
    algorithm: AlgorithmIdentifier,
    name_hash: OctetString,
    key_hash: OctetString,
    serial: SerialNumber,
}

impl HashAlgorithm {
    fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha1 => ID_SHA_1,
            Self::Sha256 => ID_SHA_256,
        }
    }
}

impl IssuerHashes {
    /// The hashes of the issuer with this name and key.
    pub fn new(name: &Name, key: &PublicKey) -> Self {
        // A parsed or built name can be encoded.
        let name = name.to_der().expect("a distinguished name encodes");
        let sha256 = |bytes: &[u8]| digest::digest(&digest::SHA256, bytes).as_ref().to_vec();
        Self { sha1: (sha1(&name), sha1(key.bits())), sha256: (sha256(&name), sha256(key.bits())) }
    }

    /// The id of the certificate with this serial number.
    pub fn certificate_id(&self, hash: HashAlgorithm, serial: Serial) -> CertificateId {
        let (name_hash, key_hash) = self.for_algorithm(hash).clone();
        // RFC 6960 follows RFC 3370 §2.1 and RFC 4055: both forms are accepted; responders write NULL.
        let algorithm = AlgorithmIdentifier { oid: hash.oid(), parameters: Some(Any::null()) };
        CertificateId { algorithm, name_hash, key_hash, serial }
    }

    /// Whether the id is of a certificate of this issuer.
    pub fn is_issuer_of(&self, certificate: &CertificateId) -> bool {
        certificate.hash().is_some_and(|hash| {
            let (name, key) = self.for_algorithm(hash);
            *name == certificate.name_hash && *key == certificate.key_hash
        })
    }

    fn for_algorithm(&self, hash: HashAlgorithm) -> &(Vec<u8>, Vec<u8>) {
        match hash {
            HashAlgorithm::Sha1 => &self.sha1,
            HashAlgorithm::Sha256 => &self.sha256,
        }
    }
}

impl CertificateId {
    /// The serial number.
    pub fn serial(&self) -> &Serial {
        &self.serial
    }

    /// The hash algorithm, if it is known.
    pub fn hash(&self) -> Option<HashAlgorithm> {
        [HashAlgorithm::Sha1, HashAlgorithm::Sha256].into_iter().find(|hash| hash.oid() == self.algorithm.oid)
    }

    fn write(&self) -> der::Result<CertId> {
        Ok(CertId {
            algorithm: self.algorithm.clone(),
            name_hash: OctetString::new(&*self.name_hash)?,
            key_hash: OctetString::new(&*self.key_hash)?,
            serial: self.serial.write(),
        })
    }

    fn read(id: CertId) -> Result<Self, UnreadableOcspMessage> {
        Ok(Self {
            serial: Serial::read(&id.serial).map_err(|_| UnreadableOcspMessage::Serial)?,
            algorithm: id.algorithm,
            name_hash: id.name_hash.as_bytes().to_vec(),
            key_hash: id.key_hash.as_bytes().to_vec(),
        })
    }
}

impl PartialEq for CertificateId {
    /// Compares hash algorithm, hashes and serial number. NULL and absent parameters are equivalent.
    fn eq(&self, other: &Self) -> bool {
        self.algorithm.oid == other.algorithm.oid
            && self.name_hash == other.name_hash
            && self.key_hash == other.key_hash
            && self.serial == other.serial
    }
}

impl Eq for CertificateId {}

impl Nonce {
    /// 32 random octets.
    pub fn new(randomness: &Randomness) -> Self {
        Self(randomness.bytes::<32>().to_vec())
    }

    /// From its octets.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WrongNonce> {
        if (1..=128).contains(&bytes.len()) { Ok(Self(bytes.to_vec())) } else { Err(WrongNonce) }
    }

    /// Its octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn read(value: &[u8]) -> Result<Self, UnreadableOcspMessage> {
        // RFC 9654 §2.1: the extension's value is itself an OCTET STRING.
        Self::from_bytes(OctetString::from_der(value)?.as_bytes()).map_err(|_| UnreadableOcspMessage::Nonce)
    }

    fn write(&self) -> der::Result<OctetString> {
        OctetString::new(&*self.0)
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(&self.0))
    }
}

impl From<RevocationReason> for CrlReason {
    fn from(reason: RevocationReason) -> Self {
        match reason {
            RevocationReason::Unspecified => Self::Unspecified,
            RevocationReason::KeyCompromise => Self::KeyCompromise,
            RevocationReason::AuthorityCompromise => Self::CaCompromise,
            RevocationReason::AffiliationChanged => Self::AffiliationChanged,
            RevocationReason::Superseded => Self::Superseded,
            RevocationReason::CessationOfOperation => Self::CessationOfOperation,
            RevocationReason::CertificateHold => Self::CertificateHold,
            RevocationReason::RemoveFromList => Self::RemoveFromCRL,
            RevocationReason::PrivilegeWithdrawn => Self::PrivilegeWithdrawn,
            RevocationReason::AttributeAuthorityCompromise => Self::AaCompromise,
        }
    }
}

impl From<CrlReason> for RevocationReason {
    fn from(reason: CrlReason) -> Self {
        match reason {
            CrlReason::Unspecified => Self::Unspecified,
            CrlReason::KeyCompromise => Self::KeyCompromise,
            CrlReason::CaCompromise => Self::AuthorityCompromise,
            CrlReason::AffiliationChanged => Self::AffiliationChanged,
            CrlReason::Superseded => Self::Superseded,
            CrlReason::CessationOfOperation => Self::CessationOfOperation,
            CrlReason::CertificateHold => Self::CertificateHold,
            CrlReason::RemoveFromCRL => Self::RemoveFromList,
            CrlReason::PrivilegeWithdrawn => Self::PrivilegeWithdrawn,
            CrlReason::AaCompromise => Self::AttributeAuthorityCompromise,
        }
    }
}
