//! The certificates of the machines: the interface's server, and each institution's terminal.

use std::net::Ipv4Addr;

use authority::{Authority, IssuedMachineCertificate};
use base::{InstitutionCode, Span, Timestamp};
use eligibility::{Eligibility, Fingerprint, ServerIdentity};
use jpki::SigningKey;
use serde::{Deserialize, Serialize};
use terminal::{Identity, Station};
use zeroize::Zeroizing;

use super::world;
use crate::key_store::{KeyStore, KeyStoreError};

/// Why the machines have no certificates.
#[derive(Debug, thiserror::Error)]
pub enum MachinesError {
    /// The folder cannot be used.
    #[error(transparent)]
    KeyStore(#[from] KeyStoreError),
    /// The authority did not issue one.
    #[error("the authority did not issue a certificate")]
    Authority(#[from] authority::Refusal),
    /// A key could not be written.
    #[error("a key could not be written")]
    Key(#[from] jpki::Unissuable),
    /// A kept key cannot be read.
    #[error("a kept key cannot be read")]
    WrongKey(#[from] jpki::WrongKey),
    /// The system did not admit a certificate.
    #[error("a terminal's certificate was not admitted")]
    NotAdmitted(#[from] eligibility::Refusal),
    /// The kept certificates cannot be read.
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

/// How long kept certificates are used: half of what they last.
const IDENTITY_LIFETIME: Span = Span::from_hours(24 * 365);

/// The server's identity and the stations, as kept, or anew where there are none or the clock has run away from them.
pub(super) async fn load_or_issue_identities(
    keep: &KeyStore,
    authority: &Authority,
    places: &world::WorldAddresses,
    now: Timestamp,
) -> Result<(ServerIdentity, Vec<Station>), MachinesError> {
    let institutions = world::institutions(places);
    let kept = match keep.load(IDENTITIES_FILE)? {
        Some(content) => Some(serde_json::from_slice::<StoredIdentities>(&content)?),
        None => None,
    };
    let usable = kept.filter(|kept| {
        let covers = |code| kept.stations.iter().any(|(station, _)| *station == code);
        now >= kept.made_at
            && now < kept.made_at.plus(IDENTITY_LIFETIME)
            && institutions.iter().all(|known| covers(known.code()))
    });
    let kept = if let Some(kept) = usable {
        kept
    } else {
        let server =
            to_certificate_and_key(&authority.issue_server(&["localhost"], &[Ipv4Addr::LOCALHOST.into()]).await?)?;
        let mut stations = Vec::new();
        for institution in &institutions {
            let issued = authority.issue_institution(institution.code()).await?;
            stations.push((institution.code(), to_certificate_and_key(&issued)?));
        }
        let made = StoredIdentities { made_at: now, server, stations };
        keep.store(IDENTITIES_FILE, &Zeroizing::new(serde_json::to_vec(&made)?))?;
        made
    };
    let stations = kept.stations.into_iter().map(|(code, pair)| {
        let name = institutions.iter().find(|known| known.code() == code).map(|known| known.name().to_owned());
        Station {
            institution: code,
            name: name.unwrap_or_else(|| code.to_string()),
            identity: Identity::from_der(pair.certificate, Zeroizing::new(pair.key)),
            exchange: None,
            service: None,
        }
    });
    let key = SigningKey::from_pkcs8(&Zeroizing::new(kept.server.key))?;
    let server = ServerIdentity { certificate: kept.server.certificate, key };
    Ok((server, stations.collect()))
}

/// The certificate and key of each institution's terminal, as kept.
pub(super) fn load_station_identities(
    keep: &KeyStore,
) -> Result<Vec<(InstitutionCode, CertificateAndKey)>, MachinesError> {
    let Some(content) = keep.load(IDENTITIES_FILE)? else { return Ok(Vec::new()) };
    Ok(serde_json::from_slice::<StoredIdentities>(&content)?.stations)
}

fn to_certificate_and_key(issued: &IssuedMachineCertificate) -> Result<CertificateAndKey, MachinesError> {
    Ok(CertificateAndKey { certificate: issued.certificate.clone(), key: issued.key.to_pkcs8()?.to_vec() })
}

/// Admits the terminals' certificates at the system, once.
pub(super) async fn admit_terminals(keep: &KeyStore, eligibility: &Eligibility) -> Result<(), MachinesError> {
    for (code, pair) in load_station_identities(keep)? {
        match eligibility.admit_certificate(code, Fingerprint::from_certificate(&pair.certificate)).await {
            Ok(()) | Err(eligibility::Refusal::AlreadyExists(_)) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Ok(())
}
