use url::form_urlencoded;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{OauthError, error::quote_excerpt};

/// The media type of every request body of the hand-over.
pub const FORM_MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// Five times the size of an assertion with an RSA signature, the details and everything else.
const MAX_BYTES: usize = 16 * 1024;
const MAX_PARAMETERS: usize = 40;

/// The parameters of one request or redirect, each at most once.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Parses a request body with its `Content-Type`.
    pub fn from_body(content_type: Option<&str>, body: &[u8]) -> Result<Self, OauthError> {
        let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case(FORM_MEDIA_TYPE) {
            return Err(OauthError::invalid_request(format!(
                "Send the parameters as Content-Type {FORM_MEDIA_TYPE}, not as {}.",
                if essence.is_empty() { "nothing".into() } else { quote_excerpt(essence) }
            )));
        }
        Self::read(body)
    }

    /// Parses the query of an address, the part after the `?`.
    pub fn from_query(query: &str) -> Result<Self, OauthError> {
        Self::read(query.as_bytes())
    }

    fn read(bytes: &[u8]) -> Result<Self, OauthError> {
        if bytes.len() > MAX_BYTES {
            return Err(OauthError::invalid_request(format!("The parameters are longer than {MAX_BYTES} bytes.")));
        }
        let mut form = Self(Vec::new());
        for (name, value) in form_urlencoded::parse(bytes) {
            // Invalid UTF-8 was decoded to U+FFFD, which no parameter of the profile can contain.
            if name.contains('\u{FFFD}') || value.contains('\u{FFFD}') {
                return Err(OauthError::invalid_request("The parameters are not UTF-8 when percent-decoded."));
            }
            // RFC 6749 §3.1: "Request and response parameters MUST NOT be included more than once."
            if form.0.iter().any(|(previous, _)| *previous == name) {
                return Err(OauthError::invalid_request(format!(
                    "The parameter {} stands twice. Send each parameter once.",
                    quote_excerpt(&name)
                )));
            }
            if form.0.len() == MAX_PARAMETERS {
                return Err(OauthError::invalid_request(format!("There are more than {MAX_PARAMETERS} parameters.")));
            }
            form.0.push((name.into_owned(), value.into_owned()));
        }
        Ok(form)
    }

    /// The value of a parameter. An empty one counts as missing (RFC 6749 §3.1).
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(parameter, _)| parameter == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The value of a required parameter.
    pub(crate) fn require(&self, name: &str) -> Result<&str, OauthError> {
        self.value(name).ok_or_else(|| OauthError::invalid_request(format!("The parameter {name} is missing.")))
    }
}

/// A request body to be posted as [`FORM_MEDIA_TYPE`]. It contains secrets and cannot be printed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct FormBody(String);

impl FormBody {
    pub(crate) fn new(parameters: &[(&str, &str)]) -> Self {
        Self(form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish())
    }

    /// The text to send.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &[u8], expected: Result<&[(&str, Option<&str>)], &str>) {
        match (Form::from_body(Some("Application/X-WWW-Form-Urlencoded; charset=utf-8"), body), expected) {
            (Ok(form), Ok(values)) => {
                for (name, value) in values {
                    assert_eq!(form.value(name), *value, "{name}");
                }
            }
            (Err(error), Err(part)) => assert!(error.description().contains(part), "{error}"),
            (Ok(_), Err(part)) => panic!("not refused: {part}"),
            (Err(error), Ok(_)) => panic!("refused: {error}"),
        }
    }

    #[test]
    fn a_form_holds_each_parameter_once() {
        check(b"a=1&b=%E5%8F%97+2", Ok(&[("a", Some("1")), ("b", Some("受 2")), ("c", None)]));
        check(b"", Ok(&[("a", None)]));
        check(b"a=&b", Ok(&[("a", None), ("b", None)]));
        check(b"a=1&b=2&a=1", Err("'a' stands twice"));
        check(b"a=1&%61=", Err("'a' stands twice"));
        check(b"a=%FF", Err("not UTF-8"));
        check(b"\xFF=1", Err("not UTF-8"));
        check(&vec![b'a'; MAX_BYTES + 1], Err("longer than"));
        let parameters = (0..=MAX_PARAMETERS).map(|n| format!("p{n}=1")).collect::<Vec<_>>().join("&");
        check(parameters.as_bytes(), Err("more than"));
    }

    #[test]
    fn a_body_of_another_kind_is_not_read() {
        for (content_type, part) in [(Some("application/json"), "'application/json'"), (None, "as nothing")] {
            let error = Form::from_body(content_type, b"a=1").err().expect("refused");
            assert!(error.description().contains(part), "{error}");
        }
    }
}
