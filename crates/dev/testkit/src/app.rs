use app_auth::{
    ABORT_PATH, Abort, AbortReason, AuthenticationOutcome, AuthenticationRequest, AuthenticationResponse, CLAIM_PATH,
    Claim, Device, ErrorResponse, OpenMethod, RESPONSE_PATH,
};
use base::Token;
use jpki::Challenge;
use reqwest::StatusCode;
use serde_json::Value;

use crate::{Card, World};

/// An app under a test's control, which can also send wrong messages.
pub struct App<'w> {
    world: &'w World,
    /// The ticket of the link that opened the app.
    pub ticket: Token,
}

impl<'w> App<'w> {
    /// Opens the app by the link that a page shows.
    pub fn open(world: &'w World, link: &str) -> Self {
        let url: url::Url = link.parse().expect("an address");
        let ticket = url.query_pairs().find(|(name, _)| name == "ticket").expect("the link carries a ticket");
        assert_eq!(url.query_pairs().count(), 1, "the link carries nothing but the ticket");
        Self { world, ticket: ticket.1.parse().expect("a ticket") }
    }

    /// Claims the ticket.
    pub async fn claim(&self, device: Device, open_method: OpenMethod) -> Result<AuthenticationRequest, ErrorResponse> {
        self.post(CLAIM_PATH, &Claim { ticket: self.ticket.clone(), device, open_method }).await
    }

    /// The challenge as an honest app computes it.
    pub fn challenge(&self, request: &AuthenticationRequest) -> Challenge {
        let origin = self.world.addresses().reception.to_string();
        Challenge { origin, nonce: request.nonce, ticket: self.ticket.digest() }
    }

    /// Sends a certificate and a signature.
    pub async fn submit_response(
        &self,
        certificate: Vec<u8>,
        signature: Vec<u8>,
    ) -> Result<AuthenticationOutcome, ErrorResponse> {
        self.post(RESPONSE_PATH, &AuthenticationResponse { ticket: self.ticket.clone(), certificate, signature }).await
    }

    /// Claims the ticket, has the card sign, and sends the response.
    pub async fn authenticate(
        &self,
        card: &Card,
        device: Device,
        open_method: OpenMethod,
    ) -> Result<AuthenticationOutcome, ErrorResponse> {
        let request = self.claim(device, open_method).await?;
        self.submit_response(card.certificate.clone(), card.sign(&self.challenge(&request))).await
    }

    /// Aborts the authentication.
    pub async fn give_up(&self, reason: AbortReason) -> Result<Value, ErrorResponse> {
        self.post(ABORT_PATH, &Abort { ticket: self.ticket.clone(), reason }).await
    }

    async fn post<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        message: &impl serde::Serialize,
    ) -> Result<T, ErrorResponse> {
        let url = self.world.addresses().reception.url(path);
        let response = self.world.http().post(url).json(message).send().await.expect("a response");
        if response.status() == StatusCode::OK {
            return Ok(response.json().await.expect("the awaited message"));
        }
        assert!(!response.status().is_server_error() || response.status() == StatusCode::SERVICE_UNAVAILABLE);
        Err(response.json().await.expect("an error response"))
    }
}
