//! Who issued it: names, keys, generations, algorithms, signatures.

use jpki::{Algorithm, Generation, SigningKey, extension, seal, seal_saying};
use x509_cert::name::Name;

use super::{Row, find, remove, replace, value};
use crate::world::{World, birth, draft, issued_at, serial, signatory, subject, world};

const AUTHORITY_KEY: &str = "2.5.29.35";

fn foreign() -> Name {
    "OU=JPKI for user authentication,O=Somebody,C=JP".parse().unwrap()
}

fn by(generation: &Generation, key: &SigningKey) -> jpki::Draft {
    generation.authentication_draft(&subject(), birth(), key.public_key(), serial(5), issued_at()).unwrap()
}

pub fn rows() -> Vec<Row> {
    [generations(), names(), algorithms()].into_iter().flatten().collect()
}

fn generations() -> Vec<Row> {
    let World { earlier, issuer, next, stranger, signature, holder, next_holder, .. } = world();
    let of = |generation: &Generation, signer: &SigningKey| by(generation, holder).seal(signer).unwrap();
    let wrong = "jpki.path.signature";
    vec![
        Row::of("an earlier generation", "accepted", "OK", of(earlier, earlier.key())).by(earlier, holder),
        Row::of("the generation of the next card", "accepted", "OK", by(next, next_holder).seal(next.key()).unwrap())
            .by(next, next_holder),
        Row::of(
            "of a known name by an unknown key",
            "jpki.path.unknown_generation",
            "unable to get local issuer certificate",
            of(stranger, stranger.key()),
        ),
        Row::of(
            "names the known key, signed by another",
            wrong,
            "certificate signature failure",
            of(issuer, stranger.key()),
        ),
        Row::of(
            "names the earlier generation, signed by the later",
            wrong,
            "certificate signature failure",
            of(earlier, issuer.key()),
        ),
        Row::of(
            "names the later generation, signed by the earlier",
            wrong,
            "certificate signature failure",
            of(issuer, earlier.key()),
        ),
        Row::of(
            "names RSA, signed with ECDSA",
            "jpki.path.algorithm",
            "unable to get local issuer certificate",
            of(issuer, next.key()),
        ),
        Row::of(
            "names the next card's key, signed by another",
            wrong,
            "certificate signature failure",
            of(next, next_holder),
        ),
        Row::of("signed by its own key", wrong, "certificate signature failure", of(issuer, holder)),
        Row::of("for signing documents", "jpki.certificate.for_signature", "unable to get local issuer certificate", {
            signature.issue_signature(&signatory(), holder.public_key(), serial(5), issued_at()).unwrap()
        }),
        Row::of(
            "an authority's own certificate",
            "jpki.path.no_authority_key",
            "self-signed certificate",
            issuer.certificate().to_vec(),
        ),
    ]
}

fn names() -> Vec<Row> {
    let World { issuer, stranger, .. } = world();
    let certificate = "jpki.path.issuer_certificate";
    let named = |name: &Name, number| {
        extension::authority_certificate(issuer.key_identifier(), name.clone(), &serial(number)).unwrap()
    };
    vec![
        Row::changed(
            "names no key of its issuer",
            "jpki.path.no_authority_key",
            "Missing Authority Key Identifier",
            |draft| remove(draft, AUTHORITY_KEY),
        ),
        Row::changed(
            "names its issuer's key by nothing",
            "jpki.path.no_authority_key",
            "Missing Authority Key Identifier",
            |draft| {
                find(draft, AUTHORITY_KEY).extn_value = value(&[0x30, 0]);
            },
        ),
        Row::changed(
            "of an unknown name and key",
            "jpki.path.unknown_issuer",
            "unable to get local issuer certificate",
            |draft| {
                draft.issuer = foreign();
                replace(draft, extension::authority_key(stranger.key_identifier()).unwrap());
            },
        ),
        Row::changed(
            "of another name, by a known key",
            "jpki.path.issuer_name",
            "unable to get local issuer certificate",
            |draft| draft.issuer = foreign(),
        ),
        Row::changed("names its issuer's key alone", "accepted", "OK", |draft| {
            replace(draft, extension::authority_key(issuer.key_identifier()).unwrap());
        }),
        Row::changed(
            "names its issuer's certificate by another number",
            certificate,
            "unable to get local issuer certificate",
            |draft| {
                replace(draft, named(issuer.name(), 2));
            },
        ),
        Row::changed(
            "names its issuer's certificate by another name",
            certificate,
            "unable to get local issuer certificate",
            |draft| {
                replace(draft, named(&foreign(), 3));
            },
        ),
    ]
}

fn algorithms() -> Vec<Row> {
    let key = world().issuer.key();
    let body = |algorithm| draft().body(algorithm).unwrap();
    let (rsa, ecdsa) = (Algorithm::RsaSha256, Algorithm::EcdsaP384Sha384);
    let (two, other) = ("jpki.path.two_algorithms", "jpki.path.algorithm");
    vec![
        Row::of(
            "another algorithm inside",
            two,
            "unable to get local issuer certificate",
            seal(&body(ecdsa), key).unwrap(),
        ),
        Row::of(
            "another algorithm outside",
            two,
            "cert info signature and signature algorithm mismatch",
            seal_saying(&body(rsa), key, ecdsa).unwrap(),
        ),
        Row::of(
            "another algorithm inside and outside",
            other,
            "unable to get local issuer certificate",
            seal_saying(&body(ecdsa), key, ecdsa).unwrap(),
        ),
        Row::of("sha1WithRSAEncryption", other, "CA signature digest algorithm too weak", {
            let mut certificate = seal(&body(rsa), key).unwrap();
            let sha256 = rsa.signature_identifier();
            let places: Vec<_> =
                (0..certificate.len()).filter(|place| certificate[*place..].starts_with(sha256)).collect();
            assert_eq!(places.len(), 2);
            for place in places {
                certificate[place + 12] = 0x05;
            }
            certificate
        }),
        Row::of("one bit of the signature turned", "jpki.path.signature", "certificate signature failure", {
            let mut certificate = seal(&body(rsa), key).unwrap();
            *certificate.last_mut().unwrap() ^= 1;
            certificate
        }),
    ]
}
