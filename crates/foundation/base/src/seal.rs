use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::{Key, Randomness, digest};

/// Bytes that were not sealed with this key for this purpose, or were changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what is stored was not sealed with this key for this purpose, or it was changed")]
pub struct BrokenSeal;

impl Key {
    /// A key derived for one purpose; it does not reveal this key.
    #[must_use]
    pub fn for_purpose(&self, purpose: &str) -> Self {
        Self::from_bytes(*digest(&[b"uketsuke key\0", purpose.as_bytes(), &[0], self.expose()]).as_bytes())
    }

    /// Encrypts for storage (AES-256-GCM, a fresh nonce before the ciphertext). `bound` is associated data: it is not stored but
    /// must be the same on opening, so that what was sealed for one row cannot be moved to another.
    pub fn seal(&self, bound: &[u8], content: &[u8], randomness: &Randomness) -> Vec<u8> {
        // Nonces are random: one key seals far fewer than 2^32 messages (NIST SP 800-38D §8.3). The capacity includes the tag, so
        // that appending it does not reallocate and leave a copy of the content behind.
        let nonce = randomness.bytes::<NONCE_LEN>();
        let mut sealed = Vec::with_capacity(content.len() + AES_256_GCM.tag_len());
        sealed.extend_from_slice(content);
        self.cipher()
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound), &mut sealed)
            // AES-GCM fails only for more than 64 GiB.
            .expect("what is sealed is smaller than 64 GiB");
        let mut stored = nonce.to_vec();
        stored.append(&mut sealed);
        stored
    }

    /// Decrypts the result of [`seal`](Self::seal).
    pub fn open(&self, bound: &[u8], stored: &[u8]) -> Result<Zeroizing<Vec<u8>>, BrokenSeal> {
        let (nonce, sealed) = stored.split_first_chunk::<NONCE_LEN>().ok_or(BrokenSeal)?;
        let mut content = Zeroizing::new(sealed.to_vec());
        let length = self
            .cipher()
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(bound), &mut content)
            .map_err(|_| BrokenSeal)?
            .len();
        content.truncate(length);
        Ok(content)
    }

    fn cipher(&self) -> LessSafeKey {
        let key = UnboundKey::new(&AES_256_GCM, self.expose());
        LessSafeKey::new(key.expect("a key for AES-256 has 32 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_with_its_key_for_its_place_unchanged() {
        let randomness = Randomness::repeatable("seal");
        let (key, other_key) = (Key::new(&randomness), Key::new(&randomness));
        let sealed = key.seal(b"row 1", b"secret", &randomness);
        assert_eq!(key.open(b"row 1", &sealed).unwrap().as_slice(), b"secret");
        assert_eq!(key.open(b"row 2", &sealed), Err(BrokenSeal));
        assert_eq!(other_key.open(b"row 1", &sealed), Err(BrokenSeal));
        assert_eq!(key.for_purpose("a").open(b"row 1", &sealed), Err(BrokenSeal));
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert_eq!(key.open(b"row 1", &changed), Err(BrokenSeal), "{index}");
        }
        assert_eq!(key.open(b"row 1", &sealed[..5]), Err(BrokenSeal));
        assert_ne!(sealed, key.seal(b"row 1", b"secret", &randomness));
    }

    #[test]
    fn purposes_have_keys_of_their_own() {
        let key = Key::new(&Randomness::repeatable("seal"));
        assert_ne!(key.for_purpose("a").expose(), key.for_purpose("b").expose());
        assert_eq!(key.for_purpose("a").expose(), key.for_purpose("a").expose());
    }
}
