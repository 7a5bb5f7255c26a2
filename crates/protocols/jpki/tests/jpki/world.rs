//! The fixtures of all tests of this program: RSA keys are slow to generate, so they are generated once.

use std::sync::OnceLock;

use base::{Date, Randomness, Span, Timestamp, parse_date};
use jpki::{
    Algorithm, Anchors, CertificateCache, CertificateDraft, Challenge, Gender, Generation, Grace, Municipality,
    Policies, Practice, Purpose, Refusal, Serial, Signatory, SigningKey, Subject, UnverifiedCardResponse,
    VerifiedHolder,
    ocsp::{CertificateStatus, Nonce, ParsedResponse, Request, Responder, Response},
};

/// Three generations of the authority for authentication, one of them for the next card, the authority for signatures, a
/// stranger with the same name as the first, and a holder.
pub struct World {
    pub earlier: Generation,
    pub issuer: Generation,
    pub next: Generation,
    pub signature: Generation,
    pub stranger: Generation,
    pub holder: SigningKey,
    pub other: SigningKey,
    pub next_holder: SigningKey,
    pub delegate: SigningKey,
    pub anchors: Anchors,
}

pub fn timestamp(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn now() -> Timestamp {
    timestamp("2026-11-24T09:00:00+09:00")
}

pub fn seconds(count: i64) -> Span {
    Span::from_secs(count)
}

pub fn serial(number: u64) -> Serial {
    Serial::try_from(number).unwrap()
}

pub fn practice(purpose: Purpose) -> Practice {
    Practice::simulated(purpose, "http://authority.localhost/ocsp", "http://authority.localhost/cps.html")
}

pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let create = |purpose, algorithm, number, start, end| {
            let key = SigningKey::generate(algorithm).unwrap();
            Generation::create(purpose, practice(purpose), key, serial(number), timestamp(start), timestamp(end))
                .unwrap()
        };
        let rsa = Algorithm::RsaSha256;
        let (later, end) = ("2023-07-16T00:00:00+09:00", "2033-07-15T23:59:59+09:00");
        let authentication = Purpose::Authentication;
        let earlier = create(authentication, rsa, 2, "2019-09-14T00:00:00+09:00", "2029-09-14T23:59:59+09:00");
        let issuer = create(authentication, rsa, 3, later, end);
        let next = create(authentication, Algorithm::EcdsaP384Sha384, 4, later, end);
        let anchors = [&earlier, &issuer, &next].map(|generation| generation.certificate().to_vec());
        World {
            anchors: Anchors::new(anchors.iter().map(Vec::as_slice), Policies::simulated()).unwrap(),
            earlier,
            issuer,
            next,
            signature: create(Purpose::Signature, rsa, 1, later, end),
            stranger: create(authentication, rsa, 3, later, end),
            holder: SigningKey::generate(rsa).unwrap(),
            other: SigningKey::generate(rsa).unwrap(),
            next_holder: SigningKey::generate(Algorithm::EcdsaP384Sha384).unwrap(),
            delegate: SigningKey::generate(rsa).unwrap(),
        }
    })
}

pub fn kiyose() -> Municipality {
    Municipality::new("13221", "Tokyo-to", "Kiyose-shi").unwrap()
}

pub fn subject() -> Subject {
    Subject::new("997794E9AGCIEG", kiyose(), 3).unwrap()
}

pub fn birth() -> Date {
    parse_date("1980-06-15").unwrap()
}

pub fn issued_at() -> Timestamp {
    timestamp("2024-10-01T10:20:30+09:00")
}

/// The holder's unsigned certificate: valid to 2029-06-15T23:59:59+09:00.
pub fn draft() -> CertificateDraft {
    let World { issuer, holder, .. } = world();
    let key = holder.public_key();
    issuer.authentication_draft(&subject(), birth(), key, serial(0x0012_3456), issued_at()).unwrap()
}

pub fn signatory() -> Signatory {
    Signatory {
        applied_at: issued_at(),
        municipality: kiyose(),
        number: 134,
        counter: 3,
        name: "模擬　太郎".into(),
        name_substitutes: vec![false; 5],
        gender: Gender::Male,
        birth: birth(),
        address: "東京都清瀬市中里五丁目".into(),
        address_substitutes: vec![false, false, true],
    }
}

pub fn challenge() -> Challenge {
    Challenge { origin: "https://reception.localhost".into(), nonce: [7; 32], ticket: base::digest(&[b"ticket"]) }
}

pub fn nonce() -> Nonce {
    Nonce::new(&Randomness::repeatable("ocsp nonce"))
}

/// The unsigned certificate of the issuer's delegated responder.
pub fn delegate_draft() -> CertificateDraft {
    let World { issuer, delegate, .. } = world();
    let (not_before, not_after) = (now().minus(seconds(3600)), now().plus(seconds(3600)));
    issuer.ocsp_responder_draft(delegate.public_key(), serial(77), not_before, not_after).unwrap()
}

pub fn responder() -> Responder {
    let World { issuer, delegate, .. } = world();
    issuer.delegated_responder(delegate.clone(), delegate_draft().sign(issuer.key()).unwrap())
}

/// Produces a responder's response.
pub type Respond = Box<dyn Fn(&Request) -> Vec<u8>>;

/// A complete authentication, correct in everything. Tests change one thing.
pub struct Attempt {
    pub certificate: Vec<u8>,
    pub signature: Vec<u8>,
    pub challenge: Challenge,
    pub grace: Grace,
    pub now: Timestamp,
    pub respond: Respond,
    pub request: Option<Request>,
}

impl Attempt {
    pub fn valid() -> Self {
        static PARTS: OnceLock<(Vec<u8>, Vec<u8>)> = OnceLock::new();
        let (certificate, signature) = PARTS
            .get_or_init(|| {
                let signature = world().holder.sign(&challenge().to_be_signed()).unwrap();
                (draft().sign(world().issuer.key()).unwrap(), signature)
            })
            .clone();
        Self {
            certificate,
            signature,
            challenge: challenge(),
            grace: Grace::Granted,
            now: now(),
            respond: Box::new(|request| {
                responder().respond(request, now(), None, |_| CertificateStatus::Good).unwrap()
            }),
            request: None,
        }
    }

    pub fn verify_with(&self, cache: &CertificateCache) -> Result<VerifiedHolder, Refusal> {
        let card_response =
            UnverifiedCardResponse { certificate: self.certificate.clone(), signature: self.signature.clone() };
        let trusted = card_response.verify_certificate(&world().anchors, cache, self.grace, self.now)?;
        let request = trusted.ocsp_request(nonce());
        let response = (self.respond)(&request);
        let request = self.request.as_ref().unwrap_or(&request);
        trusted.verify_ocsp_response(&response, request, cache, self.now)?.verify_signature(&self.challenge)
    }

    pub fn verify(&self) -> Result<VerifiedHolder, Refusal> {
        self.verify_with(&CertificateCache::with_capacity(0))
    }
}

pub fn code(result: Result<VerifiedHolder, Refusal>) -> &'static str {
    result.map_or_else(|refusal| refusal.code(), |_| "accepted")
}

/// The response of the delegated responder, to be changed and signed again.
pub fn response_to(request: &Request) -> Response {
    let bytes = responder().respond(request, now(), None, |_| CertificateStatus::Good).unwrap();
    match ParsedResponse::parse(&bytes).unwrap() {
        ParsedResponse::Signed(response) => response.claims().clone(),
        ParsedResponse::Error(status) => panic!("{status:?}"),
    }
}
