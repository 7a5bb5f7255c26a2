//! The readers for virtual cards: that of crate `ifd`, whose driver `pcscd` loads, and `vpcd` of vsmartcard.

use std::{
    fs::{self, File, OpenOptions, Permissions, TryLockError},
    io::{self, Read},
    os::{
        fd::OwnedFd,
        unix::{
            fs::{OpenOptionsExt, PermissionsExt},
            net,
        },
    },
    path::{Path, PathBuf},
};

use card::VirtualCard;
use socket2::{Domain, SockAddr, Socket, Type};
use tokio::net::{TcpStream, UnixListener};

use super::reader_connection::{self, InsertedCard};
use crate::{arguments::card::ReaderKind, key_store::make_folder};

/// The name of the reader in pcscd.
const READER_NAME: &str = "uketsuke simulated card reader";
/// The file name of the built driver.
const DRIVER_FILE: &str = "libuketsuke_ifd.so";

/// Why a reader refused.
#[derive(Debug, thiserror::Error)]
pub enum ReaderError {
    /// A card is in the reader already.
    #[error("a card lies in this reader already; `uketsuke card remove` takes it out")]
    Occupied,
    /// No card is in the reader.
    #[error("no card lies in this reader")]
    Empty,
    /// vpcd does not listen.
    #[error("nothing answers at {0}: is pcscd running, with vsmartcard-vpcd installed?")]
    NoVpcd(String, #[source] io::Error),
    /// The built driver is missing.
    #[error("the reader's driver is not at '{0}': build it with `cargo build --package ifd`, or name it with --driver")]
    NoDriver(PathBuf),
    /// The path cannot be used for a socket or in pcscd's configuration.
    #[error(
        "'{0}' is too long for a socket or has a character that pcscd's configuration cannot hold; choose another folder"
    )]
    Path(PathBuf),
    /// The file system refused.
    #[error("'{path}' cannot be used")]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// The connection to the reader failed.
    #[error("the line to the reader broke")]
    Connection(#[source] io::Error),
}

fn file_error(path: &Path) -> impl FnOnce(io::Error) -> ReaderError {
    let path = path.to_owned();
    move |source| ReaderError::File { path, source }
}

/// A reader with its files in a data folder.
pub(super) struct Reader {
    kind: ReaderKind,
    folder: PathBuf,
    /// The file stem, which differs between readers.
    stem: String,
}

/// The exclusive lock of a reader. It ends with the process in any case.
pub(super) struct ReaderLock {
    kind: ReaderKind,
    socket: PathBuf,
    control: OwnedSocket,
    /// The connection to vpcd, which must run from the start.
    vpcd: Option<TcpStream>,
    _lock: File,
}

impl Reader {
    /// The reader of this kind with its files in `data`.
    pub(super) fn new(data: &Path, kind: &ReaderKind) -> Result<Self, ReaderError> {
        let folder = std::path::absolute(data).map_err(file_error(data))?.join("reader");
        let stem = match kind {
            ReaderKind::Own => "card".to_owned(),
            ReaderKind::Vpcd(address) => format!("vpcd-{}", address.replace(['/', ':'], "-")),
        };
        Ok(Self { kind: kind.clone(), folder, stem })
    }

    fn path(&self, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", self.stem))
    }

    fn open_lock_file(&self) -> Result<File, ReaderError> {
        make_folder(&self.folder).map_err(file_error(&self.folder))?;
        let path = self.path("lock");
        OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(file_error(&path))
    }

    /// Locks the reader for a card.
    pub(super) async fn acquire(self) -> Result<ReaderLock, ReaderError> {
        let path = self.path("lock");
        let lock_file = self.open_lock_file()?;
        lock_file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => ReaderError::Occupied,
            TryLockError::Error(source) => file_error(&path)(source),
        })?;
        let vpcd = match &self.kind {
            ReaderKind::Own => None,
            ReaderKind::Vpcd(address) => {
                let stream = TcpStream::connect(address).await;
                Some(stream.map_err(|error| ReaderError::NoVpcd(address.clone(), error))?)
            }
        };
        let control = listen_on_socket(&self.path("control"))?;
        Ok(ReaderLock { socket: self.path("sock"), kind: self.kind, control, vpcd, _lock: lock_file })
    }

    /// Removes the card that another process has inserted, and waits until it is removed.
    pub(super) fn remove_card(&self) -> Result<(), ReaderError> {
        let lock = self.open_lock_file()?;
        if lock.try_lock().is_ok() {
            return Err(ReaderError::Empty);
        }
        let path = self.path("control");
        let mut control = match net::UnixStream::connect(&path) {
            Ok(control) => control,
            // The card has just been removed, or is being inserted.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
                return Err(ReaderError::Empty);
            }
            Err(error) => return Err(file_error(&path)(error)),
        };
        // Nothing is ever sent: the connection ends with the other process.
        let _ = control.read(&mut [0]);
        lock.lock().map_err(file_error(&self.path("lock")))
    }

    /// The configuration of this reader for pcscd.
    pub(super) fn render_configuration(&self, driver: &Path) -> Result<String, ReaderError> {
        let socket = self.path("sock");
        for path in [&socket, driver] {
            let is_plain =
                |text: &str| !text.contains(|character: char| character.is_whitespace() || character.is_control());
            if !path.to_str().is_some_and(is_plain) {
                return Err(ReaderError::Path(path.to_owned()));
            }
        }
        SockAddr::unix(&socket).map_err(|_| ReaderError::Path(socket.clone()))?;
        // The path before the colon must exist, or pcscd refuses the file.
        Ok(format!(
            "FRIENDLYNAME \"{READER_NAME}\"\nDEVICENAME   /dev/null:{}\nLIBPATH      {}\nCHANNELID    1\n",
            socket.display(),
            driver.display()
        ))
    }
}

impl ReaderLock {
    /// Serves the card until its removal is requested, `stop` is ready, or a simulated fault removes it.
    pub(super) async fn serve_card(
        mut self,
        card: VirtualCard,
        stop: impl Future<Output = ()>,
    ) -> Result<(), ReaderError> {
        let mut card = InsertedCard::new(card);
        let serving = async {
            match (&self.kind, self.vpcd.take()) {
                (ReaderKind::Vpcd(address), Some(stream)) => {
                    reader_connection::serve_vpcd(stream, address, &mut card).await
                }
                _ => reader_connection::serve_socket(&listen_on_socket(&self.socket)?.socket, &mut card).await,
            }
            .map_err(ReaderError::Connection)
        };
        tokio::select! {
            outcome = serving => outcome,
            connection = self.control.socket.accept() => connection.map(drop).map_err(ReaderError::Connection),
            () = stop => Ok(()),
        }
    }
}

/// A listening socket whose file is deleted with it, so that no client finds it without a card.
struct OwnedSocket {
    socket: UnixListener,
    path: PathBuf,
}

impl Drop for OwnedSocket {
    fn drop(&mut self) {
        // If this fails, the next call of `listen_on_socket` deletes the file.
        let _ = fs::remove_file(&self.path);
    }
}

/// Listens on a socket that only its owner can access. The caller holds the lock, so that an existing file belongs to a
/// process that has ended.
fn listen_on_socket(path: &Path) -> Result<OwnedSocket, ReaderError> {
    match fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(file_error(path)(error)),
    }
    let address = SockAddr::unix(path).map_err(|_| ReaderError::Path(path.to_owned()))?;
    let bind = || {
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        // The file is created with the mode of the socket, so that others can access it at no time.
        let socket = File::from(OwnedFd::from(socket));
        socket.set_permissions(Permissions::from_mode(0o600))?;
        let socket = Socket::from(OwnedFd::from(socket));
        socket.bind(&address)?;
        socket.listen(8)?;
        socket.set_nonblocking(true)?;
        UnixListener::from_std(net::UnixListener::from(OwnedFd::from(socket)))
    };
    let socket = bind().map_err(file_error(path))?;
    Ok(OwnedSocket { socket, path: path.to_owned() })
}

/// The driver, which cargo builds into the folder of this program.
pub(super) fn find_built_driver() -> Result<PathBuf, ReaderError> {
    let program = std::env::current_exe().map_err(file_error(Path::new("/proc/self/exe")))?;
    let driver = program.with_file_name(DRIVER_FILE);
    if driver.is_file() { Ok(driver) } else { Err(ReaderError::NoDriver(driver)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_names_socket_and_driver() {
        let reader = Reader::new(Path::new("/data"), &ReaderKind::Own).unwrap();
        let text = reader.render_configuration(Path::new("/lib/driver.so")).unwrap();
        assert!(text.contains("\nDEVICENAME   /dev/null:/data/reader/card.sock\nLIBPATH      /lib/driver.so\n"));
        assert!(matches!(reader.render_configuration(Path::new("/a b/driver.so")), Err(ReaderError::Path(_))));
        let long = Reader::new(Path::new(&format!("/{}", "d".repeat(100))), &ReaderKind::Own).unwrap();
        assert!(matches!(long.render_configuration(Path::new("/lib/driver.so")), Err(ReaderError::Path(_))));
    }

    #[tokio::test]
    async fn a_reader_holds_one_card_and_its_sockets_are_its_owners_alone() {
        let data = std::env::temp_dir().join(format!("uketsuke-reader-{}", std::process::id()));
        let reader = || Reader::new(&data, &ReaderKind::Own).unwrap();
        assert!(matches!(reader().remove_card(), Err(ReaderError::Empty)));
        let lock = reader().acquire().await.unwrap();
        assert!(matches!(reader().acquire().await, Err(ReaderError::Occupied)));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&reader().path("control")), 0o600);
        assert_eq!(mode(&data.join("reader")), 0o700);
        drop(lock);
        drop(reader().acquire().await.unwrap());
        fs::remove_dir_all(&data).unwrap();
    }
}
