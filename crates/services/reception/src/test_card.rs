//! Cards of a simulated authority. Their holders are verified as a whole: tests have no other way to one either.

use std::sync::OnceLock;

use base::{Randomness, Timestamp, parse_date};
use jpki::{
    Algorithm, Anchors, CertificateCache, Challenge, Generation, Grace, KeyIdentifier, Municipality, Policies,
    Practice, Purpose, Serial, SigningKey, Subject, UnverifiedCardResponse, VerifiedHolder,
    ocsp::{CertificateStatus, Nonce},
};

struct TestAuthority {
    generation: Generation,
    anchors: Anchors,
    /// The key of every card.
    card_key: SigningKey,
}

fn timestamp(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

/// When the cards respond.
fn now() -> Timestamp {
    timestamp("2026-11-24T08:00:00+09:00")
}

fn authority() -> &'static TestAuthority {
    static AUTHORITY: OnceLock<TestAuthority> = OnceLock::new();
    AUTHORITY.get_or_init(|| {
        let algorithm = Algorithm::EcdsaP384Sha384;
        let generate_key = || SigningKey::generate(algorithm).expect("a key is generated");
        let (start, end) = (timestamp("2023-07-16T00:00:00+09:00"), timestamp("2033-07-15T23:59:59+09:00"));
        let purpose = Purpose::Authentication;
        let practice =
            Practice::simulated(purpose, "http://authority.localhost/ocsp", "http://authority.localhost/cps.html");
        let serial = Serial::try_from(1).expect("a serial");
        let generation = Generation::create(purpose, practice, generate_key(), serial, start, end)
            .expect("the authority is created");
        let anchors = Anchors::new([generation.certificate()], Policies::simulated());
        TestAuthority { anchors: anchors.expect("the authority is an anchor"), generation, card_key: generate_key() }
    })
}

/// The authority's key.
pub(crate) fn issuer() -> KeyIdentifier {
    authority().generation.key_identifier().clone()
}

/// The holder of a valid card with this serial number.
pub(crate) fn verified_holder(number: u64) -> VerifiedHolder {
    verified_holder_until(number, timestamp("2029-06-15T23:59:59+09:00"))
}

/// The holder of a card with this serial number whose certificate ends with this second.
pub(crate) fn verified_holder_until(number: u64, not_after: Timestamp) -> VerifiedHolder {
    let TestAuthority { generation, anchors, card_key } = authority();
    let municipality = Municipality::new("13221", "Tokyo-to", "Kiyose-shi").expect("a municipality");
    let subject = Subject::new("997794E9AGCIEG", municipality, 3).expect("a subject");
    let birth = parse_date("1980-06-15").expect("a date");
    let serial = Serial::try_from(number).expect("a serial");
    let issued = timestamp("2024-10-01T10:20:30+09:00");
    let draft = generation.authentication_draft(&subject, birth, card_key.public_key(), serial, issued);
    let mut draft = draft.expect("a certificate is drafted");
    draft.not_after = not_after;
    let challenge =
        Challenge { origin: "https://reception.example".to_owned(), nonce: [7; 32], ticket: base::digest(&[b"t"]) };
    let response = UnverifiedCardResponse {
        certificate: draft.sign(generation.key()).expect("a certificate is issued"),
        signature: card_key.sign(&challenge.to_be_signed()).expect("the card signs"),
    };
    let cache = CertificateCache::with_capacity(0);
    let trusted =
        response.verify_certificate(anchors, &cache, Grace::Granted, now()).expect("the certificate is trusted");
    let request = trusted.ocsp_request(Nonce::new(&Randomness::repeatable("test card")));
    let status = generation.responder().respond(&request, now(), None, |_| CertificateStatus::Good);
    let unrevoked = trusted.verify_ocsp_response(&status.expect("the responder responds"), &request, &cache, now());
    unrevoked.expect("it is not revoked").verify_signature(&challenge).expect("the signature is the card's")
}
