//! What it is for: version, number, subject, key, usages, policies, extensions.

use jpki::{
    Algorithm, SigningKey,
    extension::{self, Weight},
    policy,
};
use x509_cert::ext::pkix::KeyUsages;

use super::{Row, find, remove, replace, value};

const KEY_USAGE: &str = "2.5.29.15";
const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
const POLICIES: &str = "2.5.29.32";
const ISSUER_NAMES: &str = "2.5.29.18";
const LISTS: &str = "2.5.29.31";
const OCSP: &str = "1.3.6.1.5.5.7.1.1";

pub fn rows() -> Vec<Row> {
    [frame(), extensions(), keys(), usages(), purposes(), policies()].into_iter().flatten().collect()
}

fn frame() -> Vec<Row> {
    let subject = "jpki.profile.subject";
    vec![
        Row::replaced("version 2", "jpki.profile.version", "", &[0xa0, 3, 2, 1, 2], &[0xa0, 3, 2, 1, 1]),
        Row::replaced("a negative number", "jpki.profile.serial", "", &[2, 3, 0x12, 0x34, 0x56], &[2, 3, 0x92, 0x34, 0x56]),
        Row::replaced("the number zero", "jpki.profile.serial", "", &[2, 3, 0x12, 0x34, 0x56], &[2, 1, 0]),
        Row::changed("no common name", subject, "", |draft| draft.subject = "L=Kiyose-shi,C=JP".parse().unwrap()),
        Row::changed("two common names", subject, "", |draft| draft.subject = "CN=A,CN=B,C=JP".parse().unwrap()),
        Row::changed("an empty common name", subject, "", |draft| draft.subject = "CN=,C=JP".parse().unwrap()),
        Row::changed("no subject", subject, "", |draft| draft.subject = der::Decode::from_der(&[0x30, 0]).unwrap()),
    ]
}

fn extensions() -> Vec<Row> {
    let critical = "jpki.profile.critical_extension";
    let unknown = |weight| {
        extension::extension("1.2.392.200149.8.5.9".parse().unwrap(), weight, &der::asn1::Null).unwrap()
    };
    vec![
        Row::changed("an extension twice", "jpki.profile.duplicate_extension", "", |draft| {
            draft.extensions.extend([draft.extensions[7].clone()]);
        }),
        Row::changed("an unknown critical extension", critical, "", |draft| draft.extensions.push(unknown(Weight::Critical))),
        Row::changed("an unknown extension", "accepted", "OK", |draft| draft.extensions.push(unknown(Weight::Plain))),
        Row::changed("issuer alternative name as critical", critical, "", |draft| find(draft, ISSUER_NAMES).critical = true),
        Row::changed("distribution point as critical", critical, "", |draft| find(draft, LISTS).critical = true),
        Row::changed("OCSP address as critical", critical, "", |draft| find(draft, OCSP).critical = true),
        Row::changed("an authority's", "jpki.profile.is_authority", "", |draft| {
            draft.extensions.push(extension::authority(true).unwrap());
        }),
        Row::changed("expressly no authority's", "accepted", "OK", |draft| {
            draft.extensions.push(extension::authority(false).unwrap());
        }),
        Row::changed("no distribution point", "accepted", "OK", |draft| remove(draft, LISTS)),
        Row::changed("an unreadable distribution point", "jpki.profile.unreadable_extension", "", |draft| {
            find(draft, LISTS).extn_value = value(&[0x30, 5]);
        }),
        Row::changed("no OCSP address", "accepted", "OK", |draft| remove(draft, OCSP)),
        Row::changed("no extensions at all", "jpki.path.no_authority_key", "", |draft| draft.extensions.clear()),
    ]
}

fn keys() -> Vec<Row> {
    let wrong = "jpki.profile.key";
    let small = "30819f300d06092a864886f70d010101050003818d0030818902818100";
    let modulus = [&[0xc1][..], &[0x11; 127]].concat();
    let rsa_1024 = [hex::decode(small).unwrap(), modulus, vec![2, 3, 1, 0, 1]].concat();
    vec![
        Row::changed("a key of 1024 bits", wrong, "", move |draft| draft.public_key = rsa_1024),
        Row::changed("a machine's key (P-256)", wrong, "", |draft| {
            let machine = SigningKey::generate(Algorithm::EcdsaP256Sha256).unwrap();
            draft.public_key = machine.public_key().spki().to_vec();
        }),
        Row::changed("the exponent 65539", wrong, "", |draft| {
            let end = draft.public_key.len() - 1;
            draft.public_key[end] = 3;
        }),
    ]
}

fn usages() -> Vec<Row> {
    use KeyUsages::{DigitalSignature, KeyCertSign, KeyEncipherment, NonRepudiation};
    let wrong = "jpki.profile.key_usage";
    let row = |name, theirs, usages: der::flagset::FlagSet<KeyUsages>| {
        Row::changed(name, wrong, theirs, |draft| replace(draft, extension::key_usage(usages).unwrap()))
    };
    vec![
        Row::changed("no key usage", wrong, "", |draft| remove(draft, KEY_USAGE)),
        row("digitalSignature and nonRepudiation", "", DigitalSignature | NonRepudiation),
        row("digitalSignature and keyEncipherment", "", DigitalSignature | KeyEncipherment),
        row("nonRepudiation alone", "", NonRepudiation.into()),
        row("keyCertSign alone", "", KeyCertSign.into()),
        Row::changed("key usage not critical", "jpki.profile.not_critical", "", |draft| find(draft, KEY_USAGE).critical = false),
        Row::changed("a key usage with a needless octet", wrong, "", |draft| {
            find(draft, KEY_USAGE).extn_value = value(&[3, 3, 7, 0x80, 0]);
        }),
    ]
}

fn purposes() -> Vec<Row> {
    let wrong = "jpki.profile.extended_key_usage";
    let only = |purpose: &str| extension::extended_key_usage(&[purpose.parse().unwrap()]).unwrap();
    vec![
        Row::changed("no extended usage", wrong, "", |draft| remove(draft, EXTENDED_KEY_USAGE)),
        Row::changed("for servers", wrong, "", |draft| replace(draft, only("1.3.6.1.5.5.7.3.1"))),
        Row::changed("for OCSP answers", wrong, "", |draft| replace(draft, only("1.3.6.1.5.5.7.3.9"))),
        Row::changed("for any purpose", wrong, "", |draft| replace(draft, only("2.5.29.37.0"))),
        Row::changed("an unreadable extended usage", "jpki.profile.unreadable_extension", "", |draft| {
            find(draft, EXTENDED_KEY_USAGE).extn_value = value(&[0x30, 5]);
        }),
    ]
}

fn policies() -> Vec<Row> {
    let wrong = "jpki.profile.policy";
    let under = |policy: &str| extension::certificate_policy(policy.parse().unwrap(), "http://cps").unwrap();
    vec![
        Row::changed("no policy", wrong, "", |draft| remove(draft, POLICIES)),
        Row::changed("the real hierarchy's policy", wrong, "", |draft| replace(draft, under("1.2.392.200149.8.5.1.3.30"))),
        Row::changed("any policy", wrong, "", |draft| replace(draft, under("2.5.29.32.0"))),
        Row::changed("the policy for signing documents", "jpki.certificate.for_signature", "", |draft| {
            replace(draft, extension::certificate_policy(policy::SIGNATURE, "http://cps").unwrap());
        }),
        Row::changed("policies not critical", "jpki.profile.not_critical", "", |draft| find(draft, POLICIES).critical = false),
        Row::changed("an unknown qualifier", "jpki.profile.unreadable_extension", "", |draft| {
            // id-qt-cps becomes a kind that nobody knows.
            let changed = super::spliced(
                find(draft, POLICIES).extn_value.as_bytes(),
                &[0x2b, 6, 1, 5, 5, 7, 2, 1],
                &[0x2b, 6, 1, 5, 5, 7, 2, 9],
            );
            find(draft, POLICIES).extn_value = value(&changed);
        }),
    ]
}
