//! The operations of the exchange on a disk. A rename happens completely or not at all.

use std::{
    fs, io,
    io::{Read, Seek, SeekFrom, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Once,
    time::SystemTime,
};

use base::{LockOutcome, LockSharing};

/// Metadata by which a changed file is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileStamp {
    pub(crate) size: u64,
    pub(crate) modified: Option<SystemTime>,
}

/// The disk of the folders. Tests use one that fails before any chosen operation instead of [`RealDisk`].
pub(crate) trait Disk {
    /// The names of the regular files in a folder, sorted. Links, folders and devices are left out.
    fn list_files(&self, folder: &Path) -> io::Result<Vec<String>>;
    /// The metadata of a regular file; `None` if there is none.
    fn stat(&self, file: &Path) -> io::Result<Option<FileStamp>>;
    /// The first bytes of a file, at most `max_bytes`.
    fn read(&self, file: &Path, max_bytes: usize) -> io::Result<Vec<u8>>;
    /// The last bytes of a file, at most `max_bytes`.
    fn read_end(&self, file: &Path, max_bytes: u16) -> io::Result<Vec<u8>>;
    /// Writes a file and syncs it.
    fn write(&self, file: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Renames a file within the same file system.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    fn remove(&self, file: &Path) -> io::Result<()>;
    /// Syncs the entries of a folder.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

/// The disk of this machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RealDisk;

/// Owner and group may do everything in a folder: a receipt computer has an account of its own.
const FOLDER_MODE: u32 = 0o770;

/// Owner and group may read and write the files of the terminal.
const FILE_MODE: u32 = 0o660;

/// Creates a folder with its parents, for owner and group. An existing folder keeps its permissions.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        make_folder(parent)?;
    }
    match fs::DirBuilder::new().mode(FOLDER_MODE).create(folder) {
        Ok(()) => {}
        // Another process created it meanwhile.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => return Ok(()),
        Err(error) => return Err(error),
    }
    // The setgid bit that is inherited from the parent folder stays.
    let inherited = fs::metadata(folder)?.permissions().mode();
    let permissions = fs::Permissions::from_mode(inherited | FOLDER_MODE);
    let result = if permissions.mode() == inherited { Ok(()) } else { fs::set_permissions(folder, permissions) };
    tolerate_fixed_permissions(result, folder)
}

/// Opens a file for writing, accessible to owner and group regardless of the umask.
fn open_for_group(file: &Path, truncate: bool) -> io::Result<fs::File> {
    let handle = fs::OpenOptions::new().write(true).create(true).truncate(truncate).mode(FILE_MODE).open(file)?;
    let mode = handle.metadata()?.permissions().mode();
    let permissions = fs::Permissions::from_mode(FILE_MODE);
    let result = if mode & 0o777 == FILE_MODE { Ok(()) } else { handle.set_permissions(permissions) };
    tolerate_fixed_permissions(result, file)?;
    Ok(handle)
}

/// Ignores, with one warning, that permissions cannot be changed: some file systems (FAT, network shares) have them fixed
/// for all files, and a file of another account keeps its own.
fn tolerate_fixed_permissions(result: io::Result<()>, path: &Path) -> io::Result<()> {
    use io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
    static WARNED: Once = Once::new();
    match result {
        Err(error) if matches!(error.kind(), PermissionDenied | Unsupported | InvalidInput) => {
            WARNED.call_once(|| {
                tracing::warn!(
                    path = %path.display(),
                    %error,
                    "permissions cannot be set: make sure that the receipt computer's account may use the exchange folders"
                );
            });
            Ok(())
        }
        result => result,
    }
}

impl Disk for RealDisk {
    fn list_files(&self, folder: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            // The type of the entry itself: links are not followed.
            if entry.file_type()?.is_file() {
                // A name that is not UTF-8 is no file name of the interface.
                names.extend(entry.file_name().into_string());
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn stat(&self, file: &Path) -> io::Result<Option<FileStamp>> {
        match fs::symlink_metadata(file) {
            Ok(metadata) if metadata.is_file() => {
                Ok(Some(FileStamp { size: metadata.len(), modified: metadata.modified().ok() }))
            }
            Ok(_) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn read(&self, file: &Path, max_bytes: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        fs::File::open(file)?.take(max_bytes as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn read_end(&self, file: &Path, max_bytes: u16) -> io::Result<Vec<u8>> {
        let mut file = fs::File::open(file)?;
        let size = file.metadata()?.len();
        file.seek(SeekFrom::Start(size.saturating_sub(u64::from(max_bytes))))?;
        let mut bytes = Vec::new();
        file.take(u64::from(max_bytes)).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn write(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = open_for_group(file, true)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        fs::remove_file(file)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        base::sync_folder(folder).map(|_| ())
    }
}

/// Locks a file, which is created if missing, until the returned handle is dropped or the process ends. If the file system
/// offers no locks, it only warns.
pub(crate) fn lock_file(file: &Path) -> Result<fs::File, LockError> {
    let handle = open_for_group(file, false).map_err(|source| LockError::Disk(file.to_owned(), source))?;
    match base::lock_file(&handle, file, LockSharing::Exclusive) {
        LockOutcome::Held | LockOutcome::NotOffered => Ok(handle),
        LockOutcome::HeldByAnother => Err(LockError::Another),
    }
}

/// Checks that this process may create and remove files in a folder, without creating one that others would see.
pub(crate) fn check_access(folder: &Path) -> io::Result<()> {
    use rustix::fs::Access;
    if !fs::metadata(folder)?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    rustix::fs::access(folder, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK).map_err(io::Error::from)
}

/// Why a file cannot be locked.
#[derive(Debug)]
pub(crate) enum LockError {
    /// Another process has the lock.
    Another,
    Disk(PathBuf, io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn what_is_made_is_for_the_group_too_whatever_the_umask_and_what_was_there_stays_closed() {
        let root = tempfile::tempdir().unwrap();
        let existing = root.path().join("there");
        fs::create_dir(&existing).unwrap();
        fs::set_permissions(&existing, fs::Permissions::from_mode(0o700)).unwrap();
        let created = existing.join("a/b");
        make_folder(&created).unwrap();
        make_folder(&existing).unwrap();
        assert_eq!((mode(&existing), mode(&existing.join("a")), mode(&created)), (0o700, 0o770, 0o770));
        let (written, lock) = (created.join("written"), created.join("lock"));
        // A file of a killed process whose umask removed the group's permissions.
        fs::write(&written, "half").unwrap();
        fs::set_permissions(&written, fs::Permissions::from_mode(0o600)).unwrap();
        for file in [&written, &created.join("new")] {
            RealDisk.write(file, b"whole").unwrap();
            assert_eq!((mode(file), fs::read(file).unwrap().as_slice()), (0o660, b"whole".as_slice()));
        }
        let _held = lock_file(&lock).unwrap();
        assert_eq!(mode(&lock), 0o660);
        assert!(matches!(lock_file(&lock), Err(LockError::Another)));
    }

    #[test]
    fn a_folder_below_one_of_a_shared_group_is_of_that_group() {
        let root = tempfile::tempdir().unwrap();
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o2770)).unwrap();
        let created = root.path().join("req");
        make_folder(&created).unwrap();
        assert_eq!(mode(&created), 0o2770);
    }

    #[test]
    fn permissions_that_a_file_system_does_not_know_stop_nobody() {
        use io::ErrorKind::{InvalidInput, NotFound, PermissionDenied, StorageFull, Unsupported};
        let check = |kind: io::ErrorKind, expected: bool| {
            let tolerated = tolerate_fixed_permissions(Err(kind.into()), Path::new("exchange/res")).is_ok();
            assert_eq!(tolerated, expected, "{kind}");
        };
        for kind in [PermissionDenied, Unsupported, InvalidInput] {
            check(kind, true);
        }
        for kind in [NotFound, StorageFull] {
            check(kind, false);
        }
    }
}
