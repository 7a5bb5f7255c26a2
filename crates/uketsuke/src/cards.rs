//! Virtual cards outside the app: in a card reader that a stock `pcscd` offers, and at the municipal office.
//!
//! Start reading at [`Command`].

mod file;
mod line;
mod reader;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use card::VirtualCard;
use tokio::{runtime::Runtime, signal::unix};

pub use file::WrongCardFile;
pub use reader::{ReaderFailure, UnknownReader, Way};

use reader::Reader;

/// What is done with a card.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Lay a card into a card reader; it lies there until `card remove`, Ctrl-C or SIGTERM
    Insert {
        /// The card's data file
        card: PathBuf,
        /// Where
        #[command(flatten)]
        at: At,
    },
    /// Take the card out of a card reader
    Remove {
        /// Where
        #[command(flatten)]
        at: At,
    },
    /// The card reader's driver
    #[command(subcommand)]
    Reader(Driver),
}

/// Which reader.
#[derive(Debug, clap::Args)]
pub struct At {
    /// The data folder; the reader's socket stands in its folder reader
    #[arg(long, value_name = "DIR", default_value = "uketsuke-data", env = "UKETSUKE_DATA")]
    pub data: PathBuf,
    /// The reader: own, vpcd, or vpcd=HOST:PORT
    #[arg(long, value_name = "READER", default_value = "own")]
    pub reader: Way,
}

/// What is done with the driver of our own reader.
#[derive(Debug, clap::Subcommand)]
pub enum Driver {
    /// Write the reader's configuration into a folder that pcscd reads, such as /etc/reader.conf.d
    Install {
        /// The folder
        folder: PathBuf,
        /// Copy the driver to this place first, such as /usr/lib/pcsc/drivers/serial/libuketsuke_ifd.so; otherwise pcscd
        /// loads it from beside this program
        #[arg(long, value_name = "FILE")]
        driver: Option<PathBuf>,
        /// The data folder of whoever inserts cards
        #[arg(long, value_name = "DIR", default_value = "uketsuke-data", env = "UKETSUKE_DATA")]
        data: PathBuf,
    },
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The reader refused.
    #[error("the card reader")]
    Reader(#[from] ReaderFailure),
    /// The card's file cannot be used.
    #[error("the card's file")]
    File(#[from] WrongCardFile),
    /// The runtime or a signal failed.
    #[error("the system refused")]
    System(#[from] io::Error),
    /// The driver or its configuration cannot be written.
    #[error("'{0}' cannot be written")]
    Unwritten(PathBuf, #[source] io::Error),
}

/// Does it.
pub fn run(wanted: Command) -> Result<(), Failure> {
    match wanted {
        Command::Insert { card, at } => insert(&card, &at),
        Command::Remove { at } => Ok(Reader::new(&at.data, &at.reader)?.remove()?),
        Command::Reader(Driver::Install { folder, driver, data }) => install(&folder, driver.as_deref(), &data),
    }
}

fn insert(card: &Path, at: &At) -> Result<(), Failure> {
    let runtime = Runtime::new()?;
    runtime.block_on(async {
        let place = Reader::new(&at.data, &at.reader)?.take().await?;
        let file = file::CardFile::open(card)?;
        let stop = signalled()?;
        eprintln!("uketsuke: the card lies in the reader; Ctrl-C or `uketsuke card remove` takes it out");
        place.hold(VirtualCard::new(file.data, Box::new(file.memory)), stop).await?;
        Ok(())
    })
}

/// Ready when this process is told to end.
fn signalled() -> Result<impl Future<Output = ()>, io::Error> {
    let mut terminate = unix::signal(unix::SignalKind::terminate())?;
    let mut interrupt = unix::signal(unix::SignalKind::interrupt())?;
    let mut hang_up = unix::signal(unix::SignalKind::hangup())?;
    Ok(async move {
        tokio::select! { _ = terminate.recv() => (), _ = interrupt.recv() => (), _ = hang_up.recv() => () }
    })
}

fn install(folder: &Path, driver: Option<&Path>, data: &Path) -> Result<(), Failure> {
    let built = reader::built_driver()?;
    let written = |path: &Path| {
        let path = path.to_owned();
        move |error| Failure::Unwritten(path, error)
    };
    let driver = match driver {
        None => built,
        Some(place) => {
            let place = std::path::absolute(place)?;
            // Beside and then in its place: a daemon may have the old one loaded.
            let draft = place.with_extension("new");
            fs::copy(&built, &draft).and_then(|_| fs::rename(&draft, &place)).map_err(written(&place))?;
            place
        }
    };
    let configuration = Reader::new(data, &Way::Own)?.configuration(&driver)?;
    let file = folder.join("uketsuke");
    fs::create_dir_all(folder).and_then(|()| fs::write(&file, configuration)).map_err(written(&file))?;
    eprintln!("uketsuke: '{}' is written; pcscd reads it when it starts", file.display());
    Ok(())
}
