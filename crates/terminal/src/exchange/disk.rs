//! The few moves that the exchange makes on a disk. Each happens whole or not at all.

use std::{
    fs, io,
    io::{Read, Seek, SeekFrom, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Once,
    time::SystemTime,
};

use base::{LockOutcome, LockSharing};

/// What can be told of a file without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileStamp {
    pub(crate) size: u64,
    pub(crate) modified: Option<SystemTime>,
}

/// A disk that folders stand on. Another one than [`RealDisk`] is cut off in tests, before any of its moves.
pub(crate) trait Disk {
    /// The names of the plain files in a folder, in their order. Links, folders and devices are none.
    fn list_files(&self, folder: &Path) -> io::Result<Vec<String>>;
    /// What a plain file looks like; nothing where there is none.
    fn stat(&self, file: &Path) -> io::Result<Option<FileStamp>>;
    /// A file's bytes, at most `most` of them.
    fn read(&self, file: &Path, most: usize) -> io::Result<Vec<u8>>;
    /// The last bytes of a file, at most `most` of them.
    fn read_end(&self, file: &Path, most: u16) -> io::Result<Vec<u8>>;
    /// Writes a file and has it on the disk.
    fn write(&self, file: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Gives a file another name in the same file system.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, file: &Path) -> io::Result<()>;
    /// Has the names of a folder on the disk.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

/// The disk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RealDisk;

/// What owner and group may do with a folder: a receipt computer has an account of its own.
const FOLDER_MODE: u32 = 0o770;

/// What they may do with a file that the terminal writes.
const FILE_MODE: u32 = 0o660;

/// Makes a folder with those above it, for its owner and group. One that is there keeps its permissions.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        make_folder(parent)?;
    }
    match fs::DirBuilder::new().mode(FOLDER_MODE).create(folder) {
        Ok(()) => {}
        // Another process made it in this instant.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => return Ok(()),
        Err(error) => return Err(error),
    }
    // Whoever manages the folder above may have set that those within it belong to its group (setgid): that stays.
    let inherited = fs::metadata(folder)?.permissions().mode();
    let wanted = fs::Permissions::from_mode(inherited | FOLDER_MODE);
    let set = if wanted.mode() == inherited { Ok(()) } else { fs::set_permissions(folder, wanted) };
    tolerate_fixed_permissions(set, folder)
}

/// Opens a file to write, for owner and group whatever the umask of this process is.
fn open_for_group(file: &Path, truncate: bool) -> io::Result<fs::File> {
    let open = fs::OpenOptions::new().write(true).create(true).truncate(truncate).mode(FILE_MODE).open(file)?;
    let there = open.metadata()?.permissions().mode();
    let wanted = fs::Permissions::from_mode(FILE_MODE);
    let set = if there & 0o777 == FILE_MODE { Ok(()) } else { open.set_permissions(wanted) };
    tolerate_fixed_permissions(set, file)?;
    Ok(open)
}

/// Passes over that permissions cannot be changed, with one warning: some file systems (FAT, shares) have them fixed for all
/// their files, and a file of another account keeps its own.
fn tolerate_fixed_permissions(set: io::Result<()>, path: &Path) -> io::Result<()> {
    use io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
    static WARNED: Once = Once::new();
    match set {
        Err(error) if matches!(error.kind(), PermissionDenied | Unsupported | InvalidInput) => {
            WARNED.call_once(|| {
                tracing::warn!(
                    path = %path.display(),
                    %error,
                    "permissions cannot be set: see that the receipt computer's account may use the exchange folders"
                );
            });
            Ok(())
        }
        set => set,
    }
}

impl Disk for RealDisk {
    fn list_files(&self, folder: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            // The kind of the entry itself: what a link leads to is none of ours to read.
            if entry.file_type()?.is_file() {
                // A name that is no text is no name of the interface.
                names.extend(entry.file_name().into_string());
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn stat(&self, file: &Path) -> io::Result<Option<FileStamp>> {
        match fs::symlink_metadata(file) {
            Ok(found) if found.is_file() => Ok(Some(FileStamp { size: found.len(), modified: found.modified().ok() })),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn read(&self, file: &Path, most: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        fs::File::open(file)?.take(most as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn read_end(&self, file: &Path, most: u16) -> io::Result<Vec<u8>> {
        let mut file = fs::File::open(file)?;
        let size = file.metadata()?.len();
        file.seek(SeekFrom::Start(size.saturating_sub(u64::from(most))))?;
        let mut bytes = Vec::new();
        file.take(u64::from(most)).read_to_end(&mut bytes)?;
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

/// Locks a file, making it where there is none, until what is returned is dropped or the process ends, however it does. Where
/// the file system offers no locks, it only warns.
pub(crate) fn lock_file(file: &Path) -> Result<fs::File, LockError> {
    let open = open_for_group(file, false).map_err(|source| LockError::Disk(file.to_owned(), source))?;
    match base::lock_file(&open, file, LockSharing::Exclusive) {
        LockOutcome::Held | LockOutcome::NotOffered => Ok(open),
        LockOutcome::HeldByAnother => Err(LockError::Another),
    }
}

/// Whether this process may put files into a folder and take them out, without putting one there that others would see.
pub(crate) fn check_access(folder: &Path) -> io::Result<()> {
    use rustix::fs::Access;
    if !fs::metadata(folder)?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    rustix::fs::access(folder, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK).map_err(io::Error::from)
}

/// Why a file cannot be held.
#[derive(Debug)]
pub(crate) enum LockError {
    /// Another process holds it.
    Another,
    /// The disk failed.
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
        let there = root.path().join("there");
        fs::create_dir(&there).unwrap();
        fs::set_permissions(&there, fs::Permissions::from_mode(0o700)).unwrap();
        let made = there.join("a/b");
        make_folder(&made).unwrap();
        make_folder(&there).unwrap();
        assert_eq!((mode(&there), mode(&there.join("a")), mode(&made)), (0o700, 0o770, 0o770));
        let (written, lock) = (made.join("written"), made.join("lock"));
        // What a process left that was ended, under an umask that takes the group's rights.
        fs::write(&written, "half").unwrap();
        fs::set_permissions(&written, fs::Permissions::from_mode(0o600)).unwrap();
        for file in [&written, &made.join("new")] {
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
        let made = root.path().join("req");
        make_folder(&made).unwrap();
        assert_eq!(mode(&made), 0o2770);
    }

    #[test]
    fn permissions_that_a_file_system_does_not_know_stop_nobody() {
        use io::ErrorKind::{InvalidInput, NotFound, PermissionDenied, StorageFull, Unsupported};
        let check = |kind: io::ErrorKind, expected: bool| {
            let passed = tolerate_fixed_permissions(Err(kind.into()), Path::new("exchange/res")).is_ok();
            assert_eq!(passed, expected, "{kind}");
        };
        for kind in [PermissionDenied, Unsupported, InvalidInput] {
            check(kind, true);
        }
        for kind in [NotFound, StorageFull] {
            check(kind, false);
        }
    }
}
