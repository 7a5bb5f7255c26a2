use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use aws_lc_rs::{
    digest,
    encoding::AsDer,
    rand::SystemRandom,
    rsa::KeyPair as RsaKeyPair,
    signature::{
        ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
        RSA_PSS_SHA256, RsaEncoding,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use rsa::{Pkcs1v15Sign, RsaPrivateKey, pkcs8::DecodePrivateKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A private key that stays on the card: RSA of 2048 bits today, ECDSA on P-384 for the next card.
///
/// Parsed once, from PKCS#8 (RFC 5958); cloning it is cheap.
#[derive(Clone)]
pub struct PrivateKey(Arc<Inner>);

struct Inner {
    pkcs8: Zeroizing<Vec<u8>>,
    pair: Pair,
}

enum Pair {
    /// `verbatim` is created on first use: few programs send anything but a DigestInfo.
    Rsa {
        fast: RsaKeyPair,
        verbatim: OnceLock<Option<Box<RsaPrivateKey>>>,
    },
    Ecdsa(EcdsaKeyPair),
}

/// The algorithm of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA of 2048 bits
    Rsa2048,
    /// ECDSA on P-384, with SHA-384
    EcdsaP384,
}

/// Bytes that are no key of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a PKCS#8 private key of RSA with 2048 bits or of ECDSA on P-384")]
pub struct UnreadableKey;

/// How the card pads the data for signing (P1 of SIGN).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// 00: PKCS#1 v1.5 around the data as given. Callers pass a DigestInfo.
    Verbatim,
    /// 01: the card hashes with SHA-256 and signs the bare hash with PKCS#1 v1.5.
    HashedBare,
    /// 02: the data is a SHA-256 hash; RSASSA-PKCS1-v1_5.
    Hash,
    /// 03: the card hashes with SHA-256; RSASSA-PKCS1-v1_5.
    Hashed,
    /// 04: the data is a SHA-256 hash; RSASSA-PSS.
    PssHash,
    /// 05: the card hashes with SHA-256; RSASSA-PSS.
    PssHashed,
}

/// Why a key does not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongInput {
    /// The scheme does not support the length of the data.
    #[error("the data to sign have the wrong length")]
    Length,
    /// The key does not support the scheme.
    #[error("the key does not sign by this scheme")]
    Scheme,
    /// The cryptographic library failed.
    #[error("the key cannot sign")]
    Failed,
}

impl Scheme {
    /// The scheme of P1 of SIGN.
    pub fn from_p1(p1: u8) -> Option<Self> {
        [Self::Verbatim, Self::HashedBare, Self::Hash, Self::Hashed, Self::PssHash, Self::PssHashed]
            .get(usize::from(p1))
            .copied()
    }
}

/// The prefix of a DigestInfo with SHA-256 (RFC 8017 §9.2 note 1).
pub(crate) const SHA256_DIGEST_INFO: &[u8] =
    b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
/// The same with SHA-384.
pub(crate) const SHA384_DIGEST_INFO: &[u8] =
    b"\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30";
/// The same with SHA-512.
const SHA512_DIGEST_INFO: &[u8] = b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40";

/// The hashes whose DigestInfo AWS-LC signs with the same result, several times faster than padding the bytes here.
static KNOWN_HASHES: [(&[u8], &digest::Algorithm, &dyn RsaEncoding); 3] = [
    (SHA256_DIGEST_INFO, &digest::SHA256, &RSA_PKCS1_SHA256),
    (SHA384_DIGEST_INFO, &digest::SHA384, &RSA_PKCS1_SHA384),
    (SHA512_DIGEST_INFO, &digest::SHA512, &RSA_PKCS1_SHA512),
];

impl PrivateKey {
    /// Parses a key.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, UnreadableKey> {
        let pair = if let Ok(fast) = RsaKeyPair::from_pkcs8(pkcs8) {
            if fast.public_modulus_len() != 256 {
                return Err(UnreadableKey);
            }
            Pair::Rsa { fast, verbatim: OnceLock::new() }
        } else {
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_ASN1_SIGNING, pkcs8).map_err(|_| UnreadableKey)?;
            Pair::Ecdsa(pair)
        };
        Ok(Self(Arc::new(Inner { pkcs8: Zeroizing::new(pkcs8.to_vec()), pair })))
    }

    /// Its algorithm.
    pub fn algorithm(&self) -> Algorithm {
        match self.0.pair {
            Pair::Rsa { .. } => Algorithm::Rsa2048,
            Pair::Ecdsa(_) => Algorithm::EcdsaP384,
        }
    }

    /// Its public half, as SubjectPublicKeyInfo in DER, for a certificate.
    pub fn public_key(&self) -> Result<Vec<u8>, UnreadableKey> {
        match &self.0.pair {
            Pair::Rsa { fast, .. } => AsDer::<aws_lc_rs::encoding::PublicKeyX509Der>::as_der(fast.public_key())
                .map(|der| der.as_ref().to_vec()),
            Pair::Ecdsa(pair) => AsDer::<aws_lc_rs::encoding::PublicKeyX509Der>::as_der(pair.public_key())
                .map(|der| der.as_ref().to_vec()),
        }
        .map_err(|_| UnreadableKey)
    }

    /// Signs `data` by `scheme`. An RSA signature has 256 bytes; an ECDSA signature is a DER sequence of two integers.
    ///
    /// The input format of the next card is not published. Here its key signs, by the first, third and fourth scheme, a SHA-384
    /// DigestInfo, a SHA-384 hash, and data that the card hashes with SHA-384.
    pub fn sign(&self, scheme: Scheme, data: &[u8]) -> Result<Vec<u8>, WrongInput> {
        match &self.0.pair {
            Pair::Rsa { fast, verbatim } => {
                let hash = |length_known: bool| match (length_known, data.len()) {
                    (true, 32) => import_digest(data, &digest::SHA256),
                    (true, _) => Err(WrongInput::Length),
                    (false, _) => Ok(digest::digest(&digest::SHA256, data)),
                };
                match scheme {
                    Scheme::Verbatim => match known_hash(data) {
                        Some((value, algorithm, padding)) => rsa_hash(fast, padding, &import_digest(value, algorithm)?),
                        None => self.rsa_verbatim(verbatim, data),
                    },
                    Scheme::HashedBare => self.rsa_verbatim(verbatim, hash(false)?.as_ref()),
                    Scheme::Hash => rsa_hash(fast, &RSA_PKCS1_SHA256, &hash(true)?),
                    Scheme::Hashed => rsa_hash(fast, &RSA_PKCS1_SHA256, &hash(false)?),
                    Scheme::PssHash => rsa_hash(fast, &RSA_PSS_SHA256, &hash(true)?),
                    Scheme::PssHashed => rsa_hash(fast, &RSA_PSS_SHA256, &hash(false)?),
                }
            }
            Pair::Ecdsa(pair) => match scheme {
                Scheme::Verbatim => match data.strip_prefix(SHA384_DIGEST_INFO) {
                    Some(value) => ecdsa_hash(pair, value),
                    None => Err(WrongInput::Length),
                },
                Scheme::Hash => ecdsa_hash(pair, data),
                Scheme::Hashed => pair
                    .sign(&SystemRandom::new(), data)
                    .map(|signature| signature.as_ref().to_vec())
                    .map_err(|_| WrongInput::Failed),
                Scheme::HashedBare | Scheme::PssHash | Scheme::PssHashed => Err(WrongInput::Scheme),
            },
        }
    }

    fn rsa_verbatim(&self, key: &OnceLock<Option<Box<RsaPrivateKey>>>, data: &[u8]) -> Result<Vec<u8>, WrongInput> {
        // RFC 8017 §7.2.1: the padding takes 11 bytes of the block.
        if !(1..=245).contains(&data.len()) {
            return Err(WrongInput::Length);
        }
        key.get_or_init(|| RsaPrivateKey::from_pkcs8_der(&self.0.pkcs8).ok().map(Box::new))
            .as_ref()
            .and_then(|key| key.sign(Pkcs1v15Sign::new_unprefixed(), data).ok())
            .ok_or(WrongInput::Failed)
    }
}

fn known_hash(data: &[u8]) -> Option<(&[u8], &'static digest::Algorithm, &'static dyn RsaEncoding)> {
    KNOWN_HASHES.into_iter().find_map(|(prefix, algorithm, padding)| {
        let value = data.strip_prefix(prefix).filter(|value| value.len() == algorithm.output_len())?;
        Some((value, algorithm, padding))
    })
}

fn import_digest(value: &[u8], algorithm: &'static digest::Algorithm) -> Result<digest::Digest, WrongInput> {
    digest::Digest::import_less_safe(value, algorithm).map_err(|_| WrongInput::Length)
}

fn rsa_hash(key: &RsaKeyPair, padding: &'static dyn RsaEncoding, hash: &digest::Digest) -> Result<Vec<u8>, WrongInput> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign_digest(padding, hash, &mut signature).map_err(|_| WrongInput::Failed)?;
    Ok(signature)
}

fn ecdsa_hash(key: &EcdsaKeyPair, hash: &[u8]) -> Result<Vec<u8>, WrongInput> {
    let signature = key.sign_digest(&import_digest(hash, &digest::SHA384)?).map_err(|_| WrongInput::Failed)?;
    Ok(signature.as_ref().to_vec())
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PrivateKey({:?}, secret)", self.algorithm())
    }
}

/// Serialises into the card's data file, as base64 of PKCS#8: the only place where a key is in clear.
impl Serialize for PrivateKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(STANDARD.encode(&*self.0.pkcs8)))
    }
}

impl<'de> Deserialize<'de> for PrivateKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        let pkcs8 = STANDARD.decode(text.as_bytes()).map(Zeroizing::new).map_err(|_| UnreadableKey);
        pkcs8.and_then(|pkcs8| Self::from_pkcs8(&pkcs8)).map_err(serde::de::Error::custom)
    }
}
