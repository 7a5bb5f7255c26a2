//! `uketsuke backup`: a data folder as it stands at one moment, beside whoever uses it.
//!
//! Databases are copied first and pictures after them: a picture that a copied row tells of is there, unless it was erased
//! meanwhile. A server of PostgreSQL is dumped by its own means (`pg_dump`); beside it the folder holds keys and pictures.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use crate::{
    cli,
    key_store::{MASTER_KEY, make_folder},
};

/// Why there is no backup. Nothing is left of one that did not end.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Nothing of ours is there.
    #[error("'{0}' is no data folder: name the one that --data, or data in the settings, names")]
    NoDataFolder(PathBuf),
    /// Something is there already.
    #[error("'{0}' is there already; name a folder that is not, such as one with the day in its name")]
    TargetExists(PathBuf),
    /// A database cannot be copied.
    #[error("'{0}' cannot be copied")]
    Database(PathBuf, #[source] database::Error),
    /// A file or folder cannot be copied.
    #[error("'{0}' cannot be copied")]
    File(PathBuf, #[source] io::Error),
}

/// What was copied.
#[derive(Debug, Default, PartialEq, Eq)]
struct CopyCounts {
    databases: usize,
    files: usize,
}

/// Makes the backup, whole or not at all.
pub fn run(wanted: &cli::BackupArguments) -> Result<(), BackupError> {
    let copied = create_backup(wanted)?;
    let key = if wanted.without_master_key {
        "without the master key, which opens all of it: keep that apart"
    } else {
        "with the master key: whoever has it can read everything in it"
    };
    eprintln!(
        "uketsuke backup: '{}' (databases: {}, other files: {}), {key}",
        wanted.target.display(),
        copied.databases,
        copied.files
    );
    if copied.databases == 0 {
        eprintln!(
            "uketsuke backup: no database is in this folder; where it is on a PostgreSQL server, dump that with pg_dump before \
             each backup of the folder"
        );
    }
    Ok(())
}

fn create_backup(wanted: &cli::BackupArguments) -> Result<CopyCounts, BackupError> {
    let cli::BackupArguments { data, target: into, without_master_key } = wanted;
    if into.exists() {
        return Err(BackupError::TargetExists(into.clone()));
    }
    let files = list_files(data)?;
    // A service whose database is on a server has none here; its key is what makes a folder a data folder.
    if !files.iter().any(|name| is_database(name) || name == Path::new(MASTER_KEY)) {
        return Err(BackupError::NoDataFolder(data.clone()));
    }
    let mut draft = into.clone().into_os_string();
    draft.push(".new");
    let draft = PathBuf::from(draft);
    // What an earlier attempt left.
    if let Err(error) = fs::remove_dir_all(&draft)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(BackupError::File(draft, error));
    }
    let left_out = |name: &Path| *without_master_key && name == Path::new(MASTER_KEY);
    let copied = copy_files(data, &draft, &files, left_out).and_then(|copied| {
        fs::rename(&draft, into).map_err(|error| BackupError::File(into.clone(), error))?;
        Ok(copied)
    });
    if copied.is_err() {
        // Why it failed is told; that its remains stay too would only hide it.
        let _ = fs::remove_dir_all(&draft);
    }
    copied
}

fn copy_files(
    data: &Path,
    into: &Path,
    files: &[PathBuf],
    left_out: impl Fn(&Path) -> bool,
) -> Result<CopyCounts, BackupError> {
    make_folder(into).map_err(|error| BackupError::File(into.to_owned(), error))?;
    let mut copied = CopyCounts::default();
    for name in files.iter().filter(|name| is_database(name)) {
        let (from, to) = (data.join(name), into.join(name));
        database::copy(&from, &to).map_err(|error| BackupError::Database(from, error))?;
        restrict_to_owner(&to)?;
        copied.databases += 1;
    }
    // What came meanwhile belongs to rows that came after.
    for name in list_files(data)?.iter().filter(|name| !is_database_file(name) && !left_out(name)) {
        let (from, to) = (data.join(name), into.join(name));
        if let Some(folder) = to.parent() {
            make_folder(folder).map_err(|error| BackupError::File(folder.to_owned(), error))?;
        }
        match fs::copy(&from, &to).and_then(|_| fs::File::open(&to)?.sync_all()) {
            Ok(()) => {}
            // A picture was erased.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(BackupError::File(from, error)),
        }
        restrict_to_owner(&to)?;
        copied.files += 1;
    }
    Ok(copied)
}

fn restrict_to_owner(file: &Path) -> Result<(), BackupError> {
    fs::set_permissions(file, fs::Permissions::from_mode(0o600))
        .map_err(|error| BackupError::File(file.to_owned(), error))
}

fn is_database(name: &Path) -> bool {
    name.extension().is_some_and(|extension| extension == "db")
}

/// The file of a database, or what SQLite keeps beside it.
fn is_database_file(name: &Path) -> bool {
    name.extension().and_then(|extension| extension.to_str()).is_some_and(|all| all.starts_with("db"))
}

/// The files of a folder and of those in it, by their paths within it.
fn list_files(folder: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let mut files = Vec::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(within) = waiting.pop() {
        let at = folder.join(&within);
        let entries = match fs::read_dir(&at) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound && within.as_os_str().is_empty() => {
                return Err(BackupError::NoDataFolder(folder.to_owned()));
            }
            // The folder of a picture that was erased.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(BackupError::File(at, error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| BackupError::File(at.clone(), error))?;
            let name = within.join(entry.file_name());
            let kind = entry.file_type().map_err(|error| BackupError::File(entry.path(), error))?;
            if kind.is_dir() {
                waiting.push(name);
            } else if kind.is_file() {
                files.push(name);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use database::{Database, Location};

    use super::*;

    fn read_folder_content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = list_files(folder).unwrap();
        files.into_iter().map(|name| (name.clone(), fs::read(folder.join(name)).unwrap())).collect()
    }

    #[test]
    fn a_backup_has_the_databases_and_every_file_and_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (data, into) = (folder.path().join("data"), folder.path().join("backups/monday"));
        let wanted = cli::BackupArguments { data: data.clone(), target: into.clone(), without_master_key: false };
        assert!(matches!(create_backup(&wanted), Err(BackupError::NoDataFolder(_))), "there is no folder");
        fs::create_dir_all(data.join("pictures/1")).unwrap();
        fs::write(data.join("pictures/1/picture"), b"sealed").unwrap();
        assert!(matches!(create_backup(&wanted), Err(BackupError::NoDataFolder(_))), "nothing of ours is in it");
        fs::write(data.join("master.key"), [1; 32]).unwrap();
        let beside_a_server = cli::BackupArguments { target: folder.path().join("sunday"), ..wanted.clone() };
        assert_eq!(
            create_backup(&beside_a_server).unwrap(),
            CopyCounts { databases: 0, files: 2 },
            "its database is on a server"
        );
        let place = Location::Sqlite(data.join("consult.db"));
        let database = Database::open(&place, "consult", consult::MIGRATIONS).unwrap();
        assert_eq!(create_backup(&wanted).unwrap(), CopyCounts { databases: 1, files: 2 });
        let copied = read_folder_content(&into);
        let names: Vec<_> = copied.keys().map(|name| name.to_str().unwrap()).collect();
        assert_eq!(names, ["consult.db", "master.key", "pictures/1/picture"]);
        assert_eq!(copied[Path::new("pictures/1/picture")], b"sealed");
        for name in copied.keys() {
            assert_eq!(fs::metadata(into.join(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name:?}");
        }
        assert_eq!(fs::metadata(&into).unwrap().permissions().mode() & 0o777, 0o700);
        drop(database);

        assert!(matches!(create_backup(&wanted), Err(BackupError::TargetExists(_))), "no backup is written over");
        let without =
            cli::BackupArguments { target: folder.path().join("tuesday"), without_master_key: true, ..wanted.clone() };
        assert_eq!(create_backup(&without).unwrap(), CopyCounts { databases: 1, files: 1 });
        assert!(!without.target.join("master.key").exists());

        // One that cannot end leaves nothing.
        fs::write(data.join("broken.db"), "no database at all, but as long as its head is".repeat(9)).unwrap();
        let broken = cli::BackupArguments { target: folder.path().join("wednesday"), ..wanted };
        assert!(matches!(create_backup(&broken), Err(BackupError::Database(..))));
        assert!(!broken.target.exists() && !folder.path().join("wednesday.new").exists());
    }
}
