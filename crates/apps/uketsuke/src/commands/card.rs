//! `uketsuke card`: virtual cards outside the app, in a card reader of a stock `pcscd` and at the municipal office.
//!
//! A card belongs to one of the demo's people and is in the same repository as the app's cards, or it is a data file. Either
//! way it has one state, whatever uses it, and one user at a time.
//!
//! Start reading at [`CardCommand`].

mod card_file;
mod error;
mod fault;
mod leased_card;
mod office;
mod reader;
mod reader_connection;

use std::{fs, io, path::Path};

use tokio::{runtime::Runtime, signal::unix};

use crate::arguments::card::{CardCommand, CardFault, CardSelector, CardStoreArguments, DriverCommand, ReaderKind};

pub use card_file::WrongCardFile;
pub use error::CardError;
pub use reader::ReaderError;

use leased_card::ExclusiveCard;
use reader::Reader;

/// Runs the command.
pub fn run(command: CardCommand) -> Result<(), CardError> {
    Runtime::new()?.block_on(async {
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
