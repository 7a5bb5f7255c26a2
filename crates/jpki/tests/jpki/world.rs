//! One world for all tests of this program: RSA keys are slow to make, so they are made once.

use std::sync::OnceLock;

use base::{Date, Randomness, Span, Timestamp, parse_date};
use jpki::{
    Algorithm, Anchors, CertificateCache, CertificateDraft, Challenge, Gender, Generation, Grace, Municipality,
    Policies, Practice, Purpose, Refusal, Serial, Signatory, SigningKey, Subject, UnverifiedCardResponse,
    VerifiedHolder,
    ocsp::{CertificateStatus, Nonce, ParsedResponse, Request, Responder, Response},
};

/// Three generations of the authority for authentication, one for the next card, the authority for signatures, a
/// stranger who calls himself like the first, and a holder.
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
        let found = |purpose, algorithm, number, from, to| {
            let key = SigningKey::generate(algorithm).unwrap();
            Generation::create(purpose, practice(purpose), key, serial(number), timestamp(from), timestamp(to)).unwrap()
        };
        let rsa = Algorithm::RsaSha256;
        let (later, end) = ("2023-07-16T00:00:00+09:00", "2033-07-15T23:59:59+09:00");
        let authentication = Purpose::Authentication;
        let earlier = found(authentication, rsa, 2, "2019-09-14T00:00:00+09:00", "2029-09-14T23:59:59+09:00");
        let issuer = found(authentication, rsa, 3, later, end);
        let next = found(authentication, Algorithm::EcdsaP384Sha384, 4, later, end);
        let anchors = [&earlier, &issuer, &next].map(|generation| generation.certificate().to_vec());
        World {
            anchors: Anchors::new(anchors.iter().map(Vec::as_slice), Policies::simulated()).unwrap(),
            earlier,
            issuer,
            next,
            signature: found(Purpose::Signature, rsa, 1, later, end),
            stranger: found(authentication, rsa, 3, later, end),
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

/// The holder's certificate before it is signed: valid to 2029-06-15T23:59:59+09:00.
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

/// The certificate of the responder that the issuer delegated, before it is signed.
pub fn delegate_draft() -> CertificateDraft {
    let World { issuer, delegate, .. } = world();
    let (from, to) = (now().minus(seconds(3600)), now().plus(seconds(3600)));
    issuer.ocsp_responder_draft(delegate.public_key(), serial(77), from, to).unwrap()
}

pub fn responder() -> Responder {
    let World { issuer, delegate, .. } = world();
    issuer.delegated_responder(delegate.clone(), delegate_draft().sign(issuer.key()).unwrap())
}

/// What a responder sends back.
pub type Respond = Box<dyn Fn(&Request) -> Vec<u8>>;

/// A whole authentication, right in everything. Tests change one thing.
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

    pub fn verify_with(&self, remembered: &CertificateCache) -> Result<VerifiedHolder, Refusal> {
        let answer =
            UnverifiedCardResponse { certificate: self.certificate.clone(), signature: self.signature.clone() };
        let trusted = answer.verify_certificate(&world().anchors, remembered, self.grace, self.now)?;
        let request = trusted.ocsp_request(nonce());
        let response = (self.respond)(&request);
        let asked = self.request.as_ref().unwrap_or(&request);
        trusted.verify_ocsp_response(&response, asked, remembered, self.now)?.verify_signature(&self.challenge)
    }

    pub fn verify(&self) -> Result<VerifiedHolder, Refusal> {
        self.verify_with(&CertificateCache::with_capacity(0))
    }
}

pub fn code(result: Result<VerifiedHolder, Refusal>) -> &'static str {
    result.map_or_else(|refusal| refusal.code(), |_| "accepted")
}

/// The response that the delegated responder would give, to be changed and sealed again.
pub fn response_to(request: &Request) -> Response {
    let bytes = responder().respond(request, now(), None, |_| CertificateStatus::Good).unwrap();
    match ParsedResponse::parse(&bytes).unwrap() {
        ParsedResponse::Signed(response) => response.claims().clone(),
        ParsedResponse::Error(status) => panic!("{status:?}"),
    }
}
