//! OpenSSL as judge: what it accepts and what it refuses, from both sides.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use base::Timestamp;
use jpki::{
    Algorithm, Anchors, Generation, Grace, Policies, Purpose, Remembered, SigningKey, UnverifiedAnswer, crl,
    ocsp::{Reading, Request, Status},
    pem,
};
use tempfile::TempDir;

use crate::world::{
    Attempt, World, at, birth, draft, issued_at, now, practice, responder, seconds, serial, signatory, subject, world,
};

/// A folder with files for one test.
pub struct Desk(TempDir);

impl Desk {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn put(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn certificate(&self, name: &str, der: &[u8]) -> PathBuf {
        self.put(name, pem::encode(pem::CERTIFICATE, der))
    }

    /// The generations' certificates, in one file.
    pub fn anchors(&self) -> PathBuf {
        let World { earlier, issuer, next, .. } = world();
        let all = [earlier, issuer, next].map(|one| pem::encode(pem::CERTIFICATE, one.certificate()));
        self.put("anchors.pem", all.concat())
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

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(Path::new(self.0.path()).join(name)).unwrap()
    }
}

fn check_verify(desk: &Desk, certificate: &[u8], time: Timestamp, expected: &str) {
    desk.certificate("holder.pem", certificate);
    let time = time.seconds();
    let (accepted, said) = desk.run(&format!(
        "verify -x509_strict -policy_check -purpose sslclient -attime {time} -CAfile anchors.pem holder.pem"
    ));
    assert!(said.contains(expected), "{said}");
    assert_eq!(accepted, expected == "OK", "{said}");
}

#[test]
fn openssl_agrees_on_path_and_validity() {
    let desk = Desk::new();
    desk.anchors();
    let World { earlier, issuer, next, stranger, holder, next_holder, .. } = world();
    let issue = |generation: &Generation, key: &SigningKey| {
        generation.issue_authentication(&subject(), birth(), key.public_key(), serial(9), issued_at()).unwrap()
    };
    check_verify(&desk, &issue(earlier, holder), now(), "OK");
    check_verify(&desk, &issue(issuer, holder), now(), "OK");
    check_verify(&desk, &issue(next, next_holder), now(), "OK");
    check_verify(&desk, &issue(stranger, holder), now(), "unable to get local issuer certificate");
    let (first, last) = (issued_at(), at("2029-06-15T23:59:59+09:00"));
    check_verify(&desk, &issue(issuer, holder), first, "OK");
    check_verify(&desk, &issue(issuer, holder), first.minus(seconds(1)), "certificate is not yet valid");
    // The one difference: RFC 5280 §4.1.2.5 counts the last second as valid, and so do we; OpenSSL does not.
    check_verify(&desk, &issue(issuer, holder), last.minus(seconds(1)), "OK");
    check_verify(&desk, &issue(issuer, holder), last, "certificate has expired");
    check_verify(&desk, &issue(issuer, holder), last.plus(seconds(1)), "certificate has expired");
    let forged = draft().seal(stranger.key()).unwrap();
    check_verify(&desk, &forged, now(), "certificate signature failure");
    let mut critical = draft();
    critical.extensions[3].critical = true;
    critical.extensions[3].extn_id = "1.2.392.200149.8.5.9".parse().unwrap();
    check_verify(&desk, &critical.seal(issuer.key()).unwrap(), now(), "unhandled critical extension");
}

fn check_text(name: &str, der: &[u8], expected: &[&str]) {
    let desk = Desk::new();
    desk.certificate(name, der);
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
        &Attempt::right().certificate,
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
    let desk = Desk::new();
    desk.anchors();
    desk.certificate("issuer.pem", world().issuer.certificate());
    desk.certificate("holder.pem", &Attempt::right().certificate);
    let request = Request::of(
        world().issuer.hashes().certificate(jpki::ocsp::Hash::Sha256, serial(0x0012_3456)),
        Some(crate::world::nonce()),
    );
    desk.put("request.der", request.encode().unwrap());
    let revoked = Status::Revoked { at: now(), reason: Some(jpki::ocsp::Reason::KeyCompromise) };
    let direct = world().issuer.responder();
    let delegated = responder();
    for (who, status, expected) in [
        (&direct, Status::Good, "holder.pem: good"),
        (&delegated, Status::Good, "holder.pem: good"),
        (&delegated, revoked, "holder.pem: revoked"),
        (&delegated, Status::Unknown, "holder.pem: unknown"),
    ] {
        desk.put("response.der", who.answer(&request, now(), None, |_| status).unwrap());
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
    let desk = Desk::new();
    desk.anchors();
    desk.certificate("issuer.pem", world().issuer.certificate());
    desk.certificate("holder.pem", &Attempt::right().certificate);
    for (option, nonce) in [("", true), ("-sha256", true), ("-no_nonce", false)] {
        let (asked, said) = desk.run(&format!("ocsp -issuer issuer.pem {option} -cert holder.pem -reqout request.der"));
        assert!(asked, "{said}");
        let request = Request::parse(&desk.read("request.der")).unwrap();
        assert_eq!(request.nonce().is_some(), nonce);
        assert!(world().issuer.hashes().issued(&request.certificates()[0]));
        desk.put("response.der", responder().answer(&request, now(), None, |_| Status::Good).unwrap());
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
    let desk = Desk::new();
    // Its answers bear the machine's time, so these certificates are valid for a long one.
    let key = SigningKey::generate(Algorithm::EcdsaP384Sha384).unwrap();
    let (from, to) = (at("2000-01-01T00:00:00Z"), at("2049-12-31T23:59:59Z"));
    let purpose = Purpose::Authentication;
    let issuer = Generation::found(purpose, practice(purpose), key, serial(1), from, to).unwrap();
    let delegate = SigningKey::generate(Algorithm::RsaSha256).unwrap();
    let key = world().next_holder.public_key();
    let mut holder = issuer.authentication_draft(&subject(), birth(), key, serial(0x1234), from).unwrap();
    holder.not_after = to;
    desk.certificate("issuer.pem", issuer.certificate());
    let delegated = issuer.issue_ocsp_responder(delegate.public_key(), serial(2), from, to).unwrap();
    desk.certificate("responder.pem", &delegated);
    desk.put("responder.key", pem::encode(pem::PRIVATE_KEY, &delegate.to_pkcs8().unwrap()));

    let anchors = Anchors::of([issuer.certificate()], Policies::simulated()).unwrap();
    let remembered = Remembered::up_to(10);
    let certificate = holder.seal(issuer.key()).unwrap();
    let answer = UnverifiedAnswer { certificate, signature: Vec::new() };
    let trusted = answer.trust(&anchors, &remembered, Grace::Refused, now()).unwrap();
    let request = trusted.ocsp_request(crate::world::nonce());
    desk.put("request.der", request.encode().unwrap());
    for (line, expected) in [
        ("V\t491231235959Z\t\t1234\tunknown\t/C=JP/CN=holder\n", "accepted"),
        ("R\t491231235959Z\t240101000000Z,keyCompromise\t1234\tunknown\t/C=JP/CN=holder\n", "jpki.revocation.revoked"),
        ("V\t491231235959Z\t\t5678\tunknown\t/C=JP/CN=other\n", "jpki.revocation.unknown"),
    ] {
        desk.put("index.txt", line);
        let (answered, said) = desk.run(
            "ocsp -index index.txt -CA issuer.pem -rsigner responder.pem -rkey responder.key -rmd sha256 \
             -reqin request.der -respout response.der",
        );
        assert!(answered, "{said}");
        let response = desk.read("response.der");
        let Reading::Signed(read) = Reading::of(&response).unwrap() else { panic!("{said}") };
        let verdict = trusted.unrevoked(&response, &request, &remembered, read.claims().produced_at);
        assert_eq!(verdict.map_or_else(|refusal| refusal.code(), |_| "accepted"), expected);
    }
}

#[test]
fn openssl_believes_our_lists() {
    let desk = Desk::new();
    desk.anchors();
    desk.certificate("issuer.pem", world().issuer.certificate());
    desk.certificate("holder.pem", &Attempt::right().certificate);
    let check = |revoked: &[u64], expected: &str| {
        let entry = |number: &u64| crl::Revoked {
            serial: serial(*number),
            at: now().minus(seconds(10)),
            reason: Some(jpki::ocsp::Reason::CessationOfOperation),
        };
        let list = crl::List {
            number: 300,
            this_update: now(),
            next_update: now().plus(seconds(86_400)),
            revoked: revoked.iter().map(entry).collect(),
        };
        let list = world().issuer.sign_revocation_list(&list).unwrap();
        desk.put("list.pem", pem::encode(pem::REVOCATION_LIST, &list));
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
    let desk = Desk::new();
    desk.certificate("holder.pem", &Attempt::right().certificate);
    desk.put("signed", crate::world::challenge().to_be_signed());
    desk.put("signature", Attempt::right().signature);
    let (read, said) = desk.run("x509 -in holder.pem -noout -pubkey -out key.pem");
    assert!(read, "{said}");
    let (verified, said) = desk.run("dgst -sha256 -verify key.pem -signature signature signed");
    assert!(verified && said.contains("Verified OK"), "{said}");
}
