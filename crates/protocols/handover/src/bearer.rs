use base::Token;

use crate::{ErrorCode, OauthError};

/// Why a request with an access token is refused (RFC 6750 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BearerRefusal {
    /// No token at all. Such a request gets no error code (RFC 6750 §3.1).
    #[error("no access token was sent")]
    Missing,
    /// Not exactly one header of the form `Bearer TOKEN`.
    #[error("the Authorization header is not one 'Bearer' and one token")]
    Malformed,
    /// Unknown or expired.
    #[error("the access token is unknown or has expired")]
    Invalid,
}

const REALM: &str = "online_eligibility_reception";

impl BearerRefusal {
    /// The HTTP status (RFC 6750 §3.1).
    pub fn status(self) -> u16 {
        match self {
            Self::Missing | Self::Invalid => 401,
            Self::Malformed => 400,
        }
    }

    /// The `WWW-Authenticate` header (RFC 6750 §3) of the response.
    pub fn www_authenticate(self) -> String {
        match self.error() {
            None => format!(r#"Bearer realm="{REALM}""#),
            Some(error) => format!(
                r#"Bearer realm="{REALM}", error="{}", error_description="{}""#,
                error.code(),
                error.description()
            ),
        }
    }

    /// The body, if there is an error code.
    pub fn error(self) -> Option<OauthError> {
        match self {
            Self::Missing => None,
            Self::Malformed => Some(OauthError::invalid_request(
                "Send one Authorization header with the word Bearer, a space and the access_token.",
            )),
            Self::Invalid => {
                Some(OauthError::new(ErrorCode::InvalidToken, "This access_token is unknown or has expired."))
            }
        }
    }
}

/// The token in the `Authorization` headers of a request (RFC 6750 §2.1). Other methods are not supported (RFC 9700
/// §4.3.2).
pub fn bearer_token<'a>(headers: impl IntoIterator<Item = &'a [u8]>) -> Result<Token, BearerRefusal> {
    let mut headers = headers.into_iter();
    let header = match (headers.next(), headers.next()) {
        (None, _) => return Err(BearerRefusal::Missing),
        (Some(header), None) => header,
        (Some(_), Some(_)) => return Err(BearerRefusal::Malformed),
    };
    let text = std::str::from_utf8(header).map_err(|_| BearerRefusal::Malformed)?;
    let (scheme, token) = text.split_once(' ').ok_or(BearerRefusal::Malformed)?;
    let token = token.trim_start_matches(' ');
    if !scheme.eq_ignore_ascii_case("Bearer") || !is_b64token(token) {
        return Err(BearerRefusal::Malformed);
    }
    token.parse().map_err(|_| BearerRefusal::Invalid)
}

/// `b64token` of RFC 6750 §2.1.
pub(crate) fn is_b64token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/');
    (1..=2048).contains(&body.len()) && body.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use base::Randomness;

    use super::*;

    fn check(headers: &[&str], expected: Result<(), BearerRefusal>) {
        let token = Token::new(&Randomness::repeatable("access")).reveal();
        let headers: Vec<String> = headers.iter().map(|header| header.replace("TOKEN", &token)).collect();
        let actual =
            bearer_token(headers.iter().map(String::as_bytes)).map(|parsed| assert_eq!(parsed.reveal(), token));
        assert_eq!(actual, expected, "{headers:?}");
    }

    #[test]
    fn one_header_brings_one_token() {
        check(&["Bearer TOKEN"], Ok(()));
        check(&["bearer  TOKEN"], Ok(()));
        check(&[], Err(BearerRefusal::Missing));
        check(&["Bearer TOKEN", "Bearer TOKEN"], Err(BearerRefusal::Malformed));
        check(&["Basic TOKEN"], Err(BearerRefusal::Malformed));
        check(&["Bearer"], Err(BearerRefusal::Malformed));
        check(&["Bearer "], Err(BearerRefusal::Malformed));
        check(&["Bearer TOKEN TOKEN"], Err(BearerRefusal::Malformed));
        check(&["Bearer TÖKEN"], Err(BearerRefusal::Malformed));
        check(&["Bearer another"], Err(BearerRefusal::Invalid));
    }

    #[test]
    fn a_refusal_is_a_challenge() {
        assert_eq!(BearerRefusal::Missing.www_authenticate(), r#"Bearer realm="online_eligibility_reception""#);
        assert_eq!(
            BearerRefusal::Invalid.www_authenticate(),
            r#"Bearer realm="online_eligibility_reception", error="invalid_token", error_description="This access_token is unknown or has expired.""#
        );
        assert_eq!(BearerRefusal::Malformed.status(), 400);
        assert_eq!(BearerRefusal::Invalid.status(), 401);
    }
}
