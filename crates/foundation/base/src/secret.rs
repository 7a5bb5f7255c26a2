use std::{fmt, str::FromStr};

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::Randomness;

/// A one-time secret (a code, a ticket, a cookie): 32 random bytes, base64url without padding on the wire.
///
/// It cannot be printed and is not stored; its [`Digest`] is stored instead.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Token([u8; 32]);

/// A SHA-256 digest, the stored form of a secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

/// A symmetric key of 256 bits that never leaves the process in clear.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; 32]);

/// A text that is no token. It is not included here, as it may be a mistyped secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token of this service")]
pub struct UnreadableToken;

impl Token {
    /// A new token.
    pub fn new(randomness: &Randomness) -> Self {
        Self(randomness.bytes())
    }

    /// The text that goes over the wire, 43 characters of base64url.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The digest to store.
    pub fn digest(&self) -> Digest {
        digest(&[&self.0])
    }

    /// A value to publish for `purpose`: only a holder of the token can derive it, and it does not reveal the token.
    pub fn derive(&self, purpose: &str) -> String {
        URL_SAFE_NO_PAD.encode(digest(&[purpose.as_bytes(), &[0], &self.0]).0)
    }
}

impl FromStr for Token {
    type Err = UnreadableToken;

    fn from_str(text: &str) -> Result<Self, UnreadableToken> {
        let mut bytes = [0; 32];
        match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
            Ok(32) => Ok(Self(bytes)),
            _ => Err(UnreadableToken),
        }
    }
}

impl Digest {
    /// From stored bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// As stored.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl Key {
    /// A key from its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A new key.
    pub fn new(randomness: &Randomness) -> Self {
        Self(randomness.bytes())
    }

    /// Its bytes, only for use in a cipher.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

/// SHA-256 over the concatenated parts.
pub fn digest(parts: &[&[u8]]) -> Digest {
    let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for part in parts {
        context.update(part);
    }
    let mut bytes = [0; 32];
    bytes.copy_from_slice(context.finish().as_ref());
    Digest(bytes)
}

impl Key {
    /// The token of a purpose: whoever has the key can make it again, and nobody else.
    pub fn token(&self, purpose: &str) -> Token {
        Token(self.mac(&[b"token", &[0], purpose.as_bytes()]).0)
    }

    /// HMAC-SHA-256 over the concatenated parts.
    pub fn mac(&self, parts: &[&[u8]]) -> Digest {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &self.0));
        for part in parts {
            context.update(part);
        }
        let mut bytes = [0; 32];
        bytes.copy_from_slice(context.sign().as_ref());
        Digest(bytes)
    }
}

/// Whether two secrets are equal, in a time that does not depend on where they differ.
pub fn constant_time_eq(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyed_digest_is_that_of_rfc_4231() {
        // RFC 4231 §4.3 has a key of four bytes; HMAC pads a key with zeros, as is done here.
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        let mac = Key::from_bytes(key).mac(&[b"what do ya want ", b"for nothing?"]);
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let byte = |index: usize| u8::from_str_radix(&expected[2 * index..2 * index + 2], 16).unwrap();
        assert_eq!(mac.as_bytes(), &std::array::from_fn(byte));
    }

    #[test]
    fn a_token_reads_what_it_reveals_and_nothing_longer_or_shorter() {
        let token = Token::new(&Randomness::repeatable("token"));
        let text = token.reveal();
        assert_eq!(text.len(), 43);
        assert_eq!(text.parse::<Token>().map(|token| token.digest()), Ok(token.digest()));
        for wrong in [&text[1..], &format!("{text}A"), &format!("{text}="), "", &text.replace(&text[..1], " ")] {
            assert!(wrong.parse::<Token>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_shown_for_one_purpose_is_not_what_is_shown_for_another() {
        let token = Token::new(&Randomness::repeatable("token"));
        assert_ne!(token.derive("csrf"), token.derive("other"));
        assert_ne!(token.derive("csrf"), token.reveal());
    }
}
