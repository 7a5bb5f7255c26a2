use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, RSA_PKCS1_2048_8192_SHA256, VerificationAlgorithm,
};

/// The signature algorithm of a key: the kind of key with its one hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256 and a key of 2048 bits: the current cards.
    RsaSha256,
    /// ECDSA on P-384 with SHA-384: the next card.
    EcdsaP384Sha384,
    /// ECDSA on P-256 with SHA-256: certificates of machines, never of persons.
    EcdsaP256Sha256,
}

impl Algorithm {
    /// All algorithms.
    pub const ALL: [Self; 3] = [Self::RsaSha256, Self::EcdsaP384Sha384, Self::EcdsaP256Sha256];

    /// The DER of its `AlgorithmIdentifier` in a signature. RFC 4055 §5 (NULL parameters), RFC 5758 §3.2 (none).
    pub fn signature_identifier(self) -> &'static [u8] {
        match self {
            Self::RsaSha256 => b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00",
            Self::EcdsaP384Sha384 => b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03",
            Self::EcdsaP256Sha256 => b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02",
        }
    }

    /// The DER of its `AlgorithmIdentifier` in a public key. RFC 3279 §2.3.1, RFC 5480 §2.1.1.
    pub fn key_identifier(self) -> &'static [u8] {
        match self {
            Self::RsaSha256 => b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00",
            Self::EcdsaP384Sha384 => b"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22",
            Self::EcdsaP256Sha256 => {
                b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"
            }
        }
    }

    pub(crate) fn verification(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::RsaSha256 => &RSA_PKCS1_2048_8192_SHA256,
            Self::EcdsaP384Sha384 => &ECDSA_P384_SHA384_ASN1,
            Self::EcdsaP256Sha256 => &ECDSA_P256_SHA256_ASN1,
        }
    }
}
