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
    Failure, Wanted,
    connection::Connection,
    deck::{self, Deck},
    floor,
    journey::{Reception, Service, Walker},
    process::{Server, memory, processor_time, processor_time_since},
    report::{self, Report},
};

/// How many journeys are walked before any is counted: statements are prepared, pages of memory are there.
const WARM_UP: usize = 200;

/// How often the server is started.
const STARTS: usize = 5;

/// How long a started server is left alone before its memory is read.
const REST: Duration = Duration::from_secs(1);

/// Codes are good for a minute; so many are made and redeemed at once that slow machines too stay far below it.
const CODES: usize = 250;

pub(crate) async fn measure(wanted: &Wanted) -> Result<Report, Failure> {
    let place = match &wanted.data {
        Some(folder) => folder.clone(),
        None => std::env::current_exe()?.parent().ok_or("the program lies in no folder")?.to_owned(),
    };
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(place)?;
    let (data, registration) = (folder.path().join("data"), folder.path().join("service.json"));

    said("the machine's floor");
    let cryptography = floor::cryptography()?;
    let commits = floor::commits(folder.path()).await?;

    said("people and their cards");
    let key = Service::register(&registration)?;
    let (deck, institutions) = deck::prepare(&data, &registration, wanted.journeys + WARM_UP).await?;

    said("starts on existing data");
    let mut starts = Vec::new();
    for _ in 1..STARTS {
        let server = Server::start(&data, Some(&registration), None)?;
        starts.push(server.started_in);
        server.stop()?;
    }
    let server = Server::start(&data, Some(&registration), None)?;
    starts.push(server.started_in);
    tokio::time::sleep(REST).await;
    let idle = memory(server.process())?;

    let reception = Reception::at(server.reception.clone(), !wanted.uncompressed).await?;
    let crowd = Crowd(Arc::new(Shared { service: Service::new(key, institutions), reception, deck }));
    crowd.walk(WARM_UP, wanted.workers, wanted.time()).await?;
    said(&format!("journeys (the server is process {})", server.process()));
    let (driver, used_before) = (processor_time(process::id())?, processor_time(server.process())?);
    let walked = crowd.walk(wanted.journeys, wanted.workers, wanted.time()).await?;
    let driver = processor_time_since(process::id(), driver)?;
    let used_by_journeys = processor_time_since(server.process(), used_before)?;

    said("the OAuth part alone");
    let arrivals = crowd.arrivals(wanted.oauth, wanted.workers, &server).await?;
    let tokens = crowd.tokens(wanted.oauth, wanted.workers, &server).await?;
    let used = memory(server.process())?;
    server.stop()?;

    Ok(report::of(&report::Measured {
        workers: wanted.workers,
        compressed: !wanted.uncompressed,
        cores: std::thread::available_parallelism()?.get(),
        walked,
        driver,
        served: used_by_journeys,
        idle,
        used,
        starts,
        arrivals,
        tokens,
        cryptography,
        commits,
        data_kibibytes: size(&data)?,
    }))
}

pub(crate) fn said(what: &str) {
    eprintln!("bench: {what}");
}

/// How much lies in a folder, in KiB.
pub(crate) fn size(folder: &Path) -> Result<u64, Failure> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        let metadata = entry?.metadata()?;
        sum += if metadata.is_file() { metadata.len() } else { 0 };
    }
    Ok(sum / 1024)
}

/// Journeys that were walked.
pub(crate) struct Walked {
    /// How long each took, the shortest first.
    pub(crate) latencies: Vec<Duration>,
    /// From the first's beginning to the last's end.
    pub(crate) within: Duration,
}

/// The people and what they share.
#[derive(Clone)]
struct Crowd(Arc<Shared>);

struct Shared {
    service: Service,
    reception: Reception,
    deck: Deck,
}

/// What workers do, once for each place.
trait Work: Send + Sync + 'static {
    fn once(
        &self,
        shared: &Shared,
        connection: &mut Connection,
        place: usize,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Whole journeys, none begun after `end`.
struct Journeys {
    end: Instant,
    latencies: Mutex<Vec<Duration>>,
}

impl Work for Journeys {
    async fn once(&self, shared: &Shared, connection: &mut Connection, place: usize) -> Result<(), Failure> {
        let began = Instant::now();
        if began >= self.end {
            return Ok(());
        }
        let mut card = shared.deck.take()?;
        shared.walker(connection).journey(place, &mut card).await?;
        locked(&self.latencies).push(began.elapsed());
        shared.deck.put_back(card);
        Ok(())
    }
}

/// PAR and authorization request.
struct Arrivals;

impl Work for Arrivals {
    async fn once(&self, shared: &Shared, connection: &mut Connection, place: usize) -> Result<(), Failure> {
        shared.walker(connection).arrive(place).await.map(|_| ())
    }
}

/// Journeys that end with their code.
#[derive(Default)]
struct Codes(Mutex<Vec<(Departure, AuthorizationCode)>>);

impl Work for Codes {
    async fn once(&self, shared: &Shared, connection: &mut Connection, place: usize) -> Result<(), Failure> {
        let mut card = shared.deck.take()?;
        let code = shared.walker(connection).walk_to_code(place, &mut card).await?;
        locked(&self.0).push(code);
        shared.deck.put_back(card);
        Ok(())
    }
}

/// Tokens for codes.
struct Tokens(Vec<(Departure, AuthorizationCode)>);

impl Work for Tokens {
    async fn once(&self, shared: &Shared, connection: &mut Connection, place: usize) -> Result<(), Failure> {
        let (departure, code) = &self.0[place];
        shared.walker(connection).redeem(departure, code).await
    }
}

impl Shared {
    fn walker<'a>(&'a self, connection: &'a mut Connection) -> Walker<'a> {
        Walker::new(&self.service, &self.reception, connection)
    }
}

impl Crowd {
    /// So many journeys, as many at once as there are workers, and none begun after `time`.
    async fn walk(&self, count: usize, workers: usize, time: Duration) -> Result<Walked, Failure> {
        let begun = Instant::now();
        let journeys = Journeys { end: begun + time, latencies: Mutex::default() };
        let journeys = self.each(count, workers, journeys).await?;
        let within = begun.elapsed();
        let mut latencies = std::mem::take(&mut *locked(&journeys.latencies));
        latencies.sort_unstable();
        Ok(Walked { latencies, within })
    }

    /// What one PAR and the authorization request after it take of the server.
    async fn arrivals(&self, count: usize, workers: usize, server: &Server) -> Result<Duration, Failure> {
        let before = processor_time(server.process())?;
        self.each(count, workers, Arrivals).await?;
        each_of(processor_time_since(server.process(), before)?, count)
    }

    /// What one token takes of the server.
    async fn tokens(&self, count: usize, workers: usize, server: &Server) -> Result<Duration, Failure> {
        let (mut used, mut left) = (Duration::ZERO, count);
        while left > 0 {
            let now = left.min(CODES);
            let codes = self.each(now, workers, Codes::default()).await?;
            let codes = std::mem::take(&mut *locked(&codes.0));
            let before = processor_time(server.process())?;
            self.each(now, workers, Tokens(codes)).await?;
            used += processor_time_since(server.process(), before)?;
            left -= now;
        }
        each_of(used, count)
    }

    /// Has workers, each on a connection of its own, do the work for every place up to `count`.
    async fn each<W: Work>(&self, count: usize, workers: usize, work: W) -> Result<Arc<W>, Failure> {
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
                    work.once(&crowd.0, &mut connection, place).await?;
                }
            });
        }
        while let Some(done) = working.join_next().await {
            done??;
        }
        Ok(work)
    }
}

fn each_of(sum: Duration, count: usize) -> Result<Duration, Failure> {
    Ok(sum / u32::try_from(count.max(1))?)
}

/// A panic elsewhere ends the measurement anyhow.
fn locked<T>(results: &Mutex<T>) -> MutexGuard<'_, T> {
    results.lock().unwrap_or_else(PoisonError::into_inner)
}
