//! Is this really the holder of that card? Answered step by step, each step a type that only the step before makes:
//!
//! [`UnverifiedCardResponse`] → [`TrustedCertificate`] (path, profile, validity) → [`UnrevokedCertificate`] (OCSP or list) → [`VerifiedHolder`] (signature).
//!
//! Errors are told in that order, and nothing is believed before it is proven. A whole verdict costs two verifications
//! of signatures, the responder's and the holder's; those of the authority on certificates are [`CertificateCache`].

mod anchors;
mod certificate_cache;
mod path_validation;
mod responder;
mod revocation;
mod revocation_cache;

use std::sync::Arc;

use base::{Span, Timestamp};

pub use anchors::{Anchors, Policies, WrongAnchor};
pub use certificate_cache::CertificateCache;
pub use revocation::RevocationList;
pub use revocation_cache::{MAX_CACHE_DURATION, RevocationCache};

use crate::{Algorithm, CertificateRefusal, Challenge, KeyIdentifier, Refusal, Serial, SignatureRefusal, ocsp};
use path_validation::CheckedCertificate;
use revocation_cache::CachePeriod;

/// How long an answer without an end counts as fresh.
pub const MAX_RESPONSE_AGE: Span = Span::from_secs(120);
/// By how much another's clock may be ahead of ours.
pub const SKEW: Span = Span::from_secs(60);
/// For how many months after its end a certificate still shows who somebody is: 資格確認 accepts it without medical
/// information.
pub const GRACE_MONTHS: i32 = 3;

/// What a card answered, as it came: a certificate (DER) and a signature over a challenge.
#[derive(Clone, PartialEq, Eq)]
pub struct UnverifiedCardResponse {
    /// The DER of the certificate that the card shows.
    pub certificate: Vec<u8>,
    /// The signature over [`Challenge::to_be_signed`].
    pub signature: Vec<u8>,
}

/// Whether a certificate is accepted in the months after its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grace {
    /// It is, and the verdict says so.
    Granted,
    /// It is not.
    Refused,
}

/// How a certificate stands in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Validity {
    /// Within its validity.
    Valid,
    /// Expired, and accepted for some things still.
    Grace {
        /// Its last second.
        expired_at: Timestamp,
        /// The last second of grace.
        grace_ends: Timestamp,
    },
}

/// A certificate that a known authority issued, that is of the right kind, and that is valid. Whether it has been
/// revoked, and whether its holder is here, is not known.
#[derive(Clone)]
pub struct TrustedCertificate {
    certificate: Arc<CheckedCertificate>,
    validity: Validity,
    signature: Vec<u8>,
}

/// A trusted certificate that has not been revoked. Whether its holder is here is not known.
#[derive(Clone)]
pub struct UnrevokedCertificate {
    trusted: TrustedCertificate,
    /// When it was known to be so.
    confirmed_at: Timestamp,
    cache_period: Option<CachePeriod>,
}

/// The holder of a card, who knew its PIN a moment ago. Only a whole verification makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedHolder {
    issuer: KeyIdentifier,
    serial: Serial,
    common_name: String,
    not_after: Timestamp,
    validity: Validity,
}

impl UnverifiedCardResponse {
    /// Path, profile and validity of the certificate, at `now`.
    pub fn verify_certificate(
        self,
        anchors: &Anchors,
        remembered: &CertificateCache,
        grace: Grace,
        now: Timestamp,
    ) -> Result<TrustedCertificate, Refusal> {
        let judged = remembered.certificate(anchors, &self.certificate)?;
        judged.anchor.check_validity(now)?;
        let validity = check_validity(judged.not_before, judged.not_after, grace, now)?;
        Ok(TrustedCertificate { certificate: judged, validity, signature: self.signature })
    }
}

/// Both ends are valid to their last instant: a certificate that ends at 23:59:59 ends with that second.
fn check_validity(
    not_before: Timestamp,
    not_after: Timestamp,
    grace: Grace,
    now: Timestamp,
) -> Result<Validity, CertificateRefusal> {
    if now.seconds() < not_before.seconds() {
        return Err(CertificateRefusal::NotYetValid(not_before));
    }
    if now.seconds() <= not_after.seconds() {
        return Ok(Validity::Valid);
    }
    let until = end_of_grace(not_after);
    match grace {
        _ if now.seconds() > until.seconds() => Err(CertificateRefusal::Expired(not_after)),
        Grace::Refused => Err(CertificateRefusal::InGrace { not_after, grace_ends: until }),
        Grace::Granted => Ok(Validity::Grace { expired_at: not_after, grace_ends: until }),
    }
}

/// Until when a certificate is accepted for some things still whose last second is `not_after`.
pub fn end_of_grace(not_after: Timestamp) -> Timestamp {
    let months = jiff::Span::new().months(GRACE_MONTHS);
    // Beyond the calendar's end nothing expires.
    not_after
        .in_japan()
        .checked_add(months)
        .map_or(not_after, |end| Timestamp::from_milliseconds(end.timestamp().as_millisecond()))
}

impl TrustedCertificate {
    /// The question whether it has been revoked.
    pub fn ocsp_request(&self, nonce: ocsp::Nonce) -> ocsp::Request {
        self.ocsp_request_with_hash(ocsp::HashAlgorithm::Sha256, nonce)
    }

    /// The same for a responder that knows SHA-1 alone.
    pub fn ocsp_request_with_hash(&self, hash: ocsp::HashAlgorithm, nonce: ocsp::Nonce) -> ocsp::Request {
        ocsp::Request::new(self.certificate_id(hash), Some(nonce))
    }

    /// That it has not been, by a responder's answer to `request`.
    ///
    /// The answer must be signed by the issuer or by somebody whom the issuer delegated, repeat the nonce, and be
    /// fresh. An answer that names its next update may be kept in [`RevocationCache`].
    pub fn verify_ocsp_response(
        &self,
        response: &[u8],
        request: &ocsp::Request,
        remembered: &CertificateCache,
        now: Timestamp,
    ) -> Result<UnrevokedCertificate, Refusal> {
        let (said, kept) = revocation::check_ocsp_response(self, response, request, remembered, now)?;
        Ok(UnrevokedCertificate { trusted: self.clone(), confirmed_at: said, cache_period: kept })
    }

    /// That it has not been, by a revocation list: the second source, where no responder answers.
    pub fn verify_against_list(&self, list: &RevocationList, now: Timestamp) -> Result<UnrevokedCertificate, Refusal> {
        revocation::check_list(self, list, now)?;
        Ok(UnrevokedCertificate { trusted: self.clone(), confirmed_at: list.this_update(), cache_period: None })
    }

    /// Where the certificate says that its responder answers.
    pub fn ocsp_address(&self) -> Option<&str> {
        self.certificate.ocsp_address.as_deref()
    }

    /// How it stands in time.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// Its number.
    pub fn serial(&self) -> &Serial {
        &self.certificate.serial
    }

    /// The key of the generation that issued it.
    pub fn issuer(&self) -> &KeyIdentifier {
        &self.certificate.anchor.key_identifier
    }

    fn certificate_id(&self, hash: ocsp::HashAlgorithm) -> ocsp::CertificateId {
        self.certificate.anchor.issuer_hashes.certificate_id(hash, self.certificate.serial.clone())
    }
}

impl UnrevokedCertificate {
    /// The holder, if the signature is his over this challenge.
    pub fn verify_signature(&self, challenge: &Challenge) -> Result<VerifiedHolder, Refusal> {
        let TrustedCertificate { certificate: judged, validity, signature } = &self.trusted;
        if judged.key.algorithm() == Algorithm::RsaSha256 && signature.len() != 256 {
            return Err(SignatureRefusal::Length(signature.len()).into());
        }
        if !judged.key.verifies(&challenge.to_be_signed(), signature) {
            return Err(SignatureRefusal::Wrong.into());
        }
        Ok(VerifiedHolder {
            issuer: judged.anchor.key_identifier.clone(),
            serial: judged.serial.clone(),
            common_name: judged.common_name.clone(),
            not_after: judged.not_after,
            validity: *validity,
        })
    }

    /// The same, unless a list knows better: who is revoked in either source is revoked. The list may be overdue, since
    /// a revocation is for good; a hold alone (一時停止) gives way to a newer word.
    pub fn check_not_listed(self, list: &RevocationList) -> Result<Self, Refusal> {
        revocation::check_not_listed(&self.trusted, self.confirmed_at, list)?;
        Ok(self)
    }

    /// Until when the word on revocation may be kept, if it may be.
    pub fn cacheable_until(&self) -> Option<Timestamp> {
        self.cache_period.map(|term| term.end)
    }
}

impl VerifiedHolder {
    /// The key of the generation that issued the certificate. Only with it is the serial number one certificate's.
    pub fn issuer(&self) -> &KeyIdentifier {
        &self.issuer
    }

    /// The certificate's number. Not to be shown to anybody as the holder's number.
    pub fn serial(&self) -> &Serial {
        &self.serial
    }

    /// The common name of the certificate: a pseudonym.
    pub fn common_name(&self) -> &str {
        &self.common_name
    }

    /// The certificate's last second.
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// How the certificate stood in time.
    pub fn validity(&self) -> Validity {
        self.validity
    }
}
