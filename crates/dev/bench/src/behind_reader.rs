//! The cost of reaching a card through a stock `pcscd`.
//!
//! ```sh
//! cargo build --release --workspace --features testkit/pcsc && target/release/bench card
//! ```
//!
//! The same commands are sent to the same card in this process, and from a second process through libpcsclite, `pcscd` and
//! either driver to the card in a third process. Behind the reader the card stores its remaining tries durably: a login
//! there includes two commits to the file system, which the card in this process does not make.

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

pub(crate) fn measure_readers(arguments: &ReaderArguments) -> Result<ReaderReport, Failure> {
    eprintln!("bench: in this process");
    let mut card = VirtualCard::new(issued_card().data.clone(), Box::new(VolatileMemory));
    card.power_on();
    let in_process = measure_card(&mut card, arguments.commands, arguments.logins);
    Ok(ReaderReport {
        in_process,
        own_reader: measure_behind_reader(ReaderKind::Own, arguments)?,
        vpcd: measure_behind_reader(ReaderKind::Vpcd, arguments)?,
    })
}

fn measure_behind_reader(kind: ReaderKind, arguments: &ReaderArguments) -> Result<CardMeasurement, Failure> {
    eprintln!("bench: behind pcscd, {kind:?}");
    let pcscd = Pcscd::start(kind);
    let card = pcscd.insert(&issued_card().data);
    let (commands, logins) = (arguments.commands.to_string(), arguments.logins.to_string());
    let output = run_for_output(&mut pcscd.card_client_command(&["measure", &commands, &logins]));
    card.remove();
    Ok(serde_json::from_str(&output)?)
}
