//! `--terminals`: writes the settings, certificate and key of a separate terminal process for each institution.

use std::{
    io,
    path::{Path, PathBuf},
};

use jpki::pem;
use web::Origin;
use world::DemoInstitution;

use super::machines::{CertificateAndKey, StoredIdentities};
use crate::key_store::{make_folder, write_private_file};

/// Why the folders cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum StationFilesError {
    /// A file or folder cannot be written.
    #[error("--terminals: '{0}' cannot be written")]
    File(PathBuf, #[source] io::Error),
}

/// Writes a folder for each institution, named by its code. Settings and keys are overwritten; data and exchanged files are
/// kept.
pub(super) fn write_station_folders(
    folder: &Path,
    identities: &StoredIdentities,
    (root, interface): (&[u8], &Origin),
    institutions: &[DemoInstitution],
) -> Result<(), StationFilesError> {
    for (code, CertificateAndKey { certificate, key }) in &identities.stations {
        let station_folder = folder.join(code.to_string());
        let name =
            institutions.iter().find(|institution| institution.code() == *code).map_or("", DemoInstitution::name);
        make_folder(&station_folder).map_err(|error| StationFilesError::File(station_folder.clone(), error))?;
        let settings = format!(
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
        for (file, content) in [
            ("terminal.toml", settings),
            ("authority.pem", pem::encode(pem::CERTIFICATE, root)),
            ("terminal.pem", pem::encode(pem::CERTIFICATE, certificate)),
            ("terminal.key", pem::encode(pem::PRIVATE_KEY, key)),
        ] {
            let path = station_folder.join(file);
            write_private_file(&path, content.as_bytes()).map_err(|error| StationFilesError::File(path, error))?;
        }
    }
    Ok(())
}
