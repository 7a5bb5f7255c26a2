//! 市区町村の窓口, and whoever looks at a card without laying it into a reader.

use std::{
    io::{self, Write},
    str::FromStr,
};

use card::{CardData, File, Memory, PinReference, ReferenceData};
use shell::Language;
use zeroize::Zeroizing;

use super::{Failure, Where, Which, file::CardFile, hand::drawer};

/// A PIN as the command line names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WhichPin(PinReference);

/// A text that names no PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a PIN is authentication, signature, text, registry, common, or APPLICATION/FILE such as D392F000260100000001/0018"
)]
pub struct UnknownPin;

const NAMES: [(&str, PinReference); 5] = [
    ("authentication", PinReference::AUTHENTICATION),
    ("signature", PinReference::SIGNATURE),
    ("text", PinReference::TEXT),
    ("registry", PinReference::REGISTRY),
    ("common", PinReference::COMMON),
];

impl FromStr for WhichPin {
    type Err = UnknownPin;

    fn from_str(text: &str) -> Result<Self, UnknownPin> {
        let named = NAMES.iter().find(|(name, _)| *name == text).map(|(_, pin)| *pin);
        named.map_or_else(|| text.parse().map_err(|_| UnknownPin), Ok).map(Self)
    }
}

impl From<WhichPin> for PinReference {
    fn from(which: WhichPin) -> Self {
        which.0
    }
}

async fn look(card: &Which, place: &Where) -> Result<CardData, Failure> {
    match card {
        Which::Persona(card) => Ok(drawer(place)?.look(card).await?),
        Which::File(path) => Ok(CardFile::read(path)?),
    }
}

pub(super) async fn list(place: &Where) -> Result<(), Failure> {
    let cards = drawer(place)?.cards().await?;
    let mut out = io::stdout().lock();
    for card in cards {
        let [label, english] = [Language::Japanese, Language::English].map(|language| card.label.in_language(language));
        writeln!(out, "{}\t{}\t{label}\t{english}", card.id, card.tries_left)?;
    }
    Ok(())
}

pub(super) async fn show(card: &Which, place: &Where) -> Result<(), Failure> {
    let data = look(card, place).await?;
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
                    let left = counters.tries_left(pin).unwrap_or(0);
                    let name = NAMES.iter().find(|(_, named)| *named == pin).map_or("", |(name, _)| name);
                    writeln!(out, "  {id} PIN, {left} of {} tries left {name}", u8::from(file.tries))?;
                }
                File::Key { .. } => writeln!(out, "  {id} private key")?,
                File::Internal => writeln!(out, "  {id} internal")?,
            }
        }
    }
    Ok(())
}

pub(super) async fn export(card: &Which, place: &Where) -> Result<(), Failure> {
    let data = look(card, place).await?;
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &data)?;
    Ok(writeln!(out)?)
}

pub(super) async fn unlock(card: &Which, pin: PinReference, place: &Where) -> Result<(), Failure> {
    match card {
        Which::Persona(card) => drawer(place)?.unlock(card, pin).await?,
        Which::File(path) => {
            let CardFile { mut data, mut memory } = CardFile::open(path)?;
            data.unlock(pin)?;
            memory.keep(&data.counters())?;
        }
    }
    eprintln!("uketsuke: all tries at {pin} are there again");
    Ok(())
}

pub(super) async fn set_pin(card: &Which, pin: PinReference, place: &Where) -> Result<(), Failure> {
    let mut line = Zeroizing::new(String::with_capacity(64));
    io::stdin().read_line(&mut line)?;
    let value: ReferenceData = line.trim_end_matches(['\r', '\n']).parse()?;
    match card {
        Which::Persona(card) => drawer(place)?.set_pin(card, pin, value).await?,
        Which::File(path) => {
            let CardFile { mut data, mut memory } = CardFile::open(path)?;
            data.set_pin(pin, value.clone())?;
            memory.keep_reference_data(pin, &value)?;
            memory.keep(&data.counters())?;
        }
    }
    eprintln!("uketsuke: {pin} is set, and all tries are there again");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_named_in_words_or_by_its_file() {
        assert_eq!("signature".parse(), Ok(WhichPin(PinReference::SIGNATURE)));
        assert_eq!("D392F000260100000001/0018".parse(), Ok(WhichPin(PinReference::AUTHENTICATION)));
        assert_eq!("1234".parse::<WhichPin>(), Err(UnknownPin));
    }
}
