//! Certificates that deviate in one thing, each refused with its own code.

use base::Timestamp;
use jpki::{
    Algorithm, Draft, Generation, Grace, Purpose, SigningKey, Validity,
    extension::{self, Weight},
    policy, seal, seal_saying,
};
use x509_cert::{
    ext::{Extension, pkix::KeyUsages},
    name::Name,
};

use crate::world::{
    Attempt, World, at, birth, challenge, code, draft, issued_at, kiyose, practice, seconds, serial, signatory,
    subject, world,
};

const KEY_USAGE: &str = "2.5.29.15";
const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
const POLICIES: &str = "2.5.29.32";
const AUTHORITY_KEY: &str = "2.5.29.35";

fn check_bytes(expected: &str, certificate: Vec<u8>) {
    assert_eq!(code(Attempt { certificate, ..Attempt::right() }.verify()), expected);
}

fn check(expected: &str, change: impl FnOnce(&mut Draft)) {
    let mut draft = draft();
    change(&mut draft);
    check_bytes(expected, draft.seal(world().issuer.key()).unwrap());
}

fn check_time(expected: &str, grace: Grace, time: Timestamp) {
    let mut attempt = Attempt { grace, now: time, ..Attempt::right() };
    attempt.answer = Box::new(move |request| {
        world().issuer.responder().answer(request, time, None, |_| jpki::ocsp::Status::Good).unwrap()
    });
    assert_eq!(code(attempt.verify()), expected, "{time}");
}

fn find<'a>(draft: &'a mut Draft, oid: &str) -> &'a mut Extension {
    draft.extensions.iter_mut().find(|extension| extension.extn_id.to_string() == oid).unwrap()
}

fn replace(draft: &mut Draft, new: Extension) {
    let oid = new.extn_id.to_string();
    *find(draft, &oid) = new;
}

fn remove(draft: &mut Draft, oid: &str) {
    draft.extensions.retain(|extension| extension.extn_id.to_string() != oid);
}

fn foreign() -> Name {
    "OU=JPKI for user authentication,O=Somebody,C=JP".parse().unwrap()
}

/// The body of a right certificate with one run of bytes in place of another of the same length.
fn check_body(expected: &str, old: &[u8], new: &[u8]) {
    assert_eq!(old.len(), new.len());
    let mut body = draft().body(Algorithm::RsaSha256).unwrap();
    let place = body.windows(old.len()).position(|window| window == old).unwrap();
    body[place..place + old.len()].copy_from_slice(new);
    check_bytes(expected, seal(&body, world().issuer.key()).unwrap());
}

#[test]
fn a_right_certificate_is_accepted() {
    let holder = Attempt::right().verify().unwrap();
    assert_eq!(holder.common_name(), "997794E9AGCIEG13221003A");
    assert_eq!(*holder.serial(), serial(0x0012_3456));
    assert_eq!(holder.issuer(), world().issuer.key_identifier());
    assert_eq!(holder.not_after(), at("2029-06-15T23:59:59+09:00"));
    assert_eq!(holder.validity(), Validity::Valid);
    check("accepted", |_| ());
}

#[test]
fn every_generation_and_the_next_card_are_accepted() {
    let (earlier, next, holder) = (&world().earlier, &world().next, &world().next_holder);
    let issue = |generation: &Generation, key: &SigningKey| {
        generation.issue_authentication(&subject(), birth(), key.public_key(), serial(9), issued_at()).unwrap()
    };
    let mut attempt = Attempt { certificate: issue(earlier, &world().holder), ..Attempt::right() };
    attempt.answer = Box::new(|request| {
        world().earlier.responder().answer(request, crate::world::now(), None, |_| jpki::ocsp::Status::Good).unwrap()
    });
    assert_eq!(attempt.verify().unwrap().issuer(), earlier.key_identifier());

    attempt.certificate = issue(next, holder);
    attempt.signature = holder.sign(&challenge().to_be_signed()).unwrap();
    attempt.answer = Box::new(|request| {
        world().next.responder().answer(request, crate::world::now(), None, |_| jpki::ocsp::Status::Good).unwrap()
    });
    let verdict = attempt.verify().unwrap();
    assert_eq!(verdict.issuer(), next.key_identifier());
    assert_eq!(verdict.not_after(), at("2034-06-15T23:59:59+09:00"));
}

#[test]
fn bytes_that_are_no_certificate_are_told_apart() {
    let right = Attempt::right().certificate;
    check_bytes("jpki.certificate.unreadable", Vec::new());
    check_bytes("jpki.certificate.unreadable", right[..right.len() - 1].to_vec());
    check_bytes("jpki.certificate.unreadable", vec![0x30, 0]);
    check_bytes("jpki.certificate.trailing_bytes", [&right[..], &[0xff; 40]].concat());
    // UTCTime in place of GeneralizedTime is a freedom that DER does not give from 2050 on, and before it is the rule.
    let mut late = draft();
    late.not_after = at("2050-01-01T00:00:00Z");
    let mut body = late.body(Algorithm::RsaSha256).unwrap();
    let place = body.windows(15).position(|window| window == b"20500101000000Z").unwrap();
    body[place..place + 15].copy_from_slice(b"20490101000000Z");
    check_bytes("jpki.certificate.encoding", seal(&body, world().issuer.key()).unwrap());
}

#[test]
fn a_signature_certificate_is_named_as_what_it_is() {
    let World { signature, holder, .. } = world();
    let certificate = signature.issue_signature(&signatory(), holder.public_key(), serial(5), issued_at()).unwrap();
    check_bytes("jpki.certificate.for_signature", certificate);
    check("jpki.certificate.for_signature", |draft| {
        replace(draft, extension::certificate_policy(policy::SIGNATURE, "http://cps").unwrap());
    });
}

#[test]
fn a_path_is_found_by_key_and_proven_by_signature() {
    let World { earlier, issuer, stranger, next, .. } = world();
    let by = |generation: &Generation| {
        let key = world().holder.public_key();
        generation.authentication_draft(&subject(), birth(), key, serial(5), issued_at()).unwrap()
    };
    // Named like the authority, but nobody we know.
    check_bytes("jpki.path.unknown_generation", by(stranger).seal(stranger.key()).unwrap());
    // And pointing to the known key, which did not sign.
    check_bytes("jpki.path.signature", by(issuer).seal(stranger.key()).unwrap());
    // One generation named, another signed.
    check_bytes("jpki.path.signature", by(earlier).seal(issuer.key()).unwrap());
    check_bytes("jpki.path.signature", by(issuer).seal(earlier.key()).unwrap());
    check_bytes("jpki.path.algorithm", by(issuer).seal(next.key()).unwrap());
    check_bytes("jpki.path.signature", by(next).seal(&world().next_holder).unwrap());
    check("jpki.path.no_authority_key", |draft| remove(draft, AUTHORITY_KEY));
    check("jpki.path.no_authority_key", |draft| {
        find(draft, AUTHORITY_KEY).extn_value = der::asn1::OctetString::new([0x30, 0]).unwrap();
    });
    check("jpki.path.unknown_issuer", |draft| {
        draft.issuer = foreign();
        replace(draft, extension::authority_key(stranger.key_identifier()).unwrap());
    });
    check("jpki.path.issuer_name", |draft| draft.issuer = foreign());
    check("accepted", |draft| replace(draft, extension::authority_key(issuer.key_identifier()).unwrap()));
    check("jpki.path.issuer_certificate", |draft| {
        let value = extension::authority_certificate(issuer.key_identifier(), issuer.name().clone(), &serial(2));
        replace(draft, value.unwrap());
    });
    check("jpki.path.issuer_certificate", |draft| {
        replace(draft, extension::authority_certificate(issuer.key_identifier(), foreign(), &serial(3)).unwrap());
    });
}

#[test]
fn algorithms_are_those_of_the_issuer_inside_and_outside() {
    let key = world().issuer.key();
    let body = |algorithm| draft().body(algorithm).unwrap();
    let (rsa, ecdsa) = (Algorithm::RsaSha256, Algorithm::EcdsaP384Sha384);
    check_bytes("jpki.path.two_algorithms", seal(&body(ecdsa), key).unwrap());
    check_bytes("jpki.path.two_algorithms", seal_saying(&body(rsa), key, ecdsa).unwrap());
    check_bytes("jpki.path.algorithm", seal_saying(&body(ecdsa), key, ecdsa).unwrap());
    // sha1WithRSAEncryption, inside and outside
    let mut certificate = seal(&body(rsa), key).unwrap();
    let sha256 = rsa.signature_identifier();
    let places: Vec<_> = (0..certificate.len()).filter(|place| certificate[*place..].starts_with(sha256)).collect();
    assert_eq!(places.len(), 2);
    for place in places {
        certificate[place + 12] = 0x05;
    }
    check_bytes("jpki.path.algorithm", certificate);
}

#[test]
fn a_profile_deviates_in_nothing() {
    check_body("jpki.profile.version", &[0xa0, 3, 2, 1, 2], &[0xa0, 3, 2, 1, 1]);
    check_body("jpki.profile.serial", &[2, 3, 0x12, 0x34, 0x56], &[2, 3, 0x92, 0x34, 0x56]);
    check("jpki.profile.subject", |draft| draft.subject = "L=Kiyose-shi,C=JP".parse().unwrap());
    check("jpki.profile.subject", |draft| draft.subject = "CN=A,CN=B,C=JP".parse().unwrap());
    check("jpki.profile.subject", |draft| draft.subject = "CN=,C=JP".parse().unwrap());
    check("jpki.profile.duplicate_extension", |draft| draft.extensions.extend([draft.extensions[7].clone()]));
    check("jpki.profile.critical_extension", |draft| {
        let unknown = "1.2.392.200149.8.5.9".parse().unwrap();
        draft.extensions.push(extension::extension(unknown, Weight::Critical, &der::asn1::Null).unwrap());
    });
    check("accepted", |draft| {
        let unknown = "1.2.392.200149.8.5.9".parse().unwrap();
        draft.extensions.push(extension::extension(unknown, Weight::Plain, &der::asn1::Null).unwrap());
    });
    check("jpki.profile.critical_extension", |draft| find(draft, "2.5.29.18").critical = true);
    check("jpki.profile.is_authority", |draft| draft.extensions.push(extension::authority(true).unwrap()));
    check("accepted", |draft| draft.extensions.push(extension::authority(false).unwrap()));
}

#[test]
fn the_key_is_one_of_a_card() {
    let small = "30819f300d06092a864886f70d010101050003818d0030818902818100";
    let modulus = [&[0xc1][..], &[0x11; 127]].concat();
    let rsa_1024 = [hex::decode(small).unwrap(), modulus, vec![2, 3, 1, 0, 1]].concat();
    check("jpki.profile.key", move |draft| draft.public_key = rsa_1024);
    let machine = SigningKey::generate(Algorithm::EcdsaP256Sha256).unwrap();
    check("jpki.profile.key", |draft| draft.public_key = machine.public_key().spki().to_vec());
    check("jpki.profile.key", |draft| {
        let end = draft.public_key.len() - 1;
        draft.public_key[end] = 3;
    });
}

#[test]
fn the_key_is_for_digital_signature_and_nothing_else() {
    check("jpki.profile.key_usage", |draft| remove(draft, KEY_USAGE));
    for usages in [
        KeyUsages::DigitalSignature | KeyUsages::NonRepudiation,
        KeyUsages::DigitalSignature | KeyUsages::KeyEncipherment,
        KeyUsages::NonRepudiation.into(),
        KeyUsages::KeyCertSign.into(),
    ] {
        check("jpki.profile.key_usage", |draft| replace(draft, extension::key_usage(usages).unwrap()));
    }
    check("jpki.profile.not_critical", |draft| find(draft, KEY_USAGE).critical = false);
}

#[test]
fn the_key_is_for_client_authentication() {
    let only = |purpose: &str| extension::extended_key_usage(&[purpose.parse().unwrap()]).unwrap();
    check("jpki.profile.extended_key_usage", |draft| remove(draft, EXTENDED_KEY_USAGE));
    check("jpki.profile.extended_key_usage", |draft| replace(draft, only("1.3.6.1.5.5.7.3.1")));
    check("jpki.profile.extended_key_usage", |draft| replace(draft, only("2.5.29.37.0")));
    check("jpki.profile.unreadable_extension", |draft| {
        find(draft, EXTENDED_KEY_USAGE).extn_value = der::asn1::OctetString::new([0x30, 5]).unwrap();
    });
}

#[test]
fn the_policy_is_on_the_list_and_critical() {
    let under = |policy: &str| extension::certificate_policy(policy.parse().unwrap(), "http://cps").unwrap();
    check("jpki.profile.policy", |draft| remove(draft, POLICIES));
    check("jpki.profile.policy", |draft| replace(draft, under("1.2.392.200149.8.5.1.3.30")));
    check("jpki.profile.policy", |draft| replace(draft, under("2.5.29.32.0")));
    check("jpki.profile.not_critical", |draft| find(draft, POLICIES).critical = false);
    check("jpki.profile.unreadable_extension", |draft| {
        // The qualifier's kind, id-qt-cps, becomes one that nobody knows.
        let value = find(draft, POLICIES).extn_value.as_bytes().to_vec();
        let place = value.windows(8).position(|window| window == [0x2b, 6, 1, 5, 5, 7, 2, 1]).unwrap();
        let changed = [&value[..place + 7], &[9], &value[place + 8..]].concat();
        find(draft, POLICIES).extn_value = der::asn1::OctetString::new(changed).unwrap();
    });
}

#[test]
fn validity_is_exact_to_the_second_at_both_ends() {
    let (first, last) = (issued_at(), at("2029-06-15T23:59:59+09:00"));
    check_time("accepted", Grace::Refused, first);
    check_time("jpki.validity.not_yet_valid", Grace::Granted, first.minus(seconds(1)));
    check_time("accepted", Grace::Refused, last);
    check_time("jpki.validity.in_grace", Grace::Refused, last.plus(seconds(1)));
    check_time("accepted", Grace::Granted, last.plus(seconds(1)));
    let grace = at("2029-09-15T23:59:59+09:00");
    check_time("accepted", Grace::Granted, grace);
    check_time("jpki.validity.expired", Grace::Granted, grace.plus(seconds(1)));
    check_time("jpki.validity.expired", Grace::Refused, grace.plus(seconds(1)));
    check("jpki.validity.empty", |draft| draft.not_after = draft.not_before.minus(seconds(1)));
}

#[test]
fn an_expired_holder_is_told_as_one() {
    let ended = at("2029-06-15T23:59:59+09:00");
    let now = ended.plus(seconds(86_400));
    let mut attempt = Attempt { now, ..Attempt::right() };
    attempt.answer = Box::new(move |request| {
        world().issuer.responder().answer(request, now, None, |_| jpki::ocsp::Status::Good).unwrap()
    });
    let until = at("2029-09-15T23:59:59+09:00");
    assert_eq!(attempt.verify().unwrap().validity(), Validity::Grace { ended, until });
}

#[test]
fn the_issuer_is_valid_too() {
    let key = SigningKey::generate(Algorithm::EcdsaP384Sha384).unwrap();
    let (from, to) = (at("2026-01-01T00:00:00+09:00"), at("2026-12-31T23:59:59+09:00"));
    let purpose = Purpose::Authentication;
    let short = Generation::found(purpose, practice(purpose), key, serial(8), from, to).unwrap();
    let anchors = jpki::Anchors::of([short.certificate()], jpki::Policies::simulated()).unwrap();
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
        let answer = jpki::UnverifiedAnswer { certificate: certificate.clone(), signature: Vec::new() };
        let remembered = jpki::Remembered::up_to(0);
        answer.trust(&anchors, &remembered, Grace::Granted, now).map_or_else(|refusal| refusal.code(), |_| "accepted")
    };
    assert_eq!(trust(from), "accepted");
    assert_eq!(trust(from.minus(seconds(1))), "jpki.path.issuer_not_yet_valid");
    assert_eq!(trust(to), "accepted");
    assert_eq!(trust(to.plus(seconds(1))), "jpki.path.issuer_expired");
}
