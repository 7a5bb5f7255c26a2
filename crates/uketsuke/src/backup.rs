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
    keep::{MASTER_KEY, make_folder},
};

/// Why there is no backup. Nothing is left of one that did not end.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Nothing of ours is there.
    #[error("'{0}' is no data folder: name the one that --data, or data in the settings, names")]
    Unused(PathBuf),
    /// Something is there already.
    #[error("'{0}' is there already; name a folder that is not, such as one with the day in its name")]
    Taken(PathBuf),
    /// A database cannot be copied.
    #[error("'{0}' cannot be copied")]
    Database(PathBuf, #[source] database::Error),
    /// A file or folder cannot be copied.
    #[error("'{0}' cannot be copied")]
    File(PathBuf, #[source] io::Error),
}

/// What was copied.
#[derive(Debug, Default, PartialEq, Eq)]
struct Copied {
    databases: usize,
    files: usize,
}

/// Makes the backup, whole or not at all.
pub fn run(wanted: &cli::Backup) -> Result<(), Failure> {
    let copied = made(wanted)?;
    let key = if wanted.without_master_key {
        "without the master key, which opens all of it: keep that apart"
    } else {
        "with the master key: whoever has it can read everything in it"
    };
    eprintln!(
        "uketsuke backup: '{}' (databases: {}, other files: {}), {key}",
        wanted.into.display(),
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

fn made(wanted: &cli::Backup) -> Result<Copied, Failure> {
    let cli::Backup { data, into, without_master_key } = wanted;
    if into.exists() {
        return Err(Failure::Taken(into.clone()));
    }
    let files = files_of(data)?;
    // A service whose database is on a server has none here; its key is what makes a folder a data folder.
    if !files.iter().any(|name| is_database(name) || name == Path::new(MASTER_KEY)) {
        return Err(Failure::Unused(data.clone()));
    }
    let mut draft = into.clone().into_os_string();
    draft.push(".new");
    let draft = PathBuf::from(draft);
    // What an earlier attempt left.
    if let Err(error) = fs::remove_dir_all(&draft)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(Failure::File(draft, error));
    }
    let left_out = |name: &Path| *without_master_key && name == Path::new(MASTER_KEY);
    let copied = copied(data, &draft, &files, left_out).and_then(|copied| {
        fs::rename(&draft, into).map_err(|error| Failure::File(into.clone(), error))?;
        Ok(copied)
    });
    if copied.is_err() {
        // Why it failed is told; that its remains stay too would only hide it.
        let _ = fs::remove_dir_all(&draft);
    }
    copied
}

fn copied(data: &Path, into: &Path, files: &[PathBuf], left_out: impl Fn(&Path) -> bool) -> Result<Copied, Failure> {
    make_folder(into).map_err(|error| Failure::File(into.to_owned(), error))?;
    let mut copied = Copied::default();
    for name in files.iter().filter(|name| is_database(name)) {
        let (from, to) = (data.join(name), into.join(name));
        database::copy(&from, &to).map_err(|error| Failure::Database(from, error))?;
        for_its_owner(&to)?;
        copied.databases += 1;
    }
    // What came meanwhile belongs to rows that came after.
    for name in files_of(data)?.iter().filter(|name| !is_of_a_database(name) && !left_out(name)) {
        let (from, to) = (data.join(name), into.join(name));
        if let Some(folder) = to.parent() {
            make_folder(folder).map_err(|error| Failure::File(folder.to_owned(), error))?;
        }
        match fs::copy(&from, &to).and_then(|_| fs::File::open(&to)?.sync_all()) {
            Ok(()) => {}
            // A picture was erased.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(Failure::File(from, error)),
        }
        for_its_owner(&to)?;
        copied.files += 1;
    }
    Ok(copied)
}

fn for_its_owner(file: &Path) -> Result<(), Failure> {
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).map_err(|error| Failure::File(file.to_owned(), error))
}

fn is_database(name: &Path) -> bool {
    name.extension().is_some_and(|extension| extension == "db")
}

/// The file of a database, or what SQLite keeps beside it.
fn is_of_a_database(name: &Path) -> bool {
    name.extension().and_then(|extension| extension.to_str()).is_some_and(|all| all.starts_with("db"))
}

/// The files of a folder and of those in it, by their paths within it.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(within) = waiting.pop() {
        let at = folder.join(&within);
        let entries = match fs::read_dir(&at) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound && within.as_os_str().is_empty() => {
                return Err(Failure::Unused(folder.to_owned()));
            }
            // The folder of a picture that was erased.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(Failure::File(at, error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| Failure::File(at.clone(), error))?;
            let name = within.join(entry.file_name());
            let kind = entry.file_type().map_err(|error| Failure::File(entry.path(), error))?;
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

    fn content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = files_of(folder).unwrap();
        files.into_iter().map(|name| (name.clone(), fs::read(folder.join(name)).unwrap())).collect()
    }

    #[test]
    fn a_backup_has_the_databases_and_every_file_and_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (data, into) = (folder.path().join("data"), folder.path().join("backups/monday"));
        let wanted = cli::Backup { data: data.clone(), into: into.clone(), without_master_key: false };
        assert!(matches!(made(&wanted), Err(Failure::Unused(_))), "there is no folder");
        fs::create_dir_all(data.join("pictures/1")).unwrap();
        fs::write(data.join("pictures/1/picture"), b"sealed").unwrap();
        assert!(matches!(made(&wanted), Err(Failure::Unused(_))), "nothing of ours is in it");
        fs::write(data.join("master.key"), [1; 32]).unwrap();
        let beside_a_server = cli::Backup { into: folder.path().join("sunday"), ..wanted.clone() };
        assert_eq!(made(&beside_a_server).unwrap(), Copied { databases: 0, files: 2 }, "its database is on a server");
        let place = Location::Sqlite(data.join("consult.db"));
        let database = Database::open(&place, "consult", consult::MIGRATIONS).unwrap();
        assert_eq!(made(&wanted).unwrap(), Copied { databases: 1, files: 2 });
        let copied = content(&into);
        let names: Vec<_> = copied.keys().map(|name| name.to_str().unwrap()).collect();
        assert_eq!(names, ["consult.db", "master.key", "pictures/1/picture"]);
        assert_eq!(copied[Path::new("pictures/1/picture")], b"sealed");
        for name in copied.keys() {
            assert_eq!(fs::metadata(into.join(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name:?}");
        }
        assert_eq!(fs::metadata(&into).unwrap().permissions().mode() & 0o777, 0o700);
        drop(database);

        assert!(matches!(made(&wanted), Err(Failure::Taken(_))), "no backup is written over");
        let without = cli::Backup { into: folder.path().join("tuesday"), without_master_key: true, ..wanted.clone() };
        assert_eq!(made(&without).unwrap(), Copied { databases: 1, files: 1 });
        assert!(!without.into.join("master.key").exists());

        // One that cannot end leaves nothing.
        fs::write(data.join("broken.db"), "no database at all, but as long as its head is".repeat(9)).unwrap();
        let broken = cli::Backup { into: folder.path().join("wednesday"), ..wanted };
        assert!(matches!(made(&broken), Err(Failure::Database(..))));
        assert!(!broken.into.exists() && !folder.path().join("wednesday.new").exists());
    }
}
