//! For whoever runs a terminal of his own against the demo: its settings, certificate and key, for each institution.

use std::{
    fs, io,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use jpki::pem;
use shell::Origin;

use super::{
    machines::{self, CertificateAndKey},
    world,
};
use crate::key_store::KeyStore;

/// Why the settings are not there.
#[derive(Debug, thiserror::Error)]
pub enum StationFilesError {
    /// A file or folder cannot be written.
    #[error("--terminals: '{0}' cannot be written")]
    File(PathBuf, #[source] io::Error),
    /// The certificates cannot be read.
    #[error("--terminals")]
    Machines(#[from] machines::MachinesError),
}

/// Writes a folder for each institution, called by its code. What is there is written over, but data and exchanged files.
pub(super) fn write_station_folders(
    folder: &Path,
    keep: &KeyStore,
    (root, interface): (&[u8], &Origin),
    places: &world::WorldAddresses,
) -> Result<(), StationFilesError> {
    let institutions = world::institutions(places);
    for (code, CertificateAndKey { certificate, key }) in machines::load_station_identities(keep)? {
        let own = folder.join(code.to_string());
        let name = institutions.iter().find(|known| known.code() == code).map_or("", world::DemoInstitution::name);
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&own);
        made.map_err(|error| StationFilesError::File(own.clone(), error))?;
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
            let path = own.join(file);
            write_private_file(&path, content.as_bytes()).map_err(|error| StationFilesError::File(path, error))?;
        }
    }
    Ok(())
}

/// For its owner alone: one of them is a private key.
fn write_private_file(path: &Path, content: &[u8]) -> io::Result<()> {
    fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?.write_all(content)
}
