//! `bench -- eligibility`: what a question of an institution and a registration cost, by the number of insured persons.
//!
//! ```sh
//! cargo run --release -p bench -- eligibility --people 10000,1000000,10000000
//! cargo run --release -p bench --features postgres -- eligibility --database postgres://postgres@127.0.0.1/bench
//! ```
//!
//! A nation grows in one store from size to size, and at each size three things are measured. Lookups and registrations
//! are of persons drawn from the whole nation.
//!
//! * **Load**: the seconds from nothing to this size, index included, on a machine that also makes the persons.
//! * **Registrations** in the store: `eligibility::register`, each a durable transaction, so many at once as there are
//!   workers, without HTTP.
//! * **Lookups**: `OQSsionq` over mutual TLS, each worker with the certificate of an institution of its own over one kept
//!   connection, against `uketsuke demo` in a process of its own. Each answer is read and must name the person who was
//!   asked for; each writes its audit rows durably before it is sent. `per_second_and_core` is by the server's own
//!   processor time; the driver's part of the machine is beside it.

mod terminal;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use base::{InstitutionCode, Randomness, ReceptionNumber, Timestamp};
use database::{Database, Location, Transaction};
use eligibility::{
    ConsentChoice, ConsentChoices, Fingerprint, InsuranceCard, LoadControl, LoadPace, Nation, NewReception,
    ReceptionTerm, RegistrationRoute, RegistrationValidity,
};
use serde::Serialize;
use tokio::task::{JoinSet, spawn_blocking};
use uketsuke::{
    cli,
    demo::{Demo, online_institutions},
};

use crate::{
    Failure,
    load::{folder_kibibytes, log_progress},
    process::{Server, process_memory, processor_time, processor_time_since},
    report::{Target, at_least, at_most, count_to_f64, percentile, round_to_thousandth, to_mebibytes, to_milliseconds},
};
use terminal::{Identity, Terminal};

/// How much is measured.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct EligibilityArguments {
    /// The sizes of the nation, the smallest first
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_values_t = [10_000, 1_000_000])]
    people: Vec<u64>,
    /// Which nation
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// How many registrations are counted at each size
    #[arg(long, default_value_t = 4000)]
    registrations: usize,
    /// How many lookups are counted at each size
    #[arg(long, default_value_t = 20_000)]
    lookups: usize,
    /// How many are under way at once
    #[arg(long, default_value_t = 16)]
    workers: usize,
    /// The folder in which the data is put, on the disk to be measured; by default beside this program
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// An empty database of a PostgreSQL server, instead of SQLite
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

/// The object that is printed.
#[derive(Serialize)]
pub(crate) struct EligibilityReport {
    engine: &'static str,
    cores: usize,
    workers: usize,
    sizes: Vec<SizeMeasurement>,
    #[serde(rename = "aims")]
    targets: Vec<Target>,
}

#[derive(Serialize)]
struct SizeMeasurement {
    people: u64,
    load_seconds: f64,
    load_peak_memory_mebibytes: f64,
    disk_mebibytes: f64,
    registrations: OperationRate,
    lookups: OperationRate,
    lookups_per_second_and_core: f64,
    server_cpu_milliseconds_per_lookup: f64,
    driver_cpu_milliseconds_per_lookup: f64,
    server_memory_at_rest_mebibytes: f64,
    server_memory_peak_mebibytes: f64,
}

#[derive(Serialize)]
struct OperationRate {
    counted: usize,
    per_second: f64,
    p50_milliseconds: f64,
    p99_milliseconds: f64,
}

impl OperationRate {
    fn from_latencies(mut latencies: Vec<Duration>, within: Duration) -> Self {
        latencies.sort_unstable();
        Self {
            counted: latencies.len(),
            per_second: round_to_thousandth(count_to_f64(latencies.len()) / within.as_secs_f64()),
            p50_milliseconds: round_to_thousandth(to_milliseconds(percentile(&latencies, 50))),
            p99_milliseconds: round_to_thousandth(to_milliseconds(percentile(&latencies, 99))),
        }
    }
}

pub(crate) async fn measure(wanted: &EligibilityArguments) -> Result<EligibilityReport, Failure> {
    let place = match &wanted.data {
        Some(folder) => folder.clone(),
        None => std::env::current_exe()?.parent().ok_or("the program lies in no folder")?.to_owned(),
    };
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(place)?;
    let (mut sizes, mut loaded_in): (Vec<SizeMeasurement>, Duration) = (Vec::new(), Duration::ZERO);
    for people in &wanted.people {
        sizes.push(measure_size(wanted, &folder.path().join("data"), *people, &mut loaded_in).await?);
    }
    let aims = check_targets(&sizes);
    let engine = if wanted.database.is_some() { "postgres" } else { "sqlite" };
    let cores = std::thread::available_parallelism()?.get();
    Ok(EligibilityReport { engine, cores, workers: wanted.workers, sizes, targets: aims })
}

fn check_targets(sizes: &[SizeMeasurement]) -> Vec<Target> {
    let (Some(smallest), Some(largest)) = (sizes.first(), sizes.last()) else { return Vec::new() };
    let ratio = |of: fn(&SizeMeasurement) -> f64| of(largest) / of(smallest);
    let slowest = sizes.iter().map(|size| size.lookups_per_second_and_core).fold(f64::INFINITY, f64::min);
    vec![
        at_most("p99 of lookups, the largest nation to the smallest", 1.5, ratio(|size| size.lookups.p99_milliseconds)),
        at_most(
            "p99 of registrations, the largest nation to the smallest",
            1.5,
            ratio(|size| size.registrations.p99_milliseconds),
        ),
        at_least("lookups per second and core of the server", 2000.0, slowest),
        at_most("seconds for ten million persons, at the rate of the largest load", 600.0, {
            // At most ten million, far below 2^52.
            largest.load_seconds * 1e7 / f64::from(u32::try_from(largest.people).unwrap_or(u32::MAX))
        }),
    ]
}

/// What is known once a nation of this size is there.
struct PreparedNation {
    nation: Arc<Nation>,
    identities: Vec<Identity>,
    root: Vec<u8>,
    now: Timestamp,
}

async fn measure_size(
    wanted: &EligibilityArguments,
    data: &Path,
    people: u64,
    loaded_in: &mut Duration,
) -> Result<SizeMeasurement, Failure> {
    log_progress(&format!("{people} persons are loaded"));
    let prepared = prepare_nation(wanted, data, people, loaded_in).await?;
    let load_peak = process_memory(std::process::id())?.peak;
    let location = match &wanted.database {
        Some(url) => url.parse()?,
        None => Location::Sqlite(data.join("national.db")),
    };
    let disk = match &location {
        Location::Sqlite(_) => folder_kibibytes(data)? * 1024,
        Location::Postgres(_) => database_size(&location).await?,
    };
    log_progress("registrations");
    let (registrations, registered) = measure_registrations(wanted, &location, &prepared, people).await?;
    log_progress("lookups");
    let server = Server::start(data, None, wanted.database.as_deref())?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let rest = process_memory(server.process_id())?;
    measure_lookups(wanted, &server, &prepared, &registered, wanted.lookups / 20).await?;
    let (driver, answering) = (processor_time(std::process::id())?, processor_time(server.process_id())?);
    let lookups = measure_lookups(wanted, &server, &prepared, &registered, wanted.lookups).await?;
    let answering = processor_time_since(server.process_id(), answering)?;
    let driver = processor_time_since(std::process::id(), driver)?;
    let used = process_memory(server.process_id())?;
    server.stop()?;
    let each = |time: Duration| to_milliseconds(time) / count_to_f64(lookups.counted.max(1));
    Ok(SizeMeasurement {
        people,
        load_seconds: round_to_thousandth(loaded_in.as_secs_f64()),
        load_peak_memory_mebibytes: round_to_thousandth(to_mebibytes(load_peak)),
        disk_mebibytes: round_to_thousandth(to_mebibytes(disk)),
        registrations,
        lookups_per_second_and_core: round_to_thousandth(1000.0 / each(answering)),
        server_cpu_milliseconds_per_lookup: round_to_thousandth(each(answering)),
        driver_cpu_milliseconds_per_lookup: round_to_thousandth(each(driver)),
        server_memory_at_rest_mebibytes: round_to_thousandth(to_mebibytes(rest.resident)),
        server_memory_peak_mebibytes: round_to_thousandth(to_mebibytes(used.peak)),
        lookups,
    })
}

/// The demo's world with so many of the nation, and a certificate for every institution that asks.
async fn prepare_nation(
    wanted: &EligibilityArguments,
    data: &Path,
    people: u64,
    loaded_in: &mut Duration,
) -> Result<PreparedNation, Failure> {
    let demo = Demo::open(&cli::DemoArguments {
        database: wanted.database.clone(),
        ..cli::DemoArguments::with_free_ports(data.to_owned())
    })
    .await?;
    let rooms = demo.services();
    let now = demo.clock().now();
    let day = rooms.eligibility.find_nation().await?.map_or(now.japan_date(), |known| known.day);
    let begun = Instant::now();
    rooms
        .eligibility
        .load_nation(Nation::new(wanted.seed, day), people, LoadPace::Alone, |_| LoadControl::Continue)
        .await?;
    *loaded_in += begun.elapsed();
    let mut identities = Vec::new();
    for institution in online_institutions(demo.addresses()) {
        let issued = rooms.authority.issue_institution(institution).await?;
        rooms.eligibility.admit_certificate(institution, Fingerprint::from_certificate(&issued.certificate)).await?;
        let key = issued.key.to_pkcs8()?.to_vec();
        identities.push(Identity { institution, certificate: issued.certificate, key });
    }
    let root = rooms.authority.machine_root().to_vec();
    spawn_blocking(move || drop(demo)).await?;
    Ok(PreparedNation { nation: Arc::new(Nation::new(wanted.seed, day)), identities, root, now })
}

async fn database_size(location: &Location) -> Result<u64, Failure> {
    let database = Database::open(location, "national", &[])?;
    let size = database
        .read(|tx| tx.fetch_one("SELECT pg_database_size(current_database())", &[], |row| row.get::<i64>(0)))
        .await?;
    Ok(size.unsigned_abs())
}

/// Somebody who registered at an institution, as it asks about him.
struct RegisteredPerson {
    institution: InstitutionCode,
    person: eligibility::NewPerson,
}

async fn measure_registrations(
    wanted: &EligibilityArguments,
    location: &Location,
    prepared: &PreparedNation,
    people: u64,
) -> Result<(OperationRate, Arc<Vec<RegisteredPerson>>), Failure> {
    let database = Database::open_shared(location, "national", &[("eligibility", eligibility::MIGRATIONS)])?;
    let draw = Randomness::repeatable(&format!("bench {people}"));
    let mut registered = Vec::with_capacity(wanted.registrations);
    let mut receptions = Vec::with_capacity(wanted.registrations);
    while receptions.len() < wanted.registrations {
        let number = draw.number_below(people);
        let person = prepared.nation.person(number);
        let today = prepared.now.japan_date();
        if person.person.card == InsuranceCard::NotRegistered || !person.coverages.iter().any(|one| one.holds_on(today))
        {
            continue;
        }
        let institution = prepared.identities[receptions.len() % prepared.identities.len()].institution;
        receptions.push(NewReception {
            number: ReceptionNumber::new(&Randomness::system()),
            institution,
            term: ReceptionTerm::Visit(today),
            person: Nation::id(number),
            choices: ConsentChoices::all(ConsentChoice::Agree),
            validity: RegistrationValidity::Full,
            route: RegistrationRoute::HandOver,
        });
        registered.push(RegisteredPerson { institution, person });
    }
    let (receptions, next, begun) = (Arc::new(receptions), Arc::new(AtomicUsize::new(0)), Instant::now());
    let mut working = JoinSet::new();
    for _ in 0..wanted.workers {
        let (database, receptions, next, now) = (database.clone(), receptions.clone(), next.clone(), prepared.now);
        let randomness = Randomness::system();
        working.spawn(async move {
            let mut latencies = Vec::new();
            while let Some(reception) = receptions.get(next.fetch_add(1, Ordering::Relaxed)).cloned() {
                let (begun, randomness) = (Instant::now(), randomness.clone());
                let register = move |tx: &mut Transaction<'_>| {
                    let number = eligibility::draw_reception_number(tx, &randomness)?;
                    eligibility::register_reception(tx, &NewReception { number, ..reception.clone() }, now)
                };
                database.write(register).await?;
                latencies.push(begun.elapsed());
            }
            Ok::<_, eligibility::Refusal>(latencies)
        });
    }
    let mut latencies = Vec::new();
    while let Some(worked) = working.join_next().await {
        latencies.extend(worked??);
    }
    Ok((OperationRate::from_latencies(latencies, begun.elapsed()), Arc::new(registered)))
}

async fn measure_lookups(
    wanted: &EligibilityArguments,
    server: &Server,
    prepared: &PreparedNation,
    registered: &Arc<Vec<RegisteredPerson>>,
    count: usize,
) -> Result<OperationRate, Failure> {
    // Connections are kept in life: their handshakes are no part of a lookup.
    let mut terminals = Vec::new();
    for worker in 0..wanted.workers {
        let identity = &prepared.identities[worker % prepared.identities.len()];
        terminals.push(Terminal::open(&server.interface, &prepared.root, identity).await?);
    }
    let (done, begun) = (Arc::new(AtomicUsize::new(0)), Instant::now());
    let mut working = JoinSet::new();
    for (worker, mut terminal) in terminals.into_iter().enumerate() {
        let (registered, done) = (registered.clone(), done.clone());
        let today = prepared.now.japan_date();
        working.spawn(async move {
            let own: Vec<_> = registered.iter().filter(|one| one.institution == terminal.institution()).collect();
            let mut latencies = Vec::new();
            let mut place = worker;
            while !own.is_empty() && done.fetch_add(1, Ordering::Relaxed) < count {
                let begun = Instant::now();
                terminal.check_eligibility(&own[place % own.len()].person, today).await?;
                latencies.push(begun.elapsed());
                // No two workers of one institution ask for the same at once.
                place += 7;
            }
            Ok::<_, Failure>(latencies)
        });
    }
    let mut latencies = Vec::new();
    while let Some(worked) = working.join_next().await {
        latencies.extend(worked??);
    }
    Ok(OperationRate::from_latencies(latencies, begun.elapsed()))
}
