use base::Token;
use errand::{
    ABORT_PATH, Abort, AbortReason, AuthenticationOutcome, AuthenticationRequest, AuthenticationResponse, CLAIM_PATH,
    Claim, Device, ErrorResponse, OpenMethod, RESPONSE_PATH,
};
use jpki::Challenge;
use reqwest::StatusCode;
use serde_json::Value;

use crate::{Card, World};

/// An app that does what it is told, right or wrong.
pub struct App<'w> {
    world: &'w World,
    /// The ticket that it was opened with.
    pub ticket: Token,
}

impl<'w> App<'w> {
    /// Opened by the link that a page shows.
    pub fn open(world: &'w World, link: &str) -> Self {
        let url: url::Url = link.parse().expect("an address");
        let ticket = url.query_pairs().find(|(name, _)| name == "ticket").expect("the link carries a ticket");
        assert_eq!(url.query_pairs().count(), 1, "the link carries nothing but the ticket");
        Self { world, ticket: ticket.1.parse().expect("a ticket") }
    }

    /// Takes the errand on.
    pub async fn claim(&self, device: Device, opened: OpenMethod) -> Result<AuthenticationRequest, ErrorResponse> {
        self.post(CLAIM_PATH, &Claim { ticket: self.ticket.clone(), device, open_method: opened }).await
    }

    /// The challenge as an honest app computes it.
    pub fn challenge(&self, request: &AuthenticationRequest) -> Challenge {
        let origin = self.world.addresses().reception.to_string();
        Challenge { origin, nonce: request.nonce, ticket: self.ticket.digest() }
    }

    /// Answers with a certificate and a signature.
    pub async fn submit_response(
        &self,
        certificate: Vec<u8>,
        signature: Vec<u8>,
    ) -> Result<AuthenticationOutcome, ErrorResponse> {
        self.post(RESPONSE_PATH, &AuthenticationResponse { ticket: self.ticket.clone(), certificate, signature }).await
    }

    /// Claims, signs as it should, and answers.
    pub async fn authenticate(
        &self,
        card: &Card,
        device: Device,
        opened: OpenMethod,
    ) -> Result<AuthenticationOutcome, ErrorResponse> {
        let request = self.claim(device, opened).await?;
        self.submit_response(card.certificate.clone(), card.sign(&self.challenge(&request))).await
    }

    /// Gives up.
    pub async fn give_up(&self, why: AbortReason) -> Result<Value, ErrorResponse> {
        self.post(ABORT_PATH, &Abort { ticket: self.ticket.clone(), reason: why }).await
    }

    async fn post<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        message: &impl serde::Serialize,
    ) -> Result<T, ErrorResponse> {
        let to = self.world.addresses().reception.url(path);
        let answer = self.world.http().post(to).json(message).send().await.expect("an answer");
        if answer.status() == StatusCode::OK {
            return Ok(answer.json().await.expect("the awaited message"));
        }
        assert!(!answer.status().is_server_error() || answer.status() == StatusCode::SERVICE_UNAVAILABLE);
        Err(answer.json().await.expect("a refusal"))
    }
}
