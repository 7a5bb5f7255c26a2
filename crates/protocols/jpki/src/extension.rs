//! The extensions of RFC 5280 §4.2 that the profiles use, one function each.

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

/// Whether a verifier that does not know the extension must refuse the certificate (RFC 5280 §4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Criticality {
    /// It must refuse.
    Critical,
    /// It may ignore the extension.
    NonCritical,
}

/// An extension of this kind with this value.
pub fn extension(oid: ObjectIdentifier, criticality: Criticality, value: &impl Encode) -> der::Result<Extension> {
    let extn_value = OctetString::new(value.to_der()?)?;
    Ok(Extension { extn_id: oid, critical: criticality == Criticality::Critical, extn_value })
}

/// The usage of the key. Critical.
pub fn key_usage(usages: impl Into<FlagSet<KeyUsages>>) -> der::Result<Extension> {
    extension(KeyUsage::OID, Criticality::Critical, &KeyUsage(usages.into()))
}

/// The purposes that the key is restricted to.
pub fn extended_key_usage(purposes: &[ObjectIdentifier]) -> der::Result<Extension> {
    extension(ExtendedKeyUsage::OID, Criticality::NonCritical, &ExtendedKeyUsage(purposes.to_vec()))
}

/// The policy and the address of its practice statement. Critical, as on the cards.
pub fn certificate_policy(policy: ObjectIdentifier, statement: &str) -> der::Result<Extension> {
    let statement = Any::encode_from(&Ia5String::new(statement)?)?;
    let qualifier = PolicyQualifierInfo { policy_qualifier_id: ID_QT_CPS, qualifier: Some(statement) };
    let information = PolicyInformation { policy_identifier: policy, policy_qualifiers: Some(vec![qualifier]) };
    extension(CertificatePolicies::OID, Criticality::Critical, &CertificatePolicies(vec![information]))
}

/// Whether the subject is an authority. Critical.
pub fn basic_constraints(is_authority: bool) -> der::Result<Extension> {
    extension(
        BasicConstraints::OID,
        Criticality::Critical,
        &BasicConstraints { ca: is_authority, path_len_constraint: None },
    )
}

/// A further directory name of the issuer.
pub fn issuer_alternative_name(name: Name) -> der::Result<Extension> {
    extension(ID_CE_ISSUER_ALT_NAME, Criticality::NonCritical, &vec![GeneralName::DirectoryName(name)])
}

/// A further directory name of the subject.
pub fn subject_directory_name(name: Name) -> der::Result<Extension> {
    extension(ID_CE_SUBJECT_ALT_NAME, Criticality::NonCritical, &vec![GeneralName::DirectoryName(name)])
}

/// Further names of the subject, each a text of its own kind.
pub fn subject_other_names(names: &[(ObjectIdentifier, String)]) -> der::Result<Extension> {
    let names: der::Result<Vec<_>> = names
        .iter()
        .map(|(kind, text)| Ok(GeneralName::OtherName(OtherName { type_id: *kind, value: name::utf8_string(text)? })))
        .collect();
    extension(ID_CE_SUBJECT_ALT_NAME, Criticality::NonCritical, &names?)
}

/// Host names and addresses of the subject.
pub fn subject_hosts(names: &[&str], addresses: &[IpAddr]) -> der::Result<Extension> {
    let names = names.iter().map(|name| Ia5String::new(name).map(GeneralName::DnsName));
    let addresses = addresses.iter().map(|address| Ok(GeneralName::from(*address)));
    let hosts: der::Result<Vec<_>> = names.chain(addresses).collect();
    extension(ID_CE_SUBJECT_ALT_NAME, Criticality::NonCritical, &hosts?)
}

/// The distribution point of the revocation list, as a directory name, not an address.
pub fn crl_distribution_point(name: Name) -> der::Result<Extension> {
    let name = DistributionPointName::FullName(vec![GeneralName::DirectoryName(name)]);
    let point = DistributionPoint { distribution_point: Some(name), reasons: None, crl_issuer: None };
    extension(CrlDistributionPoints::OID, Criticality::NonCritical, &CrlDistributionPoints(vec![point]))
}

/// The scope of a list: the certificates with this distribution point (RFC 5280 §5.2.5). Critical.
pub fn issuing_distribution_point(name: Name) -> der::Result<Extension> {
    let value = IssuingDistributionPoint {
        distribution_point: Some(DistributionPointName::FullName(vec![GeneralName::DirectoryName(name)])),
        only_contains_user_certs: false,
        only_contains_ca_certs: false,
        only_some_reasons: None,
        indirect_crl: false,
        only_contains_attribute_certs: false,
    };
    extension(ID_CE_ISSUING_DISTRIBUTION_POINT, Criticality::Critical, &value)
}

/// The address of the OCSP responder.
pub fn authority_info_access(address: &str) -> der::Result<Extension> {
    let access_location = GeneralName::UniformResourceIdentifier(Ia5String::new(address)?);
    let access = AccessDescription { access_method: ID_AD_OCSP, access_location };
    extension(AuthorityInfoAccessSyntax::OID, Criticality::NonCritical, &AuthorityInfoAccessSyntax(vec![access]))
}

/// The issuer's key, by its identifier alone.
pub fn authority_key_identifier(key: &KeyIdentifier) -> der::Result<Extension> {
    let key_identifier = Some(OctetString::new(key.as_bytes())?);
    extension(
        AuthorityKeyIdentifier::OID,
        Criticality::NonCritical,
        &AuthorityKeyIdentifier { key_identifier, ..AuthorityKeyIdentifier::default() },
    )
}

/// The issuer's key, by its identifier and by the issuer's name and the serial number of its certificate.
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

/// The identifier of the subject's key.
pub fn subject_key_identifier(key: &KeyIdentifier) -> der::Result<Extension> {
    let value = SubjectKeyIdentifier(OctetString::new(key.as_bytes())?);
    extension(SubjectKeyIdentifier::OID, Criticality::NonCritical, &value)
}

/// Exempts the responder's own certificate from a revocation check (RFC 6960 §4.2.2.2.1).
pub fn ocsp_no_check() -> der::Result<Extension> {
    extension(ID_PKIX_OCSP_NOCHECK, Criticality::NonCritical, &Null)
}
