//! The verification of a responder's certificate.

use base::Timestamp;
use const_oid::{
    AssociatedOid,
    db::{rfc5912::ID_KP_OCSP_SIGNING, rfc6960::ID_PKIX_OCSP_NOCHECK},
};
use x509_cert::{
    ext::pkix::{AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage},
    name::Name,
};

use super::{anchors::Anchor, path_validation::ParsedCertificate};
use crate::{CertificateRefusal, PublicKey, RevocationRefusal, ocsp::ResponderName};

/// A responder's certificate from an authority. Its validity period was not checked.
#[derive(Debug)]
pub(crate) struct DelegatedResponder {
    name: Name,
    pub(super) key: PublicKey,
    not_before: Timestamp,
    pub(super) not_after: Timestamp,
}

impl DelegatedResponder {
    /// Whether it is the responder of this name.
    pub(super) fn matches_name(&self, name: &ResponderName) -> bool {
        matches_name(name, &self.name, &self.key)
    }

    pub(super) fn check_validity(&self, now: Timestamp) -> Result<(), RevocationRefusal> {
        if now.seconds() < self.not_before.seconds() {
            return Err(RevocationRefusal::ResponderNotYetValid(self.not_before));
        }
        if now.seconds() > self.not_after.seconds() {
            return Err(RevocationRefusal::ResponderExpired(self.not_after));
        }
        Ok(())
    }
}

pub(super) fn matches_name(responder: &ResponderName, name: &Name, key: &PublicKey) -> bool {
    match responder {
        ResponderName::Name(responder_name) => responder_name == name,
        ResponderName::Key(identifier) => identifier == key.identifier(),
    }
}

/// RFC 6960 §4.2.2.2: issued directly by the authority for which it responds, for OCSPSigning.
pub(super) fn check_delegated_responder(
    bytes: &[u8],
    anchor: &Anchor,
) -> Result<DelegatedResponder, RevocationRefusal> {
    let invalid = |refusal: CertificateRefusal| RevocationRefusal::ResponderCertificate(Box::new(refusal));
    let certificate = ParsedCertificate::parse(bytes).map_err(invalid)?;
    let body = certificate.body();
    let authority = certificate.extension::<AuthorityKeyIdentifier>().map_err(invalid)?;
    let other_key = authority
        .and_then(|(_, authority)| authority.key_identifier)
        .is_some_and(|key| key.as_bytes() != anchor.key_identifier.as_bytes());
    if *body.issuer() != anchor.name || other_key {
        return Err(RevocationRefusal::ResponderIssuer);
    }
    if !certificate.signed.matches_inner_algorithm(body.signature())
        || !certificate.signed.declares_algorithm(anchor.key.algorithm())
        || !certificate.signed.is_signed_by(&anchor.key)
    {
        return Err(RevocationRefusal::ResponderCertificateSignature);
    }
    certificate.check_end_entity().map_err(invalid)?;
    let known_extensions = [KeyUsage::OID, ExtendedKeyUsage::OID, BasicConstraints::OID];
    certificate.check_extensions(&known_extensions).map_err(invalid)?;
    let purposes = certificate.extension::<ExtendedKeyUsage>().map_err(invalid)?;
    if !purposes.is_some_and(|(_, purposes)| purposes.0.contains(&ID_KP_OCSP_SIGNING)) {
        return Err(RevocationRefusal::ResponderPurpose);
    }
    let usage = certificate.extension::<KeyUsage>().map_err(invalid)?;
    if usage.is_some_and(|(_, usage)| !usage.digital_signature()) {
        return Err(invalid(CertificateRefusal::KeyUsage));
    }
    // RFC 6960 §4.2.2.2.1: without it the revocation status of this certificate would have to be checked too.
    if !body.extensions().into_iter().flatten().any(|extension| extension.extn_id == ID_PKIX_OCSP_NOCHECK) {
        return Err(RevocationRefusal::ResponderWithoutNoCheck);
    }
    let key = certificate.key().map_err(|wrong| invalid(CertificateRefusal::Key(wrong)))?;
    let (not_before, not_after) = certificate.validity_period();
    Ok(DelegatedResponder { name: body.subject().clone(), key, not_before, not_after })
}
