use base::{InstitutionCode, Key, Randomness, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use web::Visitor;
use zeroize::Zeroizing;

/// Seals values in addresses and forms under a key derived from the browser's secret, bound to the institution and the
/// purpose.
///
/// So the terminal stores nothing of the persons that it showed, and an address that is copied, or left in a history, cannot
/// be opened after the account has signed out: signing out gives the browser another secret.
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
        // Structs of texts and dates always serialize.
        let content = Zeroizing::new(serde_json::to_vec(value).expect("the sealed value serializes to JSON"));
        BASE64_URL_SAFE_NO_PAD.encode(self.key.seal(
            self.associated_data(purpose).as_bytes(),
            &content,
            self.randomness,
        ))
    }

    /// Opens what was sealed for this purpose in this browser at this institution; `None` if it was changed or is of another.
    pub(crate) fn open<T: DeserializeOwned>(&self, purpose: &str, sealed: &str) -> Option<T> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let content = self.key.open(self.associated_data(purpose).as_bytes(), &bytes).ok()?;
        serde_json::from_slice(&content).ok()
    }
}
