//! The extensions of RFC 5280 §4.2 that our profiles write, one function each.

use std::net::IpAddr;

use const_oid::{
    AssociatedOid, ObjectIdentifier,
    db::{
        rfc5912::{
            ID_AD_OCSP, ID_CE_ISSUER_ALT_NAME, ID_CE_ISSUING_DISTRIBUTION_POINT, ID_CE_SUBJECT_ALT_NAME, ID_QT_CPS,
        },
        rfc6960::ID_PKIX_OCSP_NOCHECK,
    },
};
use der::{
    Encode,
    asn1::{Any, Ia5String, Null, OctetString},
    flagset::FlagSet,
};
use x509_cert::ext::pkix::AccessDescription;
use x509_cert::{
    ext::{
        Extension,
        pkix::{
            AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies,
            CrlDistributionPoints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectKeyIdentifier,
            certpolicy::{PolicyInformation, PolicyQualifierInfo},
            crl::dp::{DistributionPoint, IssuingDistributionPoint},
            name::{DistributionPointName, GeneralName, OtherName},
        },
    },
    name::Name,
};

use crate::{KeyIdentifier, Serial, name};

/// Whether a verifier that does not know the extension must refuse (RFC 5280 §4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Criticality {
    /// It must.
    Critical,
    /// It may pass over it.
    NonCritical,
}

/// An extension of this kind with this value.
pub fn extension(oid: ObjectIdentifier, weight: Criticality, value: &impl Encode) -> der::Result<Extension> {
    let extn_value = OctetString::new(value.to_der()?)?;
    Ok(Extension { extn_id: oid, critical: weight == Criticality::Critical, extn_value })
}

/// What the key may be used for. Critical.
pub fn key_usage(usages: impl Into<FlagSet<KeyUsages>>) -> der::Result<Extension> {
    extension(KeyUsage::OID, Criticality::Critical, &KeyUsage(usages.into()))
}

/// The purposes that the key is restricted to.
pub fn extended_key_usage(purposes: &[ObjectIdentifier]) -> der::Result<Extension> {
    extension(ExtendedKeyUsage::OID, Criticality::NonCritical, &ExtendedKeyUsage(purposes.to_vec()))
}

/// The policy and where its statement stands. Critical, as the cards have it.
pub fn certificate_policy(policy: ObjectIdentifier, statement: &str) -> der::Result<Extension> {
    let statement = Any::encode_from(&Ia5String::new(statement)?)?;
    let qualifier = PolicyQualifierInfo { policy_qualifier_id: ID_QT_CPS, qualifier: Some(statement) };
    let information = PolicyInformation { policy_identifier: policy, policy_qualifiers: Some(vec![qualifier]) };
    extension(CertificatePolicies::OID, Criticality::Critical, &CertificatePolicies(vec![information]))
}

/// Whether it is an authority's certificate. Critical.
pub fn basic_constraints(is_one: bool) -> der::Result<Extension> {
    extension(BasicConstraints::OID, Criticality::Critical, &BasicConstraints { ca: is_one, path_len_constraint: None })
}

/// The issuer by another directory name.
pub fn issuer_alternative_name(name: Name) -> der::Result<Extension> {
    extension(ID_CE_ISSUER_ALT_NAME, Criticality::NonCritical, &vec![GeneralName::DirectoryName(name)])
}

/// The subject by another directory name.
pub fn subject_directory_name(name: Name) -> der::Result<Extension> {
    extension(ID_CE_SUBJECT_ALT_NAME, Criticality::NonCritical, &vec![GeneralName::DirectoryName(name)])
}

/// The subject by other names of its own kinds, each a text.
pub fn subject_other_names(names: &[(ObjectIdentifier, String)]) -> der::Result<Extension> {
    let names: der::Result<Vec<_>> = names
        .iter()
        .map(|(kind, text)| Ok(GeneralName::OtherName(OtherName { type_id: *kind, value: name::utf8_string(text)? })))
        .collect();
    extension(ID_CE_SUBJECT_ALT_NAME, Criticality::NonCritical, &names?)
}

/// The subject by host names and addresses.
pub fn subject_hosts(names: &[&str], addresses: &[IpAddr]) -> der::Result<Extension> {
    let names = names.iter().map(|name| Ia5String::new(name).map(GeneralName::DnsName));
    let addresses = addresses.iter().map(|address| Ok(GeneralName::from(*address)));
    let hosts: der::Result<Vec<_>> = names.chain(addresses).collect();
    extension(ID_CE_SUBJECT_ALT_NAME, Criticality::NonCritical, &hosts?)
}

/// Where the revocation list stands, as a place in a directory: no address.
pub fn crl_distribution_point(place: Name) -> der::Result<Extension> {
    let place = DistributionPointName::FullName(vec![GeneralName::DirectoryName(place)]);
    let point = DistributionPoint { distribution_point: Some(place), reasons: None, crl_issuer: None };
    extension(CrlDistributionPoints::OID, Criticality::NonCritical, &CrlDistributionPoints(vec![point]))
}

/// Of which certificates a list speaks: those that name this place (RFC 5280 §5.2.5). Critical.
pub fn issuing_distribution_point(place: Name) -> der::Result<Extension> {
    let value = IssuingDistributionPoint {
        distribution_point: Some(DistributionPointName::FullName(vec![GeneralName::DirectoryName(place)])),
        only_contains_user_certs: false,
        only_contains_ca_certs: false,
        only_some_reasons: None,
        indirect_crl: false,
        only_contains_attribute_certs: false,
    };
    extension(ID_CE_ISSUING_DISTRIBUTION_POINT, Criticality::Critical, &value)
}

/// Where the OCSP responder answers.
pub fn authority_info_access(address: &str) -> der::Result<Extension> {
    let access_location = GeneralName::UniformResourceIdentifier(Ia5String::new(address)?);
    let access = AccessDescription { access_method: ID_AD_OCSP, access_location };
    extension(AuthorityInfoAccessSyntax::OID, Criticality::NonCritical, &AuthorityInfoAccessSyntax(vec![access]))
}

/// The issuer's key, by identifier alone.
pub fn authority_key_identifier(key: &KeyIdentifier) -> der::Result<Extension> {
    let key_identifier = Some(OctetString::new(key.as_bytes())?);
    extension(
        AuthorityKeyIdentifier::OID,
        Criticality::NonCritical,
        &AuthorityKeyIdentifier { key_identifier, ..AuthorityKeyIdentifier::default() },
    )
}

/// The issuer's key, by identifier and by the name and number on the issuer's own certificate.
pub fn authority_key_identifier_with_certificate(
    key: &KeyIdentifier,
    issuer: Name,
    serial: &Serial,
) -> der::Result<Extension> {
    let value = AuthorityKeyIdentifier {
        key_identifier: Some(OctetString::new(key.as_bytes())?),
        authority_cert_issuer: Some(vec![GeneralName::DirectoryName(issuer)]),
        authority_cert_serial_number: Some(serial.write()),
    };
    extension(AuthorityKeyIdentifier::OID, Criticality::NonCritical, &value)
}

/// The subject's key.
pub fn subject_key_identifier(key: &KeyIdentifier) -> der::Result<Extension> {
    let value = SubjectKeyIdentifier(OctetString::new(key.as_bytes())?);
    extension(SubjectKeyIdentifier::OID, Criticality::NonCritical, &value)
}

/// The responder's own certificate need not be asked for (RFC 6960 §4.2.2.2.1).
pub fn ocsp_no_check() -> der::Result<Extension> {
    extension(ID_PKIX_OCSP_NOCHECK, Criticality::NonCritical, &Null)
}
