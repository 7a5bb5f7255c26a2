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

use super::line::{self, Lying};

/// What pcscd calls our reader.
const NAME: &str = "uketsuke simulated card reader";
/// The driver, as the build names it.
const DRIVER: &str = "libuketsuke_ifd.so";
/// vpcd's own port.
const VPCD: &str = "127.0.0.1:35963";

/// A way to stand behind pcscd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Our own driver, over a socket in the data folder.
    Own,
    /// vpcd, which listens at this address.
    Vpcd(String),
}

/// A text that names no reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reader is own, vpcd, or vpcd=HOST:PORT")]
pub struct UnknownReader;

impl FromStr for Way {
    type Err = UnknownReader;

    fn from_str(text: &str) -> Result<Self, UnknownReader> {
        match text.split_once('=') {
            None if text == "own" => Ok(Self::Own),
            None if text == "vpcd" => Ok(Self::Vpcd(VPCD.to_owned())),
            Some(("vpcd", address)) if address.rsplit_once(':').is_some_and(|(host, _)| !host.is_empty()) => {
                Ok(Self::Vpcd(address.to_owned()))
            }
            _ => Err(UnknownReader),
        }
    }
}

/// Why a reader did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ReaderFailure {
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
    Line(#[source] io::Error),
}

fn refused(path: &Path) -> impl FnOnce(io::Error) -> ReaderFailure {
    let path = path.to_owned();
    move |source| ReaderFailure::File { path, source }
}

/// A reader of this data folder.
pub(super) struct Reader {
    way: Way,
    folder: PathBuf,
    /// What tells its files from those of other readers.
    stem: String,
}

/// The right to lie in a reader, alone. It ends with the process, however that ends.
pub(super) struct Place {
    way: Way,
    socket: PathBuf,
    control: Listening,
    /// vpcd, which must be there from the start.
    vpcd: Option<TcpStream>,
    _alone: File,
}

impl Reader {
    /// The reader of this way whose files stand in `data`.
    pub(super) fn new(data: &Path, way: &Way) -> Result<Self, ReaderFailure> {
        let folder = std::path::absolute(data).map_err(refused(data))?.join("reader");
        let stem = match way {
            Way::Own => "card".to_owned(),
            Way::Vpcd(address) => format!("vpcd-{}", address.replace(['/', ':'], "-")),
        };
        Ok(Self { way: way.clone(), folder, stem })
    }

    fn path(&self, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", self.stem))
    }

    fn lock(&self) -> Result<File, ReaderFailure> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder).map_err(refused(&self.folder))?;
        let path = self.path("lock");
        OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(refused(&path))
    }

    /// Takes the reader's place for a card, alone.
    pub(super) async fn take(self) -> Result<Place, ReaderFailure> {
        let path = self.path("lock");
        let alone = self.lock()?;
        alone.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => ReaderFailure::Occupied,
            TryLockError::Error(source) => refused(&path)(source),
        })?;
        let vpcd = match &self.way {
            Way::Own => None,
            Way::Vpcd(address) => {
                let line = TcpStream::connect(address).await;
                Some(line.map_err(|error| ReaderFailure::NoVpcd(address.clone(), error))?)
            }
        };
        let control = listen(&self.path("control"))?;
        Ok(Place { socket: self.path("sock"), way: self.way, control, vpcd, _alone: alone })
    }

    /// Has the card taken out that lies in it, and waits until it is out.
    pub(super) fn remove(&self) -> Result<(), ReaderFailure> {
        let lock = self.lock()?;
        if lock.try_lock().is_ok() {
            return Err(ReaderFailure::Empty);
        }
        let path = self.path("control");
        let mut control = match net::UnixStream::connect(&path) {
            Ok(control) => control,
            // It went at this moment, or is not yet whole.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
                return Err(ReaderFailure::Empty);
            }
            Err(error) => return Err(refused(&path)(error)),
        };
        // Nothing is ever said here: the line ends when the other side does.
        let _ = control.read(&mut [0]);
        lock.lock().map_err(refused(&self.path("lock")))
    }

    /// What pcscd is told of this reader: its configuration.
    pub(super) fn configuration(&self, driver: &Path) -> Result<String, ReaderFailure> {
        let socket = self.path("sock");
        for path in [&socket, driver] {
            let plain =
                |text: &str| !text.contains(|character: char| character.is_whitespace() || character.is_control());
            if !path.to_str().is_some_and(plain) {
                return Err(ReaderFailure::Path(path.to_owned()));
            }
        }
        SockAddr::unix(&socket).map_err(|_| ReaderFailure::Path(socket.clone()))?;
        // What stands before the colon must exist, or pcscd refuses the file.
        Ok(format!(
            "FRIENDLYNAME \"{NAME}\"\nDEVICENAME   /dev/null:{}\nLIBPATH      {}\nCHANNELID    1\n",
            socket.display(),
            driver.display()
        ))
    }
}

impl Place {
    /// Lies there until somebody asks for the card, `stop` is ready, or a fault pulls it out.
    pub(super) async fn hold(mut self, card: VirtualCard, stop: impl Future<Output = ()>) -> Result<(), ReaderFailure> {
        let mut card = Lying::new(card);
        let lying = async {
            match (&self.way, self.vpcd.take()) {
                (Way::Vpcd(address), Some(line)) => line::at_vpcd(line, address, &mut card).await,
                _ => line::behind_socket(&listen(&self.socket)?.socket, &mut card).await,
            }
            .map_err(ReaderFailure::Line)
        };
        tokio::select! {
            lain = lying => lain,
            asked = self.control.socket.accept() => asked.map(drop).map_err(ReaderFailure::Line),
            () = stop => Ok(()),
        }
    }
}

/// A socket that is listened on. It goes with whoever listens, so that nobody finds it without a card.
struct Listening {
    socket: UnixListener,
    path: PathBuf,
}

impl Drop for Listening {
    fn drop(&mut self) {
        // What stays behind when this fails, the next to listen removes.
        let _ = fs::remove_file(&self.path);
    }
}

/// Listens on a socket that only its owner reaches. Whoever calls holds the lock: what stands there is of a process that is
/// gone.
fn listen(path: &Path) -> Result<Listening, ReaderFailure> {
    match fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(refused(path)(error)),
    }
    let address = SockAddr::unix(path).map_err(|_| ReaderFailure::Path(path.to_owned()))?;
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
    let socket = listening().map_err(refused(path))?;
    Ok(Listening { socket, path: path.to_owned() })
}

/// Where the driver is: beside this program, as cargo builds both.
pub(super) fn built_driver() -> Result<PathBuf, ReaderFailure> {
    let program = std::env::current_exe().map_err(refused(Path::new("/proc/self/exe")))?;
    let driver = program.with_file_name(DRIVER);
    if driver.is_file() { Ok(driver) } else { Err(ReaderFailure::NoDriver(driver)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_is_our_own_or_vpcds() {
        assert_eq!("own".parse(), Ok(Way::Own));
        assert_eq!("vpcd".parse(), Ok(Way::Vpcd("127.0.0.1:35963".to_owned())));
        assert_eq!("vpcd=localhost:1".parse(), Ok(Way::Vpcd("localhost:1".to_owned())));
        for wrong in ["", "other", "own=1", "vpcd=", "vpcd=1", "vpcd=:1"] {
            assert_eq!(wrong.parse::<Way>(), Err(UnknownReader), "{wrong}");
        }
    }

    #[test]
    fn the_configuration_names_socket_and_driver() {
        let reader = Reader::new(Path::new("/data"), &Way::Own).unwrap();
        let text = reader.configuration(Path::new("/lib/driver.so")).unwrap();
        assert!(text.contains("\nDEVICENAME   /dev/null:/data/reader/card.sock\nLIBPATH      /lib/driver.so\n"));
        assert!(matches!(reader.configuration(Path::new("/a b/driver.so")), Err(ReaderFailure::Path(_))));
        let long = Reader::new(Path::new(&format!("/{}", "d".repeat(100))), &Way::Own).unwrap();
        assert!(matches!(long.configuration(Path::new("/lib/driver.so")), Err(ReaderFailure::Path(_))));
    }

    #[tokio::test]
    async fn a_reader_holds_one_card_and_its_sockets_are_its_owners_alone() {
        let data = std::env::temp_dir().join(format!("uketsuke-reader-{}", std::process::id()));
        let reader = || Reader::new(&data, &Way::Own).unwrap();
        assert!(matches!(reader().remove(), Err(ReaderFailure::Empty)));
        let place = reader().take().await.unwrap();
        assert!(matches!(reader().take().await, Err(ReaderFailure::Occupied)));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&reader().path("control")), 0o600);
        assert_eq!(mode(&data.join("reader")), 0o700);
        drop(place);
        drop(reader().take().await.unwrap());
        fs::remove_dir_all(&data).unwrap();
    }
}
