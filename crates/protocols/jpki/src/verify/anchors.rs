use std::sync::Arc;

use base::Timestamp;
use const_oid::ObjectIdentifier;
use der::{Decode, Encode};
use x509_cert::{
    Certificate,
    ext::pkix::{BasicConstraints, KeyUsage, SubjectKeyIdentifier},
    name::Name,
};

use crate::{
    CertificateRefusal, KeyIdentifier, PublicKey, Serial, WrongKey, authority::policy, ocsp::IssuerHashes,
    signed::Signed, time,
};

/// The trust anchors: pinned certificates of authorities, with the accepted policies.
#[derive(Clone)]
pub struct Anchors {
    pub(super) generations: Vec<Arc<Anchor>>,
    pub(super) policies: Policies,
    /// A digest over everything, so that certificates cached under one set are not used under another.
    pub(super) fingerprint: base::Digest,
}

/// The policies of certificates for authentication, and of those for signing documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policies {
    /// Accepted.
    pub authentication: Vec<ObjectIdentifier>,
    /// Known, and refused with a reason of their own.
    pub signature: Vec<ObjectIdentifier>,
}

/// A trusted generation of an authority.
#[derive(Debug)]
pub(crate) struct Anchor {
    /// A digest over its certificate.
    pub(super) fingerprint: base::Digest,
    pub(super) name: Name,
    pub(super) issuer: Name,
    pub(super) serial: Serial,
    pub(super) key: PublicKey,
    pub(super) key_identifier: KeyIdentifier,
    pub(super) issuer_hashes: IssuerHashes,
    pub(super) signs_lists: bool,
    not_before: Timestamp,
    not_after: Timestamp,
}

/// Why a certificate is no anchor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongAnchor {
    /// It cannot be parsed.
    #[error("the authority's certificate cannot be read")]
    Unreadable,
    /// Its key is not supported.
    #[error("the authority's key cannot be used: {0}")]
    Key(#[from] WrongKey),
    /// It is not self-signed.
    #[error("the authority's certificate is not signed by itself")]
    Signature,
    /// It is no authority's certificate.
    #[error("the certificate is not an authority's")]
    NoAuthority,
    /// It has no key identifier.
    #[error("the authority's certificate does not name its key")]
    NoKeyIdentifier,
}

impl Policies {
    /// Those of the test hierarchy, which the simulated authorities use.
    pub fn simulated() -> Self {
        Self {
            authentication: vec![policy::TEST_AUTHENTICATION],
            signature: vec![policy::TEST_SIGNATURE, policy::SIGNATURE],
        }
    }
}

impl Anchors {
    /// Trusts these authorities (DER of their certificates) under these policies.
    pub fn new<'a>(certificates: impl IntoIterator<Item = &'a [u8]>, policies: Policies) -> Result<Self, WrongAnchor> {
        let mut fingerprint_input = Vec::new();
        let mut generations = Vec::new();
        for certificate in certificates {
            let anchor = Anchor::read(certificate)?;
            fingerprint_input.extend(anchor.fingerprint.as_bytes());
            generations.push(Arc::new(anchor));
        }
        for (kind, accepted) in [(b'a', &policies.authentication), (b's', &policies.signature)] {
            for policy in accepted {
                // An identifier has at most 39 octets; its length separates it from the next.
                fingerprint_input.extend([kind, u8::try_from(policy.as_bytes().len()).unwrap_or(u8::MAX)]);
                fingerprint_input.extend(policy.as_bytes());
            }
        }
        let fingerprint = base::digest(&[&fingerprint_input]);
        Ok(Self { generations, policies, fingerprint })
    }
}

impl Anchor {
    fn read(bytes: &[u8]) -> Result<Self, WrongAnchor> {
        let unreadable = |_| WrongAnchor::Unreadable;
        let signed = Signed::from_der(bytes).map_err(unreadable)?;
        let certificate = Certificate::from_der(bytes).map_err(unreadable)?;
        let body = certificate.tbs_certificate();
        let key = PublicKey::from_spki(&body.subject_public_key_info().to_der().map_err(unreadable)?)?;
        if body.issuer() != body.subject() || !signed.declares_algorithm(key.algorithm()) || !signed.is_signed_by(&key)
        {
            return Err(WrongAnchor::Signature);
        }
        let constraints = body.get_extension::<BasicConstraints>().map_err(unreadable)?;
        let usage = body.get_extension::<KeyUsage>().map_err(unreadable)?;
        let usage = usage.map(|(_, usage)| usage);
        if !constraints.is_some_and(|(_, constraints)| constraints.ca)
            || !usage.as_ref().is_some_and(KeyUsage::key_cert_sign)
        {
            return Err(WrongAnchor::NoAuthority);
        }
        let (_, identifier) =
            body.get_extension::<SubjectKeyIdentifier>().map_err(unreadable)?.ok_or(WrongAnchor::NoKeyIdentifier)?;
        Ok(Self {
            fingerprint: base::digest(&[bytes]),
            name: body.subject().clone(),
            issuer: body.issuer().clone(),
            serial: Serial::read(body.serial_number()).map_err(|_| WrongAnchor::Unreadable)?,
            issuer_hashes: IssuerHashes::new(body.subject(), &key),
            signs_lists: usage.is_some_and(|usage| usage.crl_sign()),
            key,
            key_identifier: KeyIdentifier::from_bytes(identifier.0.as_bytes()),
            not_before: time::read(body.validity().not_before),
            not_after: time::read(body.validity().not_after),
        })
    }

    /// Whether the authority's own certificate is valid: it limits the validity of what it signed.
    pub(super) fn check_validity(&self, now: Timestamp) -> Result<(), CertificateRefusal> {
        if now.seconds() < self.not_before.seconds() {
            return Err(CertificateRefusal::IssuerNotYetValid(self.not_before));
        }
        if now.seconds() > self.not_after.seconds() {
            return Err(CertificateRefusal::IssuerExpired(self.not_after));
        }
        Ok(())
    }
}
