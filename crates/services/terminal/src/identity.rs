use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use zeroize::Zeroizing;

/// The client identity of an institution at the system: its certificate, intermediate certificates if any, and the key.
///
/// A secret: it has no `Debug`.
pub struct Identity {
    /// DER, the institution's own first.
    pub(crate) certificates: Vec<Vec<u8>>,
    /// DER: PKCS#8, or SEC1 or PKCS#1 where it came as PEM.
    pub(crate) key: Zeroizing<Vec<u8>>,
}

/// PEM files without an identity.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableIdentity {
    #[error("there is no certificate in PEM")]
    NoCertificate,
    #[error("there is no private key in PEM")]
    NoKey,
}

impl Identity {
    /// From the DER of a certificate, and of its key as PKCS#8.
    pub fn from_der(certificate: Vec<u8>, key: Zeroizing<Vec<u8>>) -> Self {
        Self { certificates: vec![certificate], key }
    }

    /// From files as OpenSSL writes them: certificates (the institution's own first) and an unencrypted key.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, UnreadableIdentity> {
        let parsed: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificates).collect();
        let certificates: Vec<Vec<u8>> =
            parsed.map_err(|_| UnreadableIdentity::NoCertificate)?.into_iter().map(|der| der.to_vec()).collect();
        if certificates.is_empty() {
            return Err(UnreadableIdentity::NoCertificate);
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| UnreadableIdentity::NoKey)?;
        Ok(Self { certificates, key: Zeroizing::new(key.secret_der().to_vec()) })
    }
}
