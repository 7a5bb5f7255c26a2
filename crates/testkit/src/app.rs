use base::{Span, Token};
use eligibility::{InsuranceCard, NewPerson, Person};
use errand::{
    ANSWER_PATH, Answer, CLAIM_PATH, Claim, Device, GIVE_UP_PATH, GiveUp, Opened, Outcome, Refused, Request, Why,
};
use jpki::{Algorithm, Challenge, Municipality, SigningKey, Subject};
use reqwest::StatusCode;
use serde_json::Value;

use crate::World;

/// A card whose key a test holds, of a person of the test's own.
pub struct Card {
    /// The authentication key.
    pub key: SigningKey,
    /// 利用者証明用電子証明書, DER.
    pub certificate: Vec<u8>,
    /// Who issued it, and under which number.
    pub issued: (jpki::KeyIdentifier, jpki::Serial),
}

impl Card {
    /// Issued yesterday, to a person who is insured and has registered the card as insurance card.
    pub async fn issue(world: &World) -> Self {
        let key = SigningKey::generate(Algorithm::RsaSha256).expect("a key");
        let town = Municipality::new("13221", "Tokyo-to", "Kiyose-shi").expect("a municipality");
        let subject = Subject::new("TESTKIT0000001", town, 3).expect("a subject");
        let birth = base::parse_date("1980-12-24").expect("a day");
        let began = world.now().minus(Span::from_hours(24));
        let authority = &world.rooms().authority;
        let issued = authority.issue_authentication(subject, birth, key.public_key().clone(), began).await;
        let issued = issued.expect("a certificate");
        let person = NewPerson {
            person: Person {
                name: oqs::FullName::new("試験　太郎").expect("a name"),
                kana: oqs::KanaName::new("シケン　タロウ").expect("a reading"),
                other_name: None,
                other_kana: None,
                sex: oqs::Sex::Male,
                birth,
                postcode: "204-0000".to_owned(),
                address: "東京都清瀬市架空1-1".to_owned(),
                card: InsuranceCard::Registered,
            },
            coverages: Vec::new(),
            limits: Vec::new(),
            specific_diseases: Vec::new(),
            records: Vec::new(),
        };
        let id = world.rooms().eligibility.add_person(person).await.expect("a person");
        let link = world.rooms().eligibility.link_certificate(id, issued.issuer.clone(), issued.serial.clone());
        link.await.expect("a link");
        Self { key, certificate: issued.certificate, issued: (issued.issuer, issued.serial) }
    }

    /// The signature over a challenge.
    pub fn sign(&self, challenge: &Challenge) -> Vec<u8> {
        self.key.sign(&challenge.to_be_signed()).expect("a signature")
    }
}

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
