//! Single-bit mutations of valid bytes, and of every row of the corpus: none is accepted.

use jpki::{
    crl,
    ocsp::{CertificateStatus, ParsedResponse, Request},
};

use crate::{
    bad_answers::list,
    corpus::rows,
    world::{Attempt, code, now, responder, world},
};

/// The bytes with one bit flipped, once for each byte.
fn mutants(original: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..original.len()).map(|index| {
        let mut bytes = original.to_vec();
        // A different bit for each index, so that all bits of tags, lengths and values occur.
        bytes[index] ^= 1 << (index % 8);
        bytes
    })
}

#[test]
fn no_byte_of_a_certificate_can_be_changed() {
    for certificate in mutants(&Attempt::valid().certificate) {
        let verdict = code(Attempt { certificate: certificate.clone(), ..Attempt::valid() }.verify());
        assert_ne!(verdict, "accepted", "{}", hex::encode(certificate));
    }
}

#[test]
fn no_byte_of_a_responders_answer_can_be_changed() {
    let respond = |request: &Request| responder().respond(request, now(), None, |_| CertificateStatus::Good).unwrap();
    let right = respond(&Request::new(
        world()
            .issuer
            .issuer_hashes()
            .certificate_id(jpki::ocsp::HashAlgorithm::Sha256, crate::world::serial(0x0012_3456)),
        Some(crate::world::nonce()),
    ));
    for bytes in mutants(&right) {
        let attempt = Attempt { respond: Box::new(move |_| bytes.clone()), ..Attempt::valid() };
        assert_ne!(code(attempt.verify()), "accepted");
    }
}

#[test]
fn no_byte_of_a_list_can_be_changed() {
    let right = world().issuer.sign_revocation_list(&list(vec![crl::RevokedCertificate {
        serial: crate::world::serial(3),
        revoked_at: now(),
        reason: Some(jpki::ocsp::RevocationReason::Superseded),
    }]));
    for bytes in mutants(&right.unwrap()) {
        assert!(world().anchors.verify_list(&bytes).is_err(), "{}", hex::encode(bytes));
    }
}

#[test]
fn no_byte_of_a_signed_answer_can_be_changed() {
    for signature in mutants(&Attempt::valid().signature) {
        assert_eq!(code(Attempt { signature, ..Attempt::valid() }.verify()), "jpki.signature.wrong");
    }
}

#[test]
fn a_damaged_question_is_refused_or_answered_for_what_it_asks() {
    let hashes = world().issuer.issuer_hashes();
    let original =
        Request::new(hashes.certificate_id(jpki::ocsp::HashAlgorithm::Sha1, crate::world::serial(0x0012_3456)), None);
    for bytes in mutants(&original.encode().unwrap()) {
        let Ok(request) = Request::parse(&bytes) else { continue };
        let response = responder().respond(&request, now(), None, |_| CertificateStatus::Good).unwrap();
        match ParsedResponse::parse(&response).unwrap() {
            // The issuer of an id is unknown, so there is no status.
            ParsedResponse::Error(_) => assert!(!request.certificates().iter().all(|id| hashes.is_issuer_of(id))),
            ParsedResponse::Signed(response) => {
                let ids: Vec<_> = response.claims().responses.iter().map(|single| &single.certificate).collect();
                assert_eq!(ids, request.certificates().iter().collect::<Vec<_>>());
            }
        }
    }
}

#[test]
fn no_row_of_the_corpus_becomes_right_by_damage() {
    for row in rows() {
        for (index, certificate) in mutants(&row.certificate).enumerate().filter(|(index, _)| index % 29 == 0) {
            let verdict = code(Attempt { certificate, ..row.attempt_with_any_signature() }.verify());
            assert_ne!(verdict, "accepted", "{} at {index}", row.name);
        }
    }
}
