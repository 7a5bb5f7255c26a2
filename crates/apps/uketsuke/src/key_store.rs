//! The keys of a program: one master key in the data folder, and files sealed under it.

use std::{
    fs::{self, OpenOptions},
    io::{self, ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use base::{BrokenSeal, Key, Randomness, Token};
use zeroize::Zeroizing;

/// The file of the master key.
pub(crate) const MASTER_KEY: &str = "master.key";

/// The data folder of a program with its master key.
pub(crate) struct KeyStore {
    folder: PathBuf,
    master_key: Key,
    randomness: Randomness,
}

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyStoreError {
    /// The file system refused.
    #[error("'{path}' cannot be used")]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// The folder was never used as a data folder.
    #[error("'{0}' is no data folder: start `uketsuke demo --data` there once, or name another")]
    NotInitialised(PathBuf),
    /// The master key's file does not hold 32 bytes.
    #[error("'{0}' must hold exactly 32 bytes; restore it from the backup of this folder")]
    MasterKey(PathBuf),
    /// A sealed file belongs to another master key.
    #[error("'{0}' was sealed under another master key; restore master.key and it from the same backup")]
    BrokenSeal(PathBuf, #[source] BrokenSeal),
    /// The file of the first day does not hold a date.
    #[error("'{0}' must hold a date such as 2026-11-24; restore it from the backup of this folder")]
    FirstDay(PathBuf),
}

impl KeyStore {
    /// Opens the folder; creates it and its master key where they are missing.
    pub(crate) fn open(folder: &Path, randomness: &Randomness) -> Result<Self, KeyStoreError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| KeyStoreError::File { path, source }
        };
        make_folder(folder).map_err(failed(folder))?;
        let path = folder.join(MASTER_KEY);
        let stored =
            read_or_create(&path, || Key::new(randomness).expose().to_vec(), randomness).map_err(failed(&path))?;
        let bytes = <[u8; 32]>::try_from(stored.as_slice()).map_err(|_| KeyStoreError::MasterKey(path))?;
        let master_key = Key::from_bytes(bytes);
        Ok(Self { folder: folder.to_owned(), master_key, randomness: randomness.clone() })
    }

    /// Opens a folder that a program has used before; never creates one.
    pub(crate) fn open_used(folder: &Path, randomness: &Randomness) -> Result<Self, KeyStoreError> {
        if folder.join(MASTER_KEY).is_file() {
            Self::open(folder, randomness)
        } else {
            Err(KeyStoreError::NotInitialised(folder.to_owned()))
        }
    }

    /// Derives the key for one purpose.
    pub(crate) fn key(&self, purpose: &str) -> Key {
        self.master_key.for_purpose(purpose)
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The day on which the folder was first used.
    #[cfg(any(test, feature = "demo"))]
    pub(crate) fn first_day(&self, today: base::Date) -> Result<base::Date, KeyStoreError> {
        let path = self.path("first-day");
        match read_or_create(&path, || format!("{today}\n").into_bytes(), &self.randomness) {
            Ok(stored) => {
                let date = str::from_utf8(&stored).ok().and_then(|text| text.trim().parse().ok());
                date.ok_or(KeyStoreError::FirstDay(path))
            }
            Err(source) => Err(KeyStoreError::File { path, source }),
        }
    }

    /// The content of the sealed file `name`, if it exists.
    pub(crate) fn load(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyStoreError> {
        let path = self.path(name);
        match fs::read(&path) {
            Ok(stored) => self.unseal(name, &stored).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(KeyStoreError::File { path, source }),
        }
    }

    /// The content of the sealed file `name`, which is created with the result of `make` if it is missing. If several programs
    /// start on an empty folder at once, one creates the file and all read it.
    pub(crate) fn load_or_create<E: From<KeyStoreError>>(
        &self,
        name: &str,
        make: impl FnOnce() -> Result<Zeroizing<Vec<u8>>, E>,
    ) -> Result<Zeroizing<Vec<u8>>, E> {
        if let Some(content) = self.load(name)? {
            return Ok(content);
        }
        let path = self.path(name);
        let sealed = self.key("keep").seal(name.as_bytes(), &make()?, &self.randomness);
        let stored = read_or_create(&path, || sealed, &self.randomness);
        let stored = stored.map_err(|source| KeyStoreError::File { path, source })?;
        Ok(self.unseal(name, &stored)?)
    }

    fn unseal(&self, name: &str, stored: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyStoreError> {
        let content = self.key("keep").open(name.as_bytes(), stored);
        content.map_err(|error| KeyStoreError::BrokenSeal(self.path(name), error))
    }

    /// Seals `content` into the file `name`, which is replaced.
    #[cfg(any(test, feature = "demo"))]
    pub(crate) fn store(&self, name: &str, content: &[u8]) -> Result<(), KeyStoreError> {
        let path = self.path(name);
        let sealed = self.key("keep").seal(name.as_bytes(), content, &self.randomness);
        write_private_file(&path, &sealed).map_err(|source| KeyStoreError::File { path, source })
    }
}

/// Creates a folder that only its owner can access, if it is missing.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Writes a file that only its owner can access, completely or not at all.
pub(crate) fn write_private_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("new");
    write_draft(&draft, content)?;
    fs::rename(&draft, path)?;
    sync_parent(path)
}

/// Reads a file, or creates it with the result of `make`. An existing file is never replaced, so that of several programs
/// that create it at once exactly one succeeds, and all return its content.
fn read_or_create(
    path: &Path,
    make: impl FnOnce() -> Vec<u8>,
    randomness: &Randomness,
) -> io::Result<Zeroizing<Vec<u8>>> {
    match fs::read(path) {
        Ok(stored) => return Ok(Zeroizing::new(stored)),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let content = Zeroizing::new(make());
    // Each program writes a separate draft.
    let draft = path.with_extension(format!("{}.new", Token::new(randomness).reveal()));
    let outcome = write_draft(&draft, &content).and_then(|()| rename_without_replacing(&draft, path));
    let removal = fs::remove_file(&draft);
    match outcome {
        Ok(()) => {
            // A renamed draft does not exist any more.
            removal.or_else(|error| if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) })?;
            sync_parent(path)?;
            Ok(content)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => fs::read(path).map(Zeroizing::new),
        Err(error) => Err(error),
    }
}

/// Renames a complete file unless the target exists (`AlreadyExists`): by a hard link, or by `RENAME_NOREPLACE` where the
/// file system has no hard links.
fn rename_without_replacing(draft: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(draft, path) {
        Err(error) if matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::PermissionDenied) => {
            let current_folder = rustix::fs::CWD;
            rustix::fs::renameat_with(current_folder, draft, current_folder, path, rustix::fs::RenameFlags::NOREPLACE)
                .map_err(io::Error::from)
        }
        outcome => outcome,
    }
}

fn write_draft(draft: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(draft)?;
    file.write_all(content)?;
    file.sync_all()
}

fn sync_parent(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent() else { return Ok(()) };
    // The parent of a bare file name is the empty path.
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    base::sync_folder(folder).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_there_again_and_only_under_its_master_key() {
        let folder = std::env::temp_dir().join(format!("uketsuke-keep-{}", std::process::id()));
        let randomness = Randomness::system();
        let key_store = KeyStore::open(&folder, &randomness).unwrap();
        assert!(key_store.load("a.sealed").unwrap().is_none());
        key_store.store("a.sealed", b"secret").unwrap();
        let reopened = KeyStore::open(&folder, &randomness).unwrap();
        assert_eq!(reopened.load("a.sealed").unwrap().unwrap().as_slice(), b"secret");
        assert!(!fs::read(folder.join("a.sealed")).unwrap().windows(6).any(|window| window == b"secret"));
        fs::write(folder.join("master.key"), [0; 32]).unwrap();
        let other_key_store = KeyStore::open(&folder, &randomness).unwrap();
        assert!(matches!(other_key_store.load("a.sealed"), Err(KeyStoreError::BrokenSeal(..))));
        fs::write(folder.join("master.key"), [0; 31]).unwrap();
        assert!(matches!(KeyStore::open(&folder, &randomness), Err(KeyStoreError::MasterKey(_))));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn programs_that_start_at_once_on_an_empty_folder_have_one_key() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let start = std::sync::Barrier::new(4);
            let run_program = |number: u8| {
                start.wait();
                let key_store = KeyStore::open(folder.path(), &Randomness::system()).unwrap();
                let content = key_store
                    .load_or_create("a.sealed", || Ok::<_, KeyStoreError>(Zeroizing::new(vec![number])))
                    .unwrap();
                let first_day = key_store.first_day("2026-11-24".parse().unwrap()).unwrap();
                (*key_store.key("any").expose(), content, first_day)
            };
            let run_program = &run_program;
            let results: Vec<_> = std::thread::scope(|scope| {
                let programs: Vec<_> = (0..4).map(|number| scope.spawn(move || run_program(number))).collect();
                programs.into_iter().map(|program| program.join().unwrap()).collect()
            });
            assert!(results.iter().all(|result| *result == results[0]), "every program has what the first one created");
            let mut names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            assert_eq!(names, ["a.sealed", "first-day", "master.key"], "no draft is left");
        }
    }

    #[test]
    fn a_file_system_that_syncs_no_folder_is_written_to_all_the_same() {
        // procfs returns EINVAL, as network shares do.
        sync_parent(Path::new("/proc/master.key")).unwrap();
    }

    #[test]
    fn a_bare_file_name_is_in_the_current_folder() {
        sync_parent(Path::new("my-card.json.state")).unwrap();
    }

    #[test]
    fn the_first_day_stays_the_first_day() {
        let folder = std::env::temp_dir().join(format!("uketsuke-first-day-{}", std::process::id()));
        let key_store = KeyStore::open(&folder, &Randomness::system()).unwrap();
        let (first, later) = ("2026-11-24".parse().unwrap(), "2026-11-25".parse().unwrap());
        assert_eq!(key_store.first_day(first).unwrap(), first);
        assert_eq!(key_store.first_day(later).unwrap(), first);
        fs::write(folder.join("first-day"), "soon").unwrap();
        assert!(matches!(key_store.first_day(later), Err(KeyStoreError::FirstDay(_))));
        fs::remove_dir_all(&folder).unwrap();
    }
}
