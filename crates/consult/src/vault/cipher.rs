//! AES-256-GCM (NIST SP 800-38D) with a random nonce before the text.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base::{Key, Randomness};

fn cipher(key: &Key) -> LessSafeKey {
    // A key of 32 bytes is what AES-256 takes; there is no other way to fail.
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.expose()).expect("AES-256 takes 32 bytes"))
}

/// Encrypts `clear`, bound to `about`.
pub(super) fn seal(key: &Key, about: &[u8], clear: &[u8], randomness: &Randomness) -> Vec<u8> {
    let nonce: [u8; NONCE_LEN] = randomness.bytes();
    let mut text = clear.to_vec();
    let tag = cipher(key)
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(about), &mut text)
        .expect("a text below 64 GiB can be sealed");
    let mut sealed = nonce.to_vec();
    sealed.extend(text);
    sealed.extend(tag.as_ref());
    sealed
}

/// Decrypts what was sealed with this key about this.
pub(super) fn open(key: &Key, about: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let mut text = text.to_vec();
    let length =
        cipher(key).open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(about), &mut text).ok()?.len();
    text.truncate(length);
    Some(text)
}
