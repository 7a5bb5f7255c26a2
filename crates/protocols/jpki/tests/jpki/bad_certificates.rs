//! The corpus of certificates, judged by this crate and by OpenSSL, row by row.

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
        .filter(|(_, actual, expected)| actual != expected)
        .collect();
    assert!(wrong.is_empty(), "name, found, expected: {wrong:#?}");
}

#[test]
fn the_corpus_has_a_row_for_every_code_that_a_certificate_can_earn() {
    let rows = rows();
    // No card can have these: the issuer's own validity has a test of its own, and unique identifiers cannot be encoded
    // with these types.
    let excluded = ["jpki.path.issuer_not_yet_valid", "jpki.path.issuer_expired", "jpki.profile.unique_identifier"];
    let kinds = ["jpki.certificate.", "jpki.path.", "jpki.profile.", "jpki.validity."];
    let codes = jpki::Refusal::CATALOGUE
        .iter()
        .map(|entry| entry.code)
        .filter(|code| kinds.iter().any(|kind| code.starts_with(kind)));
    let missing: Vec<_> =
        codes.filter(|code| !excluded.contains(code) && !rows.iter().any(|row| row.expected_code == *code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// OpenSSL's verdict of each row, all rows of one time in one process: `OK`, or its first error.
fn verify_with_openssl(rows: &[Row]) -> Vec<String> {
    let folder = OpensslFolder::new();
    folder.write_anchors();
    let World { earlier, issuer, next, .. } = world();
    let list = |generation: &Generation| {
        let (this_update, next_update) = (timestamp("2019-09-15T00:00:00Z"), timestamp("2049-01-01T00:00:00Z"));
        let list = crl::RevocationListDraft { number: 1, this_update, next_update, revoked: Vec::new() };
        pem::encode(pem::REVOCATION_LIST, &generation.sign_revocation_list(&list).unwrap())
    };
    folder.write_file("lists.pem", [earlier, issuer, next].map(list).concat());
    let mut times: BTreeMap<Timestamp, Vec<usize>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        folder.write_file(&format!("{index}.der"), &row.certificate);
        times.entry(row.time).or_default().push(index);
    }
    let mut verdicts = vec![String::new(); rows.len()];
    for (time, indexes) in times {
        let files: Vec<_> = indexes.iter().map(|index| format!("{index}.der")).collect();
        // The required policy and the lists are checked by OpenSSL too.
        let (_, output) = folder.run(&format!(
            "verify -x509_strict -auth_level 2 -crl_check -purpose sslclient -policy 1.2.392.200149.8.5.1.0.30 -explicit_policy \
             -attime {} -CAfile anchors.pem -CRLfile lists.pem {}",
            time.seconds(),
            files.join(" ")
        ));
        for (file, index) in files.iter().zip(indexes) {
            verdicts[index] = openssl_error_for(&output, file);
        }
    }
    verdicts
}

/// OpenSSL prints the errors line by line, followed by the name of the file.
fn openssl_error_for(output: &str, file: &str) -> String {
    if output.lines().any(|line| line == format!("{file}: OK")) {
        return "OK".to_owned();
    }
    let mut first = None;
    for line in output.lines() {
        if line == format!("error {file}: verification failed") {
            return first.unwrap_or_default();
        }
        if line.starts_with("error ") && line.ends_with(": verification failed") {
            first = None;
        } else if let Some((_, error)) = line.split_once(" depth lookup: ") {
            first.get_or_insert(error.to_owned());
        }
    }
    // The file could not be parsed.
    let unread = output.lines().find(|line| line.contains("Could not read") && line.ends_with(file));
    unread.map_or_else(|| format!("no verdict of {file} in:\n{output}"), |_| "Could not read".to_owned())
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
    let grace_ends = timestamp("2029-09-15T23:59:59+09:00");
    assert_eq!(attempt.verify().unwrap().validity(), Validity::Grace { expired_at: ended, grace_ends });
}

#[test]
fn the_issuer_is_valid_too() {
    let key = SigningKey::generate(Algorithm::EcdsaP384Sha384).unwrap();
    let (not_before, not_after) = (timestamp("2026-01-01T00:00:00+09:00"), timestamp("2026-12-31T23:59:59+09:00"));
    let purpose = Purpose::Authentication;
    let issuer = Generation::create(purpose, practice(purpose), key, serial(8), not_before, not_after).unwrap();
    let anchors = jpki::Anchors::new([issuer.certificate()], jpki::Policies::simulated()).unwrap();
    let holder = &world().next_holder;
    let certificate = issuer
        .issue_authentication(
            &jpki::Subject::new("A0000000000000", kiyose(), 1).unwrap(),
            birth(),
            holder.public_key(),
            serial(1),
            not_before.minus(seconds(100)),
        )
        .unwrap();
    let trust = |now| {
        let response = jpki::UnverifiedCardResponse { certificate: certificate.clone(), signature: Vec::new() };
        let cache = jpki::CertificateCache::with_capacity(0);
        response
            .verify_certificate(&anchors, &cache, Grace::Granted, now)
            .map_or_else(|refusal| refusal.code(), |_| "accepted")
    };
    assert_eq!(trust(not_before), "accepted");
    assert_eq!(trust(not_before.minus(seconds(1))), "jpki.path.issuer_not_yet_valid");
    assert_eq!(trust(not_after), "accepted");
    assert_eq!(trust(not_after.plus(seconds(1))), "jpki.path.issuer_expired");
}
