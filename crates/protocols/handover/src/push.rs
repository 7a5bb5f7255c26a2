use crate::{
    AuthenticatedClient, CodeChallenge, ErrorCode, Form, OauthError, ReceptionRequest, RedirectUri, State,
    error::quote_excerpt,
};

/// A pushed request (RFC 9126 §2.1), to be stored by the reception.
#[derive(Clone)]
pub struct PushedRequest {
    /// The address for the response: one of the client's registered ones.
    pub redirect_uri: RedirectUri,
    /// To be repeated in the response, if the client sent it.
    pub state: Option<State>,
    /// The challenge to bind the code to.
    pub challenge: CodeChallenge,
    pub reception: ReceptionRequest,
}

impl PushedRequest {
    /// Parses a pushed request of an authenticated client (RFC 9126 §2.1: authenticate first, then validate).
    ///
    /// Unknown parameters are ignored (RFC 6749 §3.1); those that would change the meaning are refused.
    pub fn parse(form: &Form, client: &AuthenticatedClient) -> Result<Self, OauthError> {
        refuse_unsupported_parameters(form)?;
        match form.require("response_type")? {
            "code" => {}
            response_type => {
                let description = format!("The response_type must be code, not {}.", quote_excerpt(response_type));
                return Err(OauthError::new(ErrorCode::UnsupportedResponseType, description));
            }
        }
        let redirect_uri = client.registration().find_redirect_uri(form.require("redirect_uri")?)?;
        let state = form.value("state").map(str::parse).transpose();
        let state = state.map_err(|wrong| OauthError::invalid_request(format!("The state is refused: {wrong}.")))?;
        // RFC 7636 §4.3: the default method is plain, against which RFC 9700 §2.1.1 advises.
        if form.value("code_challenge_method") != Some("S256") {
            return Err(OauthError::invalid_request("PKCE is required: code_challenge_method must be S256."));
        }
        let challenge = form.require("code_challenge")?.parse();
        let challenge = challenge.map_err(|wrong| OauthError::invalid_request(format!("PKCE: {wrong}.")))?;
        let reception = ReceptionRequest::parse(form.require("authorization_details")?)
            .map_err(|wrong| OauthError::new(ErrorCode::InvalidAuthorizationDetails, format!("{wrong}.")))?;
        Ok(Self { redirect_uri, state, challenge, reception })
    }
}

fn refuse_unsupported_parameters(form: &Form) -> Result<(), OauthError> {
    if form.value("request_uri").is_some() {
        // RFC 9126 §2.1.
        return Err(OauthError::invalid_request("A pushed request must not hold request_uri: it is what you get."));
    }
    if form.value("request").is_some() {
        return Err(OauthError::new(
            ErrorCode::RequestNotSupported,
            "Request objects (RFC 9101) are not taken. Push the parameters themselves.",
        ));
    }
    if form.value("scope").is_some() {
        return Err(OauthError::new(
            ErrorCode::InvalidScope,
            "There are no scopes here (no openid either). What is asked for stands in authorization_details.",
        ));
    }
    if form.value("response_mode").is_some_and(|mode| mode != "query") {
        return Err(OauthError::invalid_request("The response_mode can only be query. Leave it out."));
    }
    if form.value("dpop_jkt").is_some() {
        // Ignoring it would promise a binding that the token does not have.
        return Err(OauthError::invalid_request("Tokens are not bound by DPoP here. Leave dpop_jkt out."));
    }
    Ok(())
}
