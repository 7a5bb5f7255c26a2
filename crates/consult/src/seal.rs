use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base::{Key, Randomness};
use zeroize::Zeroizing;

/// Seals what the service must read again and nobody else may: AES-256-GCM under the service's own key, with the purpose
/// as associated data, so that what was sealed for one purpose opens for no other.
#[derive(Clone)]
pub(crate) struct Seal(Key);

impl Seal {
    pub(crate) fn new(key: Key) -> Self {
        Self(key)
    }

    fn cipher(&self) -> LessSafeKey {
        // AES-256 takes every key of 32 bytes.
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, self.0.expose()).expect("a key has 32 bytes"))
    }

    /// The nonce, then the sealed bytes. Nonces are random: one key seals far fewer than 2^32 things (NIST SP 800-38D §8.3).
    pub(crate) fn seal(&self, purpose: &str, clear: &[u8], randomness: &Randomness) -> Vec<u8> {
        let nonce = randomness.bytes::<NONCE_LEN>();
        let mut sealed = clear.to_vec();
        self.cipher()
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(purpose.as_bytes()), &mut sealed)
            // It fails only for more than 2^36 bytes.
            .expect("what is sealed is short");
        let mut whole = nonce.to_vec();
        whole.append(&mut sealed);
        whole
    }

    /// What was sealed for this purpose, unless a byte of it was changed.
    pub(crate) fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut bytes = Zeroizing::new(sealed.to_vec());
        let clear = self.cipher().open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut bytes).ok()?.len();
        bytes.truncate(clear);
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_purpose_and_only_unchanged() {
        let randomness = Randomness::repeatable("seal");
        let seal = Seal::new(Key::new(&randomness));
        let sealed = seal.seal("token", b"secret", &randomness);
        assert_eq!(seal.open("token", &sealed).as_deref().map(Vec::as_slice), Some(b"secret".as_slice()));
        assert_eq!(seal.open("verifier", &sealed).as_deref(), None);
        assert_eq!(Seal::new(Key::new(&randomness)).open("token", &sealed).as_deref(), None);
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(seal.open("token", &changed).as_deref(), None, "{place}");
        }
        assert_eq!(seal.open("token", &sealed[..5]).as_deref(), None);
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
    }
}
