//! The machine certificates: of the interface's server, and of each institution's terminal.

use std::net::Ipv4Addr;

use authority::{Authority, IssuedMachineCertificate};
use base::{InstitutionCode, Span, Timestamp};
use eligibility::{Eligibility, Fingerprint, ServerIdentity};
use jpki::SigningKey;
use serde::{Deserialize, Serialize};
use terminal::{Identity, Station};
use zeroize::Zeroizing;

use crate::key_store::{KeyStore, KeyStoreError};

/// Why the machine certificates cannot be loaded or issued.
#[derive(Debug, thiserror::Error)]
pub enum MachinesError {
    /// The data folder cannot be used.
    #[error(transparent)]
    KeyStore(#[from] KeyStoreError),
    /// The authority did not issue one.
    #[error("the authority did not issue a certificate")]
    Authority(#[from] authority::Refusal),
    #[error("a key could not be written")]
    Key(#[from] jpki::Unissuable),
    /// A stored key cannot be read.
    #[error("a kept key cannot be read")]
    WrongKey(#[from] jpki::WrongKey),
    /// The system did not admit a certificate.
    #[error("a terminal's certificate was not admitted")]
    NotAdmitted(#[from] eligibility::Refusal),
    /// The stored certificates cannot be read.
    #[error("the kept certificates cannot be read")]
    Unreadable(#[from] serde_json::Error),
}

/// A certificate (DER) with its key (PKCS#8).
#[derive(Serialize, Deserialize)]
pub(super) struct CertificateAndKey {
    pub(super) certificate: Vec<u8>,
    pub(super) key: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct StoredIdentities {
    #[serde(rename = "made")]
    made_at: Timestamp,
    server: CertificateAndKey,
    stations: Vec<(InstitutionCode, CertificateAndKey)>,
}

const IDENTITIES_FILE: &str = "machines.sealed";

/// How long stored certificates are used: half of their validity.
const IDENTITY_LIFETIME: Span = Span::from_hours(24 * 365);

/// The identities of the server and the stations: as stored, or newly issued where they are missing, incomplete or too old
/// by the demo's clock.
pub(super) async fn load_or_issue_identities(
    key_store: &KeyStore,
    authority: &Authority,
    world_addresses: &world::WorldAddresses,
    now: Timestamp,
) -> Result<(ServerIdentity, Vec<Station>), MachinesError> {
    let institutions = world::institutions(world_addresses);
    let stored = match key_store.load(IDENTITIES_FILE)? {
        Some(content) => Some(serde_json::from_slice::<StoredIdentities>(&content)?),
        None => None,
    };
    let usable = stored.filter(|stored| {
        let is_included = |code| stored.stations.iter().any(|(station, _)| *station == code);
        now >= stored.made_at
            && now < stored.made_at.plus(IDENTITY_LIFETIME)
            && institutions.iter().all(|institution| is_included(institution.code()))
    });
    let stored = if let Some(stored) = usable {
        stored
    } else {
        let server =
            to_certificate_and_key(&authority.issue_server(&["localhost"], &[Ipv4Addr::LOCALHOST.into()]).await?)?;
        let mut stations = Vec::new();
        for institution in &institutions {
            let issued = authority.issue_institution(institution.code()).await?;
            stations.push((institution.code(), to_certificate_and_key(&issued)?));
        }
        let identities = StoredIdentities { made_at: now, server, stations };
        key_store.store(IDENTITIES_FILE, &Zeroizing::new(serde_json::to_vec(&identities)?))?;
        identities
    };
    let stations = stored.stations.into_iter().map(|(code, identity)| {
        let name = institutions
            .iter()
            .find(|institution| institution.code() == code)
            .map(|institution| institution.name().to_owned());
        Station {
            institution: code,
            name: name.unwrap_or_else(|| code.to_string()),
            identity: Identity::from_der(identity.certificate, Zeroizing::new(identity.key)),
            exchange: None,
            service: None,
        }
    });
    let key = SigningKey::from_pkcs8(&Zeroizing::new(stored.server.key))?;
    let server = ServerIdentity { certificate: stored.server.certificate, key };
    Ok((server, stations.collect()))
}

/// The stored certificate and key of each institution's terminal.
pub(super) fn load_station_identities(
    key_store: &KeyStore,
) -> Result<Vec<(InstitutionCode, CertificateAndKey)>, MachinesError> {
    let Some(content) = key_store.load(IDENTITIES_FILE)? else { return Ok(Vec::new()) };
    Ok(serde_json::from_slice::<StoredIdentities>(&content)?.stations)
}

fn to_certificate_and_key(issued: &IssuedMachineCertificate) -> Result<CertificateAndKey, MachinesError> {
    Ok(CertificateAndKey { certificate: issued.certificate.clone(), key: issued.key.to_pkcs8()?.to_vec() })
}

/// Admits the terminals' certificates at the eligibility system. Certificates that are admitted already are skipped.
pub(super) async fn admit_terminals(key_store: &KeyStore, eligibility: &Eligibility) -> Result<(), MachinesError> {
    for (code, identity) in load_station_identities(key_store)? {
        match eligibility.admit_certificate(code, Fingerprint::from_certificate(&identity.certificate)).await {
            Ok(()) | Err(eligibility::Refusal::AlreadyExists(_)) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Ok(())
}
