//! Verifies a card's response step by step; each step is a type that only the previous step can create:
//!
//! [`UnverifiedCardResponse`] → [`TrustedCertificate`] (path, profile, validity) → [`UnrevokedCertificate`] (OCSP or list) →
//! [`VerifiedHolder`] (signature).
//!
//! Errors are reported in that order. A whole verification costs two signature verifications, the responder's and the
//! holder's; the authority's signatures on certificates are cached in a [`CertificateCache`].

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

/// How old a response without a next update may be.
pub const MAX_RESPONSE_AGE: Span = Span::from_secs(120);
/// How far another clock may be ahead.
pub const SKEW: Span = Span::from_secs(60);
/// For how many months after its expiry a certificate still identifies its holder: 資格確認 accepts it without medical
/// information.
pub const GRACE_MONTHS: i32 = 3;

/// A card's response as received: a certificate (DER) and a signature over a challenge.
#[derive(Clone, PartialEq, Eq)]
pub struct UnverifiedCardResponse {
    /// The DER of the card's certificate.
    pub certificate: Vec<u8>,
    /// The signature over [`Challenge::to_be_signed`].
    pub signature: Vec<u8>,
}

/// Whether an expired certificate is accepted within the grace period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grace {
    /// It is, and the result states so.
    Granted,
    /// It is not.
    Refused,
}

/// The validity of a certificate at the time of verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Validity {
    /// Not expired.
    Valid,
    /// Expired, and accepted for some purposes.
    Grace { expired_at: Timestamp, grace_ends: Timestamp },
}

/// A valid certificate of the right kind, issued by a known authority. Its revocation status and the holder's presence are
/// not verified.
#[derive(Clone)]
pub struct TrustedCertificate {
    certificate: Arc<CheckedCertificate>,
    validity: Validity,
    signature: Vec<u8>,
}

/// A trusted certificate that is not revoked. The holder's presence is not verified.
#[derive(Clone)]
pub struct UnrevokedCertificate {
    trusted: TrustedCertificate,
    /// When the status was known to be good.
    confirmed_at: Timestamp,
    cache_period: Option<CachePeriod>,
}

/// The authenticated holder of a card, who has just entered its PIN. Only a complete verification creates one.
///
/// ```compile_fail,E0451
/// use jpki::{KeyIdentifier, Serial, Validity, VerifiedHolder};
///
/// fn make(issuer: KeyIdentifier, serial: Serial, not_after: base::Timestamp) -> VerifiedHolder {
///     VerifiedHolder { issuer, serial, common_name: String::new(), not_after, validity: Validity::Valid }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedHolder {
    issuer: KeyIdentifier,
    serial: Serial,
    common_name: String,
    not_after: Timestamp,
    validity: Validity,
}

impl UnverifiedCardResponse {
    /// Verifies path, profile and validity of the certificate, at `now`.
    pub fn verify_certificate(
        self,
        anchors: &Anchors,
        cache: &CertificateCache,
        grace: Grace,
        now: Timestamp,
    ) -> Result<TrustedCertificate, Refusal> {
        let checked = cache.certificate(anchors, &self.certificate)?;
        checked.anchor.check_validity(now)?;
        let validity = check_validity(checked.not_before, checked.not_after, grace, now)?;
        Ok(TrustedCertificate { certificate: checked, validity, signature: self.signature })
    }
}

/// Both ends are inclusive to the second: a certificate that ends at 23:59:59 is valid within that second.
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
    let grace_ends = end_of_grace(not_after);
    match grace {
        _ if now.seconds() > grace_ends.seconds() => Err(CertificateRefusal::Expired(not_after)),
        Grace::Refused => Err(CertificateRefusal::InGrace { not_after, grace_ends }),
        Grace::Granted => Ok(Validity::Grace { expired_at: not_after, grace_ends }),
    }
}

/// The end of the grace period of a certificate whose last second is `not_after`.
pub fn end_of_grace(not_after: Timestamp) -> Timestamp {
    let months = jiff::Span::new().months(GRACE_MONTHS);
    // Beyond the calendar's range there is no grace period.
    not_after
        .in_japan()
        .checked_add(months)
        .map_or(not_after, |end| Timestamp::from_milliseconds(end.timestamp().as_millisecond()))
}

/// How long before its end a certificate's renewal is mentioned: the shortest three months. The municipal office renews a
/// certificate from three months before its end.
const RENEWAL_NOTICE: Span = Span::from_hours(24 * 89);

/// Whether a certificate whose last second is `not_after` is due for renewal at `now`, or has ended.
pub fn is_due_for_renewal(not_after: Timestamp, now: Timestamp) -> bool {
    now.plus(RENEWAL_NOTICE) >= not_after
}

impl TrustedCertificate {
    /// The request for its revocation status.
    pub fn ocsp_request(&self, nonce: ocsp::Nonce) -> ocsp::Request {
        self.ocsp_request_with_hash(ocsp::HashAlgorithm::Sha256, nonce)
    }

    /// The same for a responder that supports only SHA-1.
    pub fn ocsp_request_with_hash(&self, hash: ocsp::HashAlgorithm, nonce: ocsp::Nonce) -> ocsp::Request {
        ocsp::Request::new(self.certificate_id(hash), Some(nonce))
    }

    /// Verifies by a responder's response to `request` that it is not revoked.
    ///
    /// The response must be signed by the issuer or its delegate, repeat the nonce, and be fresh. A response with a next update
    /// may be cached in a [`RevocationCache`].
    pub fn verify_ocsp_response(
        &self,
        response: &[u8],
        request: &ocsp::Request,
        cache: &CertificateCache,
        now: Timestamp,
    ) -> Result<UnrevokedCertificate, Refusal> {
        let (confirmed_at, cache_period) = revocation::check_ocsp_response(self, response, request, cache, now)?;
        Ok(UnrevokedCertificate { trusted: self.clone(), confirmed_at, cache_period })
    }

    /// Verifies by a revocation list that it is not revoked: the second source, where no responder is available.
    pub fn verify_against_list(&self, list: &RevocationList, now: Timestamp) -> Result<UnrevokedCertificate, Refusal> {
        revocation::check_list(self, list, now)?;
        Ok(UnrevokedCertificate { trusted: self.clone(), confirmed_at: list.this_update(), cache_period: None })
    }

    /// The responder's address in the certificate.
    pub fn ocsp_address(&self) -> Option<&str> {
        self.certificate.ocsp_address.as_deref()
    }

    /// Its validity at the time of verification.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// Its serial number.
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
    /// The holder, if the signature was made with the holder's key over this challenge.
    pub fn verify_signature(&self, challenge: &Challenge) -> Result<VerifiedHolder, Refusal> {
        let TrustedCertificate { certificate: checked, validity, signature } = &self.trusted;
        if checked.key.algorithm() == Algorithm::RsaSha256 && signature.len() != 256 {
            return Err(SignatureRefusal::Length(signature.len()).into());
        }
        if !checked.key.verifies(&challenge.to_be_signed(), signature) {
            return Err(SignatureRefusal::Wrong.into());
        }
        Ok(VerifiedHolder {
            issuer: checked.anchor.key_identifier.clone(),
            serial: checked.serial.clone(),
            common_name: checked.common_name.clone(),
            not_after: checked.not_after,
            validity: *validity,
        })
    }

    /// Checks a revocation list as well: a certificate that is revoked in either source is revoked. The list may be overdue,
    /// since a revocation is permanent; only a hold (一時停止) is superseded by a newer status.
    pub fn check_not_listed(self, list: &RevocationList) -> Result<Self, Refusal> {
        revocation::check_not_listed(&self.trusted, self.confirmed_at, list)?;
        Ok(self)
    }

    /// Until when the status may be cached, if at all.
    pub fn cacheable_until(&self) -> Option<Timestamp> {
        self.cache_period.map(|period| period.end)
    }
}

impl VerifiedHolder {
    /// The key of the generation that issued the certificate. A serial number is unique only together with it.
    pub fn issuer(&self) -> &KeyIdentifier {
        &self.issuer
    }

    /// The certificate's serial number. Not to be shown as a number of the holder.
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

    /// The validity of the certificate at the time of verification.
    pub fn validity(&self) -> Validity {
        self.validity
    }
}
