use base::{Randomness, Timestamp, Token};

use crate::{
    AuthorizationCode, ClientId, ClientKey, CodeVerifier, FormBody, Metadata, ReceptionRequest, RedirectUri,
    ResponseRefusal, State, TokenResponse, assertion::ASSERTION_TYPE,
};

/// 離れる: a patient's hand-over from a service to a reception, on the service's side.
///
/// Created before the push and again, from what was stored, when the browser returns. All its secrets are derived from one
/// [`Token`]: store it where only the browser that left can present it (a `__Host-` cookie), or encrypted.
pub struct Departure {
    secret: Token,
    client: ClientId,
    redirect_uri: RedirectUri,
    reception: ReceptionRequest,
}

impl Departure {
    /// A new departure.
    pub fn new(
        client: ClientId,
        redirect_uri: RedirectUri,
        reception: ReceptionRequest,
        randomness: &Randomness,
    ) -> Self {
        Self::resume(Token::new(randomness), client, redirect_uri, reception)
    }

    /// The departure with this stored secret.
    pub fn resume(secret: Token, client: ClientId, redirect_uri: RedirectUri, reception: ReceptionRequest) -> Self {
        Self { secret, client, redirect_uri, reception }
    }

    /// The secret, to be stored besides the request.
    pub fn secret(&self) -> &Token {
        &self.secret
    }

    /// The request.
    pub fn reception(&self) -> &ReceptionRequest {
        &self.reception
    }

    /// The state that the response must repeat. Its digest identifies the departure.
    pub fn state(&self) -> State {
        self.secret.derive("handover state").parse().expect("43 characters of base64url are a state")
    }

    fn verifier(&self) -> CodeVerifier {
        self.secret.derive("handover code_verifier").parse().expect("43 characters of base64url are a verifier")
    }

    /// The pushed request (RFC 9126 §2.1), to be posted to [`Endpoints::pushed_requests`](crate::Endpoints).
    pub fn pushed_request_form(
        &self,
        key: &ClientKey,
        metadata: &Metadata,
        now: Timestamp,
        randomness: &Randomness,
    ) -> FormBody {
        FormBody::new(&[
            ("response_type", "code"),
            ("client_id", self.client.as_str()),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("state", self.state().reveal()),
            ("code_challenge", &self.verifier().challenge().to_string()),
            ("code_challenge_method", "S256"),
            ("authorization_details", &self.reception.to_json()),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", &key.sign_assertion(&self.client, metadata.issuer(), now, randomness)),
        ])
    }

    /// The token request (RFC 6749 §4.1.3), to be posted to [`Endpoints::token`](crate::Endpoints).
    pub fn token_request_form(
        &self,
        code: &AuthorizationCode,
        key: &ClientKey,
        metadata: &Metadata,
        now: Timestamp,
        randomness: &Randomness,
    ) -> FormBody {
        FormBody::new(&[
            ("grant_type", "authorization_code"),
            ("client_id", self.client.as_str()),
            ("code", code.reveal()),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("code_verifier", self.verifier().reveal()),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", &key.sign_assertion(&self.client, metadata.issuer(), now, randomness)),
        ])
    }

    /// Parses the token response, and checks that it is for this departure.
    pub fn read_token_response(&self, status: u16, response: &[u8]) -> Result<TokenResponse, ResponseRefusal> {
        TokenResponse::read(status, response, &self.reception)
    }
}
