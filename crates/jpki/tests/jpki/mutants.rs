//! Every byte of what is right, turned in one bit, and every row of the corpus, damaged: nothing is accepted by accident.

use jpki::{
    crl,
    ocsp::{CertificateStatus, ParsedResponse, Request},
};

use crate::{
    bad_answers::list,
    corpus::rows,
    world::{Attempt, code, now, responder, world},
};

/// The same bytes with one bit turned, once for each byte.
fn mutants(right: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..right.len()).map(|place| {
        let mut bytes = right.to_vec();
        // Another bit for each place, so that tags, lengths and values are hit in all of theirs.
        bytes[place] ^= 1 << (place % 8);
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
    let answer = |request: &Request| responder().respond(request, now(), None, |_| CertificateStatus::Good).unwrap();
    let right = answer(&Request::new(
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
    let right =
        Request::new(hashes.certificate_id(jpki::ocsp::HashAlgorithm::Sha1, crate::world::serial(0x0012_3456)), None);
    for bytes in mutants(&right.encode().unwrap()) {
        let Ok(read) = Request::parse(&bytes) else { continue };
        let answer = responder().respond(&read, now(), None, |_| CertificateStatus::Good).unwrap();
        match ParsedResponse::parse(&answer).unwrap() {
            // Whose certificates these are nobody knows, so nothing is said of them.
            ParsedResponse::Error(_) => assert!(!read.certificates().iter().all(|one| hashes.is_issuer_of(one))),
            ParsedResponse::Signed(response) => {
                let about: Vec<_> = response.claims().responses.iter().map(|answer| &answer.certificate).collect();
                assert_eq!(about, read.certificates().iter().collect::<Vec<_>>());
            }
        }
    }
}

#[test]
fn no_row_of_the_corpus_becomes_right_by_damage() {
    for row in rows() {
        for (place, certificate) in mutants(&row.certificate).enumerate().filter(|(place, _)| place % 29 == 0) {
            let verdict = code(Attempt { certificate, ..row.attempt_with_any_signature() }.verify());
            assert_ne!(verdict, "accepted", "{} at {place}", row.name);
        }
    }
}
