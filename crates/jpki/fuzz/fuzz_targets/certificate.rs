//! Any bytes as a certificate: read, judged, refused. Nobody has the authority's key, so none is accepted.
#![no_main]

use std::sync::LazyLock;

use jpki::{Algorithm, Anchors, Generation, Grace, Policies, Practice, Purpose, CertificateCache, Serial, SigningKey};
use libfuzzer_sys::fuzz_target;

static ANCHORS: LazyLock<Anchors> = LazyLock::new(|| {
    let key = SigningKey::generate(Algorithm::EcdsaP384Sha384).expect("a key");
    let practice = Practice::simulated(Purpose::Authentication, "http://ocsp.localhost", "http://cps.localhost");
    let term = ["2020-01-01T00:00:00Z", "2049-01-01T00:00:00Z"].map(|time| time.parse().expect("a time"));
    let serial = Serial::try_from(1).expect("a number");
    let found = Generation::create(Purpose::Authentication, practice, key, serial, term[0], term[1]).expect("an authority");
    Anchors::new([found.certificate()], Policies::simulated()).expect("an anchor")
});

fuzz_target!(|bytes: &[u8]| {
    let answer = jpki::UnverifiedCardResponse { certificate: bytes.to_vec(), signature: Vec::new() };
    let now = "2026-11-24T09:00:00+09:00".parse().expect("a time");
    assert!(answer.verify_certificate(&ANCHORS, &CertificateCache::with_capacity(0), Grace::Granted, now).is_err());
    let _ = (jpki::machine::parse_institution(bytes), jpki::machine::parse_serial(bytes), jpki::Subject::from_certificate(bytes));
    let _ = Anchors::new([bytes], Policies::simulated()).is_ok();
});
