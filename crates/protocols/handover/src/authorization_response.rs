use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{ErrorCode, Form, Issuer, ProviderError, State};

/// The parameters of a browser that returns from a reception. Find the departure by its [`state`](Self::state), then
/// [`check`](Self::check).
pub struct UnverifiedAuthorizationResponse {
    state: State,
    issuer: String,
    outcome: AuthorizationResponse,
}

/// The outcome of a hand-over as reported by the browser.
pub enum AuthorizationResponse {
    /// Registered, according to the browser: redeem the code to verify it.
    Code(AuthorizationCode),
    /// Ended without registering. The patient may start again.
    Denied,
    /// The reception reported an error.
    Failed(ProviderError),
}

/// A code to be redeemed, from a checked response. It cannot be printed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct AuthorizationCode(String);

/// Why a response is refused. The patient sees the unchanged state of the appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizationResponseRefusal {
    /// The query is invalid, or a parameter is repeated.
    #[error("the answer is not a query with each parameter once")]
    Unreadable,
    /// The state is missing.
    #[error("the answer brings no state back")]
    NoState,
    /// Not the state that was sent: another browser, or a forged link.
    #[error("the answer's state is not the one that was sent")]
    StateMismatch,
    /// Not from the reception of the departure (RFC 9207 §2.4).
    #[error("the answer's iss is not the reception that was asked")]
    IssuerMismatch,
    /// Neither code nor error, or both.
    #[error("the answer brings neither a code nor an error, or both")]
    NoOutcome,
    /// The code has an invalid form.
    #[error("the answer's code is not 1 to 512 characters of visible ASCII")]
    Code,
}

impl AuthorizationCode {
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl UnverifiedAuthorizationResponse {
    /// Parses the query with which the browser returned.
    pub fn parse(query: &str) -> Result<Self, AuthorizationResponseRefusal> {
        let form = Form::from_query(query).map_err(|_| AuthorizationResponseRefusal::Unreadable)?;
        let state =
            form.value("state").and_then(|state| state.parse().ok()).ok_or(AuthorizationResponseRefusal::NoState)?;
        let outcome = match (form.value("code"), form.value("error")) {
            (Some(code), None) => {
                if code.len() > 512 || !code.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
                    return Err(AuthorizationResponseRefusal::Code);
                }
                AuthorizationResponse::Code(AuthorizationCode(code.to_owned()))
            }
            (None, Some(error)) => {
                let error = ProviderError::new(error, form.value("error_description"));
                if error.has_code(ErrorCode::AccessDenied) {
                    AuthorizationResponse::Denied
                } else {
                    AuthorizationResponse::Failed(error)
                }
            }
            _ => return Err(AuthorizationResponseRefusal::NoOutcome),
        };
        let issuer = form.value("iss").ok_or(AuthorizationResponseRefusal::IssuerMismatch)?.to_owned();
        Ok(Self { state, issuer, outcome })
    }

    /// The state, which identifies the departure.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Checks that the state is the one sent, and that the response is from this issuer.
    pub fn check(self, sent: &State, issuer: &Issuer) -> Result<AuthorizationResponse, AuthorizationResponseRefusal> {
        if !self.state.matches(sent) {
            return Err(AuthorizationResponseRefusal::StateMismatch);
        }
        if self.issuer != issuer.as_str() {
            return Err(AuthorizationResponseRefusal::IssuerMismatch);
        }
        Ok(self.outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: Result<&str, AuthorizationResponseRefusal>) {
        let sent = "sent".parse().unwrap();
        let issuer = "https://reception.example".parse().unwrap();
        let actual = UnverifiedAuthorizationResponse::parse(query)
            .and_then(|response| response.check(&sent, &issuer))
            .map(|response| match response {
                AuthorizationResponse::Code(code) => format!("code {}", code.reveal()),
                AuthorizationResponse::Denied => "ended".into(),
                AuthorizationResponse::Failed(error) => format!("failed {error}"),
            });
        assert_eq!(actual, expected.map(String::from), "{query}");
    }

    #[test]
    fn a_return_is_believed_or_refused_for_its_own_reason() {
        const ISS: &str = "iss=https%3A%2F%2Freception.example";
        check(&format!("code=abc&state=sent&{ISS}"), Ok("code abc"));
        check(&format!("code=abc&state=sent&{ISS}&session_state=x"), Ok("code abc"));
        check(&format!("error=access_denied&error_description=x&state=sent&{ISS}"), Ok("ended"));
        check(&format!("error=server_error&state=sent&{ISS}"), Ok("failed server_error: no description"));
        check(&format!("code=abc&state=other&{ISS}"), Err(AuthorizationResponseRefusal::StateMismatch));
        check(&format!("code=abc&{ISS}"), Err(AuthorizationResponseRefusal::NoState));
        check(&format!("code=abc&state=&{ISS}"), Err(AuthorizationResponseRefusal::NoState));
        check("code=abc&state=sent", Err(AuthorizationResponseRefusal::IssuerMismatch));
        check(&format!("code=abc&state=sent&{ISS}%2F"), Err(AuthorizationResponseRefusal::IssuerMismatch));
        check("code=abc&state=sent&iss=https://evil.example", Err(AuthorizationResponseRefusal::IssuerMismatch));
        check(&format!("state=sent&{ISS}"), Err(AuthorizationResponseRefusal::NoOutcome));
        check(&format!("code=abc&error=access_denied&state=sent&{ISS}"), Err(AuthorizationResponseRefusal::NoOutcome));
        check(&format!("code=abc&code=abc&state=sent&{ISS}"), Err(AuthorizationResponseRefusal::Unreadable));
        check(&format!("code=a%00&state=sent&{ISS}"), Err(AuthorizationResponseRefusal::Code));
        check(&format!("code={}&state=sent&{ISS}", "x".repeat(513)), Err(AuthorizationResponseRefusal::Code));
        check("", Err(AuthorizationResponseRefusal::NoState));
    }
}
