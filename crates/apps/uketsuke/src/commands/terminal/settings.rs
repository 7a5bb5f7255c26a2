//! The settings of a terminal, read from a file and the files that it names.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use ::terminal::{
    ErrFiles, ExchangeFolder, ServiceAccount, UnreadableIdentity, UnusableIdentity, WrongFolder, WrongSettings,
};
use base::InstitutionCode;
use serde::Deserialize;
use web::{Origin, server::ConnectionSettings};
use zeroize::Zeroizing;

use crate::{
    health,
    settings::{SettingsError, SettingsFile},
};

/// The settings, with the contents of the files that they name.
pub(super) struct TerminalSettings {
    pub(super) institution: InstitutionCode,
    pub(super) name: String,
    pub(super) data: PathBuf,
    pub(super) listen: SocketAddr,
    pub(super) interface: Origin,
    /// DER
    pub(super) authority: Vec<u8>,
    /// PEM
    pub(super) certificate: Vec<u8>,
    /// PEM
    pub(super) key: Zeroizing<Vec<u8>>,
    pub(super) exchange: Option<ExchangeFolder>,
    pub(super) service: Option<ServiceAccount>,
    /// The separate address for health checks and metrics.
    pub(super) listen_health: Option<SocketAddr>,
    pub(super) least_free_mb: u32,
    pub(super) connections: ConnectionSettings,
}

/// The settings as in the file. Texts are parsed one by one, so that an error is reported with its key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TerminalSettingsFile {
    institution: String,
    name: String,
    data: PathBuf,
    #[serde(default = "default_listen")]
    listen: String,
    interface: InterfaceSection,
    exchange: Option<ExchangeSection>,
    service: Option<ServiceSection>,
    listen_health: Option<String>,
    #[serde(default = "default_least_free_mb")]
    least_free_mb: u32,
    #[serde(default)]
    connections: ConnectionSettings,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InterfaceSection {
    address: String,
    authority: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExchangeSection {
    folder: PathBuf,
    /// Milliseconds
    #[serde(default)]
    request_stays: u16,
    /// Milliseconds
    #[serde(default = "default_settle_time")]
    #[serde(rename = "patience")]
    settle_time: u16,
    #[serde(default)]
    err_files: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ServiceSection {
    address: String,
    mail: String,
    password_file: PathBuf,
}

fn default_settle_time() -> u16 {
    3000
}

fn default_least_free_mb() -> u32 {
    health::DEFAULT_LEAST_FREE_MB
}

fn default_listen() -> String {
    "127.0.0.1:8410".to_owned()
}

impl TerminalSettings {
    /// Reads the settings and the files that they name.
    pub(super) fn read(path: &Path) -> Result<Self, SettingsError> {
        let (settings, file): (_, TerminalSettingsFile) =
            SettingsFile::read(path, "name the terminal's settings with --config", "docs/guide/terminal.md")?;
        let read_file = |key, path: &Path, remedy| settings.read_file(key, path, remedy);
        let authority =
            read_file("interface.authority", &file.interface.authority, "it is the system's root certificate")?;
        let authority = String::from_utf8_lossy(&authority);
        let authority = jpki::pem::decode(jpki::pem::CERTIFICATE, &authority).ok_or_else(|| {
            let remedy = "name a file with one certificate in PEM";
            settings.key_error("interface.authority", remedy, "there is no certificate in it")
        })?;
        let certificate =
            read_file("interface.certificate", &file.interface.certificate, "it is this institution's certificate")?;
        let key = read_file("interface.key", &file.interface.key, "it is the key of this institution's certificate")?;
        let service = match file.service {
            None => None,
            Some(ServiceSection { address, mail, password_file }) => {
                let remedy = "it holds the password of the desk's account at the service, in one line";
                let password = settings.read_secret("service.password_file", &password_file, remedy)?;
                let remedy = "write the address of the service, such as \"https://consult.example.jp\"";
                let address = settings.parse_value("service.address", remedy, &address)?;
                Some(ServiceAccount { address, mail, password })
            }
        };
        let remedy = "write the 10 digits of 医療機関コード in quotes";
        let institution = settings.parse_value("institution", remedy, &file.institution)?;
        let remedy = "write an address and a port, such as \"127.0.0.1:8410\"";
        let listen = settings.parse_value("listen", remedy, &file.listen)?;
        let listen_health = settings.parse_health_address(file.listen_health.as_deref())?;
        let remedy = "write where the system answers, such as \"https://127.0.0.1:8401\"";
        let interface = settings.parse_value("interface.address", remedy, &file.interface.address)?;
        Ok(Self {
            service,
            institution,
            name: file.name,
            data: settings.resolve_path(file.data),
            listen,
            interface,
            authority,
            certificate: certificate.to_vec(),
            key,
            exchange: file.exchange.map(|exchange| ExchangeFolder {
                folder: settings.resolve_path(exchange.folder),
                request_stays: Duration::from_millis(exchange.request_stays.into()),
                settle_time: Duration::from_millis(exchange.settle_time.into()),
                err_files: if exchange.err_files { ErrFiles::BesideResponse } else { ErrFiles::None },
            }),
            listen_health,
            least_free_mb: file.least_free_mb,
            connections: file.connections,
        })
    }
}

/// The error for a file that is not a certificate or key, by the settings' key that names it.
pub(super) fn identity_error(file: &Path, error: UnreadableIdentity) -> SettingsError {
    let (key, remedy) = match error {
        UnreadableIdentity::NoCertificate => {
            ("interface.certificate", "name a file with this institution's certificate in PEM")
        }
        UnreadableIdentity::NoKey => ("interface.key", "name a file with an unencrypted private key in PEM"),
    };
    SettingsFile::from_path(file).key_error(key, remedy, error)
}

/// The settings' key with which the terminal cannot be opened, and the remedy.
pub(super) fn key_and_remedy(error: &WrongSettings) -> (&'static str, &'static str) {
    match error {
        WrongSettings::Interface(_) => ("interface.address", "begin it with https://"),
        WrongSettings::DuplicateStation(_) => ("institution", "name one institution"),
        WrongSettings::Identity(_, UnusableIdentity::Root(_)) => {
            ("interface.authority", "name the root certificate of the system's server")
        }
        WrongSettings::Identity(_, UnusableIdentity::Key) => {
            ("interface.key", "name a private key as OpenSSL writes it: PKCS#8, SEC1 or PKCS#1")
        }
        WrongSettings::Identity(..) => ("interface.certificate", "name a certificate and the key that belongs to it"),
        WrongSettings::Exchange(_, WrongFolder::InUse(_)) => {
            ("exchange.folder", "end the other process, or name another folder")
        }
        WrongSettings::Exchange(_, WrongFolder::OtherFileSystem(_)) => {
            ("exchange.folder", "name a folder whose req, res, face and err are on its own file system")
        }
        WrongSettings::Exchange(_, WrongFolder::Unusable(..)) => {
            ("exchange.folder", "name a folder that this account may write")
        }
        WrongSettings::Service(..) => {
            ("service.address", "begin it with https://; plain http is for this machine only")
        }
        WrongSettings::Database(_) => ("data", "name a folder that this account may write, with data of this version"),
    }
}
