//! Cached statuses and the second source: neither accepts a certificate that a fresh response would refuse.

use base::Timestamp;
use der::{Decode, Encode};
use jpki::{
    Anchors, CertificateCache, Grace, Municipality, Policies, Refusal, RevocationCache, RevocationList, SigningKey,
    UnrevokedCertificate, UnverifiedCardResponse, VerifiedHolder, crl,
    extension::{self, Criticality},
    ocsp::{CertificateStatus, RevocationReason},
    sign_body,
    verify::MAX_CACHE_DURATION,
};
use x509_cert::{
    crl::{CertificateList, TbsCertList},
    ext::pkix::{
        KeyUsages,
        crl::dp::IssuingDistributionPoint,
        name::{DistributionPointName, GeneralName},
    },
};

use crate::{
    bad_answers::{list, trusted_at},
    world::{challenge, code, draft, kiyose, nonce, now, responder, seconds, serial, timestamp, world},
};

/// A good status with a next update so many seconds after now.
fn unrevoked_certificate(next_update: Option<i64>) -> UnrevokedCertificate {
    let trusted = trusted_at(now());
    let request = trusted.ocsp_request(nonce());
    let next_update = next_update.map(|after| now().plus(seconds(after)));
    let response = responder().respond(&request, now(), next_update, |_| CertificateStatus::Good).unwrap();
    trusted.verify_ocsp_response(&response, &request, &CertificateCache::with_capacity(0), now()).unwrap()
}

fn is_cached(unrevoked: &UnrevokedCertificate, time: Timestamp) -> bool {
    let cache = RevocationCache::with_capacity(10);
    cache.insert(unrevoked);
    cache.get(&trusted_at(now()), time).is_some()
}

fn check_cached(next_update: Option<i64>, after: i64, expected: bool) {
    assert_eq!(
        is_cached(&unrevoked_certificate(next_update), now().plus(seconds(after))),
        expected,
        "{next_update:?} {after}"
    );
}

#[test]
fn a_word_is_kept_as_long_as_it_says_and_no_longer_than_we_like() {
    check_cached(None, 0, false);
    check_cached(Some(60), 0, true);
    check_cached(Some(60), 60, true);
    check_cached(Some(60), 61, false);
    check_cached(Some(86_400), MAX_CACHE_DURATION.as_secs(), true);
    check_cached(Some(86_400), MAX_CACHE_DURATION.as_secs() + 1, false);
    // The clock was set back: the status was not known yet.
    check_cached(Some(60), -1, false);
}

#[test]
fn a_kept_word_is_not_lengthened_by_use() {
    let cache = RevocationCache::with_capacity(10);
    cache.insert(&unrevoked_certificate(Some(86_400)));
    let trusted = trusted_at(now());
    let late = now().plus(MAX_CACHE_DURATION);
    let cached = cache.get(&trusted, late).unwrap();
    cache.insert(&cached);
    assert!(cache.get(&trusted, late.plus(seconds(1))).is_none());
}

#[test]
fn a_kept_word_is_about_one_certificate() {
    let cache = RevocationCache::with_capacity(10);
    cache.insert(&unrevoked_certificate(Some(60)));
    let mut changed = draft();
    changed.serial = serial(0x0012_3457);
    let response =
        UnverifiedCardResponse { certificate: changed.sign(world().issuer.key()).unwrap(), signature: Vec::new() };
    let trusted = response
        .verify_certificate(&world().anchors, &CertificateCache::with_capacity(0), Grace::Granted, now())
        .unwrap();
    assert!(cache.get(&trusted, now()).is_none());
}

fn entry(reason: Option<RevocationReason>) -> crl::RevokedCertificate {
    crl::RevokedCertificate { serial: serial(0x0012_3456), revoked_at: now().minus(seconds(60)), reason }
}

fn verified_list(list: &crl::RevocationListDraft) -> RevocationList {
    world().anchors.verify_list(&world().issuer.sign_revocation_list(list).unwrap()).unwrap()
}

fn check_against_list(expected: &str, list: &crl::RevocationListDraft) {
    let verdict = unrevoked_certificate(None).check_not_listed(&verified_list(list)).and_then(|unrevoked| {
        let _: &UnrevokedCertificate = &unrevoked;
        unrevoked.verify_signature(&challenge())
    });
    assert_eq!(code(verdict), expected);
}

#[test]
fn who_is_revoked_in_either_source_is_revoked() {
    let revoked = "jpki.revocation.revoked";
    check_against_list("accepted", &list(vec![]));
    check_against_list(revoked, &list(vec![entry(None)]));
    check_against_list(revoked, &list(vec![entry(Some(RevocationReason::KeyCompromise))]));
    // A revocation is permanent, so an overdue list outweighs a good status.
    let (this_update, next_update) = (now().minus(seconds(7200)), now().minus(seconds(3600)));
    let old = |reason| crl::RevocationListDraft { this_update, next_update, ..list(vec![entry(Some(reason))]) };
    check_against_list(revoked, &old(RevocationReason::KeyCompromise));
    // 一時停止 may end: a newer status outweighs it, an older one does not.
    check_against_list("accepted", &old(RevocationReason::CertificateHold));
    let newer = crl::RevocationListDraft {
        this_update: now().plus(seconds(1)),
        ..list(vec![entry(Some(RevocationReason::CertificateHold))])
    };
    check_against_list(revoked, &newer);
    // The same serial number of another generation is another certificate.
    let other_list = world().earlier.sign_revocation_list(&list(vec![entry(None)])).unwrap();
    let other_list = world().anchors.verify_list(&other_list).unwrap();
    assert!(unrevoked_certificate(None).check_not_listed(&other_list).is_ok());
}

#[test]
fn a_list_that_was_overtaken_does_not_come_back() {
    let numbered = |number| verified_list(&crl::RevocationListDraft { number, ..list(vec![]) });
    let outcome = |number: u64, previous: u64| {
        numbered(number).require_not_older_than(&numbered(previous)).map_err(|refusal| refusal.code())
    };
    assert!(outcome(12, 12).is_ok() && outcome(256, 255).is_ok());
    assert_eq!(outcome(11, 12).unwrap_err(), "jpki.crl.older");
    assert_eq!(outcome(255, 256).unwrap_err(), "jpki.crl.older");
}

fn verify_with_list(anchors: &Anchors, bytes: &[u8]) -> Result<VerifiedHolder, Refusal> {
    anchors
        .verify_list(bytes)
        .and_then(|list| trusted_at(now()).verify_against_list(&list, now())?.verify_signature(&challenge()))
}

fn check_municipal(expected: &str, municipality: &Municipality, revoked: Vec<crl::RevokedCertificate>) {
    let bytes = world().issuer.sign_municipal_list(&list(revoked), municipality).unwrap();
    assert_eq!(code(verify_with_list(&world().anchors, &bytes)), expected);
}

#[test]
fn a_municipalitys_list_speaks_of_its_own_certificates() {
    check_municipal("accepted", &kiyose(), vec![]);
    check_municipal("jpki.revocation.revoked", &kiyose(), vec![entry(None)]);
    let other_municipality = Municipality::new("13204", "Tokyo-to", "Mitaka-shi").unwrap();
    check_municipal("jpki.crl.scope", &other_municipality, vec![]);
    check_municipal("jpki.crl.scope", &other_municipality, vec![entry(None)]);
}

fn list_with_changed_body(change: impl FnOnce(&mut TbsCertList)) -> Vec<u8> {
    let bytes = world().issuer.sign_municipal_list(&list(vec![]), &kiyose()).unwrap();
    let mut body = CertificateList::from_der(&bytes).unwrap().tbs_cert_list;
    change(&mut body);
    sign_body(&body.to_der().unwrap(), world().issuer.key()).unwrap()
}

fn check_scope(expected: &str, change: impl FnOnce(&mut IssuingDistributionPoint)) {
    let bytes = list_with_changed_body(|body| {
        let extension_value = &mut body.crl_extensions.as_mut().unwrap()[2];
        let mut point = IssuingDistributionPoint::from_der(extension_value.extn_value.as_bytes()).unwrap();
        change(&mut point);
        *extension_value = extension::extension(extension_value.extn_id, Criticality::Critical, &point).unwrap();
    });
    assert_eq!(code(verify_with_list(&world().anchors, &bytes)), expected);
}

#[test]
fn a_list_of_other_scope_says_nothing() {
    let scope = "jpki.crl.scope";
    check_scope("accepted", |_| ());
    check_scope("accepted", |point| point.only_contains_user_certs = true);
    check_scope("accepted", |point| point.distribution_point = None);
    check_scope(scope, |point| point.only_contains_ca_certs = true);
    check_scope(scope, |point| point.only_contains_attribute_certs = true);
    check_scope(scope, |point| point.indirect_crl = true);
    check_scope(scope, |point| {
        point.only_some_reasons = Some(x509_cert::ext::pkix::crl::dp::Reasons::KeyCompromise.into());
    });
    check_scope(scope, |point| {
        let address = der::asn1::Ia5String::new("http://authority.localhost/list.crl").unwrap();
        let names = vec![GeneralName::UniformResourceIdentifier(address)];
        point.distribution_point = Some(DistributionPointName::FullName(names));
    });
    let unreadable = list_with_changed_body(|body| {
        let extension_value = &mut body.crl_extensions.as_mut().unwrap()[2];
        extension_value.extn_value = der::asn1::OctetString::new([0x30, 5]).unwrap();
    });
    assert_eq!(code(verify_with_list(&world().anchors, &unreadable)), "jpki.crl.unreadable");
}

#[test]
fn a_list_ends_after_it_begins_and_is_signed_by_a_key_for_lists() {
    let ends = crl::RevocationListDraft { next_update: now().minus(seconds(61)), ..list(vec![]) };
    let bytes = world().issuer.sign_revocation_list(&ends).unwrap();
    assert_eq!(code(verify_with_list(&world().anchors, &bytes)), "jpki.crl.times");

    // An authority whose certificate allows its key to sign certificates only.
    let key: &SigningKey = world().issuer.key();
    let mut draft_of_authority = draft();
    draft_of_authority.subject = draft_of_authority.issuer.clone();
    draft_of_authority.serial = serial(3);
    draft_of_authority.public_key = key.public_key().spki().to_vec();
    draft_of_authority.not_after = timestamp("2033-07-15T23:59:59+09:00");
    draft_of_authority.extensions = vec![
        extension::key_usage(KeyUsages::KeyCertSign).unwrap(),
        extension::basic_constraints(true).unwrap(),
        extension::subject_key_identifier(key.public_key().identifier()).unwrap(),
    ];
    let draft_of_authority = draft_of_authority.sign(key).unwrap();
    let anchors = Anchors::new([&draft_of_authority[..]], Policies::simulated()).unwrap();
    let bytes = world().issuer.sign_revocation_list(&list(vec![])).unwrap();
    assert_eq!(code(verify_with_list(&anchors, &bytes)), "jpki.crl.key_usage");
}
