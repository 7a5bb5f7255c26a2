//! Measurements of the whole system: the cost of a journey, compared with the least that it can cost on the same machine.
//!
//! ```sh
//! cargo run --release -p bench -- journey
//! ```
//!
//! (or `-- eligibility`, described in `eligibility.rs`) prints one JSON object, and its progress to the standard error. It
//! takes about a minute and needs an otherwise idle machine and data on a disk (`--data FOLDER`): on a file system in
//! memory a commit costs nothing, and the numbers are not meaningful. By default the data is put next to the program and is
//! removed afterwards.
//!
//! `-- verify` prints the cost of verifying a card's response compared with the bare RSA verifications that it includes,
//! in ten seconds and on one core; see `verify.rs`.
//!
//! # What runs
//!
//! The server is `uketsuke demo` on SQLite with `synchronous=FULL`, every service and the simulated authority in one process.
//! The program starts *itself* as that command, so both come from one build; processor time and memory of the server are
//! read from `/proc/PID` (which makes this a program for Linux) and hold nothing of the driver.
//!
//! Beforehand, persons are generated and cards issued to them, one for each journey, so that no journey finds its
//! certificate cached. (The cards share sixteen keys: what is verified and cached is the certificate.) Then the server is
//! started on that data several times, to measure a start; memory at rest is read a second later.
//!
//! A journey is what a service, a browser on an Android phone and an app send from the first to the last request, each
//! worker over one persistent connection:
//!
//! 1. the service pushes its request (PAR); the browser opens it and is redirected to the page of choices;
//! 2. it agrees to everything, reads the confirmation, confirms, and reads the page with the link to the app;
//! 3. the app claims the ticket; a virtual card is read by APDUs and signs; the app responds. The server verifies the
//!    certificate, queries the authority by OCSP over HTTP, and verifies the signature over the challenge;
//! 4. the browser returns with the return code, reads the result, and finishes; the service redeems the authorization code.
//!
//! Pages are requested compressed, as browsers do (`--uncompressed` shows the cost of that). Not included: styles and
//! scripts, which a browser caches, and the polling of the waiting page.
//!
//! # What the numbers are
//!
//! * `journeys`: rate and latency with so many workers at once. Driver and server share the machine's cores; the
//!   driver's processor time is reported separately.
//! * `server`: its processor time (user and system) over the counted journeys, per journey; memory; times of starts.
//! * `oauth_cpu_milliseconds`: the processor time of the OAuth part alone, from phases in which the server does nothing else:
//!   first PAR and authorization request (up to the redirect), many times; then tokens. For these, journeys are made up to
//!   their code beforehand, uncounted, and all codes are redeemed before they expire.
//! * `floor`: signatures made and verified per second of one core's time with AWS-LC; durable transactions of
//!   one row per second by the same database crate in the same folder, one at a time and sixty-four at a time.
//! * `unavoidable`: the cryptography that a journey needs on the server's side, by that floor. The authority's signatures
//!   are reported separately: in operation they are made on another organisation's machine.
//! * `ratio`: the server's processor time divided by that of `unavoidable`.
//! * `aims`: the targets, and whether they were reached.

mod baseline;
mod behind_reader;
mod card_pool;
mod connection;
mod eligibility;
mod journey;
mod load;
mod process;
mod report;
mod verify;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};

/// Any error ends the measurement: numbers from a run with errors are not valid.
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Parser)]
#[command(name = "bench", version, about = "Measures uketsuke against the floor of the same machine")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Whole journeys, from the pushed request to the token
    Journey(JourneyArguments),
    /// The whole verdict on a card's answer, against the bare RSA verifications that it cannot avoid
    Verify,
    /// Lookups and registrations, by the number of insured persons
    Eligibility(eligibility::EligibilityArguments),
    /// A card behind a stock pcscd against the same card in this process
    Card(behind_reader::ReaderArguments),
}

/// How much is measured.
#[derive(Debug, Clone, clap::Args)]
struct JourneyArguments {
    /// How many journeys are counted
    #[arg(long, default_value_t = 3000)]
    journeys: usize,
    /// Begin no journey after so many seconds, even if fewer were walked
    #[arg(long, default_value_t = 40)]
    seconds: u64,
    /// How many are under way at once
    #[arg(long, default_value_t = 64)]
    workers: usize,
    /// How often each part of the OAuth phase is done
    #[arg(long = "oauth", default_value_t = 2000)]
    oauth_requests: usize,
    /// The folder in which the data is put, on the disk to be measured; by default beside this program
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Ask for pages uncompressed
    #[arg(long)]
    uncompressed: bool,
}

impl JourneyArguments {
    fn time_limit(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

fn main() -> ExitCode {
    // The server under measurement: this very file, run as the real program.
    if std::env::args().nth(1).is_some_and(|command| command == process::SERVER_COMMAND) {
        return uketsuke::run();
    }
    let outcome = match Arguments::parse().command {
        Command::Journey(arguments) => {
            run_measurement(load::measure(&arguments)).and_then(|report| print_report(&report))
        }
        Command::Verify => verify::measure_verification().and_then(|report| print_report(&report)),
        Command::Eligibility(arguments) => {
            run_measurement(eligibility::measure(&arguments)).and_then(|report| print_report(&report))
        }
        Command::Card(arguments) => behind_reader::measure_readers(&arguments).and_then(|report| print_report(&report)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("bench: {}", base::Causes(&*failure));
            ExitCode::FAILURE
        }
    }
}

fn run_measurement<T>(measurement: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(measurement)
}

#[expect(clippy::print_stdout, reason = "the one object that programs read")]
fn print_report(report: &impl serde::Serialize) -> Result<(), Failure> {
    println!("{}", serde_json::to_string_pretty(report)?);
    Ok(())
}
