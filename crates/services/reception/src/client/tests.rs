//! Both sources over HTTP, with every failure, and OpenSSL's own responder.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base::{Clock, Randomness, Span, Timestamp};
use http::StatusCode;
use jpki::{
    Algorithm, Anchors, CertificateCache, Generation, Grace, Municipality, Policies, Practice, Purpose, Serial,
    SigningKey, Subject, TrustedCertificate, UnverifiedCardResponse, crl,
    ocsp::{CertificateStatus, ErrorStatus, Request, ResponderName, RevocationReason},
    pem,
    verify::MAX_CACHE_DURATION,
};
use web::Refuse;

use super::{Responder, RevocationChecker, RevocationSource};
use crate::Refusal;

const SERIAL: u64 = 0x0012_3456;

fn timestamp(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    timestamp("2026-11-24T09:00:00+09:00")
}

fn seconds(count: i64) -> Span {
    Span::from_secs(count)
}

fn generation() -> Generation {
    let practice = Practice::simulated(Purpose::Authentication, "http://ocsp.localhost", "http://cps.localhost");
    let key = SigningKey::generate(Algorithm::EcdsaP384Sha384).unwrap();
    let (not_before, not_after) = (timestamp("2020-01-01T00:00:00Z"), timestamp("2049-12-31T23:59:59Z"));
    Generation::create(Purpose::Authentication, practice, key, Serial::try_from(1).unwrap(), not_before, not_after)
        .unwrap()
}

/// How the authority responds.
#[derive(Clone)]
enum ResponderBehaviour {
    Status(CertificateStatus, Option<Span>),
    WithoutNonce,
    Bytes(Vec<u8>),
    Unavailable,
}

/// An authority over HTTP that behaves as the test sets it, and counts requests.
struct Authority {
    generation: Generation,
    clock: Clock,
    state: Mutex<AuthorityState>,
}

struct AuthorityState {
    behaviour: ResponderBehaviour,
    list: Option<Vec<u8>>,
    ocsp_queries: usize,
    list_fetches: usize,
    last_response: Vec<u8>,
}

async fn serve_ocsp(State(authority): State<Arc<Authority>>, body: Bytes) -> Response {
    let now = authority.clock.now();
    let request = Request::parse(&body).unwrap();
    let mut state = authority.state.lock().unwrap();
    state.ocsp_queries += 1;
    let response = match state.behaviour.clone() {
        ResponderBehaviour::Status(status, next) => authority
            .generation
            .responder()
            .respond(&request, now, next.map(|next| now.plus(next)), |_| status)
            .unwrap(),
        ResponderBehaviour::WithoutNonce => {
            let request = Request::new(request.certificates()[0].clone(), None);
            authority.generation.responder().respond(&request, now, None, |_| CertificateStatus::Good).unwrap()
        }
        ResponderBehaviour::Bytes(bytes) => bytes,
        ResponderBehaviour::Unavailable => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    state.last_response.clone_from(&response);
    response.into_response()
}

async fn serve_list(State(authority): State<Arc<Authority>>, Path(name): Path<String>) -> Response {
    let mut state = authority.state.lock().unwrap();
    state.list_fetches += 1;
    assert_eq!(name, format!("{}.crl", authority.generation.key_identifier()));
    state.list.clone().map_or(StatusCode::SERVICE_UNAVAILABLE.into_response(), IntoResponse::into_response)
}

struct RevocationFixture {
    authority: Arc<Authority>,
    revocation: RevocationChecker,
    clock: Clock,
    certificate: Vec<u8>,
}

impl RevocationFixture {
    /// With a responder that says good and a list without entries.
    async fn new() -> Self {
        let (generation, clock) = (generation(), Clock::stopped_at(now()));
        let state = AuthorityState {
            behaviour: ResponderBehaviour::Status(CertificateStatus::Good, None),
            list: None,
            ocsp_queries: 0,
            list_fetches: 0,
            last_response: Vec::new(),
        };
        let authority = Arc::new(Authority { generation, clock: clock.clone(), state: Mutex::new(state) });
        let routes = Router::new().route("/ocsp", post(serve_ocsp)).route("/crl/{name}", get(serve_list));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let app = routes.with_state(authority.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let revocation =
            revocation_checker(&authority.generation, &format!("{origin}/ocsp"), &format!("{origin}/crl"), &clock);
        let world = Self { certificate: certificate(&authority.generation), authority, revocation, clock };
        world.publish_list(&world.new_list(1, vec![]));
        world
    }

    fn new_list(&self, number: u64, revoked: Vec<crl::RevokedCertificate>) -> crl::RevocationListDraft {
        let now = self.clock.now();
        crl::RevocationListDraft { number, this_update: now, next_update: now.plus(seconds(86_400)), revoked }
    }

    fn publish_list(&self, list: &crl::RevocationListDraft) {
        self.publish_bytes(Some(self.authority.generation.sign_revocation_list(list).unwrap()));
    }

    fn publish_bytes(&self, list: Option<Vec<u8>>) {
        self.authority.state.lock().unwrap().list = list;
    }

    fn set_behaviour(&self, behaviour: ResponderBehaviour) {
        self.authority.state.lock().unwrap().behaviour = behaviour;
    }

    /// How often the responder was queried and the list was fetched.
    fn request_counts(&self) -> (usize, usize) {
        let state = self.authority.state.lock().unwrap();
        (state.ocsp_queries, state.list_fetches)
    }

    fn set_elapsed(&self, count: i64) {
        self.clock.set(now().plus(seconds(count)));
    }

    async fn check(&self, expected: &str) {
        let trusted = trusted_certificate(&self.authority.generation, self.certificate.clone(), self.clock.now());
        assert_eq!(outcome_code(&self.revocation, &trusted).await, expected);
    }
}

fn revocation_checker(generation: &Generation, responder: &str, lists: &str, clock: &Clock) -> RevocationChecker {
    let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let source = RevocationSource {
        responder: Responder::new(http.clone(), responder.parse().unwrap()),
        lists: lists.parse().unwrap(),
        http,
        clock: clock.clone(),
        randomness: Randomness::system(),
    };
    RevocationChecker::new(source, anchors(generation))
}

fn anchors(generation: &Generation) -> Anchors {
    Anchors::new([generation.certificate()], Policies::simulated()).unwrap()
}

fn certificate(generation: &Generation) -> Vec<u8> {
    let town = Municipality::new("13221", "Tokyo-to", "Kiyose-shi").unwrap();
    let subject = Subject::new("997794E9AGCIEG", town, 3).unwrap();
    let birth = base::parse_date("1980-06-15").unwrap();
    let key = SigningKey::generate(Algorithm::EcdsaP384Sha384).unwrap();
    let serial = Serial::try_from(SERIAL).unwrap();
    generation
        .issue_authentication(&subject, birth, key.public_key(), serial, timestamp("2025-01-01T00:00:00Z"))
        .unwrap()
}

fn trusted_certificate(generation: &Generation, certificate: Vec<u8>, now: Timestamp) -> TrustedCertificate {
    let response = UnverifiedCardResponse { certificate, signature: Vec::new() };
    response.verify_certificate(&anchors(generation), &CertificateCache::with_capacity(0), Grace::Granted, now).unwrap()
}

async fn outcome_code(revocation: &RevocationChecker, trusted: &TrustedCertificate) -> &'static str {
    match revocation.check(trusted, &CertificateCache::with_capacity(0)).await {
        Ok(_) => "stands",
        Err(error) => Refusal::from(error).code(),
    }
}

fn revoked_entry(reason: Option<RevocationReason>) -> crl::RevokedCertificate {
    crl::RevokedCertificate { serial: Serial::try_from(SERIAL).unwrap(), revoked_at: now().minus(seconds(60)), reason }
}

const REVOKED: &str = "jpki.revocation.revoked";
const UNAVAILABLE: &str = "reception.card.responder_silent";
const GOOD: ResponderBehaviour = ResponderBehaviour::Status(CertificateStatus::Good, None);

#[tokio::test]
async fn a_responder_without_a_next_update_is_asked_every_time() {
    let world = RevocationFixture::new().await;
    world.check("stands").await;
    world.check("stands").await;
    assert_eq!(world.request_counts(), (2, 0));
    world.set_behaviour(ResponderBehaviour::Status(
        CertificateStatus::Revoked { revoked_at: now(), reason: None },
        None,
    ));
    world.check(REVOKED).await;
    world.set_behaviour(ResponderBehaviour::Status(CertificateStatus::Unknown, None));
    world.check("jpki.revocation.unknown").await;
    assert_eq!(world.request_counts(), (4, 0), "the list is not fetched if the responder gave a status");
}

#[tokio::test]
async fn a_word_is_kept_until_its_next_update_and_never_longer_than_our_own_limit() {
    let world = RevocationFixture::new().await;
    world.set_behaviour(ResponderBehaviour::Status(CertificateStatus::Good, Some(seconds(60))));
    world.check("stands").await;
    world.set_behaviour(ResponderBehaviour::Unavailable);
    world.publish_bytes(None);
    world.set_elapsed(59);
    world.check("stands").await;
    assert_eq!(world.request_counts(), (1, 0));
    world.set_elapsed(62);
    world.check(UNAVAILABLE).await;
    world.set_behaviour(ResponderBehaviour::Status(CertificateStatus::Good, Some(seconds(86_400))));
    world.check("stands").await;
    world.set_behaviour(ResponderBehaviour::Unavailable);
    world.set_elapsed(62 + MAX_CACHE_DURATION.as_secs() - 1);
    world.check("stands").await;
    world.set_elapsed(62 + MAX_CACHE_DURATION.as_secs() + 2);
    world.check(UNAVAILABLE).await;
    // The clock was set back to before the response came.
    world.set_behaviour(ResponderBehaviour::Status(CertificateStatus::Good, Some(seconds(60))));
    world.check("stands").await;
    world.set_behaviour(ResponderBehaviour::Unavailable);
    world.set_elapsed(0);
    world.check(UNAVAILABLE).await;
}

#[tokio::test]
async fn where_the_responder_is_silent_the_list_speaks_and_without_both_nobody_is_let_in() {
    let world = RevocationFixture::new().await;
    for behaviour in [
        ResponderBehaviour::Unavailable,
        ResponderBehaviour::Bytes(ErrorStatus::TryLater.encode()),
        ResponderBehaviour::Bytes(ErrorStatus::Unauthorized.encode()),
    ] {
        world.set_behaviour(behaviour);
        world.check("stands").await;
    }
    // It is fetched once and then cached, up to the limit.
    assert_eq!(world.request_counts(), (3, 1));
    world.publish_list(&world.new_list(2, vec![revoked_entry(Some(RevocationReason::KeyCompromise))]));
    world.check("stands").await;
    world.set_elapsed(MAX_CACHE_DURATION.as_secs() + 2);
    world.check(REVOKED).await;
    assert_eq!(world.request_counts().1, 2);
    world.publish_bytes(None);
    world.set_elapsed(2 * MAX_CACHE_DURATION.as_secs() + 5);
    world.check(UNAVAILABLE).await;
}

#[tokio::test]
async fn who_is_on_a_list_at_hand_is_revoked_whatever_the_responder_says() {
    let world = RevocationFixture::new().await;
    world.set_behaviour(ResponderBehaviour::Unavailable);
    world.publish_list(&world.new_list(2, vec![revoked_entry(None)]));
    world.check(REVOKED).await;
    world.set_behaviour(GOOD);
    world.check(REVOKED).await;
    world.set_elapsed(200_000);
    world.check(REVOKED).await;
}

#[tokio::test]
async fn a_list_is_fresh_of_the_right_key_and_not_older_than_one_seen_before() {
    let world = RevocationFixture::new().await;
    world.set_behaviour(ResponderBehaviour::Unavailable);
    let yesterday = world.new_list(1, vec![]);
    let stale = crl::RevocationListDraft {
        this_update: now().minus(seconds(90_000)),
        next_update: now().minus(seconds(1)),
        ..yesterday.clone()
    };
    world.publish_list(&stale);
    world.check("jpki.crl.overdue").await;
    world.publish_bytes(Some(generation().sign_revocation_list(&yesterday).unwrap()));
    world.check("jpki.crl.issuer").await;
    world.publish_bytes(Some(b"no list".to_vec()));
    world.check("jpki.crl.unreadable").await;
    world.publish_bytes(Some(vec![0; super::LARGEST_LIST + 1]));
    world.check(UNAVAILABLE).await;
    // A newer list was seen, so the earlier one is refused, though its time is not over.
    world.publish_list(&world.new_list(7, vec![]));
    world.check("stands").await;
    world.set_elapsed(MAX_CACHE_DURATION.as_secs() + 2);
    world.publish_list(&crl::RevocationListDraft { number: 6, ..yesterday });
    world.check("jpki.crl.older").await;
}

#[tokio::test]
async fn a_bad_answer_is_not_made_good_by_a_list() {
    let world = RevocationFixture::new().await;
    world.check("stands").await;
    let recorded = world.authority.state.lock().unwrap().last_response.clone();
    world.set_behaviour(ResponderBehaviour::Bytes(recorded));
    world.check("jpki.ocsp.wrong_nonce").await;
    world.set_behaviour(ResponderBehaviour::WithoutNonce);
    world.check("jpki.ocsp.no_nonce").await;
    world.set_behaviour(ResponderBehaviour::Bytes(b"<html>".to_vec()));
    world.check("jpki.ocsp.unreadable").await;
    let stranger = generation();
    let trusted = trusted_certificate(&world.authority.generation, world.certificate.clone(), now());
    let request = trusted.ocsp_request(jpki::ocsp::Nonce::new(&Randomness::system()));
    let mut forged = jpki::ocsp::Response {
        responder: ResponderName::Key(world.authority.generation.key_identifier().clone()),
        produced_at: now(),
        responses: vec![jpki::ocsp::SingleResponse {
            certificate: request.certificates()[0].clone(),
            status: CertificateStatus::Good,
            this_update: now(),
            next_update: None,
        }],
        nonce: request.nonce().cloned(),
    };
    world.set_behaviour(ResponderBehaviour::Bytes(forged.sign(stranger.key(), &[]).unwrap()));
    world.check("jpki.ocsp.signature").await;
    forged.responder = ResponderName::Key(stranger.key_identifier().clone());
    world.set_behaviour(ResponderBehaviour::Bytes(forged.sign(stranger.key(), &[]).unwrap()));
    world.check("jpki.ocsp.stranger").await;
    assert_eq!(world.request_counts().1, 0, "no list was fetched");
}

/// `openssl ocsp` as an independent responder.
struct OpensslResponder {
    process: Child,
    address: String,
}

impl OpensslResponder {
    fn start(folder: &std::path::Path, arguments: &str) -> Self {
        let mut process = Command::new("openssl")
            .args(
                "ocsp -index index.txt -CA issuer.pem -rsigner responder.pem -rkey responder.key -rmd sha256 -port 0"
                    .split(' '),
            )
            .args(arguments.split_whitespace())
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl is installed (the tests need it)");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        // `ACCEPT 0.0.0.0:PORT PID=…`
        let accept_line =
            lines.find_map(|line| line.ok().filter(|line| line.starts_with("ACCEPT "))).expect("it listens");
        let port = accept_line.split([' ', ':']).find_map(|part| part.parse::<u16>().ok()).expect("it names its port");
        Self { process, address: format!("http://127.0.0.1:{port}/") }
    }
}

impl Drop for OpensslResponder {
    fn drop(&mut self) {
        self.process.kill().and_then(|()| self.process.wait()).expect("it ends");
    }
}

#[tokio::test]
async fn we_ask_openssls_responder_and_believe_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let write_file = |name: &str, content: String| std::fs::write(folder.path().join(name), content).unwrap();
    let issuer = generation();
    let delegate = SigningKey::generate(Algorithm::EcdsaP256Sha256).unwrap();
    let (not_before, not_after) = issuer.validity_period();
    let responder = issuer
        .issue_ocsp_responder(delegate.public_key(), Serial::try_from(2).unwrap(), not_before, not_after)
        .unwrap();
    write_file("issuer.pem", pem::encode(pem::CERTIFICATE, issuer.certificate()));
    write_file("responder.pem", pem::encode(pem::CERTIFICATE, &responder));
    write_file("responder.key", pem::encode(pem::PRIVATE_KEY, &delegate.to_pkcs8().unwrap()));
    // It uses the system clock.
    let clock = Clock::system();
    let certificate = certificate(&issuer);
    let trusted = trusted_certificate(&issuer, certificate, clock.now());
    let line = |status: &str, serial: &str| format!("{status}\t{serial}\tunknown\t/C=JP/CN=holder\n");
    for (index, arguments, expected) in [
        (line("V\t491231235959Z\t", "123456"), "", "stands"),
        (line("R\t491231235959Z\t240101000000Z,keyCompromise", "123456"), "", REVOKED),
        (line("V\t491231235959Z\t", "5678"), "", "jpki.revocation.unknown"),
        (line("V\t491231235959Z\t", "123456"), "-nmin 1", "stands"),
    ] {
        write_file("index.txt", index);
        let server = OpensslResponder::start(folder.path(), arguments);
        let checker = revocation_checker(&issuer, &server.address, "http://127.0.0.1:1/crl", &clock);
        assert_eq!(outcome_code(&checker, &trusted).await, expected, "{arguments}");
        if expected == "stands" {
            // The same with a later clock: the response is stale.
            let late = Clock::stopped_at(clock.now().plus(seconds(130)));
            let checker = revocation_checker(&issuer, &server.address, "http://127.0.0.1:1/crl", &late);
            let stale = if arguments.is_empty() { "jpki.ocsp.too_old" } else { "jpki.ocsp.overdue" };
            assert_eq!(outcome_code(&checker, &trusted).await, stale);
            // And cached only until its next update.
            let checker = revocation_checker(&issuer, &server.address, "http://127.0.0.1:1/crl", &clock);
            assert_eq!(outcome_code(&checker, &trusted).await, expected);
            drop(server);
            let after_exit = if arguments.is_empty() { UNAVAILABLE } else { "stands" };
            assert_eq!(outcome_code(&checker, &trusted).await, after_exit);
        }
    }
}
