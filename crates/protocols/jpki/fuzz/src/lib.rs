//! Properties that must hold for any foreign bytes: one check for each parser of this crate. The fuzz targets run them on
//! inputs of libFuzzer; the crate's own tests run them on the corpus and on mutations of it.
//!
//! A check panics where its property is violated.

use std::sync::LazyLock;

use jpki::{
    Algorithm, Anchors, CertificateCache, Challenge, Generation, Grace, Policies, Practice, PublicKey, Purpose, Serial,
    SigningKey, UnverifiedCardResponse, crl, machine,
    ocsp::{ParsedResponse, Request},
    pem,
};

/// A check with the name of its corpus.
pub type FuzzCheck = (&'static str, fn(&[u8]));

/// All checks.
pub const FUZZ_CHECKS: [FuzzCheck; 6] = [
    ("certificate", certificate),
    ("ocsp_request", ocsp_request),
    ("ocsp_response", ocsp_response),
    ("revocation_list", revocation_list),
    ("signature", signature),
    ("text", text),
];

/// An authority whose key nobody else has.
static ANCHORS: LazyLock<Anchors> = LazyLock::new(|| {
    let key = SigningKey::generate(Algorithm::EcdsaP384Sha384).expect("a key");
    let practice = Practice::simulated(Purpose::Authentication, "http://ocsp.localhost", "http://cps.localhost");
    let [not_before, not_after] =
        ["2020-01-01T00:00:00Z", "2049-01-01T00:00:00Z"].map(|time| time.parse().expect("a time"));
    let serial = Serial::try_from(1).expect("a number");
    let generation = Generation::create(Purpose::Authentication, practice, key, serial, not_before, not_after);
    let generation = generation.expect("an authority");
    Anchors::new([generation.certificate()], Policies::simulated()).expect("an anchor")
});

/// A certificate is refused: none can be signed by the authority's key.
pub fn certificate(bytes: &[u8]) {
    let response = UnverifiedCardResponse { certificate: bytes.to_vec(), signature: Vec::new() };
    let now = "2026-11-24T09:00:00+09:00".parse().expect("a time");
    let cache = CertificateCache::with_capacity(0);
    assert!(response.verify_certificate(&ANCHORS, &cache, Grace::Granted, now).is_err());
    let _ = (machine::parse_institution(bytes), machine::parse_serial(bytes));
    let _ = jpki::Subject::from_certificate(bytes);
    let _ = Anchors::new([bytes], Policies::simulated()).is_ok();
}

/// An OCSP request is refused, or survives encoding and parsing.
pub fn ocsp_request(bytes: &[u8]) {
    if let Ok(request) = Request::parse(bytes) {
        let parsed = Request::parse(&request.encode().expect("a parsed request can be encoded"));
        assert!(parsed.expect("what is encoded can be parsed") == request);
    }
}

/// An OCSP response is refused or read.
pub fn ocsp_response(bytes: &[u8]) {
    if let Ok(ParsedResponse::Signed(response)) = ParsedResponse::parse(bytes) {
        let _ = (response.claims().clone(), response.certificates().count());
    }
}

/// A revocation list is refused or read, and is never one of this authority.
pub fn revocation_list(bytes: &[u8]) {
    let _ = crl::UnverifiedList::parse(bytes).is_ok();
    assert!(ANCHORS.verify_list(bytes).is_err());
}

/// The length of a key in two bytes, the key, a nonce of 32 bytes, a signature over a challenge with this nonce.
pub fn signature(bytes: &[u8]) {
    let Some((length, rest)) = bytes.split_first_chunk::<2>() else { return };
    let Some((key, rest)) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length))) else { return };
    let Some((nonce, signature)) = rest.split_first_chunk::<32>() else { return };
    let challenge =
        Challenge { origin: "https://reception.example".to_owned(), nonce: *nonce, ticket: base::digest(&[nonce]) };
    if let Ok(key) = PublicKey::from_spki(key) {
        let message = challenge.to_be_signed();
        let mut longer = signature.to_vec();
        longer.push(0);
        assert!(!key.verifies(&message, signature) || !key.verifies(&message, &longer));
    }
    let _ = SigningKey::from_pkcs8(key).is_ok();
}

/// A path of an OCSP request by GET, and a text with a PEM block.
pub fn text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = (Request::parse_path(&text), pem::decode(pem::CERTIFICATE, &text));
}
