use std::collections::BTreeMap;

use http::{HeaderMap, header::SET_COOKIE};
use url::Url;

/// The cookies of one site. All of them are for all of its paths.
#[derive(Debug, Clone, Default)]
pub struct CookieJar(BTreeMap<String, String>);

impl CookieJar {
    /// Stores the cookies that a response of the address `url` sets, and removes those whose `Max-Age` is 0.
    ///
    /// # Panics
    ///
    /// If a cookie can be read by scripts or sent by other sites, or is not `Secure` with TLS.
    pub fn store_cookies(&mut self, url: &Url, headers: &HeaderMap) {
        for cookie in headers.get_all(SET_COOKIE) {
            let text = cookie.to_str().expect("a cookie is text");
            assert!(text.contains("; HttpOnly; SameSite=Lax"), "{text}");
            // Addresses of this machine are without TLS and set no `Secure`: Safari stores no `Secure` cookie from there.
            assert_eq!(text.contains("; Secure;"), url.scheme() == "https", "{text}");
            let mut parts = text.split("; ");
            let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).expect("a cookie has a name");
            if parts.any(|attribute| attribute == "Max-Age=0") {
                self.0.remove(name);
            } else {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// The value of the cookie with this name.
    pub fn find_cookie(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value of the header `Cookie`, unless there is no cookie.
    pub fn to_header(&self) -> Option<String> {
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_sent_until_its_age_is_zero() {
        let url: Url = "http://service.localhost/".parse().unwrap();
        let mut jar = CookieJar::default();
        let mut store = |lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(SET_COOKIE, http::HeaderValue::from_static(line));
            }
            jar.store_cookies(&url, &headers);
            jar.to_header()
        };
        assert_eq!(store(&[]), None);
        let first = ["b=2; Path=/; HttpOnly; SameSite=Lax", "a=1; Path=/; HttpOnly; SameSite=Lax; Max-Age=060"];
        assert_eq!(store(&first).as_deref(), Some("a=1; b=2"));
        assert_eq!(store(&["a=3; Path=/; HttpOnly; SameSite=Lax"]).as_deref(), Some("a=3; b=2"));
        assert_eq!(store(&["a=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"]).as_deref(), Some("b=2"));
    }
}
