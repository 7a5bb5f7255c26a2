use std::str::FromStr;

use base::{Span, Token};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    ProviderError, ReceptionRequest, RegisteredReception, RequestUri, WrongDetails, WrongName, bearer::is_b64token,
};

const MAX_BYTES: usize = 16 * 1024;

/// Why a response of a reception is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResponseRefusal {
    /// The reception returned an OAuth error.
    #[error("the reception refuses: {0}")]
    Refused(ProviderError),
    /// An unexpected HTTP status without an OAuth error.
    #[error("the reception answers with HTTP status {0} and no OAuth error")]
    Status(u16),
    /// The body is longer than allowed.
    #[error("the reception's answer is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// Not the expected JSON.
    #[error("the reception's answer is not the JSON it should be: {0}")]
    Unreadable(String),
    /// Not a bearer token (RFC 6749 §7.1: it must not be used).
    #[error("the reception hands out a token of another type than Bearer")]
    TokenType,
    /// A token or request URI of an invalid form.
    #[error("the reception hands out something unusable: {0}")]
    Unusable(WrongName),
    /// Invalid details.
    #[error("the reception's answer: {0}")]
    Details(#[from] WrongDetails),
    /// For another reception than the requested one.
    #[error("the reception answers about something else: {0} is not what was asked")]
    Mismatch(&'static str),
}

/// The response to a pushed request (RFC 9126 §2.2).
pub struct PushedAuthorizationResponse {
    /// For the authorization request.
    pub request_uri: RequestUri,
    /// The lifetime of the request URI.
    pub expires_in: Span,
}

/// An access token (RFC 6750), which gives access to the status of one reception and nothing else. It cannot be printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct AccessToken(String);

/// The response to a redeemed code (RFC 6749 §5.1, RFC 9396 §7).
pub struct TokenResponse {
    /// For querying the status of the reception.
    pub access_token: AccessToken,
    /// The lifetime of the access token.
    pub expires_in: Span,
    /// The registered reception.
    pub reception: RegisteredReception,
}

/// Whole seconds, as in `expires_in`.
fn whole_seconds(span: Span) -> u64 {
    u64::try_from(span.as_secs()).unwrap_or(0)
}

/// Limits a time span to ten years, as larger numbers are mistakes.
fn bounded_span(seconds: u64) -> Span {
    Span::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX).min(10 * 366 * 86_400))
}

/// The body of a response with an expected status; otherwise its error.
pub(crate) fn response_body<'a>(status: u16, expected: &[u16], body: &'a [u8]) -> Result<&'a [u8], ResponseRefusal> {
    if body.len() > MAX_BYTES {
        return Err(ResponseRefusal::TooLong);
    }
    if expected.contains(&status) {
        return Ok(body);
    }
    Err(ProviderError::read(body).map_or(ResponseRefusal::Status(status), ResponseRefusal::Refused))
}

pub(crate) fn parse_json<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, ResponseRefusal> {
    serde_json::from_slice(body).map_err(|error| ResponseRefusal::Unreadable(error.to_string()))
}

impl PushedAuthorizationResponse {
    /// The HTTP status of the response (RFC 9126 §2.2).
    pub const STATUS: u16 = 201;

    /// Parses a reception's response.
    pub fn read(status: u16, response: &[u8]) -> Result<Self, ResponseRefusal> {
        #[derive(Deserialize)]
        struct Wire {
            request_uri: String,
            expires_in: u64,
        }
        let wire: Wire = parse_json(response_body(status, &[Self::STATUS, 200], response)?)?;
        let request_uri = wire.request_uri.parse().map_err(ResponseRefusal::Unusable)?;
        Ok(Self { request_uri, expires_in: bounded_span(wire.expires_in) })
    }
}

impl Serialize for PushedAuthorizationResponse {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire<'a> {
            request_uri: &'a str,
            expires_in: u64,
        }
        Wire { request_uri: self.request_uri.reveal(), expires_in: whole_seconds(self.expires_in) }
            .serialize(serializer)
    }
}

impl AccessToken {
    /// The access token with this token.
    pub fn from_token(token: &Token) -> Self {
        Self(token.reveal())
    }

    /// The text to send, after `Authorization: Bearer `.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccessToken {
    type Err = WrongName;

    /// Accepts any access token: its form is defined by the reception (RFC 6749 §1.4).
    fn from_str(text: &str) -> Result<Self, WrongName> {
        if is_b64token(text) {
            Ok(Self(text.into()))
        } else {
            Err(WrongName::new("an access_token", 2048, "A-Z a-z 0-9 - . _ ~ + / ="))
        }
    }
}

impl TokenResponse {
    /// Parses a reception's response and compares it with the request.
    pub fn read(status: u16, response: &[u8], request: &ReceptionRequest) -> Result<Self, ResponseRefusal> {
        #[derive(Deserialize)]
        struct Wire {
            access_token: String,
            token_type: String,
            expires_in: u64,
            authorization_details: serde_json::Value,
        }
        let wire: Wire = parse_json(response_body(status, &[200], response)?)?;
        // RFC 6749 §5.1: "Value is case insensitive."
        if !wire.token_type.eq_ignore_ascii_case("Bearer") {
            return Err(ResponseRefusal::TokenType);
        }
        let reception = RegisteredReception::parse(&wire.authorization_details.to_string())?;
        let members = [
            (reception.request.institution == request.institution, "institution_code"),
            (reception.request.visit_date == request.visit_date, "visit_date"),
            (reception.request.reference == request.reference, "reference"),
        ];
        if let Some((_, member)) = members.into_iter().find(|(is_equal, _)| !is_equal) {
            return Err(ResponseRefusal::Mismatch(member));
        }
        let access_token = wire.access_token.parse().map_err(ResponseRefusal::Unusable)?;
        Ok(Self { access_token, expires_in: bounded_span(wire.expires_in), reception })
    }
}

impl Serialize for TokenResponse {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire<'a> {
            access_token: &'a str,
            token_type: &'static str,
            expires_in: u64,
            authorization_details: [&'a RegisteredReception; 1],
        }
        Wire {
            access_token: self.access_token.reveal(),
            token_type: "Bearer",
            expires_in: whole_seconds(self.expires_in),
            authorization_details: [&self.reception],
        }
        .serialize(serializer)
    }
}
