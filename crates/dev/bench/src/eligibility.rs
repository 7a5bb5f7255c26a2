//! `bench -- eligibility`: the cost of an institution's lookup and of a registration, by the number of insured persons.
//!
//! ```sh
//! cargo run --release -p bench -- eligibility --people 10000,1000000,10000000
//! cargo run --release -p bench --features postgres -- eligibility --database postgres://postgres@127.0.0.1/bench
//! ```
//!
//! A simulated nation grows in one store from size to size, and at each size three things are measured. Lookups and
//! registrations are of persons drawn from the whole nation.
//!
//! * **Load**: the seconds from an empty store to this size, index included, on a machine that also generates the persons.
//! * **Registrations** in the store: `eligibility::register_reception`, each a durable transaction, as many at once as
//!   there are workers, without HTTP.
//! * **Lookups**: `OQSsionq` over mutual TLS, each worker with the certificate of its own institution over one persistent
//!   connection, against `uketsuke demo` in a separate process. Each response is parsed and must name the person who was
//!   looked up; each lookup writes its audit rows durably before it is sent. `per_second_and_core` is by the server's own
//!   processor time; the driver's is reported separately.

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
    ConsentChoice, ConsentChoices, Fingerprint, InsuranceCard, LoadControl, LoadPace, NewReception, PersonId,
    ReceptionTerm, RegistrationRoute, RegistrationValidity,
};
use nation::Nation;
use serde::Serialize;
use tokio::task::{JoinSet, spawn_blocking};
use uketsuke::{
    arguments::demo::DemoArguments,
    commands::demo::{Demo, online_institutions},
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
    fn from_latencies(mut latencies: Vec<Duration>, elapsed: Duration) -> Self {
        latencies.sort_unstable();
        Self {
            counted: latencies.len(),
            per_second: round_to_thousandth(count_to_f64(latencies.len()) / elapsed.as_secs_f64()),
            p50_milliseconds: round_to_thousandth(to_milliseconds(percentile(&latencies, 50))),
            p99_milliseconds: round_to_thousandth(to_milliseconds(percentile(&latencies, 99))),
        }
    }
}

pub(crate) async fn measure(arguments: &EligibilityArguments) -> Result<EligibilityReport, Failure> {
    let parent = match &arguments.data {
        Some(folder) => folder.clone(),
        None => std::env::current_exe()?.parent().ok_or("the program lies in no folder")?.to_owned(),
    };
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(parent)?;
    let (mut sizes, mut load_time): (Vec<SizeMeasurement>, Duration) = (Vec::new(), Duration::ZERO);
    for people in &arguments.people {
        sizes.push(measure_size(arguments, &folder.path().join("data"), *people, &mut load_time).await?);
    }
    let targets = check_targets(&sizes);
    let engine = if arguments.database.is_some() { "postgres" } else { "sqlite" };
    let cores = std::thread::available_parallelism()?.get();
    Ok(EligibilityReport { engine, cores, workers: arguments.workers, sizes, targets })
}

fn check_targets(sizes: &[SizeMeasurement]) -> Vec<Target> {
    let (Some(smallest), Some(largest)) = (sizes.first(), sizes.last()) else { return Vec::new() };
    let ratio = |value_of: fn(&SizeMeasurement) -> f64| value_of(largest) / value_of(smallest);
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

/// A loaded nation of one size, and the institutions that look up its persons.
struct PreparedNation {
    nation: Nation,
    identities: Vec<Identity>,
    root: Vec<u8>,
    now: Timestamp,
}

async fn measure_size(
    arguments: &EligibilityArguments,
    data: &Path,
    people: u64,
    load_time: &mut Duration,
) -> Result<SizeMeasurement, Failure> {
    log_progress(&format!("{people} persons are loaded"));
    let prepared = prepare_nation(arguments, data, people, load_time).await?;
    let load_peak = process_memory(std::process::id())?.peak;
    let location = match &arguments.database {
        Some(url) => url.parse()?,
        None => Location::Sqlite(data.join("national.db")),
    };
    let disk_bytes = match &location {
        Location::Sqlite(_) => folder_kibibytes(data)? * 1024,
        Location::Postgres(_) => database_size(&location).await?,
    };
    log_progress("registrations");
    let (registrations, registered) = measure_registrations(arguments, &location, &prepared, people).await?;
    log_progress("lookups");
    let server = Server::start(data, None, arguments.database.as_deref())?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let idle_memory = process_memory(server.process_id())?;
    measure_lookups(arguments, &server, &prepared, &registered, arguments.lookups / 20).await?;
    let (driver_time, server_time) = (processor_time(std::process::id())?, processor_time(server.process_id())?);
    let lookups = measure_lookups(arguments, &server, &prepared, &registered, arguments.lookups).await?;
    let server_time = processor_time_since(server.process_id(), server_time)?;
    let driver_time = processor_time_since(std::process::id(), driver_time)?;
    let used_memory = process_memory(server.process_id())?;
    server.stop()?;
    let each = |time: Duration| to_milliseconds(time) / count_to_f64(lookups.counted.max(1));
    Ok(SizeMeasurement {
        people,
        load_seconds: round_to_thousandth(load_time.as_secs_f64()),
        load_peak_memory_mebibytes: round_to_thousandth(to_mebibytes(load_peak)),
        disk_mebibytes: round_to_thousandth(to_mebibytes(disk_bytes)),
        registrations,
        lookups_per_second_and_core: round_to_thousandth(1000.0 / each(server_time)),
        server_cpu_milliseconds_per_lookup: round_to_thousandth(each(server_time)),
        driver_cpu_milliseconds_per_lookup: round_to_thousandth(each(driver_time)),
        server_memory_at_rest_mebibytes: round_to_thousandth(to_mebibytes(idle_memory.resident)),
        server_memory_peak_mebibytes: round_to_thousandth(to_mebibytes(used_memory.peak)),
        lookups,
    })
}

/// The demo's world with `people` persons of the nation, and a certificate for every institution that sends lookups.
async fn prepare_nation(
    arguments: &EligibilityArguments,
    data: &Path,
    people: u64,
    load_time: &mut Duration,
) -> Result<PreparedNation, Failure> {
    let demo = Demo::open(&DemoArguments {
        database: arguments.database.clone(),
        ..DemoArguments::with_free_ports(data.to_owned())
    })
    .await?;
    let services = demo.services();
    let now = demo.clock().now();
    let day = match services.eligibility.find_loaded_source().await? {
        Some(source) => source.name.parse::<Nation>()?.day(),
        None => now.japan_date(),
    };
    let nation = Nation::new(arguments.seed, day);
    let start = Instant::now();
    services.eligibility.load_people(nation, people, LoadPace::Alone, |_| LoadControl::Continue).await?;
    *load_time += start.elapsed();
    let mut identities = Vec::new();
    for institution in online_institutions(demo.addresses()) {
        let issued = services.authority.issue_institution(institution).await?;
        services.eligibility.admit_certificate(institution, Fingerprint::from_certificate(&issued.certificate)).await?;
        let key = issued.key.to_pkcs8()?.to_vec();
        identities.push(Identity { institution, certificate: issued.certificate, key });
    }
    let root = services.authority.machine_root().to_vec();
    spawn_blocking(move || drop(demo)).await?;
    Ok(PreparedNation { nation, identities, root, now })
}

async fn database_size(location: &Location) -> Result<u64, Failure> {
    let database = Database::open(location, "national", &[])?;
    let size = database
        .read(|tx| tx.fetch_one("SELECT pg_database_size(current_database())", &[], |row| row.get::<i64>(0)))
        .await?;
    Ok(size.unsigned_abs())
}

/// A person who registered at an institution, by the data with which the institution looks them up.
struct RegisteredPerson {
    institution: InstitutionCode,
    person: eligibility::NewPerson,
}

async fn measure_registrations(
    arguments: &EligibilityArguments,
    location: &Location,
    prepared: &PreparedNation,
    people: u64,
) -> Result<(OperationRate, Arc<Vec<RegisteredPerson>>), Failure> {
    let database = Database::open_shared(location, "national", &[("eligibility", eligibility::MIGRATIONS)])?;
    let randomness = Randomness::repeatable(&format!("bench {people}"));
    let mut registered = Vec::with_capacity(arguments.registrations);
    let mut receptions = Vec::with_capacity(arguments.registrations);
    while receptions.len() < arguments.registrations {
        let number = randomness.number_below(people);
        let person = prepared.nation.person(number);
        let today = prepared.now.japan_date();
        if person.person.card == InsuranceCard::NotRegistered
            || !person.coverages.iter().any(|coverage| coverage.holds_on(today))
        {
            continue;
        }
        let institution = prepared.identities[receptions.len() % prepared.identities.len()].institution;
        receptions.push(NewReception {
            number: ReceptionNumber::new(&Randomness::system()),
            institution,
            term: ReceptionTerm::Visit(today),
            person: PersonId::from_load(number),
            choices: ConsentChoices::all(ConsentChoice::Agree),
            validity: RegistrationValidity::Full,
            route: RegistrationRoute::HandOver,
        });
        registered.push(RegisteredPerson { institution, person });
    }
    let (receptions, next, start) = (Arc::new(receptions), Arc::new(AtomicUsize::new(0)), Instant::now());
    let mut tasks = JoinSet::new();
    for _ in 0..arguments.workers {
        let (database, receptions, next, now) = (database.clone(), receptions.clone(), next.clone(), prepared.now);
        let randomness = Randomness::system();
        tasks.spawn(async move {
            let mut latencies = Vec::new();
            while let Some(reception) = receptions.get(next.fetch_add(1, Ordering::Relaxed)).cloned() {
                let (start, randomness) = (Instant::now(), randomness.clone());
                let register = move |tx: &mut Transaction<'_>| {
                    let number = eligibility::draw_reception_number(tx, &randomness)?;
                    eligibility::register_reception(tx, &NewReception { number, ..reception.clone() }, now)
                };
                database.write(register).await?;
                latencies.push(start.elapsed());
            }
            Ok::<_, eligibility::Refusal>(latencies)
        });
    }
    let mut latencies = Vec::new();
    while let Some(result) = tasks.join_next().await {
        latencies.extend(result??);
    }
    Ok((OperationRate::from_latencies(latencies, start.elapsed()), Arc::new(registered)))
}

async fn measure_lookups(
    arguments: &EligibilityArguments,
    server: &Server,
    prepared: &PreparedNation,
    registered: &Arc<Vec<RegisteredPerson>>,
    count: usize,
) -> Result<OperationRate, Failure> {
    // Terminals keep their connections open in operation, so handshakes are not measured.
    let mut terminals = Vec::new();
    for worker in 0..arguments.workers {
        let identity = &prepared.identities[worker % prepared.identities.len()];
        terminals.push(Terminal::open(&server.interface, &prepared.root, identity).await?);
    }
    let (counter, start) = (Arc::new(AtomicUsize::new(0)), Instant::now());
    let mut tasks = JoinSet::new();
    for (worker, mut terminal) in terminals.into_iter().enumerate() {
        let (registered, counter) = (registered.clone(), counter.clone());
        let today = prepared.now.japan_date();
        tasks.spawn(async move {
            let registered_here: Vec<_> =
                registered.iter().filter(|entry| entry.institution == terminal.institution()).collect();
            let mut latencies = Vec::new();
            let mut position = worker;
            while !registered_here.is_empty() && counter.fetch_add(1, Ordering::Relaxed) < count {
                let start = Instant::now();
                terminal.check_eligibility(&registered_here[position % registered_here.len()].person, today).await?;
                latencies.push(start.elapsed());
                // No two workers of one institution look up the same person at once.
                position += 7;
            }
            Ok::<_, Failure>(latencies)
        });
    }
    let mut latencies = Vec::new();
    while let Some(result) = tasks.join_next().await {
        latencies.extend(result??);
    }
    Ok(OperationRate::from_latencies(latencies, start.elapsed()))
}
