//! The certificate profiles, extension by extension in the order in which the cards' certificates have them.

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
    name::{Part, name},
    subject::substitutes,
};

const COUNTRY: Part<'_> = Part::Country("JP");
/// In place of the real `JPKI`.
const ORGANIZATION: Part<'_> = Part::Organization("JPKI-SIM");
/// In place of the real `Japan Agency for Local Authority Information Systems`.
const OPERATOR: Part<'_> = Part::Unit("Simulated authority, no relation to JPKI");

/// The kinds of other names in a 署名用電子証明書, in the order in which they are written.
mod personal {
    use const_oid::ObjectIdentifier;

    pub(super) const NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.5.1");
    pub(super) const BIRTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.5.4");
    pub(super) const GENDER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.5.3");
    pub(super) const ADDRESS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.5.5");
    pub(super) const NAME_SUBSTITUTES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.5.2");
    pub(super) const ADDRESS_SUBSTITUTES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.5.6");
}

fn unit(purpose: Purpose) -> Part<'static> {
    Part::Unit(match purpose {
        Purpose::Authentication => "JPKI for user authentication",
        Purpose::Signature => "JPKI for digital signature",
    })
}

/// The name that all generations share.
pub(super) fn authority_name(purpose: Purpose) -> der::Result<Name> {
    name(&[COUNTRY, ORGANIZATION, unit(purpose), OPERATOR])
}

/// The same in Japanese.
fn japanese_name(purpose: Purpose) -> der::Result<Name> {
    let unit = match purpose {
        Purpose::Authentication => "模擬公的個人認証サービス利用者証明用",
        Purpose::Signature => "模擬公的個人認証サービス署名用",
    };
    name(&[COUNTRY, Part::Organization("模擬公的個人認証サービス"), Part::Unit(unit), Part::Unit("模擬環境")])
}

pub(super) fn authentication_name(subject: &Subject) -> der::Result<Name> {
    name(&[COUNTRY, Part::CommonName(&subject.common_name())])
}

pub(super) fn signature_name(signatory: &Signatory) -> der::Result<Name> {
    let place = &signatory.municipality;
    let common_name = signatory.common_name();
    name(&[COUNTRY, Part::Locality(place.prefecture()), Part::Locality(place.name()), Part::CommonName(&common_name)])
}

pub(super) fn responder_name(purpose: Purpose) -> der::Result<Name> {
    name(&[COUNTRY, ORGANIZATION, unit(purpose), Part::CommonName("OCSP responder")])
}

/// Where the list of a municipality's revoked certificates would stand in the directory.
pub(super) fn list_place(purpose: Purpose, municipality: &Municipality) -> der::Result<Name> {
    let municipal = format!("{} CRLDP", municipality.name());
    name(&[
        COUNTRY,
        ORGANIZATION,
        unit(purpose),
        Part::Unit("CRL Distribution Points"),
        Part::Unit(municipality.prefecture()),
        Part::CommonName(&municipal),
    ])
}

pub(super) fn of_authority(purpose: Purpose, key: &PublicKey, name: &Name) -> der::Result<Vec<Extension>> {
    Ok(vec![
        extension::key_usage(KeyUsages::KeyCertSign | KeyUsages::CRLSign)?,
        extension::subject_directory_name(japanese_name(purpose)?)?,
        extension::authority(true)?,
        extension::distribution_point(name.clone())?,
        extension::subject_key(key.identifier())?,
    ])
}

pub(super) fn of_authentication(
    issuer: &Generation,
    municipality: &Municipality,
    key: &PublicKey,
) -> der::Result<Vec<Extension>> {
    Ok(vec![
        extension::key_usage(KeyUsages::DigitalSignature)?,
        extension::extended_key_usage(&[ID_KP_CLIENT_AUTH])?,
        extension::certificate_policy(issuer.practice.policy, &issuer.practice.statement)?,
        extension::issuer_alternative_name(japanese_name(issuer.purpose)?)?,
        extension::distribution_point(list_place(issuer.purpose, municipality)?)?,
        extension::ocsp_address(&issuer.practice.ocsp)?,
        extension::authority_certificate(issuer.key_identifier(), issuer.name.clone(), &issuer.serial)?,
        extension::subject_key(key.identifier())?,
    ])
}

pub(super) fn of_signature(issuer: &Generation, signatory: &Signatory, key: &PublicKey) -> der::Result<Vec<Extension>> {
    Ok(vec![
        extension::key_usage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation)?,
        extension::subject_other_names(&other_names(signatory))?,
        extension::certificate_policy(issuer.practice.policy, &issuer.practice.statement)?,
        extension::issuer_alternative_name(japanese_name(issuer.purpose)?)?,
        extension::distribution_point(list_place(issuer.purpose, &signatory.municipality)?)?,
        extension::authority_certificate(issuer.key_identifier(), issuer.name.clone(), &issuer.serial)?,
        extension::subject_key(key.identifier())?,
    ])
}

fn other_names(signatory: &Signatory) -> [(ObjectIdentifier, String); 6] {
    [
        (personal::NAME, signatory.name.clone()),
        (personal::BIRTH, signatory.birth_text()),
        (personal::GENDER, signatory.gender.digit().to_owned()),
        (personal::ADDRESS, signatory.address.clone()),
        (personal::NAME_SUBSTITUTES, substitutes(&signatory.name_substitutes)),
        (personal::ADDRESS_SUBSTITUTES, substitutes(&signatory.address_substitutes)),
    ]
}

pub(super) fn of_responder(issuer: &Generation, key: &PublicKey) -> der::Result<Vec<Extension>> {
    Ok(vec![
        extension::key_usage(KeyUsages::DigitalSignature)?,
        extension::extended_key_usage(&[ID_KP_OCSP_SIGNING])?,
        extension::ocsp_no_check()?,
        extension::authority_certificate(issuer.key_identifier(), issuer.name.clone(), &issuer.serial)?,
        extension::subject_key(key.identifier())?,
    ])
}
