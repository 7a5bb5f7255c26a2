//! Independent programs as clients of the running responder and as verifiers of everything that is issued.

use std::{ops::Deref, path::Path, process::Command, sync::LazyLock};

use base::{Span, Timestamp};
use database::test_database;
use jpki::{
    Algorithm, KeyIdentifier, SigningKey,
    ocsp::{CertificateStatus, ParsedResponse, Request, RevocationReason},
    pem,
};
use tokio::sync::OnceCell;

use crate::{
    Authority, IssuedCertificate,
    tests::{birth, issue, now, save, settings, subject},
};

/// All tests share one runtime and one authority, since generating keys is slow.
static RUNTIME: LazyLock<tokio::runtime::Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap());

fn run(test: impl Future<Output = ()>) {
    RUNTIME.block_on(test);
}

/// An authority on loopback, on SQLite: its responses do not depend on the engine.
struct RunningAuthority {
    authority: Authority,
    url: String,
    valid_certificate: IssuedCertificate,
    revoked_certificate: IssuedCertificate,
    _data: tempfile::TempDir,
}

impl RunningAuthority {
    async fn start() -> Self {
        let (_, location, folder) = test_database::locations().swap_remove(0);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let authority = Authority::open(settings(&location, &origin, "master")).await.unwrap();
        let pages = authority.router();
        tokio::spawn(async move { axum::serve(listener, pages).await });
        let (valid_certificate, revoked_certificate) = (issue(&authority, now()).await, issue(&authority, now()).await);
        authority
            .revoke(&revoked_certificate.issuer, &revoked_certificate.serial, RevocationReason::KeyCompromise)
            .await
            .unwrap();
        Self { authority, url: format!("{origin}/ocsp"), valid_certificate, revoked_certificate, _data: folder }
    }

    fn issuer(&self, key: &KeyIdentifier) -> Vec<u8> {
        let authority_key =
            self.authority.keys().into_iter().find(|authority_key| authority_key.key.identifier() == key);
        authority_key.unwrap().certificate
    }
}

/// The running authority, and a folder for the programs of one test.
struct ToolFolder {
    running: &'static RunningAuthority,
    folder: tempfile::TempDir,
}

impl Deref for ToolFolder {
    type Target = RunningAuthority;

    fn deref(&self) -> &RunningAuthority {
        self.running
    }
}

impl ToolFolder {
    async fn new() -> Self {
        static RUNNING: OnceCell<RunningAuthority> = OnceCell::const_new();
        let running = RUNNING.get_or_init(RunningAuthority::start).await;
        let tools = Self { running, folder: tempfile::tempdir().unwrap() };
        save(tools.path(), "issuer.pem", &tools.issuer(&tools.valid_certificate.issuer));
        save(tools.path(), "good.pem", &tools.valid_certificate.certificate);
        save(tools.path(), "bad.pem", &tools.revoked_certificate.certificate);
        tools
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a program in the folder, with arguments separated by spaces. Returns whether it succeeded, and its output.
    async fn run(&self, program: &'static str, arguments: &str) -> (bool, String) {
        let (folder, arguments) = (self.path().to_owned(), arguments.to_owned());
        let run = move || Command::new(program).args(arguments.split_whitespace()).current_dir(folder).output();
        let output = tokio::task::spawn_blocking(run).await.unwrap().expect("the tests need it installed");
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&text).into_owned())
    }

    async fn openssl(&self, more: &str, expected: &[&str]) {
        let arguments = format!("ocsp -issuer issuer.pem -CAfile issuer.pem -url {} {more}", self.url);
        let (succeeded, output) = self.run("openssl", &arguments).await;
        assert!(succeeded && output.contains("Response verify OK") && !output.contains("WARNING"), "{more}: {output}");
        for text in expected {
            assert!(output.contains(text), "{more}: {text} is missing in {output}");
        }
    }
}

#[test]
fn openssl_asks_in_every_way_that_it_has() {
    run(async {
        let running = ToolFolder::new().await;
        let openssl = async |more: &str, expected: &[&str]| running.openssl(more, expected).await;
        openssl("-cert good.pem", &["good.pem: good"]).await;
        openssl("-cert bad.pem", &["bad.pem: revoked", "Reason: keyCompromise"]).await;
        openssl("-sha256 -cert bad.pem", &["bad.pem: revoked"]).await;
        openssl("-sha1 -serial 0x777777", &["0x777777: unknown"]).await;
        openssl("-no_nonce -cert good.pem", &["good.pem: good"]).await;
        // Several in one request, each with its own hash algorithm.
        let several = "-sha1 -cert good.pem -sha256 -cert bad.pem -sha256 -serial 0x777777";
        openssl(several, &["good.pem: good", "bad.pem: revoked", "0x777777: unknown"]).await;
        // The response is signed by a delegated responder, and repeats the nonce.
        openssl("-cert good.pem -text", &["OCSP Signing", "OCSP No Check", "OCSP Nonce", "Responder Id: "]).await;
    });
}

#[test]
fn gnutls_asks_and_believes_what_it_is_told() {
    run(async {
        let running = ToolFolder::new().await;
        for (name, expected) in [("good", "Certificate Status: good"), ("bad", "Certificate Status: revoked")] {
            let arguments = format!(
                "--ask={} --load-cert {name}.pem --load-issuer issuer.pem --load-trust issuer.pem --nonce",
                running.url
            );
            let (_, output) = running.run("ocsptool", &arguments).await;
            assert!(output.contains(expected), "{output}");
            assert!(output.contains("Verifying OCSP Response: Success"), "{output}");
        }
        // A serial number that was never issued, in an otherwise identical certificate.
        let mut unknown = running.valid_certificate.certificate.clone();
        let number = running.valid_certificate.serial.as_bytes();
        let position = unknown.windows(number.len()).position(|window| window == number).unwrap();
        unknown[position] ^= 0x40;
        save(running.path(), "unknown.pem", &unknown);
        let arguments =
            format!("--ask={} --load-cert unknown.pem --load-issuer issuer.pem --load-trust issuer.pem", running.url);
        let (_, output) = running.run("ocsptool", &arguments).await;
        assert!(output.contains("Certificate Status: unknown"), "{output}");
    });
}

#[test]
fn curl_asks_by_address_and_openssl_reads_the_answer() {
    run(async {
        let running = ToolFolder::new().await;
        for (name, expected) in [("good", "good.pem: good"), ("bad", "bad.pem: revoked")] {
            let (succeeded, output) = running
                .run("openssl", &format!("ocsp -issuer issuer.pem -cert {name}.pem -no_nonce -reqout request.der"))
                .await;
            assert!(succeeded, "{output}");
            let request = Request::parse(&std::fs::read(running.path().join("request.der")).unwrap()).unwrap();
            let address = format!("{}/{}", running.url, request.encode_path().unwrap());
            let arguments = format!("--silent --show-error --dump-header head --output response.der {address}");
            let (fetched, output) = running.run("curl", &arguments).await;
            assert!(fetched, "{output}");
            let head = std::fs::read_to_string(running.path().join("head")).unwrap();
            assert!(head.contains("content-type: application/ocsp-response"), "{head}");
            let arguments = format!(
                "ocsp -reqin request.der -respin response.der -issuer issuer.pem -cert {name}.pem -CAfile issuer.pem -no_nonce"
            );
            let (_, output) = running.run("openssl", &arguments).await;
            assert!(output.contains("Response verify OK") && output.contains(expected), "{output}");
        }
    });
}

#[test]
fn what_cannot_be_answered_has_the_right_error() {
    run(async {
        let running = ToolFolder::new().await;
        let folder = running.path();
        std::fs::write(folder.join("nonsense"), b"nonsense").unwrap();
        std::fs::write(folder.join("nothing"), b"").unwrap();
        for (more, expected) in
            [("--data-binary @nonsense", "malformedrequest (1)"), ("--data-binary @nothing", "malformedrequest (1)")]
        {
            let arguments = format!(
                "--silent --show-error -H content-type:application/ocsp-request {more} -o error {}",
                running.url
            );
            assert!(running.run("curl", &arguments).await.0);
            let (_, output) = running.run("openssl", "ocsp -respin error -noverify").await;
            assert!(output.contains(expected), "{output}");
        }
        assert!(running.run("curl", &format!("--silent -o error {}/AAAA", running.url)).await.0);
        assert!(running.run("openssl", "ocsp -respin error -noverify").await.1.contains("malformedrequest (1)"));
        // Certificates of another authority.
        let practice =
            jpki::Practice::simulated(jpki::Purpose::Authentication, "http://ocsp.localhost", "http://cps.localhost");
        let key = SigningKey::generate(Algorithm::EcdsaP384Sha384).unwrap();
        let (serial, not_before, not_after) = (1.try_into().unwrap(), now(), now().plus(Span::from_hours(1)));
        let stranger =
            jpki::Generation::create(jpki::Purpose::Authentication, practice, key, serial, not_before, not_after)
                .unwrap();
        save(folder, "stranger.pem", stranger.certificate());
        let arguments = format!("ocsp -issuer stranger.pem -serial 1 -url {}", running.url);
        assert!(running.run("openssl", &arguments).await.1.contains("unauthorized (6)"));
    });
}

/// The output of `openssl verify` on a certificate with the current revocation list.
async fn verify_with_openssl(running: &ToolFolder, issued: &IssuedCertificate, time: Timestamp) -> String {
    let all: String = running
        .authority
        .keys()
        .iter()
        .map(|authority_key| pem::encode(pem::CERTIFICATE, &authority_key.certificate))
        .collect();
    std::fs::write(running.path().join("all.pem"), all).unwrap();
    let list = running.authority.revocation_list(&issued.issuer).await.unwrap();
    std::fs::write(running.path().join("list.pem"), pem::encode(pem::REVOCATION_LIST, &list)).unwrap();
    save(running.path(), "card.pem", &issued.certificate);
    let arguments = format!(
        "verify -x509_strict -crl_check -purpose sslclient -policy 1.2.392.200149.8.5.1.0.30 -explicit_policy -attime {} \
         -CAfile all.pem -CRLfile list.pem card.pem",
        time.seconds()
    );
    running.run("openssl", &arguments).await.1
}

#[test]
fn openssl_believes_every_generation_renewals_and_the_next_card() {
    run(async {
        let running = ToolFolder::new().await;
        let authority = &running.authority;
        let years = |years: i64| now().minus(Span::from_hours(8766 * years));
        let mut issuers = Vec::new();
        for began in [4, 2, 0] {
            // The generations for today's cards are nine, five and one years old.
            let issued = issue(authority, years(began)).await;
            let output = verify_with_openssl(&running, &issued, now()).await;
            assert!(output.contains("card.pem: OK"), "{output}");
            issuers.push(issued.issuer);
        }
        let first =
            authority.issue_authentication(subject(), birth(), key(Algorithm::RsaSha256), years(6)).await.unwrap();
        assert!(!issuers.contains(&first.issuer), "of the first generation");
        assert!(
            verify_with_openssl(&running, &first, years(5)).await.contains("CRL is not yet valid"),
            "its list is of today"
        );

        let next =
            authority.issue_authentication(subject(), birth(), key(Algorithm::EcdsaP384Sha384), now()).await.unwrap();
        assert!(verify_with_openssl(&running, &next, now()).await.contains("card.pem: OK"));
        let old = (&next.issuer, &next.serial);
        let renewed =
            authority.renew_authentication(old, subject(), birth(), key(Algorithm::EcdsaP384Sha384)).await.unwrap();
        assert_eq!(renewed.issuer, next.issuer);
        assert!(verify_with_openssl(&running, &renewed, now()).await.contains("card.pem: OK"));
        let output = verify_with_openssl(&running, &next, now()).await;
        assert!(output.contains("certificate revoked"), "{output}");
    });
}

fn key(algorithm: Algorithm) -> jpki::PublicKey {
    SigningKey::generate(algorithm).unwrap().public_key().clone()
}

#[tokio::test]
async fn a_list_is_made_when_something_was_revoked_or_the_last_has_grown_old() {
    for (engine, location, _folder) in test_database::locations() {
        let mut settings = settings(&location, "http://authority.localhost:8400", "master");
        settings.clock = base::Clock::stopped_at(now());
        let authority = Authority::open(settings.clone()).await.unwrap();
        let other_node = Authority::open(settings.clone()).await.unwrap();
        let issued = issue(&authority, now()).await;
        let list = async |authority: &Authority| authority.revocation_list(&issued.issuer).await.unwrap();
        let number = |list: &[u8]| authority.anchors().verify_list(list).unwrap().number().unwrap().to_vec();
        let first = list(&authority).await;
        assert_eq!(list(&other_node).await, first, "{engine}: one list for every node");
        other_node.revoke(&issued.issuer, &issued.serial, RevocationReason::KeyCompromise).await.unwrap();
        let second = list(&authority).await;
        assert_eq!((number(&first), number(&second)), (vec![1], vec![2]), "{engine}");
        assert_eq!(authority.anchors().verify_list(&second).unwrap().len(), 1);
        settings.clock.set(settings.clock.now().plus(Span::from_hours(11)));
        assert_eq!(list(&authority).await, second);
        settings.clock.set(settings.clock.now().plus(Span::from_hours(2)));
        let third = list(&authority).await;
        assert_eq!(number(&third), [3]);
        // After the clock was set back, the list of the future is not used, and CRL numbers continue.
        settings.clock.set(settings.clock.now().minus(Span::from_hours(48)));
        assert_eq!(number(&list(&authority).await), [4]);
        let machines = authority.machine_revocation_list().await.unwrap();
        assert_eq!(other_node.machine_revocation_list().await.unwrap(), machines);
        let server = authority.issue_server(&["server.localhost"], &[]).await.unwrap();
        authority.revoke_machine(&server.serial).await.unwrap();
        assert_ne!(other_node.machine_revocation_list().await.unwrap(), machines);
    }
}

#[test]
fn a_question_that_mixes_issuers_is_none_of_ours() {
    run(async {
        let running = ToolFolder::new().await;
        let earlier = issue(&running.authority, now().minus(Span::from_hours(8766 * 2))).await;
        assert_ne!(earlier.issuer, running.valid_certificate.issuer);
        save(running.path(), "earlier-issuer.pem", &running.issuer(&earlier.issuer));
        save(running.path(), "earlier.pem", &earlier.certificate);
        let arguments =
            "ocsp -issuer issuer.pem -cert good.pem -issuer earlier-issuer.pem -cert earlier.pem -reqout both.der";
        assert!(running.run("openssl", arguments).await.0);
        let request = Request::parse(&std::fs::read(running.path().join("both.der")).unwrap()).unwrap();
        assert_eq!(request.certificates().len(), 2);
        let response = running.authority.ocsp_response(&request).await;
        assert!(matches!(
            ParsedResponse::parse(&response),
            Ok(ParsedResponse::Error(jpki::ocsp::ErrorStatus::Unauthorized))
        ));
        let single = Request::new(request.certificates()[1].clone(), None);
        let response = running.authority.ocsp_response(&single).await;
        let Ok(ParsedResponse::Signed(response)) = ParsedResponse::parse(&response) else { panic!("no answer") };
        assert_eq!(response.claims().responses[0].status, CertificateStatus::Good);
    });
}
