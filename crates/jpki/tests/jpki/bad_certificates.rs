//! The corpus of certificates, judged by us and by OpenSSL, row by row.

use std::collections::BTreeMap;

use base::Timestamp;
use jpki::{Algorithm, Generation, Grace, Purpose, SigningKey, Validity, crl, pem};

use crate::{
    corpus::{Row, rows},
    openssl::OpensslFolder,
    world::{Attempt, World, birth, code, kiyose, practice, seconds, serial, timestamp, world},
};

#[test]
fn a_right_certificate_is_accepted() {
    let holder = Attempt::valid().verify().unwrap();
    assert_eq!(holder.common_name(), "997794E9AGCIEG13221003A");
    assert_eq!(*holder.serial(), serial(0x0012_3456));
    assert_eq!(holder.issuer(), world().issuer.key_identifier());
    assert_eq!(holder.not_after(), timestamp("2029-06-15T23:59:59+09:00"));
    assert_eq!(holder.validity(), Validity::Valid);
}

#[test]
fn every_row_of_the_corpus_is_accepted_or_refused_with_its_own_code() {
    let verdict = |row: &Row| code(row.attempt().verify());
    let wrong: Vec<_> = rows()
        .iter()
        .map(|row| (row.name, verdict(row), row.expected_code))
        .filter(|(_, found, expected)| found != expected)
        .collect();
    assert!(wrong.is_empty(), "name, found, expected: {wrong:#?}");
}

#[test]
fn the_corpus_has_a_row_for_every_code_that_a_certificate_can_earn() {
    let rows = rows();
    // No card can show these: the issuer's own end is a test beside, and no bytes that we can write have unique
    // identifiers.
    let beside = ["jpki.path.issuer_not_yet_valid", "jpki.path.issuer_expired", "jpki.profile.unique_identifier"];
    let kinds = ["jpki.certificate.", "jpki.path.", "jpki.profile.", "jpki.validity."];
    let codes = jpki::Refusal::CATALOGUE
        .iter()
        .map(|entry| entry.code)
        .filter(|code| kinds.iter().any(|kind| code.starts_with(kind)));
    let missing: Vec<_> =
        codes.filter(|code| !beside.contains(code) && !rows.iter().any(|row| row.expected_code == *code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// What OpenSSL says of each row, all rows of one time in one process: `OK`, or its first words against it.
fn verify_with_openssl(rows: &[Row]) -> Vec<String> {
    let desk = OpensslFolder::new();
    desk.write_anchors();
    let World { earlier, issuer, next, .. } = world();
    let list = |generation: &Generation| {
        let (this_update, next_update) = (timestamp("2019-09-15T00:00:00Z"), timestamp("2049-01-01T00:00:00Z"));
        let list = crl::RevocationListDraft { number: 1, this_update, next_update, revoked: Vec::new() };
        pem::encode(pem::REVOCATION_LIST, &generation.sign_revocation_list(&list).unwrap())
    };
    desk.write_file("lists.pem", [earlier, issuer, next].map(list).concat());
    let mut times: BTreeMap<Timestamp, Vec<usize>> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate() {
        desk.write_file(&format!("{place}.der"), &row.certificate);
        times.entry(row.time).or_default().push(place);
    }
    let mut verdicts = vec![String::new(); rows.len()];
    for (time, places) in times {
        let files: Vec<_> = places.iter().map(|place| format!("{place}.der")).collect();
        // The policy that we demand is demanded of OpenSSL too, and lists are looked at.
        let (_, said) = desk.run(&format!(
            "verify -x509_strict -auth_level 2 -crl_check -purpose sslclient -policy 1.2.392.200149.8.5.1.0.30 -explicit_policy \
             -attime {} -CAfile anchors.pem -CRLfile lists.pem {}",
            time.seconds(),
            files.join(" ")
        ));
        for (file, place) in files.iter().zip(places) {
            verdicts[place] = openssl_error_for(&said, file);
        }
    }
    verdicts
}

/// OpenSSL tells what is wrong line by line, and then of which file it was.
fn openssl_error_for(said: &str, file: &str) -> String {
    if said.lines().any(|line| line == format!("{file}: OK")) {
        return "OK".to_owned();
    }
    let mut first = None;
    for line in said.lines() {
        if line == format!("error {file}: verification failed") {
            return first.unwrap_or_default();
        }
        if line.starts_with("error ") && line.ends_with(": verification failed") {
            first = None;
        } else if let Some((_, word)) = line.split_once(" depth lookup: ") {
            first.get_or_insert(word.to_owned());
        }
    }
    // Not even read.
    let unread = said.lines().find(|line| line.contains("Could not read") && line.ends_with(file));
    unread.map_or_else(|| format!("no word on {file} in:\n{said}"), |_| "Could not read".to_owned())
}

#[test]
fn openssl_agrees_on_every_row_or_the_row_says_why_not() {
    let rows = rows();
    let wrong: Vec<_> = rows
        .iter()
        .zip(verify_with_openssl(&rows))
        .filter(|(row, theirs)| {
            let same = (theirs == "OK") == (row.expected_code == "accepted");
            !theirs.starts_with(row.expected_openssl)
                || row.expected_openssl.is_empty()
                || same == row.explanation.is_some()
        })
        .map(|(row, theirs)| (row.name, row.expected_code, theirs))
        .collect();
    assert!(wrong.is_empty(), "name, ours, OpenSSL's: {wrong:#?}");
}

#[test]
fn an_expired_holder_is_told_as_one() {
    let ended = timestamp("2029-06-15T23:59:59+09:00");
    let now = ended.plus(seconds(86_400));
    let mut attempt = Attempt { now, ..Attempt::valid() };
    attempt.respond = Box::new(move |request| {
        world().issuer.responder().respond(request, now, None, |_| jpki::ocsp::CertificateStatus::Good).unwrap()
    });
    let until = timestamp("2029-09-15T23:59:59+09:00");
    assert_eq!(attempt.verify().unwrap().validity(), Validity::Grace { expired_at: ended, grace_ends: until });
}

#[test]
fn the_issuer_is_valid_too() {
    let key = SigningKey::generate(Algorithm::EcdsaP384Sha384).unwrap();
    let (from, to) = (timestamp("2026-01-01T00:00:00+09:00"), timestamp("2026-12-31T23:59:59+09:00"));
    let purpose = Purpose::Authentication;
    let short = Generation::create(purpose, practice(purpose), key, serial(8), from, to).unwrap();
    let anchors = jpki::Anchors::new([short.certificate()], jpki::Policies::simulated()).unwrap();
    let holder = &world().next_holder;
    let certificate = short
        .issue_authentication(
            &jpki::Subject::new("A0000000000000", kiyose(), 1).unwrap(),
            birth(),
            holder.public_key(),
            serial(1),
            from.minus(seconds(100)),
        )
        .unwrap();
    let trust = |now| {
        let answer = jpki::UnverifiedCardResponse { certificate: certificate.clone(), signature: Vec::new() };
        let remembered = jpki::CertificateCache::with_capacity(0);
        answer
            .verify_certificate(&anchors, &remembered, Grace::Granted, now)
            .map_or_else(|refusal| refusal.code(), |_| "accepted")
    };
    assert_eq!(trust(from), "accepted");
    assert_eq!(trust(from.minus(seconds(1))), "jpki.path.issuer_not_yet_valid");
    assert_eq!(trust(to), "accepted");
    assert_eq!(trust(to.plus(seconds(1))), "jpki.path.issuer_expired");
}
