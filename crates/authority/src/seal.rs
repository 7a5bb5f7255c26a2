//! Private keys at rest: AES-256-GCM under the master key, each bound to the row that it stands in.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base::{Key, Randomness};
use jpki::SigningKey;
use zeroize::Zeroizing;

use crate::Refusal;

/// What seals and opens private keys.
#[derive(Clone)]
pub(crate) struct Seal {
    master: Key,
    randomness: Randomness,
}

impl Seal {
    pub(crate) fn with(master: Key, randomness: Randomness) -> Self {
        Self { master, randomness }
    }

    /// The key, sealed for `place` and no other: nonce, then ciphertext and tag.
    pub(crate) fn seal(&self, key: &SigningKey, place: &str) -> Result<Vec<u8>, Refusal> {
        let nonce = self.randomness.bytes::<NONCE_LEN>();
        let mut text = Zeroizing::new(key.to_pkcs8()?.to_vec());
        self.cipher()
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place.as_bytes()), &mut *text)
            .map_err(|_| Refusal::Sealing)?;
        Ok([&nonce[..], &text[..]].concat())
    }

    /// The key that was sealed for `place`.
    pub(crate) fn open(&self, sealed: &[u8], place: &str) -> Result<SigningKey, Refusal> {
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN).ok_or(Refusal::MasterKey)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Refusal::MasterKey)?;
        let mut text = Zeroizing::new(text.to_vec());
        let key = self
            .cipher()
            .open_in_place(nonce, Aad::from(place.as_bytes()), &mut text)
            .map_err(|_| Refusal::MasterKey)?;
        SigningKey::from_pkcs8(key).map_err(|_| Refusal::Stored("private key"))
    }

    fn cipher(&self) -> LessSafeKey {
        // A key of this cipher has 32 octets, and ours has.
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, self.master.expose()).expect("a key of 256 bits"))
    }
}

#[cfg(test)]
mod tests {
    use jpki::Algorithm;

    use super::*;

    #[test]
    fn a_key_opens_in_its_place_under_its_master_key_and_nowhere_else() {
        let seal = |seed: &str| Seal::with(Key::new(&Randomness::repeatable(seed)), Randomness::repeatable("nonces"));
        let key = SigningKey::generate(Algorithm::EcdsaP256Sha256).unwrap();
        let sealed = seal("master").seal(&key, "generation 1").unwrap();
        assert_eq!(seal("master").open(&sealed, "generation 1").unwrap().public_key(), key.public_key());
        let check = |seed: &str, bytes: &[u8], place: &str| {
            assert!(matches!(seal(seed).open(bytes, place), Err(Refusal::MasterKey)), "{seed} {place}");
        };
        check("other", &sealed, "generation 1");
        check("master", &sealed, "generation 2");
        check("master", &sealed[..sealed.len() - 1], "generation 1");
        check("master", &[], "generation 1");
    }
}
