//! The readers that a card can be laid into: our own, whose driver `pcscd` loads, and vsmartcard's `vpcd`.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io::{self, Read},
    os::{
        fd::OwnedFd,
        unix::{
            fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
            net,
        },
    },
    path::{Path, PathBuf},
    str::FromStr,
};

use card::VirtualCard;
use socket2::{Domain, SockAddr, Socket, Type};
use tokio::net::{TcpStream, UnixListener};

use super::reader_connection::{self, InsertedCard};

/// What pcscd calls our reader.
const READER_NAME: &str = "uketsuke simulated card reader";
/// The driver, as the build names it.
const DRIVER_FILE: &str = "libuketsuke_ifd.so";
/// vpcd's own port.
const DEFAULT_VPCD_ADDRESS: &str = "127.0.0.1:35963";

/// A way to stand behind pcscd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReaderKind {
    /// Our own driver, over a socket in the data folder.
    Own,
    /// vpcd, which listens at this address.
    Vpcd(String),
}

/// A text that names no reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reader is own, vpcd, or vpcd=HOST:PORT")]
pub struct UnknownReader;

impl FromStr for ReaderKind {
    type Err = UnknownReader;

    fn from_str(text: &str) -> Result<Self, UnknownReader> {
        match text.split_once('=') {
            None if text == "own" => Ok(Self::Own),
            None if text == "vpcd" => Ok(Self::Vpcd(DEFAULT_VPCD_ADDRESS.to_owned())),
            Some(("vpcd", address)) if address.rsplit_once(':').is_some_and(|(host, _)| !host.is_empty()) => {
                Ok(Self::Vpcd(address.to_owned()))
            }
            _ => Err(UnknownReader),
        }
    }
}

/// Why a reader did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ReaderError {
    /// A card lies in it.
    #[error("a card lies in this reader already; `uketsuke card remove` takes it out")]
    Occupied,
    /// No card lies in it.
    #[error("no card lies in this reader")]
    Empty,
    /// Nothing listens for vpcd's cards.
    #[error("nothing answers at {0}: is pcscd running, with vsmartcard-vpcd installed?")]
    NoVpcd(String, #[source] io::Error),
    /// The driver is not where it is built to.
    #[error("the reader's driver is not at '{0}': build it with `cargo build --package ifd`, or name it with --driver")]
    NoDriver(PathBuf),
    /// A path that a socket or a configuration cannot have.
    #[error(
        "'{0}' is too long for a socket or has a character that pcscd's configuration cannot hold; choose another folder"
    )]
    Path(PathBuf),
    /// The file system refused.
    #[error("'{path}' cannot be used")]
    File {
        /// Which file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The line broke.
    #[error("the line to the reader broke")]
    Connection(#[source] io::Error),
}

fn file_error(path: &Path) -> impl FnOnce(io::Error) -> ReaderError {
    let path = path.to_owned();
    move |source| ReaderError::File { path, source }
}

/// A reader of this data folder.
pub(super) struct Reader {
    kind: ReaderKind,
    folder: PathBuf,
    /// What tells its files from those of other readers.
    stem: String,
}

/// The right to lie in a reader, alone. It ends with the process, however that ends.
pub(super) struct ReaderLock {
    kind: ReaderKind,
    socket: PathBuf,
    control: OwnedSocket,
    /// vpcd, which must be there from the start.
    vpcd: Option<TcpStream>,
    _lock: File,
}

impl Reader {
    /// The reader of this way whose files stand in `data`.
    pub(super) fn new(data: &Path, way: &ReaderKind) -> Result<Self, ReaderError> {
        let folder = std::path::absolute(data).map_err(file_error(data))?.join("reader");
        let stem = match way {
            ReaderKind::Own => "card".to_owned(),
            ReaderKind::Vpcd(address) => format!("vpcd-{}", address.replace(['/', ':'], "-")),
        };
        Ok(Self { kind: way.clone(), folder, stem })
    }

    fn path(&self, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", self.stem))
    }

    fn open_lock_file(&self) -> Result<File, ReaderError> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder).map_err(file_error(&self.folder))?;
        let path = self.path("lock");
        OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(file_error(&path))
    }

    /// Takes the reader's place for a card, alone.
    pub(super) async fn acquire(self) -> Result<ReaderLock, ReaderError> {
        let path = self.path("lock");
        let alone = self.open_lock_file()?;
        alone.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => ReaderError::Occupied,
            TryLockError::Error(source) => file_error(&path)(source),
        })?;
        let vpcd = match &self.kind {
            ReaderKind::Own => None,
            ReaderKind::Vpcd(address) => {
                let line = TcpStream::connect(address).await;
                Some(line.map_err(|error| ReaderError::NoVpcd(address.clone(), error))?)
            }
        };
        let control = listen_on_socket(&self.path("control"))?;
        Ok(ReaderLock { socket: self.path("sock"), kind: self.kind, control, vpcd, _lock: alone })
    }

    /// Has the card taken out that lies in it, and waits until it is out.
    pub(super) fn remove_card(&self) -> Result<(), ReaderError> {
        let lock = self.open_lock_file()?;
        if lock.try_lock().is_ok() {
            return Err(ReaderError::Empty);
        }
        let path = self.path("control");
        let mut control = match net::UnixStream::connect(&path) {
            Ok(control) => control,
            // It went at this moment, or is not yet whole.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
                return Err(ReaderError::Empty);
            }
            Err(error) => return Err(file_error(&path)(error)),
        };
        // Nothing is ever said here: the line ends when the other side does.
        let _ = control.read(&mut [0]);
        lock.lock().map_err(file_error(&self.path("lock")))
    }

    /// What pcscd is told of this reader: its configuration.
    pub(super) fn render_configuration(&self, driver: &Path) -> Result<String, ReaderError> {
        let socket = self.path("sock");
        for path in [&socket, driver] {
            let plain =
                |text: &str| !text.contains(|character: char| character.is_whitespace() || character.is_control());
            if !path.to_str().is_some_and(plain) {
                return Err(ReaderError::Path(path.to_owned()));
            }
        }
        SockAddr::unix(&socket).map_err(|_| ReaderError::Path(socket.clone()))?;
        // What stands before the colon must exist, or pcscd refuses the file.
        Ok(format!(
            "FRIENDLYNAME \"{READER_NAME}\"\nDEVICENAME   /dev/null:{}\nLIBPATH      {}\nCHANNELID    1\n",
            socket.display(),
            driver.display()
        ))
    }
}

impl ReaderLock {
    /// Lies there until somebody asks for the card, `stop` is ready, or a fault pulls it out.
    pub(super) async fn serve_card(
        mut self,
        card: VirtualCard,
        stop: impl Future<Output = ()>,
    ) -> Result<(), ReaderError> {
        let mut card = InsertedCard::new(card);
        let lying = async {
            match (&self.kind, self.vpcd.take()) {
                (ReaderKind::Vpcd(address), Some(line)) => {
                    reader_connection::serve_vpcd(line, address, &mut card).await
                }
                _ => reader_connection::serve_socket(&listen_on_socket(&self.socket)?.socket, &mut card).await,
            }
            .map_err(ReaderError::Connection)
        };
        tokio::select! {
            lain = lying => lain,
            asked = self.control.socket.accept() => asked.map(drop).map_err(ReaderError::Connection),
            () = stop => Ok(()),
        }
    }
}

/// A socket that is listened on. It goes with whoever listens, so that nobody finds it without a card.
struct OwnedSocket {
    socket: UnixListener,
    path: PathBuf,
}

impl Drop for OwnedSocket {
    fn drop(&mut self) {
        // What stays behind when this fails, the next to listen removes.
        let _ = fs::remove_file(&self.path);
    }
}

/// Listens on a socket that only its owner reaches. Whoever calls holds the lock: what stands there is of a process that is
/// gone.
fn listen_on_socket(path: &Path) -> Result<OwnedSocket, ReaderError> {
    match fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(file_error(path)(error)),
    }
    let address = SockAddr::unix(path).map_err(|_| ReaderError::Path(path.to_owned()))?;
    let listening = || {
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        // The file is made with the mode of the socket, so there is no moment at which others reach it.
        let socket = File::from(OwnedFd::from(socket));
        socket.set_permissions(Permissions::from_mode(0o600))?;
        let socket = Socket::from(OwnedFd::from(socket));
        socket.bind(&address)?;
        socket.listen(8)?;
        socket.set_nonblocking(true)?;
        UnixListener::from_std(net::UnixListener::from(OwnedFd::from(socket)))
    };
    let socket = listening().map_err(file_error(path))?;
    Ok(OwnedSocket { socket, path: path.to_owned() })
}

/// Where the driver is: beside this program, as cargo builds both.
pub(super) fn find_built_driver() -> Result<PathBuf, ReaderError> {
    let program = std::env::current_exe().map_err(file_error(Path::new("/proc/self/exe")))?;
    let driver = program.with_file_name(DRIVER_FILE);
    if driver.is_file() { Ok(driver) } else { Err(ReaderError::NoDriver(driver)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_is_our_own_or_vpcds() {
        assert_eq!("own".parse(), Ok(ReaderKind::Own));
        assert_eq!("vpcd".parse(), Ok(ReaderKind::Vpcd("127.0.0.1:35963".to_owned())));
        assert_eq!("vpcd=localhost:1".parse(), Ok(ReaderKind::Vpcd("localhost:1".to_owned())));
        for wrong in ["", "other", "own=1", "vpcd=", "vpcd=1", "vpcd=:1"] {
            assert_eq!(wrong.parse::<ReaderKind>(), Err(UnknownReader), "{wrong}");
        }
    }

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
        let place = reader().acquire().await.unwrap();
        assert!(matches!(reader().acquire().await, Err(ReaderError::Occupied)));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&reader().path("control")), 0o600);
        assert_eq!(mode(&data.join("reader")), 0o700);
        drop(place);
        drop(reader().acquire().await.unwrap());
        fs::remove_dir_all(&data).unwrap();
    }
}
