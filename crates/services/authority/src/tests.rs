//! Tests of the authority on both engines, with OpenSSL as an independent verifier.

use std::{path::Path, process::Command, time::Duration};

use axum::{body::Body, http::Request as HttpRequest};
use base::{Clock, Key, Randomness, ScoreTable, Span, Timestamp, Token};
use database::{Location, test_database};
use http::StatusCode;
use jpki::{
    Algorithm, CertificateCache, Challenge, Gender, Grace, KeyIdentifier, Municipality, PublicKey, Purpose, Serial,
    Signatory, SigningKey, Subject, UnverifiedCardResponse, VerifiedHolder,
    ocsp::{
        CertificateStatus, ErrorStatus, HashAlgorithm, IssuerHashes, Nonce, ParsedResponse, Request, RevocationReason,
    },
    pem,
};
use tower::ServiceExt;

use crate::{Authority, IssuedCertificate, OcspFault, Refusal, Settings};

pub(crate) fn settings(database: &Location, origin: &str, master: &str) -> Settings {
    Settings {
        database: database.clone(),
        master_key: Key::new(&Randomness::repeatable(master)),
        origin: origin.parse().unwrap(),
        clock: Clock::system(),
        randomness: Randomness::system(),
    }
}

const ORIGIN: &str = "http://authority.localhost:8400";

async fn authorities() -> Vec<(&'static str, Authority, Location, tempfile::TempDir)> {
    let mut opened = Vec::new();
    for (engine, location, folder) in test_database::locations() {
        let authority = Authority::open(settings(&location, ORIGIN, "master")).await.unwrap();
        opened.push((engine, authority, location, folder));
    }
    opened
}

fn kiyose() -> Municipality {
    Municipality::new("13221", "Tokyo-to", "Kiyose-shi").unwrap()
}

pub(crate) fn subject() -> Subject {
    Subject::new("997794E9AGCIEG", kiyose(), 3).unwrap()
}

pub(crate) fn birth() -> base::Date {
    base::parse_date("1980-06-15").unwrap()
}

fn public_key() -> PublicKey {
    SigningKey::generate(Algorithm::RsaSha256).unwrap().public_key().clone()
}

pub(crate) async fn issue(authority: &Authority, not_before: Timestamp) -> IssuedCertificate {
    authority.issue_authentication(subject(), birth(), public_key(), not_before).await.unwrap()
}

pub(crate) fn now() -> Timestamp {
    Clock::system().now()
}

#[tokio::test]
async fn what_was_founded_is_there_after_opening_again_and_only_under_its_master_key() {
    for (engine, authority, location, _folder) in authorities().await {
        let before = (authority.certificates(Purpose::Authentication), authority.machine_root().to_vec());
        assert_eq!(before.0.len(), 4, "{engine}");
        let issued = issue(&authority, now()).await;
        drop(authority);
        let reopened = Authority::open(settings(&location, ORIGIN, "master")).await.unwrap();
        assert_eq!((reopened.certificates(Purpose::Authentication), reopened.machine_root().to_vec()), before);
        assert_eq!(reopened.status(&issued.issuer, &issued.serial).await.unwrap(), CertificateStatus::Good);
        let with_other_key = Authority::open(settings(&location, ORIGIN, "another")).await;
        let is_other_key =
            matches!(with_other_key.err(), Some(Refusal::Opening(database::MigrationError::OtherKey(_))));
        assert!(is_other_key, "{engine}");
    }
}

#[tokio::test]
async fn no_number_is_given_twice_and_a_renewal_revokes_the_old_one() {
    for (engine, authority, _location, _folder) in authorities().await {
        let first = issue(&authority, now()).await;
        let second = issue(&authority, now()).await;
        assert_eq!(first.issuer, second.issuer, "{engine}");
        assert_ne!(first.serial, second.serial);
        assert!(first.serial.as_bytes().len() <= 4);
        let old = (&first.issuer, &first.serial);
        let third = authority.renew_authentication(old, subject(), birth(), public_key()).await.unwrap();
        let status = authority.status(&first.issuer, &first.serial).await.unwrap();
        assert!(
            matches!(status, CertificateStatus::Revoked { reason: Some(RevocationReason::Superseded), .. }),
            "{status:?}"
        );
        assert_eq!(authority.status(&third.issuer, &third.serial).await.unwrap(), CertificateStatus::Good);
        // A second renewal of the same certificate finds nothing to renew and issues nothing.
        let second_renewal = authority.renew_authentication(old, subject(), birth(), public_key()).await;
        assert!(matches!(second_renewal, Err(Refusal::UnknownSerial(_))));
        authority.revoke(&second.issuer, &second.serial, RevocationReason::KeyCompromise).await.unwrap();
        let status = authority.status(&second.issuer, &second.serial).await.unwrap();
        assert!(matches!(status, CertificateStatus::Revoked { reason: Some(RevocationReason::KeyCompromise), .. }));
        let unknown = authority.status(&second.issuer, &Serial::random(&Randomness::system())).await.unwrap();
        assert_eq!(unknown, CertificateStatus::Unknown);
        let unknown_issuer = KeyIdentifier::from_bytes([1; 20]);
        let refused = authority.revoke(&unknown_issuer, &second.serial, RevocationReason::Unspecified).await;
        assert!(matches!(refused, Err(Refusal::UnknownIssuer(_))));
    }
}

#[tokio::test]
async fn a_certificate_comes_from_the_generation_of_its_time() {
    for (engine, authority, _location, _folder) in authorities().await {
        let years = |years: i64| now().minus(Span::from_hours(8766 * years));
        let old = issue(&authority, years(6)).await;
        let new = issue(&authority, now()).await;
        assert_ne!(old.issuer, new.issuer, "{engine}");
        let none = authority.issue_authentication(subject(), birth(), public_key(), years(20)).await;
        assert!(matches!(none, Err(Refusal::NoGeneration(_))));
        let newest = authority.create_generation(Purpose::Authentication, Algorithm::RsaSha256).await.unwrap();
        assert_eq!(issue(&authority, now().plus(Span::from_secs(1))).await.issuer, newest);
        assert_eq!(authority.certificates(Purpose::Authentication).len(), 5);
        let signatory = Signatory {
            applied_at: now(),
            municipality: kiyose(),
            number: 1,
            counter: 1,
            name: "鈴木花子".to_owned(),
            name_substitutes: vec![false; 4],
            gender: Gender::Female,
            birth: birth(),
            address: "東京都清瀬市".to_owned(),
            address_substitutes: vec![false; 6],
        };
        let signature = authority.issue_signature(signatory, public_key(), now()).await.unwrap();
        assert!(![&old.issuer, &new.issuer, &newest].contains(&&signature.issuer));
        let _anchors = authority.anchors();
    }
}

#[tokio::test]
async fn another_node_learns_of_a_new_generation_when_it_is_asked() {
    for (engine, authority, location, _folder) in authorities().await {
        let other_node = Authority::open(settings(&location, ORIGIN, "master")).await.unwrap();
        authority.create_generation(Purpose::Authentication, Algorithm::RsaSha256).await.unwrap();
        let issued = issue(&authority, now().plus(Span::from_secs(1))).await;
        assert_eq!(
            other_node.status(&issued.issuer, &issued.serial).await.unwrap(),
            CertificateStatus::Good,
            "{engine}"
        );
    }
}

pub(crate) async fn get(authority: &Authority, path: &str) -> (StatusCode, Vec<u8>) {
    let request = HttpRequest::get(path).body(Body::empty()).unwrap();
    let response = authority.router().oneshot(request).await.unwrap();
    let status = response.status();
    (status, axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec())
}

/// The hashes of an issuer in OCSP requests.
async fn issuer_hashes(authority: &Authority, issuer: &KeyIdentifier) -> IssuerHashes {
    let numbered = authority.find_generation(issuer).await.unwrap();
    numbered.generation.issuer_hashes()
}

#[tokio::test]
async fn the_responder_fails_as_it_is_told_and_answers_by_address_too() {
    for (engine, authority, _location, _folder) in authorities().await {
        let issued = issue(&authority, now()).await;
        let certificate = issuer_hashes(&authority, &issued.issuer)
            .await
            .certificate_id(HashAlgorithm::Sha256, issued.serial.clone());
        let nonce = Nonce::new(&Randomness::system());
        let path = format!("/ocsp/{}", Request::new(certificate, Some(nonce.clone())).encode_path().unwrap());
        let (status, body) = get(&authority, &path).await;
        assert_eq!(status, StatusCode::OK, "{engine}");
        let ParsedResponse::Signed(response) = ParsedResponse::parse(&body).unwrap() else {
            panic!("{engine}: no answer")
        };
        assert_eq!(response.claims().responses[0].status, CertificateStatus::Good);
        assert_eq!(response.claims().nonce, Some(nonce));
        let check = async |path: &str, expected: ErrorStatus| {
            let (_, body) = get(&authority, path).await;
            assert!(
                matches!(ParsedResponse::parse(&body), Ok(ParsedResponse::Error(error)) if error == expected),
                "{engine} {path}"
            );
        };
        check("/ocsp/AAAA", ErrorStatus::MalformedRequest).await;
        let stranger = SigningKey::generate(Algorithm::EcdsaP256Sha256).unwrap();
        let generation = authority.find_generation(&issued.issuer).await.unwrap().generation;
        let foreign = IssuerHashes::new(generation.name(), stranger.public_key());
        let foreign = Request::new(foreign.certificate_id(HashAlgorithm::Sha1, issued.serial.clone()), None);
        check(&format!("/ocsp/{}", foreign.encode_path().unwrap()), ErrorStatus::Unauthorized).await;
        authority.set_ocsp_fault(OcspFault::TryLater);
        check(&path, ErrorStatus::TryLater).await;
        authority.set_ocsp_fault(OcspFault::Down);
        assert_eq!(get(&authority, &path).await.0, StatusCode::SERVICE_UNAVAILABLE);
        authority.set_ocsp_fault(OcspFault::Slow(Duration::from_millis(20)));
        let began = std::time::Instant::now();
        assert_eq!(get(&authority, &path).await.0, StatusCode::OK);
        assert!(began.elapsed() >= Duration::from_millis(20));
    }
}

/// Verifies a certificate with this workspace's verifier and a response of the responder.
async fn verify_response(
    authority: &Authority,
    key: &SigningKey,
    certificate: Vec<u8>,
) -> Result<VerifiedHolder, jpki::Refusal> {
    let challenge = Challenge {
        origin: "http://reception.localhost:8400".to_owned(),
        nonce: Randomness::system().bytes(),
        ticket: Token::new(&Randomness::system()).digest(),
    };
    let signature = key.sign(&challenge.to_be_signed()).unwrap();
    let cache = CertificateCache::with_capacity(10);
    let card_response = UnverifiedCardResponse { certificate, signature };
    let trusted = card_response.verify_certificate(&authority.anchors(), &cache, Grace::Refused, now())?;
    assert_eq!(trusted.ocsp_address(), Some("http://authority.localhost:8400/ocsp"));
    let request = trusted.ocsp_request(Nonce::new(&Randomness::system()));
    let response = authority.ocsp_response(&request).await;
    trusted.verify_ocsp_response(&response, &request, &cache, now())?.verify_signature(&challenge)
}

#[tokio::test]
async fn the_verifier_of_the_house_believes_what_stands_and_nothing_else() {
    for (engine, authority, _location, _folder) in authorities().await {
        let key = SigningKey::generate(Algorithm::RsaSha256).unwrap();
        let issued = authority.issue_authentication(subject(), birth(), key.public_key().clone(), now()).await.unwrap();
        let holder = verify_response(&authority, &key, issued.certificate.clone()).await.unwrap();
        assert_eq!((holder.issuer(), holder.serial()), (&issued.issuer, &issued.serial), "{engine}");
        authority.revoke(&issued.issuer, &issued.serial, RevocationReason::KeyCompromise).await.unwrap();
        assert!(verify_response(&authority, &key, issued.certificate).await.is_err(), "{engine}");
    }
}

struct OpensslOutput {
    success: bool,
    output: String,
}

async fn openssl(folder: &Path, arguments: &[&str]) -> OpensslOutput {
    let (folder, arguments) = (folder.to_owned(), arguments.iter().map(ToString::to_string).collect::<Vec<_>>());
    let run = move || Command::new("openssl").args(arguments).current_dir(folder).output();
    let output = tokio::task::spawn_blocking(run).await.unwrap().expect("openssl runs");
    let text = [output.stdout, output.stderr].concat();
    OpensslOutput { success: output.status.success(), output: String::from_utf8_lossy(&text).into_owned() }
}

pub(crate) fn save(folder: &Path, name: &str, certificate: &[u8]) {
    std::fs::write(folder.join(name), pem::encode(pem::CERTIFICATE, certificate)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_believes_the_responder_and_the_lists() {
    for (engine, location, folder) in test_database::locations() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let authority = Authority::open(settings(&location, &origin, "master")).await.unwrap();
        let pages = authority.router();
        let serving = tokio::spawn(async move { axum::serve(listener, pages).await });
        let valid = issue(&authority, now()).await;
        let revoked = issue(&authority, now()).await;
        authority.revoke(&revoked.issuer, &revoked.serial, RevocationReason::KeyCompromise).await.unwrap();
        let folder = folder.path();
        let (_, issuer) = get(&authority, &format!("/ca/{}.cer", valid.issuer)).await;
        save(folder, "issuer.pem", &issuer);
        save(folder, "good.pem", &valid.certificate);
        save(folder, "bad.pem", &revoked.certificate);
        let url = format!("{origin}/ocsp");
        let query = async |certificate_arguments: &[&str]| {
            let mut arguments = vec!["ocsp", "-issuer", "issuer.pem", "-CAfile", "issuer.pem", "-url", &url];
            arguments.extend(certificate_arguments);
            openssl(folder, &arguments).await
        };
        let check = |result: OpensslOutput, expected: &str| {
            assert!(result.success, "{engine}: {}", result.output);
            assert!(result.output.contains("Response verify OK"), "{engine}: {}", result.output);
            assert!(result.output.contains(expected), "{engine}: {}", result.output);
        };
        check(query(&["-cert", "good.pem"]).await, "good.pem: good");
        check(query(&["-cert", "bad.pem"]).await, "Reason: keyCompromise");
        check(query(&["-sha256", "-cert", "good.pem"]).await, "good.pem: good");
        check(query(&["-serial", "0x77"]).await, "0x77: unknown");

        let (_, list) = get(&authority, &format!("/crl/{}.crl", valid.issuer)).await;
        std::fs::write(folder.join("list.crl"), list).unwrap();
        let crl = ["crl", "-inform", "DER", "-in", "list.crl", "-CAfile", "issuer.pem", "-noout", "-text"];
        let result = openssl(folder, &crl).await;
        assert!(result.output.contains("verify OK"), "{engine}: {}", result.output);
        assert!(
            result.output.to_lowercase().contains(&format!("serial number: {}", revoked.serial)),
            "{}",
            result.output
        );
        assert!(!result.output.to_lowercase().contains(&format!("serial number: {}", valid.serial)));
        serving.abort();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_believes_the_certificates_of_machines() {
    for (engine, authority, _location, folder) in authorities().await {
        let code = base::InstitutionCode::from_parts(base::Prefecture::from_code(13).unwrap(), ScoreTable::Medical, 1);
        let institution = authority.issue_institution(code).await.unwrap();
        let server = authority.issue_server(&["eligibility.localhost"], &[]).await.unwrap();
        let folder = folder.path();
        save(folder, "root.pem", authority.machine_root());
        save(folder, "institution.pem", &institution.certificate);
        save(folder, "server.pem", &server.certificate);
        let verify = async |purpose: &str, name: &str| {
            openssl(folder, &["verify", "-CAfile", "root.pem", "-purpose", purpose, name]).await
        };
        let result = verify("sslclient", "institution.pem").await;
        assert!(result.success, "{engine}: {}", result.output);
        assert!(verify("sslserver", "server.pem").await.success);
        assert!(!verify("sslserver", "institution.pem").await.success);
        authority.revoke_machine(&institution.serial).await.unwrap();
        assert!(matches!(authority.revoke_machine(&institution.serial).await, Err(Refusal::UnknownSerial(_))));
        let (status, list) = get(&authority, "/crl/machines.crl").await;
        assert_eq!(status, StatusCode::OK);
        std::fs::write(folder.join("machines.crl"), list).unwrap();
        let crl = ["crl", "-inform", "DER", "-in", "machines.crl", "-CAfile", "root.pem", "-noout", "-text"];
        let result = openssl(folder, &crl).await;
        assert!(result.output.contains("verify OK"), "{engine}: {}", result.output);
        assert!(result.output.to_lowercase().contains(&institution.serial.to_string()), "{}", result.output);
    }
}

#[tokio::test]
async fn certificates_and_lists_stand_under_their_names_and_nothing_else_does() {
    let (_, authority, _location, _folder) = authorities().await.remove(0);
    for path in ["/ca/authentication.pem", "/ca/signature.pem", "/ca/machines.pem", "/crl/authentication.crl"] {
        assert_eq!(get(&authority, path).await.0, StatusCode::OK, "{path}");
    }
    for path in ["/ca/other.pem", "/ca/00.cer", "/crl/other.crl", "/crl/authentication", "/"] {
        assert_eq!(get(&authority, path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}
