//! The interface for institutions: which certificates are accepted.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use base::{InstitutionCode, Randomness};
use jpki::{
    Algorithm, SigningKey,
    machine::{MachineAuthority, ValidityPeriod},
};
use oqs::{CharacterCode, Exchange, FileName, Message};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};
use tokio_rustls::TlsConnector;
use web::server::ConnectionSettings;

use super::world::{World, clinic, day, other_clinic, timestamp, worlds};
use crate::{Fingerprint, ServerIdentity};

const NAME: &str = "eligibility.localhost";

/// Stops a test that hangs. No outcome depends on it.
const LONGEST: Duration = Duration::from_mins(1);

fn term() -> ValidityPeriod {
    ValidityPeriod { not_before: timestamp("2020-01-01T00:00:00Z"), not_after: timestamp("2040-01-01T00:00:00Z") }
}

fn key() -> SigningKey {
    SigningKey::generate(Algorithm::EcdsaP256Sha256).unwrap()
}

fn new_authority() -> MachineAuthority {
    MachineAuthority::create(key(), &Randomness::system(), term()).unwrap()
}

struct Client {
    key: SigningKey,
    certificate: Vec<u8>,
}

fn client(authority: &MachineAuthority, code: InstitutionCode, term: ValidityPeriod) -> Client {
    let key = key();
    let issued = authority.issue_client(code, key.public_key(), &Randomness::system(), term).unwrap();
    Client { key, certificate: issued.certificate }
}

/// The status and body of a request over TLS, or nothing if the handshake or the first response fails.
async fn send_request(
    address: SocketAddr,
    root: &[u8],
    client: Option<&Client>,
    code: InstitutionCode,
) -> Option<String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(root.to_vec())).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = match client {
        Some(client) => {
            let key = PrivatePkcs8KeyDer::from(client.key.to_pkcs8().unwrap().to_vec()).into();
            config.with_client_auth_cert(vec![CertificateDer::from(client.certificate.clone())], key).unwrap()
        }
        None => config.with_no_client_auth(),
    };
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from(NAME).unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.ok()?;
    let search = oqs::BulkSearch {
        period: oqs::Period::Examination { from: day("2026-11-24"), to: day("2026-11-24") },
        treatment: oqs::MedicalTreatment::Online,
    };
    let header = oqs::RequestHeader { institution: code.into(), identifier: None, confirmation_date: None };
    let message = Message::BulkSearch(oqs::RequestMessage { header, body: oqs::BulkSearchRequest { search } });
    let body = oqs::write(&message, CharacterCode::Utf8);
    let file = FileName::new(Exchange::OnlineBulkSearch.request(), "1").unwrap();
    let head = format!(
        "POST /oqs/{file} HTTP/1.1\r\nhost: {NAME}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), &body].concat()).await.ok()?;
    let mut response = Vec::new();
    // A server that closes without `close_notify` has sent no response.
    stream.read_to_end(&mut response).await.ok()?;
    String::from_utf8(response).ok().filter(|response| !response.is_empty())
}

/// The interface of a world, with the authority of its certificates.
struct Served {
    authority: MachineAuthority,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

async fn serve(world: &World, connections: ConnectionSettings) -> Served {
    let authority = new_authority();
    let server_key = key();
    let server = authority.issue_server(server_key.public_key(), &[NAME], &[], &Randomness::system(), term()).unwrap();
    let identity = ServerIdentity { certificate: server.certificate, key: server_key };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async move {
        let _ = stopped.await;
    };
    let eligibility = world.eligibility.clone();
    let serving =
        eligibility.serve_institutions(listener, &identity, authority.certificate(), connections, stopped).unwrap();
    Served { authority, address, stop, serving: tokio::spawn(serving) }
}

#[tokio::test]
async fn whoever_shakes_no_hands_is_closed_and_gives_the_place_back() {
    for world in worlds("2026-11-24T09:00:00+09:00").await {
        let settings = ConnectionSettings { max_connections: 1, ..ConnectionSettings::default() };
        let Served { authority, address, stop: _open, .. } = serve(&world, settings).await;
        let admitted = client(&authority, clinic(), term());
        world
            .eligibility
            .admit_certificate(clinic(), Fingerprint::from_certificate(&admitted.certificate))
            .await
            .unwrap();
        // Not TLS.
        let mut foreign = TcpStream::connect(address).await.unwrap();
        foreign.write_all(b"GET /oqs/ HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut response = Vec::new();
        // It may be closed before everything sent was read.
        let _ = tokio::time::timeout(LONGEST, foreign.read_to_end(&mut response)).await.expect("it is closed");
        assert!(!response.starts_with(b"HTTP"), "{response:?}");
        // Silence. The paused clock advances while all tasks wait.
        tokio::time::pause();
        let started = tokio::time::Instant::now();
        let mut silent = TcpStream::connect(address).await.unwrap();
        let outcome = tokio::time::timeout(LONGEST, silent.read(&mut [0; 1])).await.expect("it is closed");
        assert_eq!(outcome.unwrap(), 0);
        assert!(started.elapsed() >= Duration::from_secs(10), "{:?}", started.elapsed());
        tokio::time::resume();
        // The only connection is free again.
        let request = send_request(address, authority.certificate(), Some(&admitted), clinic());
        let response = tokio::time::timeout(LONGEST, request).await.expect("there is a place").expect("an answer");
        assert!(response.starts_with("HTTP/1.1 200"), "{}: {response}", world.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_certificate_of_an_admitted_institution_opens_the_door() {
    for world in worlds("2026-11-24T09:00:00+09:00").await {
        let Served { authority, address, stop, serving } = serve(&world, ConnectionSettings::default()).await;
        let admitted = client(&authority, clinic(), term());
        let fingerprint = Fingerprint::from_certificate(&admitted.certificate);
        world.eligibility.admit_certificate(clinic(), fingerprint).await.unwrap();
        let request =
            async |client: Option<&Client>, code| send_request(address, authority.certificate(), client, code).await;

        let response = request(Some(&admitted), clinic()).await.unwrap();
        assert!(response.starts_with("HTTP/1.1 200"), "{}: {response}", world.engine);
        assert!(response.contains("OQSmuonq01res_1.xml") && response.contains("<SegmentOfResult>1<"), "{response}");
        // Its own certificate with another institution's code.
        let response = request(Some(&admitted), other_clinic()).await.unwrap();
        assert!(response.contains("U002"), "{response}");
        // No certificate; one of another authority; one that has expired by the service's clock.
        assert_eq!(request(None, clinic()).await, None);
        let stranger = client(&new_authority(), clinic(), term());
        world
            .eligibility
            .admit_certificate(clinic(), Fingerprint::from_certificate(&stranger.certificate))
            .await
            .unwrap();
        assert_eq!(request(Some(&stranger), clinic()).await, None);
        let expired = ValidityPeriod { not_after: timestamp("2026-11-24T08:59:59+09:00"), ..term() };
        let expired = client(&authority, clinic(), expired);
        world
            .eligibility
            .admit_certificate(clinic(), Fingerprint::from_certificate(&expired.certificate))
            .await
            .unwrap();
        assert_eq!(request(Some(&expired), clinic()).await, None);
        // Of the same authority but never admitted; admitted and revoked.
        let unknown = client(&authority, clinic(), term());
        assert!(request(Some(&unknown), clinic()).await.unwrap().starts_with("HTTP/1.1 403"));
        assert!(world.eligibility.revoke_certificate(fingerprint).await.unwrap());
        assert!(request(Some(&admitted), clinic()).await.unwrap().starts_with("HTTP/1.1 403"));

        stop.send(()).unwrap();
        serving.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }
}
