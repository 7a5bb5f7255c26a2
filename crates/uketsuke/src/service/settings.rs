//! The settings of the service, read from a file and the files that it names.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use consult::{Carrier, KnownReception, Limits, NewInstitution, Notices, Relay, Security, WrongSettings};
use database::{Location, MigrationError};
use handover::{ClientId, Issuer};
use serde::Deserialize;
use shell::{Origin, Text, server::ConnectionSettings};

use super::{
    institutions,
    notices::{self, EmergencySection, NoticesSection},
};
use crate::{
    health,
    settings::{Missing, SettingsFile, WrongFile},
};

/// The settings, with what the files hold that they name.
pub(super) struct Settings {
    pub(super) address: Origin,
    pub(super) listen: SocketAddr,
    pub(super) data: PathBuf,
    /// None for a file in the data folder.
    pub(super) database: Option<Location>,
    /// What patients call the service.
    pub(super) name: Text,
    pub(super) operator: String,
    pub(super) institutions: Vec<NewInstitution>,
    pub(super) client: ClientId,
    pub(super) receptions: Vec<KnownReception>,
    pub(super) carrier: Carrier,
    /// Where questions go, for the signature of letters.
    pub(super) contact: Option<String>,
    /// The folder of letters, if that is where they go.
    pub(super) letters: Option<PathBuf>,
    pub(super) keep_pictures_days: u16,
    pub(super) limits: Limits,
    pub(super) notices: Notices,
    /// Where signs of life and metrics are told, apart from the pages.
    pub(super) listen_health: Option<SocketAddr>,
    pub(super) least_free_mb: u32,
    pub(super) connections: ConnectionSettings,
}

/// As the file has them. Texts are parsed one by one, so that what is wrong is told by its key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    address: String,
    #[serde(default = "loopback")]
    listen: String,
    data: PathBuf,
    database: Option<String>,
    name: String,
    name_english: Option<String>,
    operator: String,
    institutions: PathBuf,
    #[serde(default = "a_month")]
    keep_pictures_days: u16,
    #[serde(default)]
    limits: Limits,
    listen_health: Option<String>,
    #[serde(default = "least_free_mb")]
    least_free_mb: u32,
    #[serde(default)]
    connections: ConnectionSettings,
    #[serde(default)]
    notices: NoticesSection,
    #[serde(default)]
    emergency: EmergencySection,
    #[serde(default)]
    hand_over: HandOver,
    mail: Mail,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct HandOver {
    client: String,
    receptions: Vec<String>,
}

impl Default for HandOver {
    fn default() -> Self {
        Self { client: "uketsuke-consult".to_owned(), receptions: Vec::new() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mail {
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

fn loopback() -> String {
    "127.0.0.1:8420".to_owned()
}

fn least_free_mb() -> u32 {
    health::LEAST_FREE_MB
}

fn a_month() -> u16 {
    30
}

const GUIDE: &str = "docs/guide/operate.md";

impl Settings {
    /// Reads them.
    pub(super) fn read(path: &Path) -> Result<Self, WrongFile> {
        let (settings, file): (_, File) = SettingsFile::read(path, "name the service's settings with --config", GUIDE)?;
        let remedy = "write where patients find the service, such as \"https://consult.example.jp\"";
        let address = settings.value("address", remedy, &file.address)?;
        let remedy = "write an address and a port, such as \"127.0.0.1:8420\"";
        let listen = settings.value("listen", remedy, &file.listen)?;
        let listen_health = settings.health_address(file.listen_health.as_deref())?;
        let remedy = "write postgres://USER@HOST/NAME, or take it out for a file in the data folder";
        let database = file.database.map(|url| settings.value("database", remedy, &url)).transpose()?;
        if file.operator.trim().is_empty() {
            return Err(settings.wrong("operator", "write who runs the service, as patients are told", "it is empty"));
        }
        let name = name(&settings, file.name, file.name_english)?;
        let remedy = "give the service a name for programs, such as my-service";
        let client = settings.value("hand_over.client", remedy, &file.hand_over.client)?;
        let receptions = receptions(&settings, &file.hand_over.receptions)?;
        let mut missing = Missing::default();
        let notices = notices::read_notices(&settings, file.notices, file.emergency, &mut missing)?;
        let institutions = institutions::read(&settings.at(file.institutions), GUIDE, &receptions, &mut missing)?;
        let letters = file.mail.folder.as_ref().map(|folder| settings.at(folder));
        let contact = file.mail.contact.clone();
        let carrier = Carrier::Relay(relay(&settings, file.mail, letters.as_ref(), &address)?);
        missing.refuse()?;
        let remedy = "write the section [notices]";
        let notices = notices.ok_or_else(|| settings.wrong("notices", remedy, "it is not whole"))?;
        Ok(Self {
            address,
            listen,
            data: settings.at(file.data),
            database,
            name,
            operator: file.operator,
            institutions,
            client,
            receptions,
            carrier,
            contact,
            letters,
            keep_pictures_days: file.keep_pictures_days,
            limits: file.limits,
            notices,
            listen_health,
            least_free_mb: file.least_free_mb,
            connections: file.connections,
        })
    }
}

/// The longest name that fits beside the menu of a phone.
const LONGEST_NAME: usize = 24;

fn name(settings: &SettingsFile<'_>, japanese: String, english: Option<String>) -> Result<Text, WrongFile> {
    let english = english.unwrap_or_else(|| japanese.clone());
    for (key, name) in [("name", &japanese), ("name_english", &english)] {
        let length = name.chars().count();
        if name.trim().is_empty() || length > LONGEST_NAME {
            let remedy = "write what patients call the service, in at most 24 characters";
            return Err(settings.wrong(key, remedy, format!("it has {length}")));
        }
    }
    Ok(Text::filled(japanese, english))
}

fn receptions(settings: &SettingsFile<'_>, named: &[String]) -> Result<Vec<KnownReception>, WrongFile> {
    let remedy = "write a reception's issuer, such as \"https://reception.example.jp\"";
    let known = named.iter().enumerate().map(|(place, text)| {
        let key = format!("hand_over.receptions[{place}]");
        let issuer: Issuer = settings.value(&key, remedy, text)?;
        let origin = settings.value(&key, remedy, &issuer.metadata_url().origin().ascii_serialization())?;
        Ok(KnownReception { issuer, origin })
    });
    known.collect()
}

fn relay(
    settings: &SettingsFile<'_>,
    mail: Mail,
    letters: Option<&PathBuf>,
    address: &Origin,
) -> Result<Relay, WrongFile> {
    let Mail { from, relay, port, security, user, password_file, folder: _, helo, contact: _ } = mail;
    let helo = helo.unwrap_or_else(|| host_of(address).to_owned());
    let wrong = |wrong: consult::WrongRelay| {
        let (key, remedy) = match &wrong {
            consult::WrongRelay::Sender(_) => ("mail.from", "write a name and an address in angle brackets"),
            consult::WrongRelay::Host(_) => ("mail.relay", "write the host name of the mail relay"),
            consult::WrongRelay::ClearText(_) => ("mail.security", "write \"starttls\" or \"tls\""),
            consult::WrongRelay::Helo(_) => (
                "mail.helo",
                "write the host name that the mail relay knows this machine by, such as \"consult.example.jp\"",
            ),
        };
        settings.wrong(key, remedy, wrong)
    };
    let host = match (relay, letters) {
        (Some(host), None) => host,
        (None, Some(folder)) => return Relay::folder(folder.clone(), &from).map_err(wrong),
        _ => {
            let remedy = "name either a relay or, to try the service, a folder";
            return Err(settings.wrong("mail", remedy, "letters go one way"));
        }
    };
    url::Host::parse(&host).map_err(|_| wrong(consult::WrongRelay::Host(host.clone())))?;
    let (security, usual_port) = match security.as_deref() {
        Some("tls") => (Security::Tls, 465),
        None | Some("starttls") => (Security::StartTls, 587),
        Some("none") => (Security::None, 25),
        Some(other) => {
            let remedy = "write \"starttls\", \"tls\" or, for a relay on this machine, \"none\"";
            return Err(settings.wrong("mail.security", remedy, format!("'{other}' is none of them")));
        }
    };
    let sign_in = match (user, password_file) {
        (None, None) => None,
        (Some(user), Some(file)) => {
            let password =
                settings.secret("mail.password_file", &file, "it holds the relay's password, in one line")?;
            Some((user, password.to_string()))
        }
        _ => {
            let remedy = "name both user and password_file, or neither";
            return Err(settings.wrong("mail.password_file", remedy, "one without the other signs nobody in"));
        }
    };
    Relay::new(&host, port.unwrap_or(usual_port), security, sign_in, &from, &helo).map_err(wrong)
}

/// The host of an address, without its port.
fn host_of(address: &Origin) -> &str {
    let authority = address.authority();
    // An IPv6 address has colons too, and brackets around them.
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// Which key the room cannot be opened with, and what to do.
pub(super) fn at_fault(wrong: &WrongSettings, settings: &Settings) -> (&'static str, &'static str) {
    match wrong {
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
