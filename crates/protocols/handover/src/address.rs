use std::{fmt, str::FromStr};

use base::Token;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::{OauthError, State};

const MAX_LENGTH: usize = 1024;

/// Why a text is no address for the hand-over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongAddress {
    /// Longer than allowed.
    #[error("the address is longer than {MAX_LENGTH} characters")]
    TooLong,
    /// Not an address.
    #[error("this is not an absolute address: {0}")]
    Unreadable(String),
    /// Neither https nor this machine.
    #[error("the address must begin with https://, or for development http:// with a loopback host or *.localhost")]
    Scheme,
    /// It contains a user name or password.
    #[error("the address must not hold a user name or password")]
    Credentials,
    /// It has a fragment (`#…`).
    #[error("the address must not have a fragment")]
    Fragment,
    /// It has a query (`?…`) where none is allowed (RFC 8414 §2).
    #[error("an issuer must not have a query")]
    Query,
    /// Its query has a parameter that the response adds.
    #[error("the query must not hold the parameter {0}: the answer brings its own")]
    Reserved(&'static str),
    /// It is not normalised. Addresses are compared as strings, so only the normal form is accepted.
    #[error("write the address as {0}")]
    NotNormalised(String),
}

/// Where a service's browser returns to. Compared as a string (RFC 9700 §4.1.3).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RedirectUri(Url);

/// The issuer identifier of a reception (RFC 8414 §2). Compared as a string.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Issuer(String);

/// An address for a single redirect. It contains a secret and cannot be printed.
pub struct Location(Url);

/// The parameters of authorization responses (RFC 6749 §4.1.2, RFC 9207 §2).
const RESPONSE_PARAMETERS: [&str; 6] = ["code", "state", "iss", "error", "error_description", "error_uri"];

pub(crate) fn parse_web_address(text: &str) -> Result<Url, WrongAddress> {
    if text.len() > MAX_LENGTH {
        return Err(WrongAddress::TooLong);
    }
    let url = Url::parse(text).map_err(|error| WrongAddress::Unreadable(error.to_string()))?;
    let secure = match url.scheme() {
        "https" => true,
        "http" => is_loopback_host(&url),
        _ => false,
    };
    if !secure {
        return Err(WrongAddress::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(WrongAddress::Credentials);
    }
    if url.fragment().is_some() {
        return Err(WrongAddress::Fragment);
    }
    Ok(url)
}

/// Requests to these hosts never leave the machine (RFC 6761 §6.3, RFC 8252 §7.3).
fn is_loopback_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => base::is_loopback_name(name),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl RedirectUri {
    /// The address in its wire form.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The origin of the page (RFC 6454 §6.2).
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The response with the code (RFC 6749 §4.1.2, RFC 9207 §2), for a redirect with status 303, so that no form is posted on
    /// to another site (RFC 9700 §4.12).
    pub fn with_code(&self, code: &Token, state: Option<&State>, issuer: &Issuer) -> Location {
        self.with_parameters(&[("code", &code.reveal())], state, issuer)
    }

    /// The response with an error (RFC 6749 §4.1.2.1).
    pub fn with_error(&self, error: &OauthError, state: Option<&State>, issuer: &Issuer) -> Location {
        self.with_parameters(
            &[("error", error.code().as_str()), ("error_description", error.description())],
            state,
            issuer,
        )
    }

    fn with_parameters(&self, outcome: &[(&str, &str)], state: Option<&State>, issuer: &Issuer) -> Location {
        let mut url = self.0.clone();
        url.query_pairs_mut()
            .extend_pairs(outcome)
            .extend_pairs(state.map(|state| ("state", state.reveal())))
            .append_pair("iss", issuer.as_str());
        Location::new(url)
    }
}

impl FromStr for RedirectUri {
    type Err = WrongAddress;

    fn from_str(text: &str) -> Result<Self, WrongAddress> {
        let url = parse_web_address(text)?;
        if url.as_str() != text {
            return Err(WrongAddress::NotNormalised(url.into()));
        }
        if let Some(reserved) =
            RESPONSE_PARAMETERS.iter().find(|name| url.query_pairs().any(|(parameter, _)| parameter == **name))
        {
            return Err(WrongAddress::Reserved(reserved));
        }
        Ok(Self(url))
    }
}

impl Issuer {
    /// The issuer in its wire form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address of its metadata (RFC 8414 §3.1): the well-known part is inserted between host and path.
    pub fn metadata_url(&self) -> Url {
        // The parser accepts nothing else.
        let mut url = Url::parse(&self.0).expect("an issuer is an address");
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("/.well-known/oauth-authorization-server{path}"));
        url
    }
}

impl FromStr for Issuer {
    type Err = WrongAddress;

    fn from_str(text: &str) -> Result<Self, WrongAddress> {
        let url = parse_web_address(text)?;
        if url.query().is_some() {
            return Err(WrongAddress::Query);
        }
        // An issuer is usually written without the slash that is added to an address without a path.
        if url.as_str() != text && url.as_str().strip_suffix('/') != Some(text) {
            return Err(WrongAddress::NotNormalised(url.as_str().trim_end_matches('/').into()));
        }
        Ok(Self(text.into()))
    }
}

impl Location {
    pub(crate) fn new(url: Url) -> Self {
        Self(url)
    }

    /// The address for the `Location` header.
    pub fn reveal(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

macro_rules! on_the_wire_as_text {
    ($($name:ty),*) => { $(
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )* };
}
on_the_wire_as_text!(RedirectUri, Issuer);

#[cfg(test)]
mod tests {
    use base::Randomness;

    use super::*;

    fn check<Address: FromStr<Err = WrongAddress>>(text: &str, expected: &Result<(), WrongAddress>) {
        assert_eq!(&text.parse::<Address>().map(|_| ()), expected, "{text}");
    }

    fn not_normalised(text: &str) -> Result<(), WrongAddress> {
        Err(WrongAddress::NotNormalised(text.into()))
    }

    #[test]
    fn a_redirect_uri_is_https_or_this_machine() {
        for right in [
            "https://consult.example/return",
            "https://consult.example/return?tenant=7",
            "http://consult.localhost:8400/return",
            "http://localhost:1/",
            "http://127.0.0.1:8400/return",
            "http://[::1]:8400/return",
        ] {
            check::<RedirectUri>(right, &Ok(()));
        }
        check::<RedirectUri>("http://consult.example/return", &Err(WrongAddress::Scheme));
        check::<RedirectUri>("http://localhost.example/", &Err(WrongAddress::Scheme));
        check::<RedirectUri>("http://notlocalhost/", &Err(WrongAddress::Scheme));
        check::<RedirectUri>("javascript:alert(1)", &Err(WrongAddress::Scheme));
        check::<RedirectUri>("custom://app/return", &Err(WrongAddress::Scheme));
        check::<RedirectUri>("https://a:b@consult.example/", &Err(WrongAddress::Credentials));
        check::<RedirectUri>("https://consult.example/#", &Err(WrongAddress::Fragment));
        check::<RedirectUri>("https://consult.example/?code=1", &Err(WrongAddress::Reserved("code")));
        check::<RedirectUri>("https://consult.example/?a=1&st%61te=1", &Err(WrongAddress::Reserved("state")));
        check::<RedirectUri>(&format!("https://a.example/{}", "x".repeat(MAX_LENGTH)), &Err(WrongAddress::TooLong));
        assert!(matches!("/return".parse::<RedirectUri>(), Err(WrongAddress::Unreadable(_))));
    }

    #[test]
    fn an_address_has_one_spelling() {
        check::<RedirectUri>("https://Consult.example/", &not_normalised("https://consult.example/"));
        check::<RedirectUri>("https://consult.example", &not_normalised("https://consult.example/"));
        check::<RedirectUri>("https://consult.example:443/", &not_normalised("https://consult.example/"));
        check::<RedirectUri>("https:\\\\consult.example/", &not_normalised("https://consult.example/"));
        check::<RedirectUri>("https://consult.example/a/../b", &not_normalised("https://consult.example/b"));
        check::<RedirectUri>(" https://consult.example/", &not_normalised("https://consult.example/"));
        check::<RedirectUri>("http://2130706433/", &not_normalised("http://127.0.0.1/"));
        check::<Issuer>("https://Reception.example", &not_normalised("https://reception.example"));
    }

    #[test]
    fn an_issuer_has_no_query_and_keeps_its_spelling() {
        check::<Issuer>("https://reception.example", &Ok(()));
        check::<Issuer>("https://reception.example/tenant", &Ok(()));
        check::<Issuer>("https://reception.example?a=1", &Err(WrongAddress::Query));
        check::<Issuer>("http://reception.example", &Err(WrongAddress::Scheme));
        assert_eq!("https://reception.example".parse::<Issuer>().unwrap().as_str(), "https://reception.example");
    }

    #[test]
    fn metadata_stands_between_host_and_path() {
        for (issuer, expected) in [
            ("https://a.example", "https://a.example/.well-known/oauth-authorization-server"),
            ("https://a.example/", "https://a.example/.well-known/oauth-authorization-server"),
            ("https://a.example/b/", "https://a.example/.well-known/oauth-authorization-server/b"),
        ] {
            assert_eq!(issuer.parse::<Issuer>().unwrap().metadata_url().as_str(), expected);
        }
    }

    #[test]
    fn an_answer_keeps_the_query_and_adds_state_and_issuer() {
        let redirect: RedirectUri = "https://consult.example/return?tenant=7".parse().unwrap();
        let (state, issuer) = ("a&b c".parse().unwrap(), "https://reception.example".parse().unwrap());
        let code = Token::new(&Randomness::repeatable("code"));
        assert_eq!(
            redirect.with_code(&code, Some(&state), &issuer).reveal(),
            format!(
                "https://consult.example/return?tenant=7&code={}&state=a%26b+c&iss=https%3A%2F%2Freception.example",
                code.reveal()
            )
        );
        let denied = redirect.with_error(&OauthError::access_denied(), None, &issuer);
        assert_eq!(
            denied.reveal(),
            "https://consult.example/return?tenant=7&error=access_denied&error_description=The+patient+ended+the+\
             procedure+without+registering+consent.&iss=https%3A%2F%2Freception.example"
        );
    }
}
