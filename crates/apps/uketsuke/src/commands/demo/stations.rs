//! `--terminals`: writes the settings, certificate and key of a separate terminal process for each institution.

use std::{
    io,
    path::{Path, PathBuf},
};

use jpki::pem;
use world::DemoInstitution;

use super::{
    addresses::DemoAddresses,
    machines::{CertificateAndKey, StoredIdentities},
    terminal_accounts::{TerminalAccount, find_terminal_account},
};
use crate::key_store::{make_folder, write_private_file};

/// Why the folders cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum StationFilesError {
    /// A file or folder cannot be written.
    #[error("--terminals: '{0}' cannot be written")]
    File(PathBuf, #[source] io::Error),
}

/// The file with the desk's password for programs at the service.
const PASSWORD_FILE: &str = "service.password";

/// Writes a folder for each institution, named by its code. Settings and keys are overwritten; data and exchanged files are
/// kept.
pub(super) fn write_station_folders(
    folder: &Path,
    identities: &StoredIdentities,
    (root, addresses): (&[u8], &DemoAddresses),
    (institutions, accounts): (&[DemoInstitution], &[TerminalAccount]),
) -> Result<(), StationFilesError> {
    for (code, CertificateAndKey { certificate, key }) in &identities.stations {
        let station_folder = folder.join(code.to_string());
        let name =
            institutions.iter().find(|institution| institution.code() == *code).map_or("", DemoInstitution::name);
        make_folder(&station_folder).map_err(|error| StationFilesError::File(station_folder.clone(), error))?;
        let interface = &addresses.interface;
        let mut settings = format!(
            "# {name}: a terminal of its own against the demo. `uketsuke terminal --config terminal.toml`
institution = \"{code}\"
name = \"{name}\"
data = \"data\"
listen = \"127.0.0.1:8410\"

[interface]
address = \"{interface}\"
authority = \"authority.pem\"
certificate = \"terminal.pem\"
key = \"terminal.key\"

[exchange]
folder = \"exchange\"
"
        );
        let mut files = vec![
            ("authority.pem", pem::encode(pem::CERTIFICATE, root)),
            ("terminal.pem", pem::encode(pem::CERTIFICATE, certificate)),
            ("terminal.key", pem::encode(pem::PRIVATE_KEY, key)),
        ];
        if let Some(account) = find_terminal_account(accounts, *code) {
            settings.push_str(&service_section(addresses, account));
            files.push((PASSWORD_FILE, account.password().to_string()));
        }
        files.push(("terminal.toml", settings));
        for (file, content) in files {
            let path = station_folder.join(file);
            write_private_file(&path, content.as_bytes()).map_err(|error| StationFilesError::File(path, error))?;
        }
    }
    Ok(())
}

/// The section of the settings by which a terminal reports what it confirms to the demo's service.
fn service_section(addresses: &DemoAddresses, account: &TerminalAccount) -> String {
    let (service, mail) = (&addresses.consult, account.mail());
    format!(
        "
[service]
address = \"{service}\"
mail = \"{mail}\"
password_file = \"{PASSWORD_FILE}\"
"
    )
}
