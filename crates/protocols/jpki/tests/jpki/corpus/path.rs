//! The path: names, keys, generations, algorithms, signatures.

use jpki::{Algorithm, Generation, SigningKey, extension, sign_body, sign_body_declaring};
use x509_cert::name::Name;

use super::{Row, find, octet_string, remove, replace};
use crate::world::{World, birth, draft, issued_at, serial, signatory, subject, world};

const AUTHORITY_KEY: &str = "2.5.29.35";

fn foreign_name() -> Name {
    "OU=JPKI for user authentication,O=Somebody,C=JP".parse().unwrap()
}

fn authentication_draft(generation: &Generation, key: &SigningKey) -> jpki::CertificateDraft {
    generation.authentication_draft(&subject(), birth(), key.public_key(), serial(5), issued_at()).unwrap()
}

pub fn rows() -> Vec<Row> {
    [generations(), names(), algorithms()].into_iter().flatten().collect()
}

fn generations() -> Vec<Row> {
    let World { earlier, issuer, next, stranger, signature, holder, next_holder, .. } = world();
    let sign =
        |generation: &Generation, signer: &SigningKey| authentication_draft(generation, holder).sign(signer).unwrap();
    let wrong = "jpki.path.signature";
    vec![
        Row::new("an earlier generation", "accepted", "OK", sign(earlier, earlier.key())).issued_by(earlier, holder),
        Row::new(
            "the generation of the next card",
            "accepted",
            "OK",
            authentication_draft(next, next_holder).sign(next.key()).unwrap(),
        )
        .issued_by(next, next_holder),
        Row::new(
            "of a known name by an unknown key",
            "jpki.path.unknown_generation",
            "unable to get local issuer certificate",
            sign(stranger, stranger.key()),
        ),
        Row::new(
            "names the known key, signed by another",
            wrong,
            "certificate signature failure",
            sign(issuer, stranger.key()),
        ),
        Row::new(
            "names the earlier generation, signed by the later",
            wrong,
            "certificate signature failure",
            sign(earlier, issuer.key()),
        ),
        Row::new(
            "names the later generation, signed by the earlier",
            wrong,
            "certificate signature failure",
            sign(issuer, earlier.key()),
        ),
        Row::new(
            "names RSA, signed with ECDSA",
            "jpki.path.algorithm",
            "unable to get local issuer certificate",
            sign(issuer, next.key()),
        ),
        Row::new(
            "names the next card's key, signed by another",
            wrong,
            "certificate signature failure",
            sign(next, next_holder),
        ),
        Row::new("signed by its own key", wrong, "certificate signature failure", sign(issuer, holder)),
        Row::new(
            "for signing documents",
            "jpki.certificate.for_signature",
            "unable to get local issuer certificate",
            signature.issue_signature(&signatory(), holder.public_key(), serial(5), issued_at()).unwrap(),
        ),
        Row::new(
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
        extension::authority_key_identifier_with_certificate(issuer.key_identifier(), name.clone(), &serial(number))
            .unwrap()
    };
    vec![
        Row::with_changed_draft(
            "names no key of its issuer",
            "jpki.path.no_authority_key",
            "Missing Authority Key Identifier",
            |draft| remove(draft, AUTHORITY_KEY),
        ),
        Row::with_changed_draft(
            "names its issuer's key by nothing",
            "jpki.path.no_authority_key",
            "Missing Authority Key Identifier",
            |draft| {
                find(draft, AUTHORITY_KEY).extn_value = octet_string(&[0x30, 0]);
            },
        ),
        Row::with_changed_draft(
            "of an unknown name and key",
            "jpki.path.unknown_issuer",
            "unable to get local issuer certificate",
            |draft| {
                draft.issuer = foreign_name();
                replace(draft, extension::authority_key_identifier(stranger.key_identifier()).unwrap());
            },
        ),
        Row::with_changed_draft(
            "of another name, by a known key",
            "jpki.path.issuer_name",
            "unable to get local issuer certificate",
            |draft| draft.issuer = foreign_name(),
        ),
        Row::with_changed_draft("names its issuer's key alone", "accepted", "OK", |draft| {
            replace(draft, extension::authority_key_identifier(issuer.key_identifier()).unwrap());
        }),
        Row::with_changed_draft(
            "names its issuer's certificate by another number",
            certificate,
            "unable to get local issuer certificate",
            |draft| {
                replace(draft, named(issuer.name(), 2));
            },
        ),
        Row::with_changed_draft(
            "names its issuer's certificate by another name",
            certificate,
            "unable to get local issuer certificate",
            |draft| {
                replace(draft, named(&foreign_name(), 3));
            },
        ),
    ]
}

fn algorithms() -> Vec<Row> {
    let key = world().issuer.key();
    let body = |algorithm| draft().body(algorithm).unwrap();
    let (rsa, ecdsa) = (Algorithm::RsaSha256, Algorithm::EcdsaP384Sha384);
    let (two_algorithms, algorithm) = ("jpki.path.two_algorithms", "jpki.path.algorithm");
    vec![
        Row::new(
            "another algorithm inside",
            two_algorithms,
            "unable to get local issuer certificate",
            sign_body(&body(ecdsa), key).unwrap(),
        ),
        Row::new(
            "another algorithm outside",
            two_algorithms,
            "cert info signature and signature algorithm mismatch",
            sign_body_declaring(&body(rsa), key, ecdsa).unwrap(),
        ),
        Row::new(
            "another algorithm inside and outside",
            algorithm,
            "unable to get local issuer certificate",
            sign_body_declaring(&body(ecdsa), key, ecdsa).unwrap(),
        ),
        Row::new("sha1WithRSAEncryption", algorithm, "CA signature digest algorithm too weak", {
            let mut certificate = sign_body(&body(rsa), key).unwrap();
            let sha256 = rsa.signature_identifier();
            let positions: Vec<_> =
                (0..certificate.len()).filter(|position| certificate[*position..].starts_with(sha256)).collect();
            assert_eq!(positions.len(), 2);
            for position in positions {
                certificate[position + 12] = 0x05;
            }
            certificate
        }),
        Row::new("one bit of the signature turned", "jpki.path.signature", "certificate signature failure", {
            let mut certificate = sign_body(&body(rsa), key).unwrap();
            *certificate.last_mut().unwrap() ^= 1;
            certificate
        }),
    ]
}
