//! OpenSSL as judge: what it accepts and what it refuses, from both sides.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use base::Timestamp;
use jpki::{
    Algorithm, Anchors, CertificateCache, Generation, Grace, Policies, Purpose, SigningKey, UnverifiedCardResponse,
    crl,
    ocsp::{CertificateStatus, ParsedResponse, Request},
    pem,
};
use tempfile::TempDir;

use crate::world::{
    Attempt, World, birth, draft, issued_at, now, practice, responder, seconds, serial, signatory, subject, timestamp,
    world,
};

/// A folder with files for one test.
pub struct OpensslFolder(TempDir);

impl OpensslFolder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn write_file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn write_certificate(&self, name: &str, der: &[u8]) -> PathBuf {
        self.write_file(name, pem::encode(pem::CERTIFICATE, der))
    }

    /// The generations' certificates, in one file.
    pub fn write_anchors(&self) -> PathBuf {
        let World { earlier, issuer, next, .. } = world();
        let all = [earlier, issuer, next].map(|one| pem::encode(pem::CERTIFICATE, one.certificate()));
        self.write_file("anchors.pem", all.concat())
    }

    /// Runs `openssl` in the folder. Whether it succeeded, and all that it said.
    pub fn run(&self, arguments: &str) -> (bool, String) {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.0.path())
            .output()
            .expect("openssl is installed (the tests need it)");
        let said = [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy).concat();
        (output.status.success(), said)
    }

    fn read_file(&self, name: &str) -> Vec<u8> {
        fs::read(Path::new(self.0.path()).join(name)).unwrap()
    }
}

fn check_verify(desk: &OpensslFolder, certificate: &[u8], time: Timestamp, expected: &str) {
    desk.write_certificate("holder.pem", certificate);
    let time = time.seconds();
    let (accepted, said) = desk.run(&format!(
        "verify -x509_strict -policy_check -purpose sslclient -attime {time} -CAfile anchors.pem holder.pem"
    ));
    assert!(said.contains(expected), "{said}");
    assert_eq!(accepted, expected == "OK", "{said}");
}

#[test]
fn openssl_agrees_on_path_and_validity() {
    let desk = OpensslFolder::new();
    desk.write_anchors();
    let World { earlier, issuer, next, stranger, holder, next_holder, .. } = world();
    let issue = |generation: &Generation, key: &SigningKey| {
        generation.issue_authentication(&subject(), birth(), key.public_key(), serial(9), issued_at()).unwrap()
    };
    check_verify(&desk, &issue(earlier, holder), now(), "OK");
    check_verify(&desk, &issue(issuer, holder), now(), "OK");
    check_verify(&desk, &issue(next, next_holder), now(), "OK");
    check_verify(&desk, &issue(stranger, holder), now(), "unable to get local issuer certificate");
    let (first, last) = (issued_at(), timestamp("2029-06-15T23:59:59+09:00"));
    check_verify(&desk, &issue(issuer, holder), first, "OK");
    check_verify(&desk, &issue(issuer, holder), first.minus(seconds(1)), "certificate is not yet valid");
    // The one difference: RFC 5280 §4.1.2.5 counts the last second as valid, and so do we; OpenSSL does not.
    check_verify(&desk, &issue(issuer, holder), last.minus(seconds(1)), "OK");
    check_verify(&desk, &issue(issuer, holder), last, "certificate has expired");
    check_verify(&desk, &issue(issuer, holder), last.plus(seconds(1)), "certificate has expired");
    let forged = draft().sign(stranger.key()).unwrap();
    check_verify(&desk, &forged, now(), "certificate signature failure");
    let mut critical = draft();
    critical.extensions[3].critical = true;
    critical.extensions[3].extn_id = "1.2.392.200149.8.5.9".parse().unwrap();
    check_verify(&desk, &critical.sign(issuer.key()).unwrap(), now(), "unhandled critical extension");
}

fn check_text(name: &str, der: &[u8], expected: &[&str]) {
    let desk = OpensslFolder::new();
    desk.write_certificate(name, der);
    let (read, said) = desk.run(&format!("x509 -in {name} -noout -text -nameopt oneline,utf8,-esc_msb"));
    assert!(read, "{said}");
    for line in expected {
        assert!(said.contains(line), "{line} is missing in:\n{said}");
    }
}

#[test]
fn openssl_reads_what_the_profiles_say() {
    let World { issuer, signature, holder, next, next_holder, .. } = world();
    check_text(
        "authentication.pem",
        &Attempt::valid().certificate,
        &[
            "Version: 3",
            "Serial Number: 1193046 (0x123456)",
            "Signature Algorithm: sha256WithRSAEncryption",
            "Issuer: C = JP, O = JPKI-SIM, OU = JPKI for user authentication, OU =",
            "Not Before: Oct  1 01:20:30 2024 GMT",
            "Not After : Jun 15 14:59:59 2029 GMT",
            "Subject: C = JP, CN = 997794E9AGCIEG13221003A",
            "Public-Key: (2048 bit)",
            "Exponent: 65537",
            "X509v3 Key Usage: critical\n                Digital Signature\n",
            "TLS Web Client Authentication",
            "X509v3 Certificate Policies: critical\n                Policy: 1.2.392.200149.8.5.1.0.30\n",
            "CPS: http://authority.localhost/cps.html",
            "X509v3 Issuer Alternative Name",
            "OU = CRL Distribution Points",
            "OCSP - URI:http://authority.localhost/ocsp",
            "serial:03",
        ],
    );
    let certificate = signature.issue_signature(&signatory(), holder.public_key(), serial(5), issued_at()).unwrap();
    check_text(
        "signature.pem",
        &certificate,
        &[
            "Subject: C = JP, L = Tokyo-to, L = Kiyose-shi, CN = 202410011020300013413221003A",
            "Digital Signature, Non Repudiation",
            "Policy: 1.2.392.200149.8.5.1.0.20",
            "othername: 1.2.392.200149.8.5.5.4::319800615",
        ],
    );
    let certificate =
        next.issue_authentication(&subject(), birth(), next_holder.public_key(), serial(6), issued_at()).unwrap();
    check_text("next.pem", &certificate, &["ecdsa-with-SHA384", "NIST CURVE: P-384", "Jun 15 14:59:59 2034 GMT"]);
    check_text("authority.pem", issuer.certificate(), &["CA:TRUE", "Certificate Sign, CRL Sign"]);
}

#[test]
fn openssl_believes_our_responder_and_reads_our_question() {
    let desk = OpensslFolder::new();
    desk.write_anchors();
    desk.write_certificate("issuer.pem", world().issuer.certificate());
    desk.write_certificate("holder.pem", &Attempt::valid().certificate);
    let request = Request::new(
        world().issuer.issuer_hashes().certificate_id(jpki::ocsp::HashAlgorithm::Sha256, serial(0x0012_3456)),
        Some(crate::world::nonce()),
    );
    desk.write_file("request.der", request.encode().unwrap());
    let revoked =
        CertificateStatus::Revoked { revoked_at: now(), reason: Some(jpki::ocsp::RevocationReason::KeyCompromise) };
    let direct = world().issuer.responder();
    let delegated = responder();
    for (who, status, expected) in [
        (&direct, CertificateStatus::Good, "holder.pem: good"),
        (&delegated, CertificateStatus::Good, "holder.pem: good"),
        (&delegated, revoked, "holder.pem: revoked"),
        (&delegated, CertificateStatus::Unknown, "holder.pem: unknown"),
    ] {
        desk.write_file("response.der", who.respond(&request, now(), None, |_| status).unwrap());
        // `-no_nonce` adds none to the question that is read; the one in it is compared all the same.
        // The answer's times are compared with the machine's clock, so any skew is allowed; the chain is judged at our time.
        let time = now().seconds();
        let (answered, said) = desk.run(&format!(
            "ocsp -reqin request.der -respin response.der -issuer issuer.pem -sha256 -cert holder.pem \
             -CAfile anchors.pem -attime {time} -validity_period 999999999 -no_nonce"
        ));
        assert!(answered && said.contains("Response verify OK") && said.contains(expected), "{said}");
        assert!(!said.contains("WARNING"), "{said}");
    }
    let (read, said) = desk.run("ocsp -reqin request.der -req_text -noverify -respin response.der");
    assert!(read && said.contains("Serial Number: 123456") && said.contains("OCSP Nonce"), "{said}");
}

#[test]
fn we_read_openssls_questions_and_answer_them() {
    let desk = OpensslFolder::new();
    desk.write_anchors();
    desk.write_certificate("issuer.pem", world().issuer.certificate());
    desk.write_certificate("holder.pem", &Attempt::valid().certificate);
    for (option, nonce) in [("", true), ("-sha256", true), ("-no_nonce", false)] {
        let (asked, said) = desk.run(&format!("ocsp -issuer issuer.pem {option} -cert holder.pem -reqout request.der"));
        assert!(asked, "{said}");
        let request = Request::parse(&desk.read_file("request.der")).unwrap();
        assert_eq!(request.nonce().is_some(), nonce);
        assert!(world().issuer.issuer_hashes().is_issuer_of(&request.certificates()[0]));
        desk.write_file(
            "response.der",
            responder().respond(&request, now(), None, |_| CertificateStatus::Good).unwrap(),
        );
        let time = now().seconds();
        let (answered, said) = desk.run(&format!(
            "ocsp -reqin request.der -respin response.der -issuer issuer.pem {option} -cert holder.pem \
             -CAfile anchors.pem -attime {time} -validity_period 999999999 -no_nonce"
        ));
        assert!(answered && said.contains("Response verify OK") && said.contains(": good"), "{said}");
    }
}

#[test]
fn we_believe_openssls_responder() {
    let desk = OpensslFolder::new();
    // Its answers bear the machine's time, so these certificates are valid for a long one.
    let key = SigningKey::generate(Algorithm::EcdsaP384Sha384).unwrap();
    let (from, to) = (timestamp("2000-01-01T00:00:00Z"), timestamp("2049-12-31T23:59:59Z"));
    let purpose = Purpose::Authentication;
    let issuer = Generation::create(purpose, practice(purpose), key, serial(1), from, to).unwrap();
    let delegate = SigningKey::generate(Algorithm::RsaSha256).unwrap();
    let key = world().next_holder.public_key();
    let mut holder = issuer.authentication_draft(&subject(), birth(), key, serial(0x1234), from).unwrap();
    holder.not_after = to;
    desk.write_certificate("issuer.pem", issuer.certificate());
    let delegated = issuer.issue_ocsp_responder(delegate.public_key(), serial(2), from, to).unwrap();
    desk.write_certificate("responder.pem", &delegated);
    desk.write_file("responder.key", pem::encode(pem::PRIVATE_KEY, &delegate.to_pkcs8().unwrap()));

    let anchors = Anchors::new([issuer.certificate()], Policies::simulated()).unwrap();
    let remembered = CertificateCache::with_capacity(10);
    let certificate = holder.sign(issuer.key()).unwrap();
    let answer = UnverifiedCardResponse { certificate, signature: Vec::new() };
    let trusted = answer.verify_certificate(&anchors, &remembered, Grace::Refused, now()).unwrap();
    let request = trusted.ocsp_request(crate::world::nonce());
    desk.write_file("request.der", request.encode().unwrap());
    for (line, expected) in [
        ("V\t491231235959Z\t\t1234\tunknown\t/C=JP/CN=holder\n", "accepted"),
        ("R\t491231235959Z\t240101000000Z,keyCompromise\t1234\tunknown\t/C=JP/CN=holder\n", "jpki.revocation.revoked"),
        ("V\t491231235959Z\t\t5678\tunknown\t/C=JP/CN=other\n", "jpki.revocation.unknown"),
    ] {
        desk.write_file("index.txt", line);
        let (answered, said) = desk.run(
            "ocsp -index index.txt -CA issuer.pem -rsigner responder.pem -rkey responder.key -rmd sha256 \
             -reqin request.der -respout response.der",
        );
        assert!(answered, "{said}");
        let response = desk.read_file("response.der");
        let ParsedResponse::Signed(read) = ParsedResponse::parse(&response).unwrap() else { panic!("{said}") };
        let verdict = trusted.verify_ocsp_response(&response, &request, &remembered, read.claims().produced_at);
        assert_eq!(verdict.map_or_else(|refusal| refusal.code(), |_| "accepted"), expected);
    }
}

#[test]
fn openssl_believes_our_lists() {
    let desk = OpensslFolder::new();
    desk.write_anchors();
    desk.write_certificate("issuer.pem", world().issuer.certificate());
    desk.write_certificate("holder.pem", &Attempt::valid().certificate);
    let check = |revoked: &[u64], expected: &str| {
        let entry = |number: &u64| crl::RevokedCertificate {
            serial: serial(*number),
            revoked_at: now().minus(seconds(10)),
            reason: Some(jpki::ocsp::RevocationReason::CessationOfOperation),
        };
        let list = crl::RevocationListDraft {
            number: 300,
            this_update: now(),
            next_update: now().plus(seconds(86_400)),
            revoked: revoked.iter().map(entry).collect(),
        };
        let list = world().issuer.sign_revocation_list(&list).unwrap();
        desk.write_file("list.pem", pem::encode(pem::REVOCATION_LIST, &list));
        let (_, said) = desk.run("crl -in list.pem -CAfile issuer.pem -noout -text");
        assert!(said.contains("verify OK") && said.contains("X509v3 CRL Number"), "{said}");
        let time = now().seconds();
        let (_, said) =
            desk.run(&format!("verify -crl_check -attime {time} -CAfile anchors.pem -CRLfile list.pem holder.pem"));
        assert!(said.contains(expected), "{said}");
    };
    check(&[], "holder.pem: OK");
    check(&[7, 8], "holder.pem: OK");
    check(&[7, 0x0012_3456], "certificate revoked");
}

#[test]
fn openssl_verifies_what_the_holder_signed() {
    let desk = OpensslFolder::new();
    desk.write_certificate("holder.pem", &Attempt::valid().certificate);
    desk.write_file("signed", crate::world::challenge().to_be_signed());
    desk.write_file("signature", Attempt::valid().signature);
    let (read, said) = desk.run("x509 -in holder.pem -noout -pubkey -out key.pem");
    assert!(read, "{said}");
    let (verified, said) = desk.run("dgst -sha256 -verify key.pem -signature signature signed");
    assert!(verified && said.contains("Verified OK"), "{said}");
}
