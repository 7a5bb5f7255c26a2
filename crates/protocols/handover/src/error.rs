use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

/// Headers for every response with a code, a token or an error about one (RFC 6749 §5.1, RFC 9700 §4.2.4).
pub const NO_STORE: [(&str, &str); 3] =
    [("cache-control", "no-store"), ("pragma", "no-cache"), ("referrer-policy", "no-referrer")];

/// The maximum length of a description.
const MAX_DESCRIPTION: usize = 300;

/// The registered error codes that this profile uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// RFC 6749 §4.1.2.1, §5.2
    InvalidRequest,
    /// RFC 6749 §5.2
    InvalidClient,
    /// RFC 6749 §5.2
    InvalidGrant,
    /// RFC 6749 §4.1.2.1, §5.2
    UnauthorizedClient,
    /// RFC 6749 §5.2
    UnsupportedGrantType,
    /// RFC 6749 §4.1.2.1
    UnsupportedResponseType,
    /// RFC 6749 §4.1.2.1, §5.2
    InvalidScope,
    /// RFC 9396 §5
    InvalidAuthorizationDetails,
    /// RFC 9101 §7
    InvalidRequestUri,
    /// RFC 9101 §7
    RequestNotSupported,
    /// RFC 6749 §4.1.2.1
    AccessDenied,
    /// RFC 6749 §4.1.2.1
    ServerError,
    /// RFC 6749 §4.1.2.1
    TemporarilyUnavailable,
    /// RFC 6750 §3.1
    InvalidToken,
}

impl ErrorCode {
    /// The code in its wire form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidAuthorizationDetails => "invalid_authorization_details",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::RequestNotSupported => "request_not_supported",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::InvalidToken => "invalid_token",
        }
    }

    /// The HTTP status of a response with this code, where it is no redirect.
    pub fn status(self) -> u16 {
        match self {
            Self::InvalidClient | Self::InvalidToken => 401,
            Self::ServerError => 500,
            Self::TemporarilyUnavailable => 503,
            _ => 400,
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// An OAuth error of the reception: a code for the program and a sentence for its developer.
///
/// Serialises to the JSON body of RFC 6749 §5.2. Responses with it need the headers [`NO_STORE`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{code}: {description}")]
pub struct OauthError {
    #[serde(rename = "error")]
    code: ErrorCode,
    #[serde(rename = "error_description")]
    description: Cow<'static, str>,
}

impl OauthError {
    /// An error with a custom description, in which forbidden characters are replaced.
    pub fn new(code: ErrorCode, description: impl Into<Cow<'static, str>>) -> Self {
        Self { code, description: sanitise_description(description.into()) }
    }

    /// No client has the id in the assertion.
    pub fn unknown_client() -> Self {
        Self::new(
            ErrorCode::InvalidClient,
            "No client is registered under this client_id. Register it, or check for a slip in iss and sub.",
        )
    }

    /// The assertion's `jti` was used before (RFC 7523 §3 item 7).
    pub fn replayed_assertion() -> Self {
        Self::new(
            ErrorCode::InvalidClient,
            "This client_assertion was used before. Sign a new one, with a new jti, for every request.",
        )
    }

    /// The request URI is unknown, used, or expired (RFC 9126 §4).
    pub fn lapsed_request_uri() -> Self {
        Self::new(
            ErrorCode::InvalidRequestUri,
            "This request_uri is unknown, was used or has lapsed. Push the request again and leave with the new one.",
        )
    }

    /// The authorization code is unknown, used, or expired (RFC 6749 §4.1.2).
    pub fn lapsed_code() -> Self {
        Self::new(
            ErrorCode::InvalidGrant,
            "This code is unknown, was used or has lapsed. A code is good once, for one minute.",
        )
    }

    /// The patient ended the procedure without registering.
    pub fn access_denied() -> Self {
        Self::new(ErrorCode::AccessDenied, "The patient ended the procedure without registering consent.")
    }

    /// The reception failed; the request is not at fault.
    pub fn server_error() -> Self {
        Self::new(ErrorCode::ServerError, "The reception failed. The request may be sent again.")
    }

    /// The reception is temporarily unavailable.
    pub fn temporarily_unavailable() -> Self {
        Self::new(ErrorCode::TemporarilyUnavailable, "The reception cannot answer now. Try again in a minute.")
    }

    /// The error code.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// The sentence for developers.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The HTTP status of a response with this error.
    ///
    /// A refused client assertion is 401 without a challenge: `private_key_jwt` is sent in the body and has no HTTP scheme
    /// (RFC 6749 §5.2 requires a challenge only where the client used a scheme). The challenges of bearer tokens are in
    /// [`BearerRefusal`](crate::BearerRefusal).
    pub fn status(&self) -> u16 {
        self.code.status()
    }

    pub(crate) fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }

    pub(crate) fn invalid_client(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidClient, description)
    }

    pub(crate) fn invalid_grant(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidGrant, description)
    }
}

/// Restricts a text to `error_description` (RFC 6749 §5.2: %x20-21 / %x23-5B / %x5D-7E) and [`MAX_DESCRIPTION`] characters.
fn sanitise_description(text: Cow<'static, str>) -> Cow<'static, str> {
    let fits = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
    if text.len() <= MAX_DESCRIPTION && text.chars().all(fits) {
        return text;
    }
    let replaced = text.chars().take(MAX_DESCRIPTION).map(|c| match c {
        '"' => '\'',
        '\\' => '/',
        c if fits(c) => c,
        _ => '?',
    });
    Cow::Owned(replaced.collect())
}

/// A foreign text for quotation in an error: at most forty characters.
pub(crate) fn quote_excerpt(text: &str) -> String {
    let start: String = text.chars().take(40).collect();
    if start.len() == text.len() { format!("'{start}'") } else { format!("'{start}...'") }
}

/// An OAuth error received from a reception. For logs and for choosing what happens next; never for a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {description}")]
pub struct ProviderError {
    code: String,
    description: String,
}

#[derive(Deserialize)]
struct ErrorJson {
    error: String,
    error_description: Option<String>,
}

impl ProviderError {
    pub(crate) fn new(code: &str, description: Option<&str>) -> Self {
        let plain = |text: &str, most| text.chars().filter(|c| !c.is_control()).take(most).collect();
        Self { code: plain(code, 64), description: plain(description.unwrap_or("no description"), MAX_DESCRIPTION) }
    }

    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let wire: ErrorJson = serde_json::from_slice(body).ok()?;
        Some(Self::new(&wire.error, wire.error_description.as_deref()))
    }

    /// Whether it is this registered error.
    pub fn has_code(&self, code: ErrorCode) -> bool {
        self.code == code.as_str()
    }

    /// The code as received.
    pub fn code(&self) -> &str {
        &self.code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(description: &'static str, expected: &str) {
        assert_eq!(OauthError::invalid_request(description).description(), expected);
    }

    #[test]
    fn a_description_holds_only_what_the_wire_allows() {
        check("plain 'words' ~", "plain 'words' ~");
        check("a \"quote\" and a \\", "a 'quote' and a /");
        check("受付\n", "???");
        assert_eq!(OauthError::invalid_request("x".repeat(1000)).description().len(), MAX_DESCRIPTION);
    }

    #[test]
    fn an_error_is_the_json_of_rfc_6749() {
        let error = OauthError::lapsed_code();
        let json = serde_json::to_string(&error).unwrap();
        assert!(json.starts_with(r#"{"error":"invalid_grant","error_description":"This code is"#), "{json}");
        let parsed = ProviderError::read(json.as_bytes()).unwrap();
        assert!(parsed.has_code(ErrorCode::InvalidGrant));
        assert_eq!(parsed.to_string(), error.to_string());
    }

    #[test]
    fn the_status_follows_from_the_code() {
        assert_eq!(OauthError::unknown_client().status(), 401);
        assert_eq!(OauthError::lapsed_code().status(), 400);
        assert_eq!(OauthError::server_error().status(), 500);
        assert_eq!(OauthError::temporarily_unavailable().status(), 503);
    }
}
