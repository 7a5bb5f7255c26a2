//! No input causes a panic, and nothing but the original bytes is accepted.

use jpki::{
    PublicKey, SigningKey, crl, machine,
    ocsp::{CertificateStatus, ParsedResponse, Request},
    pem,
};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

use crate::world::{Attempt, code, now, responder, world};

/// Valid bytes with some of them changed, cut off, or copied elsewhere.
fn mutate_bytes(original: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let length = original.len();
    let original = Just(original);
    let flips = prop::collection::vec((0..length, 1_u8..), 1..4);
    let flipped = (original.clone(), flips).prop_map(|(mut bytes, flips)| {
        for (index, bits) in flips {
            bytes[index] ^= bits;
        }
        bytes
    });
    let cut = (original.clone(), 0..length).prop_map(|(mut bytes, length)| {
        bytes.truncate(length);
        bytes
    });
    let spliced = (original, 0..length, 0..length, 0..length).prop_map(|(bytes, first, second, index)| {
        let piece = bytes[first.min(second)..first.max(second)].to_vec();
        [&bytes[..index], &piece[..], &bytes[index..]].concat()
    });
    prop_oneof![flipped, cut, spliced]
}

fn certificate() -> Vec<u8> {
    Attempt::valid().certificate
}

fn request() -> Request {
    let hashes = world().issuer.issuer_hashes();
    let serial = crate::world::serial(0x0012_3456);
    Request::new(hashes.certificate_id(jpki::ocsp::HashAlgorithm::Sha256, serial), Some(crate::world::nonce()))
}

fn response() -> Vec<u8> {
    responder().respond(&request(), now(), None, |_| CertificateStatus::Good).unwrap()
}

fn list() -> Vec<u8> {
    let list = crl::RevocationListDraft {
        number: 1,
        this_update: now(),
        next_update: now().plus(crate::world::seconds(60)),
        revoked: vec![crl::RevokedCertificate { serial: crate::world::serial(3), revoked_at: now(), reason: None }],
    };
    world().issuer.sign_revocation_list(&list).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_certificate_is_refused(bytes in mutate_bytes(certificate())) {
        let unchanged = bytes == certificate();
        let verdict = code(Attempt { certificate: bytes, ..Attempt::valid() }.verify());
        prop_assert_eq!(verdict == "accepted", unchanged);
    }

    #[test]
    fn a_changed_answer_is_refused(bytes in mutate_bytes(response())) {
        let unchanged = bytes == response();
        let attempt = Attempt { respond: Box::new(move |_| bytes.clone()), ..Attempt::valid() };
        prop_assert_eq!(code(attempt.verify()) == "accepted", unchanged);
    }

    #[test]
    fn a_changed_signature_is_refused(bytes in mutate_bytes(Attempt::valid().signature)) {
        let unchanged = bytes == Attempt::valid().signature;
        let verdict = code(Attempt { signature: bytes, ..Attempt::valid() }.verify());
        prop_assert_eq!(verdict == "accepted", unchanged);
    }

    #[test]
    fn a_changed_list_is_refused(bytes in mutate_bytes(list())) {
        let unchanged = bytes == list();
        prop_assert_eq!(world().anchors.verify_list(&bytes).is_ok(), unchanged);
    }

    #[test]
    fn a_changed_question_is_read_or_refused(bytes in mutate_bytes(request().encode().unwrap())) {
        if let Ok(read) = Request::parse(&bytes) {
            prop_assert!(read.encode().is_ok());
            prop_assert!(responder().respond(&read, now(), None, |_| CertificateStatus::Good).is_ok());
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let attempt = Attempt { certificate: bytes.clone(), ..Attempt::valid() };
        prop_assert!(attempt.verify().is_err());
        let _ = (Request::parse(&bytes), ParsedResponse::parse(&bytes).is_ok(), crl::UnverifiedList::parse(&bytes).is_ok());
        let _ = (PublicKey::from_spki(&bytes), SigningKey::from_pkcs8(&bytes).is_ok());
        let _ = (machine::parse_institution(&bytes), machine::parse_serial(&bytes));
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,80}") {
        let _ = (Request::parse_path(&text), pem::decode(pem::CERTIFICATE, &text));
    }
}
