use base::Timestamp;
use const_oid::ObjectIdentifier;

use crate::{Algorithm, KeyIdentifier, RefusalKind, Serial, WrongKey, crl, ocsp};

/// Why a card's response proves nothing: the certificate, its revocation, or the signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The certificate is not accepted.
    #[error(transparent)]
    Certificate(#[from] CertificateRefusal),
    /// The certificate is revoked, or its status is unknown.
    #[error(transparent)]
    Revocation(#[from] RevocationRefusal),
    /// The signature was not made with the holder's key over this challenge.
    #[error(transparent)]
    Signature(#[from] SignatureRefusal),
}

/// Why a certificate is refused, in the order of the checks: encoding, kind, path, profile, validity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateRefusal {
    /// The bytes are no certificate.
    #[error("these bytes are no X.509 certificate")]
    Unreadable,
    /// Bytes after the certificate, as where a card's file is read with its filler.
    #[error("{0} bytes stand behind the certificate")]
    TrailingBytes(usize),
    /// BER instead of canonical DER.
    #[error("the certificate is not in canonical DER")]
    Encoding,
    /// A 署名用電子証明書: the wrong one of the card's two certificates was read.
    #[error("this certificate is for signing documents (policy {0}), not for authentication")]
    ForSignature(ObjectIdentifier),

    /// It does not identify the issuer's key.
    #[error("the certificate does not name its issuer's key")]
    NoAuthorityKey,
    /// Neither name nor key of the issuer is known.
    #[error("no known authority is called '{issuer}'")]
    UnknownIssuer {
        /// The name in the certificate.
        issuer: String,
        /// The key identifier in the certificate.
        key: KeyIdentifier,
    },
    /// A known name, but no known generation's key.
    #[error("'{issuer}' is known, but none of its generations has the key {key}")]
    UnknownGeneration {
        /// The name in the certificate.
        issuer: String,
        /// The key identifier in the certificate.
        key: KeyIdentifier,
    },
    /// A known key, but another authority's name.
    #[error("the key {key} is not one of '{issuer}'")]
    IssuerName {
        /// The name in the certificate.
        issuer: String,
        /// The key identifier in the certificate.
        key: KeyIdentifier,
    },
    /// It refers to another certificate of the authority than the known one.
    #[error("the certificate names another certificate of its issuer than the known one of key {0}")]
    IssuerCertificate(KeyIdentifier),
    /// The signed algorithm is not the one of the signature.
    #[error("the certificate names two signature algorithms")]
    TwoAlgorithms,
    /// Not the algorithm of the issuer's key.
    #[error("the certificate is not signed with {0:?}, as its issuer's key signs")]
    IssuerAlgorithm(Algorithm),
    /// The signature is not by the issuer's key.
    #[error("the signature on the certificate is not its issuer's")]
    IssuerSignature,
    /// The authority's own certificate is not valid yet.
    #[error("the issuer's own certificate is valid from {0} on")]
    IssuerNotYetValid(Timestamp),
    /// The authority's own certificate has expired.
    #[error("the issuer's own certificate expired at {0}")]
    IssuerExpired(Timestamp),

    /// Not version 3.
    #[error("the certificate is not of version 3")]
    Version,
    /// An invalid serial number.
    #[error("the certificate's serial number is not positive or too long")]
    Serial,
    /// Unique identifiers, which no profile allows.
    #[error("the certificate has unique identifiers")]
    UniqueIdentifier,
    /// Not exactly one common name.
    #[error("the certificate's subject has not exactly one common name")]
    Subject,
    /// Not a key of a card.
    #[error("the certificate's key is not one of a card: {0}")]
    Key(WrongKey),
    /// A duplicate extension.
    #[error("the certificate has the extension {0} twice")]
    DuplicateExtension(ObjectIdentifier),
    /// A known extension that cannot be parsed.
    #[error("the certificate's extension {0} cannot be read")]
    UnreadableExtension(ObjectIdentifier),
    /// An unknown critical extension.
    #[error("the certificate has the unknown critical extension {0}")]
    CriticalExtension(ObjectIdentifier),
    /// An extension that must be critical but is not.
    #[error("the certificate's extension {0} is not critical")]
    NotCritical(ObjectIdentifier),
    /// A certificate of an authority.
    #[error("the certificate is an authority's")]
    IsAuthority,
    /// The key usage is not exactly `digitalSignature`.
    #[error("the certificate's key usage is not exactly digitalSignature")]
    KeyUsage,
    /// The extended key usage lacks `clientAuth`.
    #[error("the certificate's extended key usage has no clientAuth")]
    ExtendedKeyUsage,
    /// No accepted policy.
    #[error("the certificate's policies are not accepted: {0:?}")]
    Policy(Vec<ObjectIdentifier>),

    /// The validity ends before it begins.
    #[error("the certificate ends before it begins")]
    EmptyValidity,
    /// Not valid yet.
    #[error("the certificate is valid from {0} on")]
    NotYetValid(Timestamp),
    /// Expired, and within the grace period, which is not granted here.
    #[error("the certificate expired at {not_after} and is in its grace until {grace_ends}")]
    InGrace { not_after: Timestamp, grace_ends: Timestamp },
    /// Expired beyond the grace period.
    #[error("the certificate expired at {0}")]
    Expired(Timestamp),
}

/// Why a certificate is revoked or of unknown status. All of these refuse: the verification fails closed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevocationRefusal {
    #[error("the certificate {serial} was revoked at {revoked_at}")]
    Revoked {
        serial: Serial,
        revoked_at: Timestamp,
        /// The reason, if the issuer states it.
        reason: Option<ocsp::RevocationReason>,
    },
    /// The issuer does not know the certificate.
    #[error("the issuer never issued the certificate {0}")]
    Unknown(Serial),

    /// The response cannot be parsed.
    #[error("the answer on revocation cannot be read: {0}")]
    Unreadable(ocsp::UnreadableOcspMessage),
    /// The responder returned an error.
    #[error("the responder answers with {0:?}")]
    ResponderError(ocsp::ErrorStatus),
    /// The responder is not the issuer and has no certificate.
    #[error("the answer is from a stranger")]
    UnknownResponder,
    /// The responder's certificate is invalid.
    #[error("the responder's certificate cannot be used: {0}")]
    ResponderCertificate(Box<CertificateRefusal>),
    /// The responder's certificate is from another issuer.
    #[error("the responder's certificate is from another issuer or generation")]
    ResponderIssuer,
    /// The responder's certificate is not signed by the issuer.
    #[error("the signature on the responder's certificate is not the issuer's")]
    ResponderCertificateSignature,
    /// The responder's certificate is not for OCSP signing.
    #[error("the responder's certificate is not for OCSPSigning")]
    ResponderPurpose,
    /// The responder's certificate is not exempt from a revocation check of its own.
    #[error("the responder's certificate has no ocsp-nocheck")]
    ResponderWithoutNoCheck,
    /// The responder's certificate is not valid yet.
    #[error("the responder's certificate is valid from {0} on")]
    ResponderNotYetValid(Timestamp),
    /// The responder's certificate has expired.
    #[error("the responder's certificate expired at {0}")]
    ResponderExpired(Timestamp),
    /// Not the algorithm of the responder's key.
    #[error("the answer is not signed with {0:?}, as the responder's key signs")]
    ResponseAlgorithm(Algorithm),
    /// The response is not signed by the responder's key.
    #[error("the signature on the answer is not the responder's")]
    ResponseSignature,
    /// The request is not for this certificate.
    #[error("the question was about another certificate")]
    OtherRequest,
    /// The request has no nonce.
    #[error("the question had no nonce")]
    RequestWithoutNonce,
    /// The response has no nonce.
    #[error("the answer has no nonce")]
    NoNonce,
    /// The response has the nonce of another request.
    #[error("the answer has the nonce of another question")]
    WrongNonce,
    /// The response is for other certificates.
    #[error("the answer is about another certificate")]
    OtherCertificate,
    /// The response has several statuses for the certificate.
    #[error("the answer speaks of the certificate more than once")]
    Ambiguous,
    /// The times of the response are inconsistent.
    #[error("the answer ends before it begins")]
    Times,
    /// The response is from the future.
    #[error("the answer is of {0}, which is still to come")]
    FromTheFuture(Timestamp),
    /// The response has no next update and is too old.
    #[error("the answer is of {0} and no longer fresh")]
    TooOld(Timestamp),
    /// A newer response is due.
    #[error("a newer answer was due at {0}")]
    Overdue(Timestamp),

    /// The revocation list cannot be parsed.
    #[error("the revocation list cannot be read: {0}")]
    ListUnreadable(crl::UnreadableList),
    /// The list is not from a known authority, or from another generation than the certificate.
    #[error("the revocation list is from another issuer or generation")]
    ListIssuer,
    /// The list is not signed by the issuer's key.
    #[error("the signature on the revocation list is not the issuer's")]
    ListSignature,
    /// The issuer's certificate does not allow its key to sign lists.
    #[error("the issuer's key is not one that signs revocation lists")]
    ListKeyUsage,
    /// The list covers other certificates: another municipality's, or authorities', or only some reasons.
    #[error("the revocation list does not speak of this certificate")]
    ListScope,
    /// A newer list was seen before.
    #[error("the revocation list is older than one that was seen before")]
    ListOlder,
    /// The list has no next update.
    #[error("the revocation list names no end")]
    ListWithoutNextUpdate,
    /// The times of the list are inconsistent.
    #[error("the revocation list ends before it begins")]
    ListTimes,
    /// The list is from the future.
    #[error("the revocation list is of {0}, which is still to come")]
    ListFromTheFuture(Timestamp),
    /// A newer list is due.
    #[error("a newer revocation list was due at {0}")]
    ListOverdue(Timestamp),
    /// Lists omit expired certificates (RFC 5280 §3.3), so they prove nothing for one in its grace period.
    #[error("a revocation list says nothing of a certificate that expired at {0}")]
    ListOmitsExpired(Timestamp),
}

/// Why a signature is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureRefusal {
    /// An RSA signature of another length than the key.
    #[error("the signature has {0} bytes, the key asks for 256")]
    Length(usize),
    /// Not by this key, or over another origin, nonce or ticket.
    #[error("the signature is not by this certificate's key over this challenge")]
    Wrong,
}

impl Refusal {
    /// The kind of this refusal, without its details.
    pub fn kind(&self) -> RefusalKind {
        match self {
            Self::Certificate(refusal) => refusal.kind(),
            Self::Revocation(refusal) => refusal.kind(),
            Self::Signature(refusal) => refusal.kind(),
        }
    }

    /// The stable code of this refusal in logs, pages and tables.
    pub fn code(&self) -> &'static str {
        self.kind().as_str()
    }
}

impl CertificateRefusal {
    /// See [`Refusal::code`].
    pub fn code(&self) -> &'static str {
        self.kind().as_str()
    }

    /// See [`Refusal::kind`].
    pub fn kind(&self) -> RefusalKind {
        match self {
            Self::Unreadable => RefusalKind::CertificateUnreadable,
            Self::TrailingBytes(_) => RefusalKind::CertificateTrailingBytes,
            Self::Encoding => RefusalKind::CertificateEncoding,
            Self::ForSignature(_) => RefusalKind::CertificateForSignature,
            Self::NoAuthorityKey => RefusalKind::PathNoAuthorityKey,
            Self::UnknownIssuer { .. } => RefusalKind::PathUnknownIssuer,
            Self::UnknownGeneration { .. } => RefusalKind::PathUnknownGeneration,
            Self::IssuerName { .. } => RefusalKind::PathIssuerName,
            Self::IssuerCertificate(_) => RefusalKind::PathIssuerCertificate,
            Self::TwoAlgorithms => RefusalKind::PathTwoAlgorithms,
            Self::IssuerAlgorithm(_) => RefusalKind::PathIssuerAlgorithm,
            Self::IssuerSignature => RefusalKind::PathIssuerSignature,
            Self::IssuerNotYetValid(_) => RefusalKind::PathIssuerNotYetValid,
            Self::IssuerExpired(_) => RefusalKind::PathIssuerExpired,
            Self::Version => RefusalKind::ProfileVersion,
            Self::Serial => RefusalKind::ProfileSerial,
            Self::UniqueIdentifier => RefusalKind::ProfileUniqueIdentifier,
            Self::Subject => RefusalKind::ProfileSubject,
            Self::Key(_) => RefusalKind::ProfileKey,
            Self::DuplicateExtension(_) => RefusalKind::ProfileDuplicateExtension,
            Self::UnreadableExtension(_) => RefusalKind::ProfileUnreadableExtension,
            Self::CriticalExtension(_) => RefusalKind::ProfileCriticalExtension,
            Self::NotCritical(_) => RefusalKind::ProfileNotCritical,
            Self::IsAuthority => RefusalKind::ProfileIsAuthority,
            Self::KeyUsage => RefusalKind::ProfileKeyUsage,
            Self::ExtendedKeyUsage => RefusalKind::ProfileExtendedKeyUsage,
            Self::Policy(_) => RefusalKind::ProfilePolicy,
            Self::EmptyValidity => RefusalKind::ValidityEmpty,
            Self::NotYetValid(_) => RefusalKind::ValidityNotYetValid,
            Self::InGrace { .. } => RefusalKind::ValidityInGrace,
            Self::Expired(_) => RefusalKind::ValidityExpired,
        }
    }
}

impl RevocationRefusal {
    /// See [`Refusal::code`].
    pub fn code(&self) -> &'static str {
        self.kind().as_str()
    }

    /// See [`Refusal::kind`].
    pub fn kind(&self) -> RefusalKind {
        use ocsp::ErrorStatus;
        match self {
            Self::Revoked { .. } => RefusalKind::Revoked,
            Self::Unknown(_) => RefusalKind::RevocationUnknown,
            Self::Unreadable(_) => RefusalKind::OcspUnreadable,
            Self::ResponderError(ErrorStatus::MalformedRequest) => RefusalKind::OcspMalformedRequest,
            Self::ResponderError(ErrorStatus::InternalError) => RefusalKind::OcspInternalError,
            Self::ResponderError(ErrorStatus::TryLater) => RefusalKind::OcspTryLater,
            Self::ResponderError(ErrorStatus::SignatureRequired) => RefusalKind::OcspSignatureRequired,
            Self::ResponderError(ErrorStatus::Unauthorized) => RefusalKind::OcspUnauthorized,
            Self::UnknownResponder => RefusalKind::OcspUnknownResponder,
            Self::ResponderCertificate(_) => RefusalKind::OcspResponderCertificate,
            Self::ResponderIssuer => RefusalKind::OcspResponderIssuer,
            Self::ResponderCertificateSignature => RefusalKind::OcspResponderCertificateSignature,
            Self::ResponderPurpose => RefusalKind::OcspResponderPurpose,
            Self::ResponderWithoutNoCheck => RefusalKind::OcspResponderWithoutNoCheck,
            Self::ResponderNotYetValid(_) => RefusalKind::OcspResponderNotYetValid,
            Self::ResponderExpired(_) => RefusalKind::OcspResponderExpired,
            Self::ResponseAlgorithm(_) => RefusalKind::OcspAlgorithm,
            Self::ResponseSignature => RefusalKind::OcspSignature,
            Self::OtherRequest => RefusalKind::OcspOtherRequest,
            Self::RequestWithoutNonce => RefusalKind::OcspRequestWithoutNonce,
            Self::NoNonce => RefusalKind::OcspNoNonce,
            Self::WrongNonce => RefusalKind::OcspWrongNonce,
            Self::OtherCertificate => RefusalKind::OcspOtherCertificate,
            Self::Ambiguous => RefusalKind::OcspAmbiguous,
            Self::Times => RefusalKind::OcspTimes,
            Self::FromTheFuture(_) => RefusalKind::OcspFromTheFuture,
            Self::TooOld(_) => RefusalKind::OcspTooOld,
            Self::Overdue(_) => RefusalKind::OcspOverdue,
            Self::ListUnreadable(_) => RefusalKind::CrlUnreadable,
            Self::ListIssuer => RefusalKind::CrlIssuer,
            Self::ListSignature => RefusalKind::CrlSignature,
            Self::ListKeyUsage => RefusalKind::CrlKeyUsage,
            Self::ListScope => RefusalKind::CrlScope,
            Self::ListOlder => RefusalKind::CrlOlder,
            Self::ListWithoutNextUpdate => RefusalKind::CrlWithoutNextUpdate,
            Self::ListTimes => RefusalKind::CrlTimes,
            Self::ListFromTheFuture(_) => RefusalKind::CrlFromTheFuture,
            Self::ListOverdue(_) => RefusalKind::CrlOverdue,
            Self::ListOmitsExpired(_) => RefusalKind::CrlOmitsExpired,
        }
    }
}

impl SignatureRefusal {
    /// See [`Refusal::code`].
    pub fn code(&self) -> &'static str {
        self.kind().as_str()
    }

    /// See [`Refusal::kind`].
    pub fn kind(&self) -> RefusalKind {
        match self {
            Self::Length(_) => RefusalKind::SignatureLength,
            Self::Wrong => RefusalKind::SignatureWrong,
        }
    }
}
