//! `uketsuke card`: virtual cards outside the app, in a card reader of a stock `pcscd` and at the municipal office.
//!
//! A card belongs to one of the demo's people and is in the same repository as the app's cards, or it is a data file. Either
//! way it has one state, whatever uses it, and one user at a time.
//!
//! Start reading at [`CardCommand`].

mod card_file;
mod fault;
mod leased_card;
mod office;
mod reader;
mod reader_connection;

use std::{
    convert::Infallible,
    fs, io,
    path::{Path, PathBuf},
    str::FromStr,
};

use portal::CardId;
use tokio::{runtime::Runtime, signal::unix};

pub use card_file::WrongCardFile;
pub use fault::{CardFault, UnknownCardFault};
pub use office::{PinSelector, UnknownPin};
pub use reader::{ReaderError, ReaderKind, UnknownReader};

use leased_card::ExclusiveCard;
use reader::Reader;

/// What is done with a card.
#[derive(Debug, clap::Subcommand)]
pub enum CardCommand {
    /// Lay a card into a card reader; it lies there until `card remove`, Ctrl-C or SIGTERM
    Insert {
        /// One of the demo's people (`card list`), or a card's data file (a path with a dot or a slash)
        card: CardSelector,
        /// What goes wrong: pulled-during=N, pulled-after=N, slow=MILLISECONDS, answer=N:SW, no-signature, one-try-left,
        /// locked, android, iphone. Give it again for more
        #[arg(long = "fault", value_name = "FAULT")]
        faults: Vec<CardFault>,
        /// The reader: own, vpcd, or vpcd=HOST:PORT
        #[arg(long, value_name = "READER", default_value = "own")]
        reader: ReaderKind,
        /// Where the cards are
        #[command(flatten)]
        card_store: CardStoreArguments,
    },
    /// Take the card out of a card reader
    Remove {
        /// The reader, as it was named when the card was laid in
        #[arg(long, value_name = "READER", default_value = "own")]
        reader: ReaderKind,
        /// Where the reader's socket is
        #[command(flatten)]
        card_store: CardStoreArguments,
    },
    /// List the demo's cards: name, tries left at the authentication PIN, whose it is
    List {
        /// Where the cards are
        #[command(flatten)]
        card_store: CardStoreArguments,
    },
    /// Show what a card is: applications, files, tries left
    Show {
        /// One of the demo's people, or a card's data file
        card: CardSelector,
        /// Where the cards are
        #[command(flatten)]
        card_store: CardStoreArguments,
    },
    /// Write a card as a data file to the standard output, with its PINs and keys: a card of its own from there on
    Export {
        /// One of the demo's people, or a card's data file
        card: CardSelector,
        /// Where the cards are
        #[command(flatten)]
        card_store: CardStoreArguments,
    },
    /// Give all tries at a PIN back, as the municipal office does
    Unlock {
        /// One of the demo's people, or a card's data file
        card: CardSelector,
        /// The PIN: authentication, signature, text, registry, common, or APPLICATION/FILE as `card show` names it
        #[arg(default_value = "authentication")]
        pin: PinSelector,
        /// Where the cards are
        #[command(flatten)]
        card_store: CardStoreArguments,
    },
    /// Set a new PIN, read from the standard input, and give all tries back, as the municipal office does
    SetPin {
        /// One of the demo's people, or a card's data file
        card: CardSelector,
        /// The PIN: authentication, signature, text, registry, common, or APPLICATION/FILE as `card show` names it
        #[arg(default_value = "authentication")]
        pin: PinSelector,
        /// Where the cards are
        #[command(flatten)]
        card_store: CardStoreArguments,
    },
    /// The card reader's driver
    #[command(subcommand)]
    Reader(DriverCommand),
}

/// Where the demo keeps its cards.
#[derive(Debug, Clone, clap::Args)]
pub struct CardStoreArguments {
    /// The demo's data folder; the reader's socket stands in its folder reader
    #[arg(long, value_name = "DIR", default_value = "uketsuke-data", env = "UKETSUKE_DATA")]
    pub data: PathBuf,
    /// The demo's PostgreSQL server, where it has one
    #[arg(long, value_name = "URL", env = "UKETSUKE_DATABASE")]
    pub database: Option<String>,
}

/// Which card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardSelector {
    /// The card of one of the demo's people.
    Persona(CardId),
    /// A data file.
    File(PathBuf),
}

impl FromStr for CardSelector {
    type Err = Infallible;

    /// A text that is not the name of a card is the path of a file.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.parse().map_or_else(|_| Self::File(text.into()), Self::Persona))
    }
}

/// Commands for the driver of crate `ifd`.
#[derive(Debug, clap::Subcommand)]
pub enum DriverCommand {
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

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// The reader refused.
    #[error("the card reader refused")]
    Reader(#[from] ReaderError),
    #[error("the card's file cannot be used")]
    File(#[from] WrongCardFile),
    /// The data folder has no cards yet.
    #[error("there are no cards in '{0}' yet: start `uketsuke demo` once on that folder, or name a card's data file")]
    NoCards(PathBuf),
    #[error("the data folder cannot be used")]
    KeyStore(#[from] crate::key_store::KeyStoreError),
    /// `--database` or its variable does not name a database.
    #[error("{0} names no database")]
    Location(&'static str, #[source] database::UnreadableLocation),
    #[error("the cards' database cannot be opened")]
    Database(#[from] database::MigrationError),
    /// The card repository refused.
    #[error("the card cannot be taken")]
    Repository(#[from] portal::Refusal),
    /// The app or another process uses the card.
    #[error("somebody else has this card in hand: the app, or another reader")]
    InUse,
    /// The office refused.
    #[error("the municipal office refused")]
    Office(#[from] card::OfficeRefusal),
    /// The card's state could not be stored.
    #[error("the card's tries could not be kept")]
    Memory(#[from] card::MemoryFailure),
    /// The first line of the standard input is not a PIN.
    #[error("the first line of the standard input is no PIN")]
    NoPin(#[from] card::WrongReferenceData),
    /// The card cannot be serialized.
    #[error("the card cannot be written")]
    Serialization(#[from] serde_json::Error),
    /// The runtime, a signal or a stream failed.
    #[error("the system refused")]
    System(#[from] io::Error),
    /// The driver or its configuration cannot be written.
    #[error("'{0}' cannot be written")]
    Install(PathBuf, #[source] io::Error),
}

/// Runs the command.
pub fn run(command: CardCommand) -> Result<(), CardError> {
    let runtime = Runtime::new()?;
    runtime.block_on(async {
        match command {
            CardCommand::Insert { card, faults, reader, card_store } => {
                insert_card(&card, &faults, &reader, &card_store).await
            }
            CardCommand::Remove { reader, card_store } => Ok(Reader::new(&card_store.data, &reader)?.remove_card()?),
            CardCommand::List { card_store } => office::list_cards(&card_store).await,
            CardCommand::Show { card, card_store } => office::show_card(&card, &card_store).await,
            CardCommand::Export { card, card_store } => office::export_card(&card, &card_store).await,
            CardCommand::Unlock { card, pin, card_store } => office::unlock_pin(&card, pin.into(), &card_store).await,
            CardCommand::SetPin { card, pin, card_store } => office::set_pin(&card, pin.into(), &card_store).await,
            CardCommand::Reader(DriverCommand::Install { folder, driver, data }) => {
                install_driver(&folder, driver.as_deref(), &data)
            }
        }
    })
}

async fn insert_card(
    card: &CardSelector,
    faults: &[CardFault],
    reader: &ReaderKind,
    card_store: &CardStoreArguments,
) -> Result<(), CardError> {
    let lock = Reader::new(&card_store.data, reader)?.acquire().await?;
    let exclusive_card = ExclusiveCard::acquire(card, card_store).await?;
    let stop = wait_for_signal()?;
    let card = exclusive_card.to_virtual_card(faults).await?;
    eprintln!("uketsuke: the card lies in the reader; Ctrl-C or `uketsuke card remove` takes it out");
    let outcome = tokio::select! {
        outcome = lock.serve_card(card, stop) => outcome.map_err(CardError::from),
        error = exclusive_card.renew_lease() => Err(error),
    };
    exclusive_card.release().await?;
    outcome
}

/// A future that ends with SIGTERM, SIGINT or SIGHUP.
fn wait_for_signal() -> Result<impl Future<Output = ()>, io::Error> {
    let mut terminate = unix::signal(unix::SignalKind::terminate())?;
    let mut interrupt = unix::signal(unix::SignalKind::interrupt())?;
    let mut hang_up = unix::signal(unix::SignalKind::hangup())?;
    Ok(async move {
        tokio::select! { _ = terminate.recv() => (), _ = interrupt.recv() => (), _ = hang_up.recv() => () }
    })
}

fn install_driver(folder: &Path, driver: Option<&Path>, data: &Path) -> Result<(), CardError> {
    let built_driver = reader::find_built_driver()?;
    let write_error = |path: &Path| {
        let path = path.to_owned();
        move |error| CardError::Install(path, error)
    };
    let driver = match driver {
        None => built_driver,
        Some(target) => {
            let target = std::path::absolute(target)?;
            // Copied to a draft and renamed, because a daemon may have the old file loaded.
            let draft = target.with_extension("new");
            fs::copy(&built_driver, &draft).and_then(|_| fs::rename(&draft, &target)).map_err(write_error(&target))?;
            target
        }
    };
    let configuration = Reader::new(data, &ReaderKind::Own)?.render_configuration(&driver)?;
    let file = folder.join("uketsuke");
    fs::create_dir_all(folder).and_then(|()| fs::write(&file, configuration)).map_err(write_error(&file))?;
    eprintln!("uketsuke: '{}' is written; pcscd reads it when it starts", file.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_named_or_a_file() {
        let check = |text: &str, expected: CardSelector| assert_eq!(text.parse(), Ok(expected));
        check("hanako", CardSelector::Persona("hanako".parse().unwrap()));
        check("hanako.json", CardSelector::File("hanako.json".into()));
        check("./hanako", CardSelector::File("./hanako".into()));
        check("カード", CardSelector::File("カード".into()));
    }
}
