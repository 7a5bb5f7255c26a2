use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base::{InstitutionCode, Randomness, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use shell::Visitor;

/// Seals what a page must find again and nobody may read in an address: AES-256-GCM under a key that follows from the
/// secret of the browser, bound to the institution and the purpose.
///
/// So the terminal keeps nothing of whom it showed, and an address that is copied, or left in a history, opens nothing
/// after the account has signed out: signing out gives the browser another secret.
pub(crate) struct Seal<'a> {
    key: LessSafeKey,
    institution: InstitutionCode,
    randomness: &'a Randomness,
}

impl<'a> Seal<'a> {
    /// The seal of this visitor's browser at an institution's terminal.
    pub(crate) fn of(visitor: &'a Visitor, institution: InstitutionCode) -> Self {
        let key = digest(&[visitor.browser().derive("terminal/seal").as_bytes()]);
        // AES-256 takes every key of 32 bytes.
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.as_bytes()).expect("a key has 32 bytes"));
        Self { key, institution, randomness: visitor.site().randomness() }
    }

    fn bound(&self, purpose: &str) -> Aad<Vec<u8>> {
        Aad::from(format!("{purpose}:{}", self.institution).into_bytes())
    }

    /// The nonce, then the sealed bytes, in base64url. A browser's secret seals far fewer than 2^32 things (NIST SP
    /// 800-38D §8.3).
    pub(crate) fn seal<T: Serialize>(&self, purpose: &str, value: &T) -> String {
        let nonce = self.randomness.bytes::<NONCE_LEN>();
        // Plain structs of texts and dates always have a form in JSON.
        let mut sealed = serde_json::to_vec(value).expect("what is sealed has a form in JSON");
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), self.bound(purpose), &mut sealed)
            // It fails only for more than 2^36 bytes.
            .expect("what is sealed is short");
        let mut whole = nonce.to_vec();
        whole.append(&mut sealed);
        BASE64_URL_SAFE_NO_PAD.encode(whole)
    }

    /// What was sealed for this purpose in this browser at this institution, unless a byte of it was changed.
    pub(crate) fn open<T: DeserializeOwned>(&self, purpose: &str, sealed: &str) -> Option<T> {
        let whole = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = whole.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut bytes = sealed.to_vec();
        let clear = self.key.open_in_place(nonce, self.bound(purpose), &mut bytes).ok()?;
        serde_json::from_slice(clear).ok()
    }
}
