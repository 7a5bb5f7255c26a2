//! The checks of a certificate that do not depend on the time: encoding, kind, path and profile.

use std::{collections::HashSet, sync::Arc};

use base::Timestamp;
use const_oid::{
    AssociatedOid, ObjectIdentifier,
    db::rfc5912::{ID_AD_OCSP, ID_KP_CLIENT_AUTH, ID_QT_CPS, ID_QT_UNOTICE},
};
use der::{Decode, Encode, Reader, SliceReader};
use x509_cert::{
    Certificate, TbsCertificate, Version,
    ext::pkix::{
        AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies,
        CrlDistributionPoints, ExtendedKeyUsage, KeyUsage, name::GeneralName,
    },
    name::Name,
};

use super::anchors::{Anchor, Anchors};
use crate::{
    Algorithm, CertificateRefusal, KeyIdentifier, PublicKey, Serial, WrongKey, crl::directory_names, name::common_name,
    signed::Signed, time,
};

/// The DER of `KeyUsage` with `digitalSignature` and nothing else.
const DIGITAL_SIGNATURE: [u8; 4] = [0x03, 0x02, 0x07, 0x80];

/// A certificate whose path and profile are valid. Its validity period was not checked.
#[derive(Debug)]
pub(crate) struct CheckedCertificate {
    pub(super) anchor: Arc<Anchor>,
    pub(super) serial: Serial,
    pub(super) common_name: String,
    pub(super) not_before: Timestamp,
    pub(super) not_after: Timestamp,
    pub(super) key: PublicKey,
    pub(super) ocsp_address: Option<String>,
    /// The directory names of the revocation lists that cover it.
    pub(super) distribution_points: Vec<Name>,
}

/// A parsed certificate in canonical DER.
pub(super) struct ParsedCertificate<'a> {
    pub(super) signed: Signed<'a>,
    certificate: Certificate,
}

impl<'a> ParsedCertificate<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, CertificateRefusal> {
        let length = {
            let mut reader = SliceReader::new(bytes).map_err(|_| CertificateRefusal::Unreadable)?;
            reader.tlv_bytes().map_err(|_| CertificateRefusal::Unreadable)?.len()
        };
        if length < bytes.len() {
            return Err(CertificateRefusal::TrailingBytes(bytes.len() - length));
        }
        let signed = Signed::from_der(bytes).map_err(|_| CertificateRefusal::Unreadable)?;
        let certificate = Certificate::from_der(bytes).map_err(|_| CertificateRefusal::Unreadable)?;
        if certificate.to_der().is_ok_and(|canonical| canonical == bytes) {
            Ok(Self { signed, certificate })
        } else {
            Err(CertificateRefusal::Encoding)
        }
    }

    pub(super) fn body(&self) -> &TbsCertificate {
        self.certificate.tbs_certificate()
    }

    /// The extension of this kind: whether it is critical, and its bytes.
    pub(super) fn raw_extension<T: AssociatedOid>(&self) -> Option<(bool, &[u8])> {
        let mut extensions = self.body().extensions().map_or(&[][..], Vec::as_slice).iter();
        let extension = extensions.find(|extension| extension.extn_id == T::OID)?;
        Some((extension.critical, extension.extn_value.as_bytes()))
    }

    /// The same, parsed.
    pub(super) fn extension<T>(&self) -> Result<Option<(bool, T)>, CertificateRefusal>
    where
        T: AssociatedOid + for<'b> Decode<'b>,
    {
        let read = |(critical, bytes)| T::from_der(bytes).map(|value| (critical, value));
        self.raw_extension::<T>().map(read).transpose().map_err(|_| CertificateRefusal::UnreadableExtension(T::OID))
    }

    /// Checks that no extension is a duplicate, and that no extension but the `known` ones is critical.
    pub(super) fn check_extensions(&self, known_extensions: &[ObjectIdentifier]) -> Result<(), CertificateRefusal> {
        let mut identifiers = HashSet::new();
        for extension in self.body().extensions().into_iter().flatten() {
            if !identifiers.insert(extension.extn_id) {
                return Err(CertificateRefusal::DuplicateExtension(extension.extn_id));
            }
            if extension.critical && !known_extensions.contains(&extension.extn_id) {
                return Err(CertificateRefusal::CriticalExtension(extension.extn_id));
            }
        }
        Ok(())
    }

    /// Checks that it is of version 3, without fields of other versions, and no authority's.
    pub(super) fn check_end_entity(&self) -> Result<(), CertificateRefusal> {
        let body = self.body();
        if body.version() != Version::V3 {
            return Err(CertificateRefusal::Version);
        }
        if body.issuer_unique_id().is_some() || body.subject_unique_id().is_some() {
            return Err(CertificateRefusal::UniqueIdentifier);
        }
        if self.extension::<BasicConstraints>()?.is_some_and(|(_, constraints)| constraints.ca) {
            return Err(CertificateRefusal::IsAuthority);
        }
        Ok(())
    }

    pub(super) fn key(&self) -> Result<PublicKey, WrongKey> {
        let spki = self.body().subject_public_key_info().to_der().map_err(|_| WrongKey::Unreadable)?;
        PublicKey::from_spki(&spki)
    }

    pub(super) fn validity_period(&self) -> (Timestamp, Timestamp) {
        let validity = self.body().validity();
        (time::read(validity.not_before), time::read(validity.not_after))
    }
}

/// Checks encoding, kind, path and profile, in this order.
pub(super) fn check_certificate(bytes: &[u8], anchors: &Anchors) -> Result<CheckedCertificate, CertificateRefusal> {
    let certificate = ParsedCertificate::parse(bytes)?;
    check_kind(&certificate, anchors)?;
    let anchor = check_path(&certificate, anchors)?;
    let (key, common_name, serial) = check_profile(&certificate, anchors)?;
    let (not_before, not_after) = certificate.validity_period();
    if not_after < not_before {
        return Err(CertificateRefusal::EmptyValidity);
    }
    let (ocsp_address, distribution_points) = (ocsp_address(&certificate)?, distribution_points(&certificate)?);
    Ok(CheckedCertificate {
        anchor,
        serial,
        common_name,
        not_before,
        not_after,
        key,
        ocsp_address,
        distribution_points,
    })
}

/// Detects a certificate of the wrong kind before its path is verified, so that the holder gets this reason and not that of an
/// unknown authority.
fn check_kind(certificate: &ParsedCertificate<'_>, anchors: &Anchors) -> Result<(), CertificateRefusal> {
    let policies = certificate.extension::<CertificatePolicies>().ok().flatten();
    let policies = policies.map(|(_, policies)| policies.0).unwrap_or_default();
    let for_signature = policies.iter().find(|policy| anchors.policies.signature.contains(&policy.policy_identifier));
    for_signature.map_or(Ok(()), |policy| Err(CertificateRefusal::ForSignature(policy.policy_identifier)))
}

fn check_path(certificate: &ParsedCertificate<'_>, anchors: &Anchors) -> Result<Arc<Anchor>, CertificateRefusal> {
    let body = certificate.body();
    let (_, authority) =
        certificate.extension::<AuthorityKeyIdentifier>()?.ok_or(CertificateRefusal::NoAuthorityKey)?;
    let key = authority.key_identifier.as_ref().ok_or(CertificateRefusal::NoAuthorityKey)?;
    let key = KeyIdentifier::from_bytes(key.as_bytes());
    let by_key: Vec<_> = anchors.generations.iter().filter(|anchor| anchor.key_identifier == key).collect();
    if by_key.is_empty() {
        let issuer = body.issuer().to_string();
        let name_known = anchors.generations.iter().any(|anchor| anchor.name == *body.issuer());
        return Err(if name_known {
            CertificateRefusal::UnknownGeneration { issuer, key }
        } else {
            CertificateRefusal::UnknownIssuer { issuer, key }
        });
    }
    let by_name: Vec<_> = by_key.into_iter().filter(|anchor| anchor.name == *body.issuer()).collect();
    if by_name.is_empty() {
        return Err(CertificateRefusal::IssuerName { issuer: body.issuer().to_string(), key });
    }
    let anchor = by_name
        .into_iter()
        .find(|anchor| names_certificate(&authority, anchor))
        .ok_or(CertificateRefusal::IssuerCertificate(key))?;

    if !certificate.signed.matches_inner_algorithm(body.signature()) {
        return Err(CertificateRefusal::TwoAlgorithms);
    }
    if !certificate.signed.declares_algorithm(anchor.key.algorithm()) {
        return Err(CertificateRefusal::IssuerAlgorithm(anchor.key.algorithm()));
    }
    if !certificate.signed.is_signed_by(&anchor.key) {
        return Err(CertificateRefusal::IssuerSignature);
    }
    Ok(Arc::clone(anchor))
}

/// RFC 5280 §4.2.1.1: issuer and serial number of the authority's own certificate are both present or both absent.
fn names_certificate(authority: &AuthorityKeyIdentifier, anchor: &Anchor) -> bool {
    match (&authority.authority_cert_issuer, &authority.authority_cert_serial_number) {
        (None, None) => true,
        (Some(names), Some(serial)) => {
            let is_issuer =
                |name: &GeneralName| matches!(name, GeneralName::DirectoryName(name) if *name == anchor.issuer);
            names.iter().any(is_issuer) && Serial::read(serial).as_ref() == Ok(&anchor.serial)
        }
        _ => false,
    }
}

fn check_profile(
    certificate: &ParsedCertificate<'_>,
    anchors: &Anchors,
) -> Result<(PublicKey, String, Serial), CertificateRefusal> {
    let body = certificate.body();
    let known_extensions = [KeyUsage::OID, ExtendedKeyUsage::OID, CertificatePolicies::OID, BasicConstraints::OID];
    certificate.check_end_entity()?;
    let serial = Serial::read(body.serial_number()).map_err(|_| CertificateRefusal::Serial)?;
    let common_name = common_name(body.subject()).ok_or(CertificateRefusal::Subject)?;
    let key = certificate.key().map_err(CertificateRefusal::Key)?;
    if key.algorithm() == Algorithm::EcdsaP256Sha256 {
        return Err(CertificateRefusal::Key(WrongKey::Algorithm));
    }
    certificate.check_extensions(&known_extensions)?;
    check_key_usage(certificate)?;
    let purposes = certificate.extension::<ExtendedKeyUsage>()?.map(|(_, purposes)| purposes.0).unwrap_or_default();
    if !purposes.contains(&ID_KP_CLIENT_AUTH) {
        return Err(CertificateRefusal::ExtendedKeyUsage);
    }
    check_policies(certificate, anchors)?;
    Ok((key, common_name, serial))
}

fn check_key_usage(certificate: &ParsedCertificate<'_>) -> Result<(), CertificateRefusal> {
    match certificate.raw_extension::<KeyUsage>() {
        Some((true, value)) if value == DIGITAL_SIGNATURE => Ok(()),
        Some((false, value)) if value == DIGITAL_SIGNATURE => Err(CertificateRefusal::NotCritical(KeyUsage::OID)),
        _ => Err(CertificateRefusal::KeyUsage),
    }
}

fn check_policies(certificate: &ParsedCertificate<'_>, anchors: &Anchors) -> Result<(), CertificateRefusal> {
    let (critical, policies) =
        certificate.extension::<CertificatePolicies>()?.ok_or(CertificateRefusal::Policy(Vec::new()))?;
    let identifiers: Vec<_> = policies.0.iter().map(|policy| policy.policy_identifier).collect();
    if !identifiers.iter().any(|policy| anchors.policies.authentication.contains(policy)) {
        return Err(CertificateRefusal::Policy(identifiers));
    }
    // RFC 5280 §4.2.1.4: an implementation that processes the critical extension must understand its qualifiers.
    let mut qualifiers = policies.0.iter().flat_map(|policy| policy.policy_qualifiers.iter().flatten());
    if !qualifiers.all(|qualifier| [ID_QT_CPS, ID_QT_UNOTICE].contains(&qualifier.policy_qualifier_id)) {
        return Err(CertificateRefusal::UnreadableExtension(CertificatePolicies::OID));
    }
    if critical { Ok(()) } else { Err(CertificateRefusal::NotCritical(CertificatePolicies::OID)) }
}

fn ocsp_address(certificate: &ParsedCertificate<'_>) -> Result<Option<String>, CertificateRefusal> {
    let accesses = certificate.extension::<AuthorityInfoAccessSyntax>()?.map(|(_, accesses)| accesses.0);
    let mut accesses = accesses.into_iter().flatten().filter(|access| access.access_method == ID_AD_OCSP);
    Ok(accesses.find_map(|access| match access.access_location {
        GeneralName::UniformResourceIdentifier(address) => Some(address.as_str().to_owned()),
        _ => None,
    }))
}

/// Points with their own reasons or another signer are for lists that are not supported.
fn distribution_points(certificate: &ParsedCertificate<'_>) -> Result<Vec<Name>, CertificateRefusal> {
    let points = certificate.extension::<CrlDistributionPoints>()?.map(|(_, points)| points.0).unwrap_or_default();
    let complete = points.into_iter().filter(|point| point.reasons.is_none() && point.crl_issuer.is_none());
    Ok(complete.filter_map(|point| point.distribution_point).flat_map(directory_names).collect())
}
