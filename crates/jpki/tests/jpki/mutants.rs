//! Every byte of what is right, turned in one bit, and every row of the corpus, damaged: nothing is accepted by accident.

use jpki::{
    crl,
    ocsp::{Reading, Request, Status},
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
    for certificate in mutants(&Attempt::right().certificate) {
        let verdict = code(Attempt { certificate: certificate.clone(), ..Attempt::right() }.verify());
        assert_ne!(verdict, "accepted", "{}", hex::encode(certificate));
    }
}

#[test]
fn no_byte_of_a_responders_answer_can_be_changed() {
    let answer = |request: &Request| responder().answer(request, now(), None, |_| Status::Good).unwrap();
    let right = answer(&Request::of(
        world().issuer.hashes().certificate(jpki::ocsp::Hash::Sha256, crate::world::serial(0x0012_3456)),
        Some(crate::world::nonce()),
    ));
    for bytes in mutants(&right) {
        let attempt = Attempt { answer: Box::new(move |_| bytes.clone()), ..Attempt::right() };
        assert_ne!(code(attempt.verify()), "accepted");
    }
}

#[test]
fn no_byte_of_a_list_can_be_changed() {
    let right = world().issuer.sign_revocation_list(&list(vec![crl::Revoked {
        serial: crate::world::serial(3),
        at: now(),
        reason: Some(jpki::ocsp::Reason::Superseded),
    }]));
    for bytes in mutants(&right.unwrap()) {
        assert!(world().anchors.trust_list(&bytes).is_err(), "{}", hex::encode(bytes));
    }
}

#[test]
fn no_byte_of_a_signed_answer_can_be_changed() {
    for signature in mutants(&Attempt::right().signature) {
        assert_eq!(code(Attempt { signature, ..Attempt::right() }.verify()), "jpki.signature.wrong");
    }
}

#[test]
fn a_damaged_question_is_refused_or_answered_for_what_it_asks() {
    let hashes = world().issuer.hashes();
    let right = Request::of(hashes.certificate(jpki::ocsp::Hash::Sha1, crate::world::serial(0x0012_3456)), None);
    for bytes in mutants(&right.encode().unwrap()) {
        let Ok(read) = Request::parse(&bytes) else { continue };
        let answer = responder().answer(&read, now(), None, |_| Status::Good).unwrap();
        match Reading::of(&answer).unwrap() {
            // Whose certificates these are nobody knows, so nothing is said of them.
            Reading::Error(_) => assert!(!read.certificates().iter().all(|one| hashes.issued(one))),
            Reading::Signed(response) => {
                let about: Vec<_> = response.claims().answers.iter().map(|answer| &answer.certificate).collect();
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
