//! The settings of the service, read from a file and the files that it names.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use consult::{KnownReception, Limits, MailTransport, NewInstitution, Notices, Relay, Security, WrongSettings};
use database::{Location, MigrationError};
use handover::{ClientId, Issuer};
use serde::Deserialize;
use text::Text;
use web::{Origin, server::ConnectionSettings};

use super::{
    institutions,
    notices::{self, EmergencySection, NoticesSection},
};
use crate::{
    health,
    settings::{MissingKeys, SettingsError, SettingsFile},
};

/// The settings, with the contents of the files that they name.
pub(super) struct ServiceSettings {
    pub(super) address: Origin,
    pub(super) listen: SocketAddr,
    pub(super) data: PathBuf,
    /// None for a file in the data folder.
    pub(super) database: Option<Location>,
    /// The name of the service for patients.
    pub(super) name: Text,
    pub(super) operator: String,
    pub(super) institutions: Vec<NewInstitution>,
    pub(super) client: ClientId,
    pub(super) receptions: Vec<KnownReception>,
    pub(super) mail_delivery: MailTransport,
    /// The contact in the signature of letters.
    pub(super) contact: Option<String>,
    /// The folder that letters are written to, instead of a relay.
    pub(super) letter_folder: Option<PathBuf>,
    pub(super) keep_pictures_days: u16,
    pub(super) limits: Limits,
    pub(super) notices: Notices,
    /// The separate address for health checks and metrics.
    pub(super) listen_health: Option<SocketAddr>,
    pub(super) least_free_mb: u32,
    pub(super) connections: ConnectionSettings,
}

/// The settings as in the file. Texts are parsed one by one, so that an error is reported with its key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ServiceSettingsFile {
    address: String,
    #[serde(default = "default_listen")]
    listen: String,
    data: PathBuf,
    database: Option<String>,
    name: String,
    name_english: Option<String>,
    operator: String,
    institutions: PathBuf,
    #[serde(default = "default_keep_pictures_days")]
    keep_pictures_days: u16,
    #[serde(default)]
    limits: Limits,
    listen_health: Option<String>,
    #[serde(default = "default_least_free_mb")]
    least_free_mb: u32,
    #[serde(default)]
    connections: ConnectionSettings,
    #[serde(default)]
    notices: NoticesSection,
    #[serde(default)]
    emergency: EmergencySection,
    #[serde(default)]
    hand_over: HandOverSection,
    mail: MailSection,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct HandOverSection {
    client: String,
    receptions: Vec<String>,
}

impl Default for HandOverSection {
    fn default() -> Self {
        Self { client: "uketsuke-consult".to_owned(), receptions: Vec::new() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MailSection {
    from: String,
    relay: Option<String>,
    port: Option<u16>,
    security: Option<String>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    folder: Option<PathBuf>,
    helo: Option<String>,
    contact: Option<String>,
}

fn default_listen() -> String {
    "127.0.0.1:8420".to_owned()
}

fn default_least_free_mb() -> u32 {
    health::DEFAULT_LEAST_FREE_MB
}

fn default_keep_pictures_days() -> u16 {
    30
}

const GUIDE_PATH: &str = "docs/guide/operate.md";

impl ServiceSettings {
    /// Reads the settings and the files that they name.
    pub(super) fn read(path: &Path) -> Result<Self, SettingsError> {
        let (settings, file): (_, ServiceSettingsFile) =
            SettingsFile::read(path, "name the service's settings with --config", GUIDE_PATH)?;
        let remedy = "write where patients find the service, such as \"https://consult.example.jp\"";
        let address = settings.parse_value("address", remedy, &file.address)?;
        let remedy = "write an address and a port, such as \"127.0.0.1:8420\"";
        let listen = settings.parse_value("listen", remedy, &file.listen)?;
        let listen_health = settings.parse_health_address(file.listen_health.as_deref())?;
        let remedy = "write postgres://USER@HOST/NAME, or take it out for a file in the data folder";
        let database = file.database.map(|url| settings.parse_value("database", remedy, &url)).transpose()?;
        if file.operator.trim().is_empty() {
            return Err(settings.key_error(
                "operator",
                "write who runs the service, as patients are told",
                "it is empty",
            ));
        }
        let name = parse_name(&settings, file.name, file.name_english)?;
        let remedy = "give the service a name for programs, such as my-service";
        let client = settings.parse_value("hand_over.client", remedy, &file.hand_over.client)?;
        let receptions = parse_receptions(&settings, &file.hand_over.receptions)?;
        let mut missing = MissingKeys::default();
        let notices = notices::read_notices(&settings, file.notices, file.emergency, &mut missing)?;
        let institutions = institutions::read_institutions(
            &settings.resolve_path(file.institutions),
            GUIDE_PATH,
            &receptions,
            &mut missing,
        )?;
        let letter_folder = file.mail.folder.as_ref().map(|folder| settings.resolve_path(folder));
        let contact = file.mail.contact.clone();
        let mail_delivery = MailTransport::Relay(build_relay(&settings, file.mail, letter_folder.as_ref(), &address)?);
        missing.into_result()?;
        let remedy = "write the section [notices]";
        let notices = notices.ok_or_else(|| settings.key_error("notices", remedy, "it is not whole"))?;
        Ok(Self {
            address,
            listen,
            data: settings.resolve_path(file.data),
            database,
            name,
            operator: file.operator,
            institutions,
            client,
            receptions,
            mail_delivery,
            contact,
            letter_folder,
            keep_pictures_days: file.keep_pictures_days,
            limits: file.limits,
            notices,
            listen_health,
            least_free_mb: file.least_free_mb,
            connections: file.connections,
        })
    }
}

/// The longest name that fits next to the menu on a phone.
const MAX_NAME_LENGTH: usize = 24;

fn parse_name(settings: &SettingsFile<'_>, japanese: String, english: Option<String>) -> Result<Text, SettingsError> {
    let english = english.unwrap_or_else(|| japanese.clone());
    for (key, name) in [("name", &japanese), ("name_english", &english)] {
        let length = name.chars().count();
        if name.trim().is_empty() || length > MAX_NAME_LENGTH {
            let remedy = "write what patients call the service, in at most 24 characters";
            return Err(settings.key_error(key, remedy, format!("it has {length}")));
        }
    }
    Ok(Text::from_strings(japanese, english))
}

fn parse_receptions(settings: &SettingsFile<'_>, issuers: &[String]) -> Result<Vec<KnownReception>, SettingsError> {
    let remedy = "write a reception's issuer, such as \"https://reception.example.jp\"";
    let receptions = issuers.iter().enumerate().map(|(index, text)| {
        let key = format!("hand_over.receptions[{index}]");
        let issuer: Issuer = settings.parse_value(&key, remedy, text)?;
        let origin = settings.parse_value(&key, remedy, &issuer.metadata_url().origin().ascii_serialization())?;
        Ok(KnownReception { issuer, origin })
    });
    receptions.collect()
}

fn build_relay(
    settings: &SettingsFile<'_>,
    mail: MailSection,
    letter_folder: Option<&PathBuf>,
    address: &Origin,
) -> Result<Relay, SettingsError> {
    let MailSection { from, relay, port, security, user, password_file, folder: _, helo, contact: _ } = mail;
    let helo = helo.unwrap_or_else(|| host_without_port(address).to_owned());
    let relay_error = |error: consult::WrongRelay| {
        let (key, remedy) = match &error {
            consult::WrongRelay::Sender(_) => ("mail.from", "write a name and an address in angle brackets"),
            consult::WrongRelay::Host(_) => ("mail.relay", "write the host name of the mail relay"),
            consult::WrongRelay::ClearText(_) => ("mail.security", "write \"starttls\" or \"tls\""),
            consult::WrongRelay::Helo(_) => (
                "mail.helo",
                "write the host name that the mail relay knows this machine by, such as \"consult.example.jp\"",
            ),
        };
        settings.key_error(key, remedy, error)
    };
    let host = match (relay, letter_folder) {
        (Some(host), None) => host,
        (None, Some(folder)) => return Relay::folder(folder.clone(), &from).map_err(relay_error),
        _ => {
            let remedy = "name either a relay or, to try the service, a folder";
            return Err(settings.key_error("mail", remedy, "letters go one way"));
        }
    };
    url::Host::parse(&host).map_err(|_| relay_error(consult::WrongRelay::Host(host.clone())))?;
    let (security, usual_port) = match security.as_deref() {
        Some("tls") => (Security::Tls, 465),
        None | Some("starttls") => (Security::StartTls, 587),
        Some("none") => (Security::None, 25),
        Some(unknown) => {
            let remedy = "write \"starttls\", \"tls\" or, for a relay on this machine, \"none\"";
            return Err(settings.key_error("mail.security", remedy, format!("'{unknown}' is none of them")));
        }
    };
    let sign_in = match (user, password_file) {
        (None, None) => None,
        (Some(user), Some(file)) => {
            let password =
                settings.read_secret("mail.password_file", &file, "it holds the relay's password, in one line")?;
            Some((user, password.to_string()))
        }
        _ => {
            let remedy = "name both user and password_file, or neither";
            return Err(settings.key_error("mail.password_file", remedy, "one without the other signs nobody in"));
        }
    };
    Relay::new(&host, port.unwrap_or(usual_port), security, sign_in, &from, &helo).map_err(relay_error)
}

/// The host of an address, without its port.
fn host_without_port(address: &Origin) -> &str {
    let authority = address.authority();
    // An IPv6 address has colons too, and brackets around them.
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// The settings' key with which the service cannot be opened, and the remedy.
pub(super) fn key_and_remedy(error: &WrongSettings, settings: &ServiceSettings) -> (&'static str, &'static str) {
    match error {
        WrongSettings::Database(MigrationError::OtherKey(_)) if settings.database.is_some() => (
            "database",
            "share the data folder whose master.key this database belongs to (data), as nodes of one service do, or name \
             another database",
        ),
        WrongSettings::Database(MigrationError::OtherKey(_)) => (
            "data",
            "restore the master.key that its database belongs to, from the same backup, or name another folder",
        ),
        WrongSettings::Database(_) if settings.database.is_some() => {
            ("database", "name a server that answers, and a database of this version that this account owns")
        }
        WrongSettings::Database(_) => ("data", "name a folder that this account may write, with data of this version"),
        WrongSettings::Origin(_) => ("address", "write an address that begins with https://"),
        WrongSettings::Pictures(_) => ("data", "name a folder that this account may write"),
    }
}

#[cfg(test)]
mod tests;
