//! The signed structure, with its body as the exact bytes that were signed.

use der::{Encode, Sequence, asn1::BitStringRef};

use crate::{Algorithm, SigningKey, Unissuable, raw::Raw};

/// The common structure of certificates and revocation lists (RFC 5280 §4.1, §5.1): a body, an algorithm, a signature.
#[derive(Debug, Clone, Copy, Sequence)]
pub(crate) struct Signed<'a> {
    pub(crate) body: Raw<'a>,
    algorithm: Raw<'a>,
    signature: BitStringRef<'a>,
}

impl<'a> Signed<'a> {
    pub(crate) fn from_parts(body: Raw<'a>, algorithm: Raw<'a>, signature: BitStringRef<'a>) -> Self {
        Self { body, algorithm, signature }
    }

    /// Whether the outer algorithm is exactly this one.
    pub(crate) fn declares_algorithm(&self, algorithm: Algorithm) -> bool {
        self.algorithm.bytes() == algorithm.signature_identifier()
    }

    /// Whether the inner algorithm is the outer one, as required by RFC 5280 §4.1.1.2 and §5.1.1.2.
    pub(crate) fn matches_inner_algorithm(&self, inner: &impl Encode) -> bool {
        inner.to_der().is_ok_and(|inner| inner == self.algorithm.bytes())
    }

    pub(crate) fn is_signed_by(&self, key: &crate::PublicKey) -> bool {
        self.signature.as_bytes().is_some_and(|signature| key.verifies(self.body.bytes(), signature))
    }
}

/// Signs the DER of a certificate or revocation list without checks; tests create invalid ones with it.
pub fn sign_body(body: &[u8], key: &SigningKey) -> Result<Vec<u8>, Unissuable> {
    sign_body_declaring(body, key, key.algorithm())
}

/// Like [`sign_body`], but declares `algorithm` as the outer one.
pub fn sign_body_declaring(body: &[u8], key: &SigningKey, algorithm: Algorithm) -> Result<Vec<u8>, Unissuable> {
    let signature = key.sign(body)?;
    let frame = Signed {
        body: Raw::new(body),
        algorithm: Raw::new(algorithm.signature_identifier()),
        signature: BitStringRef::from_bytes(&signature)?,
    };
    Ok(frame.to_der()?)
}
