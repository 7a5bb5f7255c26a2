//! Other people's programs as clients of the running responder and as judges of everything that is issued.

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

/// Everything runs on one runtime: keys are slow to make, so the room is opened once.
static RUNTIME: LazyLock<tokio::runtime::Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap());

fn run(test: impl Future<Output = ()>) {
    RUNTIME.block_on(test);
}

/// The room on loopback, on SQLite: what is said on the wire does not depend on the engine.
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
        let (good, bad) = (issue(&authority, now()).await, issue(&authority, now()).await);
        authority.revoke(&bad.issuer, &bad.serial, RevocationReason::KeyCompromise).await.unwrap();
        Self {
            authority,
            url: format!("{origin}/ocsp"),
            valid_certificate: good,
            revoked_certificate: bad,
            _data: folder,
        }
    }

    fn issuer(&self, key: &KeyIdentifier) -> Vec<u8> {
        let known = self.authority.keys().into_iter().find(|known| known.key.identifier() == key);
        known.unwrap().certificate
    }
}

/// The running room, and a folder for the programs of one test.
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
        let desk = Self { running, folder: tempfile::tempdir().unwrap() };
        save(desk.path(), "issuer.pem", &desk.issuer(&desk.valid_certificate.issuer));
        save(desk.path(), "good.pem", &desk.valid_certificate.certificate);
        save(desk.path(), "bad.pem", &desk.revoked_certificate.certificate);
        desk
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a program in the folder, its words apart by one space. Whether it succeeded, and all that it said.
    async fn run(&self, program: &'static str, words: &str) -> (bool, String) {
        let (folder, words) = (self.path().to_owned(), words.to_owned());
        let run = move || Command::new(program).args(words.split_whitespace()).current_dir(folder).output();
        let output = tokio::task::spawn_blocking(run).await.unwrap().expect("the tests need it installed");
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    async fn openssl(&self, more: &str, expected: &[&str]) {
        let words = format!("ocsp -issuer issuer.pem -CAfile issuer.pem -url {} {more}", self.url);
        let (succeeded, said) = self.run("openssl", &words).await;
        assert!(succeeded && said.contains("Response verify OK") && !said.contains("WARNING"), "{more}: {said}");
        for word in expected {
            assert!(said.contains(word), "{more}: {word} is missing in {said}");
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
        // Several in one, each called by its own hash.
        let several = "-sha1 -cert good.pem -sha256 -cert bad.pem -sha256 -serial 0x777777";
        openssl(several, &["good.pem: good", "bad.pem: revoked", "0x777777: unknown"]).await;
        // The answer is by somebody with a certificate for it, and repeats the nonce.
        openssl("-cert good.pem -text", &["OCSP Signing", "OCSP No Check", "OCSP Nonce", "Responder Id: "]).await;
    });
}

#[test]
fn gnutls_asks_and_believes_what_it_is_told() {
    run(async {
        let running = ToolFolder::new().await;
        for (name, expected) in [("good", "Certificate Status: good"), ("bad", "Certificate Status: revoked")] {
            let words = format!(
                "--ask={} --load-cert {name}.pem --load-issuer issuer.pem --load-trust issuer.pem --nonce",
                running.url
            );
            let (_, said) = running.run("ocsptool", &words).await;
            assert!(said.contains(expected), "{said}");
            assert!(said.contains("Verifying OCSP Response: Success"), "{said}");
        }
        // A number that was never given out: the same key, by an issuer of the same name and key who forgot to note it.
        let mut unknown = running.valid_certificate.certificate.clone();
        let number = running.valid_certificate.serial.as_bytes();
        let place = unknown.windows(number.len()).position(|window| window == number).unwrap();
        unknown[place] ^= 0x40;
        save(running.path(), "unknown.pem", &unknown);
        let words =
            format!("--ask={} --load-cert unknown.pem --load-issuer issuer.pem --load-trust issuer.pem", running.url);
        let (_, said) = running.run("ocsptool", &words).await;
        assert!(said.contains("Certificate Status: unknown"), "{said}");
    });
}

#[test]
fn curl_asks_by_address_and_openssl_reads_the_answer() {
    run(async {
        let running = ToolFolder::new().await;
        for (name, expected) in [("good", "good.pem: good"), ("bad", "bad.pem: revoked")] {
            let (asked, said) = running
                .run("openssl", &format!("ocsp -issuer issuer.pem -cert {name}.pem -no_nonce -reqout request.der"))
                .await;
            assert!(asked, "{said}");
            let request = Request::parse(&std::fs::read(running.path().join("request.der")).unwrap()).unwrap();
            let address = format!("{}/{}", running.url, request.encode_path().unwrap());
            let words = format!("--silent --show-error --dump-header head --output response.der {address}");
            let (fetched, said) = running.run("curl", &words).await;
            assert!(fetched, "{said}");
            let head = std::fs::read_to_string(running.path().join("head")).unwrap();
            assert!(head.contains("content-type: application/ocsp-response"), "{head}");
            let words = format!(
                "ocsp -reqin request.der -respin response.der -issuer issuer.pem -cert {name}.pem -CAfile issuer.pem -no_nonce"
            );
            let (_, said) = running.run("openssl", &words).await;
            assert!(said.contains("Response verify OK") && said.contains(expected), "{said}");
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
            let words = format!(
                "--silent --show-error -H content-type:application/ocsp-request {more} -o error {}",
                running.url
            );
            assert!(running.run("curl", &words).await.0);
            let (_, said) = running.run("openssl", "ocsp -respin error -noverify").await;
            assert!(said.contains(expected), "{said}");
        }
        assert!(running.run("curl", &format!("--silent -o error {}/AAAA", running.url)).await.0);
        assert!(running.run("openssl", "ocsp -respin error -noverify").await.1.contains("malformedrequest (1)"));
        // Another authority's certificates are none of its business.
        let practice =
            jpki::Practice::simulated(jpki::Purpose::Authentication, "http://ocsp.localhost", "http://cps.localhost");
        let key = SigningKey::generate(Algorithm::EcdsaP384Sha384).unwrap();
        let (serial, from, to) = (1.try_into().unwrap(), now(), now().plus(Span::from_hours(1)));
        let stranger =
            jpki::Generation::create(jpki::Purpose::Authentication, practice, key, serial, from, to).unwrap();
        save(folder, "stranger.pem", stranger.certificate());
        let words = format!("ocsp -issuer stranger.pem -serial 1 -url {}", running.url);
        assert!(running.run("openssl", &words).await.1.contains("unauthorized (6)"));
    });
}

/// What our own verifier reads in the list, and OpenSSL makes of a certificate with it.
async fn verify_with_openssl(running: &ToolFolder, issued: &IssuedCertificate, time: Timestamp) -> String {
    let all: String =
        running.authority.keys().iter().map(|known| pem::encode(pem::CERTIFICATE, &known.certificate)).collect();
    std::fs::write(running.path().join("all.pem"), all).unwrap();
    let list = running.authority.revocation_list(&issued.issuer).await.unwrap();
    std::fs::write(running.path().join("list.pem"), pem::encode(pem::REVOCATION_LIST, &list)).unwrap();
    save(running.path(), "card.pem", &issued.certificate);
    let words = format!(
        "verify -x509_strict -crl_check -purpose sslclient -policy 1.2.392.200149.8.5.1.0.30 -explicit_policy -attime {} \
         -CAfile all.pem -CRLfile list.pem card.pem",
        time.seconds()
    );
    running.run("openssl", &words).await.1
}

#[test]
fn openssl_believes_every_generation_renewals_and_the_next_card() {
    run(async {
        let running = ToolFolder::new().await;
        let authority = &running.authority;
        let years = |years: i64| now().minus(Span::from_hours(8766 * years));
        let mut issuers = Vec::new();
        for began in [4, 2, 0] {
            // For the cards of today there are generations since nine years, five and one.
            let issued = issue(authority, years(began)).await;
            let said = verify_with_openssl(&running, &issued, now()).await;
            assert!(said.contains("card.pem: OK"), "{said}");
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
        let said = verify_with_openssl(&running, &next, now()).await;
        assert!(said.contains("certificate revoked"), "{said}");
    });
}

fn key(algorithm: Algorithm) -> jpki::PublicKey {
    SigningKey::generate(algorithm).unwrap().public_key().clone()
}

#[tokio::test]
async fn a_list_is_made_when_something_was_revoked_or_the_last_has_grown_old() {
    for (engine, location, _folder) in test_database::locations() {
        let mut with = settings(&location, "http://authority.localhost:8400", "master");
        with.clock = base::Clock::starting_at(now());
        let authority = Authority::open(with.clone()).await.unwrap();
        let other = Authority::open(with.clone()).await.unwrap();
        let issued = issue(&authority, now()).await;
        let list = async |authority: &Authority| authority.revocation_list(&issued.issuer).await.unwrap();
        let number = |list: &[u8]| authority.anchors().verify_list(list).unwrap().number().unwrap().to_vec();
        let first = list(&authority).await;
        assert_eq!(list(&other).await, first, "{engine}: one list for every node");
        other.revoke(&issued.issuer, &issued.serial, RevocationReason::KeyCompromise).await.unwrap();
        let second = list(&authority).await;
        assert_eq!((number(&first), number(&second)), (vec![1], vec![2]), "{engine}");
        assert_eq!(authority.anchors().verify_list(&second).unwrap().len(), 1);
        with.clock.set(with.clock.now().plus(Span::from_hours(11)));
        assert_eq!(list(&authority).await, second);
        with.clock.set(with.clock.now().plus(Span::from_hours(2)));
        let third = list(&authority).await;
        assert_eq!(number(&third), [3]);
        // Set back: a list of the future is none, and the numbers go on.
        with.clock.set(with.clock.now().minus(Span::from_hours(48)));
        assert_eq!(number(&list(&authority).await), [4]);
        let machines = authority.machine_revocation_list().await.unwrap();
        assert_eq!(other.machine_revocation_list().await.unwrap(), machines);
        let server = authority.issue_server(&["server.localhost"], &[]).await.unwrap();
        authority.revoke_machine(&server.serial).await.unwrap();
        assert_ne!(other.machine_revocation_list().await.unwrap(), machines);
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
        let words =
            "ocsp -issuer issuer.pem -cert good.pem -issuer earlier-issuer.pem -cert earlier.pem -reqout both.der";
        assert!(running.run("openssl", words).await.0);
        let request = Request::parse(&std::fs::read(running.path().join("both.der")).unwrap()).unwrap();
        assert_eq!(request.certificates().len(), 2);
        let answer = running.authority.ocsp_response(&request).await;
        assert!(matches!(
            ParsedResponse::parse(&answer),
            Ok(ParsedResponse::Error(jpki::ocsp::ErrorStatus::Unauthorized))
        ));
        let alone = Request::new(request.certificates()[1].clone(), None);
        let answer = running.authority.ocsp_response(&alone).await;
        let Ok(ParsedResponse::Signed(response)) = ParsedResponse::parse(&answer) else { panic!("no answer") };
        assert_eq!(response.claims().responses[0].status, CertificateStatus::Good);
    });
}
