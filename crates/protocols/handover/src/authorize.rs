use std::str::FromStr;

use base::Token;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{ClientId, ErrorCode, Form, OauthError, WrongName, error::quote_excerpt};

/// RFC 9126 §2.2: the prefix of a request URI of this reception. A token follows.
const REQUEST_URI_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// The parameters of the pushed request. In an authorization request they are a mistake or an attack.
const PUSHED_PARAMETERS: [&str; 12] = [
    "redirect_uri",
    "state",
    "code_challenge",
    "code_challenge_method",
    "authorization_details",
    "request",
    "scope",
    "response_mode",
    "nonce",
    "claims",
    "client_assertion",
    "client_secret",
];

/// The request URI of a pushed request (RFC 9126 §2.2). It is valid once and cannot be printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RequestUri(String);

/// An authorization request (RFC 9126 §4): only the client and the reference to its pushed request.
pub struct AuthorizationRequest {
    /// The claimed client. The reception compares it with the pushing client: [`belongs_to`](Self::belongs_to).
    pub client_id: ClientId,
    /// The token of the request URI. Stored as its digest.
    pub request: Token,
}

impl RequestUri {
    /// The request URI with this token.
    pub fn from_token(token: &Token) -> Self {
        Self(format!("{REQUEST_URI_PREFIX}{}", token.reveal()))
    }

    /// The text to send.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The token, if it has the form of [`RequestUri::from_token`].
    pub fn token(&self) -> Option<Token> {
        self.0.strip_prefix(REQUEST_URI_PREFIX)?.parse().ok()
    }
}

impl FromStr for RequestUri {
    type Err = WrongName;

    /// Accepts any request URI: its form is defined by the reception (RFC 9126 §2.2).
    fn from_str(text: &str) -> Result<Self, WrongName> {
        if (1..=512).contains(&text.len()) && text.contains(':') && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.into()))
        } else {
            Err(WrongName::new("a request_uri", 512, "visible ASCII, beginning with a scheme"))
        }
    }
}

impl AuthorizationRequest {
    /// Parses the query of a browser's request. An error is shown on a page, as there is no verified redirect URI.
    pub fn parse(query: &str) -> Result<Self, OauthError> {
        let form = Form::from_query(query)?;
        if form.value("request_uri").is_none() && PUSHED_PARAMETERS.iter().any(|name| form.value(name).is_some()) {
            return Err(OauthError::invalid_request(
                "This reception takes pushed requests only (RFC 9126): push the parameters, then leave with \
                 client_id and request_uri.",
            ));
        }
        if let Some(name) = PUSHED_PARAMETERS.iter().find(|name| form.value(name).is_some()) {
            return Err(OauthError::invalid_request(format!(
                "The parameter {name} belongs to the pushed request. Leave with client_id and request_uri only."
            )));
        }
        // RFC 9101 §5 allows libraries to repeat it, so it is accepted with its only valid value.
        if form.value("response_type").is_some_and(|response_type| response_type != "code") {
            return Err(OauthError::invalid_request(
                "The response_type is code. Leave with client_id and request_uri only.",
            ));
        }
        let client_id = form.require("client_id")?;
        let client_id = client_id.parse().map_err(|_| {
            OauthError::invalid_request(format!("No client has the client_id {}.", quote_excerpt(client_id)))
        })?;
        let request =
            form.require("request_uri")?.strip_prefix(REQUEST_URI_PREFIX).and_then(|token| token.parse().ok());
        let request = request.ok_or_else(|| {
            OauthError::new(ErrorCode::InvalidRequestUri, "This request_uri was not handed out by this reception.")
        })?;
        Ok(Self { client_id, request })
    }

    /// Checks that it comes from the client that pushed the request (RFC 9126 §4).
    pub fn belongs_to(&self, pushed_by: &ClientId) -> Result<(), OauthError> {
        if &self.client_id == pushed_by {
            Ok(())
        } else {
            Err(OauthError::new(ErrorCode::InvalidRequestUri, "This request_uri was handed out to another client."))
        }
    }
}

#[cfg(test)]
mod tests {
    use base::Randomness;

    use super::*;

    fn check(query: &str, expected: Result<(), &str>) {
        let token = RequestUri::from_token(&Token::new(&Randomness::repeatable("request")));
        match (AuthorizationRequest::parse(&query.replace("URI", token.reveal())), expected) {
            (Ok(request), Ok(())) => assert_eq!(Some(request.request.digest()), token.token().map(|t| t.digest())),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error} / {part}"),
            (Ok(_), Err(part)) => panic!("{query} is not refused: {part}"),
            (Err(error), Ok(())) => panic!("{query} is refused: {error}"),
        }
    }

    #[test]
    fn a_browser_arrives_with_client_and_request_uri_only() {
        check("client_id=consult&request_uri=URI", Ok(()));
        check("client_id=consult&request_uri=URI&utm_source=mail", Ok(()));
        check("client_id=consult&request_uri=URI&response_type=code&state=", Ok(()));
        check("client_id=consult&request_uri=URI&response_type=token", Err("response_type is code"));
        check("client_id=consult&request_uri=URI&state=1", Err("state belongs to the pushed request"));
        check("client_id=consult&request_uri=URI&redirect_uri=https://evil.example", Err("redirect_uri belongs"));
        check("client_id=consult&request_uri=URI&scope=openid", Err("scope belongs"));
        check("client_id=consult&redirect_uri=x&response_type=code", Err("takes pushed requests only"));
        check("client_id=consult", Err("request_uri is missing"));
        check("request_uri=URI", Err("client_id is missing"));
        check("", Err("client_id is missing"));
        check("client_id=a%20b&request_uri=URI", Err("No client has the client_id 'a b'"));
        check("client_id=a&client_id=b&request_uri=URI", Err("'client_id' stands twice"));
        check("client_id=consult&request_uri=https://evil.example/x", Err("invalid_request_uri: "));
        check("client_id=consult&request_uri=URIx", Err("invalid_request_uri: "));
        check("client_id=consult&request_uri=urn:ietf:params:oauth:request_uri:x", Err("invalid_request_uri: "));
    }

    #[test]
    fn a_request_uri_belongs_to_who_pushed_it() {
        let uri = RequestUri::from_token(&Token::new(&Randomness::repeatable("request")));
        let query = format!("client_id=consult&request_uri={}", uri.reveal());
        let request = AuthorizationRequest::parse(&query).unwrap();
        assert_eq!(request.belongs_to(&"consult".parse().unwrap()), Ok(()));
        let refused = request.belongs_to(&"other".parse().unwrap()).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::InvalidRequestUri);
    }
}
