base::text_enum! {
    /// The kinds of a [`Refusal`](crate::Refusal), by their codes in logs, pages and tables, in the order of the verification steps.
    pub enum RefusalKind {
        CertificateUnreadable = "jpki.certificate.unreadable",
        CertificateTrailingBytes = "jpki.certificate.trailing_bytes",
        CertificateEncoding = "jpki.certificate.encoding",
        CertificateForSignature = "jpki.certificate.for_signature",
        PathNoAuthorityKey = "jpki.path.no_authority_key",
        PathUnknownIssuer = "jpki.path.unknown_issuer",
        PathUnknownGeneration = "jpki.path.unknown_generation",
        PathIssuerName = "jpki.path.issuer_name",
        PathIssuerCertificate = "jpki.path.issuer_certificate",
        PathTwoAlgorithms = "jpki.path.two_algorithms",
        PathIssuerAlgorithm = "jpki.path.algorithm",
        PathIssuerSignature = "jpki.path.signature",
        PathIssuerNotYetValid = "jpki.path.issuer_not_yet_valid",
        PathIssuerExpired = "jpki.path.issuer_expired",
        ProfileVersion = "jpki.profile.version",
        ProfileSerial = "jpki.profile.serial",
        ProfileUniqueIdentifier = "jpki.profile.unique_identifier",
        ProfileSubject = "jpki.profile.subject",
        ProfileKey = "jpki.profile.key",
        ProfileDuplicateExtension = "jpki.profile.duplicate_extension",
        ProfileUnreadableExtension = "jpki.profile.unreadable_extension",
        ProfileCriticalExtension = "jpki.profile.critical_extension",
        ProfileNotCritical = "jpki.profile.not_critical",
        ProfileIsAuthority = "jpki.profile.is_authority",
        ProfileKeyUsage = "jpki.profile.key_usage",
        ProfileExtendedKeyUsage = "jpki.profile.extended_key_usage",
        ProfilePolicy = "jpki.profile.policy",
        ValidityEmpty = "jpki.validity.empty",
        ValidityNotYetValid = "jpki.validity.not_yet_valid",
        ValidityInGrace = "jpki.validity.in_grace",
        ValidityExpired = "jpki.validity.expired",
        Revoked = "jpki.revocation.revoked",
        RevocationUnknown = "jpki.revocation.unknown",
        OcspUnreadable = "jpki.ocsp.unreadable",
        OcspMalformedRequest = "jpki.ocsp.malformed_request",
        OcspInternalError = "jpki.ocsp.internal_error",
        OcspTryLater = "jpki.ocsp.try_later",
        OcspSignatureRequired = "jpki.ocsp.signature_required",
        OcspUnauthorized = "jpki.ocsp.unauthorized",
        OcspUnknownResponder = "jpki.ocsp.stranger",
        OcspResponderCertificate = "jpki.ocsp.responder_certificate",
        OcspResponderIssuer = "jpki.ocsp.responder_issuer",
        OcspResponderCertificateSignature = "jpki.ocsp.responder_certificate_signature",
        OcspResponderPurpose = "jpki.ocsp.responder_purpose",
        OcspResponderWithoutNoCheck = "jpki.ocsp.responder_checkable",
        OcspResponderNotYetValid = "jpki.ocsp.responder_not_yet_valid",
        OcspResponderExpired = "jpki.ocsp.responder_expired",
        OcspAlgorithm = "jpki.ocsp.algorithm",
        OcspSignature = "jpki.ocsp.signature",
        OcspOtherRequest = "jpki.ocsp.other_question",
        OcspRequestWithoutNonce = "jpki.ocsp.no_nonce_asked",
        OcspNoNonce = "jpki.ocsp.no_nonce",
        OcspWrongNonce = "jpki.ocsp.wrong_nonce",
        OcspOtherCertificate = "jpki.ocsp.other_certificate",
        OcspAmbiguous = "jpki.ocsp.ambiguous",
        OcspTimes = "jpki.ocsp.times",
        OcspFromTheFuture = "jpki.ocsp.from_the_future",
        OcspTooOld = "jpki.ocsp.too_old",
        OcspOverdue = "jpki.ocsp.overdue",
        CrlUnreadable = "jpki.crl.unreadable",
        CrlIssuer = "jpki.crl.issuer",
        CrlSignature = "jpki.crl.signature",
        CrlKeyUsage = "jpki.crl.key_usage",
        CrlScope = "jpki.crl.scope",
        CrlOlder = "jpki.crl.older",
        CrlWithoutNextUpdate = "jpki.crl.endless",
        CrlTimes = "jpki.crl.times",
        CrlFromTheFuture = "jpki.crl.from_the_future",
        CrlOverdue = "jpki.crl.overdue",
        CrlOmitsExpired = "jpki.crl.silent",
        SignatureLength = "jpki.signature.length",
        SignatureWrong = "jpki.signature.wrong",
    }
}

/// What a refusal arose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalSource {
    /// The card: its certificate, the status that the authority gives it, or its signature.
    Card,
    /// The response of the OCSP responder, which says nothing of the card.
    Responder,
    /// The revocation list, which says nothing of the card.
    RevocationList,
}

impl RefusalKind {
    /// What the refusal arose from.
    pub fn source(self) -> RefusalSource {
        match self {
            Self::OcspUnreadable
            | Self::OcspMalformedRequest
            | Self::OcspInternalError
            | Self::OcspTryLater
            | Self::OcspSignatureRequired
            | Self::OcspUnauthorized
            | Self::OcspUnknownResponder
            | Self::OcspResponderCertificate
            | Self::OcspResponderIssuer
            | Self::OcspResponderCertificateSignature
            | Self::OcspResponderPurpose
            | Self::OcspResponderWithoutNoCheck
            | Self::OcspResponderNotYetValid
            | Self::OcspResponderExpired
            | Self::OcspAlgorithm
            | Self::OcspSignature
            | Self::OcspOtherRequest
            | Self::OcspRequestWithoutNonce
            | Self::OcspNoNonce
            | Self::OcspWrongNonce
            | Self::OcspOtherCertificate
            | Self::OcspAmbiguous
            | Self::OcspTimes
            | Self::OcspFromTheFuture
            | Self::OcspTooOld
            | Self::OcspOverdue => RefusalSource::Responder,
            Self::CrlUnreadable
            | Self::CrlIssuer
            | Self::CrlSignature
            | Self::CrlKeyUsage
            | Self::CrlScope
            | Self::CrlOlder
            | Self::CrlWithoutNextUpdate
            | Self::CrlTimes
            | Self::CrlFromTheFuture
            | Self::CrlOverdue
            | Self::CrlOmitsExpired => RefusalSource::RevocationList,
            Self::CertificateUnreadable
            | Self::CertificateTrailingBytes
            | Self::CertificateEncoding
            | Self::CertificateForSignature
            | Self::PathNoAuthorityKey
            | Self::PathUnknownIssuer
            | Self::PathUnknownGeneration
            | Self::PathIssuerName
            | Self::PathIssuerCertificate
            | Self::PathTwoAlgorithms
            | Self::PathIssuerAlgorithm
            | Self::PathIssuerSignature
            | Self::PathIssuerNotYetValid
            | Self::PathIssuerExpired
            | Self::ProfileVersion
            | Self::ProfileSerial
            | Self::ProfileUniqueIdentifier
            | Self::ProfileSubject
            | Self::ProfileKey
            | Self::ProfileDuplicateExtension
            | Self::ProfileUnreadableExtension
            | Self::ProfileCriticalExtension
            | Self::ProfileNotCritical
            | Self::ProfileIsAuthority
            | Self::ProfileKeyUsage
            | Self::ProfileExtendedKeyUsage
            | Self::ProfilePolicy
            | Self::ValidityEmpty
            | Self::ValidityNotYetValid
            | Self::ValidityInGrace
            | Self::ValidityExpired
            | Self::Revoked
            | Self::RevocationUnknown
            | Self::SignatureLength
            | Self::SignatureWrong => RefusalSource::Card,
        }
    }
}
