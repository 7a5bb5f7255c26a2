//! Certificates of machines, for mutual TLS: the eligibility system's server, and one client per institution.
//!
//! They share only the encoding with persons' certificates: they have another authority, other keys (ECDSA P-256), and a
//! profile that ordinary TLS libraries accept.

use std::net::IpAddr;

use base::{InstitutionCode, Randomness, Timestamp};
use const_oid::db::rfc5912::{ID_KP_CLIENT_AUTH, ID_KP_SERVER_AUTH};
use der::Decode;
use x509_cert::{Certificate, ext::pkix::KeyUsages, name::Name};

use crate::{
    CertificateDraft, PublicKey, Serial, SigningKey, Unissuable, crl, extension,
    name::{NameAttribute, build_name, common_name},
};

/// The authority that issues certificates of machines.
#[derive(Clone)]
pub struct MachineAuthority {
    key: SigningKey,
    certificate: Vec<u8>,
    name: Name,
}

/// The validity of a certificate, both seconds included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValidityPeriod {
    pub not_before: Timestamp,
    pub not_after: Timestamp,
}

/// A newly issued certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedCertificate {
    /// For revoking it.
    pub serial: Serial,
    /// Its DER.
    pub certificate: Vec<u8>,
}

/// Why a certificate names no institution.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoInstitution {
    /// It cannot be parsed.
    #[error("the client certificate cannot be read")]
    Unreadable,
    /// It does not have exactly one common name.
    #[error("the client certificate has not exactly one common name")]
    NoName,
    /// Its common name is no institution code.
    #[error("the client certificate names '{0}': {1}")]
    Code(String, base::WrongInstitutionCode),
}

impl MachineAuthority {
    /// A new authority: the key signs its own certificate.
    pub fn create(key: SigningKey, randomness: &Randomness, term: ValidityPeriod) -> Result<Self, Unissuable> {
        let name = authority_name()?;
        let identifier = key.public_key().identifier().clone();
        let draft = draft(Serial::random(randomness), &name, term, name.clone(), key.public_key()).with_extensions([
            extension::authority_key_identifier(&identifier)?,
            extension::subject_key_identifier(&identifier)?,
            extension::key_usage(KeyUsages::KeyCertSign | KeyUsages::CRLSign)?,
            extension::basic_constraints(true)?,
        ]);
        let certificate = draft.sign(&key)?;
        Ok(Self { key, certificate, name })
    }

    /// Restores a stored authority; `None` if the certificate is not one of this key.
    pub fn restore(key: SigningKey, certificate: Vec<u8>) -> Option<Self> {
        let name = authority_name().ok()?;
        let parsed = Certificate::from_der(&certificate).ok()?;
        let spki = der::Encode::to_der(parsed.tbs_certificate().subject_public_key_info()).ok()?;
        let is_matching = *parsed.tbs_certificate().subject() == name && spki == key.public_key().spki();
        is_matching.then_some(Self { key, certificate, name })
    }

    /// Issues a server's certificate for host names and addresses.
    pub fn issue_server(
        &self,
        key: &PublicKey,
        names: &[&str],
        addresses: &[IpAddr],
        randomness: &Randomness,
        term: ValidityPeriod,
    ) -> Result<IssuedCertificate, Unissuable> {
        let called =
            names.first().map_or_else(|| addresses.first().map(ToString::to_string), |name| Some((*name).into()));
        let subject =
            build_name(&[COUNTRY, ORGANIZATION, NameAttribute::CommonName(&called.ok_or(Unissuable::Nameless)?)])?;
        let hosts = extension::subject_hosts(names, addresses)?;
        self.issue(subject, key, randomness, term, [extension::extended_key_usage(&[ID_KP_SERVER_AUTH])?, hosts])
    }

    /// Issues an institution's client certificate. Its common name is the institution code.
    pub fn issue_client(
        &self,
        institution: InstitutionCode,
        key: &PublicKey,
        randomness: &Randomness,
        term: ValidityPeriod,
    ) -> Result<IssuedCertificate, Unissuable> {
        let subject = build_name(&[COUNTRY, ORGANIZATION, NameAttribute::CommonName(&institution.to_string())])?;
        self.issue(subject, key, randomness, term, [extension::extended_key_usage(&[ID_KP_CLIENT_AUTH])?])
    }

    /// Signs a revocation list, in the form that TLS libraries accept.
    pub fn sign_revocation_list(&self, list: &crl::RevocationListDraft) -> Result<Vec<u8>, Unissuable> {
        list.sign(&self.name, &self.key)
    }

    /// The DER of its own certificate.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// Its key, for storage.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    fn issue(
        &self,
        subject: Name,
        key: &PublicKey,
        randomness: &Randomness,
        term: ValidityPeriod,
        special: impl IntoIterator<Item = x509_cert::ext::Extension>,
    ) -> Result<IssuedCertificate, Unissuable> {
        let serial = Serial::random(randomness);
        let draft = draft(serial.clone(), &self.name, term, subject, key)
            .with_extensions([
                extension::authority_key_identifier(self.key.public_key().identifier())?,
                extension::subject_key_identifier(key.identifier())?,
                extension::key_usage(KeyUsages::DigitalSignature)?,
                extension::basic_constraints(false)?,
            ])
            .with_extensions(special);
        Ok(IssuedCertificate { serial, certificate: draft.sign(&self.key)? })
    }
}

const COUNTRY: NameAttribute<'_> = NameAttribute::Country("JP");
const ORGANIZATION: NameAttribute<'_> = NameAttribute::Organization("UKETSUKE-SIM");

fn authority_name() -> der::Result<Name> {
    build_name(&[COUNTRY, ORGANIZATION, NameAttribute::CommonName("Simulated authority for machines")])
}

fn draft(serial: Serial, issuer: &Name, term: ValidityPeriod, subject: Name, key: &PublicKey) -> CertificateDraft {
    CertificateDraft::new(serial, issuer.clone(), (term.not_before, term.not_after), subject, key)
}

/// The institution of a client certificate (DER). Nothing is verified here: TLS has verified the certificate before.
pub fn parse_institution(certificate: &[u8]) -> Result<InstitutionCode, NoInstitution> {
    let certificate = Certificate::from_der(certificate).map_err(|_| NoInstitution::Unreadable)?;
    let called = common_name(certificate.tbs_certificate().subject()).ok_or(NoInstitution::NoName)?;
    called.parse().map_err(|wrong| NoInstitution::Code(called, wrong))
}

/// The serial number of a certificate (DER), as on revocation lists.
pub fn parse_serial(certificate: &[u8]) -> Option<Serial> {
    Serial::read(Certificate::from_der(certificate).ok()?.tbs_certificate().serial_number()).ok()
}
