//! Connecting to a PostgreSQL server. Connections to other machines use TLS with a verified certificate; only local
//! connections may be unencrypted.

use std::{fs, net::IpAddr, path::PathBuf, str::FromStr, sync::Arc, time::Duration};

use postgres::{
    Client, Config,
    config::{Host, SslMode},
};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio_postgres_rustls::MakeRustlsConnect;
use url::form_urlencoded;

/// Why a server's URL cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongServer {
    /// The URL is invalid.
    #[error("the URL of the PostgreSQL server cannot be read: {0}")]
    Unreadable(String),
    /// The server is on another machine and the URL disables TLS.
    #[error("'{0}' is another machine, and sslmode=disable would send everything to it in clear; leave sslmode out")]
    Unencrypted(String),
    /// The file of trusted roots cannot be read.
    #[error("sslrootcert={}: {reason}; it must name a file of PEM certificates", path.display())]
    RootCertificate { path: PathBuf, reason: String },
    /// The system has no trusted root certificates.
    #[error("this machine has no list of trusted authorities; name the server's own with sslrootcert=FILE")]
    NoRootCertificates,
    /// `pool_size` is out of range.
    #[error("pool_size={0} is no number from 1 to {MAX_POOL_SIZE}; it is how many connections this program may open")]
    PoolSize(String),
}

/// The number of connections of a database without `pool_size` in the URL.
const DEFAULT_POOL_SIZE: usize = 8;

/// The largest `pool_size`. More threads gain nothing on one machine.
const MAX_POOL_SIZE: usize = 64;

/// The timeout for connecting without `connect_timeout` in the URL.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long sent bytes may stay unacknowledged without `tcp_user_timeout` in the URL.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a connection is idle before it is probed without `keepalives_idle` in the URL.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(30);

/// A server with its TLS connector and number of connections.
#[derive(Clone)]
pub(crate) struct Server {
    config: Config,
    connector: MakeRustlsConnect,
    pub(crate) pool_size: usize,
}

/// The URL parameters that only this module reads.
#[derive(Debug, Default, PartialEq, Eq)]
struct UrlParameters {
    /// `sslrootcert`, named as in libpq.
    root_certificate: Option<PathBuf>,
    pool_size: Option<String>,
}

/// Whether a connection needs TLS.
#[derive(Debug, PartialEq, Eq)]
enum Transport {
    /// The traffic stays on this machine.
    Local,
    /// TLS is required.
    Tls,
}

impl Server {
    pub(crate) fn connect(&self) -> Result<Client, postgres::Error> {
        self.config.connect(self.connector.clone())
    }
}

impl FromStr for Server {
    type Err = WrongServer;

    fn from_str(text: &str) -> Result<Self, WrongServer> {
        let (mut config, UrlParameters { root_certificate: authority, pool_size }) = parse_url(text)?;
        let pool_size = match pool_size {
            None => DEFAULT_POOL_SIZE,
            Some(text) => {
                let number = text.parse().ok().filter(|number| (1..=MAX_POOL_SIZE).contains(number));
                number.ok_or(WrongServer::PoolSize(text))?
            }
        };
        let transport = required_transport(&config)?;
        // A server that stops responding must not block a thread forever.
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(TCP_USER_TIMEOUT);
        }
        if !text.contains("keepalives_idle=") {
            config.keepalives_idle(KEEPALIVE_IDLE);
        }
        if transport == Transport::Tls || authority.is_some() {
            config.ssl_mode(SslMode::Require);
        }
        let needs_tls = config.get_ssl_mode() == SslMode::Require;
        let roots = match authority {
            Some(path) => roots_from_file(path)?,
            None if needs_tls => system_roots()?,
            // A local server that offers TLS would need trusted roots for no gain.
            None => {
                config.ssl_mode(SslMode::Disable);
                RootCertStore::empty()
            }
        };
        let client = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| WrongServer::Unreadable(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { config, connector: MakeRustlsConnect::new(client), pool_size })
    }
}

/// The URL without the parameters that only this module reads, and those parameters.
fn parse_url(text: &str) -> Result<(Config, UrlParameters), WrongServer> {
    let (server, query) = text.split_once('?').unwrap_or((text, ""));
    let mut parameters = UrlParameters::default();
    let mut remaining = Vec::new();
    for pair in query.split('&') {
        match form_urlencoded::parse(pair.as_bytes()).next() {
            Some((name, path)) if name == "sslrootcert" => {
                parameters.root_certificate = Some(PathBuf::from(path.as_ref()));
            }
            Some((name, size)) if name == "pool_size" => parameters.pool_size = Some(size.into_owned()),
            _ => remaining.push(pair),
        }
    }
    let config = [server, "?", &remaining.join("&")].concat();
    let config = config.parse().map_err(|error: postgres::Error| WrongServer::Unreadable(error.to_string()))?;
    Ok((config, parameters))
}

fn required_transport(config: &Config) -> Result<Transport, WrongServer> {
    // `hostaddr` takes precedence over the name for dialling.
    let addresses = config.get_hostaddrs();
    let remote_address = addresses.iter().find(|address| !address.is_loopback()).map(IpAddr::to_string);
    let remote_name = || config.get_hosts().iter().find_map(remote_host);
    let remote = if addresses.is_empty() { remote_name() } else { remote_address };
    match remote {
        None => Ok(Transport::Local),
        Some(host) if config.get_ssl_mode() == SslMode::Disable => Err(WrongServer::Unencrypted(host)),
        Some(_) => Ok(Transport::Tls),
    }
}

/// The host, if it is another machine.
fn remote_host(host: &Host) -> Option<String> {
    match host {
        Host::Unix(_) => None,
        Host::Tcp(name) => {
            let is_local = name.parse::<IpAddr>().map_or(name == "localhost", |address| address.is_loopback());
            (!is_local).then(|| name.clone())
        }
    }
}

fn roots_from_file(path: PathBuf) -> Result<RootCertStore, WrongServer> {
    let mut roots = RootCertStore::empty();
    let mut read = || -> Result<(), String> {
        let pem = fs::read(&path).map_err(|error| error.to_string())?;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| error.to_string())?;
            roots.add(certificate).map_err(|error| error.to_string())?;
        }
        Ok(())
    };
    match read() {
        Ok(()) if roots.is_empty() => {
            Err(WrongServer::RootCertificate { path, reason: "there is no certificate in it".to_owned() })
        }
        Ok(()) => Ok(roots),
        Err(reason) => Err(WrongServer::RootCertificate { path, reason }),
    }
}

fn system_roots() -> Result<RootCertStore, WrongServer> {
    let mut roots = RootCertStore::empty();
    // A system's list may contain unusable certificates; they are skipped.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() { Err(WrongServer::NoRootCertificates) } else { Ok(roots) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expected: &Result<Transport, WrongServer>) {
        let actual = parse_url(url).and_then(|(config, _)| required_transport(&config));
        assert_eq!(&actual, expected, "{url}");
    }

    #[test]
    fn only_what_stays_on_this_machine_goes_in_clear() {
        check("postgres://me@127.0.0.1:5432/a", &Ok(Transport::Local));
        check("postgres://me@[::1]/a", &Ok(Transport::Local));
        check("postgres://me@localhost/a", &Ok(Transport::Local));
        check("postgres://me@localhost/a?sslmode=disable", &Ok(Transport::Local));
        check("postgresql://me@%2Fvar%2Frun%2Fpostgresql/a", &Ok(Transport::Local));
        check("postgres://me@db.example/a", &Ok(Transport::Tls));
        check("postgres://me@192.0.2.7/a?sslmode=prefer", &Ok(Transport::Tls));
        check("postgres://me@localhost,db.example/a", &Ok(Transport::Tls));
        check("postgres://me@localhost/a?hostaddr=192.0.2.7", &Ok(Transport::Tls));
        check("postgres://me@db.example/a?sslmode=disable", &Err(WrongServer::Unencrypted("db.example".to_owned())));
    }

    #[test]
    fn the_number_of_connections_is_the_urls() {
        let size = |url: &str| url.parse::<Server>().map(|server| server.pool_size);
        assert_eq!(size("postgres://me@localhost/a"), Ok(DEFAULT_POOL_SIZE));
        assert_eq!(size("postgres://me@localhost/a?pool_size=3&sslmode=disable"), Ok(3));
        for wrong in ["0", "65", "many", ""] {
            let url = format!("postgres://me@localhost/a?pool_size={wrong}");
            assert_eq!(size(&url), Err(WrongServer::PoolSize(wrong.to_owned())));
        }
    }

    #[test]
    fn no_wait_for_a_server_is_without_end() {
        let config = |url: &str| url.parse::<Server>().unwrap().config;
        let local = config("postgres://me@localhost/a");
        assert_eq!(local.get_connect_timeout(), Some(&CONNECT_TIMEOUT));
        assert_eq!(local.get_tcp_user_timeout(), Some(&TCP_USER_TIMEOUT));
        assert_eq!(local.get_keepalives_idle(), KEEPALIVE_IDLE);
        let named = config("postgres://me@localhost/a?connect_timeout=3&tcp_user_timeout=4000&keepalives_idle=5");
        assert_eq!(named.get_connect_timeout(), Some(&Duration::from_secs(3)));
        assert_eq!(named.get_keepalives_idle(), Duration::from_secs(5));
    }

    #[test]
    fn an_authority_that_cannot_be_read_is_named() {
        let wrong = |url: &str| url.parse::<Server>().map(|_| ()).unwrap_err().to_string();
        let missing = wrong("postgres://me@db.example/a?sslrootcert=/nowhere/ca.pem");
        assert!(missing.starts_with("sslrootcert=/nowhere/ca.pem: "), "{missing}");
        let url = format!("postgres://me@db.example/a?sslrootcert={}/Cargo.toml", env!("CARGO_MANIFEST_DIR"));
        assert!(wrong(&url).contains("there is no certificate in it"));
    }
}
