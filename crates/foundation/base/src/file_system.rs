//! Operations that not every file system offers. Shares (CIFS, NFS without its lock service, some FUSE) may lack syncing of a
//! folder, or locks: the caller continues without it, and one warning is logged.

use std::{
    collections::BTreeSet,
    fs::{File, TryLockError},
    io::{self, ErrorKind},
    os::unix::fs::MetadataExt,
    path::Path,
    sync::{Mutex, PoisonError},
};

/// The result of syncing a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FolderSync {
    /// The names are on the disk.
    Done,
    /// The file system does not offer it; the server of a share stores the names.
    NotOffered,
}

/// Writes the names in a folder to its disk. Where the file system does not offer that, logs a warning once per file system.
///
/// # Errors
///
/// The folder cannot be opened, or its disk failed.
pub fn sync_folder(folder: &Path) -> io::Result<FolderSync> {
    static WARNED: Mutex<BTreeSet<u64>> = Mutex::new(BTreeSet::new());
    let opened = File::open(folder)?;
    match opened.sync_all() {
        Ok(()) => Ok(FolderSync::Done),
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => {
            if WARNED.lock().unwrap_or_else(PoisonError::into_inner).insert(opened.metadata()?.dev()) {
                tracing::warn!(
                    folder = %folder.display(),
                    "the file system does not offer to sync a folder; after a power failure the newest names may be missing"
                );
            }
            Ok(FolderSync::NotOffered)
        }
        Err(error) => Err(error),
    }
}

/// Who else may hold the same lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockSharing {
    Exclusive,
    /// Any other shared lock.
    Shared,
}

/// The result of trying to lock a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockOutcome {
    /// The lock is held until the file is closed.
    Held,
    /// Another process holds the lock.
    HeldByAnother,
    /// The file system offers no locks; a warning was logged.
    NotOffered,
}

/// Locks a file until it is closed, without waiting. `path` is its name in the log.
pub fn lock_file(file: &File, path: &Path, sharing: LockSharing) -> LockOutcome {
    let locked = match sharing {
        LockSharing::Exclusive => file.try_lock(),
        LockSharing::Shared => file.try_lock_shared(),
    };
    match locked {
        Ok(()) => LockOutcome::Held,
        Err(TryLockError::WouldBlock) => LockOutcome::HeldByAnother,
        Err(TryLockError::Error(error)) => {
            tracing::warn!(
                file = %path.display(),
                %error,
                "the file system offers no locks: see that no other process uses this folder"
            );
            LockOutcome::NotOffered
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::OpenOptions, os::unix::fs::OpenOptionsExt};

    use super::*;

    /// procfs has no fsync of a folder, as CIFS and some FUSE have none.
    const WITHOUT_SYNC: &str = "/proc";

    /// Opens a file as a bare descriptor, which cannot be locked (open(2)).
    const O_PATH: i32 = 0o10_000_000;

    #[test]
    fn a_folder_that_cannot_be_synced_stops_nobody() {
        assert_eq!(sync_folder(Path::new(WITHOUT_SYNC)).unwrap(), FolderSync::NotOffered);
        let folder = std::env::temp_dir();
        assert_eq!(sync_folder(&folder).unwrap(), FolderSync::Done);
        assert!(sync_folder(&folder.join("uketsuke-no-such-folder")).is_err());
    }

    #[test]
    fn a_lock_is_held_by_one_or_shared_and_a_file_system_without_locks_stops_nobody() {
        use LockOutcome::{Held, HeldByAnother, NotOffered};
        let path = std::env::temp_dir().join(format!("uketsuke-lock-{}", std::process::id()));
        let open = || OpenOptions::new().write(true).create(true).truncate(false).open(&path).unwrap();
        let lock = |file: &File, sharing| lock_file(file, &path, sharing);
        let (first, second) = (open(), open());
        assert_eq!(lock(&first, LockSharing::Exclusive), Held);
        assert_eq!(lock(&second, LockSharing::Exclusive), HeldByAnother);
        assert_eq!(lock(&second, LockSharing::Shared), HeldByAnother);
        drop(first);
        let third = open();
        assert_eq!(lock(&second, LockSharing::Shared), Held);
        assert_eq!(lock(&third, LockSharing::Shared), Held);
        let named = OpenOptions::new().read(true).custom_flags(O_PATH).open(&path).unwrap();
        assert_eq!(lock(&named, LockSharing::Exclusive), NotOffered);
        std::fs::remove_file(&path).unwrap();
    }
}
