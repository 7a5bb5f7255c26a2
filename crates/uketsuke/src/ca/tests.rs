//! The command on the folder of a running demo.

use std::{fs, path::Path};

use clap::Parser;
use http::StatusCode;
use serde_json::Value;

use super::{CaArguments, CaError, execute};
use crate::{
    cli,
    demo::{Demo, online_institutions},
};

#[derive(Parser)]
struct TestArguments {
    #[command(flatten)]
    arguments: CaArguments,
}

/// What `uketsuke ca` says to these words, on this folder.
async fn run_ca(data: &Path, words: &str) -> Result<String, CaError> {
    let data = data.to_str().unwrap();
    let words = ["ca", "--data", data, "--clock", "2026-11-24T10:00:00+09:00"].into_iter().chain(words.split(' '));
    let mut said = Vec::new();
    execute(&TestArguments::try_parse_from(words).expect("words of the command line").arguments, &mut said).await?;
    Ok(String::from_utf8(said).unwrap())
}

fn parse_lines(said: &str) -> Vec<Value> {
    said.lines().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Whether the institutions' interface lets this certificate in.
async fn post_to_interface(interface: &str, file: &Path) -> StatusCode {
    let identity = reqwest::Identity::from_pem(&fs::read(file).unwrap()).unwrap();
    let client =
        crate::http::client_builder().tls_danger_accept_invalid_certs(true).identity(identity).build().unwrap();
    let name = "OQSmuonq01req_1.xml";
    client.post(format!("{interface}/oqs/{name}")).body("<nothing/>").send().await.unwrap().status()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_works_beside_a_running_demo_and_the_demo_knows_at_once() {
    let folder = std::env::temp_dir().join(format!("uketsuke-ca-{}", std::process::id()));
    let data = folder.join("data");
    assert!(matches!(run_ca(&data, "show").await, Err(CaError::KeyStore(_))), "no folder is made");
    assert!(!data.exists());

    let wanted = cli::DemoArguments {
        clock: Some("2026-11-24T09:00:00+09:00".parse().unwrap()),
        ..cli::DemoArguments::with_free_ports(data.clone())
    };
    let demo = Demo::open(&wanted).await.unwrap();
    let (rooms, interface) = (demo.services().clone(), demo.addresses().interface.to_string());
    let code = online_institutions(demo.addresses())[0];
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(demo.serve(async move {
        let _ = stopped.await;
    }));

    let shown = run_ca(&data, "show").await.unwrap();
    assert_eq!(parse_lines(&shown).len(), 8, "{shown}");
    assert_eq!(shown.matches("BEGIN CERTIFICATE").count(), 9);
    let chains = folder.join("chains");
    run_ca(&data, &format!("show --der {}", chains.display())).await.unwrap();
    assert_eq!(fs::read_dir(&chains).unwrap().count(), 9);

    // An institution's certificate opens the door until it is revoked.
    let file = folder.join("clinic.pem");
    let issue = format!("issue-institution {code} --out {}", file.display());
    let said = run_ca(&data, &issue).await.unwrap();
    assert_eq!(parse_lines(&said)[0]["done"], "issued");
    assert!(matches!(run_ca(&data, &issue).await, Err(CaError::File { .. })), "no key is overwritten");
    assert_ne!(post_to_interface(&interface, &file).await, StatusCode::FORBIDDEN);
    let serial = parse_lines(&said)[0]["serial"].as_str().unwrap().to_owned();
    run_ca(&data, &format!("revoke {serial}")).await.unwrap();
    assert_eq!(post_to_interface(&interface, &file).await, StatusCode::FORBIDDEN);
    let again = run_ca(&data, &format!("revoke {serial}")).await;
    assert!(matches!(again, Err(CaError::Authority(authority::Refusal::UnknownSerial(_)))));
    let listed = parse_lines(&run_ca(&data, "list machines").await.unwrap());
    assert!(listed.iter().any(|one| one["serial"] == *serial && one["status"] == "revoked"));
    let other = folder.join("other.pem");
    run_ca(&data, &format!("issue-institution {code} --out {}", other.display())).await.unwrap();
    run_ca(&data, &format!("revoke --institution {code}")).await.unwrap();
    assert_eq!(post_to_interface(&interface, &other).await, StatusCode::FORBIDDEN);
    assert!(matches!(run_ca(&data, &format!("revoke --institution {code}")).await, Err(CaError::NothingToRevoke(_))));
    assert!(run_ca(&data, "crl").await.unwrap().starts_with("-----BEGIN X509 CRL-----"));

    // A person's, by the card's name: renewed, and the running rooms know both.
    let card = rooms.portal.list_cards().await.unwrap().swap_remove(0).id;
    let before = rooms.portal.certificate(&card).await.unwrap();
    let said = run_ca(&data, &format!("renew --persona {card}")).await.unwrap();
    let after = rooms.portal.certificate(&card).await.unwrap();
    assert_ne!(before, after);
    let listed = parse_lines(&run_ca(&data, "list cards").await.unwrap());
    let new = parse_lines(&said)[0]["serial"].as_str().unwrap().to_owned();
    assert_eq!(listed.iter().filter(|one| one["reason"] == "Superseded").count(), 1);
    let renewed = listed.iter().rfind(|one| one["serial"] == *new && one["kind"] == "authentication").unwrap();
    let (issuer, serial) = (renewed["issuer"].as_str().unwrap(), renewed["serial"].as_str().unwrap());
    let key = rooms.authority.keys().into_iter().find(|known| known.key.identifier().to_string() == issuer).unwrap();
    let status = async || rooms.authority.status(key.key.identifier(), &serial.parse().unwrap()).await.unwrap();
    assert_eq!(status().await, jpki::ocsp::CertificateStatus::Good);
    run_ca(&data, &format!("revoke --persona {card} --reason key-compromise")).await.unwrap();
    assert!(matches!(status().await, jpki::ocsp::CertificateStatus::Revoked { .. }));
    assert!(run_ca(&data, &format!("crl --issuer {issuer}")).await.unwrap().contains("X509 CRL"));
    // Lost, and renewed all the same; the number alone names several, the issuer's key one.
    run_ca(&data, &format!("renew --persona {card}")).await.unwrap();
    assert!(matches!(run_ca(&data, "revoke 777777").await, Err(CaError::NoSuchSerial(_))));
    assert!(matches!(run_ca(&data, "revoke 100001").await, Err(CaError::Ambiguous { .. })));
    assert!(matches!(run_ca(&data, "crl --issuer zz").await, Err(CaError::NoSuchIssuer(_))));
    assert!(matches!(run_ca(&data, "renew --persona nobody").await, Err(CaError::Portal(portal::Refusal::NoSuchCard))));

    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
    fs::remove_dir_all(&folder).unwrap();
}
