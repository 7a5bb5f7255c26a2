//! What was said before, and the second source: neither lets anybody in whom a fresh word would not.

use base::Timestamp;
use der::{Decode, Encode};
use jpki::{
    Anchors, Grace, Holder, Municipality, Policies, Refusal, Remembered, RevocationList, SigningKey, Standings,
    Unrevoked, UnverifiedAnswer, crl,
    extension::{self, Weight},
    ocsp::{Reason, Status},
    seal,
    verify::KEPT,
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
    world::{at, challenge, code, draft, kiyose, nonce, now, responder, seconds, serial, world},
};

/// A word of the responder that names its next update so many seconds after now.
fn word(next_update: Option<i64>) -> Unrevoked {
    let trusted = trusted_at(now());
    let request = trusted.ocsp_request(nonce());
    let next_update = next_update.map(|after| now().plus(seconds(after)));
    let response = responder().answer(&request, now(), next_update, |_| Status::Good).unwrap();
    trusted.unrevoked(&response, &request, &Remembered::up_to(0), now()).unwrap()
}

fn recalled(word: &Unrevoked, time: Timestamp) -> bool {
    let standings = Standings::up_to(10);
    standings.keep(word);
    standings.recall(&trusted_at(now()), time).is_some()
}

fn check_kept(next_update: Option<i64>, after: i64, expected: bool) {
    assert_eq!(recalled(&word(next_update), now().plus(seconds(after))), expected, "{next_update:?} {after}");
}

#[test]
fn a_word_is_kept_as_long_as_it_says_and_no_longer_than_we_like() {
    check_kept(None, 0, false);
    check_kept(Some(60), 0, true);
    check_kept(Some(60), 60, true);
    check_kept(Some(60), 61, false);
    check_kept(Some(86_400), KEPT.as_secs(), true);
    check_kept(Some(86_400), KEPT.as_secs() + 1, false);
    // The clock was moved back: what we learned then was not known yet.
    check_kept(Some(60), -1, false);
}

#[test]
fn a_kept_word_is_not_lengthened_by_use() {
    let standings = Standings::up_to(10);
    standings.keep(&word(Some(86_400)));
    let trusted = trusted_at(now());
    let late = now().plus(KEPT);
    let again = standings.recall(&trusted, late).unwrap();
    standings.keep(&again);
    assert!(standings.recall(&trusted, late.plus(seconds(1))).is_none());
}

#[test]
fn a_kept_word_is_about_one_certificate() {
    let standings = Standings::up_to(10);
    standings.keep(&word(Some(60)));
    let mut other = draft();
    other.serial = serial(0x0012_3457);
    let answer = UnverifiedAnswer { certificate: other.seal(world().issuer.key()).unwrap(), signature: Vec::new() };
    let other = answer.trust(&world().anchors, &Remembered::up_to(0), Grace::Granted, now()).unwrap();
    assert!(standings.recall(&other, now()).is_none());
}

fn entry(reason: Option<Reason>) -> crl::Revoked {
    crl::Revoked { serial: serial(0x0012_3456), at: now().minus(seconds(60)), reason }
}

fn believed(list: &crl::List) -> RevocationList {
    world().anchors.trust_list(&world().issuer.sign_revocation_list(list).unwrap()).unwrap()
}

fn check_heeded(expected: &str, list: &crl::List) {
    let verdict = word(None).unless_listed(&believed(list)).and_then(|unrevoked| {
        let _: &Unrevoked = &unrevoked;
        unrevoked.holder(&challenge())
    });
    assert_eq!(code(verdict), expected);
}

#[test]
fn who_is_revoked_in_either_source_is_revoked() {
    let revoked = "jpki.revocation.revoked";
    check_heeded("accepted", &list(vec![]));
    check_heeded(revoked, &list(vec![entry(None)]));
    check_heeded(revoked, &list(vec![entry(Some(Reason::KeyCompromise))]));
    // A revocation is for good, so an overdue list still counts against a good word.
    let (this_update, next_update) = (now().minus(seconds(7200)), now().minus(seconds(3600)));
    let old = |reason| crl::List { this_update, next_update, ..list(vec![entry(Some(reason))]) };
    check_heeded(revoked, &old(Reason::KeyCompromise));
    // 一時停止 ends: a newer word counts, an older one does not.
    check_heeded("accepted", &old(Reason::CertificateHold));
    let newer = crl::List { this_update: now().plus(seconds(1)), ..list(vec![entry(Some(Reason::CertificateHold))]) };
    check_heeded(revoked, &newer);
    // Another generation's number is another certificate.
    let theirs = world().earlier.sign_revocation_list(&list(vec![entry(None)])).unwrap();
    let theirs = world().anchors.trust_list(&theirs).unwrap();
    assert!(word(None).unless_listed(&theirs).is_ok());
}

#[test]
fn a_list_that_was_overtaken_does_not_come_back() {
    let numbered = |number| believed(&crl::List { number, ..list(vec![]) });
    let outcome = |new: u64, seen: u64| numbered(new).in_place_of(&numbered(seen)).map_err(|refusal| refusal.code());
    assert!(outcome(12, 12).is_ok() && outcome(256, 255).is_ok());
    assert_eq!(outcome(11, 12).unwrap_err(), "jpki.crl.older");
    assert_eq!(outcome(255, 256).unwrap_err(), "jpki.crl.older");
}

fn verdict(anchors: &Anchors, bytes: &[u8]) -> Result<Holder, Refusal> {
    anchors.trust_list(bytes).and_then(|list| trusted_at(now()).unrevoked_by_list(&list, now())?.holder(&challenge()))
}

fn check_municipal(expected: &str, of: &Municipality, revoked: Vec<crl::Revoked>) {
    let bytes = world().issuer.sign_municipal_list(&list(revoked), of).unwrap();
    assert_eq!(code(verdict(&world().anchors, &bytes)), expected);
}

#[test]
fn a_municipalitys_list_speaks_of_its_own_certificates() {
    check_municipal("accepted", &kiyose(), vec![]);
    check_municipal("jpki.revocation.revoked", &kiyose(), vec![entry(None)]);
    let other = Municipality::new("13204", "Tokyo-to", "Mitaka-shi").unwrap();
    check_municipal("jpki.crl.scope", &other, vec![]);
    check_municipal("jpki.crl.scope", &other, vec![entry(None)]);
}

fn changed(change: impl FnOnce(&mut TbsCertList)) -> Vec<u8> {
    let bytes = world().issuer.sign_municipal_list(&list(vec![]), &kiyose()).unwrap();
    let mut body = CertificateList::from_der(&bytes).unwrap().tbs_cert_list;
    change(&mut body);
    seal(&body.to_der().unwrap(), world().issuer.key()).unwrap()
}

fn check_scope(expected: &str, change: impl FnOnce(&mut IssuingDistributionPoint)) {
    let bytes = changed(|body| {
        let found = &mut body.crl_extensions.as_mut().unwrap()[2];
        let mut point = IssuingDistributionPoint::from_der(found.extn_value.as_bytes()).unwrap();
        change(&mut point);
        *found = extension::extension(found.extn_id, Weight::Critical, &point).unwrap();
    });
    assert_eq!(code(verdict(&world().anchors, &bytes)), expected);
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
    let unreadable = changed(|body| {
        let found = &mut body.crl_extensions.as_mut().unwrap()[2];
        found.extn_value = der::asn1::OctetString::new([0x30, 5]).unwrap();
    });
    assert_eq!(code(verdict(&world().anchors, &unreadable)), "jpki.crl.unreadable");
}

#[test]
fn a_list_ends_after_it_begins_and_is_signed_by_a_key_for_lists() {
    let ends = crl::List { next_update: now().minus(seconds(61)), ..list(vec![]) };
    let bytes = world().issuer.sign_revocation_list(&ends).unwrap();
    assert_eq!(code(verdict(&world().anchors, &bytes)), "jpki.crl.times");

    // An authority whose certificate lets its key sign certificates only.
    let key: &SigningKey = world().issuer.key();
    let mut own = draft();
    own.subject = own.issuer.clone();
    own.serial = serial(3);
    own.public_key = key.public_key().spki().to_vec();
    own.not_after = at("2033-07-15T23:59:59+09:00");
    own.extensions = vec![
        extension::key_usage(KeyUsages::KeyCertSign).unwrap(),
        extension::authority(true).unwrap(),
        extension::subject_key(key.public_key().identifier()).unwrap(),
    ];
    let own = own.seal(key).unwrap();
    let anchors = Anchors::of([&own[..]], Policies::simulated()).unwrap();
    let bytes = world().issuer.sign_revocation_list(&list(vec![])).unwrap();
    assert_eq!(code(verdict(&anchors, &bytes)), "jpki.crl.key_usage");
}
