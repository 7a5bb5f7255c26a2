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
    report::{self, JourneyReport},
};

/// How many journeys are walked before any is counted: statements are prepared, pages of memory are there.
const WARM_UP_JOURNEYS: usize = 200;

/// How often the server is started.
const START_COUNT: usize = 5;

/// How long a started server is left alone before its memory is read.
const IDLE_TIME: Duration = Duration::from_secs(1);

/// Codes are good for a minute; so many are made and redeemed at once that slow machines too stay far below it.
const CODES_PER_BATCH: usize = 250;

pub(crate) async fn measure(wanted: &JourneyArguments) -> Result<JourneyReport, Failure> {
    let place = match &wanted.data {
        Some(folder) => folder.clone(),
        None => std::env::current_exe()?.parent().ok_or("the program lies in no folder")?.to_owned(),
    };
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(place)?;
    let (data, registration) = (folder.path().join("data"), folder.path().join("service.json"));

    log_progress("the machine's floor");
    let cryptography = baseline::measure_cryptography()?;
    let commits = baseline::measure_commits(folder.path()).await?;

    log_progress("people and their cards");
    let key = BenchService::register(&registration)?;
    let (deck, institutions) =
        card_pool::prepare_cards(&data, &registration, wanted.journeys + WARM_UP_JOURNEYS).await?;

    log_progress("starts on existing data");
    let mut starts = Vec::new();
    for _ in 1..START_COUNT {
        let server = Server::start(&data, Some(&registration), None)?;
        starts.push(server.start_time);
        server.stop()?;
    }
    let server = Server::start(&data, Some(&registration), None)?;
    starts.push(server.start_time);
    tokio::time::sleep(IDLE_TIME).await;
    let idle = process_memory(server.process_id())?;

    let reception = ReceptionClient::discover(server.reception.clone(), !wanted.uncompressed).await?;
    let crowd =
        LoadDriver(Arc::new(LoadContext { service: BenchService::new(key, institutions), reception, cards: deck }));
    crowd.run_journeys(WARM_UP_JOURNEYS, wanted.workers, wanted.time_limit()).await?;
    log_progress(&format!("journeys (the server is process {})", server.process_id()));
    let (driver, used_before) = (processor_time(process::id())?, processor_time(server.process_id())?);
    let walked = crowd.run_journeys(wanted.journeys, wanted.workers, wanted.time_limit()).await?;
    let driver = processor_time_since(process::id(), driver)?;
    let used_by_journeys = processor_time_since(server.process_id(), used_before)?;

    log_progress("the OAuth part alone");
    let arrivals = crowd.measure_authorization_requests(wanted.oauth_requests, wanted.workers, &server).await?;
    let tokens = crowd.measure_token_requests(wanted.oauth_requests, wanted.workers, &server).await?;
    let used = process_memory(server.process_id())?;
    server.stop()?;

    Ok(report::build_report(&report::JourneyMeasurement {
        workers: wanted.workers,
        compressed: !wanted.uncompressed,
        cores: std::thread::available_parallelism()?.get(),
        journeys: walked,
        driver_time: driver,
        server_time: used_by_journeys,
        idle_memory: idle,
        used_memory: used,
        start_times: starts,
        authorization_time: arrivals,
        token_time: tokens,
        cryptography,
        commits,
        data_kibibytes: folder_kibibytes(&data)?,
    }))
}

pub(crate) fn log_progress(what: &str) {
    eprintln!("bench: {what}");
}

/// How much lies in a folder, in KiB.
pub(crate) fn folder_kibibytes(folder: &Path) -> Result<u64, Failure> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        let metadata = entry?.metadata()?;
        sum += if metadata.is_file() { metadata.len() } else { 0 };
    }
    Ok(sum / 1024)
}

/// Journeys that were walked.
pub(crate) struct CompletedJourneys {
    /// How long each took, the shortest first.
    pub(crate) latencies: Vec<Duration>,
    /// From the first's beginning to the last's end.
    pub(crate) total_time: Duration,
}

/// The people and what they share.
#[derive(Clone)]
struct LoadDriver(Arc<LoadContext>);

struct LoadContext {
    service: BenchService,
    reception: ReceptionClient,
    cards: CardPool,
}

/// What workers do, once for each place.
trait LoadTask: Send + Sync + 'static {
    fn run_once(
        &self,
        shared: &LoadContext,
        connection: &mut Connection,
        place: usize,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Whole journeys, none begun after `end`.
struct WholeJourneys {
    end: Instant,
    latencies: Mutex<Vec<Duration>>,
}

impl LoadTask for WholeJourneys {
    async fn run_once(&self, shared: &LoadContext, connection: &mut Connection, place: usize) -> Result<(), Failure> {
        let began = Instant::now();
        if began >= self.end {
            return Ok(());
        }
        let mut card = shared.cards.take_card()?;
        shared.journey_runner(connection).run_journey(place, &mut card).await?;
        lock_ignoring_poison(&self.latencies).push(began.elapsed());
        shared.cards.put_card_back(card);
        Ok(())
    }
}

/// PAR and authorization request.
struct AuthorizationRequests;

impl LoadTask for AuthorizationRequests {
    async fn run_once(&self, shared: &LoadContext, connection: &mut Connection, place: usize) -> Result<(), Failure> {
        shared.journey_runner(connection).request_authorization(place).await.map(|_| ())
    }
}

/// Journeys that end with their code.
#[derive(Default)]
struct JourneysToCode(Mutex<Vec<(Departure, AuthorizationCode)>>);

impl LoadTask for JourneysToCode {
    async fn run_once(&self, shared: &LoadContext, connection: &mut Connection, place: usize) -> Result<(), Failure> {
        let mut card = shared.cards.take_card()?;
        let code = shared.journey_runner(connection).run_to_code(place, &mut card).await?;
        lock_ignoring_poison(&self.0).push(code);
        shared.cards.put_card_back(card);
        Ok(())
    }
}

/// Tokens for codes.
struct TokenRequests(Vec<(Departure, AuthorizationCode)>);

impl LoadTask for TokenRequests {
    async fn run_once(&self, shared: &LoadContext, connection: &mut Connection, place: usize) -> Result<(), Failure> {
        let (departure, code) = &self.0[place];
        shared.journey_runner(connection).redeem_code(departure, code).await
    }
}

impl LoadContext {
    fn journey_runner<'a>(&'a self, connection: &'a mut Connection) -> JourneyRunner<'a> {
        JourneyRunner::new(&self.service, &self.reception, connection)
    }
}

impl LoadDriver {
    /// So many journeys, as many at once as there are workers, and none begun after `time`.
    async fn run_journeys(&self, count: usize, workers: usize, time: Duration) -> Result<CompletedJourneys, Failure> {
        let begun = Instant::now();
        let journeys = WholeJourneys { end: begun + time, latencies: Mutex::default() };
        let journeys = self.run_workers(count, workers, journeys).await?;
        let within = begun.elapsed();
        let mut latencies = std::mem::take(&mut *lock_ignoring_poison(&journeys.latencies));
        latencies.sort_unstable();
        Ok(CompletedJourneys { latencies, total_time: within })
    }

    /// What one PAR and the authorization request after it take of the server.
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

    /// What one token takes of the server.
    async fn measure_token_requests(&self, count: usize, workers: usize, server: &Server) -> Result<Duration, Failure> {
        let (mut used, mut left) = (Duration::ZERO, count);
        while left > 0 {
            let now = left.min(CODES_PER_BATCH);
            let codes = self.run_workers(now, workers, JourneysToCode::default()).await?;
            let codes = std::mem::take(&mut *lock_ignoring_poison(&codes.0));
            let before = processor_time(server.process_id())?;
            self.run_workers(now, workers, TokenRequests(codes)).await?;
            used += processor_time_since(server.process_id(), before)?;
            left -= now;
        }
        average_time(used, count)
    }

    /// Has workers, each on a connection of its own, do the work for every place up to `count`.
    async fn run_workers<W: LoadTask>(&self, count: usize, workers: usize, work: W) -> Result<Arc<W>, Failure> {
        let (next, work) = (Arc::new(AtomicUsize::new(0)), Arc::new(work));
        let mut working = JoinSet::new();
        for _ in 0..workers {
            let (crowd, next, work) = (self.clone(), next.clone(), work.clone());
            working.spawn(async move {
                let mut connection = Connection::open(crowd.0.reception.address).await?;
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    if place >= count {
                        return Ok::<_, Failure>(());
                    }
                    work.run_once(&crowd.0, &mut connection, place).await?;
                }
            });
        }
        while let Some(done) = working.join_next().await {
            done??;
        }
        Ok(work)
    }
}

fn average_time(sum: Duration, count: usize) -> Result<Duration, Failure> {
    Ok(sum / u32::try_from(count.max(1))?)
}

/// A panic elsewhere ends the measurement anyhow.
fn lock_ignoring_poison<T>(results: &Mutex<T>) -> MutexGuard<'_, T> {
    results.lock().unwrap_or_else(PoisonError::into_inner)
}
