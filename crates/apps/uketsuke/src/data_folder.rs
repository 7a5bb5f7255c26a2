//! The data folder of a program: its lock, its permissions, and whether its databases are there, before they are opened.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use base::{LockOutcome, LockSharing};

use crate::key_store::make_folder;

/// The file that a process locks while it uses the folder. It contains the process, and whether databases were created.
const LOCK_FILE: &str = "lock";

/// The endings of the files of a database: itself, its write-ahead log, the log's index.
const DATABASE_ENDINGS: [&str; 3] = [".db", ".db-wal", ".db-shm"];

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UnusableFolder {
    /// It cannot be created or read.
    #[error("the data folder '{0}' cannot be used; name a folder that this account may make and write")]
    Unreachable(PathBuf, #[source] io::Error),
    /// It cannot be written.
    #[error(
        "the data folder '{0}' cannot be written; let this account write it (and mount its file system so), or name another"
    )]
    ReadOnly(PathBuf, #[source] io::Error),
    /// Other accounts may read it, and that cannot be changed.
    #[error(
        "others may read the data folder '{0}', and it is not this account's; give it to this account: chown, chmod 700"
    )]
    Open(PathBuf, #[source] io::Error),
    /// Another process uses it.
    #[error("the data folder '{folder}' is used by another process ({process}); end that, or name another folder")]
    InUse {
        folder: PathBuf,
        /// The other process, as named in the lock file.
        process: String,
    },
    /// A database is missing or empty that existed before.
    #[error(
        "'{0}' is missing or empty, though the folder was used before; restore it from a backup, or start with {1} to begin \
         with an empty one"
    )]
    DatabasesMissing(PathBuf, &'static str),
}

/// How a process shares the folder with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FolderSharing {
    /// Exclusively, as SQLite files require.
    Exclusive,
    /// With other nodes of one service, whose database is a server.
    WithOtherNodes,
}

/// A data folder that is locked for this process until this is dropped.
pub(crate) struct DataFolder {
    lock: File,
    /// The name of this process in the lock file.
    process: String,
}

/// The line of the lock file after databases were created.
const USED_MARK: &str = "used";

/// The option with which a program may start with an empty database.
pub(crate) const NEW_DATABASE_OPTION: &str = "--new-database";

impl DataFolder {
    /// Locks the folder for `command`, and creates it if it is missing. `databases` are the files that a used folder must have
    /// unless `new_database` is set.
    pub(crate) fn acquire(
        folder: &Path,
        command: &str,
        sharing: FolderSharing,
        databases: &[&str],
        new_database: bool,
    ) -> Result<Self, UnusableFolder> {
        let unreachable = |error| UnusableFolder::Unreachable(folder.to_owned(), error);
        make_folder(folder).map_err(unreachable)?;
        crate::health::probe_folder(folder).map_err(|error| UnusableFolder::ReadOnly(folder.to_owned(), error))?;
        restrict_permissions(folder)?;
        let mut lock = lock_folder(folder, sharing)?;
        let mut content = String::new();
        lock.read_to_string(&mut content).map_err(unreachable)?;
        let used = content.lines().any(|line| line == USED_MARK);
        if !new_database {
            check_databases(folder, databases, used)?;
        }
        let mut data_folder = Self { lock, process: format!("{command}, process {}", std::process::id()) };
        data_folder.write_lock_file(used).map_err(unreachable)?;
        Ok(data_folder)
    }

    /// Records that databases were created: from now on they must exist.
    pub(crate) fn mark_used(&mut self) -> io::Result<()> {
        self.write_lock_file(true)?;
        self.lock.sync_data()
    }

    fn write_lock_file(&mut self, used: bool) -> io::Result<()> {
        let used = if used { "used\n" } else { "" };
        self.lock.set_len(0)?;
        self.lock.rewind()?;
        self.lock.write_all(format!("{}\n{used}", self.process).as_bytes())
    }
}

fn lock_folder(folder: &Path, sharing: FolderSharing) -> Result<File, UnusableFolder> {
    let path = folder.join(LOCK_FILE);
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
    let mut file = opened.map_err(|error| UnusableFolder::ReadOnly(folder.to_owned(), error))?;
    let sharing = match sharing {
        FolderSharing::Exclusive => LockSharing::Exclusive,
        FolderSharing::WithOtherNodes => LockSharing::Shared,
    };
    match base::lock_file(&file, &path, sharing) {
        LockOutcome::Held | LockOutcome::NotOffered => Ok(file),
        LockOutcome::HeldByAnother => {
            let mut process = String::new();
            // The name of the process is only a help; without it the error is the same.
            let _ = file.read_to_string(&mut process);
            let process = process.lines().next().unwrap_or("one that does not say which").to_owned();
            Err(UnusableFolder::InUse { folder: folder.to_owned(), process })
        }
    }
}

/// Removes the access of other accounts to the folder and the databases in it.
fn restrict_permissions(folder: &Path) -> Result<(), UnusableFolder> {
    let unreachable = |error| UnusableFolder::Unreachable(folder.to_owned(), error);
    let mode = fs::metadata(folder).map_err(unreachable)?.mode();
    if mode & 0o077 != 0 {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
            .map_err(|error| UnusableFolder::Open(folder.to_owned(), error))?;
        tracing::warn!(
            folder = %folder.display(),
            mode = format!("{:o}", mode & 0o777),
            "others could read the data folder; now it is for this account alone"
        );
    }
    for entry in fs::read_dir(folder).map_err(unreachable)? {
        let path = entry.map_err(unreachable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_database = DATABASE_ENDINGS.iter().any(|ending| name.ends_with(ending));
        if is_database && fs::metadata(&path).is_ok_and(|metadata| metadata.is_file() && metadata.mode() & 0o077 != 0) {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600))
                .map_err(|error| UnusableFolder::Open(path.clone(), error))?;
        }
    }
    Ok(())
}

/// A used folder must have its databases. It was used if its lock file says so or if it has pictures. A start that was
/// interrupted before it created the databases is no loss.
fn check_databases(folder: &Path, databases: &[&str], marked_used: bool) -> Result<(), UnusableFolder> {
    let has_pictures = fs::read_dir(folder.join("pictures")).is_ok_and(|mut entries| entries.next().is_some());
    if !marked_used && !has_pictures {
        return Ok(());
    }
    for name in databases {
        let path = folder.join(name);
        if fs::metadata(&path).map_or(0, |metadata| metadata.len()) == 0 {
            return Err(UnusableFolder::DatabasesMissing(path, NEW_DATABASE_OPTION));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use base::Causes;

    use super::*;
    use crate::key_store::MASTER_KEY;

    const DATABASES: &[&str] = &["consult.db"];

    fn acquire_folder(folder: &Path) -> Result<DataFolder, UnusableFolder> {
        DataFolder::acquire(folder, "uketsuke test", FolderSharing::Exclusive, DATABASES, false)
    }

    fn file_mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn a_folder_that_others_could_read_is_closed_to_them() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("data");
        fs::create_dir(&folder).unwrap();
        let files = ["consult.db", "consult.db-wal", "consult.db-shm"].map(|name| folder.join(name));
        for path in &files {
            fs::write(path, "rows").unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
        }
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        let _data_folder = acquire_folder(&folder).unwrap();
        assert_eq!(file_mode(&folder), 0o700);
        for path in &files {
            assert_eq!(file_mode(path), 0o600, "{}", path.display());
        }
    }

    #[test]
    fn a_folder_is_used_by_one_process_and_the_other_is_named() {
        let root = tempfile::tempdir().unwrap();
        let first = acquire_folder(root.path()).unwrap();
        let error = acquire_folder(root.path()).map(|_| ()).unwrap_err().to_string();
        let process = format!("uketsuke test, process {}", std::process::id());
        assert!(error.contains(&process) && error.contains("name another folder"), "{error}");
        drop(first);
        assert!(acquire_folder(root.path()).is_ok());
    }

    #[test]
    fn nodes_of_one_service_share_their_folder() {
        let root = tempfile::tempdir().unwrap();
        let node = || DataFolder::acquire(root.path(), "uketsuke serve", FolderSharing::WithOtherNodes, &[], false);
        let (_first, _second) = (node().unwrap(), node().unwrap());
        assert!(matches!(acquire_folder(root.path()).map(|_| ()), Err(UnusableFolder::InUse { .. })));
    }

    #[test]
    fn a_database_that_is_gone_is_missed() {
        let root = tempfile::tempdir().unwrap();
        let (key, database) = (root.path().join(MASTER_KEY), root.path().join("consult.db"));
        let missing_database = || match acquire_folder(root.path()) {
            Err(UnusableFolder::DatabasesMissing(path, _)) => Some(path),
            Err(error) => panic!("{}", Causes(&error)),
            Ok(_) => None,
        };
        assert_eq!(missing_database(), None, "an empty folder is a new one");
        fs::write(&key, [1; 32]).unwrap();
        assert_eq!(missing_database(), None, "a key that was made for a registration is no data");
        fs::write(&database, "").unwrap();
        assert_eq!(missing_database(), None, "the first start was cut off");
        fs::write(&database, "rows").unwrap();
        acquire_folder(root.path()).unwrap().mark_used().unwrap();
        acquire_folder(root.path()).unwrap().mark_used().unwrap();
        assert_eq!(missing_database(), None);
        fs::write(&database, "").unwrap();
        assert_eq!(missing_database(), Some(database.clone()), "it was emptied");
        fs::remove_file(&database).unwrap();
        assert_eq!(missing_database(), Some(database.clone()), "it is gone");
        let data_folder = DataFolder::acquire(root.path(), "uketsuke test", FolderSharing::Exclusive, DATABASES, true);
        assert!(data_folder.is_ok(), "whoever asks for it begins anew");
    }

    #[test]
    fn pictures_without_their_database_are_noticed() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join(MASTER_KEY), [1; 32]).unwrap();
        fs::create_dir_all(root.path().join("pictures/a")).unwrap();
        assert!(matches!(acquire_folder(root.path()).map(|_| ()), Err(UnusableFolder::DatabasesMissing(..))));
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_told_with_its_remedy() {
        // No account can create a file there.
        let error = acquire_folder(Path::new("/proc")).map(|_| ()).unwrap_err();
        assert!(matches!(error, UnusableFolder::ReadOnly(..)));
        assert!(error.to_string().contains("'/proc' cannot be written; let this account write it"), "{error}");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_told_with_its_remedy() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        fs::write(&file, "").unwrap();
        let error = acquire_folder(&file.join("data")).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("name a folder that this account may make"), "{error}");
    }
}
