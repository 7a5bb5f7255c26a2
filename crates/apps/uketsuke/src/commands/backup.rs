//! `uketsuke backup`: a consistent copy of a data folder, while a program uses it.
//!
//! Databases are copied first and pictures after them: the picture of a copied row is in the copy, unless it was erased
//! meanwhile. A PostgreSQL server is dumped with `pg_dump`; the folder then holds keys and pictures only.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use crate::{
    arguments::BackupArguments,
    key_store::{MASTER_KEY, make_folder},
};

/// Why there is no backup. A failed backup leaves nothing.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The folder is not a data folder.
    #[error("'{0}' is no data folder: name the one that --data, or data in the settings, names")]
    NoDataFolder(PathBuf),
    /// The target exists already.
    #[error("'{0}' is there already; name a folder that is not, such as one with the day in its name")]
    TargetExists(PathBuf),
    /// A database cannot be copied.
    #[error("'{0}' cannot be copied")]
    Database(PathBuf, #[source] database::Error),
    /// A file or folder cannot be copied.
    #[error("'{0}' cannot be copied")]
    File(PathBuf, #[source] io::Error),
}

/// The numbers of copied files.
#[derive(Debug, Default, PartialEq, Eq)]
struct CopyCounts {
    databases: usize,
    files: usize,
}

/// Makes the backup, completely or not at all.
pub fn run(arguments: &BackupArguments) -> Result<(), BackupError> {
    let counts = create_backup(arguments)?;
    let key_notice = if arguments.without_master_key {
        "without the master key, which opens all of it: keep that apart"
    } else {
        "with the master key: whoever has it can read everything in it"
    };
    eprintln!(
        "uketsuke backup: '{}' (databases: {}, other files: {}), {key_notice}",
        arguments.target.display(),
        counts.databases,
        counts.files
    );
    if counts.databases == 0 {
        eprintln!(
            "uketsuke backup: no database is in this folder; where it is on a PostgreSQL server, dump that with pg_dump before \
             each backup of the folder"
        );
    }
    Ok(())
}

fn create_backup(arguments: &BackupArguments) -> Result<CopyCounts, BackupError> {
    let BackupArguments { data, target, without_master_key } = arguments;
    if target.exists() {
        return Err(BackupError::TargetExists(target.clone()));
    }
    let files = list_files(data)?;
    // A service with PostgreSQL has no database file here; its key marks the folder as a data folder.
    if !files.iter().any(|name| is_database(name) || name == Path::new(MASTER_KEY)) {
        return Err(BackupError::NoDataFolder(data.clone()));
    }
    let mut draft = target.clone().into_os_string();
    draft.push(".new");
    let draft = PathBuf::from(draft);
    // Remains of an earlier attempt.
    if let Err(error) = fs::remove_dir_all(&draft)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(BackupError::File(draft, error));
    }
    let is_excluded = |name: &Path| *without_master_key && name == Path::new(MASTER_KEY);
    let counts = copy_files(data, &draft, &files, is_excluded).and_then(|counts| {
        fs::rename(&draft, target).map_err(|error| BackupError::File(target.clone(), error))?;
        Ok(counts)
    });
    if counts.is_err() {
        // The cause of the failure is reported; an error of the clean-up would only hide it.
        let _ = fs::remove_dir_all(&draft);
    }
    counts
}

fn copy_files(
    data: &Path,
    target: &Path,
    files: &[PathBuf],
    is_excluded: impl Fn(&Path) -> bool,
) -> Result<CopyCounts, BackupError> {
    make_folder(target).map_err(|error| BackupError::File(target.to_owned(), error))?;
    let mut counts = CopyCounts::default();
    for name in files.iter().filter(|name| is_database(name)) {
        let (source, destination) = (data.join(name), target.join(name));
        database::copy(&source, &destination).map_err(|error| BackupError::Database(source, error))?;
        restrict_to_owner(&destination)?;
        counts.databases += 1;
    }
    // Files that were added meanwhile belong to rows that were added later.
    for name in list_files(data)?.iter().filter(|name| !is_database_file(name) && !is_excluded(name)) {
        let (source, destination) = (data.join(name), target.join(name));
        if let Some(folder) = destination.parent() {
            make_folder(folder).map_err(|error| BackupError::File(folder.to_owned(), error))?;
        }
        match fs::copy(&source, &destination).and_then(|_| fs::File::open(&destination)?.sync_all()) {
            Ok(()) => {}
            // A picture was erased meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(BackupError::File(source, error)),
        }
        restrict_to_owner(&destination)?;
        counts.files += 1;
    }
    Ok(counts)
}

fn restrict_to_owner(file: &Path) -> Result<(), BackupError> {
    fs::set_permissions(file, fs::Permissions::from_mode(0o600))
        .map_err(|error| BackupError::File(file.to_owned(), error))
}

fn is_database(name: &Path) -> bool {
    name.extension().is_some_and(|extension| extension == "db")
}

/// The file of a database, or its write-ahead log or index.
fn is_database_file(name: &Path) -> bool {
    name.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| extension.starts_with("db"))
}

/// The files of a folder and its subfolders, by their relative paths.
fn list_files(folder: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let mut files = Vec::new();
    let mut pending = vec![PathBuf::new()];
    while let Some(relative_path) = pending.pop() {
        let path = folder.join(&relative_path);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound && relative_path.as_os_str().is_empty() => {
                return Err(BackupError::NoDataFolder(folder.to_owned()));
            }
            // The folder of a picture that was erased.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(BackupError::File(path, error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| BackupError::File(path.clone(), error))?;
            let name = relative_path.join(entry.file_name());
            let file_type = entry.file_type().map_err(|error| BackupError::File(entry.path(), error))?;
            if file_type.is_dir() {
                pending.push(name);
            } else if file_type.is_file() {
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
        let (data, target) = (folder.path().join("data"), folder.path().join("backups/monday"));
        let arguments = BackupArguments { data: data.clone(), target: target.clone(), without_master_key: false };
        assert!(matches!(create_backup(&arguments), Err(BackupError::NoDataFolder(_))), "there is no folder");
        fs::create_dir_all(data.join("pictures/1")).unwrap();
        fs::write(data.join("pictures/1/picture"), b"sealed").unwrap();
        assert!(matches!(create_backup(&arguments), Err(BackupError::NoDataFolder(_))), "it is not a data folder");
        fs::write(data.join("master.key"), [1; 32]).unwrap();
        let server_arguments = BackupArguments { target: folder.path().join("sunday"), ..arguments.clone() };
        assert_eq!(
            create_backup(&server_arguments).unwrap(),
            CopyCounts { databases: 0, files: 2 },
            "its database is on a server"
        );
        let location = Location::Sqlite(data.join("consult.db"));
        let database = Database::open(&location, "consult", consult::MIGRATIONS).unwrap();
        assert_eq!(create_backup(&arguments).unwrap(), CopyCounts { databases: 1, files: 2 });
        let content = read_folder_content(&target);
        let names: Vec<_> = content.keys().map(|name| name.to_str().unwrap()).collect();
        assert_eq!(names, ["consult.db", "master.key", "pictures/1/picture"]);
        assert_eq!(content[Path::new("pictures/1/picture")], b"sealed");
        for name in content.keys() {
            assert_eq!(fs::metadata(target.join(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name:?}");
        }
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o700);
        drop(database);

        assert!(matches!(create_backup(&arguments), Err(BackupError::TargetExists(_))), "no backup is written over");
        let without_key =
            BackupArguments { target: folder.path().join("tuesday"), without_master_key: true, ..arguments.clone() };
        assert_eq!(create_backup(&without_key).unwrap(), CopyCounts { databases: 1, files: 1 });
        assert!(!without_key.target.join("master.key").exists());

        // A failed backup leaves nothing.
        fs::write(data.join("broken.db"), "no database at all, but as long as its head is".repeat(9)).unwrap();
        let broken_arguments = BackupArguments { target: folder.path().join("wednesday"), ..arguments };
        assert!(matches!(create_backup(&broken_arguments), Err(BackupError::Database(..))));
        assert!(!broken_arguments.target.exists() && !folder.path().join("wednesday.new").exists());
    }
}
