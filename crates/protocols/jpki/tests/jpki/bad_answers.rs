//! Responses of responders, lists and cards that deviate in one thing, each refused with its own code.

use std::collections::BTreeSet;

use base::{Clock, Span, Timestamp};
use der::Decode;
use jpki::{
    Algorithm, Anchors, CertificateCache, CertificateDraft, Challenge, Grace, Policies, SigningKey, TrustedCertificate,
    UnverifiedCardResponse, crl, extension,
    ocsp::{CertificateStatus, ErrorStatus, HashAlgorithm, Nonce, Request, ResponderName, Response, RevocationReason},
    pem, sign_body,
    verify::{MAX_CACHE_DURATION, MAX_RESPONSE_AGE, SKEW},
};
use x509_cert::ext::pkix::KeyUsages;

use crate::openssl::OpensslFolder;
use crate::openssl_ocsp::{ExpectedVerdict, openssl_verdict, parse_verdict};
use crate::world::{
    Attempt, World, birth, challenge, code, delegate_draft, draft, issued_at, nonce, now, responder, response_to,
    seconds, serial, subject, timestamp, world,
};

/// Checks our verdict of a response and OpenSSL's: `good`, or the beginning of its error. Where one accepts what the other
/// refuses, the row explains why.
fn check(expected: &str, openssl: impl Into<ExpectedVerdict>, response: impl Fn(&Request) -> Vec<u8> + 'static) {
    let ExpectedVerdict(prefix, explanation) = openssl.into();
    let request = trusted_at(now()).ocsp_request(nonce());
    let verdict = openssl_verdict(&request, &response(&request));
    assert!(verdict.starts_with(prefix) && !prefix.is_empty(), "{expected}: OpenSSL says {verdict}");
    let differs = (verdict == "good") != (expected == "accepted");
    assert_eq!(differs, explanation.is_some(), "{expected}: {verdict}, {explanation:?}");
    assert_eq!(code(Attempt { respond: Box::new(response), ..Attempt::valid() }.verify()), expected);
}

/// The delegated responder's response with one change, correctly signed.
fn check_response(expected: &str, openssl: impl Into<ExpectedVerdict>, change: impl Fn(&mut Response) + 'static) {
    check(expected, openssl, move |request| {
        let mut response = response_to(request);
        change(&mut response);
        response.sign(&world().delegate, &[delegate_draft().sign(world().issuer.key()).unwrap()]).unwrap()
    });
}

/// The correct response by a responder whose certificate has one change.
fn check_delegate(expected: &str, openssl: impl Into<ExpectedVerdict>, change: impl Fn(&mut CertificateDraft)) {
    let mut draft = delegate_draft();
    change(&mut draft);
    check_delegate_bytes(expected, openssl, draft.sign(world().issuer.key()).unwrap());
}

fn check_delegate_bytes(expected: &str, openssl: impl Into<ExpectedVerdict>, certificate: Vec<u8>) {
    check(expected, openssl, move |request| {
        response_to(request).sign(&world().delegate, std::slice::from_ref(&certificate)).unwrap()
    });
}

#[test]
fn a_right_answer_is_believed_from_the_issuer_and_from_its_delegate() {
    check("accepted", "good", |request| {
        responder().respond(request, now(), None, |_| CertificateStatus::Good).unwrap()
    });
    check("accepted", "good", |request| {
        world().issuer.responder().respond(request, now(), None, |_| CertificateStatus::Good).unwrap()
    });
    check_response("accepted", "good", |_| ());
    check_delegate("accepted", "good", |_| ());
    let by_name = |response: &mut Response| {
        response.responder = ResponderName::Name(delegate_draft().subject);
    };
    check_response("accepted", "good", by_name);
    check("accepted", "good", |request| {
        let mut response = response_to(request);
        response.responder = ResponderName::Name(world().issuer.name().clone());
        response.sign(world().issuer.key(), &[]).unwrap()
    });
}

#[test]
fn revoked_and_unknown_are_told() {
    let revoked = CertificateStatus::Revoked {
        revoked_at: now().minus(seconds(60)),
        reason: Some(RevocationReason::KeyCompromise),
    };
    check_response("jpki.revocation.revoked", "revoked", move |response| response.responses[0].status = revoked);
    check_response("jpki.revocation.unknown", "unknown", |response| {
        response.responses[0].status = CertificateStatus::Unknown;
    });
}

#[test]
fn a_responder_that_says_nothing_lets_nobody_in() {
    check("jpki.ocsp.malformed_request", "Responder Error: malformedrequest", |_| {
        ErrorStatus::MalformedRequest.encode()
    });
    check("jpki.ocsp.internal_error", "Responder Error: internalerror", |_| ErrorStatus::InternalError.encode());
    check("jpki.ocsp.try_later", "Responder Error: trylater", |_| ErrorStatus::TryLater.encode());
    check("jpki.ocsp.signature_required", "Responder Error: sigrequired", |_| ErrorStatus::SignatureRequired.encode());
    check("jpki.ocsp.unauthorized", "Responder Error: unauthorized", |_| ErrorStatus::Unauthorized.encode());
    check("jpki.ocsp.unreadable", "Error reading OCSP response", |_| Vec::new());
    check("jpki.ocsp.unreadable", "Error parsing response", |_| vec![0x30, 3, 0x0a, 1, 0]);
    check("jpki.ocsp.unreadable", "Responder Error: (UNKNOWN)", |_| vec![0x30, 3, 0x0a, 1, 4]);
    check("jpki.ocsp.unauthorized", "Responder Error: unauthorized", |request| {
        world().earlier.responder().respond(request, now(), None, |_| CertificateStatus::Good).unwrap()
    });
}

#[test]
fn a_responder_is_the_issuer_or_its_delegate() {
    let World { issuer, earlier, stranger, delegate, other, .. } = world();
    check("jpki.ocsp.stranger", "Response Verify Failure: signer certificate not found", |request| {
        response_to(request).sign(&world().delegate, &[]).unwrap()
    });
    check("jpki.ocsp.signature", "Response Verify Failure: ", |request| {
        let certificate = delegate_draft().sign(world().issuer.key()).unwrap();
        response_to(request).sign(&world().other, &[certificate]).unwrap()
    });
    check("jpki.ocsp.signature", "Response Verify Failure: signer certificate not found", |request| {
        let mut response = response_to(request);
        response.responder = ResponderName::Key(world().issuer.key_identifier().clone());
        response.sign(world().stranger.key(), &[]).unwrap()
    });
    check("jpki.ocsp.algorithm", "Response Verify Failure: wrong public key type", |request| {
        let certificate = delegate_draft().sign(world().issuer.key()).unwrap();
        response_to(request).sign(&world().next_holder, &[certificate]).unwrap()
    });
    let (not_before, not_after) = (now().minus(seconds(60)), now().plus(seconds(60)));
    let by_other = issuer.issue_ocsp_responder(other.public_key(), serial(1), not_before, not_after).unwrap();
    check_delegate_bytes("jpki.ocsp.stranger", "Response Verify Failure: signer certificate not found", by_other);
    let by_earlier = earlier.issue_ocsp_responder(delegate.public_key(), serial(1), not_before, not_after).unwrap();
    check_delegate_bytes("jpki.ocsp.responder_issuer", "Response Verify Failure: root ca not trusted", by_earlier);
    let by_stranger = delegate_draft().sign(stranger.key()).unwrap();
    check_delegate_bytes("jpki.ocsp.responder_certificate_signature", "Response Verify Failure: ", by_stranger);
    check_delegate_bytes("jpki.ocsp.responder_certificate", "Error parsing response", vec![0x30, 0]);
    check_delegate_bytes(
        "jpki.ocsp.responder_purpose",
        "Response Verify Failure: missing ocspsigning usage",
        holders_certificate(),
    );
}

fn holders_certificate() -> Vec<u8> {
    let World { issuer, delegate, .. } = world();
    let key = delegate.public_key();
    let mut draft = issuer.authentication_draft(&subject(), birth(), key, serial(6), issued_at()).unwrap();
    draft.extensions.retain(|extension| !extension.critical);
    draft.sign(issuer.key()).unwrap()
}

#[test]
fn a_delegate_has_the_right_certificate_at_the_right_time() {
    let remove = |oid: &'static str| {
        move |draft: &mut CertificateDraft| draft.extensions.retain(|extension| extension.extn_id.to_string() != oid)
    };
    check_delegate(
        "jpki.ocsp.responder_purpose",
        "Response Verify Failure: missing ocspsigning usage",
        remove("2.5.29.37"),
    );
    check_delegate(
        "jpki.ocsp.responder_checkable",
        ("good", "OpenSSL takes its word unasked; we would have to ask whom we cannot"),
        remove("1.3.6.1.5.5.7.48.1.5"),
    );
    check_delegate("accepted", "good", remove("2.5.29.15"));
    check_delegate(
        "jpki.ocsp.responder_certificate",
        ("good", "RFC 6960 leaves the key usage open; ours says what the key is for"),
        |draft| {
            draft.extensions[0] = extension::key_usage(KeyUsages::NonRepudiation).unwrap();
        },
    );
    check_delegate(
        "jpki.ocsp.responder_certificate",
        ("good", "OpenSSL lets an authority answer too; RFC 6960 §4.2.2.2 wants a certificate for answering"),
        |draft| {
            draft.extensions.push(extension::basic_constraints(true).unwrap());
        },
    );
    check_delegate("accepted", "good", |draft| draft.not_before = now());
    check_delegate(
        "jpki.ocsp.responder_not_yet_valid",
        "Response Verify Failure: certificate is not yet valid",
        |draft| draft.not_before = now().plus(seconds(1)),
    );
    check_delegate(
        "accepted",
        (
            "Response Verify Failure: certificate has expired",
            "RFC 5280 §4.1.2.5 counts the last second as valid; OpenSSL does not",
        ),
        |draft| draft.not_after = now(),
    );
    check_delegate("jpki.ocsp.responder_expired", "Response Verify Failure: certificate has expired", |draft| {
        draft.not_after = now().minus(seconds(1));
    });
}

#[test]
fn an_answer_is_to_this_question() {
    check_response("jpki.ocsp.no_nonce", ("good", "OpenSSL compares nonces only where it asked itself"), |response| {
        response.nonce = None;
    });
    check_response(
        "jpki.ocsp.wrong_nonce",
        ("good", "OpenSSL compares nonces only where it asked itself"),
        |response| response.nonce = Some(Nonce::from_bytes(&[1; 32]).unwrap()),
    );
    let certificate_id = |number| world().issuer.issuer_hashes().certificate_id(HashAlgorithm::Sha256, serial(number));
    check_response("jpki.ocsp.other_certificate", "ERROR: No Status found.", move |response| {
        response.responses[0].certificate = certificate_id(7);
    });
    check_response("jpki.ocsp.other_certificate", "Response Verify Failure: root ca not trusted", |response| {
        response.responses[0].certificate =
            world().earlier.issuer_hashes().certificate_id(HashAlgorithm::Sha256, serial(0x0012_3456));
    });
    check_response(
        "jpki.ocsp.other_certificate",
        "Response Verify Failure: response contains no revocation data",
        |response| response.responses.clear(),
    );
    check_response(
        "jpki.ocsp.ambiguous",
        ("good", "OpenSSL takes the first word on a certificate; we take no answer with two"),
        |response| response.responses.push(response.responses[0].clone()),
    );
    check_response("accepted", "good", move |response| {
        let first = response.responses[0].clone();
        response.responses.push(jpki::ocsp::SingleResponse {
            certificate: certificate_id(7),
            status: CertificateStatus::Unknown,
            ..first
        });
    });
    let with_request = |request| Attempt { request: Some(request), ..Attempt::valid() };
    assert_eq!(code(with_request(Request::new(certificate_id(7), Some(nonce()))).verify()), "jpki.ocsp.other_question");
    assert_eq!(
        code(with_request(Request::new(certificate_id(0x0012_3456), None)).verify()),
        "jpki.ocsp.no_nonce_asked"
    );
}

/// A response of the issuer itself, with these times in seconds from `time`.
fn response_with_times(request: &Request, time: Timestamp, this_update: i64, next_update: Option<i64>) -> Vec<u8> {
    let mut response = response_to(request);
    response.responder = ResponderName::Key(world().issuer.key_identifier().clone());
    response.produced_at = time.plus(seconds(this_update));
    response.responses[0].this_update = time.plus(seconds(this_update));
    response.responses[0].next_update = next_update.map(|after| time.plus(seconds(after)));
    response.sign(world().issuer.key(), &[]).unwrap()
}

fn check_answer_times(expected: &str, this_update: i64, next_update: Option<i64>) {
    let respond = move |request: &Request| response_with_times(request, now(), this_update, next_update);
    assert_eq!(code(Attempt { respond: Box::new(respond), ..Attempt::valid() }.verify()), expected);
}

/// OpenSSL uses the system's clock, so its rows are some seconds off the limits; it gets both of our limits.
fn check_openssls_times(expected: &str, openssl: &str, this_update: i64, next_update: Option<i64>) {
    check_answer_times(expected, this_update, next_update);
    let folder = OpensslFolder::new();
    folder.write_anchors();
    folder.write_file("issuer.pem", pem::encode(pem::CERTIFICATE, world().issuer.certificate()));
    folder.write_file("holder.pem", pem::encode(pem::CERTIFICATE, &Attempt::valid().certificate));
    let request = trusted_at(now()).ocsp_request(nonce());
    folder.write_file("request.der", request.encode().unwrap());
    folder.write_file("response.der", response_with_times(&request, Clock::system().now(), this_update, next_update));
    // With a next update the age is not checked.
    let age = if next_update.is_some() { 999_999_999 } else { MAX_RESPONSE_AGE.as_secs() };
    let (_, output) = folder.run(&format!(
        "ocsp -reqin request.der -respin response.der -issuer issuer.pem -sha256 -cert holder.pem -CAfile anchors.pem \
         -attime {} -validity_period {} -status_age {age} -no_nonce",
        now().seconds(),
        SKEW.as_secs(),
    ));
    let verdict = parse_verdict(&output);
    assert!(verdict.contains(openssl), "{expected}: {output}");
    assert_eq!(verdict == "good", expected == "accepted");
}

#[test]
fn openssl_agrees_on_the_age_of_answers() {
    let row = check_openssls_times;
    row("accepted", "good", -30, None);
    row("jpki.ocsp.too_old", "WARNING: Status times invalid", -300, None);
    row("accepted", "good", 20, None);
    row("jpki.ocsp.from_the_future", "WARNING: Status times invalid", 300, None);
    row("accepted", "good", -3600, Some(60));
    row("jpki.ocsp.overdue", "WARNING: Status times invalid", -3600, Some(-120));
    row("jpki.ocsp.times", "WARNING: Status times invalid", 30, Some(0));
}

#[test]
fn an_answer_is_fresh_to_the_second() {
    check_answer_times("accepted", -120, None);
    check_answer_times("jpki.ocsp.too_old", -121, None);
    check_answer_times("accepted", 60, None);
    check_answer_times("jpki.ocsp.from_the_future", 61, None);
    check_answer_times("accepted", -3600, Some(0));
    check_answer_times("jpki.ocsp.overdue", -3600, Some(-1));
    check_answer_times("jpki.ocsp.times", 10, Some(9));
    let early = |request: &Request| {
        let mut response = response_to(request);
        response.produced_at = now().plus(seconds(61));
        response.sign(&world().delegate, &[delegate_draft().sign(world().issuer.key()).unwrap()]).unwrap()
    };
    assert_eq!(code(Attempt { respond: Box::new(early), ..Attempt::valid() }.verify()), "jpki.ocsp.from_the_future");
}

pub fn trusted_at(time: Timestamp) -> TrustedCertificate {
    let attempt = Attempt::valid();
    let response = UnverifiedCardResponse { certificate: attempt.certificate, signature: attempt.signature };
    response.verify_certificate(&world().anchors, &CertificateCache::with_capacity(0), Grace::Granted, time).unwrap()
}

#[test]
fn an_answer_that_names_its_end_is_believed_until_then_and_no_longer() {
    let cache = CertificateCache::with_capacity(10);
    let trusted = trusted_at(now());
    for hash in [HashAlgorithm::Sha1, HashAlgorithm::Sha256] {
        let request = trusted.ocsp_request_with_hash(hash, nonce());
        let end = now().plus(seconds(600));
        let response = responder().respond(&request, now(), Some(end), |_| CertificateStatus::Good).unwrap();
        let verdict =
            |time| trusted.verify_ocsp_response(&response, &request, &cache, time).map(|proof| proof.cacheable_until());
        assert_eq!(verdict(now()), Ok(Some(now().plus(MAX_CACHE_DURATION))));
        assert_eq!(verdict(end), Ok(Some(end)));
        assert_eq!(verdict(end.plus(seconds(1))).unwrap_err().code(), "jpki.ocsp.overdue");
    }
}

#[test]
fn what_is_remembered_changes_no_verdict() {
    let cache = CertificateCache::with_capacity(10);
    assert!(Attempt::valid().verify_with(&cache).is_ok());
    assert!(Attempt::valid().verify_with(&cache).is_ok());
    // The same certificate, revoked since, or after its validity.
    let revoked = CertificateStatus::Revoked { revoked_at: now(), reason: None };
    let respond = move |request: &Request| responder().respond(request, now(), None, |_| revoked).unwrap();
    let verdict = Attempt { respond: Box::new(respond), ..Attempt::valid() }.verify_with(&cache);
    assert_eq!(code(verdict), "jpki.revocation.revoked");
    let verdict = Attempt { now: timestamp("2040-01-01T00:00:00Z"), ..Attempt::valid() }.verify_with(&cache);
    assert_eq!(code(verdict), "jpki.path.issuer_expired");
    // Entries of other anchors are not used.
    let anchors = Anchors::new([world().stranger.certificate()], Policies::simulated()).unwrap();
    let Attempt { certificate, signature, .. } = Attempt::valid();
    let verdict =
        UnverifiedCardResponse { certificate, signature }.verify_certificate(&anchors, &cache, Grace::Granted, now());
    assert_eq!(verdict.map(|_| ()).unwrap_err().code(), "jpki.path.unknown_generation");
}

pub fn list(revoked: Vec<crl::RevokedCertificate>) -> crl::RevocationListDraft {
    crl::RevocationListDraft {
        number: 12,
        this_update: now().minus(seconds(60)),
        next_update: now().plus(seconds(60)),
        revoked,
    }
}

fn check_list(expected: &str, bytes: &[u8]) {
    check_list_at(expected, bytes, now());
}

fn check_list_at(expected: &str, bytes: &[u8], time: Timestamp) {
    let verdict = world()
        .anchors
        .verify_list(bytes)
        .and_then(|list| trusted_at(time).verify_against_list(&list, time)?.verify_signature(&challenge()));
    assert_eq!(code(verdict), expected);
}

#[test]
fn a_list_is_the_second_source() {
    let World { issuer, earlier, stranger, .. } = world();
    let entry = |number| crl::RevokedCertificate {
        serial: serial(number),
        revoked_at: now(),
        reason: Some(RevocationReason::Superseded),
    };
    let sealed = |list: &crl::RevocationListDraft| issuer.sign_revocation_list(list).unwrap();
    check_list("accepted", &sealed(&list(vec![])));
    check_list("accepted", &sealed(&list(vec![entry(7), entry(0x0012_3457)])));
    check_list("jpki.revocation.revoked", &sealed(&list(vec![entry(7), entry(0x0012_3456)])));
    check_list("jpki.crl.issuer", &earlier.sign_revocation_list(&list(vec![])).unwrap());
    check_list("jpki.crl.issuer", &stranger.sign_revocation_list(&list(vec![])).unwrap());
    let mut forged = sealed(&list(vec![]));
    let end = forged.len() - 1;
    forged[end] ^= 1;
    check_list("jpki.crl.signature", &forged);
    check_list("jpki.crl.unreadable", &forged[1..]);
    check_list("jpki.crl.unreadable", &Attempt::valid().certificate);

    let times = |start: i64, end: i64| {
        let (this_update, next_update) = (now().plus(seconds(start)), now().plus(seconds(end)));
        sealed(&crl::RevocationListDraft { this_update, next_update, ..list(vec![]) })
    };
    check_list("accepted", &times(-60, 0));
    check_list("jpki.crl.overdue", &times(-60, -1));
    check_list("accepted", &times(60, 120));
    check_list("jpki.crl.from_the_future", &times(61, 120));

    let late = timestamp("2029-07-01T00:00:00+09:00");
    let lists = crl::RevocationListDraft { this_update: late, next_update: late.plus(seconds(60)), ..list(vec![]) };
    check_list_at("jpki.crl.silent", &sealed(&lists), late);
}

#[test]
fn a_list_without_end_or_of_unknown_scope_is_not_believed() {
    use der::Encode;
    use x509_cert::crl::CertificateList;
    let changed = |change: fn(&mut x509_cert::crl::TbsCertList)| {
        let bytes = world().issuer.sign_revocation_list(&list(vec![])).unwrap();
        let mut body = CertificateList::from_der(&bytes).unwrap().tbs_cert_list;
        change(&mut body);
        sign_body(&body.to_der().unwrap(), world().issuer.key()).unwrap()
    };
    check_list("accepted", &changed(|_| ()));
    check_list("jpki.crl.endless", &changed(|body| body.next_update = None));
    // deltaCRLIndicator: the list contains only changes.
    check_list(
        "jpki.crl.unreadable",
        &changed(|body| {
            let extension = &mut body.crl_extensions.as_mut().unwrap()[1];
            extension.extn_id = "2.5.29.27".parse().unwrap();
            extension.critical = true;
        }),
    );
    check_list("jpki.crl.unreadable", &changed(|body| body.version = x509_cert::Version::V1));
    check_list("jpki.crl.issuer", &changed(|body| body.crl_extensions = None));
}

fn check_signature(expected: &str, change: impl FnOnce(&mut Attempt)) {
    let mut attempt = Attempt::valid();
    change(&mut attempt);
    assert_eq!(code(attempt.verify()), expected);
}

#[test]
fn a_signature_is_for_one_origin_one_nonce_and_one_ticket() {
    let wrong = "jpki.signature.wrong";
    check_signature("accepted", |_| ());
    let sign = |challenge: Challenge| world().holder.sign(&challenge.to_be_signed()).unwrap();
    let origin = "https://reception.localhost.example".to_owned();
    check_signature(wrong, |attempt| attempt.signature = sign(Challenge { origin, ..challenge() }));
    check_signature(wrong, |attempt| attempt.signature = sign(Challenge { nonce: [8; 32], ..challenge() }));
    let ticket = base::digest(&[b"another ticket"]);
    check_signature(wrong, |attempt| attempt.signature = sign(Challenge { ticket, ..challenge() }));
    check_signature(wrong, |attempt| attempt.challenge.nonce = [8; 32]);
    check_signature(wrong, |attempt| attempt.signature = world().other.sign(&challenge().to_be_signed()).unwrap());
    check_signature(wrong, |attempt| attempt.signature = world().holder.sign(&challenge().digest()).unwrap());
    check_signature(wrong, |attempt| attempt.signature = vec![0; 256]);
    check_signature("jpki.signature.length", |attempt| attempt.signature.clear());
    check_signature("jpki.signature.length", |attempt| attempt.signature.push(0));
}

#[test]
fn errors_are_told_in_the_order_of_the_steps() {
    let unsigned = |attempt: &mut Attempt| attempt.signature = vec![0; 256];
    let silent = |attempt: &mut Attempt| attempt.respond = Box::new(|_| ErrorStatus::TryLater.encode());
    check_signature("jpki.ocsp.try_later", |attempt| {
        unsigned(attempt);
        silent(attempt);
    });
    check_signature("jpki.validity.not_yet_valid", |attempt| {
        unsigned(attempt);
        silent(attempt);
        attempt.now = issued_at().minus(Span::from_secs(1));
    });
    check_signature("jpki.profile.policy", |attempt| {
        unsigned(attempt);
        silent(attempt);
        attempt.now = issued_at().minus(Span::from_secs(1));
        let mut draft = draft();
        draft.extensions.remove(2);
        attempt.certificate = draft.sign(world().issuer.key()).unwrap();
    });
    check_signature("jpki.path.signature", |attempt| {
        unsigned(attempt);
        silent(attempt);
        let mut draft = draft();
        draft.extensions.remove(2);
        attempt.certificate = draft.sign(world().stranger.key()).unwrap();
    });
}

#[test]
fn what_is_no_anchor_is_not_believed() {
    let refusal = |bytes: &[u8]| Anchors::new([bytes], Policies::simulated()).map(|_| ()).unwrap_err();
    assert_eq!(refusal(&Attempt::valid().certificate), jpki::verify::WrongAnchor::Signature);
    assert_eq!(refusal(b"nothing"), jpki::verify::WrongAnchor::Unreadable);
    let key = SigningKey::generate(Algorithm::EcdsaP384Sha384).unwrap();
    let mut draft = draft();
    draft.subject = draft.issuer.clone();
    draft.public_key = key.public_key().spki().to_vec();
    assert_eq!(refusal(&draft.sign(&key).unwrap()), jpki::verify::WrongAnchor::NoAuthority);
}

#[test]
fn the_reference_of_codes_is_whole() {
    let codes: BTreeSet<_> = jpki::Refusal::CATALOGUE.iter().map(|entry| entry.code).collect();
    assert_eq!(codes.len(), jpki::Refusal::CATALOGUE.len(), "no code stands for two refusals");
    assert!(codes.iter().all(|code| code.starts_with("jpki.") && code.split('.').count() == 3));
}
