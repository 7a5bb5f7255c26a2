use base::Timestamp;
use der::{Encode, Sequence};
use x509_cert::{
    Version,
    ext::{Extension, Extensions},
    name::Name,
    serial_number::SerialNumber,
    time::Validity,
};

use crate::{Algorithm, PublicKey, Serial, SigningKey, Unissuable, raw::Raw, signed, time};

/// An unsigned certificate. Its content is signed without checks: the profiles of the authorities fill drafts correctly, and
/// tests deviate from them in one field.
#[derive(Debug, Clone)]
pub struct CertificateDraft {
    pub serial: Serial,
    /// The signing authority.
    pub issuer: Name,
    /// The first second at which it is valid.
    pub not_before: Timestamp,
    /// The last second at which it is valid.
    pub not_after: Timestamp,
    /// The holder.
    pub subject: Name,
    /// The DER of the `SubjectPublicKeyInfo`.
    pub public_key: Vec<u8>,
    /// In the order in which they are encoded.
    pub extensions: Extensions,
}

/// `TBSCertificate`, RFC 5280 §4.1
#[derive(Sequence)]
struct CertificateBody<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", default = "Default::default")]
    version: Version,
    serial: SerialNumber,
    algorithm: Raw<'a>,
    issuer: Raw<'a>,
    validity: Validity,
    subject: Raw<'a>,
    public_key: Raw<'a>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

impl CertificateDraft {
    pub(crate) fn new(
        serial: Serial,
        issuer: Name,
        (not_before, not_after): (Timestamp, Timestamp),
        subject: Name,
        public_key: &PublicKey,
    ) -> Self {
        let public_key = public_key.spki().to_vec();
        Self { serial, issuer, not_before, not_after, subject, public_key, extensions: Vec::new() }
    }

    /// Sets the extensions, in this order.
    #[must_use]
    pub fn with_extensions(mut self, extensions: impl IntoIterator<Item = Extension>) -> Self {
        self.extensions.extend(extensions);
        self
    }

    /// The DER of the `TBSCertificate` with `algorithm`.
    pub fn body(&self, algorithm: Algorithm) -> Result<Vec<u8>, Unissuable> {
        let (issuer, subject) = (self.issuer.to_der()?, self.subject.to_der()?);
        let body = CertificateBody {
            version: Version::V3,
            serial: self.serial.write(),
            algorithm: Raw::new(algorithm.signature_identifier()),
            issuer: Raw::new(&issuer),
            validity: Validity::new(time::write(self.not_before)?, time::write(self.not_after)?),
            subject: Raw::new(&subject),
            public_key: Raw::new(&self.public_key),
            extensions: Some(self.extensions.clone()).filter(|extensions| !extensions.is_empty()),
        };
        Ok(body.to_der()?)
    }

    /// The DER of the certificate, signed by `key`.
    pub fn sign(&self, key: &SigningKey) -> Result<Vec<u8>, Unissuable> {
        signed::sign_body(&self.body(key.algorithm())?, key)
    }
}
