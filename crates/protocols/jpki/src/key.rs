use std::{fmt, sync::Arc};

use aws_lc_rs::{
    digest,
    encoding::{AsDer, Pkcs8V1Der},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, KeyPair, ParsedPublicKey,
        RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use der::{
    Decode, Encode, Sequence,
    asn1::{BitStringRef, UintRef},
};
use zeroize::Zeroizing;

use crate::{Algorithm, Unissuable, raw::Raw};

/// A private key of an authority, a card or a machine. It cannot be printed; AWS-LC zeroizes it on drop.
#[derive(Clone)]
pub struct SigningKey {
    pair: Arc<Pair>,
    public: PublicKey,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
}

/// A valid public key: RSA of 2048 bits with exponent 65537, or a point on its curve.
#[derive(Clone)]
pub struct PublicKey {
    algorithm: Algorithm,
    spki: Arc<[u8]>,
    identifier: KeyIdentifier,
    parsed: Arc<ParsedPublicKey>,
}

/// SHA-1 of a public key's bits (RFC 5280 §4.2.1.2, method 1), or another identifier chosen by an authority.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyIdentifier(Vec<u8>);

/// Why bytes are no supported key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongKey {
    /// They are no key in DER.
    #[error("the key cannot be read")]
    Unreadable,
    /// The algorithm or curve is not supported.
    #[error("keys are RSA-2048, ECDSA P-384 or ECDSA P-256")]
    Algorithm,
    /// The length of an RSA key in bits is not supported.
    #[error("an RSA key has 2048 bits, this one {0}")]
    Length(usize),
    /// The public exponent of an RSA key is not 65537.
    #[error("an RSA key has the exponent 65537")]
    Exponent,
    /// The point is not on the curve, or compressed.
    #[error("the point is not an uncompressed one on its curve")]
    Point,
}

#[derive(Sequence)]
struct Spki<'a> {
    algorithm: Raw<'a>,
    key: BitStringRef<'a>,
}

/// RFC 8017 §A.1.1
#[derive(Sequence)]
struct RsaPublicKey<'a> {
    modulus: UintRef<'a>,
    exponent: UintRef<'a>,
}

impl SigningKey {
    /// A new key. AWS-LC takes the randomness from the system itself.
    pub fn generate(algorithm: Algorithm) -> Result<Self, Unissuable> {
        let pair = match algorithm {
            Algorithm::RsaSha256 => RsaKeyPair::generate(KeySize::Rsa2048).map(Pair::Rsa),
            Algorithm::EcdsaP384Sha384 => EcdsaKeyPair::generate(&ECDSA_P384_SHA384_ASN1_SIGNING).map(Pair::Ecdsa),
            Algorithm::EcdsaP256Sha256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map(Pair::Ecdsa),
        };
        Self::from_pair(algorithm, pair.map_err(|_| Unissuable::Key)?).map_err(|_| Unissuable::Key)
    }

    /// From PKCS#8 (RFC 5208), as encoded by [`SigningKey::to_pkcs8`] and `openssl pkcs8 -topk8`.
    pub fn from_pkcs8(bytes: &[u8]) -> Result<Self, WrongKey> {
        let ecdsa =
            |algorithm, signing| EcdsaKeyPair::from_pkcs8(signing, bytes).map(|pair| (algorithm, Pair::Ecdsa(pair)));
        let (algorithm, pair) = RsaKeyPair::from_pkcs8(bytes)
            .map(|pair| (Algorithm::RsaSha256, Pair::Rsa(pair)))
            .or_else(|_| ecdsa(Algorithm::EcdsaP384Sha384, &ECDSA_P384_SHA384_ASN1_SIGNING))
            .or_else(|_| ecdsa(Algorithm::EcdsaP256Sha256, &ECDSA_P256_SHA256_ASN1_SIGNING))
            .map_err(|_| WrongKey::Unreadable)?;
        Self::from_pair(algorithm, pair)
    }

    fn from_pair(algorithm: Algorithm, pair: Pair) -> Result<Self, WrongKey> {
        let bits = match &pair {
            Pair::Rsa(pair) => pair.public_key().as_ref(),
            Pair::Ecdsa(pair) => pair.public_key().as_ref(),
        };
        let key = BitStringRef::from_bytes(bits).map_err(|_| WrongKey::Unreadable)?;
        let spki = Spki { algorithm: Raw::new(algorithm.key_identifier()), key };
        let public = PublicKey::from_spki(&spki.to_der().map_err(|_| WrongKey::Unreadable)?)?;
        Ok(Self { pair: Arc::new(pair), public })
    }

    /// As PKCS#8, zeroized on drop.
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, Unissuable> {
        let bytes = match &*self.pair {
            Pair::Rsa(pair) => AsDer::<Pkcs8V1Der<'_>>::as_der(pair).map(|der| Zeroizing::new(der.as_ref().to_vec())),
            Pair::Ecdsa(pair) => pair.to_pkcs8v1().map(|document| Zeroizing::new(document.as_ref().to_vec())),
        };
        bytes.map_err(|_| Unissuable::Key)
    }

    /// Its algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.public.algorithm
    }

    /// Its public half.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// The signature over `message`: PKCS#1 bytes, or the DER of `Ecdsa-Sig-Value` (RFC 3279 §2.2.3).
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Unissuable> {
        let random = SystemRandom::new();
        match &*self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map(|()| signature)
            }
            Pair::Ecdsa(pair) => pair.sign(&random, message).map(|signature| signature.as_ref().to_vec()),
        }
        .map_err(|_| Unissuable::Signing)
    }
}

impl PublicKey {
    /// From the DER of a `SubjectPublicKeyInfo` (RFC 5280 §4.1).
    pub fn from_spki(bytes: &[u8]) -> Result<Self, WrongKey> {
        let spki = Spki::from_der(bytes).map_err(|_| WrongKey::Unreadable)?;
        let bits = spki.key.as_bytes().ok_or(WrongKey::Unreadable)?;
        let algorithm = Algorithm::ALL
            .into_iter()
            .find(|algorithm| algorithm.key_identifier() == spki.algorithm.bytes())
            .ok_or(WrongKey::Algorithm)?;
        let uncompressed = |length| if bits.len() == length && bits[0] == 4 { Ok(()) } else { Err(WrongKey::Point) };
        match algorithm {
            Algorithm::RsaSha256 => check_rsa(bits)?,
            Algorithm::EcdsaP384Sha384 => uncompressed(97)?,
            Algorithm::EcdsaP256Sha256 => uncompressed(65)?,
        }
        let parsed = ParsedPublicKey::new(algorithm.verification(), bits).map_err(|_| match algorithm {
            Algorithm::RsaSha256 => WrongKey::Unreadable,
            Algorithm::EcdsaP384Sha384 | Algorithm::EcdsaP256Sha256 => WrongKey::Point,
        })?;
        let identifier = KeyIdentifier(sha1(bits));
        Ok(Self { algorithm, spki: bytes.into(), identifier, parsed: Arc::new(parsed) })
    }

    /// Its algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The DER of its `SubjectPublicKeyInfo`.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// Its identifier: SHA-1 of its bits.
    pub fn identifier(&self) -> &KeyIdentifier {
        &self.identifier
    }

    /// The bits inside the `SubjectPublicKeyInfo`, over which OCSP hashes.
    pub(crate) fn bits(&self) -> &[u8] {
        self.parsed.as_ref().as_ref()
    }

    /// Whether `signature` was made by this key over `message`.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.parsed.verify_sig(message, signature).is_ok()
    }
}

fn check_rsa(bits: &[u8]) -> Result<(), WrongKey> {
    let key = RsaPublicKey::from_der(bits).map_err(|_| WrongKey::Unreadable)?;
    let modulus = key.modulus.as_bytes();
    let length = modulus.first().map_or(0, |first| modulus.len() * 8 - first.leading_zeros() as usize);
    match (length, key.exponent.as_bytes()) {
        (2048, [1, 0, 1]) => Ok(()),
        (2048, _) => Err(WrongKey::Exponent),
        _ => Err(WrongKey::Length(length)),
    }
}

pub(crate) fn sha1(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec()
}

impl KeyIdentifier {
    /// The identifier with these bytes.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// Its bytes, twenty for SHA-1.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for KeyIdentifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for KeyIdentifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?} {}", self.algorithm, self.identifier)
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.spki == other.spki
    }
}

impl Eq for PublicKey {}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(algorithm: Algorithm) {
        let key = SigningKey::generate(algorithm).unwrap();
        let restored = SigningKey::from_pkcs8(&key.to_pkcs8().unwrap()).unwrap();
        assert_eq!(restored.public_key(), key.public_key());
        let signature = restored.sign(b"message").unwrap();
        assert!(key.public_key().verifies(b"message", &signature));
        assert!(!key.public_key().verifies(b"another", &signature));
    }

    #[test]
    fn a_key_reads_back_and_verifies_what_it_signed() {
        Algorithm::ALL.into_iter().for_each(check);
    }

    #[test]
    fn a_key_is_refused_for_its_own_reason() {
        let key = SigningKey::generate(Algorithm::EcdsaP256Sha256).unwrap();
        let spki = key.public_key().spki();
        let changed = |index: usize, bits: u8| {
            let mut bytes = spki.to_vec();
            bytes[index] ^= bits;
            PublicKey::from_spki(&bytes).map(|_| ()).unwrap_err()
        };
        assert_eq!(changed(spki.len() - 1, 1), WrongKey::Point);
        assert_eq!(changed(26, 4 ^ 2), WrongKey::Point);
        assert_eq!(changed(22, 1), WrongKey::Algorithm);
        assert_eq!(PublicKey::from_spki(&spki[1..]).unwrap_err(), WrongKey::Unreadable);
        assert_eq!(SigningKey::from_pkcs8(spki).map(|_| ()).unwrap_err(), WrongKey::Unreadable);
    }

    #[test]
    fn an_rsa_key_has_2048_bits_and_the_usual_exponent() {
        let rsa = |first: u8, length: usize, exponent: &[u8]| {
            let mut modulus = vec![first];
            modulus.resize(length, 1);
            let key =
                RsaPublicKey { modulus: UintRef::new(&modulus).unwrap(), exponent: UintRef::new(exponent).unwrap() };
            check_rsa(&key.to_der().unwrap())
        };
        assert_eq!(rsa(0x80, 256, &[1, 0, 1]), Ok(()));
        assert_eq!(rsa(0x7f, 256, &[1, 0, 1]), Err(WrongKey::Length(2047)));
        assert_eq!(rsa(0x80, 128, &[1, 0, 1]), Err(WrongKey::Length(1024)));
        assert_eq!(rsa(0x80, 256, &[3]), Err(WrongKey::Exponent));
    }
}
