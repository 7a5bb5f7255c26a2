use base::{InstitutionCode, Key, Randomness, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use shell::Visitor;
use zeroize::Zeroizing;

/// Seals what a page must find again and nobody may read in an address: under a key that follows from the
/// secret of the browser, bound to the institution and the purpose.
///
/// So the terminal keeps nothing of whom it showed, and an address that is copied, or left in a history, opens nothing
/// after the account has signed out: signing out gives the browser another secret.
pub(crate) struct BrowserSeal<'a> {
    key: Key,
    institution: InstitutionCode,
    randomness: &'a Randomness,
}

impl<'a> BrowserSeal<'a> {
    /// The seal of this visitor's browser at an institution's terminal.
    pub(crate) fn for_visitor(visitor: &'a Visitor, institution: InstitutionCode) -> Self {
        let key = Key::from_bytes(*digest(&[visitor.browser().derive("terminal/seal").as_bytes()]).as_bytes());
        Self { key, institution, randomness: visitor.site().randomness() }
    }

    fn associated_data(&self, purpose: &str) -> String {
        format!("{purpose}:{}", self.institution)
    }

    /// The sealed value, in base64url.
    pub(crate) fn seal<T: Serialize>(&self, purpose: &str, value: &T) -> String {
        // Plain structs of texts and dates always have a form in JSON.
        let content = Zeroizing::new(serde_json::to_vec(value).expect("what is sealed has a form in JSON"));
        BASE64_URL_SAFE_NO_PAD.encode(self.key.seal(
            self.associated_data(purpose).as_bytes(),
            &content,
            self.randomness,
        ))
    }

    /// What was sealed for this purpose in this browser at this institution, unless a byte of it was changed.
    pub(crate) fn open<T: DeserializeOwned>(&self, purpose: &str, sealed: &str) -> Option<T> {
        let whole = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let content = self.key.open(self.associated_data(purpose).as_bytes(), &whole).ok()?;
        serde_json::from_slice(&content).ok()
    }
}
