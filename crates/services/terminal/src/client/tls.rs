use std::{fmt, sync::Arc, time::Duration};

use base::Clock;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, UnixTime},
    time_provider::TimeProvider,
};

use crate::Identity;

/// A certificate or key that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UnusableIdentity {
    /// The trusted root certificate is malformed.
    #[error("the root certificate of the interface cannot be used")]
    Root(#[source] rustls::Error),
    /// The private key is in none of PKCS#8, SEC1 and PKCS#1.
    #[error("the private key of the client certificate cannot be read")]
    Key,
    /// The client certificate is malformed, or its key is another.
    #[error("the client certificate cannot be used with its key")]
    Certificate(#[source] rustls::Error),
    /// The HTTP client could not be built.
    #[error("the client of the interface could not be made")]
    Client(#[source] reqwest::Error),
}

/// Certificates are verified at the site's clock, which the demo can move.
struct TlsClock(Clock);

impl fmt::Debug for TlsClock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TlsClock")
    }
}

impl TimeProvider for TlsClock {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().seconds()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

/// A TLS configuration with the institution's client certificate, which trusts one root and none of the machine's.
pub(super) fn build_client_config(
    identity: &Identity,
    root: &[u8],
    clock: &Clock,
) -> Result<ClientConfig, UnusableIdentity> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(root.to_vec())).map_err(UnusableIdentity::Root)?;
    let chain = identity.certificates.iter().map(|der| CertificateDer::from(der.clone())).collect();
    let key = PrivateKeyDer::try_from(identity.key.to_vec()).map_err(|_| UnusableIdentity::Key)?;
    ClientConfig::builder_with_details(Arc::new(aws_lc_rs::default_provider()), Arc::new(TlsClock(clock.clone())))
        .with_safe_default_protocol_versions()
        .map_err(UnusableIdentity::Certificate)?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)
        .map_err(UnusableIdentity::Certificate)
}
