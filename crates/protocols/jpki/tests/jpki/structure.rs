//! The structure of everything that is issued, as snapshots value by value: order, tags, string types, criticality.
//!
//! Order, tags, string types and criticality of the two certificates on a card and of their authorities are those of the real
//! cards; names, addresses and numbers are made up.

use std::fmt::Write;

use base::{InstitutionCode, Prefecture, Randomness, ScoreTable};
use const_oid::ObjectIdentifier;
use der::{Reader, SliceReader, Tag};
use jpki::{
    Algorithm, SigningKey, crl,
    machine::{MachineAuthority, ValidityPeriod},
    ocsp::{CertificateStatus, HashAlgorithm, Request},
};

use crate::{
    bad_answers::list,
    world::{
        World, birth, delegate_draft, draft, issued_at, kiyose, nonce, now, responder, serial, signatory, subject,
        timestamp, world,
    },
};

/// Longer values are keys, key identifiers and signatures, which are new in each run.
const SHORT: usize = 16;

/// One line for each value, indented by its depth. The content of OCTET STRINGs and context tags is decoded.
fn dump(bytes: &[u8], depth: usize, out: &mut String) -> Option<()> {
    let mut reader = SliceReader::new(bytes).ok()?;
    while !reader.is_finished() {
        let value = der::asn1::AnyRef::try_from(reader.tlv_bytes().ok()?).ok()?;
        let (tag, content) = (value.header().tag(), value.value());
        let indent = "  ".repeat(depth);
        let inside = |content: &[u8]| {
            let mut inner = String::new();
            dump(content, depth + 1, &mut inner).filter(|()| !inner.is_empty()).map(|()| inner)
        };
        let text = match tag {
            Tag::ObjectIdentifier => ObjectIdentifier::from_bytes(content).ok()?.to_string(),
            Tag::PrintableString | Tag::Utf8String | Tag::Ia5String | Tag::UtcTime | Tag::GeneralizedTime => {
                String::from_utf8(content.to_vec()).ok()?
            }
            Tag::BitString | Tag::Integer if content.len() > SHORT => "…".to_owned(),
            _ if tag.is_constructed() || tag == Tag::OctetString => String::new(),
            Tag::ContextSpecific { .. } if content.len() > SHORT => String::from_utf8(content.to_vec())
                .ok()
                .filter(|text| text.is_ascii())
                .unwrap_or_else(|| "…".to_owned()),
            _ => hex::encode(content),
        };
        writeln!(out, "{}", format!("{indent}{tag} {text}").trim_end()).ok()?;
        if tag.is_constructed() {
            out.push_str(&inside(content)?);
        } else if tag == Tag::OctetString {
            // Random octets of the length of a hash may happen to be valid DER.
            let is_hash = [20, 32].contains(&content.len());
            match inside(content).filter(|_| !is_hash) {
                Some(inner) => out.push_str(&inner),
                None if content.len() > SHORT => writeln!(out, "{indent}  {} octets", content.len()).ok()?,
                None => writeln!(out, "{indent}  {}", hex::encode(content)).ok()?,
            }
        }
    }
    Some(())
}

fn check(name: &str, bytes: &[u8]) {
    let mut out = String::new();
    dump(bytes, 0, &mut out).expect("it is DER");
    insta::assert_snapshot!(name, out);
}

#[test]
fn everything_that_is_issued_has_the_structure_it_had() {
    let World { issuer, signature, next, next_holder, holder, .. } = world();
    check("authentication", &draft().sign(issuer.key()).unwrap());
    let on_next = next.issue_authentication(&subject(), birth(), next_holder.public_key(), serial(6), issued_at());
    check("authentication-next", &on_next.unwrap());
    check("signature", &signature.issue_signature(&signatory(), holder.public_key(), serial(5), issued_at()).unwrap());
    check("authority", issuer.certificate());
    check("authority-next", next.certificate());
    check("responder", &delegate_draft().sign(issuer.key()).unwrap());
    let revoked = vec![crl::RevokedCertificate {
        serial: serial(7),
        revoked_at: now(),
        reason: Some(jpki::ocsp::RevocationReason::KeyCompromise),
    }];
    check("list", &issuer.sign_municipal_list(&list(revoked), &kiyose()).unwrap());
    let request = Request::new(issuer.issuer_hashes().certificate_id(HashAlgorithm::Sha256, serial(7)), Some(nonce()));
    check("request", &request.encode().unwrap());
    check("response", &responder().respond(&request, now(), Some(now()), |_| CertificateStatus::Good).unwrap());
}

#[test]
fn certificates_of_machines_have_the_structure_they_had() {
    let randomness = Randomness::repeatable("structure");
    let term = ValidityPeriod {
        not_before: timestamp("2026-01-01T00:00:00+09:00"),
        not_after: timestamp("2027-12-31T23:59:59+09:00"),
    };
    let key = || SigningKey::generate(Algorithm::EcdsaP256Sha256).unwrap();
    let authority = MachineAuthority::create(key(), &randomness, term).unwrap();
    check("machines", authority.certificate());
    let code = InstitutionCode::from_parts(Prefecture::from_code(13).unwrap(), ScoreTable::Medical, 123_456);
    check("institution", &authority.issue_client(code, key().public_key(), &randomness, term).unwrap().certificate);
    let (names, loopback) = (["eligibility.localhost"], ["127.0.0.1".parse().unwrap()]);
    let server = authority.issue_server(key().public_key(), &names, &loopback, &randomness, term).unwrap();
    check("server", &server.certificate);
}
