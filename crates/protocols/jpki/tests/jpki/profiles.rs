//! The profiles, extension by extension and byte by byte.

use der::{Decode, Encode};
use jpki::{Algorithm, SigningKey, Unissuable};
use x509_cert::Certificate;

use crate::world::{World, birth, draft, issued_at, serial, signatory, subject, timestamp, world};

fn parse(bytes: &[u8]) -> Certificate {
    Certificate::from_der(bytes).unwrap()
}

/// Each extension in order: kind, `!` where critical, and its value where it is the same in every certificate.
fn check(bytes: &[u8], expected: &[(&str, Option<&str>)]) {
    let certificate = parse(bytes);
    let actual: Vec<_> = certificate
        .tbs_certificate()
        .extensions()
        .unwrap()
        .iter()
        .map(|extension| {
            (
                format!("{}{}", extension.extn_id, if extension.critical { "!" } else { "" }),
                hex::encode(extension.extn_value.as_bytes()),
            )
        })
        .collect();
    let kinds: Vec<_> = actual.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, expected.iter().map(|(kind, _)| *kind).collect::<Vec<_>>());
    for ((kind, value), (_, expected)) in actual.iter().zip(expected) {
        if let Some(expected) = expected {
            assert_eq!(value, expected, "{kind}");
        }
    }
}

fn subject_text(bytes: &[u8]) -> String {
    parse(bytes).tbs_certificate().subject().to_string()
}

/// One value in DER, encoded without the crate's own code.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    let length = match u16::try_from(value.len()).unwrap().to_be_bytes() {
        [0, low @ 0..0x80] => vec![low],
        [0, low] => vec![0x81, low],
        [high, low] => vec![0x82, high, low],
    };
    [&[tag], &length[..], &value].concat()
}

const COUNTRY: &[u8] = b"\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02JP";

/// An attribute of a name: C is 2.5.4.6, O .10, OU .11, CN .3.
fn name_attribute(kind: u8, text: &str) -> Vec<u8> {
    let value = tlv(0x0c, &[text.as_bytes()]);
    tlv(0x31, &[&tlv(0x30, &[&[6, 3, 0x55, 4, kind], &value])])
}

fn extension(oid: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    tlv(0x30, &[&tlv(6, &[oid]), critical, &tlv(4, &[value])])
}

/// The name of an issuer as `GeneralName` in `AuthorityKeyIdentifier`, `IssuerAltName` and distribution points.
fn directory_name(name: &[u8]) -> Vec<u8> {
    tlv(0xa4, &[name])
}

#[test]
fn a_certificate_for_authentication_is_byte_for_byte_the_cards_profile() {
    let World { issuer: generation, holder, .. } = world();
    let rsa_sha256 = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00";
    let (organization, unit) = (name_attribute(10, "JPKI-SIM"), name_attribute(11, "JPKI for user authentication"));
    let operator = name_attribute(11, "Simulated authority, no relation to JPKI");
    let issuer = tlv(0x30, &[COUNTRY, &organization, &unit, &operator]);
    let term = tlv(0x30, &[b"\x17\x0d241001012030Z", b"\x17\x0d290615145959Z"]);
    let subject = tlv(0x30, &[COUNTRY, &name_attribute(3, "997794E9AGCIEG13221003A")]);

    let statement = tlv(0x16, &[b"http://authority.localhost/cps.html"]);
    let qualifier = tlv(0x30, &[b"\x06\x08\x2b\x06\x01\x05\x05\x07\x02\x01", &statement]);
    // 1.2.392.200149.8.5.1.0.30
    let policy = b"\x06\x0b\x2a\x83\x08\x8c\x9b\x55\x08\x05\x01\x00\x1e";
    let policies = tlv(0x30, &[&tlv(0x30, &[policy, &tlv(0x30, &[&qualifier])])]);
    let japanese = tlv(
        0x30,
        &[
            COUNTRY,
            &name_attribute(10, "模擬公的個人認証サービス"),
            &name_attribute(11, "模擬公的個人認証サービス利用者証明用"),
            &name_attribute(11, "模擬環境"),
        ],
    );
    let distribution_point = tlv(
        0x30,
        &[
            COUNTRY,
            &organization,
            &unit,
            &name_attribute(11, "CRL Distribution Points"),
            &name_attribute(11, "Tokyo-to"),
            &name_attribute(3, "Kiyose-shi CRLDP"),
        ],
    );
    let point = tlv(0x30, &[&tlv(0xa0, &[&tlv(0xa0, &[&directory_name(&distribution_point)])])]);
    let address = tlv(0x86, &[b"http://authority.localhost/ocsp"]);
    let access = tlv(0x30, &[b"\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x01", &address]);
    let authority_key = tlv(
        0x30,
        &[
            &tlv(0x80, &[generation.key_identifier().as_bytes()]),
            &tlv(0xa1, &[&directory_name(&issuer)]),
            &tlv(0x82, &[&[3]]),
        ],
    );
    let subject_key = tlv(4, &[holder.public_key().identifier().as_bytes()]);
    let extensions = tlv(
        0x30,
        &[
            &extension(&[0x55, 29, 15], true, &[3, 2, 7, 0x80]),
            &extension(&[0x55, 29, 37], false, b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"),
            &extension(&[0x55, 29, 32], true, &policies),
            &extension(&[0x55, 29, 18], false, &tlv(0x30, &[&directory_name(&japanese)])),
            &extension(&[0x55, 29, 31], false, &tlv(0x30, &[&point])),
            &extension(b"\x2b\x06\x01\x05\x05\x07\x01\x01", false, &tlv(0x30, &[&access])),
            &extension(&[0x55, 29, 35], false, &authority_key),
            &extension(&[0x55, 29, 14], false, &subject_key),
        ],
    );
    let expected = tlv(
        0x30,
        &[
            &[0xa0, 3, 2, 1, 2],
            &[2, 3, 0x12, 0x34, 0x56],
            rsa_sha256,
            &issuer,
            &term,
            &subject,
            holder.public_key().spki(),
            &tlv(0xa3, &[&extensions]),
        ],
    );
    let certificate = parse(&draft().sign(generation.key()).unwrap());
    assert_eq!(hex::encode(certificate.tbs_certificate().to_der().unwrap()), hex::encode(expected));
}

#[test]
fn the_directory_names_are_those_of_the_place_and_of_the_simulation() {
    use x509_cert::ext::pkix::{
        CrlDistributionPoints,
        name::{DistributionPointName, GeneralName},
    };
    let certificate = parse(&draft().sign(world().issuer.key()).unwrap());
    let (_, points) = certificate.tbs_certificate().get_extension::<CrlDistributionPoints>().unwrap().unwrap();
    let Some(DistributionPointName::FullName(names)) = &points.0[0].distribution_point else { panic!("{points:?}") };
    let GeneralName::DirectoryName(name) = &names[0] else { panic!("{names:?}") };
    assert_eq!(
        name.to_string(),
        "CN=Kiyose-shi CRLDP,OU=Tokyo-to,OU=CRL Distribution Points,OU=JPKI for user authentication,O=JPKI-SIM,C=JP"
    );
    for generation in [&world().issuer, &world().signature, &world().next] {
        let text = String::from_utf8_lossy(generation.certificate()).into_owned();
        assert!(text.contains("JPKI-SIM") && text.contains("模擬") && !text.contains("Japan Agency"));
    }
}

#[test]
fn a_certificate_for_signatures_names_the_person() {
    let World { signature, holder, .. } = world();
    let bytes = signature.issue_signature(&signatory(), holder.public_key(), serial(5), issued_at()).unwrap();
    check(
        &bytes,
        &[
            ("2.5.29.15!", Some("030206c0")),
            ("2.5.29.17", None),
            ("2.5.29.32!", None),
            ("2.5.29.18", None),
            ("2.5.29.31", None),
            ("2.5.29.35", None),
            ("2.5.29.14", None),
        ],
    );
    assert_eq!(subject_text(&bytes), "CN=202410011020300013413221003A,L=Kiyose-shi,L=Tokyo-to,C=JP");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    for fact in ["模擬　太郎", "319800615", "東京都清瀬市中里五丁目", "00000", "001"] {
        assert!(text.contains(fact), "{fact}");
    }
}

#[test]
fn an_authority_and_a_responder_have_their_profiles() {
    let World { issuer, delegate, .. } = world();
    check(
        issuer.certificate(),
        &[
            ("2.5.29.15!", Some("03020106")),
            ("2.5.29.17", None),
            ("2.5.29.19!", Some("30030101ff")),
            ("2.5.29.31", None),
            ("2.5.29.14", None),
        ],
    );
    let (not_before, not_after) = issuer.validity_period();
    let bytes = issuer.issue_ocsp_responder(delegate.public_key(), serial(9), not_before, not_after).unwrap();
    check(
        &bytes,
        &[
            ("2.5.29.15!", Some("03020780")),
            ("2.5.29.37", Some("300a06082b06010505070309")),
            ("1.3.6.1.5.5.7.48.1.5", Some("0500")),
            ("2.5.29.35", None),
            ("2.5.29.14", None),
        ],
    );
}

#[test]
fn an_authority_issues_for_its_own_purpose_and_for_cards() {
    let World { issuer, signature, holder, .. } = world();
    let key = holder.public_key();
    let refused = signature.issue_authentication(&subject(), birth(), key, serial(1), issued_at());
    assert!(matches!(refused, Err(Unissuable::Purpose(_))));
    assert!(matches!(issuer.issue_signature(&signatory(), key, serial(1), issued_at()), Err(Unissuable::Purpose(_))));
    let machine = SigningKey::generate(Algorithm::EcdsaP256Sha256).unwrap();
    let refused = issuer.issue_authentication(&subject(), birth(), machine.public_key(), serial(1), issued_at());
    assert_eq!(refused, Err(Unissuable::NotOnCards));
    let early = issuer.issue_authentication(&subject(), birth(), key, serial(1), timestamp("1960-01-01T00:00:00Z"));
    assert!(matches!(early, Err(Unissuable::Encoding(_))));
}

#[test]
fn a_generation_is_restored_from_its_key_and_certificate() {
    use jpki::{Generation, Purpose, authority::WrongGeneration};
    let World { issuer, earlier, signature, .. } = world();
    let restore = |generation: &Generation, certificate: &Generation| {
        let key = SigningKey::from_pkcs8(&generation.key().to_pkcs8().unwrap()).unwrap();
        let certificate = certificate.certificate().to_vec();
        Generation::restore(Purpose::Authentication, issuer.practice().clone(), key, certificate)
    };
    let restored = restore(issuer, issuer).unwrap();
    assert_eq!(restored.validity_period(), issuer.validity_period());
    let issue = |generation: &Generation| {
        let key = world().holder.public_key();
        generation.issue_authentication(&subject(), birth(), key, serial(1), issued_at()).unwrap()
    };
    assert_eq!(issue(&restored), issue(issuer));
    assert_eq!(restore(issuer, earlier).map(|_| ()), Err(WrongGeneration::Key));
    assert!(matches!(restore(issuer, signature).map(|_| ()), Err(WrongGeneration::Name(_))));
}

#[test]
fn the_newest_valid_generation_issues_and_each_answers_for_its_own() {
    use jpki::{Authority, ocsp::HashAlgorithm};
    let World { issuer, earlier, stranger, .. } = world();
    let authority = Authority::new(vec![earlier.clone(), issuer.clone()]);
    let current = |time| authority.current(timestamp(time)).map(|generation| generation.key_identifier().clone());
    assert_eq!(current("2019-01-01T00:00:00Z"), None);
    assert_eq!(current("2020-01-01T00:00:00Z").as_ref(), Some(earlier.key_identifier()));
    assert_eq!(current("2026-01-01T00:00:00Z").as_ref(), Some(issuer.key_identifier()));
    for generation in [earlier, issuer] {
        let id = generation.issuer_hashes().certificate_id(HashAlgorithm::Sha1, serial(1));
        let issuer_key = authority.issuer_of(&id).map(jpki::Generation::key_identifier);
        assert_eq!(issuer_key, Some(generation.key_identifier()));
    }
    assert!(authority.issuer_of(&stranger.issuer_hashes().certificate_id(HashAlgorithm::Sha1, serial(1))).is_none());
    assert!(authority.generation(stranger.key_identifier()).is_none());
}
