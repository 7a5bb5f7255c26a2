//! Measurements of the whole: what a journey costs, beside what it cannot cost less than on the same machine.
//!
//! ```sh
//! cargo run --release -p bench -- journey
//! ```
//!
//! (or `-- eligibility`, told of in `eligibility.rs`) prints one JSON object; what it is doing meanwhile goes to the standard error. It takes about a minute, and wants a
//! machine that does nothing else, and data on a disk (`--data FOLDER`): on a file system in memory a commit costs
//! nothing and its numbers mean nothing. By default the data lies beside the program and is removed afterwards.
//!
//! `-- verify` prints what the verdict on a card's answer costs beside the bare RSA verifications that it cannot avoid, in
//! ten seconds and on one core; `verify` says how.
//!
//! # What runs
//!
//! The server is `uketsuke demo` on SQLite with `synchronous=FULL`, every room and the simulated authority in one process.
//! The program starts *itself* as that command, so both come from one build; processor time and memory of the server are
//! read from `/proc/PID` (which makes this a program for Linux) and hold nothing of the driver.
//!
//! Beforehand, people are made and cards issued to them, one for each journey, so that no journey finds its certificate
//! remembered. (The cards share sixteen keys: what is verified and remembered is the certificate.) Then the server is
//! started on that data several times, for the time of a start; memory at rest is read a second later.
//!
//! A journey is what a service, a browser on an Android phone and an app send from the first to the last request, each
//! worker over one kept connection:
//!
//! 1. the service pushes its request (PAR); the browser opens it, is led to the choices and reads the page;
//! 2. it agrees to everything, reads the confirmation, confirms, and reads the page with the link to the app;
//! 3. the app claims the ticket; a virtual card is read by APDUs and signs; the app answers. The server verifies the
//!    certificate, asks the authority by OCSP over HTTP, and verifies the challenge;
//! 4. the browser comes back with the code, reads that it is registered, and finishes; the service redeems the code.
//!
//! Pages are asked for as browsers do, compressed (`--uncompressed` shows what that costs). Not part of it: styles and
//! scripts, which a browser keeps, and the waiting page's polling.
//!
//! # What the numbers are
//!
//! * `journeys`: rate and latency under so many workers at once. Driver and server share the machine's cores; the
//!   driver's part stands beside.
//! * `server`: its processor time (user and system) over the counted journeys, by the journey; memory; starts.
//! * `oauth_cpu_milliseconds`: the processor time of the OAuth part alone, from phases in which the server does nothing else: first
//!   PAR and authorization request (up to the redirect), many times; then tokens. For these, journeys are walked up to
//!   their code beforehand, uncounted, and all codes are redeemed within their minute.
//! * `floor`: signatures made and verified per second of one core's time with AWS-LC; durable transactions of one row per second
//!   by the same database crate in the same folder, one at a time and sixty-four at a time.
//! * `unavoidable`: the cryptography that a journey needs on the server's side, by that floor. What the authority signs is
//!   shown apart: in life it is somebody else's machine.
//! * `ratio`: the server's processor time to that.
//! * `aims`: what we want, and whether it was reached.

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

/// Whatever went wrong ends the measurement: a number from a run with errors is none.
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
        return uketsuke::cli::run();
    }
    let measured = match Arguments::parse().command {
        Command::Journey(wanted) => run_measurement(load::measure(&wanted)).and_then(|report| print_report(&report)),
        Command::Verify => verify::measure_verification().and_then(|report| print_report(&report)),
        Command::Eligibility(wanted) => {
            run_measurement(eligibility::measure(&wanted)).and_then(|report| print_report(&report))
        }
        Command::Card(wanted) => behind_reader::measure_readers(&wanted).and_then(|report| print_report(&report)),
    };
    match measured {
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
