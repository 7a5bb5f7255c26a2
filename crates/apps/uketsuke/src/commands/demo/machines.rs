//! The machine certificates: of the interface's server, and of each institution's terminal.

use std::net::Ipv4Addr;

use authority::{Authority, IssuedMachineCertificate};
use base::{InstitutionCode, Span, Timestamp};
use eligibility::{Eligibility, Fingerprint, ServerIdentity};
use jpki::SigningKey;
use serde::{Deserialize, Serialize};
use terminal::{Identity, Station};
use web::Origin;
use world::DemoInstitution;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::terminal_accounts::{TerminalAccount, find_terminal_account};
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
#[derive(Serialize, Deserialize, ZeroizeOnDrop)]
pub(super) struct CertificateAndKey {
    #[zeroize(skip)]
    pub(super) certificate: Vec<u8>,
    pub(super) key: Vec<u8>,
}

/// The identities of the interface's server and of the institutions' terminals.
#[derive(Serialize, Deserialize)]
pub(super) struct StoredIdentities {
    #[serde(rename = "made")]
    made_at: Timestamp,
    server: CertificateAndKey,
    pub(super) stations: Vec<(InstitutionCode, CertificateAndKey)>,
}

const IDENTITIES_FILE: &str = "machines.sealed";

/// How long stored certificates are used: half of their validity.
const IDENTITY_LIFETIME: Span = Span::from_hours(24 * 365);

/// The identities as stored, or newly issued where they are missing, incomplete or too old by the demo's clock.
pub(super) async fn load_or_issue_identities(
    key_store: &KeyStore,
    authority: &Authority,
    institutions: &[DemoInstitution],
    now: Timestamp,
) -> Result<StoredIdentities, MachinesError> {
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
    if let Some(stored) = usable {
        return Ok(stored);
    }
    let server = to_certificate_and_key(&authority.issue_server(&["localhost"], &[Ipv4Addr::LOCALHOST.into()]).await?)?;
    let mut stations = Vec::new();
    for institution in institutions {
        let issued = authority.issue_institution(institution.code()).await?;
        stations.push((institution.code(), to_certificate_and_key(&issued)?));
    }
    let identities = StoredIdentities { made_at: now, server, stations };
    key_store.store(IDENTITIES_FILE, &Zeroizing::new(serde_json::to_vec(&identities)?))?;
    Ok(identities)
}

impl StoredIdentities {
    pub(super) fn server_identity(&self) -> Result<ServerIdentity, MachinesError> {
        let CertificateAndKey { certificate, key } = &self.server;
        Ok(ServerIdentity { certificate: certificate.clone(), key: SigningKey::from_pkcs8(key)? })
    }

    /// The terminals, with the names of their institutions and their accounts at the service.
    pub(super) fn to_stations(
        &self,
        institutions: &[DemoInstitution],
        (service, accounts): (&Origin, &[TerminalAccount]),
    ) -> Vec<Station> {
        let to_station = |(code, identity): &(InstitutionCode, CertificateAndKey)| {
            let name = institutions
                .iter()
                .find(|institution| institution.code() == *code)
                .map(|institution| institution.name().to_owned());
            Station {
                institution: *code,
                name: name.unwrap_or_else(|| code.to_string()),
                identity: Identity::from_der(identity.certificate.clone(), Zeroizing::new(identity.key.clone())),
                exchange: None,
                service: find_terminal_account(accounts, *code).map(|account| account.to_service_account(service)),
            }
        };
        self.stations.iter().map(to_station).collect()
    }
}

fn to_certificate_and_key(issued: &IssuedMachineCertificate) -> Result<CertificateAndKey, MachinesError> {
    Ok(CertificateAndKey { certificate: issued.certificate.clone(), key: issued.key.to_pkcs8()?.to_vec() })
}

/// Admits the terminals' certificates at the eligibility system. Certificates that are admitted already are skipped.
pub(super) async fn admit_terminals(
    identities: &StoredIdentities,
    eligibility: &Eligibility,
) -> Result<(), MachinesError> {
    for (code, identity) in &identities.stations {
        match eligibility.admit_certificate(*code, Fingerprint::from_certificate(&identity.certificate)).await {
            Ok(()) | Err(eligibility::Refusal::AlreadyExists(_)) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Ok(())
}
