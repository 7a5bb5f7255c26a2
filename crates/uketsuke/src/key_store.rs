//! What a program keeps beside its databases: one master key, and sealed under it what must survive a restart.

use std::{
    fs::{self, OpenOptions},
    io::{self, ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use base::{BrokenSeal, Date, Key, Randomness, Token};
use database::{Location, UnreadableLocation};
use zeroize::Zeroizing;

/// The file of the key under which everything else is sealed.
pub(crate) const MASTER_KEY: &str = "master.key";

/// The folder of a program's own data, readable by nobody else.
pub(crate) struct KeyStore {
    folder: PathBuf,
    master_key: Key,
    randomness: Randomness,
}

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyStoreError {
    /// The file system refused.
    #[error("'{path}' cannot be used")]
    File {
        /// Which file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Nothing was ever kept there.
    #[error("'{0}' is no data folder: start `uketsuke demo --data` there once, or name another")]
    NotInitialised(PathBuf),
    /// The master key's file holds something else.
    #[error("'{0}' must hold exactly 32 bytes; restore it from the backup of this folder")]
    MasterKey(PathBuf),
    /// A sealed file is not of this master key.
    #[error("'{0}' was sealed under another master key; restore master.key and it from the same backup")]
    BrokenSeal(PathBuf, #[source] BrokenSeal),
    /// The file of the first day holds something else.
    #[error("'{0}' must hold a date such as 2026-11-24; restore it from the backup of this folder")]
    FirstDay(PathBuf),
}

impl KeyStore {
    /// Opens the folder, making it and its master key where there are none.
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
        let master = Key::from_bytes(bytes);
        Ok(Self { folder: folder.to_owned(), master_key: master, randomness: randomness.clone() })
    }

    /// Opens a folder that a program has used before, and makes none.
    pub(crate) fn open_used(folder: &Path, randomness: &Randomness) -> Result<Self, KeyStoreError> {
        if folder.join(MASTER_KEY).is_file() {
            Self::open(folder, randomness)
        } else {
            Err(KeyStoreError::NotInitialised(folder.to_owned()))
        }
    }

    /// A key of this program for one purpose.
    pub(crate) fn key(&self, purpose: &str) -> Key {
        self.master_key.for_purpose(purpose)
    }

    /// Where a room's database is: on the server that `url` names, or a file of this folder.
    pub(crate) fn database_location(&self, room: &str, url: Option<&String>) -> Result<Location, UnreadableLocation> {
        url.map_or_else(|| Ok(Location::Sqlite(self.path(&format!("{room}.db")))), |url| url.parse())
    }

    /// A path within the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The day on which the folder was first used.
    pub(crate) fn first_day(&self, today: Date) -> Result<Date, KeyStoreError> {
        let path = self.path("first-day");
        match read_or_create(&path, || format!("{today}\n").into_bytes(), &self.randomness) {
            Ok(stored) => {
                let date = str::from_utf8(&stored).ok().and_then(|text| text.trim().parse().ok());
                date.ok_or(KeyStoreError::FirstDay(path))
            }
            Err(source) => Err(KeyStoreError::File { path, source }),
        }
    }

    /// What is kept under `name`, if anything is.
    pub(crate) fn load(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyStoreError> {
        let path = self.path(name);
        match fs::read(&path) {
            Ok(stored) => self.unseal(name, &stored).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(KeyStoreError::File { path, source }),
        }
    }

    /// What is kept under `name`; `make` gives it where nothing is. Of several programs that start on an empty folder at
    /// once, one creates the file and all of them read it.
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

    /// Keeps `content` under `name`, in the place of what was kept.
    pub(crate) fn store(&self, name: &str, content: &[u8]) -> Result<(), KeyStoreError> {
        let path = self.path(name);
        let sealed = self.key("keep").seal(name.as_bytes(), content, &self.randomness);
        write_private_file(&path, &sealed).map_err(|source| KeyStoreError::File { path, source })
    }
}

/// With what a person who is told of this database named it: the option, or the variable that stands for it.
pub(crate) fn database_option_name(url: Option<&String>) -> &'static str {
    const VARIABLE: &str = "UKETSUKE_DATABASE";
    let by_variable = url.is_some_and(|url| std::env::var_os(VARIABLE).is_some_and(|named| named == url.as_str()));
    if by_variable { VARIABLE } else { "--database" }
}

/// Makes a folder for its owner alone, where there is none.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Writes a file for its owner alone, whole or not at all.
pub(crate) fn write_private_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("new");
    write_draft(&draft, content)?;
    fs::rename(&draft, path)?;
    sync_parent(path)
}

/// Reads a file, or creates it with what `make` gives. A file that is there is never replaced, so of several programs that
/// create it at once exactly one succeeds, and every one of them returns that one's content.
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
    // Each program writes a draft of its own.
    let draft = path.with_extension(format!("{}.new", Token::new(randomness).reveal()));
    let created = write_draft(&draft, &content).and_then(|()| rename_without_replacing(&draft, path));
    let removed = fs::remove_file(&draft);
    match created {
        Ok(()) => {
            // A draft that was renamed is gone already.
            removed.or_else(|error| if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) })?;
            sync_parent(path)?;
            Ok(content)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => fs::read(path).map(Zeroizing::new),
        Err(error) => Err(error),
    }
}

/// Gives a whole file its name, unless that name is taken (`AlreadyExists`): by a hard link, or by a rename that replaces
/// nothing where the file system has no links.
fn rename_without_replacing(draft: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(draft, path) {
        Err(error) if matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::PermissionDenied) => {
            let here = rustix::fs::CWD;
            rustix::fs::renameat_with(here, draft, here, path, rustix::fs::RenameFlags::NOREPLACE)
                .map_err(io::Error::from)
        }
        linked => linked,
    }
}

fn write_draft(draft: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(draft)?;
    file.write_all(content)?;
    file.sync_all()
}

fn sync_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| base::sync_folder(folder).map(|_| ()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_there_again_and_only_under_its_master_key() {
        let folder = std::env::temp_dir().join(format!("uketsuke-keep-{}", std::process::id()));
        let randomness = Randomness::system();
        let keep = KeyStore::open(&folder, &randomness).unwrap();
        assert!(keep.load("a.sealed").unwrap().is_none());
        keep.store("a.sealed", b"secret").unwrap();
        let again = KeyStore::open(&folder, &randomness).unwrap();
        assert_eq!(again.load("a.sealed").unwrap().unwrap().as_slice(), b"secret");
        assert!(!fs::read(folder.join("a.sealed")).unwrap().windows(6).any(|window| window == b"secret"));
        fs::write(folder.join("master.key"), [0; 32]).unwrap();
        let other = KeyStore::open(&folder, &randomness).unwrap();
        assert!(matches!(other.load("a.sealed"), Err(KeyStoreError::BrokenSeal(..))));
        fs::write(folder.join("master.key"), [0; 31]).unwrap();
        assert!(matches!(KeyStore::open(&folder, &randomness), Err(KeyStoreError::MasterKey(_))));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn programs_that_start_at_once_on_an_empty_folder_have_one_key() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let start = std::sync::Barrier::new(4);
            let read = |number: u8| {
                start.wait();
                let keep = KeyStore::open(folder.path(), &Randomness::system()).unwrap();
                let made =
                    keep.load_or_create("a.sealed", || Ok::<_, KeyStoreError>(Zeroizing::new(vec![number]))).unwrap();
                let first_day = keep.first_day("2026-11-24".parse().unwrap()).unwrap();
                (*keep.key("any").expose(), made, first_day)
            };
            let read = &read;
            let found: Vec<_> = std::thread::scope(|scope| {
                let programs: Vec<_> = (0..4).map(|number| scope.spawn(move || read(number))).collect();
                programs.into_iter().map(|program| program.join().unwrap()).collect()
            });
            assert!(found.iter().all(|one| *one == found[0]), "every program has what the first one created");
            let mut names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            assert_eq!(names, ["a.sealed", "first-day", "master.key"], "no draft is left");
        }
    }

    #[test]
    fn a_file_system_that_syncs_no_folder_is_written_to_all_the_same() {
        // procfs answers EINVAL, as shares do.
        sync_parent(Path::new("/proc/master.key")).unwrap();
    }

    #[test]
    fn the_first_day_stays_the_first_day() {
        let folder = std::env::temp_dir().join(format!("uketsuke-first-day-{}", std::process::id()));
        let keep = KeyStore::open(&folder, &Randomness::system()).unwrap();
        let (first, later) = ("2026-11-24".parse().unwrap(), "2026-11-25".parse().unwrap());
        assert_eq!(keep.first_day(first).unwrap(), first);
        assert_eq!(keep.first_day(later).unwrap(), first);
        fs::write(folder.join("first-day"), "soon").unwrap();
        assert!(matches!(keep.first_day(later), Err(KeyStoreError::FirstDay(_))));
        fs::remove_dir_all(&folder).unwrap();
    }
}
