use base::Token;

use crate::{
    AuthenticatedClient, ClientId, CodeChallenge, CodeVerifier, ErrorCode, Form, OauthError, error::quote_excerpt,
};

/// A client's wish to redeem a code (RFC 6749 §4.1.3, RFC 7636 §4.5).
pub struct CodeExchange {
    /// The code. Stored as its digest.
    pub code: Token,
    redirect_uri: String,
    verifier: CodeVerifier,
}

/// What a code was bound to when it was handed out.
#[derive(Debug, Clone, Copy)]
pub struct CodeGrant<'a> {
    /// Who pushed the request.
    pub client: &'a ClientId,
    /// Where the code was sent.
    pub redirect_uri: &'a crate::RedirectUri,
    /// What the request was pushed with.
    pub challenge: &'a CodeChallenge,
}

impl CodeExchange {
    /// Reads a token request of a client that has proven who it is.
    pub fn parse(form: &Form, _client: &AuthenticatedClient) -> Result<Self, OauthError> {
        match form.require("grant_type")? {
            "authorization_code" => {}
            other => {
                let told = format!("The grant_type must be authorization_code, not {}.", quote_excerpt(other));
                return Err(OauthError::new(ErrorCode::UnsupportedGrantType, told));
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

    /// Whether the code was handed out to this client, for this address and this verifier. Each has its own answer; a code
    /// that was tried with any of them wrong should be spent all the same.
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
