//! Machines' certificates, verified by a real TLS library: rustls with its own verifiers, in memory.

use std::{
    fmt,
    io::{Read, Write},
    net::IpAddr,
    sync::Arc,
    time::Duration,
};

use base::{InstitutionCode, Prefecture, Randomness, ScoreTable, Timestamp};
use jpki::{
    Algorithm, SigningKey, crl,
    machine::{self, IssuedCertificate, MachineAuthority, NoInstitution, ValidityPeriod},
    pem,
};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{
        CertificateDer, CertificateRevocationListDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime,
    },
    server::WebPkiClientVerifier,
    time_provider::TimeProvider,
};

use crate::world::{now, seconds, timestamp};

#[derive(Debug)]
struct FixedTime(Timestamp);

impl TimeProvider for FixedTime {
    fn current_time(&self) -> Option<UnixTime> {
        u64::try_from(self.0.seconds()).ok().map(|seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

struct Machines {
    authority: MachineAuthority,
    server: (SigningKey, IssuedCertificate),
    client: (SigningKey, IssuedCertificate),
}

fn term() -> ValidityPeriod {
    ValidityPeriod {
        not_before: timestamp("2026-01-01T00:00:00+09:00"),
        not_after: timestamp("2027-12-31T23:59:59+09:00"),
    }
}

fn institution() -> InstitutionCode {
    InstitutionCode::from_parts(Prefecture::from_code(13).unwrap(), ScoreTable::Medical, 123_456)
}

fn machines() -> Machines {
    let randomness = Randomness::repeatable("machines");
    let key = || SigningKey::generate(Algorithm::EcdsaP256Sha256).unwrap();
    let authority = MachineAuthority::create(key(), &randomness, term()).unwrap();
    let (server, client) = (key(), key());
    let loopback: IpAddr = "127.0.0.1".parse().unwrap();
    let names = ["eligibility.localhost"];
    let issued = authority.issue_server(server.public_key(), &names, &[loopback], &randomness, term()).unwrap();
    let called = authority.issue_client(institution(), client.public_key(), &randomness, term()).unwrap();
    Machines { authority, server: (server, issued), client: (client, called) }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

fn identity((key, issued): &(SigningKey, IssuedCertificate)) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let key = PrivatePkcs8KeyDer::from(key.to_pkcs8().unwrap().to_vec());
    (vec![CertificateDer::from(issued.certificate.clone())], key.into())
}

/// A handshake at `time`, and one message from the client. Returns the client's certificate as received by the server.
fn run_handshake(
    machines: &Machines,
    client: &(SigningKey, IssuedCertificate),
    server_name: &str,
    time: Timestamp,
    list: Option<Vec<u8>>,
) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(machines.authority.certificate().to_vec()))?;
    let roots = Arc::new(roots);
    let lists = list.into_iter().map(CertificateRevocationListDer::from);
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::clone(&roots), provider()).with_crls(lists).build()?;
    let (chain, key) = identity(&machines.server);
    let server = ServerConfig::builder_with_details(provider(), Arc::new(FixedTime(time)))
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)?;
    let (chain, key) = identity(client);
    let client = ClientConfig::builder_with_details(provider(), Arc::new(FixedTime(time)))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)?;
    let mut client = ClientConnection::new(Arc::new(client), ServerName::try_from(server_name.to_owned())?)?;
    let mut server = ServerConnection::new(Arc::new(server))?;
    client.writer().write_all(b"hello")?;
    for _ in 0..10 {
        let mut wire = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut wire)?;
        }
        let mut rest = &wire[..];
        while !rest.is_empty() {
            server.read_tls(&mut rest)?;
            server.process_new_packets()?;
        }
        let mut wire = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut wire)?;
        }
        let mut rest = &wire[..];
        while !rest.is_empty() {
            client.read_tls(&mut rest)?;
            client.process_new_packets()?;
        }
    }
    let mut greeting = [0; 5];
    server.reader().read_exact(&mut greeting)?;
    assert_eq!(&greeting, b"hello");
    Ok(server.peer_certificates().unwrap()[0].to_vec())
}

fn check_refused(result: Result<Vec<u8>, impl fmt::Display>, expected: &str) {
    let message = result.map(|_| ()).map_err(|error| error.to_string()).unwrap_err();
    assert!(message.contains(expected), "{message}");
}

#[test]
fn rustls_shakes_hands_and_the_institution_is_read_back() {
    let machines = machines();
    for server_name in ["eligibility.localhost", "127.0.0.1"] {
        let certificate = run_handshake(&machines, &machines.client, server_name, now(), None).unwrap();
        assert_eq!(machine::parse_institution(&certificate), Ok(institution()));
        assert_eq!(machine::parse_serial(&certificate), Some(machines.client.1.serial.clone()));
    }
}

#[test]
fn rustls_refuses_what_should_be_refused() {
    let machines = machines();
    check_refused(run_handshake(&machines, &machines.client, "other.localhost", now(), None), "not valid for name");
    let late = timestamp("2028-01-01T00:00:00+09:00");
    check_refused(run_handshake(&machines, &machines.client, "eligibility.localhost", late, None), "expired");
    check_refused(
        run_handshake(&machines, &machines.server, "eligibility.localhost", now(), None),
        "extended key usage",
    );
    let strangers = self::machines();
    let result = run_handshake(&machines, &strangers.client, "eligibility.localhost", now(), None);
    check_refused(result, "invalid peer certificate");
}

#[test]
fn rustls_refuses_a_revoked_client() {
    let machines = machines();
    let sign = |revoked| {
        let list =
            crl::RevocationListDraft { number: 1, this_update: now(), next_update: now().plus(seconds(3600)), revoked };
        Some(machines.authority.sign_revocation_list(&list).unwrap())
    };
    let name = "eligibility.localhost";
    assert!(run_handshake(&machines, &machines.client, name, now(), sign(vec![])).is_ok());
    let revoked = crl::RevokedCertificate { serial: machines.client.1.serial.clone(), revoked_at: now(), reason: None };
    check_refused(run_handshake(&machines, &machines.client, name, now(), sign(vec![revoked])), "Revoked");
}

#[test]
fn an_authority_is_restored_and_a_certificate_without_institution_is_told() {
    let Machines { authority, server, .. } = machines();
    let restored = MachineAuthority::restore(authority.key().clone(), authority.certificate().to_vec()).unwrap();
    assert_eq!(restored.certificate(), authority.certificate());
    assert!(MachineAuthority::restore(server.0.clone(), authority.certificate().to_vec()).is_none());
    assert!(matches!(machine::parse_institution(&server.1.certificate), Err(NoInstitution::Code(..))));
    assert_eq!(machine::parse_institution(b"nothing"), Err(NoInstitution::Unreadable));
    let text = pem::encode(pem::CERTIFICATE, authority.certificate());
    assert_eq!(pem::decode(pem::CERTIFICATE, &text).as_deref(), Some(authority.certificate()));
    assert_eq!(pem::decode(pem::PRIVATE_KEY, &text), None);
}
