//! `--terminals`: writes the settings, certificate and key of a separate terminal process for each institution.

use std::{
    fs, io,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use jpki::pem;
use web::Origin;

use super::machines::{self, CertificateAndKey};
use crate::key_store::KeyStore;

/// Why the folders cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum StationFilesError {
    /// A file or folder cannot be written.
    #[error("--terminals: '{0}' cannot be written")]
    File(PathBuf, #[source] io::Error),
    /// The certificates cannot be read.
    #[error("--terminals")]
    Machines(#[from] machines::MachinesError),
}

/// Writes a folder for each institution, named by its code. Settings and keys are overwritten; data and exchanged files are
/// kept.
pub(super) fn write_station_folders(
    folder: &Path,
    key_store: &KeyStore,
    (root, interface): (&[u8], &Origin),
    world_addresses: &world::WorldAddresses,
) -> Result<(), StationFilesError> {
    let institutions = world::institutions(world_addresses);
    for (code, CertificateAndKey { certificate, key }) in machines::load_station_identities(key_store)? {
        let station_folder = folder.join(code.to_string());
        let name =
            institutions.iter().find(|institution| institution.code() == code).map_or("", world::DemoInstitution::name);
        let created = fs::DirBuilder::new().recursive(true).mode(0o700).create(&station_folder);
        created.map_err(|error| StationFilesError::File(station_folder.clone(), error))?;
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
            ("terminal.pem", pem::encode(pem::CERTIFICATE, &certificate)),
            ("terminal.key", pem::encode(pem::PRIVATE_KEY, &key)),
        ] {
            let path = station_folder.join(file);
            write_private_file(&path, content.as_bytes()).map_err(|error| StationFilesError::File(path, error))?;
        }
    }
    Ok(())
}

/// Only the owner can access the file: one of the files is a private key.
fn write_private_file(path: &Path, content: &[u8]) -> io::Result<()> {
    fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?.write_all(content)
}
