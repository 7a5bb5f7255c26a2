//! 公的個人認証サービス: the authorities that issue the certificates of cards, simulated.
//!
//! Their names contain `JPKI-SIM` and cannot be confused with the real ones. As with the real service, several generations
//! of an authority's key share one name, so that only the key distinguishes them.

mod profile;

use base::{Date, Timestamp, end_of_day};
use const_oid::ObjectIdentifier;
use der::Decode;
use x509_cert::{Certificate, name::Name};

use crate::{
    Algorithm, CertificateDraft, KeyIdentifier, Municipality, PublicKey, Serial, Signatory, SigningKey, Subject,
    Unissuable, crl, ocsp, subject::birthday_after, time,
};

/// The policies of the certificates, by their object identifiers.
pub mod policy {
    use const_oid::ObjectIdentifier;

    /// 利用者証明用 of the test hierarchy: the default of the simulated authorities.
    pub const TEST_AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.1.0.30");
    /// 署名用 of the test hierarchy.
    pub const TEST_SIGNATURE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.1.0.20");
    /// 利用者証明用 of the real service. Never issued here.
    pub const AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.1.3.30");
    /// 署名用 of the real service. Never issued here.
    pub const SIGNATURE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.392.200149.8.5.1.1.20");
}

/// The two authorities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// 利用者証明用: authentication.
    Authentication,
    /// 署名用: signing documents.
    Signature,
}

/// The practice of an authority: what every certificate contains besides the subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Practice {
    /// The policy under which it issues.
    pub policy: ObjectIdentifier,
    /// The address of its certification practice statement.
    pub statement: String,
    /// The address of its OCSP responder.
    pub ocsp: String,
}

/// A key of an authority with its self-signed certificate.
#[derive(Clone)]
pub struct Generation {
    purpose: Purpose,
    practice: Practice,
    key: SigningKey,
    certificate: Vec<u8>,
    name: Name,
    serial: Serial,
    not_before: Timestamp,
    not_after: Timestamp,
}

/// An authority: all its generations, under one name.
#[derive(Clone)]
pub struct Authority {
    generations: Vec<Generation>,
}

/// Why a key and a certificate are no generation of an authority.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongGeneration {
    /// The certificate is not in DER.
    #[error("the authority's certificate cannot be read")]
    Unreadable,
    /// The certificate has another key.
    #[error("the authority's certificate is about another key")]
    Key,
    /// Its name is not that of the simulated authority.
    #[error("the certificate names '{0}', which is no simulated authority of this purpose")]
    Name(String),
}

impl Purpose {
    /// The default policy of its certificates.
    pub fn test_policy(self) -> ObjectIdentifier {
        match self {
            Self::Authentication => policy::TEST_AUTHENTICATION,
            Self::Signature => policy::TEST_SIGNATURE,
        }
    }
}

impl Practice {
    /// The practice under the test policy, with these addresses of the responder and the statement.
    pub fn simulated(purpose: Purpose, ocsp: impl Into<String>, statement: impl Into<String>) -> Self {
        Self { policy: purpose.test_policy(), statement: statement.into(), ocsp: ocsp.into() }
    }
}

impl Generation {
    /// A new generation: the key signs its own certificate.
    pub fn create(
        purpose: Purpose,
        practice: Practice,
        key: SigningKey,
        serial: Serial,
        not_before: Timestamp,
        not_after: Timestamp,
    ) -> Result<Self, Unissuable> {
        let name = profile::authority_name(purpose)?;
        let draft = CertificateDraft::new(
            serial.clone(),
            name.clone(),
            (not_before, not_after),
            name.clone(),
            key.public_key(),
        )
        .with_extensions(profile::authority_extensions(purpose, key.public_key(), &name)?);
        let certificate = draft.sign(&key)?;
        Ok(Self { purpose, practice, key, certificate, name, serial, not_before, not_after })
    }

    /// Restores a stored generation.
    pub fn restore(
        purpose: Purpose,
        practice: Practice,
        key: SigningKey,
        certificate: Vec<u8>,
    ) -> Result<Self, WrongGeneration> {
        let name = profile::authority_name(purpose).map_err(|_| WrongGeneration::Unreadable)?;
        let read = Certificate::from_der(&certificate).map_err(|_| WrongGeneration::Unreadable)?;
        let read = read.tbs_certificate();
        if *read.subject() != name {
            return Err(WrongGeneration::Name(read.subject().to_string()));
        }
        let spki = der::Encode::to_der(read.subject_public_key_info()).map_err(|_| WrongGeneration::Unreadable)?;
        if spki != key.public_key().spki() {
            return Err(WrongGeneration::Key);
        }
        let serial = Serial::read(read.serial_number()).map_err(|_| WrongGeneration::Unreadable)?;
        let not_before = time::read(read.validity().not_before);
        let not_after = time::read(read.validity().not_after);
        Ok(Self { purpose, practice, key, certificate, name, serial, not_before, not_after })
    }

    /// Issues a 利用者証明用電子証明書, valid from `not_before` to the last second (in Japan) of the fifth birthday after it, or
    /// of the tenth for the next card, whose keys are ECDSA P-384.
    pub fn issue_authentication(
        &self,
        subject: &Subject,
        birth: Date,
        key: &PublicKey,
        serial: Serial,
        not_before: Timestamp,
    ) -> Result<Vec<u8>, Unissuable> {
        self.authentication_draft(subject, birth, key, serial, not_before)?.sign(&self.key)
    }

    /// The unsigned certificate of [`Generation::issue_authentication`].
    pub fn authentication_draft(
        &self,
        subject: &Subject,
        birth: Date,
        key: &PublicKey,
        serial: Serial,
        not_before: Timestamp,
    ) -> Result<CertificateDraft, Unissuable> {
        self.require_purpose(Purpose::Authentication)?;
        let term = (not_before, last_second(birth, not_before, key.algorithm())?);
        let draft = CertificateDraft::new(serial, self.name.clone(), term, profile::authentication_name(subject)?, key);
        Ok(draft.with_extensions(profile::authentication_extensions(self, subject.municipality(), key)?))
    }

    /// Issues a 署名用電子証明書, valid as long as one for authentication.
    pub fn issue_signature(
        &self,
        signatory: &Signatory,
        key: &PublicKey,
        serial: Serial,
        not_before: Timestamp,
    ) -> Result<Vec<u8>, Unissuable> {
        self.require_purpose(Purpose::Signature)?;
        let term = (not_before, last_second(signatory.birth, not_before, key.algorithm())?);
        let draft = CertificateDraft::new(serial, self.name.clone(), term, profile::signature_name(signatory)?, key);
        draft.with_extensions(profile::signature_extensions(self, signatory, key)?).sign(&self.key)
    }

    /// Issues a certificate for a delegated OCSP responder (RFC 6960 §4.2.2.2).
    pub fn issue_ocsp_responder(
        &self,
        key: &PublicKey,
        serial: Serial,
        not_before: Timestamp,
        not_after: Timestamp,
    ) -> Result<Vec<u8>, Unissuable> {
        self.ocsp_responder_draft(key, serial, not_before, not_after)?.sign(&self.key)
    }

    /// The unsigned certificate of [`Generation::issue_ocsp_responder`].
    pub fn ocsp_responder_draft(
        &self,
        key: &PublicKey,
        serial: Serial,
        not_before: Timestamp,
        not_after: Timestamp,
    ) -> Result<CertificateDraft, Unissuable> {
        let name = profile::responder_name(self.purpose)?;
        let draft = CertificateDraft::new(serial, self.name.clone(), (not_before, not_after), name, key);
        Ok(draft.with_extensions(profile::responder_extensions(self, key)?))
    }

    /// Signs the complete revocation list of this generation.
    pub fn sign_revocation_list(&self, list: &crl::RevocationListDraft) -> Result<Vec<u8>, Unissuable> {
        list.sign(&self.name, &self.key)
    }

    /// Signs the revocation list of one municipality's certificates, which refer to it as their distribution point.
    pub fn sign_municipal_list(
        &self,
        list: &crl::RevocationListDraft,
        municipality: &Municipality,
    ) -> Result<Vec<u8>, Unissuable> {
        let distribution_point = profile::distribution_point_name(self.purpose, municipality)?;
        list.sign_for_distribution_point(&distribution_point, &self.name, &self.key)
    }

    /// A responder that signs with this generation's own key.
    pub fn responder(&self) -> ocsp::Responder {
        ocsp::Responder::for_issuer(self.issuer_hashes(), self.key.clone())
    }

    /// A responder with a key and certificate of its own, issued by this generation.
    pub fn delegated_responder(&self, key: SigningKey, certificate: Vec<u8>) -> ocsp::Responder {
        ocsp::Responder::with_certificate(self.issuer_hashes(), key, certificate)
    }

    /// The identification of this generation in OCSP.
    pub fn issuer_hashes(&self) -> ocsp::IssuerHashes {
        ocsp::IssuerHashes::new(&self.name, self.key.public_key())
    }

    /// The purpose of its authority.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The practice of its certificates.
    pub fn practice(&self) -> &Practice {
        &self.practice
    }

    /// The DER of its own certificate.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// Its key, for storage. Nothing else may sign with it.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// The name shared by all generations of its authority.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The identifier that distinguishes it from the other generations.
    pub fn key_identifier(&self) -> &KeyIdentifier {
        self.key.public_key().identifier()
    }

    /// The validity of its own certificate, both seconds included.
    pub fn validity_period(&self) -> (Timestamp, Timestamp) {
        (self.not_before, self.not_after)
    }

    fn require_purpose(&self, purpose: Purpose) -> Result<(), Unissuable> {
        if self.purpose == purpose { Ok(()) } else { Err(Unissuable::Purpose(self.purpose)) }
    }
}

fn last_second(birth: Date, not_before: Timestamp, algorithm: Algorithm) -> Result<Timestamp, Unissuable> {
    let birthdays = match algorithm {
        Algorithm::RsaSha256 => 5,
        Algorithm::EcdsaP384Sha384 => 10,
        Algorithm::EcdsaP256Sha256 => return Err(Unissuable::NotOnCards),
    };
    let last_day = birthday_after(birth, not_before.japan_date(), birthdays);
    Ok(end_of_day(last_day).minus(base::Span::from_secs(1)))
}

impl Authority {
    /// The authority with these generations.
    pub fn new(generations: Vec<Generation>) -> Self {
        Self { generations }
    }

    /// All generations, in the order given.
    pub fn generations(&self) -> &[Generation] {
        &self.generations
    }

    /// The generation that issues at `now`: of the valid ones the last one created.
    pub fn current(&self, now: Timestamp) -> Option<&Generation> {
        let valid = |generation: &&Generation| generation.not_before <= now && now <= generation.not_after;
        self.generations.iter().filter(valid).max_by_key(|generation| generation.not_before)
    }

    /// The generation with this key.
    pub fn generation(&self, key: &KeyIdentifier) -> Option<&Generation> {
        self.generations.iter().find(|generation| generation.key_identifier() == key)
    }

    /// The generation that issued a certificate, by its id in an OCSP request.
    pub fn issuer_of(&self, certificate: &ocsp::CertificateId) -> Option<&Generation> {
        self.generations.iter().find(|generation| generation.issuer_hashes().is_issuer_of(certificate))
    }
}
