use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{ErrorCode, Form, Issuer, ProviderError, State};

/// A browser that says it comes back from a reception. Find the departure by its [`state`](Self::state), then
/// [`check`](Self::check).
pub struct UnverifiedReturn {
    state: State,
    issuer: String,
    outcome: Return,
}

/// How a patient came back: what happens next.
pub enum Return {
    /// Registered, as far as the browser says: redeem the code to know it.
    Code(AuthorizationCode),
    /// Ended without registering. Nothing was lost; she may leave again.
    Ended,
    /// The reception could not go on.
    Failed(ProviderError),
}

/// A code to be redeemed, from an answer that was checked. It cannot be printed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct AuthorizationCode(String);

/// Why a return is not believed. The patient is shown where she stands; nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReturnRefusal {
    /// The query cannot be read, or a parameter stands twice.
    #[error("the answer is not a query with each parameter once")]
    Unreadable,
    /// No state.
    #[error("the answer brings no state back")]
    NoState,
    /// Not the state that was sent: another browser, or somebody's link.
    #[error("the answer's state is not the one that was sent")]
    AnotherState,
    /// Not from the reception that was left for (RFC 9207 §2.4).
    #[error("the answer's iss is not the reception that was asked")]
    AnotherIssuer,
    /// Neither code nor error, or both.
    #[error("the answer brings neither a code nor an error, or both")]
    NoOutcome,
    /// A code that cannot be sent on.
    #[error("the answer's code is not 1 to 512 characters of visible ASCII")]
    Code,
}

impl AuthorizationCode {
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl UnverifiedReturn {
    /// Reads the query with which the browser came back.
    pub fn parse(query: &str) -> Result<Self, ReturnRefusal> {
        let form = Form::from_query(query).map_err(|_| ReturnRefusal::Unreadable)?;
        let state = form.value("state").and_then(|state| state.parse().ok()).ok_or(ReturnRefusal::NoState)?;
        let outcome = match (form.value("code"), form.value("error")) {
            (Some(code), None) => {
                if code.len() > 512 || !code.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
                    return Err(ReturnRefusal::Code);
                }
                Return::Code(AuthorizationCode(code.to_owned()))
            }
            (None, Some(error)) => {
                let error = ProviderError::new(error, form.value("error_description"));
                if error.is(ErrorCode::AccessDenied) { Return::Ended } else { Return::Failed(error) }
            }
            _ => return Err(ReturnRefusal::NoOutcome),
        };
        let issuer = form.value("iss").ok_or(ReturnRefusal::AnotherIssuer)?.to_owned();
        Ok(Self { state, issuer, outcome })
    }

    /// What it says it answers.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Whether it answers what was sent, and comes from where that was sent.
    pub fn check(self, sent: &State, issuer: &Issuer) -> Result<Return, ReturnRefusal> {
        if !self.state.matches(sent) {
            return Err(ReturnRefusal::AnotherState);
        }
        if self.issuer != issuer.as_str() {
            return Err(ReturnRefusal::AnotherIssuer);
        }
        Ok(self.outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: Result<&str, ReturnRefusal>) {
        let sent = "sent".parse().unwrap();
        let issuer = "https://reception.example".parse().unwrap();
        let found = UnverifiedReturn::parse(query).and_then(|back| back.check(&sent, &issuer)).map(|back| match back {
            Return::Code(code) => format!("code {}", code.reveal()),
            Return::Ended => "ended".into(),
            Return::Failed(error) => format!("failed {error}"),
        });
        assert_eq!(found, expected.map(String::from), "{query}");
    }

    #[test]
    fn a_return_is_believed_or_refused_for_its_own_reason() {
        const ISS: &str = "iss=https%3A%2F%2Freception.example";
        check(&format!("code=abc&state=sent&{ISS}"), Ok("code abc"));
        check(&format!("code=abc&state=sent&{ISS}&session_state=x"), Ok("code abc"));
        check(&format!("error=access_denied&error_description=x&state=sent&{ISS}"), Ok("ended"));
        check(&format!("error=server_error&state=sent&{ISS}"), Ok("failed server_error: no description"));
        check(&format!("code=abc&state=other&{ISS}"), Err(ReturnRefusal::AnotherState));
        check(&format!("code=abc&{ISS}"), Err(ReturnRefusal::NoState));
        check(&format!("code=abc&state=&{ISS}"), Err(ReturnRefusal::NoState));
        check("code=abc&state=sent", Err(ReturnRefusal::AnotherIssuer));
        check(&format!("code=abc&state=sent&{ISS}%2F"), Err(ReturnRefusal::AnotherIssuer));
        check("code=abc&state=sent&iss=https://evil.example", Err(ReturnRefusal::AnotherIssuer));
        check(&format!("state=sent&{ISS}"), Err(ReturnRefusal::NoOutcome));
        check(&format!("code=abc&error=access_denied&state=sent&{ISS}"), Err(ReturnRefusal::NoOutcome));
        check(&format!("code=abc&code=abc&state=sent&{ISS}"), Err(ReturnRefusal::Unreadable));
        check(&format!("code=a%00&state=sent&{ISS}"), Err(ReturnRefusal::Code));
        check(&format!("code={}&state=sent&{ISS}", "x".repeat(513)), Err(ReturnRefusal::Code));
        check("", Err(ReturnRefusal::NoState));
    }
}
