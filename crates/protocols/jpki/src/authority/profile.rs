//! The certificate profiles, with the extensions in the order of the cards' certificates.

use const_oid::{
    ObjectIdentifier,
    db::rfc5912::{ID_KP_CLIENT_AUTH, ID_KP_OCSP_SIGNING},
};
use x509_cert::{
    ext::{Extension, pkix::KeyUsages},
    name::Name,
};

use super::{Generation, Purpose};
use crate::{
    Municipality, PublicKey, Signatory, Subject, extension,
    name::{NameAttribute, build_name},
    subject::substitute_digits,
};

const COUNTRY: NameAttribute<'_> = NameAttribute::Country("JP");
/// In place of the real `JPKI`.
const ORGANIZATION: NameAttribute<'_> = NameAttribute::Organization("JPKI-SIM");
/// In place of the real `Japan Agency for Local Authority Information Systems`.
const OPERATOR: NameAttribute<'_> = NameAttribute::OrganizationalUnit("Simulated authority, no relation to JPKI");

/// The kinds of other names in a 署名用電子証明書, in their order.
mod personal {
    use const_oid::ObjectIdentifier;

    pub(super) const NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.5.1");
    pub(super) const BIRTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.5.4");
    pub(super) const GENDER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.5.3");
    pub(super) const ADDRESS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.5.5");
    pub(super) const NAME_SUBSTITUTES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.5.2");
    pub(super) const ADDRESS_SUBSTITUTES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.5.6");
}

fn organizational_unit(purpose: Purpose) -> NameAttribute<'static> {
    NameAttribute::OrganizationalUnit(match purpose {
        Purpose::Authentication => "JPKI for user authentication",
        Purpose::Signature => "JPKI for digital signature",
    })
}

/// The name that all generations share.
pub(super) fn authority_name(purpose: Purpose) -> der::Result<Name> {
    build_name(&[COUNTRY, ORGANIZATION, organizational_unit(purpose), OPERATOR])
}

/// The Japanese form of the name.
fn japanese_name(purpose: Purpose) -> der::Result<Name> {
    let unit = match purpose {
        Purpose::Authentication => "模擬公的個人認証サービス利用者証明用",
        Purpose::Signature => "模擬公的個人認証サービス署名用",
    };
    build_name(&[
        COUNTRY,
        NameAttribute::Organization("模擬公的個人認証サービス"),
        NameAttribute::OrganizationalUnit(unit),
        NameAttribute::OrganizationalUnit("模擬環境"),
    ])
}

pub(super) fn authentication_name(subject: &Subject) -> der::Result<Name> {
    build_name(&[COUNTRY, NameAttribute::CommonName(&subject.common_name())])
}

pub(super) fn signature_name(signatory: &Signatory) -> der::Result<Name> {
    let municipality = &signatory.municipality;
    let common_name = signatory.common_name();
    build_name(&[
        COUNTRY,
        NameAttribute::Locality(municipality.prefecture()),
        NameAttribute::Locality(municipality.name()),
        NameAttribute::CommonName(&common_name),
    ])
}

pub(super) fn responder_name(purpose: Purpose) -> der::Result<Name> {
    build_name(&[COUNTRY, ORGANIZATION, organizational_unit(purpose), NameAttribute::CommonName("OCSP responder")])
}

/// The directory name of the revocation list of a municipality's certificates.
pub(super) fn distribution_point_name(purpose: Purpose, municipality: &Municipality) -> der::Result<Name> {
    let municipal = format!("{} CRLDP", municipality.name());
    build_name(&[
        COUNTRY,
        ORGANIZATION,
        organizational_unit(purpose),
        NameAttribute::OrganizationalUnit("CRL Distribution Points"),
        NameAttribute::OrganizationalUnit(municipality.prefecture()),
        NameAttribute::CommonName(&municipal),
    ])
}

pub(super) fn authority_extensions(purpose: Purpose, key: &PublicKey, name: &Name) -> der::Result<Vec<Extension>> {
    Ok(vec![
        extension::key_usage(KeyUsages::KeyCertSign | KeyUsages::CRLSign)?,
        extension::subject_directory_name(japanese_name(purpose)?)?,
        extension::basic_constraints(true)?,
        extension::crl_distribution_point(name.clone())?,
        extension::subject_key_identifier(key.identifier())?,
    ])
}

pub(super) fn authentication_extensions(
    issuer: &Generation,
    municipality: &Municipality,
    key: &PublicKey,
) -> der::Result<Vec<Extension>> {
    Ok(vec![
        extension::key_usage(KeyUsages::DigitalSignature)?,
        extension::extended_key_usage(&[ID_KP_CLIENT_AUTH])?,
        extension::certificate_policy(issuer.practice.policy, &issuer.practice.statement)?,
        extension::issuer_alternative_name(japanese_name(issuer.purpose)?)?,
        extension::crl_distribution_point(distribution_point_name(issuer.purpose, municipality)?)?,
        extension::authority_info_access(&issuer.practice.ocsp)?,
        extension::authority_key_identifier_with_certificate(
            issuer.key_identifier(),
            issuer.name.clone(),
            &issuer.serial,
        )?,
        extension::subject_key_identifier(key.identifier())?,
    ])
}

pub(super) fn signature_extensions(
    issuer: &Generation,
    signatory: &Signatory,
    key: &PublicKey,
) -> der::Result<Vec<Extension>> {
    Ok(vec![
        extension::key_usage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation)?,
        extension::subject_other_names(&other_names(signatory))?,
        extension::certificate_policy(issuer.practice.policy, &issuer.practice.statement)?,
        extension::issuer_alternative_name(japanese_name(issuer.purpose)?)?,
        extension::crl_distribution_point(distribution_point_name(issuer.purpose, &signatory.municipality)?)?,
        extension::authority_key_identifier_with_certificate(
            issuer.key_identifier(),
            issuer.name.clone(),
            &issuer.serial,
        )?,
        extension::subject_key_identifier(key.identifier())?,
    ])
}

fn other_names(signatory: &Signatory) -> [(ObjectIdentifier, String); 6] {
    [
        (personal::NAME, signatory.name.clone()),
        (personal::BIRTH, signatory.birth_text()),
        (personal::GENDER, signatory.gender.digit().to_owned()),
        (personal::ADDRESS, signatory.address.clone()),
        (personal::NAME_SUBSTITUTES, substitute_digits(&signatory.name_substitutes)),
        (personal::ADDRESS_SUBSTITUTES, substitute_digits(&signatory.address_substitutes)),
    ]
}

pub(super) fn responder_extensions(issuer: &Generation, key: &PublicKey) -> der::Result<Vec<Extension>> {
    Ok(vec![
        extension::key_usage(KeyUsages::DigitalSignature)?,
        extension::extended_key_usage(&[ID_KP_OCSP_SIGNING])?,
        extension::ocsp_no_check()?,
        extension::authority_key_identifier_with_certificate(
            issuer.key_identifier(),
            issuer.name.clone(),
            &issuer.serial,
        )?,
        extension::subject_key_identifier(key.identifier())?,
    ])
}
