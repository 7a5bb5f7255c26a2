//! The profile: version, serial number, subject, key, usages, policies, extensions.

use jpki::{
    Algorithm, SigningKey,
    extension::{self, Criticality},
    policy,
};
use x509_cert::ext::pkix::KeyUsages;

use super::{Row, find, octet_string, remove, replace};

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
        Row::with_replaced_bytes(
            "version 2",
            "jpki.profile.version",
            "Using cert extension requires at least X509v3",
            &[0xa0, 3, 2, 1, 2],
            &[0xa0, 3, 2, 1, 1],
        ),
        Row::with_replaced_bytes(
            "a negative number",
            "jpki.profile.serial",
            "OK",
            &[2, 3, 0x12, 0x34, 0x56],
            &[2, 3, 0x92, 0x34, 0x56],
        )
        .with_explanation(
            "RFC 5280 §4.1.2.2 forbids it and lists name positive numbers; OpenSSL takes what authorities have written",
        ),
        Row::with_replaced_bytes("the number zero", "jpki.profile.serial", "OK", &[2, 3, 0x12, 0x34, 0x56], &[2, 1, 0])
            .with_explanation("RFC 5280 §4.1.2.2 forbids it; OpenSSL takes what authorities have written"),
        Row::with_changed_draft("no common name", subject, "OK", |draft| {
            draft.subject = "L=Kiyose-shi,C=JP".parse().unwrap();
        })
        .with_explanation("the cards' profile: the pseudonym is the common name; X.509 asks for no particular part"),
        Row::with_changed_draft("two common names", subject, "OK", |draft| {
            draft.subject = "CN=A,CN=B,C=JP".parse().unwrap();
        })
        .with_explanation("the cards' profile: there is one pseudonym; X.509 asks for no particular part"),
        Row::with_changed_draft("an empty common name", subject, "OK", |draft| {
            draft.subject = "CN=,C=JP".parse().unwrap();
        })
        .with_explanation("the cards' profile: the pseudonym is a text; OpenSSL looks for any part at all"),
        Row::with_changed_draft("no subject", subject, "Subject name empty", |draft| {
            draft.subject = der::Decode::from_der(&[0x30, 0]).unwrap();
        }),
    ]
}

fn extensions() -> Vec<Row> {
    let critical = "jpki.profile.critical_extension";
    let unknown = |criticality| {
        extension::extension("1.2.392.200149.8.5.9".parse().unwrap(), criticality, &der::asn1::Null).unwrap()
    };
    vec![
        Row::with_changed_draft(
            "an extension twice",
            "jpki.profile.duplicate_extension",
            "unable to get local issuer certificate",
            |draft| {
                draft.extensions.extend([draft.extensions[7].clone()]);
            },
        ),
        Row::with_changed_draft("an unknown critical extension", critical, "unhandled critical extension", |draft| {
            draft.extensions.push(unknown(Criticality::Critical));
        }),
        Row::with_changed_draft("an unknown extension", "accepted", "OK", |draft| {
            draft.extensions.push(unknown(Criticality::NonCritical));
        }),
        Row::with_changed_draft(
            "issuer alternative name as critical",
            critical,
            "unhandled critical extension",
            |draft| find(draft, ISSUER_NAMES).critical = true,
        ),
        Row::with_changed_draft("distribution point as critical", critical, "OK", |draft| {
            find(draft, LISTS).critical = true;
        })
        .with_explanation(
            "RFC 5280 §4.2 lets it be critical and OpenSSL knows it; no card has it so, and we know none but the four",
        ),
        Row::with_changed_draft("OCSP address as critical", critical, "unhandled critical extension", |draft| {
            find(draft, OCSP).critical = true;
        }),
        Row::with_changed_draft("an authority's", "jpki.profile.is_authority", "OK", |draft| {
            draft.extensions.push(extension::basic_constraints(true).unwrap());
        })
        .with_explanation("OpenSSL lets an authority's certificate be a client's too; a card's is nobody's authority"),
        Row::with_changed_draft("expressly no authority's", "accepted", "OK", |draft| {
            draft.extensions.push(extension::basic_constraints(false).unwrap());
        }),
        Row::with_changed_draft("no distribution point", "accepted", "OK", |draft| remove(draft, LISTS)),
        Row::with_changed_draft(
            "an unreadable distribution point",
            "jpki.profile.unreadable_extension",
            "unable to get local issuer certificate",
            |draft| {
                find(draft, LISTS).extn_value = octet_string(&[0x30, 5]);
            },
        ),
        Row::with_changed_draft("no OCSP address", "accepted", "OK", |draft| remove(draft, OCSP)),
        Row::with_changed_draft(
            "no extensions at all",
            "jpki.path.no_authority_key",
            "Missing Authority Key Identifier",
            |draft| draft.extensions.clear(),
        ),
    ]
}

fn keys() -> Vec<Row> {
    let wrong = "jpki.profile.key";
    let small = "30819f300d06092a864886f70d010101050003818d0030818902818100";
    let modulus = [&[0xc1][..], &[0x11; 127]].concat();
    let rsa_1024 = [hex::decode(small).unwrap(), modulus, vec![2, 3, 1, 0, 1]].concat();
    vec![
        Row::with_changed_draft("a key of 1024 bits", wrong, "EE certificate key too weak", move |draft| {
            draft.public_key = rsa_1024;
        }),
        Row::with_changed_draft("a machine's key (P-256)", wrong, "OK", |draft| {
            let machine = SigningKey::generate(Algorithm::EcdsaP256Sha256).unwrap();
            draft.public_key = machine.public_key().spki().to_vec();
        })
        .with_explanation("the cards' profile: RSA-2048, and P-384 on the next card; OpenSSL asks for strength alone"),
        Row::with_changed_draft("the exponent 65539", wrong, "OK", |draft| {
            let end = draft.public_key.len() - 1;
            draft.public_key[end] = 3;
        })
        .with_explanation("the cards' profile: the exponent is 65537; OpenSSL takes any"),
    ]
}

fn usages() -> Vec<Row> {
    use KeyUsages::{DigitalSignature, KeyCertSign, KeyEncipherment, NonRepudiation};
    let wrong = "jpki.profile.key_usage";
    let row = |name, theirs, usages: der::flagset::FlagSet<KeyUsages>| {
        Row::with_changed_draft(name, wrong, theirs, |draft| replace(draft, extension::key_usage(usages).unwrap()))
    };
    vec![
        Row::with_changed_draft("no key usage", wrong, "OK", |draft| remove(draft, KEY_USAGE))
            .with_explanation("the cards' profile: without it X.509 allows every use; a card's key is restricted"),
        row("digitalSignature and nonRepudiation", "OK", DigitalSignature | NonRepudiation).with_explanation(
            "the cards' profile: exactly digitalSignature, so that a key for documents does not authenticate",
        ),
        row("digitalSignature and keyEncipherment", "OK", DigitalSignature | KeyEncipherment).with_explanation(
            "the cards' profile: exactly digitalSignature; OpenSSL is content where it is among the uses",
        ),
        row("nonRepudiation alone", "unsuitable certificate purpose", NonRepudiation.into()),
        row("keyCertSign alone", "invalid CA certificate", KeyCertSign.into()),
        Row::with_changed_draft("key usage not critical", "jpki.profile.not_critical", "OK", |draft| {
            find(draft, KEY_USAGE).critical = false;
        })
        .with_explanation("RFC 5280 §4.2.1.3 says it should be critical, the cards' profile that it is"),
        Row::with_changed_draft("a key usage with a needless octet", wrong, "OK", |draft| {
            find(draft, KEY_USAGE).extn_value = octet_string(&[3, 3, 7, 0x80, 0]);
        })
        .with_explanation(super::encoding::LAX),
    ]
}

fn purposes() -> Vec<Row> {
    let wrong = "jpki.profile.extended_key_usage";
    let only = |purpose: &str| extension::extended_key_usage(&[purpose.parse().unwrap()]).unwrap();
    vec![
        Row::with_changed_draft("no extended usage", wrong, "OK", |draft| remove(draft, EXTENDED_KEY_USAGE))
            .with_explanation(
                "the cards' profile: without it X.509 allows every purpose; a card's key is for clientAuth",
            ),
        Row::with_changed_draft("for servers", wrong, "unsuitable certificate purpose", |draft| {
            replace(draft, only("1.3.6.1.5.5.7.3.1"));
        }),
        Row::with_changed_draft("for OCSP answers", wrong, "unsuitable certificate purpose", |draft| {
            replace(draft, only("1.3.6.1.5.5.7.3.9"));
        }),
        Row::with_changed_draft("for any purpose", wrong, "unsuitable certificate purpose", |draft| {
            replace(draft, only("2.5.29.37.0"));
        }),
        Row::with_changed_draft(
            "an unreadable extended usage",
            "jpki.profile.unreadable_extension",
            "unable to get local issuer certificate",
            |draft| {
                find(draft, EXTENDED_KEY_USAGE).extn_value = octet_string(&[0x30, 5]);
            },
        ),
    ]
}

fn policies() -> Vec<Row> {
    let wrong = "jpki.profile.policy";
    let under = |policy: &str| extension::certificate_policy(policy.parse().unwrap(), "http://cps").unwrap();
    vec![
        Row::with_changed_draft("no policy", wrong, "no explicit policy", |draft| remove(draft, POLICIES)),
        Row::with_changed_draft("the real hierarchy's policy", wrong, "no explicit policy", |draft| replace(draft, under("1.2.392.200149.8.5.1.3.30"))),
        Row::with_changed_draft("any policy", wrong, "OK", |draft| replace(draft, under("2.5.29.32.0"))).with_explanation("anyPolicy stands for ours in X.509; no card has it, and no verifier of cards should take it for one"),
        Row::with_changed_draft("the policy for signing documents", "jpki.certificate.for_signature", "no explicit policy", |draft| {
            replace(draft, extension::certificate_policy(policy::SIGNATURE, "http://cps").unwrap());
        }),
        Row::with_changed_draft("policies not critical", "jpki.profile.not_critical", "OK", |draft| find(draft, POLICIES).critical = false).with_explanation("the cards' profile: critical, so that who does not know the policy refuses"),
        Row::with_changed_draft("an unknown qualifier", "jpki.profile.unreadable_extension", "OK", |draft| {
            // id-qt-cps becomes an unknown qualifier.
            let changed = super::splice_der(
                find(draft, POLICIES).extn_value.as_bytes(),
                &[0x2b, 6, 1, 5, 5, 7, 2, 1],
                &[0x2b, 6, 1, 5, 5, 7, 2, 9],
            );
            find(draft, POLICIES).extn_value = octet_string(&changed);
        }).with_explanation("RFC 5280 §4.2.1.4: who honours the critical extension must understand its qualifiers; OpenSSL passes over them"),
    ]
}
