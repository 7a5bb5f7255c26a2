//! Starting the worker, and stopping it when it takes too long.

use std::{
    io,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::Command,
    sync::Semaphore,
    time::{Instant, timeout},
};

use super::{NormalisedImage, wire};
use crate::rules::picture::{MAX_PICTURE_BYTES, UnusablePicture};

/// How many pictures are developed at once unless the settings say otherwise; the others wait. Each may take a processor
/// and a gigabyte.
const DEFAULT_CONCURRENCY: usize = 2;
/// How long one picture may take, and how long one may wait for its turn.
const TIMEOUT: Duration = Duration::from_secs(30);
/// For how long it is believed that the worker can be started.
const READINESS_CACHE: Duration = Duration::from_mins(1);
/// How much is read of what a worker complains about.
const MAX_STDERR_BYTES: u64 = 2048;

/// Where pictures are developed: a process for each, which is ended if it takes too much.
#[derive(Debug, Clone)]
pub struct ImageWorker {
    program: Arc<WorkerProgram>,
    arguments: Vec<String>,
    permits: Arc<Semaphore>,
    last_started: Arc<Mutex<Option<Instant>>>,
}

/// The file that the worker is started from. It is held open, so that replacing or removing it under its name changes
/// nothing for a service that runs.
#[derive(Debug)]
struct WorkerProgram {
    path: PathBuf,
    #[cfg(target_os = "linux")]
    open_file: Option<std::fs::File>,
}

impl WorkerProgram {
    #[cfg(target_os = "linux")]
    fn open(path: PathBuf) -> Self {
        // What cannot be opened cannot be started either, and says so then.
        let held = std::fs::File::open(&path).ok();
        Self { path, open_file: held }
    }

    #[cfg(not(target_os = "linux"))]
    fn open(path: PathBuf) -> Self {
        Self { path }
    }

    /// The path by which the file is started. The new process looks it up among its own descriptors before it closes them.
    #[cfg(target_os = "linux")]
    fn start_path(&self) -> PathBuf {
        use std::os::fd::AsRawFd;
        let held = self.open_file.as_ref().map(|file| PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd())));
        held.unwrap_or_else(|| self.path.clone())
    }

    #[cfg(not(target_os = "linux"))]
    fn start_path(&self) -> PathBuf {
        self.path.clone()
    }
}

/// Why no picture can be developed at all: the fault is ours, not the picture's.
#[derive(Debug, thiserror::Error)]
pub enum ImageWorkerUnavailable {
    /// The worker cannot be started.
    #[error("the picture worker cannot be started")]
    CannotStart(#[source] io::Error),
    /// The worker is of another version than the service.
    #[error("the picture worker is not of this service's version: it says '{0}'")]
    OtherVersion(String),
    /// Too many pictures wait already.
    #[error("all places of the picture workshop are taken")]
    Busy,
}

/// What a worker left behind.
struct WorkerExit {
    status: ExitStatus,
    response: io::Result<Vec<u8>>,
    stderr: String,
}

impl ImageWorker {
    /// A workshop whose worker is this program, started with these arguments, calling [`super::run_image_worker`].
    pub fn new(program: PathBuf, arguments: Vec<String>) -> Self {
        Self {
            program: Arc::new(WorkerProgram::open(program)),
            arguments,
            permits: Arc::new(Semaphore::new(DEFAULT_CONCURRENCY)),
            last_started: Arc::default(),
        }
    }

    /// A workshop whose worker is the program that runs now, whatever its file's name leads to later.
    ///
    /// # Errors
    /// The program's own file is not known.
    pub fn for_current_program(arguments: Vec<String>) -> io::Result<Self> {
        let running = Path::new("/proc/self/exe");
        let program = if running.exists() { running.to_owned() } else { std::env::current_exe()? };
        Ok(Self::new(program, arguments))
    }

    /// The same workshop with places for so many pictures at once, and at least for one.
    #[must_use]
    pub fn with_concurrency(self, places: u16) -> Self {
        Self { permits: Arc::new(Semaphore::new(usize::from(places.max(1)))), ..self }
    }

    /// Develops a picture.
    pub(crate) async fn normalise_image(
        &self,
        bytes: &[u8],
    ) -> Result<Result<NormalisedImage, UnusablePicture>, ImageWorkerUnavailable> {
        if bytes.len() > MAX_PICTURE_BYTES {
            return Ok(Err(UnusablePicture::TooLarge));
        }
        let place = timeout(TIMEOUT, self.permits.acquire()).await;
        let _place = place.ok().and_then(Result::ok).ok_or(ImageWorkerUnavailable::Busy)?;
        let Ok(ended) = timeout(TIMEOUT, self.run_worker(bytes)).await else {
            // The worker was dropped with its question, and so ended.
            tracing::warn!(seconds = TIMEOUT.as_secs(), "a picture worker took too long and was ended");
            metrics::counter!("uketsuke_picture_workers_lost_total").increment(1);
            return Ok(Err(UnusablePicture::TooCostly));
        };
        let answer = interpret_exit(ended?);
        if answer.is_ok() {
            *self.last_started.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        answer
    }

    /// Whether a worker can be started. It is tried at most once a minute.
    pub(crate) async fn check_ready(&self) -> Result<(), ImageWorkerUnavailable> {
        let last = *self.last_started.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|last| last.elapsed() < READINESS_CACHE) {
            return Ok(());
        }
        match self.normalise_image(b"").await {
            // A file without content is of no known kind, says a worker that works.
            Ok(Err(UnusablePicture::UnknownKind)) | Err(ImageWorkerUnavailable::Busy) => Ok(()),
            Ok(_) => Err(ImageWorkerUnavailable::CannotStart(io::Error::other("the worker does not answer"))),
            Err(failure) => Err(failure),
        }
    }

    async fn run_worker(&self, bytes: &[u8]) -> Result<WorkerExit, ImageWorkerUnavailable> {
        let mut worker = Command::new(self.program.start_path())
            .arg0(&self.program.path)
            .args(&self.arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(ImageWorkerUnavailable::CannotStart)?;
        let (question, answer, complaint) = (worker.stdin.take(), worker.stdout.take(), worker.stderr.take());
        let (Some(mut question), Some(answer), Some(complaint)) = (question, answer, complaint) else {
            return Err(ImageWorkerUnavailable::CannotStart(io::ErrorKind::BrokenPipe.into()));
        };
        let ask = async move {
            // A worker that is ended early closes its side; what it said until then tells why.
            let _closed_early = question.write_all(&wire::length_prefix(bytes)).await;
            let _closed_early = question.write_all(bytes).await;
        };
        let ((), answer, complaint) =
            tokio::join!(ask, read_limited(answer, wire::MAX_RESPONSE_BYTES), read_stderr(complaint));
        let status = worker.wait().await.map_err(ImageWorkerUnavailable::CannotStart)?;
        Ok(WorkerExit { status, response: answer, stderr: complaint })
    }
}

async fn read_limited(from: impl AsyncRead + Unpin, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

/// What a worker says of itself, in one line. The rest of it is read, so that nobody waits for it to be.
async fn read_stderr(mut from: impl AsyncRead + Unpin) -> String {
    let mut bytes = Vec::new();
    let _cut_off = (&mut from).take(MAX_STDERR_BYTES).read_to_end(&mut bytes).await;
    let _rest = tokio::io::copy(&mut from, &mut tokio::io::sink()).await;
    let line = String::from_utf8_lossy(&bytes).split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).collect()
}

/// What an ended worker answered.
fn interpret_exit(ended: WorkerExit) -> Result<Result<NormalisedImage, UnusablePicture>, ImageWorkerUnavailable> {
    let WorkerExit { status, response: answer, stderr: complaint } = ended;
    // It could not limit itself, or this is no worker. Everything else is the picture's doing.
    if status.code() == Some(2) {
        return Err(ImageWorkerUnavailable::CannotStart(io::Error::other(format!(
            "the worker cannot set its limits: {complaint}"
        ))));
    }
    let said = answer.and_then(|bytes| wire::read_response(bytes.as_slice()));
    match said {
        Ok(wire::WorkerResponse::OtherVersion(version)) => Err(ImageWorkerUnavailable::OtherVersion(version)),
        Ok(wire::WorkerResponse::Finished(answer)) if status.success() => {
            if !complaint.is_empty() {
                tracing::warn!(complaint, "a check of a picture failed; it was judged without it");
            }
            Ok(answer)
        }
        _ => {
            tracing::warn!(%status, complaint, "a picture worker ended without an answer");
            metrics::counter!("uketsuke_picture_workers_lost_total").increment(1);
            Ok(Err(UnusablePicture::TooCostly))
        }
    }
}

#[cfg(test)]
mod tests;
