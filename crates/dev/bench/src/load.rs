//! The measurement, from an empty folder to the report.

use std::{
    path::Path,
    process,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use handover::{AuthorizationCode, Departure};
use tokio::task::JoinSet;

use crate::{
    Failure, JourneyArguments, baseline,
    card_pool::{self, CardPool},
    connection::Connection,
    journey::{BenchService, JourneyRunner, ReceptionClient},
    process::{Server, process_memory, processor_time, processor_time_since},
    report::{self, CompletedJourneys, JourneyReport},
};

/// How many journeys are made before any is counted: statements are prepared and memory is paged in.
const WARM_UP_JOURNEYS: usize = 200;

/// How many starts of the server are measured.
const START_COUNT: usize = 5;

/// How long a started server idles before its memory is read.
const IDLE_TIME: Duration = Duration::from_secs(1);

/// Codes expire after a minute; a batch of this size is made and redeemed well within it on slow machines too.
const CODES_PER_BATCH: usize = 250;

pub(crate) async fn measure(arguments: &JourneyArguments) -> Result<JourneyReport, Failure> {
    let parent = match &arguments.data {
        Some(folder) => folder.clone(),
        None => std::env::current_exe()?.parent().ok_or("the program lies in no folder")?.to_owned(),
    };
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(parent)?;
    let (data, registration) = (folder.path().join("data"), folder.path().join("service.json"));

    log_progress("the machine's floor");
    let cryptography = baseline::measure_cryptography()?;
    let commits = baseline::measure_commits(folder.path()).await?;

    log_progress("people and their cards");
    let key = BenchService::register(&registration)?;
    let (cards, institutions) =
        card_pool::prepare_cards(&data, &registration, arguments.journeys + WARM_UP_JOURNEYS).await?;

    log_progress("starts on existing data");
    let mut start_times = Vec::new();
    for _ in 1..START_COUNT {
        let server = Server::start(&data, Some(&registration), None)?;
        start_times.push(server.start_time);
        server.stop()?;
    }
    let server = Server::start(&data, Some(&registration), None)?;
    start_times.push(server.start_time);
    tokio::time::sleep(IDLE_TIME).await;
    let idle_memory = process_memory(server.process_id())?;

    let reception = ReceptionClient::discover(server.reception.clone(), !arguments.uncompressed).await?;
    let load_driver =
        LoadDriver(Arc::new(LoadContext { service: BenchService::new(key, institutions), reception, cards }));
    load_driver.run_journeys(WARM_UP_JOURNEYS, arguments.workers, arguments.time_limit()).await?;
    log_progress(&format!("journeys (the server is process {})", server.process_id()));
    let (driver_time, server_time) = (processor_time(process::id())?, processor_time(server.process_id())?);
    let journeys = load_driver.run_journeys(arguments.journeys, arguments.workers, arguments.time_limit()).await?;
    let driver_time = processor_time_since(process::id(), driver_time)?;
    let server_time = processor_time_since(server.process_id(), server_time)?;

    log_progress("the OAuth part alone");
    let authorization_time =
        load_driver.measure_authorization_requests(arguments.oauth_requests, arguments.workers, &server).await?;
    let token_time = load_driver.measure_token_requests(arguments.oauth_requests, arguments.workers, &server).await?;
    let used_memory = process_memory(server.process_id())?;
    server.stop()?;

    Ok(report::build_report(&report::JourneyMeasurement {
        workers: arguments.workers,
        compressed: !arguments.uncompressed,
        cores: std::thread::available_parallelism()?.get(),
        journeys,
        driver_time,
        server_time,
        idle_memory,
        used_memory,
        start_times,
        authorization_time,
        token_time,
        cryptography,
        commits,
        data_kibibytes: folder_kibibytes(&data)?,
    }))
}

pub(crate) fn log_progress(step: &str) {
    eprintln!("bench: {step}");
}

/// The size of the files in a folder, in KiB.
pub(crate) fn folder_kibibytes(folder: &Path) -> Result<u64, Failure> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        let metadata = entry?.metadata()?;
        sum += if metadata.is_file() { metadata.len() } else { 0 };
    }
    Ok(sum / 1024)
}

/// Runs tasks on workers that share one context.
#[derive(Clone)]
struct LoadDriver(Arc<LoadContext>);

struct LoadContext {
    service: BenchService,
    reception: ReceptionClient,
    cards: CardPool,
}

/// What a worker does for each index.
trait LoadTask: Send + Sync + 'static {
    fn run_once(
        &self,
        context: &LoadContext,
        connection: &mut Connection,
        index: usize,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Whole journeys, none started after `end`.
struct WholeJourneys {
    end: Instant,
    latencies: Mutex<Vec<Duration>>,
}

impl LoadTask for WholeJourneys {
    async fn run_once(&self, context: &LoadContext, connection: &mut Connection, index: usize) -> Result<(), Failure> {
        let start = Instant::now();
        if start >= self.end {
            return Ok(());
        }
        let mut card = context.cards.take_card()?;
        context.journey_runner(connection).run_journey(index, &mut card).await?;
        lock_ignoring_poison(&self.latencies).push(start.elapsed());
        context.cards.put_card_back(card);
        Ok(())
    }
}

/// PAR and authorization request.
struct AuthorizationRequests;

impl LoadTask for AuthorizationRequests {
    async fn run_once(&self, context: &LoadContext, connection: &mut Connection, index: usize) -> Result<(), Failure> {
        context.journey_runner(connection).request_authorization(index).await.map(|_| ())
    }
}

/// Journeys up to their authorization code.
#[derive(Default)]
struct JourneysToCode(Mutex<Vec<(Departure, AuthorizationCode)>>);

impl LoadTask for JourneysToCode {
    async fn run_once(&self, context: &LoadContext, connection: &mut Connection, index: usize) -> Result<(), Failure> {
        let mut card = context.cards.take_card()?;
        let code = context.journey_runner(connection).run_to_code(index, &mut card).await?;
        lock_ignoring_poison(&self.0).push(code);
        context.cards.put_card_back(card);
        Ok(())
    }
}

/// Redeems codes for tokens.
struct TokenRequests(Vec<(Departure, AuthorizationCode)>);

impl LoadTask for TokenRequests {
    async fn run_once(&self, context: &LoadContext, connection: &mut Connection, index: usize) -> Result<(), Failure> {
        let (departure, code) = &self.0[index];
        context.journey_runner(connection).redeem_code(departure, code).await
    }
}

impl LoadContext {
    fn journey_runner<'a>(&'a self, connection: &'a mut Connection) -> JourneyRunner<'a> {
        JourneyRunner::new(&self.service, &self.reception, connection)
    }
}

impl LoadDriver {
    /// Runs at most `count` journeys, as many at once as there are workers, and starts none after `limit`.
    async fn run_journeys(&self, count: usize, workers: usize, limit: Duration) -> Result<CompletedJourneys, Failure> {
        let start = Instant::now();
        let journeys = WholeJourneys { end: start + limit, latencies: Mutex::default() };
        let journeys = self.run_workers(count, workers, journeys).await?;
        let total_time = start.elapsed();
        let mut latencies = std::mem::take(&mut *lock_ignoring_poison(&journeys.latencies));
        latencies.sort_unstable();
        Ok(CompletedJourneys { latencies, total_time })
    }

    /// The server's processor time for one PAR with its authorization request.
    async fn measure_authorization_requests(
        &self,
        count: usize,
        workers: usize,
        server: &Server,
    ) -> Result<Duration, Failure> {
        let before = processor_time(server.process_id())?;
        self.run_workers(count, workers, AuthorizationRequests).await?;
        average_time(processor_time_since(server.process_id(), before)?, count)
    }

    /// The server's processor time for one token.
    async fn measure_token_requests(&self, count: usize, workers: usize, server: &Server) -> Result<Duration, Failure> {
        let (mut server_time, mut remaining) = (Duration::ZERO, count);
        while remaining > 0 {
            let batch = remaining.min(CODES_PER_BATCH);
            let codes = self.run_workers(batch, workers, JourneysToCode::default()).await?;
            let codes = std::mem::take(&mut *lock_ignoring_poison(&codes.0));
            let before = processor_time(server.process_id())?;
            self.run_workers(batch, workers, TokenRequests(codes)).await?;
            server_time += processor_time_since(server.process_id(), before)?;
            remaining -= batch;
        }
        average_time(server_time, count)
    }

    /// Has workers, each on its own connection, do the work for every index below `count`.
    async fn run_workers<W: LoadTask>(&self, count: usize, workers: usize, work: W) -> Result<Arc<W>, Failure> {
        let (next, work) = (Arc::new(AtomicUsize::new(0)), Arc::new(work));
        let mut tasks = JoinSet::new();
        for _ in 0..workers {
            let (driver, next, work) = (self.clone(), next.clone(), work.clone());
            tasks.spawn(async move {
                let mut connection = Connection::open(driver.0.reception.address).await?;
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        return Ok::<_, Failure>(());
                    }
                    work.run_once(&driver.0, &mut connection, index).await?;
                }
            });
        }
        while let Some(result) = tasks.join_next().await {
            result??;
        }
        Ok(work)
    }
}

fn average_time(sum: Duration, count: usize) -> Result<Duration, Failure> {
    Ok(sum / u32::try_from(count.max(1))?)
}

/// A panic in another task ends the measurement anyhow.
fn lock_ignoring_poison<T>(results: &Mutex<T>) -> MutexGuard<'_, T> {
    results.lock().unwrap_or_else(PoisonError::into_inner)
}
