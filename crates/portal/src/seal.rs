use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base::{Key, Randomness};
use zeroize::Zeroizing;

/// Seals what the room keeps of cards and visits: AES-256-GCM (NIST SP 800-38D) under the room's own key, with the row it
/// belongs to as associated data, so that what was sealed into one row opens in no other.
#[derive(Clone)]
pub(crate) struct Seal {
    key: Key,
    randomness: Randomness,
}

impl Seal {
    pub(crate) fn new(key: Key, randomness: Randomness) -> Self {
        Self { key, randomness }
    }

    fn cipher(&self) -> LessSafeKey {
        // AES-256 takes every key of 32 bytes.
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, self.key.expose()).expect("a key has 32 bytes"))
    }

    /// The nonce, then the sealed bytes. Nonces are random: one key seals far fewer than 2^32 things (§8.3). `clear` is
    /// sealed where it lies, so no copy of it is left behind.
    pub(crate) fn seal(&self, row: &str, mut clear: Zeroizing<Vec<u8>>) -> Vec<u8> {
        let nonce = self.randomness.bytes::<NONCE_LEN>();
        // Room for the tag, so that appending it does not move the clear text.
        let mut whole = Zeroizing::new(Vec::with_capacity(clear.len() + AES_256_GCM.tag_len()));
        whole.append(&mut clear);
        self.cipher()
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(row.as_bytes()), &mut *whole)
            // It fails only for more than 2^36 bytes.
            .expect("what is sealed is short");
        [&nonce, whole.as_slice()].concat()
    }

    /// What was sealed for this row, unless a byte of it was changed.
    pub(crate) fn open(&self, row: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut bytes = Zeroizing::new(sealed.to_vec());
        let clear = self.cipher().open_in_place(nonce, Aad::from(row.as_bytes()), &mut bytes).ok()?.len();
        bytes.truncate(clear);
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_in_its_row_and_only_unchanged() {
        let randomness = Randomness::repeatable("seal");
        let seal = Seal::new(Key::new(&randomness), randomness.clone());
        let sealed = seal.seal("card:one", Zeroizing::new(b"secret".to_vec()));
        assert_eq!(seal.open("card:one", &sealed).as_deref().map(Vec::as_slice), Some(b"secret".as_slice()));
        assert_eq!(seal.open("card:two", &sealed).as_deref(), None);
        let other = Seal::new(Key::new(&randomness), randomness);
        assert_eq!(other.open("card:one", &sealed).as_deref(), None);
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(seal.open("card:one", &changed).as_deref(), None, "{place}");
        }
        assert_eq!(seal.open("card:one", &sealed[..5]).as_deref(), None);
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
    }
}
