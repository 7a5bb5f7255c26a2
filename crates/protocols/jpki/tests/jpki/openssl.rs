//! OpenSSL as the judge of what is issued, and as the source of what is accepted.

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
        let all = [earlier, issuer, next].map(|generation| pem::encode(pem::CERTIFICATE, generation.certificate()));
        self.write_file("anchors.pem", all.concat())
    }

    /// Runs `openssl` in the folder. Returns whether it succeeded, and all of its output.
    pub fn run(&self, arguments: &str) -> (bool, String) {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.0.path())
            .output()
            .expect("openssl is installed (the tests need it)");
        let text = [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy).concat();
        (output.status.success(), text)
    }

    fn read_file(&self, name: &str) -> Vec<u8> {
        fs::read(Path::new(self.0.path()).join(name)).unwrap()
    }
}

fn check_verify(folder: &OpensslFolder, certificate: &[u8], time: Timestamp, expected: &str) {
    folder.write_certificate("holder.pem", certificate);
    let time = time.seconds();
    let (accepted, output) = folder.run(&format!(
        "verify -x509_strict -policy_check -purpose sslclient -attime {time} -CAfile anchors.pem holder.pem"
    ));
    assert!(output.contains(expected), "{output}");
    assert_eq!(accepted, expected == "OK", "{output}");
}

#[test]
fn openssl_agrees_on_path_and_validity() {
    let folder = OpensslFolder::new();
    folder.write_anchors();
    let World { earlier, issuer, next, stranger, holder, next_holder, .. } = world();
    let issue = |generation: &Generation, key: &SigningKey| {
        generation.issue_authentication(&subject(), birth(), key.public_key(), serial(9), issued_at()).unwrap()
    };
    check_verify(&folder, &issue(earlier, holder), now(), "OK");
    check_verify(&folder, &issue(issuer, holder), now(), "OK");
    check_verify(&folder, &issue(next, next_holder), now(), "OK");
    check_verify(&folder, &issue(stranger, holder), now(), "unable to get local issuer certificate");
    let (first, last) = (issued_at(), timestamp("2029-06-15T23:59:59+09:00"));
    check_verify(&folder, &issue(issuer, holder), first, "OK");
    check_verify(&folder, &issue(issuer, holder), first.minus(seconds(1)), "certificate is not yet valid");
    // The one difference: RFC 5280 §4.1.2.5 counts the last second as valid; OpenSSL does not.
    check_verify(&folder, &issue(issuer, holder), last.minus(seconds(1)), "OK");
    check_verify(&folder, &issue(issuer, holder), last, "certificate has expired");
    check_verify(&folder, &issue(issuer, holder), last.plus(seconds(1)), "certificate has expired");
    let forged = draft().sign(stranger.key()).unwrap();
    check_verify(&folder, &forged, now(), "certificate signature failure");
    let mut critical = draft();
    critical.extensions[3].critical = true;
    critical.extensions[3].extn_id = "1.2.392.200149.8.5.9".parse().unwrap();
    check_verify(&folder, &critical.sign(issuer.key()).unwrap(), now(), "unhandled critical extension");
}

fn check_text(name: &str, der: &[u8], expected: &[&str]) {
    let folder = OpensslFolder::new();
    folder.write_certificate(name, der);
    let (is_read, output) = folder.run(&format!("x509 -in {name} -noout -text -nameopt oneline,utf8,-esc_msb"));
    assert!(is_read, "{output}");
    for line in expected {
        assert!(output.contains(line), "{line} is missing in:\n{output}");
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
    let folder = OpensslFolder::new();
    folder.write_anchors();
    folder.write_certificate("issuer.pem", world().issuer.certificate());
    folder.write_certificate("holder.pem", &Attempt::valid().certificate);
    let request = Request::new(
        world().issuer.issuer_hashes().certificate_id(jpki::ocsp::HashAlgorithm::Sha256, serial(0x0012_3456)),
        Some(crate::world::nonce()),
    );
    folder.write_file("request.der", request.encode().unwrap());
    let revoked =
        CertificateStatus::Revoked { revoked_at: now(), reason: Some(jpki::ocsp::RevocationReason::KeyCompromise) };
    let direct = world().issuer.responder();
    let delegated = responder();
    for (responder, status, expected) in [
        (&direct, CertificateStatus::Good, "holder.pem: good"),
        (&delegated, CertificateStatus::Good, "holder.pem: good"),
        (&delegated, revoked, "holder.pem: revoked"),
        (&delegated, CertificateStatus::Unknown, "holder.pem: unknown"),
    ] {
        folder.write_file("response.der", responder.respond(&request, now(), None, |_| status).unwrap());
        // `-no_nonce` adds none to the request that is read; the one in it is still compared.
        // The response's times are compared with the system's clock, so any skew is allowed; the chain is verified at `time`.
        let time = now().seconds();
        let (succeeded, output) = folder.run(&format!(
            "ocsp -reqin request.der -respin response.der -issuer issuer.pem -sha256 -cert holder.pem \
             -CAfile anchors.pem -attime {time} -validity_period 999999999 -no_nonce"
        ));
        assert!(succeeded && output.contains("Response verify OK") && output.contains(expected), "{output}");
        assert!(!output.contains("WARNING"), "{output}");
    }
    let (succeeded, output) = folder.run("ocsp -reqin request.der -req_text -noverify -respin response.der");
    assert!(succeeded && output.contains("Serial Number: 123456") && output.contains("OCSP Nonce"), "{output}");
}

#[test]
fn we_read_openssls_questions_and_answer_them() {
    let folder = OpensslFolder::new();
    folder.write_anchors();
    folder.write_certificate("issuer.pem", world().issuer.certificate());
    folder.write_certificate("holder.pem", &Attempt::valid().certificate);
    for (option, nonce) in [("", true), ("-sha256", true), ("-no_nonce", false)] {
        let (succeeded, output) =
            folder.run(&format!("ocsp -issuer issuer.pem {option} -cert holder.pem -reqout request.der"));
        assert!(succeeded, "{output}");
        let request = Request::parse(&folder.read_file("request.der")).unwrap();
        assert_eq!(request.nonce().is_some(), nonce);
        assert!(world().issuer.issuer_hashes().is_issuer_of(&request.certificates()[0]));
        folder.write_file(
            "response.der",
            responder().respond(&request, now(), None, |_| CertificateStatus::Good).unwrap(),
        );
        let time = now().seconds();
        let (succeeded, output) = folder.run(&format!(
            "ocsp -reqin request.der -respin response.der -issuer issuer.pem {option} -cert holder.pem \
             -CAfile anchors.pem -attime {time} -validity_period 999999999 -no_nonce"
        ));
        assert!(succeeded && output.contains("Response verify OK") && output.contains(": good"), "{output}");
    }
}

#[test]
fn we_believe_openssls_responder() {
    let folder = OpensslFolder::new();
    // Its responses have the system's time, so these certificates are valid for a long time.
    let key = SigningKey::generate(Algorithm::EcdsaP384Sha384).unwrap();
    let (not_before, not_after) = (timestamp("2000-01-01T00:00:00Z"), timestamp("2049-12-31T23:59:59Z"));
    let purpose = Purpose::Authentication;
    let issuer = Generation::create(purpose, practice(purpose), key, serial(1), not_before, not_after).unwrap();
    let delegate = SigningKey::generate(Algorithm::RsaSha256).unwrap();
    let key = world().next_holder.public_key();
    let mut holder = issuer.authentication_draft(&subject(), birth(), key, serial(0x1234), not_before).unwrap();
    holder.not_after = not_after;
    folder.write_certificate("issuer.pem", issuer.certificate());
    let delegated = issuer.issue_ocsp_responder(delegate.public_key(), serial(2), not_before, not_after).unwrap();
    folder.write_certificate("responder.pem", &delegated);
    folder.write_file("responder.key", pem::encode(pem::PRIVATE_KEY, &delegate.to_pkcs8().unwrap()));

    let anchors = Anchors::new([issuer.certificate()], Policies::simulated()).unwrap();
    let cache = CertificateCache::with_capacity(10);
    let certificate = holder.sign(issuer.key()).unwrap();
    let response = UnverifiedCardResponse { certificate, signature: Vec::new() };
    let trusted = response.verify_certificate(&anchors, &cache, Grace::Refused, now()).unwrap();
    let request = trusted.ocsp_request(crate::world::nonce());
    folder.write_file("request.der", request.encode().unwrap());
    for (line, expected) in [
        ("V\t491231235959Z\t\t1234\tunknown\t/C=JP/CN=holder\n", "accepted"),
        ("R\t491231235959Z\t240101000000Z,keyCompromise\t1234\tunknown\t/C=JP/CN=holder\n", "jpki.revocation.revoked"),
        ("V\t491231235959Z\t\t5678\tunknown\t/C=JP/CN=other\n", "jpki.revocation.unknown"),
    ] {
        folder.write_file("index.txt", line);
        let (succeeded, output) = folder.run(
            "ocsp -index index.txt -CA issuer.pem -rsigner responder.pem -rkey responder.key -rmd sha256 \
             -reqin request.der -respout response.der",
        );
        assert!(succeeded, "{output}");
        let response = folder.read_file("response.der");
        let ParsedResponse::Signed(parsed) = ParsedResponse::parse(&response).unwrap() else { panic!("{output}") };
        let verdict = trusted.verify_ocsp_response(&response, &request, &cache, parsed.claims().produced_at);
        assert_eq!(verdict.map_or_else(|refusal| refusal.code(), |_| "accepted"), expected);
    }
}

#[test]
fn openssl_believes_our_lists() {
    let folder = OpensslFolder::new();
    folder.write_anchors();
    folder.write_certificate("issuer.pem", world().issuer.certificate());
    folder.write_certificate("holder.pem", &Attempt::valid().certificate);
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
        folder.write_file("list.pem", pem::encode(pem::REVOCATION_LIST, &list));
        let (_, output) = folder.run("crl -in list.pem -CAfile issuer.pem -noout -text");
        assert!(output.contains("verify OK") && output.contains("X509v3 CRL Number"), "{output}");
        let time = now().seconds();
        let (_, output) =
            folder.run(&format!("verify -crl_check -attime {time} -CAfile anchors.pem -CRLfile list.pem holder.pem"));
        assert!(output.contains(expected), "{output}");
    };
    check(&[], "holder.pem: OK");
    check(&[7, 8], "holder.pem: OK");
    check(&[7, 0x0012_3456], "certificate revoked");
}

#[test]
fn openssl_verifies_what_the_holder_signed() {
    let folder = OpensslFolder::new();
    folder.write_certificate("holder.pem", &Attempt::valid().certificate);
    folder.write_file("signed", crate::world::challenge().to_be_signed());
    folder.write_file("signature", Attempt::valid().signature);
    let (is_read, output) = folder.run("x509 -in holder.pem -noout -pubkey -out key.pem");
    assert!(is_read, "{output}");
    let (is_verified, output) = folder.run("dgst -sha256 -verify key.pem -signature signature signed");
    assert!(is_verified && output.contains("Verified OK"), "{output}");
}
