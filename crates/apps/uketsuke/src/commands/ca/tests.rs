//! Tests of the command on the folder of a running demo.

use std::{fs, path::Path};

use base::{Clock, Randomness};
use clap::Parser;
use http::StatusCode;
use portal::CardRepository;
use serde_json::Value;

use super::{CaArguments, CaError, execute};
use crate::{
    arguments::demo::DemoArguments,
    commands::demo::{Demo, online_institutions},
    compose::Composer,
    key_store::KeyStore,
};

#[derive(Parser)]
struct TestArguments {
    #[command(flatten)]
    arguments: CaArguments,
}

/// The output of `uketsuke ca` with these arguments on this folder.
async fn run_ca(data: &Path, arguments: &str) -> Result<String, CaError> {
    let data = data.to_str().unwrap();
    let arguments =
        ["ca", "--data", data, "--clock", "2026-11-24T10:00:00+09:00"].into_iter().chain(arguments.split(' '));
    let mut output = Vec::new();
    execute(&TestArguments::try_parse_from(arguments).expect("a valid command line").arguments, &mut output).await?;
    Ok(String::from_utf8(output).unwrap())
}

fn open_card_repository(data: &Path) -> CardRepository {
    let randomness = Randomness::system();
    let key_store = KeyStore::open_used(data, &randomness).unwrap();
    Composer::new(key_store, None, Clock::system(), randomness).unwrap().open_card_repository().unwrap()
}

fn parse_lines(output: &str) -> Vec<Value> {
    output.lines().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The status with which the institutions' interface responds to this client certificate.
async fn post_to_interface(interface: &str, file: &Path) -> StatusCode {
    let identity = reqwest::Identity::from_pem(&fs::read(file).unwrap()).unwrap();
    let client = http_client::builder().tls_danger_accept_invalid_certs(true).identity(identity).build().unwrap();
    let name = "OQSmuonq01req_1.xml";
    client.post(format!("{interface}/oqs/{name}")).body("<nothing/>").send().await.unwrap().status()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_works_beside_a_running_demo_and_the_demo_knows_at_once() {
    let folder = std::env::temp_dir().join(format!("uketsuke-ca-{}", std::process::id()));
    let data = folder.join("data");
    assert!(matches!(run_ca(&data, "show").await, Err(CaError::KeyStore(_))), "no folder is made");
    assert!(!data.exists());

    let arguments = DemoArguments {
        clock: Some("2026-11-24T09:00:00+09:00".parse().unwrap()),
        ..DemoArguments::with_free_ports(data.clone())
    };
    let demo = Demo::open(&arguments).await.unwrap();
    let (services, interface) = (demo.services().clone(), demo.addresses().interface.to_string());
    let code = online_institutions(demo.addresses())[0];
    let (stop, stop_received) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(demo.serve(async move {
        let _ = stop_received.await;
    }));

    let output = run_ca(&data, "show").await.unwrap();
    assert_eq!(parse_lines(&output).len(), 8, "{output}");
    assert_eq!(output.matches("BEGIN CERTIFICATE").count(), 9);
    let chains = folder.join("chains");
    run_ca(&data, &format!("show --der {}", chains.display())).await.unwrap();
    assert_eq!(fs::read_dir(&chains).unwrap().count(), 9);

    // An institution's certificate is accepted until it is revoked.
    let file = folder.join("clinic.pem");
    let issue = format!("issue-institution {code} --out {}", file.display());
    let output = run_ca(&data, &issue).await.unwrap();
    assert_eq!(parse_lines(&output)[0]["done"], "issued");
    assert!(matches!(run_ca(&data, &issue).await, Err(CaError::File { .. })), "no key is overwritten");
    assert_ne!(post_to_interface(&interface, &file).await, StatusCode::FORBIDDEN);
    let serial = parse_lines(&output)[0]["serial"].as_str().unwrap().to_owned();
    run_ca(&data, &format!("revoke {serial}")).await.unwrap();
    assert_eq!(post_to_interface(&interface, &file).await, StatusCode::FORBIDDEN);
    let second_revocation = run_ca(&data, &format!("revoke {serial}")).await;
    assert!(matches!(second_revocation, Err(CaError::Authority(authority::Refusal::UnknownSerial(_)))));
    let entries = parse_lines(&run_ca(&data, "list machines").await.unwrap());
    assert!(entries.iter().any(|entry| entry["serial"] == *serial && entry["status"] == "revoked"));
    let other_file = folder.join("other.pem");
    run_ca(&data, &format!("issue-institution {code} --out {}", other_file.display())).await.unwrap();
    run_ca(&data, &format!("revoke --institution {code}")).await.unwrap();
    assert_eq!(post_to_interface(&interface, &other_file).await, StatusCode::FORBIDDEN);
    assert!(matches!(run_ca(&data, &format!("revoke --institution {code}")).await, Err(CaError::NothingToRevoke(_))));
    assert!(run_ca(&data, "crl").await.unwrap().starts_with("-----BEGIN X509 CRL-----"));

    // The certificate of a card, by the card's name: after its renewal the running services know both.
    let card = services.portal.list_cards().await.unwrap().swap_remove(0).id;
    let cards = open_card_repository(&data);
    let old_certificate = cards.certificate(&card).await.unwrap();
    let output = run_ca(&data, &format!("renew --persona {card}")).await.unwrap();
    let new_certificate = cards.certificate(&card).await.unwrap();
    assert_ne!(old_certificate, new_certificate);
    let entries = parse_lines(&run_ca(&data, "list cards").await.unwrap());
    let new_serial = parse_lines(&output)[0]["serial"].as_str().unwrap().to_owned();
    assert_eq!(entries.iter().filter(|entry| entry["reason"] == "Superseded").count(), 1);
    let renewed =
        entries.iter().rfind(|entry| entry["serial"] == *new_serial && entry["kind"] == "authentication").unwrap();
    let (issuer, serial) = (renewed["issuer"].as_str().unwrap(), renewed["serial"].as_str().unwrap());
    let issuing_key =
        services.authority.keys().into_iter().find(|key| key.key.identifier().to_string() == issuer).unwrap();
    let status =
        async || services.authority.status(issuing_key.key.identifier(), &serial.parse().unwrap()).await.unwrap();
    assert_eq!(status().await, jpki::ocsp::CertificateStatus::Good);
    run_ca(&data, &format!("revoke --persona {card} --reason key-compromise")).await.unwrap();
    assert!(matches!(status().await, jpki::ocsp::CertificateStatus::Revoked { .. }));
    assert!(run_ca(&data, &format!("crl --issuer {issuer}")).await.unwrap().contains("X509 CRL"));
    // A revoked certificate can be renewed; a serial number alone is ambiguous, with the issuer's key it is not.
    run_ca(&data, &format!("renew --persona {card}")).await.unwrap();
    assert!(matches!(run_ca(&data, "revoke 777777").await, Err(CaError::NoSuchSerial(_))));
    assert!(matches!(run_ca(&data, "revoke 100001").await, Err(CaError::Ambiguous { .. })));
    assert!(matches!(run_ca(&data, "crl --issuer zz").await, Err(CaError::NoSuchIssuer(_))));
    assert!(matches!(run_ca(&data, "renew --persona nobody").await, Err(CaError::Portal(portal::Refusal::NoSuchCard))));

    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
    fs::remove_dir_all(&folder).unwrap();
}
