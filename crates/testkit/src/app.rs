use base::Token;
use errand::{
    ANSWER_PATH, Answer, CLAIM_PATH, Claim, Device, GIVE_UP_PATH, GiveUp, Opened, Outcome, Refused, Request, Why,
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
    pub fn opened(world: &'w World, link: &str) -> Self {
        let url: url::Url = link.parse().expect("an address");
        let ticket = url.query_pairs().find(|(name, _)| name == "ticket").expect("the link carries a ticket");
        assert_eq!(url.query_pairs().count(), 1, "the link carries nothing but the ticket");
        Self { world, ticket: ticket.1.parse().expect("a ticket") }
    }

    /// Takes the errand on.
    pub async fn claim(&self, device: Device, opened: Opened) -> Result<Request, Refused> {
        self.post(CLAIM_PATH, &Claim { ticket: self.ticket.clone(), device, opened }).await
    }

    /// The challenge as an honest app computes it.
    pub fn challenge(&self, request: &Request) -> Challenge {
        let origin = self.world.addresses().reception.to_string();
        Challenge { origin, nonce: request.nonce, ticket: self.ticket.digest() }
    }

    /// Answers with a certificate and a signature.
    pub async fn answer(&self, certificate: Vec<u8>, signature: Vec<u8>) -> Result<Outcome, Refused> {
        self.post(ANSWER_PATH, &Answer { ticket: self.ticket.clone(), certificate, signature }).await
    }

    /// Claims, signs as it should, and answers.
    pub async fn read(&self, card: &Card, device: Device, opened: Opened) -> Result<Outcome, Refused> {
        let request = self.claim(device, opened).await?;
        self.answer(card.certificate.clone(), card.sign(&self.challenge(&request))).await
    }

    /// Gives up.
    pub async fn give_up(&self, why: Why) -> Result<Value, Refused> {
        self.post(GIVE_UP_PATH, &GiveUp { ticket: self.ticket.clone(), why }).await
    }

    async fn post<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        message: &impl serde::Serialize,
    ) -> Result<T, Refused> {
        let to = self.world.addresses().reception.at(path);
        let answer = self.world.http().post(to).json(message).send().await.expect("an answer");
        if answer.status() == StatusCode::OK {
            return Ok(answer.json().await.expect("the awaited message"));
        }
        assert!(!answer.status().is_server_error() || answer.status() == StatusCode::SERVICE_UNAVAILABLE);
        Err(answer.json().await.expect("a refusal"))
    }
}
