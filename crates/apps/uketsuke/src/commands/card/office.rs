//! The municipal office (市区町村の窓口): lists, shows and exports cards, unlocks and sets PINs.

use std::io::{self, Write};

use card::{CardData, File, Memory, PinReference, ReferenceData};
use text::Language;

use super::{card_file::CardFile, error::CardError, leased_card::open_repository};
use crate::{
    arguments::card::{CardSelector, CardStoreArguments, PIN_NAMES},
    input::read_secret_line,
};

async fn read_card_data(card: &CardSelector, card_store: &CardStoreArguments) -> Result<CardData, CardError> {
    match card {
        CardSelector::Persona(card) => Ok(open_repository(card_store)?.read_card(card).await?),
        CardSelector::File(path) => Ok(CardFile::read_data(path)?),
    }
}

pub(super) async fn list_cards(card_store: &CardStoreArguments) -> Result<(), CardError> {
    let cards = open_repository(card_store)?.list_cards().await?;
    let mut out = io::stdout().lock();
    for card in cards {
        let [label, english] = [Language::Japanese, Language::English].map(|language| card.label.in_language(language));
        writeln!(out, "{}\t{}\t{label}\t{english}", card.id, card.tries_left)?;
    }
    Ok(())
}

pub(super) async fn show_card(card: &CardSelector, card_store: &CardStoreArguments) -> Result<(), CardError> {
    let data = read_card_data(card, card_store).await?;
    let counters = data.counters();
    let mut out = io::stdout().lock();
    writeln!(out, "ATR {}", data.atr)?;
    if let Some(label) = data.label() {
        writeln!(out, "token {label}")?;
    }
    for application in &data.applications {
        writeln!(out, "application {}", application.aid)?;
        for (id, file) in &application.files {
            let pin = PinReference { application: application.aid, file: *id };
            match file {
                File::Transparent { content, .. } => writeln!(out, "  {id} file, {} bytes", content.0.len())?,
                File::TokenInformation { .. } => writeln!(out, "  {id} token information")?,
                File::Records { records, .. } => writeln!(out, "  {id} file of {} records", records.len())?,
                File::Pin(file) => {
                    let tries_left = counters.tries_left(pin).unwrap_or(0);
                    let name = PIN_NAMES.iter().find(|(_, reference)| *reference == pin).map_or("", |(name, _)| name);
                    writeln!(out, "  {id} PIN, {tries_left} of {} tries left {name}", u8::from(file.tries))?;
                }
                File::Key { .. } => writeln!(out, "  {id} private key")?,
                File::Internal => writeln!(out, "  {id} internal")?,
            }
        }
    }
    Ok(())
}

pub(super) async fn export_card(card: &CardSelector, card_store: &CardStoreArguments) -> Result<(), CardError> {
    let data = read_card_data(card, card_store).await?;
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &data)?;
    Ok(writeln!(out)?)
}

pub(super) async fn unlock_pin(
    card: &CardSelector,
    pin: PinReference,
    card_store: &CardStoreArguments,
) -> Result<(), CardError> {
    match card {
        CardSelector::Persona(card) => open_repository(card_store)?.unlock(card, pin).await?,
        CardSelector::File(path) => {
            let CardFile { mut data, mut memory } = CardFile::open(path)?;
            data.unlock(pin)?;
            memory.store_counters(&data.counters())?;
        }
    }
    eprintln!("uketsuke: all tries at {pin} are there again");
    Ok(())
}

pub(super) async fn set_pin(
    card: &CardSelector,
    pin: PinReference,
    card_store: &CardStoreArguments,
) -> Result<(), CardError> {
    let value: ReferenceData = read_secret_line()?.parse()?;
    match card {
        CardSelector::Persona(card) => open_repository(card_store)?.set_pin(card, pin, value).await?,
        CardSelector::File(path) => {
            let CardFile { mut data, mut memory } = CardFile::open(path)?;
            data.set_pin(pin, value.clone())?;
            memory.store_reference_data(pin, &value)?;
            memory.store_counters(&data.counters())?;
        }
    }
    eprintln!("uketsuke: {pin} is set, and all tries are there again");
    Ok(())
}
