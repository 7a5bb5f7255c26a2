use base::Token;

use crate::{
    AuthenticatedClient, ClientId, CodeChallenge, CodeVerifier, ErrorCode, Form, OauthError, error::quote_excerpt,
};

/// A client's token request (RFC 6749 §4.1.3, RFC 7636 §4.5).
pub struct CodeExchange {
    /// The code. Stored as its digest.
    pub code: Token,
    redirect_uri: String,
    verifier: CodeVerifier,
}

/// The data that a code was bound to when it was issued.
#[derive(Debug, Clone, Copy)]
pub struct CodeGrant<'a> {
    /// The client that pushed the request.
    pub client: &'a ClientId,
    /// The address that the code was sent to.
    pub redirect_uri: &'a crate::RedirectUri,
    /// The challenge in the pushed request.
    pub challenge: &'a CodeChallenge,
}

impl CodeExchange {
    /// Parses a token request of an authenticated client.
    pub fn parse(form: &Form, _client: &AuthenticatedClient) -> Result<Self, OauthError> {
        match form.require("grant_type")? {
            "authorization_code" => {}
            grant_type => {
                let description =
                    format!("The grant_type must be authorization_code, not {}.", quote_excerpt(grant_type));
                return Err(OauthError::new(ErrorCode::UnsupportedGrantType, description));
            }
        }
        if form.value("authorization_details").is_some() || form.value("scope").is_some() {
            return Err(OauthError::invalid_request(
                "What is granted was fixed by the pushed request. Leave authorization_details and scope out.",
            ));
        }
        let redirect_uri = form.require("redirect_uri")?.to_owned();
        let verifier = form.require("code_verifier")?.parse();
        let verifier = verifier.map_err(|wrong| OauthError::invalid_request(format!("PKCE: {wrong}.")))?;
        let code = form.require("code")?.parse().map_err(|_| OauthError::lapsed_code())?;
        Ok(Self { code, redirect_uri, verifier })
    }

    /// Checks that the code was issued to this client, for this address and this verifier. Each mismatch has its own error; a
    /// code should be invalidated by a failed attempt too.
    pub fn check_grant(&self, granted: &CodeGrant<'_>, client: &AuthenticatedClient) -> Result<(), OauthError> {
        if client.id() != granted.client {
            return Err(OauthError::invalid_grant("This code was handed out to another client."));
        }
        if self.redirect_uri != granted.redirect_uri.as_str() {
            return Err(OauthError::invalid_grant("The redirect_uri is not the one of the pushed request."));
        }
        if !granted.challenge.matches(&self.verifier) {
            return Err(OauthError::invalid_grant(
                "The code_verifier does not give the code_challenge that was pushed.",
            ));
        }
        Ok(())
    }
}
