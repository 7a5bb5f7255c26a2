use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base::{Randomness, Timestamp, Token};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::{ClientId, Issuer, keys::thumbprint};

/// The lifetime of an assertion in seconds: long enough for a slow connection, short for anybody else.
const LIFETIME: i64 = 60;

/// The key with which a service signs its assertions: P-256, stored as PKCS#8. It cannot be printed.
pub struct ClientKey {
    pkcs8: Zeroizing<Vec<u8>>,
    signing: EncodingKey,
    jwk: Jwk,
}

/// Bytes that are no such key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a P-256 private key in PKCS#8 form (DER)")]
pub struct WrongClientKey;

#[derive(Clone, Serialize)]
struct Jwk {
    kty: &'static str,
    crv: &'static str,
    x: String,
    y: String,
    kid: String,
    #[serde(rename = "use")]
    usage: &'static str,
    alg: &'static str,
}

#[derive(Serialize)]
struct AssertionClaims<'a> {
    iss: &'a ClientId,
    sub: &'a ClientId,
    aud: &'a Issuer,
    iat: i64,
    exp: i64,
    jti: String,
}

impl ClientKey {
    /// A new key, from AWS-LC's own generator: a long-lived key is never generated from a repeatable stream.
    pub fn generate() -> Self {
        // AWS-LC's generator fails only where the system has none; no safe fallback exists.
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
            .expect("the system's random generator works");
        Self::from_pkcs8(pkcs8.as_ref()).expect("AWS-LC reads the key that it wrote")
    }

    /// Parses a stored key.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, WrongClientKey> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map_err(|_| WrongClientKey)?;
        let point = pair.public_key().as_ref();
        // SEC 1 §2.3.3: 4, then both coordinates.
        let [4, coordinates @ ..] = point else { return Err(WrongClientKey) };
        let (x, y) = coordinates.split_at_checked(32).ok_or(WrongClientKey)?;
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        let kid = thumbprint(&format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#));
        Ok(Self {
            pkcs8: Zeroizing::new(der.to_vec()),
            signing: EncodingKey::from_ec_der(der),
            jwk: Jwk { kty: "EC", crv: "P-256", x, y, kid, usage: "sig", alg: "ES256" },
        })
    }

    /// The key for storage, encrypted or protected from other users.
    pub fn reveal_pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// Its key id: the thumbprint (RFC 7638).
    pub fn kid(&self) -> &str {
        &self.jwk.kid
    }

    /// The public part as a JWK set of one, for registration at a reception or for publication.
    pub fn public_jwks(&self) -> String {
        #[derive(Serialize)]
        struct Set<'a> {
            keys: [&'a Jwk; 1],
        }
        // The values are strings, so serialisation cannot fail.
        serde_json::to_string(&Set { keys: [&self.jwk] }).expect("a public key is plain JSON")
    }

    /// Signs an assertion of the client's identity for that reception, valid once within the next minute (RFC 7523 §3). The
    /// only audience is the issuer, so that no other server can use it.
    pub(crate) fn sign_assertion(
        &self,
        client: &ClientId,
        issuer: &Issuer,
        now: Timestamp,
        randomness: &Randomness,
    ) -> Zeroizing<String> {
        let issued_at = now.seconds();
        let jti = Token::new(randomness).reveal();
        let claims =
            AssertionClaims { iss: client, sub: client, aud: issuer, iat: issued_at, exp: issued_at + LIFETIME, jti };
        let header = Header { kid: Some(self.jwk.kid.clone()), ..Header::new(Algorithm::ES256) };
        // The key was parsed as P-256, and the claims are strings and numbers.
        Zeroizing::new(jsonwebtoken::encode(&header, &claims, &self.signing).expect("a P-256 key signs ES256"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClientKeys;

    #[test]
    fn a_key_is_kept_and_read_back() {
        let key = ClientKey::generate();
        let parsed = ClientKey::from_pkcs8(key.reveal_pkcs8()).expect("the same key");
        assert_eq!(parsed.public_jwks(), key.public_jwks());
        assert_ne!(ClientKey::generate().kid(), key.kid());
    }

    #[test]
    fn the_public_part_can_be_registered_and_holds_nothing_private() {
        let set = ClientKey::generate().public_jwks();
        assert!(ClientKeys::parse(set.as_bytes()).is_ok(), "{set}");
        assert!(!set.contains(r#""d""#), "{set}");
    }

    #[test]
    fn other_bytes_are_no_key() {
        let key = ClientKey::generate();
        let der = key.reveal_pkcs8();
        for wrong in [&[][..], b"key", &der[1..], &der[..der.len() - 1]] {
            assert_eq!(ClientKey::from_pkcs8(wrong).err(), Some(WrongClientKey));
        }
    }
}
