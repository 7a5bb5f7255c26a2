use base::Timestamp;
use const_oid::ObjectIdentifier;

use crate::{Algorithm, KeyIdentifier, Serial, WrongKey, crl, ocsp};

/// Why an answer of a card proves nothing: the certificate, its revocation, or the signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The certificate is not one that we accept.
    #[error(transparent)]
    Certificate(#[from] CertificateRefusal),
    /// It is revoked, or nobody could tell us that it is not.
    #[error(transparent)]
    Revocation(#[from] RevocationRefusal),
    /// The signature is not the holder's over this challenge.
    #[error(transparent)]
    Signature(#[from] SignatureRefusal),
}

/// What is wrong with a certificate. Told in this order: encoding, kind, path, profile, validity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateRefusal {
    /// No certificate at all.
    #[error("these bytes are no X.509 certificate")]
    Unreadable,
    /// Bytes behind it, as where a card's file is read with its filler.
    #[error("{0} bytes stand behind the certificate")]
    TrailingBytes(usize),
    /// BER, or DER with a freedom taken.
    #[error("the certificate is not in canonical DER")]
    Encoding,
    /// A 署名用電子証明書: the holder read the wrong one of the two.
    #[error("this certificate is for signing documents (policy {0}), not for authentication")]
    ForSignature(ObjectIdentifier),

    /// It does not say whose key signed it.
    #[error("the certificate does not name its issuer's key")]
    NoAuthorityKey,
    /// Neither name nor key of the issuer is known.
    #[error("no known authority is called '{issuer}'")]
    UnknownIssuer {
        /// Whom it names.
        issuer: String,
        /// Which key it names.
        key: KeyIdentifier,
    },
    /// A known name, but a key that is none of its generations'.
    #[error("'{issuer}' is known, but none of its generations has the key {key}")]
    UnknownGeneration {
        /// Whom it names.
        issuer: String,
        /// Which key it names.
        key: KeyIdentifier,
    },
    /// A known key, but the name is not its owner's.
    #[error("the key {key} is not one of '{issuer}'")]
    IssuerName {
        /// Whom it names.
        issuer: String,
        /// Which key it names.
        key: KeyIdentifier,
    },
    /// It names another certificate of the authority than the known one.
    #[error("the certificate names another certificate of its issuer than the known one of key {0}")]
    IssuerCertificate(KeyIdentifier),
    /// The algorithm inside is not the one outside.
    #[error("the certificate names two signature algorithms")]
    TwoAlgorithms,
    /// Not the algorithm of the issuer's key.
    #[error("the certificate is not signed with {0:?}, as its issuer's key signs")]
    IssuerAlgorithm(Algorithm),
    /// The issuer's key did not sign it.
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
    /// A number that no certificate may have.
    #[error("the certificate's serial number is not positive or too long")]
    Serial,
    /// Unique identifiers, which no profile has.
    #[error("the certificate has unique identifiers")]
    UniqueIdentifier,
    /// Not exactly one common name.
    #[error("the certificate's subject has not exactly one common name")]
    Subject,
    /// Not a key that a card has.
    #[error("the certificate's key is not one of a card: {0}")]
    Key(WrongKey),
    /// An extension twice.
    #[error("the certificate has the extension {0} twice")]
    DuplicateExtension(ObjectIdentifier),
    /// An extension that should be understood and is not.
    #[error("the certificate's extension {0} cannot be read")]
    UnreadableExtension(ObjectIdentifier),
    /// A critical extension that we do not know.
    #[error("the certificate has the unknown critical extension {0}")]
    CriticalExtension(ObjectIdentifier),
    /// An extension that must be critical and is not.
    #[error("the certificate's extension {0} is not critical")]
    NotCritical(ObjectIdentifier),
    /// An authority's certificate.
    #[error("the certificate is an authority's")]
    IsAuthority,
    /// Not for exactly `digitalSignature`.
    #[error("the certificate's key usage is not exactly digitalSignature")]
    KeyUsage,
    /// Not for `clientAuth`.
    #[error("the certificate's extended key usage has no clientAuth")]
    ExtendedKeyUsage,
    /// Under no accepted policy.
    #[error("the certificate's policies are not accepted: {0:?}")]
    Policy(Vec<ObjectIdentifier>),

    /// It ends before it begins.
    #[error("the certificate ends before it begins")]
    EmptyValidity,
    /// Not valid yet.
    #[error("the certificate is valid from {0} on")]
    NotYetValid(Timestamp),
    /// Expired, and within the months of grace, which are not granted here.
    #[error("the certificate expired at {not_after} and is in its grace until {grace_ends}")]
    InGrace {
        /// Its last second.
        not_after: Timestamp,
        /// The last second of grace.
        grace_ends: Timestamp,
    },
    /// Expired beyond grace.
    #[error("the certificate expired at {0}")]
    Expired(Timestamp),
}

/// Why we do not know that a certificate stands. All of it refuses: who cannot ask does not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevocationRefusal {
    /// It is revoked.
    #[error("the certificate {serial} was revoked at {revoked_at}")]
    Revoked {
        /// Which.
        serial: Serial,
        /// Since when.
        revoked_at: Timestamp,
        /// Why, where the issuer tells.
        reason: Option<ocsp::RevocationReason>,
    },
    /// The issuer does not know it.
    #[error("the issuer never issued the certificate {0}")]
    Unknown(Serial),

    /// The response cannot be read.
    #[error("the answer on revocation cannot be read: {0}")]
    Unreadable(ocsp::UnreadableOcspMessage),
    /// The responder says nothing.
    #[error("the responder answers with {0:?}")]
    ResponderError(ocsp::ErrorStatus),
    /// The responder is neither the issuer nor shows a certificate.
    #[error("the answer is from a stranger")]
    UnknownResponder,
    /// The responder's certificate cannot be read or breaks a rule.
    #[error("the responder's certificate cannot be used: {0}")]
    ResponderCertificate(Box<CertificateRefusal>),
    /// The responder's certificate is from another issuer.
    #[error("the responder's certificate is from another issuer or generation")]
    ResponderIssuer,
    /// The issuer did not sign the responder's certificate.
    #[error("the signature on the responder's certificate is not the issuer's")]
    ResponderCertificateSignature,
    /// The responder's certificate is not for answering.
    #[error("the responder's certificate is not for OCSPSigning")]
    ResponderPurpose,
    /// Whether the responder's own certificate is revoked would have to be asked.
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
    /// The responder did not sign the answer.
    #[error("the signature on the answer is not the responder's")]
    ResponseSignature,
    /// The question that is shown is not about this certificate.
    #[error("the question was about another certificate")]
    OtherRequest,
    /// The question had no nonce.
    #[error("the question had no nonce")]
    RequestWithoutNonce,
    /// The answer has no nonce.
    #[error("the answer has no nonce")]
    NoNonce,
    /// The answer is to another question.
    #[error("the answer has the nonce of another question")]
    WrongNonce,
    /// The answer is about other certificates.
    #[error("the answer is about another certificate")]
    OtherCertificate,
    /// The answer says two things of the certificate.
    #[error("the answer speaks of the certificate more than once")]
    Ambiguous,
    /// The answer has its times in disorder.
    #[error("the answer ends before it begins")]
    Times,
    /// The answer is from the future.
    #[error("the answer is of {0}, which is still to come")]
    FromTheFuture(Timestamp),
    /// The answer names no end and is no longer fresh.
    #[error("the answer is of {0} and no longer fresh")]
    TooOld(Timestamp),
    /// A newer answer is due.
    #[error("a newer answer was due at {0}")]
    Overdue(Timestamp),

    /// The revocation list cannot be read.
    #[error("the revocation list cannot be read: {0}")]
    ListUnreadable(crl::UnreadableList),
    /// The list is from no known authority, or another generation than the certificate.
    #[error("the revocation list is from another issuer or generation")]
    ListIssuer,
    /// The issuer did not sign the list.
    #[error("the signature on the revocation list is not the issuer's")]
    ListSignature,
    /// The issuer's certificate does not let its key sign lists.
    #[error("the issuer's key is not one that signs revocation lists")]
    ListKeyUsage,
    /// The list is about other certificates: another municipality's, or authorities', or not for every reason.
    #[error("the revocation list does not speak of this certificate")]
    ListScope,
    /// A newer list was seen before.
    #[error("the revocation list is older than one that was seen before")]
    ListOlder,
    /// The list does not say until when it stands.
    #[error("the revocation list names no end")]
    ListWithoutNextUpdate,
    /// The list has its times in disorder.
    #[error("the revocation list ends before it begins")]
    ListTimes,
    /// The list is from the future.
    #[error("the revocation list is of {0}, which is still to come")]
    ListFromTheFuture(Timestamp),
    /// A newer list is due.
    #[error("a newer revocation list was due at {0}")]
    ListOverdue(Timestamp),
    /// Lists leave expired certificates out (RFC 5280 §3.3), so they cannot speak for one in its grace.
    #[error("a revocation list says nothing of a certificate that expired at {0}")]
    ListOmitsExpired(Timestamp),
}

/// What is wrong with a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureRefusal {
    /// An RSA signature of another length than the key.
    #[error("the signature has {0} bytes, the key asks for 256")]
    Length(usize),
    /// Not by this key, or over other bytes: another origin, nonce or ticket.
    #[error("the signature is not by this certificate's key over this challenge")]
    Wrong,
}

impl Refusal {
    /// The code that stands for this refusal in logs, pages and tables. It never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Certificate(refusal) => refusal.code(),
            Self::Revocation(refusal) => refusal.code(),
            Self::Signature(refusal) => refusal.code(),
        }
    }
}

impl CertificateRefusal {
    /// See [`Refusal::code`].
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable => "jpki.certificate.unreadable",
            Self::TrailingBytes(_) => "jpki.certificate.trailing_bytes",
            Self::Encoding => "jpki.certificate.encoding",
            Self::ForSignature(_) => "jpki.certificate.for_signature",
            Self::NoAuthorityKey => "jpki.path.no_authority_key",
            Self::UnknownIssuer { .. } => "jpki.path.unknown_issuer",
            Self::UnknownGeneration { .. } => "jpki.path.unknown_generation",
            Self::IssuerName { .. } => "jpki.path.issuer_name",
            Self::IssuerCertificate(_) => "jpki.path.issuer_certificate",
            Self::TwoAlgorithms => "jpki.path.two_algorithms",
            Self::IssuerAlgorithm(_) => "jpki.path.algorithm",
            Self::IssuerSignature => "jpki.path.signature",
            Self::IssuerNotYetValid(_) => "jpki.path.issuer_not_yet_valid",
            Self::IssuerExpired(_) => "jpki.path.issuer_expired",
            Self::Version => "jpki.profile.version",
            Self::Serial => "jpki.profile.serial",
            Self::UniqueIdentifier => "jpki.profile.unique_identifier",
            Self::Subject => "jpki.profile.subject",
            Self::Key(_) => "jpki.profile.key",
            Self::DuplicateExtension(_) => "jpki.profile.duplicate_extension",
            Self::UnreadableExtension(_) => "jpki.profile.unreadable_extension",
            Self::CriticalExtension(_) => "jpki.profile.critical_extension",
            Self::NotCritical(_) => "jpki.profile.not_critical",
            Self::IsAuthority => "jpki.profile.is_authority",
            Self::KeyUsage => "jpki.profile.key_usage",
            Self::ExtendedKeyUsage => "jpki.profile.extended_key_usage",
            Self::Policy(_) => "jpki.profile.policy",
            Self::EmptyValidity => "jpki.validity.empty",
            Self::NotYetValid(_) => "jpki.validity.not_yet_valid",
            Self::InGrace { .. } => "jpki.validity.in_grace",
            Self::Expired(_) => "jpki.validity.expired",
        }
    }
}

impl RevocationRefusal {
    /// See [`Refusal::code`].
    pub fn code(&self) -> &'static str {
        use ocsp::ErrorStatus;
        match self {
            Self::Revoked { .. } => "jpki.revocation.revoked",
            Self::Unknown(_) => "jpki.revocation.unknown",
            Self::Unreadable(_) => "jpki.ocsp.unreadable",
            Self::ResponderError(ErrorStatus::MalformedRequest) => "jpki.ocsp.malformed_request",
            Self::ResponderError(ErrorStatus::InternalError) => "jpki.ocsp.internal_error",
            Self::ResponderError(ErrorStatus::TryLater) => "jpki.ocsp.try_later",
            Self::ResponderError(ErrorStatus::SignatureRequired) => "jpki.ocsp.signature_required",
            Self::ResponderError(ErrorStatus::Unauthorized) => "jpki.ocsp.unauthorized",
            Self::UnknownResponder => "jpki.ocsp.stranger",
            Self::ResponderCertificate(_) => "jpki.ocsp.responder_certificate",
            Self::ResponderIssuer => "jpki.ocsp.responder_issuer",
            Self::ResponderCertificateSignature => "jpki.ocsp.responder_certificate_signature",
            Self::ResponderPurpose => "jpki.ocsp.responder_purpose",
            Self::ResponderWithoutNoCheck => "jpki.ocsp.responder_checkable",
            Self::ResponderNotYetValid(_) => "jpki.ocsp.responder_not_yet_valid",
            Self::ResponderExpired(_) => "jpki.ocsp.responder_expired",
            Self::ResponseAlgorithm(_) => "jpki.ocsp.algorithm",
            Self::ResponseSignature => "jpki.ocsp.signature",
            Self::OtherRequest => "jpki.ocsp.other_question",
            Self::RequestWithoutNonce => "jpki.ocsp.no_nonce_asked",
            Self::NoNonce => "jpki.ocsp.no_nonce",
            Self::WrongNonce => "jpki.ocsp.wrong_nonce",
            Self::OtherCertificate => "jpki.ocsp.other_certificate",
            Self::Ambiguous => "jpki.ocsp.ambiguous",
            Self::Times => "jpki.ocsp.times",
            Self::FromTheFuture(_) => "jpki.ocsp.from_the_future",
            Self::TooOld(_) => "jpki.ocsp.too_old",
            Self::Overdue(_) => "jpki.ocsp.overdue",
            Self::ListUnreadable(_) => "jpki.crl.unreadable",
            Self::ListIssuer => "jpki.crl.issuer",
            Self::ListSignature => "jpki.crl.signature",
            Self::ListKeyUsage => "jpki.crl.key_usage",
            Self::ListScope => "jpki.crl.scope",
            Self::ListOlder => "jpki.crl.older",
            Self::ListWithoutNextUpdate => "jpki.crl.endless",
            Self::ListTimes => "jpki.crl.times",
            Self::ListFromTheFuture(_) => "jpki.crl.from_the_future",
            Self::ListOverdue(_) => "jpki.crl.overdue",
            Self::ListOmitsExpired(_) => "jpki.crl.silent",
        }
    }
}

impl SignatureRefusal {
    /// See [`Refusal::code`].
    pub fn code(&self) -> &'static str {
        match self {
            Self::Length(_) => "jpki.signature.length",
            Self::Wrong => "jpki.signature.wrong",
        }
    }
}
