//! Arbitrary bytes as a certificate are refused: none can be signed by the authority's key.
#![no_main]

use std::sync::LazyLock;

use jpki::{Algorithm, Anchors, CertificateCache, Generation, Grace, Policies, Practice, Purpose, Serial, SigningKey};
use libfuzzer_sys::fuzz_target;

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

fuzz_target!(|bytes: &[u8]| {
    let response = jpki::UnverifiedCardResponse { certificate: bytes.to_vec(), signature: Vec::new() };
    let now = "2026-11-24T09:00:00+09:00".parse().expect("a time");
    let cache = CertificateCache::with_capacity(0);
    assert!(response.verify_certificate(&ANCHORS, &cache, Grace::Granted, now).is_err());
    let _ = (jpki::machine::parse_institution(bytes), jpki::machine::parse_serial(bytes));
    let _ = jpki::Subject::from_certificate(bytes);
    let _ = Anchors::new([bytes], Policies::simulated()).is_ok();
});
