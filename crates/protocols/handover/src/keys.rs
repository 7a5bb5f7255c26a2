use std::sync::Arc;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::{Deserialize, de::IgnoredAny};

use crate::{OauthError, error::quote_excerpt};

const MAX_BYTES: usize = 64 * 1024;
const MAX_KEYS: usize = 32;

/// The accepted signature algorithms of assertions: none is symmetric, and unsigned ones are refused.
///
/// RS256 is included because RFC 7523 §5 requires every library to support it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SigningAlgorithm {
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// Ed25519, called `EdDSA` by RFC 8037 and `Ed25519` by RFC 9864.
    EdDsa,
}

impl SigningAlgorithm {
    /// The names on the wire, the preferred first.
    pub const NAMES: [&str; 5] = ["ES256", "PS256", "EdDSA", "Ed25519", "RS256"];

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "ES256" => Some(Self::Es256),
            "PS256" => Some(Self::Ps256),
            "RS256" => Some(Self::Rs256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Ps256 => "PS256",
            Self::Rs256 => "RS256",
            Self::EdDsa => "EdDSA",
        }
    }

    fn kind(self) -> KeyKind {
        match self {
            Self::Es256 => KeyKind::P256,
            Self::Ps256 | Self::Rs256 => KeyKind::Rsa,
            Self::EdDsa => KeyKind::Ed25519,
        }
    }

    fn jose(self) -> Algorithm {
        match self {
            Self::Es256 => Algorithm::ES256,
            Self::Ps256 => Algorithm::PS256,
            Self::Rs256 => Algorithm::RS256,
            Self::EdDsa => Algorithm::EdDSA,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyKind {
    P256,
    Rsa,
    Ed25519,
}

impl KeyKind {
    fn name(self) -> &'static str {
        match self {
            Self::P256 => "EC P-256",
            Self::Rsa => "RSA",
            Self::Ed25519 => "Ed25519",
        }
    }
}

/// A client's registered public keys: a JWK set (RFC 7517 §5) whose usable keys were validated on parsing.
#[derive(Clone)]
pub struct ClientKeys(Arc<[Key]>);

struct Key {
    /// `kid`, or else the thumbprint (RFC 7638).
    id: String,
    kind: KeyKind,
    /// `alg`, if the key is restricted to one.
    algorithm: Option<SigningAlgorithm>,
    verifying: DecodingKey,
}

/// Why a text is no set of keys for registration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongKeys {
    /// Not a JWK set.
    #[error("this is not a JWK set (an object with the member keys): {0}")]
    Unreadable(String),
    /// Too many keys or bytes.
    #[error("a key set has at most {MAX_KEYS} keys in {MAX_BYTES} bytes")]
    TooMany,
    /// It contains a private key.
    #[error(
        "key {0} of the set is a PRIVATE key. Treat it as stolen: make a new one and register only its public part"
    )]
    Private(usize),
    /// It contains a shared secret.
    #[error("key {0} of the set is a shared secret (kty oct); register a public key")]
    Symmetric(usize),
    /// It contains an invalid key.
    #[error("key {0} of the set is unusable: {1}")]
    Broken(usize, &'static str),
    /// Two keys have the same id.
    #[error("two keys of the set have the kid {0}")]
    SameKid(String),
    /// It contains no usable key.
    #[error(
        "no key of the set can sign with ES256, PS256, RS256 or EdDSA (EC P-256, RSA of 2048 to 8192 bits, Ed25519)"
    )]
    NoneUsable,
}

#[derive(Deserialize)]
struct WireSet {
    keys: Vec<WireKey>,
}

#[derive(Deserialize)]
struct WireKey {
    kty: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    /// The private part of every kind of key pair.
    d: Option<IgnoredAny>,
    /// The value of a shared secret.
    k: Option<IgnoredAny>,
}

impl ClientKeys {
    /// Parses a JWK set. Keys for other uses and of other kinds are ignored (RFC 7517 §5).
    pub fn parse(json: &[u8]) -> Result<Self, WrongKeys> {
        if json.len() > MAX_BYTES {
            return Err(WrongKeys::TooMany);
        }
        let set: WireSet = serde_json::from_slice(json).map_err(|error| WrongKeys::Unreadable(error.to_string()))?;
        if set.keys.len() > MAX_KEYS {
            return Err(WrongKeys::TooMany);
        }
        let mut keys: Vec<Key> = Vec::new();
        for (index, wire) in set.keys.iter().enumerate() {
            if wire.kty == "oct" || wire.k.is_some() {
                return Err(WrongKeys::Symmetric(index + 1));
            }
            if wire.d.is_some() {
                return Err(WrongKeys::Private(index + 1));
            }
            let Some(key) = Key::read(wire).map_err(|reason| WrongKeys::Broken(index + 1, reason))? else { continue };
            if keys.iter().any(|previous| previous.id == key.id) {
                return Err(WrongKeys::SameKid(quote_excerpt(&key.id)));
            }
            keys.push(key);
        }
        if keys.is_empty() { Err(WrongKeys::NoneUsable) } else { Ok(Self(keys.into())) }
    }

    /// Verifies `signature` over `message` with the key of `kid`, or else with the only suitable key.
    pub(crate) fn verify(
        &self,
        kid: Option<&str>,
        algorithm: SigningAlgorithm,
        message: &[u8],
        signature: &str,
    ) -> Result<(), OauthError> {
        let key = self.choose_key(kid, algorithm)?;
        match crypto::verify(signature, message, &key.verifying, algorithm.jose()) {
            Ok(true) => Ok(()),
            _ if algorithm == SigningAlgorithm::Es256 && is_der_signature(signature) => {
                Err(OauthError::invalid_client(
                    "The signature of the client_assertion is in DER, as X.509 has it. A JWS has the 64 octets of R and S \
                     one after the other (RFC 7518 section 3.4); libraries call it P1363, raw or fixed.",
                ))
            }
            _ => Err(OauthError::invalid_client(format!(
                "The signature of the client_assertion does not verify with the registered key {}.",
                quote_excerpt(&key.id)
            ))),
        }
    }

    fn choose_key(&self, kid: Option<&str>, algorithm: SigningAlgorithm) -> Result<&Key, OauthError> {
        let name = algorithm.name();
        let Some(kid) = kid else {
            let mut fitting = self.0.iter().filter(|key| key.signs_with(algorithm));
            return match (fitting.next(), fitting.next()) {
                (Some(key), None) => Ok(key),
                (None, _) => {
                    Err(OauthError::invalid_client(format!("No registered key of this client signs with {name}.")))
                }
                (Some(_), Some(_)) => Err(OauthError::invalid_client(format!(
                    "Several registered keys of this client sign with {name}: name the one by kid in the header."
                ))),
            };
        };
        let key = self.0.iter().find(|key| key.id == kid).ok_or_else(|| {
            OauthError::invalid_client(format!(
                "No registered key of this client has the kid {}. Register it, or sign with a registered one.",
                quote_excerpt(kid)
            ))
        })?;
        if key.signs_with(algorithm) {
            Ok(key)
        } else {
            let registered = key.algorithm.map_or(key.kind.name(), SigningAlgorithm::name);
            Err(OauthError::invalid_client(format!(
                "The header says {name}, but the key {} is registered for {registered}.",
                quote_excerpt(kid)
            )))
        }
    }
}

impl Key {
    /// The key, or `None` if its kind or use is not supported.
    fn read(wire: &WireKey) -> Result<Option<Self>, &'static str> {
        let kind = match (wire.kty.as_str(), wire.crv.as_deref()) {
            ("EC", Some("P-256")) => KeyKind::P256,
            ("RSA", _) => KeyKind::Rsa,
            ("OKP", Some("Ed25519")) => KeyKind::Ed25519,
            _ => return Ok(None),
        };
        if wire.usage.as_deref().is_some_and(|usage| usage != "sig") {
            return Ok(None);
        }
        let only = match wire.alg.as_deref() {
            None => None,
            Some(name) => match SigningAlgorithm::from_name(name) {
                Some(algorithm) if algorithm.kind() == kind => Some(algorithm),
                Some(_) => return Err("alg does not go with kty"),
                None => return Ok(None),
            },
        };
        let (verifying, canonical) = match kind {
            KeyKind::P256 => {
                p256_key(&decode_coordinate::<32>(wire.x.as_deref())?, &decode_coordinate::<32>(wire.y.as_deref())?)?
            }
            KeyKind::Rsa => rsa_key(&decode_member(wire.n.as_deref())?, &decode_member(wire.e.as_deref())?)?,
            KeyKind::Ed25519 => ed25519_key(&decode_coordinate::<32>(wire.x.as_deref())?)?,
        };
        let id = match wire.kid.as_deref() {
            Some(name) if name.is_empty() || name.len() > 256 => return Err("kid is 1 to 256 characters"),
            Some(name) => name.to_owned(),
            None => thumbprint(&canonical),
        };
        Ok(Some(Self { id, kind, algorithm: only, verifying }))
    }

    fn signs_with(&self, algorithm: SigningAlgorithm) -> bool {
        self.kind == algorithm.kind() && self.algorithm.is_none_or(|only| only == algorithm)
    }
}

fn p256_key(x: &[u8; 32], y: &[u8; 32]) -> Result<(DecodingKey, String), &'static str> {
    let point = [&[4][..], x, y].concat();
    ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point).map_err(|_| "x and y are no point of P-256")?;
    let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, encode(x), encode(y));
    Ok((DecodingKey::from_ec_der(&point), canonical))
}

/// Whether the signature part of a JWS is `SEQUENCE { INTEGER, INTEGER }` (RFC 3279 §2.2.3), the default of many libraries.
fn is_der_signature(signature: &str) -> bool {
    let Ok(octets) = URL_SAFE_NO_PAD.decode(signature) else { return false };
    let [0x30, length, content @ ..] = octets.as_slice() else { return false };
    // Two numbers of at most 33 octets each: the length has one octet.
    usize::from(*length) == content.len() && content.first() == Some(&0x02)
}

/// The number without leading zero octets. RFC 7518 §2 requires none; a signed big integer has one.
fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    &number[zeros..]
}

fn rsa_key(n: &[u8], e: &[u8]) -> Result<(DecodingKey, String), &'static str> {
    let (n, e) = (without_leading_zeros(n), without_leading_zeros(e));
    if !(2048..=8192).contains(&(n.len() * 8)) {
        return Err("an RSA modulus has 2048 to 8192 bits");
    }
    RsaPublicKeyComponents { n, e }
        .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
        .map_err(|_| "n and e are no RSA public key")?;
    let canonical = format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, encode(e), encode(n));
    Ok((DecodingKey::from_rsa_raw_components(n, e), canonical))
}

fn ed25519_key(x: &[u8; 32]) -> Result<(DecodingKey, String), &'static str> {
    ParsedPublicKey::new(&ED25519, x).map_err(|_| "x is no point of Ed25519")?;
    let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, encode(x));
    Ok((DecodingKey::from_ed_der(x), canonical))
}

fn decode_member(member: Option<&str>) -> Result<Vec<u8>, &'static str> {
    URL_SAFE_NO_PAD.decode(member.ok_or("a member of the key is missing")?).map_err(|_| "a member is not base64url")
}

/// A coordinate of exactly `N` octets. The leading zero octet of a signed big integer is removed.
fn decode_coordinate<const N: usize>(member: Option<&str>) -> Result<[u8; N], &'static str> {
    let octets = decode_member(member)?;
    let coordinate = match octets.as_slice() {
        [0, rest @ ..] if rest.len() == N => rest,
        octets => octets,
    };
    coordinate.try_into().map_err(|_| {
        "a coordinate has the wrong length: it has 32 octets, with leading zeros where the number is smaller \
         (RFC 7518 section 6.2.1.2, RFC 8037 section 2)"
    })
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// RFC 7638 §3, over the required members in the order of their names.
pub(crate) fn thumbprint(canonical: &str) -> String {
    encode(base::digest(&[canonical.as_bytes()]).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7638 §3.1.
    const RSA: &str = r#""kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB""#;
    /// RFC 7517 appendix A.1.
    const EC: &str = r#""kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM""#;
    /// RFC 8037 appendix A.2, its thumbprint in A.3.
    const ED: &str = r#""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#;

    fn set(keys: &[&str]) -> String {
        let keys: Vec<_> = keys.iter().map(|key| format!("{{{key}}}")).collect();
        format!(r#"{{"keys":[{}]}}"#, keys.join(","))
    }

    fn check(keys: &[&str], expected: Result<&[&str], &str>) {
        match (ClientKeys::parse(set(keys).as_bytes()), expected) {
            (Ok(keys), Ok(ids)) => assert_eq!(keys.0.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ids),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error} / {part}"),
            (Ok(_), Err(part)) => panic!("not refused: {part}"),
            (Err(error), Ok(_)) => panic!("refused: {error}"),
        }
    }

    #[test]
    fn a_key_without_a_kid_is_called_by_its_thumbprint() {
        check(&[RSA], Ok(&["NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"]));
        check(&[ED], Ok(&["kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"]));
        check(
            &[&format!(r#"{EC},"kid":"1","use":"sig","alg":"ES256""#), ED],
            Ok(&["1", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"]),
        );
    }

    #[test]
    fn a_number_written_with_its_sign_is_the_same_key() {
        let with_zero = |key: &str, member: &str| {
            let begin = key.find(&format!("\"{member}\":\"")).unwrap() + member.len() + 4;
            let end = begin + key[begin..].find('"').unwrap();
            let octets = [vec![0], URL_SAFE_NO_PAD.decode(&key[begin..end]).unwrap()].concat();
            format!("{}{}{}", &key[..begin], URL_SAFE_NO_PAD.encode(octets), &key[end..])
        };
        let id = |key: &str| ClientKeys::parse(set(&[key]).as_bytes()).unwrap().0[0].id.clone();
        for (key, member) in [(RSA, "n"), (RSA, "e"), (EC, "x"), (EC, "y")] {
            assert_eq!(id(&with_zero(key, member)), id(key), "{member}");
        }
        check(&[&EC.replace("MKBC", "")], Err("RFC 7518 section 6.2.1.2"));
    }

    #[test]
    fn a_signature_in_der_is_told_as_such() {
        let keys = ClientKeys::parse(set(&[EC]).as_bytes()).unwrap();
        let description = |signature: &[u8]| {
            let signature = URL_SAFE_NO_PAD.encode(signature);
            let refused = keys.verify(None, SigningAlgorithm::Es256, b"message", &signature).unwrap_err();
            refused.description().to_owned()
        };
        let number = |first: u8| [vec![0x02, 32, first], vec![7; 31]].concat();
        let der = [vec![0x30, 68], number(1), number(2)].concat();
        assert!(description(&der).contains("RFC 7518 section 3.4"), "{}", description(&der));
        // 64 octets with the same beginning, and other ones.
        for signature in [[vec![0x30, 68], number(1), vec![7; 28]].concat(), vec![7; 64], Vec::new()] {
            assert!(description(&signature).contains("does not verify"), "{}", description(&signature));
        }
    }

    #[test]
    fn keys_for_other_uses_are_passed_over() {
        let p384 = r#""kty":"EC","crv":"P-384","x":"a","y":"b""#;
        let sealing = format!(r#"{EC},"kid":"seal","use":"enc""#);
        let other_algorithm = format!(r#"{RSA},"kid":"512","alg":"RS512""#);
        let unknown = r#""kty":"AKP","pub":"x""#;
        check(&[p384, &sealing, &other_algorithm, unknown, &format!(r#"{EC},"kid":"1""#)], Ok(&["1"]));
        check(&[p384, &sealing, &other_algorithm, unknown], Err("no key of the set can sign"));
        check(&[], Err("no key of the set can sign"));
    }

    #[test]
    fn a_set_is_refused_for_its_own_reason() {
        check(&[EC, &format!(r#"{EC},"d":"x""#)], Err("key 2 of the set is a PRIVATE key"));
        check(&[r#""kty":"oct","k":"c2VjcmV0""#], Err("shared secret"));
        check(&[&EC.replace("MKBC", "MKBD")], Err("key 1 of the set is unusable: x and y are no point"));
        check(&[&EC.replace("MKBC", "")], Err("wrong length"));
        check(&[&EC.replace("MKBC", "M+BC")], Err("not base64url"));
        check(&[r#""kty":"RSA","e":"AQAB""#], Err("missing"));
        check(&[r#""kty":"RSA","e":"AQAB","n":"AQAB""#], Err("2048 to 8192"));
        check(&[&format!(r#"{EC},"alg":"PS256""#)], Err("alg does not go with kty"));
        check(&[&format!(r#"{EC},"kid":"""#)], Err("kid is 1 to 256"));
        check(
            &[&format!(r#"{EC},"kid":"a""#), &format!(r#"{ED},"kid":"a""#)],
            Err("two keys of the set have the kid 'a'"),
        );
        check(&[&format!(r#"{EC},"kty":"RSA""#)], Err("duplicate field"));
        check(&[&format!(r#"{EC},"kid":1"#)], Err("not a JWK set"));
        check(&[EC; MAX_KEYS + 1], Err("at most 32 keys"));
        assert_eq!(ClientKeys::parse(&vec![b' '; MAX_BYTES + 1]).err(), Some(WrongKeys::TooMany));
        assert!(matches!(ClientKeys::parse(b"[]"), Err(WrongKeys::Unreadable(_))));
    }

    #[test]
    fn a_key_is_chosen_by_its_kid_or_by_being_the_only_one() {
        let keys = |keys: &[&str]| ClientKeys::parse(set(keys).as_bytes()).expect("keys");
        let description = |keys: &ClientKeys, kid: Option<&str>, algorithm| match keys.choose_key(kid, algorithm) {
            Ok(key) => key.id.clone(),
            Err(error) => error.description().to_owned(),
        };
        let (first, second) = (format!(r#"{EC},"kid":"one""#), format!(r#"{RSA},"kid":"two","alg":"PS256""#));
        let mixed = keys(&[&first, &second]);
        assert_eq!(description(&mixed, Some("one"), SigningAlgorithm::Es256), "one");
        assert_eq!(description(&mixed, None, SigningAlgorithm::Es256), "one");
        assert_eq!(description(&mixed, None, SigningAlgorithm::Ps256), "two");
        assert!(
            description(&mixed, None, SigningAlgorithm::Rs256)
                .contains("No registered key of this client signs with RS256")
        );
        assert!(description(&mixed, Some("two"), SigningAlgorithm::Rs256).contains("is registered for PS256"));
        assert!(description(&mixed, Some("two"), SigningAlgorithm::Es256).contains("says ES256"));
        assert!(description(&mixed, Some("three"), SigningAlgorithm::Es256).contains("has the kid 'three'"));
        let several = keys(&[RSA, &second.replace("0vx7", "0vx8")]);
        assert!(description(&several, None, SigningAlgorithm::Ps256).contains("name the one by kid"));
    }
}
