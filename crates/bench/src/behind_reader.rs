//! What it costs that a card lies behind a stock `pcscd`.
//!
//! ```sh
//! cargo build --release --workspace --features testkit/pcsc && target/release/bench card
//! ```
//!
//! The same commands go to the same card in this process, and from a process of their own through libpcsclite, `pcscd` and
//! either driver to the card in a third. Behind the reader the card keeps its tries durably: a login there has two commits
//! to the file system in it, which the card in this process has not.

use card::{VirtualCard, Volatile};
use serde::Serialize;
use testkit::{Measured, Pcscd, Way, issued, measure, said};

use crate::Failure;

/// How much is measured.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Wanted {
    /// How many single commands are sent
    #[arg(long, default_value_t = 5000)]
    commands: u32,
    /// How many logins are made
    #[arg(long, default_value_t = 50)]
    logins: usize,
}

#[derive(Serialize)]
struct Report {
    in_process: Measured,
    own_reader: Measured,
    vpcd: Measured,
}

pub(crate) fn run(wanted: &Wanted) -> Result<String, Failure> {
    eprintln!("bench: in this process");
    let mut card = VirtualCard::new(issued().data.clone(), Box::new(Volatile));
    card.power_on();
    let in_process = measure(&mut card, wanted.commands, wanted.logins);
    let report = Report { in_process, own_reader: behind(Way::Own, wanted)?, vpcd: behind(Way::Vpcd, wanted)? };
    Ok(serde_json::to_string_pretty(&report)?)
}

fn behind(way: Way, wanted: &Wanted) -> Result<Measured, Failure> {
    eprintln!("bench: behind pcscd, {way:?}");
    let pcscd = Pcscd::start(way);
    let card = pcscd.insert(&issued().data);
    let (commands, logins) = (wanted.commands.to_string(), wanted.logins.to_string());
    let measured = said(&mut pcscd.own_client(&["measure", &commands, &logins]));
    card.remove();
    Ok(serde_json::from_str(&measured)?)
}
