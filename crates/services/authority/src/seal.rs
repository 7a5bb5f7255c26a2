//! Sealing of private keys at rest, under the master key, each bound to its row.

use base::{Key, Randomness};
use jpki::SigningKey;

use crate::Refusal;

/// Seals and opens private keys.
#[derive(Clone)]
pub(crate) struct KeySealer {
    master_key: Key,
    randomness: Randomness,
}

impl KeySealer {
    pub(crate) fn new(master_key: Key, randomness: Randomness) -> Self {
        Self { master_key, randomness }
    }

    /// The key, sealed for this context: nonce, then ciphertext and tag.
    pub(crate) fn seal(&self, key: &SigningKey, context: &str) -> Result<Vec<u8>, Refusal> {
        let pkcs8 = key.to_pkcs8()?;
        Ok(self.master_key.seal(context.as_bytes(), &pkcs8, &self.randomness))
    }

    /// The key that was sealed for this context.
    pub(crate) fn open(&self, sealed: &[u8], context: &str) -> Result<SigningKey, Refusal> {
        let pkcs8 = self.master_key.open(context.as_bytes(), sealed).map_err(|_| Refusal::MasterKey)?;
        SigningKey::from_pkcs8(&pkcs8).map_err(|_| Refusal::UnreadableStored("private key"))
    }
}

#[cfg(test)]
mod tests {
    use jpki::Algorithm;

    use super::*;

    #[test]
    fn a_key_opens_in_its_place_under_its_master_key_and_nowhere_else() {
        let seal =
            |seed: &str| KeySealer::new(Key::new(&Randomness::repeatable(seed)), Randomness::repeatable("nonces"));
        let key = SigningKey::generate(Algorithm::EcdsaP256Sha256).unwrap();
        let sealed = seal("master").seal(&key, "generation 1").unwrap();
        assert_eq!(seal("master").open(&sealed, "generation 1").unwrap().public_key(), key.public_key());
        let check = |seed: &str, bytes: &[u8], context: &str| {
            assert!(matches!(seal(seed).open(bytes, context), Err(Refusal::MasterKey)), "{seed} {context}");
        };
        check("other", &sealed, "generation 1");
        check("master", &sealed, "generation 2");
        check("master", &sealed[..sealed.len() - 1], "generation 1");
        check("master", &[], "generation 1");
    }
}
