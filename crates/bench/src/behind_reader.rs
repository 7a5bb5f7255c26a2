//! What it costs that a card lies behind a stock `pcscd`.
//!
//! ```sh
//! cargo build --release --workspace --features testkit/pcsc && target/release/bench card
//! ```
//!
//! The same commands go to the same card in this process, and from a process of their own through libpcsclite, `pcscd` and
//! either driver to the card in a third. Behind the reader the card keeps its tries durably: a login there has two commits
//! to the file system in it, which the card in this process has not.

use card::{VirtualCard, VolatileMemory};
use serde::Serialize;
use testkit::{CardMeasurement, Pcscd, ReaderKind, issued_card, measure_card, run_for_output};

use crate::Failure;

/// How much is measured.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ReaderArguments {
    /// How many single commands are sent
    #[arg(long, default_value_t = 5000)]
    commands: u32,
    /// How many logins are made
    #[arg(long, default_value_t = 50)]
    logins: usize,
}

#[derive(Serialize)]
pub(crate) struct ReaderReport {
    in_process: CardMeasurement,
    own_reader: CardMeasurement,
    vpcd: CardMeasurement,
}

pub(crate) fn measure_readers(wanted: &ReaderArguments) -> Result<ReaderReport, Failure> {
    eprintln!("bench: in this process");
    let mut card = VirtualCard::new(issued_card().data.clone(), Box::new(VolatileMemory));
    card.power_on();
    let in_process = measure_card(&mut card, wanted.commands, wanted.logins);
    Ok(ReaderReport {
        in_process,
        own_reader: measure_behind_reader(ReaderKind::Own, wanted)?,
        vpcd: measure_behind_reader(ReaderKind::Vpcd, wanted)?,
    })
}

fn measure_behind_reader(way: ReaderKind, wanted: &ReaderArguments) -> Result<CardMeasurement, Failure> {
    eprintln!("bench: behind pcscd, {way:?}");
    let pcscd = Pcscd::start(way);
    let card = pcscd.insert(&issued_card().data);
    let (commands, logins) = (wanted.commands.to_string(), wanted.logins.to_string());
    let measured = run_for_output(&mut pcscd.card_client_command(&["measure", &commands, &logins]));
    card.remove();
    Ok(serde_json::from_str(&measured)?)
}
