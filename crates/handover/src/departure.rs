use base::{Randomness, Timestamp, Token};

use crate::{
    AuthorizationCode, ClientId, ClientKey, CodeVerifier, FormBody, Metadata, ReceptionRequest, RedirectUri,
    ResponseRefusal, State, TokenResponse, assertion::ASSERTION_TYPE,
};

/// 離れる: a patient on the way from a service to a reception, as the service knows it.
///
/// Made before the push and again, from what was kept, when the browser comes back. All that is secret in it grows from one
/// [`Token`]: keep that where only the browser that left can bring it (a `__Host-` cookie), or encrypted.
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

    /// The departure that kept this secret.
    pub fn resume(secret: Token, client: ClientId, redirect_uri: RedirectUri, reception: ReceptionRequest) -> Self {
        Self { secret, client, redirect_uri, reception }
    }

    /// What must be kept of it beside what was asked.
    pub fn secret(&self) -> &Token {
        &self.secret
    }

    /// What was asked.
    pub fn reception(&self) -> &ReceptionRequest {
        &self.reception
    }

    /// What the answer must bring back. Its digest finds the departure again.
    pub fn state(&self) -> State {
        self.secret.derive("handover state").parse().expect("43 characters of base64url are a state")
    }

    fn verifier(&self) -> CodeVerifier {
        self.secret.derive("handover code_verifier").parse().expect("43 characters of base64url are a verifier")
    }

    /// The request to push (RFC 9126 §2.1), to be posted to [`Endpoints::pushed_requests`](crate::Endpoints).
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

    /// The request that redeems a code (RFC 6749 §4.1.3), to be posted to [`Endpoints::token`](crate::Endpoints).
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

    /// Reads what the reception answered to it, and that it is about this departure.
    pub fn read_token_response(&self, status: u16, answer: &[u8]) -> Result<TokenResponse, ResponseRefusal> {
        TokenResponse::read(status, answer, &self.reception)
    }
}
