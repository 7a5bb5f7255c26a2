//! The few moves that the exchange makes on a disk. Each happens whole or not at all.

use std::{
    fs, io,
    io::{Read, Seek, SeekFrom, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::SystemTime,
};

use base::{LockOutcome, LockSharing};

/// What can be told of a file without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) size: u64,
    pub(crate) changed: Option<SystemTime>,
}

/// A disk that folders stand on. Another one than [`Real`] is cut off in tests, before any of its moves.
pub(crate) trait Disk {
    /// The names of the plain files in a folder, in their order. Links, folders and devices are none.
    fn files(&self, folder: &Path) -> io::Result<Vec<String>>;
    /// What a plain file looks like; nothing where there is none.
    fn look(&self, file: &Path) -> io::Result<Option<Seen>>;
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
    fn sync(&self, folder: &Path) -> io::Result<()>;
}

/// The disk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Real;

/// Makes a folder with those above it, for its owner and group: a receipt computer has an account of its own.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o770).create(folder)
}

impl Disk for Real {
    fn files(&self, folder: &Path) -> io::Result<Vec<String>> {
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

    fn look(&self, file: &Path) -> io::Result<Option<Seen>> {
        match fs::symlink_metadata(file) {
            Ok(found) if found.is_file() => Ok(Some(Seen { size: found.len(), changed: found.modified().ok() })),
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
        let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o660).open(file)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        fs::remove_file(file)
    }

    fn sync(&self, folder: &Path) -> io::Result<()> {
        base::sync_folder(folder).map(|_| ())
    }
}

/// Locks a file, making it where there is none, until what is returned is dropped or the process ends, however it does. Where
/// the file system offers no locks, it only warns.
pub(crate) fn hold(file: &Path) -> Result<fs::File, Held> {
    let open = fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o660).open(file);
    let open = open.map_err(|source| Held::Disk(file.to_owned(), source))?;
    match base::lock_file(&open, file, LockSharing::Exclusive) {
        LockOutcome::Held | LockOutcome::NotOffered => Ok(open),
        LockOutcome::HeldByAnother => Err(Held::Another),
    }
}

/// Why a file cannot be held.
#[derive(Debug)]
pub(crate) enum Held {
    /// Another process holds it.
    Another,
    /// The disk failed.
    Disk(PathBuf, io::Error),
}
